//! Further pages of a list: visited if a claim needs them, and read together with the first page.
//!
//! The server gets as few requests as possible: if the first page of a list has every claimed name, no other page is needed, and a page
//! that did not change and never had further pages is not even read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    Event, Named, Ran, Run, RunError, Seed, basis, conditions,
    readings::Readings,
    visiting::{Done, Network},
};
use crate::{
    capture::CaptureEntry,
    compare::{self, Scope},
    fetch::Order,
    finding::{Verdict, Why},
    profile::Statement,
    reading::{Ending, FurtherPage, Joined, MoreKind, Reading, further_pages, joined},
    schedule::LastVisit,
    store::{StoreError, VisitId},
    uri::TargetUri,
};

/// The visits of further pages in a run.
pub(super) struct Further<'a> {
    /// The run.
    pub(super) run: &'a Run<'a>,
    /// After this many visits, a page is requested without a condition; 0 for never.
    pub(super) unconditional: u32,
    /// The most further pages of one list.
    pub(super) most: usize,
}

/// A list that is followed from page to page.
struct Walk {
    seed: Seed,
    /// The visit of its first page.
    first: VisitId,
    /// The known pages.
    known: BTreeSet<TargetUri>,
    /// The pages that are not visited yet.
    waiting: VecDeque<TargetUri>,
    /// The visits so far.
    visits: Vec<VisitId>,
}

impl Further<'_> {
    /// Visits the further pages of the `visited` pages, one page of each list at a time, and binds them.
    pub(super) async fn visit(
        &self,
        network: &mut Network<'_>,
        visited: Vec<Done>,
        ran: &mut Ran,
        watch: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> Result<(), RunError> {
        let mut walks = Vec::new();
        for it in visited.iter().filter(|visited| !visited.failed) {
            walks.extend(self.begun(it)?);
        }
        let mut met = Ran::default();
        while !*self.run.stop.borrow() {
            let mut wanted: BTreeMap<TargetUri, Vec<usize>> = BTreeMap::new();
            for (at, walk) in walks.iter_mut().enumerate() {
                if walk.visits.len() < self.most
                    && let Some(next) = walk.waiting.pop_front()
                {
                    wanted.entry(next).or_default().push(at);
                }
            }
            if wanted.is_empty() {
                break;
            }
            let orders = self.orders(&walks, &wanted)?;
            for page in network.visit(orders, &mut met, watch).await? {
                for at in wanted.get(&page.seed).into_iter().flatten() {
                    if let Some(walk) = walks.get_mut(*at) {
                        self.go_on(walk, &page)?;
                    }
                }
            }
        }
        // If a further page returned nothing, the claims that need it say so.
        ran.visits += met.visits - met.failed;
        ran.unchanged += met.unchanged;
        for walk in walks.into_iter().filter(|walk| !walk.visits.is_empty()) {
            self.run.store.bind_further(walk.first, walk.visits)?;
        }
        Ok(())
    }

    /// Begins with the list of a page, if a claim needs more of it than the page shows.
    fn begun(&self, page: &Done) -> Result<Option<Walk>, RunError> {
        let Run {
            store, profiles, ..
        } = self.run;
        let cites = |named: &&Named| lists_of(named, &page.seed).next().is_some();
        if self.most == 0
            || !profiles.iter().any(|profile| cites(&profile))
            || !(page.is_new || store.had_further(&page.seed)?)
        {
            return Ok(None);
        }
        let Some(entry) = store.hops(page.id)?.pop() else {
            return Ok(None);
        };
        for named in profiles.iter().filter(cites) {
            let mut readings = self.run.comparing.readings(store, &named.profile);
            let Some(reading) = readings.of(&entry)? else {
                continue;
            };
            let waiting = further_pages(&reading, &entry.target_uri);
            if waiting.is_empty() || !is_wanted(named, &page.seed, &reading) {
                continue;
            }
            let seed = self.run.seeds.iter().find(|seed| seed.uri == page.seed);
            return Ok(seed.map(|seed| Walk {
                seed: seed.clone(),
                first: page.id,
                known: waiting
                    .iter()
                    .cloned()
                    .chain([entry.target_uri.clone()])
                    .collect(),
                waiting: waiting.into(),
                visits: Vec::new(),
            }));
        }
        Ok(None)
    }

    /// The orders for the next pages.
    fn orders(
        &self,
        walks: &[Walk],
        wanted: &BTreeMap<TargetUri, Vec<usize>>,
    ) -> Result<Vec<Order>, StoreError> {
        let Run { store, clock, .. } = self.run;
        let mut seeds = Vec::new();
        for (uri, of) in wanted {
            let Some(walk) = of.first().and_then(|it| walks.get(*it)) else {
                continue;
            };
            let last = store.last_visit_until(uri, clock.now())?;
            seeds.push(Seed {
                uri: uri.clone(),
                last: last.map(|(at, ok)| LastVisit { at, failed: !ok }),
                ..walk.seed.clone()
            });
        }
        conditions::orders(store, &seeds, self.unconditional)
    }

    /// Adds a page that was visited, and the pages that it links to.
    fn go_on(&self, walk: &mut Walk, page: &Done) -> Result<(), StoreError> {
        let Run {
            store, profiles, ..
        } = self.run;
        walk.visits.push(page.id);
        let entry = store.hops(page.id)?.pop();
        let named = profiles
            .iter()
            .find(|profile| lists_of(profile, &walk.seed.uri).next().is_some());
        let (Some(entry), Some(named)) = (entry, named) else {
            return Ok(());
        };
        let mut readings = self.run.comparing.readings(store, &named.profile);
        let Some(reading) = readings.of(&entry)? else {
            return Ok(());
        };
        for further_page in further_pages(&reading, &entry.target_uri) {
            if walk.known.insert(further_page.clone()) {
                walk.waiting.push_back(further_page);
            }
        }
        Ok(())
    }
}

/// The lists that a profile claims for a page, each with the part of the page that it means.
fn lists_of<'a>(
    named: &'a Named,
    seed: &'a TargetUri,
) -> impl Iterator<Item = (&'a [crate::profile::ListedName], Scope<'a>)> {
    let profile = &named.profile;
    profile.claims.iter().flat_map(move |claim| {
        let listed = match &claim.statement {
            Statement::Listed { names, .. } => names.as_slice(),
            _ => &[],
        };
        let cited = claim
            .cites
            .iter()
            .filter_map(|cite| profile.reference(*cite));
        cited
            .filter(move |it| !listed.is_empty() && basis::seed_of(it).as_ref() == Some(seed))
            .map(move |it| {
                let scope = Scope {
                    fragment: it.fragment.as_deref(),
                    selector: it.selector.as_deref(),
                    ..Scope::default()
                };
                (listed, scope)
            })
    })
}

/// Whether a claim has names that are not on a page because it shows only part of its list, or that may be on a further page.
fn is_wanted(named: &Named, seed: &TargetUri, reading: &Reading) -> bool {
    let paged = || {
        reading
            .lists
            .iter()
            .filter_map(|list| reading.more_of(list, list.items.len()))
            .any(|it| it.kind != MoreKind::Words)
    };
    lists_of(named, seed).any(|(names, scope)| {
        let answer = compare::names(names, reading, scope, &named.profile.aliases);
        answer.names.iter().any(|name| match &name.verdict {
            Verdict::CannotTell { why, .. } => match why {
                Why::PartOfList => true,
                Why::ListNotFound => paged(),
                _ => false,
            },
            _ => false,
        })
    })
}

/// The combined reading of a page and its further pages; `further` is what the visit of each brought.
pub(super) fn read_together(
    first: &Reading,
    own: &TargetUri,
    further: &[Vec<CaptureEntry>],
    readings: &mut Readings<'_>,
) -> Result<Joined, StoreError> {
    let mut read = Vec::new();
    for hops in further {
        let (Some(start), Some(end)) = (hops.first(), hops.last()) else {
            continue;
        };
        let reading = match &end.failure {
            Some(_) => Err("the visit failed".to_owned()),
            None if !matches!(end.status(), Some(200..=299 | 304)) => Err(format!(
                "the host answered {}",
                end.status().unwrap_or_default()
            )),
            None if end.truncated.is_some() => Err("the page was cut short".to_owned()),
            None => match readings.of(end)? {
                Some(reading) if reading.ending == Ending::Cut => {
                    Err("the page was cut short".to_owned())
                }
                reading => reading.ok_or_else(|| "the page was not read".to_owned()),
            },
        };
        read.push((&start.target_uri, &end.target_uri, reading));
    }
    let pages: Vec<FurtherPage<'_>> = read
        .iter()
        .map(|(asked, came_to, reading)| FurtherPage {
            asked,
            came_to,
            reading: reading
                .as_ref()
                .map(|reading| &**reading)
                .map_err(String::as_str),
        })
        .collect();
    Ok(joined(first, own, &pages))
}
