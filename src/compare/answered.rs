//! The answers of the cited pages to the questions of a profile, in the form from which findings are made.

use std::collections::{BTreeMap, HashMap};

use super::{
    asked::{Answers, Part},
    choice::chosen,
    fates::PageAnswers,
    page::Look,
};
use crate::{
    finding::{Fate, Reason},
    profile::{Claim, ListedName},
};

/// The answers of the pages that a profile cites, except those about its claims, which are many: [`AboutClaims`] returns them.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// About each page, by the number of its reference.
    pub pages: BTreeMap<u32, PageAnswers>,
    /// For each claim whose names are ambiguous in the article, how a page separates them, by the claim's place in the profile and the number of the reference.
    pub choices: HashMap<(usize, u32), Answers>,
    /// What the latest visits of a page found from which nothing follows yet, by the number of its reference.
    pub waiting: BTreeMap<u32, Fate>,
}

/// Returns the answers of the page of a reference about a claim, by the claim's place in the profile and the reference's number;
/// `None` before its first visit.
pub type AboutClaims<'c> = dyn Fn(usize, u32) -> Option<Answers> + 'c;

/// Returns the answers of each copy from another archive of the page of a reference about a claim, oldest first.
pub type OfCopies<'c> = dyn Fn(usize, u32) -> Vec<Answers> + 'c;

/// The input for findings.
pub struct Given<'g, 'l> {
    /// The answers of the pages.
    pub answered: &'g Answered,
    /// Their answers about claims.
    pub claims: &'g AboutClaims<'g>,
    /// What copies from other archives answer about claims.
    pub copies: &'g OfCopies<'g>,
    /// The pages themselves.
    pub look: &'g mut Look<'l>,
}

impl Answered {
    /// Adds the answers of the page of reference `number` to a part of the profile that is not a claim.
    pub fn take(&mut self, part: Part, number: u32, answers: Answers) {
        match (part, answers) {
            (Part::Page, Answers::Page(it)) => drop(self.pages.insert(number, it)),
            (Part::Choice(place), it) => drop(self.choices.insert((place, number), it)),
            (Part::Page | Part::Claim(_), _) => {}
        }
    }

    /// Adds the answers of copies of that page about how names are separated, if its own visits do not separate any.
    pub fn take_from_copies(
        &mut self,
        part: Part,
        number: u32,
        copies: impl Iterator<Item = Answers>,
    ) {
        let parts = |answers: &Answers| matches!(answers, Answers::Choice(answers) if answers.best().is_some());
        let Part::Choice(place) = part else { return };
        if self.choices.get(&(place, number)).is_some_and(parts) {
            return;
        }
        if let Some(copy) = copies.filter(parts).last() {
            self.choices.insert((place, number), copy);
        }
    }

    /// The names of a claim as its pages separate them, with the reasons.
    pub(super) fn names(
        &self,
        place: usize,
        claim: &Claim,
        names: &[ListedName],
    ) -> (Vec<String>, BTreeMap<String, Reason>) {
        let pages = claim
            .cites
            .iter()
            .filter_map(|cite| match self.choices.get(&(place, *cite)) {
                Some(Answers::Choice(cite)) => Some(cite),
                _ => None,
            });
        chosen(names, &pages.collect::<Vec<_>>())
    }
}
