//! One visit's page, with what the questions about it share: its text folded, its names keyed, its evidence. Each is made once, when it is asked for.

use std::cell::OnceCell;

use super::{
    claim::Visited,
    fate::fate,
    names::pool::Pool,
    page_text::PageText,
    proof::{Sketch, Witness},
};
use crate::{
    capture::CaptureEntry,
    clock::Instant,
    finding::Fate,
    reading::{PageState, Reading},
};

/// Gives the page of a reference as it was at the latest visit up to a moment, as far as visits count.
pub type Look<'l> = dyn FnMut(u32, Instant, &mut dyn FnMut(&Page<'_>)) + 'l;

/// A visit's page.
pub struct Page<'a> {
    /// The visit.
    pub(super) visited: Visited<'a>,
    /// Where the text of each further page begins in the reading's, and which capture brought it.
    further: Vec<(usize, &'a CaptureEntry)>,
    text: OnceCell<PageText<'a>>,
    pool: OnceCell<Pool<'a>>,
    witness: OnceCell<Witness<'a>>,
    sketch: OnceCell<Sketch<'a>>,
}

impl<'a> Page<'a> {
    /// The page of a visit.
    #[must_use]
    pub fn of(visited: Visited<'a>) -> Self {
        Self::joined(visited, Vec::new())
    }

    /// The page of a visit whose reading goes on over further pages: where the text of each begins in it, in order, with the capture
    /// that brought it.
    #[must_use]
    pub fn joined(visited: Visited<'a>, further: Vec<(usize, &'a CaptureEntry)>) -> Self {
        Self {
            visited,
            further,
            text: OnceCell::new(),
            pool: OnceCell::new(),
            witness: OnceCell::new(),
            sketch: OnceCell::new(),
        }
    }

    /// What is on it, where it was read.
    #[must_use]
    pub fn state(&self) -> Option<PageState> {
        self.visited.reading.map(|reading| reading.state)
    }

    /// What became of it, as this visit alone tells.
    #[must_use]
    pub fn fate(&self) -> Fate {
        fate(&self.visited)
    }

    /// When the visit came to it; `None` for a visit without captures.
    pub(super) fn date(&self) -> Option<Instant> {
        self.visited.hops.last().map(|hop| hop.date)
    }

    /// The text of its reading.
    pub(super) fn text(&self, reading: &'a Reading) -> &PageText<'a> {
        self.text.get_or_init(|| PageText::of(reading))
    }

    /// The names of its lists.
    pub(super) fn pool(&self, reading: &'a Reading) -> &Pool<'a> {
        self.pool.get_or_init(|| Pool::of(&reading.lists))
    }

    /// What portraits are made of and compared with.
    pub(super) fn sketch(&self, reading: &'a Reading) -> &Sketch<'a> {
        self.sketch.get_or_init(|| Sketch::of(reading))
    }

    /// What evidence is made of.
    pub(super) fn witness(&self) -> &Witness<'a> {
        self.witness
            .get_or_init(|| Witness::of(&self.visited, &self.further))
    }
}
