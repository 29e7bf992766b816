//! The run as a plot one can read aloud: what is due is fetched, stored, read, compared; the findings are stored.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::{mpsc, watch};

use crate::{
    capture::{Capture, CaptureEntry, FailureKind, Outcome, Visit},
    clock::{Clock, Instant},
    fetch,
    finding::Finding,
    profile::Profile,
    schedule::LastVisit,
    store::{Counts, Crawl, CrawlId, Store, StoreError},
    uri::TargetUri,
};

mod analyse;
mod apart;
mod conditions;
mod plan;
mod replay;

pub use analyse::{AnalyseError, Histories, analyse, histories, learned_aliases, series, text_of};
pub use apart::{Limits, PDF_VERB, PdfReader};
pub use plan::{PlanError, Rhythm, Seed, seeds};
pub use replay::visits as visits_in_archive;

/// The program and its version, as crawls and requests name it.
pub const SOFTWARE: &str = concat!("stillsays/", env!("CARGO_PKG_VERSION"));

/// A profile with the name it goes by: its file's stem.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The profile.
    pub profile: Profile,
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The archive.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A profile that no plan can be made of.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A page that cannot be read back or compared.
    #[error(transparent)]
    Analyse(#[from] AnalyseError),
}

/// Where a run's responses come from.
pub enum Source {
    /// The network.
    Network {
        /// How pages are visited.
        options: Arc<fetch::Options>,
        /// Every how many visits a page is asked for without a condition; 0 for never.
        unconditional: u32,
    },
    /// Visits that an archive file holds, oldest first.
    Archive(Vec<Visit>),
}

/// What happens while a run goes on, for whoever watches.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many pages are going to be visited.
    Planned(usize),
    /// A page was visited, and the visit is stored.
    Visited(&'a Visit),
    /// A profile was compared; whether its findings are other than before.
    Compared(&'a Compared),
}

/// What a profile's comparison came to.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The profile's name.
    pub profile: String,
    /// All findings.
    pub findings: Vec<Finding>,
    /// Whether they are other than before.
    pub changed: bool,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// Visits that were stored.
    pub visits: usize,
    /// Visits that brought no response.
    pub failed: usize,
    /// Visits that brought nothing new.
    pub unchanged: usize,
    /// Pages that were to be visited and were not, because the run was stopped.
    pub left: usize,
    /// What the profiles' comparison came to.
    pub compared: Vec<Compared>,
}

/// A run over some profiles.
pub struct Run<'a> {
    /// The archive.
    pub store: &'a Store,
    /// The profiles.
    pub profiles: &'a [Named],
    /// What is to be visited.
    pub seeds: Vec<Seed>,
    /// Where responses come from.
    pub source: Source,
    /// What reads PDF files.
    pub pdf: PdfReader,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Turns true when the run is to end.
    pub stop: watch::Receiver<bool>,
    /// The command, as it is recorded with the crawl.
    pub command: String,
}

impl Run<'_> {
    /// Visits what is to be visited, stores it, compares every profile and stores the findings.
    ///
    /// A visit that fails is stored as a failure and stops nothing; a stop leaves every finished visit stored.
    ///
    /// # Errors
    /// The archive cannot be written or read.
    pub async fn go(self, watch: &mut (dyn FnMut(Event<'_>) + Send)) -> Result<Ran, RunError> {
        let mut ran = Ran::default();
        let crawl = self.store.begin_crawl(&Crawl {
            started: self.clock.now(),
            software: SOFTWARE.to_owned(),
            command: self.command,
        })?;
        match self.source {
            Source::Archive(visits) => {
                watch(Event::Planned(visits.len()));
                for visit in visits {
                    keep(self.store, crawl, visit, Vec::new(), &mut ran, watch).await?;
                }
            }
            Source::Network {
                options,
                unconditional,
            } => {
                let planned = self.seeds.len();
                watch(Event::Planned(planned));
                let orders = conditions::orders(self.store, &self.seeds, unconditional)?;
                let hosts = self.store.host_states()?;
                let (done, mut fetched) = mpsc::channel(16);
                let fetching = tokio::spawn(fetch::run(
                    orders,
                    hosts,
                    options,
                    self.clock.clone(),
                    self.stop.clone(),
                    done,
                ));
                while let Some(it) = fetched.recv().await {
                    keep(self.store, crawl, it.visit, it.hosts, &mut ran, watch).await?;
                }
                // A fetcher that ended early has left its orders unsent, which is counted here.
                let _ = fetching.await;
                ran.left = planned.saturating_sub(ran.visits);
            }
        }
        self.store.end_crawl(
            crawl,
            self.clock.now(),
            &Counts {
                visits: ran.visits as u64,
                fetched: (ran.visits - ran.failed) as u64,
                unchanged: ran.unchanged as u64,
                failed: ran.failed as u64,
                skipped: ran.left as u64,
            },
        )?;
        ran.compared = compare_all(self.store, self.profiles, &self.pdf, Some(crawl), watch)?;
        Ok(ran)
    }
}

async fn keep(
    store: &Store,
    crawl: CrawlId,
    visit: Visit,
    hosts: Vec<(crate::host::Origin, crate::host::HostState)>,
    ran: &mut Ran,
    watch: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<(), StoreError> {
    let last = visit.last();
    if last.is_none_or(was_stopped) {
        // Nothing came of it because this run was told to end: the next run visits the page as if nothing had been.
        return Ok(());
    }
    tracing::info!(
        seed = %visit.seed,
        status = last.and_then(Capture::status),
        hops = visit.captures.len(),
        duration_ms = last.map(|it| (it.ended - it.date).num_milliseconds()),
        "visited"
    );
    store.add_visit(crawl, visit.clone(), hosts).await?;
    ran.visits += 1;
    ran.failed += usize::from(failed(&visit));
    ran.unchanged += usize::from(unchanged(&visit));
    watch(Event::Visited(&visit));
    Ok(())
}

fn was_stopped(capture: &Capture) -> bool {
    matches!(&capture.outcome, Outcome::Failure(it) if it.kind == FailureKind::Stopped)
}

/// Whether a visit brought no response.
#[must_use]
pub fn failed(visit: &Visit) -> bool {
    visit
        .last()
        .is_none_or(|it| matches!(it.outcome, Outcome::Failure(_)))
}

/// Whether a visit brought nothing new.
#[must_use]
pub fn unchanged(visit: &Visit) -> bool {
    visit
        .last()
        .is_some_and(|it| matches!(it.outcome, Outcome::Revisit(_)))
}

/// Computes the findings of all `profiles` from what the archive holds, and stores those that are new.
///
/// # Errors
/// The archive cannot be read or written.
pub fn compare_all(
    store: &Store,
    profiles: &[Named],
    pdf: &PdfReader,
    crawl: Option<CrawlId>,
    watch: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<Compared>, RunError> {
    let mut all = Vec::new();
    for named in profiles {
        let findings = analyse(store, named, pdf)?;
        let changed = store.put_findings(&named.name, crawl, &findings)?;
        tracing::info!(profile = %named.name, findings = findings.len(), changed, "compared");
        let compared = Compared {
            profile: named.name.clone(),
            findings,
            changed,
        };
        watch(Event::Compared(&compared));
        all.push(compared);
    }
    Ok(all)
}

/// The last visit of every page the archive knows.
///
/// # Errors
/// The archive cannot be read.
pub fn last_visits(store: &Store) -> Result<BTreeMap<TargetUri, LastVisit>, StoreError> {
    let last = store.last_visits()?;
    Ok(last
        .into_iter()
        .map(|(uri, it)| {
            (
                uri,
                LastVisit {
                    at: it.at,
                    failed: !it.ok,
                },
            )
        })
        .collect())
}

/// When the page behind `entries` last brought another payload than before, oldest first.
#[must_use]
pub fn last_change(entries: &[&CaptureEntry]) -> Option<Instant> {
    let mut last = None;
    let mut changed = None;
    for entry in entries {
        let Some(digest) = entry.payload_digest else {
            continue;
        };
        if last.is_some_and(|it| it != digest) {
            changed = Some(entry.date);
        }
        last = Some(digest);
    }
    changed
}
