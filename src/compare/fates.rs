//! What the visits of one page say about the page itself: its fate, and the names that it lists.

use crate::compare::grounds::time::FATE_BY_SIGNS;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    before::Before,
    claim::Place,
    fate::{fate, unjudged},
    names::{key::NameKey, likeness::reason},
    page::Page,
    proof::Kinship,
    state,
    time::track::Track,
};
use crate::{
    capture::is_redirect,
    clock::Instant,
    entity::ListKind,
    finding::{Conclusion, Evidence, Fate, Finding, History, Reason, Subject},
    profile::Reference,
    reading::PageState,
    text::fold,
    uri::TargetUri,
};

/// What the visits of one page say about it, from the first to the latest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageAnswers {
    fates: Track<PageSaid>,
    /// Digests of the names that it lists, sorted; empty unless requested.
    listed: Vec<u32>,
    /// The first of the visits that list them.
    listed_at: Option<Instant>,
    /// The content of the page while it was at its address.
    #[serde(default)]
    before: Before,
    /// Its title at that time, folded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
}

/// What visits say about a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PageSaid {
    fate: Fate,
    /// Whether the target of a redirect is the page, by its text and title; `None` if unclear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_page: Option<bool>,
    reasons: Vec<Reason>,
    evidence: Vec<Evidence>,
}

impl PageAnswers {
    /// Continues with the visits that begin with this page; the ones before ended at `closed`. `lists` says whether its names
    /// are wanted.
    pub(super) fn extend(
        &mut self,
        (reference, lists): (&Reference, bool),
        page: &Page<'_>,
        closed: Option<Instant>,
    ) {
        let Some(date) = page.date() else { return };
        self.fates.close(closed);
        let now = fate(&page.visited);
        let is_page = self.is_page(&now, reference, page);
        self.fates.tell(
            date,
            |fate| fate.fate == now && fate.is_page == is_page,
            || PageSaid {
                fate: now.clone(),
                is_page,
                reasons: reasons(page),
                evidence: page.witness().evidence(&Place {
                    note: captured_as(reference, page).or_else(|| redirects(page)),
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
            let lists = reading
                .lists
                .iter()
                .filter(|list| list.kind == ListKind::Names);
            let names: BTreeSet<&str> = lists
                .flat_map(|list| &list.items)
                .map(|name| name.surface.as_str())
                .collect();
            self.listed = names
                .into_iter()
                .flat_map(|name| marks(&NameKey::of(name)))
                .collect();
            self.listed.sort_unstable();
            self.listed.dedup();
            self.listed_at = Some(date);
        }
    }

    /// Whether the target of a redirect is the page: by its earlier content, or by the title in the article. Remembers the content at its
    /// own address.
    fn is_page(&mut self, now: &Fate, reference: &Reference, page: &Page<'_>) -> Option<bool> {
        let reading = page.visited.reading?;
        let title = fold(reading.title.as_deref().unwrap_or_default());
        match now {
            Fate::Live if reading.state == PageState::Content => {
                self.before.learn(page, reading, true);
                self.title = title;
                None
            }
            Fate::Moved { .. } => {
                let cited = fold(reference.title.as_deref().unwrap_or_default());
                if is_same_title(&title, &self.title) || is_same_title(&title, &cited) {
                    return Some(true);
                }
                let kinship = self.before.kinship(page, reading)?;
                Some(kinship == Kinship::Page)
            }
            _ => None,
        }
    }

    /// When the page listed a name, if it may list it now; only its reading shows whether it really does.
    pub(super) fn may_list(&self, name: &NameKey) -> Option<Instant> {
        let has = |number: &u32| self.listed.binary_search(number).is_ok();
        self.listed_at.filter(|_| marks(name).iter().any(has))
    }
}

/// Whether two folded titles are the same, or one is the other with additions, such as the name of a site.
fn is_same_title(one: &str, other: &str) -> bool {
    const FEWEST: usize = 8;
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short.chars().count() >= FEWEST && long.contains(short)
}

impl PageSaid {
    /// The fate, once it is known whether the cited words are there: a redirect to another page is not a move.
    fn judged(&self, rest: Rest) -> Fate {
        match &self.fate {
            Fate::Moved { to, permanent } => {
                let known = self.is_page == Some(true) || rest == Rest::There;
                if !known && (self.is_page == Some(false) || rest == Rest::Lost) {
                    Fate::RedirectedAway {
                        to: to.clone(),
                        detail: "another page is there, without what is cited".to_owned(),
                    }
                } else {
                    Fate::Moved {
                        to: to.clone(),
                        // The address is only changed to one that is known to have the page.
                        permanent: *permanent && known,
                    }
                }
            }
            // An address can look like that of a home page and have the cited content.
            Fate::RedirectedAway { to, .. } if rest == Rest::There => Fate::Moved {
                to: to.clone(),
                permanent: false,
            },
            other => other.clone(),
        }
    }
}

/// What the latest visits of a page say about everything that rests on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Some of it is there.
    There,
    /// Some of it is gone, and the rest is unclear.
    Lost,
    /// Nothing rests on it, or everything is unclear.
    Untold,
}

impl Rest {
    /// Summarizes whether the page has what rests on it; `None` means unclear.
    pub(super) fn of(has_it: impl Iterator<Item = Option<bool>>) -> Self {
        let mut rest = Self::Untold;
        for has_it in has_it.flatten() {
            if has_it {
                return Self::There;
            }
            rest = Self::Lost;
        }
        rest
    }
}

/// Digests of the forms of a name by which another spelling of it can be found.
fn marks(key: &NameKey) -> Vec<u32> {
    let mut words: Vec<&str> = key.tokens.iter().map(|token| token.text.as_str()).collect();
    words.sort_unstable();
    let forms = [
        key.compact.clone(),
        key.core.clone(),
        key.letters.clone(),
        words.concat(),
    ];
    let mut marks: Vec<u32> = forms
        .iter()
        .filter(|form| !form.is_empty())
        .map(|form| mark(form))
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

/// The address under which the page was captured, for people, if it is not the cited one.
fn captured_as(reference: &Reference, page: &Page<'_>) -> Option<String> {
    let (cited, _) = TargetUri::parse(reference.url.as_deref()?).ok()?;
    let first = &page.visited.hops.first()?.target_uri;
    (*first != cited).then(|| format!("captured as {first}"))
}

/// How many redirects led there, for people.
fn redirects(page: &Page<'_>) -> Option<String> {
    let before = page.visited.hops.iter().rev().skip(1);
    let hops = before
        .filter(|before| before.status().is_some_and(is_redirect))
        .count();
    (hops > 0).then(|| format!("after {hops} redirect{}", if hops == 1 { "" } else { "s" }))
}

/// The signs for the state of the page.
fn reasons(page: &Page<'_>) -> Vec<Reason> {
    page.visited.reading.map_or_else(Vec::new, |reading| {
        let telling = reading
            .signals
            .iter()
            .filter(|signal| signal.speaks_for == reading.state);
        telling
            .map(|telling| reason(&telling.what, telling.weight))
            .collect()
    })
}

/// The finding about the page of a reference; `waiting` is what its latest visits found from which nothing follows yet, `rest` what they say
/// about everything that rests on it.
pub(super) fn of_reference(
    name: &str,
    reference: &Reference,
    answers: Option<&PageAnswers>,
    (waiting, rest): (Option<&Fate>, &dyn Fn() -> Rest),
) -> Finding {
    let track = answers.map(|answer| &answer.fates);
    let moved = track.is_some_and(|track| {
        let mut edges = track.edges();
        edges.any(|(_, edge)| matches!(edge.fate, Fate::Moved { .. } | Fate::RedirectedAway { .. }))
    });
    let rest = if moved { rest() } else { Rest::Untold };
    let edges: Vec<(Instant, Fate)> = track
        .into_iter()
        .flat_map(Track::edges)
        .map(|(date, edge)| (date, edge.judged(rest)))
        .collect();
    let latest = track.and_then(Track::latest);
    let now = match (&reference.url, latest) {
        (None, _) => Fate::NoAddress,
        (_, None) => unvisited(waiting),
        (_, Some(run)) => run.said.judged(rest),
    };
    let history = history_of(&edges, &now);
    let (reasons, evidence) = latest.map_or_else(Default::default, |latest| {
        (latest.said.reasons.clone(), latest.said.evidence.clone())
    });
    let subject = Subject::Reference {
        number: reference.number,
    };
    let conclusion = Conclusion::Fate(now);
    Finding {
        confidence: if reasons.is_empty() {
            1.0
        } else {
            FATE_BY_SIGNS
        },
        reasons,
        evidence,
        history,
        ..Finding::of(name, subject, conclusion, &[reference.number])
    }
}

/// The fate of a page without a visit that counts, from what the latest ones met.
fn unvisited(waiting: Option<&Fate>) -> Fate {
    match waiting {
        Some(Fate::Unreachable { detail } | Fate::Refused { detail } | Fate::Walled { detail }) => {
            Fate::Waiting {
                detail: detail.clone(),
            }
        }
        _ => Fate::Unvisited,
    }
}

/// Since when a page has had its fate.
fn history_of(edges: &[(Instant, Fate)], now: &Fate) -> History {
    let there = |edge: &&(Instant, Fate)| matches!(edge.1, Fate::Live | Fate::Moved { .. });
    let otherwise = edges.iter().rfind(|edge| edge.1 != *now).map(|edge| edge.0);
    let changed_by = otherwise.and_then(|after| edges.iter().find(|edge| edge.0 > after));
    History {
        first_judged: edges.first().map(|edge| edge.0),
        first_seen: edges.iter().find(there).map(|edge| edge.0),
        last_seen: edges.iter().rfind(there).map(|edge| edge.0),
        changed_after: otherwise,
        changed_by: changed_by.map(|edge| edge.0),
        ..History::default()
    }
}
