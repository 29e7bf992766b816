//! The ledger: an append-only Merkle tree over what the archive holds, its signed checkpoints, and proofs that anybody can check.
//!
//! The tree is that of RFC 6962 (2.1), with SHA-256; its leaves are the texts of [`Leaf`]. A [`Checkpoint`] is the tree's
//! size and root as a signed note (C2SP tlog-checkpoint, signed-note); an [`Inclusion`] is a C2SP tlog-proof; a
//! [`Consistency`] is what a C2SP witness is sent. `docs/ledger.md` describes all of it for whoever writes a checker.

mod der;
mod leaf;
mod note;
mod proof;
mod timestamp;
mod tree;

pub use leaf::{CaptureLeaf, Leaf, elements};
pub use note::{Checkpoint, KeyError, NoteError, Signer, Verifier};
pub use proof::{Consistency, Inclusion, ProofError};
pub use timestamp::{Stamp, StampError, StampRequest, TokenError};
pub use tree::{Hash, Tree, consistency, inclusion, leaf_hash, root};
