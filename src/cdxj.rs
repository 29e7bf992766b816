//! CDXJ: the index of WARC files in which replay programs look up captures; one line per capture, sorted by bytes.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

use crate::{
    clock::{Instant, digits14, parse_digits14},
    digest::PayloadDigest,
    uri::{Surt, TargetUri},
};

/// The media type of a revisit in an index.
const REVISIT: &str = "warc/revisit";

/// One line: the place of the record of a capture, and what is needed to choose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The address that was requested; its SURT is the first field of the line.
    pub target_uri: TargetUri,
    /// The beginning of the exchange; the second field of the line, in whole seconds.
    pub date: Instant,
    /// The kind of record.
    pub content: Content,
    /// The status code, if there is a status line.
    pub status: Option<u16>,
    /// The digest of the payload.
    pub payload_digest: PayloadDigest,
    /// The file with the record, relative to the folder of the index.
    pub filename: String,
    /// The offset of the record in the file, compressed.
    pub offset: u64,
    /// The length of the record in the file, compressed, in bytes.
    pub length: u64,
}

/// The kind of record that a line names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A response with this media type; empty if unknown.
    Response(String),
    /// A revisit.
    Revisit,
}

/// Why a text is not a line of an index.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{line}` is not a line of a CDXJ index: {detail}")]
pub struct CdxjError {
    /// The line, its first 80 characters.
    pub line: String,
    /// What is missing or invalid.
    pub detail: String,
}

impl Line {
    /// The sort-friendly key at the beginning of the line.
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
            return Err(fault("it does not have three fields"));
        };
        let fields: Map<String, Value> =
            serde_json::from_str(json).map_err(|error| fault(&error.to_string()))?;
        let word = |name: &str| match fields.get(name) {
            Some(Value::String(string)) => Some(string.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let need = |name: &str| word(name).ok_or_else(|| fault(&format!("it has no `{name}`")));
        let number = |name: &str| {
            let text = need(name)?;
            text.parse::<u64>()
                .map_err(|_| fault(&format!("`{name}` is not a number")))
        };
        let target_uri = need("url")?
            .parse()
            .map_err(|error| fault(&format!("{error}")))?;
        let payload_digest = need("digest")?
            .parse()
            .map_err(|error| fault(&format!("{error}")))?;
        Ok(Self {
            target_uri,
            date: parse_digits14(date).ok_or_else(|| fault("its date cannot be read"))?,
            content: match word("mime") {
                Some(mime) if mime == REVISIT => Content::Revisit,
                it => Content::Response(it.unwrap_or_default()),
            },
            status: word("status").and_then(|word| word.parse().ok()),
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
        let mut line = line("https://www.example.org/a?z=1&b=2", "20240102030405");
        let text = line.to_string();
        assert!(text.starts_with(
            r#"org,example)/a?b=2&z=1 20240102030405 {"url":"https://www.example.org/a?z=1&b=2","mime":"text/html","status":"200","digest":"sha256:"#
        ));
        assert_eq!(text.parse(), Ok(line.clone()));
        line.content = Content::Revisit;
        line.status = None;
        assert_eq!(line.to_string().parse(), Ok(line));
    }

    #[test]
    fn a_text_that_is_not_a_line_is_refused_with_the_reason() {
        for (text, detail) in [
            ("org,example)/", "it does not have three fields"),
            ("org,example)/ 2024 {}", "it has no `url`"),
        ] {
            assert_eq!(text.parse::<Line>().unwrap_err().detail, detail);
        }
    }
}
