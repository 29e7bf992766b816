//! What other archives were asked and what they listed: budgets that all processes share, and the progress of interrupted commands.

use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Store, StoreError, instant, micros};
use crate::{clock::Instant, uri::TargetUri};

/// The period of a budget, in microseconds: one minute.
const MINUTE: i64 = 60_000_000;

/// Whether a request is within its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// It can be sent now, and is counted.
    Now,
    /// Not before this time.
    At(Instant),
}

/// Why an archive is left alone for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// The end of the pause.
    pub until: Instant,
    /// How many pauses in a row.
    pub times: u32,
    /// The reason.
    pub why: String,
}

/// How far the index of an archive was read about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The last request.
    pub at: Instant,
    /// The key for the next page of the index.
    pub resume: Option<String>,
    /// Whether the index was read to its end.
    pub done: bool,
    /// How many rows were unreadable.
    pub bad: u64,
    /// Why the archive did not list the page.
    pub why: Option<String>,
}

/// A memento that an archive lists, or that a person named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMemento {
    /// The address of its bytes as captured.
    pub uri: String,
    /// When it was captured.
    pub date: Instant,
    /// The address that was captured.
    pub original: TargetUri,
    /// The status of the archived response.
    pub status: Option<u16>,
    /// The digest in the index of the archive.
    pub digest: Option<String>,
    /// `listed`, `copied`, or the reason why it was not copied.
    pub state: String,
    /// The reason in words.
    pub detail: Option<String>,
}

impl Store {
    /// Whether an archive can be asked now: fewer than `most` requests of that kind in the past minute, by any process. If so, the
    /// request is counted in the same transaction.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn may_ask(
        &self,
        archive: &str,
        kind: &'static str,
        most: u32,
        now: Instant,
    ) -> Result<Leave, StoreError> {
        let archive = archive.to_owned();
        self.write(move |connection| {
            let now = micros(now);
            connection
                .prepare_cached("DELETE FROM asked WHERE archive = ?1 AND kind = ?2 AND at <= ?3")?
                .execute(params![archive, kind, now - MINUTE])?;
            // The request that has to be a minute old before another one is sent.
            let before: Option<i64> = connection
                .prepare_cached(
                    "SELECT at FROM asked WHERE archive = ?1 AND kind = ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3",
                )?
                .query_row(params![archive, kind, i64::from(most.max(1)) - 1], |row| row.get(0))
                .optional()?;
            if let Some(before) = before {
                return Ok(Leave::At(instant(before.min(now) + MINUTE)?));
            }
            connection
                .prepare_cached("INSERT INTO asked (archive, kind, at) VALUES (?1, ?2, ?3)")?
                .execute(params![archive, kind, now])?;
            Ok(Leave::Now)
        })
    }

    /// Why an archive is left alone at `now`; `None` if it can be asked.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn left_alone(&self, archive: &str, now: Instant) -> Result<Option<LeftAlone>, StoreError> {
        self.read(|connection| {
            Ok(left_alone(connection, archive)?.filter(|pause| pause.until > now))
        })
    }

    /// Leaves an archive alone for `pause`, or for twice as long as the last pause in a row, whichever is longer. Returns the end of the pause.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn leave_alone(
        &self,
        archive: &str,
        pause: TimeDelta,
        why: &str,
        now: Instant,
    ) -> Result<Instant, StoreError> {
        let (archive, why) = (archive.to_owned(), why.to_owned());
        self.write(move |connection| {
            let before = left_alone(connection, &archive)?;
            let times = before.map_or(0, |before| before.times);
            let doubled = pause * 2_i32.saturating_pow(times.min(10));
            let until = now + doubled.min(TimeDelta::days(7));
            connection
                .prepare_cached(
                    "INSERT INTO left_alone (archive, until, times, why) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (archive) DO UPDATE SET until = excluded.until, times = excluded.times, why = excluded.why",
                )?
                .execute(params![archive, micros(until), times + 1, why])?;
            Ok(until)
        })
    }

    /// Records that an archive answered: the next pause is not doubled.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn answered(&self, archive: &str) -> Result<(), StoreError> {
        if self
            .read(|connection| left_alone(connection, archive))?
            .is_none()
        {
            return Ok(());
        }
        let archive = archive.to_owned();
        self.write(move |connection| {
            connection
                .prepare_cached("DELETE FROM left_alone WHERE archive = ?1")?
                .execute([&archive])?;
            Ok(())
        })
    }

    /// How far each query about a page was read from the index of an archive, by the name of the query.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn listings(&self, page: &TargetUri) -> Result<Vec<(String, String, Listing)>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT archive, query, at, resume, done, bad, why FROM listing WHERE page = ?1 ORDER BY archive, query",
            )?;
            let mut rows = statement.query([page.as_str()])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let listing = Listing {
                    at: instant(row.get(2)?)?,
                    resume: row.get(3)?,
                    done: row.get(4)?,
                    bad: row.get::<_, i64>(5)?.unsigned_abs(),
                    why: row.get(6)?,
                };
                all.push((row.get(0)?, row.get(1)?, listing));
            }
            Ok(all)
        })
    }

    /// Stores a page of an index: what it lists, and how far the index was read.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_listing(
        &self,
        page: &TargetUri,
        (archive, query): (&str, &str),
        listing: Listing,
        mementos: Vec<KnownMemento>,
    ) -> Result<(), StoreError> {
        let (page, archive, query) = (
            page.as_str().to_owned(),
            archive.to_owned(),
            query.to_owned(),
        );
        self.write(move |connection| {
            for memento in &mementos {
                put(connection, &page, &archive, memento, listing.at, false)?;
            }
            connection
                .prepare_cached(
                    "INSERT INTO listing (page, archive, query, at, resume, done, bad, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT (page, archive, query) DO UPDATE SET at = excluded.at, resume = excluded.resume,
                         done = excluded.done, bad = excluded.bad, why = excluded.why",
                )?
                .execute(params![
                    page,
                    archive,
                    query,
                    micros(listing.at),
                    listing.resume,
                    listing.done,
                    i64::try_from(listing.bad).unwrap_or(i64::MAX),
                    listing.why
                ])?;
            Ok(())
        })
    }

    /// Records the state of a memento.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_memento(
        &self,
        page: &TargetUri,
        archive: &str,
        memento: KnownMemento,
        at: Instant,
    ) -> Result<(), StoreError> {
        let (page, archive) = (page.as_str().to_owned(), archive.to_owned());
        self.write(move |connection| put(connection, &page, &archive, &memento, at, true))
    }

    /// The mementos of a page that an archive lists, or that a person named, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn mementos(
        &self,
        page: &TargetUri,
        archive: &str,
    ) -> Result<Vec<KnownMemento>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT uri, date, original, status, digest, state, detail FROM memento
                 WHERE page = ?1 AND archive = ?2 ORDER BY date, uri",
            )?;
            let mut rows = statement.query([page.as_str(), archive])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let original: String = row.get(2)?;
                all.push(KnownMemento {
                    uri: row.get(0)?,
                    date: instant(row.get(1)?)?,
                    original: original.parse().map_err(Fault::damaged)?,
                    status: row.get(3)?,
                    digest: row.get(4)?,
                    state: row.get(5)?,
                    detail: row.get(6)?,
                });
            }
            Ok(all)
        })
    }

    /// Whether the copy of a memento is in the archive.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn holds_memento(&self, memento: &str) -> Result<bool, StoreError> {
        self.read(|connection| {
            let stored = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM source WHERE memento = ?1)")?
                .query_row([memento], |row| row.get(0))?;
            Ok(stored)
        })
    }
}

fn left_alone(connection: &Connection, archive: &str) -> Result<Option<LeftAlone>, Fault> {
    let found: Option<(i64, u32, String)> = connection
        .prepare_cached("SELECT until, times, why FROM left_alone WHERE archive = ?1")?
        .query_row([archive], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    found
        .map(|(until, times, why)| {
            let until = instant(until)?;
            Ok(LeftAlone { until, times, why })
        })
        .transpose()
}

/// Stores a memento; the state of a known one is kept, unless `anew`.
fn put(
    connection: &Connection,
    page: &str,
    archive: &str,
    memento: &KnownMemento,
    at: Instant,
    anew: bool,
) -> Result<(), Fault> {
    let known = if anew {
        "DO UPDATE SET state = excluded.state, detail = excluded.detail, at = excluded.at"
    } else {
        "DO NOTHING"
    };
    connection
        .prepare_cached(&format!(
            "INSERT INTO memento (page, archive, uri, date, original, status, digest, state, detail, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (page, archive, uri) {known}"
        ))?
        .execute(params![
            page,
            archive,
            memento.uri,
            micros(memento.date),
            memento.original.as_str(),
            memento.status,
            memento.digest,
            memento.state,
            memento.detail,
            micros(at)
        ])?;
    Ok(())
}
