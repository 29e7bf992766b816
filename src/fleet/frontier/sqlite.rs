//! The frontier in an SQLite file: for a fleet of processes on one machine, and for trials.

mod found;
mod status;
mod turns;
mod waiting;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::DateTime;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::{
    AT_ONCE, Answer, Citation, Due, Finish, Found, Frontier, FrontierError, Lease, SEEDS, Status,
    Waiting, host_of, hosts_of, key_of, state_of, state_text, uri_of,
};
use crate::{
    clock::{Clock, Instant},
    fetch::{self, Next},
    host::{HostState, Origin},
    uri::TargetUri,
};

/// The numbered steps: the first makes version 1, each later one migrates from the version before.
const STEPS: &[&str] = &[include_str!("sqlite/1.sql"), include_str!("sqlite/2.sql")];

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many citations share a transaction.
const TOGETHER: usize = 500;

/// The frontier in an SQLite file. Its time is that of the machine.
#[derive(Clone, Debug)]
pub struct Sqlite {
    connection: Arc<Mutex<Connection>>,
    clock: Clock,
}

impl Sqlite {
    /// Opens the file, which is created if it does not exist; [`Frontier::init`] creates the tables.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path, clock: Clock) -> Result<Self, FrontierError> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        )?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            clock,
        })
    }

    /// Does `work` in one transaction, if the tables are those of this program.
    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T, FrontierError> + Send + 'static,
    ) -> Answer<'static, T> {
        self.on_any(move |transaction, now| match version(transaction)? {
            (found, known) if found == known => work(transaction, now),
            (found, known) => Err(FrontierError::Version { found, known }),
        })
    }

    /// Does `work` in one transaction, on a thread that may block, whatever the tables.
    fn on_any<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T, FrontierError> + Send + 'static,
    ) -> Answer<'static, T> {
        let Self { connection, clock } = self.clone();
        let work = move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // After the wait for other processes.
            let now = clock.now().timestamp_micros();
            let done = work(&transaction, now)?;
            transaction.commit()?;
            Ok(done)
        };
        Box::pin(async move {
            tokio::task::spawn_blocking(work)
                .await
                .unwrap_or_else(|error| Err(FrontierError::Damaged(error.to_string())))
        })
    }
}

impl Frontier for Sqlite {
    fn init(&self) -> Answer<'_, ()> {
        self.on_any(|transaction, _| {
            let (found, known) = version(transaction)?;
            if found > known {
                return Err(FrontierError::Version { found, known });
            }
            for step in STEPS.iter().skip(found as usize) {
                transaction.execute_batch(step)?;
            }
            Ok(transaction.pragma_update(None, "user_version", known)?)
        })
    }

    fn claim<'a>(&'a self, worker: &'a str, lease: Duration) -> Answer<'a, Option<Lease>> {
        let worker = worker.to_owned();
        self.with(move |transaction, now| claim(transaction, now, &worker, lease))
    }

    fn extend<'a>(&'a self, host: &'a str, fence: i64, lease: Duration) -> Answer<'a, bool> {
        let host = host.to_owned();
        self.with(move |transaction, now| {
            let sql = "UPDATE host SET lease_until = ?3 WHERE name = ?1 AND fence = ?2 AND worker IS NOT NULL";
            let changed = transaction
                .prepare_cached(sql)?
                .execute(params![host, fence, now + micros(lease)])?;
            Ok(changed > 0)
        })
    }

    fn turn<'a>(&'a self, next: &'a Next) -> Answer<'a, Duration> {
        let next = next.clone();
        self.with(move |transaction, now| turns::turn(transaction, now, &next))
    }

    fn leave_alone<'a>(
        &'a self,
        host: &'a str,
        wait: Duration,
        why: Option<&'a str>,
    ) -> Answer<'a, ()> {
        let (host, why) = (host.to_owned(), why.map(str::to_owned));
        self.with(move |transaction, now| {
            turns::leave_alone(transaction, &host, now + micros(wait), why.as_deref())
        })
    }

    fn finish<'a>(&'a self, done: &'a Finish) -> Answer<'a, bool> {
        let done = done.clone();
        self.with(move |transaction, now| finish(transaction, now, &done))
    }

    fn reap(&self) -> Answer<'_, u64> {
        self.with(|transaction, now| {
            let sql = "UPDATE host SET worker = NULL, lease_until = NULL WHERE worker IS NOT NULL AND lease_until < ?1";
            let ended = transaction.prepare_cached(sql)?.execute([now])?;
            Ok(ended as u64)
        })
    }

    fn unknown<'a>(&'a self, digests: &'a [String]) -> Answer<'a, Vec<String>> {
        let digests = digests.to_vec();
        self.with(move |transaction, _| found::unknown(transaction, digests))
    }

    fn adopt<'a>(&'a self, found: &'a Found) -> Answer<'a, bool> {
        let found = found.clone();
        self.with(move |transaction, now| found::adopt(transaction, now, &found))
    }

    fn cite<'a>(&'a self, archive: &'a str, cited: &'a [Citation]) -> Answer<'a, ()> {
        let (archive, cited) = (archive.to_owned(), cited.to_vec());
        Box::pin(async move {
            for some in cited.chunks(TOGETHER) {
                let (archive, some) = (archive.clone(), some.to_vec());
                self.with(move |transaction, now| cite(transaction, now, (&archive, &some)))
                    .await?;
            }
            Ok(())
        })
    }

    fn retract<'a>(&'a self, archive: &'a str, uris: &'a [TargetUri]) -> Answer<'a, ()> {
        let (archive, uris) = (archive.to_owned(), uris.to_vec());
        self.with(move |transaction, _| {
            let archive = archive_row(transaction, &archive)?;
            for uri in &uris {
                let sql = "DELETE FROM citation WHERE archive = ?1 AND seed = (SELECT id FROM seed WHERE key = ?2)";
                transaction.prepare_cached(sql)?
                    .execute(params![archive, key_of(uri)])?;
            }
            due_again(transaction, &uris)
        })
    }

    fn cited<'a>(&'a self, archive: &'a str) -> Answer<'a, Vec<Citation>> {
        let archive = archive.to_owned();
        self.with(move |transaction, _| {
            let sql = "SELECT seed.uri, citation.due_at, citation.condition, citation.lists FROM archive
                 JOIN citation ON citation.archive = archive.id JOIN seed ON seed.id = citation.seed WHERE archive.name = ?1";
            let mut statement = transaction.prepare_cached(sql)?;
            let mut rows = statement.query([archive])?;
            let mut cited = Vec::new();
            while let Some(row) = rows.next()? {
                cited.push(Citation {
                    uri: uri_of(&row.get::<_, String>(0)?)?,
                    due: row.get::<_, Option<i64>>(1)?.map(instant),
                    condition: row.get(2)?,
                    lists: row.get(3)?,
                });
            }
            Ok(cited)
        })
    }

    fn attend<'a>(
        &'a self,
        archive: &'a str,
        writer: &'a str,
        lease: Duration,
    ) -> Answer<'a, bool> {
        let (archive, writer) = (archive.to_owned(), writer.to_owned());
        self.with(move |transaction, now| {
            archive_row(transaction, &archive)?;
            let sql = "UPDATE archive SET writer = ?2, writer_until = ?3, seen_at = ?4
                 WHERE name = ?1 AND (writer IS NULL OR writer = ?2 OR writer_until < ?4)";
            let changed = transaction.prepare_cached(sql)?.execute(params![
                archive,
                writer,
                now + micros(lease),
                now
            ])?;
            Ok(changed > 0)
        })
    }

    fn waiting<'a>(&'a self, archive: &'a str) -> Answer<'a, Vec<Waiting>> {
        let archive = archive.to_owned();
        self.with(move |transaction, _| waiting::waiting(transaction, &archive))
    }

    fn taken<'a>(&'a self, archive: &'a str, bundle: i64) -> Answer<'a, ()> {
        let archive = archive.to_owned();
        self.with(move |transaction, _| {
            let sql = "DELETE FROM delivery WHERE bundle = ?2 AND archive = (SELECT id FROM archive WHERE name = ?1)";
            transaction.prepare_cached(sql)?.execute(params![archive, bundle])?;
            Ok(())
        })
    }

    fn is_pending(&self, within: Duration) -> Answer<'_, bool> {
        self.with(move |transaction, now| {
            let sql = "SELECT EXISTS (SELECT 1 FROM host WHERE due_at <= ?1 AND (worker IS NOT NULL OR next_at <= ?2))";
            let soon = now + micros(within);
            Ok(transaction.prepare_cached(sql)?.query_row([now, soon], |row| row.get(0))?)
        })
    }

    fn now(&self) -> Answer<'_, Instant> {
        self.with(|_, now| Ok(instant(now)))
    }

    fn states<'a>(&'a self, host: &'a str) -> Answer<'a, Vec<(Origin, HostState)>> {
        let host = host.to_owned();
        self.with(move |transaction, _| states(transaction, &host))
    }

    fn status(&self) -> Answer<'_, Status> {
        self.with(status::read)
    }
}

/// The version of the tables, and that of this program.
fn version(transaction: &Transaction<'_>) -> Result<(u32, u32), FrontierError> {
    let found = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((found, u32::try_from(STEPS.len()).unwrap_or(u32::MAX)))
}

fn claim(
    transaction: &Transaction<'_>,
    now: i64,
    worker: &str,
    lease: Duration,
) -> Result<Option<Lease>, FrontierError> {
    let found: Option<(String, i64)> = transaction
        .prepare_cached(
            "UPDATE host SET worker = ?2, lease_until = ?3, fence = max(fence + 1, ?1 / 1000000)
             WHERE name = (SELECT name FROM host WHERE ready_at <= ?1 ORDER BY ready_at LIMIT 1) RETURNING name, fence",
        )?
        .query_row(params![now, worker, now + micros(lease)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((host, fence)) = found else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT id, uri, (SELECT min(condition) FROM citation WHERE seed = seed.id
             HAVING count(*) = count(condition) AND min(condition) = max(condition)),
             (SELECT json_group_array(lists) FROM citation WHERE seed = seed.id HAVING count(lists) > 0)
         FROM seed WHERE host = ?1 AND due_at <= ?2 ORDER BY due_at, id LIMIT {SEEDS}"
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    let mut rows = statement.query(params![host, now])?;
    let mut seeds = Vec::new();
    while let Some(row) = rows.next()? {
        seeds.push(Due {
            seed: row.get(0)?,
            uri: uri_of(&row.get::<_, String>(1)?)?,
            condition: row.get(2)?,
            lists: lists_of(row.get(3)?)?,
        });
    }
    if seeds.is_empty() {
        // Its due date was wrong: nothing is due after all.
        release(transaction, &host, 0)?;
        return Ok(None);
    }
    Ok(Some(Lease {
        fence,
        now: instant(now),
        seeds,
        states: states(transaction, &host)?,
        host,
    }))
}

/// What the archives that cite a page want of its lists, as an array.
fn lists_of(array: Option<String>) -> Result<Vec<Option<String>>, FrontierError> {
    let Some(array) = array else {
        return Ok(Vec::new());
    };
    serde_json::from_str(&array).map_err(|error| FrontierError::Damaged(error.to_string()))
}

/// Gives a host back, and computes when its first seed is due.
fn release(
    transaction: &Transaction<'_>,
    host: &str,
    not_before: i64,
) -> Result<(), FrontierError> {
    transaction.prepare_cached(
        "UPDATE host SET worker = NULL, lease_until = NULL, next_at = max(next_at, ?2),
             due_at = (SELECT min(due_at) FROM seed WHERE seed.host = ?1 AND due_at IS NOT NULL) WHERE name = ?1",
    )?
    .execute(params![host, not_before])?;
    Ok(())
}

fn finish(transaction: &Transaction<'_>, now: i64, done: &Finish) -> Result<bool, FrontierError> {
    let is_leased: bool = transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM host WHERE name = ?1 AND fence = ?2 AND worker IS NOT NULL)")?
        .query_row(params![done.host, done.fence], |row| row.get(0))?;
    if let Some((digest, bytes)) = &done.bundle {
        let known: Option<bool> = transaction
            .prepare_cached("SELECT late FROM bundle WHERE digest = ?1")?
            .query_row([digest], |row| row.get(0))
            .optional()?;
        if let Some(late) = known {
            // Said again, because the answer to the first time was lost.
            return Ok(!late);
        }
        let visits = i64::try_from(done.visited.len()).unwrap_or(i64::MAX);
        let bytes = i64::try_from(*bytes).unwrap_or(i64::MAX);
        let bundle = transaction
            .prepare_cached(
                "INSERT INTO bundle (digest, host, worker, fence, visits, bytes, late, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .insert(params![digest, done.host, done.worker, done.fence, visits, bytes, !is_leased, now])?;
        for visited in &done.visited {
            transaction.prepare_cached("INSERT INTO delivery (archive, bundle, seed) SELECT archive, ?1, seed FROM citation WHERE seed = ?2")?
                .execute(params![bundle, visited.seed])?;
        }
    }
    if !is_leased {
        for visited in &done.visited {
            transaction
                .prepare_cached("UPDATE seed SET late = late + 1, visited_at = ?2 WHERE id = ?1")?
                .execute(params![visited.seed, now])?;
        }
        return Ok(false);
    }
    for visited in &done.visited {
        transaction
            .prepare_cached("UPDATE citation SET due_at = NULL WHERE seed = ?1")?
            .execute([visited.seed])?;
        transaction.prepare_cached("UPDATE seed SET due_at = NULL, visits = visits + 1, visited_at = ?2, came = ?3 WHERE id = ?1")?
            .execute(params![visited.seed, now, visited.came])?;
    }
    for (origin, state) in &done.states {
        transaction.prepare_cached(
            "INSERT INTO origin (name, host, state) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET state = excluded.state",
        )?
        .execute(params![origin.as_str(), host_of(origin), state_text(state)?])?;
    }
    release(transaction, &done.host, now + micros(done.leave))?;
    Ok(true)
}

fn archive_row(transaction: &Transaction<'_>, name: &str) -> Result<i64, FrontierError> {
    transaction
        .prepare_cached("INSERT INTO archive (name) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([name])?;
    let sql = "SELECT id FROM archive WHERE name = ?1";
    Ok(transaction
        .prepare_cached(sql)?
        .query_row([name], |row| row.get(0))?)
}

fn cite(
    transaction: &Transaction<'_>,
    now: i64,
    (archive, cited): (&str, &[Citation]),
) -> Result<(), FrontierError> {
    let archive = archive_row(transaction, archive)?;
    for citation in cited {
        let host = fetch::host_name(&citation.uri);
        transaction
            .prepare_cached("INSERT INTO host (name) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([&host])?;
        transaction
            .prepare_cached(
                "INSERT INTO seed (key, uri, host) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![key_of(&citation.uri), citation.uri.as_str(), host])?;
        transaction.prepare_cached(
            "INSERT INTO citation (seed, archive, due_at, condition, lists) SELECT id, ?2, ?3, ?4, ?5 FROM seed WHERE key = ?1
             ON CONFLICT DO UPDATE SET due_at = excluded.due_at, condition = excluded.condition, lists = excluded.lists
                 WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.archive = ?2 AND d.seed = citation.seed)",
        )?
        .execute(params![
            key_of(&citation.uri),
            archive,
            citation.due.map(|due| if due == AT_ONCE {
                now
            } else {
                due.timestamp_micros()
            }),
            citation.condition,
            citation.lists,
        ])?;
    }
    let uris: Vec<TargetUri> = cited.iter().map(|citation| citation.uri.clone()).collect();
    due_again(transaction, &uris)
}

/// Computes the earliest due date of pages and of their hosts again.
fn due_again(transaction: &Transaction<'_>, uris: &[TargetUri]) -> Result<(), FrontierError> {
    for uri in uris {
        transaction.prepare_cached("UPDATE seed SET due_at = (SELECT min(due_at) FROM citation WHERE seed = seed.id) WHERE key = ?1")?
            .execute([key_of(uri)])?;
    }
    for host in hosts_of(uris.iter()) {
        transaction.prepare_cached("UPDATE host SET due_at = (SELECT min(due_at) FROM seed WHERE seed.host = ?1 AND due_at IS NOT NULL) WHERE name = ?1")?
            .execute([host])?;
    }
    Ok(())
}

fn states(
    transaction: &Transaction<'_>,
    host: &str,
) -> Result<Vec<(Origin, HostState)>, FrontierError> {
    let mut statement = transaction
        .prepare_cached("SELECT name, state FROM origin WHERE host = ?1 ORDER BY name")?;
    let mut rows = statement.query([host])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, state): (String, String) = (row.get(0)?, row.get(1)?);
        states.push(state_of(&name, &state)?);
    }
    Ok(states)
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX / 4)
}

fn instant(micros: i64) -> Instant {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
