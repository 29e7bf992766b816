//! Names whose commas, or whose "and", leave open whether they are one or several: every reading is tried, the page decides.

use super::{key::NameKey, pool::Pool};
use crate::{compare::page_text::PageText, finding::Reason, profile::ListedName};

/// A name to look for.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compare) struct Unit {
    /// As the claim spells it.
    pub(in crate::compare) name: String,
    /// Which reading of an ambiguous stretch it comes from, and why.
    pub(in crate::compare) reason: Option<Reason>,
}

/// The most parts for which every grouping is tried: 2^(n-1) of them.
const MOST_PARTS: usize = 8;

/// The names to look for, ambiguous stretches read as the page has them; where the page has none of it, part by part.
pub(in crate::compare) fn decide(
    claimed: &[ListedName],
    pool: &Pool<'_>,
    page: &PageText<'_>,
) -> Vec<Unit> {
    let mut units = Vec::new();
    for name in claimed {
        match name {
            ListedName::One(name) => units.push(Unit {
                name: name.clone(),
                reason: None,
            }),
            ListedName::Ambiguous(parts) => units.extend(group(parts, pool, page)),
        }
    }
    units
}

fn group(parts: &[String], pool: &Pool<'_>, page: &PageText<'_>) -> Vec<Unit> {
    let cuts = parts.len().saturating_sub(1).min(MOST_PARTS);
    let mut best: (f64, Vec<String>) = (0.0, parts.to_vec());
    for mask in 0_u32..1 << cuts {
        let mut runs: Vec<Vec<&str>> = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            match runs.last_mut() {
                Some(run) if at <= cuts && mask & (1 << (at - 1)) != 0 => run.push(part),
                _ => runs.push(vec![part]),
            }
        }
        let (mut total, mut names) = (0.0, Vec::new());
        for run in &runs {
            let (strength, name) = joined(run, pool, page);
            total += strength * run.len() as f64;
            names.push(name);
        }
        if total > best.0 + 1e-9 {
            best = (total, names);
        }
    }
    let (strength, names) = best;
    let why = match (strength > 0.0, names.len() == parts.len()) {
        (false, _) => {
            "the article leaves open how many names these are, and the page has none of them"
        }
        (true, true) => {
            "the article leaves open how many names these are; the page has these as names of their own"
        }
        (true, false) => {
            "the article leaves open how many names these are; the page has this as one name"
        }
    };
    names
        .into_iter()
        .map(|name| Unit {
            name,
            reason: Some(crate::compare::names::likeness::reason(why, 0.0)),
        })
        .collect()
}

/// Parts read as one name, by the joint that the page has between them, and how plainly it has it.
fn joined(run: &[&str], pool: &Pool<'_>, page: &PageText<'_>) -> (f64, String) {
    if let [one] = run {
        return (strength(one, pool, page), (*one).to_owned());
    }
    let mut best: Option<(f64, String)> = None;
    for joint in ListedName::JOINTS {
        let name = run.join(joint);
        let strength = strength(&name, pool, page);
        // The comparison of names does not see joints: of equals the one that stands there letter by letter is taken.
        let plain = if page.find(&name).is_empty() {
            0.0
        } else {
            1e-6
        };
        if best.as_ref().is_none_or(|best| strength + plain > best.0) {
            best = Some((strength + plain, name));
        }
    }
    best.unwrap_or_default()
}

/// How plainly the page has a reading: as an item of a list, or in its text.
fn strength(name: &str, pool: &Pool<'_>, page: &PageText<'_>) -> f64 {
    let key = NameKey::of(name);
    let listed = pool
        .names
        .iter()
        .any(|name| name.key.exact == key.exact || name.key.compact == key.compact);
    if listed {
        1.0
    } else if page.find(name).is_empty() {
        0.0
    } else {
        // A joined reading is found in prose wherever the parts stand one after the other: the parts go first.
        0.5
    }
}
