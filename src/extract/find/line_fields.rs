//! Lines of one make: the same place in each has the name, or every second or third line has it.

use std::ops::Range;

use crate::extract::{judge::name_signs::CLEAR, page_index::PageIndex};

use super::fields::make_of;

/// An inline piece of a line.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Its node.
    pub(super) node: usize,
    /// Its bytes of the text.
    pub(super) range: Range<usize>,
    /// Whether it is an element, and not text between elements.
    pub(super) element: bool,
}

/// Consecutive lines: their pieces in one row, and the end of each line.
#[derive(Default)]
pub(super) struct Run {
    /// The pieces.
    pub(super) pieces: Vec<Piece>,
    /// The end of each line among them.
    pub(super) ends: Vec<usize>,
}

impl Run {
    /// Empties it.
    pub(super) fn clear(&mut self) {
        self.pieces.clear();
        self.ends.clear();
    }

    /// Ends the line, if there is anything in it.
    pub(super) fn end_line(&mut self) {
        if self.ends.last().copied().unwrap_or(0) < self.pieces.len() {
            self.ends.push(self.pieces.len());
        }
    }

    /// The pieces of each line.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[Piece]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(from, &to)| &self.pieces[from..to])
    }
}

/// The place of the name in lines that have the same elements, one behind the other: `<b>Jane Roe</b>, <i>Treasurer</i>`.
pub(super) struct Column {
    /// How many elements such a line has.
    elements: usize,
    /// Which of them has the name.
    place: usize,
}

impl Column {
    /// The element of a line in this place.
    pub(super) fn of<'p>(&self, line: &'p [Piece]) -> Option<&'p Piece> {
        let mut elements = line.iter().filter(|piece| piece.element);
        let named = elements.clone().nth(self.place)?;
        (elements.by_ref().count() == self.elements).then_some(named)
    }
}

/// The place of the name in most lines, if their elements are made alike in each place and otherwise than in the next.
pub(super) fn column(index: &PageIndex<'_>, run: &Run) -> Option<Column> {
    const LEAST: usize = 3;
    const MOST: usize = 4;
    if run.ends.len() < LEAST {
        return None;
    }
    let elements = |line: &[Piece]| -> Vec<Piece> {
        line.iter().filter(|piece| piece.element).cloned().collect()
    };
    let lines: Vec<Vec<Piece>> = run.lines().map(elements).collect();
    let fields = lines.iter().map(Vec::len).filter(|count| *count > 1);
    let count = fields.clone().min()?;
    let alike: Vec<&Vec<Piece>> = lines.iter().filter(|line| line.len() == count).collect();
    let make = |piece: &Piece| make_of(index, piece.node);
    let first: Vec<u64> = alike[0].iter().map(make).collect();
    let differ = first.windows(2).all(|pair| pair[0] != pair[1]);
    let same = |line: &&&Vec<Piece>| line.iter().map(make).eq(first.iter().copied());
    if count > MOST
        || alike.len() < LEAST
        || alike.len() * 10 < lines.len() * 6
        || !differ
        || alike.iter().filter(same).count() * 4 < alike.len() * 3
    {
        return None;
    }
    let likeness = |place: &usize| -> f64 {
        let texts = alike.iter().map(|line| index.trimmed(&line[*place].range));
        texts.map(|range| index.signs(&range).likeness).sum()
    };
    let best = (0..count)
        .rev()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    Some(Column {
        elements: count,
        place: best,
    })
}

/// After how many lines the ways in which lines are made recur, and which of these has the name: an office in bold, a name, a number.
pub(super) fn recurring(index: &PageIndex<'_>, run: &Run) -> Option<(usize, usize)> {
    const LONGEST: usize = 4;
    const TIMES: usize = 3;
    let pieces_of = |line: &[Piece]| -> Vec<u64> {
        let pieces = line.iter();
        let made = pieces.map(|it| {
            if it.element {
                make_of(index, it.node)
            } else {
                0
            }
        });
        made.collect()
    };
    let count = run.ends.len();
    if count < 2 * TIMES {
        return None;
    }
    let made: Vec<Vec<u64>> = run.lines().map(pieces_of).collect();
    if made.iter().all(|make| *make == made[0]) {
        return None;
    }
    let recurs = |period: &usize| {
        count.is_multiple_of(*period)
            && count >= period * TIMES
            && made.iter().zip(&made[*period..]).all(|(a, b)| a == b)
    };
    let period = (2..=LONGEST).find(recurs)?;
    let likeness = |place: usize| -> f64 {
        let lines = run.lines().skip(place).step_by(period);
        let whole =
            lines.filter_map(|line| Some(line.first()?.range.start..line.last()?.range.end));
        whole
            .map(|range| index.signs(&index.trimmed(&range)).likeness)
            .sum()
    };
    let likeness: Vec<f64> = (0..period).map(likeness).collect();
    let best = (0..period)
        .rev()
        .max_by(|a, b| likeness[*a].total_cmp(&likeness[*b]))?;
    // Where others could be names as well, they may be the captions of these.
    let times = (count / period) as f64;
    let sure = |place: usize| place == best || likeness[place] < CLEAR * times;
    (0..period).all(sure).then_some((period, best))
}
