//! Repeated siblings of one kind, also across sibling containers of the same shape: what list items and cards have in common.

use std::ops::Range;

use html5ever::{LocalName, local_name};

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item, Observed},
        fast_hash::{Map, Set, map, mix},
        names::{self, Sort},
        page_index::PageIndex,
        record,
    },
    html::{Tree, heading_level},
};

use super::fields::{
    are_fields, are_led_by_names, between_dividers, boxes_of_fields, is_inline_box, leading, period,
};

/// What siblings of one kind share: the tag, and a class.
type Kin<'a> = (&'a LocalName, Option<&'a str>);

/// Siblings of one kind, each a record.
pub(super) struct Group {
    /// The node of the element that contains all of them.
    pub(super) parent: usize,
    /// Whether they are list items or cards.
    pub(super) strategy: Strategy,
    /// The nodes of each record: a sibling, or several in a row that recur.
    records: Vec<Range<usize>>,
    /// A hash of the tags and first classes from the root to the first of them.
    shape: u64,
    /// Their names.
    pub(super) items: Vec<Item>,
}

/// The groups of a page that a strategy is for: children of `ul`, `ol` and `menu`, or of anything else.
pub(super) fn groups(index: &PageIndex<'_>, strategy: Strategy) -> Vec<Group> {
    let mut groups = joined(index, all(index, strategy));
    for group in &mut groups {
        group.items = without_captions(index, record::name(index, &group.records));
    }
    groups
}

/// The draft of a whole group; `None` without a name.
pub(super) fn draft(index: &PageIndex<'_>, group: &Group) -> Option<Draft> {
    let observed = if is_motley(index, &group.items) {
        vec![(Observed::Motley, 1.0)]
    } else if are_lists(index, &group.records) || are_rows(index, &group.records) {
        vec![(Observed::ListsOfLists, 1.0)]
    } else {
        Vec::new()
    };
    (!group.items.is_empty()).then(|| Draft {
        strategy: group.strategy,
        container: group.parent,
        caption: None,
        items: group.items.clone(),
        observed,
    })
}

/// The members without the captions between them: records that are nothing but a heading of a higher rank than those that name most
/// others, or, where others have more than a name, nothing but a line that says who follows.
fn without_captions(index: &PageIndex<'_>, items: Vec<Item>) -> Vec<Item> {
    const LEAST: usize = 4;
    let tree = index.tree;
    let rank = |item: &Item| {
        std::iter::once(item.node)
            .chain(tree.ancestors(item.node))
            .take_while(|at| *at >= item.record.start)
            .filter(|at| tree.is_element(*at))
            .find_map(|at| heading_level(tree.name(at)))
    };
    if items.len() < LEAST {
        return items;
    }
    let ranks: Vec<Option<u8>> = items.iter().map(rank).collect();
    let is_all =
        |item: &Item| index.trimmed(&index.flow.spans[item.record.start]).len() == item.range.len();
    let lowest = ranks.iter().flatten().max().copied();
    let ranked = ranks.iter().flatten().filter(|rank| Some(**rank) == lowest);
    let mostly_ranked = ranked.count() * 2 >= items.len();
    let fuller = items.iter().filter(|item| !is_all(item)).count();
    let logos = items
        .iter()
        .filter(|item| item.source == NameSource::Alt)
        .count();
    let mostly_fuller = fuller * 3 >= items.len() * 2 || logos * 3 >= items.len() * 2;
    let is_caption = |item: &Item, rank: Option<u8>| {
        is_all(item)
            && if mostly_ranked {
                rank < lowest && rank.is_some()
            } else {
                mostly_fuller && (rank.is_some() || index.telling(&item.range).strong)
            }
    };
    let both = items.into_iter().zip(ranks);
    both.filter(|(item, rank)| !is_caption(item, *rank))
        .map(|both| both.0)
        .collect()
}

/// Whether the records are lists themselves, each of which would be named by its first member; not where an editor gave
/// every item a list of its own.
fn are_lists(index: &PageIndex<'_>, records: &[Range<usize>]) -> bool {
    let shown = |at: &usize| !index.flow.spans[*at].is_empty();
    let lines = |at: &Range<usize>| index.tree.elements(at.start).filter(shown).collect();
    let lines: Vec<Vec<usize>> = records.iter().map(lines).collect();
    let boxes: Vec<&[usize]> = lines.iter().map(Vec::as_slice).collect();
    boxes.iter().any(|of| of.len() > 1)
        && !are_led_by_names(index, &boxes)
        && records.iter().all(|record| {
            matches!(
                *index.tree.name(record.start),
                local_name!("ul") | local_name!("ol") | local_name!("dl") | local_name!("table")
            )
        })
}

/// Whether most records are rows of boxes of one make, each of which has a heading: the boxes are the records.
fn are_rows(index: &PageIndex<'_>, records: &[Range<usize>]) -> bool {
    let tree = index.tree;
    let headed = |node: &usize| {
        heading_level(tree.name(*node)).is_none()
            && tree.below(*node).any(|inner| {
                heading_level(tree.name(inner)).is_some() || index.class(inner).names_itself
            })
    };
    let is_row = |record: &&Range<usize>| {
        let mut boxes = tree.elements(record.start).filter(headed);
        let first = boxes.next().map(|first| index.paths[first]);
        boxes.any(|other| Some(index.paths[other]) == first)
    };
    records.len() > 1 && records.iter().filter(is_row).count() * 2 >= records.len()
}

/// A hash of the tags and first classes from the root to an element; its own class does not count if it only says how wide the box is.
fn shape_of(index: &PageIndex<'_>, node: usize) -> u64 {
    let is_width = |class: &str| {
        class.starts_with("col-")
            || class
                .strip_prefix("span")
                .is_some_and(|rest| rest.parse::<u8>().is_ok())
    };
    if !index.tree.classes(node).next().is_some_and(is_width) {
        return index.paths[node];
    }
    mix(index.paths[index.tree.nodes[node].parent], b"box")
}

/// Whether a few records have nothing in common but their tag: sections of a page, each named by another kind of thing.
fn is_motley(index: &PageIndex<'_>, items: &[Item]) -> bool {
    let tree = index.tree;
    if !(2..=4).contains(&items.len()) {
        return false;
    }
    let ways: Set<Vec<&LocalName>> = items
        .iter()
        .map(|item| {
            std::iter::once(item.node)
                .chain(tree.ancestors(item.node))
                .take_while(|at| *at > item.record.start)
                .filter(|at| tree.is_element(*at))
                .map(|at| tree.name(at))
                .collect()
        })
        .collect();
    ways.len() == items.len()
}

/// The groups of every parent; groups of one too, since they may join others.
fn all(index: &PageIndex<'_>, strategy: Strategy) -> Vec<Group> {
    let tree = index.tree;
    let mut boxes = Vec::new();
    for parent in 0..tree.nodes.len() {
        if index.flow.spans[parent].is_empty() && parent != 0 {
            continue;
        }
        let name = tree.name(parent);
        if matches!(
            *name,
            local_name!("table")
                | local_name!("tbody")
                | local_name!("thead")
                | local_name!("dl")
                | local_name!("tr")
                | local_name!("html")
                | local_name!("head")
        ) {
            continue;
        }
        let of_items = matches!(
            *name,
            local_name!("ul") | local_name!("ol") | local_name!("menu")
        );
        if of_items != (strategy == Strategy::ListItems) {
            continue;
        }
        let members: Vec<usize> = tree
            .elements(parent)
            .filter(|&node| index.blocky[node] || is_inline_box(index, node))
            .filter(|&node| !index.flow.spans[node].is_empty())
            .filter(|&node| heading_level(tree.name(node)).is_none())
            .collect();
        if !are_fields(index, &members) {
            boxes.push((parent, members));
        }
    }
    let of_fields = boxes_of_fields(index, &boxes);
    let mut groups = Vec::new();
    for (parent, members) in boxes {
        if of_fields.contains(&index.paths[parent]) {
            continue;
        }
        let kinds = interleaved(index, by_kind(index, members));
        for kind in kinds {
            let period = match between_dividers(index, &kind) {
                Some(lines) => lines,
                None => period(index, &kind),
            };
            let led = if period == 1 {
                leading(index, &kind)
            } else {
                None
            };
            let members = led.unwrap_or(kind);
            let Some(&first) = members.first() else {
                continue;
            };
            let record = |of: &[usize]| of[0]..tree.nodes[of[of.len() - 1]].end;
            groups.push(Group {
                parent,
                strategy,
                shape: shape_of(index, first),
                records: members.chunks(period).map(record).collect(),
                items: Vec::new(),
            });
        }
    }
    groups
}

/// Siblings parted by tag and by the class that most of their kind share.
fn by_kind(index: &PageIndex<'_>, members: Vec<usize>) -> Vec<Vec<usize>> {
    let tree = index.tree;
    let Some(&first) = members.first() else {
        return Vec::new();
    };
    let (name, class) = (tree.name(first), tree.class_number(first));
    if members
        .iter()
        .all(|&member| tree.name(member) == name && tree.class_number(member) == class)
    {
        return vec![members];
    }
    let mut counts: Map<(&LocalName, &str), usize> = map();
    for &member in &members {
        for class in tree.classes(member).take(8) {
            *counts.entry((tree.name(member), class)).or_default() += 1;
        }
    }
    // Among many boxes without a class one or two that have their own are something else: the head, the foot.
    let bare = members
        .iter()
        .filter(|&&member| index.class(member).first == 0)
        .count();
    let apart = bare >= 3 && bare + 2 >= members.len();
    let mut places: Map<Kin<'_>, usize> = map();
    let mut kinds: Vec<Vec<usize>> = Vec::new();
    for member in members {
        let name = tree.name(member);
        let shared = tree
            .classes(member)
            .take(8)
            .filter_map(|class| Some((*counts.get(&(name, class))?, class)))
            .filter(|&(count, _)| count > 1)
            .reduce(|best, pair| if pair.0 > best.0 { pair } else { best })
            .map(|pair| pair.1);
        let odd = apart
            && shared.is_none()
            && *name == local_name!("div")
            && index.class(member).first != 0;
        let shared = if odd { Some("") } else { shared };
        let kind = (name, shared);
        let place = *places.entry(kind).or_insert(kinds.len());
        if place == kinds.len() {
            kinds.push(Vec::new());
        }
        kinds[place].push(member);
    }
    kinds
}

/// Kinds of one tag that alternate in a row and are made alike, taken for one: a class may only set the last of a line, or
/// every other one, apart. Boxes of text alone are told apart: they may be names and what is said of them.
fn interleaved(index: &PageIndex<'_>, kinds: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    if kinds.len() < 2 {
        return kinds;
    }
    let tree = index.tree;
    let made = |at: usize| -> Vec<&LocalName> {
        let inner = (at..tree.nodes[at].end).take(12);
        inner
            .filter(|inner| tree.is_element(*inner))
            .map(|inner| tree.name(inner))
            .collect()
    };
    let alike = |one: &[usize], other: &[usize]| {
        let (Some(&a), Some(&b)) = (one.first(), other.first()) else {
            return false;
        };
        let ends = |of: &[usize]| of.last().copied().unwrap_or_default();
        let several = one.len() >= 2 && other.len() >= 2;
        several && a < ends(other) && b < ends(one) && tree.name(a) == tree.name(b) && {
            let made_of = made(a);
            made_of.contains(&&local_name!("img")) && made_of == made(b)
        }
    };
    let mut merged: Vec<Vec<usize>> = Vec::with_capacity(kinds.len());
    for kind in kinds {
        match merged.iter_mut().find(|other| alike(other, &kind)) {
            Some(other) => {
                other.extend(kind);
                other.sort_unstable();
            }
            None => merged.push(kind),
        }
    }
    merged
}

/// Joins groups of one shape that follow each other with nothing between but letters of the alphabet, or what the next ones are
/// ("Treasurer", "PhD students"), and drops lone members.
fn joined(index: &PageIndex<'_>, mut groups: Vec<Group>) -> Vec<Group> {
    let tree = index.tree;
    let mut shared: Map<u64, usize> = map();
    for group in &groups {
        let most = shared.entry(group.shape).or_default();
        *most = (*most).max(group.records.len());
    }
    groups.retain(|group| {
        group.records.len() > 1
            || group.strategy == Strategy::ListItems
            || shared.get(&group.shape).is_some_and(|&most| most > 1)
            || is_headed_by_group(index, group)
    });
    groups.sort_by_key(|group| group.records.first().map(|record| record.start));
    let mut by_shape: Map<u64, Vec<Group>> = map();
    let mut order = Vec::new();
    for group in groups {
        let key = group.shape;
        let same = by_shape.entry(key).or_insert_with(|| {
            order.push(key);
            Vec::new()
        });
        if let Some(last) = same.last_mut()
            && last.parent != group.parent
            && let (Some(before), Some(after)) = (last.records.last(), group.records.first())
            && before.start < after.start
        {
            let from = index.flow.spans[before.start].end;
            let to = index.flow.spans[after.start].start;
            let between = index.flow.text.get(from..to).unwrap_or("-");
            let parts_nothing = |line: &str| {
                let line = line.trim();
                line.is_empty() || is_index(line) || names::signs(line).sort == Sort::Role
            };
            if between.lines().all(parts_nothing) {
                last.parent = common(tree, last.parent, group.parent);
                last.records.extend(group.records);
                continue;
            }
        }
        same.push(group);
    }
    order
        .into_iter()
        .filter_map(|it| by_shape.remove(&it))
        .flatten()
        .collect()
}

/// Whether the heading right before a record says who is listed below it: "Head of the laboratory".
fn is_headed_by_group(index: &PageIndex<'_>, group: &Group) -> bool {
    let (tree, flow) = (index.tree, index.flow);
    let Some(record) = group.records.first().map(|record| record.start) else {
        return false;
    };
    let start = flow.spans[record].start;
    let before = flow
        .headings
        .partition_point(|heading| heading.range.end <= start);
    let Some(place) = before.checked_sub(1) else {
        return false;
    };
    let heading = &flow.headings[place].range;
    // What has the heading, and not the record, has nothing else.
    let node = flow.heading_nodes[place];
    let boxes = std::iter::once(node)
        .chain(tree.ancestors(node))
        .take_while(|at| !(*at..tree.nodes[*at].end).contains(&record));
    flow.text[heading.end..start].trim().is_empty()
        && flow.spans[group.parent].start == heading.start
        && boxes.last().is_some_and(|at| flow.spans[at] == *heading)
        && names::says_group(index.text(heading))
}

/// Whether a line between two lists only cuts one list by the alphabet: "B", "C–D", "Back to top".
pub(in crate::extract) fn is_index(line: &str) -> bool {
    let line = line.trim();
    let letters = line.chars().filter(|letter| letter.is_alphabetic()).count();
    let cut = line.chars().count() <= 5
        && (1..=2).contains(&letters)
        && line
            .chars()
            .all(|letter| letter.is_uppercase() || !letter.is_alphanumeric());
    let digits = matches!(line, "#" | "0-9" | "0–9" | "1-9" | "123" | "0 - 9");
    let lower = line.to_lowercase();
    cut || digits
        || matches!(
            lower.as_str(),
            "top" | "back to top" | "nach oben" | "haut de page" | "↑ top" | "up"
        )
}

/// The nearest element that holds both.
fn common(tree: &Tree, one: usize, other: usize) -> usize {
    std::iter::once(one)
        .chain(tree.ancestors(one))
        .find(|&it| it <= other && other < tree.nodes[it].end)
        .unwrap_or(0)
}
