//! Checks that the store is intact, and lists the problems.

mod derived;
mod proved;

use rusqlite::Connection;
use rustls::pki_types::CertificateDer;

use super::{Fault, Store, StoreError, payloads};
use crate::ledger::{Stamp, Verifier};

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place: a table, `payload sha256:…`.
    pub place: String,
    /// The fault.
    pub detail: String,
}

impl Problem {
    fn new(place: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self {
            place: place.into(),
            detail: detail.to_string(),
        }
    }
}

/// What the ledger is checked against.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The key that must have signed the latest checkpoint, and every one that was kept elsewhere; `None` for the key in the store.
    pub verifier: Option<Verifier>,
    /// Checkpoints that were kept elsewhere: a name for each, and the signed note.
    pub checkpoints: Vec<(String, String)>,
    /// The certificates of trusted time-stamp authorities; if empty, time-stamps are checked without trust in their authority.
    pub roots: Vec<CertificateDer<'static>>,
}

/// The result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The problems.
    pub problems: Vec<Problem>,
    /// The number of leaves in the ledger.
    pub leaves: u64,
    /// Of these, the ones covered by a checkpoint.
    pub sealed: u64,
    /// The number of payloads removed on purpose.
    pub removed: u64,
    /// The key of the ledger, from the latest checkpoint.
    pub key: Option<String>,
    /// The latest time-stamp, and how many leaves its checkpoint covers.
    pub stamped: Option<(Stamp, u64)>,
}

/// The progress of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    /// The current part.
    pub what: &'static str,
    /// How much is done.
    pub done: u64,
    /// How much there is in all.
    pub of: u64,
}

impl Store {
    /// Checks everything: the structure of the file, the references between rows, derived rows, every payload, and the ledger.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn verify(
        &self,
        trust: &Trust,
        tell: &mut dyn FnMut(Advance),
    ) -> Result<Verified, StoreError> {
        let mut verified = Verified::default();
        self.read(|connection| {
            let problems = &mut verified.problems;
            let whole = |what| Advance {
                what,
                done: 0,
                of: 1,
            };
            tell(whole("structure"));
            attempt(problems, "file", |it| {
                it.extend(structure(connection, "integrity_check")?);
                Ok(())
            });
            attempt(problems, "removals", |_| {
                verified.removed = removed(connection)?;
                Ok(())
            });
            tell(whole("references"));
            derived::check(connection, problems);
            attempt(problems, "payloads", |it| {
                it.extend(payloads_of(connection, tell)?);
                Ok(())
            });
            proved::check(connection, trust, &mut verified, tell);
            Ok(())
        })?;
        // A problem that is found in several ways is reported once.
        let mut seen = std::collections::HashSet::new();
        verified
            .problems
            .retain(|problem| seen.insert((problem.place.clone(), problem.detail.clone())));
        Ok(verified)
    }

    /// Checks the structure of the file and the references between rows, without reading payloads.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn verify_quick(&self) -> Result<Vec<Problem>, StoreError> {
        self.read(|connection| structure(connection, "quick_check"))
    }
}

impl Store {
    /// Reads every payload back and compares it with its digest.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn verify_payloads(&self) -> Result<Vec<Problem>, StoreError> {
        self.read(|connection| payloads_of(connection, &mut |_| {}))
    }
}

/// Does one part of a verification; if the file is too damaged for that, this is a problem, too.
fn attempt(
    problems: &mut Vec<Problem>,
    place: &str,
    part: impl FnOnce(&mut Vec<Problem>) -> Result<(), Fault>,
) {
    match part(problems) {
        Ok(()) => {}
        Err(Fault::Damaged(detail) | Fault::NotHeld(detail)) => {
            problems.push(Problem::new(place, detail));
        }
        Err(Fault::Sqlite(error)) => problems.push(Problem::new(place, error)),
        Err(Fault::Removed { what, .. }) => {
            problems.push(Problem::new(
                place,
                format!("{what} was removed, but something needs it"),
            ));
        }
    }
}

/// Reads every payload back and compares it with its digest.
fn payloads_of(
    connection: &Connection,
    tell: &mut dyn FnMut(Advance),
) -> Result<Vec<Problem>, Fault> {
    let of = connection.query_row(
        "SELECT coalesce(sum(length), 0) FROM payload WHERE bytes IS NOT NULL",
        (),
        |row| row.get::<_, i64>(0),
    )?;
    let (mut problems, mut done) = (Vec::new(), 0);
    payloads::read_all(connection, &mut |digest, read| {
        let detail = match read {
            Ok(length) => {
                done += length;
                String::new()
            }
            Err(Fault::Damaged(detail) | Fault::NotHeld(detail)) => detail,
            Err(Fault::Sqlite(error)) => error.to_string(),
            Err(Fault::Removed { what, .. }) => {
                format!("it is stored against {what}, which was removed")
            }
        };
        if !detail.is_empty() {
            problems.push(Problem::new(format!("payload {digest}"), detail));
        }
        tell(Advance {
            what: "payloads",
            done,
            of: of.unsigned_abs(),
        });
    })?;
    Ok(problems)
}

/// The number of payloads that were removed on purpose and did not come again.
fn removed(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row(
        "SELECT count(*) FROM payload WHERE bytes IS NULL AND id IN (SELECT payload FROM removal)",
        (),
        |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
    )
}

fn structure(connection: &Connection, check: &str) -> Result<Vec<Problem>, Fault> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare(&format!("PRAGMA {check}(100)"))?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let detail: String = row.get(0)?;
        if detail != "ok" {
            problems.push(Problem {
                place: "file".into(),
                detail,
            });
        }
    }
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (table, id, parent): (String, Option<i64>, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        problems.push(Problem {
            place: format!("{table} {}", id.unwrap_or_default()),
            detail: format!("refers to a {parent} that does not exist"),
        });
    }
    Ok(problems)
}
