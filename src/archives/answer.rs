//! The answer of an archive to a request for a memento: a copy, another date, a refusal, a request to wait.
//!
//! `Memento-Datetime` shows whose response it is: with it, the response is the archive's copy, whatever the status (an archived 404 or 429
//! is served with that status); without it, the archive answers for itself.

use std::time::Duration;

use super::{archive::memento_in, listing::is_same_page};
use crate::{
    capture::{Capture, FailureKind, Outcome, Response, Truncation, is_redirect},
    clock::{Instant, digits14, parse_http_date},
    memento::parse_links,
    uri::TargetUri,
};

/// The memento that was requested.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The page.
    pub original: &'a TargetUri,
    /// The date in the requested address.
    pub date: Instant,
}

/// What a response of an archive means.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A copy of that address, made at that time.
    Copy {
        /// When it was made (`Memento-Datetime`).
        date: Instant,
        /// The address that was captured (`Link`, `rel="original"`).
        original: TargetUri,
        /// The target of an archived redirect.
        leads_to: Option<TargetUri>,
    },
    /// The archive has another date, nearest to the requested one.
    OtherDate {
        /// The address of that memento.
        uri: String,
        /// Its date.
        date: Instant,
    },
    /// The archive does not have it.
    Absent,
    /// The archive does not show it: the site, or this page, is excluded.
    Excluded(String),
    /// The archive asks for a pause, of that length if it says so.
    Wait(Option<Duration>),
    /// The archive is busy or broken: another attempt can help.
    Busy(String),
    /// The archive does not accept connections.
    Unreachable(String),
    /// Not the requested memento, or nothing that can be stored.
    Unusable(String),
}

/// The meaning of the response to a request for a memento.
#[must_use]
pub fn answer(capture: &Capture, wanted: &Wanted<'_>) -> Answer {
    let response = match &capture.outcome {
        Outcome::Response(response) => response,
        Outcome::Revisit(_) => return Answer::Unusable("the answer has no body".to_owned()),
        Outcome::Failure(it) => {
            let detail = it.detail.clone();
            return match it.kind {
                FailureKind::Connect
                | FailureKind::ConnectTimeout
                | FailureKind::DnsNotFound
                | FailureKind::DnsFailed
                | FailureKind::DnsTimeout
                | FailureKind::Proxy => Answer::Unreachable(detail),
                FailureKind::RobotsRefused | FailureKind::GuardRefused => Answer::Excluded(detail),
                _ => Answer::Busy(detail),
            };
        }
    };
    let dated = capture.field("memento-datetime");
    match dated.and_then(|dated| parse_http_date(&dated, capture.date)) {
        Some(date) => copied(capture, wanted, date),
        None => itself(capture, response),
    }
}

/// The archive's copy, whatever its status.
fn copied(capture: &Capture, wanted: &Wanted<'_>, date: Instant) -> Answer {
    let links = parse_links(&capture.field("link").unwrap_or_default()).unwrap_or_default();
    let named = links.iter().find(|link| link.is("original"));
    let named = named.and_then(|named| TargetUri::parse(&named.target).ok());
    let original = named.map_or_else(|| wanted.original.clone(), |named| named.0);
    if !is_same_page(wanted.original, &original) {
        return Answer::Unusable(format!(
            "the archive gave a copy of another page, {original}"
        ));
    }
    if date.timestamp() != wanted.date.timestamp() {
        // Some archives answer with the nearest copy at once, in place of a redirect to it.
        if let Some((_, _, raw)) = memento_in(capture.target_uri.as_str()) {
            let uri = raw.replacen(&digits14(wanted.date), &digits14(date), 1);
            return Answer::OtherDate { uri, date };
        }
    }
    let is_redirect = capture.status().is_some_and(is_redirect);
    let leads_to = is_redirect.then(|| leads_to(capture, &original)).flatten();
    Answer::Copy {
        date,
        original,
        leads_to,
    }
}

/// The target of an archived redirect: as the server sent it, or else the page in the archive's own address.
fn leads_to(capture: &Capture, original: &TargetUri) -> Option<TargetUri> {
    if let Some(location) = capture.field("x-archive-orig-location") {
        return original.join(&location).ok().map(|joined| joined.0);
    }
    let location = capture.field("location")?;
    let (at, _) = capture.target_uri.join(&location).ok()?;
    let page = memento_in(at.as_str())?.1;
    TargetUri::parse(&page).ok().map(|it| it.0)
}

/// The meaning of a response in which the archive answers for itself.
fn itself(capture: &Capture, response: &Response) -> Answer {
    let status = capture.status().unwrap_or_default();
    if is_redirect(status) {
        let location = capture.field("location").unwrap_or_default();
        let to = capture.target_uri.join(&location).ok();
        return match to.as_ref().and_then(|it| memento_in(it.0.as_str())) {
            Some((date, _, raw)) => Answer::OtherDate { uri: raw, date },
            None => Answer::Unusable(format!("the archive redirects to {location}")),
        };
    }
    let says_excluded = || {
        let begin = response.payload.get(..response.payload.len().min(64 << 10));
        let text = String::from_utf8_lossy(begin.unwrap_or_default()).to_lowercase();
        text.contains("has been excluded") || text.contains("blocked site error")
    };
    match status {
        429 => Answer::Wait(retry_after(capture)),
        404 | 410 => Answer::Absent,
        401 | 403 | 451 => Answer::Excluded(format!("the archive answered with {status}")),
        200..=299 if says_excluded() => {
            Answer::Excluded("the archive says that the page is excluded".to_owned())
        }
        413 | 421 | 500..=599 => match retry_after(capture) {
            Some(wait) if status == 503 => Answer::Wait(Some(wait)),
            _ => Answer::Busy(format!("the archive answered with {status}")),
        },
        _ => Answer::Unusable(format!("the archive answered for itself, with {status}")),
    }
}

/// The pause that an archive asks for.
fn retry_after(capture: &Capture) -> Option<Duration> {
    let field = capture.field("retry-after")?;
    if let Ok(seconds) = field.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = parse_http_date(&field, capture.ended)?;
    (at - capture.ended).to_std().ok()
}

/// The meaning of the response to a request for a page of an index; `None` if it is an index. Never [`Answer::Copy`].
#[must_use]
pub fn of_index(capture: &Capture) -> Option<Answer> {
    let Outcome::Response(response) = &capture.outcome else {
        let wanted = Wanted {
            original: &capture.target_uri,
            date: capture.date,
        };
        return Some(answer(capture, &wanted));
    };
    match capture.status().unwrap_or_default() {
        // A truncated index would lose rows.
        200 if response.truncated.is_none() => None,
        200 => Some(Answer::Busy("the answer was cut short".to_owned())),
        _ => Some(itself(capture, response)),
    }
}

/// The meaning of a response of an archive that refuses requests for a while with 403 as well; `None` if it has the wanted status.
#[must_use]
pub fn of_throttled(capture: &Capture, wanted: u16) -> Option<Answer> {
    let Outcome::Response(response) = &capture.outcome else {
        return of_index(capture);
    };
    // A part is not the whole file, as asked for.
    let is_whole = matches!(response.truncated, None | Some(Truncation::Unspecified));
    match capture.status().unwrap_or_default() {
        it if it == wanted && is_whole => None,
        it if it == wanted => Some(Answer::Busy("the answer was cut short".to_owned())),
        403 | 429 | 503 => Some(Answer::Wait(retry_after(capture))),
        _ => Some(itself(capture, response)),
    }
}
