//! The profiles whose reports are shown: looked for in their folder at every request, read again when their file changed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use crate::pipeline::{BadProfile, Named, profile_files, profile_name, read_profile};

/// A profile by its name, or why it cannot be read.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) read: Result<Named, String>,
    /// Whether its file is plainly not a profile.
    is_something_else: bool,
    stamp: Stamp,
}

impl Entry {
    /// Whether its file is still the one that was read.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.stamp == other.stamp
    }
}

/// What tells a file from one that was written since.
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

/// The profiles that were read so far, by their files.
#[derive(Default)]
pub(super) struct Profiles(BTreeMap<PathBuf, Arc<Entry>>);

impl Profiles {
    /// All in the folder, by name; none where there is no folder.
    pub(super) fn all(&mut self, folder: &Path) -> Vec<Arc<Entry>> {
        let files = profile_files(folder).unwrap_or_default();
        let mut known = std::mem::take(&mut self.0);
        for path in files {
            let Some(stamp) = Stamp::of(&path) else {
                continue;
            };
            let entry = known.remove(&path).filter(|it| it.stamp == stamp);
            let entry = entry.unwrap_or_else(|| Arc::new(entry_of(&path, stamp)));
            self.0.insert(path, entry);
        }
        let profiles = self.0.values().filter(|it| !it.is_something_else);
        profiles.cloned().collect()
    }
}

fn entry_of(path: &Path, stamp: Stamp) -> Entry {
    let read = read_profile(path);
    Entry {
        name: profile_name(path),
        is_something_else: matches!(read, Err(BadProfile::SomethingElse(_))),
        read: read.map_err(|it| it.to_string()),
        stamp,
    }
}
