//! What headings, ids and classes tell of what stands below them: names, or something else.

use super::letters::lower_case;
use crate::language::Lexicon;

pub(super) use crate::language::Heading as Telling;

/// Whether a text carries a word under which names stand.
pub(super) fn tells_relation(text: &str) -> bool {
    Lexicon::heading(&lower_case(text)).relation
}

/// Whether a text carries one of the stronger of these words.
pub(super) fn tells_strong_relation(text: &str) -> bool {
    Lexicon::heading(&lower_case(text)).strong
}

/// What a heading tells.
pub(super) fn telling(text: &str) -> Telling {
    Lexicon::heading(&lower_case(text))
}

/// Whether a text is the name of a country, under which others' names stand.
pub(super) fn is_country(text: &str) -> bool {
    Lexicon::country(&lower_case(text.trim()))
}

/// Whether an attribute's word (class, id) speaks of partners, sponsors and the like.
pub(super) fn attribute_tells_relation(name: &str) -> bool {
    if name.bytes().any(|it| it.is_ascii_uppercase()) {
        Lexicon::is_relation_attribute(&name.to_ascii_lowercase())
    } else {
        Lexicon::is_relation_attribute(name)
    }
}

/// What joins the last of an enumeration with the others.
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

/// Whether a class or label may speak of further pages, or of more to load; nearly none does.
pub(super) fn may_lead_on(class: &str) -> bool {
    let lower = |it: &[u8; 3]| it.map(|it| it | 0x20);
    let parts = class.as_bytes().windows(3).filter_map(<[u8]>::first_chunk);
    parts
        .map(lower)
        .any(|it| matches!(&it, b"pag" | b"mor" | b"inf"))
}
