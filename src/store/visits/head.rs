//! The latest visit of every seed, without reading its history: what scheduling begins with.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Store, StoreError, instant, micros, target_uri};
use crate::{clock::Instant, uri::TargetUri};

/// The latest visit of a seed, as far as scheduling needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastVisit {
    /// When it began.
    pub at: Instant,
    /// Whether it ended at a page: a response with a status below 400, or a revisit.
    pub ok: bool,
    /// The status of the last capture; `None` for a failure.
    pub status: Option<u16>,
    /// How many visits of the seed there are.
    pub visits: u64,
}

/// The latest visit of every seed, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastVisits {
    /// The addresses one after another, in their order: one allocation, because there can be many.
    uris: String,
    /// For each address, where it ends in `uris`, and its latest visit.
    visits: Vec<(usize, LastVisit)>,
}

impl LastVisits {
    /// The latest visit of one seed.
    #[must_use]
    pub fn of(&self, seed: &TargetUri) -> Option<LastVisit> {
        let (mut from, mut to) = (0, self.visits.len());
        while from < to {
            let middle = from.midpoint(to);
            let (uri, visit) = self.at(middle)?;
            match uri.cmp(seed.as_str()) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Equal => return Some(visit),
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// All of them in the order of their addresses, each with its address.
    pub fn iter(&self) -> impl Iterator<Item = (&str, LastVisit)> {
        (0..self.visits.len()).filter_map(|it| self.at(it))
    }

    /// How many seeds there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.visits.len()
    }

    /// Whether there are no seeds.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.visits.is_empty()
    }

    fn at(&self, place: usize) -> Option<(&str, LastVisit)> {
        let begin = match place.checked_sub(1) {
            None => 0,
            Some(before) => self.visits.get(before)?.0,
        };
        let (end, visit) = *self.visits.get(place)?;
        Some((self.uris.get(begin..end)?, visit))
    }
}

impl Store {
    /// The latest visit of every seed.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_visits(&self) -> Result<LastVisits, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT uri, date, state FROM head ORDER BY uri")?;
            let mut rows = statement.query(())?;
            let mut all = LastVisits::default();
            while let Some(row) = rows.next()? {
                all.uris
                    .push_str(row.get_ref(0)?.as_str().map_err(Fault::damaged)?);
                let visit = visit(row.get(1)?, row.get(2)?)?;
                all.visits.push((all.uris.len(), visit));
            }
            Ok(all)
        })
    }

    /// The latest visit of a seed that began at or before `now`: when it began, and whether it ended at a page.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_visit_until(
        &self,
        seed: &TargetUri,
        now: Instant,
    ) -> Result<Option<(Instant, bool)>, StoreError> {
        self.read(|connection| {
            let found: Option<(i64, bool)> = connection
                .prepare_cached(
                    "SELECT visit.date, outcome <> 'failure' AND coalesce(status, 0) BETWEEN 200 AND 399
                     FROM uri JOIN visit ON visit.seed = uri.id JOIN capture ON capture.visit = visit.id
                     WHERE uri.uri = ?1 AND visit.date <= ?2 AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
                         AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
                     ORDER BY visit.date DESC, visit.id DESC LIMIT 1",
                )?
                .query_row(params![seed.as_str(), micros(now)], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            found.map(|(at, ok)| Ok((instant(at)?, ok))).transpose()
        })
    }

    /// When each of the seeds was first visited; `None` for a seed that was never visited.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn first_visits<'s>(
        &self,
        seeds: impl IntoIterator<Item = &'s TargetUri>,
    ) -> Result<Vec<Option<Instant>>, StoreError> {
        self.read(|connection| {
            let first = |seed: &TargetUri| {
                let first: Option<i64> = connection
                    .prepare_cached(
                        "SELECT min(visit.date) FROM uri JOIN visit ON visit.seed = uri.id WHERE uri.uri = ?1",
                    )?
                    .query_row([seed.as_str()], |row| row.get(0))?;
                first.map(instant).transpose()
            };
            seeds.into_iter().map(first).collect()
        })
    }

    /// The addresses of all seeds, in their order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn seed_uris(&self) -> Result<Vec<TargetUri>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT uri FROM head ORDER BY uri")?;
            let mut rows = statement.query(())?;
            let mut uris = Vec::new();
            while let Some(row) = rows.next()? {
                uris.push(target_uri(
                    row.get_ref(0)?.as_str().map_err(Fault::damaged)?,
                )?);
            }
            Ok(uris)
        })
    }
}

fn visit(date: i64, state: i64) -> Result<LastVisit, Fault> {
    let status = u16::try_from(state % 1024)
        .ok()
        .filter(|status| *status > 0);
    Ok(LastVisit {
        at: instant(date)?,
        ok: match state / 1024 % 4 {
            0 => status.is_some_and(|status| (200..400).contains(&status)),
            1 => true,
            _ => false,
        },
        status,
        visits: (state / 4096).unsigned_abs(),
    })
}

/// Updates the row for scheduling (by seed and address) from the row of the seed.
pub(super) fn refresh(connection: &Connection, seed: i64, uri: &TargetUri) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO head (uri, date, state)
             SELECT ?2, date, visits * 4096 + CASE outcome WHEN 'response' THEN 0 WHEN 'failure' THEN 2048 ELSE 1024 END
                 + coalesce(status, 0) FROM seed WHERE uri = ?1
             ON CONFLICT (uri) DO UPDATE SET date = excluded.date, state = excluded.state",
        )?
        .execute(params![seed, uri.as_str()])
        .map(|_| ())
}
