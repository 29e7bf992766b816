//! Readings as they are stored: every place by how far it is from the one before, so that words that came in above change one
//! number and not all that follow.

use std::ops::Range;

use super::Reading;

/// A reading whose places are relative; what it was made of, [`Packed::unpack`] gives back.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Packed(Reading);

impl Packed {
    /// Packs a reading.
    #[must_use]
    pub fn of(reading: &Reading) -> Self {
        let mut packed = reading.clone();
        let mut before = 0;
        each_place(&mut packed, &mut |it| {
            let far = signed(it.start).wrapping_sub(before);
            before = signed(it.start);
            *it = zigzag(far)..it.end.wrapping_sub(it.start);
        });
        Self(packed)
    }

    /// The reading as it was.
    #[must_use]
    pub fn unpack(self) -> Reading {
        let mut reading = self.0;
        let mut before = 0_i64;
        each_place(&mut reading, &mut |it| {
            before = before.wrapping_add(unzigzag(it.start));
            let start = unsigned(before);
            *it = start..start.wrapping_add(it.end);
        });
        reading
    }
}

/// Every place in the text that a reading names, always in the same order.
fn each_place(reading: &mut Reading, tell: &mut dyn FnMut(&mut Range<usize>)) {
    reading.blocks.iter_mut().for_each(|it| tell(&mut it.range));
    reading
        .headings
        .iter_mut()
        .for_each(|it| tell(&mut it.range));
    reading
        .anchors
        .iter_mut()
        .for_each(|it| tell(&mut it.range));
    reading.links.iter_mut().for_each(|it| tell(&mut it.range));
    let items = reading.lists.iter_mut().flat_map(|it| &mut it.items);
    items.filter_map(|it| it.range.as_mut()).for_each(tell);
}

/// A whole number without sign, small where the number is near to 0.
fn zigzag(number: i64) -> usize {
    let bits = number.wrapping_shl(1) ^ (number >> 63);
    unsigned(bits)
}

fn unzigzag(bits: usize) -> i64 {
    let bits = bits as u64;
    let half = (bits >> 1).cast_signed();
    half ^ (bits & 1).cast_signed().wrapping_neg()
}

fn signed(place: usize) -> i64 {
    (place as u64).cast_signed()
}

fn unsigned(bits: i64) -> usize {
    usize::try_from(bits.cast_unsigned()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Block, Heading, PageState, Region};

    #[test]
    fn words_that_come_in_above_change_one_place() {
        let reading = |shift: usize| {
            let block = |range: Range<usize>| Block {
                range,
                hidden: false,
                region: Region::Main,
                alt: false,
            };
            Reading {
                version: 1,
                title: None,
                language: None,
                text: "x".repeat(40 + shift),
                blocks: vec![block(0..4 + shift), block(5 + shift..20 + shift)],
                headings: vec![Heading {
                    level: 2,
                    range: 5 + shift..9 + shift,
                }],
                anchors: Vec::new(),
                links: Vec::new(),
                lists: Vec::new(),
                lost_selectors: Vec::new(),
                state: PageState::Content,
                signals: Vec::new(),
                ..Reading::default()
            }
        };
        let (one, other) = (reading(0), reading(7));
        let (packed, later) = (Packed::of(&one), Packed::of(&other));
        assert_eq!(packed.0.headings, later.0.headings);
        assert_eq!(packed.0.blocks[1].range.end, later.0.blocks[1].range.end);
        assert_eq!(packed.unpack(), one);
        assert_eq!(later.unpack(), other);
    }

    #[test]
    fn every_number_comes_back_from_its_zigzag() {
        for it in [0, 1, -1, 2, -2, 1 << 40, -(1 << 40)] {
            assert_eq!(unzigzag(zigzag(it)), it);
        }
    }
}
