//! Bad visits that have not lasted long: one failure, one refusal or one wall says nothing about a page yet.

use chrono::TimeDelta;

use crate::{clock::Instant, reading::PageState};

/// How long a page must be in a bad state before this counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The least number of bad visits in a row.
    pub visits: u64,
    /// The least time from the first of them to the last.
    pub span: TimeDelta,
}

impl Default for Alert {
    fn default() -> Self {
        Self {
            visits: 3,
            span: TimeDelta::hours(72),
        }
    }
}

/// Consecutive visits that brought the same, as far as their duration matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The date of the first.
    pub first: Instant,
    /// The date of the last.
    pub last: Instant,
    /// How many there are.
    pub visits: u64,
    /// Whether they brought no page, although there may be one.
    pub bad: bool,
}

/// Whether visits have lasted, by themselves and together with the bad ones before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lasting {
    bad: bool,
    alone: bool,
    together: bool,
}

impl Alert {
    /// For each stretch of a page, oldest first, whether it has lasted.
    #[must_use]
    pub fn lasting(&self, stretches: &[Stretch]) -> Vec<Lasting> {
        let has_lasted = |visits: u64, first: Instant, last: Instant| {
            visits >= self.visits && last - first >= self.span
        };
        let mut row: Option<(Instant, u64)> = None;
        stretches
            .iter()
            .map(|stretch| {
                row = stretch.bad.then(|| {
                    let (first, before) = row.unwrap_or((stretch.first, 0));
                    (first, before + stretch.visits)
                });
                Lasting {
                    bad: stretch.bad,
                    alone: has_lasted(stretch.visits, stretch.first, stretch.last),
                    together: row.is_some_and(|(first, all)| has_lasted(all, first, stretch.last)),
                }
            })
            .collect()
    }
}

impl Lasting {
    /// Whether nothing follows from the visits yet; `state` is the state of the page, if they brought one.
    #[must_use]
    pub fn is_waiting(self, state: Option<PageState>) -> bool {
        let walled = matches!(
            state,
            Some(PageState::Blocked | PageState::ConsentWall | PageState::LoginWall)
        );
        (self.bad && !self.together) || (walled && !self.bad && !self.alone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    fn stretch(first: &str, last: &str, visits: u64, bad: bool) -> Stretch {
        Stretch {
            first: parse_digits14(first).unwrap(),
            last: parse_digits14(last).unwrap(),
            visits,
            bad,
        }
    }

    #[test]
    fn bad_visits_of_several_kinds_last_together() {
        let alert = Alert::default();
        let good = stretch("20240101", "20240110", 10, false);
        let down = stretch("20240111", "20240112", 2, true);
        let refused = |last| stretch("20240113", last, 1, true);
        let last = |all: &[Stretch]| alert.lasting(all).pop().unwrap().is_waiting(None);
        assert!(!last(&[good]));
        assert!(last(&[good, down]));
        assert!(last(&[good, down, refused("20240113")]), "only 48 hours");
        assert!(!last(&[good, down, refused("20240114")]));
        assert!(
            last(&[down, good, refused("20240114")]),
            "a good visit begins the count anew"
        );
    }

    #[test]
    fn a_wall_lasts_by_itself() {
        let lasting = |visits| {
            let all = [stretch("20240101", "20240104", visits, false)];
            Alert::default().lasting(&all)[0]
        };
        assert!(lasting(2).is_waiting(Some(PageState::LoginWall)));
        assert!(!lasting(3).is_waiting(Some(PageState::LoginWall)));
        assert!(!lasting(1).is_waiting(Some(PageState::SoftNotFound)));
        assert!(!lasting(1).is_waiting(Some(PageState::Content)));
    }
}
