//! How much a text looks like the name of an organization or a person, and what around a name is not part of it.

use std::{collections::HashSet, sync::LazyLock};

use super::{matcher::Matcher, words};

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
macro_rules! matcher {
    ($name:ident) => {
        static $name: LazyLock<Matcher> = LazyLock::new(|| Matcher::of(words::$name, ','));
    };
}
matcher!(CHROME_PARTS);
matcher!(RELATION);
matcher!(STRONG_RELATION);
matcher!(OTHER_TOPICS);
set!(SOCIAL);
set!(RELATION_PLURALS);
set!(OPENING);
set!(STAND_INS);
set!(STAND_IN_KINDS);
set!(TIERS);
set!(COUNTRIES);
set!(DOINGS);

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
            .any(|it| small.ends_with(it))
            || (!small.is_ascii()
                && words::ORGANIZATION_ENDS
                    .split(',')
                    .any(|it| small.ends_with(it)));
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
    if CHROME.contains(plain) || (length < 60 && CHROME_PARTS.find(&lower).is_some()) {
        return Look::of(Sort::Chrome, 0.15);
    }
    if is_stand_in(plain) {
        return Look::of(Sort::StandIn, 0.0);
    }
    if GENERIC.contains(plain)
        || plain.starts_with("anonymous")
        || lower.contains('@')
        || lower.contains("{{")
    {
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
            .is_some_and(|it| RELATION_PLURALS.contains(it))
        || (words.all == 1 && TIERS.contains(plain))
        || (words.all <= 4 && plain.ends_with("ed by"));
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
        || (numbers > 0 && is_address(lower))
        || (words.calendar > 0 && numbers > 0 && words.all <= 7)
        || (lower.starts_with("http") && lower.contains("://"))
        || lower.starts_with("www.")
        || text.contains(['$', '€', '£', '©'])
        || (words.digits * 2.0 >= words.counted()
            && words.all > 1
            && !words.organization
            && !counts_a_name(text, words)
            && !["№", " No. ", " Nr. ", " nº "]
                .iter()
                .any(|it| text.contains(it)))
}

/// Whether a text with a number in it is a street.
fn is_address(lower: &str) -> bool {
    let streets = [
        "street",
        "st.",
        "road",
        "rd.",
        "avenue",
        "ave.",
        "lane",
        "square",
        "boulevard",
        "blvd",
        "rue",
        "calle",
        "rua",
        "via",
        "quay",
        "parade",
        "plaza",
        "platz",
        "weg",
        "allee",
        "ulica",
        "ul.",
        "box",
    ];
    let mut words = lower.split([' ', ',']).filter(|it| !it.is_empty());
    let first_counts = words
        .clone()
        .next()
        .is_some_and(|it| it.len() <= 5 && it.starts_with(|it: char| it.is_ascii_digit()));
    let called = words.clone().any(|it| streets.contains(&it));
    let german = words.any(|it| it.ends_with("straße") || it.ends_with("strasse"));
    german || (called && (first_counts || lower.ends_with(|it: char| it.is_ascii_digit())))
}

/// Whether a small number stands before a capitalised word, as in "7 Bridges".
fn counts_a_name(text: &str, words: &Words) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    first.len() <= 2 && words.digits < 1.5 && words.capital >= 1.0 && words.lowered == 0.0
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
    if words.digits * 2.0 >= words.counted() && words.all > 1 && !words.organization {
        likeness -= 0.25;
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
    OPENING.contains(word.to_lowercase().as_str())
}

/// Whether a lower-case text stands where content is to come.
fn is_stand_in(plain: &str) -> bool {
    let mut words = plain
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty());
    let (first, second, third) = (words.next(), words.next(), words.next());
    let kind = |it: Option<&str>| it.is_some_and(|it| STAND_IN_KINDS.contains(it));
    let numbered = second
        .is_some_and(|it| it.chars().all(|it| it.is_ascii_digit()) || (it.len() == 1 && it != "s"));
    let to_come = matches!(
        second,
        Some("name" | "here" | "placeholder" | "tbd" | "tba" | "logo" | "title")
    );
    let one_of_them = matches!(first, Some("your" | "a" | "an" | "this")) && kind(second);
    STAND_INS.contains(plain)
        || plain.starts_with("lorem ipsum")
        || plain.contains("dolor sit amet")
        || plain.ends_with(" pending")
        || plain.ends_with(" coming soon")
        || (kind(first) && numbered && (third.is_none() || plain.contains("description")))
        || (kind(first) && to_come && third.is_none())
        || (one_of_them && matches!(third, None | Some("here" | "name" | "logo" | "could")))
}

/// Whether a line of `words` words, `lowered` of them in lower case, ends as sentences do.
fn ends_a_sentence(text: &str, words: usize, lowered: f64) -> bool {
    (text.ends_with('.') && words > 4 && !ends_in_abbreviation(text))
        || text.ends_with(['!', '?', '…', ':', '。', '！', '？', '؟'])
        || (text.contains(". ") && lowered >= 3.0)
}

/// Whether a text's last word is an abbreviation, so that its full stop ends no sentence.
pub(super) fn ends_in_abbreviation(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or_default().to_lowercase();
    if !last.contains(char::is_alphabetic) {
        return false;
    }
    ORGANIZATION.contains(last.as_str())
        || matches!(
            last.as_str(),
            "jr." | "sr." | "co." | "e.v." | "s.a." | "ph.d." | "md." | "u.s."
        )
        || last.len() <= 3
        || last.matches('.').count() > 1
}

/// Whether a text carries a word under which names stand.
pub(super) fn tells_relation(text: &str) -> bool {
    RELATION.find(&text.to_lowercase()).is_some()
}

/// Whether a text carries one of the stronger of these words.
pub(super) fn tells_strong_relation(text: &str) -> bool {
    STRONG_RELATION.find(&text.to_lowercase()).is_some()
}

/// Whether a heading is about something else than names: news, dates, links.
pub(super) fn tells_other(text: &str) -> bool {
    let lower = text.to_lowercase();
    DOINGS.contains(lower.trim().trim_end_matches(':')) || OTHER_TOPICS.find(&lower).is_some()
}

/// Whether a text is the name of a country, under which others' names stand.
pub(super) fn is_country(text: &str) -> bool {
    COUNTRIES.contains(text.trim().to_lowercase().as_str())
}

/// Whether a short text is a date or a time of day.
pub(super) fn is_date(text: &str) -> bool {
    if text.len() > 60 || !text.contains(|it: char| it.is_ascii_digit()) {
        return false;
    }
    let time = text.split(' ').any(|it| {
        let mut parts = it.split(':');
        matches!((parts.next(), parts.next()), (Some(hour), Some(minute))
            if (1..=2).contains(&hour.len()) && minute.len() >= 2
                && hour.bytes().all(|it| it.is_ascii_digit())
                && minute.bytes().take(2).all(|it| it.is_ascii_digit()))
    });
    time || Words::count(text).calendar > 0
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
}
