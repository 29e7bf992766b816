//! Claimed names that the page has as one with others, and claimed names that it has as several.

use std::collections::BTreeSet;

use super::{
    judged::Judged,
    likeness::{Grade, likeness, reason, round},
    name_key::NameKey,
    names::NameAnswer,
    region::Known,
    words,
};
use crate::{
    entity::ListKind,
    finding::{Reason, Verdict, Why},
};

/// What joins names into one: `Alder House & Birch Fund`.
const JOINTS: [&str; 8] = [" and ", " & ", " + ", " / ", "/", " – ", " - ", ", "];

/// Looks at the names that were not found under their own spelling: several that one name of the list stands for are
/// merged, one that several names stand for is split. `used` are the list's names that serve a claimed name.
///
/// A name that the list had at an earlier visit already, beside the claimed ones, stands for none of them.
pub(super) fn apply(
    judged: &Judged<'_>,
    known: Option<&Known>,
    names: &mut [NameAnswer],
    used: &mut BTreeSet<usize>,
) {
    let open: Vec<usize> = (0..names.len())
        .filter(|at| names.get(*at).is_some_and(is_open))
        .collect();
    if open.is_empty() || judged.members.is_empty() {
        return;
    }
    let served: BTreeSet<String> = names
        .iter()
        .filter(|it| !is_open(it))
        .filter_map(|it| it.found.clone())
        .collect();
    let fresh: Vec<usize> = judged
        .members
        .iter()
        .copied()
        .filter(|at| {
            judged.pool.names.get(*at).is_some_and(|it| {
                !served.contains(&it.item.surface)
                    && known.is_none_or(|known| !known.names.contains(&it.key.exact))
            })
        })
        .collect();
    let mut open = open;
    for &at in &fresh {
        let merged = merged(judged, &open, at);
        if merged.len() < 2 {
            continue;
        }
        for one in &merged {
            tell_merged(judged, names, (*one, at), &merged);
        }
        used.insert(at);
        open.retain(|it| !merged.contains(it));
    }
    for at in open {
        let Some(key) = judged.keys.get(at) else {
            continue;
        };
        if let Some((places, why)) = split(judged, key, &fresh, known) {
            tell_split(judged, names, at, &places, why);
            used.extend(places.iter().filter(|it| fresh.contains(it)));
        }
    }
}

/// Whether a name was not found under its own spelling, in a list that was read.
fn is_open(it: &NameAnswer) -> bool {
    matches!(
        it.verdict,
        Verdict::Absent
            | Verdict::Renamed { .. }
            | Verdict::CannotTell {
                why: Why::Perhaps,
                ..
            }
    )
}

/// The open names whose words the list's name at `at` is made of, each with a word that no other of them has.
fn merged(judged: &Judged<'_>, open: &[usize], at: usize) -> Vec<usize> {
    let Some(whole) = judged.pool.names.get(at).map(|it| &it.key) else {
        return Vec::new();
    };
    let parts: Vec<usize> = open
        .iter()
        .copied()
        .filter(|it| {
            judged
                .keys
                .get(*it)
                .is_some_and(|it| holds_all(whole, it) && it.own_words().next().is_some())
        })
        .collect();
    let own = |it: &usize| -> BTreeSet<&str> {
        judged
            .keys
            .get(*it)
            .map(|it| it.own_words().collect())
            .unwrap_or_default()
    };
    let telling = |one: &usize| {
        let others: BTreeSet<&str> = parts.iter().filter(|it| *it != one).flat_map(own).collect();
        own(one).iter().any(|it| !others.contains(it))
    };
    let covered: BTreeSet<&str> = parts.iter().flat_map(own).collect();
    let whole_is_covered = whole
        .own_words()
        .all(|it| covered.contains(it) || matches!(it, "merger" | "merged" | "united" | "joint"));
    if whole_is_covered && parts.iter().all(telling) {
        parts
    } else {
        Vec::new()
    }
}

/// Whether every word of `part` stands in `whole`, which has more.
fn holds_all(whole: &NameKey, part: &NameKey) -> bool {
    whole.tokens.len() > part.tokens.len()
        && part
            .tokens
            .iter()
            .all(|it| whole.tokens.iter().any(|other| other.text == it.text))
}

fn tell_merged(
    judged: &Judged<'_>,
    names: &mut [NameAnswer],
    (one, at): (usize, usize),
    all: &[usize],
) {
    let with: Vec<String> = all
        .iter()
        .filter(|it| **it != one)
        .filter_map(|it| names.get(*it).map(|it| it.claimed.clone()))
        .collect();
    let (Some(answer), Some(found)) = (names.get_mut(one), judged.pool.names.get(at)) else {
        return;
    };
    let into = found.item.surface.clone();
    answer.reasons.splice(
        ..,
        [reason(
            "all its words are in a name that also has those of another claimed name",
            0.9,
        )],
    );
    answer.verdict = Verdict::Merged {
        into: into.clone(),
        with,
    };
    answer.found = Some(into);
    answer.score = round(0.9);
    answer.place = judged.item_place(at);
}

/// The names that stand for one claimed name, and why they do.
fn split(
    judged: &Judged<'_>,
    key: &NameKey,
    fresh: &[usize],
    known: Option<&Known>,
) -> Option<(Vec<usize>, Reason)> {
    if let Some(places) = pieces(judged, key) {
        let why = reason("the page has its parts as names of their own", 0.93);
        return Some((places, why));
    }
    // What an earlier visit had under one name is known to have been one.
    if !known.is_some_and(|it| it.names.contains(&key.exact)) {
        return None;
    }
    let own: BTreeSet<&str> = key.own_words().collect();
    let of = |at: &usize| judged.pool.names.get(*at).map(|it| &it.key);
    let shares: Vec<usize> = fresh
        .iter()
        .copied()
        .filter(|at| {
            of(at).is_some_and(|it| {
                it.own_words().next().is_some() && it.own_words().all(|it| own.contains(it))
            })
        })
        .collect();
    let words: Vec<&str> = shares
        .iter()
        .filter_map(of)
        .flat_map(NameKey::own_words)
        .collect();
    let each_once = words.len() == own.len() && own.iter().all(|it| words.contains(it));
    if shares.len() >= 2 && each_once {
        let why = reason("its words are in several names that replaced it", 0.85);
        return Some((shares, why));
    }
    let grown: Vec<usize> = fresh
        .iter()
        .copied()
        .filter(|at| {
            of(at).is_some_and(|it| {
                !key.is_short()
                    && holds_all(it, key)
                    && it.tokens.first().map(|it| &it.text) == key.tokens.first().map(|it| &it.text)
                    && it
                        .tokens
                        .iter()
                        .filter(|it| !key.tokens.iter().any(|own| own.text == it.text))
                        .all(|it| words::is_place(&it.text) || !it.known)
            })
        })
        .collect();
    let named = own.len() >= 2 || key.tokens.len() >= 2 && !own.is_empty();
    (grown.len() >= 2 && named).then(|| {
        let why = reason("several names that begin with it came in its place", 0.8);
        (grown, why)
    })
}

/// The list's names that are the pieces of a claimed name, all of them.
fn pieces(judged: &Judged<'_>, key: &NameKey) -> Option<Vec<usize>> {
    JOINTS.iter().find_map(|joint| {
        let pieces: Vec<NameKey> = key
            .surface
            .split(joint)
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(NameKey::of)
            .collect();
        let [first, second, rest @ ..] = pieces.as_slice() else {
            return None;
        };
        let place = |it: &NameKey| {
            let has_own = it.tokens.len() >= 2 && it.own_words().next().is_some();
            judged
                .pool
                .names
                .iter()
                .enumerate()
                .filter(|(at, _)| has_own && judged.is_named(*at))
                .find(|(_, found)| {
                    likeness(it, &found.key).is_some_and(|it| it.grade >= Grade::Same)
                })
                .map(|(at, _)| at)
        };
        let places: Option<Vec<usize>> =
            [first, second].into_iter().chain(rest).map(place).collect();
        places.filter(|it| it.iter().collect::<BTreeSet<_>>().len() == it.len())
    })
}

fn tell_split(
    judged: &Judged<'_>,
    names: &mut [NameAnswer],
    at: usize,
    places: &[usize],
    why: Reason,
) {
    let Some(answer) = names.get_mut(at) else {
        return;
    };
    let into: Vec<String> = places
        .iter()
        .filter_map(|it| judged.pool.names.get(*it))
        .map(|it| it.item.surface.clone())
        .collect();
    answer.found = into.first().cloned();
    answer.score = why.weight;
    answer.reasons = vec![why];
    answer.verdict = Verdict::Split { into };
    answer.place = places
        .first()
        .map(|it| judged.item_place(*it))
        .unwrap_or_default();
}

impl Judged<'_> {
    /// Whether the name at a place of the pool stands in the claim's list, or in any list of names.
    fn is_named(&self, at: usize) -> bool {
        self.members.contains(&at)
            || self.pool.held_by.get(at).is_some_and(|it| {
                it.iter()
                    .filter_map(|it| self.pool.lists.get(*it))
                    .any(|it| it.kind == ListKind::Names)
            })
    }
}
