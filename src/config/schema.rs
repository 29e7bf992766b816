//! The JSON Schema of the settings file, made from the table of all settings.

use serde_json::{Map, Value, json};

use super::SETTINGS;
use crate::notify::CHANNEL_KEYS;

/// The JSON Schema of the settings file (draft 2020-12), for editors that complete and check it.
///
/// What a text may be beyond a text (an interval, an address) is checked when the settings are read.
#[must_use]
pub fn schema() -> String {
    let mut top = Map::new();
    for setting in SETTINGS {
        let example = format!("value = {}", setting.default);
        let default = toml::from_str::<toml::Table>(&example)
            .ok()
            .and_then(|parsed| parsed.get("value").cloned())
            .and_then(|it| serde_json::to_value(it).ok())
            .unwrap_or(Value::Null);
        let about =
            json!({"type": kind(&default), "default": default, "description": setting.about});
        match setting.key.split_once('.') {
            None => {
                top.insert(setting.key.to_owned(), about);
            }
            Some((section, key)) => {
                let table = top.entry(section).or_insert_with(
                    || json!({"type": "object", "additionalProperties": false, "properties": {}}),
                );
                if let Some(properties) = table.get_mut("properties").and_then(Value::as_object_mut)
                {
                    properties.insert(key.to_owned(), about);
                }
            }
        }
    }
    let keys = CHANNEL_KEYS.iter().map(|channel_key| {
        let about = match channel_key.kind {
            "array" => {
                json!({"type": "array", "items": {"type": "string"}, "description": channel_key.about})
            }
            kind => json!({"type": kind, "description": channel_key.about}),
        };
        (channel_key.key.to_owned(), about)
    });
    let keys: Map<String, Value> = keys.collect();
    let channel = json!({"type": "object", "additionalProperties": false, "required": ["kind"], "properties": keys});
    top.insert(
        "notify".to_owned(),
        json!({"type": "object", "description": "the channels that alerts are sent to, by name", "additionalProperties": channel}),
    );
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The settings of stillsays",
        "type": "object",
        "additionalProperties": false,
        "properties": top,
    });
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        _ => "string",
    }
}
