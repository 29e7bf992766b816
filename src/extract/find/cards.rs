//! Repeated siblings of one shape, each with a heading, a link or an image that names it.

use crate::{
    entity::Strategy,
    extract::{
        draft::{Draft, Item},
        page_index::PageIndex,
    },
    html::heading_level,
};

use super::siblings::{self, Group, is_index};

/// Finds the rows of cards.
pub(super) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for group in siblings::groups(index, Strategy::Cards) {
        let parts = under_headings(index, &group);
        if parts.is_empty() {
            drafts.extend(siblings::draft(index, &group));
        } else {
            drafts.extend(parts);
        }
    }
    drafts
}

/// The parts of a list that headings between its records divide, if most have several names; none if nothing divides it.
fn under_headings(index: &PageIndex<'_>, group: &Group) -> Vec<Draft> {
    let cuts = cuts(index, group);
    if cuts.is_empty() {
        return Vec::new();
    }
    let mut parts: Vec<Vec<Item>> = Vec::new();
    let mut last = None;
    for item in &group.items {
        let under = cuts.partition_point(|cut| *cut < item.record.start);
        if last.replace(under) != Some(under) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(item.clone());
        }
    }
    let lone = parts.iter().filter(|part| part.len() < 2).count();
    // A record that has several names is a list of its own.
    let is_box = |part: &&Vec<Item>| part.windows(2).any(|pair| pair[1].record.len() == 1);
    let boxes = parts.iter().filter(is_box).count();
    if parts.len() < 2 || lone * 3 > parts.len() && boxes < 2 {
        return Vec::new();
    }
    let draft = |items| Draft {
        strategy: group.strategy,
        container: group.parent,
        caption: None,
        items,
        observed: Vec::new(),
    };
    parts.into_iter().map(draft).collect()
}

/// The headings among the siblings of a group, unless they only divide it by the alphabet.
fn cuts(index: &PageIndex<'_>, group: &Group) -> Vec<usize> {
    let [first, _, _, .., last] = &group.items[..] else {
        return Vec::new();
    };
    let headings = &index.flow.headings;
    let before = headings.partition_point(|heading| heading.range.start < first.range.end);
    let is_between = headings
        .get(before)
        .is_some_and(|heading| heading.range.start <= last.range.start);
    if !is_between {
        return Vec::new();
    }
    let tree = index.tree;
    tree.elements(group.parent)
        .filter(|node| heading_level(tree.name(*node)).is_some())
        .filter(|node| !is_index(index.text(&index.flow.spans[*node])))
        .collect()
}
