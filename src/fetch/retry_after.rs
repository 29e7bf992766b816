//! `Retry-After`, in the two forms of RFC 9110, 10.2.3, and in other forms that servers send.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::clock::{Instant, parse_http_date};

/// A larger number of seconds is not a wait but a time since 1970: some 30 years.
const EPOCH: f64 = 1e9;

/// The same in milliseconds.
const EPOCH_MS: f64 = 1e11;

/// How long a value asks to wait from `now` on; `None` if it cannot be parsed.
///
/// Besides whole seconds and HTTP dates: fractions (`5.4`), units (`30s`, `2 minutes`, `1h 30m`), clock forms (`00:02:00`),
/// ISO 8601 dates and durations (`PT30S`), times since 1970 in seconds or milliseconds, quotes, several values in one field,
/// and dates with another zone than GMT or none.
pub(super) fn parse(value: &str, now: Instant) -> Option<Duration> {
    let value = value.trim().trim_matches(['"', '\'']).trim();
    one(value, now).or_else(|| {
        // A repeated field is joined with commas, which HTTP dates contain, too; the longest wait counts.
        let parts = value.split([',', ';']).map(str::trim);
        parts.filter_map(|part| one(part, now)).max()
    })
}

fn one(value: &str, now: Instant) -> Option<Duration> {
    let number: Option<f64> = value.parse().ok().filter(|value: &f64| value.is_finite());
    if let Some(number) = number {
        return Some(if number >= EPOCH_MS {
            seconds(number / 1_000.0 - now.timestamp() as f64)
        } else if number >= EPOCH {
            seconds(number - now.timestamp() as f64)
        } else {
            seconds(number)
        });
    }
    clock_form(value)
        .or_else(|| with_units(value))
        .or_else(|| Some((date(value, now)? - now).to_std().unwrap_or_default()))
}

/// A negative time is over.
fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number.max(0.0)).unwrap_or_default()
}

/// `MM:SS` or `HH:MM:SS`.
fn clock_form(value: &str) -> Option<Duration> {
    let parts: Vec<u64> = value
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [.., _, _] = parts[..] else { return None };
    let is_clock = parts.len() <= 3 && parts.iter().skip(1).all(|part| *part < 60);
    let sum = parts
        .iter()
        .try_fold(0_u64, |sum, part| sum.checked_mul(60)?.checked_add(*part))?;
    is_clock.then_some(Duration::from_secs(sum))
}

/// Numbers with units, added up: `30s`, `2 minutes`, `1h 30m`, `PT1H30M`.
fn with_units(value: &str) -> Option<Duration> {
    let lower = value.to_ascii_lowercase();
    // In ISO 8601, an M before the T is a month; no server asks for months.
    let plain = lower.strip_prefix('p').map(|rest| rest.replace('t', ""));
    let mut rest = plain.as_deref().unwrap_or(&lower);
    let mut sum = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let end = behind.find(|letter: char| !letter.is_ascii_alphabetic());
        let (unit, behind) = behind.split_at(end.unwrap_or(behind.len()));
        let unit = match unit {
            "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
            "d" | "day" | "days" => 86_400.0,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * unit;
        rest = behind.trim_start_matches([' ', '.', ',']);
    }
    (!lower.is_empty()).then(|| seconds(sum))
}

/// A date in any unambiguous form.
fn date(value: &str, now: Instant) -> Option<Instant> {
    parse_http_date(value, now)
        .or_else(|| crate::clock::parse_warc_date(value))
        .or_else(|| {
            // Wrong names of weekdays, zones as numbers, no zone: only the day and the time count.
            let plain = value.split_once(", ").map_or(value, |parts| parts.1).trim();
            DateTime::parse_from_rfc2822(plain)
                .ok()
                .map(|it| it.with_timezone(&Utc))
                .or_else(|| {
                    let plain = plain.trim_end_matches(" UTC").trim_end_matches(" GMT");
                    let forms = ["%d %b %Y %H:%M:%S", "%d-%b-%Y %H:%M:%S"];
                    let mut read = forms
                        .iter()
                        .map(|form| NaiveDateTime::parse_from_str(plain, form));
                    read.find_map(Result::ok).map(|found| found.and_utc())
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    #[test]
    fn every_form_that_servers_send_is_read() {
        let now = parse_digits14("20261123000000").unwrap();
        let epoch = now.timestamp();
        for (value, expected) in [
            ("120", Some(120.0)),
            ("0", Some(0.0)),
            ("-1", Some(0.0)),
            ("5.4", Some(5.4)),
            (" 7 ", Some(7.0)),
            ("\"30\"", Some(30.0)),
            ("30s", Some(30.0)),
            ("1.5s", Some(1.5)),
            ("500ms", Some(0.5)),
            ("30 seconds", Some(30.0)),
            ("2 Minutes", Some(120.0)),
            ("1h 30m", Some(5_400.0)),
            ("1h30m0.5s", Some(5_400.5)),
            ("PT30S", Some(30.0)),
            ("PT1H2M", Some(3_720.0)),
            ("00:02:00", Some(120.0)),
            ("02:00", Some(120.0)),
            ("120, 60", Some(120.0)),
            ("30; reason=busy", Some(30.0)),
            (&(epoch + 60).to_string(), Some(60.0)),
            (&format!("{}500", epoch + 60), Some(60.5)),
            (&(epoch - 60).to_string(), Some(0.0)),
            ("Mon, 23 Nov 2026 00:02:00 GMT", Some(120.0)),
            ("Monday, 23-Nov-26 00:02:00 GMT", Some(120.0)),
            ("Mon Nov 23 00:02:00 2026", Some(120.0)),
            ("Sun, 23 Nov 2026 00:02:00 GMT", Some(120.0)),
            ("Mon, 23 Nov 2026 01:02:00 +0100", Some(120.0)),
            ("Mon, 23 Nov 2026 00:02:00 UTC", Some(120.0)),
            ("Mon, 23 Nov 2026 00:02:00", Some(120.0)),
            ("Mon, 23-Nov-2026 00:02:00 GMT", Some(120.0)),
            ("2026-11-23T00:02:00Z", Some(120.0)),
            ("2026-11-23T01:02:00.000+01:00", Some(120.0)),
            ("Mon, 23 Nov 2020 00:02:00 GMT", Some(0.0)),
            ("soon", None),
            ("", None),
            ("NaN", None),
            ("5 fortnights", None),
            ("1:2:3:4", None),
        ] {
            let found = parse(value, now).map(|it| it.as_secs_f64());
            assert_eq!(found, expected, "{value}");
        }
    }
}
