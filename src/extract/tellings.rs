//! What headings, ids and classes tell of what stands below them: names, or something else.

use std::sync::LazyLock;

use super::{
    marks::{mark, marks},
    matcher::Matcher,
    names::lower_case,
    words,
};

static ATTRIBUTES: LazyLock<Matcher> = LazyLock::new(|| Matcher::of(words::ATTRIBUTES, ','));
static RELATION: LazyLock<Matcher> = LazyLock::new(|| Matcher::of(words::RELATION, ','));
static STRONG_RELATION: LazyLock<Matcher> =
    LazyLock::new(|| Matcher::of(words::STRONG_RELATION, ','));

/// What headings tell, in the order of [`Telling`]'s fields.
static TELLING: LazyLock<Matcher> = LazyLock::new(|| {
    Matcher::of_rows(
        [words::STRONG_RELATION, words::RELATION, words::OTHER_TOPICS],
        ',',
    )
});

/// Whether a text carries a word under which names stand.
pub(super) fn tells_relation(text: &str) -> bool {
    RELATION.find(&lower_case(text)).is_some()
}

/// Whether a text carries one of the stronger of these words.
pub(super) fn tells_strong_relation(text: &str) -> bool {
    STRONG_RELATION.find(&lower_case(text)).is_some()
}

/// What a heading tells of what stands below it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Telling {
    /// Names, surely.
    pub(super) strong: bool,
    /// Perhaps names.
    pub(super) relation: bool,
    /// Something else: news, dates, links, what a house does.
    pub(super) other: bool,
}

/// What a heading tells.
pub(super) fn telling(text: &str) -> Telling {
    let lower = lower_case(text);
    let rows = TELLING.rows_in(&lower);
    let doing = marks(lower.trim().trim_end_matches(':')) & mark::DOING != 0;
    Telling {
        strong: rows & 1 != 0,
        relation: rows & 2 != 0,
        other: doing || rows & 4 != 0,
    }
}

/// Whether a text is the name of a country, under which others' names stand.
pub(super) fn is_country(text: &str) -> bool {
    marks(&lower_case(text.trim())) & mark::COUNTRY != 0
}

/// Whether an attribute's word (class, id) speaks of partners, sponsors and the like.
pub(super) fn attribute_tells_relation(name: &str) -> bool {
    if name.bytes().any(|it| it.is_ascii_uppercase()) {
        ATTRIBUTES.is_inside(name.to_ascii_lowercase().as_bytes())
    } else {
        ATTRIBUTES.is_inside(name.as_bytes())
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
