//! The meaning of headings, ids and classes for what is below them: names, or something else.

use super::letters::lower_case;
use crate::language::{Lexicon, dates};

pub(super) use crate::language::Heading as Telling;

/// A heading in lower case, without the years before and behind its words: "Board 2019/20".
fn heading_words(text: &str) -> String {
    let lower = lower_case(text);
    if lower.bytes().any(|it| it.is_ascii_digit()) {
        dates::without_years(&lower)
    } else {
        lower
    }
}

/// Whether a text contains a word for lists of names.
pub(super) fn tells_relation(text: &str) -> bool {
    Lexicon::heading(&heading_words(text)).relation
}

/// Whether a text contains one of the stronger of these words.
pub(super) fn tells_strong_relation(text: &str) -> bool {
    Lexicon::heading(&heading_words(text)).strong
}

/// The meaning of a heading.
pub(super) fn telling(text: &str) -> Telling {
    Lexicon::heading(&heading_words(text))
}

/// Whether a text is the name of a country, which can be above the names of others.
pub(super) fn is_country(text: &str) -> bool {
    Lexicon::country(&lower_case(text.trim()))
}

/// Whether a word of an attribute (class, id) mentions partners, sponsors and the like.
pub(super) fn attribute_tells_relation(name: &str) -> bool {
    if name.bytes().any(|it| it.is_ascii_uppercase()) {
        Lexicon::is_relation_attribute(&name.to_ascii_lowercase())
    } else {
        Lexicon::is_relation_attribute(name)
    }
}

/// Whether a word joins the last member of an enumeration with the others.
pub(super) fn is_and(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "und"
            | "et"
            | "y"
            | "&"
            | "e"
            | "sowie"
            | "och"
            | "og"
            | "és"
            | "ve"
            | "dan"
            | "și"
            | "ja"
    )
}

/// Whether a class or label may mean further pages, or more to load; very few do.
pub(super) fn may_lead_on(class: &str) -> bool {
    let lower = |it: &[u8; 3]| it.map(|it| it | 0x20);
    let parts = class.as_bytes().windows(3).filter_map(<[u8]>::first_chunk);
    parts
        .map(lower)
        .any(|it| matches!(&it, b"pag" | b"mor" | b"inf"))
}
