//! The profiles whose reports are shown: listed at every request, and read again if their file changed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use crate::pipeline::{BadProfile, Named, profile_files, profile_name, read_profile};

/// A profile with its name, or the reason that it cannot be read.
pub(super) struct Entry {
    /// The name of the profile.
    pub(super) name: String,
    /// The profile, or why it cannot be read.
    pub(super) read: Result<Named, String>,
    /// Whether its file is clearly not a profile.
    is_something_else: bool,
    stamp: Stamp,
    /// Its file.
    pub(super) path: PathBuf,
}

impl Entry {
    /// Whether both are the same profile, read from the same state of its file.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.is_of(other)
    }

    /// Whether its file is unchanged since it was read.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.stamp == other.stamp
    }
}

/// What changes when a file is written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
        })
    }
}

/// The profiles read so far, by file.
#[derive(Default)]
pub(super) struct Profiles(BTreeMap<PathBuf, Arc<Entry>>);

impl Profiles {
    /// All profiles in the folder, sorted by name; empty if there is no folder.
    pub(super) fn all(&mut self, folder: &Path) -> Vec<Arc<Entry>> {
        let files = profile_files(folder).unwrap_or_default();
        let mut known = std::mem::take(&mut self.0);
        for path in files {
            let Some(stamp) = Stamp::of(&path) else {
                continue;
            };
            let entry = known.remove(&path).filter(|entry| entry.stamp == stamp);
            let entry = entry.unwrap_or_else(|| Arc::new(entry_of(&path, stamp)));
            self.0.insert(path, entry);
        }
        let profiles = self.0.values().filter(|value| !value.is_something_else);
        profiles.cloned().collect()
    }
}

fn entry_of(path: &Path, stamp: Stamp) -> Entry {
    let read = read_profile(path);
    Entry {
        name: profile_name(path),
        is_something_else: matches!(read, Err(BadProfile::SomethingElse(_))),
        read: read.map_err(|error| error.to_string()),
        stamp,
        path: path.to_owned(),
    }
}
