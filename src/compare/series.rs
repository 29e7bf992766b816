//! What was said of one thing at one visit after the other, folded into a finding's history.

use chrono::TimeDelta;

use super::likeness::round;
use crate::{
    clock::Instant,
    finding::{Baseline, Evidence, History, Reason, Verdict, Why},
};

/// What one visit of one reference says about one thing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    /// What it says.
    pub(super) verdict: Verdict,
    /// How sure that is.
    pub(super) score: f64,
    /// Why.
    pub(super) reasons: Vec<Reason>,
    /// The words it rests on.
    pub(super) evidence: Vec<Evidence>,
}

impl Said {
    /// Nothing can be said, for this reason.
    pub(super) fn untold(why: Why, detail: &str) -> Self {
        let verdict = Verdict::CannotTell {
            why,
            detail: detail.to_owned(),
        };
        Self {
            verdict,
            score: 0.5,
            reasons: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// Whether the page had it; `None` where that could not be told.
    fn held(&self) -> Option<bool> {
        held(&self.verdict)
    }
}

fn held(verdict: &Verdict) -> Option<bool> {
    match verdict {
        Verdict::Present
        | Verdict::Elsewhere { .. }
        | Verdict::MovedList { .. }
        | Verdict::MovedPage { .. }
        | Verdict::New
        | Verdict::Redesigned { .. } => Some(true),
        Verdict::Absent
        | Verdict::Renamed { .. }
        | Verdict::Merged { .. }
        | Verdict::Split { .. }
        | Verdict::Altered { .. } => Some(false),
        Verdict::CannotTell { .. } => None,
    }
}

/// A visit in a series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    /// When the visit was.
    pub(super) date: Instant,
    /// Which reference it visited.
    pub(super) reference: u32,
    /// What it says.
    pub(super) said: Said,
}

/// What all visits of all cited references say together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Folded {
    /// What is said now.
    pub(super) said: Said,
    /// How it came to be so.
    pub(super) history: History,
}

/// Several pages of one claim are visited one after the other: within this time each page's visit belongs to one round, and what the
/// pages say together is told when the round is done.
const ROUND: TimeDelta = TimeDelta::hours(12);

/// Folds the points of a claim's references; `cited` are the references with the days they were accessed.
pub(super) fn fold(cited: &[(u32, Option<Instant>)], mut points: Vec<Point>) -> Folded {
    points.sort_by_key(|it| (it.date, it.reference));
    let mut latest: Vec<(u32, Option<&Point>)> = cited.iter().map(|it| (it.0, None)).collect();
    let mut combined: Vec<(Instant, Verdict)> = Vec::with_capacity(points.len());
    let mut round_began: Option<Instant> = None;
    let mut in_round: Vec<u32> = Vec::new();
    for point in &points {
        let same_round = !in_round.contains(&point.reference)
            && round_began.is_some_and(|it| point.date - it <= ROUND);
        if same_round {
            combined.pop();
        } else {
            round_began = Some(point.date);
            in_round.clear();
        }
        in_round.push(point.reference);
        for slot in latest.iter_mut().filter(|it| it.0 == point.reference) {
            slot.1 = Some(point);
        }
        let sayings: Vec<&Said> = latest
            .iter()
            .filter_map(|it| it.1)
            .map(|it| &it.said)
            .collect();
        combined.push((point.date, together(&sayings, true).verdict.clone()));
    }
    let never = Said::untold(Why::NotVisited, "the page was not visited so far");
    let sayings: Vec<&Said> = latest
        .iter()
        .map(|it| it.1.map_or(&never, |it| &it.said))
        .collect();
    let mut said = together(&sayings, false).clone();
    let history = history(&combined, &said.verdict, baseline(cited, &points));
    evidence(&mut said, &latest, &points, history.last_seen);
    if let Verdict::CannotTell { detail, .. } = &mut said.verdict
        && let Some(seen) = history.last_seen
    {
        *detail = format!("{detail}; last seen on {}", seen.format("%Y-%m-%d"));
    }
    said.score = round(said.score);
    Folded { said, history }
}

/// What several pages say together: one that has it is enough; that none has it takes them all.
fn together<'a>(sayings: &[&'a Said], partial: bool) -> &'a Said {
    static NOTHING: std::sync::LazyLock<Said> = std::sync::LazyLock::new(|| {
        Said::untold(
            Why::NoReference,
            "the claim cites no reference with an address",
        )
    });
    let rank = |it: &Said| match &it.verdict {
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
    for it in sayings {
        if best.is_none_or(|best| rank(it) > rank(best)) {
            best = Some(it);
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

fn history(combined: &[(Instant, Verdict)], now: &Verdict, baseline: Option<Baseline>) -> History {
    let seen = |it: &&(Instant, Verdict)| held(&it.1) == Some(true);
    let judged = combined.iter().filter(|it| held(&it.1).is_some()).count();
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
    History {
        judged: u32::try_from(judged).unwrap_or(u32::MAX),
        first_seen: combined.iter().find(seen).map(|it| it.0),
        last_seen: combined.iter().rfind(seen).map(|it| it.0),
        changed_after,
        changed_by,
        baseline,
    }
}

/// What the visit nearest to the day of access says; of several references the one whose visit is nearest.
fn baseline(cited: &[(u32, Option<Instant>)], points: &[Point]) -> Option<Baseline> {
    cited
        .iter()
        .filter_map(|(number, accessed)| Some((number, (*accessed)?)))
        .flat_map(|(number, accessed)| {
            points
                .iter()
                .filter(move |it| it.reference == *number)
                .map(move |it| {
                    let distance = (it.date - accessed).num_seconds().abs();
                    (distance, it)
                })
        })
        .min_by_key(|(distance, it)| (*distance, it.date, it.reference))
        .map(|(_, it)| Baseline {
            date: it.date,
            held: it.said.held(),
        })
}

/// Adds what the other pages show, and where it was seen last.
fn evidence(
    said: &mut Said,
    latest: &[(u32, Option<&Point>)],
    points: &[Point],
    last_seen: Option<Instant>,
) {
    let has = held(&said.verdict) == Some(true);
    for point in latest.iter().filter_map(|it| it.1) {
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
            .rfind(|it| Some(it.date) == last_seen && it.said.held() == Some(true));
        for it in seen.iter().flat_map(|it| &it.said.evidence).take(1) {
            if !said.evidence.contains(it) {
                said.evidence.push(it.clone());
            }
        }
    }
}
