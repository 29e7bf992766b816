//! Names that left their list for another one of the page, or their page for another cited one.

use std::collections::BTreeSet;

use super::{
    Visited,
    fate::unjudged,
    findings::{Cited, Visits, scope_of},
    likeness::{Grade, likeness, reason},
    listed::Answered,
    name_key::NameKey,
    names::{NameAnswer, Place},
    proof::Witness,
    series::{Folded, Said},
    state,
};
use crate::{
    clock::Instant,
    entity::ListKind,
    finding::{Evidence, Verdict, Why},
    profile::{Profile, Reference},
    text::fold,
    uri::TargetUri,
};

/// The lists that a name moved between: heading before, heading now.
pub(super) type Lists = (String, String);

/// For each visit the lists that the name at `at` had moved between by then.
///
/// What counts as before is the visit nearest to the day of access, as for every baseline. It moved where none of the
/// lists that held it then holds it now, another does, and another claimed name stayed in the list it left: where all
/// went together, the list has another heading, and no name moved.
pub(super) fn between_lists(
    answered: &[Answered<'_>],
    cited: &Cited<'_>,
    at: usize,
) -> Vec<Option<Lists>> {
    let base_of = |reference: u32| {
        let accessed = cited
            .accessed
            .iter()
            .find(|it| it.0 == reference)
            .and_then(|it| it.1);
        answered
            .iter()
            .filter(|it| it.reference == reference)
            .filter(|it| it.name(at).is_some_and(|it| !headings(it).is_empty()))
            .min_by_key(|it| {
                let far = accessed.map_or(0, |day| (it.date - day).num_seconds().abs());
                (far, it.date)
            })
    };
    answered
        .iter()
        .map(|now| {
            let base = base_of(now.reference).filter(|it| it.date < now.date)?;
            let (was, is) = (headings(base.name(at)?), headings(now.name(at)?));
            let (from, to) = (was.first()?, is.first()?);
            if is.iter().any(|it| was.iter().any(|was| was.0 == it.0)) {
                return None;
            }
            let stayed = base.names().iter().zip(now.names()).enumerate();
            let stayed = stayed
                .filter(|(other, _)| *other != at)
                .any(|(_, (then, now))| {
                    let held = |it: &NameAnswer| headings(it).iter().any(|it| it.0 == from.0);
                    held(then) && held(now)
                });
            stayed.then(|| (from.1.clone(), to.1.clone()))
        })
        .collect()
}

/// The headings of the lists that hold a name: made comparable, and as they are spelt.
fn headings(it: &NameAnswer) -> Vec<(String, String)> {
    it.held_in
        .iter()
        .filter_map(|it| it.heading.as_deref())
        .map(|it| {
            // A heading may count its list's names.
            let key: String = fold(it).chars().filter(|it| it.is_alphabetic()).collect();
            (key, it.trim().trim_end_matches(':').to_owned())
        })
        .filter(|it| !it.0.is_empty())
        .collect()
}

/// What a visit says of a name that moved to another list by then; its evidence names the place before too.
pub(super) fn said(lists: Lists, said: Said, before: Vec<Evidence>) -> Said {
    let (from, to) = lists;
    let mut evidence = said.evidence;
    evidence.extend(before);
    let mut reasons = vec![reason(
        "other names of the list it was in are there still",
        0.9,
    )];
    reasons.extend(said.reasons);
    Said {
        verdict: Verdict::MovedList { from, to },
        score: 0.9,
        reasons,
        evidence,
    }
}

/// A name that left the page it was on for another page of the article: what the claim's pages say together, said anew.
pub(super) fn between_pages(
    folded: &mut Folded,
    name: &str,
    at: usize,
    answered: &[Answered<'_>],
    (profile, cited, visits): (&Profile, &Cited<'_>, Visits<'_, '_>),
) {
    if folded.history.last_seen.is_none() {
        return;
    }
    match folded.said.verdict {
        Verdict::Present => within_claim(folded, at, answered, cited),
        Verdict::Absent => outside_claim(folded, name, (profile, cited, visits)),
        _ => {}
    }
}

/// What a visit says of where a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// On the page.
    Here,
    /// Not on the page, whose list was read.
    Gone,
    /// Not on the page, which has no list of the claim's.
    Never,
}

/// The claim cites both pages: the one had it and has it no longer, the other had it not and has it now.
fn within_claim(folded: &mut Folded, at: usize, answered: &[Answered<'_>], cited: &Cited<'_>) {
    type Visits<'v, 'a> = Vec<(&'v Answered<'a>, At)>;
    let of = |reference: u32| -> Visits<'_, '_> {
        let visits = answered.iter().filter(|it| it.reference == reference);
        visits
            .filter_map(|it| match it.name(at)?.verdict {
                Verdict::Present | Verdict::Elsewhere { .. } => Some((it, At::Here)),
                Verdict::Absent => Some((it, At::Gone)),
                Verdict::CannotTell {
                    why: Why::ListNotFound,
                    ..
                } => Some((it, At::Never)),
                _ => None,
            })
            .collect()
    };
    let pages: Vec<Visits<'_, '_>> = cited.references.iter().map(|it| of(it.number)).collect();
    let here = |page: &Visits<'_, '_>| page.iter().rposition(|it| it.1 == At::Here);
    let last = |page: &Visits<'_, '_>| page.last().map(|it| it.1);
    let left = pages
        .iter()
        .find(|it| last(it) == Some(At::Gone) && here(it).is_some());
    let come = pages
        .iter()
        .find(|it| last(it) == Some(At::Here) && it.iter().any(|it| it.1 != At::Here));
    // A third page that had it all along makes it no move.
    let settled = pages
        .iter()
        .any(|it| !it.is_empty() && it.iter().all(|it| it.1 == At::Here));
    let (Some(left), Some(come), false) = (left, come, settled) else {
        return;
    };
    let had = here(left);
    let has = come
        .iter()
        .rposition(|it| it.1 != At::Here)
        .map(|it| it + 1);
    let (Some(had), Some(has)) = (had, has) else {
        return;
    };
    let (Some(before), Some(now)) = (left.get(had), come.get(has)) else {
        return;
    };
    let (Some(from), Some(to)) = (before.0.address(), now.0.address()) else {
        return;
    };
    let latest = come.last().map_or(now.0, |it| it.0);
    let mut evidence = latest.evidence(at);
    evidence.extend(before.0.evidence(at));
    let gone_by = left.get(had + 1).map_or(now.0.date, |it| it.0.date);
    folded.history.changed_after = Some(before.0.date);
    folded.history.changed_by = Some(now.0.date.max(gone_by));
    tell(folded, (from, to), evidence, 0.9);
}

/// A page that the article cites for something else has it now.
fn outside_claim(
    folded: &mut Folded,
    name: &str,
    (profile, cited, visits): (&Profile, &Cited<'_>, Visits<'_, '_>),
) {
    let key = NameKey::of(name);
    let own: BTreeSet<&str> = cited
        .references
        .iter()
        .filter_map(|it| it.url.as_deref())
        .collect();
    let others = profile.references.iter().filter(|it| {
        !cited.references.iter().any(|own| own.number == it.number)
            && it.url.as_deref().is_some_and(|it| !own.contains(it))
    });
    for other in others {
        let visited = visits.get(&other.number).into_iter().flatten();
        let told: Vec<(&Visited<'_>, Instant, Vec<Place>)> = visited
            .filter_map(|it| Some((it, it.hops.last()?.date, listed_on(it, other, &key)?)))
            .collect();
        let Some((latest, place)) = told.last().and_then(|it| Some((it.0, it.2.first()?))) else {
            continue;
        };
        let evidence = Witness::of(latest).evidence(place);
        let until = folded.history.last_seen;
        let had = told
            .iter()
            .rfind(|it| until.is_some_and(|until| it.1 <= until))
            .map(|it| !it.2.is_empty());
        if had == Some(true) {
            folded.said.reasons.push(reason(
                &format!("reference {} lists it, as it did before", other.number),
                0.0,
            ));
            folded.said.evidence.extend(evidence);
            return;
        }
        let from = folded
            .said
            .evidence
            .iter()
            .rfind(|it| Some(it.capture.date) == folded.history.last_seen)
            .or(folded.said.evidence.last())
            .map(|it| it.capture.target_uri.clone());
        let to = latest.hops.last().map(|it| it.target_uri.clone());
        if let (Some(from), Some(to)) = (from, to) {
            let mut all = evidence;
            all.append(&mut folded.said.evidence);
            // Whether it had stood there before, no earlier visit tells.
            let score = if had.is_some() { 0.9 } else { 0.7 };
            tell(folded, (from, to), all, score);
        }
        return;
    }
}

/// Where a page lists a name, no place where it does not; `None` where the page could not be judged by.
fn listed_on(visited: &Visited<'_>, reference: &Reference, key: &NameKey) -> Option<Vec<Place>> {
    if unjudged(visited).is_some() {
        return None;
    }
    let reading = visited.reading?;
    if state::is_opaque(reading.state) {
        return None;
    }
    let selector = scope_of(reference).selector;
    let lists = reading.lists.iter().filter(|it| {
        it.kind == ListKind::Names && selector.is_none_or(|selector| it.container == selector)
    });
    let found = lists
        .flat_map(|list| list.items.iter().map(move |it| (list, it)))
        .find(|(_, it)| {
            let other = NameKey::of(&it.surface);
            key.is_spelt_as(&other)
                || likeness(key, &other).is_some_and(|it| it.grade >= Grade::Same)
        });
    let place = found.map(|(list, it)| Place {
        range: it.range.clone(),
        css: Some(it.css.clone()),
        note: Some(format!(
            "in {}, on the page of reference {}",
            super::judged::list_name(list),
            reference.number
        )),
    });
    Some(place.into_iter().collect())
}

fn tell(
    folded: &mut Folded,
    (from, to): (TargetUri, TargetUri),
    evidence: Vec<Evidence>,
    score: f64,
) {
    folded.said.reasons = vec![reason(
        "one cited page has it no longer, another has it now",
        score,
    )];
    folded.said.score = score;
    folded.said.evidence.clear();
    for it in evidence {
        if !folded.said.evidence.contains(&it) {
            folded.said.evidence.push(it);
        }
    }
    folded.said.verdict = Verdict::MovedPage { from, to };
}
