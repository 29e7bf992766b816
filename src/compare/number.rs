//! Numbers in running text: digits, number words, scales, and the words that round them.

use super::{quotation::Word, words};

/// How a number stands to the exact one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    /// As it is.
    Exact,
    /// `over`, `more than`, `at least`, `130+`.
    AtLeast,
    /// `nearly`, `almost`, `up to`.
    AtMost,
    /// `about`, `some`, `around`.
    About,
}

/// A number in a text, with the words it takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Number {
    /// Its value.
    pub(super) value: f64,
    /// How it was rounded.
    pub(super) rounding: Rounding,
    /// The first word it takes, words of rounding included.
    pub(super) first: usize,
    /// The word behind its last.
    pub(super) end: usize,
    /// A unit that is written as a sign: `%`, `$`.
    pub(super) sign: Option<&'static str>,
}

/// All numbers among the words of `folded`, in order.
pub(super) fn numbers(folded: &str, words: &[Word<'_>]) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match number_at(folded, words, at) {
            Some(number) => {
                at = number.end.max(at + 1);
                found.push(number);
            }
            None => at += 1,
        }
    }
    found
}

fn number_at(folded: &str, words: &[Word<'_>], at: usize) -> Option<Number> {
    let (mut value, mut end) = grouped(folded, words, at)
        .or_else(|| Some((digits(words.get(at)?.text)?, at + 1)))
        .or_else(|| spelt(words, at))?;
    while let Some(scale) = words.get(end).and_then(|it| scale(it.text)) {
        value *= scale;
        end += 1;
    }
    let last = words.get(end - 1)?;
    let (before, after) = (
        folded
            .get(..words.get(at)?.range.start)?
            .chars()
            .next_back(),
        folded.get(last.range.end..)?.chars().next(),
    );
    let sign = match (before, after) {
        (Some('$'), _) => Some("dollars"),
        (Some('€'), _) => Some("euros"),
        (Some('£'), _) => Some("pounds"),
        (_, Some('%')) => Some("percent"),
        _ => None,
    };
    let (rounding, first) = rounding(words, at);
    let rounding = if after == Some('+') {
        Rounding::AtLeast
    } else {
        rounding
    };
    Some(Number {
        value,
        rounding,
        first,
        end,
        sign,
    })
}

/// `3 400`, `1 000 000`: thousands parted by single spaces, and the word behind.
fn grouped(folded: &str, words: &[Word<'_>], at: usize) -> Option<(f64, usize)> {
    let all_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let first = words.get(at)?;
    if first.text.len() > 3 || !all_digits(first.text) {
        return None;
    }
    let (mut number, mut end, mut last) = (first.text.to_owned(), at + 1, first.range.end);
    while let Some(next) = words.get(end) {
        let spaced = folded.get(last..next.range.start) == Some(" ");
        if !(spaced && next.text.len() == 3 && all_digits(next.text)) {
            break;
        }
        number.push_str(next.text);
        last = next.range.end;
        end += 1;
    }
    (end > at + 1).then_some((number.parse().ok()?, end))
}

/// `1,972`, `3.5`, `10k`: a word of digits with at most a scale behind.
fn digits(word: &str) -> Option<f64> {
    if !word.starts_with(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let (number, scale) = ["k", "m", "bn", "b"]
        .iter()
        .zip([1e3, 1e6, 1e9, 1e9])
        .find_map(|(it, scale)| Some((word.strip_suffix(it)?, scale)))
        .unwrap_or((word, 1.0));
    let grouped = number
        .split(',')
        .skip(1)
        .all(|it| it.len() == 3 || it.contains('.'));
    let plain: String = number.chars().filter(|it| *it != ',').collect();
    let value: f64 = if grouped {
        plain.parse().ok()?
    } else {
        return None;
    };
    Some(value * scale)
}

fn scale(word: &str) -> Option<f64> {
    match word {
        "hundred" => Some(1e2),
        "thousand" => Some(1e3),
        "million" | "mn" => Some(1e6),
        "billion" | "bn" => Some(1e9),
        "dozen" => Some(12.0),
        _ => None,
    }
}

/// `one hundred thirty-four`, `a dozen`: a number in words, and the word behind it.
fn spelt(words: &[Word<'_>], from: usize) -> Option<(f64, usize)> {
    let (mut total, mut current, mut at, mut any) = (0.0, 0.0, from, false);
    while let Some(word) = words.get(at) {
        let mut took = false;
        for part in word.text.split('-') {
            if let Some(value) = words::small_number(part) {
                current += value as f64;
                took = true;
            } else if part == "hundred" && any {
                current = if current == 0.0 {
                    100.0
                } else {
                    current * 100.0
                };
                took = true;
            } else if let Some(scale) = scale(part).filter(|it| any && *it >= 1e3) {
                total += current.max(1.0) * scale;
                current = 0.0;
                took = true;
            } else {
                took = false;
                break;
            }
            any = true;
        }
        let joins = word.text == "and"
            && any
            && words.get(at + 1).is_some_and(|it| {
                it.text
                    .split('-')
                    .all(|it| words::small_number(it).is_some())
            })
            && current >= 100.0;
        let article = at == from
            && matches!(word.text, "a" | "an")
            && words.get(at + 1).is_some_and(|it| scale(it.text).is_some());
        if article {
            current = 1.0;
            any = true;
        } else if !took && !joins {
            break;
        }
        at += 1;
    }
    (any && at > from).then_some((total + current, at))
}

/// The words of rounding before a number, and where they begin.
fn rounding(words: &[Word<'_>], at: usize) -> (Rounding, usize) {
    let back = |count: usize| {
        at.checked_sub(count)
            .and_then(|it| words.get(it))
            .map(|it| it.text)
    };
    match (back(2), back(1)) {
        (Some("more" | "greater"), Some("than")) | (Some("at"), Some("least")) => {
            (Rounding::AtLeast, at - 2)
        }
        (Some("fewer" | "less"), Some("than")) | (Some("up"), Some("to")) => {
            (Rounding::AtMost, at - 2)
        }
        (_, Some("over" | "above" | "exceeding")) => (Rounding::AtLeast, at - 1),
        (_, Some("nearly" | "almost" | "under")) => (Rounding::AtMost, at - 1),
        (_, Some("about" | "around" | "some" | "approximately" | "roughly" | "circa")) => {
            (Rounding::About, at - 1)
        }
        _ => (Rounding::Exact, at),
    }
}

/// Whether two numbers may be the same: equal, or one a rounding of the other.
pub(super) fn meets(one: &Number, other: &Number) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    let rounds = |rounded: &Number, exact: f64| {
        let value = rounded.value;
        match rounded.rounding {
            Rounding::Exact => false,
            Rounding::AtLeast => exact >= value && exact <= value * 1.15,
            Rounding::AtMost => exact <= value && exact >= value * 0.87,
            Rounding::About => (exact - value).abs() <= value * 0.1,
        }
    };
    close(one.value, other.value) || rounds(one, other.value) || rounds(other, one.value)
}
