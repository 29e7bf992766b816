//! Sessions: who is logged in.

use chrono::TimeDelta;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{AccountError, Accounts, Role, Secret, ago, instant, micros, secret::digest};
use crate::clock::Instant;

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request.
    pub idle: TimeDelta,
    /// In all.
    pub most: TimeDelta,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its number, for the list of sessions; it opens nothing.
    pub id: i64,
    /// The name of the account.
    pub account: String,
    /// The role of the account now.
    pub role: Role,
    /// When it began.
    pub begun: Instant,
    /// When it was used last.
    pub used: Instant,
    /// The address that it began from.
    pub address: String,
}

const SELECT: &str = "SELECT id, session.account, role, begun, used, address FROM session \
     JOIN account ON account.name = session.account AND disabled IS NULL";

impl Accounts {
    /// Begins a session; what the cookie has. Sessions that have ended are removed.
    ///
    /// # Errors
    /// There is no such account; the file cannot be written; the system gives no random bytes.
    pub fn begin_session(
        &self,
        name: &str,
        address: &str,
        lifetime: Lifetime,
        now: Instant,
    ) -> Result<String, AccountError> {
        let name = self.account(name)?.name;
        let secret = Secret::new()?.text();
        self.on(|file| {
            let change = file.transaction()?;
            change.execute(
                "DELETE FROM session WHERE used < ?1 OR begun < ?2",
                params![ago(now, lifetime.idle), ago(now, lifetime.most)],
            )?;
            change.execute(
                "INSERT INTO session (digest, account, begun, used, address) VALUES (?1, ?2, ?3, ?3, ?4)",
                params![digest(&secret), name, micros(now), address],
            )?;
            Self::note_seen(&change, &name, now)?;
            change.commit()
        })?;
        Ok(secret)
    }

    /// The session that a cookie shows, if it lasts, and notes that it was used.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn session(
        &self,
        shown: &str,
        lifetime: Lifetime,
        now: Instant,
    ) -> Result<Option<Session>, AccountError> {
        let (idle, most) = (ago(now, lifetime.idle), ago(now, lifetime.most));
        self.on(|file| {
            let sql = format!("{SELECT} WHERE digest = ?1 AND used >= ?2 AND begun >= ?3");
            let found = file
                .prepare_cached(&sql)?
                .query_row(params![digest(shown), idle, most], session)
                .optional()?;
            if let Some(found) = &found
                && now - found.used >= TimeDelta::minutes(1)
            {
                file.prepare_cached("UPDATE session SET used = ?2 WHERE id = ?1")?
                    .execute(params![found.id, micros(now)])?;
                Self::note_seen(file, &found.account, now)?;
            }
            Ok(found)
        })
    }

    /// Ends the session that a cookie shows.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn log_out(&self, shown: &str) -> Result<(), AccountError> {
        self.on(|file| file.execute("DELETE FROM session WHERE digest = ?1", [digest(shown)]))?;
        Ok(())
    }

    /// Ends the session of a number.
    ///
    /// # Errors
    /// There is no session of that number; the file cannot be written.
    pub fn end_session(&self, id: i64) -> Result<(), AccountError> {
        match self.on(|file| file.execute("DELETE FROM session WHERE id = ?1", [id]))? {
            0 => Err(AccountError::NoNumber { what: "session" }),
            _ => Ok(()),
        }
    }

    /// The sessions that last, the latest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn sessions(&self, lifetime: Lifetime, now: Instant) -> Result<Vec<Session>, AccountError> {
        let (idle, most) = (ago(now, lifetime.idle), ago(now, lifetime.most));
        self.on(|file| {
            let sql =
                format!("{SELECT} WHERE used >= ?1 AND begun >= ?2 ORDER BY used DESC, id DESC");
            file.prepare_cached(&sql)?
                .query_map([idle, most], session)?
                .collect()
        })
    }
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        account: row.get(1)?,
        role: Role::of(&row.get::<_, String>(2)?).unwrap_or(Role::Viewer),
        begun: instant(row.get(3)?),
        used: instant(row.get(4)?),
        address: row.get(5)?,
    })
}
