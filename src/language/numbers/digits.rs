//! Numbers in digits: of any script, with separators, and a scale after them.

use std::borrow::Cow;

/// Digits as they are read: the value, the other value, and where in the word they end.
pub(super) type Read = (f64, Option<f64>, usize);

/// A text with the decimal digits of every script, and the Arabic separators, as those of ASCII.
pub(in crate::language) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = text.chars().map(|character| match character {
        '\u{66b}' => '.',
        '\u{66c}' => ',',
        _ => digit(character)
            .and_then(|digit| char::from_digit(digit, 10))
            .unwrap_or(character),
    });
    Cow::Owned(plain.collect())
}

/// The value of a decimal digit of any script that is in use (Unicode's general category Nd comes in runs of ten).
fn digit(it: char) -> Option<u32> {
    const ZEROS: [u32; 25] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
        0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1b50, 0xff10,
    ];
    let of = |zero: &u32| u32::from(it).checked_sub(*zero).filter(|it| *it < 10);
    ZEROS.iter().find_map(of)
}

/// `1,972`, `3.5`, `6.500`, `12,34,567`, `10k`, `2,5`: the digits that a word begins with.
pub(super) fn digits(word: &str) -> Option<Read> {
    let plain = ascii(word);
    if !plain.starts_with(|character: char| character.is_ascii_digit()) {
        return None;
    }
    let stops =
        |character: char| !(character.is_ascii_digit() || matches!(character, ',' | '.' | '\''));
    let end = plain.find(stops).unwrap_or(plain.len());
    let core = plain.get(..end)?.trim_end_matches(['.', ',', '\'']);
    let (value, other) = value_of(core)?;
    let rest = plain.get(core.len()..)?;
    let scale = match rest {
        "" => return Some((value, other, usize::MAX)),
        "k" => 1e3,
        "m" | "mio" | "mn" => 1e6,
        "bn" | "b" => 1e9,
        // In a script without spaces the counted noun follows directly; anything else is a name: `3d`, `2nd`.
        _ if rest.starts_with(|character: char| character >= '\u{2e80}') => {
            return Some((value, other, word.len() - rest.len()));
        }
        _ => return None,
    };
    Some((value * scale, other.map(|other| other * scale), usize::MAX))
}

/// The value of digits with separators, and the other that they may have.
fn value_of(core: &str) -> Option<(f64, Option<f64>)> {
    let kinds = |character: char| core.matches(character).count();
    let (commas, dots) = (kinds(','), kinds('.'));
    let core: String = core
        .chars()
        .filter(|character| *character != '\'')
        .collect();
    let joined = |text: &str| -> Option<f64> {
        let plain: String = text.chars().filter(char::is_ascii_digit).collect();
        plain.parse().ok()
    };
    // Three digits in the last group, two or three in those before (as in India), one to three in the first.
    let is_grouped = |text: &str| {
        let groups: Vec<&str> = text.split([',', '.']).collect();
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else {
            return false;
        };
        (1..=3).contains(&first.len())
            && last.len() == 3
            && groups
                .iter()
                .skip(1)
                .all(|group| (2..=3).contains(&group.len()))
    };
    match (commas, dots) {
        (0, 0) => Some((core.parse().ok()?, None)),
        (1, 0) | (0, 1) => {
            let (whole, rest) = core.split_once([',', '.'])?;
            let fraction: f64 = format!("{whole}.{rest}").parse().ok()?;
            if !is_grouped(&core) || whole == "0" {
                return Some((fraction, None));
            }
            let grouped = joined(&core)?;
            // In English a comma separates thousands; in other languages a full stop may do so.
            Some(if commas == 1 {
                (grouped, Some(fraction))
            } else {
                (fraction, Some(grouped))
            })
        }
        (_, 0) | (0, _) => is_grouped(&core)
            .then(|| joined(&core))
            .flatten()
            .map(|it| (it, None)),
        _ => {
            // If both kinds occur, the last one separates the fraction.
            let at = core.rfind([',', '.'])?;
            let (whole, rest) = (core.get(..at)?, core.get(at + 1..)?);
            let kind = core.get(at..=at)?;
            if whole.contains(kind) || !is_grouped(whole) {
                return None;
            }
            Some((format!("{}.{rest}", joined(whole)?).parse().ok()?, None))
        }
    }
}
