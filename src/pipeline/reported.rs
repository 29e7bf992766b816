//! Reports from the store: the current findings of a profile, and the data to show with them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::{
    capture::Removed,
    clock::Instant,
    compare::{Page, Visited},
    digest::PayloadDigest,
    finding::{Decisions, Finding, Subject},
    profile::Profile,
    report::{Place, Report, Sources, VisitSummary, Visits, Waiting},
    store::{CopiedVisit, Store, StoreError, VisitEnd, Wanted},
    uri::TargetUri,
};

use super::{
    AnalyseError, Comparing, Named,
    analyse::{found, subjected},
    answers::From,
    basis::seed_of,
    brought::lasting,
};

/// The report on one profile, made from `findings`; `command` is the command line that opens this archive.
///
/// Only the visits that the report shows are read, so that its cost does not grow with the number of stored visits.
///
/// # Errors
/// The archive cannot be read.
pub fn report(
    store: &Store,
    named: &Named,
    findings: &[Finding],
    decisions: &Decisions,
    comparing: &Comparing,
    command: &str,
) -> Result<Report, AnalyseError> {
    let waiting = waiting(store, named, comparing)?;
    let visits = visits(store, &named.profile, findings)?;
    let removed = removed(store, findings, &visits)?;
    let mut report = Report::of(&Sources {
        name: &named.name,
        profile: &named.profile,
        findings,
        decisions,
        decided: &store.decided(&named.name)?,
        command,
        visits: &visits,
        waiting: &waiting,
        removed: &removed,
        tried: &tried(store, &named.profile)?,
    });
    for section in &mut report.references {
        section.place = named.lines.get(&section.number).map(|line| Place {
            file: named.file.display().to_string(),
            line: *line,
        });
    }
    Ok(report)
}

/// The visits of the page of each reference that a report shows or that can be cited; references to the same page share them.
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
        let noon = reference
            .accessed
            .and_then(|accessed| accessed.and_hms_opt(12, 0, 0));
        let page = wanted.entry(seed.clone()).or_default();
        page.near.extend(noon.map(|noon| noon.and_utc()));
        pages.insert(reference.number, seed);
    }
    for finding in findings {
        let numbers = match finding.subject {
            Subject::Reference { number } => vec![number],
            _ => finding.cites.clone(),
        };
        let dates: BTreeSet<Instant> = moments(finding).collect();
        for number in numbers {
            if let Some(page) = pages.get(&number).and_then(|page| wanted.get_mut(page)) {
                page.dates.extend(&dates);
            }
        }
    }
    for page in wanted.values_mut() {
        page.dates.sort_unstable();
        page.dates.dedup();
    }
    let found = store.some_visits(&wanted)?;
    let copies = wanted.keys().map(|seed| store.copied(seed));
    let copies: Vec<Vec<CopiedVisit>> = copies.collect::<Result<_, _>>()?;
    let found: BTreeMap<&TargetUri, Visits> = wanted
        .keys()
        .zip(found)
        .zip(&copies)
        .map(|((seed, it), copies)| {
            let visits = Visits {
                all: usize::try_from(it.all).unwrap_or(usize::MAX),
                some: it.visits.iter().map(summary).collect(),
                copies: copies.iter().filter_map(copied).collect(),
            };
            (seed, visits)
        })
        .collect();
    let of = |(number, seed)| Some((number, found.get(&seed)?.clone()));
    Ok(pages.into_iter().filter_map(of).collect())
}

/// For each reference whose page has no copy, which other archives were asked without success, as a sentence.
fn tried(store: &Store, profile: &Profile) -> Result<BTreeMap<u32, String>, StoreError> {
    let mut tried = BTreeMap::new();
    for reference in &profile.references {
        let Some(seed) = seed_of(reference) else {
            continue;
        };
        let mut asked: BTreeMap<String, (Instant, Option<String>)> = BTreeMap::new();
        for (archive, _, listing) in store.listings(&seed)? {
            let or_insert = asked.entry(archive).or_insert((listing.at, None));
            or_insert.0 = or_insert.0.max(listing.at);
            or_insert.1 = or_insert.1.take().or(listing.why);
        }
        if asked.is_empty() || !store.copied(&seed)?.is_empty() {
            continue;
        }
        let each = asked.iter().map(|(archive, (at, why))| {
            let day = at.format("%Y-%m-%d");
            match why {
                Some(why) => format!("{archive} was asked for copies on {day}: {why}"),
                None => format!("{archive} was asked for copies on {day} and has no copy"),
            }
        });
        tried.insert(reference.number, each.collect::<Vec<_>>().join("; "));
    }
    Ok(tried)
}

/// The dates of the captures that a finding rests on or mentions.
fn moments(finding: &Finding) -> impl Iterator<Item = Instant> {
    let history = &finding.history;
    let named = [
        history.first_seen,
        history.last_seen,
        history.gone_by,
        history.changed_after,
        history.changed_by,
        history.baseline.as_ref().map(|baseline| baseline.date),
    ];
    let captures = finding.evidence.iter().map(|evidence| &evidence.capture);
    let dates = captures.chain(&finding.copy).map(|capture| capture.date);
    named.into_iter().flatten().chain(dates)
}

/// The payloads in a report that were removed from the archive on purpose.
fn removed(
    store: &Store,
    findings: &[Finding],
    visits: &BTreeMap<u32, Visits>,
) -> Result<HashMap<PayloadDigest, Removed>, StoreError> {
    let mut removed = HashMap::new();
    if store.removals()?.is_none() {
        return Ok(removed);
    }
    let resting = findings.iter().flat_map(|finding| &finding.evidence);
    let resting = resting.filter_map(|it| it.capture.payload_digest);
    let visited = visits.values().flat_map(|visit| &visit.some);
    let visited = visited.filter_map(|visited| visited.payload_digest);
    let digests: HashSet<PayloadDigest> = resting.chain(visited).collect();
    for digest in digests {
        if let Some(removal) = store.removal(&digest)? {
            removed.insert(digest, removal);
        }
    }
    Ok(removed)
}

/// The current findings: those that the last run stored or, if something they rest on has changed since, computed now.
///
/// # Errors
/// The archive cannot be read, or a payload does not match its digest; it was stopped.
pub fn current(
    store: &Store,
    named: &Named,
    comparing: &Comparing,
) -> Result<Vec<Finding>, AnalyseError> {
    let subjected = subjected(store, named, &store.reviews()?, &comparing.alert)?;
    if store.basis(&named.name)? == Some(subjected.basis) {
        return Ok(store.findings(&named.name)?);
    }
    let mut findings = Vec::new();
    let take = &mut |it| findings.push(it);
    found(store, named, &subjected, comparing, From::Kept, take)?;
    Ok(findings)
}

/// The current findings of a profile that can have one whose id begins with one of `ids`, in lower case; empty if it certainly has
/// none.
///
/// # Errors
/// The archive cannot be read, or a payload does not match its digest; it was stopped.
pub fn current_with(
    store: &Store,
    named: &Named,
    ids: &[String],
    comparing: &Comparing,
) -> Result<Vec<Finding>, AnalyseError> {
    let subjected = subjected(store, named, &store.reviews()?, &comparing.alert)?;
    if store.basis(&named.name)? == Some(subjected.basis) {
        return Ok(store.findings_with(&named.name, ids)?);
    }
    let mut findings = Vec::new();
    let take = &mut |it| findings.push(it);
    found(store, named, &subjected, comparing, From::Kept, take)?;
    Ok(findings)
}

/// Whether the findings that the last run stored are current, without reading them.
///
/// # Errors
/// The archive cannot be read, or a payload does not match its digest; it was stopped.
pub fn is_current(
    store: &Store,
    named: &Named,
    comparing: &Comparing,
) -> Result<bool, AnalyseError> {
    let subjected = subjected(store, named, &store.reviews()?, &comparing.alert)?;
    Ok(store.basis(&named.name)? == Some(subjected.basis))
}

/// The references whose latest visits failed, but not for long yet, by number: since when, and how.
///
/// # Errors
/// The archive cannot be read.
pub(super) fn waiting(
    store: &Store,
    named: &Named,
    comparing: &Comparing,
) -> Result<BTreeMap<u32, Waiting>, AnalyseError> {
    let profile = &named.profile;
    let (numbers, seeds): (Vec<u32>, Vec<TargetUri>) = profile
        .references
        .iter()
        .filter_map(|reference| Some((reference.number, seed_of(reference)?)))
        .unzip();
    let latest = store.latest_spans(&seeds)?;
    // Visits that an answer already uses do not wait.
    let known = store.answered_until(&named.name, "page")?;
    let mut readings = comparing.readings(store, profile);
    let mut waiting = BTreeMap::new();
    for (number, mut spans) in numbers.into_iter().zip(latest) {
        spans.reverse();
        let lasting = lasting(&comparing.alert, &spans);
        let Some((span, lasting)) = spans.last().zip(lasting.last()) else {
            continue;
        };
        if known.get(&number) == Some(&span.chain) || (span.bad && !lasting.is_waiting(None)) {
            continue;
        }
        let hops = store.hops(span.visit)?;
        let reading = match hops.last() {
            Some(hop) => readings.of(hop)?,
            None => None,
        };
        let page = Page::of(Visited {
            hops: &hops,
            reading: reading.as_deref(),
        });
        if lasting.is_waiting(page.state()) {
            let bad = spans.iter().find(|span| span.bad).unwrap_or(span);
            waiting.insert(
                number,
                Waiting {
                    since: bad.first,
                    fate: page.fate(),
                },
            );
        }
    }
    Ok(waiting)
}

fn copied(visit: &CopiedVisit) -> Option<VisitSummary> {
    let (_, last) = visit.hops.last()?;
    let outcome = last
        .status()
        .map_or_else(|| "no status".to_owned(), |status| status.to_string());
    Some(VisitSummary {
        target_uri: last.target_uri.clone(),
        date: visit.date,
        outcome,
        good: matches!(last.status(), Some(200..=299)),
        payload_digest: last.payload_digest,
        source: visit.source().cloned(),
    })
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
        source: None,
    }
}
