//! Repeated siblings of one shape, each with a heading, a link or an image that names it.

use crate::{
    entity::Strategy,
    extract::{draft::Draft, page_index::PageIndex},
};

use super::siblings;

/// Finds the rows of cards.
pub(super) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let groups = siblings::groups(index, Strategy::Cards);
    let drafts = groups.iter().map(|group| siblings::draft(index, group));
    drafts.flatten().collect()
}
