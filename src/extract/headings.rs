//! Headings that are names, each followed by its text.

use memchr::memchr;

use super::{
    draft::{Draft, Item, Sight},
    flow::heading_level,
    names::{self, Sort},
};
use crate::entity::{NameSource, Strategy};

/// Runs of headings of one level, not parted by a higher one.
pub(super) fn find(sight: &Sight<'_>) -> Vec<Draft> {
    let flow = sight.flow;
    let mut drafts = Vec::new();
    for level in 1..=6_u8 {
        let mut open: Vec<usize> = Vec::new();
        for (place, heading) in flow.headings.iter().enumerate() {
            if heading.level < level {
                drafts.extend(run(sight, &std::mem::take(&mut open)));
            } else if heading.level == level {
                let node = flow.heading_nodes[place];
                let same = open
                    .last()
                    .is_none_or(|&it| flow.regions[it] == flow.regions[node]);
                if !same {
                    drafts.extend(run(sight, &std::mem::take(&mut open)));
                }
                open.push(node);
            }
        }
        drafts.extend(run(sight, &open));
    }
    drafts
}

fn run(sight: &Sight<'_>, nodes: &[usize]) -> Option<Draft> {
    if nodes.len() < 2 {
        return None;
    }
    let tree = sight.tree;
    let mut items = Vec::new();
    for (place, &node) in nodes.iter().enumerate() {
        let span = &sight.flow.spans[node];
        let text = sight.text(span);
        let alt = sight.is_alt(span.start);
        let line = span.start..span.start + memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        let range = if alt {
            sight.trimmed_alt(&line)
        } else {
            Some(sight.trimmed(&line))
        };
        let Some(range) = range.filter(|it| !it.is_empty()) else {
            continue;
        };
        let look = sight.look(&range);
        if look.is_other() || look.sort == Sort::Chrome {
            continue;
        }
        let end = nodes
            .get(place + 1)
            .copied()
            .unwrap_or(tree.nodes[tree.nodes[node].parent].end)
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
        .find(|&it| last < tree.nodes[it].end)
        .unwrap_or(first);
    debug_assert!(heading_level(tree.name(first)).is_some());
    (items.len() > 1).then_some(Draft {
        strategy: Strategy::Headings,
        container,
        caption: None,
        bonus: if countries(sight, &items) || are_captions(sight, &items, container) {
            -0.6
        } else {
            0.0
        },
        items,
    })
}

/// Whether below most headings nothing but images with texts follows: they part logos into tiers, and name none.
fn are_captions(sight: &Sight<'_>, items: &[Item], container: usize) -> bool {
    let blocks = &sight.flow.blocks;
    let end = sight.flow.spans[container].end;
    let of_logos = items.iter().enumerate().filter(|(at, it)| {
        let next = items.get(at + 1).map_or(end, |it| it.range.start);
        let from = blocks.partition_point(|block| block.range.start < it.range.end);
        let to = blocks.partition_point(|block| block.range.start < next);
        from < to && blocks[from..to].iter().all(|block| block.alt)
    });
    of_logos.count() * 10 >= items.len() * 6
}

/// Whether most headings are countries: they part a list, and are none.
fn countries(sight: &Sight<'_>, items: &[Item]) -> bool {
    let count = items
        .iter()
        .filter(|it| names::is_country(sight.text(&it.range)))
        .count();
    count * 10 >= items.len() * 6
}
