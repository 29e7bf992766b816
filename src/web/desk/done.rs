//! What was just done, as a sentence, with the button that takes it back.

use super::{entries::words, say};
use crate::{
    desk::{Item, Numbered, State},
    finding::{Decided, Finding, FindingId, Lesson},
    store::StoreError,
    web::{Web, form::Form, room::Now},
};

/// The last action, and how to undo it.
pub(super) struct Done {
    /// What was done, as a sentence.
    pub(super) says: String,
    /// What to undo: a finding or a batch; empty if it cannot be undone.
    pub(super) undo: String,
    /// The label of the button that undoes it.
    pub(super) undo_words: String,
    /// Whether findings are compared again because of it, and what follows is not known yet.
    pub(super) is_followed: bool,
}

/// A finding as it is now or, if it is not current, as it was when somebody decided about it.
pub(super) fn finding_of(
    web: &Web,
    now: &Now,
    id: &FindingId,
) -> Result<Option<Finding>, StoreError> {
    match now.desk.item(id) {
        Some(item) => Ok(Some(item.finding().clone())),
        None => web.options.store.reviewed(id),
    }
}

/// The last action, as `done` names it: a finding or a batch; `left` is how many findings are left on the page.
pub(super) fn done(
    form: &Form,
    (web, now): (&Web, &Now),
    left: Option<usize>,
) -> Result<Option<Done>, StoreError> {
    let Some(done) = form.first("done") else {
        return Ok(None);
    };
    let own = |numbered: &&Numbered| {
        numbered.review.finding.0 == done || numbered.review.terms.batch.as_deref() == Some(done)
    };
    let Some(latest) = now.reviews.iter().rev().find(own) else {
        return Ok(None);
    };
    let review = &latest.review;
    let state = now.desk.item(&review.finding).map(|item: &Item| item.state);
    let decided = say::decision(review, state.unwrap_or(State::Open));
    let many = now.reviews.iter().filter(own).count();
    let is_batch = review.terms.batch.as_deref() == Some(done);
    let about = finding_of(web, now, &review.finding)?;
    let mut says = if is_batch {
        say::after_several(many, &decided)
    } else {
        let named = about.as_ref().and_then(|it| now.profile(&it.profile));
        let profile = named.map(|named| &named.profile);
        let about = about.as_ref().map(|about| words(about, profile));
        say::after_one(about.as_deref().unwrap_or(done), &decided, left)
    };
    let lesson = about.and_then(|about| {
        let review = review.clone();
        Decided { review, about }.lesson()
    });
    let teaches = lesson.as_ref().is_some_and(Lesson::changes_findings);
    let followed = now.followed.get(&latest.number);
    says += &say::followed(teaches, followed.copied());
    Ok(Some(Done {
        says,
        undo: review.decision.map_or(String::new(), |_| done.to_owned()),
        undo_words: if is_batch {
            format!("Undo all {many}")
        } else {
            "Undo".to_owned()
        },
        is_followed: teaches && followed.is_none(),
    }))
}
