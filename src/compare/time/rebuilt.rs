//! Lists that changed their kind or their heading while their names stayed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Instant,
    compare::names::{ListFound, headings::heading_key},
    entity::Strategy,
    finding::Evidence,
};

/// A list as visits found it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::compare) struct MainList {
    kind: String,
    heading: Option<String>,
    /// The claimed names in it, by index in the claim.
    there: BTreeSet<usize>,
    /// The latest visit that found it.
    last: Instant,
    /// Whether the latest visits found it.
    pub(in crate::compare) is_latest: bool,
    /// The element that contained it.
    evidence: Vec<Evidence>,
}

/// A change in the form of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::compare) struct Rebuilt {
    /// The old form, in words.
    pub(in crate::compare) from: String,
    /// The new form, in words.
    pub(in crate::compare) to: String,
    /// The last visit with the old form.
    pub(in crate::compare) after: Instant,
    /// The first visit with the new form.
    pub(in crate::compare) by: Instant,
    /// How many of the claimed names stayed.
    pub(in crate::compare) kept: usize,
    /// The elements that contain it now, and contained it before.
    pub(in crate::compare) evidence: Vec<Evidence>,
}

impl MainList {
    /// The list that contains the names `there` at one visit.
    pub(in crate::compare) fn of(
        list: &ListFound,
        there: BTreeSet<usize>,
        at: Instant,
        evidence: impl FnOnce() -> Vec<Evidence>,
    ) -> Self {
        Self {
            kind: kind(list.strategy).to_owned(),
            heading: list.heading.clone(),
            there,
            last: at,
            is_latest: true,
            evidence: evidence(),
        }
    }

    /// Records the end of the latest visits, now that others follow.
    pub(in crate::compare) fn close(&mut self, closed: Option<Instant>) {
        if let Some(closed) = closed.filter(|_| self.is_latest) {
            self.last = closed;
        }
    }

    fn in_words(&self) -> String {
        match &self.heading {
            Some(heading) => format!("{} under \"{heading}\"", self.kind),
            None => self.kind.clone(),
        }
    }
}

impl Rebuilt {
    /// The change between two forms of a list; `None` if kind and heading, or too few names, stayed.
    pub(in crate::compare) fn between(
        then: &MainList,
        now: &MainList,
        kept: usize,
    ) -> Option<Self> {
        let key = |main_list: &MainList| main_list.heading.as_deref().map(heading_key);
        let other_heading = key(then)
            .zip(key(now))
            .is_some_and(|(then, now)| then != now);
        let stayed = then.there.intersection(&now.there).count();
        let names_stayed = !then.there.is_empty() && stayed * 5 >= then.there.len() * 4;
        if !names_stayed || (then.kind == now.kind && !other_heading) {
            return None;
        }
        let mut evidence = now.evidence.clone();
        evidence.extend(then.evidence.iter().cloned());
        Some(Self {
            from: then.in_words(),
            to: now.in_words(),
            after: then.last,
            by: now.last,
            kept,
            evidence,
        })
    }
}

/// The words for a kind of list.
fn kind(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::ListItems | Strategy::Selector => "a list",
        Strategy::TableColumn => "a table",
        Strategy::Cards => "cards",
        Strategy::DefinitionList => "a definition list",
        Strategy::Lines | Strategy::PlainLines => "lines of text",
        Strategy::Prose => "running text",
        Strategy::Headings => "headings",
        Strategy::Logos => "logos",
        Strategy::Structured => "data in the page",
    }
}
