//! Accounts: who may see, decide and administer; their passwords, sessions and tokens. They are in a file of their own.
//!
//! Secrets are never stored: of passwords there is an argon2id hash, of sessions and tokens the SHA-256 of 32 random bytes.

mod error;
mod login;
mod password;
mod people;
mod secret;
mod sessions;
mod tokens;

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use rusqlite::Connection;

use crate::clock::Instant;

pub use error::AccountError;
pub use login::{Failed, TRIES_PER_ADDRESS, TRIES_PER_NAME, WINDOW};
pub use password::{Hash, Password};
pub use people::{Account, Role};
pub use secret::Secret;
pub use sessions::{Lifetime, Session};
pub use tokens::{Scope, Token};

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// The version of the file.
const VERSION: i64 = 1;

/// The accounts of an archive.
#[derive(Debug)]
pub struct Accounts {
    path: PathBuf,
    file: Mutex<Connection>,
}

impl Accounts {
    /// The file with the accounts of the archive at `store`, unless the settings name another.
    #[must_use]
    pub fn beside(store: &Path) -> PathBuf {
        store.with_extension("accounts")
    }

    /// Opens the file; `None` if there is none.
    ///
    /// # Errors
    /// The file cannot be read, or is not one with accounts.
    pub fn open(path: &Path) -> Result<Option<Self>, AccountError> {
        match path.try_exists() {
            Ok(true) => Self::opened(path).map(Some),
            Ok(false) => Ok(None),
            Err(source) => Err(AccountError::File {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// Opens the file, or makes it, for this user of the system alone.
    ///
    /// # Errors
    /// The file cannot be made or read.
    pub fn create(path: &Path) -> Result<Self, AccountError> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let opened = options.open(path);
        opened.map_err(|source| AccountError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::opened(path)
    }

    fn opened(path: &Path) -> Result<Self, AccountError> {
        let at = |source| AccountError::Sql {
            path: path.to_owned(),
            source,
        };
        let mut file = Connection::open(path).map_err(at)?;
        file.busy_timeout(BUSY).map_err(at)?;
        let version = prepared(&mut file).map_err(at)?;
        if version > VERSION {
            return Err(AccountError::TooNew {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(file),
        })
    }

    /// Runs `work` on the file.
    fn on<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, AccountError> {
        work(&mut self.lock()).map_err(|source| AccountError::Sql {
            path: self.path.clone(),
            source,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the tables where there are none; the version of the file.
fn prepared(file: &mut Connection) -> rusqlite::Result<i64> {
    file.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL;",
    )?;
    let made = file.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut version: i64 = made.query_row("PRAGMA user_version", (), |row| row.get(0))?;
    if version == 0 {
        made.execute_batch(include_str!("account/schema.sql"))?;
        made.pragma_update(None, "user_version", VERSION)?;
        version = VERSION;
    }
    made.commit()?;
    Ok(version)
}

/// A time as it is stored.
fn micros(at: Instant) -> i64 {
    at.timestamp_micros()
}

/// A time as it was stored.
fn instant(micros: i64) -> Instant {
    Instant::from_timestamp_micros(micros).unwrap_or_default()
}

/// A time before `now`, as it is stored.
fn ago(now: Instant, span: TimeDelta) -> i64 {
    micros(now.checked_sub_signed(span).unwrap_or_default())
}

#[cfg(test)]
mod tests;
