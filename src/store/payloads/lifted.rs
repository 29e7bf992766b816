//! Rewrites payloads before a removal, so that none is stored against a removed one.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::{Base, frame, read, read_checked, stand_alone, unwritable, whole};
use crate::{
    digest::PayloadDigest,
    store::{error::Fault, readings},
};

/// Rewrites every kept payload that is stored against one in `going` (their rows): reads and checks it, writes it against the
/// nearest kept one below it, or alone, and reads it back.
pub(in crate::store) fn lift(connection: &Connection, going: &HashSet<i64>) -> Result<(), Fault> {
    // The removed roots, each with its replacement.
    let mut instead: HashMap<i64, i64> = HashMap::new();
    for (id, base) in standing_on(connection, going)? {
        let digest = digest_of(connection, id)?;
        let plain = read_checked(connection, id, &digest)?;
        let (root, below) = kept_below(connection, base, going)?;
        let base = match below.or_else(|| instead.get(&root).copied()) {
            Some(below) => base_of(connection, below)?.filter(|base| base.carries(plain.len())),
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

/// Removes the bytes and readings of payloads; their rows and digests stay.
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

/// The kept payloads that are stored against a removed one, with that one; the lower ones come first.
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

/// The lowest removed payload below, and the nearest kept one below that.
fn kept_below(
    connection: &Connection,
    mut id: i64,
    going: &HashSet<i64>,
) -> Result<(i64, Option<i64>), Fault> {
    // A circular chain was detected when the payload was read.
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
    let (base, depth, cost) = encoded.base.map_or((None, 0, length), |base| {
        (
            Some(base.id),
            base.depth + 1,
            base.cost.saturating_add(length),
        )
    });
    let bytes = encoded.bytes.as_deref().unwrap_or(plain);
    connection
        .prepare_cached(
            "UPDATE payload SET encoding = ?2, base = ?3, depth = ?4, cost = ?5, bytes = ?6 WHERE id = ?1",
        )?
        .execute(params![id, encoded.encoding, base, depth, cost, bytes])?;
    Ok(())
}

/// Updates the depth and the reading cost of every payload after chains became shorter.
fn count_anew(connection: &Connection) -> Result<(), Fault> {
    let mut statement = connection.prepare(
        "SELECT id, base, length, depth, cost FROM payload WHERE bytes IS NOT NULL ORDER BY depth, id",
    )?;
    let mut rows = statement.query(())?;
    // Lower payloads stay lower, so that bases come before the payloads stored against them.
    let mut counted: HashMap<i64, (i64, i64)> = HashMap::new();
    let mut changed = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, base, length): (i64, Option<i64>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (depth, cost) = match base {
            None => (0, length),
            Some(base) => counted
                .get(&base)
                .map(|it| (it.0 + 1, it.1.saturating_add(length)))
                .ok_or_else(|| Fault::damaged(format!("the base of payload {id} is missing")))?,
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
