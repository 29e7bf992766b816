//! From the store to a report: a profile's findings as they stand, and what is shown of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::{
    digest::PayloadDigest,
    finding::{Finding, Review, Subject},
    profile::{ListedName, Profile, Statement},
    report::{Report, Sources, VisitSummary},
    store::{Store, StoreError, StoredVisit},
};

use super::{AnalyseError, Named, PdfReader, analyse, histories};

/// The report on one profile, from findings that were computed before.
///
/// # Errors
/// The archive cannot be read.
pub fn report(
    store: &Store,
    named: &Named,
    findings: &[Finding],
    reviews: &[Review],
) -> Result<Report, StoreError> {
    let histories = histories(store, &named.profile)?;
    let visits: BTreeMap<u32, Vec<VisitSummary>> = histories
        .iter()
        .map(|(number, visits)| (*number, visits.iter().filter_map(summary).collect()))
        .collect();
    let resting = findings.iter().flat_map(|it| &it.evidence);
    let digests: HashSet<PayloadDigest> =
        resting.filter_map(|it| it.capture.payload_digest).collect();
    let mut removed = HashMap::new();
    for digest in digests {
        if let Some(it) = store.removal(&digest)? {
            removed.insert(digest, it);
        }
    }
    Ok(Report::of(&Sources {
        name: &named.name,
        profile: &named.profile,
        findings,
        reviews,
        visits: &visits,
        removed: &removed,
    }))
}

/// The findings as they stand: those that the last run stored, or computed anew where they are about another state of the profile.
///
/// # Errors
/// Those of [`analyse`].
pub fn current(
    store: &Store,
    named: &Named,
    pdf: &PdfReader,
) -> Result<Vec<Finding>, AnalyseError> {
    let stored = store.findings(&named.name)?;
    if is_about(&stored, &named.profile) {
        return Ok(stored);
    }
    analyse(store, named, pdf)
}

/// Whether `findings` are about every claim, plain name and reference of `profile`, and about no other.
fn is_about(findings: &[Finding], profile: &Profile) -> bool {
    let claims: BTreeSet<&str> = profile.claims.iter().map(|it| it.id.as_str()).collect();
    let told: BTreeSet<&str> = findings
        .iter()
        .filter_map(|it| it.subject.claim())
        .collect();
    let references: BTreeSet<u32> = profile.references.iter().map(|it| it.number).collect();
    let fates = findings.iter().filter_map(|it| match it.subject {
        Subject::Reference { number } => Some(number),
        _ => None,
    });
    let names: BTreeSet<(&str, &str)> = findings
        .iter()
        .filter_map(|it| match &it.subject {
            Subject::Name { claim, name } => Some((claim.as_str(), name.as_str())),
            _ => None,
        })
        .collect();
    let all_names = profile.claims.iter().all(|claim| match &claim.statement {
        Statement::Listed { names: listed, .. } => listed.iter().all(|it| match it {
            ListedName::One(name) => names.contains(&(claim.id.as_str(), name.as_str())),
            ListedName::Ambiguous(_) => true,
        }),
        _ => true,
    });
    claims == told && references == fates.collect() && all_names
}

fn summary(visit: &StoredVisit) -> Option<VisitSummary> {
    let (_, last) = visit.last()?;
    let first = visit.hops.first().map(|it| &it.1.target_uri);
    let moved =
        (first != Some(&last.target_uri)).then(|| format!(", moved to {}", last.target_uri));
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
