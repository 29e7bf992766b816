//! Repeated structures: siblings of one kind, also across sibling containers of the same shape, and definition lists.

use std::ops::Range;

use html5ever::{LocalName, local_name};

use super::{
    draft::{Draft, Item, Sight},
    maps::{Map, Set, map},
    records,
};
use crate::entity::Strategy;

/// What siblings of one kind share: the tag, and a class.
type Kin<'a> = (&'a LocalName, Option<&'a str>);

/// Siblings of one kind.
struct Group {
    parent: usize,
    strategy: Strategy,
    members: Vec<usize>,
    shape: u64,
}

/// Finds the repeated structures of a page.
pub(super) fn find(sight: &Sight<'_>) -> Vec<Draft> {
    let groups = joined(sight, all(sight));
    let mut drafts: Vec<Draft> = Vec::new();
    for group in groups {
        let records: Vec<Range<usize>> = group
            .members
            .iter()
            .map(|&it| it..sight.tree.nodes[it].end)
            .collect();
        let items = without_captions(sight, records::name(sight, &records));
        let parts = under_headings(sight, &group, &items);
        if !parts.is_empty() {
            drafts.extend(parts);
        } else if !items.is_empty() {
            drafts.push(Draft {
                strategy: group.strategy,
                container: group.parent,
                caption: None,
                bonus: if is_motley(sight, &items) || are_lists(sight, &group.members) {
                    -0.3
                } else {
                    0.0
                },
                items,
            });
        }
    }
    drafts.extend(definitions(sight));
    drafts
}

/// The members without the captions between them: records that are nothing but a heading of a higher rank than those that name most
/// others.
fn without_captions(sight: &Sight<'_>, items: Vec<Item>) -> Vec<Item> {
    let tree = sight.tree;
    let rank = |it: &Item| {
        std::iter::once(it.node)
            .chain(tree.ancestors(it.node))
            .take_while(|at| *at >= it.record.start)
            .filter(|at| tree.is_element(*at))
            .find_map(|at| super::flow::heading_level(tree.name(at)))
    };
    if items.len() < 4 {
        return items;
    }
    let ranks: Vec<Option<u8>> = items.iter().map(rank).collect();
    let Some(lowest) = ranks.iter().flatten().max().copied() else {
        return items;
    };
    let names = ranks.iter().filter(|it| **it == Some(lowest)).count();
    if names * 2 < items.len() || names == items.len() {
        return items;
    }
    let is_caption = |it: &Item, rank: Option<u8>| {
        rank.is_some_and(|it| it < lowest)
            && sight.flow.spans[it.record.start].len() == it.range.len()
    };
    let both = items.into_iter().zip(ranks);
    both.filter(|(it, rank)| !is_caption(it, *rank))
        .map(|it| it.0)
        .collect()
}

/// The parts that headings between a list's records cut it into, where each has several names; none where nothing cuts it.
fn under_headings(sight: &Sight<'_>, group: &Group, items: &[Item]) -> Vec<Draft> {
    let tree = sight.tree;
    if group.strategy != Strategy::Cards || items.len() < 4 {
        return Vec::new();
    }
    let (first, last) = (&items[0].range, &items[items.len() - 1].range);
    let headings = &sight.flow.headings;
    let before = headings.partition_point(|it| it.range.start < first.end);
    if headings
        .get(before)
        .is_none_or(|it| it.range.start > last.start)
    {
        return Vec::new();
    }
    let cuts: Vec<usize> = tree
        .elements(group.parent)
        .filter(|it| super::flow::heading_level(tree.name(*it)).is_some())
        .filter(|it| !is_index(sight.text(&sight.flow.spans[*it])))
        .collect();
    if cuts.is_empty() {
        return Vec::new();
    }
    let mut parts: Vec<Vec<Item>> = Vec::new();
    let mut last = None;
    for it in items {
        let under = cuts.partition_point(|cut| *cut < it.record.start);
        if last.replace(under) != Some(under) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(it.clone());
        }
    }
    if parts.len() < 2 || parts.iter().any(|it| it.len() < 2) {
        return Vec::new();
    }
    let draft = |items| Draft {
        strategy: group.strategy,
        container: group.parent,
        caption: None,
        bonus: 0.0,
        items,
    };
    parts.into_iter().map(draft).collect()
}

/// Whether the records are lists themselves, each of which would be named by its first member; not where an editor gave
/// every item a list of its own.
fn are_lists(sight: &Sight<'_>, members: &[usize]) -> bool {
    let several = |it: &usize| sight.tree.elements(*it).nth(1).is_some();
    members.iter().any(several)
        && members.iter().all(|&it| {
            matches!(
                *sight.tree.name(it),
                local_name!("ul") | local_name!("ol") | local_name!("dl") | local_name!("table")
            )
        })
}

/// Whether a few records have nothing in common but their tag: sections of a page, each named by another kind of thing.
fn is_motley(sight: &Sight<'_>, items: &[Item]) -> bool {
    let tree = sight.tree;
    if !(2..=4).contains(&items.len()) {
        return false;
    }
    let ways: Set<Vec<&LocalName>> = items
        .iter()
        .map(|it| {
            std::iter::once(it.node)
                .chain(tree.ancestors(it.node))
                .take_while(|at| *at > it.record.start)
                .filter(|at| tree.is_element(*at))
                .map(|at| tree.name(at))
                .collect()
        })
        .collect();
    ways.len() == items.len()
}

/// The groups of every parent; groups of one too, since they may join others.
fn all(sight: &Sight<'_>) -> Vec<Group> {
    let tree = sight.tree;
    let mut groups = Vec::new();
    for parent in 0..tree.nodes.len() {
        if sight.flow.spans[parent].is_empty() && parent != 0 {
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
        let members: Vec<usize> = tree
            .elements(parent)
            .filter(|&it| sight.blocky[it] && !sight.flow.spans[it].is_empty())
            .filter(|&it| super::flow::heading_level(tree.name(it)).is_none())
            .collect();
        let strategy = match *name {
            local_name!("ul") | local_name!("ol") | local_name!("menu") => Strategy::ListItems,
            _ => Strategy::Cards,
        };
        for members in interleaved(sight, by_kind(sight, members)) {
            let Some(&first) = members.first() else {
                continue;
            };
            groups.push(Group {
                parent,
                strategy,
                shape: sight.paths[first],
                members,
            });
        }
    }
    groups
}

/// Siblings parted by tag and by the class that most of their kind share.
fn by_kind(sight: &Sight<'_>, members: Vec<usize>) -> Vec<Vec<usize>> {
    let tree = sight.tree;
    let (Some(&first), classes) = (members.first(), &tree.classes) else {
        return Vec::new();
    };
    let (name, class) = (tree.name(first), classes.number(first));
    if members
        .iter()
        .all(|&it| tree.name(it) == name && classes.number(it) == class)
    {
        return vec![members];
    }
    let mut counts: Map<(&LocalName, &str), usize> = map();
    for &it in &members {
        for class in tree.classes(it).take(8) {
            *counts.entry((tree.name(it), class)).or_default() += 1;
        }
    }
    // Among many boxes without a class one or two that have their own are something else: the head, the foot.
    let bare = members
        .iter()
        .filter(|&&it| tree.class(it).first == 0)
        .count();
    let apart = bare >= 3 && bare + 2 >= members.len();
    let mut places: Map<Kin<'_>, usize> = map();
    let mut kinds: Vec<Vec<usize>> = Vec::new();
    for it in members {
        let name = tree.name(it);
        let shared = tree
            .classes(it)
            .take(8)
            .filter_map(|class| Some((*counts.get(&(name, class))?, class)))
            .filter(|&(count, _)| count > 1)
            .reduce(|best, it| if it.0 > best.0 { it } else { best })
            .map(|it| it.1);
        let odd =
            apart && shared.is_none() && *name == local_name!("div") && tree.class(it).first != 0;
        let shared = if odd { Some("") } else { shared };
        let kind = (name, shared);
        let place = *places.entry(kind).or_insert(kinds.len());
        if place == kinds.len() {
            kinds.push(Vec::new());
        }
        kinds[place].push(it);
    }
    kinds
}

/// Kinds of one tag that alternate in a row and are made alike, taken for one: a class may only set the last of a line, or
/// every other one, apart. Boxes of text alone are told apart: they may be names and what is said of them.
fn interleaved(sight: &Sight<'_>, kinds: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    if kinds.len() < 2 {
        return kinds;
    }
    let tree = sight.tree;
    let made = |it: usize| -> Vec<&LocalName> {
        let inner = (it..tree.nodes[it].end).take(12);
        inner
            .filter(|it| tree.is_element(*it))
            .map(|it| tree.name(it))
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
    for it in kinds {
        match merged.iter_mut().find(|other| alike(other, &it)) {
            Some(other) => {
                other.extend(it);
                other.sort_unstable();
            }
            None => merged.push(it),
        }
    }
    merged
}

/// Joins groups of one shape that follow each other with nothing between, and drops lone members.
fn joined(sight: &Sight<'_>, mut groups: Vec<Group>) -> Vec<Group> {
    let tree = sight.tree;
    let mut shared: Map<u64, usize> = map();
    for it in &groups {
        let most = shared.entry(it.shape).or_default();
        *most = (*most).max(it.members.len());
    }
    groups.retain(|it| {
        it.members.len() > 1
            || it.strategy == Strategy::ListItems
            || shared.get(&it.shape).is_some_and(|&most| most > 1)
    });
    groups.sort_by_key(|it| it.members.first().copied());
    let mut by_shape: Map<(u64, Strategy2), Vec<Group>> = map();
    let mut order = Vec::new();
    for it in groups {
        let key = (it.shape, Strategy2(it.strategy == Strategy::ListItems));
        let same = by_shape.entry(key).or_insert_with(|| {
            order.push(key);
            Vec::new()
        });
        if let Some(last) = same.last_mut()
            && last.parent != it.parent
            && let (Some(&before), Some(&after)) = (last.members.last(), it.members.first())
            && before < after
        {
            let from = sight.flow.spans[before].end;
            let to = sight.flow.spans[after].start;
            let between = sight.flow.text.get(from..to).unwrap_or("-");
            if between
                .lines()
                .all(|it| it.trim().is_empty() || is_index(it))
            {
                last.parent = common(tree, last.parent, it.parent);
                last.members.extend(it.members);
                continue;
            }
        }
        same.push(it);
    }
    order
        .into_iter()
        .filter_map(|it| by_shape.remove(&it))
        .flatten()
        .collect()
}

/// Whether a line between two lists only cuts one list by the alphabet: "B", "C–D", "Back to top".
fn is_index(line: &str) -> bool {
    let line = line.trim();
    let letters = line.chars().filter(|it| it.is_alphabetic()).count();
    let cut = line.chars().count() <= 5
        && (1..=2).contains(&letters)
        && line
            .chars()
            .all(|it| it.is_uppercase() || !it.is_alphanumeric());
    let digits = matches!(line, "#" | "0-9" | "0–9" | "1-9" | "123" | "0 - 9");
    let lower = line.to_lowercase();
    cut || digits
        || matches!(
            lower.as_str(),
            "top" | "back to top" | "nach oben" | "haut de page" | "↑ top" | "up"
        )
}

/// Whether a group is of list items, as part of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Strategy2(bool);

/// The nearest element that holds both.
fn common(tree: &super::tree::Tree, one: usize, other: usize) -> usize {
    std::iter::once(one)
        .chain(tree.ancestors(one))
        .find(|&it| it <= other && other < tree.nodes[it].end)
        .unwrap_or(0)
}

/// The terms of definition lists, and where the terms are labels the definitions.
fn definitions(sight: &Sight<'_>) -> Vec<Draft> {
    let tree = sight.tree;
    let mut drafts = Vec::new();
    for list in 1..tree.nodes.len() {
        if *tree.name(list) != local_name!("dl") {
            continue;
        }
        for part in [local_name!("dt"), local_name!("dd")] {
            let records: Vec<Range<usize>> = tree
                .below(list)
                .filter(|&it| *tree.name(it) == part && !sight.flow.spans[it].is_empty())
                .map(|it| it..tree.nodes[it].end)
                .collect();
            let mut items = records::name(sight, &records);
            // The record goes on to the next term: its definition says what kind of thing it is.
            for place in 0..items.len() {
                let next = items.get(place + 1).map(|it| it.record.start);
                items[place].record.end = next.unwrap_or(tree.nodes[list].end);
            }
            if items.len() > 1 {
                let term = part == local_name!("dt");
                let countries = items
                    .iter()
                    .filter(|it| super::names::is_country(sight.text(&it.range)))
                    .count();
                drafts.push(Draft {
                    strategy: Strategy::DefinitionList,
                    container: list,
                    caption: None,
                    bonus: match term {
                        // Countries part the names that stand under them.
                        true if countries * 2 > items.len() => -0.6,
                        true => 0.05,
                        false => 0.0,
                    },
                    items,
                });
            }
        }
    }
    drafts
}
