//! Lists at the places of the CSS selectors in profiles.

use scraper::Selector;

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item},
        page_index::PageIndex,
        record,
    },
};

/// Applies each selector: the draft of the list there, `None` if it is not a selector or matches nothing with a name.
pub(in crate::extract) fn find(
    index: &PageIndex<'_>,
    selectors: &[String],
    drafts: &[Draft],
) -> Vec<Option<Draft>> {
    let draft = |selector: &String| {
        let nodes = index.tree.select(&Selector::parse(selector).ok()?);
        members(index, &nodes, drafts)
    };
    selectors.iter().map(draft).collect()
}

/// The list in the matched nodes: each node is a record, or one of them contains a list.
fn members(index: &PageIndex<'_>, nodes: &[usize], drafts: &[Draft]) -> Option<Draft> {
    let tree = index.tree;
    let within = |node: usize, item: &Item| node <= item.node && item.node < tree.nodes[node].end;
    let (container, items) = if let [only] = nodes {
        let inner = drafts
            .iter()
            .filter(|draft| {
                draft.items.len() > 1 && draft.items.iter().all(|item| within(*only, item))
            })
            .max_by_key(|draft| draft.items.len());
        match inner {
            Some(it) => (*only, it.items.clone()),
            None => (*only, record::name(index, &records_of(index, nodes))),
        }
    } else {
        (
            *nodes.first()?,
            record::name(index, &records_of(index, nodes)),
        )
    };
    let items = if items.is_empty() {
        lines(index, nodes)
    } else {
        items
    };
    (!items.is_empty()).then_some(Draft {
        strategy: Strategy::Selector,
        container,
        caption: None,
        items,
        observed: Vec::new(),
    })
}

fn records_of(index: &PageIndex<'_>, nodes: &[usize]) -> Vec<std::ops::Range<usize>> {
    nodes
        .iter()
        .map(|&node| node..index.tree.nodes[node].end)
        .collect()
}

/// Every line of the matched nodes.
fn lines(index: &PageIndex<'_>, nodes: &[usize]) -> Vec<Item> {
    let mut items = Vec::new();
    for &node in nodes {
        let span = &index.flow.spans[node];
        let mut at = span.start;
        for line in index.text(span).split('\n') {
            let range = index.trimmed(&(at..at + line.len()));
            at += line.len() + 1;
            if !range.is_empty() {
                items.push(Item {
                    node,
                    record: node..node + 1,
                    source: if index.is_alt(range.start) {
                        NameSource::Alt
                    } else {
                        NameSource::Text
                    },
                    range,
                });
            }
        }
    }
    items
}
