//! Whether a short page speaks to its visitor about the visit, like notices in place of pages, or about a subject: a small linear
//! model over words and parts of words in some seventy languages. `docs/notices.md` describes its training and its accuracy.

use std::borrow::Cow;

use super::{
    STAND_INS,
    line::Line,
    signs::{
        ADDRESSED, ADDRESSED_AND_ASKED, ADDRESSED_IN, ENOUGH, OF_A_PAST_YEAR, OF_A_SUBJECT,
        OUTWEIGHED, SURELY_OF_A_SUBJECT,
    },
    year,
};
use crate::{
    reading::{PageState, Signal},
    text::weight,
};

/// The number of bits of a feature's number.
const BITS: u32 = 18;

/// The weights, one byte each: [`STEP`]s, by the hash of a feature.
const WEIGHTS: &[u8; 1 << BITS] = include_bytes!("notice.bin");

/// The value of one step of a weight.
const STEP: f64 = 4.0 / 127.0;

/// The score of a sentence without any feature.
const BIAS: f64 = 0.263_864;

/// The languages that the model has seen enough of, by the first part of their tags.
const LANGUAGES: [&str; 76] = [
    "af", "ar", "ast", "az", "be", "bg", "bn", "br", "ca", "cs", "cy", "da", "de", "dsb", "el",
    "en", "eo", "es", "et", "eu", "fa", "fi", "fr", "ga", "gd", "gl", "he", "hi", "hr", "hsb",
    "ht", "hu", "hy", "ia", "id", "is", "it", "ja", "ka", "kab", "kk", "kn", "ko", "lo", "lt",
    "lv", "mk", "ml", "mr", "ms", "my", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl",
    "sq", "sr", "sv", "sw", "ta", "te", "tg", "th", "tk", "tr", "ug", "uk", "uz", "vi", "zh",
];

/// A page with more letters is not a short notice, and is not judged by the model.
pub(super) const LONGEST: usize = 1_200;

/// How far one sentence can speak for or against the whole text.
const MOST: f64 = 3.0;

/// Whether the model has seen enough of a language, by the first part of its tag.
pub(super) fn knows(language: &str) -> bool {
    LANGUAGES.binary_search(&language).is_ok()
}

/// How a text speaks.
#[derive(Debug)]
pub(super) struct Manner<'a> {
    /// From -3, about a subject, to 3, to the visitor: the mean of its sentences by their letters.
    score: f64,
    /// Whether a sentence names a year of the past.
    of_past: bool,
    /// The sentence that speaks most to the visitor.
    pub(super) most: &'a str,
}

impl Manner<'_> {
    /// The score, lower if a sentence names a year of the past: notices speak of now.
    pub(super) fn score(&self) -> f64 {
        self.score - if self.of_past { OF_A_PAST_YEAR } else { 0.0 }
    }

    /// The sign that a short page of so many letters speaks to its visitor rather than about a subject, if it does; the shorter it is,
    /// the more it must be about one, and even more if it `asks` for a click or an entry. A page with a list of names is about them.
    pub(super) fn addressed(&self, main: usize, named: usize, asks: bool) -> Option<Signal> {
        let limit = match main {
            ..=200 if asks => ADDRESSED_AND_ASKED,
            ..=400 => ADDRESSED_IN[0],
            401..=800 => ADDRESSED_IN[1],
            _ => ADDRESSED_IN[2],
        };
        (named < 3 && self.score() >= limit).then(|| Signal {
            what: format!(
                "its text reads like a notice to the visitor, such as \"{}\"",
                quoted(self.most)
            ),
            speaks_for: PageState::Unavailable,
            weight: ADDRESSED,
        })
    }

    /// What weighs against the signs for each state of a page of so many letters that is about a subject.
    pub(super) fn outweighed(&self, signals: &[Signal], main: usize) -> Vec<Signal> {
        if main < ENOUGH || self.score > OF_A_SUBJECT {
            return Vec::new();
        }
        let speaks = |state| {
            let mut of = signals.iter();
            of.any(|reason| reason.speaks_for == state && reason.weight > 0.0)
        };
        let states = STAND_INS.into_iter().chain([PageState::Placeholder]);
        states
            .filter(|state| speaks(*state))
            .map(|speaks_for| Signal {
                what: "its text is about a subject, not about the visit".to_owned(),
                speaks_for,
                weight: if self.score <= SURELY_OF_A_SUBJECT {
                    OUTWEIGHED[1]
                } else {
                    OUTWEIGHED[0]
                },
            })
            .collect()
    }
}

/// How the main part of a page speaks; `None` where it has no letters.
pub(super) fn of<'a>(lines: &[Line<'a>]) -> Option<Manner<'a>> {
    let (mut sum, mut all) = (0.0, 0.0);
    let mut most: Option<(f64, &'a str)> = None;
    for line in lines.iter().filter(|line| line.is_main) {
        let letters = weight(line.text) as f64;
        let score = of_sentence(line.text).clamp(-MOST, MOST);
        sum += score * letters;
        all += letters;
        if most.is_none_or(|most| score * letters > most.0) {
            most = Some((score * letters, line.text));
        }
    }
    let most = most?.1;
    (all > 0.0).then(|| Manner {
        score: sum / all,
        of_past: lines.iter().any(year::is_of_past),
        most,
    })
}

/// How a sentence speaks: above 0 rather to the visitor.
pub(super) fn of_sentence(sentence: &str) -> f64 {
    let mut features = features(sentence);
    features.sort_unstable();
    features.dedup();
    let sum: i32 = features
        .iter()
        .filter_map(|feature| WEIGHTS.get(usize::try_from(*feature).ok()?))
        .map(|it| i32::from(it.cast_signed()))
        .sum();
    BIAS + f64::from(sum) * STEP / (features.len().max(1) as f64).sqrt()
}

/// The numbers of a sentence's features: its words, what longer words begin with, runs of four letters in words, neighbors; where words are
/// not spaced, runs of two and three letters; and whether it has names in the midst.
fn features(sentence: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let words = sentence.split_whitespace();
    let capitals = words
        .clone()
        .skip(1)
        .filter(|text| text.starts_with(char::is_uppercase));
    let capitals = capitals.count();
    // In German every noun has a capital.
    if capitals > 0 && capitals * 4 <= words.count() {
        found.push(number(&["#cap"]));
    }
    let tokens = tokens(sentence);
    let mut before: Option<&str> = None;
    for token in &tokens {
        if token.starts_with(is_dense) {
            for length in [2, 3] {
                found.extend(runs(token, length).map(|run| number(&["c", run])));
            }
            before = None;
            continue;
        }
        let word = match token.as_str() {
            it if !it.starts_with('0') => it,
            "0000" => "0000",
            _ => "0",
        };
        found.push(number(&["w", word]));
        if let Some((end, _)) = word.char_indices().nth(5) {
            found.push(number(&["p", &word[..end]]));
        }
        if !word.starts_with('0') {
            let marked = format!("^{word}$");
            found.extend(runs(&marked, 4).map(|run| number(&["g", run])));
        }
        if let Some(before) = before {
            found.push(number(&["b", before, " ", word]));
        }
        before = Some(word);
    }
    found
}

/// Every run of so many letters in a word.
fn runs(word: &str, length: usize) -> impl Iterator<Item = &str> {
    let starts = || {
        let starts = word.char_indices().map(|entry| entry.0);
        starts.chain([word.len()])
    };
    let runs = starts().zip(starts().skip(length));
    runs.filter_map(|(start, end)| word.get(start..end))
}

/// The words of a sentence in small letters, each digit a `0`, and runs of letters of scripts that do not space their words.
fn tokens(sentence: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut in_number = false;
    for letter in sentence.chars().flat_map(char::to_lowercase) {
        let letter = if letter == '’' { '\'' } else { letter };
        let joins = letter == '\'' && word.chars().next().is_some_and(|letter| !is_dense(letter));
        if is_of_words(letter) || joins {
            if word
                .chars()
                .next()
                .is_some_and(|character| is_dense(character) != is_dense(letter))
            {
                found.push(std::mem::take(&mut word));
            }
            word.push(letter);
            in_number = false;
            continue;
        }
        if !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        let is_digit = letter.is_numeric();
        match found.last_mut() {
            Some(last) if is_digit && in_number => last.push('0'),
            _ if is_digit => found.push("0".to_owned()),
            _ => {}
        }
        in_number = is_digit;
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// Whether words have no spaces between them in the letter's script: Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean.
fn is_dense(letter: char) -> bool {
    matches!(
        u32::from(letter),
        0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x2e80..=0x9fff | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0x2_0000..
    )
}

/// Whether a character is part of words, signs for vowels among them.
fn is_of_words(letter: char) -> bool {
    match u32::from(letter) {
        // Stops and currencies among the signs of India and its neighbors.
        0x964
        | 0x965
        | 0x970
        | 0xdf4
        | 0xe3f
        | 0xe4f
        | 0xe5a
        | 0xe5b
        | 0x104a..=0x104f
        | 0x17d4..=0x17db => false,
        0x900..=0x109f | 0x1780..=0x17ff => !letter.is_numeric(),
        0x300..=0x36f | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x65f => true,
        _ => letter.is_alphabetic(),
    }
}

/// The number of a feature: the low bits of FNV-1a of 32 bits (draft-eastlake-fnv).
fn number(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes());
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash & ((1 << BITS) - 1)
}

/// A sentence, cut so that it can be quoted.
pub(super) fn quoted(sentence: &str) -> Cow<'_, str> {
    const MOST: usize = 80;
    let sentence = sentence.trim();
    match sentence.char_indices().nth(MOST) {
        Some((end, _)) => Cow::Owned(format!("{}…", sentence[..end].trim_end())),
        None => Cow::Borrowed(sentence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_comes_to_what_the_training_says() {
        for (sentence, score) in [
            ("Sorry, the page you are looking for was not found.", 2.6306),
            (
                "The alliance was founded in 1987 by nine villages in Toledo.",
                -4.5460,
            ),
            ("ขออภัย ไม่พบหน้านี้", 4.4156),
            ("Страница не найдена", 4.8344),
            ("क्षमस्व, हे पान सापडले नाही.", 1.9364),
        ] {
            let it = of_sentence(sentence);
            assert!((it - score).abs() < 0.001, "{sentence}: {it}");
        }
    }

    #[test]
    fn words_and_numbers_are_told_apart_in_every_script() {
        assert_eq!(
            tokens("It’s 1987 in ABC-12"),
            ["it's", "0000", "in", "abc", "00"]
        );
        assert_eq!(tokens("ไม่พบ page"), ["ไม่พบ", "page"]);
        assert_eq!(tokens("हे पान सापडले नाही।"), ["हे", "पान", "सापडले", "नाही"]);
    }

    #[test]
    fn the_languages_are_in_order_and_each_is_known() {
        assert!(LANGUAGES.is_sorted());
        assert!(LANGUAGES.iter().all(|it| knows(it)) && !knows("tlh"));
    }

    #[test]
    fn a_quoted_sentence_is_short() {
        assert_eq!(quoted(" Not here. "), "Not here.");
        assert_eq!(quoted(&"ab ".repeat(60)).chars().count(), 81);
    }
}
