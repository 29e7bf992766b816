//! Finds any of many phrases at the beginnings of a text's words, in one pass for all rows of them.

use super::maps::{Map, map};

/// Rows of phrases by their first three bytes.
pub(super) struct Matcher {
    /// The first three bytes of every phrase, and where its kin stand in `phrases`.
    starts: Map<[u8; 3], (usize, usize)>,
    /// Each with the row it is of; phrases of one start stand together, in the order given.
    phrases: Vec<(usize, &'static str)>,
    /// Whether any phrase begins with these two bytes, one bit each.
    first: Vec<u64>,
    rows: usize,
}

impl Matcher {
    /// For phrases parted by `separator`, each of three bytes or more, folded.
    pub(super) fn of(phrases: &'static str, separator: char) -> Self {
        Self::of_rows([phrases], separator)
    }

    /// For several rows of such phrases.
    pub(super) fn of_rows(rows: impl IntoIterator<Item = &'static str>, separator: char) -> Self {
        let mut by_start: std::collections::BTreeMap<[u8; 3], Vec<(usize, &'static str)>> =
            std::collections::BTreeMap::new();
        let mut count = 0;
        for (row, phrases) in rows.into_iter().enumerate() {
            count = row + 1;
            for it in phrases.split(separator) {
                let it = it.trim_start();
                if let Some(start) = start(it.as_bytes()) {
                    by_start.entry(start).or_default().push((row, it));
                }
            }
        }
        let mut matcher = Self {
            starts: map(),
            phrases: Vec::new(),
            first: vec![0; 1024],
            rows: count,
        };
        for (start, kin) in by_start {
            let from = matcher.phrases.len();
            matcher.phrases.extend(kin);
            let two = two(start[0], start[1]);
            matcher.first[two / 64] |= 1 << (two % 64);
            matcher.starts.insert(start, (from, matcher.phrases.len()));
        }
        matcher
    }

    /// The first phrase in `text`, which is folded, that begins where a word does.
    pub(super) fn find(&self, text: &str) -> Option<&'static str> {
        let mut found = None;
        self.each(text, |(_, it)| {
            found = Some(it);
            false
        });
        found
    }

    /// Of each row the first phrase in `text` that begins where a word does.
    pub(super) fn find_rows(&self, text: &str) -> Vec<Option<&'static str>> {
        let mut found = vec![None; self.rows];
        self.each(text, |(row, it)| {
            found[row].get_or_insert(it);
            true
        });
        found
    }

    /// Of each row, lowest bit first, whether a phrase of it begins where a word of `text` does.
    pub(super) fn rows_in(&self, text: &str) -> u32 {
        let mut found = 0;
        self.each(text, |(row, _)| {
            found |= 1 << row;
            true
        });
        found
    }

    /// Calls for every phrase at the beginning of a word until told to stop.
    fn each(&self, text: &str, mut call: impl FnMut((usize, &'static str)) -> bool) {
        let bytes = text.as_bytes();
        let mut inside = false;
        let mut at = 0;
        while let Some(&it) = bytes.get(at) {
            let begin = at;
            let begins = if it.is_ascii_alphanumeric() {
                let begins = !inside;
                inside = true;
                at += 1;
                while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                    at += 1;
                }
                begins
            } else if it.is_ascii() {
                inside = false;
                at += 1;
                true
            } else {
                let it = text[at..].chars().next().unwrap_or_default();
                // Some scripts part no words: there each character may begin one.
                let begins = !inside || !it.is_alphanumeric() || it >= '\u{3040}';
                inside = it.is_alphanumeric();
                at += it.len_utf8();
                begins
            };
            if begins && !self.at(&bytes[begin..], &mut call) {
                return;
            }
        }
    }

    /// Calls for every phrase that `rest` starts with; `false` when told to stop.
    fn at(&self, rest: &[u8], call: &mut impl FnMut((usize, &'static str)) -> bool) -> bool {
        let Some(start) = start(rest) else {
            return true;
        };
        let two = two(start[0], start[1]);
        if self.first[two / 64] >> (two % 64) & 1 == 0 {
            return true;
        }
        let Some(&(from, to)) = self.starts.get(&start) else {
            return true;
        };
        self.phrases[from..to]
            .iter()
            .all(|&it| !rest.starts_with(it.1.as_bytes()) || call(it))
    }

    /// Whether any phrase stands anywhere in `text`, inside of words too.
    pub(super) fn is_inside(&self, text: &[u8]) -> bool {
        (0..text.len()).any(|at| !self.at(&text[at..], &mut |_| false))
    }
}

fn two(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

fn start(bytes: &[u8]) -> Option<[u8; 3]> {
    bytes.get(..3)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_only_where_a_word_begins() {
        let matcher = Matcher::of("partner,board of,c++", ',');
        assert_eq!(matcher.find("our partners"), Some("partner"));
        assert_eq!(matcher.find("the board of trade"), Some("board of"));
        assert_eq!(matcher.find("unpartnered clipboard of"), None);
        assert_eq!(matcher.find("größe: c++"), Some("c++"));
    }

    #[test]
    fn each_row_gives_its_first_phrase() {
        let matcher = Matcher::of_rows(["log in|sign in", "sign in|404", "never said"], '|');
        assert_eq!(
            matcher.find_rows("404, please sign in or log in"),
            [Some("sign in"), Some("404"), None]
        );
    }
}
