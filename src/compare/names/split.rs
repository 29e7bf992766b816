//! Ambiguous names, whose commas or "and" do not show whether they are one or several: tries every reading, and the page decides.

use super::{key::NameKey, pool::Pool};
use crate::compare::grounds::names as grounds;
use crate::{compare::page_text::PageText, finding::Reason, profile::ListedName};

/// A name to look for.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compare) struct Unit {
    /// As the claim spells it.
    pub(in crate::compare) name: String,
    /// The reading of an ambiguous stretch that it comes from, and the reason.
    pub(in crate::compare) reason: Option<Reason>,
}

/// The most parts for which every grouping is tried: there are 2^(n-1).
const MOST_PARTS: usize = 8;

/// The names to look for, ambiguous stretches read as on the page; part by part if the page has none of them.
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
            "the article leaves open how many names these are; the page has them as separate names"
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

/// Parts read as one name, with the joint on the page, and how clearly the page has it.
fn joined(run: &[&str], pool: &Pool<'_>, page: &PageText<'_>) -> (f64, String) {
    if let [one] = run {
        return (strength(one, pool, page), (*one).to_owned());
    }
    let mut best: Option<(f64, String)> = None;
    for joint in ListedName::JOINTS {
        let name = run.join(joint);
        let strength = strength(&name, pool, page);
        // The comparison of names ignores joints: among equals, the one on the page letter for letter is chosen.
        let plain = if page.find(&name).is_empty() {
            0.0
        } else {
            grounds::BY_LETTERS
        };
        if best.as_ref().is_none_or(|best| strength + plain > best.0) {
            best = Some((strength + plain, name));
        }
    }
    best.unwrap_or_default()
}

/// How clearly the page has a reading: as an item of a list, or in its text.
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
        // In prose, a joined reading is found wherever the parts follow one another: the parts have priority.
        grounds::IN_TEXT
    }
}
