//! How much a text looks like the name of an organization or a person, and what around a name is not part of it.

use std::sync::LazyLock;

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::{
    counted::Words,
    judge::name_signs::{DIGITS_AS_CAPITALS, NameFacts, OF_CHROME, OF_FIGURES, likeness},
    letters::bare,
};
use crate::language::{Lexicon, Marks, mark, titles::without_titles};

pub(super) use super::letters::lower_case;
pub(super) use super::tellings::{
    Telling, attribute_tells_relation, is_and, is_country, telling, tells_relation,
    tells_strong_relation,
};

static DUMMY_TEXT: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::Finder::new("dolor sit amet"));

/// What was seen in a text that may be a name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameSigns {
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
    /// What somebody is or does: "Treasurer".
    Role,
    /// A sentence.
    Sentence,
    /// What menus and buttons say.
    Chrome,
    /// It stands where a name is to come: "Sponsor 1".
    StandIn,
    /// A date, a price, a number, an address of any kind.
    Other,
}

impl NameSigns {
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

/// Up to this length, a text with three points at its end may be a name that was cut off.
const LONGEST_LEFT_OPEN: usize = 12;

/// From this many digits on, a text is or has the number of a telephone or an account.
const DIGITS_OF_A_TELEPHONE: usize = 7;

/// From this many digits on, a number behind a town is the code of the post.
const CODE: usize = 5;

/// How many characters a name has at most.
const LONGEST: usize = 140;

/// The signs in `text`, which is one line, folded and trimmed.
pub(super) fn signs(text: &str) -> NameSigns {
    // No character has more than four bytes.
    if text.len() > 4 * LONGEST {
        return NameSigns::of(Sort::Other, 0.0);
    }
    if text.is_ascii() {
        if !(2..=LONGEST).contains(&text.len()) || !text.bytes().any(|it| it.is_ascii_alphabetic())
        {
            return NameSigns::of(Sort::Other, 0.0);
        }
        if is_running_text(text) {
            return NameSigns::of(Sort::Plain, 0.0);
        }
        let mut lower = [0; LONGEST];
        let lower = &mut lower[..text.len()];
        lower.copy_from_slice(text.as_bytes());
        lower.make_ascii_lowercase();
        return signs_in(text, std::str::from_utf8(lower).unwrap_or(text), text.len());
    }
    let length = text.chars().count();
    if !(2..=LONGEST).contains(&length) || !text.contains(char::is_alphabetic) {
        return NameSigns::of(Sort::Other, 0.0);
    }
    if is_running_text(text) {
        return NameSigns::of(Sort::Plain, 0.0);
    }
    signs_in(text, &lower_case(text), length)
}

/// Whether a long line has so few capitals for its words that nothing more need be asked: names have them at most words, or
/// begin with what kind of house it is. Scripts other than Latin are asked in full.
fn is_running_text(text: &str) -> bool {
    if text.len() <= 60 {
        return false;
    }
    let count = |kind: fn(&u8) -> bool| -> usize {
        let bytes = text.as_bytes().chunks(128);
        bytes
            .map(|it| usize::from(it.iter().map(|it| u8::from(kind(it))).sum::<u8>()))
            .sum()
    };
    let spaces = count(|it| *it == b' ');
    spaces >= 8
        && count(u8::is_ascii_uppercase) * 3 <= spaces
        && count(|it| !it.is_ascii()) * 8 < text.len()
        && text
            .split(' ')
            .take(2)
            .all(|it| marks_of_any_case(bare(it)) & mark::ORGANIZATION == 0)
}

/// The signs in a line of `length` characters; `lower` is the same in lower case.
fn signs_in(text: &str, lower: &str, length: usize) -> NameSigns {
    let plain = bare(lower);
    let known = Lexicon::word(plain);
    if known & mark::MENU != 0 || (length < 60 && Lexicon::has_menu_part(lower)) {
        return NameSigns::of(Sort::Chrome, OF_CHROME);
    }
    let noted = plain.split_once(" (").map_or(0, |it| Lexicon::word(it.0));
    if is_stand_in(plain, known) || noted & mark::PLACEHOLDER != 0 {
        return NameSigns::of(Sort::StandIn, 0.0);
    }
    if known & mark::GENERAL != 0
        || plain.starts_with("anonymous")
        || memchr(b'@', lower.as_bytes()).is_some()
        || (memchr(b'{', lower.as_bytes()).is_some() && lower.contains("{{"))
    {
        return NameSigns::of(Sort::Other, 0.0);
    }
    // Titles in lower case are no part of how a name is set.
    if text.starts_with(char::is_lowercase) && text.contains(". ") || lower.starts_with("dr ") {
        let own = without_titles(lower);
        let at = lower.len() - own.len();
        if at > 0
            && own.contains(' ')
            && lower.ends_with(own)
            && lower.len() == text.len()
            && text.is_char_boundary(at)
        {
            return signs_in(&text[at..], own, own.chars().count());
        }
    }
    let words = Words::count(text, lower);
    if words.counted() == 0.0 {
        return NameSigns::of(Sort::Other, 0.0);
    }
    if is_figure(text, lower, &words, length) {
        return NameSigns::of(Sort::Other, OF_FIGURES);
    }
    let caption = words.all <= 6
        && lower
            .trim_end_matches(':')
            .rsplit(' ')
            .next()
            .is_some_and(|it| Lexicon::word(it) & mark::CAPTION != 0)
        || (words.all <= 3 && words.leads)
        || (words.all == 1 && known & mark::RANK != 0)
        || (words.all <= 4 && plain.ends_with("ed by"));
    let sentence = ends_a_sentence(text, words.all, words.lowered);
    let facts = facts(text, lower, &words, sentence);
    NameSigns {
        likeness: likeness(&facts),
        organization: words.organization,
        sort: match () {
            () if known & mark::NETWORK != 0 => Sort::Social,
            () if caption => Sort::Caption,
            () if facts.role => Sort::Role,
            () if sentence && words.all > 3 => Sort::Sentence,
            () => Sort::Plain,
        },
    }
}

/// The lists that a word stands in once it is folded.
fn marks_of_any_case(word: &str) -> Marks {
    let mut folded = [0; 32];
    match folded.get_mut(..word.len()) {
        Some(folded) if word.is_ascii() => {
            folded.copy_from_slice(word.as_bytes());
            folded.make_ascii_lowercase();
            Lexicon::word(std::str::from_utf8(folded).unwrap_or(word))
        }
        _ => Lexicon::word(&lower_case(word)),
    }
}

/// Whether a line is a date, a price, an address or mostly digits.
fn is_figure(text: &str, lower: &str, words: &Words, length: usize) -> bool {
    let digits = |it: &[u8]| {
        it.iter()
            .map(|it| u8::from(it.is_ascii_digit()))
            .sum::<u8>()
    };
    let numbers: usize = text
        .as_bytes()
        .chunks(64)
        .map(|it| usize::from(digits(it)))
        .sum();
    numbers * 2 > length
        || numbers >= DIGITS_OF_A_TELEPHONE && longest_number(text) >= DIGITS_OF_A_TELEPHONE
        || (numbers > 0 && is_address(lower))
        || (words.calendar > 0 && numbers > 0 && words.all <= 7)
        || (lower.starts_with("http") && lower.contains("://"))
        || lower.starts_with("www.")
        || memchr(b'$', text.as_bytes()).is_some()
        || is_share(text)
        || (text.len() > length && text.contains(['€', '£', '©']))
        || (words.digits * 2.0 >= words.counted()
            && words.all > 1
            && !words.organization
            && !counts_a_name(text, words)
            && !["№", " No. ", " Nr. ", " nº "]
                .iter()
                .any(|it| text.contains(it)))
}

/// Whether a text begins with a share of a hundred: "10% discount".
fn is_share(text: &str) -> bool {
    let behind = text.trim_start_matches(|it: char| it.is_ascii_digit());
    behind.len() < text.len() && behind.trim_start().starts_with('%')
}

/// How many digits the longest number in a text has, with what parts the digits of telephone numbers.
fn longest_number(text: &str) -> usize {
    let is_of_it = |it: char| it.is_ascii_digit() || " -/.()+".contains(it);
    let runs = text.split(|it: char| !is_of_it(it));
    let digits = runs.map(|run| run.bytes().filter(u8::is_ascii_digit).count());
    digits.max().unwrap_or_default()
}

/// Whether a text with a number in it is a street.
fn is_address(lower: &str) -> bool {
    let mut words = lower.split([' ', ',']).filter(|it| !it.is_empty());
    let first_counts = words
        .clone()
        .next()
        .is_some_and(|it| it.len() <= 5 && it.starts_with(|it: char| it.is_ascii_digit()));
    let called = words
        .clone()
        .any(|it| Lexicon::word(it) & mark::STREET != 0);
    let last = lower.rsplit(' ').next().unwrap_or_default();
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let coded = last.len() >= CODE && digits(last) && lower.contains(',');
    let numbered = first_counts && lower.split(' ').next().is_some_and(digits) && digits(last);
    let german = words.any(Lexicon::ends_in_street);
    german
        || coded
        || numbered && lower.split(' ').nth(2).is_some()
        || (called && (first_counts || lower.ends_with(|it: char| it.is_ascii_digit())))
}

/// Whether a small number stands before a capitalised word, as in "7 Bridges", or behind one that nobody numbers, as in
/// "Studio 54".
fn counts_a_name(text: &str, words: &Words) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    let plain = words.digits < 1.5 && words.capital >= 1.0 && words.lowered == 0.0;
    let numbered = || Lexicon::word(&first.to_lowercase()) & mark::NUMBERED != 0;
    let upper = first.chars().count() >= 5 && first.chars().all(char::is_uppercase);
    let coded = longest_number(text) >= CODE;
    plain
        && !coded
        && (first.len() <= 2 || first.len() >= 4 && words.all == 2 && (upper || !numbered()))
}

/// What is measured of a line for its likeness to a name.
fn facts(text: &str, lower: &str, words: &Words, ends_sentence: bool) -> NameFacts {
    NameFacts {
        words: words.all.max(joined_words(text)),
        cased: (words.capital + words.uncased + words.digits * DIGITS_AS_CAPITALS)
            / words.counted(),
        small: words.all == 1 && words.capital == 0.0 && words.uncased == 0.0,
        organization: words.organization,
        opens_sentence: !words.organization && opens_a_sentence(text, lower),
        numbers: words.digits * 2.0 >= words.counted() && words.all > 1,
        sentence_words: words.sentence,
        ends_sentence,
        role: Lexicon::word(lower) & mark::ROLE != 0
            || words.all <= 8 && !words.organization && Lexicon::is_role(lower)
            || (2..=4).contains(&words.all) && is_role_and_more(text, lower),
    }
}

/// Whether a text is a role and more words, all of them in small letters, as languages have it that put the role first: "Dirigent
/// hovedkorps", "Trésorier adjoint".
fn is_role_and_more(text: &str, lower: &str) -> bool {
    let (Some((_, rest)), Some((role, _))) = (text.split_once(' '), lower.split_once(' ')) else {
        return false;
    };
    Lexicon::word(role) & mark::ROLE != 0
        && rest
            .split(' ')
            .all(|word| word.starts_with(char::is_lowercase))
}

/// How many words a text has that is written without spaces between them: two letters of Chinese or Japanese are about one.
fn joined_words(text: &str) -> usize {
    if text.is_ascii() {
        return 0;
    }
    let joined =
        |letter: &char| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
    text.chars().filter(joined).count().div_ceil(2)
}

/// Whether a heading says what those below it are, one of them or several: "Treasurer", "PhD students".
pub(super) fn says_group(text: &str) -> bool {
    let lower = lower_case(text.trim().trim_end_matches(':'));
    let says =
        |part: &str| Lexicon::is_role(part) || part.strip_suffix('s').is_some_and(Lexicon::is_role);
    // "Trainers and coaches", "Directors / Founders".
    let mut words = lower.split(' ');
    let joined = words.clone().any(|it| is_and(it) || it == "/");
    says(&lower)
        || joined
            && words
                .by_ref()
                .filter(|it| !is_and(it) && *it != "/")
                .all(says)
}

/// Whether the first word addresses the reader or asks, as buttons and sentences begin.
fn opens_a_sentence(text: &str, lower: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    let opening = if text.is_ascii() {
        Lexicon::word(&lower[..first.len()])
    } else {
        Lexicon::word(&first.to_lowercase())
    };
    opening & mark::OPENING != 0
}

/// Whether a lower-case text, known for what its marks say, stands where content is to come.
fn is_stand_in(plain: &str, known: Marks) -> bool {
    if known & mark::PLACEHOLDER != 0
        || plain.starts_with("lorem ipsum")
        || plain.ends_with(" pending")
        || plain.ends_with(" coming soon")
        || match plain.as_bytes().last() {
            Some(b'e') => plain.ends_with(" name here"),
            Some(b'0'..=b'9') => is_numbered_kind(plain),
            _ => false,
        }
        || (plain.len() >= 14 && DUMMY_TEXT.find(plain.as_bytes()).is_some())
    {
        return true;
    }
    // Most lines begin with a word that says at once that they are none.
    let first = plain
        .bytes()
        .position(|it| !it.is_ascii_lowercase())
        .unwrap_or(plain.len());
    if first > 0
        && plain.as_bytes().get(first).is_none_or(|it| *it == b' ')
        && !matches!(&plain[..first], "your" | "a" | "an" | "this")
        && Lexicon::word(&plain[..first]) & mark::PLACEHOLDER_KIND == 0
    {
        return false;
    }
    let mut words = plain
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty());
    let kind =
        |it: Option<&str>| it.is_some_and(|it| Lexicon::word(it) & mark::PLACEHOLDER_KIND != 0);
    let first = words.next();
    let first_is_kind = kind(first);
    let article = matches!(first, Some("your" | "a" | "an" | "this"));
    if !first_is_kind && !article {
        return false;
    }
    let (second, third) = (words.next(), words.next());
    let numbered = second
        .is_some_and(|it| it.chars().all(|it| it.is_ascii_digit()) || (it.len() == 1 && it != "s"));
    let to_come = matches!(
        second,
        Some("name" | "here" | "placeholder" | "tbd" | "tba" | "logo" | "title")
    );
    (first_is_kind && numbered && (third.is_none() || plain.contains("description")))
        || (first_is_kind && to_come && third.is_none())
        || (article
            && kind(second)
            && matches!(third, None | Some("here" | "name" | "logo" | "could")))
}

/// Whether a lower-case text of a few words ends in a kind and its number: "lead supporter 2".
fn is_numbered_kind(plain: &str) -> bool {
    let Some((before, number)) = plain.rsplit_once(' ') else {
        return false;
    };
    if number.len() > 2 || !number.bytes().all(|it| it.is_ascii_digit()) {
        return false;
    }
    let kind = before.rsplit(' ').next().unwrap_or_default();
    Lexicon::word(kind) & mark::PLACEHOLDER_KIND != 0 && before.split(' ').nth(3).is_none()
}

/// Whether a line stands where a name is to come.
pub(super) fn stands_in(text: &str) -> bool {
    let lower = lower_case(text);
    let plain = bare(&lower);
    is_stand_in(plain, Lexicon::word(plain)) && signs(text).sort == Sort::StandIn
}

/// Whether a line of `words` words, `lowered` of them in lower case, ends as sentences do.
fn ends_a_sentence(text: &str, words: usize, lowered: f64) -> bool {
    (text.ends_with('.') && words > 4 && !ends_in_abbreviation(text))
        || text.ends_with(['!', '?', '…', ':', '。', '！', '？', '؟'])
        || text.ends_with("...") && text.len() > LONGEST_LEFT_OPEN
        || (lowered >= 3.0
            && memchr_iter(b'.', text.as_bytes())
                .any(|it| text.as_bytes().get(it + 1) == Some(&b' ')))
}

/// Whether a text's last word is an abbreviation, so that its full stop ends no sentence.
pub(super) fn ends_in_abbreviation(text: &str) -> bool {
    let start = memrchr(b' ', text.as_bytes()).map_or(0, |it| it + 1);
    let last = &text[start..];
    if !last.contains(char::is_alphabetic) {
        return false;
    }
    if last.len() <= 3 || memchr_iter(b'.', last.as_bytes()).nth(1).is_some() {
        return true;
    }
    marks_of_any_case(last) & mark::ORGANIZATION != 0
}

/// Whether a short text is a date or a time of day.
pub(super) fn is_date(text: &str) -> bool {
    if text.len() > 60 || !text.bytes().any(|it| it.is_ascii_digit()) {
        return false;
    }
    let time = text.split(' ').any(|it| {
        let mut parts = it.split(':');
        matches!((parts.next(), parts.next()), (Some(hour), Some(minute))
            if (1..=2).contains(&hour.len()) && minute.len() >= 2
                && hour.bytes().all(|it| it.is_ascii_digit())
                && minute.bytes().take(2).all(|it| it.is_ascii_digit()))
    });
    time || Words::count(text, &lower_case(text)).calendar > 0
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
            assert!(signs(name).likeness >= 0.5, "{name}: {:?}", signs(name));
        }
        for other in [
            "Read more",
            "12 March 2021",
            "We help people who are in need of support.",
            "info@example.org",
            "$ 1,200",
            "7 products with over",
        ] {
            assert!(signs(other).likeness < 0.5, "{other}: {:?}", signs(other));
        }
    }
}
