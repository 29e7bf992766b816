//! What was said of one thing at one visit after the other, folded into a finding's history.

use chrono::TimeDelta;

use super::track::{Track, distance};
use crate::{
    clock::Instant,
    compare::{
        claim::{Said, held},
        names::likeness::round,
    },
    finding::{Baseline, CaptureRef, CopiedOn, History, Verdict, Why},
};

/// What a reference's page says at one edge of a run.
#[derive(Clone, Copy, Debug)]
struct Point<'a> {
    date: Instant,
    reference: u32,
    said: &'a Said,
    /// Whether it is of a copy from another archive: such say how a page was, not how it is.
    copied: bool,
}

/// What the pages of a claim's references said, by the numbers of the references.
#[derive(Clone, Debug, Default)]
pub(in crate::compare) struct Tracks<'a> {
    /// At our own visits.
    pub(in crate::compare) own: Vec<(u32, &'a Track<Said>)>,
    /// In copies from other archives, each copy by itself.
    pub(in crate::compare) copied: Vec<(u32, &'a Track<Said>)>,
}

impl<'a> Tracks<'a> {
    /// What is said from edge to edge, oldest first. Copies that are younger than our latest visit, or could not be judged, tell
    /// nothing of how it came to what is said now.
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
            copied.said.held().is_some() && latest.is_none_or(|latest| copied.date < latest)
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
    /// How it came to be so.
    pub(in crate::compare) history: History,
    /// The capture of ours that had it nearest to the day of access.
    pub(in crate::compare) copy: Option<CaptureRef>,
    /// The copies from other archives that had it, the nearest to that day first.
    pub(in crate::compare) copies: Vec<CaptureRef>,
}

/// Several pages of one claim are visited one after the other: within this time each page's visit belongs to one round, and what the
/// pages say together is told when the round is done.
const ROUND: TimeDelta = TimeDelta::hours(12);

/// How many copies from other archives a finding names.
const MOST_COPIES: usize = 8;

/// Folds the tracks of a claim's references; `cited` are the references with the days they were accessed.
pub(in crate::compare) fn fold(cited: &[(u32, Option<Instant>)], tracks: &Tracks<'_>) -> Folded {
    let points = tracks.points();
    // What each page says now, by our own visits alone, and what it said last, by copies as well.
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
    let never = Said::untold(Why::NotVisited, "the page was not visited so far");
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

/// Says when it was there, where nobody can tell whether it is.
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

/// What several pages say together: one that has it is enough; that none has it takes them all.
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
    // Of equals the first cited is taken.
    let mut best: Option<&'a Said> = None;
    for saying in sayings {
        if best.is_none_or(|best| rank(saying) > rank(best)) {
            best = Some(saying);
        }
    }
    best.unwrap_or(&NOTHING)
}

/// Whether a page was read and left open what is claimed.
fn is_unsettled(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::CannotTell {
            why: Why::NotSettled,
            ..
        }
    )
}

/// Whether two verdicts say the same for the purpose of "changed".
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
    let seen = |pair: &&(Instant, &Verdict)| held(pair.1) == Some(true);
    let judged = combined.iter().find(|pair| held(pair.1).is_some());
    let (mut changed_by, mut changed_after) = (None, None);
    for (date, verdict) in combined.iter().rev() {
        if alike(verdict, now) {
            changed_by = Some(*date);
        } else if held(verdict).is_some() || held(now).is_none() || is_unsettled(verdict) {
            changed_after = Some(*date);
            break;
        }
    }
    if changed_after.is_none() {
        changed_by = None;
    }
    let last_seen = combined.iter().rfind(seen).map(|pair| pair.0);
    let gone = combined
        .iter()
        .find(|pair| last_seen.is_some_and(|last| pair.0 > last) && held(pair.1) == Some(false));
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

/// Whether the page was not there to be read, so that it tells nothing of what it said.
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

/// What the visit nearest to the day of access at which the page could be read says; of several references the one whose visit
/// is nearest.
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
                    best = Some((key, run.said.held()));
                }
            }
        }
    }
    best.map(|((_, _, _, date, _), held)| Baseline { date, held })
}

/// The captures that brought what is claimed, the nearest to the day of access first; where nobody knows that day, the latest.
fn had(cited: &[(u32, Option<Instant>)], tracks: &[(u32, &Track<Said>)]) -> Vec<CaptureRef> {
    type Key = (bool, i64, std::cmp::Reverse<Instant>);
    let mut all: Vec<(Key, &CaptureRef)> = Vec::new();
    for (number, accessed) in cited {
        for (_, track) in tracks.iter().filter(|track| track.0 == *number) {
            let runs = track.runs().iter();
            for run in runs.filter(|run| run.said.held() == Some(true)) {
                let Some(capture) = run.said.evidence.first().map(|it| &it.capture) else {
                    continue;
                };
                // A copy shows one moment, and nothing of what came after.
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

/// Adds what the other pages show, and where it was seen last.
fn evidence(
    said: &mut Said,
    latest: &[(u32, Option<Point<'_>>)],
    points: &[Point<'_>],
    last_seen: Option<Instant>,
) {
    let has = held(&said.verdict) == Some(true);
    for point in latest.iter().filter_map(|pair| pair.1) {
        let worth = if has {
            point.said.held() == Some(true)
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
            .rfind(|point| Some(point.date) == last_seen && point.said.held() == Some(true));
        for it in seen.iter().flat_map(|it| &it.said.evidence).take(1) {
            if !said.evidence.contains(it) {
                said.evidence.push(it.clone());
            }
        }
    }
}
