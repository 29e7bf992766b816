//! robots.txt: fetched once a day for each origin, and asked before every visit (RFC 9309, 2.3 and 2.4).

use std::sync::Arc;

use super::{
    Crawl,
    ask::{is_of_the_host, not_again, not_asked, request},
    lane::Lane,
    manners,
};
use crate::{
    capture::{Capture, FailureKind, Outcome, Truncation},
    content_coding,
    host::{Origin, RobotsAccess, RobotsFile},
    robots::Robots,
    uri::TargetUri,
};

/// So many redirects of robots.txt are followed (RFC 9309, 2.3.1.2).
const MOST_REDIRECTS: usize = 5;

impl Crawl {
    /// Whether robots.txt lets `uri` be visited; it is fetched first where it is not known.
    ///
    /// Its request is part of the visit that needs it: the page is asked for right after it.
    pub(super) async fn ask_robots(
        &self,
        lane: &mut Lane,
        origin: &Origin,
        uri: &TargetUri,
    ) -> Result<(), Box<Capture>> {
        let refused = |detail: String| {
            let now = self.clock.now();
            Box::new(not_asked(uri, now, FailureKind::RobotsRefused, detail))
        };
        if lane.known(origin).robots.is_none() {
            let file = match lane.known(origin).state.robots.take() {
                Some(file) if self.is_fresh(&file) => file,
                _ => self.fetch_robots(lane, origin, uri).await?,
            };
            let known = lane.known(origin);
            let read = match &file.access {
                RobotsAccess::Rules(bytes) => Ok(Robots::parse(bytes)),
                RobotsAccess::Unavailable { .. } => Ok(Robots::default()),
                RobotsAccess::Unreachable { detail } => Err(detail.clone()),
            };
            known.state.robots = Some(file);
            let robots =
                read.map_err(|it| refused(format!("robots.txt could not be had: {it}")))?;
            known.robots = Some(Arc::new(robots));
        }
        let robots = lane.known(origin).robots.clone().unwrap_or_default();
        let rule = robots.allows(self.options.product_token(), &uri.path_and_query());
        if rule.allowed {
            return Ok(());
        }
        let place = rule
            .line
            .map(|it| format!(", line {}: {}", it.number, it.text))
            .unwrap_or_default();
        Err(refused(format!("robots.txt{place}")))
    }

    fn is_fresh(&self, file: &RobotsFile) -> bool {
        let age = (self.clock.now() - file.fetched).to_std();
        let most = match file.access {
            RobotsAccess::Unreachable { .. } => self.options.robots_retry,
            _ => self.options.robots_age,
        };
        // A file from the future was had under a clock that went wrong.
        age.is_ok_and(|it| it < most)
    }

    /// robots.txt as it is now; a capture in the page's name where the host cannot be reached at all.
    async fn fetch_robots(
        &self,
        lane: &mut Lane,
        origin: &Origin,
        uri: &TargetUri,
    ) -> Result<RobotsFile, Box<Capture>> {
        let fetched = self.clock.now();
        let file = |access| Ok(RobotsFile { fetched, access });
        let unreachable = |detail: String| file(RobotsAccess::Unreachable { detail });
        let Ok((mut at, _)) = uri.join("/robots.txt") else {
            return file(RobotsAccess::Unavailable { status: 400 });
        };
        let mut redirects = 0;
        loop {
            let asks = Origin::of(&at);
            let request = request(&at, &self.options, None);
            let capture = if asks == *origin {
                self.exchange_in(lane, origin, &at, &request).await
            } else {
                // Another host's lane is not waited for while this one is held: two hosts could wait for each other.
                self.exchange_in(&mut Lane::default(), &asks, &at, &request)
                    .await
            };
            let known = lane.known(origin);
            known.state.requests += 1;
            known.state.last_request = Some(capture.ended);
            if let Outcome::Failure(failure) = &capture.outcome {
                let is_of_the_host = is_of_the_host(failure.kind) && asks == *origin;
                if is_of_the_host {
                    known.unreachable = Some(not_again(failure));
                }
                if !is_of_the_host && failure.kind != FailureKind::Stopped {
                    return unreachable(failure.detail.clone());
                }
                return Err(Box::new(Capture {
                    target_uri: uri.clone(),
                    request: Vec::new(),
                    ..capture
                }));
            }
            match capture.status().unwrap_or_default() {
                200..=299 => return self.rules(&capture).map_or_else(unreachable, file),
                300..=399 => {
                    let next = location(&capture).and_then(|it| at.join(&it).ok());
                    match next {
                        Some((next, _)) if redirects < MOST_REDIRECTS => at = next,
                        _ => return file(RobotsAccess::Unavailable { status: 310 }),
                    }
                    redirects += 1;
                }
                // "Too many requests" is no word about rules (RFC 6585, 4).
                429 => {
                    self.leave_alone(lane, origin, &capture);
                    return unreachable("answered with 429".to_owned());
                }
                status @ 400..=499 => return file(RobotsAccess::Unavailable { status }),
                status => {
                    self.leave_alone(lane, origin, &capture);
                    return unreachable(format!("answered with {status}"));
                }
            }
        }
    }

    /// Keeps to a `Retry-After` that came for robots.txt.
    fn leave_alone(&self, lane: &mut Lane, origin: &Origin, capture: &Capture) {
        let wish = manners::of_head(capture.head().unwrap_or_default(), capture.ended);
        if let Some(wait) = wish.retry_after {
            lane.asked(
                origin,
                &self.clock,
                wait.min(self.options.max_backoff),
                wish.reason,
            );
        }
    }

    fn rules(&self, capture: &Capture) -> Result<RobotsAccess, String> {
        let Outcome::Response(response) = &capture.outcome else {
            return Err("no response".to_owned());
        };
        if !matches!(response.truncated, None | Some(Truncation::Length)) {
            return Err("it came cut short".to_owned());
        }
        let decoded = content_coding::decode_response(response, &self.options.caps)
            .map_err(|error| error.to_string())?;
        let mut bytes = decoded.bytes;
        bytes.truncate(Robots::MOST_BYTES);
        Ok(RobotsAccess::Rules(bytes))
    }
}

/// The `Location` of a redirect.
pub(super) fn location(capture: &Capture) -> Option<String> {
    capture.field("location").map(as_sent)
}

/// A field value that was read as Latin-1: as UTF-8 where it is that, as some servers send addresses.
pub(super) fn as_sent(value: String) -> String {
    let bytes: Option<Vec<u8>> = value.chars().map(|it| u8::try_from(it).ok()).collect();
    match bytes.map(String::from_utf8) {
        Some(Ok(text)) => text,
        _ => value,
    }
}
