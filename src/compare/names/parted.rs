//! Claimed names that the page merges with others, and claimed names that it splits.

use crate::compare::grounds::names as grounds;
use std::collections::BTreeSet;

use super::{
    NameAnswer, judged::Judged, key::NameKey, likeness::Grade, pairs::likeness, person::is_person,
    region::Known, vocabulary,
};
use crate::{
    entity::ListKind,
    finding::{Reason, Verdict, Why},
};

/// The joints between merged names: `Alder House & Birch Fund`.
const JOINTS: [&str; 8] = [" and ", " & ", " + ", " / ", "/", " – ", " - ", ", "];

/// Judges the names that were not found under their own spelling: several that correspond to one name of the list are
/// merged; one that corresponds to several names is split. `used` are the names of the list that match a claimed name.
///
/// A name that was in the list at an earlier visit, beside the claimed ones, replaces none of them.
pub(in crate::compare) fn apply(
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
        .filter(|name| !is_open(name))
        .filter_map(|name| name.found.clone())
        .collect();
    let fresh: Vec<usize> = judged
        .members
        .iter()
        .copied()
        .filter(|at| {
            judged.pool.names.get(*at).is_some_and(|name| {
                !served.contains(&name.item.surface)
                    && known.is_none_or(|known| !known.names.contains(&name.key.exact))
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
        open.retain(|word| !merged.contains(word));
    }
    for at in open {
        let Some(key) = judged.keys.get(at) else {
            continue;
        };
        if let Some((places, why)) = split(judged, key, &fresh, known) {
            tell_split(judged, names, at, &places, why);
            used.extend(places.iter().filter(|place| fresh.contains(place)));
        }
    }
}

/// Whether a name was not found under its own spelling, in a list that was read.
fn is_open(name_answer: &NameAnswer) -> bool {
    matches!(
        name_answer.verdict,
        Verdict::Absent
            | Verdict::Renamed { .. }
            | Verdict::CannotTell {
                why: Why::Perhaps,
                ..
            }
    )
}

/// The open names that make up the name at `at`, each with a word that none of the others has.
fn merged(judged: &Judged<'_>, open: &[usize], at: usize) -> Vec<usize> {
    let Some(whole) = judged.pool.names.get(at).map(|name| &*name.key) else {
        return Vec::new();
    };
    let parts: Vec<usize> = open
        .iter()
        .copied()
        .filter(|open| {
            judged
                .keys
                .get(*open)
                .is_some_and(|key| holds_all(whole, key) && key.own_words().next().is_some())
        })
        .collect();
    let own = |at: &usize| -> BTreeSet<&str> {
        judged
            .keys
            .get(*at)
            .map(|key| key.own_words().collect())
            .unwrap_or_default()
    };
    let telling = |one: &usize| {
        let others: BTreeSet<&str> = parts
            .iter()
            .filter(|part| *part != one)
            .flat_map(own)
            .collect();
        own(one).iter().any(|word| !others.contains(word))
    };
    let covered: BTreeSet<&str> = parts.iter().flat_map(own).collect();
    let whole_is_covered = whole.own_words().all(|word| {
        covered.contains(word) || matches!(word, "merger" | "merged" | "united" | "joint")
    });
    if whole_is_covered && parts.iter().all(telling) {
        parts
    } else {
        Vec::new()
    }
}

/// Whether every word of `part` is in `whole`, which has more.
fn holds_all(whole: &NameKey, part: &NameKey) -> bool {
    whole.tokens.len() > part.tokens.len()
        && part
            .tokens
            .iter()
            .all(|token| whole.tokens.iter().any(|other| other.text == token.text))
}

fn tell_merged(
    judged: &Judged<'_>,
    names: &mut [NameAnswer],
    (one, at): (usize, usize),
    all: &[usize],
) {
    let with: Vec<String> = all
        .iter()
        .filter(|all| **all != one)
        .filter_map(|answer| names.get(*answer).map(|name| name.claimed.clone()))
        .collect();
    let (Some(answer), Some(found)) = (names.get_mut(one), judged.pool.names.get(at)) else {
        return;
    };
    let into = found.item.surface.clone();
    answer.found = Some(into.clone());
    answer.place = judged.item_place(at);
    // Persons are named together; they do not become one.
    let is_there = |at: &usize| {
        let key = judged.keys.get(*at);
        key.is_some_and(|key| is_person(key) && found.key.exact.contains(&key.exact))
    };
    let ground = if all.iter().all(is_there) {
        answer.verdict = Verdict::Present;
        &grounds::ON_THE_PAGE
    } else {
        answer.verdict = Verdict::Merged { into, with };
        &grounds::MERGED
    };
    answer.reasons.splice(.., [ground.reason()]);
    answer.score = ground.score;
}

/// The names that replace one claimed name, and why.
fn split(
    judged: &Judged<'_>,
    key: &NameKey,
    fresh: &[usize],
    known: Option<&Known>,
) -> Option<(Vec<usize>, Reason)> {
    if let Some(places) = pieces(judged, key) {
        return Some((places, grounds::PARTS.reason()));
    }
    // What an earlier visit found under one name was one name.
    if !known.is_some_and(|known| known.names.contains(&key.exact)) {
        return None;
    }
    let own: BTreeSet<&str> = key.own_words().collect();
    let of = |at: &usize| judged.pool.names.get(*at).map(|name| &*name.key);
    let shares: Vec<usize> = fresh
        .iter()
        .copied()
        .filter(|at| {
            of(at).is_some_and(|it| {
                it.own_words().next().is_some() && it.own_words().all(|word| own.contains(word))
            })
        })
        .collect();
    let words: Vec<&str> = shares
        .iter()
        .filter_map(of)
        .flat_map(NameKey::own_words)
        .collect();
    let each_once = words.len() == own.len() && own.iter().all(|word| words.contains(word));
    if shares.len() >= 2 && each_once {
        return Some((shares, grounds::SHARED_OUT.reason()));
    }
    let grown: Vec<usize> = fresh
        .iter()
        .copied()
        .filter(|at| {
            of(at).is_some_and(|it| {
                !key.is_short()
                    && holds_all(it, key)
                    && it.tokens.first().map(|token| &token.text)
                        == key.tokens.first().map(|token| &token.text)
                    && it
                        .tokens
                        .iter()
                        .filter(|token| !key.tokens.iter().any(|own| own.text == token.text))
                        .all(|token| vocabulary::is_place(&token.text) || !token.known)
            })
        })
        .collect();
    let named = own.len() >= 2 || key.tokens.len() >= 2 && !own.is_empty();
    (grown.len() >= 2 && named).then(|| (grown, grounds::SEVERAL_BEGIN.reason()))
}

/// The names of the list that together are the parts of a claimed name.
fn pieces(judged: &Judged<'_>, key: &NameKey) -> Option<Vec<usize>> {
    JOINTS.iter().find_map(|joint| {
        let pieces: Vec<NameKey> = key
            .surface
            .split(joint)
            .map(str::trim)
            .filter(|trim| !trim.is_empty())
            .map(NameKey::of)
            .collect();
        let [first, second, rest @ ..] = pieces.as_slice() else {
            return None;
        };
        let place = |name_key: &NameKey| {
            let has_own = name_key.tokens.len() >= 2 && name_key.own_words().next().is_some();
            judged
                .pool
                .names
                .iter()
                .enumerate()
                .filter(|(at, _)| has_own && judged.is_named(*at))
                .find(|(_, found)| {
                    likeness(name_key, &found.key)
                        .is_some_and(|likeness| likeness.grade >= Grade::Same)
                })
                .map(|(at, _)| at)
        };
        let places: Option<Vec<usize>> =
            [first, second].into_iter().chain(rest).map(place).collect();
        places.filter(|place| place.iter().collect::<BTreeSet<_>>().len() == place.len())
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
        .filter_map(|place| judged.pool.names.get(*place))
        .map(|it| it.item.surface.clone())
        .collect();
    answer.found = into.first().cloned();
    answer.score = why.weight;
    answer.reasons = vec![why];
    answer.verdict = Verdict::Split { into };
    answer.place = places
        .first()
        .map(|place| judged.item_place(*place))
        .unwrap_or_default();
}

impl Judged<'_> {
    /// Whether the name at an index of the pool is in the list of the claim, or in any list of names.
    fn is_named(&self, at: usize) -> bool {
        self.members.contains(&at)
            || self.pool.held_by.get(at).is_some_and(|at| {
                at.iter()
                    .filter_map(|at| self.pool.lists.get(*at))
                    .any(|it| it.kind == ListKind::Names)
            })
    }
}
