//! From the store to a report: a profile's findings as they stand, and what is shown of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::{
    capture::Removed,
    clock::Instant,
    digest::PayloadDigest,
    finding::{Finding, Review, Subject},
    profile::{ListedName, Profile, Statement},
    report::{Report, Sources, VisitSummary, Visits},
    store::{Store, StoreError, VisitEnd, Wanted},
    uri::TargetUri,
};

use super::{AnalyseError, Named, PdfReader, analyse};

/// The report on one profile, from findings that were computed before; `command` is what leads a person to this archive.
///
/// Of each page only the visits are read that the report shows, so that its cost does not grow with the visits held.
///
/// # Errors
/// The archive cannot be read.
pub fn report(
    store: &Store,
    named: &Named,
    findings: &[Finding],
    reviews: &[Review],
    command: &str,
) -> Result<Report, StoreError> {
    let visits = visits(store, &named.profile, findings)?;
    let removed = removed(store, findings, &visits)?;
    Ok(Report::of(&Sources {
        name: &named.name,
        profile: &named.profile,
        findings,
        reviews,
        decided: &store.decided(&named.name)?,
        command,
        visits: &visits,
        removed: &removed,
    }))
}

/// The visits of each reference's page that a report shows or that can be cited; references that share a page share them.
fn visits(
    store: &Store,
    profile: &Profile,
    findings: &[Finding],
) -> Result<BTreeMap<u32, Visits>, StoreError> {
    let mut wanted: BTreeMap<TargetUri, Wanted> = BTreeMap::new();
    let mut pages: BTreeMap<u32, TargetUri> = BTreeMap::new();
    for reference in &profile.references {
        let Some(Ok((seed, _))) = reference.url.as_deref().map(TargetUri::parse) else {
            continue;
        };
        let noon = reference.accessed.and_then(|it| it.and_hms_opt(12, 0, 0));
        let page = wanted.entry(seed.clone()).or_default();
        page.near.extend(noon.map(|it| it.and_utc()));
        pages.insert(reference.number, seed);
    }
    for finding in findings {
        let numbers = match finding.subject {
            Subject::Reference { number } => vec![number],
            _ => finding.cites.clone(),
        };
        let dates: BTreeSet<Instant> = moments(finding).collect();
        for number in numbers {
            if let Some(page) = pages.get(&number).and_then(|it| wanted.get_mut(it)) {
                page.dates.extend(&dates);
            }
        }
    }
    for page in wanted.values_mut() {
        page.dates.sort_unstable();
        page.dates.dedup();
    }
    let found = store.some_visits(&wanted)?;
    let found: BTreeMap<&TargetUri, Visits> = wanted
        .keys()
        .zip(found)
        .map(|(seed, it)| {
            let visits = Visits {
                all: usize::try_from(it.all).unwrap_or(usize::MAX),
                some: it.visits.iter().map(summary).collect(),
            };
            (seed, visits)
        })
        .collect();
    let of = |(number, seed)| Some((number, found.get(&seed)?.clone()));
    Ok(pages.into_iter().filter_map(of).collect())
}

/// The moments of the captures that a finding rests on or tells of.
fn moments(finding: &Finding) -> impl Iterator<Item = Instant> {
    let history = &finding.history;
    let told = [
        history.first_seen,
        history.last_seen,
        history.changed_after,
        history.changed_by,
        history.baseline.as_ref().map(|it| it.date),
    ];
    let evidence = finding.evidence.iter().map(|it| it.capture.date);
    told.into_iter().flatten().chain(evidence)
}

/// Of the payloads that a report names, those that were removed from the archive on purpose.
fn removed(
    store: &Store,
    findings: &[Finding],
    visits: &BTreeMap<u32, Visits>,
) -> Result<HashMap<PayloadDigest, Removed>, StoreError> {
    let mut removed = HashMap::new();
    if store.removals()?.is_none() {
        return Ok(removed);
    }
    let resting = findings.iter().flat_map(|it| &it.evidence);
    let resting = resting.filter_map(|it| it.capture.payload_digest);
    let visited = visits.values().flat_map(|it| &it.some);
    let visited = visited.filter_map(|it| it.payload_digest);
    let digests: HashSet<PayloadDigest> = resting.chain(visited).collect();
    for digest in digests {
        if let Some(it) = store.removal(&digest)? {
            removed.insert(digest, it);
        }
    }
    Ok(removed)
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

fn summary(visit: &VisitEnd) -> VisitSummary {
    let last = &visit.last;
    let moved = (visit.from != last.target_uri).then(|| format!(", moved to {}", last.target_uri));
    let outcome = match (&last.failure, last.status) {
        (Some((_, detail)), _) => detail.clone(),
        (None, Some(304)) => "unchanged".into(),
        (None, Some(status)) => status.to_string(),
        (None, None) => "no status".into(),
    };
    VisitSummary {
        target_uri: last.target_uri.clone(),
        date: last.date,
        outcome: outcome + &moved.unwrap_or_default(),
        good: visit.is_good(),
        payload_digest: last.payload_digest,
    }
}
