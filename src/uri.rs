//! Addresses: the target URI as requested, its sort-friendly key, and its fragment.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

/// Why a text is not the address of a web page.
#[derive(Debug, thiserror::Error)]
pub enum UriError {
    /// It is not valid by the URL standard.
    #[error("`{text}` is not a URL: {source}")]
    Syntax {
        /// The text as given, without a name and a password.
        text: String,
        /// The error of the parser.
        #[source]
        source: url::ParseError,
    },
    /// Its scheme is neither http nor https.
    #[error("`{text}` has the scheme `{scheme}`; only http and https pages can be visited")]
    Scheme {
        /// The text as given, without a name and a password.
        text: String,
        /// The scheme.
        scheme: String,
    },
}

/// An http or https address as requested: absolute, without fragment and without credentials (WARC-Target-URI).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TargetUri(Url);

impl TargetUri {
    /// Parses an address; also returns the fragment. Credentials are dropped.
    ///
    /// # Errors
    /// A text that is not a URL, or whose scheme is neither http nor https.
    pub fn parse(text: &str) -> Result<(Self, Option<String>), UriError> {
        let url = Url::parse(text.trim()).map_err(|source| UriError::Syntax {
            text: without_credentials(text),
            source,
        })?;
        Self::from_url(url)
    }

    /// The address of an already parsed URL; also returns the fragment. Credentials are dropped.
    ///
    /// # Errors
    /// A scheme that is neither http nor https.
    pub fn from_url(mut url: Url) -> Result<(Self, Option<String>), UriError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UriError::Scheme {
                text: without_credentials(url.as_str()),
                scheme: url.scheme().to_owned(),
            });
        }
        let fragment = url
            .fragment()
            .filter(|fragment| !fragment.is_empty())
            .map(str::to_owned);
        url.set_fragment(None);
        // Both setters fail only for URLs that cannot have credentials; http and https can.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok((Self(url), fragment))
    }

    /// Resolves `reference` (a Location header, an href) against this address; also returns the fragment.
    ///
    /// # Errors
    /// A reference that is not a URL, or has another scheme.
    pub fn join(&self, reference: &str) -> Result<(Self, Option<String>), UriError> {
        let url = self
            .0
            .join(reference.trim())
            .map_err(|source| UriError::Syntax {
                text: without_credentials(reference),
                source,
            })?;
        Self::from_url(url)
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The parsed URL.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The host as for a lookup: lower case, IDN in ASCII form, IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The port for the connection.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(80)
    }

    /// Whether the exchange uses TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The path and query, as in the request line.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        match self.0.query() {
            Some(query) => format!("{}?{query}", self.0.path()),
            None => self.0.path().to_owned(),
        }
    }

    /// The sort-friendly key that all visits of this address share.
    #[must_use]
    pub fn surt(&self) -> Surt {
        Surt::of(self)
    }
}

/// An address as written, without a name and password before its host.
#[must_use]
pub fn without_credentials(text: &str) -> String {
    let Some(start) = text.find("//").map(|text| text + 2) else {
        return text.to_owned();
    };
    let (before, rest) = text.split_at(start);
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |parts| parts.1);
    format!("{before}{host}{behind}")
}

impl fmt::Display for TargetUri {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.as_str())
    }
}

impl fmt::Debug for TargetUri {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{}>", self.0)
    }
}

impl FromStr for TargetUri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        Self::parse(text).map(|(uri, _)| uri)
    }
}

impl Serialize for TargetUri {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TargetUri {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A Sort-friendly URI Reordering Transform key: `com,example)/path?query` (CDXJ index, first field).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Surt(String);

impl Surt {
    /// The key of an address: host labels reversed, without `www` and default port, query parameters sorted, all lower case.
    #[must_use]
    pub fn of(uri: &TargetUri) -> Self {
        let url = uri.as_url();
        let mut key = match url.host() {
            Some(url::Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                let name = without_www(name);
                let mut labels: Vec<&str> = name.split('.').collect();
                labels.reverse();
                labels.join(",")
            }
            _ => uri.host().to_owned(),
        };
        if let Some(port) = url.port() {
            key.push(':');
            key.push_str(&port.to_string());
        }
        key.push(')');
        let path = url.path();
        let path = if path.len() > 1 {
            path.trim_end_matches('/')
        } else {
            path
        };
        key.push_str(if path.is_empty() { "/" } else { path });
        if let Some(query) = url.query().filter(|query| !query.is_empty()) {
            let mut parts: Vec<&str> = query.split('&').collect();
            parts.sort_unstable();
            key.push('?');
            key.push_str(&parts.join("&"));
        }
        Self(key.to_lowercase())
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Surt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn without_www(name: &str) -> &str {
    let Some((first, rest)) = name.split_once('.') else {
        return name;
    };
    let numbered = first
        .strip_prefix("www")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if numbered && rest.contains('.') {
        rest
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragment_and_credentials_are_taken_off() {
        let (uri, fragment) =
            TargetUri::parse("HTTPS://me:pass@Example.ORG:443/a?b=1#part").unwrap();
        assert_eq!(uri.as_str(), "https://example.org/a?b=1");
        assert_eq!(fragment.as_deref(), Some("part"));
    }

    #[test]
    fn a_password_is_in_no_error() {
        for (text, expected) in [
            ("ftp://me:pass@h/x@y", "ftp://h/x@y"),
            ("http://me:pa@ss@h:99999/", "http://h:99999/"),
            ("//me:pass@", "//"),
            ("me@example.org", "me@example.org"),
            ("https://h/a?b=c@d", "https://h/a?b=c@d"),
        ] {
            assert_eq!(without_credentials(text), expected);
            if let Err(error) = text.parse::<TargetUri>() {
                assert!(!error.to_string().contains("pass"), "{error}");
            }
        }
    }

    #[test]
    fn other_schemes_are_refused_by_name() {
        let error = TargetUri::parse("ftp://example.org/").unwrap_err();
        assert!(error.to_string().contains("`ftp`"));
    }

    #[test]
    fn a_surt_sorts_hosts_together() {
        let surt = |text: &str| text.parse::<TargetUri>().unwrap().surt().to_string();
        assert_eq!(
            surt("http://www.Example.org/A/?z=1&a=2"),
            "org,example)/a?a=2&z=1"
        );
        assert_eq!(surt("http://example.org:8080"), "org,example:8080)/");
        assert_eq!(surt("http://192.168.1.1/x"), "192.168.1.1)/x");
    }
}
