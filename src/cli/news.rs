//! What a quiet run prints: only what no earlier run has printed.

use crate::{
    finding::{Decisions, Finding},
    pipeline::{Compared, Named},
    report::{News, news_text},
    store::{Store, Untold},
};

use super::{Failure, Session, findings::report_of};

/// What no earlier run has printed, with the marks that [`mark_printed`] records once it is printed.
pub(super) fn news(
    session: &Session,
    store: &Store,
    compared: &[(&Named, &Compared)],
    decisions: &Decisions,
) -> Result<(Vec<News>, Vec<Untold>), Failure> {
    let (mut news, mut all) = (Vec::new(), Vec::new());
    for (named, compared) in compared {
        let Some(untold) = store.untold(&compared.profile, compared.changed)? else {
            continue;
        };
        let findings = untold.now.iter().filter(|finding| {
            finding.weight().is_question()
                && !untold.is_known(&finding.id)
                && decisions.is_open(finding)
        });
        let findings: Vec<Finding> = findings.cloned().collect();
        let back = News::back(&untold.before, &untold.now);
        if !(findings.is_empty() && back.is_empty()) {
            let command = &session.program;
            let report = report_of(session, store, named, &findings, decisions, command)?;
            news.push(News { report, back });
        }
        all.push(untold);
    }
    Ok((news, all))
}

/// Records that a run has printed its news.
pub(super) fn mark_printed(store: &Store, untold: &[Untold]) -> Result<(), Failure> {
    for news in untold {
        store.mark_reported(news)?;
    }
    Ok(())
}

/// The lines to print for them.
pub(super) fn text(session: &Session, news: &[News]) -> String {
    news_text(news, &session.program, session.width)
}
