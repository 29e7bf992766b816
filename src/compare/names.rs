//! Which of the claimed names a page lists: finds the list by the names, pairs the names with its members, and judges the rest.

use std::collections::BTreeSet;

use self::{
    judged::Judged,
    key::NameKey,
    likeness::{Grade, Likeness, reason},
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
mod legal_form;
pub(super) mod likeness;
mod links;
mod matches;
mod outline;
mod parted;
mod past;
pub(super) mod pool;
mod record;
pub(super) mod region;
mod sole;
pub(super) mod spelling;
mod split;
mod titles;
pub(super) mod vocabulary;

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
    let mut matches = Matches::of(&keys, pool);
    sole::raise(&keys, pool, &mut matches);
    added::settle(&keys, pool, &mut matches);
    apply(aliases, &keys, pool, &mut matches);
    let lost = scope
        .selector
        .filter(|selector| reading.lost_selectors.iter().any(|lost| lost == selector));
    let is_page = !state::is_opaque(reading.state);
    let region = if lost.is_some() {
        None
    } else {
        // On a page that is most likely a different one, a list must have half of the names.
        region::find(keys.len(), pool, &matches, page, scope, known)
            .filter(|it| is_page || it.kept * 2 >= keys.len() && it.kept >= 2)
    };
    let judged = Judged::of(page, pool, &keys, region.as_ref());
    let past = Past::of(&judged, known, aliases);
    let untold = judged.untold(lost);
    let pairs = past.pairs(&judged, &matches);
    let mut answer = NamesAnswer {
        untold: untold.clone(),
        ..NamesAnswer::default()
    };
    let mut used = BTreeSet::new();
    for (at, unit) in units.iter().enumerate() {
        let pair = pairs.iter().find(|pair| pair.left == at);
        let likeness = pair.and_then(|pair| past.likeness(&matches, pair));
        let mut one = judged.name(at, pair.map(|pair| pair.right), likeness, untold.as_ref());
        one.claimed.clone_from(&unit.name);
        one.reasons.extend(unit.reason.clone());
        one.verdict = state::allowed(one.verdict, reading);
        one.held_in = judged.held_in(at, pair.map(|pair| pair.right), &one.verdict);
        let takes = matches!(
            one.verdict,
            Verdict::Present
                | Verdict::Renamed { .. }
                | Verdict::Elsewhere { .. }
                | Verdict::MovedList { .. }
        );
        let perhaps = matches!(
            one.verdict,
            Verdict::CannotTell {
                why: Why::Perhaps,
                ..
            }
        );
        if let Some(pair) = pair
            && (takes || perhaps)
        {
            used.insert(pair.right);
        }
        answer.names.push(one);
    }
    parted::apply(&judged, known, &mut answer.names, &mut used);
    if let Some(region) = &region {
        if is_page {
            answer.new = judged.new_names(region, &used, &matches);
        }
        answer.lists = region
            .lists
            .iter()
            .filter_map(|list| judged.list_found(*list, &matches))
            .collect();
    }
    let mut next = region
        .as_ref()
        .filter(|_| is_page)
        .and_then(|region| judged.known(region));
    if let Some(next) = &mut next {
        for (one, key) in answer.names.iter().zip(&keys) {
            if let (Verdict::Renamed { .. }, Some(found)) = (&one.verdict, &one.found) {
                next.rename(&NameKey::of(found).exact, &key.exact);
            }
        }
    }
    (answer, next)
}

/// Applies the decided spellings: equal ones are matched, different ones are removed as candidates.
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
                let reasons = vec![reason("a reviewer decided that both are one name", 1.0)];
                of.push((
                    place,
                    Likeness {
                        grade: Grade::Same,
                        score: 0.99,
                        reasons,
                    },
                ));
            }
        }
    }
}
