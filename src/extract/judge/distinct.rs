//! Drafts with the same items, of which one is enough.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;

use crate::extract::{
    draft::Draft,
    fast_hash::{Map, map},
};

use super::list_signs::{SURER, finders_score};

/// The drafts with different items: of those with the same, the first, unless the finder of another is much surer of it.
pub(super) fn distinct(drafts: &[Draft]) -> Vec<&Draft> {
    let hash = RandomState::default();
    let mut places: Map<u64, usize> = map();
    let mut distinct: Vec<&Draft> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let place = *places
            .entry(hash_of_items(&hash, draft))
            .or_insert(distinct.len());
        match distinct.get_mut(place) {
            None => distinct.push(draft),
            Some(known) if finders_score(draft) > finders_score(known) + SURER => *known = draft,
            Some(_) => {}
        }
    }
    distinct
}

/// A hash of the places of the items of a draft.
fn hash_of_items(hash: &RandomState, draft: &Draft) -> u64 {
    let mut hasher = hash.build_hasher();
    for item in &draft.items {
        item.range.hash(&mut hasher);
    }
    hasher.finish()
}
