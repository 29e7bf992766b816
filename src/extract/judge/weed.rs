//! Removes items that cannot be names from a draft: buttons, sentences between the names, repetitions.

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item},
        list_item::{host_of, link_of},
        names::{NameSigns, Sort},
        page_index::PageIndex,
    },
};

use super::name_signs::{CLEAR, LIKELY, NOTHING, WEAK};

/// An item with the number of its text, the same for the same text, and the signs in it.
pub(super) struct Seen {
    /// The item.
    pub(super) item: Item,
    /// The number of its text.
    pub(super) text: u32,
    /// The signs in its text that it is a name.
    pub(super) signs: NameSigns,
}

/// The items of a draft that may be names, in the order of the page.
pub(super) fn weeded(index: &PageIndex<'_>, draft: &Draft) -> Vec<Seen> {
    let mut all: Vec<Seen> = Vec::with_capacity(draft.items.len());
    for item in &draft.items {
        let (text, signs) = index.numbered_signs(&item.range);
        let item = item.clone();
        all.push(Seen { item, text, signs });
    }
    let likely = all.iter().filter(|seen| seen.signs.likeness >= LIKELY);
    let mostly_names = likely.count() * 2 >= all.len();
    if are_people_with_offices(index, draft, &all) {
        let texts: Vec<u32> = all.iter().map(|seen| seen.text).collect();
        let mut first = index.first_shown(texts.into_iter());
        all.retain(|_| first.next().unwrap_or(true));
    }
    if draft.strategy == Strategy::Lines {
        without_networks(&mut all);
    }
    without_labels(&mut all);
    if repeats_itself(index, &all) {
        let texts: Vec<u32> = all.iter().map(|seen| seen.text).collect();
        let mut first = index.first_shown(texts.into_iter());
        all.retain(|_| first.next().unwrap_or(true));
    }
    if mostly_names {
        let strict = !matches!(draft.strategy, Strategy::ListItems | Strategy::TableColumn);
        all.retain(|seen| stays(index, seen, strict));
    }
    // A name that is linked twice over two lines is one name.
    all.dedup_by_key(|seen| seen.text);
    disjoint(all, |seen| &seen.item)
}

/// Whether a draft is a carousel that repeats its slides. Two or three texts that recur many times are labels of records.
fn repeats_itself(index: &PageIndex<'_>, all: &[Seen]) -> bool {
    let first = index.first_shown(all.iter().map(|seen| seen.text));
    let distinct = first.filter(|is_first| *is_first).count();
    let labels = distinct <= 3
        && all.len() >= 3 * distinct
        && all.iter().all(|seen| seen.item.source != NameSource::Alt);
    (all.len() - distinct) * 10 >= all.len() * 3 && distinct > 1 && !labels
}

/// Takes out the networks among lines of which some are none, if they are several: they say where else to find somebody. One alone may
/// be a sponsor.
fn without_networks(all: &mut Vec<Seen>) {
    let named = |seen: &Seen| seen.signs.sort != Sort::Social;
    let others = all.iter().filter(|seen| named(seen)).count();
    if others > 0 && all.len() >= others + 2 {
        all.retain(named);
    }
}

/// Takes out texts that many records have in common, where most texts are there once: they say something of the names.
fn without_labels(all: &mut Vec<Seen>) {
    const OFTEN: usize = 3;
    let mut texts: Vec<u32> = all.iter().map(|seen| seen.text).collect();
    texts.sort_unstable();
    let counts: Vec<(u32, usize)> = texts
        .chunk_by(|one, other| one == other)
        .map(|same| (same[0], same.len()))
        .collect();
    let once = counts.iter().filter(|count| count.1 == 1).count();
    let many = texts.len();
    let is_label = |text: u32| {
        let at = counts.binary_search_by_key(&text, |count| count.0);
        let count = at.map_or(0, |at| counts[at].1);
        count >= OFTEN && count * 5 >= many
    };
    if once >= OFTEN && once * 10 >= counts.len() * 7 {
        all.retain(|seen| !is_label(seen.text));
    }
}

/// Whether all items of a column are names: one that is there twice is one person with two offices.
fn are_people_with_offices(index: &PageIndex<'_>, draft: &Draft, all: &[Seen]) -> bool {
    const LEAST: usize = 4;
    let first = index.first_shown(all.iter().map(|seen| seen.text));
    let again = all.len() - first.filter(|is_first| *is_first).count();
    let person = |seen: &Seen| seen.signs.likeness >= CLEAR && !seen.signs.organization;
    let column = draft.strategy == Strategy::TableColumn && all.len() >= LEAST;
    column && again > 0 && again * 4 <= all.len() && all.iter().all(person)
}

/// Whether an item can be a name among names; `strict` if the list contains more than its names.
fn stays(index: &PageIndex<'_>, seen: &Seen, strict: bool) -> bool {
    let signs = seen.signs;
    let nothing = signs.likeness < NOTHING && signs.sort == Sort::Plain;
    let weak = strict && signs.likeness < WEAK;
    !matches!(signs.sort, Sort::Chrome | Sort::StandIn)
        && !nothing
        && (!weak || is_anonymous(index, seen))
}

/// Whether an item is the group of anonymous donors, which has no address.
fn is_anonymous(index: &PageIndex<'_>, seen: &Seen) -> bool {
    let text = index.text(&seen.item.range);
    text.eq_ignore_ascii_case("anonymous") && link_of(index, &seen.item).and_then(host_of).is_some()
}

/// The items in the order of the page, without those that share text with an earlier one: items inside items.
pub(super) fn disjoint<T>(mut items: Vec<T>, item: impl Fn(&T) -> &Item) -> Vec<T> {
    items.sort_by_key(|entry| item(entry).range.start);
    let mut end = 0;
    items.retain(|entry| {
        let range = &item(entry).range;
        let apart = range.start >= end;
        end = end.max(range.end);
        apart
    });
    items
}
