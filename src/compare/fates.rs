//! What the visits of one page say about the page itself: what became of it, and which names it lists.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    fate::{fate, unjudged},
    likeness::reason,
    name_key::NameKey,
    names::Place,
    page::Page,
    state,
    time::track::Track,
};
use crate::{
    capture::is_redirect,
    clock::Instant,
    entity::ListKind,
    finding::{Conclusion, Evidence, Fate, Finding, FindingId, History, Reason, Subject},
    profile::Reference,
};

/// What the visits of one page say about it, from the first to the latest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageAnswers {
    fates: Track<Told>,
    /// Marks of the names that it lists, sorted; empty where nobody asked for them.
    listed: Vec<u32>,
    /// The first of the visits that list them.
    listed_at: Option<Instant>,
}

/// What visits say about a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Told {
    fate: Fate,
    reasons: Vec<Reason>,
    evidence: Vec<Evidence>,
}

impl PageAnswers {
    /// Goes on with the visits that begin with this page; those before ended at `closed`. `lists` says whether its names
    /// are wanted.
    pub(super) fn extend(&mut self, lists: bool, page: &Page<'_>, closed: Option<Instant>) {
        let Some(date) = page.date() else { return };
        self.fates.close(closed);
        let now = fate(&page.visited);
        self.fates.tell(
            date,
            |it| it.fate == now,
            || Told {
                fate: now.clone(),
                reasons: reasons(page),
                evidence: page.witness().evidence(&Place {
                    note: redirects(page),
                    ..Place::default()
                }),
            },
        );
        if !lists || unjudged(&page.visited).is_some() {
            return;
        }
        if let Some(reading) = page.visited.reading
            && !state::is_opaque(reading.state)
        {
            let lists = reading.lists.iter().filter(|it| it.kind == ListKind::Names);
            let names: BTreeSet<&str> = lists
                .flat_map(|it| &it.items)
                .map(|it| it.surface.as_str())
                .collect();
            self.listed = names
                .into_iter()
                .flat_map(|it| marks(&NameKey::of(it)))
                .collect();
            self.listed.sort_unstable();
            self.listed.dedup();
            self.listed_at = Some(date);
        }
    }

    /// When the page listed a name, if it may do so now: whether it really does, its reading says.
    pub(super) fn may_list(&self, name: &NameKey) -> Option<Instant> {
        let has = |it: &u32| self.listed.binary_search(it).is_ok();
        self.listed_at.filter(|_| marks(name).iter().any(has))
    }
}

/// Digests of the forms of a name by which another spelling of it can be found.
fn marks(key: &NameKey) -> Vec<u32> {
    let mut words: Vec<&str> = key.tokens.iter().map(|it| it.text.as_str()).collect();
    words.sort_unstable();
    let forms = [
        key.compact.clone(),
        key.core.clone(),
        key.letters.clone(),
        words.concat(),
    ];
    let mut marks: Vec<u32> = forms
        .iter()
        .filter(|it| !it.is_empty())
        .map(|it| mark(it))
        .collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// FNV-1a, 32 bits: the same on every machine, and short.
fn mark(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// How many redirects led there, for people.
fn redirects(page: &Page<'_>) -> Option<String> {
    let before = page.visited.hops.iter().rev().skip(1);
    let hops = before
        .filter(|it| it.status().is_some_and(is_redirect))
        .count();
    (hops > 0).then(|| format!("after {hops} redirect{}", if hops == 1 { "" } else { "s" }))
}

/// What on the page tells its state.
fn reasons(page: &Page<'_>) -> Vec<Reason> {
    page.visited.reading.map_or_else(Vec::new, |reading| {
        let telling = reading
            .signals
            .iter()
            .filter(|it| it.speaks_for == reading.state);
        telling.map(|it| reason(&it.what, it.weight)).collect()
    })
}

/// The finding on a reference's page; `waiting` is what its latest visits met that nothing is concluded from yet.
pub(super) fn of_reference(
    name: &str,
    reference: &Reference,
    answers: Option<&PageAnswers>,
    waiting: Option<&Fate>,
) -> Finding {
    let track = answers.map(|it| &it.fates);
    let edges: Vec<(Instant, &Fate)> = track
        .into_iter()
        .flat_map(Track::edges)
        .map(|(date, it)| (date, &it.fate))
        .collect();
    let latest = track.and_then(Track::latest);
    let now = match (&reference.url, latest) {
        (None, _) => Fate::NoAddress,
        (_, None) => match waiting {
            Some(
                Fate::Unreachable { detail } | Fate::Refused { detail } | Fate::Walled { detail },
            ) => Fate::Waiting {
                detail: detail.clone(),
            },
            _ => Fate::Unvisited,
        },
        (_, Some(run)) => run.said.fate.clone(),
    };
    let there = |it: &&(Instant, &Fate)| matches!(it.1, Fate::Live | Fate::Moved { .. });
    let otherwise = edges.iter().rfind(|it| *it.1 != now).map(|it| it.0);
    let history = History {
        first_judged: edges.first().map(|it| it.0),
        first_seen: edges.iter().find(there).map(|it| it.0),
        last_seen: edges.iter().rfind(there).map(|it| it.0),
        changed_after: otherwise,
        changed_by: otherwise.and_then(|after| edges.iter().find(|it| it.0 > after).map(|it| it.0)),
        ..History::default()
    };
    let (reasons, evidence) = latest.map_or_else(Default::default, |it| {
        (it.said.reasons.clone(), it.said.evidence.clone())
    });
    let subject = Subject::Reference {
        number: reference.number,
    };
    let conclusion = Conclusion::Fate(now);
    Finding {
        id: FindingId::of(name, &subject, &conclusion),
        profile: name.to_owned(),
        subject,
        cites: vec![reference.number],
        conclusion,
        confidence: if reasons.is_empty() { 1.0 } else { 0.9 },
        reasons,
        evidence,
        history,
        copy: None,
    }
}
