//! Reads all payloads back, each decoded once: from those stored alone to those stored against them.

use std::collections::HashMap;

use rusqlite::Connection;

use super::{DEPTH, Link, read_checked, whole};
use crate::{digest::PayloadDigest, store::error::Fault};

/// One payload on the path from a root to the current one.
struct Step {
    plain: Vec<u8>,
    /// The payloads stored against it that are still to be read.
    left: Vec<i64>,
}

/// Reads every stored payload, compares it with its digest, and passes its digest and its length, or the fault, to `each`.
pub(in crate::store) fn read_all(
    connection: &Connection,
    each: &mut dyn FnMut(&PayloadDigest, Result<u64, Fault>),
) -> Result<(), Fault> {
    let (roots, mut upon) = trees(connection)?;
    for root in roots {
        let mut way: Vec<Step> = Vec::new();
        let mut next = Some(root);
        while let Some(id) = next {
            let prefix = way.last().map_or(&[][..], |way| &way.plain);
            // A payload that cannot be decoded here is left, with all that are stored against it, to be read one by one below.
            let decoded = (whole(way.len()) <= DEPTH)
                .then(|| decoded(connection, id, prefix))
                .flatten();
            if let Some((digest, plain)) = decoded {
                each(&digest, Ok(plain.len() as u64));
                let left = upon.remove(&Some(id)).unwrap_or_default();
                way.push(Step { plain, left });
            } else {
                upon.entry(None).or_default().push(id);
            }
            next = None;
            while let Some(step) = way.last_mut() {
                next = step.left.pop();
                if next.is_some() {
                    break;
                }
                way.pop();
            }
        }
    }
    let mut rest: Vec<i64> = upon.into_values().flatten().collect();
    rest.sort_unstable();
    for id in rest {
        let digest: [u8; 32] = connection
            .prepare_cached("SELECT digest FROM payload WHERE id = ?1")?
            .query_row([id], |row| row.get(0))?;
        let digest = PayloadDigest::from_bytes(digest);
        each(
            &digest,
            read_checked(connection, id, &digest).map(|bytes| bytes.len() as u64),
        );
    }
    Ok(())
}

/// The payloads stored alone, and for each base those stored against it.
type Trees = (Vec<i64>, HashMap<Option<i64>, Vec<i64>>);

fn trees(connection: &Connection) -> Result<Trees, Fault> {
    let mut statement =
        connection.prepare("SELECT id, base FROM payload WHERE bytes IS NOT NULL ORDER BY id")?;
    let mut rows = statement.query(())?;
    let mut upon: HashMap<Option<i64>, Vec<i64>> = HashMap::new();
    while let Some(row) = rows.next()? {
        upon.entry(row.get(1)?).or_default().push(row.get(0)?);
    }
    let roots = upon.remove(&None).unwrap_or_default();
    Ok((roots, upon))
}

/// One payload, if it is intact.
fn decoded(connection: &Connection, id: i64, prefix: &[u8]) -> Option<(PayloadDigest, Vec<u8>)> {
    let (digest, link): ([u8; 32], Link) = connection
        .prepare_cached("SELECT digest, length, encoding, bytes FROM payload WHERE id = ?1")
        .ok()?
        .query_row([id], |row| {
            let link = Link {
                length: row.get(1)?,
                encoding: row.get(2)?,
                bytes: row.get(3)?,
            };
            Ok((row.get(0)?, link))
        })
        .ok()?;
    let digest = PayloadDigest::from_bytes(digest);
    let plain = link.decode(id, prefix).ok()?;
    (PayloadDigest::of(&plain) == digest).then_some((digest, plain))
}
