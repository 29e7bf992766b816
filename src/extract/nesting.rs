//! Lists inside the records of other lists: sections that hold lists are no names, and parts of a record are no list.

use std::ops::Range;

use super::{
    draft::{Draft, Item, Sight},
    judge::{self, Judged},
    maps::{Map, Set, map},
};
use crate::entity::ListKind;

/// How much of its score a list keeps that is not at its place.
const KEPT: f64 = 0.55;

/// Lowers what is a list of sections, and what is but a part of another list's records.
pub(super) fn settle(sight: &Sight<'_>, judged: &mut [Judged<'_>]) {
    let names: Vec<usize> = (0..judged.len())
        .filter(|&it| judged[it].kind == ListKind::Names)
        .take(150)
        .collect();
    let mut spans: Vec<(usize, usize)> = vec![(0, 0); judged.len()];
    // The nodes of each list's names.
    let mut nodes: Vec<Range<usize>> = vec![0..0; judged.len()];
    for &it in &names {
        let items = &judged[it].draft.items;
        let start = items.iter().map(|it| it.record.start).min();
        let end = items.iter().map(|it| it.record.end).max();
        spans[it] = (start.unwrap_or(0), end.unwrap_or(0));
        let first = items.iter().map(|it| it.node).min();
        let last = items.iter().map(|it| it.node).max();
        nodes[it] = first.unwrap_or(0)..last.map_or(0, |it| it + 1);
    }
    let mut lowered = vec![false; judged.len()];
    for &outer in &names {
        let records = &judged[outer].draft.items;
        // Which records hold a list of three or more, and which lists stand inside a record.
        let mut holding = vec![false; records.len()];
        let mut inside = Vec::new();
        for &inner in &names {
            if inner == outer || spans[inner].0 < spans[outer].0 || spans[inner].1 > spans[outer].1
            {
                continue;
            }
            let Some(place) = record_of(records, spans[inner].0)
                .filter(|&it| spans[inner].1 <= records[it].record.end)
            else {
                continue;
            };
            if judged[inner]
                .draft
                .items
                .iter()
                .any(|it| it.range == records[place].range)
            {
                // A record named by the first of a whole list in it is that list's box.
                let (count, score) = (judged[inner].items.len(), judged[inner].score);
                // Two of one make are a list; a name and the line below it are not.
                let items = &judged[inner].draft.items;
                let mut kinds = items.iter().map(|it| sight.paths[it.node]);
                let kind = kinds.next().unwrap_or_default();
                let alike = kind != 0 && kinds.all(|it| it == kind);
                if (count >= 3 || (count == 2 && alike)) && score + 0.3 >= judged[outer].score {
                    holding[place] = true;
                } else if count == 2 && records.len() >= 3 {
                    // The name and the line below it.
                    inside.push(inner);
                }
                continue;
            }
            if judged[inner].items.len() >= 3 {
                holding[place] = true;
            }
            inside.push(inner);
        }
        let held = holding.iter().filter(|it| **it).count();
        if held * 5 >= records.len() * 2 && held > 0 {
            lowered[outer] = true;
        } else if records.len() > 1 {
            for inner in inside {
                if judged[inner].items.len() < records.len().max(3) {
                    lowered[inner] = true;
                }
            }
        }
    }
    // Two lists over the same records: the better one names them.
    for &one in &names {
        for &other in &names {
            if one == other || lowered[one] || judged[other].score > judged[one].score {
                continue;
            }
            if nodes[other].end <= spans[one].0 || spans[one].1 <= nodes[other].start {
                continue;
            }
            let (better, worse) = (&judged[one].draft.items, &judged[other].draft.items);
            if better.len() < 2 || worse.len() > better.len() + better.len() / 5 {
                continue;
            }
            let inside = worse
                .iter()
                .filter(|worse| {
                    record_of(better, worse.node).is_some_and(|it| better[it].range != worse.range)
                })
                .count();
            lowered[other] |= inside * 10 >= worse.len() * 7;
        }
    }
    lower_samples(sight, judged, &names, &mut lowered);
    for (under, about_a_name) in under_names(sight, judged, &names, &lowered) {
        lowered[under] |= about_a_name;
    }
    for (place, it) in judged.iter_mut().enumerate() {
        if lowered[place] {
            it.score *= KEPT;
            it.kind = judge::kind_of(it.score);
        }
    }
}

/// The lists that have a heading, and whether it is itself a name in another list: they tell something about that name.
fn under_names(
    sight: &Sight<'_>,
    judged: &[Judged<'_>],
    names: &[usize],
    lowered: &[bool],
) -> Vec<(usize, bool)> {
    let headings: Vec<(usize, String)> = names
        .iter()
        .filter_map(|&it| Some((it, judged[it].heading(sight)?)))
        .collect();
    // For each heading the lists that name it.
    let mut told: Map<&str, Vec<usize>> = map();
    for (_, it) in &headings {
        told.insert(it, Vec::new());
    }
    for &list in names.iter().filter(|it| judged[**it].items.len() > 1) {
        for it in &judged[list].items {
            if let Some(by) = told.get_mut(sight.text(&it.range))
                && by.last() != Some(&list)
            {
                by.push(list);
            }
        }
    }
    headings
        .iter()
        .map(|(under, it)| {
            let by = told.get(it.as_str()).map(Vec::as_slice).unwrap_or_default();
            let about_a_name = by.iter().any(|it| {
                it != under && !lowered[*it] && judged[*it].score >= judged[*under].score
            });
            (*under, about_a_name)
        })
        .collect()
}

/// How a list with fewer members relates to one with more that has them all.
enum Sampled {
    /// Its records are rows of the other's members, each named by its first.
    Rows,
    /// The other's members are several parts of its records.
    Parts,
}

/// Lowers, of two lists one of which has the other's members and more, the one that is at fault.
fn lower_samples(sight: &Sight<'_>, judged: &[Judged<'_>], names: &[usize], lowered: &mut [bool]) {
    for &many in names {
        let held = &judged[many].draft.items;
        let ranges: Set<(usize, usize)> = held
            .iter()
            .map(|it| (it.range.start, it.range.end))
            .collect();
        for &few in names.iter().filter(|it| **it != many) {
            match sampled(sight, judged[few].draft, judged[many].draft, &ranges) {
                Some(Sampled::Rows) => lowered[few] = true,
                Some(Sampled::Parts) => lowered[many] = true,
                None => {}
            }
        }
    }
}

/// How the one relates to the other, whose members stand at `ranges`.
fn sampled(
    sight: &Sight<'_>,
    few: &Draft,
    many: &Draft,
    ranges: &Set<(usize, usize)>,
) -> Option<Sampled> {
    if few.items.len() < 2 || many.items.len() * 2 < few.items.len() * 3 {
        return None;
    }
    let held = few
        .items
        .iter()
        .filter(|it| ranges.contains(&(it.range.start, it.range.end)))
        .count();
    if held * 10 < few.items.len() * 8 {
        return None;
    }
    // The members by the record that holds them, told apart by their paths.
    let mut kinds: Vec<Vec<u64>> = vec![Vec::new(); few.items.len()];
    for it in &many.items {
        if let Some(place) = record_of(&few.items, it.node) {
            kinds[place].push(sight.paths[it.node]);
        }
    }
    let several = kinds.iter().filter(|it| it.len() > 1).count();
    let motley = kinds
        .iter()
        .filter(|it| it.iter().any(|kind| *kind != it[0]))
        .count();
    if several * 2 < few.items.len() {
        return None;
    }
    Some(if motley * 2 > several {
        Sampled::Parts
    } else {
        Sampled::Rows
    })
}

/// Which of the records, which stand in the order of the page, holds a node.
fn record_of(items: &[Item], node: usize) -> Option<usize> {
    let after = items.partition_point(|it| it.record.start <= node);
    let place = after.checked_sub(1)?;
    items[place].record.contains(&node).then_some(place)
}
