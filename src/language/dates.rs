//! Dates as references write them: `October 21, 2022`, `21. Okt. 2022`, `2022-10-21`, `2022年10月21日`.

use std::ops::Range;

use chrono::NaiveDate;

use super::{all, month, numbers::ascii};

/// Whether a word is the name of a month, written out.
#[must_use]
pub fn is_month(word: &str) -> bool {
    let word = word.to_lowercase();
    all().iter().any(|it| {
        let months = &it.calendar.months;
        months.iter().any(|month| month.first() == Some(&word))
    })
}

/// A date, if `text` consists only of it; a year or a month alone is not a date.
#[must_use]
pub fn whole(text: &str) -> Option<NaiveDate> {
    let text = text.trim_matches(|character: char| {
        character.is_whitespace() || matches!(character, '.' | ',' | ';' | '(' | ')')
    });
    let (date, range) = first(text)?;
    (range == (0..text.len())).then_some(date)
}

/// The first full date in `text` and its place.
#[must_use]
pub fn first(text: &str) -> Option<(NaiveDate, Range<usize>)> {
    let words = words(text);
    (0..words.len()).find_map(|at| starting(&words[at..]))
}

/// A date that `text` begins with, white space aside, and where it ends.
#[must_use]
pub fn leading(text: &str) -> Option<(NaiveDate, usize)> {
    starting(&words(text)).map(|(date, range)| (date, range.end))
}

/// The date that `text` begins with after at most a few small words, and where it ends.
#[must_use]
pub fn near(text: &str, most: usize) -> Option<(NaiveDate, usize)> {
    let words = words(text);
    let (date, range) = (0..words.len().min(3)).find_map(|at| starting(&words[at..]))?;
    let close = text.get(..range.end)?.split_whitespace().count() <= most;
    let apart = text.get(..range.start)?.contains(". ");
    (close && !apart).then_some((date, range.end))
}

/// The date that `text` ends with, white space aside, and where it begins.
#[must_use]
pub fn trailing(text: &str) -> Option<(NaiveDate, usize)> {
    let words = words(text);
    let from = words.len().saturating_sub(5);
    (from..words.len())
        .filter_map(|at| starting(&words[at..]))
        .find(|(_, range)| {
            text.get(range.end..)
                .is_some_and(|text| text.trim().is_empty())
        })
        .map(|(date, range)| (date, range.start))
}

type Word<'a> = (usize, &'a str);

fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, character) in text.char_indices() {
        let dotted = character == '.'
            && text[..at].ends_with(|character: char| character.is_ascii_digit())
            && text[at + 1..].starts_with(|character: char| character.is_ascii_digit());
        // The signs of Indian scripts are parts of words.
        let inside = character.is_alphanumeric()
            || matches!(character, '-' | '–' | '/' | '\u{900}'..='\u{dff}')
            || dotted;
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

/// Small words within a date: `2 de mayo de 2024`.
const FILLERS: &[&str] = &["de", "of", "del", "do", "г", "р"];

fn starting(words: &[Word<'_>]) -> Option<(NaiveDate, Range<usize>)> {
    let first = words.first()?;
    let digits = first
        .1
        .find(|character: char| character.is_ascii_digit())
        .filter(|_| first.1.contains('年'));
    if let Some(at) = digits
        && let Some((date, length)) = ideographic(&first.1[at..])
    {
        return Some((date, first.0 + at..first.0 + at + length));
    }
    if let Some(date) = numeric(first.1) {
        return Some((date, first.0..first.0 + first.1.len()));
    }
    if let Some(found) = korean(words) {
        return Some(found);
    }
    let mut rest = words
        .iter()
        .skip(1)
        .filter(|word| !FILLERS.contains(&word.1));
    let (second, third) = (rest.next()?, rest.next()?);
    let close = third.0 + third.1.len() - first.0 <= 40;
    let date = match (month(first.1), month(second.1)) {
        (Some(month), _) => NaiveDate::from_ymd_opt(year(third.1)?, month, day(second.1)?),
        // "2023 Jan 26", as the Vancouver style writes it.
        (None, Some(month)) if year(first.1).is_some() => {
            NaiveDate::from_ymd_opt(year(first.1)?, month, day(third.1)?)
        }
        (None, Some(month)) => NaiveDate::from_ymd_opt(year(third.1)?, month, day(first.1)?),
        _ => None,
    }?;
    close.then(|| (date, first.0..third.0 + third.1.len()))
}

/// `2024년 5월 2일`, `2024. 5. 2.`: a year, a month and a day in words of their own.
fn korean(words: &[Word<'_>]) -> Option<(NaiveDate, Range<usize>)> {
    let [first, second, third, ..] = words else {
        return None;
    };
    // Between bare numbers there is a full stop and a space.
    let spaced = |one: &Word<'_>, next: &Word<'_>| next.0 == one.0 + one.1.len() + 2;
    let number = |word: &str, mark: char| word.split_once(mark).map(|it| it.0.to_owned());
    let parts = match (number(first.1, '년'), number(second.1, '월')) {
        (Some(year), Some(month)) => (year, month, number(third.1, '일')?),
        (None, None) if spaced(first, second) && spaced(second, third) => {
            (first.1.to_owned(), second.1.to_owned(), third.1.to_owned())
        }
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(
        year(&parts.0)?,
        parts.1.parse().ok()?,
        parts.2.parse().ok()?,
    )?;
    let length = third
        .1
        .find('일')
        .map_or(third.1.len(), |at| at + '일'.len_utf8());
    Some((date, first.0..third.0 + length))
}

/// `2024年5月2日`, and what follows it without a space.
fn ideographic(word: &str) -> Option<(NaiveDate, usize)> {
    let (before, rest) = word.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let (day, after) = rest.split_once('日')?;
    let date = NaiveDate::from_ymd_opt(year(before)?, month.parse().ok()?, day.parse().ok()?)?;
    Some((date, word.len() - after.len()))
}

fn numeric(word: &str) -> Option<NaiveDate> {
    let word = &*ascii(word);
    let parts: Vec<&str> = word.split(['-', '–', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    if let Some(year) = year(a) {
        return NaiveDate::from_ymd_opt(year, b.parse().ok()?, c.parse().ok()?);
    }
    // With slashes the first number counts as the month, because the articles at hand are American; a number
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
    let word = ascii(word);
    (word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| word.parse().ok())
        .flatten()
        .filter(|word| (1500..2200).contains(word))
}

/// A text without its words that are only years: "Board" for "Board 2019/20". Other numbers stay: "District 5" is not "District 7".
#[must_use]
pub fn without_years(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').filter(|word| !is_years(word)).collect();
    words.join(" ")
}

/// Whether a word is a year or a span of years, with the marks around it: `2019`, `(2019/20)`, `2019–2021,`.
fn is_years(word: &str) -> bool {
    let is_mark = |letter: char| "/-–—().,:".contains(letter);
    let mut numbers = word.split(is_mark).filter(|part| !part.is_empty());
    let is_short = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    numbers.next().is_some_and(|first| year(first).is_some())
        && numbers.all(|part| year(part).is_some() || is_short(part))
}

fn day(word: &str) -> Option<u32> {
    let word = &*ascii(word);
    let digits = word.trim_end_matches(|letter: char| letter.is_alphabetic());
    let suffix = &word[digits.len()..];
    matches!(suffix, "" | "st" | "nd" | "rd" | "th" | "er" | "º")
        .then(|| digits.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_left_out_and_other_numbers_stay() {
        for (text, left) in [
            ("Board 2019/20", "Board"),
            ("2021", ""),
            ("Members (2019–2021), active", "Members active"),
            ("District 5", "District 5"),
            ("Section 501(c)(3)", "Section 501(c)(3)"),
            ("Order 12345", "Order 12345"),
        ] {
            assert_eq!(without_years(text), left, "{text}");
        }
    }

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
            "2022년 10월 9일",
            "2022. 10. 9.",
            "٩ أكتوبر ٢٠٢٢",
            "९ अक्टूबर २०२२",
            "9 באוקטובר 2022",
            "9 Οκτωβρίου 2022",
            "9 Ekim 2022",
            "9. října 2022",
            "9 жовтня 2022",
            "9. Oktober 2022",
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
