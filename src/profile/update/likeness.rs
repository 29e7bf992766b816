//! Matches the claims of two readings of an article: by what they say, by their sentences and by their places.

use std::collections::HashSet;

use super::name;
use crate::{
    profile::{Claim, Reference, Statement},
    text::fold,
};

/// How alike two claims must be, out of 1,000, to be the same claim.
const ENOUGH: u32 = 500;

/// Pairs of claims that are the same, as indices into both lists; each index occurs in at most one pair.
pub(super) fn matched(old: &[Claim], new: &[Claim]) -> Vec<(usize, usize)> {
    let known: Vec<Known> = old.iter().map(Known::of).collect();
    let met: Vec<Known> = new.iter().map(Known::of).collect();
    let mut scored: Vec<(u32, usize, usize)> = Vec::new();
    for (at, one) in known.iter().enumerate() {
        for (place, other) in met.iter().enumerate() {
            let score = one.likeness(other);
            if score >= ENOUGH {
                scored.push((score, at, place));
            }
        }
    }
    // The surest first; among equals, those in the same order.
    scored.sort_by_key(|(score, at, place)| {
        (std::cmp::Reverse(*score), at.abs_diff(*place), *at, *place)
    });
    let (mut left, mut right) = (HashSet::new(), HashSet::new());
    scored
        .into_iter()
        .map(|(_, at, place)| (at, place))
        .filter(|(at, place)| {
            let free = !left.contains(at) && !right.contains(place);
            if free {
                left.insert(*at);
                right.insert(*place);
            }
            free
        })
        .collect()
}

/// A claim in the form that is compared.
struct Known<'a> {
    claim: &'a Claim,
    kind: u8,
    key: String,
    own: HashSet<String>,
    around: HashSet<String>,
}

impl<'a> Known<'a> {
    fn of(claim: &'a Claim) -> Self {
        let (kind, key) = match &claim.statement {
            Statement::Listed { names, .. } => {
                (0, names.iter().map(name).collect::<Vec<_>>().join("|"))
            }
            Statement::Quoted { exact } => (1, exact.clone()),
            Statement::Figure { exact } => (2, exact.clone()),
            Statement::Relation {
                subject,
                relation,
                object,
            } => (3, format!("{subject} {relation} {object}")),
            Statement::Stated { exact } => (4, exact.clone()),
        };
        let key = fold(&key);
        let own = match kind {
            0 => key.split('|').map(str::to_owned).collect(),
            _ => bag(&key),
        };
        let around = claim
            .sentence
            .as_deref()
            .map(|sentence| bag(&fold(sentence)))
            .unwrap_or_default();
        Self {
            claim,
            kind,
            key,
            own,
            around,
        }
    }

    /// How alike two claims are, out of 1,000; claims in the same place get a little more.
    fn likeness(&self, other: &Self) -> u32 {
        if self.kind != other.kind {
            return 0;
        }
        let sentence = match (&self.claim.sentence, &other.claim.sentence) {
            (Some(_), Some(_)) => dice(&self.around, &other.around),
            _ => 0,
        };
        let place = u32::from(self.claim.place == other.claim.place) * 10
            + u32::from(self.claim.section == other.claim.section) * 10
            + u32::from(self.claim.cites == other.claim.cites) * 5;
        if self.key == other.key {
            return 1000 + sentence / 10 + place;
        }
        let own = dice(&self.own, &other.own);
        let relation = match (&self.claim.statement, &other.claim.statement) {
            (
                Statement::Listed { relation: one, .. },
                Statement::Listed {
                    relation: other, ..
                },
            ) => u32::from(one.is_some() && one == other) * 150,
            _ => 0,
        };
        // An unchanged sentence confirms that a changed number or phrase in it belongs to the same claim.
        let around = if sentence >= 600 {
            sentence * 9 / 10
        } else {
            0
        };
        let best = own.max(around).max((own + relation).min(990));
        if best == 0 { 0 } else { best + place }
    }
}

/// The words of a text.
fn bag(text: &str) -> HashSet<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Twice the number of common words divided by the number of all words (Dice coefficient), in thousandths.
fn dice(one: &HashSet<String>, other: &HashSet<String>) -> u32 {
    let all = one.len() + other.len();
    if all == 0 {
        return 0;
    }
    let common = one.intersection(other).count() * 2000 / all;
    u32::try_from(common).unwrap_or(1000)
}

/// Whether two references are the same.
type Same<'t> = &'t dyn Fn(&Reference, &Reference) -> bool;

/// Pairs of references that are the same: by address and title, then by address, then by title or number.
pub(super) fn references_matched(old: &[Reference], new: &[Reference]) -> Vec<(usize, usize)> {
    let title = |reference: &Reference| reference.title.as_deref().map(fold);
    let address = |reference: &Reference| {
        reference
            .url
            .as_deref()
            .map(|url| (fold(url), reference.fragment.clone()))
    };
    let page = |reference: &Reference| reference.url.as_deref().map(fold);
    let whole = |a: &Reference, b: &Reference| {
        address(a) == address(b) && title(a) == title(b) && a.number == b.number
    };
    let alike = |a: &Reference, b: &Reference| address(a) == address(b) && title(a) == title(b);
    let there = |a: &Reference, b: &Reference| address(a).is_some() && address(a) == address(b);
    let near = |a: &Reference, b: &Reference| page(a).is_some() && page(a) == page(b);
    let named = |a: &Reference, b: &Reference| {
        title(a).is_some() && title(a) == title(b) && a.publisher == b.publisher
    };
    let numbered = |a: &Reference, b: &Reference| {
        a.number == b.number && (title(a) == title(b) || a.url.is_none() || b.url.is_none())
    };
    let rounds: [Same<'_>; 6] = [&whole, &alike, &there, &near, &named, &numbered];
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for same in rounds {
        for (at, one) in old.iter().enumerate() {
            if pairs.iter().any(|pair| pair.0 == at) {
                continue;
            }
            let free = |place: &usize| !pairs.iter().any(|pair| pair.1 == *place);
            let found = (0..new.len())
                .filter(free)
                .find(|at| new.get(*at).is_some_and(|new| same(one, new)));
            if let Some(place) = found {
                pairs.push((at, place));
            }
        }
    }
    pairs
}
