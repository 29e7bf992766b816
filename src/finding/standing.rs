//! The state of review of a finding: open, put off, or decided.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Decision, Finding, FindingId, Review};
use crate::clock::Instant;

/// Whether a finding still needs a decision, and what was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// Not decided, or the decision was taken back or no longer counts.
    #[default]
    Open,
    /// Put off; still open.
    Later(Mark),
    /// Accepted; not reported again until its verdict changes.
    Accepted(Mark),
    /// Rejected; not reported again until its verdict changes.
    Rejected(Mark),
}

/// Who reviewed a finding, when, and their note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// The note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Why a review is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// Someone else has decided; with that decision.
    DecidedBy(Standing),
    /// There is no decision to take back.
    NothingToUndo,
}

/// A review, with the finding as it was at the time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The review.
    pub review: Review,
    /// The finding.
    pub about: Finding,
}

/// The review that counts for each finding, by id; none if every decision was taken back.
///
/// Reviews can be about any findings and in any order. A later one replaces an earlier one; of two at the same time, the one
/// later in the list counts. A review without a decision takes back one step: what it replaced counts again.
#[must_use]
pub fn applying<'a>(
    reviews: impl IntoIterator<Item = &'a Review>,
) -> BTreeMap<&'a FindingId, &'a Review> {
    let mut in_order: Vec<&Review> = reviews.into_iter().collect();
    in_order.sort_by_key(|it| it.at);
    let mut steps: BTreeMap<&FindingId, Vec<&Review>> = BTreeMap::new();
    for review in in_order {
        let steps = steps.entry(&review.finding).or_default();
        if review.decision.is_some() {
            steps.push(review);
        } else {
            steps.pop();
        }
    }
    let last = |(id, steps): (_, Vec<_>)| Some((id, *steps.last()?));
    steps.into_iter().filter_map(last).collect()
}

impl Standing {
    /// The state of `finding` after `reviews`, which can include other findings and be in any order.
    ///
    /// The review from [`applying`] counts, unless it was made before the page changed to what the finding says: then the
    /// verdict has changed away and come back.
    #[must_use]
    pub fn of(finding: &Finding, reviews: &[Review]) -> Self {
        let own = reviews.iter().filter(|review| review.finding == finding.id);
        Self::under(finding, applying(own).get(&finding.id).copied())
    }

    /// The state of `finding` under the review that counts for it, if any.
    #[must_use]
    pub fn under(finding: &Finding, review: Option<&Review>) -> Self {
        let Some(review) = review else {
            return Self::Open;
        };
        let came_back = finding
            .history
            .changed_by
            .is_some_and(|changed_by| changed_by > review.at);
        let mark = Mark {
            by: review.by.clone(),
            at: review.at,
            note: review.note.clone(),
        };
        match review.decision.filter(|_| !came_back) {
            None => Self::Open,
            Some(Decision::Accept) => Self::Accepted(mark),
            Some(Decision::Reject) => Self::Rejected(mark),
            Some(Decision::Later) => Self::Later(mark),
        }
    }

    /// Whether it still needs a decision: open or put off.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::Later(_))
    }

    /// Why `review` is refused: someone else has decided, or there is nothing to take back. Everyone can change their own
    /// decisions.
    #[must_use]
    pub fn objection(&self, review: &Review) -> Option<Objection> {
        let theirs = self.mark().filter(|mark| mark.by != review.by);
        match (self, review.decision) {
            (Self::Open, None) => Some(Objection::NothingToUndo),
            // Putting a finding off decides nothing, so only undoing it would change the work of someone else.
            (Self::Open, _) | (Self::Later(_), Some(_)) => None,
            _ => theirs.map(|_| Objection::DecidedBy(self.clone())),
        }
    }

    /// The decision, in a word or two; `None` without one.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::Open => None,
            Self::Later(_) => Some("put off"),
            Self::Accepted(_) => Some("accepted"),
            Self::Rejected(_) => Some("rejected"),
        }
    }

    /// Who decided, when, and their note; `None` without a decision.
    #[must_use]
    pub fn mark(&self) -> Option<&Mark> {
        match self {
            Self::Open => None,
            Self::Later(it) | Self::Accepted(it) | Self::Rejected(it) => Some(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::parse_digits14,
        finding::{Conclusion, FindingId, History, Subject, Verdict},
    };

    fn absent(changed_by: Option<&str>) -> Finding {
        let subject = Subject::Name {
            claim: "c1".into(),
            name: "Quillmoor Trust".into(),
        };
        let conclusion = Conclusion::Verdict(Verdict::Absent);
        Finding {
            id: FindingId::of("p", &subject, &conclusion),
            profile: "p".into(),
            subject,
            cites: vec![1],
            conclusion,
            confidence: 0.9,
            reasons: Vec::new(),
            evidence: Vec::new(),
            history: History {
                changed_by: changed_by.and_then(parse_digits14),
                ..History::default()
            },
            copy: None,
            copies: Vec::new(),
        }
    }

    fn review(finding: &Finding, decision: Option<Decision>, at: &str) -> Review {
        Review {
            finding: finding.id.clone(),
            decision,
            at: parse_digits14(at).unwrap(),
            by: "ada".into(),
            note: None,
            terms: crate::finding::Terms::default(),
        }
    }

    #[test]
    fn the_latest_review_counts_whatever_the_order() {
        let finding = absent(Some("20240301"));
        let accept = review(&finding, Some(Decision::Accept), "20250101");
        let undo = review(&finding, None, "20250102");
        let reject = review(&finding, Some(Decision::Reject), "20250103");
        let of = |it: &[Review]| Standing::of(&finding, it);
        assert_eq!(of(&[]), Standing::Open);
        assert!(matches!(
            of(std::slice::from_ref(&accept)),
            Standing::Accepted(_)
        ));
        assert_eq!(of(&[undo.clone(), accept.clone()]), Standing::Open);
        assert!(matches!(of(&[reject, accept, undo]), Standing::Rejected(_)));
    }

    #[test]
    fn an_undo_takes_back_one_step_and_the_decision_before_it_applies_again() {
        let finding = absent(Some("20240301"));
        let accept = review(&finding, Some(Decision::Accept), "20250101");
        let reject = review(&finding, Some(Decision::Reject), "20250102");
        let undo = review(&finding, None, "20250103");
        let mut all = vec![accept, reject, undo.clone()];
        assert!(matches!(
            Standing::of(&finding, &all),
            Standing::Accepted(_)
        ));
        all.push(undo.clone());
        assert_eq!(Standing::of(&finding, &all), Standing::Open);
        // There is nothing left to take back.
        all.push(undo);
        assert_eq!(Standing::of(&finding, &all), Standing::Open);
        all.push(review(&finding, Some(Decision::Later), "20250104"));
        assert!(matches!(Standing::of(&finding, &all), Standing::Later(_)));
    }

    #[test]
    fn somebody_elses_decision_is_an_objection_and_ones_own_is_not() {
        let finding = absent(None);
        let by = |decision, by: &str| Review {
            by: by.into(),
            ..review(&finding, decision, "20250101")
        };
        let (accept, reject) = (Some(Decision::Accept), Some(Decision::Reject));
        let accepted = Standing::of(&finding, &[by(accept, "ada")]);
        assert_eq!(accepted.objection(&by(reject, "ada")), None);
        assert_eq!(accepted.objection(&by(None, "ada")), None);
        for theirs in [reject, accept, Some(Decision::Later), None] {
            assert_eq!(
                accepted.objection(&by(theirs, "ben")),
                Some(Objection::DecidedBy(accepted.clone()))
            );
        }
        let later = Standing::of(&finding, &[by(Some(Decision::Later), "ada")]);
        assert_eq!(later.objection(&by(reject, "ben")), None);
        assert!(later.objection(&by(None, "ben")).is_some());
        assert_eq!(
            Standing::Open.objection(&by(None, "ben")),
            Some(Objection::NothingToUndo)
        );
    }

    #[test]
    fn a_review_of_another_finding_decides_nothing() {
        let finding = absent(None);
        let mut other = review(&finding, Some(Decision::Accept), "20250101");
        other.finding = FindingId("000000000000".into());
        assert!(Standing::of(&finding, &[other]).is_open());
    }

    #[test]
    fn a_finding_that_went_away_and_came_back_is_open_again() {
        let finding = absent(Some("20260402"));
        let before = review(&finding, Some(Decision::Accept), "20250101");
        let after = review(&finding, Some(Decision::Accept), "20260403");
        assert_eq!(Standing::of(&finding, &[before]), Standing::Open);
        assert!(!Standing::of(&finding, &[after]).is_open());
    }

    #[test]
    fn a_finding_put_off_stays_open_and_says_by_whom() {
        let finding = absent(None);
        let later = review(&finding, Some(Decision::Later), "20250101");
        let standing = Standing::of(&finding, &[later]);
        assert!(standing.is_open());
        assert_eq!(standing.mark().map(|it| it.by.as_str()), Some("ada"));
    }
}
