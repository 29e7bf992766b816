//! One host: what is known of it, its open connection, and when it may be asked again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as PlainMutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Mutex, time::Instant as Tick};

use super::{Options, dial::Link};
use crate::{
    capture::FailureKind,
    clock::{Clock, Instant},
    host::{HostState, Origin},
    robots::Robots,
    uri::TargetUri,
};

/// All hosts of a run. Whoever holds a lane's lock is the only one to talk to that host.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: PlainMutex<HashMap<String, Arc<Mutex<Lane>>>>,
    /// What earlier runs knew; each is taken into its lane when that is first asked for it.
    remembered: PlainMutex<HashMap<Origin, HostState>>,
}

impl Lanes {
    pub(super) fn new(remembered: HashMap<Origin, HostState>) -> Self {
        Self {
            lanes: PlainMutex::default(),
            remembered: PlainMutex::new(remembered),
        }
    }

    /// The lane of an address.
    pub(super) fn of(&self, uri: &TargetUri) -> Arc<Mutex<Lane>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(name(uri)).or_default())
    }

    /// Takes what is remembered of the origin into its lane.
    pub(super) fn recall(&self, origin: &Origin, lane: &mut Lane, now: Instant) {
        if lane.known.contains_key(origin) {
            return;
        }
        let state = {
            let remembered = self.remembered.lock();
            let mut remembered = remembered.unwrap_or_else(PoisonError::into_inner);
            remembered.remove(origin).unwrap_or_default()
        };
        // A last request in the future was noted under a clock that went wrong; then what counts is how long was asked for.
        let asked_for = state.last_request.filter(|it| *it > now).unwrap_or(now);
        let wait = state.next_allowed.map(|it| (it - asked_for).to_std());
        if let Some(Ok(wait)) = wait {
            lane.put_off(wait, state.reason.clone());
        }
        let known = Known {
            state,
            ..Known::default()
        };
        lane.known.insert(origin.clone(), known);
    }
}

/// What lanes are told apart by: the host and, where it is neither scheme's own, the port. `http` and `https` of one
/// host are one machine to be polite to.
pub(super) fn name(uri: &TargetUri) -> String {
    match uri.as_url().port() {
        Some(port) => format!("{}:{port}", uri.host()),
        None => uri.host().to_owned(),
    }
}

/// One host.
#[derive(Default)]
pub(super) struct Lane {
    pub(super) known: HashMap<Origin, Known>,
    /// A connection kept open, and whose it is.
    pub(super) link: Option<(Origin, Link)>,
    not_before: Option<Tick>,
    reason: Option<String>,
}

/// One origin of a host.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) state: HostState,
    /// Its robots.txt, read.
    pub(super) robots: Option<Arc<Robots>>,
    /// That it could not be reached in this run; it is not tried again before the next.
    pub(super) unreachable: Option<(FailureKind, String)>,
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Lane")
            .field("known", &self.known)
            .field("not_before", &self.not_before)
            .finish_non_exhaustive()
    }
}

impl Lane {
    /// How long the host is still to be left alone, and why, where there is more to it than the usual pause.
    pub(super) fn wait(&self) -> (Duration, Option<&str>) {
        let wait = self
            .not_before
            .map(|it| it.saturating_duration_since(Tick::now()));
        (wait.unwrap_or_default(), self.reason.as_deref())
    }

    /// Leaves the host alone for that long from now, if not longer anyway.
    pub(super) fn put_off(&mut self, wait: Duration, reason: Option<String>) {
        let until = Tick::now() + wait;
        if self.not_before.is_none_or(|it| it <= until) {
            self.not_before = Some(until);
            self.reason = reason;
        }
    }

    /// The state of an origin.
    pub(super) fn known(&mut self, origin: &Origin) -> &mut Known {
        self.known.entry(origin.clone()).or_default()
    }

    /// Writes down that the origin was asked, how long the host is now left alone, and why.
    pub(super) fn asked(
        &mut self,
        origin: &Origin,
        clock: &Clock,
        wait: Duration,
        reason: Option<String>,
    ) {
        let now = clock.now();
        let state = &mut self.known(origin).state;
        state.last_request = Some(now);
        state.requests += 1;
        let wait_by_clock = chrono::Duration::from_std(wait).unwrap_or_default();
        state.next_allowed = now.checked_add_signed(wait_by_clock);
        state.reason.clone_from(&reason);
        self.put_off(wait, reason);
    }
}

/// The pause that manners ask for between two requests: the configured one or, where it is longer, the `Crawl-delay`, up to its cap.
pub(super) fn pause(options: &Options, robots: Option<&Robots>) -> Duration {
    let asked = robots
        .and_then(|it| it.crawl_delay(options.product_token()))
        .and_then(|it| Duration::try_from_secs_f64(it).ok())
        .unwrap_or_default();
    options.delay.max(asked.min(options.max_crawl_delay))
}
