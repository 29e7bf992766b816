//! TimeMaps: every memento of a page, as a document in link format (RFC 7089, 5), JSON or CDXJ.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::clock::{
    Instant, digits14, http_date, parse_digits14, parse_http_date, parse_warc_date, warc_date,
};

use super::{Link, parse_links};

/// The formats of a TimeMap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Link format (RFC 6690, RFC 7089).
    Link,
    /// JSON, with the keys that aggregators and archives use.
    Json,
    /// CDXJ: one line per memento, with its 14 digits first.
    Cdxj,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Link, Self::Json, Self::Cdxj];

    /// The word for the format in addresses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Json => "json",
            Self::Cdxj => "cdxj",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Link => "application/link-format",
            Self::Json => "application/json",
            Self::Cdxj => "application/cdxj+ors",
        }
    }

    /// The key of a TimeMap in this format, in JSON and CDXJ.
    fn key(self) -> &'static str {
        match self {
            Self::Link => "link_format",
            Self::Json => "json_format",
            Self::Cdxj => "cdxj_format",
        }
    }
}

/// A dated copy of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memento {
    /// Its address (URI-M).
    pub uri: String,
    /// Its date, with a precision of a second.
    pub date: Instant,
}

/// Every memento of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeMap {
    /// The page (URI-R).
    pub original: String,
    /// Its TimeGate (URI-G); empty if unknown.
    pub timegate: String,
    /// The address of the TimeMap in each known format.
    pub timemaps: Vec<(Form, String)>,
    /// The mementos, oldest first.
    pub mementos: Vec<Memento>,
}

/// Why a text is not a TimeMap.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no TimeMap: {0}")]
pub struct TimeMapError(String);

impl TimeMap {
    /// The TimeMap in that format, with a line break at the end.
    #[must_use]
    pub fn write(&self, form: Form) -> String {
        match form {
            Form::Link => self.to_link_format(),
            Form::Json => format!("{}\n", self.to_json()),
            Form::Cdxj => self.to_cdxj(),
        }
    }

    /// Parses a TimeMap in that format.
    ///
    /// # Errors
    /// A text that is not a TimeMap, or that does not name the page.
    pub fn parse(form: Form, text: &str) -> Result<Self, TimeMapError> {
        match form {
            Form::Link => Self::from_link_format(text),
            Form::Json => Self::from_json(text),
            Form::Cdxj => Self::from_cdxj(text),
        }
    }

    fn span(&self) -> Option<(Instant, Instant)> {
        self.mementos
            .first()
            .map(|memento| memento.date)
            .zip(self.mementos.last().map(|memento| memento.date))
    }

    /// `memento`, with `first` and `last` where they apply.
    fn relation(&self, at: usize) -> &'static str {
        match (at == 0, at + 1 == self.mementos.len()) {
            (true, true) => "first last memento",
            (true, false) => "first memento",
            (false, true) => "last memento",
            (false, false) => "memento",
        }
    }

    fn to_link_format(&self) -> String {
        let mut text = Link::new(self.original.as_str(), "original").to_string();
        let mut add = |link: Link| {
            // Writing to a String cannot fail.
            let _ = write!(text, ",\n{link}");
        };
        for (form, uri) in &self.timemaps {
            let rel = if *form == Form::Link {
                "self"
            } else {
                "timemap"
            };
            let mut link = Link::new(uri.as_str(), rel).with("type", form.media_type());
            if let Some((from, until)) = self.span() {
                link = link
                    .with("from", http_date(from))
                    .with("until", http_date(until));
            }
            add(link);
        }
        if !self.timegate.is_empty() {
            add(Link::new(self.timegate.as_str(), "timegate"));
        }
        for (at, memento) in self.mementos.iter().enumerate() {
            add(Link::new(memento.uri.as_str(), self.relation(at))
                .with("datetime", http_date(memento.date)));
        }
        text.push('\n');
        text
    }

    fn from_link_format(text: &str) -> Result<Self, TimeMapError> {
        let links = parse_links(text).map_err(|error| TimeMapError(error.to_string()))?;
        let mut map = Self::none();
        for link in links {
            if link.is("original") {
                map.original = link.target;
            } else if link.is("timegate") {
                map.timegate = link.target;
            } else if link.is("memento") {
                let date = link.parameter("datetime").unwrap_or_default();
                // TimeMaps have no years of two digits: a program writes the date, in the first form.
                let date = parse_http_date(date, Instant::default())
                    .ok_or_else(|| TimeMapError(format!("`{date}` is not a date")))?;
                map.mementos.push(Memento {
                    uri: link.target,
                    date,
                });
            } else if link.is("self") || link.is("timemap") {
                let given = link.parameter("type");
                let form = Form::ALL
                    .into_iter()
                    .find(|it| given == Some(it.media_type()));
                map.timemaps.push((form.unwrap_or(Form::Link), link.target));
            }
        }
        map.named()
    }

    fn timemaps_as_json(&self) -> Value {
        let all = self.timemaps.iter();
        Value::Object(
            all.map(|(form, uri)| (form.key().to_owned(), json!(uri)))
                .collect(),
        )
    }

    fn to_json(&self) -> Value {
        let row =
            |memento: &Memento| json!({"datetime": warc_date(memento.date), "uri": memento.uri});
        let mut mementos = Map::new();
        mementos.insert("list".into(), self.mementos.iter().map(row).collect());
        for (name, memento) in [
            ("first", self.mementos.first()),
            ("last", self.mementos.last()),
        ] {
            mementos.extend(memento.map(|memento| (name.to_owned(), row(memento))));
        }
        json!({"original_uri": self.original, "timegate_uri": self.timegate,
            "timemap_uri": self.timemaps_as_json(), "mementos": mementos})
    }

    fn from_json(text: &str) -> Result<Self, TimeMapError> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| TimeMapError(error.to_string()))?;
        let mut map = Self::none();
        map.take_uris(&value);
        for items in value["mementos"]["list"].as_array().into_iter().flatten() {
            let date = items["datetime"].as_str().unwrap_or_default();
            map.mementos.push(Memento {
                uri: items["uri"].as_str().unwrap_or_default().to_owned(),
                date: parse_warc_date(date)
                    .ok_or_else(|| TimeMapError(format!("`{date}` is not a date")))?,
            });
        }
        map.named()
    }

    fn to_cdxj(&self) -> String {
        let itself = self.timemaps.iter().find(|timemap| timemap.0 == Form::Cdxj);
        let itself = itself.map_or("", |itself| itself.1.as_str());
        let mut lines = vec![
            r#"!context ["https://www.rfc-editor.org/rfc/rfc7089"]"#.to_owned(),
            format!("!id {}", json!({"uri": itself})),
            r#"!keys ["memento_datetime_YYYYMMDDhhmmss"]"#.to_owned(),
            format!("!meta {}", json!({"original_uri": self.original})),
            format!("!meta {}", json!({"timegate_uri": self.timegate})),
            format!("!meta {}", json!({"timemap_uri": self.timemaps_as_json()})),
        ];
        lines.extend(self.mementos.iter().enumerate().map(|(at, memento)| {
            let fields =
                json!({"uri": memento.uri, "rel": self.relation(at), "datetime": http_date(memento.date)});
            format!("{} {fields}", digits14(memento.date))
        }));
        lines.push(String::new());
        lines.join("\n")
    }

    fn from_cdxj(text: &str) -> Result<Self, TimeMapError> {
        let mut map = Self::none();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let fault = |what: &str| {
                let line: String = line.chars().take(80).collect();
                TimeMapError(format!("`{line}` {what}"))
            };
            let (key, json) = line
                .split_once(' ')
                .ok_or_else(|| fault("has only one field"))?;
            let value: Value =
                serde_json::from_str(json).map_err(|error| fault(&error.to_string()))?;
            if key == "!meta" {
                map.take_uris(&value);
            } else if !key.starts_with('!') {
                map.mementos.push(Memento {
                    uri: value["uri"].as_str().unwrap_or_default().to_owned(),
                    date: parse_digits14(key).ok_or_else(|| fault("does not begin with a date"))?,
                });
            }
        }
        map.named()
    }

    fn none() -> Self {
        Self {
            original: String::new(),
            timegate: String::new(),
            timemaps: Vec::new(),
            mementos: Vec::new(),
        }
    }

    fn take_uris(&mut self, value: &Value) {
        if let Some(value) = value["original_uri"].as_str() {
            value.clone_into(&mut self.original);
        }
        if let Some(value) = value["timegate_uri"].as_str() {
            value.clone_into(&mut self.timegate);
        }
        for (key, uri) in value["timemap_uri"].as_object().into_iter().flatten() {
            let form = Form::ALL.into_iter().find(|it| it.key() == key);
            self.timemaps
                .extend(form.zip(uri.as_str().map(str::to_owned)));
        }
    }

    fn named(self) -> Result<Self, TimeMapError> {
        if self.original.is_empty() {
            return Err(TimeMapError("it does not name the page".into()));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map(dates: &[&str]) -> TimeMap {
        TimeMap {
            original: "https://example.org/a?b=1,2".into(),
            timegate: "http://127.0.0.1:8081/timegate/https://example.org/a?b=1,2".into(),
            timemaps: Form::ALL
                .into_iter()
                .map(|form| {
                    (
                        form,
                        format!(
                            "http://127.0.0.1:8081/timemap/{}/https://example.org/a?b=1,2",
                            form.word()
                        ),
                    )
                })
                .collect(),
            mementos: dates
                .iter()
                .map(|date| Memento {
                    uri: format!("http://127.0.0.1:8081/web/{date}/https://example.org/a?b=1,2"),
                    date: parse_digits14(date).unwrap(),
                })
                .collect(),
        }
    }

    #[test]
    fn the_link_format_says_from_when_until_when_and_which_is_first_and_last() {
        let text = map(&["20240101000000", "20240201000000", "20240301000000"]).write(Form::Link);
        let links = parse_links(&text).unwrap();
        let itself = links.iter().find(|link| link.is("self")).unwrap();
        assert_eq!(
            itself.parameter("until"),
            Some("Fri, 01 Mar 2024 00:00:00 GMT")
        );
        let relations: Vec<_> = links
            .iter()
            .filter(|link| link.is("memento"))
            .map(|link| link.parameter("rel").unwrap())
            .collect();
        assert_eq!(relations, ["first memento", "memento", "last memento"]);
        assert!(
            map(&["2024"])
                .write(Form::Link)
                .contains("\"first last memento\"")
        );
    }

    #[test]
    fn the_json_has_the_keys_of_the_field() {
        let json: Value = serde_json::from_str(&map(&["2024", "2025"]).write(Form::Json)).unwrap();
        assert_eq!(
            json["mementos"]["list"][1]["datetime"],
            "2025-01-01T00:00:00Z"
        );
        assert_eq!(
            json["mementos"]["last"]["uri"],
            json["mementos"]["list"][1]["uri"]
        );
        assert!(json["timemap_uri"]["cdxj_format"].is_string());
    }

    #[test]
    fn an_invalid_timemap_is_refused() {
        for form in Form::ALL {
            for text in [
                "",
                "{",
                "<a>;rel=memento;datetime=x",
                "2024 {}",
                "{\"mementos\":{\"list\":[{}]}}",
            ] {
                assert!(TimeMap::parse(form, text).is_err(), "{form:?} {text}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_timemap_reads_back_in_every_form(
            original in "https?://[a-z]{1,9}/[!-;=?-~é]{0,20}",
            seconds in prop::collection::vec(0_i64..4_000_000_000, 0..6),
        ) {
            let mut map = map(&[]);
            map.original = original;
            map.mementos = seconds
                .iter()
                .map(|second| Memento {
                    uri: format!("/web/{second}/{}", map.original),
                    date: Instant::from_timestamp(*second, 0).unwrap(),
                })
                .collect();
            for form in Form::ALL {
                let text = map.write(form);
                prop_assert_eq!(TimeMap::parse(form, &text), Ok(map.clone()));
            }
        }
    }
}
