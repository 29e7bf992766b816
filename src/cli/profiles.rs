//! The profiles that a command works on: all in the folder, or those that are named.

use std::path::{Path, PathBuf};

use crate::pipeline::{self, BadProfile, Named, profile_name};

use super::{Failure, Session};

/// Selects profiles.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct ProfilesArgs {
    /// A profile, by name or file; repeatable [default: all in the profiles folder]
    #[arg(short, long, value_name = "PROFILE")]
    profile: Vec<String>,
}

impl ProfilesArgs {
    /// Whether any is named.
    pub(super) fn is_named(&self) -> bool {
        !self.profile.is_empty()
    }

    /// Reads the profiles, sorted by name. A profile that cannot be used is printed as an error, and the others are returned.
    pub(super) fn load(&self, session: &Session) -> Result<Vec<Named>, Failure> {
        let folder = &session.config.settings.profiles;
        let files = if self.profile.is_empty() {
            files_in(folder)?
        } else {
            self.profile
                .iter()
                .map(|profile| file_of(folder, profile))
                .collect::<Result<_, _>>()?
        };
        let mut profiles = Vec::new();
        let mut bad = Vec::new();
        for file in &files {
            match pipeline::read_profile(file) {
                Ok(profile) => profiles.push(profile),
                Err(BadProfile::SomethingElse(_)) if self.profile.is_empty() => {}
                Err(error) => bad.push(Failure::from(error)),
            }
        }
        if profiles.is_empty() && bad.is_empty() {
            return Err(none_in(folder));
        }
        // If none is left, the last error ends the command.
        let last = if profiles.is_empty() { bad.pop() } else { None };
        for failure in bad {
            session.complain(&failure);
        }
        last.map_or(Ok(profiles), Err)
    }
}

/// The files of the profiles in `folder`, sorted by name.
pub(super) fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |source: std::io::Error| {
        let error = anyhow::Error::from(source);
        Failure::usage(error.context(format!(
            "the profiles folder {} cannot be read",
            folder.display()
        )))
        .hint(format!(
            "create the first profile with {}, or name another folder with --set profiles=FOLDER",
            import_into(folder)
        ))
    };
    let files = pipeline::profile_files(folder).map_err(failed)?;
    if files.is_empty() {
        return Err(none_in(folder));
    }
    Ok(files)
}

fn none_in(folder: &Path) -> Failure {
    Failure::usage(anyhow::anyhow!(
        "there is no profile in {}",
        folder.display()
    ))
    .hint(format!("create one with {}", import_into(folder)))
}

/// The command that creates a profile in `folder`.
fn import_into(folder: &Path) -> String {
    let file = folder.join("NAME.toml");
    format!("`stillsays profile import ARTICLE -o {}`", file.display())
}

/// The file of the profile that a person named: a path as it is, or a name in `folder`.
///
/// # Errors
/// The folder has no such profile; the hint names the most similar one.
pub(super) fn file_of(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let path = PathBuf::from(name);
    if path.extension().is_some() || path.components().count() > 1 {
        return Ok(path);
    }
    let file = folder.join(name).with_extension("toml");
    if file.exists() {
        return Ok(file);
    }
    let near = |text: &String| strsim::jaro_winkler(text, name);
    let known: Vec<String> = files_in(folder)?
        .iter()
        .map(|files| profile_name(files))
        .collect();
    let nearest = known
        .iter()
        .max_by(|a, b| near(a).total_cmp(&near(b)))
        .filter(|best| near(best) > 0.7);
    Err(Failure::usage(anyhow::anyhow!(
        "there is no profile `{name}` in {}",
        folder.display()
    ))
    .hint(match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the profiles are: {}", known.join(", ")),
    }))
}
