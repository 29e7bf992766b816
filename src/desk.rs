//! The desk: assigns each finding to the page on which it is decided, gives it a state, and sorts pages and findings. Pure.
//!
//! A page is read once: all findings about it, from any reference or profile, are decided together.

mod page;
mod staleness;
mod state;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    clock::Instant,
    finding::{Decisions, Finding, FindingId, Mistake, Review, Weight},
    profile::Profile,
    selector::TextQuoteSelector,
};

pub use page::{Cited, Page, PageId, Placed};
pub use staleness::{Staleness, staleness};
pub use state::State;

/// The current findings of a profile.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The name of the profile.
    pub name: &'a str,
    /// The profile.
    pub profile: &'a Profile,
    /// Its findings that are on a page; each subject at most once.
    pub findings: &'a [Arc<Placed>],
}

/// A review with its number in the archive: later reviews have greater ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// The number.
    pub number: i64,
    /// The review.
    pub review: Review,
}

/// A finding at the desk.
#[derive(Clone, Debug)]
pub struct Item {
    /// The finding, and where it is decided.
    pub placed: Arc<Placed>,
    /// Its state.
    pub state: State,
    /// The decision that counts, if any; boxed, because most findings have none.
    pub review: Option<Box<Review>>,
    /// The number of the latest review of it; 0 without one. A form sends it back, so that a decision that the person did not see is not replaced.
    pub seen: i64,
}

impl Item {
    /// The finding.
    #[must_use]
    pub fn finding(&self) -> &Finding {
        &self.placed.finding
    }

    /// The words that a reviewer marked on the page because the reader missed them.
    #[must_use]
    pub fn place(&self) -> Option<&TextQuoteSelector> {
        let terms = &self.review.as_ref()?.terms;
        let words = terms.words.as_ref();
        words.filter(|_| terms.mistake == Some(Mistake::OnPage))
    }
}

/// Everything that waits at the desk or was decided there.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    items: Vec<Item>,
    pages: Vec<Page>,
    by_page: HashMap<PageId, usize>,
    by_finding: HashMap<FindingId, usize>,
}

/// A page in the queue, with its findings that match a filter.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The page.
    pub page: &'a Page,
    /// The findings, in the order in which they are decided.
    pub items: Vec<&'a Item>,
    /// The heaviest weight among them.
    pub weight: Weight,
    /// The latest time at which one of them changed.
    pub newest: Option<Instant>,
    /// The greatest confidence among them, from 0 to 1.
    pub surest: f64,
}

/// The order of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By weight; then the newest, then the surest.
    #[default]
    Weight,
    /// The newest first.
    Newest,
    /// The surest first.
    Surest,
    /// By address.
    Address,
}

impl Desk {
    /// The desk for these profiles under these decisions; `reviews` has the same reviews with their numbers.
    #[must_use]
    pub fn of(sources: &[Source<'_>], decisions: &Decisions, reviews: &[Numbered]) -> Self {
        let mut latest: HashMap<&FindingId, i64> = HashMap::new();
        for review in reviews {
            let number = latest.entry(&review.review.finding).or_default();
            *number = review.number.max(*number);
        }
        let mut desk = Self::default();
        for source in sources {
            for placed in source.findings {
                let id = &placed.finding.id;
                let index = *desk.by_page.entry(placed.page.clone()).or_insert_with(|| {
                    desk.pages.push(Page::of(placed));
                    desk.pages.len() - 1
                });
                if let Some(page) = desk.pages.get_mut(index) {
                    page.cite(source, placed.reference);
                    page.items.push(desk.items.len());
                }
                desk.by_finding.insert(id.clone(), desk.items.len());
                desk.items.push(Item {
                    state: State::of(&placed.finding, &decisions.standing(&placed.finding)),
                    review: decisions.review(id).cloned().map(Box::new),
                    seen: latest.get(id).copied().unwrap_or_default(),
                    placed: Arc::clone(placed),
                });
            }
        }
        for page in &mut desk.pages {
            page.arrange(&desk.items);
        }
        desk
    }

    /// Every finding.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The page with that id.
    #[must_use]
    pub fn page(&self, id: &str) -> Option<&Page> {
        let index = self.by_page.get(&PageId(id.to_owned()))?;
        self.pages.get(*index)
    }

    /// The finding with that id, if it is current.
    #[must_use]
    pub fn item(&self, id: &FindingId) -> Option<&Item> {
        self.items.get(*self.by_finding.get(id)?)
    }

    /// The findings of a page, in the order in which they are decided.
    pub fn items_of<'a>(&'a self, page: &'a Page) -> impl Iterator<Item = &'a Item> {
        page.items.iter().filter_map(|item| self.items.get(*item))
    }

    /// The pages that have findings for which `wanted` is true, sorted by `order`.
    #[must_use]
    pub fn queue(&self, wanted: &dyn Fn(&Item) -> bool, order: Order) -> Vec<Row<'_>> {
        let rows = self.pages.iter().filter_map(|page| {
            let items: Vec<&Item> = self.items_of(page).filter(|item| wanted(item)).collect();
            let weight = items.iter().map(|item| item.finding().weight()).min()?;
            let heaviest = items
                .iter()
                .filter(|item| item.finding().weight() == weight);
            Some(Row {
                page,
                weight,
                newest: heaviest
                    .clone()
                    .filter_map(|it| it.finding().history.changed_by)
                    .max(),
                surest: heaviest
                    .map(|heaviest| heaviest.finding().confidence)
                    .fold(0.0, f64::max),
                items,
            })
        });
        let mut rows: Vec<Row<'_>> = rows.collect();
        let by_address = |one: &Row<'_>, other: &Row<'_>| one.page.key().cmp(&other.page.key());
        rows.sort_by(|one, other| {
            let newest = other.newest.cmp(&one.newest);
            let surest = other.surest.total_cmp(&one.surest);
            let ordered = match order {
                Order::Weight => one.weight.cmp(&other.weight).then(newest).then(surest),
                Order::Newest => newest,
                Order::Surest => surest,
                Order::Address => std::cmp::Ordering::Equal,
            };
            ordered.then_with(|| by_address(one, other))
        });
        rows
    }

    /// How many findings are in each state, and on how many pages a decision is due.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut states: BTreeMap<State, usize> = BTreeMap::new();
        for item in &self.items {
            *states.entry(item.state).or_default() += 1;
        }
        let is_due = |page: &&Page| self.items_of(page).any(|it| it.state.is_due());
        Counts {
            pages: self.pages.iter().filter(is_due).count(),
            states,
        }
    }
}

/// How much there is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many pages have a finding to decide.
    pub pages: usize,
    states: BTreeMap<State, usize>,
}

impl Counts {
    /// How many findings are in a state.
    #[must_use]
    pub fn of(&self, state: State) -> usize {
        self.states.get(&state).copied().unwrap_or_default()
    }

    /// How many findings wait for a decision.
    #[must_use]
    pub fn due(&self) -> usize {
        let due = self.states.iter().filter(|state| state.0.is_due());
        due.map(|due| due.1).sum()
    }
}

#[cfg(test)]
mod tests;
