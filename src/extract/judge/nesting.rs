//! Lists inside the records of other lists: sections that hold lists are no names, and parts of a record are no list.

use std::ops::Range;

use crate::{
    entity::{ListKind, NameSource, Strategy},
    extract::{
        draft::{Draft, Item},
        fast_hash::{Map, Set, map},
        names,
        page_index::PageIndex,
    },
};

use super::{
    judged::Judged,
    list_signs::{BOXED, KEPT_BY_PARTS, MOST_OF_PARTS, PART_OF_ANOTHER},
};

/// Lowers what is a list of sections, and what is only a part of the records of another list.
pub(super) fn settle(index: &PageIndex<'_>, judged: &mut [Judged<'_>]) {
    let names = Names::of(judged);
    let mut lowered = vec![false; judged.len()];
    for &outer in &names.places {
        lower_sections_or_parts(index, judged, &names, outer, &mut lowered);
    }
    lower_second_names(judged, &names, &mut lowered);
    lower_labels(index, judged, &names.places, &mut lowered);
    lower_unions(index, judged, &names.places, &mut lowered);
    lower_samples(index, judged, &names.places, &mut lowered);
    for (under, about_a_name) in under_names(index, judged, &names.places, &lowered) {
        lowered[under] |= about_a_name;
    }
    for (place, list) in judged.iter_mut().enumerate() {
        if lowered[place] {
            let kept = (list.score * KEPT_BY_PARTS).min(MOST_OF_PARTS);
            list.rescore(kept, PART_OF_ANOTHER);
        }
    }
}

/// The lists of names, and where they are.
struct Names {
    /// Their places among all lists; a page of many more has no order to find.
    places: Vec<usize>,
    /// For each list the nodes from its first record to the end of its last.
    records: Vec<Range<usize>>,
    /// For each list the nodes from its first name to its last.
    nodes: Vec<Range<usize>>,
}

impl Names {
    /// The first lists of names among `judged`.
    fn of(judged: &[Judged<'_>]) -> Self {
        const MOST: usize = 150;
        let is_names = |place: &usize| judged[*place].kind == ListKind::Names;
        let places: Vec<usize> = (0..judged.len()).filter(is_names).take(MOST).collect();
        let mut records = vec![0..0; judged.len()];
        let mut nodes = vec![0..0; judged.len()];
        for &place in &places {
            let items = &judged[place].draft.items;
            let start = items.iter().map(|item| item.record.start).min();
            let end = items.iter().map(|item| item.record.end).max();
            records[place] = start.unwrap_or(0)..end.unwrap_or(0);
            let first = items.iter().map(|item| item.node).min();
            let last = items.iter().map(|item| item.node).max();
            nodes[place] = first.unwrap_or(0)..last.map_or(0, |node| node + 1);
        }
        Self {
            places,
            records,
            nodes,
        }
    }

    /// The place of the record of `outer` that contains all records of `inner`.
    fn record_around(&self, judged: &[Judged<'_>], outer: usize, inner: usize) -> Option<usize> {
        let (around, within) = (&self.records[outer], &self.records[inner]);
        if inner == outer || within.start < around.start || within.end > around.end {
            return None;
        }
        let records = &judged[outer].draft.items;
        record_of(records, within.start).filter(|&record| within.end <= records[record].record.end)
    }
}

/// How a list inside a record of another relates to it.
enum Inside {
    /// The record is only the box of the list.
    Boxed,
    /// The list is a name and the line below it.
    NameAndLine,
    /// The list is something else in the record; long if it has three items or more.
    Other { long: bool },
    /// The list is too short to say anything.
    Nothing,
}

/// Lowers a list whose records contain lists of names; otherwise the shorter lists inside its records.
fn lower_sections_or_parts(
    index: &PageIndex<'_>,
    judged: &[Judged<'_>],
    names: &Names,
    outer: usize,
    lowered: &mut [bool],
) {
    let records = judged[outer].draft.items.len();
    let mut holding = vec![false; records];
    let mut outgrown = false;
    let mut parts = Vec::new();
    for &inner in &names.places {
        let Some(place) = names.record_around(judged, outer, inner) else {
            continue;
        };
        let inside = inside(index, &judged[outer], &judged[inner], place);
        holding[place] |= matches!(inside, Inside::Boxed | Inside::Other { long: true });
        if matches!(inside, Inside::NameAndLine | Inside::Other { .. }) {
            parts.push(inner);
        }
        outgrown |= outgrows(&judged[outer], &judged[inner])
            || is_heading_of(index, &judged[outer], &judged[inner], place);
    }
    let held = holding.iter().filter(|holds| **holds).count();
    if held * 5 >= records * 2 && held > 0 || outgrown {
        lowered[outer] = true;
    } else if records > 1 {
        for inner in parts {
            lowered[inner] |= judged[inner].items.len() < records.max(3)
                || are_topics(&judged[outer], &judged[inner]);
        }
    }
}

/// Whether a list inside one of a few records has so many more names that the records are sections of the page.
fn outgrows(outer: &Judged<'_>, inner: &Judged<'_>) -> bool {
    const SECTIONS: usize = 4;
    let records = outer.draft.items.len();
    (2..=SECTIONS).contains(&records)
        && inner.items.len() >= 2 * records
        && inner.draft.strategy == Strategy::Cards
        && inner.score + BOXED >= outer.score
}

/// Whether the item at `place` of a list is the heading of another inside its record, and says that names follow: it is a section.
fn is_heading_of(
    index: &PageIndex<'_>,
    outer: &Judged<'_>,
    inner: &Judged<'_>,
    place: usize,
) -> bool {
    let item = &outer.draft.items[place].range;
    outer.draft.strategy == Strategy::Headings
        && inner.items.len() > 1
        && inner.heading_start() == Some(item.start)
        && index.telling(item).strong
}

/// Whether what a text in a record enumerates is less likely names than the records are: topics, places, awards.
fn are_topics(outer: &Judged<'_>, inner: &Judged<'_>) -> bool {
    inner.draft.strategy == Strategy::Prose && inner.score <= outer.score
}

/// How a list inside the record at `place` of another relates to it.
fn inside(index: &PageIndex<'_>, outer: &Judged<'_>, inner: &Judged<'_>, place: usize) -> Inside {
    let records = &outer.draft.items;
    let count = inner.items.len();
    // A record named by the first of a whole list in it is the box of that list. Two of one kind are a list; a name and the line
    // below it are not.
    let mut kinds = inner.draft.items.iter().map(|item| index.paths[item.node]);
    let kind = kinds.next().unwrap_or_default();
    let alike = kind != 0 && kinds.all(|other| other == kind);
    let long = count >= 3 || (count == 2 && alike);
    let mut drafted = inner.draft.items.iter();
    let named = drafted.position(|item| item.range == records[place].range);
    if named.is_none() {
        return Inside::Other {
            long: count >= 3 && !are_topics(outer, inner),
        };
    }
    // Two lines of which the second names the record are an office and a name.
    let lines = inner.draft.strategy == Strategy::Lines;
    let below = lines && count == 2 && named == Some(1) && records.len() >= 3;
    if long && !below && inner.score + BOXED >= outer.score {
        Inside::Boxed
    } else if count == 2 && records.len() >= 3 {
        Inside::NameAndLine
    } else {
        Inside::Nothing
    }
}

/// Lowers, of two lists over the same records, the worse one.
fn lower_second_names(judged: &[Judged<'_>], names: &Names, lowered: &mut [bool]) {
    for &one in &names.places {
        for &other in &names.places {
            if one == other || lowered[one] || judged[other].score > judged[one].score {
                continue;
            }
            let (nodes, records) = (&names.nodes[other], &names.records[one]);
            if nodes.end <= records.start || records.end <= nodes.start {
                continue;
            }
            let (better, worse) = (&judged[one].draft.items, &judged[other].draft.items);
            // A given name and a family name are two headings of one person.
            let pictures = better.iter().all(|item| item.source == NameSource::Alt);
            let halves = pictures && worse.len() == 2 * better.len();
            let more = worse.len() > better.len() + better.len() / 5;
            if better.len() < 2 || more && !halves {
                continue;
            }
            let names_another_part = |item: &&Item| {
                record_of(better, item.node).is_some_and(|place| better[place].range != item.range)
            };
            let parts = worse.iter().filter(names_another_part).count();
            lowered[other] |= parts * 10 >= worse.len() * 7;
        }
    }
}

/// The lists that have a heading, and whether it is itself a name in another list: they tell something about that name.
fn under_names(
    index: &PageIndex<'_>,
    judged: &[Judged<'_>],
    names: &[usize],
    lowered: &[bool],
) -> Vec<(usize, bool)> {
    let headings: Vec<(usize, String)> = names
        .iter()
        .filter_map(|&name| Some((name, judged[name].heading(index)?)))
        .collect();
    // For each heading the lists that name it, by its text or by where it begins.
    let mut told: Map<&str, Vec<usize>> = map();
    let mut begun: Map<usize, Vec<usize>> = map();
    for (under, it) in &headings {
        told.insert(it, Vec::new());
        if let Some(start) = judged[*under].heading_start() {
            begun.insert(start, Vec::new());
        }
    }
    let naming = |name: &&usize| judged[**name].items.len() > 1 && !lowered[**name];
    for &list in names.iter().filter(naming) {
        for item in &judged[list].items {
            let same = told.get_mut(index.text(&item.range));
            for by in same.into_iter().chain(begun.get_mut(&item.range.start)) {
                if by.last() != Some(&list) {
                    by.push(list);
                }
            }
        }
    }
    headings
        .iter()
        .map(|(under, heading)| {
            let start = judged[*under].heading_start();
            let by_text = told.get(heading.as_str()).into_iter().flatten();
            let by_place = start.and_then(|start| begun.get(&start));
            let mut by = by_text.chain(by_place.into_iter().flatten());
            let about_a_name = by.any(|it| {
                it != under && !lowered[*it] && judged[*it].score >= judged[*under].score
            });
            (*under, about_a_name)
        })
        .collect()
}

/// Lowers lists of cards most of which are only labels: right below each begins a record of a list of names.
fn lower_labels(
    index: &PageIndex<'_>,
    judged: &[Judged<'_>],
    names: &[usize],
    lowered: &mut [bool],
) {
    let spans = &index.flow.spans;
    let several = |place: &&usize| judged[**place].items.len() > 1;
    // Where records begin, and the list that has them.
    let records = names.iter().filter(several).flat_map(|place| {
        let items = judged[*place].draft.items.iter();
        items.map(|item| (spans[item.record.start].start, *place))
    });
    let mut begun: Vec<(usize, usize)> = records.collect();
    begun.sort_unstable();
    for &place in names {
        let items = &judged[place].draft.items;
        let is_label = |item: &&Item| {
            let whole = index.trimmed(&spans[item.record.start]) == item.range;
            let next = begun.partition_point(|begun| begun.0 <= item.range.end);
            let start = begun.get(next).map_or(item.range.end, |begun| begun.0);
            let mut below = begun[next..].iter().take_while(|begun| begun.0 == start);
            let between = index.flow.text.get(item.range.end..start);
            whole
                && between.is_some_and(|between| !between.is_empty() && between.trim().is_empty())
                && below.all(|below| below.1 != place)
        };
        let cards = judged[place].draft.strategy == Strategy::Cards;
        lowered[place] |= cards && items.iter().filter(is_label).count() * 10 >= items.len() * 6;
    }
}

/// Lowers a list of headings that other lists part among them, each under a heading of its own that is no country.
fn lower_unions(
    index: &PageIndex<'_>,
    judged: &[Judged<'_>],
    names: &[usize],
    lowered: &mut [bool],
) {
    let country = |list: &Judged<'_>| {
        let heading = list.heading(index);
        heading.is_some_and(|heading| names::is_country(&heading))
    };
    let of_headings = |place: &&usize| judged[**place].draft.strategy == Strategy::Headings;
    for &whole in names.iter().filter(of_headings) {
        let starts: Set<usize> = judged[whole]
            .items
            .iter()
            .map(|item| item.range.start)
            .collect();
        let is_part = |place: &&usize| {
            let part = &judged[**place];
            let own = part.heading_start();
            let held = |item: &Item| starts.contains(&item.range.start);
            part.items.len() > 1
                && !country(part)
                && own.is_some_and(|own| !starts.contains(&own))
                && own != judged[whole].heading_start()
                && part.items.iter().all(held)
        };
        let parts = || {
            names
                .iter()
                .filter(|place| **place != whole)
                .filter(is_part)
        };
        let headings: Set<Option<usize>> = parts()
            .map(|place| judged[*place].heading_start())
            .collect();
        let held: Set<usize> = parts()
            .flat_map(|place| judged[*place].items.iter().map(|item| item.range.start))
            .collect();
        lowered[whole] |= headings.len() > 1 && held.len() * 10 >= starts.len() * 8;
    }
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
    index: &PageIndex<'_>,
    judged: &[Judged<'_>],
    names: &[usize],
    lowered: &mut [bool],
) {
    for &many in names {
        let held = &judged[many].draft.items;
        let ranges: Set<(usize, usize)> = held
            .iter()
            .map(|held| (held.range.start, held.range.end))
            .collect();
        for &few in names.iter().filter(|name| **name != many) {
            if lowered[few] || lowered[many] {
                continue;
            }
            match sampled(index, judged[few].draft, judged[many].draft, &ranges) {
                Some(Sampled::Rows) => lowered[few] = true,
                Some(Sampled::Parts) => lowered[many] = true,
                None => {}
            }
        }
    }
}

/// How the one relates to the other, whose members stand at `ranges`.
fn sampled(
    index: &PageIndex<'_>,
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
        .filter(|item| ranges.contains(&(item.range.start, item.range.end)))
        .count();
    if held * 10 < few.items.len() * 8 {
        return None;
    }
    // The members by the record that holds them, told apart by their paths.
    let mut kinds: Vec<Vec<u64>> = vec![Vec::new(); few.items.len()];
    for item in &many.items {
        if let Some(place) = record_of(&few.items, item.node) {
            kinds[place].push(index.paths[item.node]);
        }
    }
    let several = kinds.iter().filter(|kind| kind.len() > 1).count();
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
    let after = items.partition_point(|item| item.record.start <= node);
    let place = after.checked_sub(1)?;
    items[place].record.contains(&node).then_some(place)
}
