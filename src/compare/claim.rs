//! The input of the comparison (visits of the pages that a claim cites), and what they say about the claim.

use crate::compare::grounds::UNSETTLED;
use std::ops::Range;

use chrono::NaiveTime;

use crate::{
    capture::{CaptureEntry, Untrusted},
    clock::Instant,
    finding::{Evidence, Reason, Subject, Verdict, Why},
    profile::{Claim, Profile, Reference, Statement},
    reading::{Ending, Identity, Reading, Region},
};

/// A place on a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Its bytes in the reading's text.
    pub range: Option<Range<usize>>,
    /// The element that contains it.
    pub css: Option<String>,
    /// A description of the place for people: `in the list "Convening Centers" (9 names)`.
    pub note: Option<String>,
}

/// One visit of a seed, in the form that is compared.
#[derive(Clone, Copy, Debug)]
pub struct Visited<'a> {
    /// The redirects in order; the last capture is the result of the visit.
    pub hops: &'a [CaptureEntry],
    /// The reading of the last capture, if it can be read.
    pub reading: Option<&'a Reading>,
}

/// The part of a page that a reference means.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// The fragment of the cited address.
    pub fragment: Option<&'a str>,
    /// A CSS selector for the list, which overrides the search for it.
    pub selector: Option<&'a str>,
    /// What shows that the page is the one that the reference means.
    pub identity: Identity,
}

/// The part of a page that a reference means.
pub(super) fn scope_of(reference: &Reference) -> Scope<'_> {
    Scope {
        fragment: reference.fragment.as_deref(),
        selector: reference.selector.as_deref(),
        identity: Identity::default(),
    }
}

/// The references that a claim cites and that have an address.
pub(super) struct Cited<'a> {
    /// The references, in the order of the claim.
    pub(super) references: Vec<&'a Reference>,
    /// Their numbers and access dates, at noon.
    pub(super) accessed: Vec<(u32, Option<Instant>)>,
}

impl<'a> Cited<'a> {
    /// The references that a claim of a profile cites.
    pub(super) fn of(claim: &Claim, profile: &'a Profile) -> Self {
        let references: Vec<&Reference> = claim
            .cites
            .iter()
            .filter_map(|number| profile.reference(*number))
            .filter(|it| it.url.is_some())
            .collect();
        let accessed = references
            .iter()
            .map(|reference| (reference.number, accessed_at(reference)))
            .collect();
        Self {
            references,
            accessed,
        }
    }
}

/// The access date of a reference, at noon.
pub(super) fn accessed_at(reference: &Reference) -> Option<Instant> {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    reference
        .accessed
        .map(|accessed| accessed.and_time(noon).and_utc())
}

/// What one page says about the words of a claim.
pub(super) struct Spoken {
    /// The verdict.
    pub(super) verdict: Verdict,
    /// How sure it is, from 0 to 1.
    pub(super) score: f64,
    /// The reasons.
    pub(super) reasons: Vec<Reason>,
    /// The place.
    pub(super) place: Place,
}

/// What one visit of one reference says about one thing.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Said {
    /// The verdict.
    pub(super) verdict: Verdict,
    /// How sure it is, from 0 to 1.
    pub(super) score: f64,
    /// The reasons.
    pub(super) reasons: Vec<Reason>,
    /// The words it rests on.
    pub(super) evidence: Vec<Evidence>,
    /// The headings of the lists that contain a name: in comparable form, and as spelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) headings: Vec<(String, String)>,
    /// Whether the certificate of the host is not trusted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) untrusted: bool,
    /// Why a visit with altered words may have brought another page, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unproven: Option<String>,
}

impl Said {
    /// Cannot tell, for this reason.
    pub(super) fn untold(why: Why, detail: &str) -> Self {
        Self::of(Verdict::CannotTell {
            why,
            detail: detail.to_owned(),
        })
    }

    /// A verdict without evidence yet.
    pub(super) fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            score: UNSETTLED,
            reasons: Vec::new(),
            evidence: Vec::new(),
            headings: Vec::new(),
            untrusted: false,
            unproven: None,
        }
    }

    /// Whether the page had it; `None` if unclear.
    pub(super) fn is_there(&self) -> Option<bool> {
        is_there(&self.verdict)
    }

    /// Whether it is unclear because another page was there.
    pub(super) fn is_of_another_page(&self) -> bool {
        matches!(
            self.verdict,
            Verdict::CannotTell {
                why: Why::AnotherPage,
                ..
            }
        )
    }

    /// Whether another visit says the same about the same place; the explanations can differ.
    pub(super) fn is_same(&self, verdict: &Verdict, headings: &[(String, String)]) -> bool {
        self.verdict == *verdict
            && self
                .headings
                .iter()
                .map(|heading| &heading.0)
                .eq(headings.iter().map(|heading| &heading.0))
    }
}

/// Whether the page had what a verdict is about; `None` if unclear.
pub(super) fn is_there(verdict: &Verdict) -> Option<bool> {
    match verdict {
        Verdict::Present
        | Verdict::Elsewhere { .. }
        | Verdict::MovedList { .. }
        | Verdict::MovedPage { .. }
        | Verdict::New
        | Verdict::Redesigned { .. } => Some(true),
        Verdict::Absent
        | Verdict::Renamed { .. }
        | Verdict::Merged { .. }
        | Verdict::Split { .. }
        | Verdict::Altered { .. } => Some(false),
        Verdict::CannotTell { .. } => None,
    }
}

/// The fault of the certificate of the host of a visit's page, if any.
pub(super) fn untrusted(visited: &Visited<'_>) -> Option<Untrusted> {
    visited.hops.iter().find_map(|hop| hop.untrusted)
}

/// The verdict, or *cannot tell*: what a truncated body does not contain may have been in the rest, and a host with an untrusted certificate
/// cannot make anything absent.
pub(super) fn whole(verdict: Verdict, visited: &Visited<'_>) -> Verdict {
    if let Some(it) = untrusted(visited).filter(|_| is_there(&verdict) == Some(false)) {
        return Verdict::CannotTell {
            why: Why::AnotherPage,
            detail: format!(
                "it is not certain that this is the page: the certificate of its host is {it}"
            ),
        };
    }
    // The last words before the cut may go on behind it.
    let at_cut = |to: &str| {
        let text = visited
            .reading
            .map_or("", |reading| reading.text.trim_end());
        text.ends_with(to.trim_end())
    };
    let is_open = match &verdict {
        Verdict::Absent => true,
        Verdict::Renamed { to, .. } | Verdict::Altered { to, .. } => at_cut(to),
        _ => false,
    };
    if is_open && is_cut(visited) {
        let how = match visited.reading {
            Some(reading) if reading.ending == Ending::Cut => {
                "its compressed body is damaged or breaks off"
            }
            _ => "the body was cut short",
        };
        return Verdict::CannotTell {
            why: Why::Truncated,
            detail: format!("not in the part that was received; {how}"),
        };
    }
    verdict
}

/// The same for words, which can be anywhere in the rest of a file that ends in a tag; a footer shows that nothing of the page is missing.
pub(super) fn whole_words(verdict: Verdict, visited: &Visited<'_>) -> Verdict {
    let ends_in_tag = visited.reading.is_some_and(|reading| {
        let mut blocks = reading.blocks.iter();
        reading.ending == Ending::InTag && !blocks.any(|block| block.region == Region::Footer)
    });
    match whole(verdict, visited) {
        Verdict::Absent if ends_in_tag => Verdict::CannotTell {
            why: Why::Truncated,
            detail: "not in the part that was received; the file breaks off in the middle of a tag"
                .to_owned(),
        },
        verdict => verdict,
    }
}

/// Whether the end of the body is missing: of its transfer, or of its content coding.
pub(super) fn is_cut(visited: &Visited<'_>) -> bool {
    let of_coding = visited
        .reading
        .is_some_and(|reading| reading.ending == Ending::Cut);
    let last = visited.hops.last();
    of_coding || last.is_some_and(|hop| hop.truncated.is_some())
}

/// The subject of the finding about a claim of words; findings about a list are about its names.
pub(super) fn subject_of(claim: &Claim) -> Option<Subject> {
    let id = claim.id.clone();
    match &claim.statement {
        Statement::Listed { .. } => None,
        Statement::Quoted { exact } => Some(Subject::Quotation {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Figure { exact } => Some(Subject::Figure {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Stated { exact } => Some(Subject::Statement {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Relation {
            subject,
            relation,
            object,
        } => Some(Subject::Relation {
            claim: id,
            subject: subject.clone(),
            relation: relation.clone(),
            object: object.clone(),
        }),
    }
}
