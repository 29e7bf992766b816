//! The word for each verdict and fate, the same in every format.

use serde::{Serialize, Serializer};

use crate::finding::{Conclusion, Fate, Finding, Verdict};

/// The word for a verdict or a fate; the verdicts come first, in the order in which they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// On the page as the article says.
    Present,
    /// On the page, outside the list.
    Elsewhere,
    /// Not on the page.
    Absent,
    /// In another list.
    MovedList,
    /// On another page.
    MovedPage,
    /// Under another name.
    Renamed,
    /// As one with others.
    Merged,
    /// As several.
    Split,
    /// With other words or another number.
    Altered,
    /// On the page, but not in the article.
    New,
    /// A list in another form.
    Redesigned,
    /// Unknown.
    CannotTell,
    /// The page is there.
    Live,
    /// The page is at another address.
    Moved,
    /// A redirect leads to a different page.
    RedirectedAway,
    /// The page is gone by its status.
    Gone,
    /// "Not found" under a status of success.
    Soft404,
    /// The page could not be reached.
    Unreachable,
    /// The visit was refused.
    Refused,
    /// Something is shown in place of the page.
    Walled,
    /// The domain is parked.
    Parked,
    /// Not readable at the latest visits; further visits will show whether this lasts.
    Waiting,
    /// Not visited yet.
    Unvisited,
    /// The reference has no address.
    NoAddress,
}

/// The tone of a label, which determines its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As the article says.
    Good,
    /// Gone.
    Bad,
    /// Different.
    Changed,
    /// More than the article says.
    Fresh,
    /// Not known.
    Unknown,
}

impl Label {
    /// The labels of verdicts, in the order of the tables.
    pub const VERDICTS: [Self; 12] = [
        Self::Present,
        Self::Elsewhere,
        Self::Absent,
        Self::MovedList,
        Self::MovedPage,
        Self::Renamed,
        Self::Merged,
        Self::Split,
        Self::Altered,
        Self::New,
        Self::Redesigned,
        Self::CannotTell,
    ];

    /// The labels of fates, in the order of the tables.
    pub const FATES: [Self; 12] = [
        Self::Live,
        Self::Moved,
        Self::RedirectedAway,
        Self::Gone,
        Self::Soft404,
        Self::Unreachable,
        Self::Refused,
        Self::Walled,
        Self::Parked,
        Self::Waiting,
        Self::Unvisited,
        Self::NoAddress,
    ];

    /// The label of a fate.
    #[must_use]
    pub fn of_fate(fate: &Fate) -> Self {
        match fate {
            Fate::Live => Self::Live,
            Fate::Moved { .. } => Self::Moved,
            Fate::RedirectedAway { .. } => Self::RedirectedAway,
            Fate::Gone { .. } => Self::Gone,
            Fate::Soft404 => Self::Soft404,
            Fate::Unreachable { .. } => Self::Unreachable,
            Fate::Refused { .. } => Self::Refused,
            Fate::Walled { .. } => Self::Walled,
            Fate::Parked => Self::Parked,
            Fate::Waiting { .. } => Self::Waiting,
            Fate::Unvisited => Self::Unvisited,
            Fate::NoAddress => Self::NoAddress,
        }
    }

    /// The label of a verdict.
    #[must_use]
    pub fn of_verdict(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Present => Self::Present,
            Verdict::Elsewhere { .. } => Self::Elsewhere,
            Verdict::Absent => Self::Absent,
            Verdict::MovedList { .. } => Self::MovedList,
            Verdict::MovedPage { .. } => Self::MovedPage,
            Verdict::Renamed { .. } => Self::Renamed,
            Verdict::Merged { .. } => Self::Merged,
            Verdict::Split { .. } => Self::Split,
            Verdict::Altered { .. } => Self::Altered,
            Verdict::New => Self::New,
            Verdict::Redesigned { .. } => Self::Redesigned,
            Verdict::CannotTell { .. } => Self::CannotTell,
        }
    }

    /// The label of what a finding says.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        match &finding.conclusion {
            Conclusion::Verdict(verdict) => Self::of_verdict(verdict),
            Conclusion::Fate(fate) => Self::of_fate(fate),
        }
    }

    /// The word as people read it: `cannot tell`, `soft 404`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Elsewhere => "elsewhere",
            Self::Absent => "absent",
            Self::MovedList => "moved list",
            Self::MovedPage => "moved page",
            Self::Renamed => "renamed",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Altered => "altered",
            Self::New => "new",
            Self::Redesigned => "redesigned",
            Self::CannotTell => "cannot tell",
            Self::Live => "live",
            Self::Moved => "moved",
            Self::RedirectedAway => "redirected away",
            Self::Gone => "gone",
            Self::Soft404 => "soft 404",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Walled => "walled",
            Self::Parked => "parked",
            Self::Waiting => "waiting",
            Self::Unvisited => "unvisited",
            Self::NoAddress => "no address",
        }
    }

    /// The word as programs read it, in JSON and CSV: `cannot-tell`, `soft-404`.
    #[must_use]
    pub fn key(self) -> String {
        self.words().replace(' ', "-")
    }

    /// The sign beside the word, so that colour is never the only difference.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Present | Self::Live => "✓",
            Self::Elsewhere => "↷",
            Self::Absent | Self::Gone | Self::Soft404 => "✕",
            Self::RedirectedAway => "↪",
            Self::MovedList | Self::MovedPage => "⇢",
            Self::Renamed | Self::Moved => "→",
            Self::Merged => "⋈",
            Self::Split => "⋔",
            Self::Altered => "≈",
            Self::New => "+",
            Self::Redesigned => "⇄",
            Self::CannotTell | Self::Waiting | Self::Unvisited | Self::NoAddress => "?",
            Self::Unreachable => "⊘",
            Self::Refused | Self::Walled => "⊟",
            Self::Parked => "$",
        }
    }

    /// The meaning of the word, for the key at the end of a report.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Present => "On the page as the article says.",
            Self::Elsewhere => "On the page, but not in the list.",
            Self::Absent => "The list or text was read and does not contain it.",
            Self::MovedList => "Moved to another list on the same page.",
            Self::MovedPage => "Moved to another page that the article cites.",
            Self::Renamed => "On the page under another name.",
            Self::Merged => "Merged with others into one.",
            Self::Split => "Split into several.",
            Self::Altered => "On the page with other words or another number.",
            Self::New => "On the page, but not in the article.",
            Self::Redesigned => "The list has another form.",
            Self::CannotTell => "The page could not be judged. This does not mean “absent”.",
            Self::Live => "The page is there.",
            Self::Moved => "A redirect leads to the new address of the page.",
            Self::RedirectedAway => "A redirect leads to a different page.",
            Self::Gone => "The server says that the page is gone.",
            Self::Soft404 => "The page says “not found”, but with a status of success.",
            Self::Unreachable => "The page could not be reached.",
            Self::Refused => "The visit was not allowed.",
            Self::Walled => "A block page, a consent page or a login is shown instead.",
            Self::Parked => "The domain is for sale.",
            Self::Waiting => {
                "Could not be read at the latest visits; further visits will show whether this lasts."
            }
            Self::Unvisited => "Not visited yet.",
            Self::NoAddress => "The article gives no address.",
        }
    }

    /// The order among findings with the same need: first what is wrong in the article, then what is missing.
    pub(super) fn urgency(self) -> u8 {
        match self {
            Self::Absent => 0,
            Self::Altered => 1,
            Self::Renamed | Self::Merged | Self::Split => 2,
            Self::MovedList | Self::MovedPage => 3,
            Self::CannotTell => 4,
            Self::New => 5,
            Self::Redesigned => 6,
            Self::Elsewhere => 7,
            _ => 8,
        }
    }

    /// Its tone.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Present | Self::Live => Tone::Good,
            Self::Absent
            | Self::Gone
            | Self::Soft404
            | Self::RedirectedAway
            | Self::Unreachable
            | Self::Parked => Tone::Bad,
            Self::Renamed
            | Self::Merged
            | Self::Split
            | Self::MovedList
            | Self::MovedPage
            | Self::Altered
            | Self::Moved => Tone::Changed,
            Self::New | Self::Redesigned | Self::Elsewhere => Tone::Fresh,
            Self::CannotTell
            | Self::Refused
            | Self::Walled
            | Self::Waiting
            | Self::Unvisited
            | Self::NoAddress => Tone::Unknown,
        }
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.key())
    }
}

impl Tone {
    /// The name of the tone as a class in the style sheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Changed => "changed",
            Self::Fresh => "fresh",
            Self::Unknown => "unknown",
        }
    }
}
