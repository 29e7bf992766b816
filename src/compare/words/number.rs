//! Numbers in running text: digits of any script, number words, scales, and the words that round them.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use super::quotation::Word;

/// The relation of a stated number to the exact one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::compare) enum Rounding {
    /// Exact.
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
pub(in crate::compare) struct Number {
    /// Its value.
    pub(in crate::compare) value: f64,
    /// Its value if its only separator has the other meaning (thousands or fraction): `1.250`.
    pub(in crate::compare) other: Option<f64>,
    /// How it was rounded.
    pub(in crate::compare) rounding: Rounding,
    /// The index of its first word, words of rounding included.
    pub(in crate::compare) first: usize,
    /// The index after its last word.
    pub(in crate::compare) end: usize,
    /// A unit written as a sign: `%`, `$`.
    pub(in crate::compare) sign: Option<&'static str>,
    /// The bytes of the word after the digits: `120万人` counts `人`.
    pub(in crate::compare) rest: Option<(usize, usize)>,
}

/// The text that numbers are read from.
#[derive(Clone, Copy)]
pub(in crate::compare) struct Text<'a> {
    /// The text in lower case.
    pub(in crate::compare) folded: &'a str,
    /// The words of the text, in order.
    pub(in crate::compare) words: &'a [Word<'a>],
    /// The first part of the language tag that the page declares.
    pub(in crate::compare) language: Option<&'a str>,
    /// Whether a place in `folded` is between two lines.
    pub(in crate::compare) breaks: &'a dyn Fn(usize) -> bool,
}

/// All numbers of a text, in order.
pub(in crate::compare) fn numbers(text: Text<'_>) -> Vec<Number> {
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

/// Digits as they are read: the value, the other value, and where in the word they end.
type Read = (f64, Option<f64>, usize);

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

    /// `3 400`, `1 000 000`: thousands parted by single spaces, and the word behind.
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
            // The last group may have a fraction behind it: `1 234,50`.
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
        let (value, languages) = WORDS.get(word)?;
        let own = self.language.unwrap_or("en");
        let is_it = languages.iter().any(|it| match it.strip_suffix('!') {
            Some(language) => language == own,
            None => true,
        });
        is_it.then_some(*value)
    }

    fn scale(self, word: &str) -> Option<f64> {
        if word == "dozen" {
            return Some(12.0);
        }
        self.word(word)
            .filter(|word| *word >= 100.0 && is_power(*word))
    }

    /// `one hundred thirty-four`, `a dozen`, `half a million`, `vierundzwanzig`: a number in words, and the word behind it.
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
                let joins =
                    any && matches!(
                        word,
                        "and" | "y" | "et" | "e" | "und" | "en" | "i" | "och" | "og"
                    ) && text(at + 1).is_some_and(|text| self.parts(text).is_some())
                        && current >= 20.0;
                if !joins {
                    break;
                }
            }
            at += 1;
        }
        (any && at > from).then_some((total + current, at))
    }

    /// Takes a word into a number that is spelt out; says whether it is a part of it.
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
        for joint in ["und", "en", "ën"] {
            for (at, _) in word.match_indices(joint) {
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
            at.checked_sub(count)
                .and_then(|at| self.words.get(at))
                .map(|it| it.text)
        };
        match (back(2), back(1)) {
            (Some("more" | "greater"), Some("than"))
            | (Some("at"), Some("least"))
            | (Some("más" | "mas" | "plus" | "più" | "mais"), Some("de" | "di"))
            | (Some("mehr"), Some("als"))
            | (Some("meer"), Some("dan"))
            | (Some("mer"), Some("än" | "enn" | "end")) => (Rounding::AtLeast, at - 2),
            (Some("fewer" | "less"), Some("than")) | (Some("up"), Some("to")) => {
                (Rounding::AtMost, at - 2)
            }
            (_, Some("over" | "above" | "exceeding" | "über" | "ponad" | "более" | "свыше")) => {
                (Rounding::AtLeast, at - 1)
            }
            (
                _,
                Some(
                    "nearly" | "almost" | "under" | "casi" | "presque" | "fast" | "quasi" | "почти",
                ),
            ) => (Rounding::AtMost, at - 1),
            (
                _,
                Some(
                    "about" | "around" | "some" | "approximately" | "roughly" | "circa" | "unos"
                    | "unas" | "cerca" | "environ" | "etwa" | "rund" | "ca" | "около" | "około",
                ),
            ) => (Rounding::About, at - 1),
            _ => (Rounding::Exact, at),
        }
    }
}

/// Whether a page in that language may well spell a small number in words that are not known here.
pub(in crate::compare) fn may_spell(language: Option<&str>) -> bool {
    static KNOWN: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let lines = TABLE.lines().filter(|line| line.contains(" 12="));
        lines.filter_map(|line| line.split(' ').next()).collect()
    });
    language.is_some_and(|language| !KNOWN.contains(&language))
}

const TABLE: &str = include_str!("number_words.txt");

/// Number words with their values, and the languages that have them; `!` behind a language where others have another word.
static WORDS: LazyLock<HashMap<&'static str, (f64, Vec<String>)>> = LazyLock::new(|| {
    let mut words: HashMap<&str, (f64, Vec<String>)> = HashMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split(' ');
        let language = fields.next().unwrap_or_default();
        for (value, spellings) in fields.filter_map(|field| field.split_once('=')) {
            let Ok(value) = value.parse() else { continue };
            for spelling in spellings.split(',') {
                let (word, mark) = match spelling.strip_suffix('!') {
                    Some(it) => (it, "!"),
                    None => (spelling, ""),
                };
                let entry = words.entry(word).or_insert((value, Vec::new()));
                entry.1.push(format!("{language}{mark}"));
            }
        }
    }
    words
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

/// A text with the decimal digits of every script, and the Arabic separators, as those of ASCII.
pub(in crate::compare) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = text.chars().map(|character| match character {
        '\u{66b}' => '.',
        '\u{66c}' => ',',
        _ => digit(character)
            .and_then(|digit| char::from_digit(digit, 10))
            .unwrap_or(character),
    });
    Cow::Owned(plain.collect())
}

/// The value of a decimal digit of any script that is in use (Unicode's general category Nd comes in runs of ten).
fn digit(it: char) -> Option<u32> {
    const ZEROS: [u32; 25] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
        0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1b50, 0xff10,
    ];
    let of = |zero: &u32| u32::from(it).checked_sub(*zero).filter(|it| *it < 10);
    ZEROS.iter().find_map(of)
}

/// `1,972`, `3.5`, `6.500`, `12,34,567`, `10k`, `2,5`: the digits that a word begins with.
fn digits(word: &str) -> Option<Read> {
    let plain = ascii(word);
    if !plain.starts_with(|character: char| character.is_ascii_digit()) {
        return None;
    }
    let stops =
        |character: char| !(character.is_ascii_digit() || matches!(character, ',' | '.' | '\''));
    let end = plain.find(stops).unwrap_or(plain.len());
    let core = plain.get(..end)?.trim_end_matches(['.', ',', '\'']);
    let (value, other) = value_of(core)?;
    let rest = plain.get(core.len()..)?;
    let scale = match rest {
        "" => return Some((value, other, usize::MAX)),
        "k" => 1e3,
        "m" | "mio" | "mn" => 1e6,
        "bn" | "b" => 1e9,
        // A script without spaces goes on with what is counted; anything else is a name: `3d`, `2nd`.
        _ if rest.starts_with(|character: char| character >= '\u{2e80}') => {
            return Some((value, other, word.len() - rest.len()));
        }
        _ => return None,
    };
    Some((value * scale, other.map(|other| other * scale), usize::MAX))
}

/// The value of digits with separators, and the other that they may have.
fn value_of(core: &str) -> Option<(f64, Option<f64>)> {
    let kinds = |character: char| core.matches(character).count();
    let (commas, dots) = (kinds(','), kinds('.'));
    let core: String = core
        .chars()
        .filter(|character| *character != '\'')
        .collect();
    let joined = |text: &str| -> Option<f64> {
        let plain: String = text.chars().filter(char::is_ascii_digit).collect();
        plain.parse().ok()
    };
    // Three digits in the last group, two or three in those before (as in India), one to three in the first.
    let is_grouped = |text: &str| {
        let groups: Vec<&str> = text.split([',', '.']).collect();
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else {
            return false;
        };
        (1..=3).contains(&first.len())
            && last.len() == 3
            && groups
                .iter()
                .skip(1)
                .all(|group| (2..=3).contains(&group.len()))
    };
    match (commas, dots) {
        (0, 0) => Some((core.parse().ok()?, None)),
        (1, 0) | (0, 1) => {
            let (whole, rest) = core.split_once([',', '.'])?;
            let fraction: f64 = format!("{whole}.{rest}").parse().ok()?;
            if !is_grouped(&core) || whole == "0" {
                return Some((fraction, None));
            }
            let grouped = joined(&core)?;
            // An English comma parts thousands; a stop may do so in other languages.
            Some(if commas == 1 {
                (grouped, Some(fraction))
            } else {
                (fraction, Some(grouped))
            })
        }
        (_, 0) | (0, _) => is_grouped(&core)
            .then(|| joined(&core))
            .flatten()
            .map(|it| (it, None)),
        _ => {
            // Of two kinds the last one parts the fraction.
            let at = core.rfind([',', '.'])?;
            let (whole, rest) = (core.get(..at)?, core.get(at + 1..)?);
            let kind = core.get(at..=at)?;
            if whole.contains(kind) || !is_grouped(whole) {
                return None;
            }
            Some((format!("{}.{rest}", joined(whole)?).parse().ok()?, None))
        }
    }
}

/// Whether two numbers may be the same: equal, or one a rounding of the other.
pub(in crate::compare) fn meets(one: &Number, other: &Number) -> bool {
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
pub(in crate::compare) fn is_equal(one: &Number, other: &Number) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    other.values().any(|it| close(one.value, it))
}

impl Number {
    /// The values that it may have.
    pub(in crate::compare) fn values(&self) -> impl Iterator<Item = f64> {
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
    use crate::{compare::words::quotation::words_of, text::fold};

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
    fn every_entry_of_the_table_is_read() {
        for line in TABLE.lines().filter(|it| !it.starts_with('#')) {
            for field in line.split(' ').skip(1) {
                let (value, words) = field.split_once('=').unwrap();
                assert!(
                    value.parse::<f64>().is_ok() && !words.is_empty(),
                    "{line}: {field}"
                );
            }
        }
    }
}
