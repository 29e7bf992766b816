//! Lists as the finders draft them, before they are judged.

use std::ops::Range;

use crate::entity::{NameSource, Strategy};

/// A list before it is judged.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// The strategy that found it.
    pub(super) strategy: Strategy,
    /// The node of the element that contains all items.
    pub(super) container: usize,
    /// A line before the first item that says what the items are, in bytes of the text.
    pub(super) caption: Option<Range<usize>>,
    /// Its items, in the order in which the finder met them.
    pub(super) items: Vec<Item>,
    /// What the finder saw, each with how much of it there is, from 0 to 1.
    pub(super) observed: Vec<(Observed, f64)>,
}

impl Draft {
    /// How much of something the finder saw, from 0 to 1.
    pub(super) fn observed(&self, what: Observed) -> f64 {
        let seen = self.observed.iter().find(|seen| seen.0 == what);
        seen.map_or(0.0, |seen| seen.1)
    }
}

/// An item of a list before it is judged.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// The node of the element that contains the name.
    pub(super) node: usize,
    /// The nodes of the record that the item names.
    pub(super) record: Range<usize>,
    /// The bytes of the name in the text.
    pub(super) range: Range<usize>,
    /// What the name was read from.
    pub(super) source: NameSource,
}

/// What a finder sees of a list that the judge cannot see in its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observed {
    /// A few records that have nothing in common but their tag.
    Motley,
    /// The records are lists themselves.
    ListsOfLists,
    /// Most items are countries, above the names of others.
    Countries,
    /// Most headings have only images with texts below them.
    TiersOfLogos,
    /// The lines are an organization and its address.
    Address,
    /// The terms of a definition list.
    Terms,
    /// The first column of a table.
    FirstColumn,
    /// The share of cells of a column that repeat another cell.
    RepeatedCells,
    /// The title of a column is a word for names: "Organization".
    ColumnOfNames,
    /// The title of a column has a word for members in it.
    ColumnOfMembers,
    /// The title of a column contains the word "name".
    ColumnOfSomeName,
    /// The title of a column is "Title".
    ColumnOfTitles,
    /// The title of a column says that it contains something else.
    ColumnOfOthers,
    /// A sentence says that one name follows: "our partner is".
    Sole,
    /// The words before an enumeration say that names follow.
    Announced,
    /// Commas separate members, and nothing says that these are names.
    OnlyCommas,
    /// The same inside one of several list items.
    CommasInItem,
    /// Two members, and nothing says that these are names.
    OnlyTwo,
}
