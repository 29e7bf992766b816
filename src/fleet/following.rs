//! The further pages of lists in a lease: visited after the first pages, and bound to their visits.

use std::collections::{BTreeSet, VecDeque};

use super::{Bound, Due};
use crate::{
    capture::{Outcome, PageOf, Visit},
    content_coding::Caps,
    fetch::{Order, Validators},
    pipeline::{Followed, first_further, next_further},
    uri::TargetUri,
};

/// The lists of a lease that are followed from page to page.
#[derive(Debug, Default)]
pub(super) struct Following(Vec<Walk>);

/// A list that is followed.
#[derive(Debug)]
struct Walk {
    /// The first page, and when its visit began.
    first: PageOf,
    /// What each archive that cites the page asks for.
    asked: Vec<Option<Followed>>,
    /// The known pages.
    known: BTreeSet<TargetUri>,
    /// The pages that are not visited yet.
    waiting: VecDeque<TargetUri>,
    /// How many more may be visited.
    left: usize,
}

impl Following {
    /// Begins with the lists of the pages that were visited, if archives ask for them; `most` is the most pages of one list.
    pub(super) fn begin(seeds: &[Due], visits: &[Bound], most: usize, caps: &Caps) -> Self {
        let walks = seeds.iter().filter(|due| !due.lists.is_empty());
        let walks = walks.filter_map(|due| {
            let bound = visits.iter().find(|it| it.visit.seed == due.uri)?;
            Walk::begin(due, &bound.visit, most, caps)
        });
        Self(walks.collect())
    }

    /// The next pages, one of each list. Pages that are among the `visits` already are bound at once.
    pub(super) fn orders(&mut self, visits: &mut [Bound], caps: &Caps) -> Vec<Order> {
        let mut orders: Vec<Order> = Vec::new();
        for walk in &mut self.0 {
            while walk.left > 0
                && let Some(next) = walk.waiting.pop_front()
            {
                if let Some(bound) = visits.iter_mut().find(|it| it.visit.seed == next) {
                    walk.bind(bound, caps);
                } else {
                    let validators = walk.validators(&next);
                    walk.waiting.push_front(next.clone());
                    if !orders.iter().any(|it| it.seed == next) {
                        orders.push(Order {
                            seed: next,
                            validators,
                        });
                    }
                    break;
                }
            }
        }
        orders
    }

    /// The first pages of lists that were not followed to their end.
    pub(super) fn unfinished(&self) -> BTreeSet<TargetUri> {
        let walks = self.0.iter();
        let walks = walks.filter(|walk| walk.left > 0 && !walk.waiting.is_empty());
        walks.map(|walk| walk.first.list.clone()).collect()
    }
}

impl Walk {
    /// Begins with the list of a page that was visited; `None` if no other page of it is needed.
    fn begin(due: &Due, visit: &Visit, most: usize, caps: &Caps) -> Option<Self> {
        let asked = due.lists.iter().map(|asked| {
            let asked = asked.as_deref()?;
            serde_json::from_str::<Followed>(asked).ok()
        });
        let asked: Vec<Option<Followed>> = asked.collect();
        let followed: Vec<Followed> = asked.iter().flatten().cloned().collect();
        let last = visit.last()?;
        let waiting: VecDeque<TargetUri> = match &last.outcome {
            Outcome::Failure(_) => return None,
            Outcome::Response(_) => first_further(last, &followed, caps).into(),
            Outcome::Revisit(_) => {
                let known = followed.iter().flat_map(|it| &it.known);
                let known = known.map(|page| page.0.clone());
                known.collect::<BTreeSet<_>>().into_iter().collect()
            }
        };
        if waiting.is_empty() {
            return None;
        }
        let known = waiting.iter().cloned().chain([last.target_uri.clone()]);
        Some(Self {
            first: PageOf {
                list: visit.seed.clone(),
                at: visit.captures.first()?.date,
                place: 0,
            },
            known: known.collect(),
            left: followed.iter().map(|it| it.most).max()?.min(most),
            waiting,
            asked,
        })
    }

    /// The condition under which to ask for a page: only if every archive that gets the answer has the same page.
    fn validators(&self, page: &TargetUri) -> Option<Validators> {
        let known = |asked: &Option<Followed>| {
            let mut known = asked.iter().flat_map(|it| &it.known);
            known.find(|it| it.0 == *page)?.1.clone()
        };
        let first = self.asked.first().and_then(known)?;
        let is_same = |asked: &Option<Followed>| known(asked).as_ref() == Some(&first);
        self.asked.iter().all(is_same).then_some(first)
    }

    /// Binds a page that was visited, and adds the pages to which it leads.
    fn bind(&mut self, bound: &mut Bound, caps: &Caps) {
        bound.pages_of.push(self.first.clone());
        self.first.place += 1;
        self.left -= 1;
        let Some(last) = bound.visit.last() else {
            return;
        };
        let followed: Vec<Followed> = self.asked.iter().flatten().cloned().collect();
        for page in next_further(last, &followed, caps) {
            if self.known.insert(page.clone()) {
                self.waiting.push_back(page);
            }
        }
    }
}
