//! What around a name is not part of it: bullets, footnote marks, and in alternative texts "logo of" and its like.

use std::{ops::Range, sync::LazyLock};

use super::{
    maps::Set,
    names::{ends_in_abbreviation, lower_case},
    words,
};

static ALT_GENERIC: LazyLock<Set<&'static str>> =
    LazyLock::new(|| words::ALT_GENERIC.split(',').collect());

/// The words before a name by their first byte, and those behind it by their last; in the order of the lists.
static ALT_BEFORE: LazyLock<Vec<Vec<&'static str>>> =
    LazyLock::new(|| by_byte(words::ALT_BEFORE, |it| it.first().copied()));
static ALT_BEHIND: LazyLock<Vec<Vec<&'static str>>> =
    LazyLock::new(|| by_byte(words::ALT_BEHIND, |it| it.last().copied()));

fn by_byte(list: &'static str, which: fn(&[u8]) -> Option<u8>) -> Vec<Vec<&'static str>> {
    let mut table = vec![Vec::new(); 256];
    for it in list.split(',') {
        if let Some(byte) = which(it.as_bytes()) {
            table[usize::from(byte)].push(it);
        }
    }
    table
}

/// What links say behind a name to those who cannot see where they lead.
const NOTICES: [&str; 8] = [
    "(opens in a new tab)",
    "(opens in new tab)",
    "(opens in a new window)",
    "(opens in new window)",
    "(opens new window)",
    "(external link)",
    "(link is external)",
    "(external)",
];

/// The part of `text` that a name is, bullets, separators and footnote marks taken off both ends.
pub(super) fn trim(text: &str) -> Range<usize> {
    if text.ends_with(')')
        && let Some(at) = NOTICES
            .iter()
            .find_map(|it| text.strip_suffix(it))
            .filter(|it| !it.trim().is_empty())
    {
        return trim(at);
    }
    // Most texts begin with a letter and end with one.
    if let (Some(first), Some(last)) = (text.as_bytes().first(), text.as_bytes().last())
        && first.is_ascii_alphabetic()
        && (last.is_ascii_alphanumeric() || *last == b')')
    {
        return 0..text.len();
    }
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
    let mut start = text.len() - text.trim_start_matches(|it| noise(it) || it == '.').len();
    start += enumerator(&text[start..]);
    let kept = text[start..].trim_end_matches(noise);
    let mut end = start + kept.len();
    let inner = &text[start..end];
    // A full stop ends a name only where it is an abbreviation's.
    if inner.ends_with('.') && inner.contains(' ') && !ends_in_abbreviation(inner) {
        end -= 1;
    }
    // Quotation marks of a name's own come in pairs.
    let inner = &text[start..end];
    if text[end..].starts_with('»') && inner.contains('«') && !inner.contains('»') {
        end += '»'.len_utf8();
    }
    if text[..start].ends_with('«') && inner.contains('»') && !inner.contains('«') {
        start -= '«'.len_utf8();
    }
    let mut range = start..end;
    // An unpaired bracket at the edge belongs to what was cut.
    if text[range.clone()].ends_with('(') {
        range.end -= 1;
        range.end = range.start + text[range.clone()].trim_end().len();
    }
    range
}

/// The bytes of a number that counts the lines, "12. " or "3) ", at the start of one.
fn enumerator(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let behind = text.get(digits..).unwrap_or_default();
    if (1..=3).contains(&digits) && (behind.starts_with(". ") || behind.starts_with(") ")) {
        digits + 2
    } else {
        0
    }
}

/// The part of an alternative text that is the name: "logo of" and its like taken off; `None` where nothing is left.
pub(super) fn trim_alt(text: &str) -> Option<Range<usize>> {
    let mut range = trim(text);
    loop {
        let inner = &text[range.clone()];
        let bytes = inner.as_bytes();
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
            break;
        };
        let before = ALT_BEFORE[usize::from(first.to_ascii_lowercase())]
            .iter()
            .find(|it| starts_with_folded(inner, it));
        let behind = ALT_BEHIND[usize::from(last.to_ascii_lowercase())]
            .iter()
            .find(|it| ends_with_folded(inner, it));
        match (before, behind) {
            (Some(it), _) => range.start += it.len(),
            (_, Some(it)) => range.end -= it.len(),
            _ => break,
        }
        let again = trim(&text[range.clone()]);
        range = range.start + again.start..range.start + again.end;
    }
    let inner = lower_case(&text[range.clone()]);
    let bare = inner
        .trim_end_matches(|it: char| it.is_ascii_digit() || it == ' ' || it == '-' || it == '_');
    let generic =
        ALT_GENERIC.contains(bare) || bare.contains("placeholder") || bare.starts_with("flag of ");
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

#[cfg(test)]
mod tests {
    use super::*;

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
