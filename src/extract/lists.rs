//! The lists of a page.

use html5ever::local_name;

use super::{css, flow::Flow, tree::Tree};
use crate::{
    entity::{EntityList, EntityName, ListKind, NameSource, Strategy},
    reading::Region,
    uri::TargetUri,
};

/// Finds the lists of a page.
pub(super) fn find(tree: &Tree, flow: &Flow, uri: Option<&TargetUri>) -> Vec<EntityList> {
    let mut lists = Vec::new();
    for node in 1..tree.nodes.len() {
        if !matches!(*tree.name(node), local_name!("ul") | local_name!("ol")) {
            continue;
        }
        let items: Vec<EntityName> = tree
            .elements(node)
            .filter_map(|it| {
                let span = flow.spans[it].clone();
                let line = flow.text[span.clone()].find('\n').unwrap_or(span.len());
                let range = span.start..span.start + line;
                let anchor =
                    (it..tree.nodes[it].end).find(|&it| *tree.name(it) == local_name!("a"));
                let href = anchor.and_then(|it| tree.attr_text(it, &local_name!("href")));
                (!range.is_empty()).then(|| EntityName {
                    surface: flow.text[range.clone()].to_owned(),
                    source: NameSource::Text,
                    range: Some(range),
                    css: css::selector(tree, it),
                    href: href.map(|it| absolute(uri, it)),
                    hidden: flow.hidden[it],
                    also: Vec::new(),
                })
            })
            .collect();
        if items.is_empty() {
            continue;
        }
        let main = flow.regions[node] == Region::Main;
        lists.push(EntityList {
            heading: flow
                .headings
                .iter()
                .rev()
                .find(|it| it.range.end <= flow.spans[node].start)
                .map(|it| flow.text[it.range.clone()].to_owned()),
            anchor: None,
            container: css::selector(tree, node),
            fingerprint: "ul>li".to_owned(),
            strategy: Strategy::ListItems,
            kind: if main {
                ListKind::Names
            } else {
                ListKind::Other
            },
            score: if main { 0.6 } else { 0.1 },
            items,
        });
    }
    lists
}

fn absolute(uri: Option<&TargetUri>, href: &str) -> String {
    uri.and_then(|it| it.as_url().join(href).ok())
        .map_or_else(|| href.to_owned(), |it| it.to_string())
}
