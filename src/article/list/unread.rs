//! What looks like a list of names and was not read as one: nothing of it may be lost in silence.

use std::ops::Range;

use super::{Found, STRONG, elsewhere, marks, open::word_ends};
use crate::{
    article::{
        name, split,
        words::{self, holds},
    },
    language::{Language, Lexicon, dates, legal_forms, mark},
};

/// The fewest members of a list without a word that introduces it.
const ENOUGH: usize = 3;

/// Words before a list of names that is none: `On Monday, Tuesday`.
const SMALL: usize = 3;

/// Why a sentence looks as if it had a list besides those that were `read`; `cited`: it has a marker.
pub(in crate::article) fn unread(
    sentence: &str,
    language: Option<&Language>,
    read: &[Found],
    cited: bool,
) -> Option<&'static str> {
    let english = language.is_none_or(|language| language.code == "en");
    if english
        && read.is_empty()
        && let Some(why) = looks_like_one(sentence)
    {
        return Some(why);
    }
    let plain = marks::plain(sentence, language);
    let runs = longest_run(&plain, language, read, cited);
    let why = if read.is_empty() {
        "names with commas, and no word that says they are a list"
    } else {
        "names beside the list that was read"
    };
    (runs >= ENOUGH || has_neighbour(&plain, language, read)).then_some(why)
}

/// Whether a name is before the first comma of a list that was read: `Zorp, l’Atelier, la Maison et le Chœur`.
fn has_neighbour(sentence: &str, language: Option<&Language>, read: &[Found]) -> bool {
    read.iter().any(|list| {
        let before =
            sentence[..list.range.start].trim_end_matches(|it: char| !matches!(it, ',' | ';'));
        let between = &sentence[before.len()..list.range.start];
        let Some(before) = before
            .strip_suffix([',', ';'])
            .filter(|_| between.trim().len() <= SMALL)
        else {
            return false;
        };
        let piece = before.rsplit([',', ';']).next().unwrap_or_default();
        let first = piece.split_whitespace().next().unwrap_or_default();
        let lower = first.to_lowercase();
        let small = language.map_or_else(
            || holds(super::ADVERBIAL, first),
            |it| {
                let grammar = &it.grammar;
                let small = [
                    &grammar.common,
                    &grammar.small,
                    &it.list.stops,
                    &it.list.joining,
                ];
                holds(super::ADVERBIAL, first) || small.iter().any(|it| it.contains(&lower))
            },
        );
        let named = language.is_none_or(Language::is_cased)
            && !piece.contains(|it: char| it.is_ascii_digit());
        !small
            && named
            && cased(piece, true, true).is_some_and(|it| counted(&[it], language, false) == 1)
    })
}

/// Why an English sentence looks like a list of names, where it does.
fn looks_like_one(sentence: &str) -> Option<&'static str> {
    let pieces = split::pieces(sentence);
    let named = |range: &Range<usize>| {
        let text = sentence[range.clone()].trim();
        name::is_name(text)
            && !words::is_place(&name::bare(text))
            && !legal_forms::is_appended(text)
    };
    let run = pieces.iter().filter(|piece| named(piece)).count();
    // "Members: A, B, C": the first follows the colon.
    let first = pieces
        .iter()
        .filter_map(|piece| sentence[piece.clone()].rsplit_once(": "));
    let run = run + first.filter(|(_, text)| name::is_name(text.trim())).count();
    let introduced = STRONG.split('|').any(|word| {
        sentence.match_indices(word).any(|(at, _)| {
            word_ends(sentence, at, word) && sentence[at + word.len()..].contains(',')
        })
    });
    if run >= ENOUGH {
        return Some("names with commas, and no word that says they are a list");
    }
    introduced.then_some("a member in small letters, or a description without an end")
}

/// The most stretches in a row that could be names, outside of the lists that were read.
fn longest_run(sentence: &str, language: Option<&Language>, read: &[Found], cited: bool) -> usize {
    let pieces = conjoined(sentence, language);
    let inside = |piece: &Range<usize>| {
        read.iter()
            .any(|it| piece.start < it.range.end && it.range.start < piece.end)
    };
    let mut longest = 0;
    let mut run: Vec<&str> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let text = &sentence[piece.clone()];
        let follows = at + 1 < pieces.len();
        let member = match language.filter(|it| !it.is_cased()) {
            _ if inside(piece) => None,
            Some(_) => uncased(text, run.is_empty(), follows),
            None => cased(text, run.is_empty(), follows),
        };
        if let Some(member) = member {
            run.push(member);
            continue;
        }
        longest = longest.max(counted(&run, language, cited));
        run.clear();
        // The last words of a piece may be the first name of a run.
        if !inside(piece) && language.is_none_or(Language::is_cased) {
            run.extend(cased(text, true, follows));
        }
    }
    longest.max(counted(&run, language, cited))
}

/// The stretches between commas and conjunctions.
fn conjoined(sentence: &str, language: Option<&Language>) -> Vec<Range<usize>> {
    let english = ["and".to_owned(), "or".to_owned()];
    let ands = language.map_or(&english[..], |it| it.grammar.and.as_slice());
    let mut found = elsewhere::commas(sentence);
    for and in ands {
        let uncased = language.is_some_and(|it| !it.is_cased());
        let joint = match and.chars().count() {
            // Arabic and Hebrew write it before the next word, Korean behind the last one, Chinese and Japanese between two.
            1 if uncased && language.is_some_and(|it| it.code == "ko") => format!("{and} "),
            1 if uncased && !and.starts_with(crate::language::is_unspaced) => format!(" {and}"),
            _ if uncased && and.starts_with(crate::language::is_unspaced) => and.clone(),
            _ => format!(" {and} "),
        };
        found = found
            .into_iter()
            .flat_map(|piece| {
                let mut parts = Vec::new();
                let mut from = piece.start;
                for (at, _) in sentence[piece.clone()].match_indices(joint.as_str()) {
                    parts.push(from..piece.start + at);
                    from = piece.start + at + joint.len();
                }
                parts.push(from..piece.end);
                parts
            })
            .collect();
    }
    found.retain(|piece| !sentence[piece.clone()].trim().is_empty());
    found
}

/// The name that a stretch is; the first of a run ends its stretch, and the last one begins it.
fn cased(text: &str, first: bool, follows: bool) -> Option<&str> {
    const LONGEST: usize = 9;
    let text = text.trim().trim_end_matches(['.', '!', '?']);
    let words: Vec<&str> = text.split_whitespace().collect();
    let carries = |word: &&str| {
        let core = word.trim_start_matches(|it: char| !it.is_alphanumeric());
        let core = core
            .rsplit(['’', '\''])
            .next()
            .filter(|it| it.chars().count() > 1)
            .unwrap_or(core);
        core.starts_with(char::is_uppercase)
            || (core.starts_with(|it: char| it.is_ascii_digit())
                && core.contains(char::is_alphabetic))
            || core.chars().nth(1).is_some_and(char::is_uppercase)
    };
    let begins = words.iter().take(SMALL).position(carries);
    let ends = words.iter().rev().take(2).any(carries);
    let short = words.len() <= LONGEST;
    let small_tail = words.iter().rev().take_while(|word| !carries(word)).count();
    let whole = begins.is_some() && short && small_tail <= SMALL;
    if whole {
        return Some(text);
    }
    if first && follows && ends {
        // "the letter was signed by Alder House"
        let from = words.iter().rposition(|word| !carries(word)).unwrap_or(0);
        return words.get(from + 1).map(|word| {
            let at = text.rfind(word).unwrap_or(0);
            &text[at..]
        });
    }
    (!first && !follows && begins.is_some()).then_some(text)
}

/// The same in scripts without capitals: a few words, or as many letters.
fn uncased(text: &str, first: bool, follows: bool) -> Option<&str> {
    const LONGEST: usize = 4;
    const LETTERS: usize = 14;
    let text = text.trim();
    let unspaced = text.chars().any(crate::language::is_unspaced);
    let short = if unspaced {
        text.chars().count() <= LETTERS
    } else {
        text.split_whitespace().count() <= LONGEST
    };
    let lettered = text.chars().any(char::is_alphabetic);
    (lettered && (short || first || !follows)).then_some(text)
}

/// How many of a run count: none if it is of places, days, or things that nobody cites.
fn counted(run: &[&str], language: Option<&Language>, cited: bool) -> usize {
    let plain = |text: &&&str| {
        let bare = name::bare(text);
        let word = bare.to_lowercase();
        words::is_place(&bare)
            || dates::is_month(&word)
            || Lexicon::word(&word) & mark::CALENDAR != 0
            || !bare.chars().any(char::is_alphabetic)
            || holds("I He She It They We", &bare)
    };
    let names = run.iter().filter(|text| !plain(text)).count();
    let is_sure = |text: &&str| {
        let marked = split::unquoted(text) != *text;
        let telling = text
            .split(' ')
            .collect::<Vec<_>>()
            .windows(2)
            .any(|pair| pair.iter().all(|word| word.starts_with(char::is_uppercase)));
        marked || telling || Lexicon::ends_in_organization(&text.to_lowercase())
    };
    let sure = match language {
        // Nouns of German are written with capitals, and scripts without capitals tell no names.
        Some(language) if language.code == "de" => run.iter().any(is_sure),
        Some(language) if !language.is_cased() => cited || run.iter().any(is_sure),
        _ => true,
    };
    if sure { names } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_names_outside_of_the_lists_that_were_read_is_told() {
        for (language, text, told) in [
            ("en", "Alder House met Birch Fund at noon.", false),
            ("en", "It rained in Kenya, Ghana, Peru and Chile.", false),
            (
                "en",
                "Whatever Oak Lane, Elm Yard, Fir Hill felt was noted.",
                true,
            ),
            ("de", "Dort spielen Kinder, Eltern und Lehrer.", false),
            (
                "de",
                "Genannt wurden Haus Ahorn, Stiftung Birkenhof, Chor Clara.",
                true,
            ),
            (
                "fr",
                "On y a vu l’Atelier du Quai, la Maison Verte, le Chœur.",
                true,
            ),
        ] {
            let language = Language::of_code(language);
            assert_eq!(unread(text, language, &[], false).is_some(), told, "{text}");
        }
    }
}
