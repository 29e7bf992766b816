//! Visits on the network: fetched, stored as they come, and reported.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{
    Event, Ran, Run, RunError, count_kept, failed,
    keep::{Keeper, Kept},
    network::Met,
    unchanged,
};
use crate::{
    fetch::{self, Options, Order},
    store::{CrawlId, VisitId},
    uri::TargetUri,
};

/// The network in one run.
pub(super) struct Network<'a> {
    /// The run.
    pub(super) run: &'a Run<'a>,
    /// The options of the fetcher.
    pub(super) options: &'a Arc<Options>,
    /// The crawl to which visits belong.
    pub(super) crawl: CrawlId,
    /// Which hosts could be reached.
    pub(super) met: Met,
}

/// A stored visit.
pub(super) struct Done {
    /// The seed of the visit.
    pub(super) seed: TargetUri,
    /// The number of the visit.
    pub(super) id: VisitId,
    /// Whether it returned no response.
    pub(super) failed: bool,
    /// Whether it brought a different page from the one in the archive.
    pub(super) is_new: bool,
}

impl Network<'_> {
    /// Makes the ordered visits and stores them; returns the visits that were not stored before.
    pub(super) async fn visit(
        &mut self,
        orders: Vec<Order>,
        ran: &mut Ran,
        watch: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> Result<Vec<Done>, RunError> {
        let Run {
            store, clock, stop, ..
        } = self.run;
        let hosts = store.host_states()?;
        let (done, fetched) = mpsc::channel(4);
        let fetching = tokio::spawn(fetch::run(
            orders,
            hosts,
            self.options.clone(),
            clock.clone(),
            stop.clone(),
            done,
        ));
        // In a task of its own, because waking the task that waits for all costs more.
        let (sender, mut kept) = mpsc::unbounded_channel();
        let keeper = Keeper::new(store, self.crawl);
        let keeping = tokio::spawn(keeper.keep_all(fetched, sender));
        let mut visited = Vec::new();
        while let Some(end) = kept.recv().await {
            if let Ok(Kept { visit, id, .. }) = &end {
                self.met.note(visit);
                visited.extend(id.map(|id| Done {
                    seed: visit.seed.clone(),
                    id,
                    failed: failed(visit),
                    is_new: !unchanged(visit),
                }));
            }
            count_kept(Some(end), ran, watch)?;
        }
        let _ = keeping.await;
        // If a fetcher ends early, its orders stay unsent; they are counted.
        let _ = fetching.await;
        Ok(visited)
    }
}
