//! Further pages of a list that came in a file, with an import or `run --from`: bound to the visit of the first page, as a run binds
//! those that it visits.

use std::collections::{BTreeSet, VecDeque};

use chrono::TimeDelta;

use super::{
    Comparing, Named, RunError,
    further::{ClaimedList, claimed_lists, is_wanted},
};
use crate::{
    clock::Instant,
    reading::further_pages,
    store::{Span, Store, StoreError, VisitId},
    uri::TargetUri,
};

/// How far apart the visits of the pages of one list can be, so that they show the list of one time.
pub(super) const APART: TimeDelta = TimeDelta::days(1);

/// Binds archived further pages to the visits of the lists that `profiles` claim, where a claim needs them and nothing is bound yet.
/// With `new`, the first and the last date of what came, only visits that were made in this time or a day from it are looked at.
/// Returns how many visits got further pages.
///
/// # Errors
/// The archive cannot be read or written.
pub fn bind_archived(
    store: &Store,
    profiles: &[Named],
    comparing: &Comparing,
    new: Option<(Instant, Instant)>,
) -> Result<usize, RunError> {
    let is_near = |span: &Span| {
        new.is_none_or(|(from, until)| span.last >= from - APART && span.first <= until + APART)
    };
    let mut bound = 0;
    for (seed, lists) in claimed_lists(profiles) {
        let mut tried: BTreeSet<VisitId> = BTreeSet::new();
        let mut spans = store.spans(&seed)?;
        while let Some(span) = spans
            .iter()
            .find(|span| is_near(span) && !tried.contains(&span.visit))
        {
            tried.insert(span.visit);
            if !store.further(span.visit)?.is_empty() {
                continue;
            }
            let first = (span.visit, span.first);
            let pages = lists
                .chunk_by(|one, next| std::ptr::eq(one.of, next.of))
                .map(|lists| pages_of(store, first, lists, comparing))
                .find(|pages| !matches!(pages, Ok(pages) if pages.is_empty()))
                .transpose()?
                .unwrap_or_default();
            if !pages.is_empty() {
                bound += 1;
                store.bind_further(span.visit, pages)?;
                // Binding parts a span: the visits after its first have no further pages yet.
                spans = store.spans(&seed)?;
            }
        }
    }
    Ok(bound)
}

/// The archived visits of the further pages of a list, made within a day of the visit of its first page.
fn pages_of(
    store: &Store,
    (first, at): (VisitId, Instant),
    lists: &[ClaimedList<'_>],
    comparing: &Comparing,
) -> Result<Vec<VisitId>, StoreError> {
    let Some(list) = lists.first() else {
        return Ok(Vec::new());
    };
    let mut readings = comparing.readings(store, &list.of.profile);
    let mut known: BTreeSet<TargetUri> = BTreeSet::new();
    let mut waiting = VecDeque::new();
    let mut visits = Vec::new();
    let mut next = Some(first);
    while let Some(visit) = next {
        if let Some(entry) = store.hops(visit)?.pop()
            && let Some(reading) = readings.of(&entry)?
        {
            let further = further_pages(&reading, &entry.target_uri);
            if visit == first && (further.is_empty() || !is_wanted(lists, &reading)) {
                break;
            }
            known.insert(entry.target_uri);
            waiting.extend(
                further
                    .into_iter()
                    .filter(|page| known.insert(page.clone())),
            );
        }
        next = None;
        while next.is_none()
            && visits.len() < comparing.pages
            && let Some(page) = waiting.pop_front()
        {
            next = store.visit_near(&page, at, APART)?;
        }
        visits.extend(next);
    }
    Ok(visits)
}
