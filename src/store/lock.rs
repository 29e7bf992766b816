//! The run lock: two runs on one store never overlap, and the second one reports who has the lock.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::clock::{Instant, warc_date};

/// The right to run on a store, until this value is dropped or its process ends in any way.
#[derive(Debug)]
pub struct RunLock {
    file: File,
}

/// The holder of the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// Since when.
    pub since: Instant,
    /// The command: `run --due`.
    pub command: String,
}

/// Why a run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run is in progress.
    #[error("another run holds the lock {}{}", path.display(), holder_text(holder.as_ref()))]
    Taken {
        /// The file of the lock.
        path: PathBuf,
        /// The holder; `None` if the file does not say.
        holder: Option<Holder>,
    },
    /// The file of the lock cannot be created or locked.
    #[error("the lock {} cannot be taken", path.display())]
    Io {
        /// The file of the lock.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
}

fn holder_text(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| {
        format!(
            ": `{}`, process {}, since {}",
            holder.command,
            holder.pid,
            warc_date(holder.since)
        )
    })
}

impl LockError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Taken { .. } => {
                "wait until it has finished; the lock is released when its process ends"
            }
            Self::Io { .. } => {
                "give the user that runs stillsays write access to the folder of the store"
            }
        }
    }
}

impl RunLock {
    /// The file of the lock: beside the store, named after it.
    #[must_use]
    pub fn path(store: &Path) -> PathBuf {
        let mut name = store.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        store.with_file_name(name)
    }

    /// Takes the lock of the store at `store`, or reports its holder. Never waits.
    ///
    /// # Errors
    /// Another run has it; the file cannot be written.
    pub fn acquire(store: &Path, command: &str, now: Instant) -> Result<Self, LockError> {
        let path = Self::path(store);
        let failed = |source| LockError::Io {
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // A process that has just taken it may not have written its name yet; then the holder is unknown.
                let holder = file
                    .read_to_string(&mut text)
                    .ok()
                    .and_then(|_| serde_json::from_str(&text).ok());
                return Err(LockError::Taken { path, holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let holder = Holder {
            pid: std::process::id(),
            since: now,
            command: command.to_owned(),
        };
        let text = serde_json::to_string(&holder).unwrap_or_default();
        file.set_len(0)
            .and_then(|()| file.write_all(text.as_bytes()))
            .and_then(|()| file.rewind())
            .map_err(failed)?;
        Ok(Self { file })
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // The file stays: removing it would let two processes lock two files of the same name.
        let _ = self.file.set_len(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    #[test]
    fn the_second_run_learns_who_has_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("a.db");
        let now = parse_digits14("2026").unwrap();
        let first = RunLock::acquire(&store, "run --due", now).unwrap();
        let error = RunLock::acquire(&store, "run", now).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("`run --due`") && message.contains("2026-01-01"),
            "{message}"
        );
        assert!(message.contains(&std::process::id().to_string()));
        drop(first);
        RunLock::acquire(&store, "run", now).unwrap();
    }
}
