//! The text of a reading, folded once and searched often: finds phrases by whole words, and describes places.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::claim::Scope;
use crate::{
    language::tokens::is_unparted,
    reading::{Reading, Region},
    text::{Folded, fold},
};

/// The text of a page, ready for searching.
pub(super) struct PageText<'a> {
    /// The reading it is the text of.
    pub(super) reading: &'a Reading,
    /// The text, folded.
    pub(super) folded: Folded,
}

impl<'a> PageText<'a> {
    /// The text of `reading`.
    pub(super) fn of(reading: &'a Reading) -> Self {
        Self {
            reading,
            folded: Folded::of(&reading.text),
        }
    }

    /// How many characters were searched, for people: `1,972 characters of text`.
    pub(super) fn extent(&self) -> String {
        format!(
            "{} characters of text",
            thousands(self.reading.text.chars().count())
        )
    }

    /// Every place of `phrase` as whole words, in bytes of the reading's text.
    pub(super) fn find(&self, phrase: &str) -> Vec<Range<usize>> {
        let needle = fold(phrase);
        let needle = needle.trim();
        if needle.is_empty() {
            return Vec::new();
        }
        self.find_folded(needle)
            .into_iter()
            .map(|it| self.folded.original(it))
            .collect()
    }

    /// Every place of `phrase` right before a number of one or two digits, as the marks of notes are.
    pub(super) fn find_marked(&self, phrase: &str) -> Vec<Range<usize>> {
        const MOST: usize = 2;
        let needle = fold(phrase);
        let text = self.folded.as_str();
        let is_marked = |end: &usize| {
            let behind = text.get(*end..).unwrap_or_default();
            let rest = behind.trim_start_matches(|it: char| it.is_ascii_digit());
            (1..=MOST).contains(&(behind.len() - rest.len())) && !rest.starts_with(is_word)
        };
        let ends_in_letter = needle.ends_with(char::is_alphabetic);
        let places = text.match_indices(needle.trim()).filter(|_| ends_in_letter);
        let ends = places.map(|(at, found)| (at, at + found.len()));
        ends.filter(|(at, end)| is_marked(end) && !text[..*at].ends_with(is_word))
            .map(|(at, end)| self.folded.original(at..end))
            .collect()
    }

    /// Whether the text has a phrase as whole words if accents count for nothing on either side.
    pub(super) fn has_without_accents(&self, phrase: &str) -> bool {
        let plain = |text: &str| -> String {
            let letters = text.nfd().filter(|letter| !is_combining_mark(*letter));
            letters.collect()
        };
        let (text, needle) = (self.folded.as_str(), fold(phrase));
        if text.is_ascii() && needle.is_ascii() {
            return false;
        }
        let (text, needle) = (plain(text), plain(needle.trim()));
        let mut places = text.match_indices(&needle);
        places.any(|(at, found)| is_bounded(&text, &(at..at + found.len())))
    }

    /// Every place of a folded phrase as whole words, in bytes of the folded text.
    pub(super) fn find_folded(&self, needle: &str) -> Vec<Range<usize>> {
        let text = self.folded.as_str();
        text.match_indices(needle)
            .map(|(at, found)| at..at + found.len())
            .filter(|it| is_bounded(text, it))
            .collect()
    }

    /// The bytes of the text that the fragment of the reference points to; `None` without a fragment or target.
    pub(super) fn scope(&self, scope: Scope<'_>) -> Option<Range<usize>> {
        let fragment = scope.fragment?;
        let anchor = self
            .reading
            .anchors
            .iter()
            .find(|anchor| anchor.name == fragment)
            .or_else(|| {
                self.reading
                    .anchors
                    .iter()
                    .find(|anchor| anchor.name.eq_ignore_ascii_case(fragment))
            })?;
        let heading = |it: &&crate::reading::Heading| it.range.start >= anchor.range.start;
        let mut after = self.reading.headings.iter().filter(heading);
        let first = after.next();
        let marks_heading = first.is_some_and(|first| {
            first.range.start <= anchor.range.start + 2 && first.range.end + 2 >= anchor.range.end
        });
        if anchor.range.len() > 1 && !marks_heading {
            return Some(anchor.range.clone());
        }
        // An empty anchor, or one with only a heading, means the section: up to the next heading of its rank.
        let level = first.map_or(6, |first| first.level);
        let end = after
            .find(|heading| heading.level <= level)
            .map_or(self.reading.text.len(), |after| after.range.start);
        Some(anchor.range.start..end)
    }

    /// Whether a place is in the text of an image.
    pub(super) fn is_alt(&self, range: &Range<usize>) -> bool {
        let holds = |it: &Range<usize>| it.start <= range.start && range.end <= it.end;
        let mut blocks = self.reading.blocks.iter();
        blocks.any(|block| block.alt && holds(&block.range))
    }

    /// The description of a place for readers: the heading above it, or the part of the page.
    pub(super) fn place(&self, range: &Range<usize>) -> String {
        let block = self
            .reading
            .blocks
            .iter()
            .find(|block| block.range.end > range.start);
        match block.map(|block| block.region) {
            Some(Region::Navigation) => return "in the navigation".to_owned(),
            Some(Region::Header) => return "in the page's header".to_owned(),
            Some(Region::Footer) => return "in the page's footer".to_owned(),
            _ => {}
        }
        if let Some(page) = self.reading.page_at(range.start) {
            return format!("on page {page}");
        }
        match self.heading_above(range.start) {
            Some(heading) => format!("in the text under \"{heading}\""),
            None => "in the text".to_owned(),
        }
    }

    /// The heading above a place.
    pub(super) fn heading_above(&self, at: usize) -> Option<String> {
        let heading = self
            .reading
            .headings
            .iter()
            .rfind(|heading| heading.range.end <= at)?;
        let text = self.reading.text.get(heading.range.clone())?;
        let text = crate::text::one_line(text);
        (!text.is_empty()).then_some(text)
    }
}

/// Whether a match begins and ends at the edges of words. A particle can follow a Korean word, and small words are written on to the
/// next one in Arabic and Hebrew.
pub(super) fn is_bounded(text: &str, range: &Range<usize>) -> bool {
    let inner = text.get(range.clone()).unwrap_or_default();
    let before = text
        .get(..range.start)
        .and_then(|text| text.chars().next_back());
    let after = text.get(range.end..).and_then(|text| text.chars().next());
    let joins = |a: Option<char>, b: Option<char>| matches!((a, b), (Some(a), Some(b)) if is_word(a) && is_word(b));
    let last = inner.chars().next_back();
    let particle = matches!((last, after), (Some(a), Some(b)) if is_hangul(a) && is_hangul(b));
    let led =
        !joins(before, inner.chars().next()) || inner.contains(' ') && is_led(text, range.start);
    led && (particle || !joins(last, after))
}

/// Whether the word that ends at a place is only what Arabic and Hebrew write on to the next word: "and", "the", "in", "to", "as".
fn is_led(text: &str, at: usize) -> bool {
    const MOST: usize = 3;
    const ARABIC: &str = "وفبلكا";
    const HEBREW: &str = "והבלכמש";
    let before = text.get(..at).unwrap_or_default().chars().rev();
    let mut lead = before
        .take_while(|letter| is_word(*letter))
        .take(MOST + 1)
        .peekable();
    let script = match lead.peek() {
        Some('\u{590}'..='\u{5ff}') => HEBREW,
        Some('\u{600}'..='\u{6ff}') => ARABIC,
        _ => return false,
    };
    let mut count = 0;
    let all = lead.all(|letter| {
        count += 1;
        script.contains(letter)
    });
    all && (1..=MOST).contains(&count)
}

fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{ac00}'..='\u{d7a3}')
}

/// Whether a character is part of a word; scripts without spaces between words have no such characters.
fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() && !is_unparted(letter)
}

/// A count with commas between its thousands.
pub(super) fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_word_written_on_to_the_first_one_is_its_edge() {
        let found = |text: &str, words: &str| {
            let at = text.find(words).unwrap();
            is_bounded(text, &(at..at + words.len()))
        };
        assert!(found("لديها مكتبة ومدرسة لصناعة القوارب", "مدرسة لصناعة"));
        assert!(found("ארבעים חברים ובית ספר לסירות", "בית ספר"));
        assert!(!found("المكتبة الكبرى", "مكتبة"));
        assert!(!found("anow here", "now here"));
    }
}
