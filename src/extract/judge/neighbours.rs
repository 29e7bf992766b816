//! Lists side by side: of one template, each under its own heading, all under a heading that says that names follow.

use crate::{
    entity::{ListKind, Strategy},
    extract::{
        draft::Item,
        fast_hash::{Map, Set, map},
        location::make,
        names::{self, Sort},
        page_index::PageIndex,
        record::is_joined_script,
    },
    html::Flow,
};

use super::{
    judged::Judged,
    list_signs::{BESIDE_NAMES, NAMES, NEARLY_NAMES, PERHAPS_NAMES},
    name_signs::CLEAR,
};

/// Takes lists for names that are in a row with such, if what is above the row says so or their headings are countries.
pub(super) fn settle(index: &PageIndex<'_>, lists: &mut [Judged<'_>]) {
    settle_lone(index, lists);
    for row in rows(index, lists) {
        if !has_names(index, lists, &row) {
            continue;
        }
        for place in row {
            let list = &lists[place];
            let heading = list.heading(index).unwrap_or_default();
            let told = || is_told_above(index, list) && list.score >= NEARLY_NAMES;
            if list.kind == ListKind::Other
                && !names::telling(&heading).other
                && (names::is_country(&heading) || told())
            {
                lists[place].rescore(NAMES, BESIDE_NAMES);
            }
        }
    }
}

/// Takes a lone record for a list of its own where it is made as the records of a list of names are, or is a person under what such a
/// person does beside a list of people: the one chair above the members.
fn settle_lone(index: &PageIndex<'_>, lists: &mut [Judged<'_>]) {
    let names = lists
        .iter()
        .filter(|list| list.kind == ListKind::Names && list.items.len() > 1);
    let made = names.filter_map(|list| Some(make(index, list.items.first()?)));
    let made: Set<u64> = made.collect();
    let persons = lists.iter().any(|list| {
        let members = &list.items;
        let person = |item: &&Item| is_person(index, item);
        list.kind == ListKind::Names
            && members.len() > 2
            && members.iter().filter(person).count() * 10 >= members.len() * 8
    });
    let is_lone = |list: &Judged<'_>| {
        let [only] = &list.items[..] else {
            return false;
        };
        let heading = list.heading(index).unwrap_or_default();
        let sister = list.draft.strategy == Strategy::Cards
            && list.is_headed()
            && made.contains(&make(index, only));
        list.kind == ListKind::Other
            && (sister || persons && names::says_group(&heading) && is_person(index, only))
            && index.signs(&only.range).likeness >= CLEAR
    };
    for list in lists.iter_mut().filter(|list| is_lone(list)) {
        list.rescore(NAMES, BESIDE_NAMES);
    }
}

/// Whether a name is that of a person, as far as its words tell: several, and none that organizations have.
fn is_person(index: &PageIndex<'_>, item: &Item) -> bool {
    const MOST: usize = 5;
    const LETTERS: usize = 8;
    let text = index.text(&item.range);
    let signs = index.signs(&item.range);
    let joined = is_joined_script(text) && text.chars().count() <= LETTERS;
    ((2..=MOST).contains(&text.split(' ').count()) || joined)
        && !text.contains([',', '、'])
        && signs.likeness >= CLEAR
        && !signs.organization
        && signs.sort == Sort::Plain
}

/// The places of lists of one template that have headings, two or more each.
fn rows(index: &PageIndex<'_>, lists: &[Judged<'_>]) -> Vec<Vec<usize>> {
    let mut templates: Map<u64, Vec<usize>> = map();
    for (place, list) in lists.iter().enumerate() {
        let may_be = match list.draft.strategy {
            Strategy::ListItems => list.score >= PERHAPS_NAMES || is_under_country(index, list),
            Strategy::Lines => list.score >= NEARLY_NAMES && is_under_country(index, list),
            _ => false,
        };
        if let Some(first) = list.items.first()
            && may_be
            && list.is_headed()
        {
            let template = make(index, first);
            templates.entry(template).or_default().push(place);
        }
    }
    let mut rows: Vec<Vec<usize>> = templates.into_values().collect();
    rows.retain(|row| row.len() >= 2);
    rows
}

/// Whether a row has enough names in it to take the others for names: two fifths, or all headings are countries.
fn has_names(index: &PageIndex<'_>, lists: &[Judged<'_>], row: &[usize]) -> bool {
    let members = |places: &mut dyn Iterator<Item = &usize>| -> usize {
        places.map(|place| lists[*place].items.len()).sum()
    };
    let country = |place: &usize| is_under_country(index, &lists[*place]);
    let told = |place: &usize| is_told_above(index, &lists[*place]);
    let named = |place: &&usize| {
        let list = &lists[**place];
        list.kind == ListKind::Names || list.draft.strategy == Strategy::Lines && country(place)
    };
    let countries = row.len() >= 3 && row.iter().all(country) && row.iter().all(told);
    countries || members(&mut row.iter().filter(named)) * 10 >= members(&mut row.iter()) * 4
}

/// Whether the heading of a list is a country.
fn is_under_country(index: &PageIndex<'_>, list: &Judged<'_>) -> bool {
    let heading = list.heading(index);
    heading.is_some_and(|heading| names::is_country(&heading))
}

/// Whether what is above the heading of a list says that names follow.
fn is_told_above(index: &PageIndex<'_>, list: &Judged<'_>) -> bool {
    let first = list.items.first();
    first.is_some_and(|item| is_told_above_heading(index.flow, item.range.start))
}

/// Whether the heading above the heading above a place says that names may follow.
fn is_told_above_heading(flow: &Flow, at: usize) -> bool {
    let before = flow
        .headings
        .partition_point(|heading| heading.range.end <= at);
    let Some(own) = flow.headings[..before].last() else {
        return false;
    };
    let mut above = flow.headings[..before].iter();
    above
        .rfind(|heading| heading.level < own.level)
        .is_some_and(|heading| names::tells_relation(&flow.text[heading.range.clone()]))
}
