//! The figures of a fleet for Prometheus: for `fleet status --metrics`, and for `/metrics` of `serve`.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

use super::{frontier, runtime};
use crate::{
    cli::{Failure, Session},
    fleet::{Archived, Frontier, Status},
    web::Figures,
};

/// How long `/metrics` waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an answer is used again: several programs may ask, and counting a million seeds takes a while.
const FRESH: Duration = Duration::from_secs(5);

/// The figures for `/metrics`, if the settings name a fleet.
pub(in crate::cli) fn figures(session: &Session) -> Result<Option<Figures>, Failure> {
    if session.config.settings.fleet.database.is_empty() {
        return Ok(None);
    }
    let runtime = runtime()?;
    let link = Link {
        frontier: {
            let _inside = runtime.enter();
            frontier(session)?
        },
        runtime: Some(runtime),
        last: None,
    };
    // One question at a time; whoever waited gets the same answer.
    let link = Mutex::new(link);
    let ask = move || link.lock().unwrap_or_else(PoisonError::into_inner).ask();
    Ok(Some(Figures::new(ask)))
}

/// The database, and what it answered last.
struct Link {
    frontier: Arc<dyn Frontier>,
    /// Where the connection lives; there until the end.
    runtime: Option<Runtime>,
    last: Option<(Instant, String)>,
}

impl Link {
    fn ask(&mut self) -> String {
        if let Some((at, text)) = &self.last
            && at.elapsed() < FRESH
        {
            return text.clone();
        }
        let asked = async { tokio::time::timeout(PATIENCE, self.frontier.status()).await };
        let status = self.runtime.as_ref().map(|runtime| runtime.block_on(asked));
        let text = match status {
            Some(Ok(Ok(status))) => [up(true), metrics(&status)].concat(),
            Some(Ok(Err(error))) => {
                tracing::warn!(%error, "the figures of the fleet are missing");
                up(false)
            }
            _ => {
                tracing::warn!("the database of the fleet did not answer within {PATIENCE:?}");
                up(false)
            }
        };
        self.last = Some((Instant::now(), text.clone()));
        text
    }
}

impl Drop for Link {
    /// The server ends inside a runtime of its own, where another one cannot be waited for.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Whether the database of the fleet answers.
fn up(answers: bool) -> String {
    let help = "Whether the database of the fleet answers.";
    gauge("up", help, &[(String::new(), f64::from(u8::from(answers)))])
}

/// The text format of Prometheus.
pub(super) fn metrics(status: &Status) -> String {
    let one = |value: f64| vec![(String::new(), value)];
    let count = |value: u64| one(value as f64);
    let state = |name: &str, value: u64| (format!("{{state=\"{name}\"}}"), value as f64);
    let hosts = vec![
        state("due", status.due),
        state("leased", status.leased),
        state("blocked", status.blocked),
    ];
    let late = "Visits that came after their lease was lost.";
    let recent = "Visits delivered in the last minute.";
    let rate = "Visits delivered a second, over the last minute.";
    let per_second = one(status.visits_last_minute as f64 / 60.0);
    let oldest = "Since when the oldest of these is due.";
    let lag = "Since when the oldest of these waits.";
    [
        gauge("hosts", "Hosts with a seed.", &count(status.hosts)),
        gauge("hosts_now", "Hosts by what can be done with them.", &hosts),
        gauge(
            "seeds",
            "Pages that an archive cites.",
            &count(status.seeds),
        ),
        gauge("seeds_due", "Pages that are due.", &count(status.due_seeds)),
        gauge("oldest_due_seconds", oldest, &one(status.oldest_s)),
        gauge(
            "visits_last_minute",
            recent,
            &count(status.visits_last_minute),
        ),
        gauge("visits_per_second", rate, &per_second),
        gauge("late_visits", late, &count(status.late)),
        gauge(
            "archive_cited",
            "Pages that the archive cites.",
            &of_each(status, |it| it.cited as f64),
        ),
        gauge(
            "archive_waiting_bundles",
            "Bundles that the archive has not taken.",
            &of_each(status, |it| it.waiting as f64),
        ),
        gauge("archive_lag_seconds", lag, &of_each(status, |it| it.lag_s)),
    ]
    .concat()
}

/// A figure of each archive, with its label.
fn of_each(status: &Status, value: impl Fn(&Archived) -> f64) -> Vec<(String, f64)> {
    let row = |it: &Archived| {
        let name = it
            .name
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        (format!("{{archive=\"{name}\"}}"), value(it))
    };
    status.archives.iter().map(row).collect()
}

/// A figure with its description, and a row for each label.
fn gauge(name: &str, help: &str, rows: &[(String, f64)]) -> String {
    let name = format!("stillsays_fleet_{name}");
    let mut text = format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
    for (label, value) in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}{label} {value}");
    }
    text
}
