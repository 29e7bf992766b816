//! The profiles a verb works on: all in the folder, or those that are named.

use std::path::{Path, PathBuf};

use crate::{pipeline::Named, profile::Profile, schedule::Cadence};

use super::{Failure, Session, page::read_bytes};

/// Which profiles.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct ProfilesArgs {
    /// A profile, by name or file; may be given several times [default: all in the profiles' folder]
    #[arg(short, long, value_name = "PROFILE")]
    profile: Vec<String>,
}

impl ProfilesArgs {
    /// Whether any is named.
    pub(super) fn is_named(&self) -> bool {
        !self.profile.is_empty()
    }

    /// Reads them, in the order of their names.
    pub(super) fn load(&self, session: &Session) -> Result<Vec<Named>, Failure> {
        let folder = &session.config.settings.profiles;
        let files = if self.profile.is_empty() {
            files_in(folder)?
        } else {
            self.profile
                .iter()
                .map(|it| file_of(folder, it))
                .collect::<Result<_, _>>()?
        };
        files.iter().map(|it| load(it)).collect()
    }
}

/// Reads one profile.
pub(super) fn load(path: &Path) -> Result<Named, Failure> {
    let bytes = read_bytes(path)?;
    let profile = Profile::from_bytes(&bytes, path)?;
    let own = profile.every.iter();
    for every in own.chain(profile.references.iter().filter_map(|it| it.every.as_ref())) {
        every.parse::<Cadence>().map_err(|error| {
            let text = String::from_utf8_lossy(&bytes);
            let place = place_of_every(&text, every);
            let hint = error.hint();
            let what = format!("{}{place}: `every` cannot be understood", path.display());
            Failure::usage(anyhow::Error::from(error).context(what)).hint(hint)
        })?;
    }
    Ok(Named {
        name: stem(path),
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

/// The profiles' files in `folder`, by name.
pub(super) fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |source: std::io::Error| {
        let error = anyhow::Error::from(source);
        Failure::usage(error.context(format!("the profiles' folder {} cannot be read", folder.display())))
            .hint("`stillsays profile import ARTICLE -o config/profiles/NAME.toml` makes the first profile; --set profiles=FOLDER names another folder")
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|it| it == "toml") {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(
            "there is no profile in {}",
            folder.display()
        ))
        .hint("`stillsays profile import ARTICLE -o config/profiles/NAME.toml` makes one"));
    }
    files.sort();
    Ok(files)
}

fn file_of(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let path = PathBuf::from(name);
    if path.extension().is_some() || path.components().count() > 1 {
        return Ok(path);
    }
    let file = folder.join(name).with_extension("toml");
    if file.exists() {
        return Ok(file);
    }
    let near = |it: &String| strsim::jaro_winkler(it, name);
    let known: Vec<String> = files_in(folder)?.iter().map(|it| stem(it)).collect();
    let nearest = known
        .iter()
        .max_by(|a, b| near(a).total_cmp(&near(b)))
        .filter(|it| near(it) > 0.7);
    Err(Failure::usage(anyhow::anyhow!(
        "there is no profile `{name}` in {}",
        folder.display()
    ))
    .hint(match nearest {
        Some(it) => format!("did you mean `{it}`?"),
        None => format!("there are: {}", known.join(", ")),
    }))
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
