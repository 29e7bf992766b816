//! From the store to a report: what the verbs that show findings share.

use std::collections::BTreeMap;

use crate::{
    finding::{Conclusion, Fate, Finding, FindingId, Review, Subject},
    pipeline::{self, Named, PdfReader},
    report::Report,
    store::Store,
};

use super::Failure;

/// The report on one profile, from findings that were computed before.
pub(super) fn report_of(
    store: &Store,
    named: &Named,
    findings: &[Finding],
    reviews: &[Review],
) -> Result<Report, Failure> {
    Ok(pipeline::report(store, named, findings, reviews)?)
}

/// The findings as they stand: those that the last run stored, or computed anew where they are about another state of the profile.
pub(super) fn current(store: &Store, named: &Named) -> Result<Vec<Finding>, Failure> {
    Ok(pipeline::current(store, named, &PdfReader::this_program())?)
}

/// The finding among `all` that a person means by its id or the beginning of it.
pub(super) fn pick(store: &Store, all: Vec<Finding>, wanted: &str) -> Result<Finding, Failure> {
    let id = wanted.trim().to_lowercase();
    let mut meant: BTreeMap<FindingId, Finding> = BTreeMap::new();
    if !id.is_empty() {
        let begins = all.into_iter().filter(|it| it.id.0.starts_with(&id));
        meant.extend(begins.map(|it| (it.id.clone(), it)));
    }
    let many = meant.len();
    match meant.pop_first().filter(|_| many < 2) {
        Some((_, one)) => Ok(one),
        // A finding that a decision made disappear can still be named, by its whole id.
        None if many == 0 => store.reviewed(&FindingId(id))?.ok_or_else(|| {
            Failure::usage(anyhow::anyhow!("there is no finding `{wanted}`"))
                .hint("`stillsays report` shows each finding with its id")
        }),
        None => {
            let ids: Vec<_> = meant.keys().map(|it| it.0.as_str()).collect();
            Err(Failure::usage(anyhow::anyhow!(
                "`{wanted}` is the beginning of {many} findings"
            ))
            .hint(format!("write more of one of these: {}", ids.join(", "))))
        }
    }
}

/// The fate that `findings` give reference `number`.
pub(super) fn fate_of(findings: &[Finding], number: u32) -> Option<&Fate> {
    findings
        .iter()
        .find_map(|it| match (&it.subject, &it.conclusion) {
            (Subject::Reference { number: it }, Conclusion::Fate(fate)) if *it == number => {
                Some(fate)
            }
            _ => None,
        })
}
