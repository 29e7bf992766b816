//! Words of human languages that an article's reading needs, one data file per language.
//!
//! Every file in `src/language/` has the same keys:
//! - `common`: words by which the language is told from the others.
//! - `months`: twelve entries, January first; spellings and abbreviations are parted by `|`.
//! - `accessed`, `archived`: what stands by the day on which a page was looked at, or a copy was made of it.
//! - `references`: headings of notes and references.
//! - `and`: conjunctions that join the last member of a list; `articles`: words before a name that are not part of it.
//! - `introducing`: phrases that only a list follows; `joining`: weaker ones; `closing`: what stands behind a list where
//!   the verb comes last.
//! - `open`: phrases that say a list is not whole.
//! - `stops`: words that end the last name of a list.

use std::sync::LazyLock;

use serde::Deserialize;

/// The words of one language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Its code (ISO 639-1).
    #[serde(skip)]
    pub code: &'static str,
    /// Words by which it is told from others.
    pub common: Vec<String>,
    /// The names of the months, January first.
    pub months: Vec<String>,
    /// What stands by the day of a visit.
    pub accessed: Vec<String>,
    /// What stands by an archived copy.
    pub archived: Vec<String>,
    /// Headings of references.
    pub references: Vec<String>,
    /// Conjunctions.
    pub and: Vec<String>,
    /// Articles.
    pub articles: Vec<String>,
    /// Phrases that introduce a list.
    pub introducing: Vec<String>,
    /// Words that a list may follow, and other things as well.
    pub joining: Vec<String>,
    /// What stands behind a list.
    pub closing: Vec<String>,
    /// Phrases that say a list is not whole.
    pub open: Vec<String>,
    /// Words that end the last name of a list.
    pub stops: Vec<String>,
}

const FILES: [(&str, &str); 14] = [
    ("en", include_str!("language/en.toml")),
    ("de", include_str!("language/de.toml")),
    ("fr", include_str!("language/fr.toml")),
    ("es", include_str!("language/es.toml")),
    ("it", include_str!("language/it.toml")),
    ("pt", include_str!("language/pt.toml")),
    ("nl", include_str!("language/nl.toml")),
    ("pl", include_str!("language/pl.toml")),
    ("sv", include_str!("language/sv.toml")),
    ("ru", include_str!("language/ru.toml")),
    ("uk", include_str!("language/uk.toml")),
    ("ar", include_str!("language/ar.toml")),
    ("zh", include_str!("language/zh.toml")),
    ("ja", include_str!("language/ja.toml")),
];

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    FILES
        .into_iter()
        .filter_map(|(code, text)| {
            let language: Language = toml::from_str(text).ok()?;
            Some(Language { code, ..language })
        })
        .collect()
});

/// All languages that there are words for, English first.
#[must_use]
pub fn all() -> &'static [Language] {
    &LANGUAGES
}

impl Language {
    /// The language of a code such as `de` or `de-AT`.
    #[must_use]
    pub fn of_code(code: &str) -> Option<&'static Self> {
        let code = code.split(['-', '_']).next()?.to_ascii_lowercase();
        all().iter().find(|it| it.code == code)
    }

    /// The language of a text, by its most common words; `None` where no words tell.
    #[must_use]
    pub fn of_text(text: &str) -> Option<&'static Self> {
        let head: String = text.chars().take(20_000).collect::<String>().to_lowercase();
        let kana = count(&head, |it| ('\u{3040}'..='\u{30ff}').contains(&it));
        let han = count(&head, |it| ('\u{4e00}'..='\u{9fff}').contains(&it));
        let letters = count(&head, char::is_alphabetic);
        if (kana + han) * 3 > letters {
            return Self::of_code(if kana * 8 > han { "ja" } else { "zh" });
        }
        let words: Vec<&str> = head
            .split(|it: char| !it.is_alphabetic())
            .filter(|it| !it.is_empty())
            .collect();
        let score = |language: &Self| {
            words
                .iter()
                .filter(|word| language.common.iter().any(|it| it == *word))
                .count()
        };
        all()
            .iter()
            .map(|it| (score(it), it))
            .rev()
            .max_by_key(|it| it.0)
            .filter(|it| it.0 * 25 > words.len())
            .map(|it| it.1)
    }

    /// Whether a text has enough of its common words to be in it.
    #[must_use]
    pub fn speaks(&self, text: &str) -> bool {
        if matches!(self.code, "zh" | "ja") {
            return Self::of_text(text).is_some_and(|it| it.code == self.code);
        }
        let text = text.to_lowercase();
        let mut words = 0;
        let mut own = 0;
        for word in text
            .split(|it: char| !it.is_alphabetic())
            .filter(|it| !it.is_empty())
        {
            words += 1;
            own += usize::from(self.common.iter().any(|it| it == word));
        }
        own * 20 >= words && own > 0
    }

    /// The month of a word, 1 for January.
    fn month(&self, word: &str) -> Option<u32> {
        let at = self
            .months
            .iter()
            .position(|it| it.split('|').any(|it| it == word))?;
        u32::try_from(at + 1).ok()
    }
}

fn count(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.chars().filter(|it| wanted(*it)).count()
}

/// The month that a word names in any of the languages, 1 for January.
#[must_use]
pub fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_lowercase();
    all().iter().find_map(|it| it.month(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_whole() {
        assert_eq!(all().len(), FILES.len());
        for it in all() {
            assert_eq!(it.months.len(), 12, "{}", it.code);
            for months in [&it.accessed, &it.references, &it.common, &it.and, &it.open] {
                assert!(!months.is_empty(), "{}", it.code);
            }
            for (number, names) in (1..).zip(&it.months) {
                for name in names.split('|') {
                    assert_eq!(it.month(name), Some(number), "{}: {name}", it.code);
                }
            }
        }
    }

    #[test]
    fn a_text_shows_its_language() {
        for (text, want) in [
            (
                "The group is a member of the board and works with others.",
                "en",
            ),
            (
                "Der Hafenbund ist eine Gruppe, die mit der Stadt arbeitet und das Haus führt.",
                "de",
            ),
            (
                "L’alliance est une association qui travaille dans le port avec les écoles.",
                "fr",
            ),
            (
                "Портовый союз — это объединение, которое работает в городе и на море.",
                "ru",
            ),
            ("港湾同盟は町の平和のために活動する団体である。", "ja"),
            ("港口联盟是一个在六十一个国家工作的志愿组织。", "zh"),
        ] {
            assert_eq!(
                Language::of_text(text).map(|it| it.code),
                Some(want),
                "{text}"
            );
        }
    }
}
