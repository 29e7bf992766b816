//! One visit: the seed and where its redirects lead.

use std::collections::HashSet;

use super::{
    Crawl, Fetched, Order, Validators,
    ask::{Asked, not_asked},
    robots_txt::location,
};
use crate::{
    capture::{Capture, FailureKind, Outcome, Revisit, RevisitProfile, Visit},
    digest::PayloadDigest,
    host::{HostState, Origin},
    uri::TargetUri,
};

impl Crawl {
    /// Visits the seed; `None` where the run was to stop before it was begun.
    pub(super) async fn visit(&self, order: Order) -> Option<Fetched> {
        let mut captures: Vec<Capture> = Vec::new();
        let mut hosts: Vec<(Origin, HostState)> = Vec::new();
        let mut seen = HashSet::new();
        let mut uri = order.seed.clone();
        let mut validators = order.validators;
        loop {
            let (asked, state) = self.ask(&uri, validators.as_ref()).await;
            note(&mut hosts, Origin::of(&uri), state);
            // Once, because then nothing is asked about any more that could be answered so.
            if let Asked::Capture(capture) = &asked
                && validators.as_ref().is_some_and(|it| is_lie(capture, it))
            {
                validators = validators.map(Validators::unconditional);
                continue;
            }
            let mut capture = match asked {
                Asked::Capture(capture) => *capture,
                Asked::NotBegun if captures.is_empty() => return None,
                Asked::NotBegun => {
                    let detail = "the run was ended before this redirect was followed".to_owned();
                    let it = not_asked(&uri, self.clock.now(), FailureKind::Stopped, detail);
                    captures.push(it);
                    break;
                }
            };
            if let Some(it) = &validators {
                recognise(&mut capture, it);
            }
            let next = redirect(&capture);
            captures.push(capture);
            let Some(next) = next else {
                break;
            };
            seen.insert(uri.clone());
            let failure = match next {
                Err(detail) => Some((FailureKind::BadRedirect, detail)),
                Ok(next) => {
                    let from = std::mem::replace(&mut uri, next);
                    if seen.contains(&uri) {
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
        Some(Fetched { visit, hosts })
    }
}

/// Replaces what was noted of the origin before.
fn note(hosts: &mut Vec<(Origin, HostState)>, origin: Origin, state: HostState) {
    hosts.retain(|(it, _)| *it != origin);
    hosts.push((origin, state));
}

/// Where a redirect leads (RFC 9110, 15.4), or why it leads nowhere; `None` where there is none.
fn redirect(capture: &Capture) -> Option<Result<TargetUri, String>> {
    if !matches!(capture.status()?, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = location(capture)?;
    let next = capture.target_uri.join(&location);
    Some(next.map(|(it, _)| it).map_err(|error| error.to_string()))
}

/// Whether a "not modified" is about something else than what was asked about: it names another entity tag (RFC 9111,
/// 4.3.4). Then what is stored is not what the server has, and the page has to be had anew.
fn is_lie(capture: &Capture, known: &Validators) -> bool {
    let tag = |it: &str| it.trim().trim_start_matches("W/").to_owned();
    let asked = known.etag.as_deref().map(tag);
    let answered = capture.field("etag").as_deref().map(tag);
    capture.status() == Some(304)
        && capture.target_uri == known.target_uri
        && asked.is_some()
        && answered.is_some_and(|it| Some(it) != asked)
}

/// Makes a response that brought nothing new a revisit.
fn recognise(capture: &mut Capture, known: &Validators) {
    if capture.target_uri != known.target_uri {
        return;
    }
    let Outcome::Response(response) = &mut capture.outcome else {
        return;
    };
    let status = crate::capture::status_of(&response.head);
    let was_conditional = known.etag.is_some() || known.last_modified.is_some();
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
