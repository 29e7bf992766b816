//! How much a text looks like the name of an organization or a person, and what around a name is not part of it.

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use super::words;

macro_rules! set {
    ($name:ident) => {
        static $name: LazyLock<HashSet<&'static str>> =
            LazyLock::new(|| words::$name.split(',').collect());
    };
}
set!(ORGANIZATION);
set!(CHROME);
set!(GENERIC);
set!(SMALL);
set!(SENTENCE);
set!(CALENDAR);
set!(ALT_GENERIC);
set!(SOCIAL);
set!(RELATION_PLURALS);

/// What was seen in a text that may be a name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// How much it looks like a name, 0 to 1.
    pub(super) likeness: f64,
    /// Whether a word of it is one that organizations carry.
    pub(super) organization: bool,
    /// What it is rather than a name, if that can be told.
    pub(super) sort: Sort,
}

/// What a line is, as far as its words tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// Perhaps a name.
    #[default]
    Plain,
    /// A service that icons link to, or a name like any other.
    Social,
    /// It tells what stands below it rather than naming someone: "Gold sponsors".
    Caption,
    /// A sentence.
    Sentence,
    /// What menus and buttons say.
    Chrome,
    /// It stands where a name is to come: "Sponsor 1".
    StandIn,
    /// A date, a price, a number, an address of any kind.
    Other,
}

impl Look {
    fn of(sort: Sort, likeness: f64) -> Self {
        Self {
            likeness,
            organization: false,
            sort,
        }
    }

    /// Whether it can be no name at all.
    pub(super) fn is_other(&self) -> bool {
        matches!(self.sort, Sort::Other | Sort::StandIn)
    }
}

/// The words of a line, counted by how they are written.
#[derive(Default)]
struct Words {
    all: usize,
    capital: f64,
    lowered: f64,
    uncased: f64,
    digits: f64,
    /// Words that sentences are made of.
    sentence: u32,
    /// Months and days.
    calendar: u32,
    organization: bool,
}

impl Words {
    fn count(text: &str) -> Self {
        let mut words = Self::default();
        for (place, word) in text
            .split([' ', '/'])
            .filter(|it| !it.is_empty())
            .enumerate()
        {
            words.all += 1;
            words.add(word.trim_matches(|it: char| !it.is_alphanumeric()), place);
        }
        words
    }

    fn add(&mut self, word: &str, place: usize) {
        let Some(first) = word.chars().next() else {
            return;
        };
        let small = word.to_lowercase();
        self.organization |= ORGANIZATION.contains(small.as_str())
            || [
                "stiftung",
                "verband",
                "verein",
                "gesellschaft",
                "universität",
                "hochschule",
            ]
            .iter()
            .any(|it| small.ends_with(it));
        if CALENDAR.contains(small.as_str()) {
            self.calendar += 1;
        }
        if first.is_numeric() && !word.chars().any(char::is_alphabetic) {
            self.digits += 1.0;
        } else if first.is_numeric()
            || first.is_uppercase()
            || word.chars().skip(1).any(char::is_uppercase)
        {
            self.capital += 1.0;
        } else if !first.is_lowercase() {
            self.uncased += 1.0;
        } else if SENTENCE.contains(small.as_str()) {
            self.sentence += 1;
            self.lowered += 1.0;
        } else if place == 0 || !SMALL.contains(small.as_str()) {
            self.lowered += 1.0;
        }
    }

    fn counted(&self) -> f64 {
        self.capital + self.lowered + self.uncased + self.digits
    }
}

/// Looks at `text`, which is one line, folded and trimmed.
pub(super) fn look(text: &str) -> Look {
    let length = text.chars().count();
    if !(2..=140).contains(&length) || !text.contains(char::is_alphabetic) {
        return Look::of(Sort::Other, 0.0);
    }
    let lower = text.to_lowercase();
    let plain = lower.trim_matches(|it: char| !it.is_alphanumeric());
    if CHROME.contains(plain)
        || (length < 60 && words::CHROME_PARTS.split(',').any(|it| lower.contains(it)))
    {
        return Look::of(Sort::Chrome, 0.15);
    }
    if is_stand_in(plain) {
        return Look::of(Sort::StandIn, 0.0);
    }
    if GENERIC.contains(plain) || lower.contains('@') || lower.contains("{{") {
        return Look::of(Sort::Other, 0.0);
    }
    let words = Words::count(text);
    if words.counted() == 0.0 {
        return Look::of(Sort::Other, 0.0);
    }
    if is_figure(text, &lower, &words, length) {
        return Look::of(Sort::Other, 0.1);
    }
    let caption = words.all <= 6
        && lower
            .trim_end_matches(':')
            .rsplit(' ')
            .next()
            .is_some_and(|it| RELATION_PLURALS.contains(it));
    let sentence = ends_a_sentence(text, words.all, words.lowered);
    Look {
        likeness: likeness(text, &words, sentence),
        organization: words.organization,
        sort: match () {
            () if SOCIAL.contains(plain) => Sort::Social,
            () if caption => Sort::Caption,
            () if sentence && words.all > 3 => Sort::Sentence,
            () => Sort::Plain,
        },
    }
}

/// Whether a line is a date, a price, an address or mostly digits.
fn is_figure(text: &str, lower: &str, words: &Words, length: usize) -> bool {
    let numbers = text.chars().filter(char::is_ascii_digit).count();
    numbers * 2 > length
        || (words.calendar > 0 && numbers > 0 && words.all <= 7)
        || (lower.starts_with("http") && lower.contains("://"))
        || lower.starts_with("www.")
        || text.contains(['$', '€', '£', '©'])
        || (words.digits * 2.0 >= words.counted() && words.all > 1 && !words.organization)
}

fn likeness(text: &str, words: &Words, sentence: bool) -> f64 {
    let cased = (words.capital + words.uncased + words.digits * 0.7) / words.counted();
    let single_lower = words.all == 1 && words.capital == 0.0 && words.uncased == 0.0;
    let mut likeness = if single_lower {
        0.5
    } else {
        0.15 + 0.7 * cased
    };
    if words.organization {
        likeness += 0.15;
    }
    if (2..=6).contains(&words.all) {
        likeness += 0.05;
    }
    let first = text.split(' ').next().unwrap_or_default();
    if opens_a_sentence(first) && !words.organization {
        likeness -= 0.35;
    }
    if words.all > 12 {
        likeness -= 0.12 * (words.all - 12).min(9) as f64;
    }
    if words.sentence > 0 && !(words.organization && cased > 0.7) {
        likeness -= 0.12 * f64::from(words.sentence.min(4));
    }
    if sentence {
        likeness -= 0.3;
    }
    likeness.clamp(0.0, 1.0)
}

/// Whether a word addresses the reader or asks, as buttons and sentences begin.
fn opens_a_sentence(word: &str) -> bool {
    let lower = word.to_lowercase();
    matches!(
        lower.as_str(),
        "please"
            | "click"
            | "we"
            | "you"
            | "if"
            | "this"
            | "these"
            | "how"
            | "why"
            | "what"
            | "when"
            | "where"
            | "our"
            | "your"
            | "are"
            | "is"
            | "for"
            | "to"
            | "get"
            | "send"
            | "see"
            | "find"
            | "meet"
            | "thanks"
            | "thank"
            | "many"
            | "want"
            | "do"
            | "let's"
            | "become"
            | "contact"
            | "sign"
            | "join"
            | "call"
            | "download"
            | "view"
            | "about"
            | "in"
            | "with"
            | "by"
            | "here"
            | "it"
            | "there"
            | "copyright"
    )
}

/// Whether a lower-case text stands where content is to come.
fn is_stand_in(plain: &str) -> bool {
    if plain.starts_with("lorem ipsum") || plain.contains("dolor sit amet") {
        return true;
    }
    let mut words = plain
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty());
    let (first, second, third) = (words.next(), words.next(), words.next());
    let kind = |it: Option<&str>| {
        it.is_some_and(|it| {
            matches!(
                it,
                "sponsor"
                    | "partner"
                    | "member"
                    | "client"
                    | "supporter"
                    | "donor"
                    | "company"
                    | "organization"
                    | "organisation"
                    | "item"
                    | "title"
                    | "heading"
                    | "card"
                    | "logo"
                    | "placeholder"
                    | "name"
                    | "brand"
                    | "text"
                    | "example"
                    | "test"
                    | "project"
                    | "person"
                    | "slide"
            )
        })
    };
    let numbered = |it: Option<&str>| {
        it.is_some_and(|it| {
            it.chars().all(|it| it.is_ascii_digit()) || (it.len() == 1 && it != "s")
        })
    };
    (kind(first) && numbered(second) && (third.is_none() || plain.contains("description")))
        || (kind(first)
            && matches!(
                second,
                Some("name" | "here" | "placeholder" | "tbd" | "tba" | "logo" | "title")
            )
            && third.is_none())
        || (matches!(first, Some("your" | "a" | "an" | "this"))
            && (kind(second)
                && third.is_none_or(|it| matches!(it, "here" | "name" | "logo" | "could"))))
        || matches!(
            plain,
            "tbd"
                | "tba"
                | "coming soon"
                | "to be announced"
                | "to be confirmed"
                | "n/a"
                | "none"
                | "jane doe"
                | "john doe"
        )
        || plain.ends_with(" pending")
        || plain.ends_with(" coming soon")
}

/// Whether a line of `words` words, `lowered` of them in lower case, ends as sentences do.
fn ends_a_sentence(text: &str, words: usize, lowered: f64) -> bool {
    (text.ends_with('.') && words > 4 && !ends_in_abbreviation(text))
        || text.ends_with(['!', '?', '…', ':'])
        || (text.contains(". ") && lowered >= 3.0)
}

fn ends_in_abbreviation(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or_default().to_lowercase();
    ORGANIZATION.contains(last.as_str())
        || matches!(
            last.as_str(),
            "jr." | "sr." | "co." | "e.v." | "s.a." | "ph.d." | "md." | "u.s."
        )
        || last.len() <= 3
        || last.matches('.').count() > 1
}

/// The part of `text` that a name is, bullets, separators and footnote marks taken off both ends.
pub(super) fn trim(text: &str) -> Range<usize> {
    let noise = |it: char| {
        it.is_whitespace()
            || matches!(
                it,
                '•' | '·'
                    | '|'
                    | '*'
                    | '†'
                    | '‡'
                    | ','
                    | ';'
                    | ':'
                    | '–'
                    | '—'
                    | '-'
                    | '▪'
                    | '●'
                    | '■'
                    | '►'
                    | '»'
                    | '›'
                    | '«'
                    | '→'
                    | '✓'
                    | '✔'
                    | '_'
                    | '~'
                    | '>'
                    | '<'
            )
    };
    let start = text.len() - text.trim_start_matches(|it| noise(it) || it == '.').len();
    let kept = text[start..].trim_end_matches(noise);
    let mut end = start + kept.len();
    let inner = &text[start..end];
    // A full stop ends a name only where it is an abbreviation's.
    if inner.ends_with('.') && inner.split(' ').count() > 1 && !ends_in_abbreviation(inner) {
        end -= 1;
    }
    let mut range = start..end;
    // An unpaired bracket at the edge belongs to what was cut.
    if text[range.clone()].ends_with('(') {
        range.end -= 1;
        range.end = range.start + text[range.clone()].trim_end().len();
    }
    range
}

/// The part of an alternative text that is the name: "logo of" and its like taken off; `None` where nothing is left.
pub(super) fn trim_alt(text: &str) -> Option<Range<usize>> {
    let mut range = trim(text);
    loop {
        let inner = &text[range.clone()];
        let before = words::ALT_BEFORE
            .split(',')
            .find(|it| starts_with_folded(inner, it));
        let behind = words::ALT_BEHIND
            .split(',')
            .find(|it| ends_with_folded(inner, it));
        match (before, behind) {
            (Some(it), _) => range.start += it.len(),
            (_, Some(it)) => range.end -= it.len(),
            _ => break,
        }
        let again = trim(&text[range.clone()]);
        range = range.start + again.start..range.start + again.end;
    }
    let inner = text[range.clone()].to_lowercase();
    let bare = inner
        .trim_end_matches(|it: char| it.is_ascii_digit() || it == ' ' || it == '-' || it == '_');
    let generic = ALT_GENERIC.contains(bare) || bare.contains("placeholder");
    (!bare.is_empty() && !generic).then_some(range)
}

fn starts_with_folded(text: &str, prefix: &str) -> bool {
    text.len() > prefix.len()
        && text
            .as_bytes()
            .iter()
            .zip(prefix.as_bytes())
            .all(|(a, b)| a.eq_ignore_ascii_case(b))
}

fn ends_with_folded(text: &str, suffix: &str) -> bool {
    text.len() > suffix.len()
        && text
            .as_bytes()
            .iter()
            .rev()
            .zip(suffix.as_bytes().iter().rev())
            .all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Whether a text carries a word under which names stand.
pub(super) fn tells_relation(text: &str) -> bool {
    has_word_of(text, words::RELATION)
}

/// Whether a text carries one of the stronger of these words.
pub(super) fn tells_strong_relation(text: &str) -> bool {
    has_word_of(text, words::STRONG_RELATION)
}

fn has_word_of(text: &str, beginnings: &str) -> bool {
    let lower = text.to_lowercase();
    beginnings.split(',').any(|it| {
        lower.match_indices(it).any(|(at, _)| {
            !lower[..at]
                .chars()
                .next_back()
                .is_some_and(char::is_alphanumeric)
        })
    })
}

/// Whether an attribute's word (class, id) speaks of partners, sponsors and the like.
pub(super) fn attribute_tells_relation(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "partner",
        "sponsor",
        "supporter",
        "member",
        "client",
        "donor",
        "funder",
        "affiliate",
        "alliance",
        "signator",
        "endors",
        "customer",
        "organi",
        "logos",
        "logo-grid",
        "logo-wall",
        "logo-cloud",
        "exhibitor",
        "trustee",
        "team",
        "people",
    ]
    .iter()
    .any(|it| lower.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_look_more_like_names_than_anything_else_does() {
        for name in [
            "Canadian Hearing Society (CHS)",
            "Jane Roe",
            "reddit",
            "Verein für Umweltschutz e.V.",
            "18 Million Rising",
            "日本赤十字社",
            "AT&T",
        ] {
            assert!(look(name).likeness >= 0.5, "{name}: {:?}", look(name));
        }
        for other in [
            "Read more",
            "12 March 2021",
            "We help people who are in need of support.",
            "info@example.org",
            "$ 1,200",
            "7 products with over",
        ] {
            assert!(look(other).likeness < 0.5, "{other}: {:?}", look(other));
        }
    }

    #[test]
    fn a_logos_alternative_text_gives_the_name_alone() {
        let cut = |it: &'static str| trim_alt(it).map(|range| &it[range]);
        assert_eq!(cut("Acme Foundation Logo"), Some("Acme Foundation"));
        assert_eq!(cut("logo of Acme"), Some("Acme"));
        assert_eq!(cut("Sponsor logo"), None);
        assert_eq!(cut("Generic placeholder image"), None);
        assert_eq!(cut("acme.png"), Some("acme"));
    }
}
