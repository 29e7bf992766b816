//! The shapes of what people did: decisions, mutes, and the answers to those who made them.

use serde::Serialize;
use utoipa::ToSchema;

use super::answers::time;
use crate::{
    clock::Instant,
    finding::{Decision, Mistake, Mute, Outcome, Review, Via},
    store::Dated,
};

/// A decision of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Decided {
    /// Its number: later decisions have greater ones.
    pub(super) id: i64,
    /// The id of the finding.
    pub(super) finding: String,
    /// `null` takes back the one before.
    pub(super) decision: Option<Decision>,
    /// What follows for the article.
    pub(super) outcome: Option<Outcome>,
    /// Why the finding is wrong, if it is.
    pub(super) reason: Option<Mistake>,
    /// Until when it is put off.
    #[schema(format = Date)]
    pub(super) until: Option<String>,
    /// What the person wrote.
    pub(super) note: Option<String>,
    /// Who decided.
    pub(super) by: String,
    /// When.
    #[schema(format = DateTime)]
    pub(super) at: String,
    /// What decisions that were made together have in common.
    pub(super) batch: Option<String>,
    /// By what way it came: `cli`, `desk` or `api`.
    pub(super) via: &'static str,
}

impl Decided {
    /// As programs read it.
    pub(super) fn of(id: i64, review: &Review) -> Self {
        Self {
            id,
            finding: review.finding.0.clone(),
            decision: review.decision,
            outcome: review.terms.outcome,
            reason: review.terms.mistake,
            until: review.terms.until.map(|day| day.to_string()),
            note: review.note.clone(),
            by: review.by.clone(),
            at: time(review.at),
            batch: review.terms.batch.clone(),
            via: Via::word(review.terms.via),
        }
    }
}

/// What was decided.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Done {
    /// The decisions, in the order of the findings.
    pub(super) decided: Vec<Decided>,
    /// What they have in common, if there are several: `POST decisions/{id}/undo` takes it, too.
    pub(super) batch: Option<String>,
    /// How many findings wait for a decision now.
    pub(super) due: usize,
}

/// Something that a person did.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Deed {
    /// A decision about a finding.
    Decision(Decided),
    /// New names of a list are not asked about any more, or are again.
    Mute(Silenced),
    /// A copy of another archive was added.
    Copy(Copied),
}

/// A copy of another archive that was added; who added it is not recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Copied {
    /// The page.
    pub(super) url: String,
    /// When the other archive made it.
    #[schema(format = DateTime)]
    pub(super) date: String,
    /// The name of the archive.
    pub(super) archive: String,
    /// Its address there, if it has one.
    pub(super) memento: Option<String>,
    /// When it was added.
    #[schema(format = DateTime)]
    pub(super) at: String,
}

impl Copied {
    pub(super) fn of(at: Instant, copy: &Dated) -> Self {
        let source = copy.source.as_ref();
        Self {
            url: copy.target_uri.to_string(),
            date: time(copy.date),
            archive: source.map_or(String::new(), |it| it.archive.clone()),
            memento: source.and_then(|it| it.memento.clone()),
            at: time(at),
        }
    }
}

/// A mute, or its end.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Silenced {
    /// Its number: later mutes have greater ones.
    pub(super) id: i64,
    /// The name of the profile.
    pub(super) profile: String,
    /// The id of the claim.
    pub(super) claim: String,
    /// Whether it is muted; `false` takes that back.
    pub(super) muted: bool,
    /// The reason, in their words.
    pub(super) note: Option<String>,
    /// By whom.
    pub(super) by: String,
    /// When.
    #[schema(format = DateTime)]
    pub(super) at: String,
}

impl Silenced {
    pub(super) fn of(id: i64, mute: &Mute) -> Self {
        Self {
            id,
            profile: mute.profile.clone(),
            claim: mute.claim.clone(),
            muted: mute.muted,
            note: mute.note.clone(),
            by: mute.by.clone(),
            at: time(mute.at),
        }
    }
}
