//! Who gave how much: `$1,200,000 from the Tidewater Foundation, $250,000 from the Ford Trust`.

use std::ops::Range;

use super::Found;
use crate::{article::name, profile::ListedName};

/// The words between a sum and the name it belongs to, and the relation of the names to the subject.
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

/// Verbs between a giver and the sum.
const GIVING: &[&str] = &[
    " gave ",
    " donated ",
    " contributed ",
    " granted ",
    " awarded ",
    " provided ",
    " pledged ",
    " paid ",
];

/// Lists of at least two such names.
pub(super) fn find(sentence: &str) -> Vec<Found> {
    let mut found = given(sentence, sums(sentence));
    if found.is_empty() {
        found = given(sentence, givers(sentence));
    }
    found
}

fn given(sentence: &str, sums: Vec<Sum>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut run: Vec<Sum> = Vec::new();
    for sum in sums {
        let follows = run.last().is_some_and(|before| {
            let between = sentence.get(before.name.end..sum.start).unwrap_or_default();
            let joint = between.trim_matches([',', ' ', ';']);
            let gave = GIVING.iter().any(|prefix| between.starts_with(prefix));
            before.relation == sum.relation
                && (gave
                    || matches!(
                        joint,
                        "" | "and" | "as well as" | "another" | "and another" | "plus"
                    ))
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

/// `the Tidewater Foundation gave $1,200,000, and the Ford Trust gave $250,000`: one name and one sum a clause.
fn givers(sentence: &str) -> Vec<Sum> {
    let signs: Vec<usize> = sentence
        .match_indices(['$', '€', '£'])
        .map(|index| index.0)
        .collect();
    let mut from = 0;
    let mut found: Vec<Sum> = Vec::new();
    for sign in signs {
        let clause = &sentence[from..sign];
        let verb = GIVING.iter().filter_map(|word| clause.rfind(word)).max();
        let named = verb.and_then(|verb| Some(name::ending(&clause[..verb])?..verb));
        if let Some(own) = named.filter(|named| name::is_name(&clause[named.clone()])) {
            found.push(Sum {
                start: from + own.start,
                name: from + own.start..from + own.end,
                relation: "funding from",
            });
        }
        from = sign;
    }
    found
}

fn sums(sentence: &str) -> Vec<Sum> {
    sentence
        .match_indices(['$', '€', '£'])
        .filter_map(|(start, sign)| {
            let rest = &sentence[start + sign.len()..];
            let digits = rest
                .find(|character: char| {
                    !(character.is_ascii_digit() || matches!(character, ',' | '.'))
                })
                .filter(|rest| *rest > 0)?;
            let mut end = start + sign.len() + digits;
            if let Some(scale) = SCALES
                .iter()
                .find(|scale| sentence[end..].starts_with(**scale))
            {
                end += scale.len();
            }
            let (link, relation) = LINKS
                .iter()
                .find(|link| sentence[end..].starts_with(link.0))?;
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
