//! Finds any of many phrases at the beginnings of a text's words, in one pass.

use std::collections::HashMap;

/// Phrases by their first three bytes.
pub(super) struct Matcher {
    by_start: HashMap<[u8; 3], Vec<&'static str>>,
}

impl Matcher {
    /// For phrases parted by `separator`, each of three bytes or more, folded.
    pub(super) fn of(phrases: &'static str, separator: char) -> Self {
        let mut by_start: HashMap<[u8; 3], Vec<&'static str>> = HashMap::new();
        for it in phrases.split(separator) {
            let it = it.trim_start();
            if let Some(start) = start(it.as_bytes()) {
                by_start.entry(start).or_default().push(it);
            }
        }
        Self { by_start }
    }

    /// The first phrase in `text`, which is folded, that begins where a word does.
    pub(super) fn find(&self, text: &str) -> Option<&'static str> {
        let mut inside = false;
        for (at, it) in text.char_indices() {
            let part_of_word = it.is_alphanumeric();
            // Some scripts part no words: there each character may begin one.
            let begins = !inside || !part_of_word || it >= '\u{3040}';
            inside = part_of_word;
            if !begins || it == ' ' {
                continue;
            }
            let rest = &text[at..];
            let found = start(rest.as_bytes())
                .and_then(|it| self.by_start.get(&it))
                .and_then(|it| it.iter().find(|it| rest.starts_with(**it)));
            if let Some(it) = found {
                return Some(it);
            }
        }
        None
    }
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
}
