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
    /// Whether it calls its element a role, a description or the like: what is said of somebody.
    pub(super) is_said: bool,
}

impl Class {
    /// Of the value of a class attribute.
    pub(super) fn of(value: &str) -> Self {
        let first = value.split_whitespace().next();
        Self {
            first: first.map_or(0, |word| mix(0, word.as_bytes()) | 2),
            tells: attribute_tells_relation(value),
            names_itself: value.split_whitespace().any(calls_itself_name),
            is_said: value.split_whitespace().any(is_said),
        }
    }
}

/// Whether a class means a role, an affiliation or a description: the last of its words is one of these.
fn is_said(class: &str) -> bool {
    const SAID: [&str; 25] = [
        "role",
        "roles",
        "position",
        "job",
        "jobtitle",
        "function",
        "funktion",
        "fonction",
        "designation",
        "occupation",
        "cargo",
        "rolle",
        "stanowisko",
        "funkce",
        "puesto",
        "desc",
        "description",
        "bio",
        "affil",
        "affiliation",
        "subtitle",
        "email",
        "phone",
        "tel",
        "contact",
    ];
    let word = class.rsplit(['-', '_']).next().unwrap_or_default();
    let is_job = || class.len() <= 12 && class.eq_ignore_ascii_case("job-title");
    SAID.iter().any(|said| word.eq_ignore_ascii_case(said)) || is_job()
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
