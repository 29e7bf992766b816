//! What follows from decisions: the questions that they settle, and what reviewers say that the reader missed.

use std::collections::BTreeSet;

use super::{AnalyseError, Comparing, Named, analyse::text_of, current};
use crate::{
    clock::Instant,
    finding::{CaptureRef, Decided, FindingId, Lesson},
    store::{Store, StoreError},
    text::fold,
};

/// The questions of a profile that are open at `now`. Compared before and after a decision, they show what it settled.
///
/// # Errors
/// The archive cannot be read, or a payload does not match its digest; it was stopped.
pub fn open_questions(
    store: &Store,
    named: &Named,
    comparing: &Comparing,
    now: Instant,
) -> Result<BTreeSet<FindingId>, AnalyseError> {
    let decisions = store.decisions(now)?;
    let findings = current(store, named, comparing)?;
    let open = findings
        .into_iter()
        .filter(|finding| finding.weight().is_question() && decisions.is_open(finding));
    Ok(open.map(|open| open.id).collect())
}

/// A finding that a reviewer rejected because it is on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// The rejection, with the finding as it was.
    pub decided: Decided,
    /// Whether the pages are still read that way.
    pub still: bool,
    /// Whether the words that the reviewer marked are in the text that was read; `None` without such words or such a text.
    pub in_text: Option<bool>,
}

/// What reviewers say that the reader missed in the pages of a profile, oldest first.
///
/// # Errors
/// The archive cannot be read, or a payload does not match its digest; it was stopped.
pub fn missed(
    store: &Store,
    named: &Named,
    comparing: &Comparing,
) -> Result<Vec<Missed>, AnalyseError> {
    let decisions = store.decisions(Instant::default())?;
    let rejected: Vec<Decided> = store
        .decided(&named.name)?
        .into_iter()
        .filter(|decided| decisions.review(&decided.review.finding) == Some(&decided.review))
        .filter(|decided| decided.lesson() == Some(Lesson::OnPage))
        .collect();
    if rejected.is_empty() {
        return Ok(Vec::new());
    }
    let findings = current(store, named, comparing)?;
    let mut all = Vec::new();
    for decided in rejected {
        let words = decided.review.terms.words.as_ref();
        let capture = decided
            .about
            .evidence
            .first()
            .map(|evidence| &evidence.capture);
        let in_text = match words.zip(capture) {
            Some((words, capture)) => is_in(store, capture, &words.exact, comparing)?,
            None => None,
        };
        all.push(Missed {
            still: findings
                .iter()
                .any(|finding| finding.id == decided.about.id),
            in_text,
            decided,
        });
    }
    Ok(all)
}

/// Whether words are in the text of a capture, whatever their case and spacing; `None` if it has no text.
fn is_in(
    store: &Store,
    capture: &CaptureRef,
    words: &str,
    comparing: &Comparing,
) -> Result<Option<bool>, StoreError> {
    let captures = store.captures_of(&capture.target_uri)?;
    let Some((_, entry)) = captures.iter().find(|it| it.1.date == capture.date) else {
        return Ok(None);
    };
    let text = text_of(store, entry, &comparing.pdf)?;
    Ok((!text.is_empty()).then(|| fold(&text).contains(&fold(words))))
}
