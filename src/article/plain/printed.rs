//! Markers as print has them: raised digits, and numbers in round brackets, where the entries of the references have the same.

use std::fmt::Write as _;

/// The lines with such markers as `[1]`, if the entries below the line `references` begin with raised digits or with numbers in round
/// brackets; `None` if they do not.
pub(super) fn bracketed(lines: &[&str], references: usize) -> Option<Vec<String>> {
    let (body, entries) = lines.split_at_checked(references + 1)?;
    let count =
        |is_entry: fn(&str) -> bool| entries.iter().filter(|it| is_entry(it.trim())).count();
    let raised = count(|text| text.starts_with(is_raised));
    let round = count(|text| in_round_brackets(text).is_some());
    if raised == 0 && round == 0 {
        return None;
    }
    let most = u32::try_from(raised.max(round)).unwrap_or(u32::MAX);
    let in_body = body.iter().map(|line| {
        if raised >= round {
            with_brackets(line)
        } else {
            without_round(line, most)
        }
    });
    let in_entries = entries.iter().map(|line| {
        let text = line.trim_start();
        let (digits, rest) = text.split_at(text.find(|it| !is_raised(it)).unwrap_or(text.len()));
        match in_round_brackets(text) {
            _ if !digits.is_empty() => format!("{}. {}", lowered(digits), rest.trim_start()),
            Some((number, length)) => format!("{number}. {}", text[length..].trim_start()),
            None => (*line).to_owned(),
        }
    });
    Some(in_body.chain(in_entries).collect())
}

const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";

fn is_raised(letter: char) -> bool {
    RAISED.contains(letter)
}

/// Raised digits as ordinary ones.
fn lowered(digits: &str) -> String {
    let place = |letter| RAISED.chars().position(|it| it == letter);
    digits
        .chars()
        .filter_map(place)
        .map(|digit| digit.to_string())
        .collect()
}

/// A line with `[1]` for raised digits that follow a word or a mark, not a number or a unit.
fn with_brackets(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut digits = String::new();
    for letter in line.chars().chain(['\n']) {
        if is_raised(letter) {
            digits.push(letter);
            continue;
        }
        if !digits.is_empty() {
            let unit = out.ends_with(|it: char| it.is_ascii_digit())
                || [" m", " km", " cm"].iter().any(|it| out.ends_with(it));
            if unit {
                out.push_str(&digits);
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "[{}]", lowered(&digits));
            }
            digits.clear();
        }
        if letter != '\n' {
            out.push(letter);
        }
    }
    out
}

/// The number in round brackets that a text begins with, and its length.
fn in_round_brackets(text: &str) -> Option<(u32, usize)> {
    let (number, _) = text.strip_prefix('(')?.split_once(')')?;
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_digit());
    let value = number.parse().ok().filter(|it| *it > 0);
    value.filter(|_| is_number).map(|it| (it, number.len() + 2))
}

/// A line with `[1]` for `(1)`, up to the highest number.
fn without_round(line: &str, most: u32) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        if let Some((number, length)) = in_round_brackets(rest).filter(|it| it.0 <= most) {
            // Writing to a String cannot fail.
            let _ = write!(out, "[{number}]");
            rest = &rest[length..];
        } else {
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_of_print_are_those_of_their_entries() {
        let raised = [
            "One.¹ It has 20 m² and 10³ trees.²",
            "Notes",
            "¹ First",
            "² Second",
        ];
        assert_eq!(
            bracketed(&raised, 1).unwrap(),
            [
                "One.[1] It has 20 m² and 10³ trees.[2]",
                "Notes",
                "1. First",
                "2. Second"
            ]
        );
        let round = [
            "One (1). Two (2020) (7) (2).",
            "Sources",
            "(1) First",
            "(2) Second",
        ];
        assert_eq!(
            bracketed(&round, 1).unwrap()[0],
            "One [1]. Two (2020) (7) [2]."
        );
        assert_eq!(bracketed(&["One (1).", "Sources", "1. First"], 1), None);
    }
}
