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
        let all = numbers(text);
        let [(count, at)] = &all[..] else {
            return None;
        };
        let is_alone = |letter: Option<char>| {
            letter
                .is_none_or(|letter| matches!(letter, ' ' | '(' | ')' | '[' | ']' | ':' | '\u{a0}'))
        };
        let alone = is_alone(text[..at.start].chars().next_back())
            && is_alone(text[at.end..].chars().next());
        let fits = (2..1_000).contains(count) && alone;
        (fits && Lexicon::heading(&text.to_lowercase()).relation).then(|| More {
            total: Some(*count),
            ..more(
                MoreKind::Count,
                format!("its heading says \"{}\"", crate::text::one_line(text)),
                Some(heading.range.start),
            )
        })
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
