//! A few visits of a seed, found by date: what a report shows of a page, independent of how often it was visited.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Fault, Store, StoreError,
    dated::{self, Dated},
    micros, spans,
};
use crate::{clock::Instant, uri::TargetUri};

/// How many visits before and after a moment are searched for one that brought a page.
const NEAR: u32 = 32;

/// How many visits before a moment are searched for the one that ended at it.
const ENDED: u32 = 4;

/// Which visits of a seed are wanted, besides the first and the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The visits whose last capture was at these moments.
    pub dates: Vec<Instant>,
    /// The nearest visits that brought a page, before and after each of these moments.
    pub near: Vec<Instant>,
}

/// Some visits of a seed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SomeVisits {
    /// How many visits of the seed there are.
    pub all: u64,
    /// The first, the last, and the wanted ones, oldest first.
    pub visits: Vec<VisitEnd>,
}

/// The end of a visit.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitEnd {
    /// The address that was requested first.
    pub from: TargetUri,
    /// The last capture.
    pub last: Dated,
}

impl VisitEnd {
    /// Whether it brought a page.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.last.failure.is_none() && matches!(self.last.status, Some(200..=299 | 304))
    }
}

impl Store {
    /// Some visits of each of the seeds, found by index: the cost does not grow with the number of stored visits.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn some_visits<'s>(
        &self,
        seeds: impl IntoIterator<Item = (&'s TargetUri, &'s Wanted)>,
    ) -> Result<Vec<SomeVisits>, StoreError> {
        self.read(|connection| {
            seeds
                .into_iter()
                .map(|(seed, wanted)| some_of(connection, seed, wanted))
                .collect()
        })
    }
}

fn some_of(
    connection: &Connection,
    seed: &TargetUri,
    wanted: &Wanted,
) -> Result<SomeVisits, Fault> {
    let Some(seed) = spans::answering(connection, seed)? else {
        return Ok(SomeVisits::default());
    };
    let row: Option<(i64, i64, i64)> = connection
        .prepare_cached("SELECT uri, visit, visits FROM seed WHERE uri = ?1")?
        .query_row([seed], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((seed, last, all)) = row else {
        return Ok(SomeVisits::default());
    };
    let mut found = Found {
        connection,
        seed,
        visits: Vec::new(),
    };
    found.take(last)?;
    for id in found.ids(Side::After, i64::MIN, 1)? {
        found.take(id)?;
    }
    for date in &wanted.dates {
        let ids = found.ids(Side::Until, micros(*date), ENDED)?;
        found.take_first(ids, |it| it.last.date == *date)?;
    }
    for moment in &wanted.near {
        for side in [Side::Until, Side::After] {
            let ids = found.ids(side, micros(*moment), NEAR)?;
            found.take_first(ids, VisitEnd::is_good)?;
        }
    }
    let mut visits = found.visits;
    visits.sort_unstable_by_key(|visit| (visit.1.last.date, visit.0));
    Ok(SomeVisits {
        all: all.unsigned_abs(),
        visits: visits.into_iter().map(|visit| visit.1).collect(),
    })
}

/// The side of a moment on which to look for visits.
#[derive(Clone, Copy)]
enum Side {
    /// Until the moment, latest first.
    Until,
    /// After the moment, earliest first.
    After,
}

/// The visits of a seed found so far, with their numbers.
struct Found<'a> {
    connection: &'a Connection,
    seed: i64,
    visits: Vec<(i64, VisitEnd)>,
}

impl Found<'_> {
    /// The numbers of the visits that began on one side of a moment, at most `most`.
    fn ids(&self, side: Side, moment: i64, most: u32) -> Result<Vec<i64>, Fault> {
        let sql = match side {
            Side::Until => {
                "SELECT id FROM visit WHERE seed = ?1 AND date <= ?2 ORDER BY date DESC, id DESC LIMIT ?3"
            }
            Side::After => {
                "SELECT id FROM visit WHERE seed = ?1 AND date > ?2 ORDER BY date, id LIMIT ?3"
            }
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let ids = statement.query_map(params![self.seed, moment, most], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    fn take(&mut self, id: i64) -> Result<(), Fault> {
        self.take_first(vec![id], |_| true)
    }

    /// Keeps the first of the visits for which `is_wanted` is true.
    fn take_first(
        &mut self,
        ids: Vec<i64>,
        is_wanted: impl Fn(&VisitEnd) -> bool,
    ) -> Result<(), Fault> {
        for id in ids {
            if let Some((_, known)) = self.visits.iter().find(|visit| visit.0 == id) {
                if is_wanted(known) {
                    return Ok(());
                }
            } else if let Some(end) = end(self.connection, id)?
                && is_wanted(&end)
            {
                self.visits.push((id, end));
                return Ok(());
            }
        }
        Ok(())
    }
}

fn end(connection: &Connection, visit: i64) -> Result<Option<VisitEnd>, Fault> {
    let mut hops = dated::some(connection, "capture.visit = ?1 ORDER BY hop", &[&visit])?;
    let from = hops.first().map(|hop| hop.target_uri.clone());
    Ok(from
        .zip(hops.pop())
        .map(|(from, last)| VisitEnd { from, last }))
}
