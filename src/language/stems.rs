//! Words without their endings, so that `mediates` and `mediated` are equal: the Snowball stemmers (M. F. Porter, 2001).

use rust_stemmers::{Algorithm, Stemmer};

use super::Language;

/// The stems of one language.
pub struct Stems(Stemmer);

impl Stems {
    /// Those of the language of a text; of English if the text does not show its language, or Snowball has no stemmer for it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let code = Language::of_text(text).map_or("en", |language| language.code);
        Self(Stemmer::create(algorithm(code)))
    }

    /// The stem of a folded word; numbers lose their commas.
    #[must_use]
    pub fn stem(&self, word: &str) -> String {
        if word.starts_with(|character: char| character.is_ascii_digit()) {
            return word.replace(',', "");
        }
        self.0.stem(word).into_owned()
    }
}

/// The stemmer for the code of a language (ISO 639-1).
fn algorithm(code: &str) -> Algorithm {
    match code {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "nl" => Algorithm::Dutch,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "no" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "es" => Algorithm::Spanish,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        _ => Algorithm::English,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem_in_its_language() {
        let rows = [
            (
                "The group works with the schools of the town.",
                "mediated",
                "mediates",
            ),
            ("Harbor Circle", "convened", "convening"),
            (
                "Der Bund arbeitet mit der Stadt und den Schulen für das Haus.",
                "schulen",
                "schule",
            ),
            (
                "L’alliance est une association qui travaille dans le port avec les écoles.",
                "écoles",
                "école",
            ),
            (
                "Портовый союз — это объединение, которое работает в городе и на море.",
                "школы",
                "школах",
            ),
        ];
        for (text, one, other) in rows {
            let stems = Stems::of(text);
            assert_eq!(stems.stem(one), stems.stem(other), "{text}");
            assert_ne!(stems.stem(one), stems.stem("merrow"), "{text}");
        }
        assert_eq!(Stems::of("").stem("12,500"), "12500");
    }
}
