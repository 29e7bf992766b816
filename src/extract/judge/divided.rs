//! Lists that headings divide: the records are of one make, and each group under its own heading is a list of its own.

use std::ops::Range;

use html5ever::local_name;

use crate::{
    entity::{ListKind, Strategy},
    extract::{
        draft::Item,
        fast_hash::Set,
        find::is_index,
        location::heading_of,
        names::{self, Sort},
        page_index::PageIndex,
    },
    html::heading_level,
};

use super::{
    judged::Judged,
    list_signs::{MOST_OF_PARTS, PART_OF_ANOTHER},
};

/// Parts every list of names at what stands between its records.
pub(super) fn divide<'a>(index: &PageIndex<'a>, judged: Vec<Judged<'a>>) -> Vec<Judged<'a>> {
    let mut divided = Vec::with_capacity(judged.len());
    for list in judged {
        let parts = parts(index, &list);
        if parts.is_empty() {
            divided.push(list);
            continue;
        }
        for part in parts {
            let heading = part
                .heading
                .or_else(|| heading_of(index, list.draft, &list.items[part.items.clone()]));
            divided.push(list.part(index, part.items, heading));
        }
    }
    lower_headings_of_others(&mut divided);
    divided
}

/// Lowers lists of headings most of which are those of other lists of names.
fn lower_headings_of_others(lists: &mut [Judged<'_>]) {
    let is_names = |list: &&Judged<'_>| list.kind == ListKind::Names;
    let starts = lists
        .iter()
        .filter(is_names)
        .filter(|list| list.items.len() > 1);
    let starts: Set<usize> = starts.filter_map(Judged::heading_start).collect();
    for list in lists.iter_mut() {
        let heads = |item: &&Item| starts.contains(&item.range.start);
        let of_headings = list.draft.strategy == Strategy::Headings && is_names(&&*list);
        if of_headings && list.items.iter().filter(heads).count() * 10 >= list.items.len() * 6 {
            list.rescore(list.score.min(MOST_OF_PARTS), PART_OF_ANOTHER);
        }
    }
}

/// Some of the items of a list, and the heading above them; the first ones have the heading of the whole list.
struct Group {
    items: Range<usize>,
    heading: Option<Range<usize>>,
}

/// The groups of a list; none if nothing divides it, or if what does only says which office each one has.
fn parts(index: &PageIndex<'_>, list: &Judged<'_>) -> Vec<Group> {
    let of_records = matches!(
        list.draft.strategy,
        Strategy::Cards | Strategy::ListItems | Strategy::TableColumn
    );
    if list.kind != ListKind::Names || !of_records {
        return Vec::new();
    }
    let mut groups = vec![Group {
        items: 0..1,
        heading: None,
    }];
    for (place, pair) in list.items.windows(2).enumerate() {
        let (one, other) = (&pair[0], &pair[1]);
        match divider(index, list, one, other) {
            Some(heading) => groups.push(Group {
                items: place + 1..place + 2,
                heading: Some(heading),
            }),
            None => {
                if let Some(last) = groups.last_mut() {
                    last.items.end = place + 2;
                }
            }
        }
    }
    let is_lone = |group: &&Group| group.items.len() == 1;
    let boxed = is_boxed(list);
    let offices = groups
        .iter()
        .filter(|group| (boxed || is_lone(group)) && is_office(index, group));
    let offices = offices.count();
    let lone = groups.iter().filter(is_lone).count();
    let by_office = lone == groups.len() || offices * 4 >= groups.len() * 3;
    if groups.len() < 2 || by_office {
        return Vec::new();
    }
    if list.draft.strategy == Strategy::TableColumn {
        let first = record(index, Strategy::TableColumn, &list.items[0]);
        groups[0].heading = title_row(index, list.draft.container..first);
    }
    groups
}

/// Whether a record has several names.
fn is_boxed(list: &Judged<'_>) -> bool {
    list.items.iter().any(|item| item.record.len() == 1)
}

/// Whether the heading of a group is the office of one person.
fn is_office(index: &PageIndex<'_>, group: &Group) -> bool {
    let heading = group.heading.as_ref();
    heading.is_none_or(|heading| index.signs(&index.trimmed(heading)).sort == Sort::Role)
}

/// What stands between two records and says who follows: a heading of a higher rank than the names have, or a line that says so by
/// its words.
fn divider(
    index: &PageIndex<'_>,
    list: &Judged<'_>,
    one: &Item,
    other: &Item,
) -> Option<Range<usize>> {
    let strategy = list.draft.strategy;
    let above = record(index, strategy, one);
    let nodes = above..index.tree.nodes[above].end.max(one.record.end);
    let from = nodes.map(|node| index.flow.spans[node].end).max()?;
    let to = index.flow.spans[record(index, strategy, other)].start;
    // Names that are boxed with others have their heading in the box.
    let until = if is_boxed(list) {
        other.range.start
    } else {
        to
    };
    let own = heading_around(index, other);
    let rank = own.and_then(|own| heading_level(index.tree.name(own)));
    let headings = &index.flow.headings;
    let first = headings.partition_point(|heading| heading.range.start < from);
    // A heading of the same level divides, too, if it is another one: below other elements.
    let divides = |level: u8, node: usize| match rank {
        Some(rank) if level == rank => own.is_some_and(|own| is_above(index, node, own, other)),
        Some(rank) => level < rank,
        None => true,
    };
    let heading = headings[first..]
        .iter()
        .zip(&index.flow.heading_nodes[first..])
        .take_while(|(heading, _)| heading.range.end <= until)
        .filter(|(heading, node)| divides(heading.level, **node))
        .map(|(heading, _)| heading.range.clone())
        .filter(|range| !is_index(index.text(range)))
        .last();
    if heading.is_some() {
        return heading;
    }
    let nodes = index.tree.nodes[above].end..record(index, strategy, other);
    if strategy == Strategy::TableColumn {
        return title_row(index, nodes);
    }
    let mut at = from;
    let mut said = None;
    for line in index.flow.text.get(from..to)?.split('\n') {
        let range = index.trimmed(&(at..at + line.len()));
        at += line.len() + 1;
        if says_who(index, &range) && !is_in_record(index, list, &range) {
            said = Some(range);
        }
    }
    said
}

/// The last row among some nodes of a table that has only one line of text, in its first cell.
fn title_row(index: &PageIndex<'_>, nodes: Range<usize>) -> Option<Range<usize>> {
    const LONGEST: usize = 90;
    let line = |node: usize| {
        let span = &index.flow.spans[node];
        let short = (1..=LONGEST).contains(&span.len()) && !index.text(span).contains('\n');
        let first = |cell: usize| !index.trimmed(&index.flow.spans[cell]).is_empty();
        let row = *index.tree.name(node) == local_name!("tr");
        let begins = || index.tree.elements(node).next().is_some_and(first);
        (row && short && begins()).then(|| index.trimmed(span))
    };
    nodes.rev().find_map(line).filter(|line| {
        let signs = index.signs(line);
        !signs.is_other() && signs.sort != Sort::Sentence && !is_index(index.text(line))
    })
}

/// Whether a line is part of a record that was drafted with the others, and left out afterwards.
fn is_in_record(index: &PageIndex<'_>, list: &Judged<'_>, line: &Range<usize>) -> bool {
    let records = &list.draft.items;
    let place = records.partition_point(|item| item.range.start <= line.start);
    let near = records[place.saturating_sub(1)..].iter().take(2);
    near.map(|item| &index.flow.spans[item.record.start])
        .any(|span| span.start <= line.start && line.end <= span.end && span.len() > line.len() + 1)
}

/// The heading that a name is, or is in.
fn heading_around(index: &PageIndex<'_>, item: &Item) -> Option<usize> {
    std::iter::once(item.node)
        .chain(index.tree.ancestors(item.node))
        .take_while(|at| *at >= item.record.start)
        .find(|at| heading_level(index.tree.name(*at)).is_some())
}

/// Whether a heading between two records is made otherwise than the heading that names the next one, and is all of its box.
fn is_above(index: &PageIndex<'_>, node: usize, own: usize, next: &Item) -> bool {
    let (tree, spans) = (index.tree, &index.flow.spans);
    let boxes = std::iter::once(node).chain(tree.ancestors(node));
    let own_boxes = boxes.take_while(|at| !(*at..tree.nodes[*at].end).contains(&next.record.start));
    index.paths[node] != index.paths[own]
        && own_boxes.last().is_some_and(|at| spans[at] == spans[node])
}

/// Whether a line says who is listed below it.
fn says_who(index: &PageIndex<'_>, line: &Range<usize>) -> bool {
    const LONGEST: usize = 60;
    let text = index.text(line);
    !text.is_empty()
        && text.chars().count() <= LONGEST
        && !is_index(text)
        && (index.telling(line).strong
            || index.signs(line).sort == Sort::Caption
            || names::says_group(text) && index.signs(line).sort != Sort::Role)
}

/// The element of a record: in a table the row.
fn record(index: &PageIndex<'_>, strategy: Strategy, item: &Item) -> usize {
    let start = item.record.start;
    if strategy != Strategy::TableColumn {
        return start;
    }
    index
        .tree
        .ancestors(start)
        .find(|node| *index.tree.name(*node) == local_name!("tr"))
        .unwrap_or(start)
}
