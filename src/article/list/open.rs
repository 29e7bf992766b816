//! Whether a list says that it is not complete.

use std::ops::Range;

use crate::article::split;

/// Words before a list that mean there are more members than it names.
const OPEN: &str = "\
    include|includes|included|including|such as|like|among|featuring|e.g.|for example|for instance|notably";

/// Whether a sentence that introduces a list says that there are more members than it names.
pub(in crate::article) fn opens(introduction: &str) -> bool {
    let end = introduction.trim_end_matches([' ', ':']).len();
    says_open(introduction, &(end..end))
}

/// Whether the words around a list say that it is not complete.
pub(super) fn says_open(sentence: &str, list: &Range<usize>) -> bool {
    let before = sentence[..list.start].to_lowercase();
    let before = before.trim_end_matches([' ', ':']);
    let lead = OPEN.split('|').any(|word| {
        before.rfind(word).is_some_and(|at| {
            before[at + word.len()..].split_whitespace().count() <= 2 && word_ends(before, at, word)
        })
    });
    let after = sentence[list.end..].trim_start_matches([',', ' ', ';']);
    lead || split::ends_open(after) || split::ends_open(&sentence[list.clone()])
}

/// Whether a word at a place is a whole one.
pub(super) fn word_ends(text: &str, at: usize, word: &str) -> bool {
    !text[..at].ends_with(char::is_alphanumeric)
        && !text[at + word.len()..].starts_with(char::is_alphanumeric)
}
