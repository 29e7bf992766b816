//! The signs that a text is the name of an organization or a person, and the thresholds of likeness.

use crate::extract::sign::{Sign, sum, yes};

/// From this likeness on, a text is surely a name, wherever it is.
pub(in crate::extract) const SURE: f64 = 0.75;

/// From this likeness on, a text is a name without further support.
pub(in crate::extract) const CLEAR: f64 = 0.6;

/// From this likeness on a text is more likely a name than not.
pub(in crate::extract) const LIKELY: f64 = 0.5;

/// From this likeness on a text can be a name among others.
pub(in crate::extract) const POSSIBLE: f64 = 0.4;

/// Below this likeness, a text among names is something else.
pub(in crate::extract) const WEAK: f64 = 0.35;

/// Below this likeness, a text is not a name in any list.
pub(in crate::extract) const NOTHING: f64 = 0.05;

/// The likeness of the texts of menus and buttons: some of them are names.
pub(in crate::extract) const OF_CHROME: f64 = 0.15;

/// The likeness of dates, prices and addresses.
pub(in crate::extract) const OF_FIGURES: f64 = 0.1;

/// The weight of a number relative to a capitalized word.
pub(in crate::extract) const DIGITS_AS_CAPITALS: f64 = 0.7;

/// How much more likely the members of an enumeration after a colon are names.
pub(in crate::extract) const LED: f64 = 0.3;

/// How much less likely the halves of "A and B" can be than the whole, and still be two names.
pub(in crate::extract) const HALVES: f64 = 0.1;

/// What is measured of a text.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a different fact")]
pub(in crate::extract) struct NameFacts {
    /// How many words it has.
    pub(in crate::extract) words: usize,
    /// The share of words written like names.
    pub(in crate::extract) cased: f64,
    /// Whether it is one word in small letters.
    pub(in crate::extract) small: bool,
    /// Whether a word is one that organizations have in their names.
    pub(in crate::extract) organization: bool,
    /// Whether the first word addresses the reader or asks a question.
    pub(in crate::extract) opens_sentence: bool,
    /// Whether half of several words are numbers.
    pub(in crate::extract) numbers: bool,
    /// How many words are typical of sentences.
    pub(in crate::extract) sentence_words: u32,
    /// Whether it ends like a sentence.
    pub(in crate::extract) ends_sentence: bool,
    /// Whether it says what somebody is or does.
    pub(in crate::extract) role: bool,
}

/// How much a text looks like a name, from 0 to 1.
pub(in crate::extract) fn likeness(facts: &NameFacts) -> f64 {
    sum(NAME_SIGNS, facts).clamp(0.0, 1.0)
}

/// A name has at most this many words.
const LONG: usize = 12;

/// From this share of words written like names on, the name of an organization can contain words of sentences.
const MOSTLY_CASED: f64 = 0.7;

/// The signs of a text.
pub(in crate::extract) static NAME_SIGNS: &[Sign<NameFacts>] = &[
    Sign {
        name: "text",
        weight: 0.15,
        why: "a short text in a list is often a name, however it is written",
        case: "donors-and-anonymous",
        measure: |text| yes(!text.small),
    },
    Sign {
        name: "capitals",
        weight: 0.7,
        why: "names are written with capitals, or in scripts without them",
        case: "board-with-roles",
        measure: |text| if text.small { 0.0 } else { text.cased },
    },
    Sign {
        name: "one-small-word",
        weight: 0.5,
        why: "some organizations write their one word in small letters",
        case: "short-brand-names",
        measure: |text| yes(text.small),
    },
    Sign {
        name: "organization",
        weight: 0.15,
        why: "it has a word that organizations have in their names",
        case: "mottoes-above-names",
        measure: |text| yes(text.organization),
    },
    Sign {
        name: "few-words",
        weight: 0.05,
        why: "most names have two to six words",
        case: "french-colon-list",
        measure: |text| yes((2..=6).contains(&text.words)),
    },
    Sign {
        name: "opens-sentence",
        weight: -0.35,
        why: "the first word addresses the reader or asks, as buttons and sentences do",
        case: "neg-departments",
        measure: |text| yes(text.opens_sentence),
    },
    Sign {
        name: "many-words",
        weight: -0.12,
        why: "it has more words than names have",
        case: "neg-long-titles",
        measure: |text| text.words.saturating_sub(LONG).min(9) as f64,
    },
    Sign {
        name: "numbers",
        weight: -0.25,
        why: "half of it is numbers",
        case: "neg-numbered-trails",
        measure: |text| yes(text.numbers && !text.organization),
    },
    Sign {
        name: "sentence-words",
        weight: -0.12,
        why: "it has words that sentences are made of",
        case: "neg-captions-in-words",
        measure: |text| {
            let in_name = text.organization && text.cased > MOSTLY_CASED;
            if in_name {
                0.0
            } else {
                f64::from(text.sentence_words.min(4))
            }
        },
    },
    Sign {
        name: "ends-sentence",
        weight: -0.3,
        why: "it ends as sentences do",
        case: "neg-cheers",
        measure: |text| yes(text.ends_sentence),
    },
    Sign {
        name: "role",
        weight: -0.6,
        why: "it says what somebody is or does, and not who it is",
        case: "roles-above-names",
        measure: |text| yes(text.role),
    },
];
