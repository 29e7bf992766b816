//! The parts that records have in common, and how likely each one is the name.

use crate::extract::{
    fast_hash::{Map, map},
    page_index::PageIndex,
};

use super::{
    part_signs::{PartFacts, worth},
    parts::{PARTS, Part, Slot},
};

/// How many slots are searched one by one.
const FEW: usize = 16;

/// The slots of the records of a list, numbered in the order in which they are met.
pub(super) struct Slots {
    stats: Vec<Stat>,
    /// The numbers of those after the first few.
    numbers: Map<Slot, usize>,
    /// The slot of the part at each position of the last record that had one: most records are alike.
    last: [usize; PARTS],
    /// The texts in each slot: the number of the slot in the upper half, that of the text in the lower.
    texts: Vec<u64>,
}

/// The sums over the parts in one slot.
struct Stat {
    slot: Slot,
    records: f64,
    likeness: f64,
    organizations: f64,
    position: f64,
    length: f64,
    /// How many different texts.
    texts: f64,
}

impl Stat {
    fn new(slot: Slot) -> Self {
        Self {
            slot,
            records: 0.0,
            likeness: 0.0,
            organizations: 0.0,
            position: 0.0,
            length: 0.0,
            texts: 0.0,
        }
    }

    /// The facts about a slot in a list in which `records` records have any part.
    fn facts(&self, records: f64) -> PartFacts {
        let count = self.records;
        PartFacts {
            carrier: self.slot.carrier,
            coverage: (count / records).min(1.0),
            likeness: self.likeness / count,
            organizations: self.organizations / count,
            position: self.position / count,
            length: self.length / count,
            distinct: if count > 1.0 { self.texts / count } else { 1.0 },
        }
    }
}

impl Slots {
    /// Without a slot, for so many parts.
    pub(super) fn new(parts: usize) -> Self {
        Self {
            stats: Vec::new(),
            numbers: map(),
            last: [0; PARTS],
            texts: Vec::with_capacity(parts),
        }
    }

    /// Counts a part at `position` in its record; returns the number of its slot and its likeness to a name.
    pub(super) fn add(
        &mut self,
        index: &PageIndex<'_>,
        position: usize,
        part: &Part,
    ) -> (usize, f64) {
        const LAST: usize = 6;
        let number = self.number(position, part.slot);
        let (text, signs) = index.numbered_signs(&part.range);
        let stat = &mut self.stats[number];
        stat.records += 1.0;
        stat.likeness += signs.likeness;
        stat.organizations += f64::from(u8::from(signs.organization));
        stat.position += position.min(LAST) as f64;
        stat.length += part.range.len() as f64;
        self.texts.push((number as u64) << 32 | u64::from(text));
        (number, signs.likeness)
    }

    /// The number of a slot; a new one if it is met for the first time.
    fn number(&mut self, position: usize, slot: Slot) -> usize {
        let position = position.min(PARTS - 1);
        let likely = self.last[position];
        if self.stats.get(likely).is_some_and(|stat| stat.slot == slot) {
            return likely;
        }
        let number = self.known(slot).unwrap_or_else(|| {
            self.stats.push(Stat::new(slot));
            if self.stats.len() > FEW {
                self.numbers.insert(slot, self.stats.len() - 1);
            }
            self.stats.len() - 1
        });
        self.last[position] = number;
        number
    }

    fn known(&self, slot: Slot) -> Option<usize> {
        let few = &self.stats[..self.stats.len().min(FEW)];
        few.iter()
            .position(|stat| stat.slot == slot)
            .or_else(|| self.numbers.get(&slot).copied())
    }

    /// For each slot its worth and its rank, the best 0; `records` is how many records have any part.
    pub(super) fn ranked(mut self, records: f64) -> Vec<(f64, usize)> {
        self.texts.sort_unstable();
        self.texts.dedup();
        for text in self.texts {
            self.stats[(text >> 32) as usize].texts += 1.0;
        }
        let stats = self.stats;
        let mut ranked: Vec<(f64, usize)> = stats
            .iter()
            .map(|stat| (worth(&stat.facts(records)), 0))
            .collect();
        let mut order: Vec<usize> = (0..stats.len()).collect();
        order.sort_by(|&a, &b| {
            let (one, other) = (stats[a].slot, stats[b].slot);
            let by_worth = ranked[b].0.total_cmp(&ranked[a].0);
            by_worth
                .then(one.carrier.cmp(&other.carrier))
                .then(one.place.cmp(&other.place))
                .then(one.class.cmp(&other.class))
        });
        for (rank, number) in order.into_iter().enumerate() {
            ranked[number].1 = rank;
        }
        ranked
    }
}
