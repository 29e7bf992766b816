//! The items of `ul`, `ol` and `menu`.

use crate::{
    entity::Strategy,
    extract::{draft::Draft, page_index::PageIndex},
};

use super::siblings;

/// Finds the lists of list items.
pub(super) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let groups = siblings::groups(index, Strategy::ListItems);
    let drafts = groups.iter().map(|group| siblings::draft(index, group));
    drafts.flatten().collect()
}
