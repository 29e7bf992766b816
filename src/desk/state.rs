//! The state of a finding at the desk: what was decided about it, and what is still to be done.

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Standing, State as Reviewed, Weight};

/// The state of a finding at the desk.
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
pub enum State {
    /// It waits for a decision.
    Open,
    /// It was decided, the page changed away and came back, and it waits for a decision again.
    CameBack,
    /// It is put off.
    Later,
    /// It is not asked about: its kind is muted.
    Muted,
    /// The article needs a change.
    ToEdit,
    /// The article was changed.
    Done,
    /// The article is left as it is.
    Left,
    /// The finding was wrong.
    Wrong,
    /// It needs no decision: the page cannot tell, or only the form of a list changed.
    Note,
    /// It needs no decision: the page says what the article says.
    Settled,
}

impl State {
    /// The state of a finding under the decision that applies to it.
    #[must_use]
    pub fn of(finding: &Finding, standing: &Standing) -> Self {
        let weight = finding.weight();
        match (standing, standing.state()) {
            (Standing::Later(_), _) => Self::Later,
            (_, Reviewed::Muted) => Self::Muted,
            (Standing::Accepted(_), Reviewed::ToEdit) => Self::ToEdit,
            (Standing::Accepted(_), Reviewed::Done) => Self::Done,
            (Standing::Accepted(_), _) => Self::Left,
            (Standing::Rejected(_), _) => Self::Wrong,
            _ if weight == Weight::Note => Self::Note,
            _ if !weight.is_question() => Self::Settled,
            (Standing::CameBack(_), _) => Self::CameBack,
            _ => Self::Open,
        }
    }

    /// Whether a decision is due now.
    #[must_use]
    pub fn is_due(self) -> bool {
        matches!(self, Self::Open | Self::CameBack)
    }

    /// Whether a person has decided.
    #[must_use]
    pub fn is_decided(self) -> bool {
        matches!(self, Self::ToEdit | Self::Done | Self::Left | Self::Wrong)
    }

    /// The word in addresses and JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::CameBack => "came-back",
            Self::Later => "later",
            Self::Muted => "muted",
            Self::ToEdit => "to-edit",
            Self::Done => "done",
            Self::Left => "left",
            Self::Wrong => "wrong",
            Self::Note => "note",
            Self::Settled => "settled",
        }
    }
}
