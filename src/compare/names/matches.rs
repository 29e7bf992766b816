//! The possible matches of each claimed name among the names of a page.

use crate::compare::grounds::names as grounds;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    candidates::candidates,
    key::NameKey,
    likeness::{Grade, Likeness},
    pool::Pool,
    record::like,
    script,
};
use crate::entity::ListKind;

/// The possible matches of each claimed name among the names of the page.
pub(in crate::compare) struct Matches {
    /// For each claimed name, the names that are like it: index in the pool, likeness.
    pub(in crate::compare) of: Vec<Vec<(usize, Likeness)>>,
}

impl Matches {
    /// Compares only the pairs that can reach the least score.
    ///
    /// A claimed name that the page has letter for letter, in a list with others of them, is compared only with the other spellings
    /// of it: other similar names do not matter.
    pub(in crate::compare) fn of(claimed: &[NameKey], pool: &Pool<'_>) -> Self {
        let spellings = Spellings::of(pool);
        let together = spellings.together(claimed, pool);
        let is_settled = |key: &NameKey| {
            let places = spellings.exact.get(key.exact.as_str());
            let mut lists = places
                .into_iter()
                .flatten()
                .filter_map(|place| pool.held_by.get(*place));
            lists.any(|list| list.iter().any(|word| together.contains(word)))
        };
        let (settled, open): (Vec<usize>, Vec<usize>) =
            (0..claimed.len()).partition(|at| claimed.get(*at).is_some_and(is_settled));
        let mut near: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); claimed.len()];
        for at in settled {
            if let (Some(key), Some(near)) = (claimed.get(at), near.get_mut(at)) {
                *near = spellings.like(key);
            }
        }
        if !open.is_empty() {
            let wanted: Vec<&NameKey> = open.iter().filter_map(|at| claimed.get(*at)).collect();
            for (at, found) in open.iter().zip(candidates(&wanted, keys_of(pool))) {
                if let Some(near) = near.get_mut(*at) {
                    *near = found;
                }
            }
            script::add(claimed, &open, pool, &mut near);
        }
        let of = claimed
            .iter()
            .zip(near)
            .map(|(name, near)| {
                let near = near.into_iter();
                near.filter_map(|at| {
                    let like = like(name, pool.names.get(at)?)?;
                    serves(&like).then_some((at, like))
                })
                .collect()
            })
            .collect();
        Self { of }
    }

    /// The same by comparing every pair; the tests compare [`Matches::of`] with it.
    #[cfg(test)]
    pub(in crate::compare) fn in_full(claimed: &[NameKey], pool: &Pool<'_>) -> Self {
        let all = |name| {
            let names = pool.names.iter().enumerate();
            names
                .filter_map(|(at, label)| Some((at, like(name, label)?)))
                .filter(|(_, it)| serves(it))
                .collect()
        };
        let of = claimed.iter().map(all).collect();
        Self { of }
    }

    /// How many claimed names have the same name among `members`.
    pub(in crate::compare) fn kept(&self, members: &BTreeSet<usize>) -> usize {
        let same = |at: &&(usize, Likeness)| at.1.grade >= Grade::Same && members.contains(&at.0);
        self.of
            .iter()
            .filter(|of| of.iter().any(|it| same(&it)))
            .count()
    }
}

/// All keys of the names of a page: those of their texts and those from their records.
fn keys_of<'p>(pool: &'p Pool<'_>) -> impl Iterator<Item = (usize, &'p NameKey)> {
    pool.names.iter().enumerate().flat_map(|(at, entry)| {
        let also = entry.also.iter().map(|(_, also)| &**also);
        std::iter::once(&*entry.key)
            .chain(also)
            .map(move |it| (at, it))
    })
}

/// The names of a page by spelling.
struct Spellings<'p> {
    exact: HashMap<&'p str, Vec<usize>>,
    /// By their words, and by all their letters.
    places: HashMap<&'p str, Vec<usize>>,
}

impl<'p> Spellings<'p> {
    fn of(pool: &'p Pool<'_>) -> Self {
        let mut exact: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, name) in pool.names.iter().enumerate() {
            if !name.key.exact.is_empty() {
                exact.entry(&name.key.exact).or_default().push(at);
            }
        }
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, key) in keys_of(pool) {
            for form in [&key.compact, &key.core, &key.letters] {
                places.entry(form.as_str()).or_default().push(at);
            }
        }
        Self { exact, places }
    }

    /// The lists of names that contain several of the claimed ones letter for letter.
    fn together(&self, claimed: &[NameKey], pool: &Pool<'_>) -> HashSet<usize> {
        const SEVERAL: usize = 3;
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for key in claimed {
            let places = self.exact.get(key.exact.as_str()).into_iter().flatten();
            let lists = places
                .filter_map(|place| pool.held_by.get(*place))
                .flatten();
            for list in lists.copied().collect::<HashSet<usize>>() {
                *counts.entry(list).or_default() += 1;
            }
        }
        let is_of_names = |at: &usize| {
            let list = pool.lists.get(*at);
            list.is_some_and(|list| list.kind == ListKind::Names)
        };
        let several = counts.into_iter().filter(|count| count.1 >= SEVERAL);
        several
            .map(|several| several.0)
            .filter(is_of_names)
            .collect()
    }

    /// The names that are `key` in some spelling.
    fn like(&self, key: &NameKey) -> BTreeSet<usize> {
        [&key.compact, &key.core, &key.letters]
            .into_iter()
            .filter(|text| !text.is_empty())
            .filter_map(|text| self.places.get(text.as_str()))
            .flatten()
            .copied()
            .collect()
    }
}

/// Whether a likeness is sufficient: to match two names, or to show one as a candidate.
fn serves(likeness: &Likeness) -> bool {
    likeness.grade > Grade::Near || likeness.score >= grounds::CANDIDATE
}
