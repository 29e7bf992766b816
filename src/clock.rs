//! Instants: where "now" comes from, and how archives and HTTP spell a moment.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, NaiveDateTime, SecondsFormat, SubsecRound, TimeZone, Utc};

/// A moment in UTC, the only time zone an archive knows.
pub type Instant = DateTime<Utc>;

/// Where "now" comes from: the machine, or a hand that a test or a replay moves.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that stands still until it is set; microseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until [`Clock::set`] moves it.
    #[must_use]
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// Now, to the microsecond.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Fixed(at) => {
                DateTime::from_timestamp_micros(at.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a fixed clock; the system's clock is left alone.
    pub fn set(&self, at: Instant) {
        if let Self::Fixed(clock) = self {
            clock.store(at.timestamp_micros(), Ordering::SeqCst);
        }
    }
}

/// `WARC-Date`: UTC in the profile of ISO 8601 that WARC 1.1 (5.4) allows, fractions only where there are any.
#[must_use]
pub fn warc_date(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Reads a `WARC-Date`, whole seconds or with 1 to 9 digits of a fraction (WARC 1.1, 5.4).
#[must_use]
pub fn parse_warc_date(text: &str) -> Option<Instant> {
    DateTime::parse_from_rfc3339(text.trim())
        .ok()
        .map(|it| it.with_timezone(&Utc))
}

/// The 14 digits (`YYYYMMDDhhmmss`) that CDX files and replay addresses use.
#[must_use]
pub fn digits14(at: Instant) -> String {
    at.format("%Y%m%d%H%M%S").to_string()
}

/// Reads 4 to 14 digits as the earliest moment they name: `2024` is 2024-01-01 00:00:00.
#[must_use]
pub fn parse_digits14(text: &str) -> Option<Instant> {
    const EARLIEST: &str = "00000101000000";
    if !(4..=14).contains(&text.len()) || !text.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let whole = format!("{text}{}", EARLIEST.get(text.len()..)?);
    NaiveDateTime::parse_from_str(&whole, "%Y%m%d%H%M%S")
        .ok()
        .map(|it| Utc.from_utc_datetime(&it))
}

/// An HTTP date in its preferred form, IMF-fixdate (RFC 9110, 5.6.7).
#[must_use]
pub fn http_date(at: Instant) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Reads an HTTP date in any of the three forms of RFC 9110, 5.6.7; anything else is `None`.
///
/// A two-digit year more than 50 years ahead of `now` is taken from the century before.
#[must_use]
pub fn parse_http_date(text: &str, now: Instant) -> Option<Instant> {
    use chrono::Datelike;
    let text = text.trim();
    for form in ["%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"] {
        if let Ok(it) = NaiveDateTime::parse_from_str(text, form) {
            return Some(Utc.from_utc_datetime(&it));
        }
    }
    let (_, rest) = text.split_once(", ")?;
    let it = NaiveDateTime::parse_from_str(rest, "%d-%b-%y %H:%M:%S GMT").ok()?;
    let century = now.year() - now.year() % 100;
    let mut year = century + it.year() % 100;
    if year > now.year() + 50 {
        year -= 100;
    }
    it.with_year(year).map(|it| Utc.from_utc_datetime(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warc_date_survives_writing_and_reading() {
        let at = parse_warc_date("2016-10-13T14:07:57.123456Z").unwrap();
        assert_eq!(warc_date(at), "2016-10-13T14:07:57.123456Z");
        assert_eq!(digits14(at), "20161013140757");
    }

    #[test]
    fn few_digits_name_the_earliest_moment() {
        assert_eq!(parse_digits14("2024"), parse_digits14("20240101000000"));
        assert_eq!(parse_digits14("202"), None);
        assert_eq!(parse_digits14("2024x"), None);
    }

    #[test]
    fn all_three_forms_of_an_http_date_are_one_moment() {
        let now = parse_digits14("2026").unwrap();
        let at = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now).unwrap();
        assert_eq!(
            parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now),
            Some(at)
        );
        assert_eq!(parse_http_date("Sun Nov  6 08:49:37 1994", now), Some(at));
        assert_eq!(http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse_http_date("0", now), None);
    }

    #[test]
    fn a_fixed_clock_moves_only_by_hand() {
        let clock = Clock::fixed(parse_digits14("2022").unwrap());
        assert_eq!(digits14(clock.now()), "20220101000000");
        clock.set(parse_digits14("2023").unwrap());
        assert_eq!(digits14(clock.now()), "20230101000000");
    }
}
