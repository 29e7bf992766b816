//! Records that have several names between commas, below what these are: "Treasurers" above "Jane Roe, Max Roe".

use std::ops::Range;

use crate::{
    extract::{
        draft::Item,
        judge::name_signs::{CLEAR, LIKELY},
        names::{Sort, is_and},
        page_index::PageIndex,
    },
    html::heading_level,
    language::legal_forms::is_appended,
};

/// The names of records, each by itself, if the records are boxes of different numbers of names between commas.
pub(super) fn parted(index: &PageIndex<'_>, items: Vec<Item>) -> Vec<Item> {
    const ENUMERATION: usize = 3;
    let of_commas = |item: &Item| {
        let text = index.text(&item.range);
        text.contains([',', '、']) || text.split(' ').any(is_and)
    };
    if items.len() < 2 || !items.iter().any(of_commas) {
        return items;
    }
    let all: Vec<Vec<Range<usize>>> = items.iter().map(|item| names_in(index, item)).collect();
    let most = all.iter().map(Vec::len).max().unwrap_or_default();
    let least = all.iter().map(Vec::len).min().unwrap_or_default();
    let below = items.iter().filter(|item| is_below_a_heading(index, item));
    let names: Vec<&Range<usize>> = all.iter().flatten().collect();
    // What follows a name behind a comma is the same for several, and not as sure to be one.
    let sure = |range: &&Range<usize>| index.signs(range).likeness >= CLEAR;
    let alike = index.distinct(names.iter().copied()) < names.len();
    // A name that is alone in another record is one by itself.
    let singles = all.iter().filter(|names| names.len() == 1).count();
    let again = alike && singles * 2 > all.len() && are_singles_too(index, &all);
    let labelled = items
        .iter()
        .all(|item| behind_label(index, item) > 0 || is_behind_office(index, item));
    let boxes = least > 0
        && (most > least || labelled)
        && (labelled || most >= ENUMERATION && !alike && below.count() * 2 > items.len() || again)
        && names.iter().copied().filter(|range| sure(range)).count() * 10 >= names.len() * 8;
    if !boxes {
        return items;
    }
    let parted = |(item, names): (Item, Vec<Range<usize>>)| {
        let single = names.len() == 1;
        names.into_iter().map(move |range| Item {
            node: item.node,
            record: if single {
                item.record.clone()
            } else {
                item.node..item.node + 1
            },
            range,
            source: item.source,
        })
    };
    items.into_iter().zip(all).flat_map(parted).collect()
}

/// Whether each record with several names has one that another record has alone.
fn are_singles_too(index: &PageIndex<'_>, all: &[Vec<Range<usize>>]) -> bool {
    let alone = |range: &Range<usize>| {
        let text = index.text(range);
        all.iter()
            .any(|names| names.len() == 1 && index.text(&names[0]) == text)
    };
    let mut several = all.iter().filter(|names| names.len() > 1);
    several.all(|names| names.iter().any(alone))
}

/// The names between the commas of an item; none if a part is no name.
pub(in crate::extract) fn names_in(index: &PageIndex<'_>, item: &Item) -> Vec<Range<usize>> {
    let start = item.range.start + behind_label(index, item);
    let text = index.text(&(start..item.range.end));
    let mut names = Vec::new();
    for part in parts(text) {
        let range = index.trimmed(&(start + part.start..start + part.end));
        let signs = index.signs(&range);
        let other = signs.is_other() || matches!(signs.sort, Sort::Role | Sort::Caption);
        if range.is_empty() || other || signs.likeness < LIKELY || is_appended(index.text(&range)) {
            return Vec::new();
        }
        names.push(range);
    }
    names
}

/// A text cut at its commas, and at "and" between parts of several words: "Jane Roe, Max Roe and Ida Moe".
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 0;
    for word in text.split_inclusive([' ', ',', '、']) {
        let end = at + word.len();
        let separator = word.chars().next_back().filter(|it| ",、".contains(*it));
        if let Some(separator) = separator {
            parts.push(from..end - separator.len_utf8());
            from = end;
        } else if is_and(word.trim_end()) {
            let several = |text: &str| text.trim().contains(' ');
            if text[from..at].trim().is_empty() {
                from = end;
            } else if several(&text[from..at]) && several(&text[end..]) {
                parts.push(from..at);
                from = end;
            }
        }
        at = end;
    }
    parts.push(from..text.len());
    parts
}

/// Whether an office stands before a name in its record, with a dash or a colon between.
fn is_behind_office(index: &PageIndex<'_>, item: &Item) -> bool {
    let start = index.flow.spans[item.record.start].start;
    let before = index.flow.text.get(start..item.range.start);
    before.is_some_and(|before| {
        let before = before.trim_end();
        !before.contains('\n') && before.ends_with(['-', '–', '—', ':'])
    })
}

/// Where the names of a line begin behind a short label and a colon: "Treasurers: Jane Roe, Max Roe"; 0 without one.
fn behind_label(index: &PageIndex<'_>, item: &Item) -> usize {
    const WORDS: usize = 4;
    let text = index.text(&item.range);
    let at = text.find(": ").map_or(0, |at| at + 2);
    let label = &text[..at];
    if label.split(' ').count() <= WORDS + 1 && !label.contains(',') {
        at
    } else {
        0
    }
}

/// Whether a record has a heading above the item.
fn is_below_a_heading(index: &PageIndex<'_>, item: &Item) -> bool {
    let before = item.record.start..item.node;
    let mut nodes = before.filter(|node| heading_level(index.tree.name(*node)).is_some());
    nodes.any(|node| index.flow.spans[node].end <= item.range.start)
}
