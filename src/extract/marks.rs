//! What single words are known for: every list of words in one table, asked once a word.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

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
    pub(in crate::extract) const STREET: u16 = 1 << 14;
    pub(in crate::extract) const RELATION_LEAD: u16 = 1 << 15;
}

/// A word of the lists.
struct Known {
    outline: Outline,
    word: &'static str,
    marks: u16,
}

/// The words of all lists, found by a hash of their outline: most words of a page lead to an empty slot.
struct Table {
    /// The number of a word, from 1; 0 where there is none.
    slots: Vec<u16>,
    words: Vec<Known>,
}

/// How many slots there are; several for each word.
const SLOTS: usize = 1 << 14;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut marks: BTreeMap<&'static str, u16> = BTreeMap::new();
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
        (words::STREETS, mark::STREET),
        (words::RELATION_LEADS, mark::RELATION_LEAD),
    ] {
        for it in list.split(',') {
            *marks.entry(it).or_default() |= mark;
        }
    }
    let mut table = Table {
        slots: vec![0; SLOTS],
        words: Vec::with_capacity(marks.len()),
    };
    for (word, marks) in marks {
        let outline = Outline::of(word.as_bytes());
        let mut slot = outline.slot();
        while table.slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        table.words.push(Known {
            outline,
            word,
            marks,
        });
        table.slots[slot] = u16::try_from(table.words.len()).unwrap_or(0);
    }
    table
});

/// A word's first sixteen bytes, zeros behind those of a shorter one, and its length.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Outline {
    first: u64,
    second: u64,
    length: usize,
}

/// A mask of so many bytes.
const OWN: [u64; 9] = {
    let mut masks = [u64::MAX; 9];
    let mut bytes = 0;
    while bytes < 8 {
        masks[bytes] = (1 << (8 * bytes)) - 1;
        bytes += 1;
    }
    masks
};

impl Outline {
    fn of(word: &[u8]) -> Self {
        let length = word.len();
        let (first, second) = match (word.first_chunk::<8>(), word.last_chunk::<8>()) {
            (Some(first), Some(_)) if length >= 16 => {
                let second = word[8..].first_chunk::<8>().copied().unwrap_or_default();
                (u64::from_le_bytes(*first), u64::from_le_bytes(second))
            }
            (Some(first), Some(last)) if length > 8 => (
                u64::from_le_bytes(*first),
                u64::from_le_bytes(*last) >> (8 * (16 - length)),
            ),
            (Some(first), _) => (u64::from_le_bytes(*first), 0),
            _ => {
                let byte = |all, it: &u8| all << 8 | u64::from(*it);
                (word.iter().rev().fold(0, byte), 0)
            }
        };
        Self {
            first,
            second,
            length,
        }
    }

    /// The outline of a word in a line: where enough of the line follows, nothing depends on the word's length.
    fn within(line: &[u8], word: &Range<usize>) -> Self {
        let length = word.len();
        let Some(&[first, second]) = line
            .get(word.start..)
            .and_then(|it| it.as_chunks::<8>().0.first_chunk::<2>())
        else {
            return Self::of(&line[word.clone()]);
        };
        // Of the eight bytes as many as belong to the word.
        let own = |bytes: usize| OWN[bytes.min(8)];
        Self {
            first: u64::from_le_bytes(first) & own(length),
            second: u64::from_le_bytes(second) & own(length.saturating_sub(8)),
            length,
        }
    }

    fn slot(self) -> usize {
        let hash = (self.first ^ self.second.rotate_left(29) ^ self.length as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> 40) as usize % SLOTS
    }
}

/// The lists that a folded word or line stands in.
pub(super) fn marks(folded: &str) -> u16 {
    marks_of(Outline::of(folded.as_bytes()), folded)
}

/// The lists that a word of a folded line stands in.
pub(super) fn marks_in(line: &str, word: Range<usize>) -> u16 {
    marks_of(Outline::within(line.as_bytes(), &word), &line[word])
}

fn marks_of(outline: Outline, folded: &str) -> u16 {
    let table = &*TABLE;
    let mut slot = outline.slot();
    while let Some(known) = usize::from(table.slots[slot])
        .checked_sub(1)
        .map(|it| &table.words[it])
    {
        if known.outline == outline && (outline.length <= 16 || known.word == folded) {
            return known.marks;
        }
        slot = (slot + 1) % SLOTS;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_lists_is_found_and_no_other() {
        for it in words::ORGANIZATION.split(',') {
            assert_ne!(marks(it) & mark::ORGANIZATION, 0, "{it}");
            assert_eq!(marks(&format!("{it}\u{1}")), 0, "{it}");
        }
        for it in words::COUNTRIES.split(',') {
            assert_ne!(marks(it) & mark::COUNTRY, 0, "{it}");
        }
        assert_eq!(marks(""), 0);
        let line = format!("the {} network of", words::COUNTRIES.replace(',', " "));
        let mut at = 0;
        for it in line.split(' ') {
            assert_eq!(marks_in(&line, at..at + it.len()), marks(it), "{it}");
            at += it.len() + 1;
        }
    }
}
