//! The state of review of a finding: open, put off, or decided.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Decision, Finding, FindingId, Review};
use crate::clock::Instant;

/// Whether a finding still needs a decision, and what was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// Not decided, or the decision was taken back.
    #[default]
    Open,
    /// Open again: the page changed away and back since the decision, the capture that was set aside is not the one it rests on, or
    /// the day has come until which it was put off.
    CameBack(Mark),
    /// Put off. Without a day, it is still open.
    Later(Mark),
    /// Not asked about: a person muted its kind.
    Muted(Mark),
    /// Accepted; not reported again until its verdict changes.
    Accepted(Mark),
    /// Rejected; not reported again until its verdict changes.
    Rejected(Mark),
}

/// The state of a finding or of a decision, in the words that people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not decided.
    Open,
    /// Open again, although it was decided.
    CameBack,
    /// Put off.
    Later,
    /// Accepted, and the article is to be changed.
    ToEdit,
    /// Accepted, and the article was changed.
    Done,
    /// Accepted, and the article stays.
    Left,
    /// Rejected.
    Wrong,
    /// Not asked about.
    Muted,
    /// Decided, and the pages say something else now.
    NoLongerSo,
}

impl State {
    /// The state in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::CameBack => "came back",
            Self::Later => "later",
            Self::ToEdit => "to edit",
            Self::Done => "done",
            Self::Left => "left as it is",
            Self::Wrong => "wrong",
            Self::Muted => "muted",
            Self::NoLongerSo => "no longer so",
        }
    }

    /// The word in CSV and JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::CameBack => "came-back",
            Self::ToEdit => "to-edit",
            Self::Left => "left",
            Self::NoLongerSo => "no-longer-so",
            Self::Open | Self::Later | Self::Done | Self::Wrong | Self::Muted => self.words(),
        }
    }
}

/// Who reviewed a finding, when, what they decided, and their note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What was decided.
    #[serde(rename = "decided")]
    pub state: State,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// The note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The day until which it was put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

/// Why a review is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// Someone else has decided; with that decision.
    DecidedBy(Standing),
    /// There is no decision to take back.
    NothingToUndo,
    /// The reason for the rejection does not fit the finding.
    Unfit(Unfit),
}

/// Why a reason for a rejection does not fit a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The finding does not name another spelling or organization, and neither does the reviewer.
    NoOtherName,
    /// The finding does not rest on a capture that brought a page.
    NoCapture,
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
    /// The state of `finding` after `reviews` on the day `today`. The reviews can include other findings and be in any order.
    #[must_use]
    pub fn of(finding: &Finding, reviews: &[Review], today: NaiveDate) -> Self {
        let own = reviews.iter().filter(|review| review.finding == finding.id);
        Self::under(finding, applying(own).get(&finding.id).copied(), today)
    }

    /// The state of `finding` on the day `today` under the review that counts for it, if any.
    #[must_use]
    pub fn under(finding: &Finding, review: Option<&Review>, today: NaiveDate) -> Self {
        let Some((review, decision)) = review.and_then(|review| Some((review, review.decision?)))
        else {
            return Self::Open;
        };
        let mark = Mark {
            state: review.state(finding),
            by: review.by.clone(),
            at: review.at,
            note: review.note.clone(),
            until: review.terms.until,
        };
        let changed = finding
            .history
            .changed_by
            .is_some_and(|change| change > review.at);
        let is_due = mark.until.is_some_and(|until| until <= today);
        if changed || is_due || rests_on_others(finding, review) {
            return Self::CameBack(mark);
        }
        match decision {
            Decision::Accept => Self::Accepted(mark),
            Decision::Reject => Self::Rejected(mark),
            Decision::Later => Self::Later(mark),
        }
    }

    /// Whether it needs a decision, or was put off without a day.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Self::Open | Self::CameBack(_) => true,
            Self::Later(mark) => mark.until.is_none(),
            Self::Muted(_) | Self::Accepted(_) | Self::Rejected(_) => false,
        }
    }

    /// The state, in one word.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Open => State::Open,
            Self::CameBack(_) => State::CameBack,
            Self::Later(it) | Self::Muted(it) | Self::Accepted(it) | Self::Rejected(it) => it.state,
        }
    }

    /// Why `review` is refused: someone else has decided, or there is nothing to take back. Everyone can change their own
    /// decisions.
    #[must_use]
    pub fn objection(&self, review: &Review) -> Option<Objection> {
        let theirs = self.mark().filter(|mark| mark.by != review.by);
        match (self, review.decision) {
            (Self::Open | Self::Muted(_), None) => Some(Objection::NothingToUndo),
            // Putting a finding off decides nothing, so only undoing it would change the work of someone else.
            (Self::Open | Self::Muted(_) | Self::CameBack(_) | Self::Later(_), Some(_)) => None,
            _ => theirs.map(|_| Objection::DecidedBy(self.clone())),
        }
    }

    /// The decision, in a word or two; `None` without one.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::Open => None,
            Self::CameBack(_) => Some("open again, after it was decided"),
            Self::Later(_) => Some("put off"),
            Self::Muted(_) => Some("muted"),
            Self::Accepted(_) => Some("accepted"),
            Self::Rejected(_) => Some("rejected"),
        }
    }

    /// Who decided, when, and their note; `None` without a decision.
    #[must_use]
    pub fn mark(&self) -> Option<&Mark> {
        match self {
            Self::Open => None,
            Self::CameBack(it)
            | Self::Later(it)
            | Self::Muted(it)
            | Self::Accepted(it)
            | Self::Rejected(it) => Some(it),
        }
    }
}

/// Whether a finding was rejected because of a capture that it does not rest on: that one is set aside, and others say the same.
fn rests_on_others(finding: &Finding, review: &Review) -> bool {
    let aside = review.terms.capture.as_ref();
    aside.is_some_and(|aside| finding.evidence.iter().all(|it| it.capture != *aside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::parse_digits14,
        finding::{Conclusion, History, Subject, Verdict},
    };

    fn absent(changed_by: Option<&str>) -> Finding {
        let subject = Subject::Name {
            claim: "c1".into(),
            name: "Quillmoor Trust".into(),
        };
        let conclusion = Conclusion::Verdict(Verdict::Absent);
        Finding {
            history: History {
                changed_by: changed_by.and_then(parse_digits14),
                ..History::default()
            },
            ..Finding::of("p", subject, conclusion, &[1])
        }
    }

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, 1).unwrap()
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
        let of = |it: &[Review]| Standing::of(&finding, it, day());
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
            Standing::of(&finding, &all, day()),
            Standing::Accepted(_)
        ));
        all.push(undo.clone());
        assert_eq!(Standing::of(&finding, &all, day()), Standing::Open);
        // There is nothing left to take back.
        all.push(undo);
        assert_eq!(Standing::of(&finding, &all, day()), Standing::Open);
        all.push(review(&finding, Some(Decision::Later), "20250104"));
        assert!(matches!(
            Standing::of(&finding, &all, day()),
            Standing::Later(_)
        ));
    }

    #[test]
    fn the_decision_of_someone_else_is_an_objection_and_ones_own_is_not() {
        let finding = absent(None);
        let by = |decision, by: &str| Review {
            by: by.into(),
            ..review(&finding, decision, "20250101")
        };
        let (accept, reject) = (Some(Decision::Accept), Some(Decision::Reject));
        let accepted = Standing::of(&finding, &[by(accept, "ada")], day());
        assert_eq!(accepted.objection(&by(reject, "ada")), None);
        assert_eq!(accepted.objection(&by(None, "ada")), None);
        for theirs in [reject, accept, Some(Decision::Later), None] {
            assert_eq!(
                accepted.objection(&by(theirs, "ben")),
                Some(Objection::DecidedBy(accepted.clone()))
            );
        }
        let later = Standing::of(&finding, &[by(Some(Decision::Later), "ada")], day());
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
        assert!(Standing::of(&finding, &[other], day()).is_open());
    }

    #[test]
    fn a_finding_that_went_away_and_came_back_is_open_again() {
        let finding = absent(Some("20260402"));
        let before = review(&finding, Some(Decision::Accept), "20250101");
        let after = review(&finding, Some(Decision::Accept), "20260403");
        let came_back = Standing::of(&finding, &[before], day());
        assert_eq!(came_back.state(), State::CameBack);
        assert!(came_back.is_open());
        assert_eq!(came_back.mark().map(|mark| mark.state), Some(State::ToEdit));
        assert!(!Standing::of(&finding, &[after], day()).is_open());
    }

    #[test]
    fn a_finding_put_off_stays_open_and_says_by_whom() {
        let finding = absent(None);
        let later = review(&finding, Some(Decision::Later), "20250101");
        let standing = Standing::of(&finding, &[later], day());
        assert!(standing.is_open());
        assert_eq!(standing.mark().map(|mark| mark.by.as_str()), Some("ada"));
    }

    #[test]
    fn what_is_put_off_until_a_day_is_not_open_before_and_comes_back_on_it() {
        let finding = absent(None);
        let mut later = review(&finding, Some(Decision::Later), "20250101");
        later.terms.until = Some(day());
        let on = |date: NaiveDate| Standing::of(&finding, std::slice::from_ref(&later), date);
        let before = on(day().pred_opt().unwrap());
        assert_eq!((before.state(), before.is_open()), (State::Later, false));
        let then = on(day());
        assert_eq!((then.state(), then.is_open()), (State::CameBack, true));
        assert_eq!(then.mark().map(|mark| mark.state), Some(State::Later));
    }

    #[test]
    fn what_rests_on_another_capture_than_the_one_set_aside_is_open_again() {
        let capture = |date: &str| crate::finding::CaptureRef {
            target_uri: "https://example.org/".parse().unwrap(),
            date: parse_digits14(date).unwrap(),
            payload_digest: None,
            source: None,
        };
        let mut finding = absent(None);
        finding.evidence = vec![crate::finding::Evidence::at(capture("20250101"))];
        let mut wrong = review(&finding, Some(Decision::Reject), "20250102");
        wrong.terms.mistake = Some(crate::finding::Mistake::BadCopy);
        wrong.terms.capture = Some(capture("20250101"));
        let wrong = [wrong];
        let of = |finding: &Finding| Standing::of(finding, &wrong, day()).state();
        assert_eq!(of(&finding), State::Wrong);
        finding.evidence = vec![crate::finding::Evidence::at(capture("20250301"))];
        assert_eq!(of(&finding), State::CameBack);
    }
}
