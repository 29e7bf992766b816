//! Public addresses in the settings.

use serde::{Deserialize, Deserializer};

/// Reads a public address without a path: `https://desk.example.org`; empty for none.
pub(super) fn origin<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    let text = String::deserialize(input)?;
    let text = text.trim().trim_end_matches('/');
    let url = url::Url::parse(text);
    match url.map(|it| it.origin().ascii_serialization()) {
        _ if text.is_empty() => Ok(String::new()),
        Ok(origin) if origin.eq_ignore_ascii_case(text) && origin.starts_with("http") => Ok(origin),
        _ => Err(serde::de::Error::custom(
            "an address without a path, such as `https://desk.example.org`, is needed",
        )),
    }
}
