//! Numbers in running text: digits of any script, number words, scales, and the words that round them.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use foldhash::fast::FixedState;

use super::{Numbers, files::sections, tokens::Word};
use digits::digits;

pub(super) use digits::ascii;

mod digits;

/// The relation of a stated number to the exact one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// As it is.
    Exact,
    /// `over`, `more than`, `at least`, `130+`.
    AtLeast,
    /// `nearly`, `almost`, `up to`.
    AtMost,
    /// `about`, `some`, `around`.
    About,
}

/// A number in a text, with the words that belong to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// Its value if the one separator in it is for thousands, or for a fraction, but not for both: `1.250`.
    pub other: Option<f64>,
    /// How it was rounded.
    pub rounding: Rounding,
    /// The first word it takes, words of rounding included.
    pub first: usize,
    /// The word after its last.
    pub end: usize,
    /// A unit that is written as a sign: `%`, `$`.
    pub sign: Option<&'static str>,
    /// What follows the digits in the same word: `120万人` counts `人`.
    pub rest: Option<(usize, usize)>,
}

/// The text that numbers are read from.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    /// The text in lower case.
    pub folded: &'a str,
    /// The words of the text, in order.
    pub words: &'a [Word<'a>],
    /// The first part of the tag of the language that the page declares.
    pub language: Option<&'a str>,
    /// Whether a place in `folded` is between two lines.
    pub breaks: &'a dyn Fn(usize) -> bool,
}

/// All numbers of a text, in order.
#[must_use]
pub fn numbers(text: Text<'_>) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.words.len() {
        match text.number_at(at) {
            Some(number) => {
                at = number.end.max(at + 1);
                found.push(number);
            }
            None => at += 1,
        }
    }
    found
}

impl Text<'_> {
    fn number_at(self, at: usize) -> Option<Number> {
        let own = self.words.get(at)?;
        let ((mut value, mut other, length), mut end) = self
            .grouped(at)
            .map(|(value, end)| ((value, None, usize::MAX), end))
            .or_else(|| Some((digits(own.text)?, at + 1)))
            .or_else(|| {
                let (value, end) = self.spelt(at)?;
                Some(((value, None, usize::MAX), end))
            })?;
        // What the rest of the word is: a scale of a script without spaces, then what is counted.
        let mut rest = own.text.get(length..).filter(|text| !text.is_empty());
        let scaled = |value: &mut f64, other: &mut Option<f64>, by: f64| {
            *value *= by;
            *other = other.map(|other| other * by);
        };
        while let Some((by, behind)) = rest.and_then(ideographic_scale) {
            scaled(&mut value, &mut other, by);
            rest = Some(behind).filter(|text| !text.is_empty());
        }
        if rest.is_none() {
            while let Some(by) = self.words.get(end).and_then(|word| self.scale(word.text)) {
                scaled(&mut value, &mut other, by);
                end += 1;
            }
        }
        let last = self.words.get(end - 1)?;
        let before = self.folded.get(..own.range.start)?.trim_end();
        let after = self.folded.get(last.range.end..)?.trim_start();
        let sign = sign_of(before.chars().next_back(), after.chars().next());
        let (rounding, first) = self.rounding(at);
        let plus = self.folded.get(last.range.end..)?.starts_with('+');
        let rest = rest.map(|rest| (own.range.end - rest.len(), own.range.end));
        Some(Number {
            value,
            other,
            rounding: if plus { Rounding::AtLeast } else { rounding },
            first,
            end,
            sign,
            rest,
        })
    }

    /// `3 400`, `1 000 000`: thousands with single spaces between them, and the word after them.
    fn grouped(self, at: usize) -> Option<(f64, usize)> {
        let first = self.words.get(at)?;
        let start = ascii(first.text);
        if start.len() > 3 || !is_digits(&start) || start.starts_with('0') {
            return None;
        }
        let (mut number, mut end, mut last) = (start.into_owned(), at + 1, first.range.end);
        while let Some(next) = self.words.get(end) {
            let spaced = self.folded.get(last..next.range.start) == Some(" ");
            let digits = ascii(next.text);
            // The last group may have a fraction after it: `1 234,50`.
            let (group, fraction) = digits.split_at_checked(3).unwrap_or((&digits, ""));
            let whole = fraction.is_empty() || fraction.starts_with([',', '.']);
            if !(spaced && !(self.breaks)(last) && group.len() == 3 && is_digits(group) && whole) {
                break;
            }
            number.push_str(group);
            last = next.range.end;
            end += 1;
            if let Some(rest) = fraction.strip_prefix([',', '.']) {
                number.push('.');
                number.push_str(rest);
                break;
            }
        }
        (end > at + 1).then_some((number.parse().ok()?, end))
    }

    fn word(self, word: &str) -> Option<f64> {
        value(word, self.language)
    }

    fn scale(self, word: &str) -> Option<f64> {
        if word == "dozen" {
            return Some(12.0);
        }
        scale(word, self.language)
    }

    /// `one hundred thirty-four`, `a dozen`, `half a million`, `vierundzwanzig`: a number in words, and the word after it.
    fn spelt(self, from: usize) -> Option<(f64, usize)> {
        let text = |at: usize| self.words.get(at).map(|word| word.text);
        if text(from) == Some("half") {
            let behind = from + 1 + usize::from(matches!(text(from + 1), Some("a" | "an")));
            let scale = text(behind).and_then(|text| self.scale(text))?;
            return Some((scale / 2.0, behind + 1));
        }
        if matches!(text(from), Some("a" | "an")) {
            let scale = text(from + 1).and_then(|text| self.scale(text))?;
            let halved = text(from + 2) == Some("and") && text(from + 3) == Some("a");
            if halved && text(from + 4) == Some("half") {
                return Some((scale * 1.5, from + 5));
            }
            return Some((scale, from + 2));
        }
        let (mut total, mut current, mut at, mut any) = (0.0, 0.0, from, false);
        while let Some(word) = text(at) {
            if !self.takes(word, &mut total, &mut current, &mut any) {
                let joins = any
                    && TABLE.joining.contains(word)
                    && text(at + 1).is_some_and(|text| self.parts(text).is_some())
                    && current >= 20.0;
                if !joins {
                    break;
                }
            }
            at += 1;
        }
        (any && at > from).then_some((total + current, at))
    }

    /// Adds a word to a number that is spelt out; returns whether it is a part of it.
    fn takes(self, word: &str, total: &mut f64, current: &mut f64, any: &mut bool) -> bool {
        let Some(parts) = self.parts(word) else {
            return false;
        };
        for value in parts {
            if is_power(value) && value >= 1e3 {
                *total += current.max(1.0) * value;
                *current = 0.0;
            } else if is(value, 100.0) {
                *current = current.max(1.0) * 100.0;
            } else if is(value, 20.0) && is(*current, 4.0) {
                // `quatre-vingts`
                *current = 80.0;
            } else {
                *current += value;
            }
            *any = true;
        }
        true
    }

    /// The values of the parts of a number word: one, or several joined by hyphens or written as one.
    fn parts(self, word: &str) -> Option<Vec<f64>> {
        if let Some(value) = self.word(word) {
            return Some(vec![value]);
        }
        if word.contains('-') {
            let parts = word.split('-').filter(|part| *part != "et");
            return parts.map(|part| self.word(part)).collect();
        }
        // `vierundzwanzig`, `vierentwintig`
        for joint in &TABLE.compounds {
            for (at, _) in word.match_indices(joint.as_str()) {
                let (one, tens) = (word.get(..at)?, word.get(at + joint.len()..)?);
                let one = match one {
                    "ein" | "een" => Some(1.0),
                    it => self.word(it).filter(|word| *word < 10.0),
                };
                let tens = self.word(tens).filter(|word| (20.0..100.0).contains(word));
                if let (Some(one), Some(tens)) = (one, tens) {
                    return Some(vec![tens, one]);
                }
            }
        }
        None
    }

    /// The words of rounding before a number, and where they begin.
    fn rounding(self, at: usize) -> (Rounding, usize) {
        let back = |count: usize| {
            let word = self.words.get(at.checked_sub(count)?)?;
            Some(word.text)
        };
        let two = back(2)
            .zip(back(1))
            .map(|(one, other)| format!("{one} {other}"));
        let of = |phrase: &str| TABLE.roundings.get(phrase).copied();
        if let Some(rounding) = two.and_then(|phrase| of(&phrase)) {
            return (rounding, at - 2);
        }
        match back(1).and_then(of) {
            Some(rounding) => (rounding, at - 1),
            None => (Rounding::Exact, at),
        }
    }
}

/// The value of a word of numbers, on a page in `language`; without one, as in English.
#[must_use]
pub fn value(word: &str, language: Option<&str>) -> Option<f64> {
    spelt(word, language).map(|spelt| spelt.value)
}

/// The value of a word of whole numbers below a thousand, in `language`.
#[must_use]
pub fn whole(word: &str, language: &str) -> Option<u64> {
    spelt(word, Some(language))?.whole
}

/// The value of a word that multiplies what is before it: `hundred`, `million`.
#[must_use]
pub fn scale(word: &str, language: Option<&str>) -> Option<f64> {
    value(word, language).filter(|value| *value >= 100.0 && is_power(*value))
}

/// A word of another language counts as well, unless it means something else in others.
fn spelt(word: &str, language: Option<&str>) -> Option<&'static Spelt> {
    let own = language.unwrap_or("en");
    let all = TABLE.words.get(word)?;
    let mut known = all.iter().filter(|spelt| spelt.language == own);
    let mut other = all.iter().filter(|spelt| !spelt.is_own);
    known.next().or_else(|| other.next())
}

/// Whether a page in that language may well spell a small number in words that are not known here.
#[must_use]
pub fn may_spell(language: Option<&str>) -> bool {
    language.is_some_and(|language| !TABLE.spelling.contains(language))
}

/// What a word of numbers is worth.
struct Spelt {
    value: f64,
    /// The same, where the files write it with digits alone.
    whole: Option<u64>,
    language: &'static str,
    /// Whether it counts only on a page in its language.
    is_own: bool,
}

/// The words of numbers of all languages.
#[derive(Default)]
struct Table {
    words: HashMap<String, Vec<Spelt>, FixedState>,
    joining: HashSet<String>,
    compounds: Vec<String>,
    roundings: HashMap<String, Rounding>,
    /// The languages whose files have the numbers up to twelve.
    spelling: HashSet<&'static str>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for (language, section) in sections::<Numbers>() {
        let entries = section.words.into_iter().map(|entry| (entry, false));
        let own = section.own_words.into_iter().map(|entry| (entry, true));
        for (entry, is_own) in entries.chain(own) {
            let mut parts = entry.split(' ');
            let digits = parts.next().unwrap_or_default();
            let Ok(value) = digits.parse() else { continue };
            if digits == "12" {
                table.spelling.insert(language);
            }
            for word in parts {
                table.words.entry(word.to_owned()).or_default().push(Spelt {
                    value,
                    whole: digits.parse().ok(),
                    language,
                    is_own,
                });
            }
        }
        table.joining.extend(section.joining);
        table.compounds.extend(section.compounds);
        for (phrases, rounding) in [
            (section.at_least, Rounding::AtLeast),
            (section.at_most, Rounding::AtMost),
            (section.about, Rounding::About),
        ] {
            let phrases = phrases.into_iter().map(|phrase| (phrase, rounding));
            table.roundings.extend(phrases);
        }
    }
    table
});

/// Whether a value is this whole number: those of words are exact.
fn is(value: f64, whole: f64) -> bool {
    (value - whole).abs() < 0.5
}

fn is_power(value: f64) -> bool {
    [1e2, 1e3, 1e5, 1e6, 1e7, 1e9, 1e12]
        .iter()
        .any(|it| is(value, *it))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn sign_of(before: Option<char>, after: Option<char>) -> Option<&'static str> {
    let of = |option: Option<char>| match option? {
        '$' => Some("dollars"),
        '€' => Some("euros"),
        '£' => Some("pounds"),
        '¥' => Some("yen"),
        '₹' => Some("rupees"),
        _ => None,
    };
    match after {
        Some('%' | '٪') => Some("percent"),
        _ => of(before).or_else(|| of(after)),
    }
}

/// A scale of Chinese, Japanese or Korean that a text begins with, and what follows it.
fn ideographic_scale(text: &str) -> Option<(f64, &str)> {
    let first = text.chars().next()?;
    let value = match first {
        '百' => 1e2,
        '千' | '천' => 1e3,
        '万' | '萬' | '만' => 1e4,
        '亿' | '億' | '억' => 1e8,
        _ => return None,
    };
    Some((value, text.get(first.len_utf8()..)?))
}

/// Whether two numbers may be the same: equal, or one a rounding of the other.
#[must_use]
pub fn meets(one: &Number, other: &Number) -> bool {
    is_equal(one, other)
        || other.values().any(|it| rounds(one, it))
        || other.values().any(|it| {
            let given = Number {
                value: it,
                ..other.clone()
            };
            rounds(&given, one.value)
        })
}

/// Whether two numbers have the same value.
#[must_use]
pub fn is_equal(one: &Number, other: &Number) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    other.values().any(|it| close(one.value, it))
}

impl Number {
    /// The values that it may have.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        [Some(self.value), self.other].into_iter().flatten()
    }
}

fn rounds(rounded: &Number, exact: f64) -> bool {
    let value = rounded.value;
    match rounded.rounding {
        Rounding::Exact => false,
        Rounding::AtLeast => exact >= value && exact <= value * 1.15,
        Rounding::AtMost => exact <= value && exact >= value * 0.87,
        Rounding::About => (exact - value).abs() <= value * 0.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{language::tokens::words_of, text::fold};

    fn values(text: &str, language: Option<&str>) -> Vec<f64> {
        let folded = fold(text);
        let words = words_of(&folded);
        let text = Text {
            folded: &folded,
            words: &words,
            language,
            breaks: &|_| false,
        };
        let found = numbers(text);
        found
            .iter()
            .flat_map(|it| it.values().collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn numbers_are_read_in_the_writing_of_many_languages() {
        for (text, value) in [
            ("6.500 €", 6_500.0),
            ("1.250 miembros", 1_250.0),
            ("2,5 millones de euros", 2.5e6),
            ("1.800.000 usuarios", 1.8e6),
            ("doce países", 12.0),
            ("1\u{202f}250 membres", 1_250.0),
            ("1 234,50 euros", 1_234.5),
            ("quatre-vingt-douze villes", 92.0),
            ("soixante et onze villes", 71.0),
            ("vierundzwanzig Länder", 24.0),
            ("vierentwintig landen", 24.0),
            ("treinta y cuatro países", 34.0),
            ("12,34,567 लोग", 1_234_567.0),
            ("१२ देश", 12.0),
            ("١٬٢٥٠ عضو", 1_250.0),
            ("٢٫٥ مليون", 2.5e6),
            ("12 लाख", 1.2e6),
            ("3 crore people", 3e7),
            ("120万人", 1.2e6),
            ("3억 명", 3e8),
            ("350'000 people", 350_000.0),
            ("$2.5m", 2.5e6),
            ("half a million members", 5e5),
            ("a million and a half", 1.5e6),
            ("24 тысячи человек", 24_000.0),
            ("2,3 mln osób", 2.3e6),
            ("1,2 Mio. Menschen", 1.2e6),
        ] {
            let found = values(text, None);
            assert!(
                found.iter().any(|it| (it - value).abs() < 1e-6),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["3d prints", "version 1.2.3", "the elf", "once more", "2nd"] {
            assert_eq!(values(text, Some("en")), [0.0; 0], "{text}");
        }
        assert_eq!(values("once países", Some("es")), [11.0]);
        assert_eq!(values("12 134", Some("en")), [12_134.0]);
    }

    #[test]
    fn every_word_of_the_files_is_read_as_its_number() {
        let mut missed = Vec::new();
        for (word, all) in &TABLE.words {
            for spelt in all {
                let language = Some(spelt.language);
                // A scale alone is not a number.
                let (text, want) = if scale(word, language).is_some() {
                    (format!("3 {word} towns"), spelt.value * 3.0)
                } else {
                    (format!("{word} towns"), spelt.value)
                };
                if values(&text, language) != [want] {
                    missed.push((spelt.language, word));
                }
            }
        }
        assert!(missed.is_empty(), "{missed:?}");
        assert!(TABLE.words.len() > 500);
    }

    #[test]
    fn every_phrase_of_rounding_rounds() {
        for (phrase, rounding) in &TABLE.roundings {
            let folded = format!("{phrase} 40 towns");
            let words = words_of(&folded);
            let text = Text {
                folded: &folded,
                words: &words,
                language: None,
                breaks: &|_| false,
            };
            assert_eq!(numbers(text)[0].rounding, *rounding, "{phrase}");
        }
    }
}
