//! What single words are known for: every list of words in one table, asked once a word.

use std::{collections::BTreeMap, sync::LazyLock};

use super::words;

/// The lists of words that a word, or a whole line, stands in: one bit each.
pub(super) mod mark {
    pub(in crate::extract) const ORGANIZATION: u16 = 1;
    pub(in crate::extract) const CHROME: u16 = 1 << 1;
    pub(in crate::extract) const GENERIC: u16 = 1 << 2;
    pub(in crate::extract) const SMALL: u16 = 1 << 3;
    pub(in crate::extract) const SENTENCE: u16 = 1 << 4;
    pub(in crate::extract) const CALENDAR: u16 = 1 << 5;
    pub(in crate::extract) const SOCIAL: u16 = 1 << 6;
    pub(in crate::extract) const RELATION_PLURAL: u16 = 1 << 7;
    pub(in crate::extract) const OPENING: u16 = 1 << 8;
    pub(in crate::extract) const STAND_IN: u16 = 1 << 9;
    pub(in crate::extract) const STAND_IN_KIND: u16 = 1 << 10;
    pub(in crate::extract) const TIER: u16 = 1 << 11;
    pub(in crate::extract) const COUNTRY: u16 = 1 << 12;
    pub(in crate::extract) const DOING: u16 = 1 << 13;
}

/// The words of all lists, those of one outline side by side.
struct Table {
    /// For each outline where its words begin; those of the next end them.
    starts: Vec<u16>,
    words: Vec<(&'static str, u16)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut marks: BTreeMap<(usize, &'static str), u16> = BTreeMap::new();
    for (list, mark) in [
        (words::ORGANIZATION, mark::ORGANIZATION),
        (words::CHROME, mark::CHROME),
        (words::GENERIC, mark::GENERIC),
        (words::SMALL, mark::SMALL),
        (words::SENTENCE, mark::SENTENCE),
        (words::CALENDAR, mark::CALENDAR),
        (words::SOCIAL, mark::SOCIAL),
        (words::RELATION_PLURALS, mark::RELATION_PLURAL),
        (words::OPENING, mark::OPENING),
        (words::STAND_INS, mark::STAND_IN),
        (words::STAND_IN_KINDS, mark::STAND_IN_KIND),
        (words::TIERS, mark::TIER),
        (words::COUNTRIES, mark::COUNTRY),
        (words::DOINGS, mark::DOING),
    ] {
        for it in list.split(',') {
            *marks.entry((outline(it.as_bytes()), it)).or_default() |= mark;
        }
    }
    let mut table = Table {
        starts: vec![0; OUTLINES + 1],
        words: Vec::with_capacity(marks.len()),
    };
    for ((outline, word), marks) in marks {
        table.words.push((word, marks));
        table.starts[outline + 1] = u16::try_from(table.words.len()).unwrap_or(u16::MAX);
    }
    for at in 0..OUTLINES {
        table.starts[at + 1] = table.starts[at + 1].max(table.starts[at]);
    }
    table
});

/// How many outlines there are.
const OUTLINES: usize = 1 << 14;

/// A word's first and last byte and its length, as far as they go into 14 bits; most words of pages have none in common
/// with any word of the lists.
fn outline(word: &[u8]) -> usize {
    let (Some(first), Some(last)) = (word.first(), word.last()) else {
        return 0;
    };
    usize::from(first & 31) << 9 | usize::from(last & 31) << 4 | word.len().min(15)
}

/// The lists that a folded word or line stands in.
pub(super) fn marks(folded: &str) -> u16 {
    let table = &*TABLE;
    let at = outline(folded.as_bytes());
    let (from, to) = (
        usize::from(table.starts[at]),
        usize::from(table.starts[at + 1]),
    );
    table.words[from..to]
        .iter()
        .find(|it| it.0 == folded)
        .map_or(0, |it| it.1)
}
