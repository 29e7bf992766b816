//! robots.txt: fetched once a day for each origin, and consulted before every visit (RFC 9309, 2.3 and 2.4).

use std::{sync::Arc, time::Duration};

use super::{
    Crawl,
    ask::{Hindrance, PutOff, is_of_the_host, not_again, not_asked, request},
    lane::{self, Lane},
    manners,
};
use crate::{
    capture::{Capture, Failure, FailureKind, Outcome, Truncation},
    clock::Instant,
    content_coding,
    host::{OlderRules, Origin, RobotsAccess, RobotsFile},
    robots::{Robots, Rule},
    uri::TargetUri,
};

/// The most redirects of a robots.txt that are followed (RFC 9309, 2.3.1.2).
const MOST_REDIRECTS: usize = 5;

/// How long an unreachable robots.txt forbids everything, even if older rules are known (RFC 9309, 2.3.1.4).
const CLOSED: Duration = Duration::from_secs(12 * 60 * 60);

/// The greatest age of older rules that apply after that (RFC 9309, 2.4 and 2.3.1.4: 30 days).
const OLDEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Crawl {
    /// The rule in robots.txt that allows `uri`, in words; fetches robots.txt first if it is not known.
    ///
    /// This request is part of the visit that needs it: the page is requested right after it.
    pub(super) async fn ask_robots(
        &self,
        lane: &mut Lane,
        origin: &Origin,
        uri: &TargetUri,
    ) -> Result<String, Hindrance> {
        let refused = |detail: String| {
            let now = self.clock.now();
            let refused = not_asked(uri, now, FailureKind::RobotsRefused, detail);
            Hindrance::Capture(Box::new(refused))
        };
        if lane.known(origin).robots.is_none() {
            let file = match lane.known(origin).state.robots.take() {
                Some(file) if self.is_fresh(&file) => file,
                before => {
                    let fetched = self.fetch_robots(lane, origin, uri).await;
                    match fetched {
                        Ok(file) => with_older(file, before),
                        Err(hindrance) => {
                            lane.known(origin).state.robots = before;
                            return Err(hindrance);
                        }
                    }
                }
            };
            let known = lane.known(origin);
            let read = self.rules_now(&file);
            known.state.robots = Some(file);
            known.robots = Some(Arc::new(read.map_err(refused)?));
        }
        let known = lane.known(origin);
        let robots = known.robots.clone().unwrap_or_default();
        let Rule { allowed, line } =
            robots.allows(self.options.product_token(), &uri.path_and_query());
        if !allowed {
            let place = line
                .map(|line| format!(", line {}: {}", line.number, line.text))
                .unwrap_or_default();
            return Err(refused(format!("robots.txt{place}")));
        }
        Ok(match (line, &known.state.robots) {
            (Some(it), _) => format!("robots.txt, line {}: {}", it.number, it.text),
            (None, Some(RobotsFile { access, .. })) => match access {
                RobotsAccess::Unavailable { status } => {
                    format!("there is no robots.txt (status {status})")
                }
                RobotsAccess::Rules(_) => "robots.txt does not forbid it".to_owned(),
                RobotsAccess::Unreachable { .. } => {
                    "the last known robots.txt does not forbid it".to_owned()
                }
            },
            (None, None) => String::new(),
        })
    }

    /// The rules that apply now, or why nothing can be requested.
    fn rules_now(&self, file: &RobotsFile) -> Result<Robots, String> {
        let for_longer = |since: Instant, than: Duration| {
            (self.clock.now() - since)
                .to_std()
                .is_ok_and(|it| it >= than)
        };
        match &file.access {
            RobotsAccess::Rules(bytes) => Ok(Robots::parse(bytes)),
            RobotsAccess::Unavailable { .. } => Ok(Robots::default()),
            RobotsAccess::Unreachable {
                since: Some(since),
                older: Some(older),
                ..
            } if for_longer(*since, CLOSED) && !for_longer(older.fetched, OLDEST) => {
                Ok(Robots::parse(&older.rules))
            }
            RobotsAccess::Unreachable { detail, .. } => {
                Err(format!("{}: {detail}", Failure::ROBOTS_UNREACHABLE))
            }
        }
    }

    fn is_fresh(&self, file: &RobotsFile) -> bool {
        let age = (self.clock.now() - file.fetched).to_std();
        let most = match file.access {
            RobotsAccess::Unreachable { .. } => self.options.robots_retry,
            _ => self.options.robots_age,
        };
        // A file from the future comes from a wrong clock.
        age.is_ok_and(|age| age < most)
    }

    /// The current robots.txt; or a capture for the page, if the host cannot be reached at all.
    async fn fetch_robots(
        &self,
        lane: &mut Lane,
        origin: &Origin,
        uri: &TargetUri,
    ) -> Result<RobotsFile, Hindrance> {
        let fetched = self.clock.now();
        let file = |access| Ok(RobotsFile { fetched, access });
        let unreachable = |detail: String| {
            file(RobotsAccess::Unreachable {
                detail,
                since: Some(fetched),
                older: None,
            })
        };
        let Ok((mut at, _)) = uri.join("/robots.txt") else {
            return file(RobotsAccess::Unavailable { status: 400 });
        };
        let mut redirects = 0;
        loop {
            let asks = Origin::of(&at);
            let capture = match self.ask_for_robots(&at, uri).await {
                Ok(ask_for_robot) => ask_for_robot,
                // Another host that must be left alone now is not asked for the rules of this one, either.
                Err(PutOff::Backoff(detail)) if asks != *origin => return unreachable(detail),
                Err(put_off) => return Err(Hindrance::PutOff(put_off)),
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
                return Err(Hindrance::Capture(Box::new(Capture {
                    target_uri: uri.clone(),
                    request: Vec::new(),
                    ..capture
                })));
            }
            match capture.status().unwrap_or_default() {
                200..=299 => return self.rules(&capture).map_or_else(unreachable, file),
                300..=399 => {
                    let next = location(&capture).and_then(|location| at.join(&location).ok());
                    match next {
                        Some((next, _)) if redirects < MOST_REDIRECTS => at = next,
                        _ => return file(RobotsAccess::Unavailable { status: 310 }),
                    }
                    redirects += 1;
                }
                // "Too many requests" says nothing about rules (RFC 6585, 4).
                429 => {
                    self.leave_alone(lane, origin, &at, &capture).await;
                    return unreachable("answered with 429".to_owned());
                }
                status @ 400..=499 => return file(RobotsAccess::Unavailable { status }),
                status => {
                    self.leave_alone(lane, origin, &at, &capture).await;
                    return unreachable(format!("answered with {status}"));
                }
            }
        }
    }

    /// One request for the robots.txt at `at`, in the turn of its host, on behalf of `uri`.
    async fn ask_for_robots(&self, at: &TargetUri, uri: &TargetUri) -> Result<Capture, PutOff> {
        let asks = Origin::of(at);
        let turn = self.lanes.turn_of(at);
        let mut turn = turn.lock().await;
        let own = lane::name(at) == lane::name(uri);
        self.wait_for_turn(&mut turn, own, (at, self.options.delay))
            .await?;
        let request = request(at, &self.options, None, None);
        let capture = self.exchange_in(&mut turn, &asks, at, &request).await;
        turn.put_off(self.options.delay, None);
        self.tell_asked(at, &turn).await;
        turn.page_may_follow = own;
        Ok(capture)
    }

    /// Respects a `Retry-After` in the answer to robots.txt.
    async fn leave_alone(&self, lane: &mut Lane, origin: &Origin, at: &TargetUri, of: &Capture) {
        let wish = manners::of_head(of.head().unwrap_or_default(), of.ended);
        if let Some(wait) = wish.retry_after {
            let wait = wait.min(self.options.max_backoff);
            if Origin::of(at) == *origin {
                lane.leave(origin, &self.clock, wait, wish.reason.clone());
            }
            let turn = self.lanes.turn_of(at);
            let mut turn = turn.lock().await;
            turn.put_off(wait, wish.reason);
            self.tell_asked(at, &turn).await;
        }
    }

    fn rules(&self, capture: &Capture) -> Result<RobotsAccess, String> {
        let Outcome::Response(response) = &capture.outcome else {
            return Err("no response".to_owned());
        };
        if !matches!(response.truncated, None | Some(Truncation::Length)) {
            return Err("it was incomplete".to_owned());
        }
        let decoded = content_coding::decode_response(response, &self.options.caps)
            .map_err(|error| error.to_string())?;
        let mut bytes = decoded.bytes;
        bytes.truncate(Robots::MOST_BYTES);
        Ok(RobotsAccess::Rules(bytes))
    }
}

/// An unreachable robots.txt, with its last known rules and since when it is unreachable.
fn with_older(file: RobotsFile, before: Option<RobotsFile>) -> RobotsFile {
    let RobotsAccess::Unreachable {
        detail,
        mut since,
        mut older,
    } = file.access
    else {
        return file;
    };
    match before {
        Some(RobotsFile {
            fetched,
            access: RobotsAccess::Rules(rules),
        }) => older = Some(OlderRules { fetched, rules }),
        Some(RobotsFile {
            access:
                RobotsAccess::Unreachable {
                    since: first,
                    older: known,
                    ..
                },
            ..
        }) => (since, older) = (first.or(since), known),
        _ => {}
    }
    RobotsFile {
        fetched: file.fetched,
        access: RobotsAccess::Unreachable {
            detail,
            since,
            older,
        },
    }
}

/// The `Location` of a redirect.
pub(super) fn location(capture: &Capture) -> Option<String> {
    capture.field("location").map(as_sent)
}

/// A field value that was read as Latin-1, as UTF-8 if it is valid: some servers send addresses so.
pub(super) fn as_sent(value: String) -> String {
    let bytes: Option<Vec<u8>> = value
        .chars()
        .map(|letter| u8::try_from(letter).ok())
        .collect();
    match bytes.map(String::from_utf8) {
        Some(Ok(text)) => text,
        _ => value,
    }
}
