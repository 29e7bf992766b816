//! Further pages of a list: visits of their own, bound to the visit of the first page.

use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension, params};

use super::{CaptureId, Store, StoreError, VisitId, instant, micros, spans, visits::entries_of};
use crate::{
    capture::{CaptureEntry, PageOf},
    clock::Instant,
    uri::TargetUri,
};

impl Store {
    /// Binds the visits of further pages to the visit of the first page of a list, in their order, once.
    ///
    /// All of them are stored already. From then on, the visit of the first page brought what all of them brought.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn bind_further(&self, visit: VisitId, pages: Vec<VisitId>) -> Result<(), StoreError> {
        self.write(move |connection| bind(connection, visit, &pages))
    }

    /// Binds visits of further pages, each named by its seed and its start, to the visit of the first page of a list, as another
    /// archive recorded it. Pages that are not stored are left out.
    ///
    /// Returns whether it bound any: a visit that is not stored, or is already bound, stays as it is.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn bind_as(
        &self,
        list: &(TargetUri, Instant),
        pages: &[(TargetUri, Instant)],
    ) -> Result<bool, StoreError> {
        let (list, pages) = (list.clone(), pages.to_vec());
        self.write(move |connection| {
            let Some(visit) = visit_at(connection, &list)? else {
                return Ok(false);
            };
            let found = pages.iter().map(|page| visit_at(connection, page));
            let found: Vec<Option<VisitId>> = found.collect::<Result<_, _>>()?;
            let found: Vec<VisitId> = found.into_iter().flatten().collect();
            if found.is_empty() || !pages_of(connection, visit.0)?.is_empty() {
                return Ok(false);
            }
            bind(connection, visit, &found)?;
            Ok(true)
        })
    }

    /// The lists of which a capture begins the visit of a further page.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn page_of(&self, capture: CaptureId) -> Result<Vec<PageOf>, StoreError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT uri.uri, visit.date, further.place FROM capture JOIN further ON further.page = capture.visit
                 JOIN visit ON visit.id = further.visit JOIN uri ON uri.id = visit.seed
                 WHERE capture.id = ?1 AND capture.hop = 0 ORDER BY visit.date, visit.id",
            )?;
            let rows = select.query_map([capture.0], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
            })?;
            let mut lists = Vec::new();
            for row in rows {
                let (list, at, place) = row?;
                lists.extend(TargetUri::parse(&list).ok().zip(instant(at).ok()).map(
                    |((list, _), at)| PageOf { list, at, place },
                ));
            }
            Ok(lists)
        })
    }

    /// The captures of a visit's further pages, in their order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn further_captures(
        &self,
        visit: VisitId,
    ) -> Result<Vec<(CaptureId, CaptureEntry)>, StoreError> {
        self.read(|connection| {
            let mut captures = Vec::new();
            for it in pages_of(connection, visit.0)? {
                captures.extend(entries_of(connection, VisitId(it))?);
            }
            Ok(captures)
        })
    }

    /// What the visits of the further pages of a visit brought, in their order: the captures of each page.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn further(&self, visit: VisitId) -> Result<Vec<Vec<CaptureEntry>>, StoreError> {
        self.read(|connection| {
            let pages = pages_of(connection, visit.0)?.into_iter();
            pages
                .map(|page| {
                    let entries = entries_of(connection, VisitId(page))?;
                    Ok(entries.into_iter().map(|entry| entry.1).collect())
                })
                .collect()
        })
    }

    /// The further pages that the last visit of a page until `now` was bound to, in their order; visits that failed do not count.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_further(
        &self,
        seed: &TargetUri,
        now: Instant,
    ) -> Result<Vec<TargetUri>, StoreError> {
        self.read(|connection| {
            let pages: Vec<String> = connection
                .prepare_cached(
                    "SELECT page_uri.uri FROM further JOIN visit AS page ON page.id = further.page JOIN uri AS page_uri ON page_uri.id = page.seed
                     WHERE further.visit = (SELECT visit.id FROM uri JOIN visit ON visit.seed = uri.id
                         JOIN capture ON capture.visit = visit.id
                         WHERE uri.uri = ?1 AND visit.date <= ?2 AND outcome <> 'failure'
                             AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id) ORDER BY visit.date DESC, visit.id DESC LIMIT 1)
                     ORDER BY further.place",
                )?
                .query_map(params![seed.as_str(), micros(now)], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let parsed = pages.iter().filter_map(|page| page.parse().ok());
            Ok(parsed.collect())
        })
    }

    /// The visit of a seed that began nearest to a time, at most `apart` from it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn visit_near(
        &self,
        seed: &TargetUri,
        at: Instant,
        apart: TimeDelta,
    ) -> Result<Option<VisitId>, StoreError> {
        self.read(|connection| {
            let (from, until) = (micros(at - apart), micros(at + apart));
            let found = connection
                .prepare_cached(
                    "SELECT visit.id FROM visit JOIN uri ON uri.id = visit.seed WHERE uri.uri = ?1 AND visit.date BETWEEN ?2 AND ?3
                     ORDER BY abs(visit.date - ?4), visit.id LIMIT 1",
                )?
                .query_row(params![seed.as_str(), from, until, micros(at)], |row| row.get(0).map(VisitId))
                .optional()?;
            Ok(found)
        })
    }

    /// Whether further pages of a page were ever visited.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn had_further(&self, seed: &TargetUri) -> Result<bool, StoreError> {
        self.read(|connection| {
            let had = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM further JOIN uri ON uri.id = further.seed WHERE uri.uri = ?1)")?
                .query_row([seed.as_str()], |row| row.get(0))?;
            Ok(had)
        })
    }
}

fn bind(connection: &Connection, visit: VisitId, pages: &[VisitId]) -> Result<(), super::Fault> {
    let mut insert = connection
        .prepare_cached("INSERT INTO further (seed, visit, place, page) SELECT seed, id, ?2, ?3 FROM visit WHERE id = ?1")?;
    for (place, page) in (0_i64..).zip(pages) {
        insert.execute(params![visit.0, place, page.0])?;
    }
    if pages.is_empty() {
        return Ok(());
    }
    spans::bound(connection, visit.0)
}

/// The visit of a seed that began at a time.
fn visit_at(
    connection: &Connection,
    (seed, at): &(TargetUri, Instant),
) -> rusqlite::Result<Option<VisitId>> {
    connection
        .prepare_cached("SELECT visit.id FROM visit JOIN uri ON uri.id = visit.seed WHERE uri.uri = ?1 AND visit.date = ?2 ORDER BY visit.id LIMIT 1")?
        .query_row(params![seed.as_str(), micros(*at)], |row| row.get(0).map(VisitId))
        .optional()
}

/// The visits of the further pages of a visit, in their order.
pub(super) fn pages_of(connection: &Connection, visit: i64) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT page FROM further WHERE visit = ?1 ORDER BY place")?
        .query_map([visit], |row| row.get(0))?
        .collect()
}
