//! What an answer says about politeness: whether the host wants to be left alone, and for how long.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

use super::{Options, retry_after};
use crate::{
    capture::{FailureKind, Response, fields_of, may_pass, status_of},
    challenge,
    clock::Instant,
};

/// What an answer asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Wish {
    /// Whether it is a refusal to serve this client, now or at all.
    pub(super) refusal: bool,
    /// Whether another attempt can help.
    pub(super) passing: bool,
    /// How long the host asks to be left alone by `Retry-After`.
    pub(super) retry_after: Option<Duration>,
    /// The answer, in words.
    pub(super) reason: Option<String>,
}

/// This many 403s in a row are about this client, not about one page.
const STORM: u32 = 3;

/// What a response asks for.
pub(super) fn of_response(response: &Response, now: Instant) -> Wish {
    wish(
        &response.head,
        challenge::in_response(response).is_some(),
        now,
    )
}

/// What the head of a response asks for.
pub(super) fn of_head(head: &[u8], now: Instant) -> Wish {
    wish(head, challenge::in_head(head).is_some(), now)
}

fn wish(head: &[u8], challenge: bool, now: Instant) -> Wish {
    let status = status_of(head).unwrap_or_default();
    let waits = fields_of(head)
        .filter(|(fields_of, _)| fields_of.eq_ignore_ascii_case("retry-after"))
        .filter_map(|(_, value)| retry_after::parse(&value, now));
    let retry_after = waits.max();
    let reason = match (&retry_after, challenge) {
        (Some(wait), _) => format!("{status} with Retry-After: {} s", wait.as_secs()),
        (None, true) => format!("{status} with a challenge"),
        (None, false) => format!("{status}"),
    };
    let refusal = challenge || matches!(status, 403 | 429 | 503);
    let passing = may_pass(status) && !challenge;
    let retry_after = retry_after.filter(|_| refusal || passing);
    Wish {
        refusal,
        passing,
        retry_after,
        reason: (refusal || retry_after.is_some()).then_some(reason),
    }
}

/// What a failure asks for: another attempt, if it may be temporary.
pub(super) fn of_failure(kind: FailureKind) -> Wish {
    use FailureKind as Kind;
    Wish {
        passing: matches!(
            kind,
            Kind::DnsFailed
                | Kind::DnsTimeout
                | Kind::ConnectTimeout
                | Kind::TlsTimeout
                | Kind::ResponseTimeout
                | Kind::Disconnect
        ),
        ..Wish::default()
    }
}

impl Wish {
    /// How long to leave the host alone beyond the usual pause, after `refusals` in a row and `tries` in this run.
    pub(super) fn wait(&self, refusals: u32, tries: u32, options: &Options) -> Option<Duration> {
        if let Some(wait) = self.retry_after {
            return Some(wait.min(options.max_backoff));
        }
        if self.refusal && self.passing {
            return Some(backoff(options.backoff, refusals, options));
        }
        if self.refusal && refusals >= STORM {
            return Some(backoff(
                options.block_backoff,
                refusals - STORM + 1,
                options,
            ));
        }
        (self.passing && tries < options.tries).then(|| backoff(options.backoff, tries, options))
    }
}

/// The `first` pause, doubled each time after the first, up to its cap; varied by up to a quarter, so that not all clients
/// come back at once.
fn backoff(first: Duration, times: u32, options: &Options) -> Duration {
    let doubled = 1_u32
        .checked_shl(times.saturating_sub(1).min(31))
        .unwrap_or(u32::MAX);
    let wait = first.saturating_mul(doubled);
    let dice = RandomState::new().build_hasher().finish() % 1000;
    wait.mul_f64(0.75 + dice as f64 / 2000.0)
        .min(options.max_backoff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    fn wish(head: &str) -> Wish {
        let now = parse_digits14("20261123000000").unwrap();
        of_head(format!("HTTP/1.1 {head}\r\n\r\n").as_bytes(), now)
    }

    #[test]
    fn retry_after_counts_in_seconds_and_as_a_date() {
        let two_minutes = Some(Duration::from_secs(2 * 60));
        assert_eq!(
            wish("429 Slow\r\nRetry-After: 120").retry_after,
            two_minutes
        );
        let date = "503 Busy\r\nretry-after: Mon, 23 Nov 2026 00:02:00 GMT";
        assert_eq!(wish(date).retry_after, two_minutes);
        let past = "503 Busy\r\nretry-after: Mon, 23 Nov 2020 00:02:00 GMT";
        assert_eq!(wish(past).retry_after, Some(Duration::ZERO));
        assert_eq!(wish("503 Busy\r\nRetry-After: soon").retry_after, None);
        assert_eq!(wish("200 OK\r\nRetry-After: 120").retry_after, None);
        assert_eq!(wish("522 X\r\nRetry-After: 120").retry_after, two_minutes);
        assert_eq!(
            wish("429 X\r\nRetry-After: 5.4").retry_after,
            Some(Duration::from_secs_f64(5.4))
        );
    }

    #[test]
    fn one_forbidden_page_is_not_a_block_but_three_in_a_row_are() {
        let options = Options::default();
        let forbidden = wish("403 Forbidden");
        assert_eq!(forbidden.wait(1, 1, &options), None);
        let hours = |refusals| {
            let wait = forbidden.wait(refusals, 1, &options).unwrap();
            wait.as_secs_f64() / 3600.0
        };
        assert!((0.7..1.3).contains(&hours(3)));
        assert!((2.9..5.1).contains(&hours(5)));
        assert!(hours(60) <= 7.0 * 24.0);
        assert!(!forbidden.passing);
        let challenge = wish("403 Forbidden\r\ncf-mitigated: challenge");
        assert!(challenge.refusal && challenge.reason.unwrap().contains("challenge"));
        let captcha = wish("405 Not Allowed\r\nx-amzn-waf-action: captcha");
        assert!(captcha.refusal && !captcha.passing);
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_never_more() {
        let options = Options::default();
        for (times, least, most) in [
            (1, 7, 13),
            (2, 15, 25),
            (4, 60, 100),
            (60, 453_600, 604_800),
        ] {
            let wait = backoff(options.backoff, times, &options).as_secs();
            assert!((least..=most).contains(&wait), "{times}: {wait}");
        }
    }
}
