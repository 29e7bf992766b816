//! A record: a version, named fields, and a block of bytes (WARC 1.1, 4).

use crate::{
    capture::Truncation,
    clock::{Instant, parse_warc_date},
};

/// One record as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its offset: of its first byte in a plain file, of its compression member in a compressed one.
    pub offset: u64,
    /// The version line: `WARC/1.1`.
    pub version: String,
    /// What kind of record it is.
    pub kind: RecordType,
    /// Its fields in order: names as spelled, values with folded lines joined.
    pub fields: Vec<(String, String)>,
    /// Its block.
    pub block: Vec<u8>,
    /// Why its block is shorter than declared, if it is.
    pub missing: Option<Truncation>,
}

/// The type of a record (WARC 1.1, 5.5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RecordType {
    /// A description of the file and its writer.
    Warcinfo,
    /// The response of a server.
    Response,
    /// Content without the envelope of a protocol.
    Resource,
    /// The request to a server.
    Request,
    /// Further information about a record.
    Metadata,
    /// A visit with nothing new.
    Revisit,
    /// The content of a record in another form.
    Conversion,
    /// The continuation of a record that was too long for one file.
    Continuation,
    /// A type that is not in the standard, with its name.
    Other(String),
}

impl RecordType {
    /// Parses the value of `WARC-Type`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "warcinfo" => Self::Warcinfo,
            "response" => Self::Response,
            "resource" => Self::Resource,
            "request" => Self::Request,
            "metadata" => Self::Metadata,
            "revisit" => Self::Revisit,
            "conversion" => Self::Conversion,
            "continuation" => Self::Continuation,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The value of `WARC-Type`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Warcinfo => "warcinfo",
            Self::Response => "response",
            Self::Resource => "resource",
            Self::Request => "request",
            Self::Metadata => "metadata",
            Self::Revisit => "revisit",
            Self::Conversion => "conversion",
            Self::Continuation => "continuation",
            Self::Other(name) => name,
        }
    }
}

impl Record {
    /// The first field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Every field of that name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(it, _)| it.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Its globally unique name (`WARC-Record-ID`), without angle brackets.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.field("WARC-Record-ID").map(without_brackets)
    }

    /// The records that it belongs with (`WARC-Concurrent-To`), without angle brackets.
    pub fn concurrent_to(&self) -> impl Iterator<Item = &str> {
        self.all("WARC-Concurrent-To").map(without_brackets)
    }

    /// The address that was requested (`WARC-Target-URI`), without the angle brackets that wget once put around it.
    #[must_use]
    pub fn target_uri(&self) -> Option<&str> {
        self.field("WARC-Target-URI").map(without_brackets)
    }

    /// The date (`WARC-Date`).
    #[must_use]
    pub fn date(&self) -> Option<Instant> {
        self.field("WARC-Date").and_then(parse_warc_date)
    }

    /// Whether its block is an HTTP message: by its type or, without a type, by its first bytes.
    #[must_use]
    pub fn is_http(&self) -> bool {
        match self.field("Content-Type") {
            Some(field) => field
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("application/http"),
            None => self.block.starts_with(b"HTTP/") || self.method().is_some(),
        }
    }

    /// The method of a block that is an HTTP request.
    fn method(&self) -> Option<&[u8]> {
        let line = self.block.split(|letter| *letter == b'\n').next()?;
        let mut words = line.split(|letter| *letter == b' ');
        let method = words.next()?;
        let is_request = words.nth(1).is_some_and(|word| word.starts_with(b"HTTP/"));
        is_request.then_some(method)
    }
}

/// `<urn:uuid:…>` as `urn:uuid:…`.
pub(super) fn without_brackets(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(text)
}

/// Why a record was cut short (`WARC-Truncated`); an unknown reason is none in particular.
pub(super) fn truncation(text: &str) -> Truncation {
    match text.trim() {
        "length" => Truncation::Length,
        "time" => Truncation::Time,
        "disconnect" => Truncation::Disconnect,
        _ => Truncation::Unspecified,
    }
}
