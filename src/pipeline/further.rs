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
    profile::{ListedName, Statement},
    reading::{Ending, FurtherPage, Joined, Reading, further_pages, joined},
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
        if self.most == 0 {
            return Ok(());
        }
        let claimed = claimed_lists(self.run.profiles);
        let mut walks = Vec::new();
        for it in visited.iter().filter(|visited| !visited.failed) {
            walks.extend(self.begun(it, claimed.get(&it.seed).map_or(&[], Vec::as_slice))?);
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
                        self.go_on(walk, &page, &claimed)?;
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

    /// Begins with the list of a page, if one of the lists `claimed` for it needs more than the page shows.
    fn begun(&self, page: &Done, claimed: &[ClaimedList<'_>]) -> Result<Option<Walk>, RunError> {
        let store = self.run.store;
        if claimed.is_empty() || !(page.is_new || store.had_further(&page.seed)?) {
            return Ok(None);
        }
        let Some(entry) = store.hops(page.id)?.pop() else {
            return Ok(None);
        };
        for lists in claimed.chunk_by(|one, next| std::ptr::eq(one.of, next.of)) {
            let Some(first) = lists.first() else {
                continue;
            };
            let mut readings = self.run.comparing.readings(store, &first.of.profile);
            let Some(reading) = readings.of(&entry)? else {
                continue;
            };
            let waiting = further_pages(&reading, &entry.target_uri);
            if waiting.is_empty() || !is_wanted(lists, &reading) {
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
    fn go_on(
        &self,
        walk: &mut Walk,
        page: &Done,
        claimed: &ClaimedLists<'_>,
    ) -> Result<(), StoreError> {
        let store = self.run.store;
        walk.visits.push(page.id);
        let entry = store.hops(page.id)?.pop();
        let list = claimed.get(&walk.seed.uri).and_then(|lists| lists.first());
        let (Some(entry), Some(list)) = (entry, list) else {
            return Ok(());
        };
        let mut readings = self.run.comparing.readings(store, &list.of.profile);
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

/// A list that a profile claims for a page.
pub(super) struct ClaimedList<'a> {
    /// The profile.
    pub(super) of: &'a Named,
    /// The names.
    pub(super) names: &'a [ListedName],
    /// The part of the page that the claim means.
    pub(super) scope: Scope<'a>,
}

/// The lists that are claimed for each page, those of one profile together.
pub(super) type ClaimedLists<'a> = BTreeMap<TargetUri, Vec<ClaimedList<'a>>>;

/// The lists that profiles claim, collected once: each reference is looked at once for each claim that cites it.
pub(super) fn claimed_lists(profiles: &[Named]) -> ClaimedLists<'_> {
    let mut lists = ClaimedLists::new();
    for named in profiles {
        let profile = &named.profile;
        for claim in &profile.claims {
            let Statement::Listed { names, .. } = &claim.statement else {
                continue;
            };
            let cited = claim.cites.iter().filter_map(|it| profile.reference(*it));
            for reference in cited.filter(|_| !names.is_empty()) {
                if let Some(seed) = basis::seed_of(reference) {
                    lists.entry(seed).or_default().push(ClaimedList {
                        of: named,
                        names,
                        scope: Scope {
                            fragment: reference.fragment.as_deref(),
                            selector: reference.selector.as_deref(),
                            ..Scope::default()
                        },
                    });
                }
            }
        }
    }
    lists
}

/// Whether a claim has names that may be on a further page.
pub(super) fn is_wanted(lists: &[ClaimedList<'_>], reading: &Reading) -> bool {
    lists.iter().any(|list| {
        let aliases = &list.of.profile.aliases;
        compare::needs_further(list.names, reading, list.scope, aliases)
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
