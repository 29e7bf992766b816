//! The accounts: names and roles.

use rusqlite::{OptionalExtension as _, Row, params};
use serde::Serialize;

use super::{AccountError, Accounts, Hash, instant, micros};
use crate::clock::Instant;

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// To see everything.
    Viewer,
    /// Also to decide, to add copies, and to mark edits as done.
    Reviewer,
    /// Also to administer accounts and to end the sessions of others.
    Admin,
}

impl Role {
    /// All roles, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Reviewer, Self::Admin];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Admin => "admin",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name under which decisions are recorded.
    pub name: String,
    /// The role.
    pub role: Role,
    /// When it was made.
    pub created: Instant,
    /// Since when it cannot be used.
    pub disabled: Option<Instant>,
    /// When it was used last.
    pub seen: Option<Instant>,
}

const COLUMNS: &str = "name, role, created, disabled, seen";

impl Accounts {
    /// Adds an account.
    ///
    /// # Errors
    /// The name is taken or cannot be one; the file cannot be written.
    pub fn add(
        &self,
        name: &str,
        role: Role,
        password: &Hash,
        now: Instant,
    ) -> Result<(), AccountError> {
        if !is_name(name) {
            return Err(AccountError::BadName { name: name.into() });
        }
        let added = self.on(|file| {
            file.execute(
                "INSERT INTO account (name, role, password, created) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![name, role.word(), password.as_str(), micros(now)],
            )
        })?;
        if added == 0 {
            return Err(AccountError::Taken { name: name.into() });
        }
        Ok(())
    }

    /// All accounts by name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn list(&self) -> Result<Vec<Account>, AccountError> {
        self.on(|file| {
            let sql = format!("SELECT {COLUMNS} FROM account ORDER BY name");
            file.prepare_cached(&sql)?.query_map((), account)?.collect()
        })
    }

    /// The account of a name, whatever its case.
    ///
    /// # Errors
    /// There is no account of that name; the file cannot be read.
    pub fn account(&self, name: &str) -> Result<Account, AccountError> {
        let found = self.on(|file| {
            let sql = format!("SELECT {COLUMNS} FROM account WHERE name = ?1");
            file.prepare_cached(&sql)?
                .query_row([name], account)
                .optional()
        })?;
        found.ok_or_else(|| AccountError::NoSuch { name: name.into() })
    }

    /// The hash of the password of an account that can be used; `None` for any other name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn hash(&self, name: &str) -> Result<Option<Hash>, AccountError> {
        self.on(|file| {
            file.prepare_cached(
                "SELECT password FROM account WHERE name = ?1 AND disabled IS NULL",
            )?
            .query_row([name], |row| row.get(0).map(Hash::stored))
            .optional()
        })
    }

    /// Gives an account another role.
    ///
    /// # Errors
    /// There is no such account, or it is the last admin; the file cannot be written.
    pub fn set_role(&self, name: &str, role: Role) -> Result<(), AccountError> {
        let sql = "UPDATE account SET role = ?2 WHERE name = ?1";
        self.change(name, role != Role::Admin, |file| {
            file.execute(sql, params![name, role.word()])
        })
    }

    /// Gives an account another password, and ends all its sessions.
    ///
    /// # Errors
    /// There is no such account; the file cannot be written.
    pub fn set_password(&self, name: &str, password: &Hash) -> Result<(), AccountError> {
        self.change(name, false, |file| {
            file.execute(
                "DELETE FROM session WHERE account = ?1 COLLATE NOCASE",
                [name],
            )?;
            file.execute("DELETE FROM login_failure WHERE name = ?1", [name])?;
            let sql = "UPDATE account SET password = ?2 WHERE name = ?1";
            file.execute(sql, params![name, password.as_str()])
        })
    }

    /// Stores the hash of the same password, made at a higher cost.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn rehash(&self, name: &str, password: &Hash) -> Result<(), AccountError> {
        let sql = "UPDATE account SET password = ?2 WHERE name = ?1";
        self.change(name, false, |file| {
            file.execute(sql, params![name, password.as_str()])
        })
    }

    /// Disables an account and ends its sessions and tokens, or enables it again.
    ///
    /// # Errors
    /// There is no such account, or it is the last admin; the file cannot be written.
    pub fn disable(&self, name: &str, disabled: bool, now: Instant) -> Result<(), AccountError> {
        let at = disabled.then(|| micros(now));
        self.change(name, disabled, |file| {
            if disabled {
                file.execute("DELETE FROM session WHERE account = ?1 COLLATE NOCASE", [name])?;
                let sql = "UPDATE token SET revoked = ?2 WHERE account = ?1 COLLATE NOCASE AND revoked IS NULL";
                file.execute(sql, params![name, at])?;
            }
            file.execute("UPDATE account SET disabled = ?2 WHERE name = ?1", params![name, at])
        })
    }

    /// Changes an account in one transaction; not if that `takes` away the last admin.
    fn change(
        &self,
        name: &str,
        takes: bool,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<usize>,
    ) -> Result<(), AccountError> {
        enum Came {
            Done,
            NoSuch,
            LastAdmin,
        }
        let came = self.on(|file| {
            let change =
                file.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let admins = "SELECT name = ?1 FROM account WHERE role = 'admin' AND disabled IS NULL";
            let admins: Vec<bool> = change
                .prepare_cached(&format!("{admins} COLLATE NOCASE"))?
                .query_map([name], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            if takes && admins == [true] {
                return Ok(Came::LastAdmin);
            }
            if work(&change)? == 0 {
                return Ok(Came::NoSuch);
            }
            change.commit()?;
            Ok(Came::Done)
        })?;
        match came {
            Came::Done => Ok(()),
            Came::NoSuch => Err(AccountError::NoSuch { name: name.into() }),
            Came::LastAdmin => Err(AccountError::LastAdmin { name: name.into() }),
        }
    }

    /// Notes that an account was used; at most once a minute, so that reading costs no write.
    pub(super) fn note_seen(
        file: &rusqlite::Connection,
        name: &str,
        now: Instant,
    ) -> rusqlite::Result<()> {
        let minute = micros(now) - 60_000_000;
        file.prepare_cached(
            "UPDATE account SET seen = ?2 WHERE name = ?1 AND coalesce(seen, 0) < ?3",
        )?
        .execute(params![name, micros(now), minute])?;
        Ok(())
    }
}

/// Whether a text can be the name of an account: 1 to 64 letters, digits and `. _ @ -`.
fn is_name(text: &str) -> bool {
    let plain = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '@' | '-');
    (1..=64).contains(&text.chars().count()) && text.chars().all(plain)
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let time = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(instant));
    Ok(Account {
        name: row.get(0)?,
        role: Role::of(&row.get::<_, String>(1)?).unwrap_or(Role::Viewer),
        created: time(2)?.unwrap_or_default(),
        disabled: time(3)?,
        seen: time(4)?,
    })
}
