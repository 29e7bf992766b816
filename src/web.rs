//! The archive in a browser: reports on one origin, archived pages on another, with Memento (RFC 7089) on both.
//!
//! Archived pages are hostile. They are replayed on a port of their own, rewritten, and under headers that let them load
//! from that port only and run nothing. Every request is answered from the store alone, by a function without side effects.

use std::{convert::Infallible, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::response::{IntoResponse as _, Response};
use hyper::{header, service::service_fn};
use hyper_util::service::TowerToHyperService;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    account::Lifetime,
    clock::Clock,
    ledger::Signer,
    memento::Archive,
    pipeline::Comparing,
    store::{Store, StoreError},
};

mod api;
mod assets;
mod client;
mod connections;
mod deciding;
mod deeds;
mod desk;
mod exchange;
mod feeds;
mod form;
mod gate;
mod health;
mod hosts;
mod login;
mod marked;
mod metrics;
mod packet;
mod pages;
mod people;
mod presence;
mod problem;
mod profiles;
mod rates;
mod replayed;
mod room;
mod route;
mod router;
mod site;
mod snapshot;
mod times;
mod visitor;

pub use client::Proxies;
pub use connections::Limits;
use connections::{answer_on, asked};
use exchange::{Answer, Request};

/// How long requests in progress may continue after the signal to stop.
const GRACE: Duration = Duration::from_secs(2);

/// How long the first page of the desk is prepared before the addresses are announced: longer if findings have to be computed, which
/// then continues beside the requests.
const PREPARING: Duration = Duration::from_secs(1);

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
    /// The public addresses of the two origins; empty for those that are listened on.
    pub public: Public,
    /// The reverse proxies in front.
    pub proxies: Proxies,
    /// What `/metrics` says besides; `None` for nothing.
    pub figures: Option<Figures>,
    /// The file with the accounts.
    pub accounts: PathBuf,
    /// How long sessions last.
    pub lifetime: Lifetime,
}

/// Figures of something beside the archive, as lines that Prometheus reads; made anew for each request, in bounded time.
pub struct Figures(Box<dyn Fn() -> String + Send + Sync>);

impl Figures {
    /// The figures that `make` returns.
    #[must_use]
    pub fn new(make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Box::new(make))
    }
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Figures").finish_non_exhaustive()
    }
}

/// The public addresses of the two origins, without a path; empty for those that are listened on.
#[derive(Clone, Debug, Default)]
pub struct Public {
    /// The site.
    pub site: String,
    /// Archived pages.
    pub replay: String,
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
    people: people::People,
    presence: presence::Presence,
    /// The leaves of the ledger that a checkpoint was compared with before.
    ledger: std::sync::Mutex<crate::ledger::Tree>,
    rates: rates::Rates,
    once: api::Once,
    watching: api::Watching,
    requests: metrics::Requests,
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

/// Answers on both listeners until `stop` turns true: reports and lists on `site`, archived pages on `replay`. Both answer at once;
/// `announce` is called when the desk is in memory, or after a second.
///
/// # Errors
/// The address of a listener cannot be determined, or `announce` fails.
pub async fn serve(
    site: TcpListener,
    replay: TcpListener,
    options: Options,
    stop: watch::Receiver<bool>,
    announce: impl FnOnce() -> std::io::Result<()>,
) -> std::io::Result<()> {
    let (site_address, replay_address) = (site.local_addr()?, replay.local_addr()?);
    let web = Web::new(options, (site_address, replay_address), stop.clone())?;
    let web = Arc::new(web);
    let limits = web.options.limits;
    let mut doors = JoinSet::new();
    let pages = TowerToHyperService::new(router::router(&web));
    doors.spawn(answer_on(site, limits, pages, stop.clone()));
    // Routers decode paths; here, the address in the path must stay as it was sent.
    let replayed = Arc::clone(&web);
    let copies = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut parts = request.into_parts().0;
        // Cookies ignore ports: whatever browsers send along is for the other origin.
        for name in [header::COOKIE, header::AUTHORIZATION] {
            parts.headers.remove(name);
        }
        let answered = answered(
            Arc::clone(&replayed),
            Door::Replay,
            Request::of(&parts),
            |web, request, origins| web.replay(&request, origins).answer(&request, origins),
        );
        async { Ok::<Response, Infallible>(answered.await.into_response()) }
    });
    doors.spawn(answer_on(replay, limits, copies, stop.clone()));
    let waits = stop.clone();
    let prepared = Arc::clone(&web);
    // If the archive cannot be read, a request reports it.
    let desk = tokio::task::spawn_blocking(move || prepared.now().map(drop));
    let _ = tokio::time::timeout(PREPARING, desk).await;
    announce()?;
    let prepared = Arc::clone(&web);
    doors.spawn(async move {
        let _ = tokio::task::spawn_blocking(move || prepared.prepare(&waits)).await;
    });
    let checked = Arc::clone(&web);
    let until = stop.clone();
    doors.spawn(async move { check(&checked, until).await });
    doors.spawn(api::watched(Arc::clone(&web)));
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
        web.rates.forget();
        let web = Arc::clone(web);
        let checked = tokio::task::spawn_blocking(move || {
            // With the latest reviews, so that what follows from them is counted as theirs.
            web.now()?;
            web.room.check(&web.options)
        });
        let checked = checked.await;
        if let Ok(Err(error)) = checked {
            tracing::debug!(%error, "the findings could not be checked");
        }
    }
}

/// Answers one request with `page`, on a thread that may block; a panic in it ends only this request.
async fn answered<F>(web: Arc<Web>, door: Door, request: Request, page: F) -> Answer
where
    F: FnOnce(&Web, Request, &Origins) -> Answer + Send + 'static,
{
    let asked = format!("{} {}", request.method, shown(&request.path));
    let answering = tokio::task::spawn_blocking(move || match web.origins(door, &request) {
        Ok(origins) => page(&web, request, &origins),
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
    answer
}

/// A path as the log shows it: without the token that the address of a feed has.
fn shown(path: &str) -> &str {
    if path.starts_with("/feeds/") {
        "/feeds/…"
    } else {
        path
    }
}

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
    /// Both origins, for listeners at these addresses.
    fn new(
        options: Options,
        (site, replay): (SocketAddr, SocketAddr),
        stop: watch::Receiver<bool>,
    ) -> std::io::Result<Self> {
        Ok(Self {
            people: people::People::new(options.accounts.clone(), options.lifetime),
            options,
            presence: presence::Presence::default(),
            ledger: std::sync::Mutex::default(),
            rates: rates::Rates::default(),
            once: api::Once::default(),
            watching: api::Watching::new(stop),
            requests: metrics::Requests::default(),
            snapshot: snapshot::Snapshot::default(),
            room: room::Room::default(),
            deciding: deciding::Deciding::default(),
            copies: marked::Copies::default(),
            secret: visitor::Secret::new()?,
            site,
            replay,
        })
    }

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
