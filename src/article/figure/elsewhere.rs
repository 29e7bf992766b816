//! Figures in sentences of other languages than English: a number in digits or words, and what it counts.

use std::ops::Range;

use super::{is_digit, is_year_like};
use crate::language::{self, Language, dates, numbers, units};

/// Characters that separate the digits of one number.
const INNER: [char; 6] = ['.', ',', '\u{a0}', '\u{202f}', '٬', '٫'];

/// Numerals of Chinese and Japanese.
const IDEOGRAPHIC: &str = "〇一二三四五六七八九十百千万萬億亿两";

/// The figures of a sentence, as byte ranges.
pub(super) fn find(sentence: &str, language: &Language) -> Vec<Range<usize>> {
    let unspaced = matches!(language.code, "zh" | "ja");
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(offset) = next_number(&sentence[at..], at, sentence, language) {
        let start = at + offset;
        let (end, spelt) = number_end(sentence, start, language);
        at = end;
        if is_label(sentence, start, language) || is_ordinal(sentence, end) {
            continue;
        }
        if !spelt && dates::leading(&sentence[start..]).is_some() {
            continue;
        }
        let money = money_before(sentence, start);
        let from = money.unwrap_or(start);
        let unit = match language.code {
            _ if unspaced => counter(sentence, end, language, spelt),
            "ko" => counted_in_korean(sentence, end, language),
            _ => word_behind(sentence, end, language),
        };
        let unit = unit.filter(|unit| {
            let noun = sentence[end..*unit].trim();
            !is_year_like(&sentence[start..end]) || units::is_unit(&noun.to_lowercase())
        });
        match unit {
            Some(unit) => {
                found.push(from..unit);
                at = unit;
            }
            None if money.is_some() => found.push(from..end),
            None => {}
        }
    }
    found
}

/// Where the next number begins, in digits or in words.
fn next_number(rest: &str, from: usize, sentence: &str, language: &Language) -> Option<usize> {
    let digits = rest.find(is_digit);
    if matches!(language.code, "zh" | "ja") {
        let spelt = rest.find(|letter| IDEOGRAPHIC.contains(letter));
        return digits.into_iter().chain(spelt).min();
    }
    let words = rest.char_indices().filter(|(at, letter)| {
        let before = sentence[..from + at].chars().next_back();
        letter.is_alphabetic() && before.is_none_or(|it| !is_letter(it))
    });
    let mut spelt = words.map(|it| it.0).filter(|at| {
        digits.is_none_or(|digits| *at < digits)
            && spelt_value(word_at(&rest[*at..]), language).is_some()
    });
    spelt.next().or(digits)
}

/// The value of a word of numbers from three on; one and two are articles and adjectives more often.
fn spelt_value(word: &str, language: &Language) -> Option<f64> {
    const LEAST: f64 = 3.0;
    const MOST: f64 = 1000.0;
    let lower = word.to_lowercase().replace('’', "'");
    let value = numbers::value(&lower, Some(language.code)).or_else(|| {
        let mut parts = lower.split('-').filter(|part| *part != "et");
        let first = numbers::value(parts.next()?, Some(language.code))?;
        parts.try_fold(first, |sum, part| {
            Some(sum + numbers::value(part, Some(language.code))?)
        })
    })?;
    (LEAST..MOST).contains(&value).then_some(value)
}

/// The letters that a text begins with, hyphens between them included.
fn word_at(text: &str) -> &str {
    let end = text.find(|letter| !(is_letter(letter) || matches!(letter, '-' | '’' | '\'')));
    text[..end.unwrap_or(text.len())].trim_end_matches(['-', '’', '\''])
}

/// A letter, or a sign that scripts write above, below or behind one.
fn is_letter(character: char) -> bool {
    character.is_alphabetic()
        || matches!(character, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{652}' | '\u{900}'..='\u{dff}')
}

/// Where a number ends (`1.250`, `1 250`, `2,5`, `vingt-deux`), and whether it is in words.
fn number_end(sentence: &str, start: usize, language: &Language) -> (usize, bool) {
    let first = sentence[start..].chars().next();
    if first.is_some_and(|it| IDEOGRAPHIC.contains(it)) {
        let rest = &sentence[start..];
        let length = rest.find(|it| !IDEOGRAPHIC.contains(it));
        return (start + length.unwrap_or(rest.len()), true);
    }
    if !first.is_some_and(is_digit) {
        let mut end = start + word_at(&sentence[start..]).len();
        while let Some(rest) = sentence[end..].strip_prefix(' ') {
            let word = word_at(rest);
            if spelt_value(word, language).is_none() {
                break;
            }
            end += 1 + word.len();
        }
        return (end, true);
    }
    let mut end = start;
    let mut marks = sentence[start..].char_indices().peekable();
    while let Some((at, character)) = marks.next() {
        let next = marks.peek().map(|mark| mark.1);
        let inner = INNER.contains(&character) && next.is_some_and(is_digit);
        if is_digit(character) {
            end = start + at + character.len_utf8();
        } else if !(inner || character == ' ' && thousands(&sentence[start + at + 1..])) {
            break;
        }
    }
    (end, false)
}

/// Whether exactly three digits follow, as after the space in `1 250`.
fn thousands(rest: &str) -> bool {
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    digits == 3
}

/// `$`, `US$` before a number, and where it begins.
fn money_before(sentence: &str, start: usize) -> Option<usize> {
    let before = sentence[..start].trim_end_matches(' ');
    let sign = before
        .chars()
        .next_back()
        .filter(|it| "$€£¥₹".contains(*it))?;
    Some(before.len() - sign.len_utf8())
}

/// `Abschnitt-12`, `第3`, `A4`: a number that distinguishes rather than counts.
fn is_label(sentence: &str, start: usize, language: &Language) -> bool {
    const GLUED: usize = 2;
    let before = &sentence[..start];
    if before.ends_with('第') {
        return true;
    }
    if matches!(language.code, "zh" | "ja" | "ko") {
        return before.ends_with(|it: char| it.is_ascii_alphanumeric());
    }
    // "ו-12" has its conjunction before it.
    let word = before.strip_suffix('-').map(|it| {
        it.chars()
            .rev()
            .take_while(|it| it.is_alphanumeric())
            .count()
    });
    before.ends_with(char::is_alphanumeric) || word.is_some_and(|word| word >= GLUED)
}

/// `2.`, `3º`, `21st`: a number of order.
fn is_ordinal(sentence: &str, end: usize) -> bool {
    let rest = &sentence[end..];
    rest.starts_with(['º', 'ª', '°'])
        || (rest.starts_with(". ") && rest[2..].starts_with(char::is_lowercase))
}

/// The end of the word that a number counts, with the scale before it: `2,5 Millionen Euro`.
fn word_behind(sentence: &str, end: usize, language: &Language) -> Option<usize> {
    let rest = &sentence[end..];
    if let Some(percent) = rest
        .strip_prefix(['%', '٪'])
        .or_else(|| rest.strip_prefix(" %"))
    {
        return Some(sentence.len() - percent.len());
    }
    let body = rest.strip_prefix([' ', '\u{a0}', '-'])?;
    let mut at = sentence.len() - body.len();
    for _ in 0..3 {
        let word = word_at(&sentence[at..]);
        let lower = word.to_lowercase();
        if let Some(sign) = sentence[at..]
            .chars()
            .next()
            .filter(|it| "€$£".contains(*it))
        {
            return Some(at + sign.len_utf8());
        }
        let grammar = &language.grammar;
        let small = [
            &grammar.and,
            &grammar.articles,
            &grammar.small,
            &language.list.stops,
        ];
        if word.is_empty()
            || small.iter().any(|it| it.contains(&lower))
            || language.grammar.common.contains(&lower)
            || dates::is_month(&lower)
            || super::is_time(&lower)
        {
            return None;
        }
        at += word.len();
        if numbers::scale(&lower, Some(language.code)).is_none() {
            return Some(at);
        }
        // "2,5 millions d’euros", "3 millones de personas"
        let tail = &sentence[at..];
        let small = [" de ", " d’", " d'", " di ", " "];
        match small.iter().find(|prefix| tail.starts_with(**prefix)) {
            Some(joint) => at += joint.len(),
            None => return Some(at),
        }
    }
    Some(at)
}

/// The longest of a language's counters that a text begins with, scales before it included.
fn counter_at(text: &str, language: &Language) -> Option<usize> {
    let scales = text
        .find(|it| !"百千万萬億亿만억천".contains(it))
        .unwrap_or(0);
    let counters = language.numbers.counters.iter();
    let own = counters
        .clone()
        .filter(|it| text.starts_with(it.as_str()))
        .map(String::len)
        .max();
    let behind = counters
        .filter(|it| scales > 0 && text[scales..].trim_start().starts_with(it.as_str()))
        .map(|it| text.len() - text[scales..].trim_start().len() + it.len())
        .max();
    own.into_iter().chain(behind).max()
}

/// The end of a counter and what it counts, in scripts without spaces: `61个国家`, `61か国`.
fn counter(sentence: &str, end: usize, language: &Language, spelt: bool) -> Option<usize> {
    const LONGEST: usize = 5;
    // Letters that particles, verbs and copulas begin with.
    const ENDS: &str = "でにのがをはともだ和的在开設设，。、";
    let (end, rest) = match sentence[end..].strip_prefix('の') {
        // "38の市町村"
        Some(rest) => (end + 'の'.len_utf8(), rest),
        None => (end, &sentence[end..]),
    };
    if rest.starts_with(['年', '月', '日', '世']) {
        return None;
    }
    let known = counter_at(rest, language);
    if spelt && known.is_none() {
        return None;
    }
    let mut length = known.unwrap_or(0);
    for character in rest[length..].chars().take(LONGEST) {
        let verb = rest[length..].starts_with("工作") && !rest[length..].starts_with("工作坊");
        if verb || ENDS.contains(character) || !character.is_alphabetic() {
            break;
        }
        length += character.len_utf8();
    }
    (length > 0).then_some(end + length)
}

/// The end of a counter in Korean, and of the noun behind it, both without their particles: `275명`, `12개 도시`.
fn counted_in_korean(sentence: &str, end: usize, language: &Language) -> Option<usize> {
    let rest = &sentence[end..];
    if let Some(percent) = rest.strip_prefix('%') {
        return Some(sentence.len() - percent.len());
    }
    let spaced = rest.len() - rest.strip_prefix(' ').unwrap_or(rest).len();
    let length = spaced + counter_at(&rest[spaced..], language)?;
    let behind = word_at(&rest[length..]);
    if !behind.is_empty() {
        let particle = language.grammar.particles.iter().any(|it| it == behind);
        return particle.then_some(end + length);
    }
    let noun = rest[length..].strip_prefix(' ').map_or("", word_at);
    let bare = without_particle(noun, language);
    let named = bare.chars().count() >= 2 && bare.len() < noun.len();
    Some(if named {
        end + length + 1 + bare.len()
    } else {
        end + length
    })
}

fn without_particle<'a>(word: &'a str, language: &Language) -> &'a str {
    let particles = language.grammar.particles.iter();
    let longest = particles
        .filter(|it| word.ends_with(it.as_str()))
        .map(String::len)
        .max();
    &word[..word.len() - longest.unwrap_or(0)]
}

/// Whether a text begins with something that a number could count: a word, or a counter.
pub(super) fn counts(rest: &str, language: &Language) -> bool {
    if matches!(language.code, "zh" | "ja" | "ko") {
        let rest = rest.trim_start();
        return rest.starts_with(|it: char| it.is_alphabetic())
            && !rest.starts_with(['年', '月', '日', '世', '년', '월', '일', '时', '時', '시']);
    }
    let word = rest.strip_prefix([' ', '\u{a0}']).map_or("", word_at);
    let lower = word.to_lowercase();
    let grammar = &language.grammar;
    let common = [&grammar.common, &grammar.and, &grammar.small]
        .iter()
        .any(|it| it.contains(&lower));
    let capital =
        language.is_cased() && language.code != "de" && word.starts_with(char::is_uppercase);
    let long = word.chars().count() > 2;
    long && !common
        && !capital
        && !language.list.stops.contains(&lower)
        && !dates::is_month(&lower)
        && word.starts_with(|it: char| !language::is_unspaced(it))
}
