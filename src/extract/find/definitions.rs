//! The terms of definition lists, and their definitions if the terms are only labels.

use std::ops::Range;

use html5ever::{LocalName, local_name};

use crate::{
    entity::Strategy,
    extract::{
        draft::{Draft, Item, Observed},
        names::is_country,
        page_index::PageIndex,
        record,
    },
};

/// Finds the definition lists: for each `dl` a list of its terms and one of its definitions.
pub(super) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let tree = index.tree;
    let mut drafts = Vec::new();
    for list in 1..tree.nodes.len() {
        if *tree.name(list) == local_name!("dl") {
            drafts.extend(terms(index, list));
            drafts.extend(definitions(index, list));
        }
    }
    drafts
}

/// The terms of a list.
fn terms(index: &PageIndex<'_>, list: usize) -> Option<Draft> {
    let items = named(index, list, &local_name!("dt"));
    let countries = items
        .iter()
        .filter(|item| is_country(index.text(&item.range)))
        .count();
    let observed = if countries * 2 > items.len() {
        Observed::Countries
    } else {
        Observed::Terms
    };
    draft(list, items, vec![(observed, 1.0)])
}

/// The definitions of a list.
fn definitions(index: &PageIndex<'_>, list: usize) -> Option<Draft> {
    draft(list, named(index, list, &local_name!("dd")), Vec::new())
}

/// The names in the parts of a list with one tag. A record continues until the next one: a definition describes its term.
fn named(index: &PageIndex<'_>, list: usize, part: &LocalName) -> Vec<Item> {
    let tree = index.tree;
    let records: Vec<Range<usize>> = tree
        .below(list)
        .filter(|&node| tree.name(node) == part && !index.flow.spans[node].is_empty())
        .map(|node| node..tree.nodes[node].end)
        .collect();
    let mut items = record::name(index, &records);
    for place in 0..items.len() {
        let next = items.get(place + 1).map(|item| item.record.start);
        items[place].record.end = next.unwrap_or(tree.nodes[list].end);
    }
    items
}

/// A draft of two items or more.
fn draft(container: usize, items: Vec<Item>, observed: Vec<(Observed, f64)>) -> Option<Draft> {
    (items.len() > 1).then_some(Draft {
        strategy: Strategy::DefinitionList,
        container,
        caption: None,
        items,
        observed,
    })
}
