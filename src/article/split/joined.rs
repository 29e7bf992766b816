//! Names that must not be divided at their commas: spelled out by their initials, continued after `of`, or sharing one noun.

use super::{OPENING, Part, cut};
use crate::article::{name, words};

/// The plural noun that several names share after the last: `foundations` in `the Bell, Stone, and Mill foundations`.
pub(in crate::article) fn shared_head(tail: &str) -> Option<&str> {
    const HEADS: &[&str] = &[
        "foundations",
        "funds",
        "universities",
        "institutes",
        "colleges",
        "councils",
        "unions",
        "trusts",
        "charities",
        "societies",
        "associations",
        "centers",
        "centres",
        "leagues",
        "banks",
        "churches",
        "clubs",
        "networks",
        "coalitions",
    ];
    let word = tail
        .split(|letter: char| !letter.is_alphabetic())
        .next()
        .unwrap_or_default();
    HEADS.contains(&word).then_some(word)
}

/// A shared noun as the end of one name: `Foundation`.
fn singular(head: &str) -> String {
    let stem = if let Some(stem) = head.strip_suffix("ies") {
        format!("{stem}y")
    } else if let Some(stem) = head.strip_suffix("ches") {
        format!("{stem}ch")
    } else {
        head.trim_end_matches('s').to_owned()
    };
    let mut letters = stem.chars();
    letters
        .next()
        .map(|letter| letter.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Gives each name of `the Bell, Stone, and Mill foundations` its noun: from the last article on, or all of them.
pub(super) fn with_shared_head(stretch: &str) -> Option<String> {
    let last = stretch.rsplit(' ').next()?;
    let head = shared_head(last).filter(|shared_head| *shared_head == last)?;
    let noun = singular(head);
    let body = stretch.strip_suffix(head)?.trim_end();
    let pieces = cut(body, &[',']);
    let from = pieces
        .iter()
        .rposition(|it| {
            let piece = body[it.clone()].trim();
            piece.starts_with("the ") || piece.starts_with("and the ")
        })
        .unwrap_or(0);
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let text = body[piece.clone()].trim();
        if at > 0 {
            out.push_str(", ");
        }
        let short =
            name::bare(text).split(' ').count() <= 3 && !name::is_organization(&name::bare(text));
        if at >= from && short {
            for (part, joint) in text.split(" and ").zip(["", " and ", " and "]) {
                out.push_str(joint);
                out.push_str(part);
                if !part.is_empty() && part != "and" {
                    out.push(' ');
                    out.push_str(&noun);
                }
            }
        } else {
            out.push_str(text);
        }
    }
    Some(out)
}

/// Parts whose initials are the letters in brackets after the last are one name:
/// `American Federation of Harbor, River, and Canal Employees (AFHRCE)`.
pub(super) fn spelled_out(parts: &[Part]) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for part in parts {
        out.push(part.clone());
        let letters = part
            .text
            .trim_end_matches('.')
            .strip_suffix(')')
            .and_then(|rest| rest.rsplit_once('('))
            .map(|pair| pair.1.to_owned())
            .filter(|to_owned| to_owned.len() >= 3 && to_owned.chars().all(char::is_uppercase));
        let Some(letters) = letters else {
            continue;
        };
        for from in (out.len().saturating_sub(6)..out.len().saturating_sub(1)).rev() {
            let texts: Vec<&str> = out[from..].iter().map(|it| it.text.as_str()).collect();
            let whole = texts.join(", ");
            let initials: String = name::bare(&whole)
                .split([' ', '-'])
                .filter(|part| part.starts_with(char::is_uppercase))
                .filter_map(|part| part.chars().next())
                .collect();
            if initials == letters {
                let led = out[from].led;
                out.truncate(from);
                out.push(Part { text: whole, led });
                break;
            }
        }
    }
    out
}

/// Whether the parts from `at` on may close a name that `of` opened: `Federation of Harbor`, `River and Canal Employees`.
pub(super) fn goes_on_within(head: &str, parts: &[Part], at: usize) -> bool {
    let opened = OPENING
        .iter()
        .filter_map(|it| head.rsplit_once(&format!(" {it} ")))
        .any(|(front, tail)| {
            words::is_organization_noun(front.rsplit(' ').next().unwrap_or_default())
                && tail.split(' ').count() <= 2
                && !words::is_organization_noun(tail.rsplit(' ').next().unwrap_or_default())
                && !words::is_place(tail)
        });
    let earlier = head.contains(", ") || !opened;
    if earlier {
        return false;
    }
    for part in parts.iter().skip(at).take(3) {
        let bare = name::bare(&part.text);
        let articled = part.text.contains("the ") || part.text.contains("The ");
        let words: Vec<&str> = bare.split(' ').collect();
        let last = words.last().copied().unwrap_or_default();
        let anded = part.led || part.text.contains(" and ");
        if articled || words.len() > 4 {
            return false;
        }
        if anded {
            return words::is_topic(last) && words.len() >= 2;
        }
        if words.len() > 2 || words::is_organization_noun(last) {
            return false;
        }
    }
    false
}
