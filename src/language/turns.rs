//! Words that turn the meaning of a sentence round, or make it less certain.

use std::{collections::HashSet, sync::LazyLock};

use super::{Grammar, Language, files::sections};
use crate::text::fold;

/// The words of one language, folded.
#[derive(Debug, Default)]
struct Words {
    code: &'static str,
    reversing: HashSet<String>,
    hedging: HashSet<String>,
}

static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let folded = |words: Vec<String>| words.iter().map(|word| fold(word)).collect();
    let of = |(code, section): (&'static str, Grammar)| Words {
        code,
        reversing: folded(section.reversing),
        hedging: folded(section.hedging),
    };
    sections::<Grammar>().into_iter().map(of).collect()
});

/// What a word does to the sentence that it is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It turns the meaning round: `not`, `without`, `former`.
    Reversal,
    /// It makes the sentence less certain: `may`, `allegedly`.
    Hedge,
}

/// The turning words of a language: a word of one language is often another word of the next (`non`, `no`, `some`).
#[derive(Clone, Copy, Debug)]
pub struct Turns(&'static Words);

impl Turns {
    /// Those of the language of a text; of English if the text is too short to show its language.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let code = Language::of_text(text).map_or("en", |language| language.code);
        let own = WORDS.iter().find(|words| words.code == code);
        // English is the first of the files.
        Self(own.unwrap_or(&WORDS[0]))
    }

    /// What a folded word does, if it does anything.
    #[must_use]
    pub fn turn(self, word: &str) -> Option<Turn> {
        if self.0.reversing.contains(word) {
            return Some(Turn::Reversal);
        }
        self.0.hedging.contains(word).then_some(Turn::Hedge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_turns_a_sentence_of_its_language() {
        let mut all = 0;
        for (code, section) in sections::<Grammar>() {
            let words = WORDS.iter().find(|words| words.code == code);
            let turns = Turns(words.expect("each file has words"));
            for word in &section.reversing {
                assert_eq!(
                    turns.turn(&fold(word)),
                    Some(Turn::Reversal),
                    "{code}: {word}"
                );
            }
            for word in &section.hedging {
                assert_eq!(turns.turn(&fold(word)), Some(Turn::Hedge), "{code}: {word}");
            }
            all += section.reversing.len() + section.hedging.len();
        }
        assert!(all > 400, "{all}");
    }

    #[test]
    fn a_word_counts_in_its_own_language() {
        let german = Turns::of(
            "Der Hafenbund ist eine Gruppe, die mit der Stadt arbeitet und das Haus führt.",
        );
        assert_eq!(german.turn("nicht"), Some(Turn::Reversal));
        assert_eq!(german.turn("non"), None);
        let italian = Turns::of(
            "L'alleanza è un gruppo che lavora con la città e con le scuole per il porto.",
        );
        assert_eq!(italian.turn("non"), Some(Turn::Reversal));
        let english = Turns::of("Harbor Circle");
        assert_eq!(english.turn("never"), Some(Turn::Reversal));
        assert_eq!(english.turn("non"), None);
    }
}
