//! The lists of a page, best first; and the selection to show without a claim.

use std::collections::BTreeMap;

use super::{
    fast_hash::Set,
    judge::{Judged, list_signs::WORTH_OF_MEMBERS},
    page_index::PageIndex,
};
use crate::{
    entity::{EntityList, ListKind, Strategy},
    uri::TargetUri,
};

/// How many lists of a page are kept; more do not add information, even on a page with a hundred thousand small tables.
const MOST: usize = 500;

/// A list, written out or not yet.
enum Entry<'a, 'b> {
    Judged(&'b Judged<'a>),
    Written(EntityList),
}

/// The lists, best first; only the best of those that were judged are written out.
pub(super) fn ranked<'a>(
    index: &PageIndex<'a>,
    uri: Option<&TargetUri>,
    judged: &[Judged<'a>],
    written: Vec<EntityList>,
) -> Vec<EntityList> {
    let judged = judged
        .iter()
        .map(|list| (worth(list.score, list.items.len()), Entry::Judged(list)));
    let written = written
        .into_iter()
        .map(|list| (worth(list.score, list.items.len()), Entry::Written(list)));
    let mut entries: Vec<(f64, Entry<'_, '_>)> = judged.chain(written).collect();
    entries.sort_by(|a, b| b.0.total_cmp(&a.0));
    entries
        .into_iter()
        .take(MOST)
        .filter_map(|(_, entry)| match entry {
            Entry::Judged(list) => list.list(index, uri),
            Entry::Written(list) => Some(list),
        })
        .collect()
}

/// The value of a list among others that overlap it: its score, and a little for each further item.
fn worth(score: f64, members: usize) -> f64 {
    score + WORTH_OF_MEMBERS * (members as f64).ln()
}

/// The lists of names that do not overlap, in the order of the page.
pub(super) fn best(lists: &[EntityList]) -> Vec<&EntityList> {
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut chosen: Vec<(&EntityList, Set<&str>)> = Vec::new();
    for list in lists.iter().filter(|list| list.kind == ListKind::Names) {
        let ranges = ranges(list);
        let overlaps = |range: &(usize, usize)| {
            let before = taken.range(..range.1).next_back();
            before.is_some_and(|(_, end)| *end > range.0)
        };
        if ranges.iter().any(overlaps) {
            continue;
        }
        let names: Set<&str> = list.items.iter().map(|item| &*item.surface).collect();
        let is_shown = |(shown, shown_names): &(&EntityList, Set<&str>)| {
            is_same_table(shown, list) || repeats(shown_names, &names)
        };
        if !chosen.iter().any(is_shown) {
            taken.extend(ranges);
            chosen.push((list, names));
        }
    }
    let mut chosen: Vec<&EntityList> = chosen.into_iter().map(|pair| pair.0).collect();
    chosen.sort_by_key(|list| {
        let first = list.items.first()?.range.as_ref()?;
        Some(first.start)
    });
    chosen
}

/// The places of the names of a list in the text: from, to.
fn ranges(list: &EntityList) -> Vec<(usize, usize)> {
    let ranges = list.items.iter().filter_map(|item| item.range.as_ref());
    ranges.map(|range| (range.start, range.end)).collect()
}

/// Whether two lists are columns of one table, with the same rows.
fn is_same_table(one: &EntityList, other: &EntityList) -> bool {
    let (a, b) = (ranges(one), ranges(other));
    let begins_before_end = |of: &[(usize, usize)], end: &[(usize, usize)]| {
        of.first().map(|range| range.0) < end.last().map(|range| range.1)
    };
    one.container == other.container
        && one.strategy == Strategy::TableColumn
        && other.strategy == Strategy::TableColumn
        && begins_before_end(&a, &b)
        && begins_before_end(&b, &a)
}

/// Whether the names of a list are those of another, shown again: for a smaller screen, or one of its slides.
fn repeats(shown: &Set<&str>, names: &Set<&str>) -> bool {
    names == shown || (names.len() == 1 && names.is_subset(shown))
}
