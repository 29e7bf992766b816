//! The errors of a store, each kind with advice.

use std::{path::PathBuf, sync::Arc};

use rusqlite::ErrorCode;

use crate::clock::{Instant, warc_date};

/// Why a store cannot be opened, read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The file does not exist.
    #[error("there is no store at {}", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The file is not a store.
    #[error("{} is not a stillsays store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Stored data cannot be read back as it was.
    #[error("the store {} is damaged: {detail}", path.display())]
    Damaged {
        /// The store.
        path: PathBuf,
        /// The fault.
        detail: String,
    },
    /// A newer program wrote it.
    #[error("the store {} has format {found}; this program knows formats up to {known}", path.display())]
    Newer {
        /// The store.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format this program knows.
        known: u32,
    },
    /// An older program wrote it, and it is opened read-only.
    #[error("the store {} has format {found} and must be migrated to format {known} first", path.display())]
    Older {
        /// The store.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The format this program reads.
        known: u32,
    },
    /// The file or its folder is read-only.
    #[error("the store {} cannot be written: it or its folder is read-only", path.display())]
    ReadOnly {
        /// The store.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("the disk with the store {} is full", path.display())]
    DiskFull {
        /// The store.
        path: PathBuf,
    },
    /// Another program locked it for too long.
    #[error("the store {} is locked by another program", path.display())]
    Busy {
        /// The store.
        path: PathBuf,
    },
    /// The operating system does not open it.
    #[error("the store {} cannot be opened: {detail}", path.display())]
    CannotOpen {
        /// The store.
        path: PathBuf,
        /// The message of SQLite or the operating system.
        detail: String,
    },
    /// The requested item is not in the store.
    #[error("the store {} has no {what}", path.display())]
    NotHeld {
        /// The store.
        path: PathBuf,
        /// The requested item: `capture 12`, `payload sha256:…`.
        what: String,
    },
    /// The requested item was removed on purpose.
    #[error("{what} was removed from the store {} on {}: {why}", path.display(), warc_date(*at))]
    Removed {
        /// The store.
        path: PathBuf,
        /// The requested item: `payload sha256:…`.
        what: String,
        /// When it was removed.
        at: Instant,
        /// The reason.
        why: String,
    },
    /// The writer has ended.
    #[error("the store {} is closed", path.display())]
    Closed {
        /// The store.
        path: PathBuf,
    },
    /// Any other error of SQLite.
    #[error("the store {} failed", path.display())]
    Sqlite {
        /// The store.
        path: PathBuf,
        /// The error of SQLite.
        #[source]
        source: Arc<rusqlite::Error>,
    },
}

impl StoreError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "`stillsays run` creates it; or name another file with --store",
            Self::Foreign { .. } => {
                "name the file of the store with --store, or move this file away"
            }
            Self::Damaged { .. } => {
                "keep the file as it is, copy it, and restore the store from a backup; `stillsays verify` lists the damage"
            }
            Self::Newer { .. } => "use the newer stillsays that wrote it",
            Self::Older { .. } => {
                "run a command that writes (such as `stillsays run --dry-run`) once, with write access"
            }
            Self::ReadOnly { .. } => {
                "give the user that runs stillsays write access to that folder"
            }
            Self::DiskFull { .. } => {
                "free some space and run again; everything stored before is intact, and nothing is left half-written"
            }
            Self::Busy { .. } => "wait until the other program has finished, then run again",
            Self::CannotOpen { .. } => "check that the folder exists and is accessible",
            Self::NotHeld { .. } => "`stillsays captures URL` lists the captures of a page",
            Self::Removed { .. } => {
                "its digest is known; a backup from before that time has the bytes"
            }
            Self::Closed { .. } => "run again; everything stored before is intact",
            Self::Sqlite { .. } => {
                "run again; if the error persists, `stillsays verify` shows whether the file is intact"
            }
        }
    }

    /// Whether the content of the store cannot be trusted (the exit code "the store is damaged").
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Foreign { .. })
    }
}

/// An internal error, before the file is known.
#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    Damaged(String),
    NotHeld(String),
    Removed {
        what: String,
        at: Instant,
        why: String,
    },
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Fault {
    /// A stored value that cannot be read back; `what` names the row.
    pub(super) fn damaged(what: impl std::fmt::Display) -> Self {
        Self::Damaged(what.to_string())
    }

    /// The error for users.
    pub(super) fn at(self, path: &std::path::Path) -> StoreError {
        let path = path.to_owned();
        let error = match self {
            Self::Damaged(detail) => return StoreError::Damaged { path, detail },
            Self::NotHeld(what) => return StoreError::NotHeld { path, what },
            Self::Removed { what, at, why } => {
                return StoreError::Removed {
                    path,
                    what,
                    at,
                    why,
                };
            }
            Self::Sqlite(sqlite) => sqlite,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged {
                path,
                detail: error.to_string(),
            },
            Some(ErrorCode::NotADatabase) => StoreError::Foreign { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                StoreError::ReadOnly { path }
            }
            Some(ErrorCode::DiskFull) => StoreError::DiskFull { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
            Some(ErrorCode::CannotOpen) => StoreError::CannotOpen {
                path,
                detail: error.to_string(),
            },
            // A column of the wrong type: impossible in STRICT tables unless the file was altered.
            None if matches!(
                error,
                rusqlite::Error::InvalidColumnType(..)
                    | rusqlite::Error::FromSqlConversionFailure(..)
                    | rusqlite::Error::IntegralValueOutOfRange(..)
            ) =>
            {
                StoreError::Damaged {
                    path,
                    detail: error.to_string(),
                }
            }
            _ => StoreError::Sqlite {
                path,
                source: Arc::new(error),
            },
        }
    }
}
