//! What other archives were asked, and what they listed: budgets that all processes share, and how far an interrupted command was.

use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Store, StoreError, instant, micros};
use crate::{clock::Instant, uri::TargetUri};

/// For how long budgets count.
const MINUTE: i64 = 60_000_000;

/// How long it takes, at least, for a kind of request to be within its budget again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// It may be sent now, and counts.
    Now,
    /// Not before that.
    At(Instant),
}

/// Why an archive is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// Until when.
    pub until: Instant,
    /// How often in a row.
    pub times: u32,
    /// Why.
    pub why: String,
}

/// How far the index of an archive was read about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// When it was asked last.
    pub at: Instant,
    /// The key to go on with.
    pub resume: Option<String>,
    /// Whether there is nothing more to ask.
    pub done: bool,
    /// How many rows could not be read.
    pub bad: u64,
    /// Why the archive did not list it.
    pub why: Option<String>,
}

/// A memento that an archive lists, or that somebody named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMemento {
    /// The address of its bytes as captured.
    pub uri: String,
    /// When it was made.
    pub date: Instant,
    /// The address that was captured.
    pub original: TargetUri,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The digest in the index.
    pub digest: Option<String>,
    /// `listed`, `copied`, or why it was not copied.
    pub state: String,
    /// The same in words.
    pub detail: Option<String>,
}

impl Store {
    /// Whether an archive may be asked now: fewer than `most` requests of that kind in the past minute, by any process. Where it may,
    /// the request counts, in the same transaction.
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
            // The one that has to be a minute old before another may be sent.
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

    /// Why an archive is left alone at `now`; `None` where it may be asked.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn left_alone(&self, archive: &str, now: Instant) -> Result<Option<LeftAlone>, StoreError> {
        self.read(|connection| Ok(left_alone(connection, archive)?.filter(|it| it.until > now)))
    }

    /// Leaves an archive alone for `pause`, or for twice as long as the last time in a row, whatever is longer. Returns until when.
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
            let times = before.map_or(0, |it| it.times);
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

    /// Notes that an archive answered: the next pause is not doubled.
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

    /// Takes in a page of an index: what it lists, and how far it was read.
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
            for it in &mementos {
                put(connection, &page, &archive, it, listing.at, false)?;
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

    /// Notes what became of a memento.
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

    /// The mementos of a page that an archive lists, or that somebody named, oldest first.
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
            let held = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM source WHERE memento = ?1)")?
                .query_row([memento], |row| row.get(0))?;
            Ok(held)
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

/// Keeps a memento; what became of one that is known stays, unless `anew`.
fn put(
    connection: &Connection,
    page: &str,
    archive: &str,
    it: &KnownMemento,
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
            it.uri,
            micros(it.date),
            it.original.as_str(),
            it.status,
            it.digest,
            it.state,
            it.detail,
            micros(at)
        ])?;
    Ok(())
}
