//! Who gave how much: `$1,200,000 from the Tidewater Foundation, $250,000 from the Ford Trust`.

use std::ops::Range;

use super::Found;
use crate::{article::name, profile::ListedName};

/// What stands between a sum and the name it belongs to, and what the names are to the subject.
const LINKS: &[(&str, &str)] = &[
    (" from ", "funding from"),
    (" in grants from ", "funding from"),
    (" in funding from ", "funding from"),
    (" grant from ", "funding from"),
    (" donation from ", "funding from"),
    (" by ", "funding from"),
    (" to ", "grants to"),
    (" in grants to ", "grants to"),
    (" grant to ", "grants to"),
];

const SCALES: &[&str] = &[" million", " billion", " thousand", " trillion"];

/// A sum with the name that it belongs to.
struct Sum {
    start: usize,
    name: Range<usize>,
    relation: &'static str,
}

/// Lists of at least two such names.
pub(super) fn find(sentence: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut run: Vec<Sum> = Vec::new();
    for sum in sums(sentence) {
        let follows = run.last().is_some_and(|before| {
            let between = sentence.get(before.name.end..sum.start).unwrap_or_default();
            let joint = between.trim_matches([',', ' ', ';']);
            before.relation == sum.relation
                && matches!(
                    joint,
                    "" | "and" | "as well as" | "another" | "and another" | "plus"
                )
        });
        if !follows {
            close(sentence, &mut run, &mut found);
        }
        run.push(sum);
    }
    close(sentence, &mut run, &mut found);
    found
}

fn close(sentence: &str, run: &mut Vec<Sum>, found: &mut Vec<Found>) {
    if let [first, .., last] = run.as_slice() {
        found.push(Found {
            range: first.start..last.name.end,
            relation: Some(first.relation.to_owned()),
            names: run
                .iter()
                .map(|it| ListedName::One(name::bare(&sentence[it.name.clone()])))
                .collect(),
            left_out: Vec::new(),
            complete: None,
        });
    }
    run.clear();
}

fn sums(sentence: &str) -> Vec<Sum> {
    sentence
        .match_indices(['$', '€', '£'])
        .filter_map(|(start, sign)| {
            let rest = &sentence[start + sign.len()..];
            let digits = rest
                .find(|it: char| !(it.is_ascii_digit() || matches!(it, ',' | '.')))
                .filter(|it| *it > 0)?;
            let mut end = start + sign.len() + digits;
            if let Some(scale) = SCALES.iter().find(|it| sentence[end..].starts_with(**it)) {
                end += scale.len();
            }
            let (link, relation) = LINKS.iter().find(|it| sentence[end..].starts_with(it.0))?;
            let from = end + link.len();
            let length = name::beginning(&sentence[from..])?;
            let name = from..from + length;
            name::is_name(&sentence[name.clone()]).then_some(Sum {
                start,
                name,
                relation,
            })
        })
        .collect()
}
