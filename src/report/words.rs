//! Verdicts, fates and their history in sentences.

use super::{Label, Waiting};
use crate::{
    capture::Removed,
    clock::Instant,
    finding::{Conclusion, Fate, Finding, History, Subject, Verdict, Why},
    text::one_line,
};

/// A moment as a date.
pub(super) fn day(at: Instant) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// A moment to the minute, in UTC.
pub(super) fn minute(at: Instant) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// That a copy from `date` is not there any more.
pub(super) fn removed(date: Instant, removed: &Removed) -> String {
    format!(
        "The copy from {} was removed from the archive on {} ({}): these words are on record, and cannot be looked at there.",
        minute(date),
        day(removed.at),
        removed.why
    )
}

/// `since between` two days, to the minute where both are one day, and plainly `since` where they are one minute.
fn since_between(after: Instant, by: Instant) -> String {
    if after.date_naive() != by.date_naive() {
        format!("since between {} and {}", day(after), day(by))
    } else if minute(after) == minute(by) {
        format!("since {}", minute(by))
    } else {
        let by = by.format("%H:%M UTC");
        format!("since between {} and {by}", minute(after))
    }
}

/// The words before a quotation as they are shown: its own block and the one before, and dots where that is cut.
pub(super) fn lead(prefix: &str) -> String {
    let blocks: Vec<&str> = prefix.split('\n').collect();
    match blocks.len() {
        _ if prefix.is_empty() => String::new(),
        0..=2 => format!("…{prefix}"),
        more => blocks[more - 2..].join("\n"),
    }
}

/// The words behind a quotation as they are shown: its own block and the next, and dots where that is cut.
pub(super) fn trail(suffix: &str) -> String {
    let blocks: Vec<&str> = suffix.split('\n').collect();
    match blocks.len() {
        _ if suffix.is_empty() => String::new(),
        0..=2 => format!("{suffix}…"),
        _ => blocks[..2].join("\n"),
    }
}

/// A text with one full stop at its end.
pub(super) fn stopped(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() || text.ends_with(['.', '!', '?', '…']) {
        text
    } else {
        format!("{text}.")
    }
}

/// What a finding says, as one sentence.
pub(super) fn said(finding: &Finding) -> String {
    match &finding.conclusion {
        Conclusion::Verdict(it) => verdict(it, finding),
        Conclusion::Fate(it) => fate(it),
    }
}

fn verdict(verdict: &Verdict, finding: &Finding) -> String {
    let history = &finding.history;
    let was_there = history.last_seen.or(history.changed_after).is_some();
    match verdict {
        Verdict::Present => match &finding.subject {
            Subject::Name { .. } => "Still listed.",
            Subject::Quotation { .. } => "Still there, word for word.",
            Subject::Figure { .. } => "Still given.",
            Subject::List { .. } => "The list is there.",
            _ => "Still there.",
        }
        .to_owned(),
        Verdict::Elsewhere { place } => stopped(&format!(
            "Not in the list, but elsewhere on the page: {place}"
        )),
        Verdict::Absent => match (&finding.subject, was_there) {
            (Subject::Name { .. }, true) => "No longer listed.",
            (Subject::Name { .. }, false) => "Not listed.",
            (_, true) => "No longer there.",
            (_, false) => "Not there.",
        }
        .to_owned(),
        Verdict::Renamed { to, because } => {
            stopped(&format!("Renamed to “{to}” — because {because}"))
        }
        Verdict::MovedList { from, to } => stopped(&format!(
            "No longer in the list “{from}”, but in the list “{to}”"
        )),
        Verdict::MovedPage { from, to } => stopped(&format!("No longer on {from}, but on {to}")),
        Verdict::Merged { into, with } => stopped(&format!(
            "Stands there as one with {}: “{into}”",
            quoted(with)
        )),
        Verdict::Split { into } => stopped(&format!("Stands there as several: {}", quoted(into))),
        Verdict::Altered { to, how } => stopped(&format!("Now “{to}” — {how}")),
        Verdict::New => "On the page, but not in the article.".to_owned(),
        Verdict::Redesigned { from, to } => stopped(&format!(
            "The list is there in another form: it was {from}, it is {to}"
        )),
        Verdict::CannotTell { why: it, detail } => {
            let detail = if detail.trim().is_empty() {
                why(*it)
            } else {
                detail
            };
            stopped(&format!("Cannot tell: {detail}"))
        }
    }
}

/// Names in quotation marks: `“A”`, `“A” and “B”`, `“A”, “B” and “C”`.
pub(super) fn quoted(names: &[String]) -> String {
    let marked: Vec<String> = names.iter().map(|it| format!("“{it}”")).collect();
    joined(&marked)
}

/// A list in words: `A`, `A and B`, `A, B and C`.
pub(super) fn joined(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn why(why: Why) -> &'static str {
    match why {
        Why::NotVisited => "the page was never visited",
        Why::FetchFailed => "the last visit failed",
        Why::Gone => "the page is gone",
        Why::SoftNotFound => "the page answered “not found” under a status of success",
        Why::Blocked => "a block page stood in its place",
        Why::ConsentWall => "a consent wall stood in its place",
        Why::LoginWall => "a login stood in its place",
        Why::Unavailable => "an error or a note on maintenance stood in its place",
        Why::Parked => "the domain is parked",
        Why::TooLittle => "the page has too little text to prove anything",
        Why::AnotherPage => "another page stands at its address now",
        Why::PartOfList => "the page shows only a part of the list",
        Why::ScriptShell => "the page's content comes by script",
        Why::Empty => "the page is empty",
        Why::Placeholder => "the page holds placeholders",
        Why::Unreadable => "the file cannot be read as text",
        Why::Truncated => "the page was cut short",
        Why::ListNotFound => "the list that holds the names was not found",
        Why::SelectorLost => "the selector that the profile gives matches nothing",
        Why::Perhaps => "something near it is there, but not near enough",
        Why::NotSettled => "a page's text does not settle this",
        Why::NoReference => "the claim cites no reference with an address",
    }
}

/// What became of a page, as one sentence.
pub(super) fn fate(fate: &Fate) -> String {
    match fate {
        Fate::Live => "The page is there.".to_owned(),
        Fate::Moved { to, permanent } => {
            let how = if *permanent {
                "for good"
            } else {
                "by a redirect that does not say it is for good"
            };
            format!("The page moved to {to}, {how}.")
        }
        Fate::RedirectedAway { to, detail } => stopped(&format!(
            "A redirect leads away from the page, to {to}: {detail}"
        )),
        Fate::Gone { status } => format!("The page is gone: it answers {status}."),
        Fate::Soft404 => "The page answers “not found” under a status of success.".to_owned(),
        Fate::Unreachable { detail } => stopped(&format!("The page could not be had: {detail}")),
        Fate::Refused { detail } => stopped(&format!("The visit was refused: {detail}")),
        Fate::Walled { detail } => {
            stopped(&format!("Something stands in the page's place: {detail}"))
        }
        Fate::Parked => "The domain is parked: somebody else's page stands there.".to_owned(),
        Fate::Waiting { detail } => stopped(&format!(
            "Not read so far: {detail}. Further visits will show whether that lasts"
        )),
        Fate::Unvisited => "Not visited so far.".to_owned(),
        Fate::NoAddress => "The reference has no address.".to_owned(),
    }
}

/// Since when it is so and what was there before, as one sentence; empty where no copy could be judged by.
pub(super) fn since(finding: &Finding) -> String {
    let history = &finding.history;
    let now = match &finding.conclusion {
        Conclusion::Fate(it) => {
            let label = capital(Label::of_fate(it).words());
            spell(history, &label, &format!("{label} at"), "visit")
        }
        Conclusion::Verdict(it) => {
            let (changed, always) = match it {
                Verdict::Present | Verdict::Elsewhere { .. } | Verdict::New => ("There", "There"),
                Verdict::Absent => ("Gone", "Missing"),
                Verdict::MovedList { .. } => ("Moved", "In the other list"),
                Verdict::MovedPage { .. } => ("Moved", "On the other page"),
                Verdict::Renamed { .. } => ("Renamed", "Under the other name"),
                Verdict::Merged { .. } => ("Merged", "As one"),
                Verdict::Split { .. } => ("Split", "As several"),
                Verdict::Altered { .. } => ("Changed", "So"),
                Verdict::Redesigned { .. } => ("In this form", "In this form"),
                Verdict::CannotTell { .. } => ("", ""),
            };
            if let Verdict::CannotTell { detail, .. } = it {
                let last = history.last_seen.map(day);
                last.filter(|it| !detail.contains(it.as_str()))
                    .map(|it| format!("Last there on {it}"))
            } else {
                spell(history, changed, &format!("{always} in"), "copy")
            }
        }
    };
    let sentence = match (now, before(finding)) {
        (Some(now), Some(before)) => format!("{now}; {before}"),
        (one, other) => one.or(other).unwrap_or_default(),
    };
    stopped(&capital(&sentence))
}

/// What the latest visits of a page met, where that has not lasted.
pub(super) fn waiting(it: &Waiting) -> String {
    let met = match &it.fate {
        Fate::Unreachable { detail } | Fate::Refused { detail } | Fate::Walled { detail } => {
            detail.clone()
        }
        other => fate(other).trim_end_matches('.').to_owned(),
    };
    format!(
        "Not read since {}: {met}. Until that has lasted, the last good visit counts.",
        day(it.since)
    )
}

/// Sentences one behind the other, without those that are empty.
pub(super) fn sentences(all: &[&str]) -> String {
    let all: Vec<&str> = all.iter().copied().filter(|it| !it.is_empty()).collect();
    all.join(" ")
}

/// How long it has been so: `Gone since between … and …`, or that it was never otherwise.
fn spell(history: &History, changed: &str, always: &str, one: &str) -> Option<String> {
    if let (Some(after), Some(by)) = (history.changed_after, history.changed_by) {
        let since = since_between(after, by);
        return Some(match history.last_seen.zip(history.gone_by) {
            // Between the words of the article and those of now the page had others.
            Some((last, gone)) => {
                format!("Not so {}; as it is now {since}", since_between(last, gone))
            }
            None => format!("{changed} {since}"),
        });
    }
    let first = history.changed_by.or(history.first_seen);
    let first = first.or(history.first_judged).map(day)?;
    Some(format!("{always} every {one} since {first}"))
}

/// What the copy nearest to the access date had, as far as the history does not say it already.
fn before(finding: &Finding) -> Option<String> {
    let Conclusion::Verdict(verdict) = &finding.conclusion else {
        return None;
    };
    let history = &finding.history;
    let settled = matches!(
        verdict,
        Verdict::Present | Verdict::Elsewhere { .. } | Verdict::Redesigned { .. }
    );
    if settled {
        return None;
    }
    let never = history.changed_after.is_none() && history.last_seen.is_none();
    if *verdict == Verdict::Absent && never {
        return Some("the page may never have said so".to_owned());
    }
    match &history.baseline {
        Some(it) => {
            let date = day(it.date);
            match it.held {
                // It was never otherwise, which has been said.
                Some(true) if history.changed_after.is_none() && history.first_judged.is_some() => {
                    None
                }
                Some(true)
                    if history.gone_by.is_some()
                        && history.last_seen.map(day).as_ref() == Some(&date) =>
                {
                    None
                }
                Some(true) => Some(format!("was there on {date}")),
                Some(false) => Some(format!(
                    "was not there on {date}, nearest to the access date"
                )),
                None if *verdict == Verdict::New => None,
                None => Some(format!("no telling for {date}, nearest to the access date")),
            }
        }
        None => history
            .last_seen
            .filter(|it| Some(*it) != history.changed_after)
            .filter(|_| !matches!(verdict, Verdict::New | Verdict::CannotTell { .. }))
            .map(|it| format!("last there on {}", day(it))),
    }
}

/// A sentence with a capital letter at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::parse_digits14,
        finding::{Baseline, FindingId},
    };

    fn absent(changed: Option<(&str, &str)>, held: Option<bool>) -> Finding {
        let at = |digits: &str| parse_digits14(digits).unwrap();
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
                first_judged: Some(at("20221022")),
                last_seen: changed.map(|it| at(it.0)),
                changed_after: changed.map(|it| at(it.0)),
                changed_by: changed.map(|it| at(it.1)),
                baseline: Some(Baseline {
                    date: at("20221022"),
                    held,
                }),
                ..History::default()
            },
            copy: None,
        }
    }

    #[test]
    fn a_change_lies_between_two_copies_and_is_told_from_never() {
        let days = Some(("20240301", "20260402"));
        for (changed, held, told) in [
            (
                days,
                Some(true),
                "Gone since between 2024-03-01 and 2026-04-02; was there on 2022-10-22.",
            ),
            (
                days,
                Some(false),
                "Gone since between 2024-03-01 and 2026-04-02; was not there on 2022-10-22, nearest to the access date.",
            ),
            (
                days,
                None,
                "Gone since between 2024-03-01 and 2026-04-02; no telling for 2022-10-22, nearest to the access date.",
            ),
            (
                Some(("202604020800", "202604021700")),
                Some(true),
                "Gone since between 2026-04-02 08:00 UTC and 17:00 UTC; was there on 2022-10-22.",
            ),
            (
                Some(("20260402080001", "20260402080002")),
                Some(true),
                "Gone since 2026-04-02 08:00 UTC; was there on 2022-10-22.",
            ),
            (
                None,
                Some(false),
                "Missing in every copy since 2022-10-22; the page may never have said so.",
            ),
        ] {
            assert_eq!(since(&absent(changed, held)), told);
        }
    }

    #[test]
    fn since_counts_from_the_words_of_the_article() {
        let at = |digits: &str| parse_digits14(digits).unwrap();
        let mut figure = absent(Some(("20240611", "20260915")), Some(true));
        figure.history.last_seen = Some(at("20221022"));
        figure.history.gone_by = Some(at("20240611"));
        figure.conclusion = Conclusion::Verdict(Verdict::Altered {
            to: "151 countries".into(),
            how: String::new(),
        });
        assert_eq!(
            since(&figure),
            "Not so since between 2022-10-22 and 2024-06-11; as it is now since between 2024-06-11 and 2026-09-15."
        );
    }

    #[test]
    fn words_around_a_quotation_end_at_a_block_or_in_dots() {
        assert_eq!(lead("ter, Ohio\nRead more\n"), "Read more\n");
        assert_eq!(lead("ter, Ohio\n"), "…ter, Ohio\n");
        assert_eq!(lead(""), "");
        assert_eq!(trail("\nOhio\nRead m"), "\nOhio");
        assert_eq!(trail(", Ohio"), ", Ohio…");
    }
}
