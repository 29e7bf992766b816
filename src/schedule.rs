//! What is due: how often a page is visited, and when the next visit is.

mod auto;

use std::{fmt, str::FromStr};

use chrono::TimeDelta;
use croner::Cron;

pub use auto::{Auto, Observed, Pace};

use crate::{clock::Instant, text::counted};

/// How often a page is visited: an interval (`12h`, `1d 6h`), a cron expression in UTC (`0 3 * * mon`), or as often as it changes (`auto`).
#[derive(Clone, Debug)]
pub struct Cadence {
    text: String,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Every(TimeDelta),
    Cron(Box<Cron>),
    Auto,
}

/// Why a page is due when it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// It was never visited.
    New,
    /// Its interval or cron expression.
    Every(String),
    /// Its last visit failed.
    Retry,
    /// How often it changes.
    Auto(Pace),
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
                "write an interval such as `12h`, `1d` or `1d 12h`, five cron fields such as `0 3 * * mon`, or `auto`"
            }
            Self::Cron { .. } => {
                "five fields: minute hour day-of-month month day-of-week, for example `30 2 * * 1`"
            }
        }
    }
}

impl Cadence {
    /// Whether it follows the changes of the page.
    #[must_use]
    pub fn is_auto(&self) -> bool {
        matches!(self.rule, Rule::Auto)
    }

    /// The time of the next visit: immediately if there was none; at most `retry` after a failed one. The address of the page and what was observed matter
    /// for `auto` only.
    #[must_use]
    pub fn due(
        &self,
        last: Option<LastVisit>,
        retry: TimeDelta,
        auto: &Auto,
        (address, observed): (&str, &[Observed]),
    ) -> (Option<Instant>, Why) {
        let Some(last) = last else {
            return (None, Why::New);
        };
        let (regular, why) = match &self.rule {
            Rule::Every(interval) => (
                last.at.checked_add_signed(*interval),
                Why::Every(self.text.clone()),
            ),
            // Expressions that never match (30 February) are refused when parsed.
            Rule::Cron(cron) => (
                cron.find_next_occurrence(&last.at, false).ok(),
                Why::Every(self.text.clone()),
            ),
            Rule::Auto => {
                let pace = auto.pace(observed);
                (Some(auto.due(address, last.at, &pace)), Why::Auto(pace))
            }
        };
        let regular = regular.unwrap_or(Instant::MAX_UTC);
        let again = last.at + retry;
        if last.failed && again < regular {
            return (Some(again), Why::Retry);
        }
        (Some(regular), why)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => out.write_str("it was never visited"),
            Self::Every(text) => write!(out, "it is visited every {text}"),
            Self::Retry => out.write_str("its last visit failed"),
            Self::Auto(pace) => {
                let visits = pace.visits;
                write!(out, "it is visited about every {}: ", about(pace.interval))?;
                match (pace.between, pace.changes) {
                    (None, _) => write!(out, "its bytes differ at every visit"),
                    (_, 0) if visits == 0 => out.write_str("nothing is known of its changes"),
                    (_, 0) => write!(
                        out,
                        "no change was seen in {}",
                        counted(visits, "visit", "visits")
                    ),
                    (Some(between), changes) => write!(
                        out,
                        "it changes about every {} ({} seen in {})",
                        about(between),
                        counted(changes, "change", "changes"),
                        counted(visits, "visit", "visits")
                    ),
                }
            }
        }
    }
}

/// A time in the unit that suits it: `3 days`, `30 hours`.
fn about(time: TimeDelta) -> String {
    let minutes = time.num_minutes();
    let rounded = |unit: i64| (minutes + unit / 2) / unit;
    if minutes >= 48 * 60 {
        format!("{} days", rounded(24 * 60))
    } else if minutes >= 60 {
        counted(rounded(60), "hour", "hours")
    } else {
        counted(minutes, "minute", "minutes")
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
        let rule = if trimmed == "auto" {
            Rule::Auto
        } else if trimmed.starts_with('@') || fields >= 5 {
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

    const AUTO: Auto = Auto {
        min: TimeDelta::hours(6),
        max: TimeDelta::days(30),
    };

    fn due(cadence: &str, last: Option<LastVisit>) -> (Option<Instant>, Why) {
        let cadence: Cadence = cadence.parse().unwrap();
        cadence.due(last, TimeDelta::hours(6), &AUTO, ("", &[]))
    }

    fn next(cadence: &str, last: &str) -> String {
        let at = parse_digits14(last).unwrap();
        let last = LastVisit { at, failed: false };
        digits14(due(cadence, Some(last)).0.unwrap())
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
        let again = at + TimeDelta::hours(6);
        assert_eq!(due("1w", None), (None, Why::New));
        assert_eq!(due("1w", failed), (Some(again), Why::Retry));
        let hourly = (Some(at + TimeDelta::hours(1)), Why::Every("1h".into()));
        assert_eq!(due("1h", failed), hourly);
        assert_eq!(due("auto", failed), (Some(again), Why::Retry));
    }

    #[test]
    fn why_a_page_is_due_is_said_in_words() {
        let pace = |interval, between, changes, visits| {
            Why::Auto(Pace {
                interval,
                between,
                changes,
                visits,
            })
            .to_string()
        };
        let days = TimeDelta::days;
        for (why, said) in [
            (
                pace(days(3), Some(days(40)), 0, 0),
                "it is visited about every 3 days: nothing is known of its changes",
            ),
            (
                pace(days(9), Some(days(400)), 0, 7),
                "it is visited about every 9 days: no change was seen in 7 visits",
            ),
            (
                pace(TimeDelta::hours(30), Some(days(7)), 1, 4),
                "it is visited about every 30 hours: it changes about every 7 days (1 change seen in 4 visits)",
            ),
            (
                pace(TimeDelta::minutes(40), None, 9, 9),
                "it is visited about every 40 minutes: its bytes differ at every visit",
            ),
        ] {
            assert_eq!(why, said);
        }
    }
}
