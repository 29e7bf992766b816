//! The visits nearest to the day of access, as they are met one after the other.

use serde::{Deserialize, Serialize};

use super::track::distance;
use crate::clock::Instant;

/// The visits of a page that are nearest to the day on which it was accessed; where nobody knows that day, the first ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::compare) struct Nearest {
    /// From when on they said the same.
    first: Option<Instant>,
    /// Until when; `None` while they are the latest.
    last: Option<Instant>,
}

impl Nearest {
    /// Notes when the visits that were met last ended, now that others come.
    pub(in crate::compare) fn close(&mut self, last: Option<Instant>) {
        if self.last.is_none() {
            self.last = last;
        }
    }

    /// Whether the visits that begin at `first` are nearer than all before; then they are the nearest from now on.
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
