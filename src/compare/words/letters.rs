//! Finds words by their letters and digits, whatever is between them: `peace-building` for `peacebuilding`.
//!
//! Letters are equal if Unicode case folding makes them equal, without points and accents. If the words are not found,
//! they are searched again without the annotations of the text: note marks, and text for screen readers.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use crate::{
    compare::page_text::{PageText, is_bounded},
    language::tokens::is_unparted,
    text::Folded,
};

/// The places of words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::compare) struct Places {
    /// With the same letters, separated into the same words.
    pub(in crate::compare) same: Vec<Range<usize>>,
    /// With the same letters, separated by spaces into other words: `now here` for `nowhere`.
    pub(in crate::compare) parted: Vec<Range<usize>>,
}

/// Fewer letters occur inside too many words.
const FEWEST: usize = 6;

/// The places of words on a page, in bytes of its text.
pub(in crate::compare) fn find(words: &str, page: &PageText<'_>) -> Places {
    let folded = Folded::of(words);
    let needle = Letters::of(folded.as_str(), &[]);
    if needle.text.chars().count() < FEWEST {
        return Places::default();
    }
    let text = page.folded.as_str();
    let all = Letters::of(text, &[]).find(&needle, page);
    if !all.same.is_empty() {
        return all;
    }
    let annotated = Letters::of(text, &annotations(page)).find(&needle, page);
    if annotated.same.is_empty() {
        all
    } else {
        annotated
    }
}

/// The letters of a text, each with the start of its character.
struct Letters<'a> {
    of: &'a str,
    text: String,
    origins: Vec<usize>,
}

impl<'a> Letters<'a> {
    /// The letters of a folded text outside the ranges in `without`, which are in order.
    fn of(of: &'a str, without: &[Range<usize>]) -> Self {
        let mut it = Self {
            of,
            text: String::with_capacity(of.len()),
            origins: Vec::with_capacity(of.len()),
        };
        let mut without = without.iter().peekable();
        for (at, character) in of.char_indices() {
            while without.next_if(|it| it.end <= at).is_some() {}
            if without.peek().is_some_and(|without| without.start <= at) {
                continue;
            }
            if character.is_ascii() {
                if character.is_ascii_alphanumeric() {
                    it.text.push(character);
                    it.origins.push(at);
                }
                continue;
            }
            for letter in bare(character) {
                it.text.push(letter);
                it.origins
                    .extend(std::iter::repeat_n(at, letter.len_utf8()));
            }
        }
        it
    }

    /// The text between the letter that ends at byte `at` of the letters and the next letter.
    fn gap(&self, at: usize) -> Option<&'a str> {
        let before = *self.origins.get(at.checked_sub(1)?)?;
        let end = before + self.of.get(before..)?.chars().next()?.len_utf8();
        self.of.get(end..*self.origins.get(at)?)
    }

    fn find(&self, needle: &Letters<'_>, page: &PageText<'_>) -> Places {
        let mut places = Places::default();
        for (at, index) in self.text.match_indices(&needle.text) {
            let bounds = || {
                let start = *self.origins.get(at)?;
                let last = *self.origins.get(at + index.len() - 1)?;
                let end = last + self.of.get(last..)?.chars().next()?.len_utf8();
                Some(start..end)
            };
            let Some(range) = bounds().filter(|bound| is_bounded(self.of, bound)) else {
                continue;
            };
            let original = page.folded.original(range);
            if self.is_parted_alike(at, needle) {
                places.same.push(original);
            } else {
                places.parted.push(original);
            }
        }
        places
    }

    /// Whether the letters from `at` on have no plain space that the needle does not have.
    ///
    /// Single letters can be spaced for emphasis, scripts without spaces between words can have spaces anywhere, and an invisible
    /// line break can replace a missing space.
    fn is_parted_alike(&self, at: usize, needle: &Letters<'_>) -> bool {
        let length = needle.text.len();
        let inside = (1..length).filter(|at| needle.text.is_char_boundary(*at));
        let spaces: Vec<usize> = inside
            .filter(|inside| self.gap(at + inside) == Some(" "))
            .collect();
        let count = |range: Range<usize>| {
            needle
                .text
                .get(range)
                .map_or(0, |text| text.chars().count())
        };
        let parts_words = |nth: usize, place: usize| {
            let before = nth.checked_sub(1).and_then(|at| spaces.get(at));
            let after = spaces.get(nth + 1);
            let long = count(before.copied().unwrap_or(0)..place) >= 2
                && count(place..after.copied().unwrap_or(length)) >= 2;
            let last = needle
                .text
                .get(..place)
                .and_then(|text| text.chars().next_back());
            let next = needle
                .text
                .get(place..)
                .and_then(|text| text.chars().next());
            let of_words = last
                .into_iter()
                .chain(next)
                .all(|number| !is_unparted(number) && !('\u{ac00}'..='\u{d7a3}').contains(&number));
            long && of_words && needle.gap(place) == Some("")
        };
        let mut spaces = spaces.iter().enumerate();
        !spaces.any(|(nth, place)| parts_words(nth, *place))
    }
}

/// A character without points, accents and variant forms: its letters, case folded.
fn bare(character: char) -> impl Iterator<Item = char> {
    // The Arabic stroke that only stretches a word counts as a letter in Unicode.
    const STRETCH: char = '\u{640}';
    std::iter::once(character)
        .nfd()
        .filter(|letter| letter.is_alphanumeric() && *letter != STRETCH && !is_point(*letter))
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
}

/// Whether a mark is an accent, or one of the points that most texts omit: by its canonical combining class, the fixed
/// classes of Hebrew, Arabic and Syriac (10 to 36) and the marks above and below (200 to 240). Vowel signs of Indic scripts and
/// of Thai are letters.
fn is_point(letter: char) -> bool {
    matches!(canonical_combining_class(letter), 10..=36 | 200..=240)
}

/// The annotations in the text of a page, as ranges of its folded text: invisible blocks, and note marks after words.
fn annotations(page: &PageText<'_>) -> Vec<Range<usize>> {
    let text = page.folded.as_str();
    let mut found = notes(text);
    let mut hidden = page
        .reading
        .blocks
        .iter()
        .filter(|block| block.hidden)
        .peekable();
    if hidden.peek().is_some() {
        let mut start = None;
        // Blocks are in the order of the text, and folding keeps this order.
        for (at, _) in text.char_indices() {
            let origin = page.folded.original(at..at + 1).start;
            while hidden.next_if(|it| it.range.end <= origin).is_some() {}
            let is_hidden = hidden
                .peek()
                .is_some_and(|hidden| hidden.range.start <= origin);
            match (is_hidden, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    found.push(from..at);
                    start = None;
                }
                _ => {}
            }
        }
        found.extend(start.map(|start| start..text.len()));
        found.sort_by_key(|it| it.start);
    }
    found
}

/// Note marks: a number of up to three digits, or a short text in brackets, directly after a word or the end of a sentence.
fn notes(text: &str) -> Vec<Range<usize>> {
    const LONGEST: usize = 20;
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut before = ' ';
    let mut skip = 0;
    for (at, character) in text.char_indices() {
        if at < skip {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let behind = before.is_alphabetic()
            || matches!(
                before,
                '.' | ',' | '*' | ';' | ':' | '!' | '?' | '"' | ')' | ']'
            );
        let length = match character {
            '[' if before != ' ' => rest
                .find(']')
                .filter(|rest| *rest <= LONGEST)
                .map(|rest| rest + 1),
            '0'..='9' if behind => {
                let digits = rest.len()
                    - rest
                        .trim_start_matches(|letter: char| letter.is_ascii_digit())
                        .len();
                let next = rest.get(digits..).and_then(|rest| rest.chars().next());
                let ends = next.is_none_or(|next| !next.is_alphanumeric());
                (digits <= 3 && ends).then_some(digits)
            }
            _ => None,
        };
        match length {
            Some(length) => {
                found.push(at..at + length);
                skip = at + length;
                // Several marks can follow one another.
                before = ']';
            }
            None => before = character,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::testing::reading;

    fn is_there(words: &str, text: &str) -> bool {
        let reading = reading(text);
        !find(words, &PageText::of(&reading)).same.is_empty()
    }

    #[test]
    fn letters_that_are_the_same_are_found_in_every_script() {
        for (words, text) in [
            ("ΟΙ ΠΟΛΙΤΕΣ ΜΑΣ", "Οι πολίτες μας μιλούν"),
            ("הגנה אזרחית", "הֲגָנָה אֶזְרָחִית"),
            ("السلام عليكم", "السَّلَامُ عَلَيْكُم"),
            ("محمد الكبير", "محـــمد الكبير"),
            ("STRASSE DER MITTE", "Straße der Mitte"),
            ("การคุ้มครองพลเรือน", "เราสอนการคุ้มครองพลเรือนในทุกเมือง"),
            (
                "비무장 민간인 보호",
                "우리는 비무장 민간인 보호를 가르칩니다",
            ),
            ("ກົດໝາຍລາວ", "ພວກເຮົາກົດໝາຍລາວນີ້"),
            ("peacebuilding", "peace-building"),
        ] {
            assert!(is_there(words, text), "{words} in {text}");
        }
        // A vowel sign makes another word.
        assert!(!is_there("नागरिक सुरक्षा", "नागरीक सुरक्षा"));
    }

    #[test]
    fn marks_of_notes_are_no_part_of_the_words_around_them() {
        for text in [
            "unarmed civilian3 protection",
            "unarmed civilian[3] protection",
            "unarmed civilian[note 1][2] protection",
            "unarmed civilian*12 protection",
        ] {
            assert!(is_there("unarmed civilian protection", text), "{text}");
        }
        assert!(is_there(
            "quiet talks. We never leave",
            "We teach quiet talks.4 We never leave."
        ));
        assert!(!is_there(
            "trained monitors in towns",
            "trained 120 monitors in towns"
        ));
    }

    #[test]
    fn words_that_are_parted_by_other_spaces_are_other_words() {
        let found = |words, text| {
            let reading = reading(text);
            let it = find(words, &PageText::of(&reading));
            (it.same.len(), it.parted.len())
        };
        assert_eq!(
            found("they are nowhere near", "They are now here near."),
            (0, 1)
        );
        assert_eq!(
            found("unarmed protection", "U N A R M E D protection"),
            (1, 0)
        );
        assert_eq!(
            found("非武装平民保护的方法", "非武装 平民保护 的方法"),
            (1, 0)
        );
    }
}
