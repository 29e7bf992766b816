//! Payloads by digest, each stored once: alone, or as the difference to an earlier version of the page.

mod frame;
mod lifted;
mod whole;

use std::{cell::RefCell, collections::HashMap};

use rusqlite::{Connection, OptionalExtension, params};

use super::{Store, StoreError, error::Fault, retention};
use crate::digest::PayloadDigest;
pub(super) use frame::{compress, compress_thoroughly, decompress};
pub(super) use lifted::{empty, lift};
pub(super) use whole::read_all;

/// The longest chain of versions under a payload; reading it decodes all of them.
const DEPTH: i64 = 12;
/// The most plain bytes to decode for one payload that is stored against another (about 5 ms).
const COST: i64 = 4 << 20;
/// Shorter payloads are stored as they are.
const WORTH: usize = 96;
/// How many earlier versions are tried for a page that is not like its latest version: it may have changed back.
const EARLIER: usize = 2;
/// How many captures are searched for them.
const MOST_LOOKED_AT: usize = 16;
/// The most versions in a row that are not tried against a neighbour, if neighbours did not help before.
const MOST_LEFT_OUT: u32 = 7;
/// For how many hosts it is known whether neighbours help.
const MOST_HOSTS: usize = 1024;

thread_local! {
    /// The hosts whose pages this thread has stored.
    static NEIGHBOURS: RefCell<HashMap<String, Neighbours>> = RefCell::default();
}

/// Whether storing the pages of a host against each other helps: if not, trying this for every new page would take more time
/// than everything else.
#[derive(Default)]
struct Neighbours {
    /// How often in a row a neighbour did not help.
    useless: u32,
    /// How many pages to store without trying.
    left_out: u32,
}

impl Neighbours {
    /// Whether to try the next page against a neighbour.
    fn are_tried(&mut self) -> bool {
        let tried = self.left_out == 0;
        self.left_out = self.left_out.saturating_sub(1);
        tried
    }

    /// Learns from an attempt: after each useless one, about twice as many pages are skipped.
    fn learn(&mut self, of_use: bool) {
        self.useless = if of_use {
            0
        } else {
            self.useless.saturating_add(1)
        };
        let doubled = 1_u32.checked_shl(self.useless).unwrap_or(u32::MAX);
        self.left_out = (doubled / 2).saturating_sub(1).min(MOST_LEFT_OUT);
    }
}

/// The entry of a host in [`NEIGHBOURS`].
fn neighbours_of<T>(host: &str, ask: impl FnOnce(&mut Neighbours) -> T) -> T {
    NEIGHBOURS.with_borrow_mut(|all| {
        if all.len() >= MOST_HOSTS {
            all.clear();
        }
        match all.get_mut(host) {
            Some(entry) => ask(entry),
            None => ask(all.entry(host.to_owned()).or_default()),
        }
    })
}

impl Store {
    /// The payload with that digest, checked against it.
    ///
    /// # Errors
    /// It is not stored; it is damaged.
    pub fn payload(&self, digest: &PayloadDigest) -> Result<Vec<u8>, StoreError> {
        let digest = *digest;
        self.read(move |connection| {
            let id = id_of(connection, &digest)?
                .ok_or_else(|| Fault::NotHeld(format!("payload {digest}")))?;
            read_checked(connection, id, &digest)
        })
    }
}

/// The row of a payload, with its bytes or only its digest.
pub(super) fn id_of(
    connection: &Connection,
    digest: &PayloadDigest,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM payload WHERE digest = ?1")?
        .query_row([digest.as_bytes()], |row| row.get(0))
        .optional()
}

/// The row for a payload that a revisit names; created if unknown.
pub(super) fn name(connection: &Connection, digest: &PayloadDigest) -> rusqlite::Result<i64> {
    if let Some(id) = id_of(connection, digest)? {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO payload (digest) VALUES (?1)")?
        .insert([digest.as_bytes()])
}

/// A payload that another one can be stored against.
#[derive(Clone, Copy)]
struct Base {
    id: i64,
    depth: i64,
    cost: i64,
}

impl Base {
    /// Whether `length` bytes can be stored against it and still be read fast enough.
    fn carries(&self, length: usize) -> bool {
        self.depth < DEPTH && self.cost.saturating_add(whole(length)) <= COST
    }
}

struct Encoded {
    encoding: &'static str,
    base: Option<Base>,
    /// `None` if it is stored as it is.
    bytes: Option<Vec<u8>>,
}

impl Encoded {
    fn against(base: Base, bytes: Vec<u8>) -> Self {
        Self {
            encoding: "zstd-prefix",
            base: Some(base),
            bytes: Some(bytes),
        }
    }

    /// The number of stored bytes of `payload`.
    fn length(&self, payload: &[u8]) -> usize {
        self.bytes.as_ref().map_or(payload.len(), Vec::len)
    }
}

/// Stores the payload from the address `uri` (its row) on `host`; returns the row of the payload.
pub(super) fn keep(
    connection: &Connection,
    (uri, host): (i64, &str),
    digest: &PayloadDigest,
    payload: &[u8],
) -> Result<i64, Fault> {
    let known: Option<(i64, bool)> = connection
        .prepare_cached("SELECT id, bytes IS NOT NULL FROM payload WHERE digest = ?1")?
        .query_row([digest.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((id, true)) = known {
        return Ok(id);
    }
    let encoded = encode(connection, uri, host, payload)?;
    let length = i64::try_from(payload.len()).unwrap_or(i64::MAX);
    let (base, depth, cost) = encoded.base.map_or((None, 0, 0), |base| {
        (Some(base.id), base.depth + 1, base.cost)
    });
    let cost = cost.saturating_add(length);
    let bytes = encoded.bytes.as_deref().unwrap_or(payload);
    let encoding = encoded.encoding;
    // A row with only a digest gets its bytes.
    connection
        .prepare_cached(
            "INSERT INTO payload (id, digest, length, encoding, base, depth, cost, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (digest) DO UPDATE SET length = excluded.length, encoding = excluded.encoding, base = excluded.base,
                 depth = excluded.depth, cost = excluded.cost, bytes = excluded.bytes",
        )?
        .execute(params![known.map(|known| known.0), digest.as_bytes(), length, encoding, base, depth, cost, bytes])?;
    Ok(known.map_or_else(|| connection.last_insert_rowid(), |known| known.0))
}

fn encode(connection: &Connection, uri: i64, host: &str, payload: &[u8]) -> Result<Encoded, Fault> {
    if payload.len() < WORTH {
        return Ok(Encoded {
            encoding: "identity",
            base: None,
            bytes: None,
        });
    }
    let versions = versions(connection, uri)?;
    match versions.split_first() {
        Some((latest, earlier)) => as_version(connection, uri, payload, latest, earlier),
        None => as_new_page(connection, uri, host, payload),
    }
}

/// Stores a known page against its latest version or an earlier one.
fn as_version(
    connection: &Connection,
    uri: i64,
    payload: &[u8],
    latest: &Base,
    earlier: &[Base],
) -> Result<Encoded, Fault> {
    let mut best: Option<(Base, Vec<u8>)> = None;
    let is_small = |bytes: &Vec<u8>| bytes.len() < payload.len() / 8;
    let mut tried = None;
    for version in std::iter::once(latest).chain(earlier) {
        let Some(base) = standing(connection, version, uri, payload.len())? else {
            continue;
        };
        if tried.replace(base.id) == Some(base.id) {
            continue;
        }
        let prefix = read(connection, base.id)?;
        if earlier.is_empty() && base.id == latest.id {
            make_smaller(connection, uri, &base, &prefix)?;
        }
        let bytes = frame::compress(payload, &prefix).map_err(unwritable)?;
        if best.as_ref().is_none_or(|best| bytes.len() < best.1.len()) {
            best = Some((base, bytes));
        }
        if best.as_ref().is_some_and(|best| is_small(&best.1)) {
            break;
        }
    }
    // If most of it is new, storing it alone is as small, and faster to read.
    match best {
        Some((base, bytes)) if is_small(&bytes) => Ok(Encoded::against(base, bytes)),
        best => {
            let alone = stand_alone(payload)?;
            let worth_it = alone.length(payload) / 8 * 7;
            Ok(best
                .filter(|best| best.1.len() < worth_it)
                .map_or(alone, |(base, bytes)| Encoded::against(base, bytes)))
        }
    }
}

/// Stores a new page against another one of the same host, if that helps.
fn as_new_page(
    connection: &Connection,
    uri: i64,
    host: &str,
    payload: &[u8],
) -> Result<Encoded, Fault> {
    let alone = stand_alone(payload)?;
    if !neighbours_of(host, Neighbours::are_tried) {
        return Ok(alone);
    }
    let Some(base) = sibling(connection, uri)?.filter(|sibling| sibling.carries(payload.len()))
    else {
        return Ok(alone);
    };
    let prefix = read(connection, base.id)?;
    let bytes = frame::compress(payload, &prefix).map_err(unwritable)?;
    let of_use = bytes.len() < alone.length(payload) / 8 * 7;
    neighbours_of(host, |it| it.learn(of_use));
    Ok(if of_use {
        Encoded::against(base, bytes)
    } else {
        alone
    })
}

/// Compresses a payload, unless that does not make it smaller: images, content codings.
fn stand_alone(payload: &[u8]) -> Result<Encoded, Fault> {
    let bytes = frame::compress(payload, &[]).map_err(unwritable)?;
    let smaller = bytes.len() < payload.len();
    Ok(Encoded {
        encoding: if smaller { "zstd" } else { "identity" },
        base: None,
        bytes: smaller.then_some(bytes),
    })
}

/// Compresses the first version of a page again, more strongly, when another one is first stored against it: pages that change
/// keep changing, and the first version takes most of the space. Pages that never change are not worth the time.
fn make_smaller(
    connection: &Connection,
    uri: i64,
    first: &Base,
    plain: &[u8],
) -> Result<(), Fault> {
    let (encoding, base, length): (String, Option<i64>, i64) = connection
        .prepare_cached("SELECT encoding, base, length(bytes) FROM payload WHERE id = ?1")?
        .query_row([first.id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let others: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM capture WHERE uri = ?1 AND payload <> ?2)")?
        .query_row([uri, first.id], |row| row.get(0))?;
    if others || encoding == "identity" {
        return Ok(());
    }
    let prefix = match base {
        Some(base) => read(connection, base)?,
        None => Vec::new(),
    };
    let bytes = frame::compress_thoroughly(plain, &prefix).map_err(unwritable)?;
    if whole(bytes.len()) < length {
        connection
            .prepare_cached("UPDATE payload SET bytes = ?2 WHERE id = ?1")?
            .execute(params![first.id, bytes])?;
    }
    Ok(())
}

fn unwritable(error: std::io::Error) -> Fault {
    Fault::Sqlite(rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// A few payloads of an address that others can be stored against, the latest first.
fn versions(connection: &Connection, uri: i64) -> Result<Vec<Base>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT payload.id, payload.depth, payload.cost FROM capture JOIN payload ON payload.id = capture.payload
         WHERE capture.uri = ?1 AND payload.length >= ?2 ORDER BY capture.date DESC LIMIT ?3",
    )?;
    let limits = [uri, whole(WORTH), whole(MOST_LOOKED_AT)];
    let mut rows = statement.query(limits)?;
    let mut versions: Vec<Base> = Vec::new();
    while let Some(row) = rows.next()? {
        let base = row_to_base(row)?;
        if versions.iter().all(|version| version.id != base.id) {
            versions.push(base);
        }
        if versions.len() > EARLIER {
            break;
        }
    }
    Ok(versions)
}

/// The base for `length` bytes from `uri`: `version` or, if its chain is long, the first payload from there.
fn standing(
    connection: &Connection,
    version: &Base,
    uri: i64,
    length: usize,
) -> rusqlite::Result<Option<Base>> {
    if version.carries(length) {
        return Ok(Some(*version));
    }
    let first = connection
        .prepare_cached(
            "SELECT payload.id, payload.depth, payload.cost FROM capture JOIN payload ON payload.id = capture.payload
             WHERE capture.uri = ?1 AND payload.length >= ?2 ORDER BY capture.date LIMIT 1",
        )?
        .query_row([uri, whole(WORTH)], row_to_base)
        .optional()?;
    Ok(first.filter(|it| it.carries(length)))
}

/// The base for a new page: the root of the chain under the first version of its neighbour, which is the preceding address in
/// the order of SURT keys, if it is on the same host.
fn sibling(connection: &Connection, uri: i64) -> rusqlite::Result<Option<Base>> {
    let first: Option<i64> = connection
        .prepare_cached(
            "SELECT (SELECT capture.payload FROM capture JOIN payload ON payload.id = capture.payload
                     WHERE capture.uri = near.id AND payload.length >= ?2 ORDER BY capture.date LIMIT 1) AS first
             FROM uri AS own JOIN uri AS near
                 ON near.surt <= own.surt AND near.surt >= substr(own.surt, 1, instr(own.surt, ')')) AND near.id <> own.id
             WHERE own.id = ?1 AND first IS NOT NULL
             ORDER BY near.surt DESC LIMIT 1",
        )?
        .query_row([uri, whole(WORTH)], |row| row.get(0))
        .optional()?;
    let Some(first) = first else {
        return Ok(None);
    };
    connection
        .prepare_cached(
            "WITH RECURSIVE chain (id, base, depth, cost) AS (
                 SELECT id, base, depth, cost FROM payload WHERE id = ?1
                 UNION ALL
                 SELECT payload.id, payload.base, payload.depth, payload.cost
                 FROM chain JOIN payload ON payload.id = chain.base)
             SELECT id, depth, cost FROM chain WHERE base IS NULL",
        )?
        .query_row([first], row_to_base)
        .optional()
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn row_to_base(row: &rusqlite::Row<'_>) -> rusqlite::Result<Base> {
    Ok(Base {
        id: row.get(0)?,
        depth: row.get(1)?,
        cost: row.get(2)?,
    })
}

/// The payload of a row, checked against its digest.
pub(super) fn read_checked(
    connection: &Connection,
    id: i64,
    digest: &PayloadDigest,
) -> Result<Vec<u8>, Fault> {
    let payload = read(connection, id)?;
    if PayloadDigest::of(&payload) == *digest {
        Ok(payload)
    } else {
        Err(Fault::damaged(format!(
            "payload {digest} does not match its digest"
        )))
    }
}

/// A payload as stored.
struct Link {
    length: i64,
    encoding: String,
    bytes: Vec<u8>,
}

impl Link {
    /// The plain bytes, given those of its base.
    fn decode(&self, id: i64, prefix: &[u8]) -> Result<Vec<u8>, Fault> {
        match self.encoding.as_str() {
            "identity" => Ok(self.bytes.clone()),
            "zstd" => decompress(&self.bytes, &[], self.length).map_err(Fault::damaged),
            "zstd-prefix" => decompress(&self.bytes, prefix, self.length).map_err(Fault::damaged),
            other => Err(Fault::damaged(format!("payload {id} has encoding {other}"))),
        }
    }
}

/// The payload of a row, its chain decoded from the root upwards.
fn read(connection: &Connection, id: i64) -> Result<Vec<u8>, Fault> {
    let mut chain = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next {
        if whole(chain.len()) > DEPTH {
            return Err(Fault::damaged(format!(
                "the chain under payload {id} is too long"
            )));
        }
        let row: Option<(Option<i64>, Option<Link>)> = connection
            .prepare_cached("SELECT base, length, encoding, bytes FROM payload WHERE id = ?1")?
            .query_row([id], |row| {
                let link = match (row.get(1)?, row.get(2)?, row.get(3)?) {
                    (Some(length), Some(encoding), Some(bytes)) => Some(Link {
                        length,
                        encoding,
                        bytes,
                    }),
                    _ => None,
                };
                Ok((row.get(0)?, link))
            })
            .optional()?;
        let Some((base, Some(link))) = row else {
            return Err(retention::missing(connection, id));
        };
        next = base;
        chain.push(link);
    }
    chain
        .iter()
        .rev()
        .try_fold(Vec::new(), |prefix, link| link.decode(id, &prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_no_use_are_tried_less_and_less_until_one_is_of_use() {
        let mut them = Neighbours::default();
        let tried = (0..40).filter(|_| {
            let tried = them.are_tried();
            if tried {
                them.learn(false);
            }
            tried
        });
        let tried: Vec<u32> = tried.collect();
        assert_eq!(tried, [0, 1, 3, 7, 15, 23, 31, 39]);
        them.left_out = 0;
        them.learn(true);
        assert!(them.are_tried() && them.are_tried());
    }
}
