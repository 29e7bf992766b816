//! Archived copies to cite: which copy of a page is known to contain the words at issue.

use std::cmp::Reverse;

use chrono::NaiveDate;
use serde::Serialize;

use super::{VisitSummary, gathered::Gathered};
use crate::{
    clock::Instant,
    digest::PayloadDigest,
    finding::{CaptureRef, Finding, Subject, Weight},
    uri::TargetUri,
};

/// An archived copy of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copy {
    /// The page.
    pub target_uri: TargetUri,
    /// When the copy was made.
    pub date: Instant,
    /// The digest of its payload.
    pub payload_digest: PayloadDigest,
    /// Its address in another archive, for a copy that is not ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memento: Option<String>,
}

impl Copy {
    fn of(visit: &VisitSummary) -> Option<Self> {
        Some(Self {
            target_uri: visit.target_uri.clone(),
            date: visit.date,
            payload_digest: visit.payload_digest?,
            memento: None,
        })
    }
}

/// A copy of a page that an article can cite instead of the page.
pub(super) struct Citable<'a> {
    /// The copy.
    pub(super) copy: Copy,
    /// The subjects of findings that depend on the page but are not in this copy. Another copy contains them.
    pub(super) lacks: Vec<&'a Finding>,
}

/// Whether a copy of a page contains the words that a finding is about; `None` if the history does not show it.
///
/// Captures between the first and the last one with the words may lack them: the page changed back and forth, or showed a
/// wall. Only the captures that the history names are known to contain them.
fn has(finding: &Finding, visit: &VisitSummary, gathered: &Gathered<'_>) -> Option<bool> {
    let history = &finding.history;
    let at = visit.date;
    let settled = finding.weight() == Weight::Settled;
    if finding.copy.as_ref().is_some_and(|copy| is_of(visit, copy)) {
        return Some(true);
    }
    let mut shown = finding.evidence.iter().map(|evidence| &evidence.capture);
    // Something present is shown on every page that has it; something absent, where it was last seen.
    if shown.any(|shown| (settled || Some(shown.date) == history.last_seen) && is_of(visit, shown))
    {
        return Some(true);
    }
    let (Some(first), Some(last)) = (history.first_seen, history.last_seen) else {
        return Some(false);
    };
    if at < first || at > last && !settled {
        return Some(false);
    }
    if !is_own(at, visit, finding, gathered) {
        return None;
    }
    if let Some(baseline) = history
        .baseline
        .as_ref()
        .filter(|baseline| baseline.date == at)
    {
        return baseline.held;
    }
    let named = at == first || at == last || settled && history.changed_by == Some(at);
    named.then_some(true)
}

/// Whether a visit returned that capture, or the same bytes from the same address.
fn is_of(visit: &VisitSummary, capture: &CaptureRef) -> bool {
    let same = visit.payload_digest.is_some() && visit.payload_digest == capture.payload_digest;
    visit.target_uri == capture.target_uri && (visit.date == capture.date || same)
}

/// Whether a date in the history of a finding is that of a visit, and not of a visit to another page that it cites.
fn is_own(at: Instant, visit: &VisitSummary, finding: &Finding, gathered: &Gathered<'_>) -> bool {
    let pages = finding.cites.iter();
    let pages = pages.filter_map(|page| gathered.sources.visits.get(page));
    let mut visits = pages.flat_map(|page| &page.some).filter(|it| it.date == at);
    visits.all(|it| it == visit)
}

/// The copy that contains what a finding is about: the one closest to the access date, or the latest one if the article
/// does not give an access date.
pub(super) fn with_words(finding: &Finding, gathered: &Gathered<'_>) -> Option<Copy> {
    let is_held = |digest: &PayloadDigest| !gathered.sources.removed.contains_key(digest);
    if let Some(capture) = &finding.copy
        && let Some(payload_digest) = capture.payload_digest.filter(is_held)
    {
        return Some(Copy {
            target_uri: capture.target_uri.clone(),
            date: capture.date,
            payload_digest,
            memento: None,
        });
    }
    elsewhere(finding).or_else(|| among_visits(finding, gathered))
}

/// The copy in another archive that has what a finding is about.
fn elsewhere(finding: &Finding) -> Option<Copy> {
    finding.copies.iter().find_map(|copy| {
        Some(Copy {
            target_uri: copy.target_uri.clone(),
            date: copy.date,
            payload_digest: copy.payload_digest?,
            memento: Some(copy.source.as_ref()?.link()?),
        })
    })
}

fn among_visits(finding: &Finding, gathered: &Gathered<'_>) -> Option<Copy> {
    let pages = finding.cites.iter().filter_map(|number| {
        let accessed = gathered
            .reference(*number)
            .and_then(|reference| reference.accessed);
        Some((accessed, gathered.sources.visits.get(number)?))
    });
    let visits = pages.flat_map(|(accessed, page)| page.some.iter().map(move |it| (accessed, it)));
    visits
        .filter(|(_, visit)| {
            self::is_held(visit, gathered) && has(finding, visit, gathered) == Some(true)
        })
        .max_by_key(|(accessed, visit)| nearness(visit, *accessed))
        .and_then(|(_, visit)| Copy::of(visit))
}

/// The copy of the page of a reference, made no later than a given time, that contains most of what depends on the page;
/// of several, the one closest to the access date.
pub(super) fn citable<'a>(
    number: u32,
    until: Instant,
    gathered: &Gathered<'a>,
) -> Option<Citable<'a>> {
    let accessed = gathered
        .reference(number)
        .and_then(|reference| reference.accessed);
    let resting = at_issue(number, gathered);
    let resting: Vec<&Finding> = resting
        .filter(|finding| finding.history.last_seen.is_some())
        .collect();
    let visits = gathered.sources.visits.get(&number)?;
    let counted = |visit: &VisitSummary| {
        let counted = resting.iter().map(|finding| has(finding, visit, gathered));
        counted.fold((0, 0), |(sure, perhaps), it| match it {
            Some(true) => (sure + 1, perhaps),
            Some(false) => (sure, perhaps),
            None => (sure, perhaps + 1),
        })
    };
    let (_, visit) = visits
        .some
        .iter()
        .filter(|it| it.date <= until && is_held(it, gathered))
        .map(|it| (counted(it), it))
        .filter(|((sure, _), _)| *sure > 0 || resting.is_empty())
        .max_by_key(|(counted, it)| (*counted, nearness(it, accessed)))?;
    Some(Citable {
        copy: Copy::of(visit)?,
        lacks: resting
            .iter()
            .filter(|finding| has(finding, visit, gathered) == Some(false))
            .copied()
            .collect(),
    })
}

/// The findings on the claims that cite a reference: names, quotations, figures, sentences.
pub(super) fn at_issue<'a>(
    number: u32,
    gathered: &Gathered<'a>,
) -> impl Iterator<Item = &'a Finding> {
    let resting = gathered.resting_on(number).iter().copied();
    resting.filter(|finding| {
        !matches!(
            finding.subject,
            Subject::NewName { .. } | Subject::List { .. } | Subject::Reference { .. }
        )
    })
}

/// Whether a visit returned a page whose bytes are in the archive.
fn is_held(visit: &VisitSummary, gathered: &Gathered<'_>) -> bool {
    let digest = visit.payload_digest;
    visit.good && digest.is_some_and(|digest| !gathered.sources.removed.contains_key(&digest))
}

/// Sorts visits by their distance to a day; the closest sorts last.
fn nearness(visit: &VisitSummary, day: Option<NaiveDate>) -> (Option<Reverse<i64>>, Instant) {
    let distance = day.map(|day| (visit.date.date_naive() - day).num_days().abs());
    (distance.map(Reverse), visit.date)
}
