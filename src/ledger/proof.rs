//! Proofs as files: that something is a leaf of a signed tree (C2SP tlog-proof), and that one tree continues another.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    note::{NoteError, Verifier},
    tree::{Hash, is_consistent, leaf_hash, root_of_inclusion},
};

/// The first line of an inclusion proof (C2SP tlog-proof).
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// The most hashes in a proof: one for every doubling of a 64-bit size.
const MOST_HASHES: usize = 64;

/// Why a proof is not valid.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofError {
    /// A line of the proof is missing or wrong.
    #[error("line {line}: expected {expected}")]
    Form {
        /// The line, from 1.
        line: usize,
        /// What is expected there.
        expected: &'static str,
    },
    /// Its checkpoint is not one of that key.
    #[error("the checkpoint: {0}")]
    Note(#[from] NoteError),
    /// The hashes do not lead to the root of the checkpoint.
    #[error("the hashes do not lead to the root of the checkpoint")]
    Root,
}

/// The proof that something is a leaf of the tree of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The text of the leaf, and what a checker needs to understand it; without empty lines.
    pub extra: Vec<u8>,
    /// The index of the leaf, from 0.
    pub index: u64,
    /// The audit path, the lowest first.
    pub path: Vec<Hash>,
    /// The checkpoint, as a signed note.
    pub note: String,
}

impl Inclusion {
    /// Checks that `leaf` is at the index in the proof, in a tree that `verifier` signed.
    ///
    /// # Errors
    /// The checkpoint is not one of that key, or the hashes lead to another root.
    pub fn check(&self, leaf: &[u8], verifier: &Verifier) -> Result<(), ProofError> {
        let checkpoint = verifier.open(&self.note)?;
        let found = root_of_inclusion(&leaf_hash(leaf), self.index, checkpoint.size, &self.path);
        if found == Some(checkpoint.root) {
            Ok(())
        } else {
            Err(ProofError::Root)
        }
    }
}

impl fmt::Display for Inclusion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{FIRST_LINE}")?;
        if !self.extra.is_empty() {
            writeln!(out, "extra {}", STANDARD.encode(&self.extra))?;
        }
        writeln!(out, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(out, "{}", STANDARD.encode(hash))?;
        }
        write!(out, "\n{}", self.note)
    }
}

impl FromStr for Inclusion {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        let form = |line, expected| ProofError::Form { line, expected };
        let (head, note) = text
            .split_once("\n\n")
            .ok_or(form(3, "an empty line before the checkpoint"))?;
        let mut lines = head.lines().enumerate().peekable();
        if lines.next().is_none_or(|line| line.1 != FIRST_LINE) {
            return Err(form(1, "`c2sp.org/tlog-proof@v1`"));
        }
        let extra = lines.next_if(|line| line.1.starts_with("extra "));
        let extra = match extra {
            None => Vec::new(),
            Some((_, line)) => line
                .strip_prefix("extra ")
                .and_then(|rest| STANDARD.decode(rest).ok())
                .ok_or(form(2, "`extra` and base64"))?,
        };
        let (number, line) = lines.next().ok_or(form(2, "`index` and a number"))?;
        let index = line
            .strip_prefix("index ")
            .and_then(|rest| rest.parse().ok())
            .ok_or(form(number + 1, "`index` and a number"))?;
        Ok(Self {
            extra,
            index,
            path: hashes(lines)?,
            note: note.to_owned(),
        })
    }
}

fn hashes<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Result<Vec<Hash>, ProofError> {
    let mut hashes = Vec::new();
    for (number, line) in lines {
        let hash = STANDARD
            .decode(line)
            .ok()
            .and_then(|decoded| decoded.try_into().ok());
        hashes.push(
            hash.filter(|_| hashes.len() < MOST_HASHES)
                .ok_or(ProofError::Form {
                    line: number + 1,
                    expected: "a hash of 32 bytes in base64",
                })?,
        );
    }
    Ok(hashes)
}

/// The proof that the tree of an older checkpoint is the beginning of that of a newer one:
/// `old SIZE`, the hashes, an empty line, the newer checkpoint (the form of C2SP tlog-witness requests).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The size of the older tree.
    pub old: u64,
    /// The hashes.
    pub path: Vec<Hash>,
    /// The newer checkpoint, as a signed note.
    pub note: String,
}

impl Consistency {
    /// Checks that the tree of the note `old` is the beginning of the tree of this proof, both signed by `verifier`.
    ///
    /// # Errors
    /// One of the checkpoints is not one of that key, or the hashes do not show it.
    pub fn check(&self, old: &str, verifier: &Verifier) -> Result<(), ProofError> {
        let (old, new) = (verifier.open(old)?, verifier.open(&self.note)?);
        if old.size == self.old
            && is_consistent((old.size, &old.root), (new.size, &new.root), &self.path)
        {
            Ok(())
        } else {
            Err(ProofError::Root)
        }
    }
}

impl fmt::Display for Consistency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "old {}", self.old)?;
        for hash in &self.path {
            writeln!(out, "{}", STANDARD.encode(hash))?;
        }
        write!(out, "\n{}", self.note)
    }
}

impl FromStr for Consistency {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        let form = |line, expected| ProofError::Form { line, expected };
        let (head, note) = text
            .split_once("\n\n")
            .ok_or(form(2, "an empty line before the checkpoint"))?;
        let mut lines = head.lines().enumerate();
        let old = lines
            .next()
            .and_then(|line| line.1.strip_prefix("old ")?.parse().ok())
            .ok_or(form(1, "`old` and a number of leaves"))?;
        Ok(Self {
            old,
            path: hashes(lines)?,
            note: note.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Signer, consistency, inclusion, root};
    use super::*;

    fn leaves(count: u8) -> Vec<Hash> {
        (0..count).map(|it| leaf_hash(&[it])).collect()
    }

    #[test]
    fn a_proof_is_read_as_it_was_written_and_holds_for_its_leaf_alone() {
        let (signer, leaves) = (Signer::generate(None).unwrap(), leaves(11));
        let proof = Inclusion {
            extra: b"about".to_vec(),
            index: 6,
            path: inclusion(&leaves, 6),
            note: signer.sign(11, root(&leaves)),
        };
        let again: Inclusion = proof.to_string().parse().unwrap();
        assert_eq!(again, proof);
        assert_eq!(again.check(&[6], signer.verifier()), Ok(()));
        assert_eq!(again.check(&[5], signer.verifier()), Err(ProofError::Root));
        let other = Signer::generate(None).unwrap();
        assert!(matches!(
            again.check(&[6], other.verifier()),
            Err(ProofError::Note(_))
        ));
    }

    #[test]
    fn consistency_is_read_as_it_was_written_and_holds_for_its_trees_alone() {
        let (signer, leaves) = (Signer::generate(None).unwrap(), leaves(11));
        let old = signer.sign(5, root(&leaves[..5]));
        let proof = Consistency {
            old: 5,
            path: consistency(&leaves, 5),
            note: signer.sign(11, root(&leaves)),
        };
        let again: Consistency = proof.to_string().parse().unwrap();
        assert_eq!(again, proof);
        assert_eq!(again.check(&old, signer.verifier()), Ok(()));
        let other = signer.sign(5, root(&leaves[1..6]));
        assert_eq!(
            again.check(&other, signer.verifier()),
            Err(ProofError::Root)
        );
    }

    #[test]
    fn an_invalid_proof_is_reported_with_its_line() {
        let line = |text: &str| match text.parse::<Inclusion>() {
            Err(ProofError::Form { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line("no\nindex 1\n\na"), 1);
        assert_eq!(line("c2sp.org/tlog-proof@v1\nindex x\n\na"), 2);
        assert_eq!(line("c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\na"), 3);
    }
}
