//! Text for comparing: folded so that spelling habits do not count, with a map back to where each piece stood.

use std::{fmt::Display, ops::Range};

use unicode_normalization::UnicodeNormalization;

/// A text folded for comparison, and for every byte of it the byte of the original it came from.
///
/// Folding is NFKC, lower case, straight quotes, hyphens for dashes, one space for any run of white space,
/// and nothing for soft hyphens and other invisible characters. Accents stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// For each byte of `text` its original's start, and one more for the end.
    starts: Vec<u32>,
    /// For each byte of `text` its original's end.
    ends: Vec<u32>,
}

impl Folded {
    /// Folds `original`, which may have at most 4 GiB.
    #[must_use]
    pub fn of(original: &str) -> Self {
        let mut folded = Self::default();
        let mut space = None::<(usize, usize)>;
        for (at, character) in original.char_indices() {
            let end = at + character.len_utf8();
            if character.is_whitespace() {
                space = Some((space.map_or(at, |it| it.0), end));
                continue;
            }
            if is_invisible(character) {
                continue;
            }
            if let Some((from, to)) = space.take()
                && !folded.text.is_empty()
            {
                folded.push(' ', from, to);
            }
            for plain in std::iter::once(character).nfkc() {
                for lower in straight(plain).to_lowercase() {
                    if lower.is_whitespace() {
                        folded.push(' ', at, end);
                    } else {
                        folded.push(lower, at, end);
                    }
                }
            }
        }
        folded
    }

    fn push(&mut self, character: char, from: usize, to: usize) {
        let (from, to) = (narrow(from), narrow(to));
        self.text.push(character);
        for _ in 0..character.len_utf8() {
            self.starts.push(from);
            self.ends.push(to);
        }
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of the original that `range` of the folded text came from.
    #[must_use]
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.starts.get(range.start).copied();
        let end = range.end.checked_sub(1).and_then(|it| self.ends.get(it));
        match (start, end) {
            (Some(start), Some(&end)) if range.start < range.end => start as usize..end as usize,
            (Some(start), _) => start as usize..start as usize,
            _ => {
                let end = self.ends.last().copied().unwrap_or_default() as usize;
                end..end
            }
        }
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The folded text alone, for keys.
#[must_use]
pub fn fold(text: &str) -> String {
    Folded::of(text).text
}

/// A number with what it counts: `1 reference`, `3 references`.
#[must_use]
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(
    number: N,
    one: &str,
    many: &str,
) -> String {
    let word = if number == N::from(1) { one } else { many };
    format!("{number} {word}")
}

/// Runs of white space as one space, ends trimmed; nothing else changed.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character is drawn as nothing: soft hyphen, zero-width characters, direction marks, byte-order mark.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// A quote or dash of any shape as its ASCII form, any other character as it is.
#[must_use]
pub fn straight(character: char) -> char {
    match character {
        '‘' | '’' | '‚' | '‛' | '′' | '´' | '`' | 'ʼ' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        other => other,
    }
}

/// Text of a page that is safe to print on a terminal: control characters shown as their pictures or taken out.
#[must_use]
pub fn for_terminal(text: &str) -> String {
    text.chars()
        .filter(|it| !matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(visible)
        .collect()
}

/// A control character as its picture, line breaks and tabs as they are, and any other character too.
#[must_use]
pub fn visible(character: char) -> char {
    match character {
        '\n' | '\t' => character,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
        '\u{7f}'..='\u{9f}' => '\u{fffd}',
        other => other,
    }
}

/// Text that was laid out for a terminal or a file, with no control character left that is not part of a layout: line
/// breaks, tabs, and colours (SGR, ECMA-48, 8.3.117) stay.
#[must_use]
pub fn without_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|it: char| it.is_control() && it != '\n' && it != '\t') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let layout = sgr(from).max(usize::from(from.starts_with("\r\n")));
        let first = from.chars().next().unwrap_or_default();
        match from.get(..layout).filter(|it| !it.is_empty()) {
            Some(it) => out.push_str(it),
            None => out.push(visible(first)),
        }
        rest = from.get(layout.max(first.len_utf8())..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// How many bytes of a colour `text` begins with.
fn sgr(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let end = parameters.find(|it: char| !it.is_ascii_digit() && it != ';');
    match end.filter(|it| parameters[*it..].starts_with('m')) {
        Some(end) => "\u{1b}[".len() + end + 1,
        None => 0,
    }
}

/// JSON or TOML with the control characters escaped that its own escaping leaves as they are (DEL and C1): they mean the
/// same to whoever reads it, and nothing to a terminal.
#[must_use]
pub fn escaped_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        if matches!(it, '\u{7f}'..='\u{9f}') {
            out.push_str("\\u00");
            out.extend(
                [4, 0].map(|shift| char::from(b"0123456789abcdef"[(it as usize >> shift) & 15])),
            );
        } else {
            out.push(it);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_dashes_and_spaces_fold_to_one_spelling() {
        assert_eq!(
            fold("  “Peace\u{ad}building” —\u{a0}NOW’s "),
            "\"peacebuilding\" - now's"
        );
    }

    #[test]
    fn a_folded_range_leads_back_to_the_original() {
        let original = "The  “Œuvre\u{a0}ﬁrst” of it";
        let folded = Folded::of(original);
        let at = folded.as_str().find("first").unwrap();
        assert_eq!(&original[folded.original(at..at + 5)], "ﬁrst");
        assert_eq!(&original[folded.original(0..3)], "The");
    }

    #[test]
    fn what_is_printed_has_colours_and_line_breaks_and_no_other_control_character() {
        let laid_out = "\u{1b}[1;31mred\u{1b}[0m\tand\r\nmore\n";
        assert_eq!(without_controls(laid_out), laid_out);
        assert_eq!(
            without_controls("a\u{1b}[2Jb\u{9b}31mc\rd\u{7}e\u{1b}[3"),
            "a␛[2Jb\u{fffd}31mc␍d␇e␛[3"
        );
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = serde_json::json!({"a\u{9b}": "b\u{7f}c\u{85}d\u{1b}ü"});
        let text = escaped_controls(&value.to_string());
        assert!(!text.contains(char::is_control), "{text}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }

    #[test]
    fn a_terminal_gets_no_escape_sequences() {
        assert_eq!(for_terminal("a\u{1b}[31mb\u{202e}c"), "a␛[31mbc");
    }
}
