//! Decisions from the desk: each is one short transaction, followed by a checkpoint; other commands can use the archive at the same time.

use std::sync::{Mutex, PoisonError};

use super::Options;
use crate::{
    finding::{Decided, Mute, Objection},
    store::{Access, Store, StoreError},
};

/// The archive, opened for writing at the first decision: reading needs no write access.
#[derive(Debug, Default)]
pub(super) struct Deciding(Mutex<Option<Store>>);

impl Deciding {
    /// Stores decisions, all or none, with a checkpoint over them; returns the reason for each that was refused. With each
    /// decision comes the number of the latest review that the person saw.
    pub(super) fn keep(
        &self,
        options: &Options,
        decisions: &[(Decided, i64)],
    ) -> Result<Vec<Option<Objection>>, StoreError> {
        loop {
            let store = self.store(options)?;
            let outcome = store.decide_seeing(decisions.to_vec())?;
            seal(options, &store);
            // If `restore` has replaced the store in the meantime, the decision is repeated in the new one.
            if !store.is_replaced() {
                return Ok(outcome);
            }
        }
    }

    /// Stores a mute, or its end.
    pub(super) fn mute(&self, options: &Options, mute: &Mute) -> Result<(), StoreError> {
        loop {
            let store = self.store(options)?;
            store.mute(mute.clone())?;
            seal(options, &store);
            if !store.is_replaced() {
                return Ok(());
            }
        }
    }

    fn store(&self, options: &Options) -> Result<Store, StoreError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = kept.as_ref().filter(|kept| !kept.is_replaced()) {
            return Ok(store.clone());
        }
        // Closed before the new file is opened.
        *kept = None;
        let store = Store::open(options.store.path(), Access::ReadWrite)?;
        *kept = Some(store.clone());
        Ok(store)
    }
}

/// Writes a checkpoint over what was just stored.
fn seal(options: &Options, store: &Store) {
    let signer = options.signer.as_ref();
    let sealed = signer.map(|signer| store.seal(signer, options.clock.now()));
    if let Some(Err(error)) = sealed {
        // The decision is stored; the next checkpoint covers it.
        tracing::warn!(%error, "decisions are stored without a checkpoint");
    }
}
