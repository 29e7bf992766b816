//! Which of the claimed names a page lists: finds the list by the names, pairs the names with its members, and judges the rest.

use crate::compare::grounds::{ALL_BUT_CERTAIN, names as grounds};
use std::collections::BTreeSet;

use self::{
    judged::Judged,
    key::NameKey,
    likeness::{Grade, Likeness},
    matches::Matches,
    past::Past,
    pool::Pool,
    region::Known,
};
use super::{claim::Scope, page_text::PageText, state};
use crate::{
    finding::{Verdict, Why},
    profile::{Alias, ListedName},
    reading::Reading,
    text::fold,
};

mod added;
mod aligned;
pub(super) mod alike;
mod answer;
mod apart;
mod assignment;
mod candidates;
pub(super) mod claimed;
mod departed;
mod elsewhere;
mod former;
pub(super) mod headings;
pub(super) mod judged;
pub(super) mod key;
pub(super) mod keys;
mod labels;
mod left;
pub(super) mod likeness;
mod links;
mod matches;
mod outline;
pub(super) mod pairs;
mod parted;
mod past;
mod person;
pub(super) mod pool;
mod record;
pub(super) mod region;
mod script;
mod sole;
pub(super) mod spelling;
mod split;
mod unread;
pub(super) mod vocabulary;
mod ways;

pub use answer::{HeldIn, ListFound, NameAnswer, NamesAnswer, NewName};

/// What a page says about the claimed names, from the page alone.
#[must_use]
pub fn names(
    claimed: &[ListedName],
    reading: &Reading,
    scope: Scope<'_>,
    aliases: &[Alias],
) -> NamesAnswer {
    let (page, pool) = (PageText::of(reading), Pool::of(&reading.lists));
    judge(claimed, (&page, &pool), scope, aliases, None).0
}

/// The same with an earlier copy of the page, which shows in which list the names were.
#[must_use]
pub fn names_since(
    claimed: &[ListedName],
    earlier: &Reading,
    reading: &Reading,
    scope: Scope<'_>,
) -> NamesAnswer {
    let known = {
        let (page, pool) = (PageText::of(earlier), Pool::of(&earlier.lists));
        judge(claimed, (&page, &pool), scope, &[], None).1
    };
    let (page, pool) = (PageText::of(reading), Pool::of(&reading.lists));
    judge(claimed, (&page, &pool), scope, &[], known.as_ref()).0
}

/// The same with the knowledge of an earlier visit; also returns what the next visit has to know.
pub(super) fn judge(
    claimed: &[ListedName],
    (page, pool): (&PageText<'_>, &Pool<'_>),
    scope: Scope<'_>,
    aliases: &[Alias],
    known: Option<&Known>,
) -> (NamesAnswer, Option<Known>) {
    let reading = page.reading;
    let units = split::decide(claimed, pool, page);
    let keys: Vec<NameKey> = units.iter().map(|unit| NameKey::of(&unit.name)).collect();
    let matches = matches(&keys, pool, aliases);
    let lost = scope
        .selector
        .filter(|selector| reading.lost_selectors.iter().any(|lost| lost == selector));
    let is_page = !state::is_opaque(reading.state);
    let region = if lost.is_some() {
        None
    } else {
        // On a page that is most likely another one, a list has to have half of the names.
        region::find(&keys, (page, pool), &matches, scope, known)
            .filter(|region| is_page || region.kept * 2 >= keys.len() && region.kept >= 2)
    };
    let mut judged = Judged::of(page, pool, &keys, region.as_ref());
    judged.before = known.map(|known| &known.names);
    let mut answer = NamesAnswer {
        untold: judged.untold(lost),
        ..NamesAnswer::default()
    };
    let past = Past::of(&judged, known, aliases);
    let mut used = each(&judged, &units, (&matches, &past), &mut answer);
    parted::apply(&judged, known, &mut answer.names, &mut used);
    let Some(region) = &region else {
        return (answer, None);
    };
    if is_page {
        answer.new = judged.new_names(region, &used, &matches);
    }
    let lists = region.lists.iter();
    answer.lists = lists
        .filter_map(|list| judged.list_found(*list, &matches))
        .collect();
    let mut next = judged.known(region).filter(|_| is_page);
    if let Some(next) = &mut next {
        for (one, key) in answer.names.iter().zip(&keys) {
            if let (Verdict::Renamed { .. }, Some(found)) = (&one.verdict, &one.found) {
                next.rename(&NameKey::of(found).exact, &key.exact);
            }
        }
    }
    (answer, next)
}

/// What each claimed name may be among the page's names.
fn matches(keys: &[NameKey], pool: &Pool<'_>, aliases: &[Alias]) -> Matches {
    let mut matches = Matches::of(keys, pool);
    sole::raise(keys, pool, &mut matches);
    added::settle(keys, pool, &mut matches);
    apply(aliases, keys, pool, &mut matches);
    matches
}

/// Answers for each claimed name; returns the names of the page that serve one.
fn each(
    judged: &Judged<'_>,
    units: &[split::Unit],
    (matches, past): (&Matches, &Past),
    answer: &mut NamesAnswer,
) -> BTreeSet<usize> {
    let pairs = past.pairs(judged, matches);
    let mut used = BTreeSet::new();
    for (at, unit) in units.iter().enumerate() {
        let pair = pairs.iter().find(|pair| pair.left == at);
        let right = pair.map(|pair| pair.right);
        let likeness = pair.and_then(|pair| past.likeness(matches, pair));
        let mut one = judged.name(at, right, likeness, answer.untold.as_ref());
        one.claimed.clone_from(&unit.name);
        one.reasons.extend(unit.reason.clone());
        one.verdict = state::allowed(one.verdict, judged.page.reading);
        one.held_in = judged.held_in(at, right, &one.verdict);
        let takes = matches!(
            one.verdict,
            Verdict::Present
                | Verdict::Renamed { .. }
                | Verdict::Elsewhere { .. }
                | Verdict::MovedList { .. }
                | Verdict::CannotTell {
                    why: Why::Perhaps,
                    ..
                }
        );
        used.extend(right.filter(|_| takes));
        answer.names.push(one);
    }
    used
}

/// Decided spellings: the same is the same, and what is not is no candidate.
fn apply(aliases: &[Alias], keys: &[NameKey], pool: &Pool<'_>, matches: &mut Matches) {
    for alias in aliases {
        let (one, other) = (fold(&alias.name), fold(&alias.other));
        for (at, key) in keys.iter().enumerate() {
            let name = fold(&key.surface);
            let wanted = match &name {
                it if *it == one => &other,
                it if *it == other => &one,
                _ => continue,
            };
            let Some(of) = matches.of.get_mut(at) else {
                continue;
            };
            let is_meant = |place: usize| {
                pool.names
                    .get(place)
                    .is_some_and(|name| fold(&name.key.surface) == *wanted)
            };
            of.retain(|(place, _)| !is_meant(*place));
            if alias.same
                && let Some(place) = (0..pool.names.len()).find(|at| is_meant(*at))
            {
                let reasons = vec![grounds::DECIDED.reason()];
                of.push((
                    place,
                    Likeness {
                        grade: Grade::Same,
                        score: ALL_BUT_CERTAIN,
                        reasons,
                    },
                ));
            }
        }
    }
}
