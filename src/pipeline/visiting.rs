//! Visits on the network: fetched, stored as they come, and told of.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{
    Event, Ran, Run, RunError, failed,
    keep::{Keeper, Kept},
    network::Met,
    told, unchanged,
};
use crate::{
    fetch::{self, Options, Order},
    store::{CrawlId, VisitId},
    uri::TargetUri,
};

/// The network, as one run uses it.
pub(super) struct Network<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) options: &'a Arc<Options>,
    pub(super) crawl: CrawlId,
    pub(super) met: Met,
}

/// A visit that is stored.
pub(super) struct Done {
    pub(super) seed: TargetUri,
    pub(super) id: VisitId,
    /// Whether it brought no response.
    pub(super) failed: bool,
    /// Whether it brought another page than the archive holds.
    pub(super) is_new: bool,
}

impl Network<'_> {
    /// Visits what is ordered, and stores it; gives the visits that were not held before.
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
        // In a task of its own, because the one that waits for all is woken at a higher price.
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
            told(Some(end), ran, watch)?;
        }
        let _ = keeping.await;
        // A fetcher that ended early has left its orders unsent, which is counted.
        let _ = fetching.await;
        Ok(visited)
    }
}
