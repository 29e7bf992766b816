//! The wording of pages that replace the requested page, and of lists that continue elsewhere.

use std::sync::LazyLock;

use super::{
    List, PagePhrases,
    files::{FILES, sections, sections_named},
    phrases::{Phrase, Phrases},
};

/// What a phrase is evidence of. A paywall is a login wall that shows the beginning of the page, so it has phrases of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The visitor is refused: challenges, refusals.
    Blocked,
    /// Something does not work, or not now.
    Unavailable,
    /// The page is not there.
    NotFound,
    /// Members alone may read it.
    Login,
    /// Those who pay may read on.
    Paywall,
    /// Cookies come first.
    Consent,
    /// The domain is for sale.
    Parked,
    /// The content is still to come.
    Placeholder,
    /// A script is to bring the content.
    Script,
    /// That a list continues: as a title, as the text of its buttons; in the text, a line below it; weak, words for pages.
    More,
}

/// Every topic but [`Topic::More`], with the section that has its phrases, in the order of the numbers that [`Row`]s count by.
const TOPICS: [(Topic, &str); 9] = [
    (Topic::Blocked, "page.blocked"),
    (Topic::Unavailable, "page.unavailable"),
    (Topic::NotFound, "page.not_found"),
    (Topic::Login, "page.login"),
    (Topic::Paywall, "page.paywall"),
    (Topic::Consent, "page.consent"),
    (Topic::Parked, "page.parked"),
    (Topic::Placeholder, "page.placeholder"),
    (Topic::Script, "page.script"),
];

/// The strength of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Something, but only as a title or first heading.
    Title,
    /// Much, anywhere.
    Text,
    /// Weak: several are needed, and no other content on the page.
    Weak,
}

const STRENGTHS: [Strength; 3] = [Strength::Title, Strength::Text, Strength::Weak];

/// The row that a phrase is of.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The number of its language; [`ANY`] for all.
    pub language: usize,
    /// What the phrase is about.
    pub topic: Topic,
    /// Where the phrase must be to count.
    pub strength: Strength,
}

impl Row {
    /// The row with a number.
    fn of(number: usize) -> Self {
        let (rest, strength) = (number / STRENGTHS.len(), number % STRENGTHS.len());
        let topics = TOPICS.len() + 1;
        Self {
            language: rest / topics,
            topic: TOPICS.get(rest % topics).map_or(Topic::More, |pair| pair.0),
            strength: STRENGTHS[strength],
        }
    }

    fn number(self) -> usize {
        let topic = TOPICS.iter().position(|pair| pair.0 == self.topic);
        let topic = topic.unwrap_or(TOPICS.len());
        (self.language * (TOPICS.len() + 1) + topic) * STRENGTHS.len() + self.strength as usize
    }
}

/// A phrase in a text.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    /// What it is evidence of.
    pub row: Row,
    /// The phrase.
    pub phrase: &'static str,
    /// The byte of the text at which it begins.
    pub at: usize,
}

/// The number of the language for what is written in no language or in all of them.
pub const ANY: usize = FILES.len() - 1;

/// How many languages there are.
#[must_use]
pub fn languages() -> usize {
    PAGES.languages.len()
}

/// Whether the phrases of a language are known, by the first part of its tag.
#[must_use]
pub fn knows(language: &str) -> bool {
    let code = match language {
        "nb" | "nn" => "no",
        code => code,
    };
    let mut languages = PAGES.languages.iter();
    languages.any(|(known, has)| *known == code && *has)
}

/// The phrases in a text in lower case that speak for a state of the page, in the order of their places.
#[must_use]
pub fn phrases_in(text: &str) -> Vec<Spoken> {
    spoken(&PAGES.phrases, text)
}

/// The phrases in a text in lower case that mean that a list continues, in the order of their places.
#[must_use]
pub fn more_in(text: &str) -> Vec<Spoken> {
    spoken(&MORE, text)
}

fn spoken(phrases: &'static Phrases, text: &str) -> Vec<Spoken> {
    let found = phrases.find(text).map(|(phrase, at)| Spoken {
        row: Row::of(phrase.row),
        phrase: &phrase.text,
        at,
    });
    let mut found: Vec<Spoken> = found.collect();
    found.sort_by_key(|spoken| spoken.at);
    found
}

/// The phrases of the sections `page`.
struct Pages {
    phrases: Phrases,
    /// The languages, each with whether there are phrases in it.
    languages: Vec<(&'static str, bool)>,
}

static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let mut all = Vec::new();
    let mut languages = Vec::new();
    for (topic, name) in TOPICS {
        for (language, (code, it)) in sections_named::<PagePhrases>(name).into_iter().enumerate() {
            if topic == Topic::NotFound {
                languages.push((code, !it.text.is_empty()));
            }
            let rows = [it.title, it.text, it.weak];
            add(&mut all, (code, language), topic, rows);
        }
    }
    Pages {
        phrases: Phrases::of(all),
        languages,
    }
});

static MORE: LazyLock<Phrases> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (language, (code, it)) in sections::<List>().into_iter().enumerate() {
        let rows = [it.more_buttons, it.more, it.more_words];
        add(&mut all, (code, language), Topic::More, rows);
    }
    Phrases::of(all)
});

/// Adds the phrases of a topic in a language, as titles, in the text and weak.
fn add(
    all: &mut Vec<Phrase>,
    (code, language): (&'static str, usize),
    topic: Topic,
    rows: [Vec<String>; 3],
) {
    for (strength, entries) in STRENGTHS.into_iter().zip(rows) {
        let row = Row {
            language,
            topic,
            strength,
        };
        let entries = entries.iter();
        all.extend(entries.map(|entry| Phrase::of(entry, code, row.number())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_found_where_it_is() {
        for (topic, name) in TOPICS {
            for (language, (code, it)) in sections_named::<PagePhrases>(name).iter().enumerate() {
                for (strength, entries) in
                    STRENGTHS.into_iter().zip([&it.title, &it.text, &it.weak])
                {
                    for entry in entries {
                        let phrase = entry.trim_end_matches('*');
                        assert!(!phrase.contains('’'), "{code} {name}: {phrase}");
                        let found = phrases_in(&format!("x {phrase}"));
                        let is_it = |spoken: &Spoken| {
                            let row = spoken.row;
                            (row.language, row.topic, row.strength) == (language, topic, strength)
                                && (spoken.phrase, spoken.at) == (phrase, 2)
                        };
                        assert!(found.iter().any(is_it), "{code} {name}: {phrase}");
                    }
                }
            }
        }
        assert_eq!(FILES[ANY].0, "any");
        assert!(knows("en") && knows("nb") && !knows("ka"));
    }

    #[test]
    fn a_short_phrase_is_a_word_of_its_own() {
        let says = |text: &str| phrases_in(text).iter().any(|it| it.phrase == "fel");
        assert!(says("fel i servern"));
        assert!(!says("fellow citizens"));
    }

    #[test]
    fn a_row_has_one_number() {
        for number in [0, 1, 29, 30, 31, 77] {
            assert_eq!(Row::of(number).number(), number);
        }
    }
}
