//! Finds the lists of a page in all known ways, one file per strategy.

use super::{draft::Draft, page_index::PageIndex, record::without_asides};

mod cards;
pub(super) mod data;
mod definitions;
mod fields;
mod headings;
mod items;
pub(super) mod labels;
mod line_fields;
mod lines;
mod offices;
mod prose;
pub(super) mod selector;
mod siblings;
mod sole;
mod tables;

pub(super) use siblings::is_index;

/// The drafts of all strategies that read names from the text. They overlap; the judge chooses.
pub(super) fn drafts(index: &PageIndex<'_>) -> Vec<Draft> {
    let records: [fn(&PageIndex<'_>) -> Vec<Draft>; 4] =
        [items::find, cards::find, definitions::find, tables::find];
    let running: [fn(&PageIndex<'_>) -> Vec<Draft>; 5] = [
        headings::find,
        lines::find,
        prose::find,
        sole::find,
        offices::find,
    ];
    let mut drafts: Vec<Draft> = records.iter().flat_map(|find| find(index)).collect();
    for mut draft in running.iter().flat_map(|find| find(index)) {
        without_asides(index, &mut draft.items);
        drafts.push(draft);
    }
    drafts
}
