//! The profiles' folder: which of its files are profiles, and what each of them says or what is wrong with it.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    profile::{Profile, ProfileError},
    schedule::{Cadence, CadenceError},
};

use super::Named;

/// Why a profile's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadProfile {
    /// The system does not give it.
    #[error("the profile {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It does not say what a profile says.
    #[error(transparent)]
    Profile(ProfileError),
    /// It is plainly about something else: TOML with keys none of which is a profile's. In the profiles' folder it is passed over.
    #[error(transparent)]
    SomethingElse(ProfileError),
    /// It says how often pages are visited in a way that cannot be understood.
    #[error("{}{place}: `every` cannot be understood", path.display())]
    Every {
        /// The file.
        path: PathBuf,
        /// `:LINE:COLUMN`, where it is found.
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
                "give the user that runs stillsays the right to read it, or move it out of the profiles' folder"
            }
            Self::Profile(it) | Self::SomethingElse(it) => it.hint(),
            Self::Every { source, .. } => source.hint(),
        }
    }
}

/// The profiles' files in a folder, by name.
///
/// What cannot be one is passed over: folders, hidden files (editors and systems leave them), pipes, files without the ending
/// `.toml`.
///
/// # Errors
/// The folder cannot be read.
pub fn profile_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|it| it != "toml") {
            continue;
        }
        if !is_plainly_none(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The name that a profile goes by: its file's stem.
#[must_use]
pub fn profile_name(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Reads a profile's file.
///
/// # Errors
/// Every kind of [`BadProfile`].
pub fn read_profile(path: &Path) -> Result<Named, BadProfile> {
    let bytes = std::fs::read(path).map_err(|source| BadProfile::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let profile = Profile::from_bytes(&bytes, path).map_err(|it| {
        if is_something_else(&bytes) {
            tracing::info!("{} is not a profile", path.display());
            BadProfile::SomethingElse(it)
        } else {
            BadProfile::Profile(it)
        }
    })?;
    let own = profile.every.iter();
    for every in own.chain(profile.references.iter().filter_map(|it| it.every.as_ref())) {
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
    })
}

/// `:LINE:COLUMN` of the `every` that has that value.
fn place_of_every(text: &str, value: &str) -> String {
    let sets = |line: &str| {
        let written = line.trim_start().strip_prefix("every");
        written.is_some_and(|it| it.trim_start().starts_with('=') && it.contains(value))
    };
    text.lines()
        .position(sets)
        .map_or_else(String::new, |line| format!(":{}:1", line + 1))
}

fn is_plainly_none(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with('.') {
        return true;
    }
    // What cannot be looked at may be a profile: whoever reads it says what is wrong.
    std::fs::metadata(path).is_ok_and(|it| !it.is_file())
}

/// Whether a file is TOML with keys, none of which is a profile's or nearly so: settings, a package's manifest.
#[must_use]
pub fn is_something_else(bytes: &[u8]) -> bool {
    let near = |key: &String| {
        let known = Profile::KEYS.iter();
        known
            .map(|it| strsim::damerau_levenshtein(it, key))
            .any(|it| it <= 2)
    };
    let text = String::from_utf8_lossy(bytes);
    let table = toml::from_str::<toml::Table>(&text).unwrap_or_default();
    !table.is_empty() && !table.keys().any(near)
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
        let is_one = |it: &&PathBuf| !matches!(read_profile(it), Err(BadProfile::SomethingElse(_)));
        let names = files.iter().filter(is_one).map(|it| profile_name(it));
        let names: Vec<String> = names.collect();
        assert_eq!(names, ["a", "b", "binary", "broken", "empty"]);
    }
}
