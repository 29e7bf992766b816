//! Folds what was said about one thing at all visits into the history of a finding.

use chrono::TimeDelta;

use super::track::{Track, distance};
use crate::{
    clock::Instant,
    compare::{
        claim::{Said, is_there},
        names::likeness::round,
    },
    finding::{Baseline, CaptureRef, CopiedOn, History, Verdict, Why},
};

/// What the page of a reference says at one edge of a run.
#[derive(Clone, Copy, Debug)]
struct Point<'a> {
    date: Instant,
    reference: u32,
    said: &'a Said,
    /// Whether it is a copy from another archive: copies show how a page was, not how it is.
    copied: bool,
}

/// What the pages of the references of a claim said, by the numbers of the references.
#[derive(Clone, Debug, Default)]
pub(in crate::compare) struct Tracks<'a> {
    /// At our own visits.
    pub(in crate::compare) own: Vec<(u32, &'a Track<Said>)>,
    /// In copies from other archives, each by itself.
    pub(in crate::compare) copied: Vec<(u32, &'a Track<Said>)>,
}

impl<'a> Tracks<'a> {
    /// What is said from edge to edge, oldest first. Copies that are newer than our latest visit, or that cannot be judged, are
    /// left out: they say nothing about how the present state came about.
    fn points(&self) -> Vec<Point<'a>> {
        let points = |tracks: &[(u32, &'a Track<Said>)], copied: bool| -> Vec<Point<'a>> {
            let edges = tracks.iter().flat_map(|(reference, track)| {
                track.edges().map(move |(date, said)| Point {
                    date,
                    reference: *reference,
                    said,
                    copied,
                })
            });
            edges.collect()
        };
        let mut all = points(&self.own, false);
        let latest = all.iter().map(|it| it.date).max();
        let copied = points(&self.copied, true).into_iter();
        all.extend(copied.filter(|copied| {
            copied.said.is_there().is_some() && latest.is_none_or(|latest| copied.date < latest)
        }));
        all.sort_by_key(|it| (it.date, it.reference));
        all
    }
}

/// What all visits of all cited references say together.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compare) struct Folded {
    /// What is said now.
    pub(in crate::compare) said: Said,
    /// How it developed.
    pub(in crate::compare) history: History,
    /// Our capture with the claimed content nearest to the access date.
    pub(in crate::compare) copy: Option<CaptureRef>,
    /// The copies from other archives with the claimed content, the nearest to the access date first.
    pub(in crate::compare) copies: Vec<CaptureRef>,
}

/// The pages of one claim are visited one after another: visits within this time belong to one round, and what they
/// say together counts from the end of the round.
const ROUND: TimeDelta = TimeDelta::hours(12);

/// The most copies from other archives that a finding names.
const MOST_COPIES: usize = 8;

/// Folds the tracks of the references of a claim; `cited` are the references with their access dates.
pub(in crate::compare) fn fold(cited: &[(u32, Option<Instant>)], tracks: &Tracks<'_>) -> Folded {
    let points = tracks.points();
    // What each page says now, by our own visits only, and what it said last, including copies.
    let mut latest: Vec<(u32, Option<Point<'_>>)> =
        cited.iter().map(|pair| (pair.0, None)).collect();
    let mut known = latest.clone();
    let mut combined: Vec<(Instant, &Verdict)> = Vec::with_capacity(points.len());
    let mut round_began: Option<Instant> = None;
    let mut in_round: Vec<u32> = Vec::new();
    for point in &points {
        let same_round = !point.copied
            && !in_round.contains(&point.reference)
            && round_began.is_some_and(|began| point.date - began <= ROUND);
        if same_round {
            combined.pop();
        } else {
            round_began = (!point.copied).then_some(point.date);
            in_round.clear();
        }
        in_round.push(point.reference);
        for slots in [&mut known, &mut latest]
            .into_iter()
            .take(if point.copied { 1 } else { 2 })
        {
            for slot in slots.iter_mut().filter(|slot| slot.0 == point.reference) {
                slot.1 = Some(*point);
            }
        }
        let sayings: Vec<&Said> = known
            .iter()
            .filter_map(|pair| pair.1)
            .map(|it| it.said)
            .collect();
        combined.push((point.date, &together(&sayings, true).verdict));
    }
    let never = Said::untold(Why::NotVisited, "the page has not been visited yet");
    let sayings: Vec<&Said> = latest
        .iter()
        .map(|pair| pair.1.map_or(&never, |it| it.said))
        .collect();
    let mut said = together(&sayings, false).clone();
    let mut history = history(&combined, &said.verdict, baseline(cited, tracks));
    history.copies = copies_in(&history, tracks);
    evidence(&mut said, &latest, &points, history.last_seen);
    explain(&mut said, &history);
    said.score = round(said.score);
    Folded {
        said,
        copy: had(cited, &tracks.own).into_iter().next(),
        copies: had(cited, &tracks.copied)
            .into_iter()
            .take(MOST_COPIES)
            .collect(),
        history,
    }
}

/// Adds when it was there, if it is unclear whether it is there now.
fn explain(said: &mut Said, history: &History) {
    let Verdict::CannotTell { why, detail } = &mut said.verdict else {
        return;
    };
    let held_by = |at: Instant| match history.held_by(at) {
        Some(source) => format!("{}, {}", at.format("%Y-%m-%d"), source.held_by()),
        None => at.format("%Y-%m-%d").to_string(),
    };
    if let Some(seen) = history.last_seen {
        let how = if *why == Why::NotVisited {
            "it was there"
        } else {
            "last seen"
        };
        *detail = format!("{detail}; {how} on {}", held_by(seen));
    } else if *why == Why::NotVisited
        && let Some(baseline) = history
            .baseline
            .as_ref()
            .filter(|baseline| baseline.held == Some(false))
    {
        *detail = format!("{detail}; it was not there on {}", held_by(baseline.date));
    }
}

/// The copies among the captures that a history names.
fn copies_in(history: &History, tracks: &Tracks<'_>) -> Vec<CopiedOn> {
    let named = history.dates();
    let mut copies: Vec<CopiedOn> = Vec::new();
    for run in tracks.copied.iter().flat_map(|pair| pair.1.runs()) {
        let source = run
            .said
            .evidence
            .first()
            .and_then(|it| it.capture.source.clone());
        if let Some(source) = source
            && named.contains(&run.first)
            && copies.iter().all(|copy| copy.date != run.first)
        {
            let date = run.first;
            copies.push(CopiedOn { date, source });
        }
    }
    copies.sort_by_key(|copy| copy.date);
    copies
}

/// What several pages say together: for *present*, one page is enough; for *absent*, all are needed.
fn together<'a>(sayings: &[&'a Said], partial: bool) -> &'a Said {
    static NOTHING: std::sync::LazyLock<Said> = std::sync::LazyLock::new(|| {
        Said::untold(
            Why::NoReference,
            "the claim cites no reference with an address",
        )
    });
    let rank = |said: &Said| match &said.verdict {
        Verdict::Present | Verdict::New | Verdict::Redesigned { .. } => 9,
        Verdict::Elsewhere { .. } | Verdict::MovedList { .. } | Verdict::MovedPage { .. } => 8,
        Verdict::Renamed { .. } | Verdict::Merged { .. } | Verdict::Split { .. } => 7,
        Verdict::Altered { .. } => 6,
        Verdict::CannotTell {
            why: Why::Perhaps, ..
        } => 5,
        Verdict::CannotTell {
            why: Why::ListNotFound | Why::NotSettled,
            ..
        } => 1,
        Verdict::CannotTell {
            why: Why::NotVisited,
            ..
        } if partial => 0,
        Verdict::CannotTell { .. } => 4,
        Verdict::Absent => 2,
    };
    // Among equals, the first cited one counts.
    let mut best: Option<&'a Said> = None;
    for saying in sayings {
        if best.is_none_or(|best| rank(saying) > rank(best)) {
            best = Some(saying);
        }
    }
    best.unwrap_or(&NOTHING)
}

/// Whether a page was read and does not settle the claim.
fn is_unsettled(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::CannotTell {
            why: Why::NotSettled,
            ..
        }
    )
}

/// Whether two verdicts count as the same in the search for changes.
fn alike(one: &Verdict, other: &Verdict) -> bool {
    match (one, other) {
        (
            Verdict::Present | Verdict::Elsewhere { .. },
            Verdict::Present | Verdict::Elsewhere { .. },
        ) => true,
        (Verdict::CannotTell { why: a, .. }, Verdict::CannotTell { why: b, .. }) => a == b,
        (Verdict::Renamed { to: a, .. }, Verdict::Renamed { to: b, .. })
        | (Verdict::MovedList { to: a, .. }, Verdict::MovedList { to: b, .. })
        | (Verdict::Merged { into: a, .. }, Verdict::Merged { into: b, .. })
        | (Verdict::Altered { to: a, .. }, Verdict::Altered { to: b, .. }) => a == b,
        _ => one == other,
    }
}

fn history(combined: &[(Instant, &Verdict)], now: &Verdict, baseline: Option<Baseline>) -> History {
    let seen = |pair: &&(Instant, &Verdict)| is_there(pair.1) == Some(true);
    let judged = combined.iter().find(|pair| is_there(pair.1).is_some());
    let (mut changed_by, mut changed_after) = (None, None);
    for (date, verdict) in combined.iter().rev() {
        if alike(verdict, now) {
            changed_by = Some(*date);
        } else if is_there(verdict).is_some() || is_there(now).is_none() || is_unsettled(verdict) {
            changed_after = Some(*date);
            break;
        }
    }
    if changed_after.is_none() {
        changed_by = None;
    }
    let last_seen = combined.iter().rfind(seen).map(|pair| pair.0);
    let gone = combined.iter().find(|pair| {
        last_seen.is_some_and(|last| pair.0 > last) && is_there(pair.1) == Some(false)
    });
    History {
        first_judged: judged.map(|judged| judged.0),
        first_seen: combined.iter().find(seen).map(|pair| pair.0),
        last_seen,
        gone_by: gone
            .map(|gone| gone.0)
            .filter(|it| changed_by.is_some_and(|by| *it < by)),
        changed_after,
        changed_by,
        baseline,
        copies: Vec::new(),
    }
}

/// Whether the page could not be read, so that the visit says nothing about its content.
fn is_unread(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::CannotTell {
            why: Why::NotVisited
                | Why::FetchFailed
                | Why::Gone
                | Why::SoftNotFound
                | Why::Blocked
                | Why::ConsentWall
                | Why::LoginWall
                | Why::Parked
                | Why::Empty
                | Why::Unreadable,
            ..
        }
    )
}

/// What the readable visit nearest to the access date says; of several references, the one with the
/// nearest visit.
fn baseline(cited: &[(u32, Option<Instant>)], tracks: &Tracks<'_>) -> Option<Baseline> {
    type Key = (bool, bool, i64, Instant, u32);
    let mut best: Option<(Key, Option<bool>)> = None;
    for (number, accessed) in cited {
        let Some(accessed) = accessed else { continue };
        let copied = tracks.copied.iter().map(|it| (it, true));
        let tracks = tracks.own.iter().map(|it| (it, false)).chain(copied);
        for ((_, track), is_copy) in tracks.filter(|track| track.0.0 == *number) {
            for run in track.runs() {
                let far = if is_copy {
                    distance(run.first, run.last, *accessed)
                } else {
                    track.distance(run, *accessed)
                };
                let date = if far > 0 && run.first < *accessed {
                    run.last
                } else {
                    run.first
                };
                let unread = is_unread(&run.said.verdict);
                let key = (unread, run.said.untrusted, far, date, *number);
                if best.is_none_or(|best| key < best.0) {
                    best = Some((key, run.said.is_there()));
                }
            }
        }
    }
    best.map(|((_, _, _, date, _), held)| Baseline { date, held })
}

/// The captures with the claimed content, the nearest to the access date first; if that date is unknown, the latest first.
fn had(cited: &[(u32, Option<Instant>)], tracks: &[(u32, &Track<Said>)]) -> Vec<CaptureRef> {
    type Key = (bool, i64, std::cmp::Reverse<Instant>);
    let mut all: Vec<(Key, &CaptureRef)> = Vec::new();
    for (number, accessed) in cited {
        for (_, track) in tracks.iter().filter(|track| track.0 == *number) {
            let runs = track.runs().iter();
            for run in runs.filter(|run| run.said.is_there() == Some(true)) {
                let Some(capture) = run.said.evidence.first().map(|it| &it.capture) else {
                    continue;
                };
                // A copy shows one moment, and nothing after it.
                let far = accessed.map_or(0, |day| match capture.source {
                    Some(_) => distance(run.first, run.last, day),
                    None => track.distance(run, day),
                });
                all.push((
                    (run.said.untrusted, far, std::cmp::Reverse(run.first)),
                    capture,
                ));
            }
        }
    }
    all.sort_by_key(|pair| pair.0);
    let mut captures: Vec<CaptureRef> = Vec::new();
    for (_, capture) in all {
        if !captures.contains(capture) {
            captures.push(capture.clone());
        }
    }
    captures
}

/// Adds what the other pages show, and where it was last seen.
fn evidence(
    said: &mut Said,
    latest: &[(u32, Option<Point<'_>>)],
    points: &[Point<'_>],
    last_seen: Option<Instant>,
) {
    let has = is_there(&said.verdict) == Some(true);
    for point in latest.iter().filter_map(|pair| pair.1) {
        let worth = if has {
            point.said.is_there() == Some(true)
        } else {
            true
        };
        for it in &point.said.evidence {
            if worth && !said.evidence.contains(it) {
                said.evidence.push(it.clone());
            }
        }
    }
    if !has {
        let seen = points
            .iter()
            .rfind(|point| Some(point.date) == last_seen && point.said.is_there() == Some(true));
        for it in seen.iter().flat_map(|it| &it.said.evidence).take(1) {
            if !said.evidence.contains(it) {
                said.evidence.push(it.clone());
            }
        }
    }
}
