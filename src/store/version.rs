//! Detects whether the store changed, without reading it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use rusqlite::Connection;

use super::{Fault, FileId, Store, StoreError, open_for_reading};

/// The version of the content of a store: the same as long as nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The connection that watched the file: each has its own counter.
    opened: u64,
    data: i64,
}

impl Version {
    /// Whether both are versions of one file, and not of one that took its place.
    #[must_use]
    pub fn is_of_the_same_file(self, other: Self) -> bool {
        self.opened == other.opened
    }
}

/// The version of the findings of profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The number of the latest set of findings of each profile.
    sets: HashMap<String, i64>,
    /// The number of the latest review, and of the latest mute.
    decided: (i64, i64),
}

/// The version of the findings of one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    set: Option<i64>,
    decided: (i64, i64),
}

impl Mark {
    /// Whether both are of one set of findings, whatever was decided about them.
    #[must_use]
    pub fn is_of_the_same_findings(self, other: Self) -> bool {
        self.set == other.set
    }
}

impl Marks {
    /// The version for one profile: the same as long as neither its findings nor the decisions change.
    #[must_use]
    pub fn of(&self, profile: &str) -> Mark {
        Mark {
            set: self.sets.get(profile).copied(),
            decided: self.decided,
        }
    }
}

/// The connection that watches the file.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Watching>);

#[derive(Debug, Default)]
struct Watching {
    /// The number of connections so far.
    opened: u64,
    /// The file that the last connection reads.
    file: Option<FileId>,
    connection: Option<Connection>,
}

impl Store {
    /// The version of the content of the store. Only reads a counter.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn version(&self) -> Result<Version, StoreError> {
        let (file, idle) = self.reader()?;
        self.put_back(file, idle);
        let watch = &self.0.watch.0;
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = |error: rusqlite::Error| Fault::from(error).at(self.path());
        if watch.connection.is_none() || watch.file != file {
            let opened = open_for_reading(self.path(), self.readers().immutable);
            watch.connection = Some(opened.map_err(fault)?);
            watch.file = file;
            watch.opened += 1;
        }
        let data = watch.connection.as_ref().map_or(Ok(0), |connection| {
            connection.query_row("PRAGMA data_version", (), |row| row.get(0))
        });
        Ok(Version {
            opened: watch.opened,
            data: data.map_err(fault)?,
        })
    }

    /// The version of the findings of all profiles and of the decisions.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn marks(&self) -> Result<Marks, StoreError> {
        self.read(|connection| {
            let sets = connection
                .prepare_cached("SELECT profile, max(id) FROM finding_set GROUP BY profile")?
                .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let decided = connection
                .prepare_cached(
                    "SELECT coalesce((SELECT max(id) FROM review), 0), coalesce((SELECT max(id) FROM mute), 0)",
                )?
                .query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(Marks { sets, decided })
        })
    }
}
