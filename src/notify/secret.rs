//! Secrets: the settings contain only their places; their texts are not in any message, log, store or output.

use std::{fmt, path::PathBuf, str::FromStr};

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// `file:PATH`: the first line of a file.
    File(PathBuf),
    /// `env:NAME`: an environment variable.
    Environment(String),
    /// `credential:NAME`: a credential of systemd (systemd.exec(5), `LoadCredential=`).
    Credential(String),
}

/// A secret that was read. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why a secret cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The text does not name a place.
    #[error("it must say where the secret is: `file:PATH`, `env:NAME` or `credential:NAME`")]
    Literal,
    /// The file or credential cannot be read.
    #[error("{place} cannot be read: {why}")]
    Unreadable {
        /// Where it should be.
        place: String,
        /// The error of the operating system.
        why: String,
    },
    /// The variable does not exist or is empty.
    #[error("{place} is empty")]
    Empty {
        /// Where it should be.
        place: String,
    },
}

impl Secret {
    /// A secret made from other secrets, or from a text that is not secret.
    #[must_use]
    pub fn of(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text, for the sender of a message.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("…")
    }
}

impl FromStr for SecretRef {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        match text.trim().split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("env", name)) if !name.is_empty() => Ok(Self::Environment(name.into())),
            Some(("credential", name)) if !name.is_empty() && !name.contains('/') => {
                Ok(Self::Credential(name.into()))
            }
            _ => Err(SecretError::Literal),
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "file:{}", path.display()),
            Self::Environment(name) => write!(out, "env:{name}"),
            Self::Credential(name) => write!(out, "credential:{name}"),
        }
    }
}

impl SecretRef {
    /// Reads it.
    ///
    /// # Errors
    /// It does not exist, or cannot be read.
    pub fn read(&self) -> Result<Secret, SecretError> {
        let place = self.to_string();
        let text = match self {
            Self::Environment(name) => std::env::var(name).unwrap_or_default(),
            Self::File(path) => of_file(path, &place)?,
            Self::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    SecretError::Unreadable {
                        place: place.clone(),
                        why: "systemd has set no CREDENTIALS_DIRECTORY".to_owned(),
                    }
                })?;
                of_file(&PathBuf::from(folder).join(name), &place)?
            }
        };
        let line = text.lines().next().unwrap_or_default().trim();
        if line.is_empty() {
            return Err(SecretError::Empty { place });
        }
        Ok(Secret::of(line))
    }
}

fn of_file(path: &std::path::Path, place: &str) -> Result<String, SecretError> {
    std::fs::read_to_string(path).map_err(|error| SecretError::Unreadable {
        place: place.to_owned(),
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_by_its_place_and_never_printed() {
        for literal in [
            "hunter2",
            "file:",
            "https://hooks.example/T0/B0",
            "credential:../x",
        ] {
            let error = literal.parse::<SecretRef>().unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        let secret = Secret::of("hunter2");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "… Some(…)");
    }

    #[test]
    fn of_a_file_the_first_line_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let place: SecretRef = format!("file:{}", file.display()).parse().unwrap();
        assert!(matches!(place.read(), Err(SecretError::Unreadable { .. })));
        std::fs::write(&file, "\n").unwrap();
        assert!(matches!(place.read(), Err(SecretError::Empty { .. })));
        std::fs::write(&file, "hunter2\nsecond line\n").unwrap();
        assert_eq!(place.read().unwrap().reveal(), "hunter2");
    }
}
