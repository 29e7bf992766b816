//! The evidence of a finding: places in archived pages, and its history over the captures.

use serde::{Deserialize, Serialize};

use crate::{
    capture::Source,
    clock::Instant,
    digest::PayloadDigest,
    selector::{CssSelector, FragmentSelector, TextPositionSelector, TextQuoteSelector},
    uri::TargetUri,
};

/// A place in an archived page that a finding rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The capture.
    pub capture: CaptureRef,
    /// The words, with those around them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<TextQuoteSelector>,
    /// The position of the words in the text of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<TextPositionSelector>,
    /// The element that contains them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<CssSelector>,
    /// The page number, for files with pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fragment: Option<FragmentSelector>,
    /// The address of the page with a text fragment, which opens a browser at the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A note: `in the list "Convening Centers" (9 names)`, `not in 1,972 characters of text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Evidence {
    /// A capture as a whole, without a place in it.
    #[must_use]
    pub fn at(capture: CaptureRef) -> Self {
        Self {
            capture,
            quote: None,
            position: None,
            element: None,
            fragment: None,
            link: None,
            note: None,
        }
    }
}

/// The identity of a capture, valid in any archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureRef {
    /// The address that was requested.
    pub target_uri: TargetUri,
    /// When.
    pub date: Instant,
    /// The digest of the payload; `None` for a failed visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_digest: Option<PayloadDigest>,
    /// The archive that it was copied from; `None` for our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// The history of a finding over the captures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The first capture that could be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_judged: Option<Instant>,
    /// The first capture that had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Instant>,
    /// The last capture that had it; if the page still has it, the capture that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Instant>,
    /// The first capture after the last one that had it, if it contradicts the finding, too: the page changed twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_by: Option<Instant>,
    /// The last capture that contradicts the finding: it changed after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_after: Option<Instant>,
    /// The first of the uninterrupted captures that agree with the finding: it had changed by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<Instant>,
    /// The capture closest to the access date, and whether it had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// Those of these captures that were copied from other archives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<CopiedOn>,
}

/// A capture that a history names, and that another archive made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedOn {
    /// Its date.
    pub date: Instant,
    /// The archive that it was copied from.
    pub source: Source,
}

impl History {
    /// The archive that made the capture of that date, if it is not ours.
    #[must_use]
    pub fn held_by(&self, date: Instant) -> Option<&Source> {
        let found = self.copies.iter().find(|copy| copy.date == date);
        found.map(|found| &found.source)
    }

    /// The dates of all captures that it names.
    #[must_use]
    pub fn dates(&self) -> Vec<Instant> {
        let baseline = self.baseline.as_ref().map(|baseline| baseline.date);
        let named = [
            self.first_judged,
            self.first_seen,
            self.last_seen,
            self.gone_by,
            self.changed_after,
            self.changed_by,
            baseline,
        ];
        named.into_iter().flatten().collect()
    }
}

/// What the capture closest to the access date says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The date of that capture.
    pub date: Instant,
    /// Whether it had it; `None` if unclear.
    pub held: Option<bool>,
}
