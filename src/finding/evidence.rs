//! What a finding rests on: places in archived pages, and how it came to be so over the captures there are.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Instant,
    digest::PayloadDigest,
    selector::{CssSelector, FragmentSelector, TextPositionSelector, TextQuoteSelector},
    uri::TargetUri,
};

/// The place in an archived page that a finding rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The capture.
    pub capture: CaptureRef,
    /// The words with those around them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<TextQuoteSelector>,
    /// Their place in the page's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<TextPositionSelector>,
    /// The element that holds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<CssSelector>,
    /// The page of a file that has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fragment: Option<FragmentSelector>,
    /// The page's address with a text fragment, which opens a browser on the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What else there is to say: `in the list "Convening Centers" (9 names)`, `not in 1,972 characters of text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A capture, by what names it anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureRef {
    /// What was asked for.
    pub target_uri: TargetUri,
    /// When.
    pub date: Instant,
    /// The payload; `None` for a failed visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_digest: Option<PayloadDigest>,
}

/// How a finding came to be so, over the captures there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The first capture that could be judged by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_judged: Option<Instant>,
    /// The first capture that had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Instant>,
    /// The last capture that had it; where it is there still, the one that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Instant>,
    /// The first capture behind the last that had it, where that said something else again than the finding: the page
    /// changed twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_by: Option<Instant>,
    /// The last capture that said otherwise than the finding: it changed after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_after: Option<Instant>,
    /// The first capture of those that say what the finding says, without interruption until now: it had changed by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<Instant>,
    /// The capture nearest to the day the reference was accessed, and whether it had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
}

/// What the capture nearest to the access date says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// When that capture was made.
    pub date: Instant,
    /// Whether it had it; `None` where it could not be told.
    pub held: Option<bool>,
}
