//! Payloads by digest, each once: alone, or as what changed against an earlier version of the page.

use rusqlite::{Connection, OptionalExtension, params};

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
    bytes: Vec<u8>,
}

/// Keeps the payload that was had from the address `uri` (its row); returns its row.
pub(super) fn keep(
    connection: &Connection,
    uri: i64,
    digest: &PayloadDigest,
    payload: &[u8],
) -> Result<i64, Fault> {
    let known: Option<(i64, bool)> = connection
        .prepare_cached("SELECT id, bytes IS NOT NULL FROM payload WHERE digest = ?1")?
        .query_row([digest.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let id = match known {
        Some((id, true)) => return Ok(id),
        Some((id, false)) => id,
        None => connection
            .prepare_cached("INSERT INTO payload (digest) VALUES (?1)")?
            .insert([digest.as_bytes()])?,
    };
    let encoded = encode(connection, uri, payload)?;
    let length = i64::try_from(payload.len()).unwrap_or(i64::MAX);
    let (base, depth, cost) = encoded
        .base
        .map_or((None, 0, 0), |it| (Some(it.id), it.depth + 1, it.cost));
    connection
        .prepare_cached(
            "UPDATE payload SET length = ?2, encoding = ?3, base = ?4, depth = ?5, cost = ?6, bytes = ?7 WHERE id = ?1",
        )?
        .execute(params![id, length, encoded.encoding, base, depth, cost.saturating_add(length), encoded.bytes])?;
    Ok(id)
}

fn encode(connection: &Connection, uri: i64, payload: &[u8]) -> Result<Encoded, Fault> {
    let identity = || Encoded {
        encoding: "identity",
        base: None,
        bytes: payload.to_vec(),
    };
    if payload.len() < WORTH {
        return Ok(identity());
    }
    if let Some(base) = base_for(connection, uri, payload.len())? {
        let prefix = read(connection, base.id)?;
        let bytes = compress(payload, &prefix).map_err(unwritable)?;
        // Where most of it is new, standing alone is as small and quicker to read.
        if bytes.len() < payload.len() / 8 {
            return Ok(Encoded {
                encoding: "zstd-prefix",
                base: Some(base),
                bytes,
            });
        }
        let alone = compress(payload, &[]).map_err(unwritable)?;
        if bytes.len() < alone.len() - alone.len() / 8 {
            return Ok(Encoded {
                encoding: "zstd-prefix",
                base: Some(base),
                bytes,
            });
        }
        return Ok(stand_alone(alone, identity));
    }
    let alone = compress(payload, &[]).map_err(unwritable)?;
    Ok(stand_alone(alone, identity))
}

/// What was compressed, unless that made it no smaller: images, content codings.
fn stand_alone(bytes: Vec<u8>, identity: impl Fn() -> Encoded) -> Encoded {
    let plain = identity();
    if bytes.len() < plain.bytes.len() {
        Encoded {
            encoding: "zstd",
            base: None,
            bytes,
        }
    } else {
        plain
    }
}

fn unwritable(error: std::io::Error) -> Fault {
    Fault::Sqlite(rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The latest payload of the same address, or of the address before it on the same host; where its chain is long, the chain's root.
fn base_for(connection: &Connection, uri: i64, length: usize) -> rusqlite::Result<Option<Base>> {
    let latest = |uri: i64| {
        connection
            .prepare_cached(
                "SELECT payload.id, payload.depth, payload.cost FROM capture JOIN payload ON payload.id = capture.payload
                 WHERE capture.uri = ?1 AND payload.length >= ?2 ORDER BY capture.date DESC LIMIT 1",
            )?
            .query_row(params![uri, i64::try_from(WORTH).unwrap_or(i64::MAX)], row_to_base)
            .optional()
    };
    let mut base = latest(uri)?;
    if base.is_none()
        && let Some(sibling) = sibling(connection, uri)?
    {
        base = latest(sibling)?;
    }
    let Some(base) = base else { return Ok(None) };
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
    use zstd::zstd_safe::{CCtx, CParameter, compress_bound};
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
    let mut bytes = Vec::with_capacity(compress_bound(plain.len()));
    context.compress2(&mut bytes, plain).map_err(said)?;
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// What [`compress`] was given; an error where that is not `length` bytes long.
pub(super) fn decompress(bytes: &[u8], prefix: &[u8], length: i64) -> std::io::Result<Vec<u8>> {
    use zstd::zstd_safe::{DCtx, get_frame_content_size};
    let length = usize::try_from(length).unwrap_or_default();
    // A frame that says it holds something else is not given the room to unpack it.
    let held = get_frame_content_size(bytes).ok().flatten();
    if held.is_some_and(|it| it != length as u64) {
        return Err(std::io::Error::other(format!(
            "{} bytes where {length} were stored",
            held.unwrap_or_default()
        )));
    }
    let mut context = DCtx::try_create().ok_or_else(no_memory)?;
    if !prefix.is_empty() {
        context.ref_prefix(prefix).map_err(said)?;
    }
    let mut plain = Vec::with_capacity(length);
    context.decompress(&mut plain, bytes).map_err(said)?;
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
    std::io::Error::other(zstd::zstd_safe::get_error_name(code))
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
}
