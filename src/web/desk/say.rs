//! What the desk says: every sentence that a person reads and that no template contains.

use crate::{
    clock::{Instant, day},
    desk::State,
    finding::{Decision, Mistake, Outcome, Review},
    report::Label,
    text::counted,
    web::room::Followed,
};

/// Words that are marked, but not to be seen.
pub(super) const HIDDEN: &str =
    "The words are in a part of this copy that is folded or hidden: a click may open it.";
/// Words that could not be marked.
pub(super) const NOT_FOUND: &str =
    "The words could not be marked in this copy. They may be in a picture, a frame or a file.";
/// A form from elsewhere.
pub(in crate::web) const ELSEWHERE: &str =
    "This form did not come from a page of this site. Nothing was done.";
/// A form that is too old.
pub(super) const EXPIRED: &str =
    "Your session has expired. Your note and choices are kept: send them again.";
/// A visitor who may only look.
pub(in crate::web) const MAY_NOT: &str = "You may look at everything here, but not decide.";
/// A decision that could not be written.
pub(super) const BUSY: &str = "The archive is busy; your decision was not saved. Try again.";
/// A reason that needs another name.
pub(super) const NO_OTHER_NAME: &str = "This finding does not name another spelling or organization, so this reason does not fit. \
     Your decision was not saved: choose another reason.";
/// A reason that needs a copy.
pub(super) const NO_CAPTURE: &str = "This finding does not rest on a copy of the page, so this reason does not fit. \
     Your decision was not saved: choose another reason.";
/// A finding that is not current any more: since when, or that a decision settled it.
pub(super) fn gone(since: Option<&str>, settled: bool) -> String {
    let why = match (settled, since) {
        (true, _) => "What was decided settled this finding.".to_owned(),
        (false, Some(day)) => format!("The page has changed since {day}."),
        (false, None) => "The page has changed since.".to_owned(),
    };
    format!("{why} This is what the finding said, and what was decided.")
}
/// An article whose file the profile does not name.
pub(super) const NO_ARTICLE: &str =
    "The text of the article is not stored: the profile was not imported from a file.";
/// An article whose file is missing, or not the one that was imported.
pub(super) const LOST_ARTICLE: &str = "The text of the article is missing or was changed: run `stillsays profile update` with its file.";
/// A copy whose bytes were removed, on a day, by a rule.
pub(super) fn removed(day: &str, why: &str) -> String {
    format!("This copy was removed on {day} ({why}). The quotation and its proof are kept.")
}

/// The end of a page.
pub(super) const ALL_ON_PAGE: &str = "That was all on this page.";
/// The end of the queue.
pub(super) const ALL: &str = "Nothing is left to decide.";
/// A decision that someone else made in the meantime.
pub(super) fn decided_meanwhile(by: &str, ago: &str, word: &str, note: Option<&str>) -> String {
    let note = note.map_or(String::new(), |note| format!(", “{note}”"));
    format!("{by} decided this {ago}: {word}{note}. Your decision was not saved.")
}

/// How long ago something was: `just now`, `2 minutes ago`, `on 2026-11-27`.
pub(super) fn ago(at: Instant, now: Instant) -> String {
    match (now - at).num_minutes() {
        ..1 => "just now".to_owned(),
        minutes @ 1..60 => format!(
            "{} ago",
            counted(minutes.unsigned_abs(), "minute", "minutes")
        ),
        minutes @ 60..1440 => {
            let hours = (minutes / 60).unsigned_abs();
            format!("{} ago", counted(hours, "hour", "hours"))
        }
        _ => format!("on {}", day(at)),
    }
}

/// A decision in the words of its button.
pub(super) fn decision(review: &Review, state: State) -> String {
    let Some(decision) = review.decision else {
        return "back to the decision before".to_owned();
    };
    match (decision, review.terms.outcome) {
        (Decision::Accept, Some(Outcome::Done)) => "the article was changed".to_owned(),
        (Decision::Accept, Some(Outcome::Keep)) => "leave the article".to_owned(),
        (Decision::Accept, None) if state == State::Left => "leave the article".to_owned(),
        (Decision::Accept, _) => "change the article".to_owned(),
        (Decision::Reject, _) => match review.terms.mistake {
            Some(it) => match &review.terms.words {
                Some(words) => format!("wrong: {}, “{}”", mistake(it), words.exact),
                None => format!("wrong: {}", mistake(it)),
            },
            None => "wrong".to_owned(),
        },
        (Decision::Later, _) => match review.terms.until {
            Some(day) => format!("later, on {day}"),
            None => "later".to_owned(),
        },
    }
}

/// What is wrong with a finding, in the words of its button.
pub(super) fn mistake(mistake: Mistake) -> &'static str {
    match mistake {
        Mistake::SameName => "two spellings of one name",
        Mistake::OtherBody => "two different organizations",
        Mistake::OnPage => "it is on the page",
        Mistake::BadCopy => "the copy does not show the page",
        Mistake::Other => "another reason",
    }
}

/// How much there is to do, as the first line of the desk.
pub(super) fn to_do(due: usize, pages: usize, edits: usize) -> String {
    let waits = match edits {
        0 => String::new(),
        1 => "; 1 edit waits".to_owned(),
        more => format!("; {more} edits wait"),
    };
    match due {
        0 => format!("Nothing to decide{waits}."),
        _ => format!(
            "{due} to decide on {}{waits}.",
            counted(pages, "page", "pages")
        ),
    }
}

/// What happened, and how much is left on the page.
pub(super) fn after_one(words: &str, decided: &str, left: Option<usize>) -> String {
    match left {
        Some(left) => format!("{words}: {decided}. {left} left on this page."),
        None => format!("{words}: {decided}."),
    }
}

/// What follows from a decision for other findings; `None` as long as they are being compared again.
pub(super) fn followed(teaches: bool, followed: Option<Followed>) -> String {
    let Some(followed) = followed else {
        let waits = " Other findings are being compared again.";
        return if teaches { waits } else { "" }.to_owned();
    };
    let settled = (followed.settled > 0).then(|| {
        let findings = counted(followed.settled, "more finding", "more findings");
        format!(" This settles {findings}.")
    });
    let raised = (followed.raised > 0).then(|| {
        let findings = counted(followed.raised, "finding is", "findings are");
        format!(" {findings} new because of it.")
    });
    settled.into_iter().chain(raised).collect()
}

/// What happened to several findings.
pub(super) fn after_several(many: usize, decided: &str) -> String {
    format!("{}: {decided}.", counted(many, "finding", "findings"))
}

/// How many findings of each verdict: `8: 4 absent, 2 renamed, 2 new`.
pub(super) fn tally(labels: impl Iterator<Item = Label>) -> String {
    let mut all: Vec<(Label, usize)> = Vec::new();
    for label in labels {
        match all.iter_mut().find(|it| it.0 == label) {
            Some(it) => it.1 += 1,
            None => all.push((label, 1)),
        }
    }
    let sum: usize = all.iter().map(|it| it.1).sum();
    if let [(label, 1)] = all.as_slice() {
        return format!("1 {}", label.words());
    }
    let each = all.iter().map(|it| format!("{} {}", it.1, it.0.words()));
    format!("{sum}: {}", each.collect::<Vec<_>>().join(", "))
}

/// How many of all cited words a copy has.
pub(super) fn of_all(some: usize, all: usize) -> String {
    format!(
        "{some} of {}",
        counted(all, "cited word or name", "cited words or names")
    )
}

/// How sure a finding is.
pub(super) fn sure(confidence: f64) -> String {
    format!("{:.0} % sure", confidence * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_decision_of_someone_else_is_said_with_its_age() {
        let now = crate::clock::parse_digits14("20261127090000").unwrap();
        for (before, expected) in [
            (TimeDelta::seconds(-5), "just now"),
            (TimeDelta::seconds(59), "just now"),
            (TimeDelta::minutes(1), "1 minute ago"),
            (TimeDelta::minutes(59), "59 minutes ago"),
            (TimeDelta::hours(2), "2 hours ago"),
            (TimeDelta::days(2), "on 2026-11-25"),
        ] {
            assert_eq!(ago(now - before, now), expected);
        }
    }

    #[test]
    fn what_follows_from_a_decision_is_said_once_it_is_known() {
        let followed = |settled, raised| Some(Followed { settled, raised });
        for (teaches, followed, expected) in [
            (false, None, ""),
            (true, None, " Other findings are being compared again."),
            (true, followed(0, 0), ""),
            (true, followed(1, 0), " This settles 1 more finding."),
            (
                true,
                followed(2, 1),
                " This settles 2 more findings. 1 finding is new because of it.",
            ),
        ] {
            assert_eq!(super::followed(teaches, followed), expected);
        }
    }
}
