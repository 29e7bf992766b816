//! Lists at the places that profiles name by CSS selectors.

use scraper::{Html, HtmlTreeSink, Node, Selector};

use super::{
    draft::{Draft, Item, Sight},
    records, sink,
    tree::Tree,
};
use crate::entity::{NameSource, Strategy};

/// What a profile's selector led to.
pub(super) enum Selected {
    /// The draft of the list there.
    Found(Draft),
    /// Nothing, or no selector at all.
    Lost,
}

/// Follows each selector.
pub(super) fn find(
    sight: &Sight<'_>,
    source: &str,
    selectors: &[String],
    drafts: &[Draft],
) -> Vec<Selected> {
    if selectors.is_empty() {
        return Vec::new();
    }
    let (html, _) = sink::parse_into(
        HtmlTreeSink::new(Html::new_document()),
        source,
        sight.tree.xhtml,
        |_| true,
    );
    selectors
        .iter()
        .map(|it| match matching(sight.tree, &html, it) {
            nodes if nodes.is_empty() => Selected::Lost,
            nodes => match members(sight, &nodes, drafts) {
                Some(it) => Selected::Found(it),
                None => Selected::Lost,
            },
        })
        .collect()
}

/// The nodes of our tree that a selector matches. Both trees are built by one parser, so the n-th element of one is
/// the n-th of the other.
fn matching(tree: &Tree, html: &Html, selector: &str) -> Vec<usize> {
    let Ok(selector) = Selector::parse(selector) else {
        return Vec::new();
    };
    let matched: std::collections::HashSet<_> = html.select(&selector).map(|it| it.id()).collect();
    let theirs = html.tree.root().descendants().filter(|it| {
        matches!(it.value(), Node::Element(_))
            && !it
                .ancestors()
                .any(|it| matches!(it.value(), Node::Fragment))
    });
    let ours = (1..tree.nodes.len()).filter(|&it| tree.is_element(it));
    theirs
        .zip(ours)
        .filter(|(it, _)| matched.contains(&it.id()))
        .map(|it| it.1)
        .collect()
}

/// The list that the matched nodes hold: each a record, or one that holds a list.
fn members(sight: &Sight<'_>, nodes: &[usize], drafts: &[Draft]) -> Option<Draft> {
    let tree = sight.tree;
    let within = |node: usize, item: &Item| node <= item.node && item.node < tree.nodes[node].end;
    let (container, items) = if let [only] = nodes {
        let inner = drafts
            .iter()
            .filter(|it| it.items.len() > 1 && it.items.iter().all(|it| within(*only, it)))
            .max_by_key(|it| it.items.len());
        match inner {
            Some(it) => (*only, it.items.clone()),
            None => (*only, records::name(sight, &records_of(sight, nodes))),
        }
    } else {
        (
            *nodes.first()?,
            records::name(sight, &records_of(sight, nodes)),
        )
    };
    let items = if items.is_empty() {
        lines(sight, nodes)
    } else {
        items
    };
    (!items.is_empty()).then_some(Draft {
        strategy: Strategy::Selector,
        container,
        caption: None,
        items,
        bonus: 0.0,
    })
}

fn records_of(sight: &Sight<'_>, nodes: &[usize]) -> Vec<std::ops::Range<usize>> {
    nodes
        .iter()
        .map(|&it| it..sight.tree.nodes[it].end)
        .collect()
}

/// Every line of the matched nodes.
fn lines(sight: &Sight<'_>, nodes: &[usize]) -> Vec<Item> {
    let mut items = Vec::new();
    for &node in nodes {
        let span = &sight.flow.spans[node];
        let mut at = span.start;
        for line in sight.text(span).split('\n') {
            let range = sight.trimmed(&(at..at + line.len()));
            at += line.len() + 1;
            if !range.is_empty() {
                items.push(Item {
                    node,
                    record: node..node + 1,
                    source: if sight.is_alt(range.start) {
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
