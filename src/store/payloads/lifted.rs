//! Payloads taken off others that are to go: what is kept must not stand on what is removed.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::{Base, frame, read, read_checked, stand_alone, unwritable, whole};
use crate::{
    digest::PayloadDigest,
    store::{error::Fault, readings},
};

/// Takes every payload that is kept off those that are to go (`going`, their rows): it is read and checked, written against
/// the nearest one below it that is kept, or alone, and read back.
pub(in crate::store) fn lift(connection: &Connection, going: &HashSet<i64>) -> Result<(), Fault> {
    // The roots that go, each with what took its place.
    let mut instead: HashMap<i64, i64> = HashMap::new();
    for (id, base) in standing_on(connection, going)? {
        let digest = digest_of(connection, id)?;
        let plain = read_checked(connection, id, &digest)?;
        let (root, below) = kept_below(connection, base, going)?;
        let base = match below.or_else(|| instead.get(&root).copied()) {
            Some(it) => base_of(connection, it)?.filter(|it| it.carries(plain.len())),
            None => None,
        };
        write(connection, id, &plain, base)?;
        if below.is_none() {
            instead.entry(root).or_insert(id);
        }
        read_checked(connection, id, &digest)?;
    }
    Ok(())
}

/// Takes the bytes of payloads away, and with them what was read from them; their rows and digests stay.
pub(in crate::store) fn empty(connection: &Connection, going: &HashSet<i64>) -> Result<(), Fault> {
    for id in going {
        connection
            .prepare_cached(
                "UPDATE payload SET length = NULL, encoding = NULL, base = NULL, depth = 0, cost = 0, bytes = NULL WHERE id = ?1",
            )?
            .execute([id])?;
        readings::forget(connection, *id)?;
    }
    count_anew(connection)
}

/// The payloads that are kept and stand on one that goes, with that one; those that stand lower come first.
fn standing_on(connection: &Connection, going: &HashSet<i64>) -> Result<Vec<(i64, i64)>, Fault> {
    let mut statement = connection
        .prepare("SELECT id, base FROM payload WHERE base IS NOT NULL ORDER BY depth, id")?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let all: Vec<(i64, i64)> = rows.collect::<Result<_, _>>()?;
    Ok(all
        .into_iter()
        .filter(|(id, base)| !going.contains(id) && going.contains(base))
        .collect())
}

/// The lowest of those below that go, and the nearest one below that is kept.
fn kept_below(
    connection: &Connection,
    mut id: i64,
    going: &HashSet<i64>,
) -> Result<(i64, Option<i64>), Fault> {
    // A chain that goes round was found when the payload was read.
    loop {
        let base: Option<i64> = connection
            .prepare_cached("SELECT base FROM payload WHERE id = ?1")?
            .query_row([id], |row| row.get(0))?;
        match base {
            None => return Ok((id, None)),
            Some(base) if !going.contains(&base) => return Ok((id, Some(base))),
            Some(base) => id = base,
        }
    }
}

fn base_of(connection: &Connection, id: i64) -> rusqlite::Result<Option<Base>> {
    connection
        .prepare_cached("SELECT id, depth, cost FROM payload WHERE id = ?1")?
        .query_row([id], super::row_to_base)
        .optional()
}

fn digest_of(connection: &Connection, id: i64) -> rusqlite::Result<PayloadDigest> {
    connection
        .prepare_cached("SELECT digest FROM payload WHERE id = ?1")?
        .query_row([id], |row| row.get(0).map(PayloadDigest::from_bytes))
}

fn write(connection: &Connection, id: i64, plain: &[u8], base: Option<Base>) -> Result<(), Fault> {
    let mut encoded = stand_alone(plain)?;
    if let Some(base) = base {
        let prefix = read(connection, base.id)?;
        let bytes = frame::compress(plain, &prefix).map_err(unwritable)?;
        if bytes.len() < encoded.length(plain) {
            encoded = super::Encoded::against(base, bytes);
        }
    }
    let length = whole(plain.len());
    let (base, depth, cost) = encoded.base.map_or((None, 0, length), |it| {
        (Some(it.id), it.depth + 1, it.cost.saturating_add(length))
    });
    let bytes = encoded.bytes.as_deref().unwrap_or(plain);
    connection
        .prepare_cached(
            "UPDATE payload SET encoding = ?2, base = ?3, depth = ?4, cost = ?5, bytes = ?6 WHERE id = ?1",
        )?
        .execute(params![id, encoded.encoding, base, depth, cost, bytes])?;
    Ok(())
}

/// Says anew of every payload how many stand below it and what it costs to read, after chains have become shorter.
fn count_anew(connection: &Connection) -> Result<(), Fault> {
    let mut statement = connection.prepare(
        "SELECT id, base, length, depth, cost FROM payload WHERE bytes IS NOT NULL ORDER BY depth, id",
    )?;
    let mut rows = statement.query(())?;
    // What stood lower before stands lower now too, so that bases come before what stands on them.
    let mut counted: HashMap<i64, (i64, i64)> = HashMap::new();
    let mut changed = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, base, length): (i64, Option<i64>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (depth, cost) = match base {
            None => (0, length),
            Some(base) => counted
                .get(&base)
                .map(|it| (it.0 + 1, it.1.saturating_add(length)))
                .ok_or_else(|| {
                    Fault::damaged(format!("payload {id} stands on one that is not held"))
                })?,
        };
        counted.insert(id, (depth, cost));
        if (depth, cost) != (row.get(3)?, row.get(4)?) {
            changed.push([id, depth, cost]);
        }
    }
    for counted in changed {
        connection
            .prepare_cached("UPDATE payload SET depth = ?2, cost = ?3 WHERE id = ?1")?
            .execute(counted)?;
    }
    Ok(())
}
