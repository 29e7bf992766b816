//! The words of running text.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// A word of a text, folded, with its place in the folded text.
#[derive(Clone, Debug)]
pub struct Word<'a> {
    /// The word, as the text has it.
    pub text: &'a str,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// The words of a folded text: runs of letters and digits, apostrophes and hyphens inside them included.
#[must_use]
pub fn words_of(folded: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in folded
        .char_indices()
        .chain(std::iter::once((folded.len(), ' ')))
    {
        // Signs on letters: without them, words of Indic scripts would end at each cluster of consonants.
        let is_sign = start.is_some() && !character.is_ascii() && is_combining_mark(character);
        let inside = character.is_alphanumeric()
            || is_sign
            || (start.is_some()
                && matches!(character, '\'' | '-' | '.' | ',' | '\u{66b}' | '\u{66c}'))
                && folded
                    .get(at + character.len_utf8()..)
                    .and_then(|folded| folded.chars().next())
                    .is_some_and(char::is_alphanumeric)
                && (character != ',' && character != '.'
                    || folded
                        .get(..at)
                        .is_some_and(|folded| folded.ends_with(char::is_numeric)));
        // Scripts without spaces between words have numbers in the middle of a run.
        let turns = character.is_ascii_digit()
            && folded
                .get(..at)
                .and_then(|folded| folded.chars().next_back())
                .is_some_and(is_unparted);
        if let Some(from) = start.filter(|_| turns) {
            words.push(Word {
                text: folded.get(from..at).unwrap_or_default(),
                range: from..at,
            });
            start = Some(at);
        }
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(Word {
                    text: folded.get(from..at).unwrap_or_default(),
                    range: from..at,
                });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Whether a letter is of a script without spaces between words: ideographs and kana, and those whose lines break by a
/// dictionary (Unicode's line breaking class SA), or between syllables.
#[must_use]
pub fn is_unparted(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0fff}' // Thai, Lao, Tibetan
        | '\u{1000}'..='\u{109f}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}' // Myanmar
        | '\u{1780}'..='\u{17ff}' | '\u{19e0}'..='\u{19ff}' // Khmer
        | '\u{1950}'..='\u{19df}' | '\u{1a20}'..='\u{1aaf}' | '\u{aa80}'..='\u{aadf}' // Tai Le, New Tai Lue, Tai Tham, Tai Viet
        | '\u{1b00}'..='\u{1b7f}' | '\u{a980}'..='\u{a9df}' // Balinese, Javanese
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' // kana, bopomofo
        | '\u{3400}'..='\u{9fff}' | '\u{a000}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}') // ideographs, Yi
}
