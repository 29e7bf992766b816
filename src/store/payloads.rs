//! Payloads by digest, each once: alone, or as what changed against an earlier version of the page.

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

/// How many versions a payload may stand on; reading one decodes all of them.
const DEPTH: i64 = 12;
/// How many plain bytes may have to be decoded to have one payload, for any that stands on another (about 5 ms).
const COST: i64 = 4 << 20;
/// Shorter payloads are kept as they are.
const WORTH: usize = 96;
/// Of a page that is not like its latest version, so many earlier ones are tried: it may have come back.
const EARLIER: usize = 2;
/// How many captures are looked through for them.
const MOST_LOOKED_AT: usize = 16;
/// So many versions in a row are not tried against a neighbour at most, where neighbours were of no use before.
const MOST_LEFT_OUT: u32 = 7;
/// How many hosts it is remembered of whether neighbours are of use.
const MOST_HOSTS: usize = 1024;

thread_local! {
    /// Of the hosts whose pages this thread has kept.
    static NEIGHBOURS: RefCell<HashMap<String, Neighbours>> = RefCell::default();
}

/// Whether the pages of a host stand well on each other: where they do not, trying it on every new page would cost
/// more time than all else that is done with it.
#[derive(Default)]
struct Neighbours {
    /// How often in a row standing on a neighbour was of no use.
    useless: u32,
    /// How many pages are yet to be kept without trying.
    left_out: u32,
}

impl Neighbours {
    /// Whether the next page is to be tried against a neighbour.
    fn are_tried(&mut self) -> bool {
        let tried = self.left_out == 0;
        self.left_out = self.left_out.saturating_sub(1);
        tried
    }

    /// Learns from a try: after each useless one, about twice as many pages are left out.
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

/// What [`NEIGHBOURS`] knows of a host.
fn neighbours_of<T>(host: &str, ask: impl FnOnce(&mut Neighbours) -> T) -> T {
    NEIGHBOURS.with_borrow_mut(|all| {
        if all.len() >= MOST_HOSTS {
            all.clear();
        }
        match all.get_mut(host) {
            Some(it) => ask(it),
            None => ask(all.entry(host.to_owned()).or_default()),
        }
    })
}

impl Store {
    /// The payload with that digest, checked against it.
    ///
    /// # Errors
    /// It is not held; it does not read back as what it was.
    pub fn payload(&self, digest: &PayloadDigest) -> Result<Vec<u8>, StoreError> {
        let digest = *digest;
        self.read(move |connection| {
            let id = id_of(connection, &digest)?
                .ok_or_else(|| Fault::NotHeld(format!("payload {digest}")))?;
            read_checked(connection, id, &digest)
        })
    }
}

/// The row of a payload, whether its bytes are held or only its digest is known.
pub(super) fn id_of(
    connection: &Connection,
    digest: &PayloadDigest,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM payload WHERE digest = ?1")?
        .query_row([digest.as_bytes()], |row| row.get(0))
        .optional()
}

/// The row for a payload that a revisit names, made where it is not known.
pub(super) fn name(connection: &Connection, digest: &PayloadDigest) -> rusqlite::Result<i64> {
    if let Some(id) = id_of(connection, digest)? {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO payload (digest) VALUES (?1)")?
        .insert([digest.as_bytes()])
}

/// A payload that another one can stand on.
#[derive(Clone, Copy)]
struct Base {
    id: i64,
    depth: i64,
    cost: i64,
}

impl Base {
    /// Whether `length` bytes more can stand on it and be read soon enough.
    fn carries(&self, length: usize) -> bool {
        self.depth < DEPTH && self.cost.saturating_add(whole(length)) <= COST
    }
}

struct Encoded {
    encoding: &'static str,
    base: Option<Base>,
    /// `None` where it is kept as it is.
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

    /// How many bytes are kept of `payload`.
    fn length(&self, payload: &[u8]) -> usize {
        self.bytes.as_ref().map_or(payload.len(), Vec::len)
    }
}

/// Keeps the payload that was had from the address `uri` (its row) on `host`; returns its row.
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
    let (base, depth, cost) = encoded
        .base
        .map_or((None, 0, 0), |it| (Some(it.id), it.depth + 1, it.cost));
    let cost = cost.saturating_add(length);
    let bytes = encoded.bytes.as_deref().unwrap_or(payload);
    let encoding = encoded.encoding;
    // A row whose digest alone was known gets its bytes.
    connection
        .prepare_cached(
            "INSERT INTO payload (id, digest, length, encoding, base, depth, cost, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (digest) DO UPDATE SET length = excluded.length, encoding = excluded.encoding, base = excluded.base,
                 depth = excluded.depth, cost = excluded.cost, bytes = excluded.bytes",
        )?
        .execute(params![known.map(|it| it.0), digest.as_bytes(), length, encoding, base, depth, cost, bytes])?;
    Ok(known.map_or_else(|| connection.last_insert_rowid(), |it| it.0))
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

/// A page that was had before, against its latest version or an earlier one.
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
        if best.as_ref().is_none_or(|it| bytes.len() < it.1.len()) {
            best = Some((base, bytes));
        }
        if best.as_ref().is_some_and(|it| is_small(&it.1)) {
            break;
        }
    }
    // Where most of it is new, standing alone is as small and quicker to read.
    match best {
        Some((base, bytes)) if is_small(&bytes) => Ok(Encoded::against(base, bytes)),
        best => {
            let alone = stand_alone(payload)?;
            let worth_it = alone.length(payload) / 8 * 7;
            Ok(best
                .filter(|it| it.1.len() < worth_it)
                .map_or(alone, |(base, bytes)| Encoded::against(base, bytes)))
        }
    }
}

/// A page that was never had before, against one of the same host where that proves to be of use.
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
    let Some(base) = sibling(connection, uri)?.filter(|it| it.carries(payload.len())) else {
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

/// Compressed, unless that makes it no smaller: images, content codings.
fn stand_alone(payload: &[u8]) -> Result<Encoded, Fault> {
    let bytes = frame::compress(payload, &[]).map_err(unwritable)?;
    let smaller = bytes.len() < payload.len();
    Ok(Encoded {
        encoding: if smaller { "zstd" } else { "identity" },
        base: None,
        bytes: smaller.then_some(bytes),
    })
}

/// Compresses the first version of a page again, harder, now that another one comes to stand on it: what changes will
/// go on changing, and its first version is most of what its versions cost. Pages that never change are not worth it.
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

/// The different payloads of an address that others can stand on, the latest first; a few of them.
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
        if versions.iter().all(|it| it.id != base.id) {
            versions.push(base);
        }
        if versions.len() > EARLIER {
            break;
        }
    }
    Ok(versions)
}

/// What `length` bytes had from `uri` can stand on: `version` or, where its chain is long, the first that was had from there.
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

/// What a new page can stand on: the root of the chain that the first version of its neighbour stands on, the neighbour
/// being the address that comes next before it in the order of SURT keys, if it is on the same host.
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

/// The payload of a row, checked against the digest it is known by.
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
            "payload {digest} reads back as something else"
        )))
    }
}

/// What is kept of a payload.
struct Link {
    length: i64,
    encoding: String,
    bytes: Vec<u8>,
}

impl Link {
    /// The plain bytes, given those of what it stands on.
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
                "payload {id} stands on a chain that is too long"
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
