//! Where a profile comes from: the file of the article, ranges of its bytes, and copies of cited pages elsewhere.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The file of the article, as it was when it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name, or its address if it was read from the web.
    pub file: String,
    /// The labelled digest of its bytes: `sha256:…`. The bytes are stored under that name in the folder `sources` beside the profile.
    pub digest: String,
    /// Its form: `text`, `html`, `markdown` or `wikitext`.
    pub form: String,
    /// The charset in which its bytes were read.
    pub charset: String,
    /// The revision, if it is a wiki page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// A range of bytes in a file, without the end; written `[start, end]`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(from = "[u32; 2]", into = "[u32; 2]")]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// Whether it is empty: the words were not found.
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

/// A copy of a cited page in another archive, as the article cites it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedCopy {
    /// Its address.
    pub url: String,
    /// The day on which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
}
