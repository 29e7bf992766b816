//! Mutes: what people do not want to be asked again, in order.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Fault, Store, StoreError, instant,
    ledger::{self, Kind},
    micros,
};
use crate::{
    clock::Instant,
    finding::{Decisions, Mute, Muted},
    ledger::Leaf,
};

const COLUMNS: &str = "id, profile, claim, kind, muted, at, author, note";

impl Store {
    /// Stores that a kind of finding about a claim is not asked about any more, or is again. Returns false if it was so before; then
    /// nothing is stored.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn mute(&self, mute: Mute) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let last: Option<bool> = connection
                .prepare_cached(
                    "SELECT muted FROM mute WHERE profile = ?1 AND claim = ?2 AND kind = ?3 ORDER BY id DESC LIMIT 1",
                )?
                .query_row(params![mute.profile, mute.claim, mute.kind.word()], |row| row.get(0))
                .optional()?;
            if last.unwrap_or_default() == mute.muted {
                return Ok(false);
            }
            let id = connection
                .prepare_cached(
                    "INSERT INTO mute (profile, claim, kind, muted, at, author, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .insert(params![
                    mute.profile,
                    mute.claim,
                    mute.kind.word(),
                    mute.muted,
                    micros(mute.at),
                    mute.by,
                    mute.note
                ])?;
            ledger::append(connection, Kind::Mute, id, &Leaf::Mute { id, mute: &mute })?;
            Ok(true)
        })
    }

    /// Every mute and every one taken back, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn mutes(&self) -> Result<Vec<Mute>, StoreError> {
        self.read(|connection| {
            let mut mutes = Vec::new();
            each(connection, &mut |_, it| {
                mutes.push(it?);
                Ok(())
            })?;
            Ok(mutes)
        })
    }

    /// All that people decided, as it counts at `now`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn decisions(&self, now: Instant) -> Result<Decisions, StoreError> {
        Ok(Decisions::of(
            self.reviews()?,
            self.mutes()?,
            now.date_naive(),
        ))
    }
}

/// Passes every row to `take`, by its number.
pub(super) fn each(
    connection: &Connection,
    take: &mut dyn FnMut(i64, Result<Mute, Fault>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let sql = format!("SELECT {COLUMNS} FROM mute ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        take(row.get(0)?, of_row(row))?;
    }
    Ok(())
}

fn of_row(row: &rusqlite::Row<'_>) -> Result<Mute, Fault> {
    let kind: String = row.get(3)?;
    Ok(Mute {
        profile: row.get(1)?,
        claim: row.get(2)?,
        kind: Muted::of_word(&kind)
            .ok_or_else(|| Fault::damaged(format!("`{kind}` is not a kind of finding")))?,
        muted: row.get(4)?,
        at: instant(row.get(5)?)?,
        by: row.get(6)?,
        note: row.get(7)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::parse_digits14, ledger::Signer, store::Access};

    #[test]
    fn a_mute_is_in_the_ledger_and_can_be_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.db"), Access::Create).unwrap();
        let now = parse_digits14("20260301").unwrap();
        let mute = |muted: bool| Mute {
            profile: "p".into(),
            claim: "c".into(),
            kind: Muted::NewNames,
            muted,
            at: now,
            by: "anna".into(),
            note: Some("they add one a week".into()),
        };
        assert!(!store.mute(mute(false)).unwrap(), "nothing to take back");
        assert!(store.mute(mute(true)).unwrap());
        assert!(!store.mute(mute(true)).unwrap(), "it is muted");
        let is_muted = |store: &Store| {
            let decisions = store.decisions(now).unwrap();
            decisions.mute("p", "c", Muted::NewNames).is_some()
        };
        assert!(is_muted(&store));
        assert!(store.mute(mute(false)).unwrap());
        assert!(!is_muted(&store));
        assert_eq!(store.mutes().unwrap(), [mute(true), mute(false)]);
        store.seal(&Signer::generate(None).unwrap(), now).unwrap();
        let checked = || store.verify(&crate::store::Trust::default(), &mut |_| {});
        assert_eq!(checked().unwrap().problems, []);
        let foreign = rusqlite::Connection::open(store.path()).unwrap();
        foreign
            .execute("UPDATE mute SET claim = 'd' WHERE id = 1", ())
            .unwrap();
        assert_ne!(checked().unwrap().problems, []);
    }
}
