//! Divides a stretch with commas into names; if two readings are possible, both are kept.

use std::ops::Range;

use super::{name, words};
use crate::{language::legal_forms, profile::ListedName};

mod joined;

pub(super) use joined::shared_head;
use joined::{goes_on_within, spelled_out, with_shared_head};

/// The pieces of `text` between commas and semicolons; brackets and quotations are not divided.
pub(super) fn pieces(text: &str) -> Vec<Range<usize>> {
    cut(text, &[',', ';'])
}

/// The pieces of `text` between marks of one kind.
pub(super) fn parted_by(text: &str, mark: char) -> Vec<Range<usize>> {
    cut(text, &[mark])
}

/// A text without the quotation marks around it.
pub(super) fn unquoted(text: &str) -> String {
    const MARKS: [(char, char); 7] = [
        ('«', '»'),
        ('„', '“'),
        ('“', '”'),
        ('"', '"'),
        ('「', '」'),
        ('《', '》'),
        ('‘', '’'),
    ];
    let text = text.trim();
    MARKS
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
        .unwrap_or(text)
        .trim()
        .to_owned()
}

fn cut(text: &str, at: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut depth, mut straight) = (0, 0_i32, false);
    for (byte, character) in text.char_indices() {
        match character {
            '(' | '[' | '“' | '«' | '「' => depth += 1,
            ')' | ']' | '”' | '»' | '」' => depth = (depth - 1).max(0),
            '"' => straight = !straight,
            _ => {}
        }
        let between_digits = text[..byte].ends_with(|character: char| character.is_ascii_digit())
            && text[byte + character.len_utf8()..]
                .starts_with(|character: char| character.is_ascii_digit());
        if at.contains(&character) && depth == 0 && !straight && !between_digits {
            found.push(start..byte);
            start = byte + character.len_utf8();
        }
    }
    found.push(start..text.len());
    found
}

/// Whether a piece begins with the conjunction that closes a list.
pub(super) fn is_led(piece: &str) -> bool {
    let piece = piece.trim_start();
    words::LEADS.iter().any(|lead| piece.starts_with(lead))
}

/// Words that end a list without a name.
const OTHERS: &[&str] = &[
    "among others",
    "among other groups",
    "among other organizations",
    "and others",
    "and more",
    "and many others",
    "and many more",
    "others",
    "etc",
    "et al",
    "to name a few",
];

/// Whether a piece ends a list without naming anybody: `among others`.
pub(super) fn is_rest(piece: &str) -> bool {
    OTHERS.contains(&piece.trim().trim_end_matches('.'))
}

/// The text before the words that end a list without a name: `Alder House and others`.
pub(super) fn before_rest(piece: &str) -> Option<&str> {
    let plain = piece.trim_end_matches('.');
    OTHERS
        .iter()
        .filter_map(|other| plain.strip_suffix(other)?.strip_suffix(' '))
        .map(|it| {
            it.strip_suffix(" and")
                .unwrap_or(it)
                .trim_end_matches([',', ' '])
        })
        .find(|text| !text.is_empty())
}

/// Whether a stretch begins or ends with words that mean there are more: `and others`.
pub(super) fn ends_open(text: &str) -> bool {
    let plain = text.trim_end_matches('.').trim();
    OTHERS.iter().any(|other| {
        plain.starts_with(other)
            || plain
                .strip_suffix(other)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    })
}

/// A piece that a list's names are made of.
#[derive(Clone, Debug)]
struct Part {
    /// The name, bare.
    text: String,
    /// Whether a conjunction led it in.
    led: bool,
}

/// The names of a stretch that is only a list: `A, B, and the C`.
pub(super) fn names(stretch: &str) -> Vec<ListedName> {
    if let Some(spelled) = with_shared_head(stretch) {
        return names(&spelled);
    }
    let semicolons = cut(stretch, &[';']);
    if semicolons.len() >= 2 {
        // "A, of here; B, which does that; and C": the name comes before the first comma of each.
        return semicolons
            .into_iter()
            .filter_map(|range| item(stretch[range].trim()))
            .collect();
    }
    let mut parts: Vec<Part> = pieces(stretch)
        .into_iter()
        .map(|piece| stretch[piece].trim())
        .filter(|it| !is_rest(it) && (name::is_name(it) || legal_forms::is_appended(it)))
        .map(|it| Part {
            led: is_led(it),
            text: it.to_owned(),
        })
        .collect();
    let mut tail = Vec::new();
    if let Some(last) = parts.last()
        && !last.led
    {
        // No comma before the "and": it is within the last piece.
        let several = parts.len() > 1;
        let split = if several {
            part_at_and(&last.text, several)
        } else {
            pair(&last.text)
        };
        if split.len() > 1 || matches!(split.first(), Some(ListedName::Ambiguous(_))) {
            parts.pop();
            tail = split;
        }
    }
    let mut names = join(&parts);
    names.extend(tail);
    names
}

/// The name that an item begins with, as `Alder House, Inc., a lender`: what its commas leave of it.
pub(super) fn item(text: &str) -> Option<ListedName> {
    let parts: Vec<Part> = pieces(text)
        .into_iter()
        .map(|piece| text[piece].trim())
        .take_while(|it| name::is_name(it) || legal_forms::is_appended(it))
        .map(|it| Part {
            led: is_led(it),
            text: it.to_owned(),
        })
        .collect();
    join(&parts).into_iter().next()
}

/// The relation of a part to the name before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bond {
    /// A name of its own.
    None,
    /// Certainly part of the name before it.
    Glued,
    /// Perhaps part of it.
    Open,
}

fn join(parts: &[Part]) -> Vec<ListedName> {
    let parts = &spelled_out(parts);
    let strays = out_of_order(parts);
    let mut names: Vec<ListedName> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let bond = match names.last() {
            Some(before) => bond(before, parts, at, strays.contains(&at)),
            None => Bond::None,
        };
        match (bond, names.pop()) {
            (Bond::Glued, Some(before)) => names.push(glue(before, &part.text)),
            (Bond::Open, Some(ListedName::One(before))) => {
                names.push(ListedName::Ambiguous(vec![before, name::bare(&part.text)]));
            }
            (Bond::Open, Some(ListedName::Ambiguous(mut before))) => {
                before.push(name::bare(&part.text));
                names.push(ListedName::Ambiguous(before));
            }
            (_, before) => {
                names.extend(before);
                names.push(ListedName::One(name::bare(&part.text)));
            }
        }
    }
    names
}

fn glue(before: ListedName, text: &str) -> ListedName {
    match before {
        ListedName::One(name) => ListedName::One(format!("{name}, {text}")),
        ListedName::Ambiguous(mut parts) => {
            if let Some(last) = parts.last_mut() {
                *last = format!("{last}, {text}");
            }
            ListedName::Ambiguous(parts)
        }
    }
}

fn bond(before: &ListedName, parts: &[Part], at: usize, stray: bool) -> Bond {
    let Some(part) = parts.get(at) else {
        return Bond::None;
    };
    let head = match before {
        ListedName::One(name) => name.as_str(),
        ListedName::Ambiguous(names) => names.last().map_or("", String::as_str),
    };
    let bare = name::bare(&part.text);
    if legal_forms::is_appended(&part.text) || is_numbered_branch(&bare) {
        return Bond::Glued;
    }
    if let Some(bond) = enumeration(head, parts, at) {
        return bond;
    }
    let opening = match before {
        ListedName::One(name) => name.as_str(),
        ListedName::Ambiguous(names) => names.first().map_or("", String::as_str),
    };
    if goes_on_within(opening, parts, at) {
        return Bond::Open;
    }
    if part.led {
        return Bond::None;
    }
    let last = bare.rsplit(' ').next().unwrap_or_default();
    let place = words::is_place(&bare) && !words::is_place(head);
    let federation = matches!(bare.as_str(), "AFL-CIO" | "CLC" | "Change to Win");
    let school = ["University", "College", "State"]
        .iter()
        .any(|it| head.split(' ').any(|word| word == *it))
        && [
            "School",
            "Department",
            "College",
            "Faculty",
            "Law",
            "Extension",
        ]
        .iter()
        .any(|it| bare.split(' ').any(|word| word == *it));
    let described = words::is_description(last) && bare.split(' ').count() >= 2;
    let several_words = bare.split(' ').count() >= 2;
    if place || federation || school || described || (stray && several_words) {
        return Bond::Open;
    }
    Bond::None
}

/// `Local 32BJ`, `District 9`: a branch of the union before it.
fn is_numbered_branch(name: &str) -> bool {
    let mut words = name.split(' ');
    matches!(
        words.next(),
        Some("Local" | "District" | "Region" | "Lodge" | "Chapter" | "Council")
    ) && words
        .next()
        .is_some_and(|word| word.starts_with(|character: char| character.is_ascii_digit()))
}

/// Words after which a name continues with fields of work.
const OPENING: &[&str] = &["for", "of", "on", "in", "to"];

/// Whether a part consists only of fields of work: `Peace`, `and Security`, `County and Municipal Employees`.
fn is_field(part: &str) -> bool {
    let bare = name::bare(part);
    let words: Vec<&str> = bare
        .split(' ')
        .filter(|word| *word != "and" && *word != "&")
        .collect();
    words.len() <= 4 && words.iter().all(|word| words::is_topic(word))
}

/// Fields of work within a name: `Institute for Women, Peace, and Security`, `Federation of State, County and Municipal Employees`.
fn enumeration(head: &str, parts: &[Part], at: usize) -> Option<Bond> {
    let opens = head.split(' ').any(|word| OPENING.contains(&word));
    let tail = head.rsplit(' ').next().unwrap_or_default();
    if !opens || !words::is_topic(tail) {
        return None;
    }
    let run = parts
        .get(at..)?
        .iter()
        .take_while(|part| is_field(&part.text))
        .count();
    if run == 0 {
        return None;
    }
    // Its own "and" closes an enumeration; without one the piece could still be a name.
    let closed = parts
        .get(at..at + run)?
        .iter()
        .any(|part| part.led || part.text.contains(" and ") || part.text.contains(" & "));
    let earlier = head.contains(", ");
    Some(if closed || earlier {
        Bond::Glued
    } else {
        Bond::Open
    })
}

/// In a list that is otherwise in alphabetical order, the parts that are not: each may belong to the name before it.
fn out_of_order(parts: &[Part]) -> Vec<usize> {
    const ENOUGH: usize = 8;
    let keys: Vec<String> = parts
        .iter()
        .map(|part| {
            let key = name::bare(&part.text).to_lowercase();
            key.strip_prefix("the ").map(str::to_owned).unwrap_or(key)
        })
        .collect();
    if keys.len() < ENOUGH {
        return Vec::new();
    }
    // The longest run that is in order, by the shortest path: lists are short.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(keys.len());
    for (at, key) in keys.iter().enumerate() {
        let before = (0..at)
            .filter(|at| keys[*at] <= *key)
            .max_by_key(|at| best[*at].0);
        best.push((before.map_or(1, |before| best[before].0 + 1), before));
    }
    let mut ordered = Vec::new();
    let mut at = (0..keys.len()).max_by_key(|at| best[*at].0);
    while let Some(now) = at {
        ordered.push(now);
        at = best[now].1;
    }
    if ordered.len() * 5 < keys.len() * 4 {
        return Vec::new();
    }
    (1..keys.len())
        // A name with an article of its own is complete.
        .filter(|at| !parts[*at].text.starts_with("The "))
        .filter(|at| !ordered.contains(at) && ordered.contains(&(at - 1)))
        .collect()
}

/// `A and B` as two names, one, or an open pair. `several`: other names come before it, so an "and" is due.
pub(super) fn part_at_and(text: &str, several: bool) -> Vec<ListedName> {
    // Of several conjunctions, one that leaves no name of one word: "Hoop and Croze" beside "Northgate Oak".
    let mut best: Option<((i32, usize), &str, &str)> = None;
    for conjunction in [" and ", " as well as ", " along with ", " or "] {
        for (at, _) in text.match_indices(conjunction) {
            let (left, right) = (&text[..at], &text[at + conjunction.len()..]);
            if !name::is_name(left) || !name::is_name(right) {
                continue;
            }
            let sure = if conjunction == " and " { 0 } else { 4 };
            let shorter = [left, right].map(|it| it.split_whitespace().count());
            let evidence = score(left, right) + sure + if several { 2 } else { 0 };
            let score = (evidence, shorter.into_iter().min().unwrap_or(0).min(2));
            if best.is_none_or(|best| score > best.0) {
                best = Some((score, left, right));
            }
        }
    }
    match best {
        Some(((2.., _), left, right)) => vec![
            ListedName::One(name::bare(left)),
            ListedName::One(name::bare(right)),
        ],
        _ => vec![ListedName::One(name::bare(text))],
    }
}

/// A stretch that consists only of `A and B`: two names, one, or an open pair if both readings name organizations.
fn pair(text: &str) -> Vec<ListedName> {
    let split = part_at_and(text, false);
    if split.len() > 1 {
        return split;
    }
    let open = text.match_indices(" and ").find_map(|(at, joint)| {
        let (left, right) = (&text[..at], &text[at + joint.len()..]);
        let named = [left, right]
            .iter()
            .all(|it| name::is_name(it) && name::is_organization(&name::bare(it)));
        (named && score(left, right) > -3).then(|| vec![name::bare(left), name::bare(right)])
    });
    open.map_or(split, |parts| vec![ListedName::Ambiguous(parts)])
}

/// The evidence for two names left and right of an "and".
fn score(left: &str, right: &str) -> i32 {
    let (left_bare, right_bare) = (name::bare(left), name::bare(right));
    let (left_words, right_words): (Vec<&str>, Vec<&str>) = (
        left_bare.split(' ').collect(),
        right_bare.split(' ').collect(),
    );
    let given =
        |text: &&str| words::is_first_name(text) || text.trim_end_matches('.').chars().count() == 1;
    let first = right_words.first().copied().unwrap_or_default();
    if left_words.iter().all(given) && given(&first) {
        return -10;
    }
    let field = |words: &[&str]| {
        words
            .iter()
            .filter(|word| !word.starts_with(char::is_lowercase))
            .all(|word| words::is_topic(word))
    };
    let person = |words: &[&str]| {
        (2..=3).contains(&words.len())
            && words
                .iter()
                .all(|word| word.starts_with(char::is_uppercase) && !words::is_topic(word))
            && !name::is_organization(&words.join(" "))
    };
    let people = person(&left_words) && person(&right_words);
    let the = right.trim_start().starts_with("the ") || right.trim_start().starts_with("The ");
    let mut score = 0;
    if field(&right_words) {
        score -= 5;
    } else if !the && (words::is_topic(first) || (first.ends_with("ing") && right_words.len() <= 3))
    {
        score -= 3;
    }
    if field(&left_words) {
        score -= 4;
    }
    if the {
        score += 4;
    }
    if people {
        score += 2;
    }
    match (
        name::is_organization(&left_bare),
        name::is_organization(&right_bare),
    ) {
        (true, true) => score += 3,
        (true, false) if right_words.len() > 1 => score += 1,
        (false, true) if left_words.len() > 1 => score += 1,
        _ => {}
    }
    score
}

#[cfg(test)]
mod tests {
    use toml::{Table, Value};

    use super::*;

    fn shown(names: &[ListedName]) -> String {
        let shown = names.iter().map(|it| match it {
            ListedName::One(name) => name.clone(),
            ListedName::Ambiguous(parts) => format!("[{}]", parts.join(" + ")),
        });
        shown.collect::<Vec<_>>().join(" / ")
    }

    fn wanted(value: &Value) -> String {
        let names = value.as_array().unwrap().iter().map(|it| match it {
            Value::Array(parts) => {
                let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
                format!("[{}]", parts.join(" + "))
            }
            name => name.as_str().unwrap().to_owned(),
        });
        names.collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn stretches_are_parted_as_the_table_says() {
        let table: Table = include_str!("../../tests/cases/splits/names.toml")
            .parse()
            .unwrap();
        let cases = table["case"].as_array().unwrap();
        assert!(cases.len() >= 40);
        let wrong: Vec<String> = cases
            .iter()
            .filter_map(|case| {
                let given = case["given"].as_str().unwrap();
                let (got, want) = (shown(&names(given)), wanted(&case["expected"]));
                (got != want).then(|| {
                    format!(
                        "{}\n  given {given}\n  got   {got}\n  not   {want}",
                        case["why"]
                    )
                })
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
