//! The archive in a browser: reports on one origin, archived pages on another, with Memento (RFC 7089) on both.
//!
//! Archived pages are hostile. They are replayed on a port of their own, rewritten, and under headers that let them load
//! from that port only and run nothing. Every request is answered from the store alone, by a function without side effects.

use std::{convert::Infallible, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::response::{IntoResponse as _, Response};
use hyper::service::service_fn;
use hyper_util::service::TowerToHyperService;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    clock::Clock,
    ledger::Signer,
    memento::Archive,
    pipeline::Comparing,
    store::{Store, StoreError},
};

mod assets;
mod connections;
mod deciding;
mod desk;
mod exchange;
mod form;
mod hosts;
mod marked;
mod pages;
mod profiles;
mod replayed;
mod room;
mod router;
mod site;
mod snapshot;
mod times;
mod visitor;

pub use connections::Limits;
use connections::{answer_on, asked};
use exchange::{Answer, Request};

/// How long requests in progress may continue after the signal to stop.
const GRACE: Duration = Duration::from_secs(2);

/// How often to check that the findings at the desk are current.
const CHECK: Duration = Duration::from_secs(2);

/// What to show, and to whom.
#[derive(Debug)]
pub struct Options {
    /// The archive, opened for reading.
    pub store: Store,
    /// The folder of the profiles.
    pub profiles: PathBuf,
    /// The host names to answer to, besides `localhost` and the own addresses.
    pub hosts: Vec<String>,
    /// Limits on clients.
    pub limits: Limits,
    /// How to compute findings that are not current.
    pub comparing: Comparing,
    /// The clock.
    pub clock: Clock,
    /// The command line that opens this archive, ready to paste.
    pub command: String,
    /// The name under which decisions are recorded.
    pub reviewer: String,
    /// The key that signs checkpoints; without one, decisions are stored without a checkpoint.
    pub signer: Option<Signer>,
    /// The public address of the replay; empty for none.
    pub public_replay: String,
}

/// Which of the two origins a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Reports and lists of captures.
    Site,
    /// Archived pages.
    Replay,
}

/// Both origins, ready to answer.
#[derive(Debug)]
struct Web {
    options: Options,
    snapshot: snapshot::Snapshot,
    room: room::Room,
    deciding: deciding::Deciding,
    copies: marked::Copies,
    secret: visitor::Secret,
    site: SocketAddr,
    replay: SocketAddr,
}

/// The origins that links lead to, for a client that used a certain host name.
#[derive(Clone, Debug)]
struct Origins {
    /// The origin of the site: `http://127.0.0.1:8080`.
    site: String,
    /// The origin of archived pages.
    replay: String,
}

impl Origins {
    fn archive(&self) -> Archive {
        Archive::at(&self.replay)
    }
}

/// Answers on both listeners until `stop` turns true: reports and lists on `site`, archived pages on `replay`.
///
/// # Errors
/// The address of a listener cannot be determined.
pub async fn serve(
    site: TcpListener,
    replay: TcpListener,
    options: Options,
    stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let web = Arc::new(Web {
        options,
        snapshot: snapshot::Snapshot::default(),
        room: room::Room::default(),
        deciding: deciding::Deciding::default(),
        copies: marked::Copies::default(),
        secret: visitor::Secret::new()?,
        site: site.local_addr()?,
        replay: replay.local_addr()?,
    });
    let limits = web.options.limits;
    let mut doors = JoinSet::new();
    let pages = TowerToHyperService::new(router::router(&web));
    doors.spawn(answer_on(site, limits, pages, stop.clone()));
    // Routers decode paths; here, the address in the path must stay as it was sent.
    let replayed = Arc::clone(&web);
    let copies = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let request = Request::of(&request.into_parts().0);
        let answered = answered(Arc::clone(&replayed), Door::Replay, request, Web::replay);
        async { Ok::<_, Infallible>(answered.await) }
    });
    doors.spawn(answer_on(replay, limits, copies, stop.clone()));
    let waits = stop.clone();
    let prepared = Arc::clone(&web);
    doors.spawn(async move {
        // A request that comes earlier waits a little longer; if the archive cannot be read, the request reports it.
        let _ = tokio::task::spawn_blocking(move || prepared.prepare(&waits)).await;
    });
    let checked = Arc::clone(&web);
    let until = stop.clone();
    doors.spawn(async move { check(&checked, until).await });
    asked(stop).await;
    // Idle connections that browsers keep open would keep the program alive.
    let ended = async { while doors.join_next().await.is_some() {} };
    // Requests that are not answered by now are dropped.
    let _ = tokio::time::timeout(GRACE, ended).await;
    Ok(())
}

/// Keeps the findings at the desk current, independent of requests, until `stop` turns true.
async fn check(web: &Arc<Web>, stop: watch::Receiver<bool>) {
    let mut stopped = std::pin::pin!(asked(stop));
    loop {
        tokio::select! {
            () = tokio::time::sleep(CHECK) => {}
            () = &mut stopped => return,
        }
        let web = Arc::clone(web);
        let checked = tokio::task::spawn_blocking(move || web.room.check(&web.options)).await;
        if let Ok(Err(error)) = checked {
            tracing::debug!(%error, "the findings could not be checked");
        }
    }
}

/// Answers one request with `page`, on a thread that may block; a panic ends only this request.
async fn answered<T: Outcome>(
    web: Arc<Web>,
    door: Door,
    request: Request,
    page: Page<T>,
) -> Response {
    let asked = format!("{} {}", request.method, request.path);
    let answering = tokio::task::spawn_blocking(move || match web.origins(door, &request) {
        Ok(origins) => page(&web, &request, &origins).answer(&request, &origins),
        Err(answer) => answer,
    });
    let answer = answering.await.unwrap_or_else(|error| {
        tracing::error!(request = asked, %error, "a request could not be answered");
        Answer::text(
            500,
            "This request could not be answered. The log contains the reason.\n",
        )
    });
    tracing::debug!(request = asked, status = answer.status, "answered");
    answer.into_response()
}

/// A function that answers a request.
type Page<T> = fn(&Web, &Request, &Origins) -> T;

/// The result of a page: an answer, or a fault of the archive.
trait Outcome: 'static {
    /// The answer to the request.
    fn answer(self, request: &Request, origins: &Origins) -> Answer;
}

impl Outcome for Answer {
    fn answer(self, _: &Request, _: &Origins) -> Answer {
        self
    }
}

impl Outcome for Result<Answer, StoreError> {
    fn answer(self, request: &Request, origins: &Origins) -> Answer {
        self.unwrap_or_else(|error| pages::fault(&error, request, origins))
    }
}

impl Web {
    /// The desk as it is now.
    fn now(&self) -> Result<Arc<room::Now>, StoreError> {
        let profiles = self.snapshot.profiles(&self.options.profiles);
        self.room.now(&self.options, profiles)
    }

    /// Prepares the data behind the pages of the site before the first request, until `stop` turns true.
    fn prepare(&self, stop: &watch::Receiver<bool>) {
        let Options {
            store,
            comparing,
            clock,
            ..
        } = &self.options;
        let now = clock.now();
        if let Err(error) = self.now() {
            tracing::debug!(%error, "the desk could not be prepared");
        }
        let profiles = self.snapshot.profiles(&self.options.profiles);
        let command = &self.options.command;
        for entry in &profiles {
            if *stop.borrow() || self.snapshot.is_full() {
                break;
            }
            let made = self.snapshot.report(store, entry, comparing, command, now);
            if let Err(error) = made {
                tracing::debug!(profile = entry.name, %error, "its report could not be prepared");
            }
        }
    }
}
