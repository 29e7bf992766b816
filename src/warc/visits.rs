//! Visits from captures: which redirect led to which.

use chrono::TimeDelta;

use crate::{
    capture::{Capture, Visit},
    uri::TargetUri,
};

/// How long after a redirect its target is taken for the same visit.
const FOLLOWED_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// The visits that captures make, in the order in which they begin: a redirect and what it led to soon after are one visit.
///
/// WARC files do not say where a visit began, so a capture that no redirect led to is held for a beginning.
pub fn visits(captures: impl IntoIterator<Item = Capture>) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    // The visits whose last capture is a redirect that nothing has followed so far.
    let mut open: Vec<(usize, TargetUri)> = Vec::new();
    for capture in captures {
        let next = redirect(&capture);
        let led_here = open.iter().rposition(|(visit, target)| {
            let last = visits.get(*visit).and_then(Visit::last);
            *target == capture.target_uri
                && last.is_some_and(|it| {
                    (TimeDelta::zero()..=FOLLOWED_WITHIN).contains(&(capture.date - it.date))
                })
        });
        let visit = if let Some(place) = led_here {
            open.remove(place).0
        } else {
            visits.push(Visit {
                seed: capture.target_uri.clone(),
                captures: Vec::new(),
            });
            visits.len() - 1
        };
        if let Some(it) = visits.get_mut(visit) {
            it.captures.push(capture);
        }
        open.extend(next.map(|it| (visit, it)));
    }
    visits
}

fn redirect(capture: &Capture) -> Option<TargetUri> {
    matches!(capture.status(), Some(301 | 302 | 303 | 307 | 308))
        .then(|| capture.field("Location"))
        .flatten()
        .and_then(|it| capture.target_uri.join(&it).ok())
        .map(|it| it.0)
}
