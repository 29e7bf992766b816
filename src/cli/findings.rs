//! From the store to a report: what the verbs that show findings share.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    finding::{Conclusion, Fate, Finding, FindingId, Review, Subject},
    pipeline::{self, Named, PdfReader},
    profile::{ListedName, Profile, Statement},
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

/// The findings as they stand: those that the last run stored, or computed anew where they are about another state of the profile.
pub(super) fn current(store: &Store, named: &Named) -> Result<Vec<Finding>, Failure> {
    let stored = store.findings(&named.name)?;
    if is_about(&stored, &named.profile) {
        return Ok(stored);
    }
    Ok(pipeline::analyse(store, named, &PdfReader::this_program())?)
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
