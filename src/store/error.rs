//! What can go wrong with a store, each kind with what to do about it.

use std::{path::PathBuf, sync::Arc};

use rusqlite::ErrorCode;

use crate::clock::{Instant, warc_date};

/// Why a store cannot be opened, read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no file.
    #[error("there is no store at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a stillsays store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// What was stored cannot be read back as it was.
    #[error("the store {} is damaged: {detail}", path.display())]
    Damaged {
        /// The store.
        path: PathBuf,
        /// What does not hold.
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
    /// An older program wrote it, and it may not be written now.
    #[error("the store {} has format {found} and has to be brought to format {known} first", path.display())]
    Older {
        /// The store.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The format this program reads.
        known: u32,
    },
    /// The file or its folder may not be written.
    #[error("the store {} cannot be written: it or its folder is read-only", path.display())]
    ReadOnly {
        /// The store.
        path: PathBuf,
    },
    /// No room.
    #[error("the disk that holds the store {} is full", path.display())]
    DiskFull {
        /// The store.
        path: PathBuf,
    },
    /// Another program kept it locked for longer than one waits.
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
        /// What SQLite or the operating system says.
        detail: String,
    },
    /// Something was asked for that the store does not hold.
    #[error("the store {} holds no {what}", path.display())]
    NotHeld {
        /// The store.
        path: PathBuf,
        /// What was asked for: `capture 12`, `payload sha256:…`.
        what: String,
    },
    /// It was held, and was removed on purpose.
    #[error("{what} was removed from the store {} on {}: {why}", path.display(), warc_date(*at))]
    Removed {
        /// The store.
        path: PathBuf,
        /// What was asked for: `payload sha256:…`.
        what: String,
        /// When it was removed.
        at: Instant,
        /// By which rule.
        why: String,
    },
    /// The writer has ended.
    #[error("the store {} is closed", path.display())]
    Closed {
        /// The store.
        path: PathBuf,
    },
    /// Anything else that SQLite says.
    #[error("the store {} fails", path.display())]
    Sqlite {
        /// The store.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: Arc<rusqlite::Error>,
    },
}

impl StoreError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "the first `stillsays run` makes it; or name another file with --store"
            }
            Self::Foreign { .. } => "name the store's file with --store, or move this file away",
            Self::Damaged { .. } => {
                "keep the file as it is, copy it, and take the store back from a backup; `stillsays verify` lists what is damaged"
            }
            Self::Newer { .. } => "use the newer stillsays that wrote it",
            Self::Older { .. } => {
                "run a command that writes (such as `stillsays run --dry-run`) once, with write access"
            }
            Self::ReadOnly { .. } => {
                "give the user that runs stillsays the right to write in that folder"
            }
            Self::DiskFull { .. } => {
                "make room and run again; what was stored before is whole, and nothing half-written stays"
            }
            Self::Busy { .. } => "wait until the other program is done, then run again",
            Self::CannotOpen { .. } => "look whether the folder exists and may be entered",
            Self::NotHeld { .. } => "`stillsays captures URL` lists the captures of a page",
            Self::Removed { .. } => {
                "its digest is known; what it was can be had from a backup made before that"
            }
            Self::Closed { .. } => "run again; what was stored before is whole",
            Self::Sqlite { .. } => {
                "run again; if it stays so, `stillsays verify` tells whether the file is whole"
            }
        }
    }

    /// Whether the store's content cannot be trusted (the exit code "the store is damaged").
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Foreign { .. })
    }
}

/// What goes wrong inside, before it is known which file it happened to.
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
    fn from(it: rusqlite::Error) -> Self {
        Self::Sqlite(it)
    }
}

impl Fault {
    /// A stored value that does not read back; `what` names the row.
    pub(super) fn damaged(what: impl std::fmt::Display) -> Self {
        Self::Damaged(what.to_string())
    }

    /// The error that a user sees.
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
            Self::Sqlite(it) => it,
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
            // A column of another type than the schema's: STRICT tables hold none unless the file was altered.
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
