//! One run, step by step: what is due is fetched, stored, read and compared; the findings are stored.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use tokio::sync::watch;

use crate::{
    capture::{Outcome, Visit},
    clock::{Clock, Instant},
    fetch,
    finding::Review,
    profile::Profile,
    schedule::LastVisit,
    store::{self, Counts, Crawl, CrawlId, NewSet, Store, StoreError},
    uri::TargetUri,
};

mod alerting;
mod analyse;
mod answers;
mod apart;
mod archived_pages;
mod bands;
mod basis;
mod brought;
mod citable;
mod cited_copies;
mod comparing;
mod conditions;
mod copies;
mod deciding;
mod folder;
mod further;
mod keep;
mod lists;
mod network;
mod plan;
mod push;
mod readings;
mod reported;
mod rescue;
mod retention;
mod sheet;
mod visiting;

use answers::From;
use further::Further;
use keep::{Keeper, Kept};
use network::Met;
use visiting::Network;

pub use alerting::{Alerting, Tried};
pub use analyse::{series, text_of, verify_answers};
pub use apart::{Limits, PDF_VERB, PdfReader};
pub use archived_pages::bind_archived;
pub use bands::{Band, Bands, bands};
pub use citable::copy_for_others;
pub use cited_copies::{CitedCopy, cited_copies};
pub use comparing::{AnalyseError, Comparing};
pub use conditions::orders;
pub use deciding::{Missed, missed, open_questions};
pub use folder::{
    BadProfile, is_something_else, kept_source, profile_files, profile_name, read_profile,
    source_file,
};
pub use lists::{Followed, FollowedList, first_further, followed, next_further};
pub use plan::{Past, PlanError, Rhythm, Seed, observed, seeds};
pub use push::{PushError, Pushing};
pub use reported::{current, current_with, is_current, report};
pub use rescue::{Lost, Manners, Rescue, Rescued};
pub use retention::{Changes, Plan, Rules, Thinning, plan_retention};
pub use sheet::{Proposing, Sheet};

/// The program and its version, as crawls and requests name it.
pub const SOFTWARE: &str = concat!("stillsays/", env!("CARGO_PKG_VERSION"));

/// A profile with its name, which is the stem of its file.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The profile.
    pub profile: Profile,
    /// The file; empty if the profile comes from somewhere else.
    pub file: PathBuf,
    /// The line in the file, counted from 1, on which the entry of each reference begins, by number.
    pub lines: BTreeMap<u32, usize>,
}

/// Why a run cannot continue.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The archive.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A profile for which no plan is possible.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A page that cannot be read back or compared.
    #[error(transparent)]
    Analyse(#[from] AnalyseError),
}

/// Where the responses of a run come from.
pub enum Source {
    /// The network.
    Network {
        /// How pages are visited.
        options: Arc<fetch::Options>,
        /// After this many visits, a page is requested without a condition; 0 for never.
        unconditional: u32,
        /// The most further pages of one list to visit.
        pages: usize,
    },
    /// The visits in an archive file, oldest first.
    Archive(Vec<Visit>),
}

/// What happens during a run, for progress output.
#[derive(Debug)]
pub enum Event<'a> {
    /// This many pages are going to be visited.
    Planned(usize),
    /// A page was visited, and the visit is stored.
    Visited(&'a Visit),
    /// Something about a visit that a person should know.
    Remark(&'a str),
    /// A profile was compared; whether its findings changed.
    Compared(&'a Compared),
}

/// The result of comparing one profile.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The name of the profile.
    pub profile: String,
    /// How many findings there are; `None` if nothing that they rest on has changed, so they were not computed.
    pub findings: Option<usize>,
    /// Whether they changed.
    pub changed: bool,
}

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// Visits that were stored.
    pub visits: usize,
    /// Visits that returned no response.
    pub failed: usize,
    /// Visits that returned nothing new.
    pub unchanged: usize,
    /// Pages that were not visited because the run was stopped.
    pub left: usize,
    /// Whether the local network was down: then the visits say nothing about any page.
    pub offline: bool,
    /// The result for each profile.
    pub compared: Vec<Compared>,
}

/// A run for some profiles.
pub struct Run<'a> {
    /// The archive.
    pub store: &'a Store,
    /// The profiles: their claims determine which further pages of a list are needed.
    pub profiles: &'a [Named],
    /// Whether to compare them once everything is stored.
    pub compares: bool,
    /// The pages to visit.
    pub seeds: Vec<Seed>,
    /// Where the responses come from.
    pub source: Source,
    /// The options for comparing.
    pub comparing: Comparing,
    /// The source of the current time.
    pub clock: Clock,
    /// Turns true when the run must end.
    pub stop: watch::Receiver<bool>,
    /// The command, as recorded with the crawl.
    pub command: String,
}

impl Run<'_> {
    /// Visits the seeds, stores the visits and, if `compares` is set, compares every profile and stores the findings.
    ///
    /// A failed visit is stored as a failure, and the run continues; after a stop, every finished visit is stored.
    ///
    /// # Errors
    /// The archive cannot be read or written.
    pub async fn go(self, watch: &mut (dyn FnMut(Event<'_>) + Send)) -> Result<Ran, RunError> {
        let mut ran = Ran::default();
        let crawl = match &self.source {
            Source::Network { .. } if self.seeds.is_empty() => {
                watch(Event::Planned(0));
                self.store.note_look(self.clock.now())?;
                None
            }
            _ => Some(self.fetch(&mut ran, watch).await?),
        };
        if self.compares {
            ran.compared = compare_all(self.store, self.profiles, &self.comparing, crawl, watch)?;
        }
        Ok(ran)
    }

    /// Visits the seeds, and stores the visits as one crawl.
    async fn fetch(
        &self,
        ran: &mut Ran,
        watch: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> Result<CrawlId, RunError> {
        let crawl = self.store.begin_crawl(&Crawl {
            started: self.clock.now(),
            software: SOFTWARE.to_owned(),
            command: self.command.clone(),
        })?;
        match &self.source {
            Source::Archive(visits) => {
                let before = self.store.newest_visit()?;
                let mut keeper = Keeper::new(self.store, crawl);
                watch(Event::Planned(visits.len()));
                for visit in visits {
                    keeper.keep(read_from_archive(visit.clone())).await?;
                    while !keeper.has_room() {
                        count_kept(keeper.next().await, ran, watch)?;
                    }
                }
                keeper.hurry()?;
                while let Some(end) = keeper.next().await {
                    count_kept(Some(end), ran, watch)?;
                }
                if let Some(new) = self.store.dates_after(before)? {
                    bind_archived(self.store, self.profiles, &self.comparing, Some(new))?;
                }
            }
            Source::Network {
                options,
                unconditional,
                pages,
            } => {
                let planned = self.seeds.len();
                watch(Event::Planned(planned));
                for seed in self.seeds.iter().filter(|seed| seed.had_credentials) {
                    let uri = &seed.uri;
                    watch(Event::Remark(&format!(
                        "the profile's address of {uri} has a name or password in it; they are left out"
                    )));
                }
                let orders = conditions::orders(self.store, &self.seeds, *unconditional)?;
                let mut network = Network {
                    run: self,
                    options,
                    crawl,
                    met: Met::default(),
                };
                let visited = network.visit(orders, ran, watch).await?;
                ran.left = planned.saturating_sub(ran.visits);
                let further = Further {
                    run: self,
                    unconditional: *unconditional,
                    most: *pages,
                };
                further.visit(&mut network, visited, ran, watch).await?;
                let cited = self
                    .profiles
                    .iter()
                    .flat_map(|profile| &profile.profile.references);
                let known = cited.filter_map(basis::seed_of);
                ran.offline = network.met.is_offline(options, known).await;
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
                offline: ran.offline,
            },
        )?;
        if ran.offline {
            self.store.leave_out(crawl)?;
        }
        Ok(crawl)
    }
}

/// A visit from an archive file, in the form of a visit that was just fetched; the state of its hosts is unknown.
fn read_from_archive(visit: Visit) -> fetch::Fetched {
    fetch::Fetched {
        visit,
        hosts: Vec::new(),
        remarks: Vec::new(),
    }
}

/// Counts a visit that is durable, and passes it to `watch`.
fn count_kept(
    end: Option<Result<Kept, StoreError>>,
    ran: &mut Ran,
    watch: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<(), StoreError> {
    let Some(Kept { visit, remarks, .. }) = end.transpose()? else {
        return Ok(());
    };
    ran.visits += 1;
    ran.failed += usize::from(failed(&visit));
    ran.unchanged += usize::from(unchanged(&visit));
    watch(Event::Visited(&visit));
    for remark in &remarks {
        tracing::warn!(seed = %visit.seed, "{remark}");
        watch(Event::Remark(remark));
    }
    Ok(())
}

/// Whether a visit returned no response.
#[must_use]
pub fn failed(visit: &Visit) -> bool {
    visit
        .last()
        .is_none_or(|visit| matches!(visit.outcome, Outcome::Failure(_)))
}

/// Whether a visit returned nothing new.
#[must_use]
pub fn unchanged(visit: &Visit) -> bool {
    visit
        .last()
        .is_some_and(|visit| matches!(visit.outcome, Outcome::Revisit(_)))
}

/// Updates the findings of all `profiles` to the content of the archive, and stores new ones.
///
/// If nothing that the findings of a profile rest on has changed, nothing is computed.
///
/// # Errors
/// The archive cannot be read or written.
pub fn compare_all(
    store: &Store,
    profiles: &[Named],
    comparing: &Comparing,
    crawl: Option<CrawlId>,
    watch: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<Compared>, RunError> {
    compare_each(store, profiles, comparing, crawl, From::Kept, watch)
}

/// Computes the findings of all `profiles` again from the visits alone; deletes all stored answers first.
///
/// # Errors
/// The archive cannot be read or written.
pub fn recheck(
    store: &Store,
    profiles: &[Named],
    comparing: &Comparing,
    watch: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<Compared>, RunError> {
    compare_each(store, profiles, comparing, None, From::Scratch, watch)
}

fn compare_each(
    store: &Store,
    profiles: &[Named],
    comparing: &Comparing,
    crawl: Option<CrawlId>,
    from: From,
    watch: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Vec<Compared>, RunError> {
    let reviews = store.reviews()?;
    let mut all = Vec::new();
    for named in profiles {
        let compared = match compare_one(store, named, comparing, crawl, from, &reviews) {
            Err(RunError::Analyse(AnalyseError::Stopped)) => break,
            it => it?,
        };
        tracing::info!(profile = %named.name, findings = compared.findings, changed = compared.changed, "compared");
        watch(Event::Compared(&compared));
        all.push(compared);
    }
    Ok(all)
}

fn compare_one(
    store: &Store,
    named: &Named,
    comparing: &Comparing,
    crawl: Option<CrawlId>,
    from: From,
    reviews: &[Review],
) -> Result<Compared, RunError> {
    let profile = named.name.clone();
    let mut subjected = analyse::subjected(store, named, reviews, &comparing.alert)?;
    if from == From::Kept && store.basis(&profile)? == Some(subjected.basis) {
        return Ok(Compared {
            profile,
            findings: None,
            changed: false,
        });
    }
    // Lists that were imported before any profile claimed them.
    if store.basis(&profile)?.is_none()
        && store.has_imports()?
        && bind_archived(store, std::slice::from_ref(named), comparing, None)? > 0
    {
        subjected = analyse::subjected(store, named, reviews, &comparing.alert)?;
    }
    if from == From::Scratch {
        store.forget_answers(&profile)?;
    }
    let mut set = NewSet::default();
    let take = &mut |it| set.push(&it);
    let basis = analyse::found(store, named, &subjected, comparing, from, take)?;
    let findings = Some(set.count());
    let changed = store.put_findings(&profile, crawl, set, basis)?;
    Ok(Compared {
        profile,
        findings,
        changed,
    })
}

/// The last visit of every page in the archive.
#[derive(Clone, Debug, Default)]
pub struct LastVisits {
    all: store::LastVisits,
    /// What counts instead of visits with a date in the future.
    instead: BTreeMap<TargetUri, LastVisit>,
    now: Instant,
}

impl LastVisits {
    /// The last visit of one page.
    #[must_use]
    pub fn of(&self, seed: &TargetUri) -> Option<LastVisit> {
        let last = self.all.of(seed)?;
        if last.at > self.now {
            return self.instead.get(seed).copied();
        }
        Some(LastVisit {
            at: last.at,
            failed: !last.ok,
        })
    }
}

/// The last visits that count at `now`.
///
/// A visit later than `now` was made under a wrong clock. It does not count; otherwise its page would not be
/// visited before the clock has caught up.
///
/// # Errors
/// The archive cannot be read.
pub fn last_visits(store: &Store, now: Instant) -> Result<LastVisits, StoreError> {
    let all = store.last_visits()?;
    let mut instead = BTreeMap::new();
    for (uri, _) in all.iter().filter(|it| it.1.at > now) {
        let Ok(uri) = uri.parse::<TargetUri>() else {
            continue;
        };
        let last = store.last_visit_until(&uri, now)?;
        let last = last.map(|(at, ok)| LastVisit { at, failed: !ok });
        instead.extend(last.map(|it| (uri, it)));
    }
    Ok(LastVisits { all, instead, now })
}
