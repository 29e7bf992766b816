//! The lists of a page: found in every way there is, judged, best first; and which of them to show.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hash, Hasher},
};

use foldhash::fast::RandomState;

use super::{
    Page,
    draft::{Draft, Sight},
    flow::Flow,
    groups, headings,
    judge::{self, Judged, Topic},
    labels, lines,
    maps::{Map, Set, map},
    names, nesting, places, prose,
    selected::{self, Selected},
    structured, tables, tails,
    tree::Tree,
};
use crate::{
    entity::{EntityList, ListKind, Strategy},
    uri::TargetUri,
};

/// How many lists of a page are kept; a page of a hundred thousand small tables has no more to say.
const MOST: usize = 500;

/// Finds the lists of a page, and says which of the profile's selectors led nowhere.
pub(super) fn find(
    tree: &Tree,
    flow: &Flow,
    page: &Page<'_>,
    source: &str,
) -> (Vec<EntityList>, Vec<String>) {
    let uri = page.uri;
    let sight = Sight::new(tree, flow);
    let topic = Topic::of(&sight, uri);
    let mut drafts: Vec<Draft> = groups::find(&sight);
    drafts.extend(tables::find(&sight));
    drafts.extend(headings::find(&sight));
    let in_a_row = drafts.len();
    drafts.extend(lines::find(&sight));
    drafts.extend(prose::find(&sight));
    for it in &mut drafts[in_a_row..] {
        tails::without_countries(&sight, &mut it.items);
    }
    let mut judged: Vec<Judged<'_>> = distinct(&drafts)
        .into_iter()
        .filter_map(|it| judge::judge(&sight, &topic, it))
        .collect();
    nesting::settle(&sight, &mut judged);
    side_by_side(&sight, &mut judged);
    let mut made = structured::find(tree);
    made.extend(labels::find(&sight, &topic, uri));
    let mut lost = Vec::new();
    let found = selected::find(&sight, source, page.selectors, &drafts);
    for (selector, found) in page.selectors.iter().zip(found) {
        match found {
            Selected::Found(draft) => made.extend(judge::given(&sight, uri, &draft, selector)),
            Selected::Lost => lost.push(selector.clone()),
        }
    }
    (ranked(&sight, uri, &judged, made), lost)
}

/// The drafts of different members: of those that have the same the first, unless another's finder is far surer of it.
fn distinct(drafts: &[Draft]) -> Vec<&Draft> {
    const SURER: f64 = 0.3;
    let hash = RandomState::default();
    let mut places: Map<u64, usize> = map();
    let mut distinct: Vec<&Draft> = Vec::with_capacity(drafts.len());
    for it in drafts {
        let place = *places
            .entry(members_of(&hash, it))
            .or_insert(distinct.len());
        match distinct.get_mut(place) {
            None => distinct.push(it),
            Some(known) if it.bonus > known.bonus + SURER => *known = it,
            Some(_) => {}
        }
    }
    distinct
}

/// A hash of the members of a draft.
fn members_of(hash: &RandomState, draft: &Draft) -> u64 {
    let mut hasher = hash.build_hasher();
    for it in &draft.items {
        it.range.hash(&mut hasher);
    }
    hasher.finish()
}

/// The lists, best first; only of the best is everything written out.
fn ranked<'a>(
    sight: &Sight<'a>,
    uri: Option<&TargetUri>,
    judged: &[Judged<'a>],
    made: Vec<EntityList>,
) -> Vec<EntityList> {
    enum Entry<'a, 'b> {
        Judged(&'b Judged<'a>),
        Made(EntityList),
    }
    let mut entries: Vec<(f64, Entry<'_, '_>)> = judged
        .iter()
        .map(|it| (worth(it.score, it.items.len()), Entry::Judged(it)))
        .collect();
    entries.extend(
        made.into_iter()
            .map(|it| (worth(it.score, it.items.len()), Entry::Made(it))),
    );
    entries.sort_by(|a, b| b.0.total_cmp(&a.0));
    entries
        .into_iter()
        .take(MOST)
        .filter_map(|it| match it.1 {
            Entry::Judged(it) => it.list(sight, uri),
            Entry::Made(it) => Some(it),
        })
        .collect()
}

/// Takes lists for names that stand in a row with such: of the same make, each under a heading of its own, and all of them
/// under one that tells of names or under the names of countries.
fn side_by_side(sight: &Sight<'_>, lists: &mut [Judged<'_>]) {
    let mut makes: Map<u64, Vec<usize>> = map();
    for (place, list) in lists.iter().enumerate() {
        let listed = match list.draft.strategy {
            Strategy::ListItems => list.score >= 0.25 || under_country(sight, list),
            Strategy::Lines => list.score >= 0.4 && under_country(sight, list),
            _ => false,
        };
        if let Some(first) = list.items.first()
            && listed
            && list.is_headed()
        {
            let make = places::make(sight, first);
            makes.entry(make).or_default().push(place);
        }
    }
    for row in makes.into_values().filter(|it| it.len() >= 2) {
        let members = |it: &usize| lists[*it].items.len();
        let all: usize = row.iter().map(members).sum();
        let country = |it: &usize| under_country(sight, &lists[*it]);
        let told = |it: &usize| told_above(sight, &lists[*it]);
        let lines = |it: &usize| lists[*it].draft.strategy == Strategy::Lines && country(it);
        let named = row
            .iter()
            .filter(|it| lists[**it].kind == ListKind::Names || lines(it));
        let countries = row.len() >= 3 && row.iter().all(country) && row.iter().all(told);
        if !countries && named.map(members).sum::<usize>() * 10 < all * 4 {
            continue;
        }
        for place in row {
            let list = &lists[place];
            let heading = list.heading(sight).unwrap_or_default();
            if list.kind == ListKind::Other
                && !names::telling(&heading).other
                && (names::is_country(&heading) || (told_above(sight, list) && list.score >= 0.4))
            {
                lists[place].score = 0.5;
                lists[place].kind = ListKind::Names;
            }
        }
    }
}

/// Whether a list stands under the name of a country.
fn under_country(sight: &Sight<'_>, list: &Judged<'_>) -> bool {
    let heading = list.heading(sight);
    heading.is_some_and(|it| names::is_country(&it))
}

/// Whether what stands above a list's heading tells of names.
fn told_above(sight: &Sight<'_>, list: &Judged<'_>) -> bool {
    let first = list.items.first();
    first.is_some_and(|it| above_tells(sight.flow, it.range.start))
}

/// Whether the heading above the heading above a place tells of names.
fn above_tells(flow: &Flow, at: usize) -> bool {
    let before = flow.headings.partition_point(|it| it.range.end <= at);
    let Some(own) = flow.headings[..before].last() else {
        return false;
    };
    flow.headings[..before]
        .iter()
        .rfind(|it| it.level < own.level)
        .is_some_and(|it| names::tells_relation(&flow.text[it.range.clone()]))
}

/// What a list is worth against others that overlap it: its score, and a little for each further member.
fn worth(score: f64, members: usize) -> f64 {
    score + 0.04 * (members as f64).ln()
}

/// Whether a list shows again what another shows: the same names for a smaller screen, or one of its slides.
fn repeats(shown: &EntityList, list: &EntityList) -> bool {
    let names =
        |it: &EntityList| -> Set<String> { it.items.iter().map(|it| it.surface.clone()).collect() };
    let (shown_names, names) = (names(shown), names(list));
    names == shown_names
        || (names.len() == 1 && list.heading == shown.heading && names.is_subset(&shown_names))
}

/// The lists of names that do not overlap, in the order of the page.
pub(super) fn best(lists: &[EntityList]) -> Vec<&EntityList> {
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut chosen: Vec<&EntityList> = Vec::new();
    for list in lists.iter().filter(|it| it.kind == ListKind::Names) {
        let ranges: Vec<(usize, usize)> = list
            .items
            .iter()
            .filter_map(|it| it.range.as_ref().map(|it| (it.start, it.end)))
            .collect();
        let overlaps = ranges.iter().any(|it| {
            taken
                .range(..it.1)
                .next_back()
                .is_some_and(|(_, end)| *end > it.0)
        });
        let same_table = chosen.iter().any(|it| {
            it.container == list.container
                && it.strategy == list.strategy
                && list.strategy == crate::entity::Strategy::TableColumn
        });
        if !overlaps && !same_table && !chosen.iter().any(|it| repeats(it, list)) {
            taken.extend(ranges);
            chosen.push(list);
        }
    }
    chosen.sort_by_key(|it| {
        it.items
            .first()
            .and_then(|it| it.range.as_ref())
            .map(|it| it.start)
    });
    chosen
}
