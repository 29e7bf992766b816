//! Compares two sets of names, without a page.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    assignment::{self, Pair},
    candidates::candidates,
    key::NameKey,
    likeness::Likeness,
    pairs::likeness,
};

/// Names in comparable form.
#[derive(Clone, Debug)]
pub struct Comparable {
    keys: Vec<NameKey>,
}

impl Comparable {
    /// The comparable form of names as spelled.
    #[must_use]
    pub fn of(names: &[impl AsRef<str>]) -> Self {
        let keys = names
            .iter()
            .map(|name| NameKey::of(name.as_ref()))
            .collect();
        Self { keys }
    }
}

/// A pair of names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// The index of the claimed name.
    pub claimed: usize,
    /// The index of the name on the page.
    pub found: usize,
    /// How alike they are, from 0 to 1.
    pub score: f64,
}

/// The best pairing of `claimed` with `page` by pairs with a score of at least `least`, which must be 0.64 or more.
///
/// No name is used twice, and no other pairing has a greater sum. Not every pair is compared, but the result is that of
/// [`alike_in_full`].
#[must_use]
pub fn alike(claimed: &Comparable, page: &Comparable, least: f64) -> Vec<Alike> {
    let wanted: Vec<&NameKey> = claimed.keys.iter().collect();
    let near = candidates(&wanted, page.keys.iter().enumerate());
    let near = near.into_iter().map(BTreeSet::into_iter);
    best(claimed, page, least, near)
}

/// The same by comparing every pair.
#[must_use]
pub fn alike_in_full(claimed: &Comparable, page: &Comparable, least: f64) -> Vec<Alike> {
    let all = claimed.keys.iter().map(|_| 0..page.keys.len());
    best(claimed, page, least, all)
}

fn best(
    claimed: &Comparable,
    page: &Comparable,
    least: f64,
    near: impl Iterator<Item = impl Iterator<Item = usize>>,
) -> Vec<Alike> {
    let mut pairs = Vec::new();
    let mut scores = BTreeMap::new();
    for ((left, key), near) in claimed.keys.iter().enumerate().zip(near) {
        for right in near {
            let it = page.keys.get(right).and_then(|it| likeness(key, it));
            if let Some(it) = it.filter(|likeness: &Likeness| likeness.score >= least) {
                let worth = it.worth();
                scores.insert((left, right), it.score);
                pairs.push(Pair { left, right, worth });
            }
        }
    }
    assignment::best(&pairs)
        .into_iter()
        .map(|it| Alike {
            claimed: it.left,
            found: it.right,
            score: scores
                .get(&(it.left, it.right))
                .copied()
                .unwrap_or_default(),
        })
        .collect()
}
