//! What pages say that stand in for the page asked for, and what tells that a list goes on: a file of phrases per language, the same
//! keys in each.

use std::sync::LazyLock;

use serde::Deserialize;

use super::matcher::Matcher;
use crate::reading::PageState;

/// The files; `und` is for what is said in no language or in all of them.
const FILES: [(&str, &str); 28] = [
    ("und", include_str!("phrases/und.toml")),
    ("ar", include_str!("phrases/ar.toml")),
    ("cs", include_str!("phrases/cs.toml")),
    ("da", include_str!("phrases/da.toml")),
    ("de", include_str!("phrases/de.toml")),
    ("el", include_str!("phrases/el.toml")),
    ("en", include_str!("phrases/en.toml")),
    ("es", include_str!("phrases/es.toml")),
    ("fi", include_str!("phrases/fi.toml")),
    ("fr", include_str!("phrases/fr.toml")),
    ("he", include_str!("phrases/he.toml")),
    ("hi", include_str!("phrases/hi.toml")),
    ("hu", include_str!("phrases/hu.toml")),
    ("id", include_str!("phrases/id.toml")),
    ("it", include_str!("phrases/it.toml")),
    ("ja", include_str!("phrases/ja.toml")),
    ("ko", include_str!("phrases/ko.toml")),
    ("nb", include_str!("phrases/nb.toml")),
    ("nl", include_str!("phrases/nl.toml")),
    ("pl", include_str!("phrases/pl.toml")),
    ("pt", include_str!("phrases/pt.toml")),
    ("ro", include_str!("phrases/ro.toml")),
    ("ru", include_str!("phrases/ru.toml")),
    ("sv", include_str!("phrases/sv.toml")),
    ("tr", include_str!("phrases/tr.toml")),
    ("uk", include_str!("phrases/uk.toml")),
    ("vi", include_str!("phrases/vi.toml")),
    ("zh", include_str!("phrases/zh.toml")),
];

/// How many languages there are.
pub(super) const LANGUAGES: usize = FILES.len();

/// Whether the phrases of a language are known, by the first part of its tag.
pub(super) fn knows(language: &str) -> bool {
    matches!(language, "no" | "nn") || FILES.iter().any(|pair| pair.0 == language)
}

/// The language of what is said in no language or in all of them.
pub(super) const ANY: usize = 0;

/// What a phrase speaks for. A paywall is a login wall that shows the beginning of the page, so it has phrases of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Blocked,
    Trouble,
    NotFound,
    Login,
    Paywall,
    Consent,
    Parked,
    Placeholder,
    Script,
    /// That a list goes on: as a title, what its buttons say; in the text, a line below it; weak, words for pages.
    More,
}

/// Every topic, in the order of the numbers that [`Row`]s count by.
pub(super) const TOPICS: [Topic; 10] = [
    Topic::Blocked,
    Topic::Trouble,
    Topic::NotFound,
    Topic::Login,
    Topic::Paywall,
    Topic::Consent,
    Topic::Parked,
    Topic::Placeholder,
    Topic::Script,
    Topic::More,
];

impl Topic {
    /// The state that it speaks for, if any.
    pub(super) fn state(self) -> Option<PageState> {
        Some(match self {
            Self::Blocked => PageState::Blocked,
            Self::Trouble => PageState::Unavailable,
            Self::NotFound => PageState::SoftNotFound,
            Self::Login | Self::Paywall => PageState::LoginWall,
            Self::Consent => PageState::ConsentWall,
            Self::Parked => PageState::Parked,
            Self::Placeholder => PageState::Placeholder,
            Self::Script => PageState::ScriptShell,
            Self::More => return None,
        })
    }
}

/// How much a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Something, but only as a title or first heading.
    Title,
    /// Much, anywhere.
    Text,
    /// A little: several are needed, and nothing else on the page.
    Weak,
}

const STRENGTHS: [Strength; 3] = [Strength::Title, Strength::Text, Strength::Weak];

/// The row that a phrase is of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The number of its language; [`ANY`] for all.
    pub(super) language: usize,
    /// What the phrase is about.
    pub(super) topic: Topic,
    /// Where the phrase must be, to say so.
    pub(super) strength: Strength,
}

impl Row {
    /// The row with a number.
    pub(super) fn of(number: usize) -> Self {
        let (rest, strength) = (number / STRENGTHS.len(), number % STRENGTHS.len());
        Self {
            language: rest / TOPICS.len(),
            topic: TOPICS[rest % TOPICS.len()],
            strength: STRENGTHS[strength],
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Language {
    blocked: Phrases,
    trouble: Phrases,
    not_found: Phrases,
    login: Phrases,
    paywall: Phrases,
    consent: Phrases,
    parked: Phrases,
    placeholder: Phrases,
    script: Phrases,
    more: Phrases,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrases {
    title: Vec<String>,
    text: Vec<String>,
    weak: Vec<String>,
}

impl Language {
    fn read(file: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(file)
    }

    fn rows(&self) -> impl Iterator<Item = &[String]> {
        let Self {
            blocked,
            trouble,
            not_found,
            login,
            paywall,
            consent,
            parked,
            placeholder,
            script,
            more,
        } = self;
        [
            blocked,
            trouble,
            not_found,
            login,
            paywall,
            consent,
            parked,
            placeholder,
            script,
            more,
        ]
        .into_iter()
        .flat_map(|it| [&it.title[..], &it.text[..], &it.weak[..]])
    }
}

/// The phrases of each row, parted by `|`, in the order of the rows.
static ROWS: LazyLock<Vec<String>> = LazyLock::new(|| {
    FILES
        .iter()
        .flat_map(|(_, file)| {
            // A test reads every file.
            let language = Language::read(file).unwrap_or_default();
            language.rows().map(|row| row.join("|")).collect::<Vec<_>>()
        })
        .collect()
});

/// All phrases, ready for the search.
pub(super) static PHRASES: LazyLock<Matcher> = LazyLock::new(|| of_rows(|_| true));

/// Those that tell that a list goes on.
pub(super) static MORE: LazyLock<Matcher> = LazyLock::new(|| of_rows(|it| it == Topic::More));

/// The phrases of some topics; the rows of the others are there, and empty.
fn of_rows(takes: impl Fn(Topic) -> bool) -> Matcher {
    let rows = ROWS.iter().enumerate();
    let rows = rows.map(|(number, row)| {
        if takes(Row::of(number).topic) {
            row.as_str()
        } else {
            ""
        }
    });
    Matcher::of_rows(rows, '|')
}

/// Whether a phrase found where `rest` begins is a word of its own as far as it must be: short ones begin too many other words.
pub(super) fn is_whole(phrase: &str, rest: &str) -> bool {
    const SHORT: usize = 4;
    let is_latin = |letter: char| letter.is_alphanumeric() && letter < '\u{370}';
    phrase.chars().count() > SHORT
        || !phrase.ends_with(is_latin)
        || !rest
            .get(phrase.len()..)
            .is_some_and(|rest| rest.starts_with(is_latin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_the_same_keys_and_every_phrase_is_found_where_it_stands() {
        for (number, (name, file)) in FILES.iter().enumerate() {
            let language = Language::read(file).unwrap_or_else(|read| panic!("{name}: {read}"));
            for (row, phrases) in language.rows().enumerate() {
                for phrase in phrases {
                    assert_eq!(*phrase, phrase.to_lowercase(), "{name}");
                    assert!(
                        phrase.len() >= 3 && !phrase.contains(['|', '’']),
                        "{name}: {phrase}"
                    );
                    let mut found = false;
                    PHRASES.each(&format!("x {phrase}"), |(of, it), at| {
                        found |= of == number * TOPICS.len() * 3 + row && it == phrase && at == 2;
                        true
                    });
                    assert!(found, "{name}: {phrase}");
                }
            }
        }
    }

    #[test]
    fn a_row_knows_its_language_its_topic_and_its_strength() {
        let row = Row::of((6 * TOPICS.len() + 2) * 3 + 1);
        assert_eq!(FILES[row.language].0, "en");
        assert_eq!((row.topic, row.strength), (Topic::NotFound, Strength::Text));
    }

    #[test]
    fn a_short_phrase_is_a_word_of_its_own() {
        assert!(is_whole("fel", "fel i servern"));
        assert!(!is_whole("fel", "fellow citizens"));
        assert!(is_whole("error", "errors"));
    }
}
