//! Links and images without text, which only an `aria-label` or a `title` names.

use html5ever::{LocalName, local_name};

use crate::{
    entity::{EntityName, NameSource},
    extract::{
        judge::unseen::Unseen, list_item::absolute, location::heading_before, names,
        page_index::PageIndex, record::trim,
    },
    html::css,
    reading::Region,
    text::one_line,
    uri::TargetUri,
};

/// A labelled element.
struct Labelled {
    node: usize,
    surface: String,
    source: NameSource,
}

/// Finds rows of such elements with the same path; addresses are resolved against `uri`.
pub(in crate::extract) fn find(index: &PageIndex<'_>, uri: Option<&TargetUri>) -> Vec<Unseen> {
    let tree = index.tree;
    let mut lists = Vec::new();
    let mut open: Vec<Labelled> = Vec::new();
    let mut heading = 0;
    let mut next = 1;
    while next < tree.nodes.len() {
        let node = next;
        next += 1;
        if !is_image(index, node) || index.flow.regions[node] != Region::Main {
            continue;
        }
        let Some((surface, source)) = label(index, node) else {
            continue;
        };
        let start = index.flow.spans[node].start;
        let headings = &index.flow.headings;
        let before = headings.partition_point(|heading| heading.range.start < start);
        let goes_on = open
            .last()
            .is_some_and(|last| index.paths[last.node] == index.paths[node] && before == heading);
        if !goes_on {
            lists.extend(list(index, uri, &std::mem::take(&mut open)));
        }
        heading = before;
        open.push(Labelled {
            node,
            surface,
            source,
        });
        next = tree.nodes[node].end;
    }
    lists.extend(list(index, uri, &open));
    lists
}

/// Whether an element is a link or an image without any text.
fn is_image(index: &PageIndex<'_>, node: usize) -> bool {
    let tree = index.tree;
    let drawn = matches!(
        *tree.name(node),
        local_name!("a") | local_name!("img") | local_name!("svg")
    ) || tree.attr(node, &local_name!("role")) == Some("img");
    drawn && index.flow.spans[node].is_empty()
}

/// The label of an element, or of the first inside that has one.
fn label(index: &PageIndex<'_>, node: usize) -> Option<(String, NameSource)> {
    let tree = index.tree;
    let own = |node: usize| {
        let aria = tree.attr_text(node, &LocalName::from("aria-label"));
        let title = tree.attr_text(node, &local_name!("title"));
        aria.map(|text| (text, NameSource::AriaLabel))
            .or(title.map(|text| (text, NameSource::Title)))
    };
    let (text, source) = own(node).or_else(|| tree.below(node).find_map(own))?;
    let line = one_line(text);
    let inner = trim::trim_alt(&line)?;
    Some((line[inner].to_owned(), source))
}

/// The list of two or more labelled elements.
fn list(index: &PageIndex<'_>, uri: Option<&TargetUri>, row: &[Labelled]) -> Option<Unseen> {
    let [first, .., last] = row else {
        return None;
    };
    let tree = index.tree;
    let container = std::iter::once(first.node)
        .chain(tree.ancestors(first.node))
        .find(|&node| last.node < tree.nodes[node].end)
        .unwrap_or(first.node);
    let heading = heading_before(index, index.flow.spans[first.node].start, container);
    let heading = heading.map(|range| index.text(&range).replace('\n', " "));
    let item = |labelled: &Labelled| {
        let href = tree.attr_text(labelled.node, &local_name!("href"));
        EntityName {
            surface: labelled.surface.clone(),
            source: labelled.source,
            range: None,
            css: css::selector(tree, labelled.node),
            href: href.map(|href| absolute(uri, href)),
            hidden: index.flow.hidden[labelled.node],
            also: Vec::new(),
        }
    };
    Some(Unseen {
        announced: heading.as_deref().is_some_and(names::tells_strong_relation),
        heading,
        container: css::selector(tree, container),
        fingerprint: "labels".to_owned(),
        items: row.iter().map(item).collect(),
        typed: 0.0,
    })
}
