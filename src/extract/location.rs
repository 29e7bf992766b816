//! Where a list stands: its heading, the anchor that leads there, and the path by which it is known again.

use std::ops::Range;

use html5ever::local_name;

use super::{
    draft::{Draft, Item},
    fast_hash::{mix, mix_number},
    page_index::PageIndex,
};
use crate::{entity::Strategy, html::heading_level};

/// The heading that a list stands under: its caption, or the last heading before it that is not one of its own.
pub(super) fn heading_of(
    index: &PageIndex<'_>,
    draft: &Draft,
    items: &[Item],
) -> Option<Range<usize>> {
    if let Some(caption) = &draft.caption {
        return Some(caption.clone());
    }
    let first = items.first()?;
    let start = index.flow.spans[first.record.start]
        .start
        .min(first.range.start);
    let own =
        heading_level(index.tree.name(first.node)).filter(|_| draft.strategy == Strategy::Headings);
    let before = index
        .flow
        .headings
        .partition_point(|heading| heading.range.start < start);
    let made = path_of_heading(index, first);
    let heading = index.flow.headings[..before]
        .iter()
        .zip(&index.flow.heading_nodes)
        .rev()
        .filter(|(heading, _)| heading.range.end <= start)
        .filter(|(heading, _)| own.is_none_or(|own| heading.level < own))
        .filter(|(_, node)| made != Some(index.paths[**node]))
        .find(|(heading, _)| !is_title_of_column(index, draft, heading.range.start))
        .map(|(heading, _)| heading.range.clone());
    nearer(
        index,
        heading,
        caption_before(index, start, draft.container),
    )
}

/// The path of the heading that an item is, or is in: headings in the same place of other records are names, too.
fn path_of_heading(index: &PageIndex<'_>, item: &Item) -> Option<u64> {
    std::iter::once(item.node)
        .chain(index.tree.ancestors(item.node))
        .take_while(|at| *at >= item.record.start)
        .find(|at| heading_level(index.tree.name(*at)).is_some())
        .map(|at| index.paths[at])
}

/// Whether a heading is inside the table whose column a draft is: it is the title of a column.
fn is_title_of_column(index: &PageIndex<'_>, draft: &Draft, heading: usize) -> bool {
    draft.strategy == Strategy::TableColumn && index.flow.spans[draft.container].start <= heading
}

/// The heading that a place in the text stands under.
pub(super) fn heading_before(
    index: &PageIndex<'_>,
    start: usize,
    container: usize,
) -> Option<Range<usize>> {
    let before = index
        .flow
        .headings
        .partition_point(|heading| heading.range.start < start);
    let heading = index.flow.headings[..before]
        .last()
        .map(|heading| heading.range.clone());
    nearer(index, heading, caption_before(index, start, container))
}

/// The caption if it tells more than the heading: not if it is a sentence below it.
fn nearer(
    index: &PageIndex<'_>,
    heading: Option<Range<usize>>,
    caption: Option<Range<usize>>,
) -> Option<Range<usize>> {
    match (heading, caption) {
        (Some(heading), Some(caption)) => {
            let words = index.text(&caption).split(' ').count();
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
fn caption_before(index: &PageIndex<'_>, start: usize, container: usize) -> Option<Range<usize>> {
    let blocks = &index.flow.blocks;
    let after = blocks.partition_point(|block| block.range.start < start);
    let block = &blocks[after.checked_sub(1)?];
    let text = index.text(&block.range);
    let near = block.region == index.flow.regions[container];
    let short = text.len() <= 200 && text.chars().count() <= 90;
    if !near || block.alt || !short || text.ends_with(['.', '。']) {
        return None;
    }
    let told = text.ends_with(':')
        || index.telling(&block.range).strong
        || is_titled(index, start, &block.range, container);
    told.then(|| block.range.clone())
}

/// Whether a line is set before a list by an element that calls itself a title: the first in the box of both.
fn is_titled(index: &PageIndex<'_>, start: usize, line: &Range<usize>, container: usize) -> bool {
    const NEAR: usize = 6;
    let tree = index.tree;
    let spans = &index.flow.spans;
    let Some(boxed) = std::iter::once(container)
        .chain(tree.ancestors(container))
        .take(4)
        .find(|&at| spans[at].start <= line.start && spans[at].end >= start)
    else {
        return false;
    };
    let titled = |at: usize| {
        spans[at] == *line
            && tree.classes(at).any(|class| {
                let it = class.to_ascii_lowercase();
                ["title", "heading", "header", "caption", "label", "eyebrow"]
                    .iter()
                    .any(|word| it.ends_with(word))
            })
    };
    spans[boxed].start == line.start
        && (boxed + 1..tree.nodes[boxed].end.min(boxed + NEAR)).any(titled)
        || (container.saturating_sub(NEAR)..container)
            .filter(|at| tree.nodes[*at].parent == tree.nodes[container].parent)
            .any(titled)
}

/// The nearest place, the heading, the container or what holds both, that a fragment can point at.
pub(super) fn anchor_of(
    index: &PageIndex<'_>,
    container: usize,
    heading: Option<&Range<usize>>,
) -> Option<String> {
    let tree = index.tree;
    let id = |at: usize| tree.attr_text(at, &local_name!("id"));
    let holder = std::iter::once(container)
        .chain(tree.ancestors(container))
        .find(|&it| id(it).is_some());
    let heading = heading.and_then(|range| {
        let place = index
            .flow
            .headings
            .partition_point(|heading| heading.range.start < range.start);
        let node = *index.flow.heading_nodes.get(place)?;
        (index.flow.headings[place].range == *range).then_some(node)
    });
    // A heading inside the holder is nearer than the holder.
    let nearer = heading
        .filter(|&heading| {
            holder.is_none_or(|holder| holder < heading && heading < tree.nodes[holder].end)
        })
        .and_then(|heading| {
            (heading..tree.nodes[heading].end)
                .find_map(|at| id(at).or_else(|| tree.attr_text(at, &local_name!("name"))))
        });
    nearer.or_else(|| id(holder?)).map(str::to_owned)
}

/// What the list is known by at the next visit: what found it, and the path of tags to its items. No class is in it:
/// a page whose classes were renamed shows the same list.
pub(super) fn fingerprint(index: &PageIndex<'_>, draft: &Draft, first: &Item) -> String {
    let tree = index.tree;
    let mut steps = [first.node; 6];
    let mut count = 1;
    for (step, it) in steps[1..].iter_mut().zip(tree.ancestors(first.node)) {
        *step = it;
        count += 1;
    }
    let mut text = String::with_capacity(96);
    text.push_str(found_by(draft.strategy));
    for (place, &step) in steps[..count].iter().rev().enumerate() {
        text.push(if place > 0 { '>' } else { ' ' });
        text.push_str(tree.name(step));
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
pub(super) fn template(index: &PageIndex<'_>, first: &Item) -> String {
    let make = make(index, first);
    let digit =
        |number: u32| char::from(b"0123456789abcdef"[(make >> (60 - 4 * number) & 15) as usize]);
    let mut text = String::with_capacity(16);
    text.extend((0..16).map(digit));
    text
}

/// A hash of the tags and first classes near a list's items: what was written by one template has it in common.
pub(super) fn make(index: &PageIndex<'_>, first: &Item) -> u64 {
    let tree = index.tree;
    std::iter::once(first.node)
        .chain(tree.ancestors(first.node))
        .take(6)
        .fold(0, |hash, it| {
            mix_number(mix(hash, tree.name(it).as_bytes()), index.class(it).first)
        })
}
