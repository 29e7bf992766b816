//! A decision as a report shows it: who decided what, when and why, with the finding as it was then.

use std::collections::HashMap;

use serde::Serialize;

use super::{Entry, Label, gathered::Gathered, words};
use crate::{
    clock::Instant,
    finding::{
        Decided, Decision, Finding, FindingId, Mistake, Outcome, Standing, State, Subject, Terms,
        applying,
    },
};

/// A review with its finding, which may no longer exist.
#[derive(Clone, Debug, Serialize)]
pub struct DecidedEntry {
    /// The decision; `None` takes back the one before.
    pub decision: Option<Decision>,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// The reason, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What follows from it.
    #[serde(flatten)]
    pub terms: Terms,
    /// Whether it counts today.
    pub effect: Effect,
    /// What became of it.
    pub state: State,
    /// Whether the finding still exists.
    pub there: bool,
    /// The verdict or fate of the finding, in one word.
    pub label: Label,
    /// The subject of the finding.
    pub subject: String,
    /// What the finding said, as a sentence.
    pub said: String,
    /// The finding as it was.
    pub finding: Finding,
}

/// Whether a review counts today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It counts.
    Applies,
    /// It was taken back, or another decision replaced it.
    Replaced,
    /// The page changed away from what the finding says, and back again.
    Lapsed,
    /// It took back another one.
    Undo,
}

/// Whether the article says what a finding asked of it: it no longer has the words, or has the new name.
fn article_follows(finding: &Finding, gathered: &Gathered<'_>) -> bool {
    let (claim, words) = (finding.subject.claim(), finding.subject.words());
    let says = claim
        .zip(words)
        .map(|(claim, words)| gathered.sources.profile.says(claim, words));
    match finding.subject {
        Subject::NewName { .. } => says == Some(true),
        _ => says == Some(false),
    }
}

impl DecidedEntry {
    /// All decisions, the latest first.
    pub(super) fn all(gathered: &Gathered<'_>) -> Vec<Self> {
        let sources = gathered.sources;
        let now = sources
            .findings
            .iter()
            .map(|finding| (&finding.id, finding))
            .collect();
        let reviews = sources.decided.iter().map(|decided| &decided.review);
        let applying = applying(reviews);
        let entries = sources.decided.iter().map(|decided| {
            let applies = applying
                .get(&decided.review.finding)
                .is_some_and(|that| std::ptr::eq(*that, &raw const decided.review));
            Self::of(decided, applies, &now, gathered)
        });
        let mut entries: Vec<Self> = entries.collect();
        entries.reverse();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        entries
    }

    fn of(
        decided: &Decided,
        applies: bool,
        now: &HashMap<&FindingId, &Finding>,
        gathered: &Gathered<'_>,
    ) -> Self {
        let Decided { review, about } = decided;
        let now = now.get(&about.id).copied();
        let today = gathered.sources.decisions.today();
        let standing = Standing::under(now.unwrap_or(about), Some(review), today);
        let came_back = standing.state() == State::CameBack;
        let effect = match (review.decision, applies) {
            (None, _) => Effect::Undo,
            (Some(_), false) => Effect::Replaced,
            (Some(_), true) if came_back => Effect::Lapsed,
            (Some(_), true) => Effect::Applies,
        };
        let decided = review.state(about);
        let state = match (now.is_some(), decided) {
            (false, State::ToEdit) if article_follows(about, gathered) => State::Done,
            (false, State::ToEdit | State::Left | State::Wrong | State::Later) => State::NoLongerSo,
            _ if effect == Effect::Lapsed => State::CameBack,
            _ => decided,
        };
        let entry = Entry::of(about, gathered);
        Self {
            decision: review.decision,
            at: review.at,
            by: review.by.clone(),
            note: review.note.clone(),
            terms: review.terms.clone(),
            effect,
            state,
            there: now.is_some(),
            label: entry.label,
            subject: entry.subject,
            said: entry.said,
            finding: about.clone(),
        }
    }

    /// The decision, in a word or two.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (self.decision, self.terms.outcome, self.terms.mistake) {
            (Some(Decision::Accept), Some(Outcome::Edit), _) => "accepted: to edit",
            (Some(Decision::Accept), Some(Outcome::Keep), _) => "accepted: left as it is",
            (Some(Decision::Accept), Some(Outcome::Done), _) => "accepted: edited",
            (Some(Decision::Accept), None, _) => "accepted",
            (Some(Decision::Reject), _, Some(Mistake::SameName)) => "rejected: the same name",
            (Some(Decision::Reject), _, Some(Mistake::OtherBody)) => {
                "rejected: another organization"
            }
            (Some(Decision::Reject), _, Some(Mistake::OnPage)) => "rejected: it is on the page",
            (Some(Decision::Reject), _, Some(Mistake::BadCopy)) => {
                "rejected: the capture is not the page"
            }
            (Some(Decision::Reject), ..) => "rejected",
            (Some(Decision::Later), ..) => "put off",
            (None, ..) => "taken back",
        }
    }

    /// The finding in short: `renamed: Quiet River Institute`.
    #[must_use]
    pub fn about(&self) -> String {
        format!("{}: {}", self.label.words(), self.subject)
    }

    /// By whom and when, with the note, and whether it counts today.
    #[must_use]
    pub fn when(&self) -> String {
        let note = self.note.as_ref().map(|note| format!(": “{note}”"));
        let counts = match (self.effect, self.there) {
            (Effect::Replaced, _) => " No longer counts: it was taken back or replaced.",
            (Effect::Lapsed, _) => match (self.terms.until, &self.terms.capture) {
                (Some(_), _) => " It came back on that day.",
                (_, Some(_)) => " It came back: another capture says the same.",
                _ => " It came back: the page has changed since.",
            },
            (Effect::Applies, false) if self.state == State::Done => " The article says so now.",
            (Effect::Applies | Effect::Undo, false) => {
                " No longer so: the pages or the article say something else now."
            }
            (Effect::Applies | Effect::Undo, true) => "",
        };
        format!(
            "By {} on {}{}.{counts}",
            self.by,
            words::minute(self.at),
            note.unwrap_or_default()
        )
    }
}
