//! All findings about a profile: the fate of each reference, and each claim held against every visit of the pages it cites.

use std::collections::BTreeMap;

use chrono::NaiveTime;

use super::{
    Scope, Visited, context,
    fate::{fate, unjudged},
    figure,
    likeness::round,
    listed,
    names::Place,
    page_text::PageText,
    proof::Witness,
    quotation, relation,
    series::{Folded, Point, Said, fold},
    statement,
};
use crate::{
    capture::is_redirect,
    clock::Instant,
    finding::{
        Conclusion, Evidence, Fate, Finding, FindingId, History, Moment, Series, Subject, Verdict,
        Why,
    },
    profile::{Claim, Profile, Reference, Statement},
};

/// The visits of the pages that a profile cites, by reference number, oldest first.
pub(super) type Visits<'v, 'a> = &'v BTreeMap<u32, Vec<Visited<'a>>>;

/// All findings about a profile whose name (its file's stem) is `name`.
///
/// `visits` gives for a reference's number the visits of its page, oldest first. The order of the findings is that of the
/// profile: references, then claims. The same visits give the same findings, byte for byte.
#[must_use]
pub fn findings(
    name: &str,
    profile: &Profile,
    visits: &BTreeMap<u32, Vec<Visited<'_>>>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = profile
        .references
        .iter()
        .map(|it| of_reference(name, it, visits))
        .collect();
    findings.extend(
        series(name, profile, visits)
            .into_iter()
            .map(|it| it.finding),
    );
    findings
}

/// What every capture says about each thing that the claims of a profile are about, in the order of the findings.
///
/// The arguments are those of [`findings`], and so are the findings in it.
#[must_use]
pub fn series(
    name: &str,
    profile: &Profile,
    visits: &BTreeMap<u32, Vec<Visited<'_>>>,
) -> Vec<Series> {
    let mut series = Vec::new();
    for claim in &profile.claims {
        let cited = Cited::of(claim, profile);
        match (&claim.statement, subject_of(claim)) {
            (Statement::Listed { names, .. }, _) => {
                series.extend(listed::series(name, profile, claim, &cited, names, visits));
            }
            (statement, Some(subject)) => {
                let points = of_words(statement, &cited, visits);
                let moments = moments(&points);
                let folded = fold(&cited.accessed, points);
                series.push(Series {
                    finding: finding(name, claim, subject, folded),
                    moments,
                });
            }
            (_, None) => {}
        }
    }
    series
}

/// What each of the points says, oldest first.
pub(super) fn moments(points: &[Point]) -> Vec<Moment> {
    let mut moments: Vec<Moment> = points
        .iter()
        .map(|it| Moment {
            date: it.date,
            reference: it.reference,
            verdict: it.said.verdict.clone(),
        })
        .collect();
    moments.sort_by_key(|it| (it.date, it.reference));
    moments
}

/// What the finding about a claim of words is about; a list's findings are about its names.
fn subject_of(claim: &Claim) -> Option<Subject> {
    let id = claim.id.clone();
    match &claim.statement {
        Statement::Listed { .. } => None,
        Statement::Quoted { exact } => Some(Subject::Quotation {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Figure { exact } => Some(Subject::Figure {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Stated { exact } => Some(Subject::Statement {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Relation {
            subject,
            relation,
            object,
        } => Some(Subject::Relation {
            claim: id,
            subject: subject.clone(),
            relation: relation.clone(),
            object: object.clone(),
        }),
    }
}

/// What every visit of the cited pages says about a claim of words.
fn of_words(statement: &Statement, cited: &Cited<'_>, visits: Visits<'_, '_>) -> Vec<Point> {
    match statement {
        Statement::Listed { .. } => Vec::new(),
        Statement::Quoted { exact } => {
            let around = context::baselines(cited, visits, |page, scope| {
                context::around(exact, page, scope)
            });
            spoken(cited, visits, |page, reference| {
                let it = quotation::in_page(exact, page, scope_of(reference));
                let place = noted(it.places.first(), it.note);
                // For words that are not there, the answer's score is how near the nearest come; the finding's is how sure that is.
                let sure = match (&it.verdict, it.reasons.first()) {
                    (Verdict::Absent, Some(reason)) => reason.weight.abs(),
                    _ => it.score,
                };
                let it = Spoken {
                    verdict: it.verdict,
                    score: sure,
                    reasons: it.reasons,
                    place,
                };
                context::of_quotation(it, around.get(&reference.number), page)
            })
        }
        Statement::Figure { exact } => spoken(cited, visits, |page, reference| {
            let it = figure::in_page(exact, page, scope_of(reference));
            let place = noted(it.places.first(), it.note);
            Spoken {
                verdict: it.verdict,
                score: it.score,
                reasons: it.reasons,
                place,
            }
        }),
        Statement::Relation {
            subject,
            relation,
            object,
        } => spoken(cited, visits, |page, reference| {
            let it = relation::in_page(subject, relation, object, page, scope_of(reference));
            Spoken {
                verdict: it.verdict,
                score: it.score,
                reasons: it.reasons,
                place: it.place,
            }
        }),
        Statement::Stated { exact } => {
            let rested_on = context::baselines(cited, visits, |page, scope| {
                context::rests_on(exact, page, scope)
            });
            spoken(cited, visits, |page, reference| {
                let it = statement::in_page(exact, page, scope_of(reference));
                context::of_statement(it, rested_on.get(&reference.number), page)
            })
        }
    }
}

/// A place with what else there is to say of it.
fn noted(place: Option<&Place>, more: Option<String>) -> Place {
    let place = place.cloned().unwrap_or_default();
    let note = match (place.note, more) {
        (Some(where_), Some(more)) => Some(format!("{where_}; {more}")),
        (where_, more) => where_.or(more),
    };
    Place { note, ..place }
}

/// The references that a claim cites and that have an address.
pub(super) struct Cited<'a> {
    /// The references, in the order of the claim.
    pub(super) references: Vec<&'a Reference>,
    /// Their numbers with the days they were accessed, at noon.
    pub(super) accessed: Vec<(u32, Option<Instant>)>,
}

impl<'a> Cited<'a> {
    fn of(claim: &Claim, profile: &'a Profile) -> Self {
        let references: Vec<&Reference> = claim
            .cites
            .iter()
            .filter_map(|number| profile.references.iter().find(|it| it.number == *number))
            .filter(|it| it.url.is_some())
            .collect();
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let accessed = references
            .iter()
            .map(|it| (it.number, it.accessed.map(|it| it.and_time(noon).and_utc())))
            .collect();
        Self {
            references,
            accessed,
        }
    }
}

/// The part of a page that a reference means.
pub(super) fn scope_of(reference: &Reference) -> Scope<'_> {
    Scope {
        fragment: reference.fragment.as_deref(),
        selector: reference.selector.as_deref(),
    }
}

fn of_reference(name: &str, reference: &Reference, visits: Visits<'_, '_>) -> Finding {
    let visited = visits.get(&reference.number).map_or(&[][..], Vec::as_slice);
    let fates: Vec<(Instant, Fate)> = visited
        .iter()
        .filter_map(|it| Some((it.hops.last()?.date, fate(it))))
        .collect();
    let now = match (&reference.url, fates.last()) {
        (None, _) => Fate::NoAddress,
        (_, None) => Fate::Unvisited,
        (_, Some((_, fate))) => fate.clone(),
    };
    let there = |it: &&(Instant, Fate)| matches!(it.1, Fate::Live | Fate::Moved { .. });
    let otherwise = fates.iter().rfind(|it| it.1 != now).map(|it| it.0);
    let history = History {
        judged: u32::try_from(fates.len()).unwrap_or(u32::MAX),
        first_seen: fates.iter().find(there).map(|it| it.0),
        last_seen: fates.iter().rfind(there).map(|it| it.0),
        changed_after: otherwise,
        changed_by: otherwise.and_then(|after| fates.iter().find(|it| it.0 > after).map(|it| it.0)),
        baseline: None,
    };
    let evidence: Vec<Evidence> = visited
        .last()
        .map(|it| {
            let before = it.hops.iter().rev().skip(1);
            let hops = before
                .filter(|it| it.status().is_some_and(is_redirect))
                .count();
            let note = (hops > 0)
                .then(|| format!("after {hops} redirect{}", if hops == 1 { "" } else { "s" }));
            Witness::of(it).evidence(&Place {
                note,
                ..Place::default()
            })
        })
        .unwrap_or_default();
    let reasons = visited
        .last()
        .and_then(|it| it.reading)
        .map_or_else(Vec::new, |reading| {
            let telling = reading
                .signals
                .iter()
                .filter(|it| it.speaks_for == reading.state);
            telling
                .map(|it| super::likeness::reason(&it.what, it.weight))
                .collect()
        });
    let confidence = if reasons.is_empty() { 1.0 } else { 0.9 };
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
        confidence,
        reasons,
        evidence,
        history,
    }
}

/// What one page says about words that a claim has.
pub(super) struct Spoken {
    /// What it says.
    pub(super) verdict: Verdict,
    /// How sure that is.
    pub(super) score: f64,
    /// Why.
    pub(super) reasons: Vec<crate::finding::Reason>,
    /// Where.
    pub(super) place: Place,
}

/// What every page says at every visit.
fn spoken(
    cited: &Cited<'_>,
    visits: Visits<'_, '_>,
    ask: impl Fn(&PageText<'_>, &Reference) -> Spoken,
) -> Vec<Point> {
    let mut points = Vec::new();
    for reference in &cited.references {
        for visited in visits.get(&reference.number).into_iter().flatten() {
            let Some(last) = visited.hops.last() else {
                continue;
            };
            let witness = Witness::of(visited);
            let said = match (unjudged(visited), visited.reading) {
                (Some((why, detail)), _) => Said {
                    evidence: witness.evidence(&Place::default()),
                    ..Said::untold(why, &detail)
                },
                (None, Some(reading)) => {
                    let it = ask(&PageText::of(reading), reference);
                    let verdict = whole(it.verdict, visited);
                    let evidence = witness.evidence(&it.place);
                    Said {
                        verdict,
                        score: it.score,
                        reasons: it.reasons,
                        evidence,
                    }
                }
                (None, None) => continue,
            };
            points.push(Point {
                date: last.date,
                reference: reference.number,
                said,
            });
        }
    }
    points
}

/// What is missing from a body that was cut short may have stood in the rest.
pub(super) fn whole(verdict: Verdict, visited: &Visited<'_>) -> Verdict {
    let cut = visited.hops.last().is_some_and(|it| it.truncated.is_some());
    match verdict {
        Verdict::Absent if cut => Verdict::CannotTell {
            why: Why::Truncated,
            detail: "not in the part that was received; the body was cut short".to_owned(),
        },
        verdict => verdict,
    }
}

/// A finding from what was folded.
pub(super) fn finding(name: &str, claim: &Claim, subject: Subject, folded: Folded) -> Finding {
    let conclusion = Conclusion::Verdict(folded.said.verdict);
    Finding {
        id: FindingId::of(name, &subject, &conclusion),
        profile: name.to_owned(),
        subject,
        cites: claim.cites.clone(),
        conclusion,
        confidence: round(folded.said.score),
        reasons: folded.said.reasons,
        evidence: folded.said.evidence,
        history: folded.history,
    }
}
