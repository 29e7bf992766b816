//! Crawls, the hosts they visited, and the size of the store.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{
    Fault, Store, StoreError, checksum, instant,
    ledger::{self, Kind},
    micros,
};
use crate::{
    clock::Instant,
    host::{HostState, Origin},
    ledger::Leaf,
};

/// The number of a crawl in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CrawlId(pub i64);

/// The beginning of a run: program, command and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crawl {
    /// When it began.
    pub started: Instant,
    /// The program and its version: `stillsays/0.1.0`.
    pub software: String,
    /// The command: `run --due`.
    pub command: String,
}

/// The result of a crawl.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Seeds that were visited.
    pub visits: u64,
    /// Visits that returned a page.
    pub fetched: u64,
    /// Of these, the ones with nothing new.
    pub unchanged: u64,
    /// Visits that failed.
    pub failed: u64,
    /// Seeds that were due but not visited: refused, postponed, stopped.
    pub skipped: u64,
    /// Whether the local network was down: then its visits say nothing about any page.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
}

/// A crawl as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrawlEntry {
    /// Its number.
    pub id: CrawlId,
    /// Its beginning.
    pub crawl: Crawl,
    /// When it ended; `None` while it is in progress, or if it was killed.
    pub ended: Option<Instant>,
    /// Its result.
    pub counts: Option<Counts>,
}

/// The size of the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Seeds with at least one visit.
    pub seeds: u64,
    /// Visits.
    pub visits: u64,
    /// Captures.
    pub captures: u64,
    /// Different payloads.
    pub payloads: u64,
    /// Their bytes as received.
    pub plain_bytes: u64,
    /// Their bytes as stored.
    pub kept_bytes: u64,
    /// The bytes of the file.
    pub file_bytes: u64,
}

impl Store {
    /// Whether captures were ever imported from files.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn has_imports(&self) -> Result<bool, StoreError> {
        self.read(|connection| {
            let any = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM crawl WHERE command LIKE 'import%')")?
                .query_row([], |row| row.get(0))?;
            Ok(any)
        })
    }

    /// Records the beginning of a crawl.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin_crawl(&self, crawl: &Crawl) -> Result<CrawlId, StoreError> {
        let crawl = crawl.clone();
        self.write(move |connection| {
            let id = connection
                .prepare_cached(
                    "INSERT INTO crawl (started, software, command) VALUES (?1, ?2, ?3)",
                )?
                .insert(params![
                    micros(crawl.started),
                    crawl.software,
                    crawl.command
                ])?;
            let leaf = Leaf::Crawl {
                id,
                started: crawl.started,
                software: &crawl.software,
                command: &crawl.command,
            };
            ledger::append(connection, Kind::Crawl, id, &leaf)?;
            Ok(CrawlId(id))
        })
    }

    /// Records the end and the result of a crawl.
    ///
    /// # Errors
    /// The file cannot be written; there is no such crawl.
    pub fn end_crawl(
        &self,
        id: CrawlId,
        ended: Instant,
        counts: &Counts,
    ) -> Result<(), StoreError> {
        let counts = serde_json::to_string(counts).unwrap_or_default();
        self.write(move |connection| {
            let rows = connection
                .prepare_cached(
                    "UPDATE crawl SET ended = ?2, counts = ?3 WHERE id = ?1 AND ended IS NULL",
                )?
                .execute(params![id.0, micros(ended), counts])?;
            if rows == 0 {
                return Err(Fault::NotHeld(format!("crawl {}", id.0)));
            }
            let leaf = Leaf::CrawlEnded {
                id: id.0,
                ended,
                counts: &counts,
            };
            ledger::append(connection, Kind::CrawlEnded, id.0, &leaf)?;
            // What comes now, comparing, needs the memory more than the cache of what was written.
            connection.execute_batch("PRAGMA shrink_memory")?;
            Ok(())
        })
    }

    /// All crawls, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn crawls(&self) -> Result<Vec<CrawlEntry>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, started, software, command, ended, counts FROM crawl ORDER BY id",
            )?;
            let mut rows = statement.query(())?;
            let mut crawls = Vec::new();
            while let Some(row) = rows.next()? {
                crawls.push(CrawlEntry {
                    id: CrawlId(row.get(0)?),
                    crawl: Crawl {
                        started: instant(row.get(1)?)?,
                        software: row.get(2)?,
                        command: row.get(3)?,
                    },
                    ended: row.get::<_, Option<i64>>(4)?.map(instant).transpose()?,
                    counts: row
                        .get::<_, Option<String>>(5)?
                        .map(|row| serde_json::from_str(&row).map_err(Fault::damaged))
                        .transpose()?,
                });
            }
            Ok(crawls)
        })
    }

    /// The stored state of every host.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn host_states(&self) -> Result<HashMap<Origin, HostState>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT origin, state FROM host")?;
            let mut rows = statement.query(())?;
            let mut hosts = HashMap::new();
            while let Some(row) = rows.next()? {
                let origin: Origin = serde_json::from_value(row.get::<_, String>(0)?.into())
                    .map_err(Fault::damaged)?;
                let state =
                    serde_json::from_str(&row.get::<_, String>(1)?).map_err(Fault::damaged)?;
                hosts.insert(origin, state);
            }
            Ok(hosts)
        })
    }

    /// Stores the state of hosts without a visit, for example after a request for robots.txt.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn remember_hosts(&self, hosts: Vec<(Origin, HostState)>) -> Result<(), StoreError> {
        self.write_later(move |connection| remember_hosts(connection, &hosts))
            .await
    }

    /// The number of visits and of seeds, without reading them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn extent(&self) -> Result<(u64, u64), StoreError> {
        self.read(|connection| {
            // Visits are numbered from 1 and never deleted.
            let sql =
                "SELECT (SELECT coalesce(max(id), 0) FROM visit), (SELECT count(*) FROM seed)";
            let counts = connection
                .prepare_cached(sql)?
                .query_row((), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
            Ok((counts.0.unsigned_abs(), counts.1.unsigned_abs()))
        })
    }

    /// The size of the store.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn size(&self) -> Result<Size, StoreError> {
        self.read(|connection| {
            let count = |sql: &str| {
                connection.query_row(sql, (), |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
            };
            Ok(Size {
                seeds: count("SELECT count(*) FROM seed")?,
                visits: count("SELECT count(*) FROM visit")?,
                captures: count("SELECT count(*) FROM capture")?,
                payloads: count("SELECT count(*) FROM payload WHERE length IS NOT NULL")?,
                plain_bytes: count("SELECT coalesce(sum(length), 0) FROM payload")?,
                kept_bytes: count("SELECT coalesce(sum(length(bytes)), 0) FROM payload")?,
                file_bytes: count(
                    "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                )?,
            })
        })
    }
}

/// Stores the state of hosts, inside a transaction of the caller.
pub(super) fn remember_hosts(
    connection: &Connection,
    hosts: &[(Origin, HostState)],
) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO host (origin, state, checksum) VALUES (?1, ?2, ?3)
         ON CONFLICT (origin) DO UPDATE SET state = excluded.state, checksum = excluded.checksum",
    )?;
    for (origin, state) in hosts {
        let state = serde_json::to_string(state).map_err(Fault::damaged)?;
        let sum = checksum([origin.as_str().as_bytes(), state.as_bytes()]);
        statement.execute(params![origin.as_str(), state, sum])?;
    }
    Ok(())
}
