//! What a page says about the names of a claim.

use crate::{
    compare::claim::Place,
    entity::Strategy,
    finding::{Reason, Verdict, Why},
};

/// What a page says about the names of a claim.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamesAnswer {
    /// One answer for each claimed name, in the order of the claim; an ambiguous stretch has as many as the page decides.
    pub names: Vec<NameAnswer>,
    /// The names that the page lists besides the claimed ones.
    pub new: Vec<NewName>,
    /// The lists taken for the list of the claim, the one with most of the names first; empty if none was found.
    pub lists: Vec<ListFound>,
    /// Why nothing can be said about names that were not found, if so.
    pub untold: Option<(Why, String)>,
}

/// What a page says about one claimed name.
#[derive(Clone, Debug, PartialEq)]
pub struct NameAnswer {
    /// The name as the claim spells it.
    pub claimed: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The name as the page spells it, or the name taken for it.
    pub found: Option<String>,
    /// How sure the verdict is, from 0 to 1.
    pub score: f64,
    /// The reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// Where it was found, or where it was searched.
    pub place: Place,
    /// The lists of the page that contain it; those of the claim come first.
    pub held_in: Vec<HeldIn>,
}

/// A list that contains a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldIn {
    /// Its heading.
    pub heading: Option<String>,
    /// The selector of its container.
    pub container: String,
    /// How many names it contains.
    pub size: usize,
}

/// A name that the page lists and that is not in the claim.
#[derive(Clone, Debug, PartialEq)]
pub struct NewName {
    /// The name as the page spells it.
    pub name: String,
    /// Its place.
    pub place: Place,
}

/// A list taken for the list of the claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ListFound {
    /// Its heading.
    pub heading: Option<String>,
    /// The selector of its container.
    pub container: String,
    /// The shape of its items.
    pub fingerprint: String,
    /// The strategy that found it.
    pub strategy: Strategy,
    /// How many names it contains.
    pub size: usize,
    /// How many of the claimed names it contains.
    pub kept: usize,
}
