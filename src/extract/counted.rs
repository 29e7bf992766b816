//! The words of a line, counted by how they are written and what they are known for.

use super::{
    marks::{mark, marks, marks_in},
    names::bare,
    words,
};

/// What a character is, as far as it matters to a word: one bit each.
mod kind {
    pub(super) const BREAK: u8 = 1;
    pub(super) const ALPHANUMERIC: u8 = 1 << 1;
    pub(super) const LETTER: u8 = 1 << 2;
    pub(super) const CAPITAL: u8 = 1 << 3;
    pub(super) const DIGIT: u8 = 1 << 4;
}

/// What each byte of ASCII is.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut at = 0_u8;
    while at < 128 {
        kinds[at as usize] = match at {
            b' ' | b'/' => kind::BREAK,
            b'0'..=b'9' => kind::ALPHANUMERIC | kind::DIGIT,
            b'a'..=b'z' => kind::ALPHANUMERIC | kind::LETTER,
            b'A'..=b'Z' => kind::ALPHANUMERIC | kind::LETTER | kind::CAPITAL,
            _ => 0,
        };
        at += 1;
    }
    kinds
};

/// The words of a line, counted by how they are written.
#[derive(Default)]
pub(super) struct Words {
    pub(super) all: usize,
    pub(super) capital: f64,
    pub(super) lowered: f64,
    pub(super) uncased: f64,
    pub(super) digits: f64,
    /// Words that sentences are made of.
    pub(super) sentence: u32,
    /// Months and days.
    pub(super) calendar: u32,
    pub(super) organization: bool,
}

impl Words {
    /// Counts the words of `text`; `lower` is the same in lower case.
    pub(super) fn count(text: &str, lower: &str) -> Self {
        if text.is_ascii() {
            return Self::count_ascii(text.as_bytes(), lower);
        }
        let mut words = Self::default();
        for part in text.split([' ', '/']).filter(|it| !it.is_empty()) {
            let place = words.all;
            words.all += 1;
            let word = bare(part);
            if !word.is_empty() {
                let folded = word.to_lowercase();
                words.add(place, marks(&folded), &folded, Shape::of(word));
            }
        }
        words
    }

    fn count_ascii(text: &[u8], lower: &str) -> Self {
        let mut words = Self::default();
        let mut at = 0;
        while at < text.len() {
            let from = at;
            let mut kinds = 0;
            while let Some(kind) = text.get(at).map(|&it| KINDS[usize::from(it)])
                && kind & kind::BREAK == 0
            {
                kinds |= kind;
                at += 1;
            }
            if at > from {
                let place = words.all;
                words.all += 1;
                if kinds & kind::ALPHANUMERIC != 0 {
                    // The word without what is no letter or digit at its ends.
                    let plain = |it: usize| KINDS[usize::from(text[it])] & kind::ALPHANUMERIC != 0;
                    let (mut start, mut end) = (from, at);
                    while !plain(start) {
                        start += 1;
                    }
                    while !plain(end - 1) {
                        end -= 1;
                    }
                    let shape = if kinds & kind::DIGIT != 0 && text[start].is_ascii_digit() {
                        if kinds & kind::LETTER == 0 {
                            Shape::Digits
                        } else {
                            Shape::Capital
                        }
                    } else if kinds & kind::CAPITAL != 0 {
                        Shape::Capital
                    } else {
                        Shape::Lower
                    };
                    words.add(place, marks_in(lower, start..end), &lower[start..end], shape);
                }
            }
            at += 1;
        }
        words
    }

    fn add(&mut self, place: usize, marks: u16, folded: &str, shape: Shape) {
        self.organization |= marks & mark::ORGANIZATION != 0 || ends_as_organizations_do(folded);
        self.calendar += u32::from(marks & mark::CALENDAR != 0);
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

impl Shape {
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

/// Whether a compound, or a name in a script that parts no words, ends in a kind of organization.
fn ends_as_organizations_do(folded: &str) -> bool {
    let german = folded.len() >= 6
        && matches!(
            folded.as_bytes()[folded.len() - 1],
            b'd' | b'e' | b'g' | b'n' | b't'
        )
        && [
            "stiftung",
            "verband",
            "verein",
            "gesellschaft",
            "universität",
            "hochschule",
        ]
        .iter()
        .any(|it| folded.ends_with(it));
    german
        || (!folded.is_ascii()
            && words::ORGANIZATION_ENDS
                .split(',')
                .any(|it| folded.ends_with(it)))
}
