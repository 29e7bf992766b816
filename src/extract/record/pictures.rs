//! Names that are the texts of pictures, or stand beside these: without what all of them end in, spelt as beside, or fuller than beside.

use std::ops::Range;

use html5ever::local_name;

use crate::{
    entity::NameSource,
    extract::{draft::Item, judge::name_signs::CLEAR, page_index::PageIndex},
};

/// Takes the names that pictures tell as they are.
pub(super) fn settle(index: &PageIndex<'_>, items: &mut [Item]) {
    without_caption(index, items);
    as_spelt_beside(index, items);
    as_told_by_picture(index, items);
}

/// Takes off the words that the texts of all logos end in, three at least: "Acme, a sponsor of the fair".
fn without_caption(index: &PageIndex<'_>, items: &mut [Item]) {
    const WORDS: usize = 3;
    if items.len() < 3 || items.iter().any(|item| item.source != NameSource::Alt) {
        return;
    }
    let Some(first) = items.first().map(|item| index.text(&item.range)) else {
        return;
    };
    let common = items.iter().skip(1).fold(first.len(), |common, it| {
        let other = index.text(&it.range).bytes().rev();
        let same = first.bytes().rev().zip(other).take_while(|(a, b)| a == b);
        common.min(same.count())
    });
    // From the first word that all of it is common, and no name without what stands before.
    let tail = first.get(first.len() - common..).unwrap_or_default();
    let Some(start) = tail.find(' ') else { return };
    let tail = &tail[start..];
    let whole = |item: &Item| item.range.len() == tail.len();
    if tail.split(' ').filter(|word| !word.is_empty()).count() < WORDS
        || !tail.trim_start().starts_with(char::is_lowercase)
        || items.iter().any(whole)
    {
        return;
    }
    for item in items {
        item.range = index.trimmed(&(item.range.start..item.range.end - tail.len()));
    }
}

/// Takes the name beside a logo where all logos have one and some of their texts spell it otherwise: in many languages
/// "logo of" declines it, `Logo Głównego Urzędu` beside `Główny Urząd`.
fn as_spelt_beside(index: &PageIndex<'_>, items: &mut [Item]) {
    if items.is_empty() || items.iter().any(|item| item.source != NameSource::Alt) {
        return;
    }
    let Some(beside) = items
        .iter()
        .map(|item| beside(index, item))
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let differ = items
        .iter()
        .zip(&beside)
        .any(|(pair, (_, range))| index.text(&pair.range) != index.text(range));
    if differ {
        for (it, (node, range)) in items.iter_mut().zip(beside) {
            it.node = node;
            it.range = range;
            it.source = NameSource::Text;
        }
    }
}

/// Takes the text of the picture where it has more of the name in most records: `N. Roe` or `Nora` beside a picture of `Nora Roe`.
fn as_told_by_picture(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 3;
    let fuller: Vec<Option<(usize, Range<usize>)>> =
        items.iter().map(|item| picture_of(index, item)).collect();
    let count = fuller.iter().flatten().count();
    if count < LEAST || count * 10 < items.len() * 6 {
        return;
    }
    for (item, fuller) in items.iter_mut().zip(fuller) {
        if let Some((node, range)) = fuller {
            item.node = node;
            item.range = range;
            item.source = NameSource::Alt;
        }
    }
}

/// The text of the picture in a record that begins every word of the name, in their order, and has more of it.
fn picture_of(index: &PageIndex<'_>, item: &Item) -> Option<(usize, Range<usize>)> {
    const NODES: usize = 40;
    const MOST: usize = 4;
    let name = index.text(&item.range);
    let own = |word: &str| word.trim_end_matches('.').to_lowercase();
    let tells = |text: &str| {
        let mut words = text.split(' ');
        let begins = |part: String| words.any(|word| word.to_lowercase().starts_with(&part));
        text.split(' ').count() <= MOST && name.split(' ').map(own).all(begins)
    };
    let initialled = name.split(' ').any(|word| word.ends_with('.'));
    if name.contains(' ') && !initialled || item.source == NameSource::Alt {
        return None;
    }
    item.record.clone().take(NODES).find_map(|node| {
        let span = &index.flow.spans[node];
        let picture = *index.tree.name(node) == local_name!("img");
        if span.is_empty() || !picture || !index.is_alt(span.start) {
            return None;
        }
        let range = index.trimmed_alt(span)?;
        let text = index.text(&range);
        let person = text.contains(' ') && !index.signs(&range).organization;
        // A given name alone is the name, unless the other is beside it.
        let beside = index.text(&(item.range.end..index.flow.spans[item.record.start].end));
        let rest = text.rsplit(' ').next().unwrap_or_default();
        let whole = initialled || beside.split([' ', '\n']).take(2).any(|word| word == rest);
        (person
            && whole
            && text.len() > name.len()
            && index.signs(&range).likeness >= CLEAR
            && tells(text))
        .then_some((node, range))
    })
}

/// The line of a record that looks like a name and begins as the text of its logo does, and the element that holds it.
fn beside(index: &PageIndex<'_>, item: &Item) -> Option<(usize, Range<usize>)> {
    const NODES: usize = 40;
    let words = |text: &str| text.split(' ').count();
    let logo = index.text(&item.range);
    let lead: String = logo.chars().take(4).collect();
    if lead.contains(' ') || lead.chars().count() < 4 {
        return None;
    }
    item.record.clone().take(NODES).find_map(|node| {
        let span = &index.flow.spans[node];
        let text = index.text(span);
        if !text.starts_with(lead.as_str()) || text.contains('\n') || index.is_alt(span.start) {
            return None;
        }
        let range = index.trimmed(span);
        let fits = index.signs(&range).likeness >= CLEAR
            && words(index.text(&range)).abs_diff(words(logo)) <= 2;
        fits.then_some((node, range))
    })
}
