//! What class attributes tell of their elements. Pages repeat a few of them without end, so each is asked once.

use super::{fast_hash::mix, tellings::attribute_tells_relation};

/// What a class attribute tells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Class {
    /// A hash of its first class; 0 if there is none.
    pub(super) first: u64,
    /// Whether it mentions partners, sponsors and the like.
    pub(super) tells: bool,
    /// Whether it calls its element a name or a title.
    pub(super) names_itself: bool,
}

impl Class {
    /// Of the value of a class attribute.
    pub(super) fn of(value: &str) -> Self {
        let first = value.split_whitespace().next();
        Self {
            first: first.map_or(0, |word| mix(0, word.as_bytes()) | 2),
            tells: attribute_tells_relation(value),
            names_itself: value.split_whitespace().any(calls_itself_name),
        }
    }
}

/// Whether a class means a name or a title.
fn calls_itself_name(class: &str) -> bool {
    // All of its words contain one of these.
    if !class.bytes().any(|byte| matches!(byte | 0x20, b'n' | b't')) {
        return false;
    }
    let lower = class.to_ascii_lowercase();
    let words = || lower.split(['-', '_']);
    lower.ends_with("name")
        || words().any(|word| {
            matches!(
                word,
                "name"
                    | "orgname"
                    | "organization"
                    | "organisation"
                    | "company"
                    | "fn"
                    | "naam"
                    | "nom"
                    | "nombre"
                    | "nome"
                    | "navn"
                    | "namn"
                    | "nimi"
                    | "imie"
                    | "jmeno"
            )
        })
        || (words().next_back() == Some("title")
            && words().nth(1).is_some()
            && !lower.contains("job"))
}
