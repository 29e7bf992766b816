//! Places in a capture, as W3C Web Annotation selectors, and text-fragment links that open a browser there.

use std::ops::Range;

use memchr::memmem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A passage by its words and the words around them (W3C Web Annotation, 4.2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub struct TextQuoteSelector {
    /// The words.
    pub exact: String,
    /// The text before them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// The text after them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

/// A passage by its position in the text, in Unicode code points (W3C Web Annotation, 4.2.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub struct TextPositionSelector {
    /// The first code point.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
}

/// An element by a CSS selector (W3C Web Annotation, 4.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub struct CssSelector {
    /// The selector.
    pub value: String,
}

/// A part of a file by the fragment of an address (W3C Web Annotation, 4.2.1): `page=3` of a PDF.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub struct FragmentSelector {
    /// The specification of this kind of fragment.
    #[serde(rename = "conformsTo")]
    pub conforms_to: String,
    /// The fragment, without `#`.
    pub value: String,
}

impl FragmentSelector {
    /// A page of a PDF file, counted from 1 (RFC 8118, 3).
    #[must_use]
    pub fn page(number: u32) -> Self {
        Self {
            conforms_to: "http://tools.ietf.org/rfc/rfc8118".to_owned(),
            value: format!("page={number}"),
        }
    }
}

/// The characters of context in a quote selector on each side.
const CONTEXT: usize = 32;

impl TextQuoteSelector {
    /// The selector for `range` (bytes) of `text`, with up to 32 characters of context on each side.
    #[must_use]
    pub fn of(text: &str, range: Range<usize>) -> Self {
        let before = text.get(..range.start).unwrap_or_default();
        let after = text.get(range.end..).unwrap_or_default();
        let skipped = before.chars().count().saturating_sub(CONTEXT);
        Self {
            exact: text.get(range).unwrap_or_default().to_owned(),
            prefix: before.chars().skip(skipped).collect(),
            suffix: after.chars().take(CONTEXT).collect(),
        }
    }
}

impl TextPositionSelector {
    /// The selector for `range` (bytes) of `text`.
    #[must_use]
    pub fn of(text: &str, range: Range<usize>) -> Self {
        let points = |range: Range<usize>| text.get(range).map_or(0, |text| text.chars().count());
        let start = points(0..range.start);
        Self {
            start,
            end: start + points(range),
        }
    }
}

/// The text of a page, prepared for links that open a browser at a passage (URL Fragment Text Directives, W3C CG).
#[derive(Clone, Debug)]
pub struct TextFragments<'a> {
    text: &'a str,
    /// The text as browsers compare it: without case, accents and differences in spaces.
    folded: String,
    /// For each byte of `folded` the byte of `text` it came from, and one more for the end; `None` if it is the same one.
    origins: Option<Vec<usize>>,
}

/// The longest passage that a directive spells out, in characters; longer ones are given by their first and last words.
const SPELT_OUT: usize = 120;
/// How many words represent each end of a longer passage.
const END_WORDS: usize = 5;
/// The most words of context to try on each side.
const CONTEXT_WORDS: usize = 12;

impl<'a> TextFragments<'a> {
    /// Prepares `text`, whose lines are the blocks of the page.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        if text.is_ascii() {
            let shown = |letter: u8| match letter {
                b'\t' | b'\x0b'..=b'\r' => b' ',
                it => it.to_ascii_lowercase(),
            };
            let folded: Vec<u8> = text.bytes().map(shown).collect();
            return Self {
                text,
                folded: String::from_utf8(folded).unwrap_or_default(),
                origins: None,
            };
        }
        let (mut folded, mut origins) = (
            String::with_capacity(text.len()),
            Vec::with_capacity(text.len()),
        );
        for (at, character) in text.char_indices() {
            if crate::text::is_invisible(character) {
                continue;
            }
            let mut push = |letter: char| {
                folded.push(letter);
                origins.extend(std::iter::repeat_n(at, letter.len_utf8()));
            };
            if character == '\n' {
                push('\n');
            } else if character.is_whitespace() {
                push(' ');
            } else if character.is_ascii() {
                push(character.to_ascii_lowercase());
            } else {
                std::iter::once(character)
                    .nfkd()
                    .filter(|nfkd| !is_combining_mark(*nfkd))
                    .flat_map(char::to_lowercase)
                    .for_each(push);
            }
        }
        origins.push(text.len());
        Self {
            text,
            folded,
            origins: Some(origins),
        }
    }

    /// The byte of the text that a byte of the folded text came from.
    fn origin(&self, at: usize) -> Option<usize> {
        match &self.origins {
            Some(origins) => origins.get(at).copied(),
            None => (at <= self.text.len()).then_some(at),
        }
    }

    /// The address of `page` with a directive by which a browser finds `range` and no earlier passage; the range grows to whole
    /// words. `None` if there is no such directive: an empty range, or words that are repeated too often.
    #[must_use]
    pub fn link(&self, page: &str, range: Range<usize>) -> Option<String> {
        let directive = self.directive(range)?;
        let page = page.split('#').next().unwrap_or_default();
        Some(format!("{page}#:~:text={directive}"))
    }

    /// The directive alone: `[prefix-,]start[,end][,-suffix]`.
    #[must_use]
    pub fn directive(&self, range: Range<usize>) -> Option<String> {
        let range = self.whole_words(range)?;
        let passage = self.text.get(range.clone())?;
        let (start, end) = ends(passage);
        let contexts = (1..=CONTEXT_WORDS).flat_map(|it| [(it, 0), (0, it), (it, it)]);
        std::iter::once((0, 0))
            .chain(contexts)
            .map(|(before, after)| Directive {
                prefix: self.words_before(range.start, before),
                start: start.to_owned(),
                end: end.map(str::to_owned),
                suffix: self.words_after(range.end, after),
            })
            .find(|directive| self.find(directive) == Some(range.clone()))
            .map(|directive| directive.encoded())
    }

    /// The place that a browser would find: the first passage that matches the directive.
    fn find(&self, directive: &Directive) -> Option<Range<usize>> {
        let fold = |text: &str| TextFragments::of(text).folded;
        let (prefix, suffix) = (fold(&directive.prefix), fold(&directive.suffix));
        let start = fold(&directive.start);
        let mut from = 0;
        loop {
            let (begin, mut stop) = self.next(&start, from)?;
            from = begin + self.folded.get(begin..)?.chars().next()?.len_utf8();
            let before = self.folded.get(..begin)?.trim_end();
            if !(prefix.is_empty()
                || before.ends_with(&prefix) && bounded_start(before, prefix.len()))
            {
                continue;
            }
            if let Some(end) = &directive.end {
                let Some((_, it)) = self.next(&fold(end), stop) else {
                    continue;
                };
                stop = it;
            }
            let after = self.folded.get(stop..)?.trim_start();
            if !(suffix.is_empty()
                || after.starts_with(&suffix) && bounded_end(after, suffix.len()))
            {
                continue;
            }
            let last = self.folded.get(..stop)?.char_indices().next_back()?.0;
            let to = self.origin(last)?;
            let to = to + self.text.get(to..)?.chars().next()?.len_utf8();
            return Some(self.origin(begin)?..to);
        }
    }

    /// The next place from `from` on at which folded words occur as whole words.
    fn next(&self, words: &str, mut from: usize) -> Option<(usize, usize)> {
        if words.is_empty() {
            return None;
        }
        let finder = memmem::Finder::new(words);
        loop {
            let begin = from + finder.find(self.folded.as_bytes().get(from..)?)?;
            let end = begin + words.len();
            let head = self.folded.get(..end)?;
            let tail = self.folded.get(begin..)?;
            if bounded_start(head, words.len()) && bounded_end(tail, words.len()) {
                return Some((begin, end));
            }
            from = begin + tail.chars().next()?.len_utf8();
        }
    }

    fn whole_words(&self, range: Range<usize>) -> Option<Range<usize>> {
        let inner = self.text.get(range.clone())?;
        let skipped = inner.len() - inner.trim_start().len();
        let (mut start, mut end) = (range.start + skipped, range.start + inner.trim_end().len());
        if start >= end {
            return None;
        }
        let (first, last) = (
            self.text.get(start..end)?.chars().next()?,
            self.text.get(start..end)?.chars().next_back()?,
        );
        if is_lettered(first) {
            start = self.text.get(..start)?.trim_end_matches(is_lettered).len();
        }
        if is_lettered(last) {
            let rest = self.text.get(end..)?;
            end += rest.len() - rest.trim_start_matches(is_lettered).len();
        }
        Some(start..end)
    }

    /// The last `count` words before a place, within their block.
    fn words_before(&self, at: usize, count: usize) -> String {
        let before = self.text.get(..at).unwrap_or_default().trim_end();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        words
            .get(words.len().saturating_sub(count)..)
            .unwrap_or_default()
            .join(" ")
    }

    /// The first `count` words after a place, within their block.
    fn words_after(&self, at: usize, count: usize) -> String {
        let after = self.text.get(at..).unwrap_or_default().trim_start();
        let line = after.split('\n').next().unwrap_or_default();
        line.split_whitespace()
            .take(count)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A text directive before encoding: words as on the page.
struct Directive {
    prefix: String,
    start: String,
    end: Option<String>,
    suffix: String,
}

impl Directive {
    fn encoded(&self) -> String {
        let mut out = String::new();
        if !self.prefix.is_empty() {
            out.push_str(&percent(&self.prefix));
            out.push_str("-,");
        }
        out.push_str(&percent(&self.start));
        if let Some(end) = &self.end {
            out.push(',');
            out.push_str(&percent(end));
        }
        if !self.suffix.is_empty() {
            out.push_str(",-");
            out.push_str(&percent(&self.suffix));
        }
        out
    }
}

/// A passage in full, or its first and last words if it is long or spans several blocks.
fn ends(passage: &str) -> (&str, Option<&str>) {
    if passage.chars().count() <= SPELT_OUT && !passage.contains('\n') {
        return (passage, None);
    }
    let first = passage.split('\n').next().unwrap_or(passage);
    let last = passage.rsplit('\n').next().unwrap_or(passage);
    let several = passage.contains('\n');
    let words = |line: &str| {
        let count = line.split_whitespace().count();
        if several {
            END_WORDS.min(count)
        } else {
            END_WORDS.min(count / 2).max(1)
        }
    };
    let head = first
        .char_indices()
        .filter(|(at, letter)| {
            letter.is_whitespace() && !first[..*at].ends_with(char::is_whitespace)
        })
        .map(|(at, _)| at)
        .nth(words(first).saturating_sub(1))
        .unwrap_or(first.len());
    let tail = last
        .char_indices()
        .rev()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(at, letter)| at + letter.len_utf8())
        .nth(words(last).saturating_sub(1))
        .unwrap_or(0);
    let (head, tail) = (
        first.get(..head).unwrap_or(first),
        last.get(tail..).unwrap_or(last),
    );
    if head.len() + tail.len() > passage.len() {
        (passage, None)
    } else {
        (head.trim(), Some(tail.trim()))
    }
}

/// Percent-encodes everything except letters, digits and a few marks without a meaning in directives (`-`, `,` and `&` have one).
fn percent(words: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'_')
        .remove(b'.')
        .remove(b'~')
        .remove(b'!')
        .remove(b'*')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')');
    utf8_percent_encode(words, KEPT).to_string()
}

fn is_lettered(letter: char) -> bool {
    letter.is_alphanumeric()
        && !matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Whether the last `length` bytes of `head` begin at the beginning of a word.
fn bounded_start(head: &str, length: usize) -> bool {
    let (Some(before), Some(words)) = (
        head.get(..head.len() - length),
        head.get(head.len() - length..),
    ) else {
        return false;
    };
    !(before.ends_with(is_lettered) && words.starts_with(is_lettered))
}

/// Whether the first `length` bytes of `tail` end at the end of a word.
fn bounded_end(tail: &str, length: usize) -> bool {
    let (Some(words), Some(after)) = (tail.get(..length), tail.get(length..)) else {
        return false;
    };
    !(after.starts_with(is_lettered) && words.ends_with(is_lettered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directive(text: &str, phrase: &str, nth: usize) -> Option<String> {
        let (at, _) = text.match_indices(phrase).nth(nth)?;
        TextFragments::of(text).directive(at..at + phrase.len())
    }

    #[test]
    fn what_means_something_to_a_directive_is_encoded() {
        let text = "We do de-escalation, training & more.";
        assert_eq!(
            directive(text, "de-escalation, training & more", 0).as_deref(),
            Some("de%2Descalation%2C%20training%20%26%20more")
        );
    }

    #[test]
    fn repeated_words_get_the_words_around_them() {
        let text = "A list of partners\nOur partners are here\nNo partners today";
        assert_eq!(directive(text, "partners", 0).as_deref(), Some("partners"));
        assert_eq!(
            directive(text, "partners", 1).as_deref(),
            Some("Our-,partners")
        );
        assert_eq!(
            directive(text, "partners", 2).as_deref(),
            Some("No-,partners")
        );
    }

    #[test]
    fn a_part_of_a_word_is_linked_as_the_word() {
        assert_eq!(
            directive("the ombudsman office", "ombuds", 0).as_deref(),
            Some("ombudsman")
        );
    }

    #[test]
    fn a_long_passage_is_given_by_its_ends() {
        let text = format!(
            "Start of it all {} and so it ends here.",
            "word ".repeat(60).trim()
        );
        let whole = TextFragments::of(&text).directive(0..text.len());
        assert_eq!(
            whole.as_deref(),
            Some("Start%20of%20it%20all%20word,and%20so%20it%20ends%20here.")
        );
    }

    #[test]
    fn a_link_made_for_any_words_finds_them_and_no_earlier_ones() {
        let text = "one two three one two four\none two three five\ntwo three one two four six\nÉtat one étât two";
        let fragments = TextFragments::of(text);
        let starts: Vec<usize> = (0..text.len())
            .filter(|it| text.is_char_boundary(*it))
            .collect();
        for &from in &starts {
            for &to in starts.iter().filter(|start| **start > from) {
                if let Some(link) = fragments.directive(from..to) {
                    let found = fragments.find(&decoded(&link)).unwrap();
                    assert_eq!(Some(found), fragments.whole_words(from..to), "{link}");
                }
            }
        }
    }

    fn decoded(link: &str) -> Directive {
        let mut it = Directive {
            prefix: String::new(),
            start: String::new(),
            end: None,
            suffix: String::new(),
        };
        for part in link.split(',') {
            if let Some(part) = part.strip_suffix('-') {
                it.prefix = plain(part);
            } else if let Some(part) = part.strip_prefix('-') {
                it.suffix = plain(part);
            } else if it.start.is_empty() {
                it.start = plain(part);
            } else {
                it.end = Some(plain(part));
            }
        }
        it
    }

    fn plain(part: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = part.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    }
}
