//! Whether the store changed, told without reading it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use rusqlite::Connection;

use super::{Fault, FileId, Store, StoreError, open_for_reading};

/// The state of a store's content: equal as long as nobody wrote to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Which connection watched the file: each counts for itself.
    opened: u64,
    data: i64,
}

/// What tells one state of a profile's findings from another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The number of the latest set of findings of each profile.
    sets: HashMap<String, i64>,
    /// The number of the latest review.
    review: i64,
}

impl Marks {
    /// That of one profile: equal as long as neither its findings nor the reviews changed.
    #[must_use]
    pub fn of(&self, profile: &str) -> (Option<i64>, i64) {
        (self.sets.get(profile).copied(), self.review)
    }
}

/// What watches the file.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Watching>);

#[derive(Debug, Default)]
struct Watching {
    /// How many connections there were.
    opened: u64,
    /// The file that the last of them reads.
    file: Option<FileId>,
    connection: Option<Connection>,
}

impl Store {
    /// The state of the store's content. This reads a counter and nothing else.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn version(&self) -> Result<Version, StoreError> {
        let (file, idle) = self.reader()?;
        self.put_back(file, idle);
        let watch = &self.0.watch.0;
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = |it: rusqlite::Error| Fault::from(it).at(self.path());
        if watch.connection.is_none() || watch.file != file {
            let opened = open_for_reading(self.path(), self.readers().immutable);
            watch.connection = Some(opened.map_err(fault)?);
            watch.file = file;
            watch.opened += 1;
        }
        let data = watch.connection.as_ref().map_or(Ok(0), |it| {
            it.query_row("PRAGMA data_version", (), |row| row.get(0))
        });
        Ok(Version {
            opened: watch.opened,
            data: data.map_err(fault)?,
        })
    }

    /// What tells whether the findings of a profile, or the reviews, are others than before.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn marks(&self) -> Result<Marks, StoreError> {
        self.read(|connection| {
            let sets = connection
                .prepare_cached("SELECT profile, max(id) FROM finding_set GROUP BY profile")?
                .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let review = connection
                .prepare_cached("SELECT coalesce(max(id), 0) FROM review")?
                .query_row((), |row| row.get(0))?;
            Ok(Marks { sets, review })
        })
    }
}
