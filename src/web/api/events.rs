//! `GET events`: what happens, as it happens (server-sent events), whichever process does it.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use hyper::body::{Bytes, Frame};
use serde_json::json;
use tokio::sync::{Semaphore, broadcast, mpsc, watch};

use super::{answers::time, deeds::Decided};
use crate::{
    store::{CrawlEntry, StoreError, Version},
    web::{Answer, Origins, Request, Web, connections::asked, problem::Problem},
};

/// How often the archive is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How often a comment is sent to a client without events, so that proxies keep the connection open.
const QUIET: Duration = Duration::from_secs(15);

/// How long a stream lasts; then the client asks again, and shows again who it is.
const LASTS: Duration = Duration::from_secs(15 * 60);

/// The most clients at the same time.
const CLIENTS: usize = 64;

/// The clients that get events.
#[derive(Debug)]
pub(in crate::web) struct Watching {
    told: broadcast::Sender<String>,
    places: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
}

impl Watching {
    /// A stream that ends when the service stops.
    pub(in crate::web) fn new(stop: watch::Receiver<bool>) -> Self {
        Self {
            told: broadcast::Sender::new(256),
            places: Arc::new(Semaphore::new(CLIENTS)),
            stop,
        }
    }
}

/// What happens: `decided` (a decision), `found` (findings have changed), `run-began` and `run-ended`, as server-sent events.
#[utoipa::path(get, path = "/api/v1/events", tag = "decisions",
    responses((status = 200, description = "A stream that lasts up to 15 minutes", body = String, content_type = "text/event-stream"),
        (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn events(_: &Web, _: &Request, _: &Origins) -> Answer {
    Answer::new(200, "text/event-stream", ": what happens from now on\n\n")
        .field("Cache-Control", "no-store")
}

/// An answer that goes on as long as something happens.
pub(in crate::web) fn going_on(web: &Web, answer: Answer) -> Response {
    let Ok(place) = Arc::clone(&web.watching.places).try_acquire_owned() else {
        let problem = Problem::new("busy", "Too many programs are listening. Try again later.");
        return problem.answer().field("Retry-After", "60").into_response();
    };
    let (send, receive) = mpsc::channel(16);
    let begun = Bytes::from(answer.body.clone());
    let mut told = web.watching.told.subscribe();
    let stop = web.watching.stop.clone();
    tokio::spawn(async move {
        let _place = place;
        let mut lasts = std::pin::pin!(tokio::time::sleep(LASTS));
        let mut stopped = std::pin::pin!(asked(stop));
        let mut next = begun;
        while send.send(next).await.is_ok() {
            next = tokio::select! {
                event = told.recv() => match event {
                    Ok(event) => event.into(),
                    // The client was too slow for what happened: it asks for everything again.
                    Err(broadcast::error::RecvError::Lagged(_)) => Bytes::from_static(b"event: found\ndata: {}\n\n"),
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                () = tokio::time::sleep(QUIET) => Bytes::from_static(b":\n\n"),
                // Whoever closes a tab leaves the place at once.
                () = send.closed() => return,
                () = &mut lasts => return,
                () = &mut stopped => {
                    // Clients that have left are ignored.
                    let _ = send.send(Bytes::from_static(b"retry: 2000\n\n")).await;
                    return;
                }
            };
        }
    });
    let head = Answer {
        body: Vec::new(),
        ..answer
    }
    .into_response()
    .into_parts()
    .0;
    let mut response = Response::from_parts(head, Body::new(Stream(receive)));
    response.headers_mut().remove(hyper::header::CONTENT_LENGTH);
    response
}

/// The parts of an answer as they come.
struct Stream(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let part = self.0.poll_recv(cx);
        part.map(|it| it.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// What was seen when the archive was looked at last.
struct Seen {
    version: Version,
    review: i64,
    generation: u64,
    crawl: Option<CrawlEntry>,
}

/// Looks at the archive once a second while clients listen, until the server stops, and sends them what has changed.
pub(in crate::web) async fn watched(web: Arc<Web>) {
    let mut stopped = std::pin::pin!(asked(web.watching.stop.clone()));
    let mut seen: Option<Seen> = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = &mut stopped => return,
        }
        if web.watching.told.receiver_count() == 0 {
            seen = None;
            continue;
        }
        let looking = Arc::clone(&web);
        let looked = tokio::task::spawn_blocking(move || look(&looking, seen.as_ref()));
        seen = match looked.await {
            Ok(Ok(it)) => Some(it),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the archive could not be looked at");
                None
            }
            Err(_) => None,
        };
    }
}

fn look(web: &Web, seen: Option<&Seen>) -> Result<Seen, StoreError> {
    let store = &web.options.store;
    let version = store.version()?;
    if let Some(seen) = seen.filter(|it| it.version == version) {
        let is_same = web.now()?.generation == seen.generation;
        if is_same {
            return Ok(Seen {
                version,
                crawl: seen.crawl.clone(),
                ..*seen
            });
        }
    }
    let now = web.now()?;
    let crawl = store.crawls()?.pop();
    let new = Seen {
        version,
        review: now.reviews.last().map_or(0, |it| it.number),
        generation: now.generation,
        crawl,
    };
    let Some(seen) = seen else {
        return Ok(new);
    };
    let tell = |name: &str, data: &serde_json::Value| {
        // An error means that all listeners have left.
        let _ = web
            .watching
            .told
            .send(format!("event: {name}\ndata: {data}\n\n"));
    };
    for it in now.reviews.iter().filter(|it| it.number > seen.review) {
        tell("decided", &json!(Decided::of(it.number, &it.review)));
    }
    if new.generation != seen.generation {
        tell("found", &json!({ "due": now.desk.counts().due() }));
    }
    if let Some(crawl) = &new.crawl {
        let before = seen.crawl.as_ref().filter(|it| it.id == crawl.id);
        if before.is_none() {
            tell("run-began", &json!({ "at": time(crawl.crawl.started) }));
        }
        if let Some(ended) = crawl
            .ended
            .filter(|_| before.is_none_or(|it| it.ended.is_none()))
        {
            tell("run-ended", &json!({ "at": time(ended) }));
        }
    }
    Ok(new)
}
