//! The state of a host that is kept between runs, so that every run is polite to it.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// Scheme, host and port: the unit of robots.txt and politeness (RFC 9309, 2.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin(String);

impl Origin {
    /// The origin of an address: `https://example.org`, with a port only if it is not the default.
    #[must_use]
    pub fn of(uri: &crate::uri::TargetUri) -> Self {
        Self(uri.as_url().origin().ascii_serialization())
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// The state of one origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostState {
    /// The earliest time of the next request.
    pub next_allowed: Option<Instant>,
    /// Why `next_allowed` is later than the plain delay, in words: `Retry-After`, back-off, a block.
    pub reason: Option<String>,
    /// Consecutive refusals (403, 429, 503, challenge pages).
    pub refusals: u32,
    /// The time of the last request.
    pub last_request: Option<Instant>,
    /// The number of all requests.
    pub requests: u64,
    /// The last robots.txt.
    pub robots: Option<RobotsFile>,
    /// The last request for a page, and the rule that allowed it.
    #[serde(default)]
    pub last: Option<LastAsked>,
}

/// The last request for a page of an origin; its time is [`HostState::last_request`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAsked {
    /// The page.
    pub uri: crate::uri::TargetUri,
    /// The result in words: a status, or what failed.
    pub came: String,
    /// The rule that allowed it, in words: a line of robots.txt, or that there is none about it.
    pub rule: String,
    /// The pause after it and its origin, in words.
    pub pause: String,
}

/// The robots.txt of one origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RobotsFile {
    /// The time at which it was fetched.
    pub fetched: Instant,
    /// What it says.
    pub access: RobotsAccess,
}

/// The result of a request for robots.txt (RFC 9309, 2.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RobotsAccess {
    /// Its rules, as bytes (at most 500 KiB).
    Rules(#[serde(with = "text_or_bytes")] Vec<u8>),
    /// "Unavailable" (400 to 499): everything is allowed.
    Unavailable {
        /// The status of the answer.
        status: u16,
    },
    /// "Unreachable" (500 to 599, network failures): everything is disallowed for a while.
    Unreachable {
        /// What happened.
        detail: String,
        /// Since when.
        #[serde(default)]
        since: Option<Instant>,
        /// The last known rules, if any.
        #[serde(default)]
        older: Option<OlderRules>,
    },
}

/// The last known rules of a robots.txt that is now unreachable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OlderRules {
    /// The time at which they were fetched.
    pub fetched: Instant,
    /// The rules, as bytes (at most 500 KiB).
    #[serde(with = "text_or_bytes")]
    pub rules: Vec<u8>,
}

/// Bytes as text if they are UTF-8, which takes a third of the space of a list of numbers.
mod text_or_bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Bytes(Vec<u8>),
    }

    /// Writes bytes as text if they are UTF-8, or else as a list of numbers.
    pub(super) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => out.serialize_str(text),
            Err(_) => bytes.serialize(out),
        }
    }

    /// Reads bytes from either form.
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Either::deserialize(input)? {
            Either::Text(text) => text.into_bytes(),
            Either::Bytes(bytes) => bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_program_wrote_of_a_host_is_read() {
        let old = r#"{"next_allowed":null,"reason":null,"refusals":1,"last_request":null,"requests":7,
            "robots":{"fetched":"2026-01-01T00:00:00Z","access":{"rules":[97,255]}}}"#;
        let state: HostState = serde_json::from_str(old).unwrap();
        let rules = |bytes: &[u8]| RobotsAccess::Rules(bytes.to_vec());
        assert_eq!(state.robots.as_ref().unwrap().access, rules(b"a\xff"));
        assert_eq!(state.last, None);
        let old = r#"{"unreachable":{"detail":"answered with 503"}}"#;
        let access: RobotsAccess = serde_json::from_str(old).unwrap();
        assert!(matches!(
            access,
            RobotsAccess::Unreachable {
                since: None,
                older: None,
                ..
            }
        ));
        for bytes in [&b"User-agent: *\r\n"[..], b"\xff\0", b""] {
            let text = serde_json::to_string(&rules(bytes)).unwrap();
            let back: RobotsAccess = serde_json::from_str(&text).unwrap();
            assert_eq!(back, rules(bytes));
        }
    }
}
