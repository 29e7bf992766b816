//! Visits out of an archive file: its captures put together again as the hops they were.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::{
    capture::{Capture, Visit},
    uri::TargetUri,
};

/// How much later than the hop before it a hop of the same visit may have been made.
const HOP: TimeDelta = TimeDelta::minutes(15);

/// How many hops are followed.
const HOPS: usize = 20;

/// The visits of `seeds` that `captures` hold, oldest first; each capture of a seed begins one.
#[must_use]
pub fn visits(captures: &[Capture], seeds: &[TargetUri]) -> Vec<Visit> {
    let mut by_uri: BTreeMap<&TargetUri, Vec<&Capture>> = BTreeMap::new();
    for capture in captures {
        by_uri.entry(&capture.target_uri).or_default().push(capture);
    }
    for captures in by_uri.values_mut() {
        captures.sort_by_key(|it| it.date);
    }
    let mut visits = Vec::new();
    for seed in seeds {
        for first in by_uri.get(seed).into_iter().flatten() {
            visits.push(Visit {
                seed: seed.clone(),
                captures: follow(first, &by_uri),
            });
        }
    }
    visits.sort_by_key(|it| it.captures.first().map(|it| it.date));
    visits
}

fn follow(first: &Capture, by_uri: &BTreeMap<&TargetUri, Vec<&Capture>>) -> Vec<Capture> {
    let mut hops = vec![first.clone()];
    let mut seen = BTreeSet::from([first.target_uri.clone()]);
    while let Some(next) = hops.last().and_then(|it| next_hop(it, by_uri)) {
        if hops.len() >= HOPS || !seen.insert(next.target_uri.clone()) {
            break;
        }
        hops.push(next.clone());
    }
    hops
}

fn next_hop<'a>(
    hop: &Capture,
    by_uri: &BTreeMap<&TargetUri, Vec<&'a Capture>>,
) -> Option<&'a Capture> {
    if !matches!(hop.status(), Some(301 | 302 | 303 | 307 | 308)) {
        return None;
    }
    let (target, _) = hop.target_uri.join(&hop.field("location")?).ok()?;
    by_uri
        .get(&target)?
        .iter()
        .find(|it| it.date >= hop.date && it.date - hop.date <= HOP)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capture::{Framing, Outcome, Response},
        clock::parse_digits14,
    };

    fn capture(uri: &str, at: &str, head: &str) -> Capture {
        let date = parse_digits14(at).unwrap();
        Capture {
            target_uri: uri.parse().unwrap(),
            date,
            ended: date,
            connection: None,
            request: Vec::new(),
            outcome: Outcome::Response(Response {
                head: head.as_bytes().to_vec(),
                payload: Vec::new(),
                framing: Framing::Identity,
                truncated: None,
            }),
        }
    }

    #[test]
    fn a_redirect_is_followed_to_the_capture_made_with_it() {
        let there = "HTTP/1.1 301 Moved\r\nLocation: /new\r\n\r\n";
        let captures = [
            capture(
                "https://example.org/new",
                "20240101000000",
                "HTTP/1.1 200 OK\r\n\r\n",
            ),
            capture("https://example.org/old", "20240601000000", there),
            capture(
                "https://example.org/new",
                "20240601000001",
                "HTTP/1.1 200 OK\r\n\r\n",
            ),
            capture("https://example.org/old", "20250601000000", there),
        ];
        let seeds = ["https://example.org/old".parse().unwrap()];
        let visits = visits(&captures, &seeds);
        assert_eq!(visits.len(), 2);
        assert_eq!(visits[0].captures.len(), 2);
        assert_eq!(visits[0].captures[1], captures[2]);
        assert_eq!(visits[1].captures.len(), 1);
    }

    #[test]
    fn a_redirect_in_a_circle_ends() {
        let captures = [
            capture(
                "https://example.org/a",
                "20240101000000",
                "HTTP/1.1 302 F\r\nLocation: /b\r\n\r\n",
            ),
            capture(
                "https://example.org/b",
                "20240101000000",
                "HTTP/1.1 302 F\r\nLocation: /a\r\n\r\n",
            ),
        ];
        let visits = visits(&captures, &["https://example.org/a".parse().unwrap()]);
        assert_eq!(visits[0].captures.len(), 2);
    }
}
