//! The findings about a listed claim: a name's, a new name's, and the list's own where it was built anew.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Visited,
    fate::unjudged,
    findings::{Cited, Visits, finding, moments, scope_of, whole},
    likeness::reason,
    moved,
    name_key::NameKey,
    names::{ListFound, NameAnswer, NamesAnswer, Place, judge},
    proof::Witness,
    region::Known,
    series::{Folded, Point, Said, fold},
};
use crate::{
    clock::Instant,
    finding::{Evidence, Finding, History, Reason, Series, Subject, Verdict, Why},
    profile::{Claim, ListedName, Profile, Statement},
    uri::TargetUri,
};

/// One visit of one cited page, answered.
pub(super) struct Answered<'a> {
    pub(super) date: Instant,
    pub(super) reference: u32,
    visited: &'a Visited<'a>,
    witness: Witness<'a>,
    answer: Result<NamesAnswer, (Why, String)>,
}

/// All that is said about a listed claim: of the list, of the names in the order of the claim, of the new names in that of the page.
pub(super) fn series(
    name: &str,
    profile: &Profile,
    claim: &Claim,
    cited: &Cited<'_>,
    names: &[ListedName],
    visits: Visits<'_, '_>,
) -> Vec<Series> {
    let (units, why) = units(names, profile, cited, visits);
    let asked: Vec<ListedName> = units.iter().cloned().map(ListedName::One).collect();
    let mut answered: Vec<Answered<'_>> = Vec::new();
    for reference in &cited.references {
        let mut known: Option<Known> = None;
        for visited in visits.get(&reference.number).into_iter().flatten() {
            let Some(last) = visited.hops.last() else {
                continue;
            };
            let answer = match (unjudged(visited), visited.reading) {
                (Some(bad), _) => Err(bad),
                (None, Some(reading)) => {
                    let scope = scope_of(reference);
                    let (answer, next) =
                        judge(&asked, reading, scope, &profile.aliases, known.as_ref());
                    known = next.or(known);
                    Ok(answer)
                }
                (None, None) => continue,
            };
            answered.push(Answered {
                date: last.date,
                reference: reference.number,
                visited,
                witness: Witness::of(visited),
                answer,
            });
        }
    }
    let mut all = Vec::new();
    all.extend(redesigned(name, claim, &answered).map(|finding| Series {
        finding,
        moments: Vec::new(),
    }));
    for (at, unit) in units.iter().enumerate() {
        let points = points(&answered, cited, at);
        let moments = moments(&points);
        let mut folded = fold(&cited.accessed, points);
        moved::between_pages(&mut folded, unit, at, &answered, (profile, cited, visits));
        folded.said.reasons.extend(why.get(unit).cloned());
        let subject = Subject::Name {
            claim: claim.id.clone(),
            name: unit.clone(),
        };
        all.push(Series {
            finding: finding(name, claim, subject, folded),
            moments,
        });
    }
    all.extend(new_names(name, profile, claim, cited, &answered));
    all
}

/// What every visit says about the claimed name at `at`.
fn points(answered: &[Answered<'_>], cited: &Cited<'_>, at: usize) -> Vec<Point> {
    let moved = moved::between_lists(answered, cited, at);
    answered
        .iter()
        .zip(moved)
        .map(|(it, moved)| {
            let said = it.about(at);
            it.point(match moved {
                Some(lists) => {
                    let before = answered.iter().rfind(|before| {
                        before.reference == it.reference
                            && before.date < it.date
                            && before.has(at, &lists.0)
                    });
                    let before = before.map(|it| it.evidence(at)).unwrap_or_default();
                    moved::said(lists, said, before)
                }
                None => said,
            })
        })
        .collect()
}

/// The names to look for: ambiguous stretches as the latest page that decides them has them.
fn units(
    names: &[ListedName],
    profile: &Profile,
    cited: &Cited<'_>,
    visits: Visits<'_, '_>,
) -> (Vec<String>, BTreeMap<String, Reason>) {
    let plain: Vec<String> = names
        .iter()
        .flat_map(|it| match it {
            ListedName::One(name) => vec![name.clone()],
            ListedName::Ambiguous(parts) => parts.clone(),
        })
        .collect();
    if names.iter().all(|it| matches!(it, ListedName::One(_))) {
        return (plain, BTreeMap::new());
    }
    let mut best: Option<(usize, Instant, NamesAnswer)> = None;
    for reference in &cited.references {
        for visited in visits.get(&reference.number).into_iter().flatten() {
            let (Some(reading), Some(last), None) =
                (visited.reading, visited.hops.last(), unjudged(visited))
            else {
                continue;
            };
            let (answer, _) = judge(names, reading, scope_of(reference), &profile.aliases, None);
            let there = answer.names.iter().filter(|it| it.found.is_some()).count();
            if best
                .as_ref()
                .is_none_or(|it| (there, last.date) > (it.0, it.1))
            {
                best = Some((there, last.date, answer));
            }
        }
    }
    let Some((_, _, answer)) = best else {
        return (plain, BTreeMap::new());
    };
    let why = answer
        .names
        .iter()
        .filter_map(|it| {
            let reason = it.reasons.last().filter(|it| it.weight == 0.0)?;
            Some((it.claimed.clone(), reason.clone()))
        })
        .collect();
    (answer.names.into_iter().map(|it| it.claimed).collect(), why)
}

impl Answered<'_> {
    /// The answers about the claimed names; none where the visit could not be judged by.
    pub(super) fn names(&self) -> &[NameAnswer] {
        self.answer.as_ref().map_or(&[], |it| &it.names)
    }

    /// The answer about the claimed name at `at`.
    pub(super) fn name(&self, at: usize) -> Option<&NameAnswer> {
        self.names().get(at)
    }

    /// Whether it had the name in the list under a heading.
    fn has(&self, at: usize, heading: &str) -> bool {
        self.name(at).is_some_and(|it| {
            it.held_in.iter().any(|it| {
                let own = it.heading.as_deref().unwrap_or_default();
                own.trim().trim_end_matches(':') == heading
            })
        })
    }

    /// The place of the claimed name at `at`.
    pub(super) fn evidence(&self, at: usize) -> Vec<Evidence> {
        self.name(at)
            .map(|it| self.witness.evidence(&it.place))
            .unwrap_or_default()
    }

    /// The address that the visit came to.
    pub(super) fn address(&self) -> Option<TargetUri> {
        self.visited.hops.last().map(|it| it.target_uri.clone())
    }

    fn point(&self, said: Said) -> Point {
        Point {
            date: self.date,
            reference: self.reference,
            said,
        }
    }

    /// What this visit says about the claimed name at `at`.
    fn about(&self, at: usize) -> Said {
        let answer = match &self.answer {
            Ok(answer) => answer,
            Err((why, detail)) => {
                let evidence = self.witness.evidence(&Place::default());
                return Said {
                    evidence,
                    ..Said::untold(*why, detail)
                };
            }
        };
        let Some(it) = answer.names.get(at) else {
            return Said::untold(Why::ListNotFound, "the name was not asked for");
        };
        Said {
            verdict: whole(it.verdict.clone(), self.visited),
            score: it.score,
            reasons: it.reasons.clone(),
            evidence: self.witness.evidence(&it.place),
        }
    }

    /// What this visit says about a name that is new on some page, by its key.
    fn about_new(&self, key: &str) -> Said {
        let answer = match &self.answer {
            Ok(answer) => answer,
            Err((why, detail)) => return Said::untold(*why, detail),
        };
        let found = answer
            .new
            .iter()
            .find(|it| NameKey::of(&it.name).compact == key);
        match (found, answer.lists.first()) {
            (Some(it), _) => Said {
                verdict: Verdict::New,
                score: 0.9,
                reasons: vec![reason("the list has it, and the article does not", 0.9)],
                evidence: self.witness.evidence(&it.place),
            },
            (None, Some(_)) => Said {
                verdict: Verdict::Absent,
                ..Said::untold(Why::NotSettled, "")
            },
            (None, None) => Said::untold(Why::ListNotFound, "the list was not found"),
        }
    }

    fn main_list(&self) -> Option<&ListFound> {
        self.answer.as_ref().ok()?.lists.first()
    }
}

/// The names that the latest pages list and the article does not: none that any claim of the profile has.
fn new_names(
    name: &str,
    profile: &Profile,
    claim: &Claim,
    cited: &Cited<'_>,
    answered: &[Answered<'_>],
) -> Vec<Series> {
    let spoken_for = claimed_anywhere(profile);
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for reference in &cited.references {
        let latest = answered.iter().rfind(|it| it.reference == reference.number);
        let Some(Ok(answer)) = latest.map(|it| &it.answer) else {
            continue;
        };
        for new in &answer.new {
            let key = NameKey::of(&new.name);
            if spoken_for.contains(&key.compact) || !seen.insert(key.compact.clone()) {
                continue;
            }
            let points: Vec<Point> = answered
                .iter()
                .map(|it| it.point(it.about_new(&key.compact)))
                .collect();
            let moments = moments(&points);
            let folded = fold(&cited.accessed, points);
            let subject = Subject::NewName {
                claim: claim.id.clone(),
                name: new.name.clone(),
            };
            all.push(Series {
                finding: finding(name, claim, subject, folded),
                moments,
            });
        }
    }
    all
}

/// The keys of all names that the profile has: those of its claims, its own, its parent's, and decided other spellings.
fn claimed_anywhere(profile: &Profile) -> BTreeSet<String> {
    let mut names: Vec<&str> = vec![&profile.title];
    names.extend(profile.project_of.as_deref());
    for claim in &profile.claims {
        if let Statement::Listed { names: listed, .. } = &claim.statement {
            for it in listed {
                match it {
                    ListedName::One(name) => names.push(name),
                    ListedName::Ambiguous(parts) => names.extend(parts.iter().map(String::as_str)),
                }
            }
        }
    }
    for alias in profile.aliases.iter().filter(|it| it.same) {
        names.extend([alias.name.as_str(), alias.other.as_str()]);
    }
    let mut keys: BTreeSet<String> = names
        .into_iter()
        .map(|it| NameKey::of(it).compact)
        .collect();
    for claim in &profile.claims {
        if let Statement::Listed { names: listed, .. } = &claim.statement {
            keys.extend(listed.iter().filter_map(|it| match it {
                // A key has no joints: one reading of the whole stands for all.
                ListedName::Ambiguous(parts) => Some(NameKey::of(&parts.join(", ")).compact),
                ListedName::One(_) => None,
            }));
        }
    }
    keys
}

/// The last time that a list was built anew while its names stayed.
fn redesigned(name: &str, claim: &Claim, answered: &[Answered<'_>]) -> Option<Finding> {
    let mut last: Option<(&Answered<'_>, &Answered<'_>)> = None;
    let mut judged = 0;
    let mut before: BTreeMap<u32, &Answered<'_>> = BTreeMap::new();
    for now in answered.iter().filter(|it| it.main_list().is_some()) {
        judged += 1;
        if let Some(then) = before.insert(now.reference, now)
            && is_redesign(then, now)
            && last.is_none_or(|it| it.1.date <= now.date)
        {
            last = Some((then, now));
        }
    }
    let (then, now) = last?;
    let describe = |it: &ListFound| {
        let under = it
            .heading
            .as_ref()
            .map_or(String::new(), |it| format!(" under \"{it}\""));
        format!("{} `{}`{under}", in_words(it), it.container)
    };
    let (from, to) = (then.main_list()?, now.main_list()?);
    let element = |it: &Answered<'_>, list: &ListFound| -> Vec<Evidence> {
        let note = Some(format!("{} of the claimed names in it", list.kept));
        it.witness.evidence(&Place {
            range: None,
            css: Some(list.container.clone()),
            note,
        })
    };
    let mut evidence = element(now, to);
    evidence.extend(element(then, from));
    let said = Said {
        verdict: Verdict::Redesigned {
            from: describe(from),
            to: describe(to),
        },
        score: 0.95,
        reasons: vec![reason(
            &format!("{} of the claimed names stayed", to.kept),
            0.95,
        )],
        evidence,
    };
    let history = History {
        judged,
        changed_after: Some(then.date),
        changed_by: Some(now.date),
        ..History::default()
    };
    let subject = Subject::List {
        claim: claim.id.clone(),
    };
    Some(finding(name, claim, subject, Folded { said, history }))
}

/// Whether the list of one visit is built otherwise than that of the visit before, and holds the same names.
fn is_redesign(then: &Answered<'_>, now: &Answered<'_>) -> bool {
    let (Some(from), Some(to)) = (then.main_list(), now.main_list()) else {
        return false;
    };
    if from.fingerprint == to.fingerprint && from.strategy == to.strategy {
        return false;
    }
    let there = |it: &Answered<'_>| -> BTreeSet<usize> {
        it.answer
            .iter()
            .flat_map(|it| it.names.iter().enumerate())
            .filter(|(_, it)| matches!(it.verdict, Verdict::Present | Verdict::Renamed { .. }))
            .map(|(at, _)| at)
            .collect()
    };
    let (before, after) = (there(then), there(now));
    !before.is_empty() && before.intersection(&after).count() * 5 >= before.len() * 4
}

fn in_words(list: &ListFound) -> &'static str {
    use crate::entity::Strategy;
    match list.strategy {
        Strategy::ListItems => "list items in",
        Strategy::TableColumn => "a column of the table",
        Strategy::Cards => "cards in",
        Strategy::DefinitionList => "a definition list",
        Strategy::Lines => "lines of",
        Strategy::Prose => "running text in",
        Strategy::Headings => "headings in",
        Strategy::Logos => "pictures in",
        Strategy::Structured => "data of the page in",
        Strategy::PlainLines => "lines of text in",
        Strategy::Selector => "the selector",
    }
}
