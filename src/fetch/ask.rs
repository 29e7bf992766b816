//! One request to one host, in turn and with permission.

use std::time::Duration;

use super::{
    Crawl, Options, Validators,
    cookies::Cookies,
    dial::{Link, Refusal},
    exchange::{Trouble, exchange},
    lane::{self, Lane, Turn},
    manners::{self, Wish},
    wire::Received,
};
use crate::{
    capture::{Capture, Connection, Failure, FailureKind, Outcome, Response, status_of},
    clock::Instant,
    content_coding,
    host::{HostState, LastAsked, Origin},
    uri::TargetUri,
};

/// The result: captures, unless the run was stopped before anything was sent.
pub(super) enum Asked {
    /// One capture for each attempt, at least one; the last is the result.
    Captures(Vec<Capture>),
    NotBegun,
}

impl Crawl {
    /// Requests `uri` when it is the turn of its host, again if that can help; every attempt is a capture of its own.
    pub(super) async fn ask(
        &self,
        uri: &TargetUri,
        validators: Option<&Validators>,
        cookies: &mut Cookies,
    ) -> (Asked, HostState) {
        let origin = Origin::of(uri);
        let lane = self.lanes.of(uri);
        let mut lane = lane.lock().await;
        self.lanes.recall(&origin, &mut lane);
        let mut tries = Vec::new();
        let mut page = Wanted {
            uri,
            validators,
            cookies,
        };
        let asked = match self.ask_in(&mut lane, &origin, &mut page, &mut tries).await {
            Ok(()) => Asked::Captures(tries),
            // The attempts so far are the result.
            Err(Hindrance::PutOff(_)) if !tries.is_empty() => Asked::Captures(tries),
            Err(Hindrance::PutOff(PutOff::Stop)) => Asked::NotBegun,
            Err(Hindrance::PutOff(PutOff::Backoff(detail))) => {
                let kind = FailureKind::HostBackoff;
                Asked::Captures(vec![not_asked(uri, self.clock.now(), kind, detail)])
            }
            Err(Hindrance::Capture(capture)) => {
                tries.push(*capture);
                Asked::Captures(tries)
            }
        };
        (asked, lane.known(&origin).state.clone())
    }

    async fn ask_in(
        &self,
        lane: &mut Lane,
        origin: &Origin,
        page: &mut Wanted<'_>,
        tries: &mut Vec<Capture>,
    ) -> Result<(), Hindrance> {
        let uri = page.uri;
        let turn = self.lanes.turn_of(uri);
        loop {
            if let Some((kind, detail)) = lane.known(origin).unreachable.clone() {
                let refused = not_asked(uri, self.clock.now(), kind, detail);
                return Err(Hindrance::Capture(Box::new(refused)));
            }
            let rule = self.ask_robots(lane, origin, uri).await?;
            let mut turn = turn.lock().await;
            let pause = lane::pause(&self.options, lane.known(origin).robots.as_deref());
            self.wait_for_turn(&mut turn, true, (uri, pause))
                .await
                .map_err(Hindrance::PutOff)?;
            let cookie = page.cookies.for_uri(uri);
            let request = request(uri, &self.options, page.validators, cookie.as_deref());
            let capture = self.exchange_in(&mut turn, origin, uri, &request).await;
            page.cookies.take(&capture);
            let count = u32::try_from(tries.len() + 1).unwrap_or(u32::MAX);
            let status = || capture.status().unwrap_or_default().to_string();
            let (wish, came) = match &capture.outcome {
                Outcome::Failure(failure) => {
                    (manners::of_failure(failure.kind), failure.detail.clone())
                }
                Outcome::Response(response) => {
                    (manners::of_response(response, capture.ended), status())
                }
                Outcome::Revisit(revisit) => {
                    (manners::of_head(&revisit.head, capture.ended), status())
                }
            };
            let wait = self.settle(lane, &mut turn, origin, &wish, count);
            self.tell_asked(uri, &turn).await;
            lane.known(origin).state.last = Some(LastAsked {
                uri: uri.clone(),
                came,
                rule,
                pause: lane::pause_in_words(&self.options, lane.known(origin).robots.as_deref()),
            });
            let again = wish.passing && count < self.options.tries && wait <= self.options.max_wait;
            let last = !again || *self.stop.borrow();
            if let Outcome::Failure(failure) = &capture.outcome
                && last
                && is_of_the_host(failure.kind)
            {
                lane.known(origin).unreachable = Some(not_again(failure));
            }
            // An interrupted attempt does not replace the one before it.
            if tries.is_empty() || !was_stopped(&capture) {
                tries.push(capture);
            }
            if last {
                return Ok(());
            }
        }
    }

    /// Records what an answer means for the host; returns how long the host is left alone now.
    fn settle(
        &self,
        lane: &mut Lane,
        turn: &mut Turn,
        origin: &Origin,
        wish: &Wish,
        tries: u32,
    ) -> Duration {
        let known = lane.known(origin);
        let pause = lane::pause(&self.options, known.robots.as_deref());
        if wish.refusal {
            known.state.refusals = known.state.refusals.saturating_add(1);
        } else if !wish.passing {
            known.state.refusals = 0;
        }
        let longer = wish
            .wait(known.state.refusals, tries, &self.options)
            .filter(|wait| *wait > pause);
        let reason = longer.and_then(|_| wish.reason.clone());
        let wait = longer.unwrap_or(pause);
        // A temporary failure is tried again in this run only; the next run does not wait for it.
        let remembered = if wish.refusal { wait } else { pause };
        lane.asked(origin, &self.clock, remembered, reason.clone());
        turn.put_off(wait, reason);
        wait
    }

    /// Waits until the host can be visited; not at all if the request is for its `own` page and follows its robots.txt.
    /// `next` is the address to ask, and the pause after that.
    pub(super) async fn wait_for_turn(
        &self,
        turn: &mut Turn,
        own: bool,
        next: (&TargetUri, Duration),
    ) -> Result<(), PutOff> {
        if std::mem::take(&mut turn.page_may_follow) && own && self.options.turns.is_none() {
            return Ok(());
        }
        let pause = self.options.delay.max(self.options.max_crawl_delay);
        let most = self.options.max_wait.max(pause);
        let mut late = self.lateness(next.1);
        loop {
            let asked = tokio::time::Instant::now();
            let (wait, reason) = turn.wait();
            if wait > most {
                let reason = reason.unwrap_or("the pause between requests");
                return Err(PutOff::for_another(wait, reason));
            }
            if *self.stop.borrow() {
                return Err(PutOff::Stop);
            }
            let shared = self.shared_wait((next.0, next.1, late), most).await?;
            let wait = wait.max(shared);
            self.pause(wait).await?;
            if self.options.turns.is_none() || asked.elapsed() <= wait + late {
                return Ok(());
            }
            // This program was stopped for a while, and its turn may be over.
            late *= 2;
        }
    }

    async fn pause(&self, wait: Duration) -> Result<(), PutOff> {
        if wait.is_zero() {
            return Ok(());
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

    /// One exchange, on the open connection or a new one.
    pub(super) async fn exchange_in(
        &self,
        turn: &mut Turn,
        origin: &Origin,
        uri: &TargetUri,
        request: &[u8],
    ) -> Capture {
        // The semaphore is never closed.
        let _slot = self.slots.acquire().await.ok();
        let kept = match turn.link.take() {
            Some((of, link)) if of == *origin => still_quiet(link).await,
            _ => None,
        };
        if let Some(link) = kept {
            let (capture, reusable) = self.exchange_on(link, uri, request).await;
            // A connection can end just as the next request is sent on it (RFC 9112, 9.3.1), without an answer.
            let ended_first = matches!(&capture.outcome, Outcome::Failure(it)
                if it.kind == FailureKind::Disconnect && it.received.is_empty());
            if !ended_first {
                turn.link = reusable.map(|link| (origin.clone(), link));
                return capture;
            }
        }
        let date = self.clock.now();
        match self.dialer.dial(uri).await {
            Ok(link) => {
                let (capture, reusable) = self.exchange_on(link, uri, request).await;
                turn.link = reusable.map(|link| (origin.clone(), link));
                let ended = capture.ended.max(date);
                Capture {
                    date,
                    ended,
                    ..capture
                }
            }
            Err(Refusal {
                kind,
                detail,
                connection,
            }) => Capture {
                target_uri: uri.clone(),
                date,
                ended: self.now_after(date),
                connection,
                request: Vec::new(),
                source: None,
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
        if let Some(authorization) = proxy.and_then(|proxy| proxy.authorization.as_ref()) {
            let end = sent.len().saturating_sub(2);
            sent.splice(
                end..end,
                format!("Proxy-Authorization: {authorization}\r\n").bytes(),
            );
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
                let cut = || content_coding::cut(&head, &payload, &self.options.caps);
                let response = Response {
                    truncated: truncated.or_else(cut),
                    head,
                    payload,
                    framing,
                };
                match proxy.filter(|_| status_of(&response.head) == Some(407)) {
                    None => (Outcome::Response(response), interim, reusable),
                    Some(proxy) => {
                        let detail = format!("the proxy {proxy} answered with status 407");
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
            ended: self.now_after(date),
            connection: Some(Connection {
                interim,
                ..link.connection.clone()
            }),
            request: request.to_vec(),
            source: None,
            outcome,
        };
        (capture, reusable.then_some(link))
    }

    /// The current time, but not before `date`: if the clock is set back, an exchange still does not end before it began.
    fn now_after(&self, date: Instant) -> Instant {
        self.clock.now().max(date)
    }
}

/// The request to send.
struct Wanted<'a> {
    uri: &'a TargetUri,
    validators: Option<&'a Validators>,
    cookies: &'a mut Cookies,
}

/// Why a page is not requested.
pub(super) enum Hindrance {
    /// It must not be; this capture records why.
    Capture(Box<Capture>),
    /// Not now.
    PutOff(PutOff),
}

/// Why a host is not visited now.
pub(super) enum PutOff {
    Stop,
    Backoff(String),
}

impl PutOff {
    /// The host is left alone for another while.
    pub(super) fn for_another(wait: Duration, reason: &str) -> Self {
        let seconds = wait.as_secs();
        Self::Backoff(format!("not visited for another {seconds} s: {reason}"))
    }
}

fn was_stopped(capture: &Capture) -> bool {
    matches!(&capture.outcome, Outcome::Failure(it) if it.kind == FailureKind::Stopped)
}

/// Whether a failure is about the host, and so would affect its other pages, too.
pub(super) fn is_of_the_host(kind: FailureKind) -> bool {
    use FailureKind as Kind;
    matches!(
        kind,
        Kind::DnsNotFound
            | Kind::DnsFailed
            | Kind::DnsTimeout
            | Kind::Connect
            | Kind::ConnectTimeout
            | Kind::TlsTimeout
            | Kind::TlsExpired
            | Kind::TlsWrongHost
            | Kind::TlsUnknownIssuer
            | Kind::Tls
            | Kind::GuardRefused
            | Kind::Proxy
    )
}

/// The failure of the other pages of a host after a failure that would affect them, too.
pub(super) fn not_again(failure: &Failure) -> (FailureKind, String) {
    let detail = format!("{} (not tried again in this run)", failure.detail);
    (failure.kind, detail)
}

fn failure(kind: FailureKind, detail: String, received: Vec<u8>) -> Outcome {
    Outcome::Failure(Failure {
        kind,
        detail,
        received,
    })
}

/// A capture for a request that was not made.
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
        source: None,
        outcome: failure(kind, detail, Vec::new()),
    }
}

/// The connection, if it neither ended nor sent anything since its last response: such bytes would be taken for the
/// answer to the next request.
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
/// Credentials for a proxy are not included: they are sent, but not kept.
pub(super) fn request(
    uri: &TargetUri,
    options: &Options,
    validators: Option<&Validators>,
    cookie: Option<&str>,
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
        // Text read as Latin-1 is written as Latin-1; line breaks are left out.
        request.extend(
            value
                .chars()
                .filter(|letter| !letter.is_control())
                .map(|letter| u8::try_from(letter).unwrap_or(b'?')),
        );
        request.extend(b"\r\n");
    };
    let own = options
        .headers
        .iter()
        .filter(|header| header.is_for(uri.host()));
    let own: Vec<_> = own.collect();
    let is_own = |name: &str| own.iter().any(|it| it.name.eq_ignore_ascii_case(name));
    field("User-Agent", &options.user_agent);
    if !is_own("Accept") {
        field(
            "Accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        );
    }
    field("Accept-Encoding", "gzip, br, zstd, deflate");
    if !options.accept_language.is_empty() && !is_own("Accept-Language") {
        field("Accept-Language", &options.accept_language);
    }
    for it in own.iter().filter(|it| !it.is_cookie()) {
        field(&it.name, &it.value);
    }
    let set = own.iter().filter(|it| it.is_cookie());
    let cookies: Vec<&str> = set.map(|set| set.value.as_str()).chain(cookie).collect();
    if !cookies.is_empty() {
        field("Cookie", &cookies.join("; "));
    }
    if let Some(validator) =
        validators.filter(|validator| validator.conditional && validator.target_uri == *uri)
    {
        if let Some(etag) = &validator.etag {
            field("If-None-Match", etag);
        }
        if let Some(date) = &validator.last_modified {
            field("If-Modified-Since", date);
        }
    }
    request.extend(b"\r\n");
    request
}
