//! Looks whether the store is whole, and lists what is not.

use rusqlite::Connection;

use super::{Fault, Store, StoreError, payloads};
use crate::digest::PayloadDigest;

/// One thing that is not as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: a table, `payload sha256:…`.
    pub place: String,
    /// What does not hold.
    pub detail: String,
}

impl Store {
    /// Looks through the file's structure and the references between rows, without reading payloads.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn verify_quick(&self) -> Result<Vec<Problem>, StoreError> {
        self.read(structure)
    }

    /// Reads every payload back and compares it with its digest.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn verify_payloads(&self) -> Result<Vec<Problem>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare("SELECT id, digest FROM payload WHERE bytes IS NOT NULL ORDER BY id")?;
            let mut rows = statement.query(())?;
            let mut problems = Vec::new();
            while let Some(row) = rows.next()? {
                let digest = PayloadDigest::from_bytes(row.get(1)?);
                match payloads::read_checked(connection, row.get(0)?, &digest) {
                    Ok(_) => {}
                    Err(Fault::Damaged(detail) | Fault::NotHeld(detail)) => {
                        problems.push(Problem {
                            place: format!("payload {digest}"),
                            detail,
                        });
                    }
                    Err(fault) => return Err(fault),
                }
            }
            Ok(problems)
        })
    }
}

fn structure(connection: &Connection) -> Result<Vec<Problem>, Fault> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare("PRAGMA quick_check(100)")?;
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
            detail: format!("refers to a {parent} that is not there"),
        });
    }
    Ok(problems)
}
