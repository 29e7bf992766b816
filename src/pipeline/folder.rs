//! The folder of the profiles: which of its files are profiles, and what is wrong with the others.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    digest::PayloadDigest,
    profile::{Profile, ProfileError, Source, reference_lines},
    schedule::{Cadence, CadenceError},
};

use super::Named;

/// Why the file of a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadProfile {
    /// The file cannot be read.
    #[error("the profile {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// The file is not a valid profile.
    #[error(transparent)]
    Profile(ProfileError),
    /// The file is clearly something else: TOML without a key of profiles. In the folder of the profiles, it is ignored.
    #[error(transparent)]
    SomethingElse(ProfileError),
    /// The file has an invalid `every`.
    #[error("{}{place}: `every` is not valid", path.display())]
    Every {
        /// The file.
        path: PathBuf,
        /// `:LINE:COLUMN`, if found.
        place: String,
        /// Why not.
        #[source]
        source: CadenceError,
    },
}

impl BadProfile {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &str {
        match self {
            Self::Unreadable { .. } => {
                "give the user that runs stillsays read access to it, or move it out of the profiles folder"
            }
            Self::Profile(it) | Self::SomethingElse(it) => it.hint(),
            Self::Every { source, .. } => source.hint(),
        }
    }
}

/// The files of the profiles in a folder, sorted by name.
///
/// Everything else is ignored: folders, hidden files (from editors and systems), pipes, files without the extension `.toml`.
///
/// # Errors
/// The folder cannot be read.
pub fn profile_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        if !is_clearly_not_a_profile(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The name of a profile: the stem of its file name.
#[must_use]
pub fn profile_name(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Reads the file of a profile.
///
/// # Errors
/// Every kind of [`BadProfile`].
pub fn read_profile(path: &Path) -> Result<Named, BadProfile> {
    let bytes = std::fs::read(path).map_err(|source| BadProfile::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let profile = Profile::from_bytes(&bytes, path).map_err(|error| {
        if is_something_else(&bytes) {
            tracing::info!("{} is not a profile", path.display());
            BadProfile::SomethingElse(error)
        } else {
            BadProfile::Profile(error)
        }
    })?;
    let own = profile.every.iter();
    for every in own.chain(
        profile
            .references
            .iter()
            .filter_map(|reference| reference.every.as_ref()),
    ) {
        every
            .parse::<Cadence>()
            .map_err(|source| BadProfile::Every {
                path: path.to_owned(),
                place: place_of_every(&String::from_utf8_lossy(&bytes), every),
                source,
            })?;
    }
    Ok(Named {
        name: profile_name(path),
        profile,
        file: path.to_owned(),
        lines: reference_lines(&String::from_utf8_lossy(&bytes)),
    })
}

/// `:LINE:COLUMN` of the `every` that has that value.
fn place_of_every(text: &str, value: &str) -> String {
    let sets = |line: &str| {
        let written = line.trim_start().strip_prefix("every");
        written
            .is_some_and(|written| written.trim_start().starts_with('=') && written.contains(value))
    };
    text.lines()
        .position(sets)
        .map_or_else(String::new, |line| format!(":{}:1", line + 1))
}

fn is_clearly_not_a_profile(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with('.') {
        return true;
    }
    // An inaccessible file may be a profile: reading it reports what is wrong.
    std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

/// Whether a file is TOML with keys, none of which resembles a key of profiles: settings, the manifest of a package.
#[must_use]
pub fn is_something_else(bytes: &[u8]) -> bool {
    let near = |key: &String| {
        // "fetch" is two letters from "watch", and no misspelling of it.
        let most = if key.chars().count() > 5 { 2 } else { 1 };
        let known = Profile::KEYS.iter();
        known
            .map(|known| strsim::damerau_levenshtein(known, key))
            .any(|it| it <= most)
    };
    let text = String::from_utf8_lossy(bytes);
    let table = toml::from_str::<toml::Table>(&text).unwrap_or_default();
    !table.is_empty() && !table.keys().any(near)
}

/// The file with the article that a profile was read from, by its digest; it is beside the profile.
#[must_use]
pub fn source_file(profile: &Path, digest: &str) -> PathBuf {
    let folder = profile.parent().unwrap_or_else(|| Path::new(""));
    folder.join("sources").join(digest.replace(':', "-"))
}

/// The bytes that a profile was read from, if they are stored and unchanged.
#[must_use]
pub fn kept_source(profile: &Path, source: &Source) -> Option<Vec<u8>> {
    let bytes = std::fs::read(source_file(profile, &source.digest)).ok()?;
    (PayloadDigest::of(&bytes).to_string() == source.digest).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plainly_something_else_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("old.toml")).unwrap();
        for (name, text) in [
            ("a.toml", "title = \"A\""),
            ("b.toml", "titel = \"B\""),
            ("broken.toml", "title = "),
            ("empty.toml", ""),
            (".#a.toml", "title = \"A\""),
            ("a.toml~", "title = \"A\""),
            ("notes.txt", "notes"),
            ("settings.toml", "store = \"a.db\"\n[fetch]\ndelay = \"1s\""),
            ("Cargo.toml", "[package]\nname = \"x\""),
        ] {
            std::fs::write(at(name), text).unwrap();
        }
        std::fs::write(at("binary.toml"), [0xff, 0xfe]).unwrap();
        let files = profile_files(folder.path()).unwrap();
        let is_one =
            |buf: &&PathBuf| !matches!(read_profile(buf), Err(BadProfile::SomethingElse(_)));
        let names = files.iter().filter(is_one).map(|file| profile_name(file));
        let names: Vec<String> = names.collect();
        assert_eq!(names, ["a", "b", "binary", "broken", "empty"]);
    }
}
