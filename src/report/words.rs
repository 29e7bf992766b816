//! Verdicts, fates and their history in sentences.

use super::{Label, Waiting};
use crate::{
    capture::Removed,
    clock::Instant,
    finding::{Conclusion, Fate, Finding, History, Subject, Verdict, Why},
    selector::TextQuoteSelector,
    text::one_line,
};

pub(super) use crate::clock::{day, minute};

/// A sentence that says that the capture from `date` was removed.
pub(super) fn removed(date: Instant, removed: &Removed) -> String {
    format!(
        "The copy from {} was removed from the archive on {} ({}): these words are recorded, but the copy can no longer be shown.",
        minute(date),
        day(removed.at),
        removed.why
    )
}

/// When something changed: `between` two days; with minutes if both are the same day; `at` one minute if both are the same.
fn between(after: Instant, by: Instant) -> String {
    if after.date_naive() != by.date_naive() {
        format!("between {} and {}", day(after), day(by))
    } else if minute(after) == minute(by) {
        format!("at {}", minute(by))
    } else {
        let by = by.format("%H:%M UTC");
        format!("between {} and {by}", minute(after))
    }
}

/// The words to show before a quotation: its own block and the one before, with dots where they are cut.
pub(super) fn lead(prefix: &str) -> String {
    let blocks: Vec<&str> = prefix.split('\n').collect();
    match blocks.len() {
        _ if prefix.is_empty() => String::new(),
        0..=2 => format!("…{prefix}"),
        more => blocks[more - 2..].join("\n"),
    }
}

/// The words to show after a quotation: its own block and the next, with dots where they are cut.
pub(super) fn trail(suffix: &str) -> String {
    let blocks: Vec<&str> = suffix.split('\n').collect();
    match blocks.len() {
        _ if suffix.is_empty() => String::new(),
        0..=2 => format!("{suffix}…"),
        _ => blocks[..2].join("\n"),
    }
}

/// A quotation with the words around it in one line: blocks are parted by dots, and no word is cut.
pub(super) fn in_context(quote: &TextQuoteSelector) -> String {
    let (prefix, suffix) = (quote.prefix.as_str(), quote.suffix.as_str());
    let before = match prefix.split_once(|letter: char| letter.is_whitespace() && letter != '\n') {
        Some((cut, whole)) if !cut.contains('\n') => format!(" {whole}"),
        _ => prefix.to_owned(),
    };
    let after = match suffix.rsplit_once(|letter: char| letter.is_whitespace() && letter != '\n') {
        Some((whole, cut)) if !cut.contains('\n') => format!("{whole} "),
        _ => suffix.to_owned(),
    };
    let text = format!("{}{}{}", lead(&before), quote.exact, trail(&after));
    let blocks = text
        .split('\n')
        .map(str::trim)
        .filter(|block| !block.is_empty());
    blocks.collect::<Vec<_>>().join(" · ")
}

/// A text with one full stop at the end; an empty text stays empty.
pub(super) fn stopped(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() || text.ends_with(['.', '!', '?', '…']) {
        text
    } else {
        format!("{text}.")
    }
}

/// What a finding says, as one sentence.
#[must_use]
pub fn said(finding: &Finding) -> String {
    match &finding.conclusion {
        Conclusion::Verdict(it) => verdict(it, finding),
        Conclusion::Fate(it) => fate(it),
    }
}

/// A name that left its list: for another list, for a place in the text, or with a mark that says so.
fn moved_list(from: &str, to: &str) -> String {
    if to == "struck out" || to.starts_with("marked “") {
        format!("Still in the list “{from}”, but {to}")
    } else if to.starts_with("in the ") || to.starts_with("on page ") {
        format!("Left the list “{from}”; still named {to}")
    } else {
        format!("Moved from the list “{from}” to the list “{to}”")
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
        Verdict::MovedList { from, to } => stopped(&moved_list(from, to)),
        Verdict::MovedPage { from, to } => stopped(&format!("Moved from {from} to {to}")),
        Verdict::Merged { into, with } => {
            stopped(&format!("Now one with {}: “{into}”", quoted(with)))
        }
        Verdict::Split { into } => stopped(&format!("Now several: {}", quoted(into))),
        Verdict::Altered { to, how } => stopped(&format!("Now “{to}” — {how}")),
        Verdict::New => "On the page, but not in the article.".to_owned(),
        Verdict::Redesigned { from, to } => stopped(&format!(
            "The list has another form: before {from}, now {to}"
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
    let marked: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
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
        Why::SoftNotFound => "the page says “not found”, but with a status of success",
        Why::Blocked => "a block page was shown instead",
        Why::ConsentWall => "a consent page was shown instead",
        Why::LoginWall => "a login was shown instead",
        Why::Unavailable => "an error or a maintenance notice was shown instead",
        Why::Parked => "the domain is parked",
        Why::TooLittle => "the page has too little text to prove anything",
        Why::AnotherPage => "its address now shows a different page",
        Why::PartOfList => "the page shows only part of the list",
        Why::ScriptShell => "the content of the page is loaded by a script",
        Why::Empty => "the page is empty",
        Why::Placeholder => "the page contains placeholders",
        Why::Unreadable => "the file cannot be read as text",
        Why::Truncated => "the page is incomplete",
        Why::ListNotFound => "the list with these names was not found",
        Why::SelectorLost => "the selector in the profile matches nothing",
        Why::Perhaps => "there is something similar, but not similar enough",
        Why::NotSettled => "the text of a page cannot settle this",
        Why::NoReference => "the claim cites no reference with an address",
    }
}

/// The fate of a page, as one sentence.
#[must_use]
pub fn fate(fate: &Fate) -> String {
    match fate {
        Fate::Live => "The page is there.".to_owned(),
        Fate::Moved { to, permanent } => {
            let how = if *permanent {
                "permanently"
            } else {
                "by a redirect that is not permanent"
            };
            format!("The page moved to {to}, {how}.")
        }
        Fate::RedirectedAway { to, detail } => stopped(&format!(
            "A redirect leads away from the page, to {to}: {detail}"
        )),
        Fate::Gone { status } => format!("The page is gone: the server answers {status}."),
        Fate::Soft404 => "The page says “not found”, but with a status of success.".to_owned(),
        Fate::Unreachable { detail } => {
            stopped(&format!("The page could not be reached: {detail}"))
        }
        Fate::Refused { detail } => stopped(&format!("The visit was refused: {detail}")),
        Fate::Walled { detail } => stopped(&format!(
            "Something is shown in place of the page: {detail}"
        )),
        Fate::Parked => "The domain is parked: it shows a page of someone else.".to_owned(),
        Fate::Waiting { detail } => stopped(&format!(
            "Not read yet: {detail}. Further visits will show whether this lasts"
        )),
        Fate::Unvisited => "Not visited yet.".to_owned(),
        Fate::NoAddress => "The reference has no address.".to_owned(),
    }
}

/// When it became so, and what the page said on the access date; empty if no capture shows it.
#[must_use]
pub fn since(finding: &Finding) -> String {
    let history = &finding.history;
    let now = match &finding.conclusion {
        Conclusion::Fate(fate) => {
            let always = format!("{} at every visit", capital(Label::of_fate(fate).words()));
            when(history, became(fate), &always)
        }
        Conclusion::Verdict(Verdict::CannotTell { detail, .. }) => {
            let last = history.last_seen.map(day);
            last.filter(|day| !detail.contains(day.as_str()))
                .map(|day| format!("Last seen on {day}"))
        }
        Conclusion::Verdict(verdict) => {
            let (changed, always) = changed(verdict);
            when(history, changed, &format!("{always} every capture"))
        }
    };
    let now = now.as_deref().map(stopped).unwrap_or_default();
    let before = before(finding).as_deref().map(stopped).unwrap_or_default();
    let sentence_so_far = sentences(&[&now, &before]);
    let copies = history.copies.iter().map(|copy| {
        let held_by = copy.source.held_by();
        let is_named = sentence_so_far.contains(&held_by) || said(finding).contains(&held_by);
        let sentence = format!("The capture of {} is a copy, {held_by}.", day(copy.date));
        if is_named { String::new() } else { sentence }
    });
    let copies: Vec<String> = copies.collect();
    let all = std::iter::once(sentence_so_far.as_str()).chain(copies.iter().map(String::as_str));
    sentences(&all.collect::<Vec<_>>())
}

/// What happened to a name or to words, and what is so if every capture agrees.
fn changed(verdict: &Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } | Verdict::New => {
            ("First seen", "On the page in")
        }
        Verdict::Absent => ("Disappeared", "Missing from"),
        Verdict::MovedList { .. } => ("Changed", "In the other list in"),
        Verdict::MovedPage { .. } => ("Changed", "On the other page in"),
        Verdict::Renamed { .. } => ("Changed", "Under the other name in"),
        Verdict::Merged { .. } => ("Changed", "As one in"),
        Verdict::Split { .. } => ("Changed", "As several in"),
        Verdict::Altered { .. } => ("Changed", "Different in"),
        Verdict::Redesigned { .. } => ("Rebuilt", "In this form in"),
        Verdict::CannotTell { .. } => ("", ""),
    }
}

/// What happened to a page.
fn became(fate: &Fate) -> &'static str {
    match fate {
        Fate::Live => "Came back",
        Fate::Gone { .. } => "Disappeared",
        Fate::Soft404 => "Became a soft 404",
        Fate::Unreachable { .. } => "Became unreachable",
        Fate::Refused { .. } => "Began to refuse visits",
        Fate::Walled { .. } => "Became walled",
        Fate::Parked => "Became parked",
        Fate::Waiting { .. } => "Became unreadable",
        Fate::Moved { .. } | Fate::RedirectedAway { .. } | Fate::Unvisited | Fate::NoAddress => {
            "Changed"
        }
    }
}

/// What the latest visits of a page found, if they failed, but not for long yet.
pub(super) fn waiting(waiting: &Waiting) -> String {
    let met = match &waiting.fate {
        Fate::Unreachable { detail } | Fate::Refused { detail } | Fate::Walled { detail } => {
            detail.clone()
        }
        other => fate(other).trim_end_matches('.').to_owned(),
    };
    format!(
        "Not readable since {}: {met}. Until this has lasted, the last good visit counts.",
        day(waiting.since)
    )
}

/// Sentences in a row, without empty ones.
pub(super) fn sentences(all: &[&str]) -> String {
    let all: Vec<&str> = all.iter().copied().filter(|it| !it.is_empty()).collect();
    all.join(" ")
}

/// When it became so: `Disappeared between … and …`, or that it was never different: `Missing from every capture since …`.
fn when(history: &History, changed: &str, always: &str) -> Option<String> {
    if let (Some(after), Some(by)) = (history.changed_after, history.changed_by) {
        let at = between(after, by);
        return Some(match history.last_seen.zip(history.gone_by) {
            // The page changed twice: it had other words in between.
            Some((last, gone)) => format!("Changed {}, and again {at}", between(last, gone)),
            None => format!("{changed} {at}"),
        });
    }
    let first = history.changed_by.or(history.first_seen);
    let first = first.or(history.first_judged).map(day)?;
    Some(format!("{always} since {first}"))
}

/// What the capture closest to the access date said, unless the history says it already.
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
        return Some("The page may never have said so".to_owned());
    }
    let Some(baseline) = &history.baseline else {
        return history
            .last_seen
            .filter(|at| Some(*at) != history.changed_after)
            .filter(|_| !matches!(verdict, Verdict::New | Verdict::CannotTell { .. }))
            .map(|at| format!("Last seen on {}", day(at)));
    };
    let twice = history.gone_by.is_some()
        && history.last_seen.map(day).as_ref() == Some(&day(baseline.date));
    let copied = history.held_by(baseline.date);
    let held_by = copied.map_or_else(String::new, |copied| format!(", {}", copied.held_by()));
    let day = format!("{}{held_by}", day(baseline.date));
    let closest = "(the capture closest to the access date)";
    match baseline.held {
        // Every capture agrees, which has been said.
        Some(true) if history.changed_after.is_none() && history.first_judged.is_some() => None,
        // The change that is given first was from this capture.
        Some(true) if twice => None,
        Some(true) if *verdict == Verdict::New => Some(format!("On the page on {day}")),
        Some(true) if copied.is_some() => Some(format!("Was there on {day}")),
        Some(true) => Some(format!("As cited on {day}")),
        Some(false) => Some(format!("Not on the page on {day} {closest}")),
        None if *verdict == Verdict::New => None,
        None => Some(format!("Unclear on {day} {closest}")),
    }
}

/// A sentence with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::parse_digits14, finding::Baseline};

    fn absent(changed: Option<(&str, &str)>, held: Option<bool>) -> Finding {
        let at = |digits: &str| parse_digits14(digits).unwrap();
        let subject = Subject::Name {
            claim: "c1".into(),
            name: "Quillmoor Trust".into(),
        };
        let conclusion = Conclusion::Verdict(Verdict::Absent);
        Finding {
            history: History {
                first_judged: Some(at("20221022")),
                last_seen: changed.map(|changed| at(changed.0)),
                changed_after: changed.map(|changed| at(changed.0)),
                changed_by: changed.map(|changed| at(changed.1)),
                baseline: Some(Baseline {
                    date: at("20221022"),
                    held,
                }),
                ..History::default()
            },
            ..Finding::of("p", subject, conclusion, &[1])
        }
    }

    #[test]
    fn a_change_lies_between_two_captures_and_differs_from_never() {
        let days = Some(("20240301", "20260402"));
        for (changed, held, expected) in [
            (
                days,
                Some(true),
                "Disappeared between 2024-03-01 and 2026-04-02. As cited on 2022-10-22.",
            ),
            (
                days,
                Some(false),
                "Disappeared between 2024-03-01 and 2026-04-02. Not on the page on 2022-10-22 (the capture closest to the access date).",
            ),
            (
                days,
                None,
                "Disappeared between 2024-03-01 and 2026-04-02. Unclear on 2022-10-22 (the capture closest to the access date).",
            ),
            (
                Some(("202604020800", "202604021700")),
                Some(true),
                "Disappeared between 2026-04-02 08:00 UTC and 17:00 UTC. As cited on 2022-10-22.",
            ),
            (
                Some(("20260402080001", "20260402080002")),
                Some(true),
                "Disappeared at 2026-04-02 08:00 UTC. As cited on 2022-10-22.",
            ),
            (
                None,
                Some(false),
                "Missing from every capture since 2022-10-22. The page may never have said so.",
            ),
        ] {
            assert_eq!(since(&absent(changed, held)), expected);
        }
    }

    #[test]
    fn a_page_that_changed_twice_gives_both_times() {
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
            "Changed between 2022-10-22 and 2024-06-11, and again between 2024-06-11 and 2026-09-15."
        );
    }

    #[test]
    fn words_in_one_line_are_whole_and_their_blocks_are_parted() {
        let shown = |prefix: &str, suffix: &str| {
            in_context(&TextQuoteSelector {
                exact: "North Kites".into(),
                prefix: prefix.into(),
                suffix: suffix.into(),
            })
        };
        let all = "Quiet Kites · North Kites · Oak Kites";
        assert_eq!(shown("our Kites\nQuiet Kites\n", "\nOak Kites\nMead"), all);
        assert_eq!(
            shown("lls the history of ", " that met on the be"),
            "… the history of North Kites that met on the …"
        );
        assert_eq!(shown("", ""), "North Kites");
        assert_eq!(shown("北の", "の歴史"), "…北のNorth Kitesの歴史…");
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
