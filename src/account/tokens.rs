//! Tokens: what programs show in place of a session.

use rusqlite::{OptionalExtension as _, Row, params};
use serde::Serialize;

use super::{AccountError, Accounts, Role, Secret, instant, micros, secret::digest};
use crate::clock::Instant;

/// What a token is good for. It never allows more than the role of its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// To read by the API.
    Read,
    /// Also to decide by the API.
    Decide,
    /// To read feeds. The token is in their addresses.
    Feeds,
    /// To read `/metrics`.
    Metrics,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Read, Self::Decide, Self::Feeds, Self::Metrics];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Decide => "decide",
            Self::Feeds => "feeds",
            Self::Metrics => "metrics",
        }
    }

    /// The scope of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// A token, without the secret: that is shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its number.
    pub id: i64,
    /// The name of the account.
    pub account: String,
    /// The role of the account now.
    pub role: Role,
    /// What it is for, in the words of its owner.
    pub label: String,
    /// What it is good for.
    pub scope: Scope,
    /// When it was made.
    pub created: Instant,
    /// Until when it is good.
    pub expires: Option<Instant>,
    /// When it was used last, to the hour.
    pub used: Option<Instant>,
    /// Since when it is revoked.
    pub revoked: Option<Instant>,
}

const SELECT: &str = "SELECT id, token.account, role, label, scope, token.created, expires, used, revoked FROM token \
     JOIN account ON account.name = token.account";

impl Accounts {
    /// Makes a token; returns it with its secret.
    ///
    /// # Errors
    /// There is no such account; the file cannot be written; the system gives no random bytes.
    pub fn issue(
        &self,
        name: &str,
        label: &str,
        scope: Scope,
        (now, expires): (Instant, Option<Instant>),
    ) -> Result<String, AccountError> {
        let name = self.account(name)?.name;
        let secret = Secret::new()?;
        self.on(|file| {
            file.execute(
                "INSERT INTO token (digest, account, label, scope, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    digest(&secret.token()),
                    name,
                    label,
                    scope.word(),
                    micros(now),
                    expires.map(micros)
                ],
            )
        })?;
        Ok(secret.token())
    }

    /// The token that is shown, if it is good, and notes that it was used.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn token(&self, shown: &str, now: Instant) -> Result<Option<Token>, AccountError> {
        const HOUR: i64 = 3_600_000_000;
        self.on(|file| {
            let sql = format!(
                "{SELECT} WHERE digest = ?1 AND revoked IS NULL AND disabled IS NULL AND coalesce(expires, ?2 + 1) > ?2"
            );
            let found = file
                .prepare_cached(&sql)?
                .query_row(params![digest(shown), micros(now)], token)
                .optional()?;
            if let Some(found) = &found
                && found.used.is_none_or(|it| micros(it) + HOUR <= micros(now))
            {
                file.prepare_cached("UPDATE token SET used = ?2 WHERE id = ?1")?
                    .execute(params![found.id, micros(now)])?;
                Self::note_seen(file, &found.account, now)?;
            }
            Ok(found)
        })
    }

    /// Revokes the token of a number.
    ///
    /// # Errors
    /// No token of that number can be revoked; the file cannot be written.
    pub fn revoke(&self, id: i64, now: Instant) -> Result<(), AccountError> {
        let sql = "UPDATE token SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
        match self.on(|file| file.execute(sql, params![id, micros(now)]))? {
            0 => Err(AccountError::NoNumber { what: "token" }),
            _ => Ok(()),
        }
    }

    /// All tokens, the latest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn tokens(&self) -> Result<Vec<Token>, AccountError> {
        self.on(|file| {
            let sql = format!("{SELECT} ORDER BY id DESC");
            file.prepare_cached(&sql)?.query_map((), token)?.collect()
        })
    }
}

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let time = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(instant));
    Ok(Token {
        id: row.get(0)?,
        account: row.get(1)?,
        role: Role::of(&row.get::<_, String>(2)?).unwrap_or(Role::Viewer),
        label: row.get(3)?,
        scope: Scope::of(&row.get::<_, String>(4)?).unwrap_or(Scope::Metrics),
        created: time(5)?.unwrap_or_default(),
        expires: time(6)?,
        used: time(7)?,
        revoked: time(8)?,
    })
}
