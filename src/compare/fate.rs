//! What became of a reference's page, as its last visit tells.

use super::Visited;
use crate::{
    capture::{CaptureEntry, Failure, FailureKind, is_redirect},
    finding::{Fate, Why},
    reading::PageState,
};

/// The fate that one visit tells: by its failure, its status, what stands on the page, and where the redirects led.
///
/// A redirect that changes the scheme, `www` or a trailing slash alone is no move.
#[must_use]
pub fn fate(visited: &Visited<'_>) -> Fate {
    let Some(last) = visited.hops.last() else {
        return Fate::Unvisited;
    };
    if let Some(failure) = &last.failure {
        return failed(failure);
    }
    if let Some(fate) = last.status().and_then(|it| by_status(it, visited)) {
        return fate;
    }
    let state = visited.reading.map_or(PageState::Content, |it| it.state);
    match state {
        PageState::Blocked => Fate::Walled {
            detail: "a block page or a challenge".to_owned(),
        },
        PageState::ConsentWall => Fate::Walled {
            detail: "a consent wall".to_owned(),
        },
        PageState::LoginWall => Fate::Walled {
            detail: "a login".to_owned(),
        },
        PageState::SoftNotFound => Fate::Soft404,
        PageState::Parked => Fate::Parked,
        _ => moved(visited.hops, last),
    }
}

fn moved(hops: &[CaptureEntry], last: &CaptureEntry) -> Fate {
    let same = hops
        .first()
        .is_none_or(|it| it.target_uri.surt() == last.target_uri.surt());
    if same {
        return Fate::Live;
    }
    let permanent = hops
        .iter()
        .take(hops.len() - 1)
        // A try that was made again is no redirect; a page that only sends a browser on does not say for how long.
        .filter_map(CaptureEntry::status)
        .filter(|it| is_redirect(*it) || matches!(it, 200..=299))
        .all(|it| matches!(it, 301 | 308));
    Fate::Moved {
        to: last.target_uri.clone(),
        permanent,
    }
}

fn by_status(status: u16, visited: &Visited<'_>) -> Option<Fate> {
    let blocked = visited
        .reading
        .is_some_and(|it| it.state == PageState::Blocked);
    match status {
        404 | 410 => Some(Fate::Gone { status }),
        400.. if blocked => Some(Fate::Walled {
            detail: format!("a block page or a challenge ({status})"),
        }),
        401 | 403 | 407 | 429 | 451 => Some(Fate::Refused {
            detail: format!("the host answered {status}"),
        }),
        400.. => Some(Fate::Unreachable {
            detail: format!("the host answered {status}"),
        }),
        _ => None,
    }
}

fn failed(failure: &Failure) -> Fate {
    let detail = failure_in_words(failure);
    match failure.kind {
        FailureKind::RobotsRefused | FailureKind::GuardRefused | FailureKind::HostBackoff => {
            Fate::Refused { detail }
        }
        _ => Fate::Unreachable { detail },
    }
}

/// A failure for people, with what to do about it where somebody can do something.
fn failure_in_words(failure: &Failure) -> String {
    use FailureKind as Kind;
    let general = in_words(failure.kind);
    match failure.kind {
        // Captures of before the details had words for people have the TLS library's.
        Kind::Tls | Kind::TlsExpired | Kind::TlsWrongHost | Kind::TlsUnknownIssuer
            if failure.detail.starts_with("the ") || failure.detail.starts_with("nobody ") =>
        {
            failure.detail.clone()
        }
        Kind::GuardRefused => format!("{general}: {}", failure.detail),
        _ => general.to_owned(),
    }
}

/// A kind of failure for people: the same words for the same kind, whatever the operating system said.
fn in_words(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::DnsNotFound => "the host name has no address",
        FailureKind::DnsFailed => "the host name could not be looked up",
        FailureKind::DnsTimeout => "the host name could not be looked up in the time allowed",
        FailureKind::TlsTimeout => "no TLS connection within the time allowed",
        FailureKind::Connect => "no connection",
        FailureKind::ConnectTimeout => "no connection within the time allowed",
        FailureKind::TlsExpired => "the certificate is past its date",
        FailureKind::TlsWrongHost => "the certificate is for another host",
        FailureKind::TlsUnknownIssuer => "the certificate's issuer is not known",
        FailureKind::Tls => "no TLS connection",
        FailureKind::ResponseTimeout => "no answer within the time allowed",
        FailureKind::Disconnect => "the connection broke off",
        FailureKind::Malformed => "the answer is not HTTP",
        FailureKind::RobotsRefused => "robots.txt forbids it",
        FailureKind::GuardRefused => "the settings of this archive do not let it be visited",
        FailureKind::RedirectLoop => "its redirects lead in a circle",
        FailureKind::BadRedirect => "its redirect leads nowhere that can be visited",
        FailureKind::HostBackoff => "the host asked to be left alone",
        FailureKind::Proxy => "the proxy failed",
        FailureKind::Stopped => "the run was ended before the answer was whole",
    }
}

/// Why a visit cannot be judged by, whatever the claim; `None` where its page was read.
pub(super) fn unjudged(visited: &Visited<'_>) -> Option<(Why, String)> {
    let Some(last) = visited.hops.last() else {
        return Some((
            Why::NotVisited,
            "the page was not visited so far".to_owned(),
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
        Some(status @ (401 | 403 | 407 | 429 | 451)) => Some((
            Why::Blocked,
            format!("the visit was refused: the host answered {status}"),
        )),
        Some(status @ 400..) => Some((
            Why::FetchFailed,
            format!("the visit failed: the host answered {status}"),
        )),
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
