//! `every = "auto"`: how often a page is visited follows from how often it was seen to change.
//!
//! A page is taken to change at random, at a rate of its own. Visits only show whether there was a change since the visit before, and
//! are not evenly spaced, so the rate is the one that makes what they showed most likely: J. Cho and H. Garcia-Molina, "Estimating
//! Frequency of Change", ACM Transactions on Internet Technology 3 (3), 2003, section 5 (irregular access). Their correction for few visits
//! is half a change in one more visit.
//!
//! Visits are shared out so that changes are seen as early as possible: a page that changes λ times a day and is visited every Δ days
//! has changes that wait λΔ/2 days in all for each day. For a given number of visits, the sum over all pages is least if each Δ is in
//! proportion to 1/√λ. So the interval is the geometric mean of `min` and the time between two changes.

use chrono::TimeDelta;

use crate::{clock::Instant, digest::ContentDigest};

/// The bounds of the intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Auto {
    /// The shortest.
    pub min: TimeDelta,
    /// The longest.
    pub max: TimeDelta,
}

/// Visits that showed, or did not show, a change since the visit before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The time since the visit before.
    pub after: TimeDelta,
    /// Whether the page had changed.
    pub changed: bool,
    /// How many such visits there were, one after the other.
    pub times: u64,
}

/// How often a page is visited, and what that rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The interval.
    pub interval: TimeDelta,
    /// The estimated time between two changes; `None` where the changes say nothing.
    pub between: Option<TimeDelta>,
    /// How many changes were seen.
    pub changes: u64,
    /// In how many visits after the first.
    pub visits: u64,
}

/// From so many visits on, a page that never was the same twice is taken for one whose bytes always differ: a token or a clock in them.
const RESTLESS: u64 = 8;

/// The share of an interval over which due times are spread.
const SPREAD: f64 = 0.2;

/// The time between two changes of a page of which nothing is known: the middle of what studies of the web found for pages of
/// organizations.
const USUAL: f64 = 30.0;

const DAY: f64 = 86_400.0;

impl Auto {
    /// How often a page is visited that was observed so.
    #[must_use]
    pub fn pace(&self, observed: &[Observed]) -> Pace {
        let sum = |all: &dyn Fn(&Observed) -> bool| -> u64 {
            observed
                .iter()
                .filter(|span| all(span))
                .map(|span| span.times)
                .sum()
        };
        let (visits, changes) = (sum(&|_| true), sum(&|span| span.changed));
        let (min, max) = (days(self.min), days(self.max.max(self.min)));
        let between = (changes < RESTLESS || changes < visits).then(|| 1.0 / rate(observed));
        let interval = match between {
            Some(between) => (min * between).sqrt(),
            None => (min * max).sqrt(),
        };
        Pace {
            interval: of_days(interval.clamp(min, max)),
            between: between.map(of_days),
            changes,
            visits,
        }
    }

    /// When a page is due that was visited last at `last`: pages that are visited equally often are due at different hours.
    #[must_use]
    pub fn due(&self, address: &str, last: Instant, pace: &Pace) -> Instant {
        let key = format!("{address} {}", last.timestamp());
        let digest = ContentDigest::of(key.as_bytes());
        let share = f64::from(digest.as_bytes()[0]) / 255.0;
        let interval = days(pace.interval) * (1.0 - SPREAD * share);
        let interval = of_days(interval).max(self.min);
        last.checked_add_signed(interval)
            .unwrap_or(Instant::MAX_UTC)
    }
}

/// The most likely number of changes a day.
fn rate(observed: &[Observed]) -> f64 {
    let half = |changed| (USUAL, changed, 0.5);
    let all: Vec<(f64, bool, f64)> = observed
        .iter()
        .map(|span| (days(span.after), span.changed, span.times as f64))
        .chain([half(true), half(false)])
        .collect();
    // The derivative of the logarithm of the likelihood falls with the rate.
    let slope = |rate: f64| -> f64 {
        let each = all.iter().map(|(time, changed, times)| {
            if *changed {
                times * time / (rate * time).exp_m1()
            } else {
                -times * time
            }
        });
        each.sum()
    };
    let (mut low, mut high) = (1e-6_f64, 1e4_f64);
    for _ in 0..60 {
        let middle = (low * high).sqrt();
        if slope(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low * high).sqrt()
}

fn days(time: TimeDelta) -> f64 {
    // Two visits of the same second are no time at all, for which no rate exists.
    (time.num_seconds().max(1) as f64) / DAY
}

fn of_days(days: f64) -> TimeDelta {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the bounds of the rate keep it far from the ends"
    )]
    TimeDelta::seconds((days * DAY).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    const AUTO: Auto = Auto {
        min: TimeDelta::hours(6),
        max: TimeDelta::days(30),
    };

    fn seen(hours: i64, changed: bool, times: u64) -> Observed {
        Observed {
            after: TimeDelta::hours(hours),
            changed,
            times,
        }
    }

    #[test]
    fn the_rate_is_that_of_the_paper_for_even_visits() {
        // Cho and Garcia-Molina, section 4: -ln((n - X + 0.5) / (n + 0.5)) for X changes in n visits.
        let many = [seen(24, true, 100), seen(24, false, 300)];
        let expected = -(300.5_f64 / 400.5).ln();
        assert!(
            (rate(&many) / expected - 1.0).abs() < 0.05,
            "{}",
            rate(&many)
        );
    }

    #[test]
    fn uneven_visits_count_by_their_length() {
        // Twice a change within ten days, and none within an hour, says: about every ten days, not every other visit.
        let uneven = [seen(240, true, 5), seen(1, false, 500), seen(240, false, 5)];
        let between = 1.0 / rate(&uneven);
        assert!((15.0..25.0).contains(&between), "{between}");
    }

    #[test]
    fn pages_that_change_are_visited_more_often_within_the_bounds() {
        let interval = |observed: &[Observed]| AUTO.pace(observed).interval;
        let unknown = interval(&[]);
        let rare = interval(&[seen(72, false, 200), seen(72, true, 1)]);
        let often = interval(&[seen(12, true, 30), seen(12, false, 30)]);
        assert!(
            often < unknown && unknown < rare,
            "{often} {unknown} {rare}"
        );
        assert_eq!(interval(&[seen(24, false, 1_000_000)]), AUTO.max);
        assert_eq!(interval(&[seen(1, true, 500), seen(1, false, 5)]), AUTO.min);
        assert_eq!(
            AUTO.pace(&[seen(72, false, 3), seen(72, true, 1)]).changes,
            1
        );
    }

    #[test]
    fn bytes_that_always_differ_say_nothing() {
        let restless = AUTO.pace(&[seen(6, true, 8)]);
        assert_eq!(restless.between, None);
        assert_eq!(restless.interval, of_days((0.25_f64 * 30.0).sqrt()));
        assert!(AUTO.pace(&[seen(6, true, 7)]).between.is_some());
    }

    #[test]
    fn pages_of_one_run_are_due_at_different_hours() {
        let last = parse_digits14("20261127").unwrap();
        let pace = AUTO.pace(&[]);
        let due = |page: usize| AUTO.due(&format!("https://a.example/{page}"), last, &pace);
        let hours: std::collections::BTreeSet<i64> =
            (0..200).map(|it| (due(it) - last).num_hours()).collect();
        assert!(hours.len() >= 10, "{hours:?}");
        assert!((0..200).all(|it| due(it) <= last + pace.interval));
        let soon = AUTO.pace(&[seen(1, true, 500), seen(1, false, 5)]);
        assert_eq!(AUTO.due("x", last, &soon), last + AUTO.min);
    }
}
