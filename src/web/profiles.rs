//! The profiles whose reports are shown: looked for in their folder at every request, read again when their file changed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use crate::{pipeline::Named, profile::Profile};

/// A profile by its name, or why it cannot be read.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) read: Result<Named, String>,
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
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = files.map(|it| it.path()).collect();
        files.retain(|it| it.extension().is_some_and(|it| it == "toml"));
        files.sort();
        let mut known = std::mem::take(&mut self.0);
        for path in files {
            let Some(stamp) = Stamp::of(&path) else {
                continue;
            };
            let entry = known.remove(&path).filter(|it| it.stamp == stamp);
            let entry = entry.unwrap_or_else(|| Arc::new(entry_of(&path, stamp)));
            self.0.insert(path, entry);
        }
        self.0.values().cloned().collect()
    }
}

fn entry_of(path: &Path, stamp: Stamp) -> Entry {
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let read = std::fs::read(path)
        .map_err(|it| it.to_string())
        .and_then(|bytes| Profile::from_bytes(&bytes, path).map_err(|it| it.to_string()))
        .map(|profile| Named {
            name: name.clone(),
            profile,
        });
    Entry { name, read, stamp }
}
