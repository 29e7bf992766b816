//! Custom request header fields, each for some hosts.

use std::str::FromStr;

use crate::capture::asked_otherwise;

/// A header field that is sent to some hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The host; with its subdomains if a dot or `*.` precedes it; `*` for all hosts.
    host: Host,
    /// The name of the field.
    pub(super) name: String,
    /// The value of the field.
    pub(super) value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    All,
    One(String),
    AllBelow(String),
}

/// Why a text is not a header field that can be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The form is wrong.
    #[error("`{0}` is not of the form `HOST NAME: VALUE`")]
    Form(String),
    /// A field that the fetcher writes itself.
    #[error("`{0}` cannot be set: it is written by the fetcher itself")]
    Own(String),
    /// A field that makes servers send only a part of the page.
    #[error("`{0}` cannot be set: it makes servers send only a part of the page")]
    Piece(String),
}

/// Fields that frame a message, or whose meaning the fetcher needs to know.
const OWN: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

impl Header {
    /// Whether it is sent to that host.
    pub(super) fn is_for(&self, host: &str) -> bool {
        match &self.host {
            Host::All => true,
            Host::One(one) => one == host,
            Host::AllBelow(all_below) => host
                .strip_suffix(all_below.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        }
    }

    /// Whether it contains cookies, which are sent in one field with those that the host has set.
    pub(super) fn is_cookie(&self) -> bool {
        self.name.eq_ignore_ascii_case("cookie")
    }
}

impl FromStr for Header {
    type Err = HeaderError;

    fn from_str(text: &str) -> Result<Self, HeaderError> {
        let form = || HeaderError::Form(text.to_owned());
        let (host, field) = text.trim().split_once(' ').ok_or_else(form)?;
        let (name, value) = field.split_once(':').ok_or_else(form)?;
        let (name, value) = (name.trim(), value.trim());
        let is_letter =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let is_field = !name.is_empty()
            && name.bytes().all(is_letter)
            && value
                .chars()
                .all(|letter| !letter.is_control() && u8::try_from(letter).is_ok());
        if !is_field || host.contains([':', '/']) {
            return Err(form());
        }
        if OWN.iter().any(|it| it.eq_ignore_ascii_case(name)) {
            return Err(HeaderError::Own(name.to_owned()));
        }
        if asked_otherwise(format!("GET / HTTP/1.1\r\n{name}: {value}\r\n").as_bytes()).is_some() {
            return Err(HeaderError::Piece(name.to_owned()));
        }
        let host = host.to_ascii_lowercase();
        let below = host.strip_prefix("*.").or_else(|| host.strip_prefix('.'));
        let host = match (host.as_str(), below) {
            ("*", _) => Host::All,
            (_, Some("")) => return Err(form()),
            (_, Some(it)) => Host::AllBelow(it.to_owned()),
            (it, None) => Host::One(it.to_owned()),
        };
        Ok(Self {
            host,
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_for_a_host_for_all_below_one_or_for_all() {
        for (text, host, is_for) in [
            ("example.org X-A: b", "example.org", true),
            ("example.org X-A: b", "www.example.org", false),
            ("*.Example.org X-A: b", "www.example.org", true),
            (".example.org X-A: b", "example.org", true),
            (".example.org X-A: b", "notexample.org", false),
            ("* X-A:b", "anything", true),
        ] {
            let header: Header = text.parse().unwrap();
            assert_eq!(header.is_for(host), is_for, "{text} {host}");
            assert_eq!((header.name.as_str(), header.value.as_str()), ("X-A", "b"));
        }
    }

    #[test]
    fn an_invalid_field_is_refused_and_so_is_one_that_would_break_the_request() {
        for text in [
            "X-A: b",
            "example.org X-A",
            "example.org : b",
            "example.org X A: b",
            "example.org X-A: b\r\nX-C: d",
            "https://example.org X-A: b",
            "example.org X-A: \u{2603}",
            ". X-A: b",
            "",
        ] {
            let error = text.parse::<Header>().unwrap_err();
            assert!(matches!(error, HeaderError::Form(_)), "{text}: {error}");
        }
        for name in ["Range", "hx-request"] {
            let error = format!("* {name}: 1").parse::<Header>().unwrap_err();
            assert_eq!(error, HeaderError::Piece(name.to_owned()));
        }
        for name in ["Host", "content-length"] {
            let error = format!("* {name}: 1").parse::<Header>().unwrap_err();
            assert_eq!(error, HeaderError::Own(name.to_owned()));
        }
    }
}
