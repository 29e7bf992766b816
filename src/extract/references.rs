//! Character references: `&amp;`, `&#8212;` (HTML standard, 13.2.5.72).

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// What a character reference stands for, and how long it is without its ampersand.
pub(super) struct Reference {
    pub(super) first: char,
    pub(super) second: Option<char>,
    pub(super) length: usize,
}

/// The character reference whose ampersand stands before `rest`.
pub(super) fn reference(rest: &str, attribute: bool) -> Option<Reference> {
    let bytes = rest.as_bytes();
    if *bytes.first()? == b'#' {
        return numeric(bytes);
    }
    let mut found: Option<(u32, u32, usize)> = None;
    let letters = bytes
        .iter()
        .take_while(|it| it.is_ascii_alphanumeric())
        .count();
    let whole = letters + usize::from(bytes.get(letters) == Some(&b';'));
    // A name with its semicolon is the longest there can be.
    if whole > letters
        && let Some(&(first @ 1.., second)) = NAMED_ENTITIES.get(&rest[..whole])
    {
        found = Some((first, second, whole));
    }
    for end in 1..=whole {
        if found.is_some_and(|it| it.2 == whole) {
            break;
        }
        match NAMED_ENTITIES.get(&rest[..end]) {
            Some(&(0, _)) => {}
            Some(&(first, second)) => found = Some((first, second, end)),
            None => break,
        }
    }
    let (first, second, length) = found?;
    // "&copy=1" in an address is no sign of copyright.
    if attribute
        && bytes[length - 1] != b';'
        && bytes
            .get(length)
            .is_some_and(|&it| it == b'=' || it.is_ascii_alphanumeric())
    {
        return None;
    }
    Some(Reference {
        first: char::from_u32(first)?,
        second: char::from_u32(second).filter(|_| second != 0),
        length,
    })
}

/// A reference by number (13.2.5.75 to 13.2.5.80).
fn numeric(bytes: &[u8]) -> Option<Reference> {
    let hexadecimal = matches!(bytes.get(1), Some(b'x' | b'X'));
    let start = 1 + usize::from(hexadecimal);
    let base = if hexadecimal { 16 } else { 10 };
    let mut number = 0_u32;
    let mut end = start;
    while let Some(digit) = bytes.get(end).and_then(|&it| char::from(it).to_digit(base)) {
        number = number.saturating_mul(base).saturating_add(digit);
        end += 1;
    }
    if end == start {
        return None;
    }
    end += usize::from(bytes.get(end) == Some(&b';'));
    let first = match number {
        0 => None,
        0x80..=0x9f => C1_REPLACEMENTS[(number - 0x80) as usize].or(char::from_u32(number)),
        _ => char::from_u32(number),
    };
    Some(Reference {
        first: first.unwrap_or('\u{fffd}'),
        second: None,
        length: end,
    })
}
