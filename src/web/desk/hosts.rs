//! `/hosts`: when each host is asked again, and why it has to wait.

use askama::Template;

use super::{
    mast::{self, Mast},
    sides::minute,
};
use crate::{
    host::RobotsAccess,
    store::StoreError,
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
}

/// The hosts, by name.
pub(in crate::web) fn hosts(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let mut all: Vec<_> = web.options.store.host_states()?.into_iter().collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let rows = all.into_iter().map(|(origin, state)| Row {
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
