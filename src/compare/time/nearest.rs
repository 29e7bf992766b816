//! The visits nearest to the access date, found in one pass over the visits.

use serde::{Deserialize, Serialize};

use super::track::distance;
use crate::clock::Instant;

/// The visits of a page nearest to its access date; if that is unknown, the first visits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::compare) struct Nearest {
    /// From when on they said the same.
    first: Option<Instant>,
    /// Until when; `None` while they are the latest.
    last: Option<Instant>,
}

impl Nearest {
    /// Records the end of the latest visits, now that others follow.
    pub(in crate::compare) fn close(&mut self, last: Option<Instant>) {
        if self.last.is_none() {
            self.last = last;
        }
    }

    /// Whether the visits that begin at `first` are nearer than all before; if so, they become the nearest.
    pub(in crate::compare) fn meet(&mut self, first: Instant, accessed: Option<Instant>) -> bool {
        let nearer = match (self.first, accessed) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(from), Some(day)) => {
                let now = distance(first, first.max(day), day);
                let before = distance(from, self.last.unwrap_or(from.max(day)), day);
                now < before
            }
        };
        if nearer {
            self.first = Some(first);
            self.last = None;
        }
        nearer
    }
}
