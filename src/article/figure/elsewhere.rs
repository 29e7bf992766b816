//! Figures in sentences of other languages than English: a number and the word after it.

use std::ops::Range;

use crate::language::{Language, dates, numbers};

/// Characters that separate the digits of one number.
const INNER: [char; 4] = ['.', ',', '\u{a0}', '\u{202f}'];

/// The figures of a sentence, as byte ranges.
pub(super) fn find(sentence: &str, language: &Language) -> Vec<Range<usize>> {
    let unspaced = matches!(language.code, "zh" | "ja");
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = sentence[at..].find(|character: char| character.is_ascii_digit()) {
        let start = at + offset;
        let end = number_end(sentence, start);
        at = end;
        let word = sentence[..start].ends_with(char::is_alphanumeric) && !unspaced;
        let date = dates::leading(&sentence[start..]).is_some();
        if word || date || is_ordinal(sentence, end) {
            continue;
        }
        let money = sentence[..start].ends_with(['$', '€', '£', '¥']);
        let from = if money {
            start
                - sentence[..start]
                    .chars()
                    .next_back()
                    .map_or(0, char::len_utf8)
        } else {
            start
        };
        let year = sentence[start..end].len() == 4
            && sentence[start..end]
                .parse()
                .is_ok_and(|number: u32| (1700..2200).contains(&number));
        let unit = if unspaced {
            counter(sentence, end)
        } else {
            word_behind(sentence, end, language)
        };
        match unit {
            Some(unit) if !year => {
                found.push(from..unit);
                at = unit;
            }
            None if money => found.push(from..end),
            _ => {}
        }
    }
    found
}

/// Where a number ends: `1.250`, `1 250`, `2,5`.
fn number_end(sentence: &str, start: usize) -> usize {
    let mut end = start;
    let mut marks = sentence[start..].char_indices().peekable();
    while let Some((at, character)) = marks.next() {
        let next = marks.peek().map(|mark| mark.1);
        let inner = INNER.contains(&character) && next.is_some_and(|next| next.is_ascii_digit());
        if character.is_ascii_digit() {
            end = start + at + 1;
        } else if !(inner || character == ' ' && thousands(&sentence[start + at + 1..])) {
            break;
        }
    }
    end
}

/// Whether exactly three digits follow, as after the space in `1 250`.
fn thousands(rest: &str) -> bool {
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    digits == 3
}

/// `2.`, `3º`, `21st`: a number of order.
fn is_ordinal(sentence: &str, end: usize) -> bool {
    let rest = &sentence[end..];
    rest.starts_with(['º', 'ª', '°'])
        || (rest.starts_with(". ") && rest[2..].starts_with(char::is_lowercase))
}

/// The end of the word that a number counts, with the scale before it: `2,5 Millionen Euro`.
fn word_behind(sentence: &str, end: usize, language: &Language) -> Option<usize> {
    let rest = &sentence[end..];
    if let Some(percent) = rest.strip_prefix('%').or_else(|| rest.strip_prefix(" %")) {
        return Some(sentence.len() - percent.len());
    }
    let body = rest.strip_prefix([' ', '\u{a0}', '-'])?;
    let mut at = sentence.len() - body.len();
    for _ in 0..3 {
        let word: &str = sentence[at..]
            .split(|letter: char| !(letter.is_alphabetic() || matches!(letter, '-' | '’' | '\'')))
            .next()
            .unwrap_or_default();
        let lower = word.to_lowercase();
        if matches!(word, "€" | "$") || sentence[at..].starts_with(['€', '$', '£']) {
            return Some(at + sentence[at..].chars().next().map_or(0, char::len_utf8));
        }
        if word.is_empty()
            || language.grammar.and.contains(&lower)
            || language.list.stops.contains(&lower)
            || dates::is_month(&lower)
        {
            return None;
        }
        if super::is_time(&lower) {
            return None;
        }
        at += word.len();
        if numbers::scale(&lower, Some(language.code)).is_none() {
            return Some(at);
        }
        // "2,5 millions d’euros", "3 millones de personas"
        let tail = &sentence[at..];
        let small = [" de ", " d’", " d'", " di ", " "];
        match small.iter().find(|prefix| tail.starts_with(**prefix)) {
            Some(joint) => at += joint.len(),
            None => return Some(at),
        }
    }
    Some(at)
}

/// The end of a counter and what it counts, in scripts without spaces: `61个国家`, `61か国`.
fn counter(sentence: &str, end: usize) -> Option<usize> {
    const LONGEST: usize = 5;
    let (end, rest) = match sentence[end..].strip_prefix('の') {
        // "38の市町村"
        Some(rest) => (end + 'の'.len_utf8(), rest),
        None => (end, &sentence[end..]),
    };
    if rest.starts_with(['年', '月', '日', '世']) {
        return None;
    }
    let mut length = 0;
    for character in rest.chars().take(LONGEST) {
        let particle = matches!(
            character,
            'で' | 'に'
                | 'の'
                | 'が'
                | 'を'
                | 'は'
                | 'と'
                | 'も'
                | '和'
                | '的'
                | '在'
                | '工'
                | '开'
                | '設'
                | '设'
                | '，'
                | '。'
                | '、'
        );
        if particle || !character.is_alphabetic() {
            break;
        }
        length += character.len_utf8();
    }
    (length > 0).then_some(end + length)
}
