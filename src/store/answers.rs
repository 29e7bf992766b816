//! Answers: what the visits of a page say about a claim, and what the latest findings rest on. Derived data: it can be computed again.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Store, StoreError, checksum, instant, micros, payloads};
use crate::{clock::Instant, digest::ContentDigest};

/// What the visits of one page, up to one of its spans, say about one part of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which question: `page`, `claim ID`, `choice ID`.
    pub part: String,
    /// The number of the reference whose page was asked.
    pub reference: u32,
    /// A digest of the question and of the versions that answered it.
    pub basis: ContentDigest,
    /// The chain of the last span that it uses.
    pub chain: i64,
    /// The date of the last visit of that span at that time. If the span now ends earlier, visits came in between, and the answer is void.
    pub until: Instant,
    /// The answer.
    pub json: PackedJson,
}

/// JSON as stored: compressed, so that many answers fit in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedJson {
    length: i64,
    bytes: Vec<u8>,
}

impl PackedJson {
    /// The original text; `None` if it cannot be unpacked.
    #[must_use]
    pub fn text(&self) -> Option<Vec<u8>> {
        payloads::decompress(&self.bytes, &[], self.length).ok()
    }
}

const SELECT: &str =
    "SELECT part, reference, basis, chain, until, length, bytes FROM answer WHERE profile = ?1";

impl Store {
    /// The stored answers for a profile, in the order of their parts.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn answers(&self, profile: &str) -> Result<Vec<Answer>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("{SELECT} ORDER BY part, reference"))?
                .query_map([profile], read)?
                .filter_map(|it| it.map_err(Fault::from).transpose())
                .collect()
        })
    }

    /// The stored answers about one part of a profile, in the order of the references.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn answers_about(&self, profile: &str, part: &str) -> Result<Vec<Answer>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("{SELECT} AND part = ?2 ORDER BY reference"))?
                .query_map([profile, part], read)?
                .filter_map(|it| it.map_err(Fault::from).transpose())
                .collect()
        })
    }

    /// How far the answers about a part of a profile go: the chain of the last span that each uses, by the number of the reference.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn answered_until(
        &self,
        profile: &str,
        part: &str,
    ) -> Result<BTreeMap<u32, i64>, StoreError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT reference, chain FROM answer WHERE profile = ?1 AND part = ?2",
                )?
                .query_map([profile, part], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?)
        })
    }

    /// Compresses a JSON text in the way answers are stored.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn packed(&self, json: &[u8]) -> Result<PackedJson, StoreError> {
        Ok(PackedJson {
            length: i64::try_from(json.len()).unwrap_or(i64::MAX),
            bytes: payloads::compress_thoroughly(json, &[])
                .map_err(|error| Fault::damaged(error).at(self.path()))?,
        })
    }

    /// Stores answers for a profile, replacing those to the same questions. Does not wait: lost answers are computed again.
    ///
    /// # Errors
    /// The store is closed, or was opened to read only.
    pub fn put_answers(&self, profile: &str, answers: Vec<Answer>) -> Result<(), StoreError> {
        let profile = profile.to_owned();
        self.write_some_time(move |connection| {
            let mut statement = connection.prepare_cached(
                "INSERT OR REPLACE INTO answer (profile, part, reference, basis, chain, until, length, bytes, checksum)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?;
            for answer in &answers {
                let PackedJson { length, bytes } = &answer.json;
                let sum = checksum_of(
                    (&profile, &answer.part, answer.reference),
                    answer.basis.as_bytes(),
                    [answer.chain, micros(answer.until), *length],
                    bytes,
                );
                statement.execute(params![
                    profile,
                    answer.part,
                    answer.reference,
                    answer.basis.as_bytes(),
                    answer.chain,
                    micros(answer.until),
                    length,
                    bytes,
                    sum
                ])?;
            }
            Ok(())
        })
    }

    /// Deletes the answers of a profile to these questions, each a part and a reference.
    ///
    /// # Errors
    /// The store is closed, or was opened to read only.
    pub fn drop_answers(
        &self,
        profile: &str,
        questions: Vec<(String, u32)>,
    ) -> Result<(), StoreError> {
        let profile = profile.to_owned();
        self.write_some_time(move |connection| {
            let mut statement = connection.prepare_cached(
                "DELETE FROM answer WHERE profile = ?1 AND part = ?2 AND reference = ?3",
            )?;
            for (part, reference) in &questions {
                statement.execute(params![profile, part, reference])?;
            }
            Ok(())
        })
    }

    /// Deletes all answers of a profile, and the basis of its latest findings.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn forget_answers(&self, profile: &str) -> Result<(), StoreError> {
        let profile = profile.to_owned();
        self.write(move |connection| {
            connection.execute("DELETE FROM answer WHERE profile = ?1", [&profile])?;
            connection.execute("DELETE FROM basis WHERE profile = ?1", [&profile])?;
            Ok(())
        })
    }

    /// The basis of the latest findings of a profile; `None` if unknown.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn basis(&self, profile: &str) -> Result<Option<ContentDigest>, StoreError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT digest FROM basis WHERE profile = ?1")?
                .query_row([profile], |row| row.get(0).map(ContentDigest::from_bytes))
                .optional()?)
        })
    }

    /// Records that a run checked whether anything is due.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note_look(&self, at: Instant) -> Result<(), StoreError> {
        self.write(move |connection| {
            connection
                .prepare_cached("INSERT OR REPLACE INTO look (only, at) VALUES (1, ?1)")?
                .execute([micros(at)])?;
            Ok(())
        })
    }

    /// When a run last checked whether anything is due; `None` before the first run.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_look(&self) -> Result<Option<Instant>, StoreError> {
        self.read(|connection| {
            let at = connection
                .prepare_cached("SELECT at FROM look")?
                .query_row((), |row| row.get(0))
                .optional()?;
            at.map(instant).transpose()
        })
    }
}

/// The answer in a row; `None` if its date is invalid.
fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Answer>> {
    let Some(until) = Instant::from_timestamp_micros(row.get(4)?) else {
        return Ok(None);
    };
    Ok(Some(Answer {
        part: row.get(0)?,
        reference: row.get(1)?,
        basis: ContentDigest::from_bytes(row.get(2)?),
        chain: row.get(3)?,
        until,
        json: PackedJson {
            length: row.get(5)?,
            bytes: row.get(6)?,
        },
    }))
}

/// Stores the basis of the latest findings of a profile.
pub(super) fn keep_basis(
    connection: &Connection,
    profile: &str,
    basis: Option<&ContentDigest>,
) -> rusqlite::Result<()> {
    match basis {
        Some(basis) => connection
            .prepare_cached(
                "INSERT OR REPLACE INTO basis (profile, digest, checksum) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![
                profile,
                basis.as_bytes(),
                basis_checksum(profile, basis.as_bytes())
            ]),
        None => connection
            .prepare_cached("DELETE FROM basis WHERE profile = ?1")?
            .execute([profile]),
    }
    .map(|_| ())
}

/// The checksum of a row of the table `basis`.
pub(super) fn basis_checksum(profile: &str, digest: &[u8; 32]) -> i64 {
    checksum([profile.as_bytes(), digest])
}

/// The checksum of a row of the table `answer`.
pub(super) fn checksum_of(
    (profile, part, reference): (&str, &str, u32),
    basis: &[u8; 32],
    [chain, until, length]: [i64; 3],
    bytes: &[u8],
) -> i64 {
    checksum([
        profile.as_bytes(),
        part.as_bytes(),
        &reference.to_be_bytes(),
        basis,
        &chain.to_be_bytes(),
        &until.to_be_bytes(),
        &length.to_be_bytes(),
        bytes,
    ])
}
