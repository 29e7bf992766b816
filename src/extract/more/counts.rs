//! How many there are, as a heading or structured data says: "Our 12 members", `numberOfItems`.

use super::{more, numbers};
use crate::{
    html::Flow,
    language::Lexicon,
    reading::{More, MoreKind},
};

/// The count in a heading of members, partners and the like; the list under it may have fewer.
pub(super) fn in_headings(flow: &Flow) -> impl Iterator<Item = More> {
    flow.headings.iter().filter_map(move |heading| {
        let text = &flow.text[heading.range.clone()];
        counted(text, heading.range.start, "its heading")
    })
}

/// The same in a line of a few words: "12 partners", "Members: 12".
pub(super) fn in_line(line: &str, at: usize) -> Option<More> {
    const MOST_WORDS: usize = 4;
    let is_short = line.split_whitespace().count() <= MOST_WORDS;
    is_short.then(|| counted(line, at, "it")).flatten()
}

/// A text with one number, and words that say that names are counted.
fn counted(text: &str, start: usize, speaker: &str) -> Option<More> {
    let all = numbers(text);
    let [(count, at)] = &all[..] else {
        return None;
    };
    let is_alone = |letter: Option<char>| {
        letter.is_none_or(|letter| matches!(letter, ' ' | '(' | ')' | '[' | ']' | ':' | '\u{a0}'))
    };
    let alone =
        is_alone(text[..at.start].chars().next_back()) && is_alone(text[at.end..].chars().next());
    let fits = (2..1_000).contains(count) && alone;
    (fits && Lexicon::heading(&text.to_lowercase()).relation).then(|| More {
        total: Some(*count),
        ..more(
            MoreKind::Count,
            format!("{speaker} says \"{}\"", crate::text::one_line(text)),
            Some(start),
        )
    })
}

/// The number of items of a list in structured data (schema.org, `ItemList`).
pub(super) fn in_data(script: &str) -> Option<More> {
    let (_, rest) = script.split_once("\"numberOfItems\"")?;
    let rest = rest.trim_start().strip_prefix(':')?;
    let digits: String = rest
        .trim_start_matches([' ', '"', '\n'])
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let total = digits.parse().ok().filter(|it| *it > 1)?;
    Some(More {
        total: Some(total),
        ..more(
            MoreKind::Attribute,
            format!("its structured data says numberOfItems {total}"),
            None,
        )
    })
}
