//! Lists inside the records of other lists: sections that hold lists are no names, and parts of a record are no list.

use std::collections::{HashMap, HashSet};

use super::{
    draft::{Draft, Item, Sight},
    judge,
};
use crate::entity::{EntityList, ListKind};

/// How much of its score a list keeps that is not at its place.
const KEPT: f64 = 0.55;

/// Lowers what is a list of sections, and what is but a part of another list's records.
pub(super) fn settle(sight: &Sight<'_>, mut judged: Vec<(EntityList, &Draft)>) -> Vec<EntityList> {
    let spans: Vec<(usize, usize)> = judged
        .iter()
        .map(|(_, draft)| {
            let start = draft.items.iter().map(|it| it.record.start).min();
            let end = draft.items.iter().map(|it| it.record.end).max();
            (start.unwrap_or(0), end.unwrap_or(0))
        })
        .collect();
    let names: Vec<usize> = (0..judged.len())
        .filter(|&it| judged[it].0.kind == ListKind::Names)
        .take(150)
        .collect();
    let mut lowered = vec![false; judged.len()];
    for &outer in &names {
        let records = &judged[outer].1.items;
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
                .1
                .items
                .iter()
                .any(|it| it.range == records[place].range)
            {
                // A record named by the first of a whole list in it is that list's box.
                let (count, score) = (judged[inner].0.items.len(), judged[inner].0.score);
                // Two of one make are a list; a name and the line below it are not.
                let mut kinds = judged[inner].1.items.iter().map(|it| sight.paths[it.node]);
                let kind = kinds.next().unwrap_or_default();
                let alike = kind != 0 && kinds.all(|it| it == kind);
                if (count >= 3 || (count == 2 && alike)) && score + 0.3 >= judged[outer].0.score {
                    holding[place] = true;
                } else if count == 2 && records.len() >= 3 {
                    // The name and the line below it.
                    inside.push(inner);
                }
                continue;
            }
            if judged[inner].0.items.len() >= 3 {
                holding[place] = true;
            }
            inside.push(inner);
        }
        let held = holding.iter().filter(|it| **it).count();
        if held * 5 >= records.len() * 2 && held > 0 {
            lowered[outer] = true;
        } else if records.len() > 1 {
            for inner in inside {
                if judged[inner].0.items.len() < records.len().max(3) {
                    lowered[inner] = true;
                }
            }
        }
    }
    // Two lists over the same records: the better one names them.
    for &one in &names {
        for &other in &names {
            if one == other || lowered[one] || judged[other].0.score > judged[one].0.score {
                continue;
            }
            let (better, worse) = (&judged[one].1.items, &judged[other].1.items);
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
    lower_samples(sight, &judged, &names, &mut lowered);
    // A list under a heading that is itself a name tells something about that name.
    for &under in &names {
        let Some(heading) = judged[under].0.heading.clone() else {
            continue;
        };
        let about_a_name = names.iter().any(|&it| {
            it != under
                && !lowered[it]
                && judged[it].0.score >= judged[under].0.score
                && judged[it].0.items.len() > 1
                && judged[it].0.items.iter().any(|it| it.surface == heading)
        });
        lowered[under] |= about_a_name;
    }
    for (place, (list, _)) in judged.iter_mut().enumerate() {
        if lowered[place] {
            list.score *= KEPT;
            list.kind = judge::kind_of(list.score);
        }
    }
    judged.into_iter().map(|it| it.0).collect()
}

/// How a list with fewer members relates to one with more that has them all.
enum Sampled {
    /// Its records are rows of the other's members, each named by its first.
    Rows,
    /// The other's members are several parts of its records.
    Parts,
}

/// Lowers, of two lists one of which has the other's members and more, the one that is at fault.
fn lower_samples(
    sight: &Sight<'_>,
    judged: &[(EntityList, &Draft)],
    names: &[usize],
    lowered: &mut [bool],
) {
    let ranges: HashMap<usize, HashSet<(usize, usize)>> = names
        .iter()
        .map(|&it| {
            let items = judged[it].1.items.iter();
            (it, items.map(|it| (it.range.start, it.range.end)).collect())
        })
        .collect();
    for &few in names {
        for &many in names.iter().filter(|it| **it != few) {
            match sampled(sight, judged[few].1, judged[many].1, &ranges[&many]) {
                Some(Sampled::Rows) => lowered[few] = true,
                Some(Sampled::Parts) => lowered[many] = true,
                None => {}
            }
        }
    }
}

/// `ranges` are where the members of `many` stand.
fn sampled(
    sight: &Sight<'_>,
    few: &Draft,
    many: &Draft,
    ranges: &HashSet<(usize, usize)>,
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
