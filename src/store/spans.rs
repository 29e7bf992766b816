//! Spans: consecutive visits of a page that brought the same. The cost of a page's history then depends on what changed in it.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    CrawlId, Fault, Store, StoreError, VisitId,
    brought::{Brought, brought},
    checksum, instant,
    visits::{entries_of, uri_id},
};
use crate::{capture::CaptureEntry, clock::Instant, digest::PayloadDigest, uri::TargetUri};

/// Consecutive visits of one seed that brought the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first visit, whose captures are what it brought.
    pub visit: VisitId,
    /// The date of its first visit.
    pub first: Instant,
    /// The date of its last visit.
    pub last: Instant,
    /// How many visits there are.
    pub visits: u64,
    /// Whether the visits brought no page, although there may be one: a failure, a refusal, a server error.
    pub bad: bool,
    /// A digest over what this span and every span before it brought.
    pub chain: i64,
}

impl Store {
    /// The spans of a seed, oldest first. For a seed that was never visited itself: those of the same page under another spelling of
    /// its address, or of a page whose redirects led there.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn spans(&self, seed: &TargetUri) -> Result<Vec<Span>, StoreError> {
        self.read(|connection| {
            let Some(seed) = answering(connection, seed)? else {
                return Ok(Vec::new());
            };
            connection
                .prepare_cached(&format!("{SELECT} ORDER BY first, visit"))?
                .query_map([seed], Row::of)?
                .map(|row| row?.span())
                .collect()
        })
    }

    /// The latest spans of each seed, newest first: the bad ones at the end, and the one before them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn latest_spans<'s>(
        &self,
        seeds: impl IntoIterator<Item = &'s TargetUri>,
    ) -> Result<Vec<Vec<Span>>, StoreError> {
        self.read(|connection| {
            seeds
                .into_iter()
                .map(|seed| match answering(connection, seed)? {
                    Some(seed) => trailing(connection, seed),
                    None => Ok(Vec::new()),
                })
                .collect()
        })
    }

    /// The capture that brought a payload: the last one until `until` that is not a mere "not modified", or else the first one after it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn brought(
        &self,
        payload: &PayloadDigest,
        until: Instant,
    ) -> Result<Option<CaptureEntry>, StoreError> {
        const FROM: &str = "SELECT capture.visit, capture.hop FROM payload JOIN capture ON capture.payload = payload.id
             WHERE payload.digest = ?1 AND capture.outcome <> 'server-not-modified'";
        self.read(|connection| {
            let parameters = params![payload.as_bytes(), super::micros(until)];
            let place = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?));
            let sql = format!("{FROM} AND capture.date <= ?2 ORDER BY capture.date DESC LIMIT 1");
            let before: Option<(i64, i64)> = connection
                .prepare_cached(&sql)?
                .query_row(parameters, place)
                .optional()?;
            let sql = format!("{FROM} AND capture.date > ?2 ORDER BY capture.date LIMIT 1");
            let found = match before {
                Some(before) => Some(before),
                None => connection
                    .prepare_cached(&sql)?
                    .query_row(parameters, place)
                    .optional()?,
            };
            let Some((visit, hop)) = found else {
                return Ok(None);
            };
            let entries = entries_of(connection, VisitId(visit))?;
            let hop = usize::try_from(hop).unwrap_or_default();
            Ok(entries.into_iter().nth(hop).map(|entry| entry.1))
        })
    }

    /// Leaves the visits of a crawl out of all spans: the crawl had no network, so it says nothing about any page.
    ///
    /// The crawl must have ended with counts that say so.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn leave_out(&self, crawl: CrawlId) -> Result<(), StoreError> {
        self.write(move |connection| {
            let seeds: Vec<i64> = connection
                .prepare_cached("SELECT DISTINCT seed FROM visit WHERE crawl = ?1")?
                .query_map([crawl.0], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            seeds
                .into_iter()
                .try_for_each(|seed| rebuild(connection, seed))
        })
    }
}

/// The seed whose visits answer for a page: the page itself if it was visited, or else the latest one with the same sort key or with
/// redirects to it.
pub(super) fn answering(
    connection: &Connection,
    seed: &TargetUri,
) -> rusqlite::Result<Option<i64>> {
    let own = uri_id(connection, seed)?;
    let is_visited = |seed: i64| {
        connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM span WHERE seed = ?1)")?
            .query_row([seed], |row| row.get::<_, bool>(0))
    };
    if let Some(own) = own
        && is_visited(own)?
    {
        return Ok(Some(own));
    }
    let surt = seed.surt();
    for others in [
        "SELECT span.seed FROM uri JOIN span ON span.seed = uri.id WHERE uri.surt = ?1
         ORDER BY span.last DESC, span.seed LIMIT 1",
        "SELECT visit.seed FROM uri JOIN capture ON capture.uri = uri.id JOIN visit ON visit.id = capture.visit
         WHERE uri.surt = ?1 AND capture.hop > 0 AND capture.source IS NULL AND EXISTS (SELECT 1 FROM span WHERE span.seed = visit.seed)
         ORDER BY capture.date DESC, visit.seed LIMIT 1",
    ] {
        let found = connection
            .prepare_cached(others)?
            .query_row([surt.as_str()], |row| row.get(0))
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(own)
}

const SELECT: &str =
    "SELECT visit, first, last, visits, bad, essence, chain FROM span WHERE seed = ?1";

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    visit: i64,
    first: i64,
    last: i64,
    visits: i64,
    bad: bool,
    essence: i64,
    chain: i64,
}

impl Row {
    fn of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            visit: row.get(0)?,
            first: row.get(1)?,
            last: row.get(2)?,
            visits: row.get(3)?,
            bad: row.get(4)?,
            essence: row.get(5)?,
            chain: row.get(6)?,
        })
    }

    fn span(self) -> Result<Span, Fault> {
        Ok(Span {
            visit: VisitId(self.visit),
            first: instant(self.first)?,
            last: instant(self.last)?,
            visits: self.visits.unsigned_abs(),
            bad: self.bad,
            chain: self.chain,
        })
    }

    /// The span that begins with a visit, after the span `before`.
    fn begin(before: Option<&Self>, visit: i64, date: i64, brought: Brought) -> Self {
        let (chain, last, visits) = before.map_or((0, 0, 0), |before| {
            (before.chain, before.last, before.visits)
        });
        let parts = [chain, last, visits, brought.essence, date].map(i64::to_be_bytes);
        Self {
            visit,
            first: date,
            last: date,
            visits: 1,
            bad: brought.bad,
            essence: brought.essence,
            chain: checksum(parts.each_ref().map(<[u8; 8]>::as_slice)),
        }
    }

    fn insert(&self, connection: &Connection, seed: i64) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO span (seed, first, visit, last, visits, bad, essence, chain)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                seed,
                self.first,
                self.visit,
                self.last,
                self.visits,
                self.bad,
                self.essence,
                self.chain
            ])
            .map(|_| ())
    }
}

/// The latest spans of a seed, newest first: the bad ones at the end, and the one before them.
fn trailing(connection: &Connection, seed: i64) -> Result<Vec<Span>, Fault> {
    let mut statement =
        connection.prepare_cached(&format!("{SELECT} ORDER BY first DESC, visit DESC"))?;
    let mut rows = statement.query([seed])?;
    let mut spans = Vec::new();
    while let Some(row) = rows.next()? {
        let row = Row::of(row)?;
        spans.push(row.span()?);
        if !row.bad {
            break;
        }
    }
    Ok(spans)
}

/// Whether a visit answers something other than a plain request for the page: before version 4, imports treated such answers as visits.
fn is_of_something_else(connection: &Connection, seed: i64, visit: i64) -> rusqlite::Result<bool> {
    // The plus keeps SQLite from going through all captures of the address.
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM capture WHERE visit = ?1 AND +uri = ?2 AND asked IS NOT NULL)",
        )?
        .query_row([visit, seed], |row| row.get(0))
}

/// Adds a visit that was just stored.
pub(super) fn add(connection: &Connection, seed: i64, visit: i64, date: i64) -> Result<(), Fault> {
    let latest = connection
        .prepare_cached(&format!("{SELECT} ORDER BY first DESC, visit DESC LIMIT 1"))?
        .query_row([seed], Row::of)
        .optional()?;
    if latest.is_some_and(|latest| date < latest.last) {
        return rebuild(connection, seed);
    }
    if is_of_something_else(connection, seed, visit)? {
        return Ok(());
    }
    let brought = brought(connection, visit)?;
    let is_aside = |until: &i64| date <= *until;
    if super::aside::of(connection, seed)?
        .get(&brought.essence)
        .is_some_and(is_aside)
    {
        return Ok(());
    }
    match latest {
        Some(latest) if latest.essence == brought.essence => connection
            .prepare_cached(
                "UPDATE span SET last = ?4, visits = visits + 1 WHERE seed = ?1 AND first = ?2 AND visit = ?3",
            )?
            .execute(params![seed, latest.first, latest.visit, date])
            .map(|_| ())?,
        before => Row::begin(before.as_ref(), visit, date, brought).insert(connection, seed)?,
    }
    Ok(())
}

/// Records that a visit that was just stored has further pages.
pub(super) fn bound(connection: &Connection, visit: i64) -> Result<(), Fault> {
    let (seed, date): (i64, i64) = connection
        .prepare_cached("SELECT seed, date FROM visit WHERE id = ?1")?
        .query_row([visit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let latest = connection
        .prepare_cached(&format!("{SELECT} ORDER BY first DESC, visit DESC LIMIT 1"))?
        .query_row([seed], Row::of)
        .optional()?;
    // Without its further pages, the visit usually counted as different from the one before.
    if latest.is_none_or(|latest| latest.visit != visit || latest.visits != 1) {
        return rebuild(connection, seed);
    }
    connection
        .prepare_cached("DELETE FROM span WHERE seed = ?1 AND visit = ?2")?
        .execute([seed, visit])?;
    add(connection, seed, visit, date)
}

/// Computes the spans of a seed again.
pub(super) fn rebuild(connection: &Connection, seed: i64) -> Result<(), Fault> {
    connection
        .prepare_cached("DELETE FROM span WHERE seed = ?1")?
        .execute([seed])?;
    let out = left_out(connection)?;
    made(connection, seed, &out)?
        .iter()
        .try_for_each(|it| Ok(it.insert(connection, seed)?))
}

/// The row of a payload of which only the digest is known; `None` for a stored or an unknown payload.
pub(super) fn without_bytes(
    connection: &Connection,
    digest: &PayloadDigest,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM payload WHERE digest = ?1 AND bytes IS NULL")?
        .query_row([digest.as_bytes()], |row| row.get(0))
        .optional()
}

/// Computes the spans of every seed whose visits brought a payload again, because its bytes were added or removed.
pub(super) fn payload_changed(connection: &Connection, payload: i64) -> Result<(), Fault> {
    let seeds: Vec<i64> = connection
        .prepare_cached(
            "SELECT visit.seed FROM capture JOIN visit ON visit.id = capture.visit
             WHERE capture.payload = ?1 AND capture.source IS NULL
             UNION SELECT visit.seed FROM capture JOIN further ON further.page = capture.visit
                 JOIN visit ON visit.id = further.visit WHERE capture.payload = ?1",
        )?
        .query_map([payload], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if !super::aside::kept(connection)?.is_empty() {
        super::aside::refresh(connection)?;
    }
    seeds
        .into_iter()
        .try_for_each(|seed| rebuild(connection, seed))
}

/// Computes the spans of all seeds.
pub(super) fn begin(connection: &Connection) -> Result<(), Fault> {
    let seeds: Vec<i64> = connection
        .prepare("SELECT uri FROM seed ORDER BY uri")?
        .query_map((), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    seeds
        .into_iter()
        .try_for_each(|seed| rebuild(connection, seed))
}

/// The crawls that had no network.
pub(super) fn left_out(connection: &Connection) -> Result<HashSet<i64>, Fault> {
    Ok(connection
        .prepare_cached("SELECT id FROM crawl WHERE counts LIKE '%\"offline\":true%'")?
        .query_map((), |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// The spans computed from the visits of a seed, oldest first.
pub(super) fn made(
    connection: &Connection,
    seed: i64,
    left_out: &HashSet<i64>,
) -> Result<Vec<Row>, Fault> {
    let mut statement = connection
        .prepare_cached("SELECT id, date, crawl FROM visit WHERE seed = ?1 ORDER BY date, id")?;
    let mut rows = statement.query([seed])?;
    let mut spans: Vec<Row> = Vec::new();
    let aside = super::aside::of(connection, seed)?;
    while let Some(row) = rows.next()? {
        let (visit, date, crawl): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if left_out.contains(&crawl) || is_of_something_else(connection, seed, visit)? {
            continue;
        }
        let brought = brought(connection, visit)?;
        if aside
            .get(&brought.essence)
            .is_some_and(|until| date <= *until)
        {
            continue;
        }
        match spans.last_mut() {
            Some(span) if span.essence == brought.essence => {
                span.last = date;
                span.visits += 1;
            }
            before => {
                let next = Row::begin(before.as_deref(), visit, date, brought);
                spans.push(next);
            }
        }
    }
    Ok(spans)
}

/// The stored spans of a seed, oldest first.
pub(super) fn kept(connection: &Connection, seed: i64) -> Result<Vec<Row>, Fault> {
    Ok(connection
        .prepare_cached(&format!("{SELECT} ORDER BY first, visit"))?
        .query_map([seed], Row::of)?
        .collect::<Result<_, _>>()?)
}
