//! Which findings runs have told, so that a quiet run tells only what no run before it had.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Fault, Store, StoreError, findings};
use crate::finding::Finding;

/// What the last run told of a profile, and what is known now.
#[derive(Clone, Debug, PartialEq)]
pub struct Untold {
    /// The findings that the last run told.
    pub before: Vec<Finding>,
    /// The findings as they are kept now.
    pub now: Vec<Finding>,
    profile: String,
    /// The set that the findings of now are.
    set: i64,
}

impl Store {
    /// What a run has to tell of a profile; `None` where the last run told all there is.
    ///
    /// `changed` says that the run which asks kept the latest findings. It decides where no run has noted yet what it
    /// told: then the findings before those count as told.
    ///
    /// # Errors
    /// The file cannot be read, or what was kept does not read back.
    pub fn untold(&self, profile: &str, changed: bool) -> Result<Option<Untold>, StoreError> {
        self.read(|connection| {
            let Some(set) = findings::latest_id(connection, profile)? else {
                return Ok(None);
            };
            let told: Option<i64> = connection
                .prepare_cached("SELECT findings FROM told WHERE profile = ?1")?
                .query_row([profile], |row| row.get(0))
                .optional()?;
            if told == Some(set) {
                return Ok(None);
            }
            let now = findings::of_set(connection, set)?;
            let before = match told {
                Some(told) => findings::of_set(connection, told)?,
                None if changed => findings::before(connection, profile, set)?,
                None => now.clone(),
            };
            Ok(Some(Untold {
                before,
                now,
                profile: profile.to_owned(),
                set,
            }))
        })
    }

    /// Notes that a run has told what there was to tell of a profile.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn told(&self, untold: &Untold) -> Result<(), StoreError> {
        let (profile, set) = (untold.profile.clone(), untold.set);
        self.write(move |connection| note(connection, &profile, set))
    }
}

fn note(connection: &Connection, profile: &str, set: i64) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO told (profile, findings) VALUES (?1, ?2) ON CONFLICT (profile) DO UPDATE SET findings = excluded.findings",
        )?
        .execute(params![profile, set])?;
    Ok(())
}
