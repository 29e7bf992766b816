//! What a person decided about a finding, and what follows from it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{CaptureRef, Finding, FindingId, State, Weight};
use crate::{clock::Instant, digest::ContentDigest, selector::TextQuoteSelector};

/// A decision of a person about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The finding.
    pub finding: FindingId,
    /// The decision; `None` takes back the one before.
    pub decision: Option<Decision>,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// The reason, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What follows from it.
    #[serde(default, flatten)]
    pub terms: Terms,
}

impl Review {
    /// Whether the article is to be changed for the finding. Where an acceptance does not say so, a change or a lost
    /// reference asks for an edit, and a new name does not.
    #[must_use]
    pub fn asks_for_an_edit(&self, finding: &Finding) -> bool {
        let outcome = self.terms.outcome.unwrap_or(match finding.weight() {
            Weight::New | Weight::Note | Weight::Settled => Outcome::Keep,
            Weight::Lost | Weight::Words | Weight::Name | Weight::Moved => Outcome::Edit,
        });
        self.decision == Some(Decision::Accept) && outcome == Outcome::Edit
    }

    /// The state that it gives `finding`; *open* for one that takes a decision back.
    #[must_use]
    pub fn state(&self, finding: &Finding) -> State {
        match self.decision {
            None => State::Open,
            Some(Decision::Later) => State::Later,
            Some(Decision::Reject) => State::Wrong,
            Some(Decision::Accept) if self.asks_for_an_edit(finding) => State::ToEdit,
            Some(Decision::Accept) if self.terms.outcome == Some(Outcome::Done) => State::Done,
            Some(Decision::Accept) => State::Left,
        }
    }
}

/// What a decision says beyond yes, no or later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Of an acceptance: what becomes of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Of a rejection: what is wrong with the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mistake: Option<Mistake>,
    /// Of a rejection: the words on the page that were missed, or the other spelling of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<TextQuoteSelector>,
    /// Of a rejection: the capture that is not the page, which is set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<CaptureRef>,
    /// Of a postponement: the day on which it is asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// What decisions that were made together have in common, so that they can be undone together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// By what way it came; the command line does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
    /// Of a request under an `Idempotency-Key`: digests of the key and of the request, so that the same request is answered once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// By what way a decision came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// A page of the desk.
    Desk,
    /// The interface for programs.
    Api,
}

impl Via {
    /// The word for it; a decision that does not say came from the command line.
    #[must_use]
    pub fn word(via: Option<Self>) -> &'static str {
        match via {
            Some(Self::Desk) => "desk",
            Some(Self::Api) => "api",
            None => "cli",
        }
    }
}

/// The beginning of the name of a batch.
pub const BATCH: &str = "batch-";

/// The name for decisions that are made together at one time about these findings.
#[must_use]
pub fn batch_name<'a>(at: Instant, findings: impl IntoIterator<Item = &'a FindingId>) -> String {
    let ids: Vec<&str> = findings
        .into_iter()
        .map(|finding| finding.0.as_str())
        .collect();
    let digest = ContentDigest::of(format!("{at} {}", ids.join(" ")).as_bytes()).short();
    format!("{BATCH}{}", digest.get(..8).unwrap_or(&digest))
}

/// What becomes of the article when a finding is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is to be changed.
    Edit,
    /// It stays as it is.
    Keep,
    /// It was changed.
    Done,
}

/// What is wrong with a finding that is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mistake {
    /// Two spellings are one name.
    SameName,
    /// Two names are two bodies.
    OtherBody,
    /// It is on the page.
    OnPage,
    /// The capture is not the page.
    BadCopy,
    /// Something else.
    Other,
}

/// The three decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The finding is right.
    Accept,
    /// The finding is wrong.
    Reject,
    /// To be looked at again.
    Later,
}
