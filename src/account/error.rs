//! What can go wrong with accounts.

use std::path::PathBuf;

use super::password;

/// Why accounts cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The file cannot be opened.
    #[error("the accounts in {path} cannot be opened")]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: std::io::Error,
    },
    /// The file cannot be read or written.
    #[error("the accounts in {path} cannot be read or written")]
    Sql {
        /// The file.
        path: PathBuf,
        /// The error of SQLite.
        #[source]
        source: rusqlite::Error,
    },
    /// A later version of the program made the file.
    #[error("the accounts in {path} were made by a later version of stillsays")]
    TooNew {
        /// The file.
        path: PathBuf,
    },
    /// Something that is not a name.
    #[error("`{name}` cannot be the name of an account")]
    BadName {
        /// What was given.
        name: String,
    },
    /// A name that is or was in use.
    #[error("the name {name} is taken")]
    Taken {
        /// The name.
        name: String,
    },
    /// A name without an account.
    #[error("there is no account {name}")]
    NoSuch {
        /// The name.
        name: String,
    },
    /// The account is the only admin that can log in.
    #[error("{name} is the last admin")]
    LastAdmin {
        /// The name.
        name: String,
    },
    /// There is no such session or token.
    #[error("there is no {what} of that number")]
    NoNumber {
        /// `session` or `token`.
        what: &'static str,
    },
    /// A password that cannot be used.
    #[error("this password cannot be used: {0}")]
    Password(#[from] password::Unfit),
    /// The system gives no random bytes, or a hash cannot be made.
    #[error("a secret cannot be made: {0}")]
    Secret(String),
}

impl AccountError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::File { .. } => {
                "check who may read the file; the setting serve.accounts names another"
            }
            Self::Sql { .. } => {
                "check the space on the disk and who may write the file, then try again"
            }
            Self::TooNew { .. } => {
                "use that version, or name another file with the setting serve.accounts"
            }
            Self::BadName { .. } => "use 1 to 64 letters, digits and . _ @ -",
            Self::Taken { .. } => "choose another name; a name is never used for another person",
            Self::NoSuch { .. } => "`stillsays user list` shows the accounts",
            Self::LastAdmin { .. } => {
                "make somebody else admin first: `stillsays user role NAME admin`"
            }
            Self::NoNumber { .. } => "`stillsays user list` shows the numbers",
            Self::Password(_) => {
                "use 12 to 1,024 bytes, not the name, and not one character over and over"
            }
            Self::Secret(_) => "try again",
        }
    }

    /// Whether another process kept the file busy for too long.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Sql { source, .. }
            if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy))
    }
}
