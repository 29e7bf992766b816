//! The ledger: an append-only Merkle tree over the contents of the archive, its signed checkpoints, and proofs that anyone can check.
//!
//! The tree is that of RFC 6962 (2.1), with SHA-256; its leaves are the texts of [`Leaf`]. A [`Checkpoint`] is the size and
//! root of the tree as a signed note (C2SP tlog-checkpoint, signed-note); an [`Inclusion`] is a C2SP tlog-proof; a
//! [`Consistency`] is what a C2SP witness receives. `docs/ledger.md` describes all of it for authors of checkers.

mod der;
mod leaf;
mod note;
mod proof;
mod timestamp;
mod tree;

pub use leaf::{CaptureLeaf, Leaf, SetDigest, elements};
pub use note::{Checkpoint, KeyError, NoteError, Signer, Verifier};
pub use proof::{Consistency, Inclusion, ProofError};
pub use timestamp::{Stamp, StampError, StampRequest, TokenError};
pub use tree::{Hash, Tree, consistency, inclusion, leaf_hash, root};
