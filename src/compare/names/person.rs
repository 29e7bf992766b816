//! Names of persons: what is said of them beside the name, names put into initials, and letters that make another person of a name.

use super::{
    key::{Kind, NameKey, Token},
    likeness::Likeness,
    spelling::split,
    vocabulary, ways,
};
use crate::language::{Lexicon, given, titles::without_titles};

/// Whether a name has the words that people's names have: two or three, and none that many names have.
pub(super) fn is_person(name_key: &NameKey) -> bool {
    (2..=3).contains(&name_key.tokens.len())
        && name_key
            .tokens
            .iter()
            .all(|token| !token.known && token.kind == Kind::Word && token.weight > ways::NEARLY)
}

/// The same person with another affiliation in brackets, or the same body with another place: a person must look.
pub(super) fn by_affiliation(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let parted = |name_key: &NameKey| -> Option<(String, String)> {
        let (body, aside) = name_key.exact.split_once('(')?;
        Some((
            body.trim().to_owned(),
            aside.trim_end_matches(')').trim().to_owned(),
        ))
    };
    if tells_more(claimed, found) || tells_more(found, claimed) {
        return ways::TOLD_MORE.found();
    }
    let alone =
        |name_key: &NameKey| is_person(name_key).then(|| (name_key.exact.clone(), String::new()));
    let (one, its) = parted(claimed).or_else(|| alone(claimed))?;
    let (other, others) = parted(found).or_else(|| alone(found))?;
    let acronym = |name_key: &NameKey| !name_key.acronyms.is_empty();
    let told = acronym(claimed) || acronym(found);
    let is_same = one == other && one.contains(' ') && its != others && !told;
    is_same.then(|| ways::AFFILIATION.found()).flatten()
}

/// Whether one name is that of a person, and the other the same before a comma and what is said of them. A place alone may be that
/// of a chapter.
fn tells_more(short: &NameKey, long: &NameKey) -> bool {
    let placed = |tail: &str| {
        let mut words = tail.split([' ', ',']).filter(|word| !word.is_empty());
        words.all(vocabulary::is_place)
    };
    let said = |sign: &str, tells: &dyn Fn(&str) -> bool| {
        let parted = long.exact.split_once(sign);
        parted.is_some_and(|(head, tail)| head == short.exact && tells(tail))
    };
    let told = said(", ", &|tail| !placed(tail))
        || [" - ", " | "]
            .iter()
            .any(|sign| said(sign, &Lexicon::is_role));
    told && is_person(short)
}

/// One has a name in full of which the other has the initial: `Marta Paula Quill`, `Marta P. Quill`. Two names in full, or a name
/// and two initials, must agree; a name and one initial are those of many.
pub(super) fn by_initial(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let has_initial = |key: &NameKey| {
        let mut words = key.exact.split([' ', '.']);
        words.any(|word| word.chars().nth(1).is_none() && !word.is_empty())
    };
    let of_own_words = |key: &NameKey| key.tokens.len() >= 2 && key.tokens.iter().all(is_own);
    if !(has_initial(claimed) || has_initial(found))
        || !of_own_words(claimed)
        || !of_own_words(found)
    {
        return None;
    }
    let (one, other) = (given(claimed), given(found));
    let (mut rest, mut whole, mut put) = (other.as_slice(), 0, 0);
    for word in &one {
        let (next, after) = rest.split_first()?;
        rest = after;
        match (word == next, word.chars().count(), next.chars().count()) {
            (true, letters, _) => whole += usize::from(letters > 1),
            (false, 1, 2..) | (false, 2.., 1) if word.chars().next() == next.chars().next() => {
                put += 1;
            }
            _ => return None,
        }
    }
    let agree = rest.is_empty() && put > 0 && (whole >= 2 || whole == 1 && put >= 2);
    agree.then(|| ways::INITIAL.found()).flatten()
}

/// Whether a word is not one that many names have.
fn is_own(token: &Token) -> bool {
    !token.known && token.kind == Kind::Word
}

/// The words of a name without its titles, initials written together apart: `j`, `p`, `quill`.
fn given(key: &NameKey) -> Vec<String> {
    let apart = without_titles(&key.exact).replace('.', ". ");
    split(&apart)
}

/// Whether two names are those of persons: of two or three words, or of a few syllables in Hangul, which does not part them.
pub(super) fn are_persons(one: &NameKey, other: &NameKey) -> bool {
    let is_word = |key: &NameKey| matches!(key.tokens.as_slice(), [only] if is_jamo(&only.text) && only.outline.letters <= 9);
    is_person(one) && is_person(other) || is_word(one) && is_word(other)
}

/// Whether a word that is spelt otherwise makes another person of a name: the first letter, the ending that tells a woman's name
/// from a man's, a letter that makes another given name, and, where words are as short as in Hangul, or written without vowels,
/// each letter.
pub(super) fn tells_persons_apart(one: &Token, other: &Token) -> bool {
    let (a, b) = (one.text.as_str(), other.text.as_str());
    let terse = a.chars().any(is_terse);
    let short = one.outline.letters.min(other.outline.letters) <= if is_jamo(a) { 9 } else { 6 };
    terse && short
        || a.chars().next() != b.chars().next()
        || are_two_given_names(one, other)
        || by_ending(a, b)
        || by_ending(b, a)
}

/// Whether a word of a name can be another one misspelt or romanized otherwise, beyond a slip of the pen: `Soochan`, `Suchan`.
pub(super) fn may_be_misspelt(one: &Token, other: &Token) -> bool {
    const LETTERS: usize = 6;
    one.outline.letters.min(other.outline.letters) >= LETTERS
        && one.text.chars().next() == other.text.chars().next()
        && strsim::osa_distance(&one.text, &other.text) <= 2
}

/// Whether two words are given names that are known, and no forms of one: `Takeshi`, `Takashi`.
pub(super) fn are_two_given_names(one: &Token, other: &Token) -> bool {
    given::is_one_name(&one.text, &other.text) == Some(false)
}

/// Whether two words that are spelt otherwise are forms of one given name, and no slips: `Robert`, `Bob`.
pub(super) fn is_short_form(one: &Token, other: &Token) -> bool {
    given::is_one_name(&one.text, &other.text) == Some(true)
}

/// Whether a letter is one of a script in which a word has few: Hebrew, Arabic, and Hangul taken apart.
fn is_terse(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{6ff}' | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}')
}

fn is_jamo(word: &str) -> bool {
    word.chars()
        .any(|letter| matches!(letter, '\u{1100}'..='\u{11ff}'))
}

/// Whether a word ends in an `a` where the other has none or another vowel: `Maria` and `Mario`, `Petrova` and `Petrov`.
fn by_ending(one: &str, other: &str) -> bool {
    const MARKS: [char; 4] = ['a', 'а', 'я', 'α'];
    const VOWELS: [char; 7] = ['e', 'o', 'u', 'е', 'о', 'ο', 'й'];
    let Some(stem) = one.strip_suffix(MARKS) else {
        return false;
    };
    stem == other || other.strip_suffix(VOWELS) == Some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_put_into_an_initial_is_the_same_person() {
        let alike = |one: &str, other: &str| {
            let (one, other) = (NameKey::of(one), NameKey::of(other));
            by_initial(&one, &other).is_some()
        };
        for (one, other) in [
            ("Marta Paula Quillfeder", "Marta P. Quillfeder"),
            ("Dr. Jan Pieter Zeegers", "J.P. Zeegers"),
            ("Звягин Олег Ильич", "Звягин О.И."),
        ] {
            assert!(alike(one, other), "{one}: {other}");
            assert!(alike(other, one), "{other}: {one}");
        }
        for (one, other) in [
            ("Marta Quillfeder", "M. Quillfeder"),
            ("Marta Paula Quillfeder", "Marta R. Quillfeder"),
            ("Marta P. Quillfeder", "Marta R. Quillfeder"),
            ("Quiet Rivers Network", "Quiet R. Network"),
        ] {
            assert!(!alike(one, other), "{one}: {other}");
        }
    }
}
