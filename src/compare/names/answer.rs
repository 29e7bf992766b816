//! What a page says about a claim's names.

use crate::{
    compare::claim::Place,
    entity::Strategy,
    finding::{Reason, Verdict, Why},
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
