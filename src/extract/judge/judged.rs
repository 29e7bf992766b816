//! A draft that was judged, and the list that it makes.

use std::ops::Range;

use memchr::memchr;

use crate::{
    entity::{EntityList, Evidence, ListKind, NameSource, Strategy},
    extract::{
        draft::{Draft, Item},
        list_item::named,
        location::{anchor_of, fingerprint, template},
        page_index::PageIndex,
        sign::evidence,
    },
    uri::TargetUri,
};

use super::closer_signs::{CLOSER_SIGNS, CloserFacts};
use super::list_signs::{
    FAR_FROM_NAMES, FINDER_SIGNS, LIST_SIGNS, ListFacts, MOST_OF_PARTS, NAMES,
    UNDER_ANOTHER_HEADING,
};

/// The kind of list that a score means.
pub(in crate::extract) fn kind_of(score: f64) -> ListKind {
    if score >= NAMES {
        ListKind::Names
    } else {
        ListKind::Other
    }
}

/// A draft that was judged; a list is made of it only if it is among the best.
pub(in crate::extract) struct Judged<'a> {
    /// The draft, with all the items that its finder saw.
    pub(in crate::extract) draft: &'a Draft,
    /// The items that may be names.
    pub(in crate::extract) items: Vec<Item>,
    /// The kind of list that the score means.
    pub(in crate::extract) kind: ListKind,
    /// How sure it is that the items are names, from 0 to 1.
    pub(in crate::extract) score: f64,
    /// The bytes of the heading.
    heading: Option<Range<usize>>,
    /// The target of the link of each item.
    links: Vec<Option<&'a str>>,
    /// What was measured of every list.
    facts: ListFacts,
    /// What was measured of lists that count as names without it.
    closer: Option<CloserFacts>,
    /// What changed the score afterwards.
    changes: Vec<Evidence>,
    /// Whether it is worth finding out what else the records say.
    wanted: bool,
}

/// What the judge found out about a draft besides its score.
pub(super) struct Found<'a> {
    /// The items that may be names.
    pub(super) items: Vec<Item>,
    /// The bytes of the heading.
    pub(super) heading: Option<Range<usize>>,
    /// The target of the link of each item.
    pub(super) links: Vec<Option<&'a str>>,
    /// What was measured of every list.
    pub(super) facts: ListFacts,
    /// What was measured of lists that count as names without it.
    pub(super) closer: Option<CloserFacts>,
}

impl<'a> Judged<'a> {
    /// A draft with its score, which can be any number.
    pub(super) fn new(draft: &'a Draft, found: Found<'a>, score: f64) -> Self {
        Self {
            draft,
            items: found.items,
            kind: kind_of(score),
            score: score.clamp(0.0, 1.0),
            heading: found.heading,
            links: found.links,
            facts: found.facts,
            closer: found.closer,
            changes: Vec::new(),
            wanted: score > FAR_FROM_NAMES,
        }
    }

    /// The evidence behind the score.
    fn evidence(&self) -> Vec<Evidence> {
        let mut rows = evidence(LIST_SIGNS, &self.facts);
        rows.extend(evidence(FINDER_SIGNS, self.draft));
        rows.extend(
            self.closer
                .iter()
                .flat_map(|facts| evidence(CLOSER_SIGNS, facts)),
        );
        rows.extend(self.changes.iter().cloned());
        rows
    }

    /// Changes the score for a reason outside the list.
    pub(super) fn rescore(&mut self, score: f64, sign: &'static str) {
        self.changes.push(Evidence::new(sign, score - self.score));
        self.score = score;
        self.kind = kind_of(score);
    }

    /// Some of the items as a list of their own under a heading; none of names if the heading says that something else follows.
    pub(super) fn part(
        &self,
        index: &PageIndex<'_>,
        items: Range<usize>,
        heading: Option<Range<usize>>,
    ) -> Self {
        let other = heading.as_ref().is_some_and(|it| index.telling(it).other);
        let mut part = Self {
            draft: self.draft,
            items: self.items[items.clone()].to_vec(),
            kind: self.kind,
            score: self.score,
            heading,
            links: self.links[items].to_vec(),
            facts: self.facts,
            closer: self.closer,
            changes: self.changes.clone(),
            wanted: self.wanted,
        };
        if other && !self.facts.heading_other {
            part.rescore(self.score.min(MOST_OF_PARTS), UNDER_ANOTHER_HEADING);
        }
        part
    }

    /// Whether the list has a heading.
    pub(in crate::extract) fn is_headed(&self) -> bool {
        self.heading.is_some()
    }

    /// Where the heading begins, in bytes of the text.
    pub(super) fn heading_start(&self) -> Option<usize> {
        self.heading.as_ref().map(|heading| heading.start)
    }

    /// The heading, in one line.
    pub(in crate::extract) fn heading(&self, index: &PageIndex<'_>) -> Option<String> {
        let range = self.heading.as_ref()?;
        let text = index.text(range);
        if memchr(b'\n', text.as_bytes()).is_some() {
            return Some(plain_heading(&without_alts(index, range.start, text)).to_owned());
        }
        Some(plain_heading(text).to_owned())
    }

    /// The list that the draft makes.
    pub(in crate::extract) fn list(
        &self,
        index: &PageIndex<'a>,
        uri: Option<&TargetUri>,
    ) -> Option<EntityList> {
        let first = self.items.first()?;
        let both = self.items.iter().zip(&self.links);
        Some(EntityList {
            heading: self.heading(index),
            anchor: anchor_of(index, self.draft.container, self.heading.as_ref()),
            container: index.css(self.draft.container),
            fingerprint: fingerprint(index, self.draft, first),
            template: template(index, first),
            strategy: strategy(self.draft, &self.items),
            kind: self.kind,
            score: self.score,
            evidence: self.evidence(),
            items: both
                .map(|(item, link)| named(index, uri, item, *link, self.wanted))
                .collect(),
        })
    }
}

/// The strategy of the draft, or logos if all names are alternative texts.
fn strategy(draft: &Draft, items: &[Item]) -> Strategy {
    let logos = items.iter().all(|item| item.source == NameSource::Alt);
    match draft.strategy {
        Strategy::Cards | Strategy::Lines | Strategy::Prose if logos => Strategy::Logos,
        other => other,
    }
}

/// The lines of a heading that begins at `start`, as one line, without the texts of its images if it has other text.
fn without_alts(index: &PageIndex<'_>, start: usize, text: &str) -> String {
    let mut at = start;
    let mut lines: Vec<(bool, &str)> = Vec::new();
    for line in text.split('\n') {
        lines.push((index.is_alt(at), line));
        at += line.len() + 1;
    }
    let only_alts = lines.iter().all(|line| line.0);
    let kept = lines.iter().filter(|line| only_alts || !line.0);
    kept.map(|line| line.1).collect::<Vec<_>>().join(" ")
}

/// A heading without the texts after it for linking or editing: "[edit]", "¶", "#".
fn plain_heading(text: &str) -> &str {
    let text = text.trim_end_matches([':', '¶', '#', ' ', '🔗']);
    match text.rfind('[') {
        Some(at) if at > 0 && text.ends_with(']') && text.len() - at <= 20 => text[..at].trim_end(),
        _ => text,
    }
}
