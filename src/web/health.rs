//! `/healthz`: whether the server can work, for whoever watches over it. It has no secrets.

use serde::Serialize;

use super::{Answer, Origins, Request, Web};
use crate::clock::{Instant, warc_date};

/// The least space on the disk that is enough, in bytes.
const LEAST_SPACE: u64 = 64 << 20;

/// The state of the server.
#[derive(Clone, Debug, Serialize)]
struct Health {
    /// Whether everything is well.
    ok: bool,
    /// Whether the archive can be read.
    store: bool,
    /// Whether the accounts can be read, if there are any.
    accounts: bool,
    /// When the last run began.
    last_run: Option<String>,
    /// How long ago that was, in seconds.
    last_run_age_seconds: Option<i64>,
    /// The space left on the disk with the archive, in bytes; `null` where that is not known.
    disk_free_bytes: Option<u64>,
}

/// `/healthz`.
pub(super) fn health(web: &Web, _: &Request, _: &Origins) -> Answer {
    let store = &web.options.store;
    let crawls = store.crawls();
    let started: Option<Instant> = crawls
        .as_ref()
        .ok()
        .and_then(|it| Some(it.last()?.crawl.started));
    let accounts = web
        .people
        .accounts()
        .map(|it| it.map(|accounts| accounts.list().is_ok()));
    let free = free(store.path());
    let mut health = Health {
        ok: false,
        store: crawls.is_ok(),
        accounts: accounts.is_ok_and(|it| it.unwrap_or(true)),
        last_run: started.map(warc_date),
        last_run_age_seconds: started.map(|it| (web.options.clock.now() - it).num_seconds()),
        disk_free_bytes: free,
    };
    health.ok = health.store && health.accounts && free.is_none_or(|it| it >= LEAST_SPACE);
    let status = if health.ok { 200 } else { 503 };
    let text = serde_json::to_string(&health).unwrap_or_default();
    Answer::new(status, "application/json", text + "\n").field("Cache-Control", "no-store")
}

/// The bytes that are free on the disk with a file.
#[cfg(unix)]
fn free(path: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn free(_: &std::path::Path) -> Option<u64> {
    None
}
