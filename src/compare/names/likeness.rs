//! How alike two names are: what it amounts to, how much, and why.

use crate::finding::Reason;

/// The grades of likeness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::compare) enum Grade {
    /// Something in common, but not enough to match.
    Near,
    /// A different name that is taken for the same organization.
    Variant,
    /// The same name in another spelling.
    Same,
    /// The same letters.
    Exact,
}

/// How alike two names are.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compare) struct Likeness {
    /// The grade.
    pub(in crate::compare) grade: Grade,
    /// The score, from 0 to 1.
    pub(in crate::compare) score: f64,
    /// The reasons, strongest first.
    pub(in crate::compare) reasons: Vec<Reason>,
}

impl Likeness {
    /// The same, said otherwise.
    pub(super) fn saying(mut self, what: &str) -> Self {
        if let Some(reason) = self.reasons.first_mut() {
            what.clone_into(&mut reason.what);
        }
        self
    }

    /// Its value in the choice of pairs: no number of lesser likenesses outweighs a better grade.
    pub(in crate::compare) fn worth(&self) -> f64 {
        match self.grade {
            Grade::Exact => f64::from(12),
            Grade::Same => f64::from(4) + self.score,
            Grade::Variant => 1.0 + self.score,
            Grade::Near => self.score / f64::from(4),
        }
    }
}

/// A reason with its weight, rounded to three decimals.
pub(in crate::compare) fn reason(what: &str, weight: f64) -> Reason {
    Reason {
        what: what.to_owned(),
        weight: round(weight),
    }
}

/// Rounds to three decimals, so that the same comparison always gives the same text.
pub(in crate::compare) fn round(value: f64) -> f64 {
    let thousand = f64::from(1_000);
    (value * thousand).round() / thousand
}
