//! The rows of the ledger: a leaf for everything that is stored, in the same transaction, and the checkpoints over them.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Store, StoreError, checksum, instant, micros, pushes, visits};
use crate::{
    clock::Instant,
    digest::PayloadDigest,
    ledger::{
        Consistency, Hash, Inclusion, Leaf, Signer, Tree, Verifier, consistency, inclusion,
        leaf_hash,
    },
};

/// The kind of row that a leaf is about, by its number in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Capture = 1,
    Findings = 2,
    Review = 3,
    Crawl = 4,
    CrawlEnded = 5,
    Removal = 6,
    Sealed = 7,
    Mute = 8,
    Push = 9,
}

impl Kind {
    /// The kind with that number; `None` for a number of a newer version.
    pub(super) fn of(number: i64) -> Option<Self> {
        [
            Self::Capture,
            Self::Findings,
            Self::Review,
            Self::Crawl,
            Self::CrawlEnded,
            Self::Removal,
            Self::Sealed,
            Self::Mute,
            Self::Push,
        ]
        .into_iter()
        .find(|it| *it as i64 == number)
    }

    /// The kind of row, in words.
    pub(super) fn place(self, row: i64) -> String {
        let what = match self {
            Self::Capture => "capture",
            Self::Findings => "set of findings",
            Self::Review => "review",
            Self::Crawl => "crawl",
            Self::CrawlEnded => "end of crawl",
            Self::Removal => "removal",
            Self::Mute => "mute",
            Self::Push => "push",
            Self::Sealed => {
                let at = Instant::from_timestamp_micros(row);
                return format!(
                    "checkpoint at {}",
                    at.map_or(String::new(), crate::clock::warc_date)
                );
            }
        };
        format!("{what} {row}")
    }
}

/// A checkpoint as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The signed note.
    pub note: String,
    /// The key that signed it.
    pub key: String,
    /// The number of leaves that it covers.
    pub size: u64,
    /// The time-stamp token over the note, if there is one.
    pub token: Option<Vec<u8>>,
}

/// A proof with its leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// The text of the leaf.
    pub leaf: String,
    /// The proof.
    pub proof: Inclusion,
    /// The key that signed its checkpoint.
    pub key: String,
}

/// Adds the leaf for a row that was just written.
pub(super) fn append(
    connection: &Connection,
    kind: Kind,
    row: i64,
    leaf: &Leaf<'_>,
) -> Result<(), Fault> {
    put(connection, kind, row, &leaf.hash())
}

fn put(connection: &Connection, kind: Kind, row: i64, hash: &Hash) -> Result<(), Fault> {
    connection
        .prepare_cached("INSERT INTO leaf (kind, row, hash) VALUES (?1, ?2, ?3)")?
        .execute(params![kind as i64, row, hash])?;
    Ok(())
}

/// Adds the leaves for everything stored before there was a ledger, and the checksums.
pub(super) fn begin(connection: &Connection) -> Result<(), Fault> {
    let mut each = |kind: Kind, row: i64, text: Result<String, Fault>| match text {
        Ok(text) => put(connection, kind, row, &leaf_hash(text.as_bytes())),
        // Existing damage does not stop the migration; `verify` reports it, before and after.
        Err(Fault::Damaged(detail)) => {
            tracing::warn!("{} is damaged: {detail}", kind.place(row));
            put(connection, kind, row, &[0; 32])
        }
        Err(other) => Err(other),
    };
    // At that time, nothing could be removed or muted.
    each_leaf_of_old(connection, &mut each)?;
    let mut hosts = connection.prepare("SELECT origin, state FROM host")?;
    let mut rows = hosts.query(())?;
    while let Some(row) = rows.next()? {
        let (origin, state): (String, String) = (row.get(0)?, row.get(1)?);
        connection.execute(
            "UPDATE host SET checksum = ?2 WHERE origin = ?1",
            params![origin, checksum([origin.as_bytes(), state.as_bytes()])],
        )?;
    }
    Ok(())
}

/// Passes every row that must have a leaf to `each`, with the text of the leaf made from the row; by kind, then by row.
pub(super) fn each_leaf(
    connection: &Connection,
    each: &mut dyn FnMut(Kind, i64, Result<String, Fault>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    each_leaf_of_old(connection, each)?;
    let mut statement = connection.prepare(
        "SELECT removal.id, payload.digest, at, reason, author FROM removal JOIN payload ON payload.id = removal.payload ORDER BY removal.id",
    )?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        each(Kind::Removal, row.get(0)?, removal(row))?;
    }
    super::mutes::each(connection, &mut |id, mute| {
        let text = mute.map(|mute| Leaf::Mute { id, mute: &mute }.text());
        each(Kind::Mute, id, text)
    })?;
    pushes::each_leaf(connection, &mut |id, text| each(Kind::Push, id, text))
}

/// The rows of all kinds but the younger ones: removals, mutes and pushes.
fn each_leaf_of_old(
    connection: &Connection,
    each: &mut dyn FnMut(Kind, i64, Result<String, Fault>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    visits::each_leaf(connection, None, &mut |id, text| {
        each(Kind::Capture, id, text)
    })?;
    let mut statement = connection
        .prepare("SELECT id, profile, crawl, digest, length, bytes FROM finding_set ORDER BY id")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        each(Kind::Findings, row.get(0)?, super::findings::leaf(row))?;
    }
    let mut statement = connection.prepare(
        "SELECT id, finding, decision, at, author, note, about, terms FROM review ORDER BY id",
    )?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        each(Kind::Review, row.get(0)?, review(row))?;
    }
    let mut statement = connection
        .prepare("SELECT id, started, software, command, ended, counts FROM crawl ORDER BY id")?;
    let mut rows = statement.query(())?;
    let mut ended = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        each(Kind::Crawl, id, crawl(row))?;
        match (
            row.get::<_, Option<i64>>(4)?,
            row.get::<_, Option<String>>(5)?,
        ) {
            (None, None) => {}
            (Some(at), Some(counts)) => ended.push((
                id,
                instant(at).map(|ended| {
                    let counts = &counts;
                    Leaf::CrawlEnded { id, ended, counts }.text()
                }),
            )),
            _ => ended.push((id, Err(Fault::damaged("its end is incomplete")))),
        }
    }
    for (id, hash) in ended {
        each(Kind::CrawlEnded, id, hash)?;
    }
    Ok(())
}

fn review(row: &rusqlite::Row<'_>) -> Result<String, Fault> {
    let text = |column: usize| row.get::<_, Option<String>>(column);
    let (finding, by): (String, String) = (row.get(1)?, row.get(4)?);
    Ok(Leaf::Review {
        id: row.get(0)?,
        finding: &finding,
        decision: text(2)?.as_deref(),
        at: instant(row.get(3)?)?,
        by: &by,
        note: text(5)?.as_deref(),
        about: text(6)?.as_deref(),
        terms: text(7)?.as_deref(),
    }
    .text())
}

fn crawl(row: &rusqlite::Row<'_>) -> Result<String, Fault> {
    let (software, command): (String, String) = (row.get(2)?, row.get(3)?);
    Ok(Leaf::Crawl {
        id: row.get(0)?,
        started: instant(row.get(1)?)?,
        software: &software,
        command: &command,
    }
    .text())
}

fn removal(row: &rusqlite::Row<'_>) -> Result<String, Fault> {
    let reason: String = row.get(3)?;
    let by: Option<String> = row.get(4)?;
    Ok(Leaf::Removal {
        id: row.get(0)?,
        payload: PayloadDigest::from_bytes(row.get(1)?),
        at: instant(row.get(2)?)?,
        by: by.as_deref(),
        reason: &reason,
    }
    .text())
}

impl Store {
    /// Writes a signed and durable checkpoint over everything stored; `None` if nothing is new since the last one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn seal(&self, signer: &Signer, at: Instant) -> Result<Option<Seal>, StoreError> {
        // The thread of the writer outlives this call, so it gets its own key.
        let secret = signer.secret();
        let signer: Signer = secret
            .parse()
            .map_err(|error| Fault::damaged(error).at(self.path()))?;
        self.write(move |connection| {
            let last = last(connection)?;
            let mut tree = match &last {
                None => Tree::default(),
                Some((seal, peaks)) => {
                    Tree::of_peaks(seal.size, hashes(peaks)?).ok_or_else(|| {
                        Fault::damaged(
                            "the subtrees of the latest checkpoint do not match its size",
                        )
                    })?
                }
            };
            let begun = tree.size();
            push_from(connection, &mut tree, u64::MAX)?;
            if tree.size() == begun {
                return Ok(None);
            }
            let sealed = Leaf::Sealed { at };
            append(connection, Kind::Sealed, micros(at), &sealed)?;
            tree.push(sealed.hash());
            let seal = Seal {
                note: signer.sign(tree.size(), tree.root()),
                key: signer.verifier().to_string(),
                size: tree.size(),
                token: None,
            };
            connection
                .prepare_cached(
                    "INSERT INTO checkpoint (size, note, key, peaks) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    number(seal.size),
                    seal.note,
                    seal.key,
                    tree.peaks().concat()
                ])?;
            Ok(Some(seal))
        })
    }

    /// Stores the time-stamp token for a checkpoint.
    ///
    /// # Errors
    /// There is no such checkpoint; the file cannot be written.
    pub fn put_token(&self, size: u64, token: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let rows = connection
                .prepare_cached("UPDATE checkpoint SET token = ?2 WHERE size = ?1")?
                .execute(params![number(size), token])?;
            if rows == 0 {
                return Err(Fault::NotHeld(format!("checkpoint of {size} leaves")));
            }
            Ok(())
        })
    }

    /// The checkpoints, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn seals(&self) -> Result<Vec<Seal>, StoreError> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT size, note, key, token FROM checkpoint ORDER BY size")?
                .query_map((), seal_of)?
                .collect::<Result<_, _>>()?)
        })
    }

    /// The latest checkpoint; `None` before the first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_seal(&self) -> Result<Option<Seal>, StoreError> {
        self.read(|connection| Ok(last(connection)?.map(|it| it.0)))
    }

    /// The proof that a capture is in the tree of the latest checkpoint.
    ///
    /// # Errors
    /// It is not stored, or is newer than the latest checkpoint.
    pub fn prove_capture(&self, id: super::CaptureId) -> Result<Proved, StoreError> {
        self.read(|connection| {
            let mut text = None;
            visits::each_leaf(connection, Some(id.0), &mut |_, it| {
                text = Some(it?);
                Ok(())
            })?;
            let text = text.ok_or_else(|| Fault::NotHeld(format!("capture {}", id.0)))?;
            prove(
                connection,
                Kind::Capture,
                id.0,
                text,
                |leaf| serde_json::json!({ "leaf": leaf }),
            )
        })
    }

    /// The proof that a finding is in the tree of the latest checkpoint: in its set, and the set in the tree.
    ///
    /// # Errors
    /// It is not stored, or is newer than the latest checkpoint.
    pub fn prove_finding(&self, profile: &str, id: &str) -> Result<Proved, StoreError> {
        self.read(|connection| {
            let found = super::findings::in_a_set(connection, profile, id)?
                .ok_or_else(|| Fault::NotHeld(format!("finding {id} of {profile}")))?;
            let super::findings::InSet { set, leaf, finding, index, size, path } = found;
            prove(connection, Kind::Findings, set, leaf, |leaf| {
                let path: Vec<String> = path.iter().map(|path| crate::digest::hex(path)).collect();
                serde_json::json!({"leaf": leaf, "finding": finding, "index": index, "size": size, "path": path})
            })
        })
    }

    /// The proof that the tree of `old` leaves is the beginning of the tree of the checkpoint of `new` leaves.
    ///
    /// # Errors
    /// There is no such checkpoint, or `old` is not before it.
    pub fn prove_between(&self, old: u64, new: u64) -> Result<Consistency, StoreError> {
        self.read(|connection| {
            let seal = connection
                .prepare_cached("SELECT size, note, key, token FROM checkpoint WHERE size = ?1")?
                .query_row([number(new)], seal_of)
                .optional()?
                .ok_or_else(|| Fault::NotHeld(format!("checkpoint of {new} leaves")))?;
            if old == 0 || old > new {
                return Err(Fault::NotHeld(format!(
                    "tree of {old} leaves before one of {new}"
                )));
            }
            let leaves = leaves(connection, new)?;
            let old_size = usize::try_from(old).unwrap_or(usize::MAX);
            Ok(Consistency {
                old,
                path: consistency(&leaves, old_size),
                note: seal.note,
            })
        })
    }
}

fn prove(
    connection: &Connection,
    kind: Kind,
    row: i64,
    leaf: String,
    extra: impl FnOnce(&str) -> serde_json::Value,
) -> Result<Proved, Fault> {
    let place: Option<i64> = connection
        .prepare_cached("SELECT number FROM leaf WHERE kind = ?1 AND row = ?2")?
        .query_row(params![kind as i64, row], |row| row.get(0))
        .optional()?;
    let index = place.map_or(u64::MAX, |place| place.unsigned_abs() - 1);
    let seal = last(connection)?.map(|it| it.0);
    let seal = seal
        .filter(|seal| index < seal.size)
        .ok_or_else(|| Fault::NotHeld(format!("checkpoint yet that covers {}", kind.place(row))))?;
    let leaves = leaves(connection, seal.size)?;
    let at = usize::try_from(index).unwrap_or(usize::MAX);
    let proof = Inclusion {
        extra: extra(&leaf).to_string().into_bytes(),
        index,
        path: inclusion(&leaves, at),
        note: seal.note,
    };
    // The receiver of a proof should not be the first to find that it is not valid.
    let verifier: Verifier = seal.key.parse().map_err(Fault::damaged)?;
    proof.check(leaf.as_bytes(), &verifier).map_err(|error| {
        Fault::damaged(format!(
            "the proof of {} is not valid: {error}",
            kind.place(row)
        ))
    })?;
    Ok(Proved {
        leaf,
        proof,
        key: seal.key,
    })
}

fn seal_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Seal> {
    Ok(Seal {
        size: row.get::<_, i64>(0)?.unsigned_abs(),
        note: row.get(1)?,
        key: row.get(2)?,
        token: row.get(3)?,
    })
}

/// The latest checkpoint, with the subtrees of its tree.
fn last(connection: &Connection) -> rusqlite::Result<Option<(Seal, Vec<u8>)>> {
    connection
        .prepare_cached(
            "SELECT size, note, key, token, peaks FROM checkpoint ORDER BY size DESC LIMIT 1",
        )?
        .query_row((), |row| Ok((seal_of(row)?, row.get(4)?)))
        .optional()
}

/// The consecutive hashes in `bytes`.
pub(super) fn hashes(bytes: &[u8]) -> Result<Vec<Hash>, Fault> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(hashes.to_vec())
    } else {
        Err(Fault::damaged("the subtrees of a checkpoint are truncated"))
    }
}

/// Adds the leaves that come after those of `tree`, up to the one with number `size`.
pub(super) fn push_from(connection: &Connection, tree: &mut Tree, size: u64) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT number, hash FROM leaf WHERE number > ?1 AND number <= ?2 ORDER BY number",
    )?;
    let mut rows = statement.query([number(tree.size()), number(size)])?;
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(0)? != number(tree.size()) + 1 {
            return Err(Fault::damaged(format!(
                "leaf {} of the ledger is missing",
                tree.size() + 1
            )));
        }
        tree.push(row.get(1)?);
    }
    Ok(())
}

/// The hashes of the first `size` leaves.
pub(super) fn leaves(connection: &Connection, size: u64) -> Result<Vec<Hash>, Fault> {
    let leaves: Vec<Hash> = connection
        .prepare_cached("SELECT hash FROM leaf WHERE number <= ?1 ORDER BY number")?
        .query_map([number(size)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if leaves.len() as u64 == size {
        Ok(leaves)
    } else {
        Err(Fault::damaged("leaves of the ledger are missing"))
    }
}

/// A number of leaves as SQLite stores it.
pub(super) fn number(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
