//! When a channel gets its digest: after every run, or at a time of day or of a week in a time zone.

use std::{fmt, str::FromStr};

use chrono::{Datelike, Days, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use tz::TimeZone;

use crate::clock::Instant;

/// When a digest is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// After each run that found news.
    Run,
    /// At a time of each day, or of one day of the week.
    At {
        /// The day of the week; `None` for each day.
        day: Option<Weekday>,
        /// The time of the day.
        time: NaiveTime,
        /// The time zone of the time.
        zone: Zone,
    },
}

/// A time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

/// Why a text is not a time for a digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// Not a day and time.
    #[error("`{0}` is neither `run` nor a time such as `07:00` or `mon 07:00`")]
    Syntax(String),
    /// A time zone that this machine does not know.
    #[error(
        "this machine does not know the time zone `{0}`; write a name such as `Europe/Vilnius`, or a POSIX rule such as `EET-2EEST,M3.5.0/3,M10.5.0/4`"
    )]
    Zone(String),
}

impl When {
    /// Reads `run`, `07:00` or `mon 07:00`, in the time zone `zone`; empty means UTC.
    ///
    /// # Errors
    /// The text is neither, or the zone is unknown.
    pub fn parse(text: &str, zone: &str) -> Result<Self, WhenError> {
        let zone: Zone = zone.parse()?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let syntax = || WhenError::Syntax(text.to_owned());
        let (day, time) = match words.as_slice() {
            [] | ["run"] => return Ok(Self::Run),
            [time] => (None, *time),
            [day, time] => (Some(day.parse::<Weekday>().map_err(|_| syntax())?), *time),
            _ => return Err(syntax()),
        };
        let time = NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| syntax())?;
        Ok(Self::At { day, time, zone })
    }

    /// Whether a digest is due at `now`, if the last one was at `last`.
    #[must_use]
    pub fn is_due(&self, last: Instant, now: Instant) -> bool {
        self.latest(now).is_none_or(|it| it > last)
    }

    /// The last time for a digest until `now`; `None` if a digest may be sent at any time.
    fn latest(&self, now: Instant) -> Option<Instant> {
        let Self::At { day, time, zone } = self else {
            return None;
        };
        let today = zone.local(now).date();
        let days = (0..=8).filter_map(|back| today.checked_sub_days(Days::new(back)));
        let days = days.filter(|date| day.is_none_or(|day| date.weekday() == day));
        let mut times = days.map(|date| zone.instant(date.and_time(*time)));
        times.find(|at| *at <= now)
    }
}

impl Zone {
    /// Local time minus UTC at a moment.
    fn offset(&self, at: Instant) -> TimeDelta {
        let found = self.0.find_local_time_type(at.timestamp());
        TimeDelta::seconds(found.map_or(0, |it| i64::from(it.ut_offset())))
    }

    fn local(&self, at: Instant) -> NaiveDateTime {
        at.naive_utc() + self.offset(at)
    }

    /// The moment at which clocks show `local`; if clocks skip it, an hour more or less.
    fn instant(&self, local: NaiveDateTime) -> Instant {
        let near = local.and_utc() - self.offset(local.and_utc());
        local.and_utc() - self.offset(near)
    }
}

impl FromStr for Zone {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let text = text.trim();
        if matches!(text, "" | "UTC") {
            return Ok(Self(TimeZone::utc()));
        }
        let found = TimeZone::from_posix_tz(text);
        found
            .map(Self)
            .map_err(|_| WhenError::Zone(text.to_owned()))
    }
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run => out.write_str("after each run"),
            Self::At {
                day: None, time, ..
            } => write!(out, "daily at {}", time.format("%H:%M")),
            Self::At {
                day: Some(day),
                time,
                ..
            } => write!(out, "every {day} at {}", time.format("%H:%M")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{parse_warc_date, warc_date};

    const VILNIUS: &str = "EET-2EEST,M3.5.0/3,M10.5.0/4";

    fn latest(text: &str, zone: &str, now: &str) -> String {
        let when = When::parse(text, zone).unwrap();
        warc_date(when.latest(parse_warc_date(now).unwrap()).unwrap())
    }

    #[test]
    fn a_time_is_that_of_the_zone_in_summer_and_in_winter() {
        for (text, zone, now, expected) in [
            ("07:00", "", "2026-11-27T06:59:59Z", "2026-11-26T07:00:00Z"),
            (
                "07:00",
                "UTC",
                "2026-11-27T07:00:00Z",
                "2026-11-27T07:00:00Z",
            ),
            (
                "07:00",
                VILNIUS,
                "2026-11-27T05:00:00Z",
                "2026-11-27T05:00:00Z",
            ),
            (
                "07:00",
                VILNIUS,
                "2026-07-27T04:00:00Z",
                "2026-07-27T04:00:00Z",
            ),
            (
                "mon 07:00",
                VILNIUS,
                "2026-11-27T12:00:00Z",
                "2026-11-23T05:00:00Z",
            ),
            (
                "mon 07:00",
                VILNIUS,
                "2026-11-30T04:59:00Z",
                "2026-11-23T05:00:00Z",
            ),
            (
                "mon 07:00",
                VILNIUS,
                "2026-11-30T05:00:00Z",
                "2026-11-30T05:00:00Z",
            ),
            // It is Monday there before it is Monday in UTC.
            (
                "mon 01:00",
                VILNIUS,
                "2026-11-29T23:00:00Z",
                "2026-11-29T23:00:00Z",
            ),
            // The clocks went forward that night: 03:30 did not happen.
            (
                "03:30",
                VILNIUS,
                "2026-03-29T09:00:00Z",
                "2026-03-29T01:30:00Z",
            ),
        ] {
            assert_eq!(latest(text, zone, now), expected, "{text} {zone} {now}");
        }
    }

    #[test]
    fn a_zone_by_name_has_the_rules_of_the_machine() {
        if !std::path::Path::new("/usr/share/zoneinfo/Europe/Vilnius").exists() {
            println!("skipped: a_zone_by_name_has_the_rules_of_the_machine, which needs tzdata");
            return;
        }
        let summer = latest("07:00", "Europe/Vilnius", "2026-07-27T12:00:00Z");
        assert_eq!(summer, "2026-07-27T04:00:00Z");
    }

    #[test]
    fn a_digest_is_due_once_for_each_time() {
        let at = |text| parse_warc_date(text).unwrap();
        let weekly = When::parse("mon 07:00", "").unwrap();
        let sunday = at("2026-11-29T12:00:00Z");
        assert!(!weekly.is_due(at("2026-11-23T07:00:00Z"), sunday));
        assert!(weekly.is_due(sunday, at("2026-11-30T07:00:00Z")));
        assert!(When::Run.is_due(sunday, sunday));
    }

    #[test]
    fn what_says_no_time_is_refused() {
        for text in [
            "7",
            "25:00",
            "someday 07:00",
            "mon",
            "mon 07:00 UTC",
            "0 7 * * 1",
        ] {
            assert!(
                matches!(When::parse(text, ""), Err(WhenError::Syntax(_))),
                "{text}"
            );
        }
        assert!(matches!(
            When::parse("07:00", "Mars/Olympus"),
            Err(WhenError::Zone(_))
        ));
    }
}
