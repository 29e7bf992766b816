//! Words of human languages: what lines, words and sentences of pages and articles are known by.
//!
//! `src/language/words/` has one file per language, `any.toml` for what belongs to no language, all with the same sections and
//! keys; `src/language/countries.toml` has the names of countries. Words are folded to lower case. In phrases that are looked
//! for within a line, an entry is whole words: `board of trustees`. `partner*` is any word that begins so, and `=projects` is
//! the whole line.
//!
//! - `[grammar]` `common`: words by which the language is recognized; `articles`; `small`: words that are not capitalized inside
//!   names; `particles`: what is written to the end of a word; `and`: what joins the last member of a list; `sentence`: words that make a sentence of a line; `openings`: words that
//!   begin buttons and sentences rather than names; `abbreviations`: words before a full stop that do not end a sentence;
//!   `sentence_openings`: words that begin a sentence more often than they follow an abbreviation; `opposites`: words of which
//!   one name has those before the bar and another those behind it (`for pro | against`), so that they are two bodies;
//!   `negations`: words that make two bodies of one name; `reversing`: single words that turn the meaning of a sentence round;
//!   `hedging`: single words that make it less certain; `listing`: words behind which the names of a sentence begin.
//! - `[organization]` `nouns`: words in names of organizations; `suffixes`: what such names end in where words are joined;
//!   `arms`: words that an arm, a chapter or a sister has and the house has not; `other_names`: phrases before another name of the same organization.
//! - `[legal_form]` `Ltd` and the like, without accents and points, by kind; `plain`: forms that say nothing of the kind; `leading`:
//!   those of one word that stand before names; `joined`: those that are written to names without a space.
//! - `[person]` `titles_before` names, as letters alone; `titles_set_off`: only with a point or a stroke; `titles_after`;
//!   `titles_joined`: without a space; `given`: given names that one letter tells apart, each with its short forms (`robert bob`).
//! - `[numbers]` `words`: a value and its words (`2 zwei`); `own_words`: the same, where a word means something else in other
//!   languages; `joining`: what joins the words of one number; `compounds`: the same within a word; `counters`: what is
//!   written between a number and its noun; `at_least`, `at_most`,
//!   `about`: phrases of rounding.
//! - `[headings]` `strong`, `weak`: what names are listed under; `other`: what other things are listed under; `captions`: words
//!   at the end of a line that says what is below it, and `leads` at its beginning; `ranks` of sponsors; `general`: lines that
//!   name nothing.
//! - `[menu]` `lines`: what menus and buttons say; `parts`: the same within a line; `networks`: services that icons link to.
//! - `[list]` `introducing`: phrases that only a list follows; `joining`: weaker ones; `closing`: what follows a list where the
//!   verb comes last; `partial`: phrases that say a list is not complete; `stops`: words that end the last name of a list;
//!   `pairing`: words of which one stands before the first of two names and the other between them; `adding`: phrases that mean `and`;
//!   `roles`: what a person is or does, as a note behind a name or a line of its own; `placeholders`, `placeholder_kinds`: what is written where names will be; `numbered`: what is
//!   counted rather than named.
//!   `more`: lines below a part of a list; `more_buttons`: what leads to the rest; `more_words`: words for pages of a list;
//!   `former`: words in the heading of a list of former ones; `left`: words beside a name that left; `until`: words before a year
//!   beside a name; `labels`: what sites write behind a name; `sole`: words behind which one name follows (`partner is`).
//! - `[page.…]` what pages say that stand in for the page asked for, by what they are; each has phrases for the `title` or first
//!   heading, for anywhere in the `text`, and `weak` ones, of which several are needed.
//! - `[table]` `names`, `members`, `other`, `employers`: titles of columns.
//! - `[image]` `before`, `behind`: words around the name in the text of a logo; `generic`: texts that name nothing; `notices`
//!   about links; `endings` of files.
//! - `[attribute]` `relations`, `consent`: parts of ids and classes.
//! - `[place]` `regions`, `cities`; `parts`: single words of names of places; `streets`, `street_endings`.
//! - `[calendar]` `months`: twelve lists, January first; `days`; `marks`: short words of dates; `spans`: words between years;
//!   `units` of time.
//! - `[citation]` `accessed`, `archived`: what is written beside the day of a visit or of a copy; `references`: headings.

use std::sync::LazyLock;

use serde::Deserialize;

mod countries;
pub mod dates;
mod files;
pub mod given;
pub mod legal_forms;
mod lexicon;
pub mod numbers;
pub mod opposites;
pub mod pages;
mod phrases;
mod roles;
pub mod sentences;
pub mod stems;
pub mod titles;
pub mod tokens;
pub mod turns;
pub mod units;

pub use files::{AddedWordsError, add_words, added_words};
pub use lexicon::{Column, Heading, Lexicon, Marks, Source, mark};

use files::{Section, sections};

/// The sections of a file of words: lists of strings, and of months.
macro_rules! words {
    ($($section:ident $type:ident, $name:literal { $($key:ident)* })*) => {
        $(
            #[doc = concat!("`[", $name, "]`; the documentation of the module explains its keys.")]
            #[derive(Clone, Debug, Default, Deserialize)]
            #[serde(default, deny_unknown_fields)]
            #[expect(missing_docs, reason = "documented at the head of the module")]
            pub struct $type { $(pub $key: words!(@type $key)),* }

            impl Section for $type {
                const NAME: &'static str = $name;
            }
        )*

        /// A whole file: its form is checked with this, and its sections are read one by one.
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Words { $($section: $type,)* page: States }
    };
    (@type months) => { Vec<Vec<String>> };
    (@type $key:ident) => { Vec<String> };
}

words! {
    grammar Grammar, "grammar" {
        common articles small particles and sentence openings abbreviations sentence_openings opposites negations reversing
        hedging listing
    }
    organization Organization, "organization" { nouns suffixes arms other_names }
    legal_form LegalForm, "legal_form" {
        plain shares limited general_partnership limited_partnership liability_partnership cooperative nonprofit sole leading joined
    }
    person Person, "person" { titles_before titles_set_off titles_after titles_joined given }
    numbers Numbers, "numbers" { words own_words joining compounds counters at_least at_most about }
    headings Headings, "headings" { strong weak other captions leads ranks general }
    menu Menu, "menu" { lines parts networks }
    list List, "list" {
        introducing joining closing partial stops pairing adding roles placeholders placeholder_kinds numbered more more_buttons more_words former
        left until labels sole
    }
    table Table, "table" { names members other employers }
    image Image, "image" { before behind generic notices endings }
    attribute Attribute, "attribute" { relations consent }
    place Place, "place" { regions cities parts streets street_endings }
    calendar Calendar, "calendar" { months days marks spans units }
    citation Citation, "citation" { accessed archived references }
}

/// `[page]`: its parts are read one by one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct States {
    blocked: PagePhrases,
    unavailable: PagePhrases,
    not_found: PagePhrases,
    login: PagePhrases,
    paywall: PagePhrases,
    consent: PagePhrases,
    parked: PagePhrases,
    placeholder: PagePhrases,
    script: PagePhrases,
}

/// Phrases that speak for a state of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PagePhrases {
    /// Those that say it only as a title or a first heading.
    pub title: Vec<String>,
    /// Those that say it anywhere.
    pub text: Vec<String>,
    /// Those of which several are needed, and nothing else on the page.
    pub weak: Vec<String>,
}

/// What the sentences and references of articles in one language are made of.
#[derive(Clone, Debug, Default)]
pub struct Language {
    /// Its code (ISO 639-1).
    pub code: &'static str,
    /// Its small words.
    pub grammar: Grammar,
    /// What is written around a list in a sentence.
    pub list: List,
    /// Its words of numbers.
    pub numbers: Numbers,
    /// Its months and days.
    pub calendar: Calendar,
    /// What is written in references.
    pub citation: Citation,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let mut list = sections::<List>().into_iter();
    let mut numbers = sections::<Numbers>().into_iter();
    let mut calendar = sections::<Calendar>().into_iter();
    let mut citation = sections::<Citation>().into_iter();
    let all = sections::<Grammar>()
        .into_iter()
        .map(|(code, grammar)| Language {
            code,
            grammar,
            list: list.next().unwrap_or_default().1,
            numbers: numbers.next().unwrap_or_default().1,
            calendar: calendar.next().unwrap_or_default().1,
            citation: citation.next().unwrap_or_default().1,
        });
    all.filter(|it| !it.grammar.common.is_empty()).collect()
});

/// All languages with words to recognize them by, English first.
#[must_use]
pub fn all() -> &'static [Language] {
    &LANGUAGES
}

/// Whether a folded word joins the last name of several with the others, in one of the languages.
#[must_use]
pub fn is_and(word: &str) -> bool {
    let is_it = |language: &Language| language.grammar.and.iter().any(|it| it == word);
    all().iter().any(is_it)
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
        let kana = count(&head, |number| ('\u{3040}'..='\u{30ff}').contains(&number));
        let han = count(&head, |number| ('\u{4e00}'..='\u{9fff}').contains(&number));
        let letters = count(&head, char::is_alphabetic);
        if (kana + han) * 3 > letters {
            return Self::of_code(if kana * 8 > han { "ja" } else { "zh" });
        }
        if let Some(code) = of_script(&head, letters) {
            return Self::of_code(code);
        }
        let arabic = count(&head, |number| ('\u{600}'..='\u{6ff}').contains(&number));
        let words: Vec<&str> = head
            .split(|letter: char| !letter.is_alphabetic())
            .filter(|word| !word.is_empty())
            .collect();
        let score = |language: &Self| {
            words
                .iter()
                .filter(|word| language.grammar.common.iter().any(|it| it == *word))
                .count()
        };
        all()
            .iter()
            .map(|it| (score(it), it))
            .rev()
            .max_by_key(|pair| pair.0)
            .filter(|pair| pair.0 * 25 > words.len())
            .map(|pair| pair.1)
            // A text too short for its words to tell.
            .or_else(|| Self::of_code("ar").filter(|_| arabic * 3 > letters * 2))
    }

    /// Whether a text has enough of its common words to be in it.
    #[must_use]
    pub fn speaks(&self, text: &str) -> bool {
        let of_script = SCRIPTS.iter().any(|script| script.0 == self.code);
        if of_script || matches!(self.code, "zh" | "ja") {
            return Self::of_text(text).is_some_and(|it| it.code == self.code);
        }
        let text = text.to_lowercase();
        let mut words = 0;
        let mut own = 0;
        for word in text
            .split(|letter: char| !letter.is_alphabetic())
            .filter(|word| !word.is_empty())
        {
            words += 1;
            own += usize::from(self.grammar.common.iter().any(|it| it == word));
        }
        own * 20 >= words && own > 0
    }

    /// Whether its names begin with capitals.
    #[must_use]
    pub fn is_cased(&self) -> bool {
        let of_script = SCRIPTS.iter().any(|it| it.0 == self.code && it.0 != "el");
        !of_script && !matches!(self.code, "ar" | "fa" | "ur" | "zh" | "ja")
    }

    /// Whether its sentences end with their verb, so that the words after a list close it.
    #[must_use]
    pub fn is_verb_last(&self) -> bool {
        matches!(self.code, "ja" | "ko" | "hi" | "tr")
    }

    /// The month of a word, 1 for January.
    fn month(&self, word: &str) -> Option<u32> {
        let months = &self.calendar.months;
        let at = months
            .iter()
            .position(|month| month.iter().any(|it| it == word))?;
        // Months that were added to a language are behind its own twelve.
        u32::try_from(at % 12 + 1).ok()
    }
}

/// The languages that a script of their own tells, with its letters.
const SCRIPTS: [(&str, std::ops::RangeInclusive<char>); 9] = [
    ("ko", '\u{ac00}'..='\u{d7a3}'),
    ("he", '\u{590}'..='\u{5ff}'),
    ("el", '\u{370}'..='\u{3ff}'),
    ("hi", '\u{900}'..='\u{97f}'),
    ("bn", '\u{980}'..='\u{9ff}'),
    ("ta", '\u{b80}'..='\u{bff}'),
    ("te", '\u{c00}'..='\u{c7f}'),
    ("th", '\u{e00}'..='\u{e7f}'),
    ("ka", '\u{10a0}'..='\u{10ff}'),
];

/// The language of the script that most letters are in.
fn of_script(text: &str, letters: usize) -> Option<&'static str> {
    let most = SCRIPTS
        .iter()
        .find(|(_, range)| count(text, |letter| range.contains(&letter)) * 2 > letters.max(1));
    most.map(|script| script.0)
}

/// Whether a letter is of a script that does not separate words: Chinese or Japanese.
#[must_use]
pub fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn count(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.chars().filter(|character| wanted(*character)).count()
}

/// Phrases in all languages before another name of the same organization: `formerly`, `anciennement`.
pub fn other_names() -> impl Iterator<Item = String> {
    let all = sections::<Organization>().into_iter();
    all.flat_map(|(_, section)| section.other_names)
}

/// Words in all languages behind which the names of a sentence begin: `include`, `such as`.
pub fn listing() -> impl Iterator<Item = String> {
    let all = sections::<Grammar>().into_iter();
    all.flat_map(|(_, section)| section.listing)
}

/// Words in all languages behind which one name follows: `partner is`.
pub fn sole() -> impl Iterator<Item = String> {
    let all = sections::<List>().into_iter();
    all.flat_map(|(_, section)| section.sole)
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
        assert!(all().len() >= 27);
        for it in all() {
            assert_eq!(it.calendar.months.len(), 12, "{}", it.code);
            let citation = [
                &it.citation.accessed,
                &it.citation.archived,
                &it.citation.references,
            ];
            for words in citation
                .into_iter()
                .chain([&it.grammar.and, &it.list.partial])
            {
                assert!(!words.is_empty(), "{}", it.code);
            }
            for (number, names) in (1..).zip(&it.calendar.months) {
                for name in names {
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
