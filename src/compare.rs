//! Holds claims against readings: what the pages still say, since when, and on which words that rests. Pure.

use crate::{capture::CaptureEntry, reading::Reading};

mod added;
mod aligned;
mod alike;
mod assignment;
mod candidates;
mod context;
mod elsewhere;
mod fate;
mod figure;
mod findings;
mod former;
mod judged;
mod legal_form;
mod likeness;
mod listed;
mod moved;
mod name_key;
mod names;
mod number;
mod outline;
mod page_text;
mod parted;
mod past;
mod proof;
mod quotation;
mod record;
mod region;
mod relation;
mod sentences;
mod series;
mod sole;
mod split;
mod state;
mod statement;
mod words;

pub use alike::{Alike, Comparable, alike, alike_in_full};
pub use fate::fate;
pub use figure::figure;
pub use findings::{findings, series};
pub use names::{HeldIn, ListFound, NameAnswer, NamesAnswer, NewName, Place, names};
pub use quotation::{WordsAnswer, quotation};
pub use relation::{RelationAnswer, relation};
pub use statement::{MOST_PASSAGES, Passage, StatementAnswer, statement};

/// The version of the comparison; findings of another version are computed again.
pub const VERSION: u32 = 1;

/// One visit of a seed, ready to be judged by.
#[derive(Clone, Copy, Debug)]
pub struct Visited<'a> {
    /// The redirects in order; the last is what the visit came to.
    pub hops: &'a [CaptureEntry],
    /// What was read from the last, where there was anything to read.
    pub reading: Option<&'a Reading>,
}

/// What narrows a page down to the part that a reference means.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// The fragment of the cited address.
    pub fragment: Option<&'a str>,
    /// A CSS selector of the list, which overrules the search for it.
    pub selector: Option<&'a str>,
}

#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod later_visits_tests;
#[cfg(test)]
mod moved_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
