//! Findings: what the program says about a claim or a reference, the evidence, and what a person decided about it.

mod decisions;
mod elsewhere;
mod evidence;
mod id;
mod lesson;
mod mute;
mod review;
mod series;
mod standing;
mod summary;
mod weight;

pub use decisions::Decisions;
pub use elsewhere::page_with_all;
pub use evidence::{Baseline, CaptureRef, CopiedOn, Evidence, History};
pub use id::FindingId;
pub use lesson::Lesson;
pub use mute::{Mute, Muted};
pub use review::{BATCH, Decision, Mistake, Outcome, Review, Terms, Via, batch_name};
pub use series::{Moment, Series};
pub use standing::{Decided, Mark, Objection, Standing, State, Unfit, applying};
pub use summary::news_summary;
pub use weight::{Weight, recovered};

use serde::{Deserialize, Serialize};

use crate::uri::TargetUri;

/// One statement about one claim or reference, with its evidence. A review never edits it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Made from profile, subject and conclusion, so the same statement about the same subject has the same id.
    pub id: FindingId,
    /// The name of the profile: the stem of its file name.
    pub profile: String,
    /// What the finding is about.
    pub subject: Subject,
    /// The numbers of the references it rests on.
    pub cites: Vec<u32>,
    /// What the finding says.
    pub conclusion: Conclusion,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// The reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// The words it rests on; those of the latest capture come first.
    pub evidence: Vec<Evidence>,
    /// How it developed over the captures.
    pub history: History,
    /// The archived copy to cite: our capture of a cited page that brought the claimed words and is closest to the access date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CaptureRef>,
    /// Copies from other archives that have the claimed words, the closest to the access date first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<CaptureRef>,
}

impl Finding {
    /// A finding of full confidence, without reasons, evidence, history and copies.
    pub(crate) fn of(
        profile: &str,
        subject: Subject,
        conclusion: Conclusion,
        cites: &[u32],
    ) -> Self {
        Self {
            id: FindingId::of(profile, &subject, &conclusion),
            profile: profile.to_owned(),
            subject,
            cites: cites.to_vec(),
            conclusion,
            confidence: 1.0,
            reasons: Vec::new(),
            evidence: Vec::new(),
            history: History::default(),
            copy: None,
            copies: Vec::new(),
        }
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "kebab-case")]
pub enum Subject {
    /// A reference: whether its page is still there.
    Reference {
        /// Its number.
        number: u32,
    },
    /// The list in which the names of a claim were found.
    List {
        /// The id of the claim.
        claim: String,
    },
    /// A listed name.
    Name {
        /// The id of the claim.
        claim: String,
        /// The name as the article spells it.
        name: String,
    },
    /// A name that is on the page but not in the article.
    NewName {
        /// The id of the claim.
        claim: String,
        /// The name as the page spells it.
        name: String,
    },
    /// A quotation.
    Quotation {
        /// The id of the claim.
        claim: String,
        /// The words.
        exact: String,
    },
    /// A figure.
    Figure {
        /// The id of the claim.
        claim: String,
        /// Number and unit.
        exact: String,
    },
    /// A relation.
    Relation {
        /// The id of the claim.
        claim: String,
        /// The one.
        subject: String,
        /// The relation.
        relation: String,
        /// The other.
        object: String,
    },
    /// Any other cited sentence.
    Statement {
        /// The id of the claim.
        claim: String,
        /// The sentence.
        exact: String,
    },
}

impl Subject {
    /// The words that it is about, as article or page have them; none of a reference or of a whole list.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        Some(match self {
            Self::Name { name, .. } | Self::NewName { name, .. } => name,
            Self::Quotation { exact, .. }
            | Self::Figure { exact, .. }
            | Self::Statement { exact, .. } => exact,
            Self::Relation { object, .. } => object,
            Self::Reference { .. } | Self::List { .. } => return None,
        })
    }

    /// The claim it belongs to; a reference belongs to none.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::Reference { .. } => None,
            Self::List { claim }
            | Self::Name { claim, .. }
            | Self::NewName { claim, .. }
            | Self::Quotation { claim, .. }
            | Self::Figure { claim, .. }
            | Self::Relation { claim, .. }
            | Self::Statement { claim, .. } => Some(claim),
        }
    }
}

/// What is said: a verdict on a name, phrase or figure, or the fate of a reference.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// On a name, phrase, figure, relation, sentence or list.
    Verdict(Verdict),
    /// On a reference.
    Fate(Fate),
}

/// What the page says of a name, phrase or figure.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// It is there.
    Present,
    /// It is there, but not in the list the claim's names are in.
    Elsewhere {
        /// Where: a heading, "in the text".
        place: String,
    },
    /// Not on the page; the place where it would be was read.
    Absent,
    /// Moved to another list on the page.
    MovedList {
        /// The heading of the list it was in.
        from: String,
        /// The heading of the list it is in.
        to: String,
    },
    /// Moved to another page that the article cites.
    MovedPage {
        /// The address of the page it was on.
        from: TargetUri,
        /// The address of the page it is on.
        to: TargetUri,
    },
    /// On the page under another name.
    Renamed {
        /// The other name.
        to: String,
        /// Why both are the same.
        because: String,
    },
    /// Merged with other names of the article into one.
    Merged {
        /// The one name on the page.
        into: String,
        /// The others, as the article spells them.
        with: Vec<String>,
    },
    /// Split into several.
    Split {
        /// Their names, as the page spells them.
        into: Vec<String>,
    },
    /// On the page with other words or another number.
    Altered {
        /// The current words or number.
        to: String,
        /// What changed.
        how: String,
    },
    /// On the page, but not in the article.
    New,
    /// The list has another form: another container, another markup.
    Redesigned {
        /// The container it was in.
        from: String,
        /// The container it is in.
        to: String,
    },
    /// Unknown.
    CannotTell {
        /// Why not.
        why: Why,
        /// The same in words, with a candidate if there is one.
        detail: String,
    },
}

/// Why a page cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The page was never visited.
    NotVisited,
    /// The last visit failed.
    FetchFailed,
    /// The page is gone, by its status.
    Gone,
    /// The page says "not found" under a status of success.
    SoftNotFound,
    /// A block page or a challenge was shown instead.
    Blocked,
    /// A consent page was shown instead.
    ConsentWall,
    /// A login was shown instead.
    LoginWall,
    /// An error or a maintenance notice was shown instead.
    Unavailable,
    /// The domain is parked.
    Parked,
    /// The page has too little text to prove anything.
    TooLittle,
    /// Its address now shows a different page.
    AnotherPage,
    /// The page shows only part of the list.
    PartOfList,
    /// The content of the page is loaded by a script.
    ScriptShell,
    /// The page is empty.
    Empty,
    /// The page contains placeholders.
    Placeholder,
    /// The file cannot be read as text.
    Unreadable,
    /// The body is incomplete.
    Truncated,
    /// The list with the names of the claim was not found.
    ListNotFound,
    /// The selector in the profile matches nothing.
    SelectorLost,
    /// There is something similar, but not similar enough.
    Perhaps,
    /// The text of a page cannot settle it.
    NotSettled,
    /// The claim cites no reference with an address.
    NoReference,
}

/// The fate of the page of a reference.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    /// There.
    Live,
    /// There, at another address that a redirect names.
    Moved {
        /// The address.
        to: TargetUri,
        /// Whether every redirect on the way is permanent (301, 308).
        permanent: bool,
    },
    /// A redirect leads to a different page: the home page, an error page, an intermediate page, or one that is not archived.
    RedirectedAway {
        /// Where it leads.
        to: TargetUri,
        /// What is there.
        detail: String,
    },
    /// Gone by its status (404, 410).
    Gone {
        /// The status.
        status: u16,
    },
    /// "Not found" under a status of success.
    #[serde(rename = "soft-404")]
    Soft404,
    /// The page could not be reached: DNS, connection, TLS, timeout, a server error, an answer without a page.
    Unreachable {
        /// What happened.
        detail: String,
    },
    /// The visit was refused: by robots.txt, by the guard, by the host.
    Refused {
        /// By what.
        detail: String,
    },
    /// A block page, a consent page or a login is shown instead.
    Walled {
        /// Which.
        detail: String,
    },
    /// The domain is parked.
    Parked,
    /// Not readable at the latest visits; further visits will show whether this lasts.
    Waiting {
        /// What the latest visit found.
        detail: String,
    },
    /// Not visited yet.
    Unvisited,
    /// The reference has no address.
    NoAddress,
}

/// One reason, with its weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The reason in words: `same words in another order`.
    pub what: String,
    /// Its weight, from -1 to 1.
    pub weight: f64,
}

impl Finding {
    /// Whether the page contradicts the article. A list in another form is a note, not a change.
    #[must_use]
    pub fn is_change(&self) -> bool {
        match &self.conclusion {
            Conclusion::Verdict(verdict) => !matches!(
                verdict,
                Verdict::Present
                    | Verdict::Elsewhere { .. }
                    | Verdict::Redesigned { .. }
                    | Verdict::CannotTell { .. }
            ),
            Conclusion::Fate(_) => false,
        }
    }

    /// The fate that it reports; `None` if it is about something else.
    #[must_use]
    pub fn fate(&self) -> Option<&Fate> {
        match &self.conclusion {
            Conclusion::Fate(fate) => Some(fate),
            Conclusion::Verdict(_) => None,
        }
    }

    /// Whether it reports a stale reference: one whose page is no longer there as cited.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        matches!(
            &self.conclusion,
            Conclusion::Fate(it) if !matches!(
                it,
                Fate::Live | Fate::Waiting { .. } | Fate::Unvisited | Fate::NoAddress
            )
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_changes_with_what_is_said_and_not_with_how_it_is_explained() {
        let subject = Subject::Name {
            claim: "partners".into(),
            name: "A".into(),
        };
        let id = |verdict| FindingId::of("p", &subject, &Conclusion::Verdict(verdict));
        let renamed = |to: &str, because: &str| {
            id(Verdict::Renamed {
                to: to.into(),
                because: because.into(),
            })
        };
        assert_eq!(
            renamed("B", "same link"),
            renamed("B", "it has the same link")
        );
        assert_ne!(renamed("B", "same link"), renamed("C", "same link"));
        assert_ne!(id(Verdict::Present), id(Verdict::Absent));
        let untold = |why, detail: &str| {
            id(Verdict::CannotTell {
                why,
                detail: detail.into(),
            })
        };
        assert_eq!(
            untold(Why::Gone, "seen 2024"),
            untold(Why::Gone, "seen 2025")
        );
        assert_ne!(untold(Why::Gone, ""), untold(Why::Blocked, ""));
    }
}
