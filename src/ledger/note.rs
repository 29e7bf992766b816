//! Checkpoints as signed notes: the text, the signatures and the keys (C2SP signed-note and tlog-checkpoint).

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use sha2::{Digest as _, Sha256};

use super::tree::Hash;
use crate::digest::hex;

/// The signature type of Ed25519 (C2SP signed-note, "Signature types").
const ED25519_TYPE: u8 = 1;
/// The beginning of a private key, as in the tools for signed notes.
const PRIVATE: &str = "PRIVATE+KEY";
/// The beginning of a signature line.
const SIGNATURE: &str = "\u{2014} ";

/// Why a text is not a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It has another form.
    #[error("is not a key of the form {0}")]
    Form(&'static str),
    /// The four bytes of the id do not match the key.
    #[error("has the id {found}, but should have {expected}")]
    Id {
        /// The id in the text.
        found: String,
        /// The id of the key.
        expected: String,
    },
    /// The system gives no random bytes for a key.
    #[error("cannot be created: the system gives no random bytes")]
    Random,
}

/// Why a text is not a checkpoint, or not one of that key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoteError {
    /// A line of the checkpoint is missing or wrong.
    #[error("line {line}: expected {expected}")]
    Form {
        /// The line, from 1.
        line: usize,
        /// What is expected there.
        expected: &'static str,
    },
    /// No signature of that key.
    #[error("no signature by {0}")]
    Unsigned(String),
    /// An invalid signature.
    #[error("the signature by {0} is not valid: the text was changed after signing")]
    Signature(String),
}

/// The size and the root of the tree at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the ledger and of its key.
    pub origin: String,
    /// How many leaves the tree has.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    /// The signed text, including its last line break (C2SP tlog-checkpoint, "Note text").
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = STANDARD.encode(self.root);
        write!(out, "{}\n{}\n{root}\n", self.origin, self.size)
    }
}

impl Checkpoint {
    /// Parses a note without checking its signatures.
    ///
    /// # Errors
    /// A line of the checkpoint is missing or wrong.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let form = |line, expected| NoteError::Form { line, expected };
        let (text, _) = split(note)?;
        let mut lines = text.lines();
        let origin = lines.next().filter(|line| is_name(line));
        let size = lines
            .next()
            .filter(|line| *line == "0" || !line.starts_with(['0', '+']))
            .and_then(|line| line.parse().ok());
        let root = lines
            .next()
            .and_then(decode)
            .and_then(|it| it.try_into().ok());
        if lines.any(str::is_empty) {
            return Err(form(4, "no empty line in the text"));
        }
        Ok(Self {
            origin: origin.ok_or(form(1, "the name of the ledger"))?.to_owned(),
            size: size.ok_or(form(2, "a number of leaves"))?,
            root: root.ok_or(form(3, "a root of 32 bytes in base64"))?,
        })
    }
}

/// The text of a note with its last line break, and its signature lines.
fn split(note: &str) -> Result<(&str, &str), NoteError> {
    let at = note.rfind("\n\n").ok_or(NoteError::Form {
        line: 4,
        expected: "an empty line before the signatures",
    })?;
    Ok((
        note.get(..=at).unwrap_or_default(),
        note.get(at + 2..).unwrap_or_default(),
    ))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Whether a text can be the name of a key: not empty, no white space, no plus sign (C2SP signed-note, "Signatures").
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains('+') && !text.contains(char::is_whitespace)
}

/// The public key of a ledger with its name, written `NAME+ID+KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: [u8; 32],
}

impl Verifier {
    /// The name of the ledger and the key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key: the first four bytes of SHA-256 over name, line break, type and key.
    fn id(&self) -> [u8; 4] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519_TYPE])
            .chain_update(self.key)
            .finalize()
            .into();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// Parses a note that must be a checkpoint of this ledger, signed by this key. Other signatures are ignored.
    ///
    /// # Errors
    /// A wrong line; no signature of the key; an invalid one.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let checkpoint = Checkpoint::parse(note)?;
        let (text, signatures) = split(note)?;
        let mut signed = false;
        for line in signatures.lines() {
            let Some((name, signature)) = line
                .strip_prefix(SIGNATURE)
                .and_then(|rest| rest.split_once(' '))
            else {
                return Err(NoteError::Form {
                    line: text.lines().count() + 2,
                    expected: "a signature line",
                });
            };
            let Some((id, signature)) = decode(signature).and_then(|decoded| {
                Some((*decoded.first_chunk::<4>()?, decoded.get(4..)?.to_vec()))
            }) else {
                continue;
            };
            if name != self.name || id != self.id() {
                continue;
            }
            UnparsedPublicKey::new(&ED25519, self.key)
                .verify(text.as_bytes(), &signature)
                .map_err(|_| NoteError::Signature(self.name.clone()))?;
            signed = true;
        }
        if signed && checkpoint.origin == self.name {
            Ok(checkpoint)
        } else {
            Err(NoteError::Unsigned(self.name.clone()))
        }
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode(typed(&self.key));
        write!(out, "{}+{}+{key}", self.name, hex(&self.id()))
    }
}

impl FromStr for Verifier {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let form = || KeyError::Form("NAME+ID+KEY");
        let mut parts = text.trim().splitn(3, '+');
        let mut part = || parts.next().ok_or_else(form);
        let (name, id, key) = (part()?, part()?, part()?);
        let key = untyped(key).filter(|_| is_name(name)).ok_or_else(form)?;
        let verifier = Self {
            name: name.to_owned(),
            key,
        };
        checked(id, &verifier)?;
        Ok(verifier)
    }
}

fn typed(key: &[u8; 32]) -> Vec<u8> {
    [&[ED25519_TYPE], &key[..]].concat()
}

fn untyped(text: &str) -> Option<[u8; 32]> {
    let bytes = decode(text)?;
    bytes.strip_prefix(&[ED25519_TYPE])?.try_into().ok()
}

fn checked(id: &str, verifier: &Verifier) -> Result<(), KeyError> {
    let expected = hex(&verifier.id());
    if id == expected {
        return Ok(());
    }
    Err(KeyError::Id {
        found: id.to_owned(),
        expected,
    })
}

/// The private key of a ledger. Only [`Signer::secret`] shows the secret.
pub struct Signer {
    seed: [u8; 32],
    pair: Ed25519KeyPair,
    verifier: Verifier,
}

impl fmt::Debug for Signer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Signer({})", self.verifier)
    }
}

impl Signer {
    /// Creates a key. Without a name, its name is `stillsays/` and 16 digits of its own digest.
    ///
    /// # Errors
    /// The system gives no random bytes; the name contains white space or a plus sign.
    pub fn generate(name: Option<&str>) -> Result<Self, KeyError> {
        let mut seed = [0; 32];
        SystemRandom::new()
            .fill(&mut seed)
            .map_err(|_| KeyError::Random)?;
        Self::of_seed(seed, name)
    }

    fn of_seed(seed: [u8; 32], name: Option<&str>) -> Result<Self, KeyError> {
        let form = || KeyError::Form("PRIVATE+KEY+NAME+ID+SEED");
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| form())?;
        let key: [u8; 32] = pair.public_key().as_ref().try_into().map_err(|_| form())?;
        let name = match name {
            Some(name) if is_name(name) => name.to_owned(),
            Some(_) => return Err(form()),
            None => {
                let digest = hex(&Sha256::digest(key));
                format!("stillsays/{}", digest.get(..16).unwrap_or_default())
            }
        };
        Ok(Self {
            seed,
            pair,
            verifier: Verifier { name, key },
        })
    }

    /// The public key that verifies its signatures.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The key as stored in a file: `PRIVATE+KEY+NAME+ID+SEED`.
    #[must_use]
    pub fn secret(&self) -> String {
        let seed = STANDARD.encode(typed(&self.seed));
        let Verifier { name, .. } = &self.verifier;
        format!("{PRIVATE}+{name}+{}+{seed}", hex(&self.verifier.id()))
    }

    /// The signed note for that size and root.
    #[must_use]
    pub fn sign(&self, size: u64, root: Hash) -> String {
        let name = &self.verifier.name;
        let text = Checkpoint {
            origin: name.clone(),
            size,
            root,
        }
        .to_string();
        let signature = self.pair.sign(text.as_bytes());
        let signature = STANDARD.encode([&self.verifier.id()[..], signature.as_ref()].concat());
        format!("{text}\n{SIGNATURE}{name} {signature}\n")
    }
}

impl FromStr for Signer {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let form = || KeyError::Form("PRIVATE+KEY+NAME+ID+SEED");
        let rest = text
            .trim()
            .strip_prefix(PRIVATE)
            .and_then(|rest| rest.strip_prefix('+'));
        let mut parts = rest.ok_or_else(form)?.splitn(3, '+');
        let mut part = || parts.next().ok_or_else(form);
        let (name, id, seed) = (part()?, part()?, part()?);
        let signer = Self::of_seed(untyped(seed).ok_or_else(form)?, Some(name))?;
        checked(id, &signer.verifier)?;
        Ok(signer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Go package that introduced signed notes.
    const PETER: &str =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const PETER_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn keys_are_those_of_other_tools() {
        let signer: Signer = PETER.parse().unwrap();
        assert_eq!(signer.verifier().to_string(), PETER_PUBLIC);
        assert_eq!(signer.secret(), PETER);
        let verifier: Verifier = PETER_PUBLIC.parse().unwrap();
        assert_eq!(&verifier, signer.verifier());
        assert!(!format!("{signer:?}").contains("AYEK"));
    }

    #[test]
    fn a_note_is_opened_by_its_key_and_no_other() {
        let (signer, other) = (
            Signer::generate(None).unwrap(),
            Signer::generate(None).unwrap(),
        );
        let note = signer.sign(7, [9; 32]);
        let checkpoint = signer.verifier().open(&note).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (7, [9; 32]));
        assert!(matches!(
            other.verifier().open(&note),
            Err(NoteError::Unsigned(_))
        ));
        let altered = note.replacen("\n7\n", "\n8\n", 1);
        assert!(matches!(
            signer.verifier().open(&altered),
            Err(NoteError::Signature(_))
        ));
        let cosigned = format!("{note}{SIGNATURE}witness.example AAAAAAAA\n");
        assert_eq!(signer.verifier().open(&cosigned), Ok(checkpoint));
    }

    #[test]
    fn an_invalid_checkpoint_is_reported_with_its_line() {
        let line = |text: &str| match Checkpoint::parse(text) {
            Err(NoteError::Form { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line("nothing"), 4);
        assert_eq!(line("a b\n1\n\n\n"), 1);
        assert_eq!(line("a\n01\nAAAA\n\n"), 2);
        assert_eq!(line("a\n1\nAAAA\n\n"), 3);
    }

    #[test]
    fn an_invalid_key_is_refused() {
        for text in [
            "",
            "a+b",
            "a+00000000+AAAA",
            "PRIVATE+KEY+a",
            &PETER_PUBLIC.replace("c7", "c8"),
        ] {
            assert!(text.parse::<Verifier>().is_err(), "{text}");
            assert!(text.parse::<Signer>().is_err(), "{text}");
        }
        assert!(Signer::generate(Some("two words")).is_err());
    }
}
