//! What was said of one thing from visit to visit, as runs of the same answer.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// Visits one after the other that said the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::compare) struct Run<T> {
    /// The first of them: the capture that brought it.
    pub(in crate::compare) first: Instant,
    /// The last of them; of the latest run, a visit at which it was so already.
    pub(in crate::compare) last: Instant,
    /// What they said, as the first did.
    pub(in crate::compare) said: T,
}

/// The runs of one page's visits, oldest first. It grows with what changes, and not with the number of visits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::compare) struct Track<T>(Vec<Run<T>>);

impl<T> Default for Track<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Track<T> {
    /// Notes when the visits that were told last ended, now that others come.
    pub(in crate::compare) fn close(&mut self, last: Option<Instant>) {
        if let (Some(run), Some(last)) = (self.0.last_mut(), last) {
            run.last = last;
        }
    }

    /// Notes what the visits from `at` on say: the same as those before, or something that `say` makes.
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

    /// The track of these runs, oldest first.
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

    /// The run that a moment is in; between two runs, the earlier one.
    pub(in crate::compare) fn at(&self, moment: Instant) -> Option<&Run<T>> {
        self.0.iter().rfind(|it| it.first <= moment)
    }

    /// The visits at which a run began, and those at which one ended that another followed: what history is told by.
    pub(in crate::compare) fn edges(&self) -> impl Iterator<Item = (Instant, &T)> {
        let latest = self.0.len().saturating_sub(1);
        self.0.iter().enumerate().flat_map(move |(place, it)| {
            let end = (place < latest && it.last > it.first).then_some((it.last, &it.said));
            std::iter::once((it.first, &it.said)).chain(end)
        })
    }

    /// How far a run is from a moment: the latest one goes on until now.
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

/// How many seconds a moment is from a time between two moments; 0 inside it.
pub(in crate::compare) fn distance(first: Instant, last: Instant, moment: Instant) -> i64 {
    if moment < first {
        (first - moment).num_seconds()
    } else if moment > last {
        (moment - last).num_seconds()
    } else {
        0
    }
}
