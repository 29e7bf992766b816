//! The part of a page that contains the list of a claim: found by the known names, not by its position.

use crate::compare::grounds::names as grounds;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

use super::{key::NameKey, left, likeness::Grade, matches::Matches, pool::Pool};
use crate::{
    compare::{claim::Scope, page_text::PageText},
    entity::{EntityList, ListKind, Strategy},
    language::dates,
    text::{fold, one_line},
};

/// The lists that are taken for the list of the claim.
#[derive(Clone, Debug, Default)]
pub(in crate::compare) struct Region {
    /// Their indices in the pool, the one with most of the names first.
    pub(in crate::compare) lists: Vec<usize>,
    /// How many claimed names they contain in the same spelling.
    pub(in crate::compare) kept: usize,
}

impl Region {
    /// The names of the region, as indices in the pool, in order, each once.
    pub(in crate::compare) fn members(&self, pool: &Pool<'_>) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        self.lists
            .iter()
            .filter_map(|list| pool.members.get(*list))
            .flatten()
            .copied()
            .filter(|it| seen.insert(*it))
            .collect()
    }
}

/// What an earlier visit knew about the region.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::compare) struct Known {
    /// The shape of its main list.
    pub(in crate::compare) fingerprint: String,
    /// The heading of its main list.
    pub(in crate::compare) heading: Option<String>,
    /// The names in it, folded.
    pub(in crate::compare) names: BTreeSet<String>,
    /// The name with each link; `None` if several names shared it.
    pub(in crate::compare) links: BTreeMap<String, Option<String>>,
    /// The name with each picture, by the name of the file; `None` if several names shared it.
    pub(in crate::compare) pictures: BTreeMap<String, Option<String>>,
    /// The names in the order of the page.
    pub(in crate::compare) order: Vec<String>,
}

impl Known {
    /// Remembers that `found` is the claimed name under another name: at the next visit, its link counts as the claimed name's.
    pub(in crate::compare) fn rename(&mut self, found: &str, claimed: &str) {
        self.names.remove(found);
        let links = self.links.values_mut().chain(self.pictures.values_mut());
        for name in links.flatten().chain(&mut self.order) {
            if name == found {
                claimed.clone_into(name);
            }
        }
    }
}

/// The lists that contain the claimed names, if any contains enough of them.
pub(in crate::compare) fn find(
    claimed: &[NameKey],
    (page, pool): (&PageText<'_>, &Pool<'_>),
    matches: &Matches,
    scope: Scope<'_>,
    known: Option<&Known>,
) -> Option<Region> {
    if let Some(selector) = scope.selector {
        let lists = pool.lists.iter().enumerate();
        let lists = lists
            .filter(|(_, list)| list.strategy == Strategy::Selector && list.container == selector);
        let lists: Vec<usize> = lists.map(|(at, _)| at).collect();
        let mut region = Region { lists, kept: 0 };
        region.kept = matches.kept(&region.members(pool).into_iter().collect());
        return (!region.lists.is_empty()).then_some(region);
    }
    let vote = |eligible: &dyn Fn(&EntityList) -> bool| {
        let votes = votes(pool, matches, eligible);
        elected(claimed.len(), pool, &votes, known).map(|mut region| {
            region.kept = matches.kept(&region.members(pool).into_iter().collect());
            add_siblings(&mut region, pool);
            region
        })
    };
    if let Some(within) = page.scope(scope) {
        let inside =
            vote(&|list| list.anchor.as_deref() == scope.fragment || is_inside(list, &within));
        if inside.is_some() {
            return inside;
        }
    }
    vote(&|_| true).or_else(|| remembered(pool, known?))
}

/// The region of an earlier visit, found by its shape and heading although none of the names is left in it.
fn remembered(pool: &Pool<'_>, known: &Known) -> Option<Region> {
    /// A board that is replaced has about as many members as before.
    const MOST_TIMES: usize = 3;
    let heading = known.heading.as_deref()?;
    let alike = || {
        let lists = pool.lists.iter().enumerate();
        lists.filter(|(_, list)| {
            list.kind == ListKind::Names && list.fingerprint == known.fingerprint
        })
    };
    let same = alike().find(|(_, list)| list.heading.as_deref() == Some(heading));
    // One list of another year is what became of it; of several, none need be.
    let of_another_year = || {
        let words = |heading: &str| dates::without_years(&fold(heading));
        let own = words(heading);
        let has_words = |list: &EntityList| list.heading.as_deref().map(words) == Some(own.clone());
        let mut lists = alike().filter(|(_, list)| has_words(list));
        let only = lists.next().filter(|_| !own.is_empty())?;
        lists.next().is_none().then_some(only)
    };
    let (at, list) = same.or_else(of_another_year)?;
    let (now, before) = (list.items.len(), known.order.len());
    let similar = now <= before * MOST_TIMES && before <= now * MOST_TIMES;
    (now >= 2 && similar).then(|| Region {
        lists: vec![at],
        kept: 0,
    })
}

fn is_inside(list: &EntityList, range: &Range<usize>) -> bool {
    let placed = list.items.iter().filter_map(|item| item.range.as_ref());
    let (mut inside, mut all) = (0_usize, 0_usize);
    for it in placed {
        all += 1;
        inside += usize::from(it.start >= range.start && it.end <= range.end);
    }
    all > 0 && inside * 2 > all
}

/// For each list, how much each claimed name speaks for it.
type Votes = Vec<BTreeMap<usize, f64>>;

/// Each claimed name votes for the lists that hold it: with a half if it is there under a likely other name.
fn votes(pool: &Pool<'_>, matches: &Matches, eligible: &dyn Fn(&EntityList) -> bool) -> Votes {
    let mut votes: Votes = vec![BTreeMap::new(); pool.lists.len()];
    for (name, of) in matches.of.iter().enumerate() {
        for (at, likeness) in of.iter().filter(|pair| pair.1.grade > Grade::Near) {
            let vote = if likeness.grade >= Grade::Same {
                1.0
            } else {
                grounds::VOTE_FOR_A_VARIANT
            };
            for list in pool.held_by.get(*at).into_iter().flatten() {
                if let Some(votes) = votes.get_mut(*list) {
                    let best = votes.entry(name).or_insert(0.0);
                    *best = best.max(vote);
                }
            }
        }
    }
    for (votes, list) in votes.iter_mut().zip(&pool.lists) {
        if !eligible(list) {
            votes.clear();
        }
    }
    votes
}

/// Takes lists until no list adds enough of the names.
fn elected(
    claimed: usize,
    pool: &Pool<'_>,
    votes: &Votes,
    known: Option<&Known>,
) -> Option<Region> {
    let mut region = Region::default();
    let mut covered: HashMap<usize, f64> = HashMap::new();
    loop {
        let mut choice: Option<(f64, usize)> = None;
        for (at, list) in pool.lists.iter().enumerate() {
            if region.lists.contains(&at) {
                continue;
            }
            let Some(mine) = votes.get(at) else { continue };
            let new = mine
                .iter()
                .map(|(name, vote)| (vote - covered.get(name).copied().unwrap_or(0.0)).max(0.0));
            let gain: f64 = new.sum();
            if gain <= 0.0 {
                continue;
            }
            let share = mine.len() as f64 / list.items.len().max(1) as f64;
            let mut chosen = region.lists.iter().filter_map(|at| pool.lists.get(*at));
            let akin = chosen.any(|other| is_akin(other, list));
            let joins = joins(gain, share, list, akin) && !is_of_former(list, &region, pool);
            if !region.lists.is_empty() && !joins {
                continue;
            }
            let worth =
                gain * (1.0 + share.min(1.0)) * kind_factor(list) * memory_factor(list, known);
            if choice.is_none_or(|choice| worth > choice.0 + 1e-9) {
                choice = Some((worth, at));
            }
        }
        let Some((_, at)) = choice else { break };
        region.lists.push(at);
        for (name, vote) in votes.get(at).into_iter().flatten() {
            let best = covered.entry(*name).or_insert(0.0);
            *best = best.max(*vote);
        }
    }
    let size = region.members(pool).len();
    let total: f64 = (0..claimed).filter_map(|at| covered.get(&at)).sum();
    suffices(claimed, total, size).then_some(region)
}

/// Whether that many votes of that many claimed names are enough for lists with that many members.
fn suffices(claimed: usize, votes: f64, size: usize) -> bool {
    if votes <= 0.0 {
        return false;
    }
    let recall = votes / claimed.max(1) as f64;
    let share = votes / size.max(1) as f64;
    match claimed {
        0..=3 => true,
        _ => grounds::ENOUGH
            .iter()
            .any(|enough| enough.is_met(votes, share, recall)),
    }
}

/// Whether a list contains the former members of the other lists.
fn is_of_former(list: &EntityList, region: &Region, pool: &Pool<'_>) -> bool {
    let says = |entity_list: &EntityList| {
        entity_list
            .heading
            .as_deref()
            .is_some_and(left::is_of_former)
    };
    let mut others = region.lists.iter().filter_map(|list| pool.lists.get(*list));
    says(list) && !others.any(|other| says(other))
}

/// Whether a further list belongs to the claim: it adds several names, or one and has a similar form.
fn joins(gain: f64, share: f64, list: &EntityList, akin: bool) -> bool {
    if list.kind == ListKind::Names {
        akin && gain >= grounds::AKIN
            || grounds::FURTHER
                .iter()
                .any(|further| further.is_met(gain, share, 0.0))
    } else {
        grounds::FURTHER_OF_OTHERS.is_met(gain, share, 0.0)
    }
}

fn kind_factor(list: &EntityList) -> f64 {
    match (list.kind, list.strategy) {
        (ListKind::Names, Strategy::Prose) => grounds::OF_A_SENTENCE,
        (ListKind::Names, _) => 1.0,
        (ListKind::Other, _) => grounds::OF_OTHER_THINGS,
    }
}

fn memory_factor(list: &EntityList, known: Option<&Known>) -> f64 {
    match known {
        Some(it) if it.fingerprint == list.fingerprint => grounds::AS_BEFORE,
        _ => 1.0,
    }
}

/// Whether two lists have the same structure and are side by side: tiers, tabs, columns.
fn is_akin(one: &EntityList, other: &EntityList) -> bool {
    one.fingerprint == other.fingerprint
        && one.strategy == other.strategy
        && beside(&one.container, &other.container)
        && (one.strategy != Strategy::TableColumn || column(one) == column(other))
}

/// The column that the list of a table reads.
fn column(list: &EntityList) -> Option<&str> {
    list.items
        .first()?
        .css
        .rsplit(['>', ' '])
        .find(|part| part.starts_with("td") || part.starts_with("th"))
}

/// Whether the paths of two containers differ at most in the position among siblings, at one or two steps.
fn beside(one: &str, other: &str) -> bool {
    let steps = |text: &str| -> Vec<String> {
        text.split(['>', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| part.split(['#', ':']).next().unwrap_or_default().to_owned())
            .collect()
    };
    let (one, other) = (steps(one), steps(other));
    one.len() == other.len() && one.iter().zip(&other).filter(|(a, b)| a != b).count() <= 1
}

/// Adds the sibling containers of the same template that contain no claimed name.
///
/// A container under another heading is another list, unless the claimed names themselves are under several headings: then headings
/// divide the list of the claim into tiers, and a further one is a further tier.
fn add_siblings(region: &mut Region, pool: &Pool<'_>) {
    let chosen: Vec<&EntityList> = region
        .lists
        .iter()
        .filter_map(|list| pool.lists.get(*list))
        .copied()
        .collect();
    // A list that shares a place with one of them is not a sibling, but another reading of the same text.
    let places = |list: &EntityList| -> Vec<usize> {
        let ranges = list.items.iter().filter_map(|item| item.range.as_ref());
        ranges.map(|range| range.start).collect()
    };
    let taken: BTreeSet<usize> = chosen.iter().flat_map(|it| places(it)).collect();
    for (at, list) in pool.lists.iter().enumerate() {
        if list.kind != ListKind::Names
            || region.lists.contains(&at)
            || places(list).iter().any(|place| taken.contains(place))
        {
            continue;
        }
        let akin: Vec<&EntityList> = chosen
            .iter()
            .filter(|chosen| chosen.template == list.template && is_akin(chosen, list))
            .copied()
            .collect();
        let headings: BTreeSet<String> = akin.iter().map(|akin| heading_key(akin)).collect();
        let own = heading_key(list);
        if headings.contains(&own) || (headings.len() > 1 && !sets_apart(&own, &headings)) {
            region.lists.push(at);
        }
    }
}

/// The heading of a list in comparable form, without a count of the names.
fn heading_key(list: &EntityList) -> String {
    let heading = fold(list.heading.as_deref().unwrap_or_default());
    let letters = heading
        .chars()
        .map(|letter| if letter.is_alphabetic() { letter } else { ' ' });
    one_line(&letters.collect::<String>())
}

/// Whether a heading says that its names differ from those under the other headings: not yet members, or no longer.
fn sets_apart(heading: &str, others: &BTreeSet<String>) -> bool {
    const NOT: [&str; 7] = ["not", "non", "no", "nicht", "kein", "keine", "pas"];
    let says =
        |text: &str| left::is_of_former(text) || text.split(' ').any(|word| NOT.contains(&word));
    says(heading) && !others.iter().any(|other| says(other))
}
