//! Stored readings of payloads, so that they need not be read again.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Store, StoreError, checksum, payloads};
use crate::{digest::PayloadDigest, reading::Reading};

impl Store {
    /// The stored reading of a payload under `key` (a digest of reader version, media type and selectors).
    ///
    /// A reading that this version cannot parse is treated as missing.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn reading(
        &self,
        digest: &PayloadDigest,
        key: &str,
    ) -> Result<Option<Reading>, StoreError> {
        let found: Option<(i64, Vec<u8>)> = self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT reading.length, reading.bytes FROM reading JOIN payload ON payload.id = reading.payload
                     WHERE payload.digest = ?1 AND reading.key = ?2",
                )?
                .query_row(params![digest.as_bytes(), key], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?)
        })?;
        Ok(found.and_then(|(length, bytes)| {
            let json = payloads::decompress(&bytes, &[], length).ok()?;
            serde_json::from_slice(&json).ok()
        }))
    }

    /// Stores the reading of a stored payload; replaces an earlier one under the same key. Does not wait: a lost reading is made
    /// again.
    ///
    /// # Errors
    /// The store is closed, or was opened to read only.
    pub fn put_reading(
        &self,
        digest: &PayloadDigest,
        key: &str,
        reading: &Reading,
    ) -> Result<(), StoreError> {
        let (digest, key) = (*digest, key.to_owned());
        // Serializing a reading cannot fail.
        let json = serde_json::to_vec(reading).unwrap_or_default();
        let bytes = payloads::compress_thoroughly(&json, &[])
            .map_err(|error| Fault::damaged(error).at(self.path()))?;
        let length = i64::try_from(json.len()).unwrap_or(i64::MAX);
        self.write_some_time(move |connection| {
            let payload = payloads::id_of(connection, &digest)?
                .ok_or_else(|| Fault::NotHeld(format!("payload {digest}")))?;
            let sum = sum(digest.as_bytes(), &key, length, &bytes);
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO reading (payload, key, length, bytes, checksum) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![payload, key, length, bytes, sum])?;
            Ok(())
        })
    }

    /// Deletes all readings: each is made again when needed.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn forget_readings(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            connection.execute("DELETE FROM reading", ())?;
            Ok(())
        })
    }
}

/// The checksum of a reading, of a row that has its payload's digest, its key, length and bytes from the column `first` on.
pub(super) fn checksum_of(row: &rusqlite::Row<'_>, first: usize) -> Result<i64, Fault> {
    let (digest, bytes) = (row.get_ref(first)?, row.get_ref(first + 3)?);
    Ok(sum(
        digest.as_blob().map_err(Fault::damaged)?,
        &row.get::<_, String>(first + 1)?,
        row.get(first + 2)?,
        bytes.as_blob().map_err(Fault::damaged)?,
    ))
}

fn sum(digest: &[u8], key: &str, length: i64, bytes: &[u8]) -> i64 {
    checksum([digest, key.as_bytes(), &length.to_be_bytes(), bytes])
}

/// Deletes the reading of a payload.
pub(super) fn forget(connection: &Connection, payload: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM reading WHERE payload = ?1")?
        .execute([payload])
        .map(|_| ())
}
