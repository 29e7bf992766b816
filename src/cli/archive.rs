//! The archive as commands write into it: opened, worked on, and ended with a checkpoint, in one place that none can leave out.

use std::path::Path;

use crate::store::{Access, RunLock, Store, StoreError};

use super::{
    Failure, Session,
    ledger::{Sealer, key_path},
    run::make_folder_of,
};

/// The archive, opened to be written.
pub(super) struct Archive<'a> {
    session: &'a Session,
    store: Store,
    sealer: Sealer,
    /// Let go last, when the store is closed.
    _lock: Option<RunLock>,
}

impl<'a> Archive<'a> {
    /// The archive of the settings, for a command that excludes others while it works: a run, an import, a pruning.
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

    /// The archive of the settings, for a command that works beside a run: what it writes is one short transaction.
    pub(super) fn beside(session: &'a Session, command: &str) -> Result<Self, Failure> {
        let path = &session.config.settings.store;
        // To bring a store to this version's format is work that excludes others.
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

    /// A new archive at `path`, in place of any that is there, with its key beside it.
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

    /// Does `work`, and ends what it wrote with a checkpoint: also where it failed, for what it kept until then.
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
