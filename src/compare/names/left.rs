//! What a page says about departed members: names struck out or marked, lists under a heading for former ones.

use std::ops::Range;

use crate::{
    language::{Lexicon, mark},
    reading::Reading,
    text::{fold, one_line},
};

/// Whether a heading says that its names are former ones.
pub(in crate::compare) fn is_of_former(heading: &str) -> bool {
    // Scripts without spaces have the word within a longer run, or before it.
    let within =
        |word: &str| word.starts_with(['元', '前', '旧']) || Lexicon::has_former_within(word);
    let folded = fold(heading);
    let mut words = words(&folded);
    words.any(|word| {
        is(word, mark::FORMER)
            || word.starts_with(|letter: char| letter >= '\u{2e80}') && within(word)
    })
}

/// The words beside a name that say that it has left, as the page spells them; `surface` is the whole text, `name` the claimed
/// name.
pub(in crate::compare) fn beside(surface: &str, name: &str) -> Option<String> {
    const LONGEST: usize = 80;
    let (surface, name) = (one_line(surface), one_line(name));
    let at = surface.find(&name)?;
    let (before, behind) = (surface.get(..at)?, surface.get(at + name.len()..)?);
    // A name that continues is a different one.
    let set_off = behind.trim_start().chars().next();
    let is_set_off = |letter: char| {
        matches!(
            letter,
            '(' | '[' | '-' | '–' | '—' | ',' | ':' | ';' | '|' | '*' | '†'
        )
    };
    if !before.trim().is_empty() || !set_off.is_some_and(is_set_off) || behind.len() > LONGEST {
        return None;
    }
    let folded = fold(behind);
    let marked = words(&folded).any(|word| is(word, mark::LEFT));
    let all: Vec<&str> = words(&folded).collect();
    let is_year = |text: &&str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let ended = all.iter().enumerate().any(|(at, entry)| {
        let mut next = all.iter().skip(at + 1).take(2);
        is(entry, mark::UNTIL) && next.any(is_year)
    });
    let crossed = behind.trim() == "†";
    (marked || ended || crossed).then(|| {
        let said = behind.trim_matches(|letter: char| {
            letter.is_whitespace() || is_set_off(letter) || matches!(letter, ')' | ']')
        });
        said.to_owned()
    })
}

/// Whether a place in the text of a page is struck out.
pub(in crate::compare) fn is_struck(reading: &Reading, range: &Range<usize>) -> bool {
    reading
        .struck
        .iter()
        .any(|it| it.start <= range.start && range.end <= it.end)
}

fn is(word: &str, mark: u32) -> bool {
    Lexicon::word(word) & mark != 0
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '\'')))
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_name_may_say_that_it_left() {
        for (surface, said) in [
            ("Birch Society – withdrew in 2023", Some("withdrew in 2023")),
            ("Birch Society (until 2020)", Some("until 2020")),
            ("Birch Society (ausgetreten 2019)", Some("ausgetreten 2019")),
            ("Birch Society, dissoute", Some("dissoute")),
            (
                "Birch Society (вышла в 2021 году)",
                Some("вышла в 2021 году"),
            ),
            ("Birch Society [former]", Some("former")),
            ("Birch Society (formerly Alder House)", None),
            ("Birch Society, Norland", None),
            ("Birch Society (left in 2022)", Some("left in 2022")),
            ("Birch Society, Left Bank", None),
            ("Birch Society (since 2019)", None),
        ] {
            assert_eq!(
                beside(surface, "Birch Society").as_deref(),
                said,
                "{surface}"
            );
        }
    }

    #[test]
    fn headings_of_former_ones_are_known_in_many_languages() {
        for it in [
            "Former partners",
            "Alumni and past members",
            "Ehemalige Mitglieder",
            "Anciens membres",
            "Exmiembros",
            "Бывшие члены",
            "الأعضاء السابقون",
            "元会員",
            "历任理事",
        ] {
            assert!(is_of_former(it), "{it}");
        }
        for it in ["Partners", "Our members", "Mitglieder", "Founding members"] {
            assert!(!is_of_former(it), "{it}");
        }
    }
}
