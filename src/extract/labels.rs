//! Links and images without any text that only an `aria-label` or a `title` names.

use html5ever::{LocalName, local_name};

use super::{
    css,
    draft::Sight,
    judge::{self, Topic},
    members, names, places, trim,
};
use crate::{
    entity::{EntityList, EntityName, NameSource, Strategy},
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

/// Finds rows of such elements, all of one path.
pub(super) fn find(sight: &Sight<'_>, topic: &Topic, uri: Option<&TargetUri>) -> Vec<EntityList> {
    let tree = sight.tree;
    let mut lists = Vec::new();
    let mut open: Vec<Labelled> = Vec::new();
    let mut heading = 0;
    let mut node = 1;
    while node < tree.nodes.len() {
        let at = node;
        node += 1;
        let drawn = matches!(
            *tree.name(at),
            local_name!("a") | local_name!("img") | local_name!("svg")
        ) || tree.attr(at, &local_name!("role")) == Some("img");
        if !drawn || !sight.flow.spans[at].is_empty() || sight.flow.regions[at] != Region::Main {
            continue;
        }
        let Some((surface, source)) = label(sight, at) else {
            continue;
        };
        let place = sight.flow.spans[at].start;
        let before = sight
            .flow
            .headings
            .partition_point(|it| it.range.start < place);
        let same = open
            .last()
            .is_some_and(|it| sight.paths[it.node] == sight.paths[at] && before == heading);
        if !same {
            lists.extend(list(sight, topic, uri, &std::mem::take(&mut open)));
        }
        heading = before;
        open.push(Labelled {
            node: at,
            surface,
            source,
        });
        node = tree.nodes[at].end;
    }
    lists.extend(list(sight, topic, uri, &open));
    lists
}

fn label(sight: &Sight<'_>, node: usize) -> Option<(String, NameSource)> {
    let tree = sight.tree;
    let own = |node: usize| {
        let aria = tree.attr_text(node, &LocalName::from("aria-label"));
        let title = tree.attr_text(node, &local_name!("title"));
        aria.map(|it| (it, NameSource::AriaLabel))
            .or(title.map(|it| (it, NameSource::Title)))
    };
    let (text, source) = own(node).or_else(|| tree.below(node).find_map(own))?;
    let line = one_line(text);
    let inner = trim::trim_alt(&line)?;
    Some((line[inner].to_owned(), source))
}

fn list(
    sight: &Sight<'_>,
    topic: &Topic,
    uri: Option<&TargetUri>,
    items: &[Labelled],
) -> Option<EntityList> {
    let (first, last) = (items.first()?, items.last()?);
    if items.len() < 2 {
        return None;
    }
    let tree = sight.tree;
    let container = std::iter::once(first.node)
        .chain(tree.ancestors(first.node))
        .find(|&it| last.node < tree.nodes[it].end)
        .unwrap_or(first.node);
    let heading = places::heading_before(sight, sight.flow.spans[first.node].start, container);
    let heading = heading.map(|it| sight.text(&it).replace('\n', " "));
    let looks: Vec<_> = items.iter().map(|it| names::look(&it.surface)).collect();
    let count = items.len() as f64;
    let mut score = 0.6 * looks.iter().map(|it| it.likeness).sum::<f64>() / count - 0.1;
    score -= looks
        .iter()
        .filter(|it| it.sort != names::Sort::Plain)
        .count() as f64
        / count
        * 0.6;
    if heading.as_deref().is_some_and(names::tells_strong_relation) {
        score += 0.2;
    }
    if topic.strong {
        score += 0.1;
    }
    Some(EntityList {
        heading,
        anchor: None,
        container: css::selector(tree, container),
        fingerprint: "labels".to_owned(),
        template: String::new(),
        strategy: Strategy::Logos,
        kind: judge::kind_of(score),
        score: score.clamp(0.0, 1.0),
        items: items
            .iter()
            .map(|it| EntityName {
                surface: it.surface.clone(),
                source: it.source,
                range: None,
                css: css::selector(tree, it.node),
                href: tree
                    .attr_text(it.node, &local_name!("href"))
                    .map(|it| members::absolute(uri, it)),
                hidden: sight.flow.hidden[it.node],
                also: Vec::new(),
            })
            .collect(),
    })
}
