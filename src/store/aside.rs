//! Captures that reviewers set aside: visits that brought them until then are in no span, so no answer uses them. Computed from the reviews.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, brought, micros, reviews, spans};
use crate::finding::{CaptureRef, Decision, Mistake, applying};

/// What is set aside of one seed: a digest of what visits brought, and until when.
pub(super) type Aside = BTreeMap<i64, i64>;

/// What is set aside of one seed.
pub(super) fn of(connection: &Connection, seed: i64) -> rusqlite::Result<Aside> {
    connection
        .prepare_cached("SELECT essence, until FROM set_aside WHERE seed = ?1")?
        .query_map([seed], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// What is set aside of each seed, according to the rows.
pub(super) fn kept(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, Aside>> {
    let mut all: BTreeMap<i64, Aside> = BTreeMap::new();
    let mut statement = connection.prepare("SELECT seed, essence, until FROM set_aside")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let of_seed = all.entry(row.get(0)?).or_default();
        of_seed.insert(row.get(1)?, row.get(2)?);
    }
    Ok(all)
}

/// What is set aside of each seed, according to the reviews.
pub(super) fn made(connection: &Connection) -> Result<BTreeMap<i64, Aside>, Fault> {
    let reviews = reviews::about_captures(connection)?;
    let mut all: BTreeMap<i64, Aside> = BTreeMap::new();
    for review in applying(&reviews).into_values() {
        let rejects = review.decision == Some(Decision::Reject);
        let is_bad = review.terms.mistake == Some(Mistake::BadCopy);
        let Some(capture) = review.terms.capture.as_ref().filter(|_| rejects && is_bad) else {
            continue;
        };
        if let Some((visit, seed)) = visit_of(connection, capture)? {
            let essence = brought::essence_of(connection, visit)?;
            let until = all.entry(seed).or_default().entry(essence).or_default();
            *until = micros(review.at).max(*until);
        }
    }
    Ok(all)
}

/// Updates the rows to what the reviews say, and computes the spans of the affected seeds again.
pub(super) fn refresh(connection: &Connection) -> Result<(), Fault> {
    let (kept, made) = (kept(connection)?, made(connection)?);
    let changed = kept
        .keys()
        .chain(made.keys())
        .copied()
        .filter(|seed| kept.get(seed) != made.get(seed));
    let changed: std::collections::BTreeSet<i64> = changed.collect();
    for seed in changed {
        connection
            .prepare_cached("DELETE FROM set_aside WHERE seed = ?1")?
            .execute([seed])?;
        for (essence, until) in made.get(&seed).into_iter().flatten() {
            connection
                .prepare_cached("INSERT INTO set_aside (seed, essence, until) VALUES (?1, ?2, ?3)")?
                .execute(params![seed, essence, until])?;
        }
        spans::rebuild(connection, seed)?;
    }
    Ok(())
}

/// The visit of a capture, and its seed.
fn visit_of(connection: &Connection, capture: &CaptureRef) -> rusqlite::Result<Option<(i64, i64)>> {
    connection
        .prepare_cached(
            "SELECT visit.id, visit.seed FROM uri JOIN capture ON capture.uri = uri.id JOIN visit ON visit.id = capture.visit
             WHERE uri.uri = ?1 AND capture.date = ?2 ORDER BY capture.id LIMIT 1",
        )?
        .query_row(
            params![capture.target_uri.as_str(), micros(capture.date)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
}
