//! What was said about one thing from visit to visit, as runs of equal answers.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// Consecutive visits that said the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::compare) struct Run<T> {
    /// The first visit: the capture that brought it.
    pub(in crate::compare) first: Instant,
    /// The last visit; for the latest run, some visit that already said so.
    pub(in crate::compare) last: Instant,
    /// What they said.
    pub(in crate::compare) said: T,
}

/// The runs of the visits of one page, oldest first. A track grows with changes, not with visits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::compare) struct Track<T>(Vec<Run<T>>);

impl<T> Default for Track<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Track<T> {
    /// Records the end of the latest visits, now that others follow.
    pub(in crate::compare) fn close(&mut self, last: Option<Instant>) {
        if let (Some(run), Some(last)) = (self.0.last_mut(), last) {
            run.last = last;
        }
    }

    /// Records what the visits from `at` on say: the same as before, or the result of `say`.
    pub(in crate::compare) fn tell(
        &mut self,
        at: Instant,
        is_same: impl FnOnce(&T) -> bool,
        say: impl FnOnce() -> T,
    ) {
        match self.0.last_mut() {
            Some(run) if is_same(&run.said) => run.last = at,
            _ => self.0.push(Run {
                first: at,
                last: at,
                said: say(),
            }),
        }
    }

    /// The track with these runs, oldest first.
    pub(in crate::compare) fn of(runs: Vec<Run<T>>) -> Self {
        Self(runs)
    }

    /// All runs, oldest first.
    pub(in crate::compare) fn runs(&self) -> &[Run<T>] {
        &self.0
    }

    /// What is said now.
    pub(in crate::compare) fn latest(&self) -> Option<&Run<T>> {
        self.0.last()
    }

    /// The run that contains a moment; between two runs, the earlier one.
    pub(in crate::compare) fn at(&self, moment: Instant) -> Option<&Run<T>> {
        self.0.iter().rfind(|it| it.first <= moment)
    }

    /// The visits at which a run began, and those at which one ended before another: the edges of the history.
    pub(in crate::compare) fn edges(&self) -> impl Iterator<Item = (Instant, &T)> {
        let latest = self.0.len().saturating_sub(1);
        self.0.iter().enumerate().flat_map(move |(place, it)| {
            let end = (place < latest && it.last > it.first).then_some((it.last, &it.said));
            std::iter::once((it.first, &it.said)).chain(end)
        })
    }

    /// The distance of a run from a moment; the latest run continues until now.
    pub(in crate::compare) fn distance(&self, run: &Run<T>, moment: Instant) -> i64 {
        let goes_on = self.0.last().is_some_and(|it| std::ptr::eq(it, run));
        let last = if goes_on {
            run.first.max(moment)
        } else {
            run.last
        };
        distance(run.first, last, moment)
    }
}

/// The number of seconds between a moment and an interval; 0 inside it.
pub(in crate::compare) fn distance(first: Instant, last: Instant, moment: Instant) -> i64 {
    if moment < first {
        (first - moment).num_seconds()
    } else if moment > last {
        (moment - last).num_seconds()
    } else {
        0
    }
}
