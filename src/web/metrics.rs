//! `/metrics`: numbers about the archive and the server, as Prometheus reads them (OpenMetrics 1.0).

use std::{sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use super::{Answer, Origins, Request, Web, room::Now};
use crate::{
    desk::{Item, State, staleness},
    store::StoreError,
    web::problem::Problem,
};

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The last line.
const END: &str = "# EOF";

/// The states of findings, with their words.
const STATES: [(State, &str); 10] = [
    (State::Open, "open"),
    (State::CameBack, "came-back"),
    (State::Later, "later"),
    (State::Muted, "muted"),
    (State::ToEdit, "to-edit"),
    (State::Done, "done"),
    (State::Left, "left"),
    (State::Wrong, "wrong"),
    (State::Note, "note"),
    (State::Settled, "settled"),
];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    route: String,
    method: String,
    status: u32,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct InState {
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfProfile {
    profile: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Came {
    outcome: String,
}

type Gauges<L> = Family<L, Gauge>;
type Sizes<L> = Family<L, Gauge<f64, AtomicU64>>;

/// The requests since the server was started.
#[derive(Debug)]
pub(super) struct Requests(Family<Asked, Histogram>);

impl Default for Requests {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.001, 2.0, 14))
        }))
    }
}

impl Requests {
    /// Notes a request that was answered.
    pub(super) fn note(&self, route: &str, method: &str, status: u16, took: Duration) {
        let asked = Asked {
            route: if route.is_empty() {
                "none".to_owned()
            } else {
                route.to_owned()
            },
            method: method.to_owned(),
            status: u32::from(status),
        };
        self.0.get_or_create(&asked).observe(took.as_secs_f64());
    }
}

/// `/metrics`.
pub(super) fn metrics(web: &Web, _: &Request, _: &Origins) -> Result<Answer, Problem> {
    let mut registry = Registry::with_prefix("stillsays");
    registry.register_with_unit(
        "request_duration",
        "How long requests took, by route",
        Unit::Seconds,
        web.requests.0.clone(),
    );
    let now = web.now()?;
    of_findings(&mut registry, web, &now);
    of_runs(&mut registry, web)?;
    let sessions: Gauge = Gauge::default();
    if let Ok(Some(accounts)) = web.people.accounts() {
        let open = accounts.sessions(web.people.lifetime, web.options.clock.now());
        sessions.set(count(open.map_or(0, |it| it.len())));
    }
    registry.register("sessions", "How many people are logged in", sessions);
    let covered: Gauge = Gauge::default();
    covered.set(
        web.options
            .store
            .last_seal()?
            .map_or(0, |it| i64::try_from(it.size).unwrap_or(i64::MAX)),
    );
    registry.register(
        "checkpoint_entries",
        "How many entries of the ledger the latest checkpoint covers",
        covered,
    );
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| Problem::new("fault", &error.to_string()))?;
    if let Some(figures) = &web.options.figures {
        // The last line of the format stays the last.
        text.truncate(text.trim_end().trim_end_matches(END).len());
        text.push_str(&(figures.0)());
        text.push_str(END);
        text.push('\n');
    }
    Ok(Answer::new(200, MEDIA_TYPE, text).field("Cache-Control", "no-store"))
}

fn of_findings(registry: &mut Registry, web: &Web, now: &Now) {
    let counts = now.desk.counts();
    let states: Gauges<InState> = Family::default();
    for (state, word) in STATES {
        let label = InState {
            state: word.to_owned(),
        };
        states.get_or_create(&label).set(count(counts.of(state)));
    }
    registry.register("findings", "How many findings are in each state", states);
    let stale: Sizes<OfProfile> = Family::default();
    let today = web.options.clock.now().date_naive();
    for entry in &now.profiles {
        let Ok(named) = &entry.read else { continue };
        let own = now.desk.items().iter();
        let own: Vec<&Item> = own
            .filter(|it| it.finding().profile == named.name)
            .collect();
        let label = OfProfile {
            profile: named.name.clone(),
        };
        stale
            .get_or_create(&label)
            .set(staleness(&named.profile, &own, today).sum());
    }
    registry.register(
        "staleness",
        "How stale each article is, from 0 to 100",
        stale,
    );
}

fn of_runs(registry: &mut Registry, web: &Web) -> Result<(), StoreError> {
    let crawls = web.options.store.crawls()?;
    let runs: Counter = Counter::default();
    runs.inc_by(crawls.len() as u64);
    registry.register("runs", "How many runs there were", runs);
    let fetches: Family<Came, Counter> = Family::default();
    let add = |outcome: &str, many: u64| {
        let label = Came {
            outcome: outcome.to_owned(),
        };
        fetches.get_or_create(&label).inc_by(many);
    };
    for counts in crawls.iter().filter_map(|it| it.counts.as_ref()) {
        add("changed", counts.fetched.saturating_sub(counts.unchanged));
        add("unchanged", counts.unchanged);
        add("failed", counts.failed);
        add("skipped", counts.skipped);
    }
    registry.register(
        "fetches",
        "How many pages were visited, by outcome",
        fetches.clone(),
    );
    let last: Gauge = Gauge::default();
    last.set(crawls.last().map_or(0, |it| it.crawl.started.timestamp()));
    registry.register_with_unit(
        "last_run_timestamp",
        "When the last run began",
        Unit::Seconds,
        last,
    );
    Ok(())
}

fn count(many: usize) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}
