//! `stillsays fleet status`: what is due, what is leased, and how far behind each archive is.

use clap::Args;
use serde_json::json;

use super::{figures::metrics, frontier, runtime};
use crate::{
    cli::{
        Exit, Failure, Format, Session,
        session::{json_text, print},
    },
    fleet::Status,
    text::for_terminal,
};

/// Arguments of `fleet status`.
#[derive(Args, Debug)]
pub(in crate::cli) struct StatusArgs {
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Print the figures for Prometheus, such as for its textfile collector
    #[arg(long, conflicts_with = "format")]
    metrics: bool,
}

impl StatusArgs {
    /// Prints the state of the fleet.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let status = runtime()?.block_on(frontier(session)?.status())?;
        print(&match self.format {
            _ if self.metrics => metrics(&status),
            Format::Json => json_text(&json(&status)),
            Format::Text => text(&status),
        })?;
        Ok(Exit::Done)
    }
}

fn text(status: &Status) -> String {
    let Status {
        hosts,
        due,
        leased,
        blocked,
        seeds,
        due_seeds,
        ..
    } = status;
    let per_second = status.visits_last_minute as f64 / 60.0;
    let mut lines = vec![
        format!(
            "hosts: {hosts}; {due} can be claimed, {leased} are leased, {blocked} are left alone for longer"
        ),
        format!(
            "seeds: {seeds}; {due_seeds} are due, the oldest for {}",
            seconds(status.oldest_s)
        ),
        format!(
            "visits: {per_second:.1} a second in the last minute; {} came after their lease, ever",
            status.late
        ),
    ];
    for it in &status.archives {
        let seen = it.seen_s.map_or_else(
            || "never seen".to_owned(),
            |at| format!("seen {} ago", seconds(at)),
        );
        lines.push(format!(
            "archive {}: cites {}; {} bundles wait, the oldest for {}; {seen}",
            it.name,
            it.cited,
            it.waiting,
            seconds(it.lag_s)
        ));
    }
    for_terminal(&lines.join("\n"))
}

/// A time in the unit that suits it.
fn seconds(time: f64) -> String {
    if time >= 7200.0 {
        format!("{:.0} h", time / 3600.0)
    } else if time >= 120.0 {
        format!("{:.0} min", time / 60.0)
    } else {
        format!("{time:.0} s")
    }
}

fn json(status: &Status) -> serde_json::Value {
    let archives = status.archives.iter().map(|it| {
        json!({"name": it.name, "cited": it.cited, "waiting": it.waiting, "lag_s": it.lag_s, "seen_s": it.seen_s})
    });
    json!({"format": 1, "hosts": status.hosts, "hosts_due": status.due, "hosts_leased": status.leased,
        "hosts_blocked": status.blocked, "seeds": status.seeds, "seeds_due": status.due_seeds,
        "oldest_due_s": status.oldest_s, "visits_last_minute": status.visits_last_minute, "late_visits": status.late,
        "archives": archives.collect::<Vec<_>>()})
}
