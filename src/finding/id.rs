//! The id of a finding: the same for the same statement about the same subject.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Conclusion, Fate, Subject, Verdict};
use crate::digest::ContentDigest;

/// The id of a finding: the first 12 hexadecimal digits of a digest over profile, subject and conclusion.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingId(pub String);

impl FindingId {
    /// The number of digits in an id.
    pub const DIGITS: usize = 12;

    /// The id of a finding in which `conclusion` is said about `subject`.
    ///
    /// Explanations (`because`, `how`, `detail`) do not count: with better wording, it is the same finding.
    #[must_use]
    pub fn of(profile: &str, subject: &Subject, conclusion: &Conclusion) -> Self {
        // Serializing these types cannot fail; an empty text would only make the id less specific.
        let json = serde_json::to_string(&(profile, subject, conclusion.without_words()));
        Self(ContentDigest::of(json.unwrap_or_default().as_bytes()).short())
    }
}

impl Conclusion {
    /// The same conclusion without explanations.
    fn without_words(&self) -> Self {
        let mut it = self.clone();
        match &mut it {
            Self::Verdict(
                Verdict::Elsewhere { place: words }
                | Verdict::Renamed { because: words, .. }
                | Verdict::Altered { how: words, .. }
                | Verdict::CannotTell { detail: words, .. },
            )
            | Self::Fate(
                Fate::Unreachable { detail: words }
                | Fate::Refused { detail: words }
                | Fate::Walled { detail: words }
                | Fate::Waiting { detail: words }
                | Fate::RedirectedAway { detail: words, .. },
            ) => words.clear(),
            Self::Verdict(
                Verdict::Present
                | Verdict::Absent
                | Verdict::MovedList { .. }
                | Verdict::MovedPage { .. }
                | Verdict::Merged { .. }
                | Verdict::Split { .. }
                | Verdict::New
                | Verdict::Redesigned { .. },
            )
            | Self::Fate(
                Fate::Live
                | Fate::Moved { .. }
                | Fate::Gone { .. }
                | Fate::Soft404
                | Fate::Parked
                | Fate::Unvisited
                | Fate::NoAddress,
            ) => {}
        }
        it
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
