//! Relations in running prose: one organization is a project of another, is coordinated by it, has its seat there.

use std::ops::Range;

use super::{
    name, split,
    words::{self, holds},
};
use crate::profile::ListedName;

/// A relation that a sentence states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The one: a name, a noun phrase, or the article's subject.
    pub(super) subject: String,
    /// `project of`.
    pub(super) relation: String,
    /// The other.
    pub(super) object: String,
    /// Where the other stands.
    pub(super) object_range: Range<usize>,
}

/// Phrases that a name must follow.
const PHRASES: &str = "\
    founding member of|fiscally sponsored project of|sponsored project of|joint project of|project of|joint initiative of|\
    initiative of|program of|programme of|campaign of|subsidiary of|affiliate of|affiliated with|\
    chapter of|division of|branch of|member of|arm of|offshoot of|spin-off of|\
    part of|partner of|publication of|successor to|successor of|coordinated by|co-founded by|\
    cofounded by|founded by|fiscally sponsored by|cosponsored by|co-sponsored by|sponsored by|\
    jointly funded by|funded by|financed by|led by|chaired by|headed by|directed by|run by|managed by|\
    owned by|operated by|created by|established by|launched by|started by|organized by|organised by|\
    convened by|administered by|hosted by|overseen by|supported by|published by|acquired by|endorsed by|\
    merged with|merged into|founded in|created in|established in|launched in|started in|formed in|headquartered in|based in|located in|formerly known as|previously known as|\
    also known as";

/// Words that stand for the article's subject.
const GENERAL: &str = "\
    alliance association campaign center centre charity club coalition collaborative college committee company cooperative \
    council federation forum foundation fund group initiative institute it magazine network newspaper nonprofit \
    organisation organization partnership party program project publication school site society they trust union we website";

/// Phrases after which a person or a list often stands apart from the name by a few lower-case words.
const OBJECT_LEADS: &[&str] = &["the", "a", "an", "The"];

/// The relations of a sentence; `title` is what the article is about.
pub(super) fn find(sentence: &str, title: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let lower = sentence.to_ascii_lowercase();
    for phrase in PHRASES.split('|') {
        for (at, _) in lower.match_indices(phrase) {
            let end = at + phrase.len();
            let dated = dated_by(phrase, &sentence[end..]);
            let end = end + dated;
            let edges = !lower[..at].ends_with(|it: char| it.is_alphanumeric() || it == '-')
                && sentence[end..].starts_with(char::is_whitespace);
            let covered = found.iter().any(|it| {
                it.object_range.start > at
                    && it.object_range.start <= end + 8
                    && it.relation.ends_with(phrase)
            });
            if !edges || covered {
                continue;
            }
            if is_denied(&lower[..at]) {
                continue;
            }
            let Some(object) = object(sentence, end) else {
                continue;
            };
            let name = name::bare(&sentence[object.clone()]);
            if name.is_empty() || same(&name, title) {
                continue;
            }
            // "a project of the Alder Club and Friends of Birch": one relation to each.
            for it in split::part_at_and(&sentence[object.clone()], false) {
                let ListedName::One(name) = it else {
                    continue;
                };
                found.push(Found {
                    subject: subject(&sentence[..at], title),
                    relation: phrase_of(phrase, dated),
                    object: name,
                    object_range: object.clone(),
                });
            }
        }
    }
    found.sort_by_key(|it| it.object_range.start);
    found
}

/// `founded in 2009 by`: how much further the phrase goes that begins with `founded in`.
fn dated_by(phrase: &str, rest: &str) -> usize {
    let year = rest
        .get(1..5)
        .filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
    let dated = phrase.ends_with(" in") && rest.starts_with(' ') && year.is_some();
    if dated && rest.get(5..9) == Some(" by ") {
        8
    } else {
        0
    }
}

/// The phrase as a relation: `founded in 2009 by` is `founded by`.
fn phrase_of(phrase: &str, dated: usize) -> String {
    match phrase.strip_suffix(" in") {
        Some(verb) if dated > 0 => format!("{verb} by"),
        _ => phrase.to_owned(),
    }
}

/// `is not a project of`: what is denied is not claimed.
fn is_denied(before: &str) -> bool {
    let clause = before.rsplit([',', ';']).next().unwrap_or_default();
    clause
        .split(' ')
        .rev()
        .take(4)
        .any(|it| matches!(it, "not" | "never" | "neither" | "nor" | "no"))
}

fn same(one: &str, other: &str) -> bool {
    one.trim_start_matches("The ")
        .eq_ignore_ascii_case(other.trim_start_matches("The "))
}

/// The name right behind the phrase.
fn object(sentence: &str, from: usize) -> Option<Range<usize>> {
    let rest = &sentence[from..];
    let lead = rest.len() - rest.trim_start().len();
    let text = &rest[lead..];
    let first = text.split(' ').next().unwrap_or_default();
    if !first.starts_with(char::is_uppercase)
        && !OBJECT_LEADS.contains(&first)
        && !name::is_name(first)
    {
        return None;
    }
    let length = name::beginning(text)?;
    let place = place_tail(&text[length..]);
    let name = &text[..length];
    let tail = tail_of_name(&text[length..]);
    let stretch = if tail > 0 {
        length + tail
    } else if matches!(sentence[..from].rsplit(' ').next(), Some("in")) {
        length + place
    } else {
        length
    };
    // "funded by Ford and others": the one name; "the Ford and the Tides" is a list, and `list` reads it.
    name::is_name(name).then(|| from + lead..from + lead + stretch)
}

/// `Alder Union, Local 9` and `Alder House, Inc.`: the comma is the name's.
fn tail_of_name(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix(", ") else {
        return 0;
    };
    let piece = after.split([',', ';']).next().unwrap_or_default();
    let piece = piece
        .strip_suffix('.')
        .filter(|_| !words::is_legal_form(piece))
        .unwrap_or(piece);
    let mut parts = piece.split(' ');
    let branch = parts.next() == Some("Local")
        && parts
            .next()
            .is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()))
        && parts.next().is_none();
    if branch || words::is_legal_form(piece) {
        2 + piece.len()
    } else {
        0
    }
}

/// `Berkeley, California`: the comma is the place's.
fn place_tail(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix(", ") else {
        return 0;
    };
    let length = after
        .char_indices()
        .find(|(_, it)| matches!(it, ',' | ';') || (*it == '.' && !after.starts_with("D.C")))
        .map_or(after.len(), |it| it.0);
    let end = if after.starts_with("D.C.") { 4 } else { length };
    if words::is_place(after[..end].trim()) {
        2 + end
    } else {
        0
    }
}

/// Who it is said of: the nearest subject before the verb, the article's own where the sentence says "the organization" or "it".
fn subject(before: &str, title: &str) -> String {
    let clause = before.trim_end();
    let verbs = [
        " is ",
        " are ",
        " was ",
        " were ",
        " has been ",
        " have been ",
        " became ",
        " serves as ",
        " operates as ",
        " being ",
        " remains ",
    ];
    let padded = format!("{clause} ");
    let cut = verbs
        .iter()
        .filter_map(|it| padded.rfind(it).map(|at| (at, it.len())))
        .max_by_key(|it| it.0);
    let Some((at, _)) = cut else {
        return title.to_owned();
    };
    let head = padded[..at].trim();
    let clause_start = head
        .rfind([',', ';', ':'])
        .map(|it| it + 1)
        .into_iter()
        .chain(
            [" that ", " which ", " and ", " because ", " while "]
                .iter()
                .filter_map(|it| head.rfind(it).map(|at| at + it.len())),
        )
        .max()
        .unwrap_or(0);
    let nearest = head[clause_start..].trim();
    if matches!(nearest, "and" | "or" | "but" | "also" | "then" | "and also") {
        return title.to_owned();
    }
    if matches!(nearest, "which" | "who" | "that") {
        let before = head[..clause_start].trim_end().trim_end_matches([',', ';']);
        let owner = name::ending(before).map(|it| name::bare(&before[it..]));
        return owner
            .filter(|it| name::is_name(it))
            .unwrap_or_else(|| title.to_owned());
    }
    let phrase = if nearest.is_empty() { head } else { nearest };
    let own = phrase.split(['’', '\'']).collect::<Vec<_>>();
    // "The TRUST Network’s convening centers": what it owns is spoken of.
    let phrase = match own.as_slice() {
        [owner, thing] if thing.starts_with("s ") && about_subject(owner, title) => &thing[2..],
        _ => phrase,
    };
    let phrase = phrase.trim();
    if about_subject(phrase, title) || phrase.is_empty() {
        return title.to_owned();
    }
    if let Some(start) = name::ending(phrase) {
        let name = name::bare(&phrase[start..]);
        if name::is_name(&name) {
            return name;
        }
    }
    let words: Vec<&str> = phrase.split(' ').collect();
    let lower = words.iter().all(|it| it.starts_with(char::is_lowercase));
    let possessed = ["Its ", "The ", "Their "]
        .iter()
        .find_map(|it| phrase.strip_prefix(it));
    match possessed {
        Some(rest) if rest.split(' ').count() <= 4 => rest.to_owned(),
        _ if lower && words.len() <= 4 => phrase
            .trim_start_matches("the ")
            .trim_start_matches("its ")
            .to_owned(),
        _ => title.to_owned(),
    }
}

/// Whether a phrase is the article's own subject: its title, a pronoun, or "the organization".
fn about_subject(phrase: &str, title: &str) -> bool {
    let plain = phrase
        .trim()
        .trim_start_matches("The ")
        .trim_start_matches("the ")
        .trim_start_matches("This ")
        .trim_start_matches("this ");
    same(plain, title)
        || holds(GENERAL, &plain.to_lowercase())
        || title.to_lowercase().starts_with(&plain.to_lowercase()) && plain.len() > 3
        || (plain.starts_with(title) && plain[title.len()..].trim_start().starts_with('('))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triples(text: &str) -> Vec<(String, String, String)> {
        find(text, "Alder Network")
            .into_iter()
            .map(|it| (it.subject, it.relation, it.object))
            .collect()
    }

    fn triple(a: &str, b: &str, c: &str) -> (String, String, String) {
        (a.into(), b.into(), c.into())
    }

    #[test]
    fn the_organization_is_the_articles_subject() {
        let want = [triple(
            "Alder Network",
            "project of",
            "Birch Council International",
        )];
        for text in [
            "The organization is a project of Birch Council International (BCI), a group that seats 12 states.",
            "Alder Network is a project of the Birch Council International.",
            "It is a project of Birch Council International and works there.",
        ] {
            assert_eq!(triples(text), want, "{text}");
        }
    }

    #[test]
    fn what_the_subject_owns_can_be_spoken_of() {
        assert_eq!(
            triples(
                "The Alder Network’s host rooms are coordinated by the National Board for Rooms."
            ),
            [triple(
                "host rooms",
                "coordinated by",
                "National Board for Rooms"
            )]
        );
    }

    #[test]
    fn a_year_may_stand_before_the_founder_and_two_may_share_a_project() {
        assert_eq!(
            triples("It was founded in 2009 by the Rowan Institute and grew."),
            [triple("Alder Network", "founded by", "Rowan Institute")]
        );
        assert_eq!(
            triples(
                "Alder Network was launched as a joint project of the Rowan Club and Friends of Fens."
            ),
            [
                triple("Alder Network", "joint project of", "Rowan Club"),
                triple("Alder Network", "joint project of", "Friends of Fens"),
            ]
        );
    }

    #[test]
    fn places_keep_their_comma_and_common_nouns_are_no_objects() {
        assert_eq!(
            triples(
                "Alder Network is headquartered in Berkeley, California, and is supported by left-leaning groups."
            ),
            [triple(
                "Alder Network",
                "headquartered in",
                "Berkeley, California"
            )]
        );
    }
}
