//! Headings that are names, each followed by its text.

use html5ever::local_name;
use memchr::memchr;

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item, Observed},
        judge::name_signs::CLEAR,
        names::{self, Sort},
        page_index::PageIndex,
        record,
    },
    html::heading_level,
};

/// Runs of headings of one level, not parted by a higher one.
pub(in crate::extract) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let flow = index.flow;
    let mut drafts = Vec::new();
    for level in 1..=6_u8 {
        let mut open: Vec<usize> = Vec::new();
        for (place, heading) in flow.headings.iter().enumerate() {
            if heading.level < level {
                let end = flow.heading_nodes[place];
                drafts.extend(run(index, &std::mem::take(&mut open), end));
            } else if heading.level == level {
                let node = flow.heading_nodes[place];
                let same = open
                    .last()
                    .is_none_or(|&open| flow.regions[open] == flow.regions[node]);
                if !same {
                    drafts.extend(run(index, &std::mem::take(&mut open), node));
                }
                open.push(node);
            }
        }
        drafts.extend(run(index, &open, usize::MAX));
    }
    drafts
}

/// The headings without the few that are placed or styled otherwise than the others: the heading of the list itself, and of what
/// follows it.
fn of_one_make(index: &PageIndex<'_>, nodes: &[usize]) -> Vec<usize> {
    const LEAST: usize = 3;
    let count = |make: u64| nodes.iter().filter(|it| index.paths[**it] == make).count();
    let usual = nodes.iter().map(|it| index.paths[*it]);
    let usual = usual.max_by_key(|make| count(*make)).unwrap_or_default();
    let alike = count(usual);
    if alike < LEAST || alike * 5 < nodes.len() * 3 {
        return nodes.to_vec();
    }
    let of_it = nodes.iter().filter(|it| index.paths[**it] == usual);
    of_it.copied().collect()
}

/// The draft of a run of headings, the last of which heads what is before node `behind`.
fn run(index: &PageIndex<'_>, nodes: &[usize], behind: usize) -> Option<Draft> {
    if nodes.len() < 2 {
        return None;
    }
    let nodes = &of_one_make(index, nodes)[..];
    let tree = index.tree;
    let mut items = Vec::new();
    for (place, &node) in nodes.iter().enumerate() {
        let span = &index.flow.spans[node];
        let text = index.text(span);
        let alt = index.is_alt(span.start);
        let line = span.start..span.start + memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        let range = if alt {
            index.trimmed_alt(&line)
        } else {
            let head = record::before_small(index, node, &line);
            Some(index.trimmed(&head.unwrap_or(line)))
        };
        let Some(range) = range.filter(|range| !range.is_empty()) else {
            continue;
        };
        let signs = index.signs(&range);
        if signs.is_other() || signs.sort == Sort::Chrome {
            continue;
        }
        let end = nodes
            .get(place + 1)
            .copied()
            .unwrap_or_else(|| tree.nodes[tree.nodes[node].parent].end.min(behind))
            .max(node + 1);
        items.push(Item {
            node,
            record: node..end,
            range,
            source: if alt {
                NameSource::Alt
            } else {
                NameSource::Text
            },
        });
    }
    let (&first, &last) = (nodes.first()?, nodes.last()?);
    let container = tree
        .ancestors(first)
        .find(|&node| last < tree.nodes[node].end)
        .unwrap_or(first);
    debug_assert!(heading_level(tree.name(first)).is_some());
    if are_titles(index, container, nodes) {
        return None;
    }
    (items.len() > 1).then_some(Draft {
        strategy: Strategy::Headings,
        container,
        caption: None,
        observed: observed(index, &items, container),
        items,
    })
}

/// What is seen of headings that name nobody: they are countries, or divide logos.
fn observed(index: &PageIndex<'_>, items: &[Item], container: usize) -> Vec<(Observed, f64)> {
    if are_above_logos(index, items, container)
        || are_above_names(index, items)
        || are_groups(index, items)
    {
        vec![(Observed::TiersOfLogos, 1.0)]
    } else {
        Vec::new()
    }
}

/// Whether the headings are the titles of the columns of a table: each is all of a cell of one row.
fn are_titles(index: &PageIndex<'_>, container: usize, nodes: &[usize]) -> bool {
    let spans = &index.flow.spans;
    let fills = |node: &usize| spans[*node] == spans[index.tree.nodes[*node].parent];
    *index.tree.name(container) == local_name!("tr") && nodes.iter().all(fills)
}

/// Whether below most headings nothing but images with texts follows: they part logos into tiers, and name none.
fn are_above_logos(index: &PageIndex<'_>, items: &[Item], container: usize) -> bool {
    let blocks = &index.flow.blocks;
    let end = index.flow.spans[container].end;
    let of_logos = items.iter().enumerate().filter(|(at, entry)| {
        let next = items.get(at + 1).map_or(end, |item| item.range.start);
        let from = blocks.partition_point(|block| block.range.start < entry.range.end);
        let to = blocks.partition_point(|block| block.range.start < next);
        from < to && blocks[from..to].iter().all(|block| block.alt)
    });
    of_logos.count() * 10 >= items.len() * 6
}

/// Whether below most headings stand elements whose class calls them names: the headings part these, and name none.
fn are_above_names(index: &PageIndex<'_>, items: &[Item]) -> bool {
    let tree = index.tree;
    let names = |item: &&Item| {
        let own = heading_level(tree.name(item.node));
        let mut behind = tree.nodes[item.node].end..item.record.end;
        behind.any(|node| {
            tree.is_element(node)
                && index.class(node).names_itself
                && heading_level(tree.name(node)).is_none_or(|level| Some(level) > own)
                && index
                    .signs(&index.trimmed(&index.flow.spans[node]))
                    .likeness
                    >= CLEAR
        })
    };
    items.iter().filter(names).count() * 10 >= items.len() * 6
}

/// Whether most headings say who is listed below them, and none is an organization: "Faculty", "Students", "Alumni".
fn are_groups(index: &PageIndex<'_>, items: &[Item]) -> bool {
    const LEAST: usize = 3;
    let group = |item: &&Item| {
        let text = index.text(&item.range);
        let short = text.split(' ').count() <= 3;
        short && (names::says_group(text) || index.telling(&item.range).strong)
    };
    items.len() >= LEAST && items.iter().filter(group).count() * 10 >= items.len() * 6
}
