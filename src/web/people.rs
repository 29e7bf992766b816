//! The accounts behind the site, if there are any.

use std::{path::PathBuf, sync::OnceLock};

use tokio::sync::Semaphore;

use crate::account::{AccountError, Accounts, Hash, Lifetime};

/// How many passwords are verified at the same time: each takes 19 MiB and one processor.
const VERIFYING: usize = 2;

/// The accounts, as soon as there are any: whoever makes the first need not start the server again.
#[derive(Debug)]
pub(super) struct People {
    path: PathBuf,
    opened: OnceLock<Accounts>,
    nobody: OnceLock<Hash>,
    /// How long sessions last.
    pub(super) lifetime: Lifetime,
    /// A place for each password that is verified; others wait.
    pub(super) verifying: Semaphore,
}

impl People {
    /// The accounts in a file, whose sessions last so long.
    pub(super) fn new(path: PathBuf, lifetime: Lifetime) -> Self {
        Self {
            path,
            opened: OnceLock::new(),
            nobody: OnceLock::new(),
            lifetime,
            verifying: Semaphore::new(VERIFYING),
        }
    }

    /// The accounts; `None` while there is no file with any. Once there was one, its loss makes nobody free to enter.
    pub(super) fn accounts(&self) -> Result<Option<&Accounts>, AccountError> {
        if let Some(opened) = self.opened.get() {
            return Ok(Some(opened));
        }
        let opened = Accounts::open(&self.path)?;
        Ok(opened.map(|it| self.opened.get_or_init(|| it)))
    }

    /// A hash that no password fits, against which names without an account are verified.
    pub(super) fn nobody(&self) -> Result<&Hash, AccountError> {
        if let Some(hash) = self.nobody.get() {
            return Ok(hash);
        }
        let hash = Hash::of_nobody()?;
        Ok(self.nobody.get_or_init(|| hash))
    }

    /// Whether a password was verified for a name without an account.
    #[cfg(test)]
    pub(super) fn has_compared_with_nobody(&self) -> bool {
        self.nobody.get().is_some()
    }
}
