//! The fate of the page of a reference, according to its last visit.

use super::{
    away,
    claim::{Visited, untrusted},
};
use crate::{
    capture::{CaptureEntry, Failure, FailureKind, is_redirect},
    challenge,
    digest::PayloadDigest,
    finding::{Fate, Why},
    reading::{PageState, Reading},
};

/// The fate according to one visit: by its failure, its status, its content, and the targets of its redirects.
///
/// A redirect that changes only the scheme, `www` or a trailing slash is not a move.
///
/// A host with an untrusted certificate cannot make a page gone or moved.
#[must_use]
pub fn fate(visited: &Visited<'_>) -> Fate {
    let fate = trusting(visited);
    let lost = matches!(
        fate,
        Fate::Gone { .. }
            | Fate::Soft404
            | Fate::Parked
            | Fate::RedirectedAway { .. }
            | Fate::Moved { .. }
    );
    match untrusted(visited).filter(|_| lost) {
        Some(it) => Fate::Unreachable {
            detail: format!("the response cannot be trusted: the certificate of the host is {it}"),
        },
        None => fate,
    }
}

/// The fate, if every certificate is trusted.
fn trusting(visited: &Visited<'_>) -> Fate {
    let Some(last) = visited.hops.last() else {
        return Fate::Unvisited;
    };
    if let Some(failure) = &last.failure {
        return failed(failure);
    }
    if let Some(challenge) = challenge::in_head(&last.head) {
        let vendor = challenge.vendor;
        return Fate::Walled {
            detail: format!("a challenge of {vendor}, by {}", challenge.sign),
        };
    }
    if let Some(fate) = last.status().and_then(|status| by_status(status, visited)) {
        return fate;
    }
    if let Some(to) = away::unfollowed(visited) {
        return Fate::RedirectedAway {
            to,
            detail: "the page behind the redirect is not in the archive".to_owned(),
        };
    }
    if let Some(detail) = without_page(last) {
        return Fate::Unreachable { detail };
    }
    let state = visited
        .reading
        .map_or(PageState::Content, |reading| reading.state);
    match state {
        PageState::Blocked => Fate::Walled {
            detail: "a block page or a challenge".to_owned(),
        },
        PageState::ConsentWall => Fate::Walled {
            detail: "a consent wall".to_owned(),
        },
        PageState::LoginWall => Fate::Walled {
            detail: "a login or an offer to subscribe".to_owned(),
        },
        PageState::SoftNotFound => Fate::Soft404,
        PageState::Unavailable => Fate::Unreachable {
            detail: "the page reports an error or maintenance".to_owned(),
        },
        PageState::Parked => Fate::Parked,
        PageState::Empty if has_nothing(visited.reading) => Fate::Unreachable {
            detail: "the answer has neither text nor title".to_owned(),
        },
        _ => moved(visited, last),
    }
}

fn moved(visited: &Visited<'_>, last: &CaptureEntry) -> Fate {
    let hops = visited.hops;
    let Some(first) = hops
        .first()
        .filter(|hop| hop.target_uri.surt() != last.target_uri.surt())
    else {
        return Fate::Live;
    };
    match away::stands_in(&first.target_uri, &last.target_uri) {
        Some(away::StandIn::Between(detail)) => return Fate::Walled { detail },
        Some(away::StandIn::Other(detail)) => {
            return Fate::RedirectedAway {
                to: last.target_uri.clone(),
                detail,
            };
        }
        None => {}
    }
    let permanent = hops
        .iter()
        .take(hops.len() - 1)
        // A repeated attempt is not a redirect; a page that only sends a browser elsewhere does not say for how long.
        .filter_map(CaptureEntry::status)
        .filter(|status| is_redirect(*status) || matches!(status, 200..=299))
        .all(|status| matches!(status, 301 | 308));
    Fate::Moved {
        to: last.target_uri.clone(),
        permanent,
    }
}

fn by_status(status: u16, visited: &Visited<'_>) -> Option<Fate> {
    let blocked = visited
        .reading
        .is_some_and(|reading| reading.state == PageState::Blocked);
    match status {
        404 | 410 => Some(Fate::Gone { status }),
        400.. if blocked => Some(Fate::Walled {
            detail: format!("a block page or a challenge ({status})"),
        }),
        _ if refuses(status) => Some(Fate::Refused {
            detail: answered(status),
        }),
        400.. => Some(Fate::Unreachable {
            detail: answered(status),
        }),
        _ => None,
    }
}

/// Whether a status means that the host refuses the page to this visitor, or in this way: all from 400 to 499
/// except those about the page or about time, and 999, which some sites send instead.
fn refuses(status: u16) -> bool {
    matches!(status, 400..=499 | 600..) && !matches!(status, 404 | 408 | 410 | 425)
}

/// The response of a host, for people.
fn answered(status: u16) -> String {
    let words = match status {
        400 => "it does not understand the request",
        401 | 407 => "it asks for a login",
        402 => "it asks for a payment",
        403 => "it forbids the visit",
        405 | 406 | 409 | 412 | 415..=418 | 421 | 426 | 428 | 431 => {
            "it does not accept the request"
        }
        408 | 425 => "it ran out of time",
        429 => "it received too many requests",
        451 => "the law forbids it",
        400..=499 | 600.. => "it refused the visit",
        500 => "it had an internal error",
        501 | 505 => "it does not support the request",
        502 | 504 | 520..=527 | 530 | 598 | 599 => "a server in front of it could not reach it",
        503 | 509 | 529 => "it is overloaded or under maintenance",
        _ => "it reported an error",
    };
    format!("the host answered {status}: {words}")
}

/// Why a response that is not an error has no page; `None` if it has one.
fn without_page(last: &CaptureEntry) -> Option<String> {
    let status = last.status()?;
    let is_empty = last.payload_digest == Some(PayloadDigest::of(b""));
    match status {
        300..=399 if status != 304 || last.revisit.is_none() => Some(format!(
            "the host answered {status} and did not say where the page is"
        )),
        200..=299 if is_empty => Some(format!("the host answered {status} without a page")),
        100..=199 => Some(format!("the host answered {status} and then nothing")),
        ..100 => Some(format!("the host answered {status}, which means nothing")),
        _ => None,
    }
}

/// Whether a page has not even a title or a link, as pages of images have.
fn has_nothing(reading: Option<&Reading>) -> bool {
    reading.is_some_and(|it| it.title.is_none() && it.links.is_empty() && it.anchors.is_empty())
}

fn failed(failure: &Failure) -> Fate {
    let detail = failure_in_words(failure);
    match failure.kind {
        FailureKind::RobotsRefused if failure.is_of_unreachable_robots() => {
            Fate::Unreachable { detail }
        }
        FailureKind::RobotsRefused | FailureKind::GuardRefused | FailureKind::HostBackoff => {
            Fate::Refused { detail }
        }
        _ => Fate::Unreachable { detail },
    }
}

/// A failure in words, with what to do about it if a person can do something.
fn failure_in_words(failure: &Failure) -> String {
    use FailureKind as Kind;
    let general = in_words(failure.kind);
    match failure.kind {
        // Older captures have the details of the TLS library, which are not written for people.
        Kind::Tls | Kind::TlsExpired | Kind::TlsWrongHost | Kind::TlsUnknownIssuer
            if failure.detail.starts_with("the ") || failure.detail.starts_with("nobody ") =>
        {
            failure.detail.clone()
        }
        Kind::GuardRefused => format!("{general}: {}", failure.detail),
        Kind::RobotsRefused if failure.is_of_unreachable_robots() => {
            format!(
                "{}, so the page was not requested",
                Failure::ROBOTS_UNREACHABLE
            )
        }
        _ => general.to_owned(),
    }
}

/// A kind of failure in words: the same words for the same kind, whatever the operating system said.
fn in_words(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::DnsNotFound => "the host name has no address",
        FailureKind::DnsFailed => "the host name could not be looked up",
        FailureKind::DnsTimeout => "the host name could not be looked up in the time allowed",
        FailureKind::TlsTimeout => "no TLS connection within the time allowed",
        FailureKind::Connect => "no connection",
        FailureKind::ConnectTimeout => "no connection within the time allowed",
        FailureKind::TlsExpired => "the certificate has expired",
        FailureKind::TlsWrongHost => "the certificate is for another host",
        FailureKind::TlsUnknownIssuer => "the certificate's issuer is not known",
        FailureKind::Tls => "no TLS connection",
        FailureKind::ResponseTimeout => "no answer within the time allowed",
        FailureKind::Disconnect => "the connection broke off",
        FailureKind::Malformed => "the answer is not HTTP",
        FailureKind::RobotsRefused => "robots.txt forbids it",
        FailureKind::GuardRefused => "the settings of this archive do not allow the visit",
        FailureKind::RedirectLoop => "its redirects lead in a circle",
        FailureKind::BadRedirect => "its redirect leads to an address that cannot be visited",
        FailureKind::HostBackoff => "the host asked to be left alone",
        FailureKind::Proxy => "the proxy failed",
        FailureKind::Stopped => "the run ended before the response was complete",
    }
}

/// Why a visit cannot be used for any claim; `None` if its page was read.
pub(super) fn unjudged(visited: &Visited<'_>) -> Option<(Why, String)> {
    let Some(last) = visited.hops.last() else {
        return Some((
            Why::NotVisited,
            "the page has not been visited yet".to_owned(),
        ));
    };
    if let Some(failure) = &last.failure {
        return Some((
            Why::FetchFailed,
            format!("the visit failed: {}", failure_in_words(failure)),
        ));
    }
    match last.status() {
        Some(status @ (404 | 410)) => Some((
            Why::Gone,
            format!("the page is gone: the host answered {status}"),
        )),
        Some(status) if refuses(status) => Some((
            Why::Blocked,
            format!("the visit was refused: {}", answered(status)),
        )),
        Some(status @ 400..) => Some((
            Why::FetchFailed,
            format!("the visit failed: {}", answered(status)),
        )),
        _ if challenge::in_head(&last.head).is_some() => Some((
            Why::Blocked,
            "a challenge was shown instead of the page".to_owned(),
        )),
        Some(_) if away::unfollowed(visited).is_some() => Some((
            Why::FetchFailed,
            "the target of the redirect is not in the archive".to_owned(),
        )),
        Some(_) if without_page(last).is_some() => {
            Some((Why::FetchFailed, without_page(last).unwrap_or_default()))
        }
        _ if visited.reading.is_none() => {
            Some((Why::Unreadable, "the page was not read".to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::parse_digits14, compare::testing, finding::Fate};

    fn hop(uri: &str, status: u16) -> CaptureEntry {
        testing::entry(uri, "20240101000000", status)
    }

    fn judged(hops: &[CaptureEntry]) -> Fate {
        fate(&Visited {
            hops,
            reading: None,
        })
    }

    #[test]
    fn https_www_and_a_slash_are_no_move() {
        let hops = [
            hop("http://example.org/about", 301),
            hop("https://www.example.org/about/", 200),
        ];
        assert_eq!(judged(&hops), Fate::Live);
    }

    #[test]
    fn another_page_is_a_move_for_good_only_where_every_redirect_says_so() {
        let hops = [
            hop("https://example.org/a", 301),
            hop("https://example.org/b", 302),
            hop("https://example.org/c", 200),
        ];
        assert!(
            matches!(judged(&hops), Fate::Moved { permanent: false, to } if to.as_str().ends_with("/c"))
        );
        let hops = [
            hop("https://example.org/a", 308),
            hop("https://example.org/c", 200),
        ];
        assert!(matches!(
            judged(&hops),
            Fate::Moved {
                permanent: true,
                ..
            }
        ));
    }

    #[test]
    fn a_redirect_to_what_stands_in_for_the_page_is_no_move() {
        for (from, to, is) in [
            (
                "https://a.example/partners",
                "https://a.example/",
                "redirected-away",
            ),
            (
                "https://a.example/partners",
                "https://a.example/en/",
                "redirected-away",
            ),
            (
                "https://a.example/partners",
                "https://b.example/index.html",
                "redirected-away",
            ),
            (
                "https://a.example/partners",
                "https://a.example/404",
                "redirected-away",
            ),
            (
                "https://a.example/partners",
                "https://a.example/errors/page-not-found.html",
                "redirected-away",
            ),
            (
                "https://a.example/partners",
                "https://a.example/maintenance.html",
                "redirected-away",
            ),
            (
                "https://a.example/partners",
                "https://a.example/search?q=partners",
                "redirected-away",
            ),
            (
                "https://a.example/partners",
                "https://a.example/login?next=%2Fpartners",
                "walled",
            ),
            (
                "https://a.example/partners",
                "https://consent.b.example/m?continue=https%3A%2F%2Fa.example%2Fpartners",
                "walled",
            ),
            (
                "https://a.example/partners",
                "https://a.example/cookie-check?return=L3BhcnRuZXJz",
                "walled",
            ),
            (
                "https://a.example/partners",
                "https://a.example/about/partners",
                "moved",
            ),
            ("https://a.example/", "https://a.example/en/", "moved"),
            (
                "https://a.example/?p=12",
                "https://a.example/2020/partners/",
                "moved",
            ),
            (
                "https://a.example/old?page_id=3",
                "https://b.example/news",
                "moved",
            ),
        ] {
            let fate = judged(&[hop(from, 301), hop(to, 200)]);
            let word = serde_json::to_value(&fate).unwrap()["fate"].clone();
            assert_eq!(word, is, "{from} to {to}: {fate:?}");
        }
    }

    #[test]
    fn an_answer_without_a_page_is_not_live() {
        let empty = |status: u16, field: &str| {
            let mut hop = hop("https://a.example/partners", status);
            hop.head = format!("HTTP/1.1 {status} X\r\n{field}\r\n").into_bytes();
            hop.payload_digest = Some(PayloadDigest::of(b""));
            judged(&[hop])
        };
        for (status, field, is) in [
            (204, "", "unreachable"),
            (200, "", "unreachable"),
            (202, "x-amzn-waf-action: challenge\r\n", "walled"),
            (405, "x-amzn-waf-action: captcha\r\n", "walled"),
            (403, "cf-mitigated: challenge\r\n", "walled"),
            (
                301,
                "Location: https://b.example/new\r\n",
                "redirected-away",
            ),
            (302, "", "unreachable"),
            (304, "", "unreachable"),
            (406, "", "refused"),
            (418, "", "refused"),
            (999, "", "refused"),
            (408, "", "unreachable"),
            (522, "", "unreachable"),
        ] {
            let fate = empty(status, field);
            let word = serde_json::to_value(&fate).unwrap()["fate"].clone();
            assert_eq!(word, is, "{status} {field}: {fate:?}");
        }
    }

    #[test]
    fn gone_refused_and_unreachable_are_told_apart() {
        assert_eq!(
            judged(&[hop("https://example.org/", 410)]),
            Fate::Gone { status: 410 }
        );
        assert!(matches!(
            judged(&[hop("https://example.org/", 403)]),
            Fate::Refused { .. }
        ));
        assert!(matches!(
            judged(&[hop("https://example.org/", 503)]),
            Fate::Unreachable { .. }
        ));
        assert_eq!(judged(&[]), Fate::Unvisited);
        let mut failed = hop("https://example.org/", 200);
        failed.head.clear();
        failed.failure = Some(Failure {
            kind: FailureKind::RobotsRefused,
            detail: "a rule".into(),
            received: vec![],
        });
        assert!(matches!(judged(&[failed]), Fate::Refused { .. }));
    }

    #[test]
    fn a_soft_404_a_wall_and_a_parked_domain_are_fates() {
        let hops = [hop("https://example.org/", 200)];
        for (state, is) in [
            (PageState::SoftNotFound, "soft-404"),
            (PageState::LoginWall, "walled"),
            (PageState::Parked, "parked"),
            (PageState::Empty, "unreachable"),
            (PageState::Content, "live"),
        ] {
            let mut reading = testing::reading("words");
            reading.state = state;
            let fate = fate(&Visited {
                hops: &hops,
                reading: Some(&reading),
            });
            assert!(
                serde_json::to_string(&fate).unwrap().contains(is),
                "{fate:?}"
            );
        }
        assert!(parse_digits14("2024").is_some());
    }
}
