//! The words and letters of a name, in comparable form.

use irg_kvariants::{KVARIANTS, KVariantClass};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::vocabulary;

/// Whether a text consists of ASCII letters, digits and spaces, so that no part is separated from the rest.
pub(in crate::compare) fn is_plain(surface: &str) -> bool {
    let mut bytes = surface.bytes();
    bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
}

/// The words of a folded text: without accents, without points inside abbreviations, `&` as `and`, other punctuation as spaces.
pub(in crate::compare) fn split(folded: &str) -> Vec<String> {
    if is_plain(folded) {
        return spelt_alike(folded);
    }
    split_any(folded)
}

fn split_any(folded: &str) -> Vec<String> {
    let mut text = String::with_capacity(folded.len());
    let plain: Vec<char> = folded
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .collect();
    for (at, &character) in plain.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| plain.get(at)).copied();
        let after = plain.get(at + 1).copied();
        match character {
            'ł' => text.push('l'),
            'ø' => text.push('o'),
            'đ' => text.push('d'),
            'ı' => text.push('i'),
            'ß' => text.push_str("ss"),
            'æ' => text.push_str("ae"),
            'œ' => text.push_str("oe"),
            '&' | '+' => text.push_str(" and "),
            // `Ligue de l'Homme`: an elided article is a word of its own without meaning.
            '\'' => {
                let elided = matches!(before, Some('d' | 'l'))
                    && after.is_some_and(char::is_alphabetic)
                    && at >= 2
                    && plain.get(at - 2).is_some_and(|plain| plain.is_whitespace());
                if elided {
                    text.pop();
                }
            }
            // `U.S.`, `Presente.org`: a point inside a word joins initials and separates words.
            '.' => {
                let initial = at < 2
                    || plain
                        .get(at - 2)
                        .is_none_or(|plain| !plain.is_alphanumeric());
                let inside = before.is_some_and(char::is_alphanumeric)
                    && after.is_some_and(char::is_alphanumeric);
                if !(initial && inside) {
                    text.push(' ');
                }
            }
            it if it.is_alphanumeric() => text.push(it),
            _ => text.push(' '),
        }
    }
    spelt_alike(&text)
}

/// The words of a text, each in its comparable spelling.
fn spelt_alike(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split_whitespace().map(vocabulary::canonical).collect();
    while let Some(at) = words.windows(2).position(|window| matches!(window, [a, b] if a == "united" && (b == "states" || b == "kingdom" || b == "nations"))) {
        let short = match words.remove(at + 1).as_str() {
            "states" => "us",
            "kingdom" => "uk",
            _ => "un",
        };
        if let Some(word) = words.get_mut(at) {
            short.clone_into(word);
        }
    }
    words
}

/// A word with one form of each Chinese character: the traditional for the simplified, the usual for a variant (`高` for `髙`).
pub(in crate::compare) fn one_form(word: String) -> String {
    if word.chars().all(|letter| letter < '\u{2e80}') {
        return word;
    }
    word.chars().map(usual).collect()
}

/// The usual form of a character that is another form of one.
fn usual(letter: char) -> char {
    // A variant can be of a simplified form.
    let next = |letter: char| {
        let variant = KVARIANTS.get(&letter)?;
        (variant.classification != KVariantClass::Wrong).then_some(variant.destination_ideograph)
    };
    next(letter).map_or(letter, |it| next(it).unwrap_or(it))
}

/// The words of a folded text for weighing: without accents and possessives, numbers whole, spellings not unified.
pub(in crate::compare) fn split_words(folded: &str) -> impl Iterator<Item = String> {
    let plain: String = folded
        .replace("'s ", " ")
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .collect();
    let mut words = Vec::new();
    for piece in
        plain.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '.' | ',')))
    {
        let numeric = piece.starts_with(|letter: char| letter.is_ascii_digit());
        if numeric
            && piece
                .trim_end_matches(['.', ','])
                .chars()
                .all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','))
        {
            words.push(piece.trim_end_matches(['.', ',']).to_owned());
        } else {
            words.extend(
                piece
                    .split(['.', ','])
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned),
            );
        }
    }
    words.into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::fold;

    proptest! {
        #[test]
        fn ascii_is_taken_as_any_text_is(name in "[A-Za-z0-9 ]{0,30}|[ -~]{0,30}|(United States|The|Theatre|of|Dr) [a-z ]{0,9}") {
            let folded = fold(&name);
            prop_assert_eq!(split(&folded), split_any(&folded));
        }
    }
}
