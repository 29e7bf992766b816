//! Lists of names in sentences of other languages than English, by the words that introduce and join them there.

use std::ops::Range;

use super::Found;
use crate::{article::split, language::Language, profile::ListedName, text::one_line};

/// The most words, or the most characters where words are not parted, that a name has.
const LONGEST: usize = 9;

/// The list of a sentence, if it has one.
pub(super) fn find(sentence: &str, language: &Language) -> Vec<Found> {
    let unspaced = matches!(language.code, "zh" | "ja");
    let strong = starts(sentence, &language.list.introducing, unspaced);
    let weak = starts(sentence, &language.list.joining, unspaced);
    let tries = strong
        .into_iter()
        .map(|it| (it, true))
        .chain(weak.into_iter().map(|it| (it, false)));
    let mut best: Option<Found> = None;
    for (start, strong) in tries {
        let Some(found) = list_from(sentence, start, strong, language) else {
            continue;
        };
        if best
            .as_ref()
            .is_none_or(|it| found.names.len() > it.names.len())
        {
            best = Some(found);
        }
    }
    best.into_iter().collect()
}

/// The bytes behind each phrase.
fn starts(sentence: &str, phrases: &[String], unspaced: bool) -> Vec<usize> {
    let lower = sentence.to_lowercase();
    if lower.len() != sentence.len() {
        return Vec::new();
    }
    let mut found: Vec<usize> = Vec::new();
    for phrase in phrases {
        for (at, _) in lower.match_indices(phrase.as_str()) {
            let end = at + phrase.len();
            let edges = unspaced
                || (!lower[..at].ends_with(char::is_alphanumeric)
                    && lower[end..].starts_with([' ', ':', '\u{a0}']));
            if edges && !found.contains(&end) {
                found.push(end);
            }
        }
    }
    found.sort_unstable();
    found
}

fn list_from(sentence: &str, start: usize, strong: bool, language: &Language) -> Option<Found> {
    let mut end = sentence
        .trim_end_matches(['.', '。', '!', '؟', ' ', '！'])
        .len();
    let mut closed = false;
    for closing in &language.list.closing {
        let body = sentence.get(start..end)?;
        if let Some(at) = body.rfind(closing.as_str()) {
            end = end.min(start + at);
            closed = true;
        }
    }
    // Where the verb comes last, words without it are no list.
    if language.code == "ja" && !closed {
        return None;
    }
    let body = sentence.get(start..end)?;
    let lead = body.len() - body.trim_start_matches([':', '：', ' ', '\u{a0}']).len();
    let range = start + lead..end;
    let body = sentence.get(range.clone())?;
    let pieces = pieces(body, language);
    if pieces.len() < if strong { 2 } else { 3 } {
        return None;
    }
    let mut names = Vec::new();
    let mut left_out = Vec::new();
    let mut closed_at = range.end;
    let count = pieces.len();
    for (at, piece) in pieces.into_iter().enumerate() {
        let text = body.get(piece.clone()).unwrap_or_default();
        if is_open(text, language) {
            continue;
        }
        match name_of(text, at + 1 == count, language) {
            Some((name, length)) => {
                if at + 1 == count {
                    closed_at = range.start + piece.start + length;
                }
                names.push(ListedName::One(name));
            }
            None => left_out.push(one_line(text)),
        }
    }
    let enough = names.len() >= 2 && names.len() * 3 >= (names.len() + left_out.len()) * 2;
    let range = range.start..closed_at;
    enough.then(|| Found {
        relation: relation(sentence, range.start, language),
        complete: Some(!says_open(sentence, language)),
        range,
        names,
        left_out,
    })
}

/// Whether a sentence says that its list is not whole.
fn says_open(sentence: &str, language: &Language) -> bool {
    let lower = sentence.to_lowercase();
    language
        .list
        .partial
        .iter()
        .any(|it| lower.contains(it.as_str()))
}

fn is_open(piece: &str, language: &Language) -> bool {
    let piece = piece.trim().trim_end_matches('.').to_lowercase();
    language.list.partial.contains(&piece)
}

/// The members' bytes: parted by commas of any script, the last one by a conjunction.
fn pieces(body: &str, language: &Language) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, character) in body.char_indices() {
        match character {
            '(' | '（' | '«' | '„' | '“' | '「' | '『' | '《' => depth += 1,
            ')' | '）' | '»' | '”' | '」' | '』' | '》' => depth = (depth - 1).max(0),
            _ => {}
        }
        if depth == 0 && matches!(character, ',' | '、' | '，' | '،' | ';' | '；' | '؛') {
            found.push(start..at);
            start = at + character.len_utf8();
        }
    }
    let last = start..body.len();
    found.extend(joined(body, last, found.is_empty(), language));
    if language.code == "ar" {
        // The conjunction is written together with the word behind it.
        for piece in &mut found {
            let text = body.get(piece.clone()).unwrap_or_default();
            let lead = text.len() - text.trim_start().len();
            let rest = &text[lead..];
            if let Some(bare) = rest.strip_prefix('و')
                && bare.chars().count() > 3
                && piece.start > 0
            {
                piece.start += lead + 'و'.len_utf8();
            }
        }
    }
    found
}

/// The last stretch, cut at its conjunction.
fn joined(body: &str, last: Range<usize>, only: bool, language: &Language) -> Vec<Range<usize>> {
    let text = body.get(last.clone()).unwrap_or_default();
    let spaced = !matches!(language.code, "zh" | "ja");
    if language.code == "ar" {
        let mut cuts = vec![last.start];
        cuts.extend(text.match_indices(" و").map(|it| last.start + it.0 + 1));
        cuts.push(last.end);
        return cuts.windows(2).map(|it| it[0]..it[1]).collect();
    }
    for and in &language.grammar.and {
        let joint = if spaced {
            format!(" {and} ")
        } else {
            and.clone()
        };
        // Behind a comma the conjunction stands first: "A, B, und C".
        if !only && spaced && text.trim_start().starts_with(&format!("{and} ")) {
            let lead = text.len() - text.trim_start().len() + and.len() + 1;
            return std::iter::once(last.start + lead..last.end).collect();
        }
        if let Some(at) = text.rfind(joint.as_str()) {
            return vec![
                last.start..last.start + at,
                last.start + at + joint.len()..last.end,
            ];
        }
    }
    vec![last]
}

/// The name of a piece, and its length in the piece; the last one may go on with words that are not the name's.
fn name_of(piece: &str, last: bool, language: &Language) -> Option<(String, usize)> {
    let lead = piece.len() - piece.trim_start().len();
    let mut text = piece.trim();
    let mut skipped = lead;
    let before = text.len();
    for phrase in &language.list.partial {
        if let Some(rest) = text.strip_prefix(phrase.as_str()) {
            text = rest.trim_start();
        }
    }
    loop {
        let lower = text.to_lowercase();
        let article = language.grammar.articles.iter().find_map(|it| {
            let rest = lower.strip_prefix(it.as_str())?;
            let glued = it.ends_with(['’', '\'']);
            let lower_here = text.starts_with(char::is_lowercase);
            (lower_here && (glued || rest.starts_with(' '))).then_some(it.len())
        });
        match article.and_then(|it| text.get(it..)) {
            Some(rest) => text = rest.trim_start(),
            None => break,
        }
    }
    skipped += before - text.len();
    let spaced = !matches!(language.code, "zh" | "ja");
    let mut end = text.len();
    if last && spaced {
        let mut at = 0;
        for (count, word) in text.split(' ').enumerate() {
            let plain = word
                .trim_matches(|it: char| !it.is_alphanumeric())
                .to_lowercase();
            let stop = count > 0
                && word.starts_with(char::is_lowercase)
                && language.list.stops.contains(&plain);
            if stop {
                end = at;
                break;
            }
            at += word.len() + 1;
        }
    }
    let text = text.get(..end.min(text.len()))?.trim_end();
    let quoted = text.starts_with(['«', '„', '“', '「', '《', '"']);
    let name = split::unquoted(text);
    let first = name.chars().next()?;
    let words = if spaced {
        name.split(' ').count()
    } else {
        name.chars().count() / 4
    };
    let named = quoted
        || first.is_uppercase()
        || first.is_ascii_digit()
        || (first.is_alphabetic() && !first.is_lowercase());
    (named && words <= LONGEST && name.chars().count() >= 2)
        .then(|| (one_line(&name), skipped + text.len()))
}

/// The words before the list, as far as they say what its members are.
fn relation(sentence: &str, start: usize, language: &Language) -> Option<String> {
    let before = sentence.get(..start)?.trim();
    let plain = one_line(before.trim_end_matches([':', '：']));
    let spaced = !matches!(language.code, "zh" | "ja");
    let words: Vec<&str> = if spaced {
        plain.split(' ').collect()
    } else {
        return (plain.chars().count() <= 24 && !plain.is_empty()).then_some(plain);
    };
    (!plain.is_empty() && words.len() <= 8).then(|| plain.to_lowercase())
}
