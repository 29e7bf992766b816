//! Stretches between the names of a list that are not names: descriptions, offices, words in small letters.

use std::ops::Range;

use super::led_beginning;
use crate::{
    article::{
        name, split,
        words::{self, holds},
    },
    language::legal_forms,
};

/// Whether a stretch in small letters is between names of the list, so that the list continues after it.
pub(super) fn stays_open(sentence: &str, pieces: &[Range<usize>], index: usize) -> bool {
    const LONGEST: usize = 7;
    let text = |at: usize| {
        pieces
            .get(at)
            .map_or("", |piece| sentence[piece.clone()].trim())
    };
    let own = text(index);
    if split::is_led(own) || own.split(' ').count() > LONGEST {
        return false;
    }
    for next in index + 1..pieces.len() {
        let piece = text(next);
        let led = split::is_led(piece);
        if name::is_name(piece) || (led && led_beginning(piece).is_some()) {
            return true;
        }
        if led || piece.split(' ').count() > LONGEST {
            return false;
        }
    }
    false
}

/// Words that describe a person's work in an organization.
const OFFICES: &str = "\
    president chair chairman chairwoman chairperson co-chair director treasurer secretary ceo cfo coo \
    founder co-founder cofounder vice-president trustee counsel manager officer dean rector editor \
    member head advisor adviser coordinator executive";

/// `treasurer`, `vice president`, `executive director of the fund`: what the person before it is.
pub(super) fn is_office(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let lower =
        text.starts_with(char::is_lowercase) || text.chars().take(3).all(char::is_uppercase);
    lower
        && words.len() <= 7
        && words
            .iter()
            .take(4)
            .any(|word| holds(OFFICES, &word.to_lowercase()))
}

/// Whether a text is an office with the word that leads it.
pub(super) fn is_led_office(text: &str) -> bool {
    words::LEADS
        .iter()
        .find_map(|lead| text.strip_prefix(lead))
        .is_some_and(is_office)
}

/// `since 2020`, `until May 2019`: when the name beside it was added.
pub(super) fn is_dated(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let year = |text: &&str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    words.len() <= 4 && text.starts_with(char::is_lowercase) && words.last().is_some_and(year)
}

/// Whether a text is a remark.
pub(super) fn is_aside(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    matches!(
        first,
        "a" | "an"
            | "which"
            | "who"
            | "whose"
            | "formerly"
            | "now"
            | "led"
            | "based"
            | "where"
            | "founded"
            | "headed"
            | "run"
            | "funded"
            | "one"
            | "another"
            | "itself"
            | "previously"
            | "then"
    ) || (first == "the"
        && text
            .split(' ')
            .nth(1)
            .is_some_and(|word| word.starts_with(char::is_lowercase)))
}

/// The pieces of a list that are not names and do not describe the name before them.
pub(super) fn left_out(stretch: &str) -> Vec<String> {
    let pieces = split::pieces(stretch);
    let texts = pieces.into_iter().map(|piece| stretch[piece].trim());
    texts
        .filter(|text| {
            let named =
                name::is_name(text) || legal_forms::is_appended(text) || split::is_rest(text);
            let tail = text
                .split_once(" and ")
                .is_some_and(|parts| name::is_name(parts.1));
            let led = split::is_led(text) && led_beginning(text).is_some();
            let joint = text.is_empty() || *text == "and" || is_dated(text);
            !(joint || named || tail || led || is_aside(text) || is_office(text))
        })
        .map(str::to_owned)
        .collect()
}

/// `and Asian communities`: the last word is an adjective of what follows, no name.
pub(super) fn is_modifier(name_text: &str, tail: &str) -> bool {
    let bare = name::bare(name_text);
    let next = tail.split([' ', ',', '.']).next().unwrap_or_default();
    let small = [
        "", "in", "to", "for", "on", "at", "as", "by", "with", "from", "since", "during", "have",
        "has", "had", "are", "is", "were", "was", "that", "which", "who", "while", "and", "all",
        "after", "before", "when", "where", "through", "also", "of", "among", "over", "under",
        "into", "but", "each", "both",
    ];
    let word = next.trim_matches(|letter: char| !letter.is_alphabetic());
    let verb =
        word.ends_with("ed") || word.starts_with('(') || word.starts_with(char::is_uppercase);
    !name::is_organization(&bare) && !bare.contains(' ') && !small.contains(&word) && !verb
}
