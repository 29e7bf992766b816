//! Text for comparison: folded, so that differences in typography do not count, with a map back to the original.

use std::{error::Error, fmt::Display, ops::Range};

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A text folded for comparison, with the place in the original for every character.
///
/// Folding applies NFKC and lower case, makes quotes straight and dashes hyphens, reduces white space to single spaces, and
/// removes soft hyphens and other invisible characters. Accents stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// The origins of the pieces of `text`, in order.
    pieces: Vec<Piece>,
}

/// A piece of a folded text, up to the beginning of the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// Its first byte in the folded text.
    at: u32,
    /// Its first byte in the original.
    from: u32,
    /// Its end in the original; `None` for a piece in which each character is as long as in the original.
    to: Option<u32>,
}

impl Folded {
    /// Folds `original`, which can have at most 4 GiB.
    #[must_use]
    pub fn of(original: &str) -> Self {
        let mut folded = Self::default();
        folded.text.reserve(original.len());
        fold_into(original, &mut folded);
        folded
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The byte range of the original for `range` of the folded text; both ends are character boundaries.
    #[must_use]
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let Some(start) = self.origin(range.start) else {
            let last = self.text.len().checked_sub(1);
            let end = last
                .and_then(|it| self.origin(it))
                .map_or(0, |origin| origin.end);
            return end..end;
        };
        let last = range.end.checked_sub(1).filter(|_| range.start < range.end);
        match last.and_then(|it| self.origin(it)) {
            Some(last) => start.start..last.end,
            None => start.start..start.start,
        }
    }

    /// The origin of the character that contains the byte `at`: its start if that is its first byte, its end if it is its last.
    fn origin(&self, at: usize) -> Option<Range<usize>> {
        if at >= self.text.len() {
            return None;
        }
        let behind = self.pieces.partition_point(|piece| piece.at as usize <= at);
        let piece = self.pieces.get(behind.checked_sub(1)?)?;
        let from = piece.from as usize;
        let start = from + (at - piece.at as usize);
        Some(piece.to.map_or(start..start + 1, |to| from..to as usize))
    }
}

/// A receiver of folded text, piece by piece.
trait Fold {
    /// Adds characters that are as long as in the original, which begins at byte `from`.
    fn alike(&mut self, text: &str, from: usize);

    /// Adds a character for these bytes of the original.
    fn instead(&mut self, character: char, of: Range<usize>);

    /// Whether nothing has been added yet.
    fn is_empty(&self) -> bool;
}

impl Fold for Folded {
    fn alike(&mut self, text: &str, from: usize) {
        let at = narrow(self.text.len());
        let from = narrow(from);
        let goes_on = self.pieces.last().is_some_and(|piece| {
            piece.to.is_none() && piece.from.wrapping_add(at.wrapping_sub(piece.at)) == from
        });
        if !goes_on {
            let to = None;
            self.pieces.push(Piece { at, from, to });
        }
        self.text.alike(text, from as usize);
    }

    fn instead(&mut self, character: char, of: Range<usize>) {
        let piece = Piece {
            at: narrow(self.text.len()),
            from: narrow(of.start),
            to: Some(narrow(of.end)),
        };
        let goes_on = |it: &Piece| (it.from, it.to) == (piece.from, piece.to);
        if !self.pieces.last().is_some_and(goes_on) {
            self.pieces.push(piece);
        }
        self.text.push(character);
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl Fold for String {
    fn alike(&mut self, text: &str, _: usize) {
        let at = self.len();
        self.push_str(text);
        if let Some(new) = self.get_mut(at..) {
            new.make_ascii_lowercase();
        }
    }

    fn instead(&mut self, character: char, _: Range<usize>) {
        self.push(character);
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// Whether a byte is an ASCII character in which folding changes only the case.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_whitespace() && byte != b'\x0b' && byte != b'`'
}

/// The number of bytes at the beginning of `rest` that are plain, or single spaces between plain bytes.
fn plain_length(rest: &[u8]) -> usize {
    let mut length = 0;
    while let Some(byte) = rest.get(length) {
        if is_plain(*byte) {
            length += 1;
        } else if *byte == b' ' && rest.get(length + 1).copied().is_some_and(is_plain) {
            length += 2;
        } else {
            break;
        }
    }
    length
}

fn fold_into(original: &str, folded: &mut impl Fold) {
    let mut space = None::<Range<usize>>;
    let mut at = 0;
    while let Some(byte) = original.as_bytes().get(at) {
        if is_plain(*byte) {
            let length = plain_length(original.as_bytes().get(at..).unwrap_or_default());
            if let Some(space) = space.take().filter(|_| !folded.is_empty()) {
                folded.instead(' ', space);
            }
            folded.alike(original.get(at..at + length).unwrap_or_default(), at);
            at += length;
            continue;
        }
        let Some(character) = original
            .get(at..)
            .and_then(|original| original.chars().next())
        else {
            break;
        };
        let of = at..at + character.len_utf8();
        at = of.end;
        if character.is_whitespace() {
            space = Some(space.map_or(of.start, |space| space.start)..of.end);
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        if let Some(space) = space.take().filter(|_| !folded.is_empty()) {
            folded.instead(' ', space);
        }
        fold_character(character, &of, folded);
    }
}

/// Folds one character that is not ASCII, or that folding changes.
fn fold_character(character: char, of: &Range<usize>, folded: &mut impl Fold) {
    let mut whole = |plain: char| {
        for lower in straight(plain).to_lowercase() {
            let lower = if lower.is_whitespace() { ' ' } else { lower };
            folded.instead(lower, of.clone());
        }
    };
    if is_nfkc_quick(std::iter::once(character)) == IsNormalized::Yes {
        whole(character);
    } else {
        std::iter::once(character).nfkc().for_each(whole);
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The folded text alone, for keys.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// A number with its noun: `1 reference`, `3 references`.
#[must_use]
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(
    number: N,
    one: &str,
    many: &str,
) -> String {
    let word = if number == N::from(1) { one } else { many };
    format!("{number} {word}")
}

/// An error with its causes, on one line: libraries often print only the outermost one. A cause that is already part of the text is not
/// repeated.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let why = error.to_string();
        if !text.contains(&why) {
            text = format!("{text}: {why}");
        }
        cause = error.source();
    }
    text
}

/// The beginning of a text: at most so many bytes, and whole characters.
#[must_use]
pub fn head(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The end of a text: so many bytes of it, and a little more where a character would be cut.
#[must_use]
pub fn tail(text: &str, most: usize) -> &str {
    let before = head(text, text.len().saturating_sub(most));
    &text[before.len()..]
}

/// Reduces white space to single spaces, and trims the ends; changes nothing else.
#[must_use]
pub fn one_line(text: &str) -> String {
    if is_one_line(text.as_bytes()) {
        return text.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text is ASCII with single spaces and no other white space.
fn is_one_line(text: &[u8]) -> bool {
    let mut before = b' ';
    for byte in text {
        let is_space = *byte == b' ';
        if !(is_plain(*byte) || *byte == b'`' || is_space && before != b' ') {
            return false;
        }
        before = *byte;
    }
    before != b' ' || text.is_empty()
}

/// Whether a character is invisible: soft hyphen, zero-width characters, direction marks, byte-order mark.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// The ASCII form of a quote or dash of any shape; other characters stay as they are.
#[must_use]
pub fn straight(character: char) -> char {
    match character {
        '‘' | '’' | '‚' | '‛' | '′' | '´' | '`' | 'ʼ' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        other => other,
    }
}

/// Text from a page made safe for a terminal: control characters are replaced with their pictures, or removed.
#[must_use]
pub fn for_terminal(text: &str) -> String {
    text.chars()
        .filter(|letter| !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(visible)
        .collect()
}

/// The picture of a control character; line breaks, tabs and other characters stay as they are.
#[must_use]
pub fn visible(character: char) -> char {
    match character {
        '\n' | '\t' => character,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
        '\u{7f}'..='\u{9f}' => '\u{fffd}',
        other => other,
    }
}

/// Text laid out for a terminal or a file, without control characters other than those of the layout: line breaks, tabs, and
/// colours (SGR, ECMA-48, 8.3.117) stay.
#[must_use]
pub fn without_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) =
        rest.find(|letter: char| letter.is_control() && letter != '\n' && letter != '\t')
    {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let layout = sgr(from).max(usize::from(from.starts_with("\r\n")));
        let first = from.chars().next().unwrap_or_default();
        match from.get(..layout).filter(|it| !it.is_empty()) {
            Some(from) => out.push_str(from),
            None => out.push(visible(first)),
        }
        rest = from.get(layout.max(first.len_utf8())..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The length in bytes of a colour sequence at the beginning of `text`.
fn sgr(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let end = parameters.find(|letter: char| !letter.is_ascii_digit() && letter != ';');
    match end.filter(|end| parameters[*end..].starts_with('m')) {
        Some(end) => "\u{1b}[".len() + end + 1,
        None => 0,
    }
}

/// Escapes the control characters in JSON or TOML that its own escaping leaves as they are (DEL and C1). Parsers read the same
/// text, and terminals are not affected.
#[must_use]
pub fn escaped_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\u{7f}'..='\u{9f}') {
            out.push_str("\\u00");
            out.extend(
                [4, 0]
                    .map(|shift| char::from(b"0123456789abcdef"[(letter as usize >> shift) & 15])),
            );
        } else {
            out.push(letter);
        }
    }
    out
}

/// Text for an element of HTML or XML or a quoted attribute: what is markup there becomes a character reference.
#[must_use]
pub fn html_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        push_html_escaped(letter, &mut out);
    }
    out
}

/// Writes one letter of such a text; see [`html_escaped`].
pub fn push_html_escaped(letter: char, out: &mut String) {
    match letter {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        _ => out.push(letter),
    }
}

/// The number of letters and digits of a text; ideographs and syllables count twice.
#[must_use]
pub fn weight(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(u8::is_ascii_alphanumeric).count();
    }
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .map(|letter| if letter >= '\u{3040}' { 2 } else { 1 })
        .sum()
}

/// Letters and digits alone, folded.
#[must_use]
pub fn letters(text: &str) -> String {
    if text.is_ascii() {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        return letters.map(|letter| letter.to_ascii_lowercase()).collect();
    }
    letters_of_any(text)
}

fn letters_of_any(text: &str) -> String {
    fold(text)
        .nfd()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn letters_of_ascii_are_taken_as_those_of_any_text(text in "[ -~]{0,30}") {
            prop_assert_eq!(letters(&text), letters_of_any(&text));
        }
    }

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

    /// What folding is, character by character: the text, and for each of its bytes the bytes of the original.
    fn slowly(original: &str) -> (String, Vec<Range<usize>>) {
        let (mut text, mut origins) = (String::new(), Vec::new());
        let mut space = None::<Range<usize>>;
        for (at, character) in original.char_indices() {
            let of = at..at + character.len_utf8();
            if character.is_whitespace() {
                space = Some(space.map_or(at, |space| space.start)..of.end);
                continue;
            }
            if is_invisible(character) {
                continue;
            }
            let begun = !text.is_empty();
            let mut push = |character: char, of: &Range<usize>| {
                text.push(character);
                origins.extend(std::iter::repeat_n(of.clone(), character.len_utf8()));
            };
            if let Some(space) = space.take().filter(|_| begun) {
                push(' ', &space);
            }
            for plain in std::iter::once(character).nfkc() {
                for lower in straight(plain).to_lowercase() {
                    push(if lower.is_whitespace() { ' ' } else { lower }, &of);
                }
            }
        }
        (text, origins)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn text_is_folded_as_its_characters_are(
            original in "[ -~\t\n]{0,8}(\\PC|[ -~]|[\u{a0}\u{ad}ÀéßİﬁŒµ½\u{301}\u{2003}’—\u{feff}¨\u{0b}`]){0,40}[a-zA-Z ]{0,20}",
        ) {
            let (text, origins) = slowly(&original);
            let folded = Folded::of(&original);
            prop_assert_eq!(folded.as_str(), text.as_str());
            prop_assert_eq!(fold(&original), text.as_str());
            let ends: Vec<usize> = text.char_indices().map(|letter| letter.0).chain([text.len()]).collect();
            for (place, start) in ends.iter().enumerate() {
                for end in ends.iter().skip(place + 1) {
                    let expected = origins[*start].start..origins[end - 1].end;
                    prop_assert_eq!(folded.original(*start..*end), expected, "{}..{}", start, end);
                }
            }
        }
    }

    #[test]
    fn a_line_has_single_spaces_and_none_at_its_ends() {
        let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for text in [
            "", " ", "a", "a b", " a b", "a b ", "a  b", "a\tb", "a\u{b}b", "a\u{a0}b", "`a`  é",
        ] {
            assert_eq!(one_line(text), spaced(text), "{text:?}");
        }
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

    #[test]
    fn heads_and_tails_are_whole_characters() {
        assert_eq!(head("aé", 2), "a");
        assert_eq!(head("aé", 3), "aé");
        assert_eq!(head("aé", 9), "aé");
        assert_eq!(tail("éa", 1), "a");
        assert_eq!(tail("éa", 2), "éa");
        assert_eq!(tail("éa", 9), "éa");
    }
}
