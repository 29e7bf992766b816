//! The one word that a verdict or a fate is known by, in every format.

use serde::{Serialize, Serializer};

use crate::finding::{Conclusion, Fate, Finding, Verdict};

/// The word for a verdict or a fate; the verdicts come first, in the order in which they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// It is there.
    Present,
    /// It is there, outside the list.
    Elsewhere,
    /// It is not there.
    Absent,
    /// It is there, in another list.
    MovedList,
    /// It is on another page.
    MovedPage,
    /// It is there under another name.
    Renamed,
    /// It is there as one with others.
    Merged,
    /// It is there as several.
    Split,
    /// It is there, changed.
    Altered,
    /// The page has it, the article has not.
    New,
    /// The list is there in another form.
    Redesigned,
    /// There is no telling.
    CannotTell,
    /// The page is there.
    Live,
    /// The page is at another address.
    Moved,
    /// A redirect leads to a page that is not the cited one.
    RedirectedAway,
    /// The page is gone by its status.
    Gone,
    /// "Not found" under a status of success.
    Soft404,
    /// The page could not be had.
    Unreachable,
    /// The visit was refused.
    Refused,
    /// Something stands in the page's place.
    Walled,
    /// The domain is parked.
    Parked,
    /// Not read so far: whether that lasts, further visits show.
    Waiting,
    /// Not visited so far.
    Unvisited,
    /// The reference has no address.
    NoAddress,
}

/// How a label is felt: what gives it its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    Changed,
    Fresh,
    Unknown,
}

impl Label {
    /// The words for verdicts, in the order in which they are counted.
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

    /// The words for fates, in the order in which they are counted.
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

    /// The word for a fate.
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

    /// The word for a verdict.
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

    /// The word for what a finding says.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        match &finding.conclusion {
            Conclusion::Verdict(it) => Self::of_verdict(it),
            Conclusion::Fate(it) => Self::of_fate(it),
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

    /// A sign beside the word, so that colour is never the only difference.
    pub(super) fn sign(self) -> &'static str {
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

    /// What the word means, for the key at the end of a report.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Present => "It stands there as the article says.",
            Self::Elsewhere => "The name is on the page, but not in the list.",
            Self::Absent => "The list or text was read, and it is not in it.",
            Self::MovedList => "It left its list for another list of the page.",
            Self::MovedPage => "It left its page for another page that the article cites.",
            Self::Renamed => "It stands there under another name.",
            Self::Merged => "It and others stand there as one.",
            Self::Split => "It stands there as several.",
            Self::Altered => "The words or the number stand there changed.",
            Self::New => "The page lists it, the article does not.",
            Self::Redesigned => "The list is there, built in another way.",
            Self::CannotTell => "The page could not be judged by. This is not “absent”.",
            Self::Live => "The page is there.",
            Self::Moved => "A redirect leads to another address.",
            Self::RedirectedAway => "A redirect leads to a page that is not the cited one.",
            Self::Gone => "The server says that the page is gone.",
            Self::Soft404 => "The page says “not found” under a status of success.",
            Self::Unreachable => "The page could not be had.",
            Self::Refused => "The visit was not allowed.",
            Self::Walled => "A block page, consent or login stands in its place.",
            Self::Parked => "The domain is for sale.",
            Self::Waiting => {
                "Could not be read so far; further visits will show whether that lasts."
            }
            Self::Unvisited => "Nobody went there so far.",
            Self::NoAddress => "The article gives no address.",
        }
    }

    /// What is looked at first among findings that need the same: what the article has wrong, then what it lacks.
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

    pub(super) fn tone(self) -> Tone {
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
    /// The tone's name as a class of the page's style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Changed => "changed",
            Self::Fresh => "fresh",
            Self::Unknown => "unknown",
        }
    }
}
