//! Where a list stands: its heading, the anchor that leads there, and the path by which it is known again.

use std::ops::Range;

use html5ever::local_name;

use super::draft::{Draft, Item, Sight, mix, mix_number};
use crate::entity::Strategy;

/// The heading that a list stands under: its caption, or the last heading before it that is not one of its own.
pub(super) fn heading_of(sight: &Sight<'_>, draft: &Draft, items: &[Item]) -> Option<Range<usize>> {
    if let Some(caption) = &draft.caption {
        return Some(caption.clone());
    }
    let first = items.first()?;
    let start = sight.flow.spans[first.record.start]
        .start
        .min(first.range.start);
    let own = super::flow::heading_level(sight.tree.name(first.node))
        .filter(|_| draft.strategy == Strategy::Headings);
    let before = sight
        .flow
        .headings
        .partition_point(|it| it.range.start < start);
    let heading = sight.flow.headings[..before]
        .iter()
        .rev()
        .find(|it| it.range.end <= start && own.is_none_or(|own| it.level < own))
        .map(|it| it.range.clone());
    nearer(
        sight,
        heading,
        caption_before(sight, start, draft.container),
    )
}

/// The heading that a place in the text stands under.
pub(super) fn heading_before(
    sight: &Sight<'_>,
    start: usize,
    container: usize,
) -> Option<Range<usize>> {
    let before = sight
        .flow
        .headings
        .partition_point(|it| it.range.start < start);
    let heading = sight.flow.headings[..before]
        .last()
        .map(|it| it.range.clone());
    nearer(sight, heading, caption_before(sight, start, container))
}

/// The caption if it tells more than the heading: not if it is a sentence below it.
fn nearer(
    sight: &Sight<'_>,
    heading: Option<Range<usize>>,
    caption: Option<Range<usize>>,
) -> Option<Range<usize>> {
    match (heading, caption) {
        (Some(heading), Some(caption)) => {
            let words = sight.text(&caption).split(' ').count();
            let follows = caption.start <= heading.end + 1;
            Some(if caption.start < heading.end || (follows && words > 5) {
                heading
            } else {
                caption
            })
        }
        (heading, caption) => heading.or(caption),
    }
}

/// A short line right before a list that tells what it is.
fn caption_before(sight: &Sight<'_>, start: usize, container: usize) -> Option<Range<usize>> {
    let blocks = &sight.flow.blocks;
    let after = blocks.partition_point(|it| it.range.start < start);
    let block = &blocks[after.checked_sub(1)?];
    let text = sight.text(&block.range);
    let near = block.region == sight.flow.regions[container];
    let short = text.len() <= 200 && text.chars().count() <= 90;
    if !near || block.alt || !short || text.ends_with('.') {
        return None;
    }
    let told = text.ends_with(':')
        || sight.telling(&block.range).strong
        || is_titled(sight, start, &block.range, container);
    told.then(|| block.range.clone())
}

/// Whether a line is set before a list by an element that calls itself a title: the first in the box of both.
fn is_titled(sight: &Sight<'_>, start: usize, line: &Range<usize>, container: usize) -> bool {
    let tree = sight.tree;
    let spans = &sight.flow.spans;
    let Some(boxed) = std::iter::once(container)
        .chain(tree.ancestors(container))
        .take(4)
        .find(|&it| spans[it].start <= line.start && spans[it].end >= start)
    else {
        return false;
    };
    spans[boxed].start == line.start
        && (boxed + 1..tree.nodes[boxed].end.min(boxed + 6)).any(|it| {
            spans[it] == *line
                && tree.classes(it).any(|it| {
                    let it = it.to_ascii_lowercase();
                    ["title", "heading", "header", "caption", "label"]
                        .iter()
                        .any(|word| it.ends_with(word))
                })
        })
}

/// The nearest place, the heading, the container or what holds both, that a fragment can point at.
pub(super) fn anchor_of(
    sight: &Sight<'_>,
    container: usize,
    heading: Option<&Range<usize>>,
) -> Option<String> {
    let tree = sight.tree;
    let id = |it: usize| tree.attr_text(it, &local_name!("id"));
    let holder = std::iter::once(container)
        .chain(tree.ancestors(container))
        .find(|&it| id(it).is_some());
    let heading = heading.and_then(|range| {
        let place = sight
            .flow
            .headings
            .partition_point(|it| it.range.start < range.start);
        let node = *sight.flow.heading_nodes.get(place)?;
        (sight.flow.headings[place].range == *range).then_some(node)
    });
    // A heading inside the holder is nearer than the holder.
    let nearer = heading
        .filter(|&it| holder.is_none_or(|holder| holder < it && it < tree.nodes[holder].end))
        .and_then(|it| {
            (it..tree.nodes[it].end)
                .find_map(|it| id(it).or_else(|| tree.attr_text(it, &local_name!("name"))))
        });
    nearer.or_else(|| id(holder?)).map(str::to_owned)
}

/// What the list is known by at the next visit: what found it, and the path of tags to its items. No class is in it:
/// a page whose classes were renamed shows the same list.
pub(super) fn fingerprint(sight: &Sight<'_>, draft: &Draft, first: &Item) -> String {
    let tree = sight.tree;
    let mut steps = [first.node; 6];
    let mut count = 1;
    for (step, it) in steps[1..].iter_mut().zip(tree.ancestors(first.node)) {
        *step = it;
        count += 1;
    }
    let mut text = String::with_capacity(96);
    text.push_str(found_by(draft.strategy));
    for (place, &it) in steps[..count].iter().rev().enumerate() {
        text.push(if place > 0 { '>' } else { ' ' });
        text.push_str(tree.name(it));
    }
    text.make_ascii_lowercase();
    text
}

/// What found a list, as fingerprints spell it.
fn found_by(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::ListItems => "listitems",
        Strategy::TableColumn => "tablecolumn",
        Strategy::Cards => "cards",
        Strategy::DefinitionList => "definitionlist",
        Strategy::Lines => "lines",
        Strategy::Prose => "prose",
        Strategy::Headings => "headings",
        Strategy::Logos => "logos",
        Strategy::Structured => "structured",
        Strategy::PlainLines => "plainlines",
        Strategy::Selector => "selector",
    }
}

/// [`make`] as the list carries it.
pub(super) fn template(sight: &Sight<'_>, first: &Item) -> String {
    let make = make(sight, first);
    let digit = |it: u32| char::from(b"0123456789abcdef"[(make >> (60 - 4 * it) & 15) as usize]);
    let mut text = String::with_capacity(16);
    text.extend((0..16).map(digit));
    text
}

/// A hash of the tags and first classes near a list's items: what was written by one template has it in common.
pub(super) fn make(sight: &Sight<'_>, first: &Item) -> u64 {
    let tree = sight.tree;
    std::iter::once(first.node)
        .chain(tree.ancestors(first.node))
        .take(6)
        .fold(0, |hash, it| {
            mix_number(mix(hash, tree.name(it).as_bytes()), tree.class(it).first)
        })
}
