//! What the comparison is given: visits of the pages that a claim cites, and what they say about it.

use std::ops::Range;

use chrono::NaiveTime;

use crate::{
    capture::{CaptureEntry, Untrusted},
    clock::Instant,
    finding::{Evidence, Reason, Subject, Verdict, Why},
    profile::{Claim, Profile, Reference, Statement},
    reading::Reading,
};

/// A place on a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Its bytes in the reading's text.
    pub range: Option<Range<usize>>,
    /// The element that holds it.
    pub css: Option<String>,
    /// Where that is, for people: `in the list "Convening Centers" (9 names)`.
    pub note: Option<String>,
}

/// One visit of a seed, ready to be judged by.
#[derive(Clone, Copy, Debug)]
pub struct Visited<'a> {
    /// The redirects in order; the last is what the visit came to.
    pub hops: &'a [CaptureEntry],
    /// What was read from the last, where there was anything to read.
    pub reading: Option<&'a Reading>,
}

/// What narrows a page down to the part that a reference means.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// The fragment of the cited address.
    pub fragment: Option<&'a str>,
    /// A CSS selector of the list, which overrules the search for it.
    pub selector: Option<&'a str>,
}

/// The part of a page that a reference means.
pub(super) fn scope_of(reference: &Reference) -> Scope<'_> {
    Scope {
        fragment: reference.fragment.as_deref(),
        selector: reference.selector.as_deref(),
    }
}

/// The references that a claim cites and that have an address.
pub(super) struct Cited<'a> {
    /// The references, in the order of the claim.
    pub(super) references: Vec<&'a Reference>,
    /// Their numbers with the days they were accessed, at noon.
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

/// The day that a reference was accessed, at noon.
pub(super) fn accessed_at(reference: &Reference) -> Option<Instant> {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    reference
        .accessed
        .map(|accessed| accessed.and_time(noon).and_utc())
}

/// What one page says about words that a claim has.
pub(super) struct Spoken {
    /// What it says.
    pub(super) verdict: Verdict,
    /// How sure that is.
    pub(super) score: f64,
    /// Why.
    pub(super) reasons: Vec<Reason>,
    /// Where.
    pub(super) place: Place,
}

/// What one visit of one reference says about one thing.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Said {
    /// What it says.
    pub(super) verdict: Verdict,
    /// How sure that is.
    pub(super) score: f64,
    /// Why.
    pub(super) reasons: Vec<Reason>,
    /// The words it rests on.
    pub(super) evidence: Vec<Evidence>,
    /// The headings of the lists that hold a name: made comparable, and as they are spelt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) headings: Vec<(String, String)>,
    /// Whether nobody vouches for the host that the page came from.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) untrusted: bool,
    /// Why a visit whose words are altered may have brought another page, if it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unproven: Option<String>,
}

impl Said {
    /// Nothing can be said, for this reason.
    pub(super) fn untold(why: Why, detail: &str) -> Self {
        Self::of(Verdict::CannotTell {
            why,
            detail: detail.to_owned(),
        })
    }

    /// A verdict that rests on nothing yet.
    pub(super) fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            score: 0.5,
            reasons: Vec::new(),
            evidence: Vec::new(),
            headings: Vec::new(),
            untrusted: false,
            unproven: None,
        }
    }

    /// Whether the page had it; `None` where that could not be told.
    pub(super) fn held(&self) -> Option<bool> {
        held(&self.verdict)
    }

    /// Whether another visit says the same of the same place; what explains it may differ.
    pub(super) fn is_same(&self, verdict: &Verdict, headings: &[(String, String)]) -> bool {
        self.verdict == *verdict
            && self
                .headings
                .iter()
                .map(|heading| &heading.0)
                .eq(headings.iter().map(|heading| &heading.0))
    }
}

/// Whether a page that such a verdict is about had it; `None` where that could not be told.
pub(super) fn held(verdict: &Verdict) -> Option<bool> {
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

/// What was wrong with the certificate of the host that a visit's page came from, if anything.
pub(super) fn untrusted(visited: &Visited<'_>) -> Option<Untrusted> {
    visited.hops.iter().find_map(|hop| hop.untrusted)
}

/// What is missing from a body that was cut short may have stood in the rest, and nothing is gone on the word of a host that nobody
/// vouches for.
pub(super) fn whole(verdict: Verdict, visited: &Visited<'_>) -> Verdict {
    if let Some(it) = untrusted(visited).filter(|_| held(&verdict) == Some(false)) {
        return Verdict::CannotTell {
            why: Why::AnotherPage,
            detail: format!(
                "nobody vouches that this is the page: the certificate of its host is {it}"
            ),
        };
    }
    let cut = visited
        .hops
        .last()
        .is_some_and(|hop| hop.truncated.is_some());
    match verdict {
        Verdict::Absent if cut => Verdict::CannotTell {
            why: Why::Truncated,
            detail: "not in the part that was received; the body was cut short".to_owned(),
        },
        verdict => verdict,
    }
}

/// What the finding about a claim of words is about; a list's findings are about its names.
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
