//! Quoted phrases in running prose.

use std::ops::Range;

use crate::{language::Language, text::one_line};

/// A quoted phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its bytes, quotation marks included.
    pub(super) range: Range<usize>,
    /// The words, without the marks and without the comma or full stop that only American spelling puts inside.
    pub(super) exact: String,
}

/// Languages that write names of organizations and periodicals in quotation marks.
const NAMING: &[&str] = &["ru", "uk", "pl"];

/// The quoted phrases of `text` that are quotations, in order; names in quotation marks are left out.
pub(super) fn said(text: &str, language: Option<&Language>) -> Vec<Found> {
    let mut found = find(text);
    if language.is_some_and(|language| NAMING.contains(&language.code)) {
        found.retain(|it| !is_named(text, it));
    }
    found
}

/// `«Степная газета» писала`: few words that begin with a capital, without a mark of speech beside them.
fn is_named(text: &str, found: &Found) -> bool {
    const LONGEST: usize = 4;
    const SPEAKING: [char; 6] = [':', '—', '–', '-', ',', '.'];
    let before = text[..found.range.start].trim_end();
    let after = text[found.range.end..].trim_start();
    found.exact.starts_with(char::is_uppercase)
        && found.exact.split(' ').count() <= LONGEST
        && !found.exact.ends_with(['!', '?', '…'])
        && !before.ends_with([':', '—', '–', '-'])
        && (!before.is_empty() || !after.starts_with(SPEAKING))
}

/// The quoted phrases of `text`, in order; a quotation within a quotation is part of it.
fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let single = !text.contains(['“', '"', '«', '„', '」']);
    // »so« in German books, «ainsi» in most others: the first of the two marks decides.
    let inverted = match (text.find('»'), text.find('«')) {
        (Some(close), Some(open)) => close < open,
        _ => false,
    };
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let inside = at + character.len_utf8();
        let end = match character {
            '„' => closing(text, inside, '„', &['“', '”']),
            '“' => closing(text, inside, '“', &['”']),
            '»' if inverted => closing(text, inside, '»', &['«']),
            '«' if !inverted => closing(text, inside, '«', &['»']),
            '「' => closing(text, inside, '「', &['」']),
            // Swedish and Finnish open and close with one mark.
            '”' if !text.contains('“') => text[inside..].find('”').map(|at| inside + at),
            '"' => text[inside..].find('"').map(|at| inside + at),
            '‘' if single => closing_single(text, inside),
            _ => None,
        };
        let Some(end) = end else {
            at = inside;
            continue;
        };
        let close = text[end..].chars().next().map_or(0, char::len_utf8);
        let words = one_line(&text[inside..end]);
        let exact = words.trim_end_matches([',', '.', ';', ':', ' ', '。']);
        let defined = text[..at].trim_end().ends_with('(') || text[..at].ends_with("(the ");
        if exact
            .chars()
            .filter(|letter| letter.is_alphabetic())
            .count()
            >= 2
            && !defined
        {
            found.push(Found {
                range: at..end + close,
                exact: exact.to_owned(),
            });
        }
        at = end + close;
    }
    found
}

fn closing(text: &str, from: usize, open: char, close: &[char]) -> Option<usize> {
    let mut depth = 1;
    for (at, character) in text[from..].char_indices() {
        if close.contains(&character) {
            depth -= 1;
            if depth == 0 {
                return Some(from + at);
            }
        } else if character == open {
            depth += 1;
        }
    }
    // One mark too many inside: the nearest closing one will do.
    text[from..].find(close).map(|text| from + text)
}

/// `’` closes only where no letter follows: elsewhere it is an apostrophe. So it is after a plural's `s` that a word
/// follows, where another mark is left to close.
fn closing_single(text: &str, from: usize) -> Option<usize> {
    let marks: Vec<usize> = text[from..]
        .match_indices('’')
        .map(|index| from + index.0)
        .filter(|at| !text[at + '’'.len_utf8()..].starts_with(char::is_alphanumeric))
        .collect();
    let plural = |at: usize| {
        let after = text[at + '’'.len_utf8()..].strip_prefix(' ');
        text[..at].ends_with('s')
            && after.is_some_and(|after| after.starts_with(char::is_lowercase))
    };
    let opened_again = |at: usize, next: usize| text[at..next].contains('‘');
    marks
        .iter()
        .zip(marks.iter().skip(1).map(Some).chain([None]))
        .find(|(at, next)| !plural(**at) || next.is_none_or(|next| opened_again(**at, *next)))
        .map(|mark| *mark.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Vec<String> {
        find(text).into_iter().map(|it| it.exact).collect()
    }

    #[test]
    fn quotations_lose_their_marks_and_the_comma_inside() {
        assert_eq!(
            exact("on “taking turns,” “open doors,” and \"clear rules.\""),
            ["taking turns", "open doors", "clear rules"]
        );
        assert_eq!(
            exact("They call it ‘the members’ house’, plainly."),
            ["the members’ house"]
        );
        assert_eq!(
            exact("“a plan of ‘small steps’ only”"),
            ["a plan of ‘small steps’ only"]
        );
    }

    #[test]
    fn definitions_and_apostrophes_are_no_quotations() {
        assert_eq!(
            exact("The Alder House (“House”) and the group’s members’ own"),
            Vec::<String>::new()
        );
    }
}
