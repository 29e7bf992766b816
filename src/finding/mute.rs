//! What a person does not want to be asked again: "no new names of this list".

use serde::{Deserialize, Serialize};

use super::{Finding, Subject};
use crate::clock::Instant;

/// A person's word that one kind of finding about a claim is not asked about, or is again. The latest one counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// The name of the profile.
    pub profile: String,
    /// The id of the claim.
    pub claim: String,
    /// What is not asked about.
    pub kind: Muted,
    /// Whether it is muted; false takes that back.
    pub muted: bool,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// The reason, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A kind of finding about a claim that a person can mute.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Muted {
    /// Names that are on the page but not in the article.
    NewNames,
}

impl Muted {
    /// Every kind.
    pub const ALL: [Self; 1] = [Self::NewNames];

    /// The word for it, as it is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NewNames => "new-names",
        }
    }

    /// The kind with that word; `None` for another word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// The kind that a finding is of; `None` for a finding that cannot be muted.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        matches!(finding.subject, Subject::NewName { .. }).then_some(Self::NewNames)
    }

    /// What it means, in words.
    #[must_use]
    pub fn means(self) -> &'static str {
        match self {
            Self::NewNames => "new names of this list are not asked about",
        }
    }
}
