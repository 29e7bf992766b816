//! Names behind their offices, in paragraphs with others between them: "**Treasurer**: Jane Roe".

use std::ops::Range;

use html5ever::local_name;

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item, Observed},
        judge::name_signs::LIKELY,
        names::Sort,
        page_index::PageIndex,
    },
    html::Kind,
    reading::Region,
};

/// The longest line of an office and a name, in bytes.
const LONGEST: usize = 100;

/// Finds the paragraphs that begin with a highlighted office before a name, where other paragraphs are between them.
pub(super) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    const LEAST: usize = 3;
    let tree = index.tree;
    let mut drafts = Vec::new();
    let mut last = 0;
    for first in 1..tree.nodes.len() {
        let parent = tree.nodes[first].parent;
        if parent <= last || *tree.name(first) != local_name!("p") {
            continue;
        }
        last = parent;
        let paragraphs = || {
            tree.elements(parent)
                .filter(|node| *tree.name(*node) == local_name!("p"))
        };
        let named = paragraphs().filter_map(|node| Some((node, behind_office(index, node)?)));
        let named: Vec<(usize, Named)> = named.collect();
        let offices = named.iter().filter(|(_, named)| named.office).count();
        let all = paragraphs().filter(|node| !index.flow.spans[*node].is_empty());
        if named.len() < LEAST || offices * 2 < named.len() || all.count() == named.len() {
            continue;
        }
        let item = |(node, named): (usize, Named)| Item {
            node,
            record: node..tree.nodes[node].end,
            range: named.range,
            source: NameSource::Text,
        };
        drafts.push(Draft {
            strategy: Strategy::Cards,
            container: parent,
            caption: None,
            items: named.into_iter().map(item).collect(),
            observed: vec![(Observed::Announced, 1.0)],
        });
    }
    drafts
}

/// What is behind the highlighted beginning of a paragraph.
struct Named {
    range: Range<usize>,
    /// Whether the beginning is a known office.
    office: bool,
}

/// The name behind the highlighted beginning of a paragraph of one line.
fn behind_office(index: &PageIndex<'_>, node: usize) -> Option<Named> {
    let tree = index.tree;
    let span = &index.flow.spans[node];
    let text = index.text(span);
    if span.is_empty() || span.len() > LONGEST || text.contains('\n') {
        return None;
    }
    if index.flow.regions[node] != Region::Main {
        return None;
    }
    let lead = tree.elements(node).next().filter(|lead| {
        matches!(
            *tree.name(*lead),
            local_name!("strong") | local_name!("b") | local_name!("em") | local_name!("u")
        )
    })?;
    let head = &index.flow.spans[lead];
    let begins = head.start == span.start && head.end < span.end;
    let inner = tree.elements(node).nth(1).is_some();
    let is_text = |at: usize| matches!(tree.nodes[at].kind, Kind::Text(_));
    if !begins || inner || !(node + 1..tree.nodes[node].end).any(is_text) {
        return None;
    }
    let label = index.trimmed(head);
    let range = index.trimmed(&(head.end..span.end));
    let colon = index.text(head).trim_end().ends_with(':')
        || index.flow.text[head.end..span.end]
            .trim_start()
            .starts_with(':');
    let office = index.signs(&label).sort == Sort::Role;
    let signs = index.signs(&range);
    let named = !range.is_empty() && signs.likeness >= LIKELY && signs.sort == Sort::Plain;
    (named && (colon || office)).then_some(Named { range, office })
}
