//! Other claims that cite the same page: where their words are on it, it is the page that the article cites.

use super::{claim::Scope, page_text::PageText, words::quotation};
use crate::{
    finding::Verdict,
    profile::{ListedName, Statement},
    text::weight,
};

/// Shorter words may be on any page.
const SHORTEST: usize = 16;

/// The same for a name, of which several are needed.
const SHORTEST_NAME: usize = 8;

/// How many names of a list must be there.
const NAMES: usize = 2;

/// How many names of a list are looked for.
const MOST_NAMES: usize = 12;

/// A few other statements about the same page whose words can show that it is the page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a>([Option<&'a Statement>; Beside::MOST]);

impl Beside<'_> {
    /// How many of them are looked at.
    pub(super) const MOST: usize = 4;
}

impl<'a> Beside<'a> {
    /// The first of `all` that can show it, without `own`.
    pub(super) fn of(all: &[&'a Statement], own: &Statement) -> Self {
        let mut found = Self::default();
        let others = all.iter().filter(|other| !std::ptr::eq(**other, own));
        for (place, other) in found.0.iter_mut().zip(others) {
            *place = Some(other);
        }
        found
    }

    /// Whether the words of a statement are so many that no other page is likely to have them.
    pub(super) fn can_show(statement: &Statement) -> bool {
        match statement {
            Statement::Quoted { exact } => weight(exact) >= SHORTEST,
            Statement::Listed { names, .. } => names_of(names).count() >= NAMES,
            Statement::Figure { .. } | Statement::Stated { .. } | Statement::Relation { .. } => {
                false
            }
        }
    }

    /// The statements.
    pub(super) fn statements(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        self.0.into_iter().flatten()
    }

    /// Whether one of them is on the page.
    pub(super) fn is_on(&self, page: &PageText<'_>) -> bool {
        let is_there = |words: &str| {
            let answer = quotation::in_page(words, page, Scope::default());
            answer.verdict == Verdict::Present
        };
        self.statements().any(|statement| match statement {
            Statement::Quoted { exact } => is_there(exact),
            Statement::Listed { names, .. } => {
                let there = names_of(names)
                    .take(MOST_NAMES)
                    .filter(|name| is_there(name));
                there.take(NAMES).count() == NAMES
            }
            _ => false,
        })
    }
}

/// The names of a list that are long enough to be told from other words.
fn names_of(names: &[ListedName]) -> impl Iterator<Item = &str> {
    names.iter().filter_map(|name| match name {
        ListedName::One(name) if weight(name) >= SHORTEST_NAME => Some(name.as_str()),
        _ => None,
    })
}
