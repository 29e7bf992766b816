//! CDXJ: the index of WARC files by which replay programs find a capture; one line for each, sorted by bytes.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

use crate::{
    clock::{Instant, digits14, parse_digits14},
    digest::PayloadDigest,
    uri::{Surt, TargetUri},
};

/// What an index calls a revisit in place of a media type.
const REVISIT: &str = "warc/revisit";

/// One line: where a capture's record stands, and what one must know of it to choose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was asked for; its SURT is the line's first field.
    pub target_uri: TargetUri,
    /// When the exchange began; the line's second field, cut to the second.
    pub date: Instant,
    /// What is at the place.
    pub content: Content,
    /// The status code, where a status line came.
    pub status: Option<u16>,
    /// The payload's digest.
    pub payload_digest: PayloadDigest,
    /// The file the record stands in, relative to the folder that the index is for.
    pub filename: String,
    /// The first byte of the record in the file, compressed as it is.
    pub offset: u64,
    /// The record's bytes in the file, compressed as it is.
    pub length: u64,
}

/// What is at the place that a line names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A response of this media type; empty where it said none.
    Response(String),
    /// A revisit.
    Revisit,
}

/// Why a text is no line of an index.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{line}` is no line of a CDXJ index: {detail}")]
pub struct CdxjError {
    /// The line, its first 80 characters.
    pub line: String,
    /// What is missing or cannot be read.
    pub detail: String,
}

impl Line {
    /// The sort-friendly key that the line begins with.
    #[must_use]
    pub fn surt(&self) -> Surt {
        self.target_uri.surt()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = Map::new();
        let mut add = |name: &str, value: String| {
            fields.insert(name.to_owned(), Value::String(value));
        };
        add("url", self.target_uri.to_string());
        add(
            "mime",
            match &self.content {
                Content::Response(media_type) => media_type.clone(),
                Content::Revisit => REVISIT.to_owned(),
            },
        );
        if let Some(status) = self.status {
            add("status", status.to_string());
        }
        add("digest", self.payload_digest.to_string());
        add("length", self.length.to_string());
        add("offset", self.offset.to_string());
        add("filename", self.filename.clone());
        let (surt, date) = (self.surt(), digits14(self.date));
        write!(out, "{surt} {date} {}", Value::Object(fields))
    }
}

impl FromStr for Line {
    type Err = CdxjError;

    fn from_str(text: &str) -> Result<Self, CdxjError> {
        let fault = |detail: &str| CdxjError {
            line: text.chars().take(80).collect(),
            detail: detail.to_owned(),
        };
        let mut parts = text.trim_end().splitn(3, ' ');
        let (Some(_surt), Some(date), Some(json)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(fault("it has not three fields"));
        };
        let fields: Map<String, Value> =
            serde_json::from_str(json).map_err(|it| fault(&it.to_string()))?;
        let word = |name: &str| match fields.get(name) {
            Some(Value::String(it)) => Some(it.clone()),
            Some(Value::Number(it)) => Some(it.to_string()),
            _ => None,
        };
        let need = |name: &str| word(name).ok_or_else(|| fault(&format!("it has no `{name}`")));
        let number = |name: &str| {
            let text = need(name)?;
            text.parse::<u64>()
                .map_err(|_| fault(&format!("`{name}` is no number")))
        };
        let target_uri = need("url")?.parse().map_err(|it| fault(&format!("{it}")))?;
        let payload_digest = need("digest")?
            .parse()
            .map_err(|it| fault(&format!("{it}")))?;
        Ok(Self {
            target_uri,
            date: parse_digits14(date).ok_or_else(|| fault("its date cannot be read"))?,
            content: match word("mime") {
                Some(it) if it == REVISIT => Content::Revisit,
                it => Content::Response(it.unwrap_or_default()),
            },
            status: word("status").and_then(|it| it.parse().ok()),
            payload_digest,
            filename: need("filename")?,
            offset: number("offset")?,
            length: number("length")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(uri: &str, date: &str) -> Line {
        Line {
            target_uri: uri.parse().unwrap(),
            date: parse_digits14(date).unwrap(),
            content: Content::Response("text/html".into()),
            status: Some(200),
            payload_digest: PayloadDigest::of(b"hello"),
            filename: "a.warc.gz".into(),
            offset: 12,
            length: 345,
        }
    }

    #[test]
    fn a_line_reads_back_as_it_was_written() {
        let mut it = line("https://www.example.org/a?z=1&b=2", "20240102030405");
        let text = it.to_string();
        assert!(text.starts_with(
            r#"org,example)/a?b=2&z=1 20240102030405 {"url":"https://www.example.org/a?z=1&b=2","mime":"text/html","status":"200","digest":"sha256:"#
        ));
        assert_eq!(text.parse(), Ok(it.clone()));
        it.content = Content::Revisit;
        it.status = None;
        assert_eq!(it.to_string().parse(), Ok(it));
    }

    #[test]
    fn what_is_no_line_is_refused_with_the_reason() {
        for (text, detail) in [
            ("org,example)/", "it has not three fields"),
            ("org,example)/ 2024 {}", "it has no `url`"),
        ] {
            assert_eq!(text.parse::<Line>().unwrap_err().detail, detail);
        }
    }
}
