//! `/hosts`: when each host is asked again, and why it has to wait.

use askama::Template;

use super::{
    mast::{self, Mast},
    sides::minute,
};
use crate::{
    host::{Origin, RobotsAccess},
    store::{Dated, StoreError},
    web::{Answer, Origins, Request, Web},
};

/// The hosts.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/hosts.html")]
struct Page {
    mast: Mast,
    rows: Vec<Row>,
}

/// A host.
struct Row {
    origin: String,
    robots: String,
    next: String,
    why: String,
    refusals: u32,
    last: String,
    /// The latest visits that failed: when, what happened, and the captures of the page.
    failures: Vec<Failed>,
}

/// A visit that failed.
struct Failed {
    when: String,
    detail: String,
    href: String,
    path: String,
}

/// How many failures are looked at.
const FAILURES: u32 = 500;

/// How many are shown for each host.
const EACH: usize = 3;

/// The hosts, by name.
pub(in crate::web) fn hosts(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let failures = web.options.store.last_failures(FAILURES)?;
    let mut states = web.options.store.host_states()?;
    // A host that never answered has no state.
    for failed in &failures {
        states.entry(Origin::of(&failed.target_uri)).or_default();
    }
    let mut all: Vec<_> = states.into_iter().collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let rows = all.into_iter().map(|(origin, state)| Row {
        failures: failures_of(&origin, &failures),
        origin: origin.to_string(),
        robots: state.robots.map_or_else(
            || "not asked".to_owned(),
            |robots| {
                let says = match robots.access {
                    RobotsAccess::Rules(_) => "rules",
                    RobotsAccess::Unavailable { .. } => "none: everything is allowed",
                    RobotsAccess::Unreachable { .. } => "not reachable",
                };
                format!("{says}, {}", minute(robots.fetched))
            },
        ),
        next: state
            .next_allowed
            .map_or_else(|| "any time".to_owned(), minute),
        why: state.reason.unwrap_or_default(),
        refusals: state.refusals,
        last: match (state.last_request, state.last) {
            (Some(at), Some(last)) => format!("{}: {}", minute(at), last.came),
            (Some(at), None) => minute(at),
            _ => "never".to_owned(),
        },
    });
    let page = Page {
        rows: rows.collect(),
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}

/// The latest failures of a host.
fn failures_of(origin: &Origin, all: &[Dated]) -> Vec<Failed> {
    let own = all
        .iter()
        .filter(|it| Origin::of(&it.target_uri) == *origin);
    let failed = own.take(EACH).map(|it| Failed {
        when: minute(it.date),
        detail: it.failure.as_ref().map_or(String::new(), |it| it.1.clone()),
        href: format!("/captures/{}", it.target_uri),
        path: it.target_uri.path_and_query(),
    });
    failed.collect()
}
