//! The settings, from the file, the environment and flags, each overriding the one before; and where each value comes from.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use toml::{Spanned, Table, Value, de::DeValue};

use crate::notify::Channel;

mod channels;
mod fleet;
mod origin;
mod read;
mod schema;
mod settings;

pub use fleet::FleetSettings;
pub use schema::schema;

pub use settings::{
    ArchivesSettings, FetchSettings, LedgerSettings, PushSettings, PushWhen, RetentionSettings,
    SETTINGS, ScheduleSettings, ServeSettings, Setting, Settings, WikiSettings,
};

/// Where the value of a setting comes from, weakest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The default.
    Default,
    /// A line of the settings file.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::File { path, line, column } => {
                write!(out, "{}:{line}:{column}", path.display())
            }
            Self::Environment(name) => write!(out, "environment {name}"),
            Self::Flag(name) => write!(out, "flag {name}"),
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the settings file {path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: std::io::Error,
    },
    /// The file is not valid TOML.
    #[error("{origin}: {message}")]
    Syntax {
        /// The place.
        origin: Origin,
        /// The message of the parser.
        message: String,
    },
    /// A key without a setting.
    #[error("{origin}: unknown setting `{key}`")]
    UnknownKey {
        /// The place.
        origin: Origin,
        /// The key.
        key: String,
        /// The most similar key.
        nearest: Option<&'static str>,
    },
    /// A channel that cannot be used.
    #[error("{origin}: `{key}`: {message}")]
    Channel {
        /// The place.
        origin: Origin,
        /// The key.
        key: String,
        /// What is wrong; never the value, which can be a secret.
        message: String,
    },
    /// A value that is not valid for the setting.
    #[error("{origin}: `{key}` cannot be {value}: {message}")]
    Value {
        /// The place.
        origin: Origin,
        /// The key.
        key: String,
        /// The value as given.
        value: String,
        /// Why not.
        message: String,
    },
}

impl ConfigError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => {
                "name another file with --config, or run with the defaults without --config".into()
            }
            Self::Syntax { .. } => "the file is TOML; strings need double quotes".into(),
            Self::UnknownKey {
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{nearest}`?"),
            Self::Channel { .. } => "docs/alerts.md shows the keys of each kind of channel".into(),
            Self::UnknownKey { nearest: None, .. } => {
                "`stillsays config` prints every setting".into()
            }
            Self::Value { key, .. } => SETTINGS
                .iter()
                .find(|it| it.key == key)
                .map_or_else(String::new, |setting| {
                    format!("{}; the default is {}", setting.about, setting.default)
                }),
        }
    }
}

/// All settings, with the origin of each.
#[derive(Clone, Debug)]
pub struct Config {
    /// The settings.
    pub settings: Settings,
    /// The value of each setting as TOML and its origin, by key, in the order of [`SETTINGS`].
    pub origins: Vec<(&'static str, Value, Origin)>,
    /// The settings file, if one was read.
    pub file: Option<PathBuf>,
    /// The channels that alerts are sent to: `[notify.NAME]`.
    pub channels: Vec<Channel>,
    /// Each key of a channel with its value, masked where it can be a secret, and its origin.
    pub channel_keys: Vec<(String, Value, Origin)>,
}

/// The sources of the settings.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The settings file; if given, it must be readable.
    pub file: Option<PathBuf>,
    /// The environment variables.
    pub environment: Vec<(String, String)>,
    /// Flags, each with the flag as typed, the key it sets, and the value.
    pub flags: Vec<(String, String, String)>,
}

impl Config {
    /// Combines the sources.
    ///
    /// # Errors
    /// A file that cannot be read or is not TOML, an unknown key, or an invalid value; each with its place.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let mut layers = Layers::default();
        for setting in SETTINGS {
            layers.put(setting, literal(setting.default), Origin::Default);
        }
        if let Some(path) = &sources.file {
            layers.read_file(path)?;
        }
        for setting in SETTINGS {
            let name = setting.variable();
            if let Some((_, text)) = sources
                .environment
                .iter()
                .find(|(variable, _)| *variable == name)
            {
                layers.put_text(setting, text, Origin::Environment(name))?;
            }
        }
        for (flag, key, text) in &sources.flags {
            let origin = Origin::Flag(flag.clone());
            layers.put_text(known(key, &origin)?, text, origin)?;
        }
        let mut config = layers.finish()?;
        config.file.clone_from(&sources.file);
        Ok(config)
    }
}

/// Values by key, the strongest so far.
#[derive(Default)]
struct Layers {
    values: BTreeMap<&'static str, (Value, Origin)>,
    /// The keys below `notify`, as in the file.
    channels: Vec<(String, Value, Origin)>,
}

impl Layers {
    fn put(&mut self, setting: &'static Setting, value: Value, origin: Origin) {
        self.values.insert(setting.key, (value, origin));
    }

    /// Converts a value given as bare text to the type of the default.
    fn put_text(
        &mut self,
        setting: &'static Setting,
        text: &str,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        let wrong = |message: &str| ConfigError::Value {
            origin: origin.clone(),
            key: setting.key.to_owned(),
            value: format!("`{text}`"),
            message: message.to_owned(),
        };
        let value = match literal(setting.default) {
            Value::Integer(_) => text
                .trim()
                .parse()
                .map(Value::Integer)
                .map_err(|_| wrong("a whole number is needed"))?,
            Value::Boolean(_) => text
                .trim()
                .parse()
                .map(Value::Boolean)
                .map_err(|_| wrong("`true` or `false` is needed"))?,
            // As in the file, or bare.
            Value::Array(_) if text.trim_start().starts_with('[') => {
                match toml::from_str::<Table>(&format!("it = {text}")) {
                    Ok(mut table) => table.remove("it").unwrap_or(Value::Array(Vec::new())),
                    Err(_) => {
                        return Err(wrong("a list such as `[\"a\", \"b\"]` or `a,b` is needed"));
                    }
                }
            }
            Value::Array(_) => Value::Array(
                text.split(',')
                    .map(str::trim)
                    .filter(|it| !it.is_empty())
                    .map(|it| Value::String(it.to_owned()))
                    .collect(),
            ),
            _ => Value::String(text.to_owned()),
        };
        self.put(setting, value, origin);
        Ok(())
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let unreadable = |source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let place = |offset: usize| {
            let before = text.get(..offset).unwrap_or_default();
            Origin::File {
                path: path.to_owned(),
                line: before.matches('\n').count() + 1,
                column: before
                    .chars()
                    .rev()
                    .take_while(|letter| *letter != '\n')
                    .count()
                    + 1,
            }
        };
        let syntax = |error: toml::de::Error| ConfigError::Syntax {
            origin: place(error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        };
        let spans = toml::de::DeTable::parse(&text).map_err(syntax)?;
        let values: Table = toml::from_str(&text).map_err(syntax)?;
        let mut keys = Vec::new();
        leaves(spans.get_ref(), "", &mut keys);
        for (key, offset) in keys {
            let origin = place(offset);
            let value = at_path(&values, &key).cloned();
            if key.starts_with("notify.") {
                self.channels.extend(value.map(|it| (key, it, origin)));
                continue;
            }
            let setting = known(&key, &origin)?;
            if let Some(value) = value {
                self.put(setting, value, origin);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Config, ConfigError> {
        let mut whole = Table::new();
        for (key, (value, _)) in &self.values {
            match key.split_once('.') {
                Some((section, key)) => {
                    let section = whole
                        .entry(section)
                        .or_insert_with(|| Value::Table(Table::new()));
                    if let Value::Table(section) = section {
                        section.insert(key.to_owned(), value.clone());
                    }
                }
                None => {
                    whole.insert((*key).to_owned(), value.clone());
                }
            }
        }
        let settings = serde_path_to_error::deserialize(Value::Table(whole)).map_err(
            |error: serde_path_to_error::Error<toml::de::Error>| {
                let path = error.path().to_string();
                let key = SETTINGS
                    .iter()
                    .find(|known| path == known.key || path.starts_with(&format!("{}[", known.key)))
                    .map_or(path.as_str(), |known| known.key);
                let (value, origin) = self.values.get(key).map_or_else(
                    || (String::new(), Origin::Default),
                    |given| {
                        let shown = Setting::shown(key, &given.0);
                        (shown.to_string(), given.1.clone())
                    },
                );
                ConfigError::Value {
                    origin,
                    key: key.to_owned(),
                    value,
                    message: error.inner().message().trim().to_owned(),
                }
            },
        )?;
        let channels = channels::of(&self.channels)?;
        let mut values = self.values;
        let origins = SETTINGS
            .iter()
            .filter_map(|setting| {
                values
                    .remove(setting.key)
                    .map(|(value, origin)| (setting.key, value, origin))
            })
            .collect();
        Ok(Config {
            settings,
            origins,
            file: None,
            channels,
            channel_keys: self.channels.into_iter().map(channels::masked).collect(),
        })
    }
}

fn known(key: &str, origin: &Origin) -> Result<&'static Setting, ConfigError> {
    SETTINGS.iter().find(|it| it.key == key).ok_or_else(|| {
        let near = |setting: &&Setting| strsim::jaro_winkler(setting.key, key);
        ConfigError::UnknownKey {
            origin: origin.clone(),
            key: key.to_owned(),
            nearest: SETTINGS
                .iter()
                .max_by(|a, b| near(a).total_cmp(&near(b)))
                .filter(|best| near(best) > 0.75)
                .map(|best| best.key),
        }
    })
}

/// Every key of the file with its byte offset; section and key are joined by a dot.
fn leaves(table: &toml::de::DeTable<'_>, above: &str, keys: &mut Vec<(String, usize)>) {
    for (key, value) in table {
        let path = if above.is_empty() {
            key.get_ref().to_string()
        } else {
            format!("{above}.{}", key.get_ref())
        };
        match value.get_ref() {
            DeValue::Table(inner) => leaves(inner, &path, keys),
            _ => keys.push((path, Spanned::span(key).start)),
        }
    }
}

fn at_path<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let mut value = table.get(parts.next()?)?;
    for part in parts {
        value = value.get(part)?;
    }
    Some(value)
}

/// A default, parsed; a test checks that each is valid TOML.
fn literal(text: &str) -> Value {
    toml::from_str::<Table>(&format!("it = {text}"))
        .ok()
        .and_then(|mut from_str| from_str.remove("it"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests;
