//! What is remembered of a host between runs, so that every run is polite to it.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// Scheme, host and port: what robots.txt and politeness are kept by (RFC 9309, 2.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin(String);

impl Origin {
    /// The origin of an address: `https://example.org`, a port only where it is not the scheme's own.
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

/// What is remembered of one origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostState {
    /// No request before this moment.
    pub next_allowed: Option<Instant>,
    /// Why `next_allowed` is later than the plain delay: `Retry-After`, back-off, a block; for people.
    pub reason: Option<String>,
    /// Consecutive answers that asked to be left alone (403, 429, 503, challenge pages).
    pub refusals: u32,
    /// When the last request was made.
    pub last_request: Option<Instant>,
    /// How many requests were made in all.
    pub requests: u64,
    /// robots.txt as it was last had.
    pub robots: Option<RobotsFile>,
    /// What the last request for a page was, and under which rule it was made.
    #[serde(default)]
    pub last: Option<LastAsked>,
}

/// The last request for a page of an origin; its moment is [`HostState::last_request`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAsked {
    /// The page.
    pub uri: crate::uri::TargetUri,
    /// What came of it, for people: a status, or what failed.
    pub came: String,
    /// What allowed it, for people: a line of robots.txt, or that there is none about it.
    pub rule: String,
    /// The pause after it, and who asks for that, for people.
    pub pause: String,
}

/// robots.txt as it was had from one origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RobotsFile {
    /// When it was had.
    pub fetched: Instant,
    /// What it is worth.
    pub access: RobotsAccess,
}

/// What a request for robots.txt came to (RFC 9309, 2.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RobotsAccess {
    /// Its rules, as bytes (at most 500 KiB).
    Rules(#[serde(with = "text_or_bytes")] Vec<u8>),
    /// "Unavailable" (400 to 499): everything is allowed.
    Unavailable {
        /// The status it was answered with.
        status: u16,
    },
    /// "Unreachable" (500 to 599, network failures): everything is disallowed for a while.
    Unreachable {
        /// What happened.
        detail: String,
        /// Since when it has been so.
        #[serde(default)]
        since: Option<Instant>,
        /// The rules that were known before, if there were any.
        #[serde(default)]
        older: Option<OlderRules>,
    },
}

/// The rules of a robots.txt that cannot be had any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OlderRules {
    /// When they were had.
    pub fetched: Instant,
    /// The rules, as bytes (at most 500 KiB).
    #[serde(with = "text_or_bytes")]
    pub rules: Vec<u8>,
}

/// Bytes as text where they are UTF-8, which is a third of the length of a list of numbers.
mod text_or_bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => out.serialize_str(text),
            Err(_) => bytes.serialize(out),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Either::deserialize(input)? {
            Either::Text(it) => it.into_bytes(),
            Either::Bytes(it) => it,
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
