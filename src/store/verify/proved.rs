//! Checks the ledger against the rows, against its checkpoints, and against checkpoints that were kept elsewhere.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{Advance, Problem, Trust, Verified, attempt};
use crate::{
    clock::Instant,
    ledger::{Checkpoint, Hash, Leaf, Stamp, Tree, Verifier, leaf_hash},
    store::{
        Fault,
        ledger::{self, Kind},
    },
};

/// Checks the ledger.
pub(super) fn check(
    connection: &Connection,
    trust: &Trust,
    verified: &mut Verified,
    tell: &mut dyn FnMut(Advance),
) {
    let mut heads = Heads::default();
    let mut problems = std::mem::take(&mut verified.problems);
    attempt(&mut problems, "checkpoints", |it| {
        heads.read(connection, trust, it)?;
        Ok(())
    });
    let mut leaves = Vec::new();
    attempt(&mut problems, "ledger", |it| {
        (verified.leaves, leaves) = grow(connection, &mut heads, it)?;
        for (size, heads) in &heads.wanted {
            let detail = format!(
                "it covers {size} leaves, but the ledger has only {}",
                verified.leaves
            );
            it.extend(heads.iter().map(|head| Problem::new(&head.name, &detail)));
        }
        Ok(())
    });
    verified.sealed = heads.sealed;
    verified.key = heads.key;
    verified.stamped = heads.stamped;
    attempt(&mut problems, "ledger", |it| {
        rows(connection, leaves, it, tell)
    });
    verified.problems = problems;
}

/// A tree head that the ledger must contain.
struct Head {
    name: String,
    root: Hash,
    /// Its subtrees as stored; `None` for one that was kept elsewhere.
    peaks: Option<Vec<Hash>>,
}

/// The tree heads by size.
#[derive(Default)]
struct Heads {
    wanted: BTreeMap<u64, Vec<Head>>,
    /// The sizes of those in the store.
    sizes: Vec<u64>,
    sealed: u64,
    key: Option<String>,
    stamped: Option<(Stamp, u64)>,
}

impl Heads {
    fn read(
        &mut self,
        connection: &Connection,
        trust: &Trust,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let mut statement = connection
            .prepare("SELECT size, note, key, peaks, token FROM checkpoint ORDER BY size")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let size = row.get::<_, i64>(0)?.unsigned_abs();
            let (note, key): (String, String) = (row.get(1)?, row.get(2)?);
            let peaks: Vec<u8> = row.get(3)?;
            let name = format!("checkpoint over {size} leaves");
            let opened = key
                .parse::<Verifier>()
                .map_err(|error| format!("its key {error}"))
                .and_then(|value| value.open(&note).map_err(|error| error.to_string()));
            if let Some(token) = row.get::<_, Option<Vec<u8>>>(4)? {
                match Stamp::read(&token, &note, &trust.roots) {
                    Ok(read) => self.stamped = Some((read, size)),
                    Err(error) => problems.push(Problem::new(&name, error)),
                }
            }
            self.sizes.push(size);
            self.sealed = size;
            self.key = Some(key);
            match opened {
                Ok(Checkpoint {
                    size: said, root, ..
                }) if said == size => {
                    let peaks = Some(ledger::hashes(&peaks)?);
                    self.wanted
                        .entry(size)
                        .or_default()
                        .push(Head { name, root, peaks });
                }
                Ok(opened) => problems.push(Problem::new(
                    name,
                    format!("it says {} leaves", opened.size),
                )),
                Err(detail) => problems.push(Problem::new(name, detail)),
            }
        }
        let last: Option<Verifier> = self.key.as_deref().and_then(|key| key.parse().ok());
        if let (Some(trusted), Some(key)) = (&trust.verifier, &self.key)
            && last.as_ref() != Some(trusted)
        {
            problems.push(Problem::new(
                "ledger",
                format!("its latest checkpoint is signed by {key}, not by {trusted}"),
            ));
        }
        let Some(verifier) = trust.verifier.clone().or(last) else {
            for (name, _) in &trust.checkpoints {
                problems.push(Problem::new(
                    name,
                    "the store has no checkpoint to compare it with",
                ));
            }
            return Ok(());
        };
        for (name, note) in &trust.checkpoints {
            match verifier.open(note) {
                Ok(Checkpoint { size, root, .. }) => {
                    let head = Head {
                        name: name.clone(),
                        root,
                        peaks: None,
                    };
                    self.wanted.entry(size).or_default().push(head);
                }
                Err(error) => problems.push(Problem::new(name, error)),
            }
        }
        Ok(())
    }
}

/// One leaf of the ledger.
struct Entry {
    kind: Kind,
    row: i64,
    hash: Hash,
}

/// Grows the tree leaf by leaf, and compares it with the tree heads on the way; matching ones are removed from `heads`.
fn grow(
    connection: &Connection,
    heads: &mut Heads,
    problems: &mut Vec<Problem>,
) -> Result<(u64, Vec<Entry>), Fault> {
    let mut statement =
        connection.prepare("SELECT number, kind, row, hash FROM leaf ORDER BY number")?;
    let mut rows = statement.query(())?;
    let (mut tree, mut leaves) = (Tree::default(), Vec::new());
    meet(heads, &tree, problems);
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let place = || format!("leaf {number} of the ledger");
        if number != ledger::number(tree.size()) + 1 {
            return Err(Fault::damaged(format!(
                "leaf {} is missing",
                tree.size() + 1
            )));
        }
        let hash: Hash = row.get(3)?;
        tree.push(hash);
        match Kind::of(row.get(1)?) {
            Some(Kind::Sealed) => {
                let at = Instant::from_timestamp_micros(row.get(2)?);
                let is_it = at.is_some_and(|at| Leaf::Sealed { at }.hash() == hash);
                if !is_it || heads.sizes.binary_search(&tree.size()).is_err() {
                    problems.push(Problem::new(place(), "it is not the end of a checkpoint"));
                }
            }
            Some(kind) => leaves.push(Entry {
                kind,
                row: row.get(2)?,
                hash,
            }),
            None => problems.push(Problem::new(place(), "it is about an unknown kind of row")),
        }
        meet(heads, &tree, problems);
    }
    Ok((tree.size(), leaves))
}

fn meet(heads: &mut Heads, tree: &Tree, problems: &mut Vec<Problem>) {
    for head in heads.wanted.remove(&tree.size()).unwrap_or_default() {
        if head.root != tree.root() {
            problems.push(Problem::new(
                head.name,
                format!(
                    "the first {} leaves are not those that were signed",
                    tree.size()
                ),
            ));
        } else if head.peaks.is_some_and(|peak| peak != tree.peaks()) {
            problems.push(Problem::new(
                head.name,
                "its subtrees are not those of the ledger",
            ));
        }
    }
}

/// Compares every row with its leaf, and every leaf with its row.
fn rows(
    connection: &Connection,
    mut leaves: Vec<Entry>,
    problems: &mut Vec<Problem>,
    tell: &mut dyn FnMut(Advance),
) -> Result<(), Fault> {
    leaves.sort_unstable_by_key(|leaf| (leaf.kind, leaf.row));
    for pair in leaves.windows(2) {
        if let [one, other] = pair
            && (one.kind, one.row) == (other.kind, other.row)
        {
            problems.push(Problem::new(
                one.kind.place(one.row),
                "it is in the ledger twice",
            ));
        }
    }
    let of = leaves.len() as u64;
    let mut rest = leaves.into_iter().peekable();
    let mut done = 0;
    ledger::each_leaf(connection, &mut |kind, row, text| {
        done += 1;
        tell(Advance {
            what: "ledger",
            done,
            of,
        });
        while let Some(gone) = rest.next_if(|it| (it.kind, it.row) < (kind, row)) {
            problems.push(missing(&gone));
        }
        let leaf = rest.next_if(|it| (it.kind, it.row) == (kind, row));
        let detail = match (leaf, text) {
            (_, Err(Fault::Damaged(detail) | Fault::NotHeld(detail))) => detail,
            (_, Err(fault)) => return Err(fault),
            (None, Ok(_)) => "it is not in the ledger".into(),
            (Some(leaf), Ok(text)) if leaf.hash != leaf_hash(text.as_bytes()) => {
                "it differs from its entry in the ledger".into()
            }
            (Some(_), Ok(_)) => return Ok(()),
        };
        problems.push(Problem::new(kind.place(row), detail));
        Ok(())
    })?;
    problems.extend(rest.map(|it| missing(&it)));
    Ok(())
}

fn missing(leaf: &Entry) -> Problem {
    Problem::new(
        leaf.kind.place(leaf.row),
        "it is in the ledger, but no longer in the archive",
    )
}
