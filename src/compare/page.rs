//! The page of one visit, with what the questions about it share: folded text, name keys, evidence. Each is computed once, when first needed.

use std::cell::OnceCell;

use super::{
    claim::Visited,
    fate::fate,
    names::{keys::Keys, pool::Pool},
    page_text::PageText,
    proof::{Sketch, Witness},
};
use crate::{
    capture::CaptureEntry,
    clock::Instant,
    finding::Fate,
    reading::{PageState, Reading},
};

/// Returns the page of a reference as it was at the latest visit until a moment that counts.
pub type Look<'l> = dyn FnMut(u32, Instant, &mut dyn FnMut(&Page<'_>)) + 'l;

/// A visit's page.
pub struct Page<'a> {
    /// The visit.
    pub(super) visited: Visited<'a>,
    /// For each further page, where its text begins in the reading, and which capture brought it.
    further: Vec<(usize, &'a CaptureEntry)>,
    /// The keys of the names in its other versions.
    keys: Option<&'a Keys>,
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

    /// The page of a visit whose reading continues over further pages: for each, in order, where its text begins and which capture
    /// brought it.
    #[must_use]
    pub fn joined(visited: Visited<'a>, further: Vec<(usize, &'a CaptureEntry)>) -> Self {
        Self {
            visited,
            further,
            keys: None,
            text: OnceCell::new(),
            pool: OnceCell::new(),
            witness: OnceCell::new(),
            sketch: OnceCell::new(),
        }
    }

    /// The same page; names that `keys` has are not put into comparable form again.
    #[must_use]
    pub fn with_keys(mut self, keys: &'a Keys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The state of the page, if it was read.
    #[must_use]
    pub fn state(&self) -> Option<PageState> {
        self.visited.reading.map(|reading| reading.state)
    }

    /// The fate of the page, according to this visit alone.
    #[must_use]
    pub fn fate(&self) -> Fate {
        fate(&self.visited)
    }

    /// When the visit reached it; `None` for a visit without captures.
    pub(super) fn date(&self) -> Option<Instant> {
        self.visited.hops.last().map(|hop| hop.date)
    }

    /// The text of its reading.
    pub(super) fn text(&self, reading: &'a Reading) -> &PageText<'a> {
        self.text.get_or_init(|| PageText::of(reading))
    }

    /// The names of its lists.
    pub(super) fn pool(&self, reading: &'a Reading) -> &Pool<'a> {
        self.pool.get_or_init(|| match self.keys {
            Some(keys) => Pool::with(&reading.lists, keys),
            None => Pool::of(&reading.lists),
        })
    }

    /// What portraits are made from and compared with.
    pub(super) fn sketch(&self, reading: &'a Reading) -> &Sketch<'a> {
        self.sketch.get_or_init(|| Sketch::of(reading))
    }

    /// What evidence is made from.
    pub(super) fn witness(&self) -> &Witness<'a> {
        self.witness
            .get_or_init(|| Witness::of(&self.visited, &self.further))
    }
}
