//! The channels of the settings file: one table `[notify.NAME]` each.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{ConfigError, Origin};
use crate::notify::{CHANNEL_KEYS, Channel, ChannelSettings, is_secret};

/// A key below `notify`, with its value and origin.
type Given = (String, Value, Origin);

/// The channels, by name.
pub(super) fn of(given: &[Given]) -> Result<Vec<Channel>, ConfigError> {
    let mut tables: BTreeMap<&str, Vec<(&str, &Given)>> = BTreeMap::new();
    for setting in given {
        let path = setting.0.strip_prefix("notify.").unwrap_or(&setting.0);
        let (name, key) = path
            .split_once('.')
            .ok_or_else(|| wrong(setting, "a channel is a table of its own: `[notify.NAME]`"))?;
        if !CHANNEL_KEYS.iter().any(|known| known.key == key) {
            return Err(wrong(setting, "channels have no such key"));
        }
        tables.entry(name).or_default().push((key, setting));
    }
    tables
        .into_iter()
        .map(|(name, keys)| channel(name, &keys))
        .collect()
}

fn channel(name: &str, keys: &[(&str, &Given)]) -> Result<Channel, ConfigError> {
    let mut table = Table::new();
    for (key, given) in keys {
        let mut one = Table::new();
        one.insert((*key).to_owned(), given.1.clone());
        // The message of the parser would show the value.
        if ChannelSettings::try_from_table(&one).is_err() {
            return Err(wrong(
                given,
                "the value has another type than the key takes",
            ));
        }
        table.extend(one);
    }
    let first = keys.first().map(|given| given.1);
    let at = |key: &str| {
        keys.iter()
            .find(|given| given.0 == key)
            .map(|given| given.1)
            .or(first)
    };
    let mistake = |key: &str, message: String| ConfigError::Channel {
        origin: at(key).map_or(Origin::Default, |given| given.2.clone()),
        key: format!("notify.{name}.{key}"),
        message,
    };
    let settings = ChannelSettings::try_from_table(&table)
        .map_err(|()| mistake("kind", "it cannot be read".to_owned()))?;
    settings
        .channel(name)
        .map_err(|error| mistake(error.key, error.why))
}

fn wrong(given: &Given, message: &str) -> ConfigError {
    ConfigError::Channel {
        origin: given.2.clone(),
        key: given.0.clone(),
        message: message.to_owned(),
    }
}

/// The same key for printing: the place of a secret is shown, a secret is not.
pub(super) fn masked((path, value, origin): Given) -> Given {
    let key = path.rsplit('.').next().unwrap_or_default();
    let shown = if is_secret(key) { mask(value) } else { value };
    (path, shown, origin)
}

fn mask(value: Value) -> Value {
    match value {
        Value::Array(all) => Value::Array(all.into_iter().map(mask).collect()),
        Value::String(text) if is_place(&text) => Value::String(text),
        Value::String(text) => Value::String(match url::Url::parse(&text) {
            // The path and the query of a webhook are its secret.
            Ok(url) if url.has_host() => {
                let host = url.host_str().unwrap_or_default();
                format!("{}://{host}/…", url.scheme())
            }
            _ => "…".to_owned(),
        }),
        _ => Value::String("…".to_owned()),
    }
}

fn is_place(text: &str) -> bool {
    text.parse::<crate::notify::SecretRef>().is_ok()
}
