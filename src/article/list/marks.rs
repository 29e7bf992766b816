//! A sentence with the marks of its enumerations written as commas, colons and one conjunction, byte for byte in place.

use std::ops::Range;

use crate::language::{self, Language};

/// Marks between members, with the spaces around them.
const BETWEEN: &[&str] = &[" / ", " · ", " • ", " | ", " ∙ ", " ‧ "];

/// What separates members, or opens a list.
const SEPARATORS: [char; 10] = [',', ';', ':', '、', '，', '；', '：', '،', '؛', '–'];

/// The sentence with `(1) A, (2) B`, `A · B · C`, `both A and B`, `president A, treasurer B` as `: A, B`, `A, B, C`, `: A and B` and
/// `A, B`. Every other byte stays where it is, so that places in one are places in the other.
pub(super) fn plain(sentence: &str, language: Option<&Language>) -> String {
    let language = language.or_else(|| Language::of_code("en"));
    let mut plain = Plain(sentence.as_bytes().to_vec());
    enumerators(sentence, language, &mut plain);
    between(sentence, &mut plain);
    if let Some(language) = language {
        paired(sentence, language, &mut plain);
        added(sentence, language, &mut plain);
        offices(sentence, language, &mut plain);
    }
    String::from_utf8(plain.0).unwrap_or_else(|_| sentence.to_owned())
}

struct Plain(Vec<u8>);

impl Plain {
    /// Writes `text` at the beginning of a stretch, and spaces into the rest.
    fn write(&mut self, range: Range<usize>, text: &str) {
        if text.len() > range.len() {
            return;
        }
        if let Some(stretch) = self.0.get_mut(range) {
            stretch.fill(b' ');
            for (byte, own) in stretch.iter_mut().zip(text.bytes()) {
                *byte = own;
            }
        }
    }
}

/// How members are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    Digits,
    Letters,
    Roman,
    Circled,
}

/// Where a member's number is, and its value in each way of counting that it may belong to.
struct Enumerator {
    range: Range<usize>,
    values: Vec<(Count, u32)>,
}

fn enumerators(sentence: &str, language: Option<&Language>, plain: &mut Plain) {
    let all: Vec<Enumerator> = sentence
        .char_indices()
        .filter_map(|(at, _)| enumerator_at(sentence, at))
        .collect();
    let in_order = |count: Count| {
        let mut next = 1;
        let mut run = Vec::new();
        for it in &all {
            if it.values.contains(&(count, next)) {
                run.push(it.range.clone());
                next += 1;
            }
        }
        run
    };
    let runs = [Count::Digits, Count::Letters, Count::Roman, Count::Circled].map(in_order);
    let Some(run) = runs
        .into_iter()
        .max_by_key(Vec::len)
        .filter(|run| run.len() >= 2)
    else {
        return;
    };
    for (at, range) in run.into_iter().enumerate() {
        let before = sentence[..range.start].trim_end();
        let word = before.rsplit(' ').next().unwrap_or_default().to_lowercase();
        let joined = language.is_some_and(|it| it.grammar.and.contains(&word)) || word == "or";
        let parted = before.is_empty() || before.ends_with(SEPARATORS) || joined;
        let mark = match (parted, at) {
            (true, _) => "",
            (false, 0) => ":",
            (false, _) => ",",
        };
        plain.write(range, mark);
    }
}

/// `(1)`, `b)`, `iv)`, `③` at a place where a word begins.
fn enumerator_at(sentence: &str, at: usize) -> Option<Enumerator> {
    let before = sentence[..at].chars().next_back();
    let begins =
        before.is_none_or(|it| it.is_whitespace() || SEPARATORS.contains(&it) || it >= '\u{2e80}');
    let rest = &sentence[at..];
    let first = rest.chars().next()?;
    if let Some(value) = u32::from(first)
        .checked_sub(u32::from('①'))
        .filter(|value| *value < 20)
    {
        return Some(Enumerator {
            range: at..at + first.len_utf8(),
            values: vec![(Count::Circled, value + 1)],
        });
    }
    if !begins {
        return None;
    }
    let open = if matches!(first, '(' | '（') {
        first.len_utf8()
    } else {
        0
    };
    let body = &rest[open..];
    let length = body.find([')', '）'])?;
    let (text, close) = (&body[..length], body[length..].chars().next()?);
    let end = at + open + length + close.len_utf8();
    let spaced = close == '）' || sentence[end..].starts_with(char::is_whitespace);
    let values = values_of(text);
    (spaced && !values.is_empty()).then_some(Enumerator {
        range: at..end,
        values,
    })
}

fn values_of(text: &str) -> Vec<(Count, u32)> {
    const ROMAN: [&str; 12] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii",
    ];
    let mut values = Vec::new();
    if text.len() <= 2
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(value) = text.parse()
    {
        values.push((Count::Digits, value));
    }
    let lower = text.to_lowercase();
    if let [letter @ b'a'..=b'z'] = lower.as_bytes() {
        values.push((Count::Letters, u32::from(letter - b'a') + 1));
    }
    let roman = (1..).zip(ROMAN).find(|(_, it)| **it == lower);
    values.extend(roman.map(|(value, _)| (Count::Roman, value)));
    values
}

fn between(sentence: &str, plain: &mut Plain) {
    for mark in BETWEEN {
        let all: Vec<usize> = sentence.match_indices(mark).map(|it| it.0).collect();
        if all.len() >= 2 {
            for at in all {
                plain.write(at..at + mark.len(), ",");
            }
        }
    }
}

/// `both A and B`: a colon and one conjunction.
fn paired(sentence: &str, language: &Language, plain: &mut Plain) {
    const LONGEST: usize = 12;
    let Some(and) = language.grammar.and.first() else {
        return;
    };
    for pair in &language.list.pairing {
        let Some((open, close)) = pair.split_once(" | ") else {
            continue;
        };
        for first in words(sentence, open) {
            let rest = &sentence[first.end..];
            let Some(second) = words(rest, close).into_iter().next() else {
                continue;
            };
            // A clause between them is no name.
            if rest[..second.start].split_whitespace().count() > LONGEST {
                continue;
            }
            let begins = sentence[..first.start].trim().is_empty();
            plain.write(first.clone(), if begins { "" } else { ":" });
            plain.write(first.end + second.start..first.end + second.end, and);
        }
    }
}

/// `A as well as B`: the plain conjunction.
fn added(sentence: &str, language: &Language, plain: &mut Plain) {
    let Some(and) = language.grammar.and.first() else {
        return;
    };
    for phrase in &language.list.adding {
        for range in words(sentence, phrase) {
            if !sentence[..range.start].trim_end().ends_with(SEPARATORS) {
                plain.write(range, and);
            }
        }
    }
}

/// `president A, treasurer B`: an office before each name is no part of it.
fn offices(sentence: &str, language: &Language, plain: &mut Plain) {
    let mut all: Vec<Range<usize>> = Vec::new();
    for office in &language.list.roles {
        let before_name = words(sentence, office).into_iter().filter(|range| {
            let rest = &sentence[range.end..];
            rest.starts_with(' ') && rest[1..].starts_with(char::is_uppercase)
        });
        all.extend(before_name);
    }
    if all.len() >= 2 {
        for range in all {
            plain.write(range, "");
        }
    }
}

/// Where a phrase stands as whole words, in its own spelling.
fn words(sentence: &str, phrase: &str) -> Vec<Range<usize>> {
    let unspaced = phrase.starts_with(language::is_unspaced);
    let all = sentence
        .match_indices(phrase)
        .map(|(at, _)| at..at + phrase.len());
    all.filter(|range| {
        let before = sentence[..range.start].chars().next_back();
        let after = sentence[range.end..].chars().next();
        let apart = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
        unspaced || (apart(before) && apart(after))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enumerations_are_written_with_commas_in_place() {
        for (language, given, want) in [
            (
                "en",
                "It runs (1) Alder, (2) Birch and (3) Cedar.",
                "It runs :   Alder,     Birch and     Cedar.",
            ),
            ("en", "By (a) Alder (b) Birch.", "By :   Alder ,   Birch."),
            (
                "en",
                "a 501(c)(3) group in (2) parts",
                "a 501(c)(3) group in (2) parts",
            ),
            ("en", "Alder / Birch / Cedar", "Alder,  Birch,  Cedar"),
            ("en", "Alder / Birch", "Alder / Birch"),
            (
                "en",
                "led by both Alder and Birch",
                "led by :    Alder and Birch",
            ),
            ("en", "Alder as well as Birch", "Alder and        Birch"),
            (
                "de",
                "sowohl von Ahorn als auch vom Birkenhof",
                "       von Ahorn und      vom Birkenhof",
            ),
            ("ja", "①灯台財団②長橋協会", "   灯台財団,  長橋協会"),
        ] {
            let plain = plain(given, Language::of_code(language));
            assert_eq!(plain, want);
            assert_eq!(plain.len(), given.len());
        }
    }
}
