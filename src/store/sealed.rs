//! Whether a checkpoint fits the ledger that is stored.

use super::{
    Store, StoreError,
    ledger::{Seal, leaves},
};
use crate::ledger::{Verifier, root};

impl Store {
    /// Whether a checkpoint is signed by the key that it names, and has the root of the leaves that are stored. The leaves themselves are
    /// checked by `verify`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn fits(&self, seal: &Seal) -> Result<bool, StoreError> {
        let verifier = seal.key.parse::<Verifier>().ok();
        let Some(checkpoint) = verifier.and_then(|it| it.open(&seal.note).ok()) else {
            return Ok(false);
        };
        self.read(|connection| {
            let leaves = leaves(connection, seal.size)?;
            Ok(checkpoint.size == seal.size && checkpoint.root == root(&leaves))
        })
    }
}
