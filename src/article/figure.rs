//! Figures in running prose: a number and what it counts.

use std::ops::Range;

use super::words::holds;
use crate::language::{Language, Lexicon, dates, mark, numbers};

mod elsewhere;

/// Plurals that do not end in `s`, and measures.
const PLURALS: &str = "\
    people children men women staff alumni media youth personnel faculty volunteers full-time";

/// Words that end the stretch between a number and its noun.
const STOPS: &str = "\
    a an the of in on at by with from to for and or as is was were are has have had that which who after \
    before when while but its it his her their this these those election elections";

/// Capitalized words that are not a label of the number after them.
const BEFORE_AMOUNTS: &str = "\
    The Over About Nearly Some Its In Approximately All Almost Roughly More";

/// Words before numbers that label something.
const LABELS: &str = "No. section phase page chapter age aged number";

/// Words before numbers that are amounts, also where they could be years.
const AMOUNTS: &str = "\
    over than about nearly some approximately almost roughly least around of to";

/// Whether a word is a number from three on: `three`, `forty-two`, `dozens`.
fn is_spelt(word: &str) -> bool {
    let first = word.split('-').next().unwrap_or_default();
    matches!(first, "dozens" | "hundreds" | "thousands")
        || numbers::whole(first, "en").is_some_and(|value| (3..100).contains(&value))
}

/// Whether a word makes a figure out of a number alone.
fn is_scale(word: &str) -> bool {
    word == "percent" || numbers::scale(word, Some("en")).is_some()
}

/// Whether a word is a unit of time, in lower case: with these a number is a time, not a count.
fn is_time(lower: &str) -> bool {
    Lexicon::word(lower) & mark::TIME != 0
}

/// A digit of any script.
fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
        || matches!(character, '٠'..='٩' | '۰'..='۹' | '०'..='९' | '০'..='৯' | '０'..='９')
}

/// Whether the digits of a number are a year.
fn is_year_like(number: &str) -> bool {
    number.len() == 4 && (1700..2200).contains(&number.parse().unwrap_or(0))
}

/// The numbers of a sentence that count something and are in none of the `covered` places, each with the word behind it.
pub(super) fn unread(
    sentence: &str,
    language: Option<&Language>,
    covered: &[Range<usize>],
) -> Vec<Range<usize>> {
    let Some(language) = language.or_else(|| Language::of_code("en")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = sentence[at..].find(is_digit) {
        let start = at + offset;
        let inner = |it: char| is_digit(it) || matches!(it, '.' | ',');
        let length = sentence[start..].find(|it| !inner(it));
        let end = length.map_or(sentence.len(), |it| start + it);
        at = end;
        let number = sentence[start..end].trim_end_matches(['.', ',']);
        let before = &sentence[..start];
        let word = before.split_whitespace().next_back().unwrap_or_default();
        // "Title 42", "B12", "No. 5", "May 3".
        let label = before
            .ends_with(|it: char| it.is_alphanumeric() || matches!(it, '-' | '/' | '第'))
            || (before.ends_with(' ')
                && (holds(LABELS, word)
                    || dates::is_month(core(word))
                    || (word.starts_with(char::is_uppercase)
                        && !holds(BEFORE_AMOUNTS, word)
                        && before.trim_end().len() > word.len())));
        let date = dates::leading(&sentence[start..]).is_some();
        let known = covered.iter().any(|it| it.start < end && start < it.end);
        if known || label || date || is_year_like(number) || number.len() < end - start {
            continue;
        }
        if elsewhere::counts(&sentence[end..], language) {
            let rest = &sentence[end..];
            let lead = rest.len() - rest.trim_start().len();
            let word = rest[lead..].find([' ', '.', ',', '。', '、']);
            found.push(start..word.map_or(sentence.len(), |it| end + lead + it));
        }
    }
    found
}

/// The figures of a sentence, as byte ranges: `134 countries`, `$2.5 million`, `45 percent`.
pub(super) fn find(sentence: &str, language: Option<&Language>) -> Vec<Range<usize>> {
    match language.filter(|language| language.code != "en") {
        Some(language) => elsewhere::find(sentence, language),
        None => in_english(sentence),
    }
}

fn in_english(sentence: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = 0;
    for piece in sentence.split(|character: char| character.is_whitespace()) {
        if !piece.is_empty() {
            words.push((at, piece));
        }
        at += piece.len();
        at += sentence[at..].chars().next().map_or(0, char::len_utf8);
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for (index, &(start, word)) in words.iter().enumerate() {
        if found.last().is_some_and(|it| it.end > start) {
            continue;
        }
        let before = index
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .map_or("", |pair| pair.1);
        let rest: Vec<(usize, &str)> = words.iter().skip(index + 1).copied().collect();
        if let Some(end) = figure(start, word, before, &rest) {
            let lead = word.len() - word.trim_start_matches(['(', '“', '"']).len();
            found.push(start + lead..end);
        }
    }
    found
}

fn core(word: &str) -> &str {
    word.trim_matches(|character: char| {
        matches!(
            character,
            ',' | '.' | ';' | ':' | '(' | ')' | '”' | '“' | '"' | '!' | '?'
        )
    })
}

/// A sum without the letters of its country before the sign: `$40` for `US$40`.
fn bare_sum(number: &str) -> &str {
    let sum = ["US", "A", "C", "NZ", "HK", "R"]
        .iter()
        .find_map(|it| number.strip_prefix(*it));
    sum.filter(|sum| sum.starts_with('$')).unwrap_or(number)
}

fn figure(start: usize, word: &str, before: &str, rest: &[(usize, &str)]) -> Option<usize> {
    let number = core(word);
    let lead = word.len() - word.trim_start_matches(['(', '“', '"']).len();
    let own_end = start + lead + number.len();
    let broken = word.trim_start_matches(['(', '“', '"']).len() > number.len();
    let bare = bare_sum(number);
    let money = bare.starts_with(['$', '€', '£']);
    let digits = bare
        .trim_start_matches(['$', '€', '£'])
        .trim_end_matches(['%', '+']);
    // "$1.2m", "£3bn"
    let digits = ["bn", "mn", "m", "k", "b"]
        .iter()
        .find_map(|it| digits.strip_suffix(*it).filter(|_| money))
        .unwrap_or(digits);
    let numeric = digits.starts_with(|character: char| character.is_ascii_digit())
        && digits
            .chars()
            .all(|character| character.is_ascii_digit() || matches!(character, ',' | '.'));
    let spelled = !numeric && is_spelt(&number.to_lowercase());
    if !numeric && !spelled {
        return None;
    }
    let label = holds(LABELS, before)
        || before.starts_with(char::is_uppercase) && !holds(BEFORE_AMOUNTS, before);
    let year = digits.len() == 4
        && !digits.contains([',', '.'])
        && (1700..2200).contains(&digits.parse().unwrap_or(0));
    let amount = holds(AMOUNTS, before);
    if (label && !money) || dates::is_month(core(before)) || (year && !amount && !money) {
        return None;
    }
    if money || number.ends_with('%') {
        let scale = rest
            .first()
            .filter(|pair| !broken && is_scale(core(pair.1)));
        return Some(scale.map_or(own_end, |scale| scale.0 + core(scale.1).len()));
    }
    if broken {
        return None;
    }
    // "66 per cent"
    if let [per, cent, ..] = rest
        && (per.1, core(cent.1)) == ("per", "cent")
    {
        return Some(cent.0 + core(cent.1).len());
    }
    counted(rest, year && !amount)
}

/// The end of the plural noun that a number counts; `year`: the number could be a year, without evidence against it.
fn counted(rest: &[(usize, &str)], year: bool) -> Option<usize> {
    let mut end = None;
    for (offset, &(at, next)) in rest.iter().take(5).enumerate() {
        let noun = core(next);
        let lower = noun.to_lowercase();
        if is_scale(&lower) {
            end = Some(at + noun.len());
            if lower == "percent" || next.len() > noun.len() {
                break;
            }
            continue;
        }
        if noun.starts_with(char::is_uppercase) && !noun.contains('.') && offset < 2 {
            // "400 Quaker meetings": an adjective; a name is read past once.
            if next.len() > noun.len() || offset > 0 {
                break;
            }
            continue;
        }
        if !noun.starts_with(char::is_lowercase) || holds(STOPS, &lower) {
            break;
        }
        if is_time(&lower) {
            return None;
        }
        let plural = (noun.len() > 3
            && noun.ends_with('s')
            && !noun.ends_with("ss")
            && !noun.ends_with("ous")
            && !noun.ends_with("’s"))
            || (holds(PLURALS, &lower) && lower != "full-time");
        // "23 staff members": such a noun may come before the one that is counted.
        let follower = rest.get(offset + 1).map_or("", |pair| core(pair.1));
        let adjective = holds(PLURALS, &lower)
            && next.len() == noun.len()
            && follower.ends_with('s')
            && follower.len() > 4
            && !holds(STOPS, follower);
        if plural && !year && !adjective {
            end = Some(at + noun.len());
            break;
        }
        if !adjective && (next.len() > noun.len() || offset >= 3) {
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Vec<&str> {
        in_english(text).into_iter().map(|it| &text[it]).collect()
    }

    #[test]
    fn a_number_with_its_noun_is_a_figure() {
        for (text, want) in [
            ("It works in 134 countries.", vec!["134 countries"]),
            (
                "It has more than 1,200 member organizations and 40 staff.",
                vec!["1,200 member organizations", "40 staff"],
            ),
            (
                "It gave $2.5 million to others and $40,000.",
                vec!["$2.5 million", "$40,000"],
            ),
            (
                "Some 45 percent, or 45%, agreed.",
                vec!["45 percent", "45%"],
            ),
            (
                "It runs twelve local offices.",
                vec!["twelve local offices"],
            ),
            ("It reached 3 million people.", vec!["3 million people"]),
        ] {
            assert_eq!(exact(text), want, "{text}");
        }
    }

    #[test]
    fn dates_labels_and_names_are_no_figures() {
        for text in [
            "It protested the 2020 presidential elections.",
            "On January 6 protesters came.",
            "It lasted 20 years.",
            "It met on October 21, 2022 with others.",
            "Police2Peace is a 501(c)(3).",
            "See Title 42 expulsions.",
            "the January 6th protests",
        ] {
            assert_eq!(exact(text), Vec::<&str>::new(), "{text}");
        }
    }
}
