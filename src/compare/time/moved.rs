//! Names that moved to another list of the page, or to another cited page.

use crate::compare::grounds::time as grounds;
use std::collections::{BTreeMap, BTreeSet};

use super::{
    fold::Folded,
    track::{Run, Track},
};
use crate::{
    clock::Instant,
    compare::{
        claim::{Cited, Place, Said, scope_of},
        fate::unjudged,
        fates::PageAnswers,
        names::{
            key::NameKey,
            likeness::{Grade, reason},
            pairs::likeness,
        },
        page::{Look, Page},
        state,
    },
    entity::ListKind,
    finding::{Evidence, Verdict, Why},
    profile::{Profile, Reference},
    uri::TargetUri,
};

/// What is said about the claimed name at `at`, if it moved to another list of its page; otherwise `None`.
///
/// The earlier state is that of the visit nearest to the access date, as for every baseline. The name moved if none of the
/// lists that had it then has it now, another list does, and another claimed name stayed in its former list: if
/// all names went together, the list has another heading, and no name moved.
pub(in crate::compare) fn between_lists(
    names: &[Track<Said>],
    at: usize,
    accessed: Option<Instant>,
) -> Option<Track<Said>> {
    let track = names.get(at)?;
    let base = track
        .runs()
        .iter()
        .filter(|run| !run.said.headings.is_empty())
        .min_by_key(|run| {
            (
                accessed.map_or(0, |day| track.distance(run, day)),
                run.first,
            )
        })?;
    let was = &base.said.headings;
    let from = was.first()?;
    let mut moved: Option<Vec<Run<Said>>> = None;
    for (place, now) in track.runs().iter().enumerate() {
        let is = &now.said.headings;
        let text = left_for_the_text(&now.said);
        let to = is.first().or(text.as_ref());
        let Some(to) = to.filter(|_| base.first < now.first) else {
            continue;
        };
        if is.iter().any(|pair| was.iter().any(|was| was.0 == pair.0)) {
            continue;
        }
        let stayed = names.iter().enumerate().any(|(other, track)| {
            let listed = |moment| {
                let run = track.at(moment);
                run.is_some_and(|run| run.said.headings.iter().any(|heading| heading.0 == from.0))
            };
            other != at && listed(base.first) && listed(now.first)
        });
        if !stayed {
            continue;
        }
        let had = |run: &&Run<Said>| run.said.headings.iter().any(|heading| heading.1 == from.1);
        let before = track.runs().iter().take(place).rfind(had);
        let before = before
            .map(|before| before.said.evidence.clone())
            .unwrap_or_default();
        let runs = moved.get_or_insert_with(|| track.runs().to_vec());
        if let Some(run) = runs.get_mut(place) {
            run.said = moved_list((&from.1, &to.1), now.said.clone(), before);
        }
    }
    moved.map(Track::of)
}

/// The place of a name that is in no list any more but elsewhere on the page.
fn left_for_the_text(said: &Said) -> Option<(String, String)> {
    match &said.verdict {
        Verdict::Elsewhere { place } if said.headings.is_empty() => {
            Some((String::new(), place.clone()))
        }
        _ => None,
    }
}

/// What a visit says about a name that moved to another list; the evidence includes the earlier place.
fn moved_list((from, to): (&str, &str), said: Said, before: Vec<Evidence>) -> Said {
    let mut evidence = said.evidence;
    evidence.extend(before);
    let mut reasons = vec![grounds::OTHERS_STAYED.reason()];
    reasons.extend(said.reasons);
    Said {
        verdict: Verdict::MovedList {
            from: from.to_owned(),
            to: to.to_owned(),
        },
        score: grounds::OTHERS_STAYED.score,
        reasons,
        evidence,
        headings: said.headings,
        untrusted: said.untrusted,
        unproven: None,
    }
}

/// The other pages of the article, to which a name may have moved.
pub(in crate::compare) struct Elsewhere<'a> {
    /// The profile of the article.
    pub(in crate::compare) profile: &'a Profile,
    /// The pages that the claim cites.
    pub(in crate::compare) cited: &'a Cited<'a>,
    /// The answers of each cited page, by the number of its reference.
    pub(in crate::compare) pages: &'a BTreeMap<u32, PageAnswers>,
}

/// If a name left its page for another page of the article: replaces what the pages of the claim say together.
pub(in crate::compare) fn between_pages(
    folded: &mut Folded,
    name: &str,
    tracks: &[(u32, &Track<Said>)],
    elsewhere: &Elsewhere<'_>,
    look: &mut Look<'_>,
) {
    if folded.history.last_seen.is_none() {
        return;
    }
    match folded.said.verdict {
        Verdict::Present => within_claim(folded, tracks),
        Verdict::Absent => outside_claim(folded, name, elsewhere, look),
        _ => {}
    }
}

/// Where a visit finds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// On the page.
    Here,
    /// Not on the page, whose list was read.
    Gone,
    /// Not on the page, which does not have the list of the claim.
    Never,
}

/// The claim cites both pages: one had the name and no longer has it, the other did not have it and has it now.
fn within_claim(folded: &mut Folded, tracks: &[(u32, &Track<Said>)]) {
    type Runs<'a> = Vec<(&'a Run<Said>, At)>;
    let pages: Vec<Runs<'_>> = tracks
        .iter()
        .map(|(_, track)| {
            let runs = track.runs().iter();
            runs.filter_map(|run| Some((run, where_it_is(&run.said.verdict)?)))
                .collect()
        })
        .collect();
    let here = |page: &Runs<'_>| page.iter().rposition(|pair| pair.1 == At::Here);
    let last = |page: &Runs<'_>| page.last().map(|page| page.1);
    let left = pages
        .iter()
        .find(|page| last(page) == Some(At::Gone) && here(page).is_some());
    let come = pages
        .iter()
        .find(|page| last(page) == Some(At::Here) && page.iter().any(|pair| pair.1 != At::Here));
    // If a third page had it all the time, it is not a move.
    let settled = pages
        .iter()
        .any(|page| !page.is_empty() && page.iter().all(|pair| pair.1 == At::Here));
    let (Some(left), Some(come), false) = (left, come, settled) else {
        return;
    };
    let had = here(left);
    let has = come
        .iter()
        .rposition(|pair| pair.1 != At::Here)
        .map(|rposition| rposition + 1);
    let (Some(had), Some(has)) = (had, has) else {
        return;
    };
    let (Some(before), Some(now)) = (left.get(had), come.get(has)) else {
        return;
    };
    let (Some(from), Some(to)) = (address(before.0), address(now.0)) else {
        return;
    };
    let latest = come.last().map_or(now.0, |come| come.0);
    let mut evidence = latest.said.evidence.clone();
    evidence.extend(before.0.said.evidence.iter().cloned());
    let gone_by = left.get(had + 1).map_or(now.0.first, |left| left.0.first);
    folded.history.changed_after = Some(before.0.last);
    folded.history.changed_by = Some(now.0.first.max(gone_by));
    tell(folded, (from, to), evidence, grounds::MOVED[0]);
}

fn where_it_is(verdict: &Verdict) -> Option<At> {
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } | Verdict::MovedList { .. } => Some(At::Here),
        Verdict::Absent => Some(At::Gone),
        Verdict::CannotTell {
            why: Why::ListNotFound,
            ..
        } => Some(At::Never),
        _ => None,
    }
}

/// The address at the end of the visits of a run.
fn address(run: &Run<Said>) -> Option<TargetUri> {
    let evidence = run.said.evidence.first()?;
    Some(evidence.capture.target_uri.clone())
}

/// A page that the article cites for something else has the name now.
fn outside_claim(folded: &mut Folded, name: &str, elsewhere: &Elsewhere<'_>, look: &mut Look<'_>) {
    let key = NameKey::of(name);
    let cited = &elsewhere.cited.references;
    let own: BTreeSet<&str> = cited.iter().filter_map(|it| it.url.as_deref()).collect();
    let others = elsewhere.profile.references.iter().filter(|reference| {
        !cited.iter().any(|own| own.number == reference.number)
            && reference
                .url
                .as_deref()
                .is_some_and(|url| !own.contains(url))
    });
    for other in others {
        let pages = elsewhere.pages;
        let Some(listed_at) = pages
            .get(&other.number)
            .and_then(|page| page.may_list(&key))
        else {
            continue;
        };
        let Some((evidence, to)) = seen_on(other, listed_at, &key, look) else {
            continue;
        };
        let mut had: Option<bool> = None;
        if let Some(until) = folded.history.last_seen {
            look(other.number, until, &mut |page| {
                had = listed_on(page, other, &key).map(|listed_on| !listed_on.is_empty());
            });
        }
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
        if let (Some(from), Some(to)) = (from, to) {
            let mut all = evidence;
            all.append(&mut folded.said.evidence);
            // Whether it was there before is unknown without an earlier visit.
            let [sure, unknown] = grounds::MOVED;
            let score = if had.is_some() { sure } else { unknown };
            tell(folded, (from, to), all, score);
        }
        return;
    }
}

/// Where the page of another reference listed a name at a moment, and the page's address then.
fn seen_on(
    other: &Reference,
    at: Instant,
    key: &NameKey,
    look: &mut Look<'_>,
) -> Option<(Vec<Evidence>, Option<TargetUri>)> {
    let mut found = None;
    look(other.number, at, &mut |page| {
        let places = listed_on(page, other, key);
        let place = places.and_then(|places| places.into_iter().next());
        found = place.map(|place| {
            let to = page.visited.hops.last().map(|hop| hop.target_uri.clone());
            (page.witness().evidence(&place), to)
        });
    });
    found
}

/// Where a page lists a name, no place where it does not; `None` where the page could not be judged by.
fn listed_on(page: &Page<'_>, reference: &Reference, key: &NameKey) -> Option<Vec<Place>> {
    if unjudged(&page.visited).is_some() {
        return None;
    }
    let reading = page.visited.reading?;
    if state::is_opaque(reading.state) {
        return None;
    }
    let selector = scope_of(reference).selector;
    let lists = reading.lists.iter().filter(|list| {
        list.kind == ListKind::Names && selector.is_none_or(|selector| list.container == selector)
    });
    let found = lists
        .flat_map(|list| list.items.iter().map(move |item| (list, item)))
        .find(|(_, name)| {
            let other = NameKey::of(&name.surface);
            key.is_spelt_as(&other)
                || likeness(key, &other).is_some_and(|likeness| likeness.grade >= Grade::Same)
        });
    let place = found.map(|(list, found)| Place {
        range: found.range.clone(),
        css: Some(found.css.clone()),
        note: Some(format!(
            "in {}, on the page of reference {}",
            crate::compare::names::judged::list_name(list),
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
        "one cited page no longer has it, and another now has it",
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
