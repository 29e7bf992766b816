//! The state of a seed, stored so that its history need not be read: the conditions for the next visit, and when the page
//! last changed.

use std::{borrow::Cow, collections::BTreeMap};

use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Known, Store, StoreError, entries, instant, outcome_name, target_uri};
use crate::{
    capture::{Capture, CaptureEntry, Outcome, fields_of, status_of},
    clock::Instant,
    store::checksum,
    uri::TargetUri,
};

/// The conditions for the next visit of a seed.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedState {
    /// The last capture of the latest visit that ended at a payload.
    pub stored: CaptureEntry,
    /// When and from where the bytes of that payload last came; `None` if they never did.
    pub brought: Option<(Instant, TargetUri)>,
    /// How many of the latest visits in a row ended in "not modified", counted up to the requested number.
    pub not_modified: u32,
    /// Whether different bytes ever came under the same validator.
    pub misled: bool,
}

/// When a page was last visited, and when it last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageDates {
    /// The last capture of its latest visit.
    pub visited: Instant,
    /// The latest capture with a payload different from the one before; `None` if there is none.
    pub changed: Option<Instant>,
}

impl Store {
    /// The conditions for the next visit of each of `seeds`; `None` for a seed whose visits never ended at a payload.
    ///
    /// Visits that ended in "not modified" are counted up to `most`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn seed_states<'s>(
        &self,
        seeds: impl IntoIterator<Item = &'s TargetUri>,
        most: u32,
    ) -> Result<Vec<Option<SeedState>>, StoreError> {
        self.read(|connection| {
            let seeds = seeds.into_iter();
            seeds.map(|seed| state(connection, seed, most)).collect()
        })
    }

    /// When the page of each of `seeds` was visited and changed; `None` for a page that was never visited.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn page_dates<'s>(
        &self,
        seeds: impl IntoIterator<Item = &'s TargetUri>,
    ) -> Result<Vec<Option<PageDates>>, StoreError> {
        self.read(|connection| {
            seeds
                .into_iter()
                .map(|seed| dates(connection, seed))
                .collect()
        })
    }
}

/// How many visits of a seed after one ended in "not modified", up to a number. The plus sign keeps SQLite from reading all
/// captures of the address for each of them.
const NOT_MODIFIED: &str = "SELECT count(*) FROM (SELECT 1 FROM visit WHERE seed = ?1 AND (date, id) > (?2, ?3)
     AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
 LIMIT ?4)";

fn state(connection: &Connection, seed: &TargetUri, most: u32) -> Result<Option<SeedState>, Fault> {
    type Columns = (i64, i64, i64, i64, bool, Option<(i64, String)>);
    let columns: Option<Columns> = connection
        .prepare_cached(
            "SELECT seed.uri, held, coalesce(visit.date, -9223372036854775808), coalesce(visit.id, 0), misled,
                 capture.date, origin.uri
             FROM uri JOIN seed ON seed.uri = uri.id LEFT JOIN visit ON visit.id = seed.modified
                 LEFT JOIN capture ON capture.id = seed.brought LEFT JOIN uri AS origin ON origin.id = capture.uri
             WHERE uri.uri = ?1 AND held IS NOT NULL",
        )?
        .query_row([seed.as_str()], |row| {
            let brought = row.get::<_, Option<i64>>(5)?.zip(row.get(6)?);
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, brought))
        })
        .optional()?;
    let Some((row, stored, date, visit, misled, brought)) = columns else {
        return Ok(None);
    };
    let not_modified = connection
        .prepare_cached(NOT_MODIFIED)?
        .query_row(params![row, date, visit, most], |row| row.get(0))?;
    let found = entries(
        connection,
        &mut Known::default(),
        "capture.id = ?1",
        &stored,
    )?;
    let stored = found.into_iter().next().map(|found| found.1);
    let brought = brought
        .map(|(date, uri)| Ok::<_, Fault>((instant(date)?, target_uri(&uri)?)))
        .transpose()?;
    Ok(Some(SeedState {
        stored: stored.ok_or_else(|| Fault::damaged(format!("seed {row} holds nothing")))?,
        brought,
        not_modified,
        misled,
    }))
}

fn dates(connection: &Connection, seed: &TargetUri) -> Result<Option<PageDates>, Fault> {
    let dates: Option<(i64, Option<i64>)> = connection
        .prepare_cached(
            "SELECT (SELECT date FROM capture WHERE visit = seed.visit ORDER BY hop DESC LIMIT 1),
                 (SELECT date FROM capture WHERE id = seed.changed)
             FROM uri JOIN seed ON seed.uri = uri.id WHERE uri.uri = ?1",
        )?
        .query_row([seed.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    dates
        .map(|(visited, changed)| {
            Ok(PageDates {
                visited: instant(visited)?,
                changed: changed.map(instant).transpose()?,
            })
        })
        .transpose()
}

/// A new visit, with the capture at which it ended.
pub(super) struct Came<'a> {
    /// The row of the seed.
    pub(super) seed: i64,
    /// The row of the visit.
    pub(super) visit: i64,
    /// When the visit began.
    pub(super) date: i64,
    /// The row of its last capture.
    pub(super) capture: i64,
    /// The row of that capture's payload.
    pub(super) payload: Option<i64>,
    /// Its last capture.
    pub(super) last: &'a Capture,
    /// Whether it asked for the seed with a plain GET: otherwise, it says nothing about the page.
    pub(super) is_of_page: bool,
}

impl Came<'_> {
    /// Its place among the visits of the seed.
    fn at(&self) -> At {
        At(self.date, self.visit)
    }

    fn is_response(&self) -> bool {
        matches!(self.last.outcome, Outcome::Response(_))
    }
}

/// The place of a visit among those of its seed: its date, then its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct At(i64, i64);

/// The row of a seed.
struct Row {
    latest: At,
    outcome: String,
    status: Option<u16>,
    visits: i64,
    /// The capture, and its payload.
    stored: Option<(i64, i64)>,
    brought: Option<i64>,
    changed: Option<i64>,
    modified: Option<i64>,
    misled: bool,
}

impl Row {
    fn of(connection: &Connection, seed: i64) -> rusqlite::Result<Option<Self>> {
        connection
            .prepare_cached(
                "SELECT seed.date, seed.visit, seed.outcome, seed.status, visits, held, capture.payload, brought, changed,
                     modified, misled
                 FROM seed LEFT JOIN capture ON capture.id = held WHERE seed.uri = ?1",
            )?
            .query_row([seed], |row| {
                Ok(Self {
                    latest: At(row.get(0)?, row.get(1)?),
                    outcome: row.get(2)?,
                    status: row.get(3)?,
                    visits: row.get(4)?,
                    stored: row.get::<_, Option<i64>>(5)?.zip(row.get(6)?),
                    brought: row.get(7)?,
                    changed: row.get(8)?,
                    modified: row.get(9)?,
                    misled: row.get(10)?,
                })
            })
            .optional()
    }

    /// The row of a seed without visits, before `came` is added.
    fn before(came: &Came<'_>) -> Self {
        Self {
            latest: came.at(),
            outcome: String::new(),
            status: None,
            visits: 0,
            stored: None,
            brought: None,
            changed: None,
            modified: None,
            misled: false,
        }
    }

    fn keep(&self, connection: &Connection, seed: i64) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "REPLACE INTO seed (uri, visit, date, outcome, status, visits, held, brought, changed, modified, misled)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                seed,
                self.latest.1,
                self.latest.0,
                self.outcome,
                self.status,
                self.visits,
                self.stored.map(|stored| stored.0),
                self.brought,
                self.changed,
                self.modified,
                self.misled,
            ])
            .map(|_| ())
    }
}

/// Adds a visit to the row of its seed.
pub(super) fn enter(connection: &Connection, came: &Came<'_>) -> Result<(), Fault> {
    let mut row = Row::of(connection, came.seed)?.unwrap_or_else(|| Row::before(came));
    let is_latest = came.at() >= row.latest;
    let outcome = outcome_name(&came.last.outcome);
    if outcome != "server-not-modified" && came.is_of_page {
        let is_later = match row.modified.filter(|_| !is_latest) {
            Some(visit) => came.at() > of_visit(connection, visit)?,
            None => true,
        };
        row.modified = if is_later {
            Some(came.visit)
        } else {
            row.modified
        };
    }
    if let Some(payload) = came.payload.filter(|_| came.is_of_page) {
        let is_held = match row.stored.filter(|_| !is_latest) {
            Some((stored, _)) => came.at() > of_capture(connection, stored)?,
            None => true,
        };
        if is_held {
            hold(connection, &mut row, came, payload)?;
        } else {
            slip_in(connection, &mut row, came, payload)?;
        }
        row.misled = row.misled || misleads(connection, came, payload)?;
    }
    row.visits += 1;
    if is_latest {
        row.latest = came.at();
        outcome.clone_into(&mut row.outcome);
        row.status = came.last.status();
    }
    Ok(row.keep(connection, came.seed)?)
}

/// Adds a visit that ended at a payload later than all others that did.
fn hold(
    connection: &Connection,
    row: &mut Row,
    came: &Came<'_>,
    payload: i64,
) -> rusqlite::Result<()> {
    let before = row.stored.replace((came.capture, payload));
    if before.is_some_and(|before| before.1 != payload) {
        row.changed = Some(came.capture);
    }
    if came.is_response() {
        row.brought = Some(came.capture);
    } else if before.is_none_or(|before| before.1 != payload) {
        row.brought = brought(connection, came.seed, payload)?;
    }
    Ok(())
}

/// Adds a visit that ended at a payload, between others that did.
fn slip_in(
    connection: &Connection,
    row: &mut Row,
    came: &Came<'_>,
    payload: i64,
) -> rusqlite::Result<()> {
    if came.is_response() && row.stored.is_some_and(|stored| stored.1 == payload) {
        let is_later = match row.brought {
            Some(capture) => came.at() > of_capture(connection, capture)?,
            None => true,
        };
        row.brought = if is_later {
            Some(came.capture)
        } else {
            row.brought
        };
    }
    let Some((next, at, follows)) = next(connection, came)? else {
        return Ok(());
    };
    if follows == payload {
        // The change at the next visit is now the change at this one.
        if row.changed == Some(next) {
            row.changed = Some(came.capture);
        }
    } else {
        let is_later = match row.changed {
            Some(capture) => at > of_capture(connection, capture)?,
            None => true,
        };
        row.changed = if is_later { Some(next) } else { row.changed };
    }
    Ok(())
}

fn of_visit(connection: &Connection, visit: i64) -> rusqlite::Result<At> {
    connection
        .prepare_cached("SELECT date, id FROM visit WHERE id = ?1")?
        .query_row([visit], |row| Ok(At(row.get(0)?, row.get(1)?)))
}

fn of_capture(connection: &Connection, capture: i64) -> rusqlite::Result<At> {
    connection
        .prepare_cached(
            "SELECT visit.date, visit.id FROM capture JOIN visit ON visit.id = capture.visit WHERE capture.id = ?1",
        )?
        .query_row([capture], |row| Ok(At(row.get(0)?, row.get(1)?)))
}

/// The last capture of the first visit after `came` that ended at a payload, with the place of the visit and the payload.
fn next(connection: &Connection, came: &Came<'_>) -> rusqlite::Result<Option<(i64, At, i64)>> {
    connection
        .prepare_cached(
            "SELECT capture.id, visit.date, visit.id, payload FROM visit JOIN capture ON capture.visit = visit.id
             WHERE visit.seed = ?1 AND (visit.date, visit.id) > (?2, ?3) AND payload IS NOT NULL
                 AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
                     AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
             ORDER BY visit.date, visit.id LIMIT 1",
        )?
        .query_row(params![came.seed, came.date, came.visit], |row| {
            Ok((row.get(0)?, At(row.get(1)?, row.get(2)?), row.get(3)?))
        })
        .optional()
}

/// The capture of the latest visit of a seed that brought the bytes of a payload.
fn brought(connection: &Connection, seed: i64, payload: i64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT capture.id FROM capture INDEXED BY capture_by_payload JOIN visit ON visit.id = capture.visit
             WHERE payload = ?2 AND outcome = 'response' AND visit.seed = ?1
                 AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
                     AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
             ORDER BY visit.date DESC, visit.id DESC LIMIT 1",
        )?
        .query_row([seed, payload], |row| row.get(0))
        .optional()
}

/// Whether different bytes came before under the validator of this capture; remembers the validator.
fn misleads(connection: &Connection, came: &Came<'_>, payload: i64) -> Result<bool, Fault> {
    let is_whole = match &came.last.outcome {
        Outcome::Response(response) => response.truncated.is_none(),
        _ => true,
    };
    let head = came.last.head().filter(|_| is_whole).unwrap_or_default();
    let Some(hash) = validator(&came.last.target_uri, head) else {
        return Ok(false);
    };
    let remembered = connection
        .prepare_cached("INSERT INTO validator (seed, hash, payload) VALUES (?1, ?2, ?3) ON CONFLICT (seed, hash) DO NOTHING")?
        .execute(params![came.seed, hash, payload])?;
    if remembered > 0 {
        return Ok(false);
    }
    let known: i64 = connection
        .prepare_cached("SELECT payload FROM validator WHERE seed = ?1 AND hash = ?2")?
        .query_row([came.seed, hash], |row| row.get(0))?;
    if known == payload {
        return Ok(false);
    }
    connection
        .prepare_cached("DELETE FROM validator WHERE seed = ?1")?
        .execute([came.seed])?;
    Ok(true)
}

/// The digest of the validator that a page came under: its entity tag or, without one, its
/// `Last-Modified`; `None` without either, or if it is not a page.
fn validator(uri: &TargetUri, head: &[u8]) -> Option<i64> {
    if status_of(head) != Some(200) {
        return None;
    }
    let [mut tag, mut date] = [const { None::<Cow<'_, str>> }; 2];
    for (name, value) in fields_of(head) {
        if name.eq_ignore_ascii_case("etag") {
            tag.get_or_insert(value);
        } else if name.eq_ignore_ascii_case("last-modified") {
            date.get_or_insert(value);
        }
    }
    let (name, value) = match (tag, date) {
        (Some(tag), _) => ("etag", tag),
        (None, Some(date)) => ("last-modified", date),
        (None, None) => return None,
    };
    let parts = [uri.as_str(), name, value.as_ref()];
    Some(checksum(parts.map(str::as_bytes)))
}

/// The payloads that came under each validator of a seed.
type Validators = BTreeMap<i64, i64>;

/// Passes every seed to `each`, with the validators computed from its captures; `None` for a seed that was misled.
///
/// Damaged captures are skipped: other checks find them.
pub(in crate::store) fn each_validators(
    connection: &Connection,
    each: &mut dyn FnMut(i64, Option<Validators>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut seeds = connection.prepare("SELECT uri FROM seed ORDER BY uri")?;
    let mut captures = connection.prepare(
        "SELECT capture.id, payload FROM visit JOIN capture ON capture.visit = visit.id
         WHERE visit.seed = ?1 AND status = 200 AND payload IS NOT NULL
             AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
                     AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
         ORDER BY capture.id",
    )?;
    let mut rows = seeds.query(())?;
    while let Some(row) = rows.next()? {
        let seed: i64 = row.get(0)?;
        let mut known = Known::default();
        let (mut validators, mut misled) = (Validators::new(), false);
        let mut captures = captures.query([seed])?;
        while let Some(row) = captures.next()? {
            let (capture, payload): (i64, i64) = (row.get(0)?, row.get(1)?);
            let found = match entries(connection, &mut known, "capture.id = ?1", &capture) {
                Err(Fault::Damaged(_)) => continue,
                found => found?,
            };
            let entry = found.first().map(|found| &found.1);
            let entry = entry.filter(|entry| entry.truncated.is_none());
            if let Some(hash) = entry.and_then(|entry| validator(&entry.target_uri, &entry.head)) {
                misled |= *validators.entry(hash).or_insert(payload) != payload;
            }
        }
        each(seed, (!misled).then_some(validators))?;
    }
    Ok(())
}

/// The statements that compute the states of all seeds from their visits.
const FROM_VISITS: &str = include_str!("seed_state.sql");

/// Computes the states of all seeds, in a store from before there were any.
pub(in crate::store) fn begin(connection: &Connection) -> Result<(), Fault> {
    connection.execute_batch(FROM_VISITS)?;
    each_validators(connection, &mut |seed, validators| {
        let Some(validators) = validators else {
            connection
                .prepare_cached("UPDATE seed SET misled = 1 WHERE uri = ?1")?
                .execute([seed])?;
            return Ok(());
        };
        for (hash, payload) in validators {
            connection
                .prepare_cached("INSERT INTO validator (seed, hash, payload) VALUES (?1, ?2, ?3)")?
                .execute([seed, hash, payload])?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    #[test]
    fn counting_visits_in_a_row_reads_no_other_visits() {
        let connection = Connection::open_in_memory().unwrap();
        for step in schema::STEPS {
            connection.execute_batch(step.sql).unwrap();
        }
        let plan = format!("EXPLAIN QUERY PLAN {NOT_MODIFIED}");
        let mut statement = connection.prepare(&plan).unwrap();
        let steps = statement
            .query_map([1, 2, 3, 4], |row| row.get::<_, String>(3))
            .unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        for index in [
            "visit_by_seed (seed=? AND date>?)",
            "capture_by_visit (visit=?)",
        ] {
            assert!(steps.iter().any(|step| step.ends_with(index)), "{steps:?}");
        }
    }
}
