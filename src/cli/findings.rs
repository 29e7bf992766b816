//! From the store to a report: what the verbs that show findings share.

use std::collections::BTreeMap;

use crate::{
    finding::{Conclusion, Fate, Finding, Review, Subject},
    pipeline::{self, Named},
    report::{Report, Sources, VisitSummary},
    store::{Store, StoredVisit},
};

use super::Failure;

/// The report on one profile, from findings that were computed before.
pub(super) fn report_of(
    store: &Store,
    named: &Named,
    findings: &[Finding],
    reviews: &[Review],
) -> Result<Report, Failure> {
    let histories = pipeline::histories(store, &named.profile)?;
    let visits: BTreeMap<u32, Vec<VisitSummary>> = histories
        .iter()
        .map(|(number, visits)| (*number, visits.iter().filter_map(summary).collect()))
        .collect();
    Ok(Report::of(&Sources {
        name: &named.name,
        profile: &named.profile,
        findings,
        reviews,
        visits: &visits,
    }))
}

/// The findings as they stand: those that the last run stored, computed anew where the profile never ran.
pub(super) fn current(store: &Store, named: &Named) -> Result<Vec<Finding>, Failure> {
    let stored = store.findings(&named.name)?;
    if stored.is_empty() {
        return Ok(pipeline::analyse(store, named)?);
    }
    Ok(stored)
}

fn summary(visit: &StoredVisit) -> Option<VisitSummary> {
    let (_, last) = visit.last()?;
    let moved = (visit.hops.len() > 1).then(|| format!(", moved to {}", last.target_uri));
    let outcome = match (&last.failure, last.status()) {
        (Some(failure), _) => failure.detail.clone(),
        (None, Some(304)) => "unchanged".into(),
        (None, Some(status)) => status.to_string(),
        (None, None) => "no status".into(),
    };
    Some(VisitSummary {
        target_uri: last.target_uri.clone(),
        date: last.date,
        outcome: outcome + &moved.unwrap_or_default(),
        good: last.failure.is_none() && matches!(last.status(), Some(200..=299 | 304)),
        payload_digest: last.payload_digest,
    })
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
