//! Lists with semicolons between members, each with its description: `A, a lender; groups B and C; and D, which does that`.

use super::{Found, STRONG};
use crate::{
    article::{name, role, split, words},
    language::legal_forms,
    profile::ListedName,
};

/// The list of a sentence, with semicolons between its members.
pub(super) fn find(sentence: &str) -> Option<Found> {
    let parts = split::parted_by(sentence, ';');
    if parts.len() < 2 {
        return None;
    }
    let first = parts.first()?.clone();
    let (start, strong) = introduced(&sentence[first.clone()]);
    let start = first.start + start?;
    let mut names: Vec<ListedName> = Vec::new();
    let mut left_out = Vec::new();
    let mut read = 0;
    let mut described = 0;
    for part in std::iter::once(start..first.end).chain(parts.iter().skip(1).cloned()) {
        let text = sentence[part].trim().trim_end_matches('.');
        if split::is_rest(text) {
            continue;
        }
        let found = names_of(text);
        described += usize::from(text.contains(','));
        if found.is_empty() {
            left_out.push(text.to_owned());
        } else {
            read += 1;
            names.extend(found);
            left_out.extend(beside(text));
        }
    }
    let parts = parts.len();
    let enough = read >= 2 && read * 3 >= parts * 2;
    // "The group met; the board, its owner, left": a weak word needs members that each have a description.
    let sure = strong || (read >= 3 && described * 2 >= parts);
    if !(enough && sure) {
        return None;
    }
    let range = start..sentence.trim_end_matches('.').len();
    Some(Found {
        relation: role::relation(sentence, &range, true),
        range,
        names,
        left_out,
        complete: None,
    })
}

/// What is behind the first comma of a member, where it could be a member as well: `Zorp, Alder House`.
pub(super) fn beside(member: &str) -> Vec<String> {
    let rest = split::pieces(member).into_iter().skip(1);
    let rest = rest.map(|it| member[it].trim());
    let named = |text: &&str| {
        let topic = text.split(' ').all(words::is_topic);
        let led = split::is_led(text);
        name::is_name(text)
            && !topic
            && !led
            && !words::is_place(text)
            && !legal_forms::is_appended(text)
    };
    rest.filter(named).map(str::to_owned).collect()
}

/// Where the first member begins in the first part, and whether the word before it only introduces lists.
fn introduced(first: &str) -> (Option<usize>, bool) {
    let behind = |word: &str| {
        first
            .match_indices(word)
            .filter(|index| {
                let end = index.0 + word.len();
                first[..index.0].ends_with(' ') && first[end..].starts_with([' ', ':'])
            })
            .map(|index| index.0 + word.len())
            .map(|at| at + first[at..].len() - first[at..].trim_start_matches([':', ' ']).len())
            .find(|it| !names_of(&first[*it..]).is_empty())
    };
    let strong = STRONG.split('|').filter_map(behind).min();
    if strong.is_some() {
        return (strong, true);
    }
    if let Some(colon) = first.rfind(": ")
        && !names_of(&first[colon + 2..]).is_empty()
    {
        return (Some(colon + 2), true);
    }
    let weak = ["are", "were", "with", "from", "by"];
    (weak.into_iter().filter_map(behind).min(), false)
}

/// The names of one member: the text before its first comma, and after the words that describe it.
fn names_of(text: &str) -> Vec<ListedName> {
    let text = text.trim();
    let text = words::LEADS
        .iter()
        .find_map(|lead| text.strip_prefix(lead))
        .unwrap_or(text);
    if let Some(item) = split::item(text) {
        return match &item {
            ListedName::One(name) if name.contains(" and ") => split::part_at_and(name, false),
            _ => vec![item],
        };
    }
    let head = split::pieces(text)
        .first()
        .map_or("", |piece| text[piece.clone()].trim());
    // "major speech groups Issue Two and Represent.It": names after the words that describe them.
    let Some(at) = name::ending(head).filter(|ending| *ending > 0) else {
        return Vec::new();
    };
    let lower = head[..at]
        .split_whitespace()
        .all(|word| word.starts_with(char::is_lowercase));
    let named = lower && name::is_name(&head[at..]);
    if !named {
        return Vec::new();
    }
    let plural = head[..at].trim_end().ends_with('s');
    split::part_at_and(&head[at..], plural)
}
