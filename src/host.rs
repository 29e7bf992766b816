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
    Rules(Vec<u8>),
    /// "Unavailable" (400 to 499): everything is allowed.
    Unavailable {
        /// The status it was answered with.
        status: u16,
    },
    /// "Unreachable" (500 to 599, network failures): everything is disallowed for a while.
    Unreachable {
        /// What happened.
        detail: String,
    },
}
