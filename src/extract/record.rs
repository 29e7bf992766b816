//! Chooses the part of each record that is its name: the same part in all of them.

use std::ops::Range;

use super::{draft::Item, judge::name_signs::LIKELY, page_index::PageIndex};
use crate::entity::NameSource;

use part_signs::{Carrier, NEAR};
use parts::{Part, Parts};
use slots::Slots;

mod aside;
mod common;
mod enumerated;
pub(super) mod part_signs;
mod parts;
mod pictures;
mod slots;
pub(super) mod trim;

pub(super) use aside::{before_small, in_item, is_joined_script};
pub(super) use common::without_asides;
pub(super) use enumerated::names_in as names_between_commas;

/// The item that a part of a record names.
fn item(part: &Part, record: Range<usize>) -> Item {
    Item {
        node: part.node,
        record,
        range: part.range.clone(),
        source: match part.slot.carrier {
            Carrier::Alt => NameSource::Alt,
            _ => NameSource::Text,
        },
    }
}

/// The further names of a record that is a box of several: parts whose class calls them names as that of the first does.
fn others_of_its_make<'p>(
    parts: &'p [Part],
    first: &'p Part,
    is_name: impl Fn(&Part) -> bool + 'p,
) -> impl Iterator<Item = Item> + 'p {
    let slot = first.slot;
    parts
        .iter()
        .filter(move |part| {
            slot.carrier == Carrier::Named
                && (part.slot.carrier, part.slot.class) == (slot.carrier, slot.class)
                && is_name(part)
        })
        .map(|part| item(part, part.node..part.node + 1))
}

/// Names each record (a range of nodes); records without a name are left out.
pub(super) fn name(index: &PageIndex<'_>, records: &[Range<usize>]) -> Vec<Item> {
    let mut parts = Parts::new(records.len());
    let ends = records.iter().map(|record| parts.add_record(index, record));
    let ends: Vec<usize> = ends.collect();
    let begins = std::iter::once(0).chain(ends.iter().copied());
    let spans = || begins.clone().zip(ends.iter().copied());
    let mut slots = Slots::new(parts.all.len());
    // For each part the number of its slot, and its likeness to a name.
    let mut placed: Vec<(usize, f64)> = Vec::with_capacity(parts.all.len());
    for (start, end) in spans() {
        for (position, part) in parts.all[start..end].iter().enumerate() {
            placed.push(slots.add(index, position, part));
        }
    }
    let filled = spans().filter(|(start, end)| start < end).count();
    let ranked = slots.ranked(filled as f64);
    let Some(best) = ranked.iter().find(|slot| slot.1 == 0).map(|slot| slot.0) else {
        return Vec::new();
    };
    // Where labels say which are the names, what has none is no name.
    let first = placed.iter().position(|placed| ranked[placed.0].1 == 0);
    let labelled = first.is_some_and(|at| parts.all[at].slot.carrier == Carrier::Labelled);
    let mut items = Vec::new();
    for ((start, end), record) in spans().zip(records) {
        let Some(at) = (start..end).min_by_key(|&at| ranked[placed[at].0].1) else {
            continue;
        };
        let (part, (number, likeness)) = (&parts.all[at], placed[at]);
        let (worth, rank) = ranked[number];
        let near = rank == 0
            || worth > best * NEAR && !(labelled && part.slot.carrier == Carrier::Alt)
            || (part.slot.carrier <= Carrier::Line && likeness >= LIKELY);
        if near {
            items.push(item(part, record.clone()));
            let parent = |part: &Part| index.tree.nodes[part.node].parent;
            items.extend(others_of_its_make(&parts.all[at + 1..end], part, |other| {
                // A first name and a last name are one name in two elements.
                let whole = |part: &Part| index.text(&part.range).contains(' ');
                parent(other) == parent(part)
                    && whole(part)
                    && whole(other)
                    && index.signs(&other.range).likeness >= LIKELY
            }));
        }
    }
    common::without_common(index, &mut items);
    pictures::settle(index, &mut items);
    enumerated::parted(index, items)
}
