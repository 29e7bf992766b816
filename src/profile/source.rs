//! Where a profile comes from: the article's file, stretches of its bytes, and copies of cited pages elsewhere.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The article's file as it was when it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name, or its address where it was read from the web.
    pub file: String,
    /// The labelled digest of its bytes: `sha256:…`. The bytes are kept under it in the folder `sources` beside the profile.
    pub digest: String,
    /// How it is written: `text`, `html`, `markdown` or `wikitext`.
    pub form: String,
    /// The charset that its bytes were read in.
    pub charset: String,
    /// The revision of the wiki page that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// A stretch of a file in bytes, the end left out; written `[start, end]`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(from = "[u32; 2]", into = "[u32; 2]")]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

impl Span {
    /// Whether nothing is in it: what it stands for was not found.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

impl From<[u32; 2]> for Span {
    fn from([start, end]: [u32; 2]) -> Self {
        Self { start, end }
    }
}

impl From<Span> for [u32; 2] {
    fn from(span: Span) -> Self {
        [span.start, span.end]
    }
}

/// A copy of a cited page in another archive, as the article gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedCopy {
    /// Its address.
    pub url: String,
    /// The day on which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
}
