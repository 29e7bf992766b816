//! How commands write into the archive: open it, work on it, end with a checkpoint. All of them do it here, so none can skip a step.

use std::path::Path;

use crate::store::{Access, RunLock, Store, StoreError};

use super::{
    Failure, Session,
    ledger::{Sealer, key_path},
    run::make_folder_of,
};

/// The archive, opened for writing.
pub(super) struct Archive<'a> {
    session: &'a Session,
    store: Store,
    sealer: Sealer,
    /// Released last, after the store is closed.
    _lock: Option<RunLock>,
}

impl<'a> Archive<'a> {
    /// Opens the archive of the settings for a command that runs alone: a run, an import, a pruning.
    pub(super) fn alone(
        session: &'a Session,
        command: &str,
        access: Access,
    ) -> Result<Self, Failure> {
        let path = &session.config.settings.store;
        if access == Access::Create {
            make_folder_of(path)?;
        } else if !path.exists() {
            let path = path.clone();
            return Err(StoreError::Missing { path }.into());
        }
        let lock = RunLock::acquire(path, command, session.clock.now())?;
        let key = key_path(&session.config.settings);
        Self::open(session, path, &key, access, Some(lock))
    }

    /// Opens the archive of the settings for a command that can work beside a run: it writes one short transaction.
    pub(super) fn beside(session: &'a Session, command: &str) -> Result<Self, Failure> {
        let path = &session.config.settings.store;
        // A migration needs the archive for itself.
        let lock = match Store::open(path, Access::ReadOnly) {
            Err(StoreError::Older { .. }) => {
                Some(RunLock::acquire(path, command, session.clock.now())?)
            }
            _ => None,
        };
        let key = key_path(&session.config.settings);
        let archive = Self::open(session, path, &key, Access::ReadWrite, None);
        drop(lock);
        archive
    }

    /// Creates a new archive at `path`, replacing any that exists, with its key beside it.
    pub(super) fn anew(session: &'a Session, path: &Path, command: &str) -> Result<Self, Failure> {
        make_folder_of(path)?;
        let lock = RunLock::acquire(path, command, session.clock.now())?;
        remove_store(path)?;
        let key = path.with_extension("key");
        Self::open(session, path, &key, Access::Create, Some(lock))
    }

    fn open(
        session: &'a Session,
        path: &Path,
        key: &Path,
        access: Access,
        lock: Option<RunLock>,
    ) -> Result<Self, Failure> {
        let store = Store::open(path, access)?;
        let sealer = Sealer::at(session, &store, key)?;
        Ok(Self {
            session,
            store,
            sealer,
            _lock: lock,
        })
    }

    /// Does `work`, and ends with a checkpoint over what it wrote, even if `work` failed part of the way.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let outcome = work(&self.store);
        let sealed = self.sealer.seal(self.session, &self.store);
        let outcome = outcome?;
        sealed?;
        Ok(outcome)
    }
}

fn remove_store(path: &Path) -> Result<(), Failure> {
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
