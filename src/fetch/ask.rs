//! One request to one host, in its turn and with its leave.

use std::time::Duration;

use super::{
    Crawl, Options, Validators,
    dial::{Link, Refusal},
    exchange::{Trouble, exchange},
    lane::{self, Lane},
    manners::{self, Wish},
    wire::Received,
};
use crate::{
    capture::{Capture, Connection, Failure, FailureKind, Outcome, Response, status_of},
    clock::Instant,
    host::{HostState, Origin},
    uri::TargetUri,
};

/// What came of asking: a capture, unless the run was to stop before anything was sent.
pub(super) enum Asked {
    Capture(Box<Capture>),
    NotBegun,
}

impl Crawl {
    /// Asks for `uri` when its host's turn has come, again where that may help; the last try is what counts.
    pub(super) async fn ask(
        &self,
        uri: &TargetUri,
        validators: Option<&Validators>,
    ) -> (Asked, HostState) {
        let origin = Origin::of(uri);
        let lane = self.lanes.of(uri);
        let mut lane = lane.lock().await;
        self.lanes.recall(&origin, &mut lane, self.clock.now());
        let asked = self.ask_in(&mut lane, &origin, uri, validators).await;
        (asked, lane.known(&origin).state.clone())
    }

    async fn ask_in(
        &self,
        lane: &mut Lane,
        origin: &Origin,
        uri: &TargetUri,
        validators: Option<&Validators>,
    ) -> Asked {
        let request = request(uri, &self.options, validators);
        let mut tries = 0;
        let mut last = None;
        loop {
            if let Some((kind, detail)) = lane.known(origin).unreachable.clone() {
                return self.failed(uri, kind, detail);
            }
            if let Err(put_off) = self.wait_for_turn(lane).await {
                return match (last, put_off) {
                    // What came of the tries so far is what it came to.
                    (Some(capture), _) => Asked::Capture(capture),
                    (None, PutOff::Stop) => Asked::NotBegun,
                    (None, PutOff::Backoff(it)) => self.failed(uri, FailureKind::HostBackoff, it),
                };
            }
            if let Err(capture) = self.ask_robots(lane, origin, uri).await {
                return Asked::Capture(capture);
            }
            let capture = self.exchange_in(lane, origin, uri, &request).await;
            tries += 1;
            let wish = match &capture.outcome {
                Outcome::Failure(it) => manners::of_failure(it.kind),
                _ => manners::of_head(capture.head().unwrap_or_default(), capture.ended),
            };
            let wait = self.settle(lane, origin, &wish, tries);
            let again = wish.passing && tries < self.options.tries && wait <= self.options.max_wait;
            if !again || *self.stop.borrow() {
                if let Outcome::Failure(it) = &capture.outcome
                    && is_of_the_host(it.kind)
                {
                    lane.known(origin).unreachable = Some(not_again(it));
                }
                return Asked::Capture(Box::new(capture));
            }
            last = Some(Box::new(capture));
        }
    }

    /// Writes down what an answer means for the host; how long it is left alone now.
    fn settle(&self, lane: &mut Lane, origin: &Origin, wish: &Wish, tries: u32) -> Duration {
        let known = lane.known(origin);
        let pause = lane::pause(&self.options, known.robots.as_deref());
        if wish.refusal {
            known.state.refusals = known.state.refusals.saturating_add(1);
        } else if !wish.passing {
            known.state.refusals = 0;
        }
        let longer = wish
            .wait(known.state.refusals, tries, &self.options)
            .filter(|it| *it > pause);
        let reason = longer.and_then(|_| wish.reason.clone());
        let wait = longer.unwrap_or(pause);
        // What may pass is tried again in this run only; the next is not to wait for it.
        let remembered = if wish.refusal { wait } else { pause };
        lane.asked(origin, &self.clock, remembered, reason.clone());
        lane.put_off(wait, reason);
        wait
    }

    /// Waits until the host may be asked.
    async fn wait_for_turn(&self, lane: &Lane) -> Result<(), PutOff> {
        let (wait, reason) = lane.wait();
        let pause = self.options.delay.max(self.options.max_crawl_delay);
        if wait > self.options.max_wait.max(pause) {
            let reason = reason.unwrap_or("the pause between two requests");
            return Err(PutOff::Backoff(format!(
                "left alone for another {} s: {reason}",
                wait.as_secs()
            )));
        }
        let mut stop = self.stop.clone();
        let stopped = async {
            if stop.wait_for(|it| *it).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = stopped => Err(PutOff::Stop),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    /// One exchange on the connection kept open, or a new one.
    pub(super) async fn exchange_in(
        &self,
        lane: &mut Lane,
        origin: &Origin,
        uri: &TargetUri,
        request: &[u8],
    ) -> Capture {
        // It is closed only when the run is over, and nobody closes it.
        let _slot = self.slots.acquire().await.ok();
        let kept = match lane.link.take() {
            Some((of, link)) if of == *origin => still_quiet(link).await,
            _ => None,
        };
        if let Some(link) = kept {
            let (capture, reusable) = self.exchange_on(link, uri, request).await;
            // A connection may end just as the next request is sent on it (RFC 9112, 9.3.1); then it says nothing.
            let ended_first = matches!(&capture.outcome, Outcome::Failure(it)
                if it.kind == FailureKind::Disconnect && it.received.is_empty());
            if !ended_first {
                lane.link = reusable.map(|link| (origin.clone(), link));
                return capture;
            }
        }
        let date = self.clock.now();
        match self.dialer.dial(uri).await {
            Ok(link) => {
                let (capture, reusable) = self.exchange_on(link, uri, request).await;
                lane.link = reusable.map(|link| (origin.clone(), link));
                Capture { date, ..capture }
            }
            Err(Refusal {
                kind,
                detail,
                connection,
            }) => Capture {
                target_uri: uri.clone(),
                date,
                ended: self.clock.now(),
                connection,
                request: Vec::new(),
                outcome: failure(kind, detail, Vec::new()),
            },
        }
    }

    async fn exchange_on(
        &self,
        mut link: Link,
        uri: &TargetUri,
        request: &[u8],
    ) -> (Capture, Option<Link>) {
        let date = self.clock.now();
        let proxy = self.options.proxies.for_uri(uri);
        let proxy = proxy.filter(|_| !uri.is_https());
        let mut sent = request.to_vec();
        if let Some(it) = proxy.and_then(|it| it.authorization.as_ref()) {
            let end = sent.len().saturating_sub(2);
            sent.splice(end..end, format!("Proxy-Authorization: {it}\r\n").bytes());
        }
        let end = exchange(&mut link, &sent, &self.options, &self.stop).await;
        let (outcome, interim, reusable) = match end {
            Ok(Received {
                interim,
                head,
                payload,
                framing,
                truncated,
                reusable,
            }) => {
                let response = Response {
                    head,
                    payload,
                    framing,
                    truncated,
                };
                match proxy.filter(|_| status_of(&response.head) == Some(407)) {
                    None => (Outcome::Response(response), interim, reusable),
                    Some(it) => {
                        let detail = format!("the proxy {it} answered with status 407");
                        let failure = failure(FailureKind::Proxy, detail, response.head);
                        (failure, interim, false)
                    }
                }
            }
            Err(Trouble {
                kind,
                detail,
                received,
            }) => (failure(kind, detail, received), Vec::new(), false),
        };
        let capture = Capture {
            target_uri: uri.clone(),
            date,
            ended: self.clock.now(),
            connection: Some(Connection {
                interim,
                ..link.connection.clone()
            }),
            request: request.to_vec(),
            outcome,
        };
        (capture, reusable.then_some(link))
    }

    /// A capture of a request that was not made.
    fn failed(&self, uri: &TargetUri, kind: FailureKind, detail: String) -> Asked {
        Asked::Capture(Box::new(not_asked(uri, self.clock.now(), kind, detail)))
    }
}

/// Why a host is not asked now.
enum PutOff {
    Stop,
    Backoff(String),
}

/// Whether a failure is about the host, and would befall its other pages too.
pub(super) fn is_of_the_host(kind: FailureKind) -> bool {
    use FailureKind as Kind;
    matches!(
        kind,
        Kind::DnsNotFound
            | Kind::DnsFailed
            | Kind::Connect
            | Kind::ConnectTimeout
            | Kind::TlsExpired
            | Kind::TlsWrongHost
            | Kind::TlsUnknownIssuer
            | Kind::Tls
            | Kind::GuardRefused
            | Kind::Proxy
    )
}

/// What is said of a host's other pages after a failure that would befall them too.
pub(super) fn not_again(failure: &Failure) -> (FailureKind, String) {
    let detail = format!("{} (not asked again in this run)", failure.detail);
    (failure.kind, detail)
}

fn failure(kind: FailureKind, detail: String, received: Vec<u8>) -> Outcome {
    Outcome::Failure(Failure {
        kind,
        detail,
        received,
    })
}

/// A capture of a request that was not made.
pub(super) fn not_asked(
    uri: &TargetUri,
    now: Instant,
    kind: FailureKind,
    detail: String,
) -> Capture {
    Capture {
        target_uri: uri.clone(),
        date: now,
        ended: now,
        connection: None,
        request: Vec::new(),
        outcome: failure(kind, detail, Vec::new()),
    }
}

/// The connection, if it neither ended nor said anything since its last response: what it said would be taken for
/// the answer to a question that was not asked yet.
async fn still_quiet(mut link: Link) -> Option<Link> {
    use tokio::io::AsyncReadExt;
    let mut byte = [0];
    tokio::select! {
        biased;
        _ = link.stream.read(&mut byte) => None,
        () = std::future::ready(()) => Some(link),
    }
}

/// The request, byte for byte.
///
/// What a proxy wants to know of who asks is not in it: it is sent, and not kept.
pub(super) fn request(
    uri: &TargetUri,
    options: &Options,
    validators: Option<&Validators>,
) -> Vec<u8> {
    let host = match uri.as_url().port() {
        Some(port) => format!("{}:{port}", uri.host()),
        None => uri.host().to_owned(),
    };
    let target = match options.proxies.for_uri(uri) {
        Some(_) if !uri.is_https() => uri.as_str().to_owned(),
        _ => uri.path_and_query(),
    };
    let mut request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n").into_bytes();
    let mut field = |name: &str, value: &str| {
        request.extend(format!("{name}: ").bytes());
        // What was read as Latin-1 is written as Latin-1; what could end the line is left out.
        request.extend(
            value
                .chars()
                .filter(|it| !it.is_control())
                .map(|it| u8::try_from(it).unwrap_or(b'?')),
        );
        request.extend(b"\r\n");
    };
    field("User-Agent", &options.user_agent);
    field(
        "Accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    );
    field("Accept-Encoding", "gzip, br, zstd, deflate");
    if let Some(it) = validators.filter(|it| it.target_uri == *uri) {
        if let Some(etag) = &it.etag {
            field("If-None-Match", etag);
        }
        if let Some(date) = &it.last_modified {
            field("If-Modified-Since", date);
        }
    }
    request.extend(b"\r\n");
    request
}
