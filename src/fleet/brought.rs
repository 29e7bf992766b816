//! What a lease brought: the visits that count, and the state of the hosts.

use std::collections::BTreeSet;

use super::{Bound, Lease};
use crate::{
    capture::{Capture, FailureKind, Outcome, Visit},
    host::{HostState, Origin},
    uri::TargetUri,
};

/// What a lease brought.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// The visits.
    pub(super) visits: Vec<Bound>,
    /// The origins that were asked, with their state.
    pub(super) states: Vec<(Origin, HostState)>,
}

impl Brought {
    /// Leaves out the visits that began lists, and the further pages of these.
    pub(super) fn leave_out(&mut self, lists: &BTreeSet<TargetUri>, lease: &Lease) {
        if lists.is_empty() {
            return;
        }
        self.visits.retain(|it| !lists.contains(&it.visit.seed));
        for bound in &mut self.visits {
            bound.pages_of.retain(|it| !lists.contains(&it.list));
        }
        let is_due = |uri: &TargetUri| lease.seeds.iter().any(|due| due.uri == *uri);
        self.visits
            .retain(|it| !it.pages_of.is_empty() || is_due(&it.visit.seed));
    }
}

/// Whether anything was asked, or could not be: not if the host had to be left alone, or the fetcher was stopped.
pub(super) fn is_made(visit: &Visit) -> bool {
    let is_put_off = |capture: &Capture, also: bool| {
        matches!(&capture.outcome, Outcome::Failure(failure)
            if failure.kind == FailureKind::Stopped || (also && failure.kind == FailureKind::HostBackoff))
    };
    match visit.captures.as_slice() {
        [] => false,
        [only] => !is_put_off(only, true),
        [.., last] => !is_put_off(last, false),
    }
}

/// The status of a visit, or the kind of failure.
pub(super) fn came(visit: &Visit) -> String {
    let Some(last) = visit.last() else {
        return String::new();
    };
    match &last.outcome {
        Outcome::Failure(failure) => serde_json::to_value(failure.kind)
            .ok()
            .and_then(|kind| kind.as_str().map(str::to_owned))
            .unwrap_or_default(),
        _ => last
            .status()
            .map(|status| status.to_string())
            .unwrap_or_default(),
    }
}
