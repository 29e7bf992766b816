//! Findings: one stored set per profile and change.

use std::{
    fmt,
    io::{self, BufReader, Read, Write as _},
};

use rusqlite::{Connection, OptionalExtension, params};
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use sha2::{Digest as _, Sha256};
use zstd::Encoder;

use super::{
    CrawlId, Fault, Store, StoreError, answers,
    ledger::{self, Kind},
    outbox, payloads,
};
use crate::{
    digest::ContentDigest,
    finding::Finding,
    ledger::{Hash, Leaf, SetDigest, Tree, elements, inclusion, leaf_hash},
};

/// A set of findings in progress, as stored: a JSON array, compressed as it grows, because there can be many findings.
#[derive(Default)]
pub struct NewSet {
    /// The compressed array so far; `None` before the first finding.
    packed: Option<Encoder<'static, Vec<u8>>>,
    /// Over the array so far.
    sha: Sha256,
    /// The bytes of the array so far.
    length: usize,
    tree: Tree,
    count: usize,
    /// Why a finding cannot be written.
    failed: Option<io::Error>,
}

/// The zstd level for sets of findings.
const LEVEL: i32 = 3;

impl NewSet {
    /// Adds a finding.
    pub fn push(&mut self, finding: &Finding) {
        let before = if self.count == 0 { b"[" } else { b"," };
        let written = serde_json::to_vec(finding)
            .map_err(io::Error::from)
            .and_then(|json| {
                self.write(before)?;
                self.tree.push(leaf_hash(&json));
                self.write(&json)
            });
        self.count += 1;
        self.failed = self.failed.take().or(written.err());
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sha.update(bytes);
        self.length += bytes.len();
        let packed = match &mut self.packed {
            Some(packed) => packed,
            none => none.insert(Encoder::new(Vec::new(), LEVEL)?),
        };
        packed.write_all(bytes)
    }

    /// The number of findings.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    fn done(mut self) -> Result<Packed, Fault> {
        let end: &[u8] = if self.count == 0 { b"[]" } else { b"]" };
        let written = match self.failed.take() {
            Some(error) => Err(error),
            None => self.write(end),
        };
        let bytes = written.and_then(|()| match self.packed {
            Some(packed) => packed.finish(),
            None => Ok(Vec::new()),
        });
        Ok(Packed {
            bytes: bytes.map_err(Fault::damaged)?,
            length: i64::try_from(self.length).unwrap_or(i64::MAX),
            set: SetDigest {
                digest: ContentDigest::from_bytes(self.sha.finalize().into()),
                size: self.count,
                root: self.tree.root(),
            },
        })
    }
}

impl fmt::Debug for NewSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("NewSet")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// A set of findings as it is stored.
struct Packed {
    bytes: Vec<u8>,
    length: i64,
    set: SetDigest,
}

impl<'f> FromIterator<&'f Finding> for NewSet {
    fn from_iter<T: IntoIterator<Item = &'f Finding>>(findings: T) -> Self {
        let mut set = Self::default();
        findings.into_iter().for_each(|finding| set.push(finding));
        set
    }
}

impl Store {
    /// Stores the findings for a profile and their basis, and returns whether they differ from the last set; the same findings are
    /// not stored twice.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_findings(
        &self,
        profile: &str,
        computed: Option<CrawlId>,
        findings: NewSet,
        basis: Option<ContentDigest>,
    ) -> Result<bool, StoreError> {
        let profile = profile.to_owned();
        let packed = findings.done().map_err(|it| it.at(self.path()))?;
        self.write(move |connection| {
            let digest = packed.set.digest;
            answers::keep_basis(connection, &profile, basis.as_ref())?;
            let last = latest(connection, &profile)?;
            if last.as_ref().is_some_and(|it| it.digest == digest) {
                return Ok(false);
            }
            let crawl = computed.map(|computed| computed.0);
            let id = connection
                .prepare_cached(
                    "INSERT INTO finding_set (profile, crawl, digest, length, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .insert(params![
                    profile,
                    crawl,
                    digest.as_bytes(),
                    packed.length,
                    packed.bytes
                ])?;
            let leaf = Leaf::Findings {
                id,
                profile: &profile,
                crawl,
                set: packed.set,
            };
            ledger::append(connection, Kind::Findings, id, &leaf)?;
            outbox::alert(connection, &profile)?;
            Ok(true)
        })
    }

    /// The latest findings for a profile; empty if there are none.
    ///
    /// # Errors
    /// The file cannot be read, or stored data is damaged.
    pub fn findings(&self, profile: &str) -> Result<Vec<Finding>, StoreError> {
        self.read(|connection| match latest(connection, profile)? {
            None => Ok(Vec::new()),
            Some(latest) => latest.findings(),
        })
    }

    /// The latest findings for a profile, if the id of one begins with one of `ids`, in lower case; else nothing. Sets without such
    /// an id are not unpacked.
    ///
    /// # Errors
    /// The file cannot be read, or stored data is damaged.
    pub fn findings_with(&self, profile: &str, ids: &[String]) -> Result<Vec<Finding>, StoreError> {
        let marks: Vec<String> = ids.iter().map(|ids| format!("\"id\":\"{ids}")).collect();
        self.read(|connection| {
            let Some(set) = latest(connection, profile)? else {
                return Ok(Vec::new());
            };
            let json = set.json()?;
            let has = |text: &String| memchr::memmem::find(&json, text.as_bytes()).is_some();
            if !marks.iter().any(has) {
                return Ok(Vec::new());
            }
            serde_json::from_slice(&json).map_err(Fault::damaged)
        })
    }

    /// The profiles with stored findings, in alphabetical order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn profiles(&self) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT DISTINCT profile FROM finding_set ORDER BY profile")?
                .query_map((), |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }
}

const NOT_AS_STORED: &str = "a set of findings is not as it was stored";

struct FindingSet {
    digest: ContentDigest,
    length: i64,
    bytes: Vec<u8>,
}

impl FindingSet {
    /// The set as stored: a JSON array.
    fn json(&self) -> Result<Vec<u8>, Fault> {
        let json = payloads::decompress(&self.bytes, &[], self.length).map_err(Fault::damaged)?;
        if ContentDigest::of(&json) != self.digest {
            return Err(Fault::damaged(NOT_AS_STORED));
        }
        Ok(json)
    }

    fn findings(&self) -> Result<Vec<Finding>, Fault> {
        serde_json::from_slice(&self.json()?).map_err(Fault::damaged)
    }
}

/// The text of the leaf for a row of `id`, `profile`, `crawl`, `digest`, `length` and `bytes`.
pub(super) fn leaf(row: &rusqlite::Row<'_>) -> Result<String, Fault> {
    let set = FindingSet {
        digest: ContentDigest::from_bytes(row.get(3)?),
        length: row.get(4)?,
        bytes: row.get(5)?,
    };
    Ok(leaf_text(row, &set.json()?)?)
}

fn leaf_text(row: &rusqlite::Row<'_>, json: &[u8]) -> rusqlite::Result<String> {
    let profile: String = row.get(1)?;
    Ok(Leaf::Findings {
        id: row.get(0)?,
        profile: &profile,
        crawl: row.get(2)?,
        set: SetDigest::of(json),
    }
    .text())
}

/// A finding in the last set that has it, and its place there.
pub(super) struct InSet {
    /// The number of the set.
    pub(super) set: i64,
    /// The text of the leaf of the set.
    pub(super) leaf: String,
    /// The finding as in the set, as JSON.
    pub(super) finding: String,
    /// Its place, from 0.
    pub(super) index: usize,
    /// The number of findings in the set.
    pub(super) size: usize,
    /// The audit path within the set.
    pub(super) path: Vec<Hash>,
}

/// Searches the sets of a profile for a finding, the last set first.
pub(super) fn in_a_set(
    connection: &Connection,
    profile: &str,
    id: &str,
) -> Result<Option<InSet>, Fault> {
    #[derive(serde::Deserialize)]
    struct Named<'a> {
        id: &'a str,
    }
    let mut statement = connection.prepare_cached(
        "SELECT id, profile, crawl, digest, length, bytes FROM finding_set WHERE profile = ?1 ORDER BY id DESC",
    )?;
    let mut rows = statement.query([profile])?;
    while let Some(row) = rows.next()? {
        let set = FindingSet {
            digest: ContentDigest::from_bytes(row.get(3)?),
            length: row.get(4)?,
            bytes: row.get(5)?,
        };
        let json = set.json()?;
        let all: Vec<&[u8]> = elements(&json).collect();
        let is_meant =
            |it: &&[u8]| serde_json::from_slice::<Named<'_>>(it).is_ok_and(|it| it.id == id);
        if let Some((index, finding)) = all.iter().enumerate().find(|(_, it)| is_meant(it)) {
            let hashes: Vec<Hash> = all.iter().map(|it| leaf_hash(it)).collect();
            return Ok(Some(InSet {
                set: row.get(0)?,
                leaf: leaf_text(row, &json)?,
                finding: String::from_utf8_lossy(finding).into_owned(),
                index,
                size: all.len(),
                path: inclusion(&hashes, index),
            }));
        }
    }
    Ok(None)
}

fn latest(connection: &Connection, profile: &str) -> rusqlite::Result<Option<FindingSet>> {
    match latest_id(connection, profile)? {
        None => Ok(None),
        Some(id) => set(connection, id).map(Some),
    }
}

/// The number of the last set of a profile.
pub(super) fn latest_id(connection: &Connection, profile: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM finding_set WHERE profile = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([profile], |row| row.get(0))
        .optional()
}

/// The findings of a set that `wanted` selects, in their order. The others are never in memory together.
pub(super) fn of_set(
    connection: &Connection,
    id: i64,
    wanted: &dyn Fn(&Finding) -> bool,
) -> Result<Vec<Finding>, Fault> {
    let set = set(connection, id)?;
    let packed = zstd::Decoder::with_buffer(set.bytes.as_slice()).map_err(Fault::damaged)?;
    let mut checked = Checked {
        plain: packed,
        sha: Sha256::new(),
    };
    let mut reader = serde_json::Deserializer::from_reader(BufReader::new(&mut checked));
    let findings = Wanted(wanted)
        .deserialize(&mut reader)
        .map_err(Fault::damaged)?;
    reader.end().map_err(Fault::damaged)?;
    if ContentDigest::from_bytes(checked.sha.finalize().into()) != set.digest {
        return Err(Fault::damaged(NOT_AS_STORED));
    }
    Ok(findings)
}

/// A reader that computes the digest of what it reads.
struct Checked<R> {
    plain: R,
    sha: Sha256,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.plain.read(buffer)?;
        self.sha.update(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

/// Deserializes the wanted findings from a JSON array.
struct Wanted<'w>(&'w dyn Fn(&Finding) -> bool);

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = Vec<Finding>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Vec<Finding>, D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Vec<Finding>;

    fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str("an array of findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Vec<Finding>, A::Error> {
        let mut findings = Vec::new();
        while let Some(element) = array.next_element()? {
            if (self.0)(&element) {
                findings.push(element);
            }
        }
        Ok(findings)
    }
}

/// The number of the profile's set before the set `id`; `None` if there is no earlier one.
pub(super) fn before(
    connection: &Connection,
    profile: &str,
    id: i64,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT id FROM finding_set WHERE profile = ?1 AND id < ?2 ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![profile, id], |row| row.get(0))
        .optional()
}

fn set(connection: &Connection, id: i64) -> rusqlite::Result<FindingSet> {
    connection
        .prepare_cached("SELECT digest, length, bytes FROM finding_set WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(FindingSet {
                digest: ContentDigest::from_bytes(row.get(0)?),
                length: row.get(1)?,
                bytes: row.get(2)?,
            })
        })
}
