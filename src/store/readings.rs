//! Readings: what was read from a payload, so that it need not be read again; later versions of a page against earlier ones.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Store, StoreError, checksum, payloads};
use crate::{
    digest::PayloadDigest,
    reading::{Packed, Reading},
};

/// How many readings one may stand on: all of them are unpacked to have it.
const DEPTH: i64 = 12;

/// How many bytes of JSON may have to be unpacked to have one reading that stands on others.
const COST: usize = 8 << 20;

/// A reading with the JSON that it was kept as.
#[derive(Clone, Debug)]
pub struct KeptReading {
    /// The reading.
    pub reading: Reading,
    /// Its JSON, packed.
    pub json: Vec<u8>,
}

impl Store {
    /// The reading that was kept for a payload under `key` (a digest of the reader's version, the media type, the selectors).
    ///
    /// One that this version cannot read any more counts as none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn reading(
        &self,
        digest: &PayloadDigest,
        key: &str,
    ) -> Result<Option<KeptReading>, StoreError> {
        let json = self.reading_json(digest, key)?;
        Ok(json.and_then(|json| {
            let packed: Packed = serde_json::from_slice(&json).ok()?;
            Some(KeptReading {
                reading: packed.unpack(),
                json,
            })
        }))
    }

    /// The JSON of that reading.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn reading_json(
        &self,
        digest: &PayloadDigest,
        key: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let json = self.read(|connection| {
            let found = connection
                .prepare_cached(
                    "SELECT reading.id FROM reading JOIN payload ON payload.id = reading.payload
                     WHERE payload.digest = ?1 AND reading.key = ?2",
                )?
                .query_row(params![digest.as_bytes(), key], |row| row.get(0))
                .optional()?;
            found.map(|it| json_of(connection, it)).transpose()
        })?;
        Ok(json.flatten())
    }

    /// Keeps the JSON of a packed reading of a payload that is held; an earlier one under the same key is replaced. It is not waited
    /// for: what is lost of it is read again.
    ///
    /// `before` is another version of the page, with its JSON, that was kept under the same key: what both have is kept once.
    ///
    /// # Errors
    /// The store is closed, or was opened to read only.
    pub fn put_reading(
        &self,
        digest: &PayloadDigest,
        key: &str,
        json: &[u8],
        before: Option<(PayloadDigest, &[u8])>,
    ) -> Result<(), StoreError> {
        let (digest, key) = (*digest, key.to_owned());
        let at_own_path = |it: std::io::Error| Fault::damaged(it).at(self.path());
        let whole = payloads::compress_thoroughly(json, &[]).map_err(at_own_path)?;
        let before = before.filter(|it| it.0 != digest && it.1.len() + json.len() <= COST / 4);
        let against = before
            .map(|(of, text)| payloads::compress(json, text).map(|it| (of, it)))
            .transpose()
            .map_err(at_own_path)?
            .filter(|it| it.1.len() < whole.len() / 4 * 3);
        let length = i64::try_from(json.len()).unwrap_or(i64::MAX);
        self.write_some_time(move |connection| {
            let payload = payloads::id_of(connection, &digest)?
                .ok_or_else(|| Fault::NotHeld(format!("payload {digest}")))?;
            // What stands on the one that is replaced could not be unpacked any more.
            forget_under(connection, payload, &key)?;
            let base = match &against {
                Some((of, _)) => base(connection, of, &key)?,
                None => None,
            };
            let (bytes, base, depth) = match (&against, base) {
                (Some((_, bytes)), Some((id, depth))) => (bytes, Some(id), depth + 1),
                _ => (&whole, None, 0),
            };
            let sum = sum(digest.as_bytes(), &key, length, (base, bytes));
            connection
                .prepare_cached(
                    "INSERT INTO reading (payload, key, length, bytes, checksum, base, depth) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![payload, key, length, bytes, sum, base, depth])?;
            Ok(())
        })
    }

    /// Throws all readings away: each is made again when it is asked for.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn forget_readings(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            connection.execute("UPDATE reading SET base = NULL WHERE base IS NOT NULL", ())?;
            connection.execute("DELETE FROM reading", ())?;
            Ok(())
        })
    }
}

/// The reading of a payload under a key that another one may stand on, and on how many it stands.
fn base(
    connection: &Connection,
    digest: &PayloadDigest,
    key: &str,
) -> rusqlite::Result<Option<(i64, i64)>> {
    let found: Option<(i64, i64)> = connection
        .prepare_cached(
            "SELECT reading.id, reading.depth FROM reading JOIN payload ON payload.id = reading.payload
             WHERE payload.digest = ?1 AND reading.key = ?2",
        )?
        .query_row(params![digest.as_bytes(), key], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found.filter(|it| it.1 < DEPTH))
}

/// The JSON of a reading; `None` where it, or one that it stands on, does not unpack.
pub(super) fn json_of(connection: &Connection, id: i64) -> Result<Option<Vec<u8>>, Fault> {
    let mut chain: Vec<(i64, Vec<u8>)> = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next {
        let (length, bytes, base) = connection
            .prepare_cached("SELECT length, bytes, base FROM reading WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        chain.push((length, bytes));
        next = base;
        if chain.len() > 2 * usize::try_from(DEPTH).unwrap_or_default() {
            return Ok(None);
        }
    }
    let mut json = Vec::new();
    for (length, bytes) in chain.into_iter().rev() {
        match payloads::decompress(&bytes, &json, length) {
            Ok(it) => json = it,
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(json))
}

/// The checksum of a reading, of a row that has its payload's digest, its key, length and bytes from the column `first` on.
pub(super) fn checksum_of(
    row: &rusqlite::Row<'_>,
    first: usize,
    base: Option<i64>,
) -> Result<i64, Fault> {
    let (digest, bytes) = (row.get_ref(first)?, row.get_ref(first + 3)?);
    Ok(sum(
        digest.as_blob().map_err(Fault::damaged)?,
        &row.get::<_, String>(first + 1)?,
        row.get(first + 2)?,
        (base, bytes.as_blob().map_err(Fault::damaged)?),
    ))
}

/// That of a reading that stands on none is as it was before readings stood on others.
fn sum(digest: &[u8], key: &str, length: i64, (base, bytes): (Option<i64>, &[u8])) -> i64 {
    let length = length.to_be_bytes();
    match base {
        None => checksum([digest, key.as_bytes(), &length, bytes]),
        Some(base) => checksum([digest, key.as_bytes(), &length, bytes, &base.to_be_bytes()]),
    }
}

/// Takes away what was read from a payload, and every reading that stands on it.
pub(super) fn forget(connection: &Connection, payload: i64) -> rusqlite::Result<()> {
    with_what_stands_on(connection, "payload = ?1", params![payload])
}

fn forget_under(connection: &Connection, payload: i64, key: &str) -> rusqlite::Result<()> {
    let condition = "payload = ?1 AND key = ?2";
    with_what_stands_on(connection, condition, params![payload, key])
}

fn with_what_stands_on(
    connection: &Connection,
    condition: &str,
    parameters: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<()> {
    let sql = format!(
        "WITH RECURSIVE going (id, depth) AS (
             SELECT id, depth FROM reading WHERE {condition}
             UNION SELECT reading.id, reading.depth FROM reading JOIN going ON reading.base = going.id)
         SELECT id FROM going ORDER BY depth DESC"
    );
    let going: Vec<i64> = connection
        .prepare_cached(&sql)?
        .query_map(parameters, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in going {
        connection
            .prepare_cached("DELETE FROM reading WHERE id = ?1")?
            .execute([id])?;
    }
    Ok(())
}
