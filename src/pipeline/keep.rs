//! Stores visits as they come: several share one durable commit, and each is reported once it is on the disk.

use std::{collections::VecDeque, pin::Pin, sync::Arc};

use tokio::sync::mpsc;

use crate::{
    capture::{Capture, FailureKind, Outcome, Visit},
    fetch::Fetched,
    store::{AddedVisit, CrawlId, Store, StoreError, VisitId},
};

/// The most visits that wait for their commit.
const MOST: usize = 128;
/// The most bytes of bodies that wait for their commit.
const MOST_BYTES: usize = 4 << 20;

/// A durable visit.
pub(super) struct Kept {
    /// The visit.
    pub(super) visit: Arc<Visit>,
    /// Messages for people about it.
    pub(super) remarks: Vec<String>,
    /// The number of the visit, if it was not stored before.
    pub(super) id: Option<VisitId>,
}

type Stored = Pin<Box<dyn Future<Output = Result<AddedVisit, StoreError>> + Send>>;

/// A visit that the store has received.
struct Waiting {
    visit: Arc<Visit>,
    remarks: Vec<String>,
    bytes: usize,
    stored: Stored,
}

/// Visits on their way to the disk, oldest first.
pub(super) struct Keeper {
    store: Store,
    crawl: CrawlId,
    waiting: VecDeque<Waiting>,
    bytes: usize,
}

impl Keeper {
    /// A keeper for the visits of one crawl.
    pub(super) fn new(store: &Store, crawl: CrawlId) -> Self {
        Self {
            store: store.clone(),
            crawl,
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Passes a visit to the store. A visit that was cut off by the end of the run is not stored, but the new state of its hosts
    /// is.
    pub(super) async fn keep(&mut self, fetched: Fetched) -> Result<(), StoreError> {
        let Fetched {
            visit,
            hosts,
            remarks,
        } = fetched;
        let last = visit.last();
        if last.is_none_or(was_stopped) {
            return self.store.remember_hosts(hosts).await;
        }
        tracing::info!(
            seed = %visit.seed,
            status = last.and_then(Capture::status),
            hops = visit.captures.len(),
            duration_ms = last.map(|it| (it.ended - it.date).num_milliseconds()),
            "visited"
        );
        let bytes = visit.captures.iter().map(body_length).sum();
        self.bytes += bytes;
        let visit = Arc::new(visit);
        let stored = self.store.add_visit(self.crawl, Arc::clone(&visit), hosts);
        self.waiting.push_back(Waiting {
            visit,
            remarks,
            bytes,
            stored: Box::pin(stored),
        });
        if !self.has_room() {
            self.store.hurry()?;
        }
        Ok(())
    }

    /// Commits everything that waits: no more visits are coming.
    pub(super) fn hurry(&self) -> Result<(), StoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.store.hurry()
    }

    /// Whether to accept another visit before a waiting one is durable.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < MOST && self.bytes < MOST_BYTES
    }

    /// Stores everything from `fetched`, and sends each durable visit to `kept`; ends early if the receiver is
    /// gone.
    pub(super) async fn keep_all(
        mut self,
        mut fetched: mpsc::Receiver<Fetched>,
        kept: mpsc::UnboundedSender<Result<Kept, StoreError>>,
    ) {
        let end = async {
            loop {
                tokio::select! {
                    Some(end) = self.next() => if kept.send(end).is_err() {
                        return Ok(());
                    },
                    it = fetched.recv(), if self.has_room() => match it {
                        Some(it) => self.keep(it).await?,
                        None => break,
                    },
                }
            }
            self.hurry()?;
            while let Some(end) = self.next().await {
                if kept.send(end).is_err() {
                    return Ok(());
                }
            }
            Ok(())
        };
        if let Err(error) = end.await {
            // The receiver is gone if the run has ended with another error.
            let _ = kept.send(Err(error));
        }
    }

    /// The oldest waiting visit with its messages, once it is durable; `None` if none
    /// waits. Nothing is lost if this future is dropped.
    pub(super) async fn next(&mut self) -> Option<Result<Kept, StoreError>> {
        let end = self.waiting.front_mut()?.stored.as_mut().await;
        let done = self.waiting.pop_front()?;
        self.bytes -= done.bytes;
        Some(end.map(|added| Kept {
            visit: done.visit,
            remarks: done.remarks,
            id: added.new.then_some(added.id),
        }))
    }
}

fn was_stopped(capture: &Capture) -> bool {
    matches!(&capture.outcome, Outcome::Failure(it) if it.kind == FailureKind::Stopped)
}

fn body_length(capture: &Capture) -> usize {
    match &capture.outcome {
        Outcome::Response(it) => it.payload.len(),
        Outcome::Revisit(_) => 0,
        Outcome::Failure(it) => it.received.len(),
    }
}
