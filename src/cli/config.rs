//! `stillsays config`: prints every setting, its value, and where the value comes from.

use clap::Args;
use serde_json::json;

use crate::config::{self, Origin, Setting};

use super::{
    Exit, Failure, Format, Session,
    session::{json_text, print},
};

/// Arguments of `config`.
#[derive(Args, Debug)]
pub(super) struct ConfigArgs {
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Print the JSON Schema of the settings file instead
    #[arg(long)]
    schema: bool,
}

impl ConfigArgs {
    /// Prints the settings, or their schema.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        if self.schema {
            print(config::schema().trim_end())?;
            return Ok(Exit::Done);
        }
        let config = &session.config;
        let settings = config
            .origins
            .iter()
            .map(|(key, value, origin)| (*key, Setting::shown(key, value), origin));
        let channels = config.channel_keys.iter();
        let channels = channels.map(|it| (it.0.as_str(), it.1.clone(), &it.2));
        let rows: Vec<(&str, toml::Value, &Origin)> = settings.chain(channels).collect();
        let text = match self.format {
            Format::Json => {
                let settings: Vec<_> = rows
                    .iter()
                    .map(|(key, value, origin)| {
                        json!({"key": key, "value": value, "from": origin.to_string()})
                    })
                    .collect();
                json_text(&json!({"format": 1, "settings": settings}))
            }
            Format::Text => {
                let wide = |index: usize| index.min(48);
                let keys = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
                let values = rows.iter().map(|row| wide(row.1.to_string().len()));
                let values = values.max().unwrap_or(0);
                let line = |(key, value, origin): &(&str, toml::Value, &Origin)| {
                    format!("{key:keys$}  {:values$}  {origin}", value.to_string())
                };
                rows.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        };
        print(&text)?;
        Ok(Exit::Done)
    }
}
