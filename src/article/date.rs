//! Dates as references write them: `October 21, 2022`, `21 Oct. 2022`, `2022-10-21`, `10/21/2022`.

use std::ops::Range;

use chrono::NaiveDate;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A month by its name or an abbreviation of three letters or more.
fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_lowercase();
    let at = MONTHS.iter().position(|it| {
        *it == word || (word.len() >= 3 && word.len() <= 4 && it.starts_with(&word))
    })?;
    u32::try_from(at + 1).ok()
}

/// Whether a word is the name of a month, written out.
pub(super) fn is_month(word: &str) -> bool {
    MONTHS.contains(&word.to_lowercase().as_str())
}

/// A date that is the whole of `text`; a year or a month alone is none.
pub(super) fn whole(text: &str) -> Option<NaiveDate> {
    let text = text
        .trim_matches(|it: char| it.is_whitespace() || matches!(it, '.' | ',' | ';' | '(' | ')'));
    let (date, range) = first(text)?;
    (range == (0..text.len())).then_some(date)
}

/// The first full date in `text` and where it stands.
pub(super) fn first(text: &str) -> Option<(NaiveDate, Range<usize>)> {
    let words = words(text);
    (0..words.len()).find_map(|at| starting(&words[at..]))
}

/// A date that `text` begins with, white space aside, and where it ends.
pub(super) fn leading(text: &str) -> Option<(NaiveDate, usize)> {
    starting(&words(text)).map(|(date, range)| (date, range.end))
}

type Word<'a> = (usize, &'a str);

fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, character) in text.char_indices() {
        let inside = character.is_alphanumeric() || matches!(character, '-' | '–' | '/');
        match (from, inside) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                found.push((start, &text[start..at]));
                from = None;
            }
            _ => {}
        }
    }
    if let Some(start) = from {
        found.push((start, &text[start..]));
    }
    found
}

fn starting(words: &[Word<'_>]) -> Option<(NaiveDate, Range<usize>)> {
    let first = words.first()?;
    if let Some(date) = numeric(first.1) {
        return Some((date, first.0..first.0 + first.1.len()));
    }
    let (second, third) = (words.get(1)?, words.get(2)?);
    let close = third.0 + third.1.len() - first.0 <= 24;
    let date = match (month(first.1), month(second.1)) {
        (Some(month), _) => NaiveDate::from_ymd_opt(year(third.1)?, month, day(second.1)?),
        (None, Some(month)) => NaiveDate::from_ymd_opt(year(third.1)?, month, day(first.1)?),
        _ => None,
    }?;
    close.then(|| (date, first.0..third.0 + third.1.len()))
}

fn numeric(word: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = word.split(['-', '–', '/']).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    if let Some(year) = year(a) {
        return NaiveDate::from_ymd_opt(year, b.parse().ok()?, c.parse().ok()?);
    }
    // With slashes the month is held for the first number, as the articles at hand are American; a number
    // above 12 there can only be a day.
    let (first, second): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
    let year = year(c)?;
    if word.contains('/') && first <= 12 {
        NaiveDate::from_ymd_opt(year, first, second)
    } else {
        NaiveDate::from_ymd_opt(year, second, first)
    }
}

fn year(word: &str) -> Option<i32> {
    (word.len() == 4 && word.bytes().all(|it| it.is_ascii_digit()))
        .then(|| word.parse().ok())
        .flatten()
        .filter(|it| (1500..2200).contains(it))
}

fn day(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|it: char| it.is_alphabetic());
    let suffix = &word[digits.len()..];
    matches!(suffix, "" | "st" | "nd" | "rd" | "th")
        .then(|| digits.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_usual_spelling() {
        let want = NaiveDate::from_ymd_opt(2022, 10, 9);
        for text in [
            "October 9, 2022",
            "Oct. 9, 2022",
            "9 October 2022",
            "9 Oct 2022",
            "2022-10-09",
            "10/9/2022",
            "October 9th, 2022.",
            "Oct 09 2022",
            "(October 9, 2022)",
        ] {
            assert_eq!(whole(text), want, "{text}");
        }
    }

    #[test]
    fn a_year_or_a_month_is_no_date() {
        for text in [
            "2019",
            "October 2022",
            "May",
            "Spring 2020",
            "13/13/2020",
            "page 12",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
