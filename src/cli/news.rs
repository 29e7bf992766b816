//! What a quiet run prints: what no run before had.

use std::collections::BTreeSet;

use crate::{
    finding::{Finding, FindingId, Review, Standing, applying},
    pipeline::{Compared, Named},
    report::{News, news_text},
    store::Store,
};

use super::{Failure, Session, findings::report_of};

/// What a run has found and the one before it had not.
pub(super) fn news(
    session: &Session,
    store: &Store,
    compared: &[(&Named, &Compared)],
    reviews: &[Review],
) -> Result<Vec<News>, Failure> {
    let applying = applying(reviews);
    let mut all = Vec::new();
    // A set is kept where it differs from the one before.
    for (named, compared) in compared.iter().filter(|it| it.1.changed) {
        let earlier = store.earlier_findings(&compared.profile)?;
        let known = ids(&earlier);
        let findings = compared.findings.iter().filter(|it| {
            it.weight().is_question()
                && !known.contains(&it.id)
                && Standing::under(it, applying.get(&it.id).copied()).is_open()
        });
        let findings: Vec<Finding> = findings.cloned().collect();
        let back = News::back(&earlier, &compared.findings);
        if !(findings.is_empty() && back.is_empty()) {
            let report = report_of(session, store, named, &findings, reviews, &session.program)?;
            all.push(News { report, back });
        }
    }
    Ok(all)
}

/// The lines for them.
pub(super) fn text(session: &Session, news: &[News]) -> String {
    news_text(news, &session.program, session.width)
}

/// The findings that are questions.
fn ids(findings: &[Finding]) -> BTreeSet<FindingId> {
    let asking = findings.iter().filter(|it| it.weight().is_question());
    asking.map(|it| it.id.clone()).collect()
}
