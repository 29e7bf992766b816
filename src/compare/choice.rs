//! How the pages separate ambiguous names of an article: `A, B and C` can be one name or several.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{claim::scope_of, fate::unjudged, names::judge, page::Page};
use crate::{
    clock::Instant,
    finding::Reason,
    profile::{Alias, ListedName, Reference},
};

/// How the visits of one page separate names: the visit with most of the names decides; among several, the latest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChoiceAnswers {
    best: Option<Choice>,
}

/// The names as one visit separates them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// How many of the names it has.
    there: usize,
    /// The date of the visit.
    date: Instant,
    /// The names.
    pub names: Vec<String>,
    /// Why names are separated in this way.
    pub why: BTreeMap<String, Reason>,
}

impl ChoiceAnswers {
    /// The names as the visits of this page separate them.
    #[must_use]
    pub fn best(&self) -> Option<&Choice> {
        self.best.as_ref()
    }

    /// Adds a further visit of the page.
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

/// The names of a claim as its pages separate them, in the order in which it cites the pages; if no page separates a choice, each name is separate.
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

/// Each name separately.
fn plain(names: &[ListedName]) -> Vec<String> {
    names
        .iter()
        .flat_map(|label| match label {
            ListedName::One(name) => vec![name.clone()],
            ListedName::Ambiguous(parts) => parts.clone(),
        })
        .collect()
}

/// Whether names of a list are ambiguous in the article.
pub(super) fn is_open(names: &[ListedName]) -> bool {
    names
        .iter()
        .any(|name| matches!(name, ListedName::Ambiguous(_)))
}
