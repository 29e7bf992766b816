//! What around a name is not part of it: bullets, footnote marks, and in alternative texts "logo of" and the like.

use std::ops::Range;

use memchr::memrchr;

use crate::{
    extract::names::{ends_in_abbreviation, lower_case},
    language::{Lexicon, mark},
};

/// The part of `text` that is a name, without bullets, separators and footnote marks at both ends.
pub(in crate::extract) fn trim(text: &str) -> Range<usize> {
    if text.ends_with(')')
        && let Some(at) = before_note(text)
    {
        return trim(at);
    }
    // Most texts begin with a letter and end with one.
    if let (Some(first), Some(last)) = (text.as_bytes().first(), text.as_bytes().last())
        && first.is_ascii_alphabetic()
        && (last.is_ascii_alphabetic() || *last == b')')
    {
        return 0..text.len();
    }
    let mut start = text.len()
        - text
            .trim_start_matches(|letter| is_noise(letter) || letter == '.')
            .len();
    start += enumerator(&text[start..]);
    let kept = text[start..].trim_end_matches(is_noise);
    let mut end = start + kept.len();
    if let Some(at) = before_year(&text[start..end]) {
        end = start + at;
    }
    let inner = &text[start..end];
    // A full stop at the end belongs to a name only if it is that of an abbreviation.
    if inner.ends_with('.') && inner.contains(' ') && !ends_in_abbreviation(inner) {
        end -= 1;
    }
    // Quotation marks of a name come in pairs.
    let inner = &text[start..end];
    if text[end..].starts_with('»') && inner.contains('«') && !inner.contains('»') {
        end += '»'.len_utf8();
    }
    if text[..start].ends_with('«') && inner.contains('»') && !inner.contains('«') {
        start -= '«'.len_utf8();
    }
    let mut range = start..end;
    // An unpaired bracket at the edge belongs to what was cut off.
    if text[range.clone()].ends_with('(') {
        range.end -= 1;
        range.end = range.start + text[range.clone()].trim_end().len();
    }
    range
}

/// Whether a letter at the edge of a name is not part of it: a bullet, a separator, the mark of a footnote.
fn is_noise(letter: char) -> bool {
    letter.is_whitespace() || "•·|*†‡,;:：–—-▪●■►»›«→✓✔_~><®™".contains(letter)
}

/// The text before a note in brackets that is not part of the name: the target of a link, a role, years.
fn before_note(text: &str) -> Option<&str> {
    let at = memrchr(b'(', text.as_bytes())?;
    let (before, note) = (&text[..at], &text[at + 1..text.len() - 1]);
    let known = Lexicon::word(&lower_case(note));
    let is_note = known & (mark::NOTICE | mark::ROLE) != 0 || are_years(note);
    (is_note && !before.trim().is_empty()).then_some(before)
}

/// The length of the text before a comma and a year with which it ends: `Jane Roe, 2019.`
fn before_year(text: &str) -> Option<usize> {
    const YEAR: usize = 4;
    let text = text.trim_end_matches('.');
    let (name, year) = text.split_at_checked(text.len().checked_sub(YEAR)?)?;
    let name = name.strip_suffix(", ")?;
    (name.contains(' ') && are_years(year)).then_some(name.len())
}

/// Whether a note contains only years, at least one: `2007-2014 and 2016-2017`, `since 2009`.
fn are_years(note: &str) -> bool {
    let is_year = |text: &str| {
        text.len() == 4
            && (text.starts_with("19") || text.starts_with("20"))
            && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    note.len() <= 60
        && note.bytes().any(|byte| byte.is_ascii_digit())
        && note
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|part| !part.is_empty())
            .all(|part| is_year(part) || Lexicon::word(part) & mark::SPAN != 0)
        && note
            .split(|letter: char| !letter.is_alphanumeric())
            .any(is_year)
}

/// The length of a number that counts the lines, "12. " or "3) ", at the start of one.
fn enumerator(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let behind = text.get(digits..).unwrap_or_default();
    match behind.as_bytes() {
        _ if !(1..=3).contains(&digits) => 0,
        [b'.' | b')', b' ', ..] => digits + 2,
        [b'.', b')', b' ', ..] => digits + 3,
        _ => 0,
    }
}

/// The part of an alternative text that is the name, without "logo of" and the like; `None` if nothing is left.
pub(in crate::extract) fn trim_alt(text: &str) -> Option<Range<usize>> {
    let mut range = trim(text);
    loop {
        let inner = &text[range.clone()];
        let before = Lexicon::before_logos();
        let before = before.iter().find(|it| starts_with_folded(inner, it));
        let behind = Lexicon::behind_logos();
        let behind = behind.iter().find(|it| ends_with_folded(inner, it));
        match (before, behind) {
            (Some(it), _) => {
                range.start += it.len();
                if it.starts_with("logo") {
                    let rest = &text[range.clone()];
                    range.start += rest.len() - rest.trim_start().len();
                    range.start += of_it(&text[range.clone()]);
                }
            }
            (_, Some(it)) => range.end -= it.len(),
            _ => break,
        }
        let again = trim(&text[range.clone()]);
        range = range.start + again.start..range.start + again.end;
    }
    let inner = lower_case(&text[range.clone()]);
    let bare = inner.trim_end_matches(|letter: char| {
        letter.is_ascii_digit() || letter == ' ' || letter == '-' || letter == '_'
    });
    let generic = Lexicon::word(bare) & mark::GENERIC_IMAGE != 0
        || bare.contains("placeholder")
        || bare.starts_with("flag of ");
    (!bare.is_empty() && !generic).then_some(range)
}

/// The length of the small word that joins "logo" with the name in other languages: "logo du Musée". Capitalized, it belongs to the
/// name.
fn of_it(text: &str) -> usize {
    const JOINTS: [&str; 19] = [
        "de la ", "de los ", "de las ", "de l'", "de l’", "de ", "des ", "del ", "della ",
        "delle ", "dell'", "di ", "do ", "dos ", "du ", "d'", "d’", "der ", "von ",
    ];
    JOINTS
        .iter()
        .find(|it| text.starts_with(**it))
        .map_or(0, |it| it.len())
}

/// Whether a text begins with words and continues after them.
fn starts_with_folded(text: &str, words: &str) -> bool {
    let begins = text.get(..words.len());
    let rest = text.get(words.len()..).unwrap_or_default();
    begins.is_some_and(|begin| begin.eq_ignore_ascii_case(words)) && rest.starts_with([' ', ':'])
}

/// Whether a text ends with words, or a file extension, and has something before them.
fn ends_with_folded(text: &str, words: &str) -> bool {
    let Some(at) = text
        .len()
        .checked_sub(words.len())
        .filter(|number| *number > 0)
    else {
        return false;
    };
    text.get(at..)
        .is_some_and(|text| text.eq_ignore_ascii_case(words))
        && (words.starts_with('.') || !text[..at].ends_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logos_alternative_text_gives_the_name_alone() {
        let cut = |text: &'static str| trim_alt(text).map(|range| &text[range]);
        assert_eq!(cut("Acme Foundation Logo"), Some("Acme Foundation"));
        assert_eq!(cut("logo of Acme"), Some("Acme"));
        assert_eq!(cut("Sponsor logo"), None);
        assert_eq!(cut("Generic placeholder image"), None);
        assert_eq!(cut("acme.png"), Some("acme"));
    }
}
