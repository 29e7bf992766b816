//! The fetcher: visits pages politely and safely; each visit becomes captures, byte for byte.
//!
//! [`run`] takes orders and returns visits. Hosts are visited in parallel, each with one request at a time; a [`HostState`]
//! per origin carries what politeness needs to the next run. Nothing that a server does is an error: it is a capture, if
//! need be a [`Failure`](crate::capture::Failure).
//!
//! The path of a visit: `visit` follows the redirects; `ask` waits for the turn of the host and consults robots.txt; `dial`
//! resolves, checks and connects; `exchange` sends and receives; `wire` separates head, framing and payload.

mod ask;
mod call;
mod cookies;
mod dial;
mod download;
mod exchange;
mod guard;
mod headers;
mod lane;
mod manners;
mod options;
mod proxy;
mod retry_after;
mod robots_txt;
mod send;
mod tls;
mod turns;
mod visit;
mod wire;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};

pub use call::{Caller, Request};
pub use download::{DownloadError, Downloaded, download, download_with, post};
pub use guard::is_public;
pub use headers::{Header, HeaderError};
pub use lane::name as host_name;
pub use options::Options;
pub use proxy::{Proxies, Proxy, ProxyError};
pub use send::{Received, Sending, send};
pub use turns::{Next, Turns};

use crate::{
    capture::Visit,
    clock::{Clock, Instant},
    digest::PayloadDigest,
    host::{HostState, Origin},
    uri::TargetUri,
};

/// A page to visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Where the visit starts.
    pub seed: TargetUri,
    /// What an earlier capture says about the page; `None` to fetch everything again.
    pub validators: Option<Validators>,
}

/// Data of an earlier capture, for a conditional request (RFC 9110, 13.1) and to recognize the same payload.
///
/// Without entity tag and date the request is not conditional, but an equal payload still gives a revisit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validators {
    /// Its `ETag` field, as spelled.
    pub etag: Option<String>,
    /// Its `Last-Modified` field, as spelled.
    pub last_modified: Option<String>,
    /// The digest of its payload.
    pub payload_digest: PayloadDigest,
    /// The date of the capture that has the payload.
    pub date: Instant,
    /// The address of that capture: only this address is requested with conditions, whatever redirects led there.
    pub target_uri: TargetUri,
    /// Whether to request the page only if it changed. Otherwise the answer of the server is still compared with its
    /// earlier one.
    pub conditional: bool,
}

impl Validators {
    /// The same without a condition; an equal payload is still recognized. For the occasional visits that do not trust the
    /// server when it says that nothing changed.
    #[must_use]
    pub fn unconditional(self) -> Self {
        Self {
            conditional: false,
            ..self
        }
    }
}

/// A finished visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// The visit.
    pub visit: Visit,
    /// The state of the hosts after the visit; to be stored with it.
    pub hosts: Vec<(Origin, HostState)>,
    /// Remarks for people: a server with wrong validators, credentials that were left out.
    pub remarks: Vec<String>,
}

/// The parts that all visits of a run share.
#[derive(Debug)]
struct Crawl {
    options: Arc<Options>,
    clock: Clock,
    stop: watch::Receiver<bool>,
    dialer: dial::Dialer,
    lanes: lane::Lanes,
    /// One permit for each exchange in progress. Waiting for the turn of a host needs none.
    slots: Semaphore,
}

/// Whether the host name of an address resolves; sends nothing to the host.
pub async fn has_address(uri: &TargetUri, options: &Options) -> bool {
    let found = dial::look_up(uri.host(), uri.port(), options).await;
    found.is_ok()
}

/// Visits every seed: hosts in parallel, the seeds of a host in order; sends each visit as soon as it is finished.
///
/// `hosts` is the state of the hosts from earlier runs. When `stop` turns true, exchanges in progress can finish (within
/// [`Options::grace`]), visits between two requests end with a `stopped` failure, and orders not begun are dropped.
/// The function also ends when the receiver of `done` is gone.
pub async fn run(
    orders: Vec<Order>,
    hosts: impl IntoIterator<Item = (Origin, HostState)>,
    options: Arc<Options>,
    clock: Clock,
    stop: watch::Receiver<bool>,
    done: mpsc::Sender<Fetched>,
) {
    let crawl = Arc::new(Crawl {
        dialer: dial::Dialer::new(Arc::clone(&options)),
        lanes: lane::Lanes::new(hosts.into_iter().collect(), clock.now()),
        slots: Semaphore::new(options.jobs.max(1)),
        options,
        clock,
        stop,
    });
    let mut tasks = JoinSet::new();
    for queue in queues(orders) {
        let crawl = Arc::clone(&crawl);
        let done = done.clone();
        tasks.spawn(async move {
            for order in queue {
                let Some(fetched) = crawl.visit(order).await else {
                    break;
                };
                if done.send(fetched).await.is_err() {
                    break;
                }
            }
        });
    }
    while let Some(end) = tasks.join_next().await {
        if let Err(error) = end {
            tracing::error!(%error, "the queue of a host ended before its seeds were visited");
        }
    }
}

/// The orders of each host, in order; the longest queue first, because all others can be done in the meantime.
fn queues(orders: Vec<Order>) -> Vec<VecDeque<Order>> {
    let mut places = HashMap::new();
    let mut queues: Vec<VecDeque<Order>> = Vec::new();
    for order in orders {
        let place = *places
            .entry(lane::name(&order.seed))
            .or_insert(queues.len());
        match queues.get_mut(place) {
            Some(queue) => queue.push_back(order),
            None => queues.push(VecDeque::from([order])),
        }
    }
    queues.sort_by_key(|queue| std::cmp::Reverse(queue.len()));
    queues
}
