//! Instants: the source of "now", and how archives and HTTP spell a time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{
    DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, SubsecRound, TimeDelta, TimeZone,
    Utc,
};

/// A time in UTC, the only time zone of an archive.
pub type Instant = DateTime<Utc>;

/// The source of "now": the clock of the system, or one that a test or a replay sets.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The clock of the system.
    #[default]
    System,
    /// The clock of the system, corrected by so much: several machines that work together agree on one.
    Ahead(TimeDelta),
    /// A clock that only changes when it is set; in microseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `at` until [`Clock::set`] changes it.
    #[must_use]
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// Now, to the microsecond.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Ahead(by) => (Utc::now() + *by).trunc_subsecs(6),
            Self::Fixed(at) => {
                DateTime::from_timestamp_micros(at.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// The same clock, corrected so that it shows `at` now; a fixed clock stays as it is. Less than half a second is
    /// no more than what asking for the time takes.
    #[must_use]
    pub fn corrected(&self, at: Instant) -> Self {
        if let Self::Fixed(_) = self {
            return self.clone();
        }
        let by = at - Utc::now();
        if by.abs() < TimeDelta::milliseconds(500) {
            return Self::System;
        }
        Self::Ahead(by)
    }

    /// Sets a fixed clock; has no effect on the clock of the system.
    pub fn set(&self, at: Instant) {
        if let Self::Fixed(clock) = self {
            clock.store(at.timestamp_micros(), Ordering::SeqCst);
        }
    }
}

/// `WARC-Date`: UTC in the profile of ISO 8601 that WARC 1.1 (5.4) allows, with a fraction only if there is one.
#[must_use]
pub fn warc_date(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Parses a `WARC-Date` in every unambiguous form: as in WARC 1.1 (5.4), and as other programs spell it
/// (14 digits, a space instead of the `T`, no zone for UTC, a zone without a colon, an HTTP date).
///
/// A reduced date (`2023-05-04T03:02Z`, `2023-05-04`), which WARC 1.1 allows, means the beginning of its minute, day, month or
/// year; [`warc_date_span`] returns the length of that period.
#[must_use]
pub fn parse_warc_date(text: &str) -> Option<Instant> {
    let text = text.trim();
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date.with_timezone(&Utc));
    }
    let (plain, zone) = zone_of(text);
    if let Some(found) = basic(plain) {
        return found.checked_sub_signed(zone);
    }
    let plain = plain.replacen(['t', 'T'], " ", 1).replace(',', ".");
    let plain = plain.trim();
    // The end of a day is the beginning of the next one (ISO 8601).
    if let Some(day) = plain.strip_suffix(" 24:00:00")
        && let Ok(day) = NaiveDate::parse_from_str(day, "%Y-%m-%d")
    {
        let next = day.succ_opt()?.and_time(NaiveTime::MIN).and_utc();
        return next.checked_sub_signed(zone);
    }
    let whole = match plain.len() {
        4 => format!("{plain}-01-01 00:00:00"),
        7 => format!("{plain}-01 00:00:00"),
        10 => format!("{plain} 00:00:00"),
        13 => format!("{plain}:00:00"),
        16 => format!("{plain}:00"),
        _ => plain.to_owned(),
    };
    ["%Y-%m-%d %H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(&whole, form).ok())
        .and_then(|found| found.and_utc().checked_sub_signed(zone))
        .or_else(|| {
            let parse_from_rfc2822 = DateTime::parse_from_rfc2822(text).ok()?;
            Some(parse_from_rfc2822.with_timezone(&Utc))
        })
        .or_else(|| parse_http_date(text, parse_digits14("2026")?))
}

/// A time in the basic form of ISO 8601, `20230504T030255`, in digits alone, with or without fractions of a second.
fn basic(plain: &str) -> Option<Instant> {
    let digits: String = plain
        .chars()
        .filter(|letter| !matches!(letter, 'T' | 't' | '.' | ','))
        .collect();
    let is_basic = digits.len() >= 12 && digits.bytes().all(|digit| digit.is_ascii_digit());
    let parts = digits.get(..14).map(str::to_owned);
    let whole = parts.or_else(|| Some(format!("{}00", digits.get(..12)?)))?;
    is_basic.then(|| parse_digits14(&whole))?
}

/// The length of the period that a `WARC-Date` names: zero if it has seconds.
#[must_use]
pub fn warc_date_span(text: &str) -> TimeDelta {
    let (plain, _) = zone_of(text.trim());
    match plain.trim().len() {
        4 => TimeDelta::days(366),
        7 => TimeDelta::days(31),
        10 => TimeDelta::days(1),
        13 => TimeDelta::hours(1),
        16 => TimeDelta::minutes(1),
        _ => TimeDelta::zero(),
    }
}

/// Splits a time into the part without its zone, and the offset of the zone from UTC; no zone means UTC.
fn zone_of(text: &str) -> (&str, TimeDelta) {
    let upper = text.to_ascii_uppercase();
    for name in ["Z", " UTC", " GMT"] {
        if upper.ends_with(name) {
            let plain = text.get(..text.len() - name.len()).unwrap_or(text);
            return (plain, TimeDelta::zero());
        }
    }
    // A sign before the time of day belongs to the date.
    let date = if text.get(4..5) == Some("-") { 11 } else { 9 };
    let signed = text.get(date..).and_then(|text| text.rfind(['+', '-']));
    let Some((plain, zone)) = signed.and_then(|signed| text.split_at_checked(signed + date)) else {
        return (text, TimeDelta::zero());
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let number = |it: Option<&str>| it.and_then(|it| it.parse::<i64>().ok()).unwrap_or(0);
    let minutes = number(digits.get(..2)) * 60 + number(digits.get(2..4));
    let ahead = TimeDelta::minutes(if zone.starts_with('-') {
        -minutes
    } else {
        minutes
    });
    (plain, ahead)
}

/// A time as a date: `2026-05-02`.
#[must_use]
pub fn day(at: Instant) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// A time to the minute, in UTC: `2026-05-02 14:30 UTC`.
#[must_use]
pub fn minute(at: Instant) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The 14 digits (`YYYYMMDDhhmmss`) that CDX files and replay addresses use.
#[must_use]
pub fn digits14(at: Instant) -> String {
    at.format("%Y%m%d%H%M%S").to_string()
}

/// Parses 4 to 14 digits as the earliest time they can mean: `2024` is 2024-01-01 00:00:00.
#[must_use]
pub fn parse_digits14(text: &str) -> Option<Instant> {
    const EARLIEST: &str = "00000101000000";
    if !(4..=14).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = format!("{text}{}", EARLIEST.get(text.len()..)?);
    NaiveDateTime::parse_from_str(&whole, "%Y%m%d%H%M%S")
        .ok()
        .map(|parsed| Utc.from_utc_datetime(&parsed))
}

/// An HTTP date in its preferred form, IMF-fixdate (RFC 9110, 5.6.7).
#[must_use]
pub fn http_date(at: Instant) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Parses an HTTP date in any of the three forms of RFC 9110, 5.6.7; anything else is `None`.
///
/// A two-digit year more than 50 years after `now` belongs to the previous century.
#[must_use]
pub fn parse_http_date(text: &str, now: Instant) -> Option<Instant> {
    use chrono::Datelike;
    let text = text.trim();
    for form in ["%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"] {
        if let Ok(date) = NaiveDateTime::parse_from_str(text, form) {
            return Some(Utc.from_utc_datetime(&date));
        }
    }
    let (_, rest) = text.split_once(", ")?;
    let parse_from_str = NaiveDateTime::parse_from_str(rest, "%d-%b-%y %H:%M:%S GMT").ok()?;
    let century = now.year() - now.year() % 100;
    let mut year = century + parse_from_str.year() % 100;
    if year > now.year() + 50 {
        year -= 100;
    }
    parse_from_str
        .with_year(year)
        .map(|moment| Utc.from_utc_datetime(&moment))
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
    fn a_warc_date_is_read_in_every_form_that_means_one_moment() {
        for (text, expected) in [
            ("2023-05-04T03:02:01Z", "20230504030201"),
            ("2023-05-04T03:02:01.5Z", "20230504030201"),
            ("2023-05-04t03:02:01z", "20230504030201"),
            ("2023-05-04T03:02:01", "20230504030201"),
            ("2023-05-04 03:02:01", "20230504030201"),
            ("2023-05-04 03:02:01 UTC", "20230504030201"),
            ("2023-05-04T05:02:01+02:00", "20230504030201"),
            ("2023-05-04T05:02:01+0200", "20230504030201"),
            ("2023-05-04T01:02:01-02", "20230504030201"),
            ("2023-05-04T03:02:01,123Z", "20230504030201"),
            ("2023-05-04T03:02:01.1234567890Z", "20230504030201"),
            ("2023/05/04 03:02:01", "20230504030201"),
            ("20230504030201", "20230504030201"),
            ("20230504030201Z", "20230504030201"),
            ("Thu, 04 May 2023 03:02:01 GMT", "20230504030201"),
            ("2023-05-04T03:02Z", "20230504030200"),
            ("2023-05-04T05:02+02:00", "20230504030200"),
            ("2023-05-04", "20230504000000"),
            ("2023-05", "20230501000000"),
            ("20230504T030201Z", "20230504030201"),
            ("20230504T050201+0200", "20230504030201"),
            ("20230504T0302Z", "20230504030200"),
            ("20230504030201123", "20230504030201"),
            ("2023-05-03T24:00:00Z", "20230504000000"),
            ("Thu May  4 03:02:01 2023", "20230504030201"),
            ("Thursday, 04-May-23 03:02:01 GMT", "20230504030201"),
            ("2023", "20230101000000"),
        ] {
            let at = parse_warc_date(text).map(digits14);
            assert_eq!(at.as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "04.05.2023",
            "2023-13-04",
            "20230504",
            "5/4/2023",
        ] {
            assert_eq!(parse_warc_date(text), None, "{text}");
        }
        assert_eq!(warc_date_span("2023-05-04T03:02Z"), TimeDelta::minutes(1));
        assert_eq!(warc_date_span("2023-05-04"), TimeDelta::days(1));
        assert!(warc_date_span("2023-05-04T03:02:01Z").is_zero());
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
