//! The fetcher: visits pages politely and safely; each visit becomes captures, exact to the byte.
//!
//! [`run`] takes orders and gives visits. Hosts are visited in parallel, each by one request at a time; what is
//! polite is remembered in a [`HostState`] per origin, for the next run. Nothing that a server does is an error: it
//! is a capture, if need be a [`Failure`](crate::capture::Failure).
//!
//! The way of a visit: `visit` follows the redirects; `ask` waits for the host's turn and asks robots.txt; `dial`
//! looks up, checks and connects; `exchange` sends and receives; `wire` tells head, framing and payload apart.

mod ask;
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
mod tls;
mod visit;
mod wire;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};

pub use download::{DownloadError, Downloaded, download, post};
pub use headers::{Header, HeaderError};
pub use options::Options;
pub use proxy::{Proxies, Proxy, ProxyError};

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
    /// What is known of the page from an earlier capture; `None` to have it all anew.
    pub validators: Option<Validators>,
}

/// What an earlier capture knows, for a conditional request (RFC 9110, 13.1) and for recognising the same payload.
///
/// Without entity tag and date the request is not conditional, but an equal payload still gives a revisit.
#[derive(Clone, Debug, PartialEq)]
pub struct Validators {
    /// Its `ETag` field, as it was spelt.
    pub etag: Option<String>,
    /// Its `Last-Modified` field, as it was spelt.
    pub last_modified: Option<String>,
    /// Its payload.
    pub payload_digest: PayloadDigest,
    /// When the capture that holds the payload was made.
    pub date: Instant,
    /// What that capture had asked for: the conditions are put to this address only, whatever redirects led there.
    pub target_uri: TargetUri,
    /// Whether the page is only wanted if it is another one. Without it, what a server says of its page is still
    /// compared with what it said before.
    pub conditional: bool,
}

impl Validators {
    /// The same, without a condition: an equal payload is still recognised. For the visits, now and then, that do not
    /// take a server's word for it that nothing has changed.
    #[must_use]
    pub fn unconditional(self) -> Self {
        Self {
            conditional: false,
            ..self
        }
    }
}

/// A visit that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// The visit.
    pub visit: Visit,
    /// The hosts that it asked, as they are known after it; to be stored with it.
    pub hosts: Vec<(Origin, HostState)>,
    /// What a person should be told: a server whose validators lie, credentials that were left out.
    pub remarks: Vec<String>,
}

/// What all visits of a run share.
#[derive(Debug)]
struct Crawl {
    options: Arc<Options>,
    clock: Clock,
    stop: watch::Receiver<bool>,
    dialer: dial::Dialer,
    lanes: lane::Lanes,
    /// One permit for each exchange that may be going on. Waiting for a host's turn needs none.
    slots: Semaphore,
}

/// Whether the name of an address's host can be looked up; nothing is asked of the host.
pub async fn has_address(uri: &TargetUri, options: &Options) -> bool {
    let found = dial::look_up(uri.host(), uri.port(), options).await;
    found.is_ok()
}

/// Visits every seed, hosts in parallel, the seeds of a host in their order; sends each visit as soon as it is done.
///
/// `hosts` is what earlier runs knew of the hosts. When `stop` turns true, exchanges in flight may finish (within
/// [`Options::grace`]), visits between two requests end with a `stopped` failure, and orders not begun are not sent.
/// It also ends when nobody receives from `done` any more.
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
            tracing::error!(%error, "a host's queue ended before its seeds were visited");
        }
    }
}

/// The orders of each host, in their order; the longest queue first, because all others can be done meanwhile.
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
    queues.sort_by_key(|it| std::cmp::Reverse(it.len()));
    queues
}
