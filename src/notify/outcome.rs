//! The result of an attempt to send a message, and the time of the next one.

use chrono::TimeDelta;

use crate::clock::Instant;

/// How the reason begins if a receiver wants no message any more (410 Gone): the channel is then disabled.
pub const GONE: &str = "410 Gone";

/// The result of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver accepted it.
    Sent,
    /// Another attempt may help; not before the time that the receiver asked for.
    Later {
        /// What happened.
        why: String,
        /// How long the receiver wants no further attempt.
        after: Option<TimeDelta>,
    },
    /// The receiver refuses it: further attempts would not help.
    Refused {
        /// Its answer.
        why: String,
    },
}

impl Outcome {
    /// A failed attempt that may be repeated.
    #[must_use]
    pub fn later(why: impl Into<String>) -> Self {
        let why = why.into();
        Self::Later { why, after: None }
    }
}

/// The pauses after the first, second, … attempt, in minutes: a day in all.
const PAUSES: [i64; 8] = [1, 5, 30, 60, 120, 240, 360, 624];

/// When the attempt after `tries` failed ones is made; `None` if there are no more.
#[must_use]
pub fn next_try(now: Instant, tries: u32, after: Option<TimeDelta>) -> Option<Instant> {
    let place = usize::try_from(tries.saturating_sub(1)).ok()?;
    let pause = TimeDelta::minutes(*PAUSES.get(place)?);
    let longest = TimeDelta::days(1);
    let asked = after.unwrap_or_default().clamp(TimeDelta::zero(), longest);
    now.checked_add_signed(pause.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    #[test]
    fn attempts_go_on_for_a_day_and_wait_as_long_as_the_receiver_asks() {
        let start = parse_digits14("2026").unwrap();
        let mut at = start;
        for tries in 1..=8 {
            at = next_try(at, tries, None).unwrap();
        }
        assert_eq!(at - start, TimeDelta::days(1));
        assert_eq!(next_try(at, 9, None), None);
        let asked = Some(TimeDelta::minutes(3));
        assert_eq!(next_try(at, 1, asked), Some(at + TimeDelta::minutes(3)));
        assert_eq!(next_try(at, 2, asked), Some(at + TimeDelta::minutes(5)));
        let ages = Some(TimeDelta::days(900));
        assert_eq!(next_try(at, 1, ages), Some(at + TimeDelta::days(1)));
    }
}
