//! Where a finding stands with the people who review: open, put off, or decided.

use serde::{Deserialize, Serialize};

use super::{Decision, Finding, Review};
use crate::clock::Instant;

/// Whether somebody still has to decide about a finding, and what was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// Nobody decided, or what was decided was taken back or no longer applies.
    #[default]
    Open,
    /// Somebody looked and put it off; it is still open.
    Later(Mark),
    /// It was accepted, and is not reported again until its verdict changes.
    Accepted(Mark),
    /// It was rejected, and is not reported again until its verdict changes.
    Rejected(Mark),
}

/// Who looked at a finding, when, and what they noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Standing {
    /// Where `finding` stands after `reviews`, which may be about other findings too and in any order.
    ///
    /// The latest review counts; of two at the same moment, the one further back in `reviews`. A review without a
    /// decision takes the earlier ones back. A review made before the page changed to what the finding says no longer
    /// applies: the verdict had changed away and came back.
    #[must_use]
    pub fn of(finding: &Finding, reviews: &[Review]) -> Self {
        let latest = reviews
            .iter()
            .filter(|it| it.finding == finding.id)
            .max_by_key(|it| it.at);
        let Some(review) = latest else {
            return Self::Open;
        };
        let came_back = finding.history.changed_by.is_some_and(|it| it > review.at);
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

    /// Whether somebody still has to decide: open or put off.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::Later(_))
    }

    /// Who looked last, when, and what they noted; `None` while nobody's word counts.
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
        }
    }

    fn review(finding: &Finding, decision: Option<Decision>, at: &str) -> Review {
        Review {
            finding: finding.id.clone(),
            decision,
            at: parse_digits14(at).unwrap(),
            by: "ada".into(),
            note: None,
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
