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

/// What was seen in a text that may be a name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// How much it looks like a name, 0 to 1.
    pub(super) likeness: f64,
    /// Whether a word of it is one that organizations carry.
    pub(super) organization: bool,
    /// Whether it is what menus and buttons say.
    pub(super) chrome: bool,
    /// Whether it is a date, a price, a number, an address of any kind.
    pub(super) other: bool,
}

/// Looks at `text`, which is one line, folded and trimmed.
pub(super) fn look(text: &str) -> Look {
    let mut look = Look::default();
    let length = text.chars().count();
    if !(2..=140).contains(&length) || !text.contains(char::is_alphabetic) {
        look.other = true;
        return look;
    }
    let lower = text.to_lowercase();
    let plain = lower.trim_matches(|it: char| !it.is_alphanumeric());
    if CHROME.contains(plain) {
        look.chrome = true;
        look.likeness = 0.15;
        return look;
    }
    if GENERIC.contains(plain) || lower.contains('@') || lower.contains("{{") {
        look.other = true;
        return look;
    }
    let words: Vec<&str> = text.split([' ', '/']).filter(|it| !it.is_empty()).collect();
    let mut capital = 0.0;
    let mut lowered = 0.0;
    let mut uncased = 0.0;
    let mut digits = 0.0;
    let mut sentence = 0;
    let mut calendar = 0;
    for (place, &word) in words.iter().enumerate() {
        let bare = word.trim_matches(|it: char| !it.is_alphanumeric());
        let Some(first) = bare.chars().next() else {
            continue;
        };
        let small = bare.to_lowercase();
        look.organization |= ORGANIZATION.contains(small.as_str())
            || [
                "stiftung",
                "verband",
                "verein",
                "gesellschaft",
                "universität",
                "hochschule",
            ]
            .iter()
            .any(|it| small.ends_with(it) && small != *it);
        if CALENDAR.contains(small.as_str()) {
            calendar += 1;
        }
        if first.is_numeric() {
            digits += 1.0;
        } else if first.is_uppercase() || bare.chars().skip(1).any(char::is_uppercase) {
            capital += 1.0;
        } else if !first.is_lowercase() {
            uncased += 1.0;
        } else if SENTENCE.contains(small.as_str()) {
            sentence += 1;
            lowered += 1.0;
        } else if place > 0 && SMALL.contains(small.as_str()) {
        } else {
            lowered += 1.0;
        }
    }
    let counted: f64 = capital + lowered + uncased + digits;
    if counted == 0.0 {
        look.other = true;
        return look;
    }
    let numbers = text.chars().filter(char::is_ascii_digit).count();
    if numbers * 2 > length
        || (calendar > 0 && numbers > 0 && words.len() <= 7)
        || lower.starts_with("http")
        || lower.starts_with("www.")
        || text.contains(['$', '€', '£', '©'])
        || (digits >= counted - digits && words.len() > 1 && !look.organization)
    {
        look.other = true;
        look.likeness = 0.1;
        return look;
    }
    let cased = (capital + uncased + digits * 0.7) / counted;
    let single_lower = words.len() == 1 && capital == 0.0 && uncased == 0.0;
    let mut likeness = if single_lower {
        0.5
    } else {
        0.15 + 0.7 * cased
    };
    if look.organization {
        likeness += 0.15;
    }
    if (2..=6).contains(&words.len()) {
        likeness += 0.05;
    }
    if words.len() > 12 {
        likeness -= 0.12 * f64::from(u32::try_from(words.len() - 12).unwrap_or(9).min(9));
    }
    if sentence > 0 && !(look.organization && cased > 0.7) {
        likeness -= 0.12 * f64::from(sentence.min(4));
    }
    if ends_a_sentence(text, words.len(), lowered) {
        likeness -= 0.3;
    }
    look.likeness = likeness.clamp(0.0, 1.0);
    look
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
