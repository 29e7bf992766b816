//! What is due: how often a page is visited, and when the next visit is.

use std::{fmt, str::FromStr};

use chrono::TimeDelta;
use croner::Cron;

use crate::clock::Instant;

/// How often a page is visited: an interval (`12h`, `1d 6h`) or a cron expression in UTC (`0 3 * * mon`).
#[derive(Clone, Debug)]
pub struct Cadence {
    text: String,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Every(TimeDelta),
    Cron(Box<Cron>),
}

/// Why a text is not a cadence.
#[derive(Debug, thiserror::Error)]
pub enum CadenceError {
    /// An interval that does not consist of numbers with units.
    #[error("`{0}` is neither an interval nor a cron expression")]
    Syntax(String),
    /// An interval of zero.
    #[error("`{0}` is an interval of zero")]
    Zero(String),
    /// An invalid cron expression.
    #[error("the cron expression `{text}` is not valid: {why}")]
    Cron {
        /// The expression.
        text: String,
        /// The message of the parser.
        why: String,
    },
}

impl CadenceError {
    /// What to write instead.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Syntax(_) | Self::Zero(_) => {
                "write an interval such as `12h`, `1d` or `1d 12h`, or five cron fields such as `0 3 * * mon`"
            }
            Self::Cron { .. } => {
                "five fields: minute hour day-of-month month day-of-week, for example `30 2 * * 1`"
            }
        }
    }
}

impl Cadence {
    /// The time of the next visit after one at `last`.
    #[must_use]
    pub fn next_after(&self, last: Instant) -> Instant {
        match &self.rule {
            Rule::Every(interval) => last
                .checked_add_signed(*interval)
                .unwrap_or(Instant::MAX_UTC),
            // Expressions that never match (30 February) are refused when parsed.
            Rule::Cron(cron) => cron
                .find_next_occurrence(&last, false)
                .unwrap_or(Instant::MAX_UTC),
        }
    }

    /// The time of the next visit: immediately if there was none; at most `retry` after a failed one.
    #[must_use]
    pub fn due(&self, last: Option<LastVisit>, retry: TimeDelta) -> Option<Instant> {
        let last = last?;
        let regular = self.next_after(last.at);
        Some(if last.failed {
            regular.min(last.at + retry)
        } else {
            regular
        })
    }
}

/// The parts of the last visit of a page that matter for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastVisit {
    /// When it began.
    pub at: Instant,
    /// Whether it failed.
    pub failed: bool,
}

impl fmt::Display for Cadence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl FromStr for Cadence {
    type Err = CadenceError;

    fn from_str(text: &str) -> Result<Self, CadenceError> {
        let trimmed = text.trim();
        let fields = trimmed.split_whitespace().count();
        let rule = if trimmed.starts_with('@') || fields >= 5 {
            let wrong = |why: String| CadenceError::Cron {
                text: text.to_owned(),
                why,
            };
            // A sixth field would mean seconds, and shift the meaning of the others.
            if !trimmed.starts_with('@') && fields != 5 {
                return Err(wrong(format!("it has {fields} fields")));
            }
            let cron = Cron::from_str(trimmed).map_err(|error| wrong(error.to_string()))?;
            cron.find_next_occurrence(&Instant::UNIX_EPOCH, false)
                .map_err(|_| wrong("it never matches".to_owned()))?;
            Rule::Cron(Box::new(cron))
        } else {
            Rule::Every(parse_interval(trimmed)?)
        };
        Ok(Self {
            text: trimmed.to_owned(),
            rule,
        })
    }
}

/// Parses an interval: numbers with the units `ms`, `s`, `m`, `h`, `d` or `w`, added up.
///
/// # Errors
/// Anything else, and an interval of zero.
pub fn parse_interval(text: &str) -> Result<TimeDelta, CadenceError> {
    let syntax = || CadenceError::Syntax(text.to_owned());
    let mut rest = text.trim();
    let mut sum = TimeDelta::zero();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_start();
        let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, tail) = tail.split_at(letters);
        let number: i64 = number.parse().map_err(|_| syntax())?;
        let milliseconds: i64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return Err(syntax()),
        };
        sum = number
            .checked_mul(milliseconds)
            .and_then(TimeDelta::try_milliseconds)
            .and_then(|it| sum.checked_add(&it))
            .ok_or_else(syntax)?;
        rest = tail.trim_start();
    }
    if sum.is_zero() {
        return Err(CadenceError::Zero(text.to_owned()));
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{digits14, parse_digits14};

    fn next(cadence: &str, last: &str) -> String {
        let cadence: Cadence = cadence.parse().unwrap();
        digits14(cadence.next_after(parse_digits14(last).unwrap()))
    }

    #[test]
    fn an_interval_counts_from_the_last_visit() {
        assert_eq!(next("1d 12h", "20240228"), "20240229120000");
        assert_eq!(next("90m", "20240101"), "20240101013000");
    }

    #[test]
    fn a_cron_expression_names_moments_in_utc() {
        assert_eq!(next("0 3 * * mon", "20241230"), "20241230030000");
        assert_eq!(next("0 3 * * mon", "20241230030000"), "20250106030000");
        assert_eq!(next("@daily", "20241230030000"), "20241231000000");
    }

    #[test]
    fn an_invalid_cadence_is_refused_with_its_text() {
        for wrong in ["", "daily", "1", "1 fortnight", "99999999999999w", "-1d"] {
            assert!(wrong.parse::<Cadence>().is_err(), "{wrong}");
        }
        assert!(matches!(
            "0s".parse::<Cadence>(),
            Err(CadenceError::Zero(_))
        ));
        let error = "61 * * * *".parse::<Cadence>().unwrap_err();
        assert!(matches!(error, CadenceError::Cron { .. }), "{error}");
        for wrong in ["0 0 3 * * mon", "*/5 * * * * *", "0 0 3 * * mon 2026"] {
            let error = wrong.parse::<Cadence>().unwrap_err();
            assert!(matches!(error, CadenceError::Cron { .. }), "{error}");
            assert!(error.hint().starts_with("five fields"), "{wrong}");
        }
        assert!(matches!(
            "0 0 30 2 *".parse::<Cadence>(),
            Err(CadenceError::Cron { .. })
        ));
    }

    #[test]
    fn a_failed_visit_is_tried_again_sooner_and_never_later() {
        let at = parse_digits14("2024").unwrap();
        let failed = Some(LastVisit { at, failed: true });
        let weekly: Cadence = "1w".parse().unwrap();
        let hourly: Cadence = "1h".parse().unwrap();
        let retry = TimeDelta::hours(6);
        assert_eq!(weekly.due(None, retry), None);
        assert_eq!(weekly.due(failed, retry), Some(at + retry));
        assert_eq!(hourly.due(failed, retry), Some(at + TimeDelta::hours(1)));
    }
}
