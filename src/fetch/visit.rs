//! One visit: the seed, its redirects, and the pages that only send a browser elsewhere.

use std::collections::HashSet;

use super::{
    Crawl, Fetched, Order, Validators,
    ask::{Asked, not_asked},
    cookies::Cookies,
    robots_txt::location,
};
use crate::{
    capture::{Capture, FailureKind, Outcome, Revisit, RevisitProfile, Visit, is_redirect},
    challenge,
    digest::PayloadDigest,
    forward,
    host::{HostState, Origin},
    uri::{TargetUri, without_credentials},
};

impl Crawl {
    /// Visits the seed; `None` if the run was stopped before the visit began.
    pub(super) async fn visit(&self, order: Order) -> Option<Fetched> {
        let mut captures: Vec<Capture> = Vec::new();
        let mut hosts: Vec<(Origin, HostState)> = Vec::new();
        let mut remarks = Vec::new();
        let mut seen = HashSet::new();
        let mut uri = order.seed.clone();
        let mut validators = order.validators;
        let mut cookies = Cookies::default();
        loop {
            // A host can send a visitor back with a cookie; the same address with the same cookies is a loop.
            let with = cookies.for_uri(&uri);
            let (asked, state) = self.ask(&uri, validators.as_ref(), &mut cookies).await;
            note(&mut hosts, Origin::of(&uri), state);
            let mut tries = match asked {
                Asked::Captures(tries) => tries,
                Asked::NotBegun if captures.is_empty() => return None,
                Asked::NotBegun => {
                    let detail = "the run was stopped before this redirect was followed".to_owned();
                    let capture = not_asked(&uri, self.clock.now(), FailureKind::Stopped, detail);
                    captures.push(capture);
                    break;
                }
            };
            let Some(mut capture) = tries.pop() else {
                break;
            };
            captures.append(&mut tries);
            let next = redirect(&capture).or_else(|| forward(&capture));
            if let Some(known) = &validators {
                if let Some(remark) = lie(&capture, known) {
                    remarks.push(remark);
                    // Only once: afterwards, requests are unconditional.
                    if capture.status() == Some(304) {
                        captures.push(capture);
                        validators = validators.map(Validators::unconditional);
                        continue;
                    }
                }
                recognise(&mut capture, known);
            }
            let is_redirect = capture.status().is_some_and(is_redirect);
            captures.push(capture);
            let Some(next) = next else {
                break;
            };
            seen.insert((uri.clone(), with));
            let failure = match next {
                Err(detail) => Some((FailureKind::BadRedirect, detail)),
                Ok((next, had_credentials)) => {
                    if had_credentials {
                        remarks.push(format!(
                            "{uri} redirects to an address with a name or password, which are left out"
                        ));
                    }
                    let from = std::mem::replace(&mut uri, next);
                    let is_seen = seen.contains(&(uri.clone(), cookies.for_uri(&uri)));
                    // Unlike a redirect, a page that leads back to itself can be read.
                    if !is_redirect && (is_seen || seen.len() > self.options.max_redirects) {
                        break;
                    }
                    if is_seen {
                        let detail = format!("{from} leads back to {uri}");
                        Some((FailureKind::RedirectLoop, detail))
                    } else if seen.len() > self.options.max_redirects {
                        let detail = format!("more than {} redirects", self.options.max_redirects);
                        Some((FailureKind::RedirectLoop, detail))
                    } else {
                        None
                    }
                }
            };
            if let Some((kind, detail)) = failure {
                captures.push(not_asked(&uri, self.clock.now(), kind, detail));
                break;
            }
        }
        let visit = Visit {
            seed: order.seed,
            captures,
        };
        Some(Fetched {
            visit,
            hosts,
            remarks,
        })
    }
}

/// Replaces the recorded state of the origin.
fn note(hosts: &mut Vec<(Origin, HostState)>, origin: Origin, state: HostState) {
    hosts.retain(|(host, _)| *host != origin);
    hosts.push((origin, state));
}

/// The target of a redirect (RFC 9110, 15.4) and whether credentials were removed from it, or why the target is invalid;
/// `None` if there is no redirect.
fn redirect(capture: &Capture) -> Option<Result<(TargetUri, bool), String>> {
    if !is_redirect(capture.status()?) {
        return None;
    }
    let location = location(capture)?;
    let next = capture.target_uri.join(&location);
    let had_credentials = without_credentials(&location) != location;
    Some(
        next.map(|(next, _)| (next, had_credentials))
            .map_err(|error| error.to_string()),
    )
}

/// The target of a page that only sends the browser elsewhere; `None` for other pages.
fn forward(capture: &Capture) -> Option<Result<(TargetUri, bool), String>> {
    let Outcome::Response(response) = &capture.outcome else {
        return None;
    };
    // The next step of a challenge is for browsers.
    if challenge::in_response(response).is_some() {
        return None;
    }
    let target = forward::of_response(response, &capture.target_uri)?;
    Some(Ok((target.to, false)))
}

/// What is wrong with the validators of a server (RFC 9110, 8.8), if anything.
///
/// Either a "not modified" with a different entity tag than requested (RFC 9111, 4.3.4): then the stored page is not the
/// page of the server. Or a different page with the validators of the stored one.
fn lie(capture: &Capture, known: &Validators) -> Option<String> {
    if capture.target_uri != known.target_uri {
        return None;
    }
    let uri = &capture.target_uri;
    let tag = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let known_tag = known.etag.as_deref().map(tag);
    let came = capture.field("etag").as_deref().map(tag);
    match capture.status()? {
        304 if known.conditional && known_tag.is_some() && came.is_some() && came != known_tag => {
            Some(format!(
                "{uri}: the server answered \"not modified\" with a different ETag"
            ))
        }
        200 if is_whole(capture) && capture.payload_digest() != Some(known.payload_digest) => {
            if known_tag.is_some() && came == known_tag {
                return Some(format!(
                    "{uri}: the server changed the page without changing its ETag"
                ));
            }
            let dated = capture.field("last-modified");
            let same_date = came.is_none() && dated.is_some() && dated == known.last_modified;
            same_date.then(|| {
                format!("{uri}: the server changed the page without changing its Last-Modified")
            })
        }
        _ => None,
    }
}

fn is_whole(capture: &Capture) -> bool {
    matches!(&capture.outcome, Outcome::Response(it) if it.truncated.is_none())
}

/// Turns a response with nothing new into a revisit.
fn recognise(capture: &mut Capture, known: &Validators) {
    if capture.target_uri != known.target_uri {
        return;
    }
    let Outcome::Response(response) = &mut capture.outcome else {
        return;
    };
    let status = crate::capture::status_of(&response.head);
    let was_conditional =
        known.conditional && (known.etag.is_some() || known.last_modified.is_some());
    let profile = match status {
        Some(304) if was_conditional => RevisitProfile::ServerNotModified,
        Some(200)
            if response.truncated.is_none()
                && PayloadDigest::of(&response.payload) == known.payload_digest =>
        {
            RevisitProfile::IdenticalPayloadDigest
        }
        _ => return,
    };
    capture.outcome = Outcome::Revisit(Revisit {
        profile,
        head: std::mem::take(&mut response.head),
        payload_digest: known.payload_digest,
        refers_to_date: known.date,
        refers_to_uri: known.target_uri.clone(),
    });
}
