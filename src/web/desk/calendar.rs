//! The captures of a page on a calendar: a row for each month with captures, a column for each day.

use chrono::Datelike as _;

use super::sides::{day, minute};
use crate::{capture::is_redirect, clock::digits14, store::Dated};

/// The most months that are shown.
const MONTHS: usize = 60;

/// A month with captures.
pub(super) struct Month {
    /// The month: `2026-09`.
    pub(super) name: String,
    /// Its 31 days; those without a capture are empty.
    pub(super) days: Vec<Option<Day>>,
}

/// A day with captures.
#[derive(Clone)]
pub(super) struct Day {
    /// What the last capture of the day brought, as a sign.
    pub(super) sign: &'static str,
    /// The tone of the sign, as a class of the style sheet.
    pub(super) tone: &'static str,
    /// When, what, and how many.
    pub(super) says: String,
    /// The address of the last capture of the day; `None` if it brought nothing.
    pub(super) href: Option<String>,
}

/// What a capture brought: a sign, its tone, the words.
fn came(dated: &Dated) -> (&'static str, &'static str, &'static str) {
    match (&dated.failure, dated.status.unwrap_or_default()) {
        (Some(_), _) => ("✕", "bad", "no answer"),
        (None, 304) => ("=", "good", "unchanged"),
        (None, 200..=299) if dated.revisit.is_some() => ("=", "good", "unchanged"),
        (None, 200..=299) => ("✓", "good", "a page came"),
        (None, status) if is_redirect(status) => ("→", "fresh", "a redirect came"),
        (None, 404 | 410) => ("✕", "bad", "not found"),
        (None, _) => ("?", "changed", "another answer came"),
    }
}

/// The signs of a calendar with their words.
pub(super) const KEY: &str =
    "✓ a page came, = unchanged, → a redirect, ✕ nothing or “not found”, ? another answer";

/// The months with captures, the latest first.
pub(super) fn months(copies: &[Dated]) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    let mut before = None;
    let mut many = 0;
    for copy in copies {
        let name = copy.date.format("%Y-%m").to_string();
        if months.last().is_none_or(|month| month.name != name) {
            months.push(Month {
                name,
                days: vec![None; 31],
            });
        }
        many = if before == Some(copy.date.date_naive()) {
            many + 1
        } else {
            1
        };
        before = Some(copy.date.date_naive());
        let (sign, tone, words) = came(copy);
        let says = if many > 1 {
            format!("{}: {words}; {many} captures that day", minute(copy.date))
        } else {
            format!("{}: {words}", day(copy.date))
        };
        let of_day = Day {
            sign,
            tone,
            says,
            href: copy
                .failure
                .is_none()
                .then(|| format!("/view/{}/{}", digits14(copy.date), copy.target_uri)),
        };
        let at = copy.date.day0() as usize;
        if let Some(slot) = months.last_mut().and_then(|month| month.days.get_mut(at)) {
            *slot = Some(of_day);
        }
    }
    months.reverse();
    months.truncate(MONTHS);
    months
}
