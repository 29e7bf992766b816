//! Payloads removed on purpose: their digests stay known, and each removal is recorded.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Fault, PATIENCE, Store, StoreError, instant,
    ledger::{self, Kind},
    micros, payloads, spans,
};
use crate::{
    capture::Removed, clock::Instant, digest::PayloadDigest, ledger::Leaf, uri::TargetUri,
};

/// A payload to remove, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The payload.
    pub payload: PayloadDigest,
    /// The rule, in words: `not kept by "90d: 1w"`.
    pub reason: String,
}

/// The size of a payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// The bytes as received.
    pub plain: u64,
    /// The bytes as stored.
    pub kept: u64,
}

impl Store {
    /// Every address that was ever requested, in the order of the keys.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn addresses(&self) -> Result<Vec<TargetUri>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT uri FROM uri WHERE EXISTS (SELECT 1 FROM capture WHERE capture.uri = uri.id) ORDER BY surt, uri",
            )?;
            let mut rows = statement.query(())?;
            let mut uris = Vec::new();
            while let Some(row) = rows.next()? {
                let uri = row.get_ref(0)?.as_str().map_err(Fault::damaged)?;
                uris.push(uri.parse().map_err(Fault::damaged)?);
            }
            Ok(uris)
        })
    }

    /// The size of a payload; `None` if its bytes are not stored.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn weight(&self, payload: &PayloadDigest) -> Result<Option<Weight>, StoreError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT length, length(bytes) FROM payload WHERE digest = ?1 AND bytes IS NOT NULL",
                )?
                .query_row([payload.as_bytes()], |row| {
                    Ok(Weight {
                        plain: row.get::<_, i64>(0)?.unsigned_abs(),
                        kept: row.get::<_, i64>(1)?.unsigned_abs(),
                    })
                })
                .optional()?)
        })
    }

    /// When and why a payload was removed on purpose; `None` for one that is stored or unknown.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn removal(&self, payload: &PayloadDigest) -> Result<Option<Removed>, StoreError> {
        self.read(|connection| {
            let id = connection
                .prepare_cached("SELECT id FROM payload WHERE digest = ?1 AND bytes IS NULL")?
                .query_row([payload.as_bytes()], |row| row.get(0))
                .optional()?;
            let removal = id.map(|id| removal_of(connection, id)).transpose()?;
            Ok(removal.flatten().map(|removal| removal.0))
        })
    }

    /// How many payloads were removed on purpose and did not come again, and when the last of them was; `None` if there are none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn removals(&self) -> Result<Option<(u64, Instant)>, StoreError> {
        self.read(|connection| {
            let (count, last) = connection
                .prepare_cached(
                    "SELECT count(DISTINCT payload.id), max(removal.at) FROM removal
                     JOIN payload ON payload.id = removal.payload WHERE payload.bytes IS NULL",
                )?
                .query_row((), |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
                })?;
            let last = last.map(instant).transpose()?;
            Ok(last.map(|it| (count.unsigned_abs(), it)))
        })
    }

    /// Passes every finding that was ever stored, and those that reviews are about, to `each` as JSON.
    ///
    /// # Errors
    /// The file cannot be read, or what was kept does not read back.
    pub fn each_finding(&self, mut each: impl FnMut(serde_json::Value)) -> Result<(), StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT length, bytes FROM finding_set")?;
            let mut rows = statement.query(())?;
            while let Some(row) = rows.next()? {
                let bytes = row.get_ref(1)?;
                let bytes = bytes.as_blob().map_err(Fault::damaged)?;
                let json = payloads::decompress(bytes, &[], row.get(0)?).map_err(Fault::damaged)?;
                each(serde_json::from_slice(&json).map_err(Fault::damaged)?);
            }
            let mut statement =
                connection.prepare_cached("SELECT about FROM review WHERE about IS NOT NULL")?;
            let mut rows = statement.query(())?;
            while let Some(row) = rows.next()? {
                let json: String = row.get(0)?;
                each(serde_json::from_str(&json).map_err(Fault::damaged)?);
            }
            Ok(())
        })
    }

    /// Removes the bytes and readings of payloads, and enters each removal in the ledger: all or nothing.
    ///
    /// Payloads that are stored against one of them are first read, checked and written again. The rows of the captures stay, with
    /// the digests. `by` is the person. Payloads that are not stored are skipped. Returns how many were removed.
    ///
    /// # Errors
    /// The file cannot be written; a payload that is kept is damaged.
    pub fn remove_payloads(
        &self,
        removals: Vec<Removal>,
        at: Instant,
        by: Option<&str>,
    ) -> Result<u64, StoreError> {
        let by = by.map(str::to_owned);
        self.write(move |connection| {
            let mut going = HashSet::new();
            for removal in &removals {
                let stored: Option<i64> = connection
                    .prepare_cached(
                        "SELECT id FROM payload WHERE digest = ?1 AND bytes IS NOT NULL",
                    )?
                    .query_row([removal.payload.as_bytes()], |row| row.get(0))
                    .optional()?;
                let Some(payload) = stored.filter(|stored| going.insert(*stored)) else {
                    continue;
                };
                let id = connection
                    .prepare_cached(
                        "INSERT INTO removal (payload, at, reason, author) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .insert(params![payload, micros(at), removal.reason, by])?;
                let leaf = Leaf::Removal {
                    id,
                    payload: removal.payload,
                    at,
                    by: by.as_deref(),
                    reason: &removal.reason,
                };
                ledger::append(connection, Kind::Removal, id, &leaf)?;
            }
            payloads::lift(connection, &going)?;
            payloads::empty(connection, &going)?;
            going
                .iter()
                .try_for_each(|it| spans::payload_changed(connection, *it))?;
            Ok(going.len() as u64)
        })
    }

    /// Returns the space of removed bytes to the disk; returns by how many bytes the file shrank.
    ///
    /// # Errors
    /// The disk has no space for a temporary second copy; another program locks the store.
    pub fn give_back(&self) -> Result<u64, StoreError> {
        self.writer()?;
        let size = |connection: &Connection| {
            connection.query_row(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                (),
                |row| row.get::<_, i64>(0),
            )
        };
        let compact = || {
            let connection = Connection::open(self.path())?;
            connection.busy_timeout(PATIENCE)?;
            let before = size(&connection)?;
            connection.execute_batch("VACUUM")?;
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))?;
            Ok::<_, rusqlite::Error>(before - size(&connection)?)
        };
        compact()
            .map(|compact| u64::try_from(compact).unwrap_or_default())
            .map_err(|error| Fault::from(error).at(self.path()))
    }
}

/// Why the bytes of a payload are missing.
pub(super) fn missing(connection: &Connection, payload: i64) -> Fault {
    match removal_of(connection, payload) {
        Ok(None) => Fault::NotHeld(format!("bytes of payload {payload}")),
        Ok(Some((removed, _))) => match digest_of(connection, payload) {
            Ok(digest) => Fault::Removed {
                what: format!("payload {digest}"),
                at: removed.at,
                why: removed.why,
            },
            Err(error) => error.into(),
        },
        Err(fault) => fault,
    }
}

fn digest_of(connection: &Connection, payload: i64) -> rusqlite::Result<PayloadDigest> {
    connection
        .prepare_cached("SELECT digest FROM payload WHERE id = ?1")?
        .query_row([payload], |row| row.get(0).map(PayloadDigest::from_bytes))
}

/// When and why a payload was removed, and the text of its leaf in the ledger; `None` for one that was not removed, or that
/// came again.
pub(super) fn removal_of(
    connection: &Connection,
    payload: i64,
) -> Result<Option<(Removed, String)>, Fault> {
    let row = connection
        .prepare_cached(
            "SELECT removal.id, payload.digest, removal.at, removal.reason, removal.author FROM removal JOIN payload ON payload.id = removal.payload
             WHERE removal.payload = ?1 AND payload.bytes IS NULL ORDER BY removal.id DESC LIMIT 1",
        )?
        .query_row([payload], |row| {
            Ok((
                row.get(0)?,
                PayloadDigest::from_bytes(row.get(1)?),
                row.get::<_, i64>(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, Option<String>>(4)?,
            ))
        })
        .optional()?;
    let Some((id, payload, at, why, by)) = row else {
        return Ok(None);
    };
    let at = instant(at)?;
    let leaf = Leaf::Removal {
        id,
        payload,
        at,
        by: by.as_deref(),
        reason: &why,
    };
    let text = leaf.text();
    Ok(Some((Removed { at, by, why }, text)))
}
