//! Readings: what was read from a payload, so that it need not be read again.

use rusqlite::{OptionalExtension, params};

use super::{Fault, Store, StoreError, checksum, payloads};
use crate::{digest::PayloadDigest, reading::Reading};

impl Store {
    /// The reading that was kept for a payload under `key` (the reader's version, the media type, the selectors).
    ///
    /// One that this version cannot read any more counts as none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn reading(
        &self,
        digest: &PayloadDigest,
        key: &str,
    ) -> Result<Option<Reading>, StoreError> {
        let kept: Option<(i64, Vec<u8>)> = self.read(|connection| {
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
        Ok(kept.and_then(|(length, bytes)| {
            let json = payloads::decompress(&bytes, &[], length).ok()?;
            serde_json::from_slice(&json).ok()
        }))
    }

    /// Keeps a reading of a payload that is held; an earlier one under the same key is replaced. It is not waited for:
    /// what is lost of it is read again.
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
        let at_own_path = |it: Fault| it.at(self.path());
        let json = serde_json::to_vec(reading).map_err(|it| at_own_path(Fault::damaged(it)))?;
        let bytes = payloads::compress(&json, &[]).map_err(|it| at_own_path(Fault::damaged(it)))?;
        let length = i64::try_from(json.len()).unwrap_or(i64::MAX);
        let sum = checksum([
            digest.as_bytes(),
            key.as_bytes(),
            &length.to_be_bytes(),
            &bytes,
        ]);
        self.write_some_time(move |connection| {
            let payload = payloads::id_of(connection, &digest)?
                .ok_or_else(|| Fault::NotHeld(format!("payload {digest}")))?;
            connection
                .prepare_cached(
                    "INSERT INTO reading (payload, key, length, bytes, checksum) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (payload, key) DO UPDATE
                         SET length = excluded.length, bytes = excluded.bytes, checksum = excluded.checksum",
                )?
                .execute(params![payload, key, length, bytes, sum])?;
            Ok(())
        })
    }
}
