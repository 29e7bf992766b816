//! Attempts to log in, and how many of them there may be.
//!
//! Attempts that are refused are not counted, so no lock lasts longer than [`WINDOW`]. Addresses from which a person has logged in
//! are counted by themselves: the attempts of strangers under a person's name do not lock that person out.

use chrono::TimeDelta;
use rusqlite::{Connection, params};

use super::{AccountError, Accounts, ago, instant, micros};
use crate::clock::Instant;

/// The span in which failures count.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// The most failures under a name within [`WINDOW`].
pub const TRIES_PER_NAME: usize = 5;

/// The most failures from an address within [`WINDOW`].
pub const TRIES_PER_ADDRESS: usize = 20;

/// How long failures and addresses are remembered.
const MEMORY: TimeDelta = TimeDelta::days(90);

/// A log-in that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// When.
    pub at: Instant,
    /// The name that was given.
    pub name: String,
    /// From where.
    pub address: String,
}

impl Accounts {
    /// When a log-in under that name from that address is possible again; `None` if it is possible now.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn locked_until(
        &self,
        name: &str,
        address: &str,
        now: Instant,
    ) -> Result<Option<Instant>, AccountError> {
        self.on(|file| {
            let since = ago(now, WINDOW);
            let of_address = failures(file, "address = ?2", (since, address))?;
            let by_address = full(&of_address, TRIES_PER_ADDRESS);
            let of_name = if is_known(file, name, address)? {
                let mut own = file.prepare_cached(
                    "SELECT at FROM login_failure WHERE at > ?1 AND name = ?2 AND address = ?3 ORDER BY at DESC",
                )?;
                own.query_map(params![since, name, address], |row| row.get(0))?
                    .collect::<rusqlite::Result<Vec<i64>>>()?
            } else {
                let strangers = "name = ?2 AND NOT EXISTS (SELECT 1 FROM known_address AS known \
                     WHERE known.account = ?2 AND known.address = login_failure.address)";
                failures(file, strangers, (since, name))?
            };
            let until = by_address.max(full(&of_name, TRIES_PER_NAME));
            Ok(until.map(|at| instant(at) + WINDOW))
        })
    }

    /// Notes an attempt that failed.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note_failure(
        &self,
        name: &str,
        address: &str,
        now: Instant,
    ) -> Result<(), AccountError> {
        let name: String = name.chars().take(64).collect();
        self.on(|file| {
            file.execute(
                "DELETE FROM login_failure WHERE at < ?1",
                [ago(now, MEMORY)],
            )?;
            file.execute(
                "INSERT INTO login_failure (at, name, address) VALUES (?1, ?2, ?3)",
                params![micros(now), name, address],
            )
        })?;
        Ok(())
    }

    /// Notes that a person logged in: from this address, what strangers try under their name does not count.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note_login(&self, name: &str, address: &str, now: Instant) -> Result<(), AccountError> {
        let name = self.account(name)?.name;
        self.on(|file| {
            let change = file.transaction()?;
            change.execute(
                "DELETE FROM known_address WHERE at < ?1",
                [ago(now, MEMORY)],
            )?;
            change.execute(
                "DELETE FROM login_failure WHERE name = ?1 AND address = ?2",
                params![name, address],
            )?;
            change.execute(
                "INSERT INTO known_address (account, address, at) VALUES (?1, ?2, ?3) \
                 ON CONFLICT DO UPDATE SET at = excluded.at",
                params![name, address, micros(now)],
            )?;
            change.commit()
        })
    }

    /// The log-ins that failed, the latest first, at most `most`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn failed(&self, most: usize) -> Result<Vec<Failed>, AccountError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.on(|file| {
            let sql = "SELECT at, name, address FROM login_failure ORDER BY id DESC LIMIT ?1";
            let failed = |row: &rusqlite::Row<'_>| {
                Ok(Failed {
                    at: instant(row.get(0)?),
                    name: row.get(1)?,
                    address: row.get(2)?,
                })
            };
            file.prepare_cached(sql)?
                .query_map([most], failed)?
                .collect()
        })
    }
}

/// The times of failures after `since`, the latest first.
fn failures(
    file: &Connection,
    wanted: &str,
    (since, what): (i64, &str),
) -> rusqlite::Result<Vec<i64>> {
    let sql = format!("SELECT at FROM login_failure WHERE at > ?1 AND {wanted} ORDER BY at DESC");
    file.prepare_cached(&sql)?
        .query_map(params![since, what], |row| row.get(0))?
        .collect()
}

/// The failure that has to be forgotten before the next attempt, if there were as many as there may be.
fn full(failures: &[i64], most: usize) -> Option<i64> {
    failures.get(most - 1).copied()
}

fn is_known(file: &Connection, name: &str, address: &str) -> rusqlite::Result<bool> {
    file.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM known_address WHERE account = ?1 AND address = ?2)",
    )?
    .query_row([name, address], |row| row.get(0))
}
