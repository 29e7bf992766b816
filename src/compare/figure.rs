//! Whether a page gives a number of things: the same, a rounding of it, or another one.

use std::ops::Range;

use super::{
    Scope,
    likeness::{reason, round},
    names::Place,
    number::{Number, meets, numbers},
    page_text::PageText,
    quotation::{Word, WordsAnswer, words_of},
    state, words,
};
use crate::{
    finding::Verdict,
    reading::Reading,
    text::{Folded, one_line},
};

/// Looks for a number of things (`134 countries`) on a page.
#[must_use]
pub fn figure(exact: &str, reading: &Reading, scope: Scope<'_>) -> WordsAnswer {
    in_page(exact, &PageText::of(reading), scope)
}

/// A figure of the page that is of the same unit.
struct Given {
    range: Range<usize>,
    number: Number,
}

pub(super) fn in_page(exact: &str, page: &PageText<'_>, scope: Scope<'_>) -> WordsAnswer {
    let mut answer = WordsAnswer {
        score: 0.8,
        ..WordsAnswer::absent(exact)
    };
    let untold = state::why(page.reading);
    let is_page = !state::is_opaque(page.reading.state);
    let folded = Folded::of(exact);
    let own = words_of(folded.as_str());
    let Some(wanted) = numbers(folded.as_str(), &own).into_iter().next() else {
        let (why, detail) = (
            crate::finding::Why::NotSettled,
            "the figure has no number in it".to_owned(),
        );
        answer.verdict = Verdict::CannotTell { why, detail };
        return answer;
    };
    let unit = unit(&own, &wanted);
    let mut given = figures(page, &unit, wanted.sign);
    if let Some(within) = page.scope(scope) {
        given.sort_by_key(|it| {
            (
                !(within.start <= it.range.start && it.range.end <= within.end),
                it.range.start,
            )
        });
    }
    let text = |it: &Range<usize>| one_line(page.reading.text.get(it.clone()).unwrap_or_default());
    let place = |it: &Given| Place {
        range: Some(it.range.clone()),
        css: None,
        note: Some(page.place(&it.range)),
    };
    let same: Vec<&Given> = given
        .iter()
        .filter(|it| meets(&wanted, &it.number))
        .collect();
    if let Some(first) = same.first() {
        let equal = same
            .iter()
            .any(|it| (it.number.value - wanted.value).abs() < 1e-9);
        let (what, sure) = if equal {
            ("the same number", 0.98)
        } else {
            ("a rounding of the number", 0.85)
        };
        answer.verdict = Verdict::Present;
        answer.found = Some(text(&first.range));
        answer.score = sure;
        answer.reasons = vec![reason(what, sure)];
        answer.places = same.into_iter().map(place).collect();
        return answer;
    }
    let off = |it: &Given| {
        (it.number.value.max(1e-9) / wanted.value.max(1e-9))
            .ln()
            .abs()
    };
    let nearest = given.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    if let Some(it) = nearest.filter(|it| is_page && off(it) < 1.2) {
        let there = text(&it.range);
        let how = format!(
            "the number changed: {} in place of {}",
            shown(it.number.value),
            shown(wanted.value)
        );
        answer.reasons = vec![reason(&how, 0.8)];
        answer.verdict = Verdict::Altered {
            to: there.clone(),
            how,
        };
        answer.found = Some(there);
        answer.score = round(0.9 - 0.2 * off(it));
        answer.places = vec![place(it)];
        return answer;
    }
    answer.note = Some(format!("not in {}", page.extent()));
    match untold {
        Some((why, detail)) => answer.verdict = Verdict::CannotTell { why, detail },
        None => answer.reasons = vec![reason("no number of these is in the page's text", 0.8)],
    }
    answer
}

fn shown(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        format!("{value}")
    }
}

/// What is counted, and on which side of the number that stands.
enum Unit {
    /// `134 countries`.
    Behind(String),
    /// `founded in 2011`.
    Before(String),
    /// The number says it all.
    Bare,
}

fn unit(own: &[Word<'_>], number: &Number) -> Unit {
    let content = |it: &&Word<'_>| !words::is_small(it.text);
    let behind = own.iter().skip(number.end).rfind(content);
    let before = own.iter().take(number.first).rfind(content);
    match (behind, before) {
        (Some(it), _) => Unit::Behind(stem(it.text)),
        (None, Some(it)) => Unit::Before(stem(it.text)),
        (None, None) => Unit::Bare,
    }
}

/// The page's figures of the unit, with up to three words between it and the number.
fn figures(page: &PageText<'_>, unit: &Unit, sign: Option<&str>) -> Vec<Given> {
    const REACH: usize = 4;
    let folded = page.folded.as_str();
    let text = words_of(folded);
    let mut given = Vec::new();
    let all = numbers(folded, &text);
    for (at, number) in all.iter().enumerate() {
        // A unit behind another number is that number's.
        let reach = all.get(at + 1).map_or(REACH, |next| {
            next.first.saturating_sub(number.end).min(REACH)
        });
        let is = |at: usize, unit: &str| {
            text.get(at)
                .is_some_and(|it| same_unit(&stem(it.text), unit))
        };
        let (first, last) = match unit {
            Unit::Behind(unit) => {
                let signed = number.sign.is_some_and(|it| same_unit(&stem(it), unit));
                let behind = (number.end..number.end + reach).find(|at| is(*at, unit));
                (
                    Some(number.first),
                    if signed { Some(number.end - 1) } else { behind },
                )
            }
            Unit::Before(unit) => {
                let from = number.first.saturating_sub(REACH);
                (
                    (from..number.first).rev().find(|at| is(*at, unit)),
                    Some(number.end - 1),
                )
            }
            Unit::Bare => (Some(number.first), Some(number.end - 1)),
        };
        let ends = first
            .and_then(|it| text.get(it))
            .zip(last.and_then(|it| text.get(it)));
        let Some((first, last)) = ends else { continue };
        let between = folded
            .get(first.range.start..last.range.end)
            .unwrap_or_default();
        let signs_agree = match (sign, number.sign) {
            (Some(a), Some(b)) => a == b,
            (Some(a), None) => is(number.end, &stem(a)),
            (None, Some(_)) => !matches!(unit, Unit::Bare),
            (None, None) => true,
        };
        if signs_agree && !between.contains(". ") {
            let range = page.folded.original(first.range.start..last.range.end);
            given.push(Given {
                range,
                number: number.clone(),
            });
        }
    }
    given
}

/// Units that count the same.
const SAME: [&[&str]; 9] = [
    &["country", "nation", "state"],
    &["people", "person", "individual", "human"],
    &["organization", "group", "ngo", "nonprofit", "charity"],
    &["percent", "%", "pct"],
    &["dollar", "usd"],
    &["euro", "eur"],
    &["child", "kid"],
    &["woman", "female"],
    &["company", "business", "firm"],
];

fn same_unit(one: &str, other: &str) -> bool {
    one == other
        || SAME
            .iter()
            .any(|it| it.contains(&one) && it.contains(&other))
}

/// A word without the ending of its plural.
fn stem(word: &str) -> String {
    match word {
        "children" => return "child".to_owned(),
        "women" => return "woman".to_owned(),
        "men" => return "man".to_owned(),
        "organisations" | "organisation" => return "organization".to_owned(),
        _ => {}
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|it| it.len() > 2) {
        return format!("{stem}y");
    }
    if let Some(stem) = word
        .strip_suffix("es")
        .filter(|it| it.ends_with(['s', 'x', 'h']))
    {
        return stem.to_owned();
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}
