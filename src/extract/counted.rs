//! The words of a line, counted by how they are written and what they are known for.

use std::ops::Range;

use super::letters::bare;
use crate::language::{Lexicon, Marks, mark};

/// The properties of a character that matter in a word: one bit each.
mod kind {
    /// It ends a word.
    pub(super) const BREAK: u8 = 1;
    /// A letter or a digit.
    pub(super) const ALPHANUMERIC: u8 = 1 << 1;
    /// A letter.
    pub(super) const LETTER: u8 = 1 << 2;
    /// A capital letter.
    pub(super) const CAPITAL: u8 = 1 << 3;
    /// Not ASCII.
    pub(super) const BEYOND: u8 = 1 << 4;
}

/// What each byte is.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut at = 0_u8;
    while at < 128 {
        kinds[at as usize] = match at {
            b' ' | b'/' => kind::BREAK,
            b'0'..=b'9' => kind::ALPHANUMERIC,
            b'a'..=b'z' => kind::ALPHANUMERIC | kind::LETTER,
            b'A'..=b'Z' => kind::ALPHANUMERIC | kind::LETTER | kind::CAPITAL,
            _ => 0,
        };
        kinds[at as usize + 128] = kind::BEYOND;
        at += 1;
    }
    kinds
};

/// The words of a line, counted by how they are written.
#[derive(Default)]
pub(super) struct Words {
    /// All words.
    pub(super) all: usize,
    /// Words that begin with a capital.
    pub(super) capital: f64,
    /// Words in lower case, but for the small ones inside of names.
    pub(super) lowered: f64,
    /// Words of scripts without capitals.
    pub(super) uncased: f64,
    /// Words that begin with a digit.
    pub(super) digits: f64,
    /// Words that are typical of sentences.
    pub(super) sentence: u32,
    /// Months and days.
    pub(super) calendar: u32,
    /// Whether a word is typical of organizations.
    pub(super) organization: bool,
    /// Whether the first word says what kind of names follow.
    pub(super) leads: bool,
}

impl Words {
    /// Counts the words of `text`; `lower` is the same in lower case.
    pub(super) fn count(text: &str, lower: &str) -> Self {
        let mut words = Self::default();
        let aligned = text.is_ascii();
        let (mut at, mut at_lower) = (0, 0);
        while at < text.len() {
            let (end, kinds) = part(text.as_bytes(), at);
            // Lower-case letters can have other lengths, but the separators stay.
            let end_lower = if aligned {
                end
            } else {
                part(lower.as_bytes(), at_lower).0
            };
            if end > at {
                let place = words.all;
                words.all += 1;
                if kinds & kind::BEYOND != 0 {
                    let word = bare(&text[at..end]);
                    if !word.is_empty() {
                        let folded = bare(&lower[at_lower..end_lower]);
                        words.add(place, Lexicon::word(folded), folded, Shape::of(word));
                    }
                } else if kinds & kind::ALPHANUMERIC != 0 {
                    let word = plain(text.as_bytes(), at..end);
                    let shape = Shape::of_ascii(text.as_bytes()[word.start], kinds);
                    let word = word.start - at + at_lower..word.end - at + at_lower;
                    let word = &lower[word];
                    words.add(place, Lexicon::word(word), word, shape);
                }
            }
            (at, at_lower) = (end + 1, end_lower + 1);
        }
        words
    }

    fn add(&mut self, place: usize, marks: Marks, folded: &str, shape: Shape) {
        self.organization |=
            marks & mark::ORGANIZATION != 0 || Lexicon::ends_in_organization(folded);
        self.calendar += u32::from(marks & mark::CALENDAR != 0);
        self.leads |= place == 0 && marks & mark::LEAD != 0;
        match shape {
            Shape::Digits => self.digits += 1.0,
            Shape::Capital => self.capital += 1.0,
            Shape::Uncased => self.uncased += 1.0,
            Shape::Lower if marks & mark::SENTENCE != 0 => {
                self.sentence += 1;
                self.lowered += 1.0;
            }
            Shape::Lower if place == 0 || marks & mark::SMALL == 0 => self.lowered += 1.0,
            Shape::Lower => {}
        }
    }

    pub(super) fn counted(&self) -> f64 {
        self.capital + self.lowered + self.uncased + self.digits
    }
}

/// How a word is written.
#[derive(Clone, Copy)]
enum Shape {
    Digits,
    Capital,
    Lower,
    Uncased,
}

/// The end of the part of a line that begins at a place, and what it consists of.
fn part(line: &[u8], from: usize) -> (usize, u8) {
    let mut kinds = 0;
    let rest = line.get(from..).unwrap_or_default();
    let length = rest.iter().position(|&it| {
        let kind = KINDS[usize::from(it)];
        kinds |= kind & !kind::BREAK;
        kind & kind::BREAK != 0
    });
    (from + length.unwrap_or(rest.len()), kinds)
}

/// A part of ASCII that contains a letter or a digit, without other characters at its ends.
fn plain(line: &[u8], part: Range<usize>) -> Range<usize> {
    let plain = |it: usize| KINDS[usize::from(line[it])] & kind::ALPHANUMERIC != 0;
    let Range { mut start, mut end } = part;
    while !plain(start) {
        start += 1;
    }
    while !plain(end - 1) {
        end -= 1;
    }
    start..end
}

impl Shape {
    /// The shape of a word with this first character and these kinds of characters.
    fn of_ascii(first: u8, kinds: u8) -> Self {
        if first.is_ascii_digit() {
            if kinds & kind::LETTER == 0 {
                Self::Digits
            } else {
                Self::Capital
            }
        } else if kinds & kind::CAPITAL != 0 {
            Self::Capital
        } else {
            Self::Lower
        }
    }

    fn of(word: &str) -> Self {
        let first = word.chars().next().unwrap_or_default();
        if first.is_numeric() {
            if word.chars().any(char::is_alphabetic) {
                Self::Capital
            } else {
                Self::Digits
            }
        } else if word.chars().any(char::is_uppercase) {
            Self::Capital
        } else if first.is_lowercase() {
            Self::Lower
        } else {
            Self::Uncased
        }
    }
}
