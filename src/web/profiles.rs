//! The profiles whose reports are shown: read from their folder at every request, so that an edited one counts at once.

use std::path::Path;

use crate::{pipeline::Named, profile::Profile};

/// A profile by its name, or why it cannot be read.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) read: Result<Named, String>,
}

/// All in the folder, by name; none where there is no folder.
pub(super) fn all(folder: &Path) -> Vec<Entry> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = files.map(|it| it.path()).collect();
    files.retain(|it| it.extension().is_some_and(|it| it == "toml"));
    files.sort();
    files.iter().map(|it| entry(it)).collect()
}

fn entry(path: &Path) -> Entry {
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
    Entry { name, read }
}
