//! One host: its state and its turn, that is, the open connection and the time of the next request.

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

/// All hosts of a run. The holder of the lock of a lane is the only one to visit that host; the holder of its turn is the
/// only one to talk to it. Turns are taken while holding lanes and never the other way round, so that there is no deadlock.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    hosts: PlainMutex<HashMap<String, Arc<Mutex<Lane>>>>,
    turns: PlainMutex<HashMap<String, Arc<Mutex<Turn>>>>,
    /// The states from earlier runs; each moves into its lane when the lane is first used.
    remembered: PlainMutex<HashMap<Origin, HostState>>,
}

impl Lanes {
    /// The lanes of a run that begins at `now`; hosts that must be left alone for longer are so from the start.
    pub(super) fn new(remembered: HashMap<Origin, HostState>, now: Instant) -> Self {
        let mut turns: HashMap<String, Turn> = HashMap::new();
        for (origin, state) in &remembered {
            // A last request in the future comes from a wrong clock; then only the length of the pause counts.
            let asked_for = state
                .last_request
                .filter(|last_request| *last_request > now)
                .unwrap_or(now);
            let wait = state
                .next_allowed
                .map(|next_allowed| (next_allowed - asked_for).to_std());
            if let Some(Ok(wait)) = wait
                && let Ok(uri) = origin.as_str().parse()
            {
                let turn = turns.entry(name(&uri)).or_default();
                turn.put_off(wait, state.reason.clone());
            }
        }
        let turns = turns
            .into_iter()
            .map(|(name, turn)| (name, Arc::new(Mutex::new(turn))));
        Self {
            hosts: PlainMutex::default(),
            turns: PlainMutex::new(turns.collect()),
            remembered: PlainMutex::new(remembered),
        }
    }

    /// The lane of an address.
    pub(super) fn of(&self, uri: &TargetUri) -> Arc<Mutex<Lane>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(name(uri)).or_default())
    }

    /// The turn of the host of an address.
    pub(super) fn turn_of(&self, uri: &TargetUri) -> Arc<Mutex<Turn>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(name(uri)).or_default())
    }

    /// Moves the stored state of the origin into its lane.
    pub(super) fn recall(&self, origin: &Origin, lane: &mut Lane) {
        if lane.known.contains_key(origin) {
            return;
        }
        let state = {
            let remembered = self.remembered.lock();
            let mut remembered = remembered.unwrap_or_else(PoisonError::into_inner);
            remembered.remove(origin).unwrap_or_default()
        };
        let known = Known {
            state,
            ..Known::default()
        };
        lane.known.insert(origin.clone(), known);
    }
}

/// The key of a lane: the host and, unless it is a default port, the port. `http` and `https` of one host are one machine to
/// be polite to.
#[must_use]
pub fn name(uri: &TargetUri) -> String {
    match uri.as_url().port() {
        Some(port) => format!("{}:{port}", uri.host()),
        None => uri.host().to_owned(),
    }
}

/// One host with its state.
#[derive(Debug, Default)]
pub(super) struct Lane {
    known: HashMap<Origin, Known>,
}

/// One origin of a host.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The state to store.
    pub(super) state: HostState,
    /// Its robots.txt, parsed.
    pub(super) robots: Option<Arc<Robots>>,
    /// The failure to reach it in this run; it is not tried again before the next run.
    pub(super) unreachable: Option<(FailureKind, String)>,
}

impl Lane {
    /// The state of an origin.
    pub(super) fn known(&mut self, origin: &Origin) -> &mut Known {
        self.known.entry(origin.clone()).or_default()
    }

    /// Records a request to the origin, how long the host is now left alone, and why.
    pub(super) fn asked(
        &mut self,
        origin: &Origin,
        clock: &Clock,
        wait: Duration,
        reason: Option<String>,
    ) {
        let state = &mut self.known(origin).state;
        state.last_request = Some(clock.now());
        state.requests += 1;
        self.leave(origin, clock, wait, reason);
    }

    /// Records how long the host is left alone from now on, and why.
    pub(super) fn leave(
        &mut self,
        origin: &Origin,
        clock: &Clock,
        wait: Duration,
        reason: Option<String>,
    ) {
        let state = &mut self.known(origin).state;
        let wait = chrono::Duration::from_std(wait).unwrap_or_default();
        state.next_allowed = clock.now().checked_add_signed(wait);
        state.reason = reason;
    }
}

/// The right to talk to a host, and the open connection.
#[derive(Default)]
pub(super) struct Turn {
    /// The open connection, and its origin.
    pub(super) link: Option<(Origin, Link)>,
    /// Whether the last request was for robots.txt on behalf of a page of the same host: then the page need not wait.
    pub(super) page_may_follow: bool,
    not_before: Option<Tick>,
    reason: Option<String>,
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Turn")
            .field("not_before", &self.not_before)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl Turn {
    /// How long the host must still be left alone, and why, if for more than the usual pause.
    pub(super) fn wait(&self) -> (Duration, Option<&str>) {
        let wait = self
            .not_before
            .map(|not_before| not_before.saturating_duration_since(Tick::now()));
        (wait.unwrap_or_default(), self.reason.as_deref())
    }

    /// Leaves the host alone for at least that long from now on.
    pub(super) fn put_off(&mut self, wait: Duration, reason: Option<String>) {
        let until = Tick::now() + wait;
        if self.not_before.is_none_or(|not_before| not_before <= until) {
            self.not_before = Some(until);
            self.reason = reason;
        }
    }
}

/// The pause between two requests: the configured one or, if longer, the `Crawl-delay`, up to its cap.
pub(super) fn pause(options: &Options, robots: Option<&Robots>) -> Duration {
    let asked = robots
        .and_then(|robot| robot.crawl_delay(options.product_token()))
        .and_then(|crawl_delay| Duration::try_from_secs_f64(crawl_delay).ok())
        .unwrap_or_default();
    options.delay.max(asked.min(options.max_crawl_delay))
}

/// That pause and its origin, in words.
pub(super) fn pause_in_words(options: &Options, robots: Option<&Robots>) -> String {
    let pause = pause(options, robots);
    if pause > options.delay {
        format!("{pause:?}, from its Crawl-delay")
    } else {
        format!("{pause:?}, from the settings")
    }
}
