//! Where the pages part names that the article leaves open: `A, B and C` may be one name or several.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{claim::scope_of, fate::unjudged, names::judge, page::Page};
use crate::{
    clock::Instant,
    finding::Reason,
    profile::{Alias, ListedName, Reference},
};

/// What the visits of one page say about where names are parted: the visit that has most of them decides, of several the latest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChoiceAnswers {
    best: Option<Choice>,
}

/// The names as one visit parts them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// How many of them it has.
    there: usize,
    /// When it was.
    date: Instant,
    /// The names.
    pub names: Vec<String>,
    /// Why names are parted so.
    pub why: BTreeMap<String, Reason>,
}

impl ChoiceAnswers {
    /// The names as the visits of this page part them.
    #[must_use]
    pub fn best(&self) -> Option<&Choice> {
        self.best.as_ref()
    }

    /// Adds what a further visit of the page says.
    pub(super) fn extend(
        &mut self,
        (reference, names, aliases): (&Reference, &[ListedName], &[Alias]),
        page: &Page<'_>,
    ) {
        let (Some(reading), Some(date), None) =
            (page.visited.reading, page.date(), unjudged(&page.visited))
        else {
            return;
        };
        let seen = (page.text(reading), page.pool(reading));
        let (answer, _) = judge(names, seen, scope_of(reference), aliases, None);
        let there = answer
            .names
            .iter()
            .filter(|name| name.found.is_some())
            .count();
        if self
            .best
            .as_ref()
            .is_some_and(|best| (there, date) <= (best.there, best.date))
        {
            return;
        }
        let why = answer.names.iter().filter_map(|name| {
            let reason = name.reasons.last().filter(|reason| reason.weight == 0.0)?;
            Some((name.claimed.clone(), reason.clone()))
        });
        self.best = Some(Choice {
            there,
            date,
            why: why.collect(),
            names: answer
                .names
                .iter()
                .map(|name| name.claimed.clone())
                .collect(),
        });
    }
}

/// The names of a claim as its pages part them, in the order in which it cites them; each name of a choice by itself where none does.
pub(super) fn chosen(
    names: &[ListedName],
    pages: &[&ChoiceAnswers],
) -> (Vec<String>, BTreeMap<String, Reason>) {
    let mut best: Option<&Choice> = None;
    for it in pages.iter().filter_map(|page| page.best()) {
        if best.is_none_or(|best| (it.there, it.date) > (best.there, best.date)) {
            best = Some(it);
        }
    }
    match best {
        Some(it) => (it.names.clone(), it.why.clone()),
        None => (plain(names), BTreeMap::new()),
    }
}

/// Each name by itself.
fn plain(names: &[ListedName]) -> Vec<String> {
    names
        .iter()
        .flat_map(|label| match label {
            ListedName::One(name) => vec![name.clone()],
            ListedName::Ambiguous(parts) => parts.clone(),
        })
        .collect()
}

/// Whether the article leaves open how the names of a list are parted.
pub(super) fn is_open(names: &[ListedName]) -> bool {
    names
        .iter()
        .any(|name| matches!(name, ListedName::Ambiguous(_)))
}
