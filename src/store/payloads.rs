//! Payloads by digest, each once: alone, or as what changed against an earlier version of the page.

use std::{cell::RefCell, collections::HashMap};

use rusqlite::{Connection, OptionalExtension, params};
use zstd::zstd_safe::{
    CCtx, CParameter, DCtx, compress_bound, get_error_name, get_frame_content_size,
};

use super::error::Fault;
use super::{Store, StoreError};
use crate::digest::PayloadDigest;

/// zstd's level; higher ones cost time and gain little against a prefix.
const LEVEL: i32 = 3;
/// How many versions a payload may stand on; reading one decodes all of them.
const DEPTH: i64 = 12;
/// How many plain bytes may have to be decoded to have one payload, for any that stands on another (about 5 ms).
const COST: i64 = 4 << 20;
/// Shorter payloads are kept as they are.
const WORTH: usize = 96;
/// Up to so many bytes, prefix and all, are compressed with a context that the thread keeps, which stays as small.
const KEPT: usize = 512 << 10;
/// How a zstd dictionary begins: a prefix that happens to begin so must not be taken for one.
const DICTIONARY: [u8; 4] = [0x37, 0xa4, 0x30, 0xec];
/// So many versions in a row are not tried against a neighbour at most, where neighbours were of no use before.
const MOST_LEFT_OUT: u32 = 7;
/// How many hosts it is remembered of whether neighbours are of use.
const MOST_HOSTS: usize = 1024;

thread_local! {
    static PACKER: RefCell<Option<CCtx<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
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
struct Base {
    id: i64,
    depth: i64,
    cost: i64,
}

struct Encoded {
    encoding: &'static str,
    base: Option<Base>,
    /// `None` where it is kept as it is.
    bytes: Option<Vec<u8>>,
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
    let mut base = latest(connection, uri)?;
    let is_new = base.is_none();
    if is_new
        && neighbours_of(host, Neighbours::are_tried)
        && let Some(sibling) = sibling(connection, uri)?
    {
        base = latest(connection, sibling)?;
    }
    let base = match base {
        Some(base) => standing(connection, base, payload.len())?,
        None => None,
    };
    let Some(base) = base else {
        return stand_alone(payload);
    };
    let prefix = read(connection, base.id)?;
    let bytes = compress(payload, &prefix).map_err(unwritable)?;
    // Where most of it is new, standing alone is as small and quicker to read. Of an earlier version of the page that
    // need not be looked at when little is left; a neighbour must always prove to be of use.
    let alone = if !is_new && bytes.len() < payload.len() / 8 {
        None
    } else {
        let alone = stand_alone(payload)?;
        let length = alone.bytes.as_ref().map_or(payload.len(), Vec::len);
        (bytes.len() >= length - length / 8).then_some(alone)
    };
    if is_new {
        neighbours_of(host, |it| it.learn(alone.is_none()));
    }
    Ok(alone.unwrap_or(Encoded {
        encoding: "zstd-prefix",
        base: Some(base),
        bytes: Some(bytes),
    }))
}

/// Compressed, unless that makes it no smaller: images, content codings.
fn stand_alone(payload: &[u8]) -> Result<Encoded, Fault> {
    let bytes = compress(payload, &[]).map_err(unwritable)?;
    let smaller = bytes.len() < payload.len();
    Ok(Encoded {
        encoding: if smaller { "zstd" } else { "identity" },
        base: None,
        bytes: smaller.then_some(bytes),
    })
}

fn unwritable(error: std::io::Error) -> Fault {
    Fault::Sqlite(rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The latest payload of an address.
fn latest(connection: &Connection, uri: i64) -> rusqlite::Result<Option<Base>> {
    connection
        .prepare_cached(
            "SELECT payload.id, payload.depth, payload.cost FROM capture JOIN payload ON payload.id = capture.payload
             WHERE capture.uri = ?1 AND payload.length >= ?2 ORDER BY capture.date DESC LIMIT 1",
        )?
        .query_row(params![uri, i64::try_from(WORTH).unwrap_or(i64::MAX)], row_to_base)
        .optional()
}

/// What `length` bytes can stand on: `base` or, where its chain is long, the chain's root.
fn standing(connection: &Connection, base: Base, length: usize) -> rusqlite::Result<Option<Base>> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let fits = |it: &Base| it.depth < DEPTH && it.cost.saturating_add(length) <= COST;
    if fits(&base) {
        return Ok(Some(base));
    }
    let root = connection
        .prepare_cached(
            "WITH RECURSIVE chain (id, base, depth, cost) AS (
                 SELECT id, base, depth, cost FROM payload WHERE id = ?1
                 UNION ALL
                 SELECT payload.id, payload.base, payload.depth, payload.cost
                 FROM chain JOIN payload ON payload.id = chain.base)
             SELECT id, depth, cost FROM chain WHERE base IS NULL",
        )?
        .query_row([base.id], row_to_base)
        .optional()?;
    Ok(root.filter(fits))
}

/// The address that stands next before this one in the order of SURT keys, if it is on the same host.
fn sibling(connection: &Connection, uri: i64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT near.id FROM uri AS own JOIN uri AS near
                 ON near.surt <= own.surt AND near.surt >= substr(own.surt, 1, instr(own.surt, ')')) AND near.id <> own.id
             WHERE own.id = ?1 AND EXISTS (SELECT 1 FROM capture WHERE capture.uri = near.id AND capture.payload IS NOT NULL)
             ORDER BY near.surt DESC LIMIT 1",
        )?
        .query_row([uri], |row| row.get(0))
        .optional()
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

/// The payload of a row, its chain decoded from the root upwards.
fn read(connection: &Connection, id: i64) -> Result<Vec<u8>, Fault> {
    struct Link {
        length: i64,
        encoding: String,
        bytes: Vec<u8>,
    }
    let mut chain = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next {
        if chain.len() > usize::try_from(DEPTH).unwrap_or_default() {
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
            return Err(Fault::NotHeld(format!("bytes of payload {id}")));
        };
        next = base;
        chain.push(link);
    }
    let mut payload = Vec::new();
    for link in chain.iter().rev() {
        payload = match link.encoding.as_str() {
            "identity" => link.bytes.clone(),
            "zstd" => decompress(&link.bytes, &[], link.length).map_err(Fault::damaged)?,
            "zstd-prefix" => {
                decompress(&link.bytes, &payload, link.length).map_err(Fault::damaged)?
            }
            other => return Err(Fault::damaged(format!("payload {id} has encoding {other}"))),
        };
    }
    Ok(payload)
}

/// `plain` as one zstd frame, with `prefix` as what went before it.
///
/// In one step: a stream's buffers would cost more than what is compressed here, which is mostly small.
pub(super) fn compress(plain: &[u8], prefix: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(compress_bound(plain.len()));
    if plain.len() + prefix.len() > KEPT || prefix.starts_with(&DICTIONARY) {
        compress_large(&mut bytes, plain, prefix)?;
    } else {
        PACKER.with_borrow_mut(|kept| {
            let context = match kept {
                Some(it) => it,
                None => kept.insert(CCtx::try_create().ok_or_else(no_memory)?),
            };
            context
                .compress_using_dict(&mut bytes, plain, prefix, LEVEL)
                .map_err(said)
        })?;
    }
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// With a context of its own, and a window as wide as both together.
fn compress_large(bytes: &mut Vec<u8>, plain: &[u8], prefix: &[u8]) -> std::io::Result<()> {
    let mut context = CCtx::try_create().ok_or_else(no_memory)?;
    let window = (plain.len() + prefix.len()).max(1).ilog2() + 1;
    for parameter in [
        CParameter::CompressionLevel(LEVEL),
        CParameter::WindowLog(window.clamp(10, 26)),
        CParameter::ChecksumFlag(false),
        CParameter::DictIdFlag(false),
    ] {
        context.set_parameter(parameter).map_err(said)?;
    }
    if !prefix.is_empty() {
        context.ref_prefix(prefix).map_err(said)?;
    }
    context.compress2(bytes, plain).map_err(said)?;
    Ok(())
}

/// What [`compress`] was given; an error where that is not `length` bytes long.
pub(super) fn decompress(bytes: &[u8], prefix: &[u8], length: i64) -> std::io::Result<Vec<u8>> {
    let length = usize::try_from(length).unwrap_or_default();
    // A frame that says it holds something else is not given the room to unpack it.
    let held = get_frame_content_size(bytes).ok().flatten();
    if held.is_some_and(|it| it != length as u64) {
        return Err(std::io::Error::other(format!(
            "{} bytes where {length} were stored",
            held.unwrap_or_default()
        )));
    }
    let mut plain = Vec::with_capacity(length);
    if prefix.starts_with(&DICTIONARY) {
        let mut context = DCtx::try_create().ok_or_else(no_memory)?;
        context.ref_prefix(prefix).map_err(said)?;
        context.decompress(&mut plain, bytes).map_err(said)?;
    } else {
        UNPACKER.with_borrow_mut(|kept| {
            let context = match kept {
                Some(it) => it,
                None => kept.insert(DCtx::try_create().ok_or_else(no_memory)?),
            };
            context
                .decompress_using_dict(&mut plain, bytes, prefix)
                .map_err(said)
        })?;
    }
    if plain.len() == length {
        Ok(plain)
    } else {
        Err(std::io::Error::other(format!(
            "{} bytes where {length} were stored",
            plain.len()
        )))
    }
}

fn said(code: usize) -> std::io::Error {
    std::io::Error::other(get_error_name(code))
}

fn no_memory() -> std::io::Error {
    std::io::Error::from(std::io::ErrorKind::OutOfMemory)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn a_prefix_makes_the_next_version_small() {
        let mut page = String::new();
        for number in 0..2000u32 {
            let word = number.wrapping_mul(2_654_435_761);
            writeln!(page, "<li>{word:x}</li>").unwrap();
        }
        let next = page.replacen("<li>0</li>", "<li>new</li>", 1);
        let alone = compress(next.as_bytes(), &[]).unwrap();
        let against = compress(next.as_bytes(), page.as_bytes()).unwrap();
        assert!(
            against.len() * 50 < alone.len(),
            "{} {}",
            against.len(),
            alone.len()
        );
        let length = i64::try_from(next.len()).unwrap();
        let back = decompress(&against, page.as_bytes(), length).unwrap();
        assert_eq!(back, next.as_bytes());
        decompress(&against, page.as_bytes(), length - 1).unwrap_err();
    }

    #[test]
    fn a_payload_that_begins_like_a_dictionary_is_a_prefix_like_any_other() {
        let mut before = DICTIONARY.to_vec();
        before.extend((0..20_000_u32).flat_map(|it| it.wrapping_mul(2_654_435_761).to_le_bytes()));
        let mut page = before.clone();
        page.extend(b"and more");
        for (plain, prefix) in [(&page, &before), (&before, &page)] {
            let bytes = compress(plain, prefix).unwrap();
            assert!(bytes.len() * 50 < plain.len(), "{}", bytes.len());
            let length = i64::try_from(plain.len()).unwrap();
            assert_eq!(decompress(&bytes, prefix, length).unwrap(), *plain);
        }
    }

    #[test]
    fn a_prefix_is_of_use_however_long_both_are() {
        let long: Vec<u8> = (0..1_u32 << 17)
            .flat_map(|it| it.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        let mut next = b"new ".to_vec();
        next.extend(&long);
        let bytes = compress(&next, &long).unwrap();
        assert!(bytes.len() * 50 < next.len(), "{}", bytes.len());
        let length = i64::try_from(next.len()).unwrap();
        assert_eq!(decompress(&bytes, &long, length).unwrap(), next);
    }

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
