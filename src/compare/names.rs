//! Which of the claimed names a page lists: the list found by the names, the names paired with its members, what is left told apart.

use std::{collections::BTreeSet, ops::Range};

use super::{
    Scope, added,
    judged::Judged,
    likeness::{Grade, Likeness, reason},
    matches::Matches,
    name_key::NameKey,
    page_text::PageText,
    parted,
    region::{self, Known, Pool},
    sole, split, state,
};
use crate::{
    entity::Strategy,
    finding::{Reason, Verdict, Why},
    profile::{Alias, ListedName},
    reading::Reading,
    text::fold,
};

/// What a page says about a claim's names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamesAnswer {
    /// One answer for each claimed name, in the order of the claim; an ambiguous stretch gives as many as the page decides.
    pub names: Vec<NameAnswer>,
    /// The names that the page lists beside the claimed ones.
    pub new: Vec<NewName>,
    /// The lists that were held for the claim's, the one with most of the names first; empty where none was found.
    pub lists: Vec<ListFound>,
    /// Why nothing can be said of names that were not found, where that is so.
    pub untold: Option<(Why, String)>,
}

/// What a page says about one claimed name.
#[derive(Clone, Debug, PartialEq)]
pub struct NameAnswer {
    /// The name as the claim spells it.
    pub claimed: String,
    /// What the page says.
    pub verdict: Verdict,
    /// The name as the page spells it, where it was found or one is held for it.
    pub found: Option<String>,
    /// How sure the verdict is, 0 to 1.
    pub score: f64,
    /// Why, strongest first.
    pub reasons: Vec<Reason>,
    /// Where it was found, or where it was looked for.
    pub place: Place,
    /// The lists of the page that hold it, those held for the claim's first.
    pub held_in: Vec<HeldIn>,
}

/// A list that holds a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldIn {
    /// Its heading.
    pub heading: Option<String>,
    /// The selector of its container.
    pub container: String,
    /// How many names it holds.
    pub size: usize,
}

/// A name that the page lists and the claim does not.
#[derive(Clone, Debug, PartialEq)]
pub struct NewName {
    /// The name as the page spells it.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

/// A place on a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Its bytes in the reading's text.
    pub range: Option<Range<usize>>,
    /// The element that holds it.
    pub css: Option<String>,
    /// Where that is, for people: `in the list "Convening Centers" (9 names)`.
    pub note: Option<String>,
}

/// A list that was held for the claim's.
#[derive(Clone, Debug, PartialEq)]
pub struct ListFound {
    /// Its heading.
    pub heading: Option<String>,
    /// The selector of its container.
    pub container: String,
    /// The shape of its items.
    pub fingerprint: String,
    /// What found it.
    pub strategy: Strategy,
    /// How many names it holds.
    pub size: usize,
    /// How many of the claimed names it holds.
    pub kept: usize,
}

/// What a page says about the claimed names, by what is known of the page alone.
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

/// The same with what an earlier visit knew; and what the next visit is to know.
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
        // On a page that is most likely another one, a list has to have half of the names.
        region::find(keys.len(), pool, &matches, page, scope, known)
            .filter(|it| is_page || it.kept * 2 >= keys.len() && it.kept >= 2)
    };
    let judged = Judged::of(page, pool, &keys, region.as_ref(), (known, aliases));
    let untold = judged.untold(lost);
    let pairs = judged.pair(&matches);
    let mut answer = NamesAnswer {
        untold: untold.clone(),
        ..NamesAnswer::default()
    };
    let mut used = BTreeSet::new();
    for (at, unit) in units.iter().enumerate() {
        let pair = pairs.iter().find(|pair| pair.left == at);
        let likeness = pair.and_then(|pair| judged.likeness(&matches, pair));
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
