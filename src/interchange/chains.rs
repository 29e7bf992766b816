//! Joins captures to visits: a redirect, and the capture of its target that was made with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::TimeDelta;

use crate::{
    capture::{Capture, Outcome, Visit, asked_otherwise},
    forward,
    reading::can_be_further,
    uri::TargetUri,
};

/// The longest time between two hops of the same visit.
const HOP: TimeDelta = TimeDelta::minutes(15);

/// The most hops to follow.
const HOPS: usize = 20;

/// The most redirects that wait for the capture of their target.
const WAITING: usize = 256;

/// Visits from a sequence of captures, as in a file.
#[derive(Debug, Default)]
pub struct Chains {
    waiting: VecDeque<(Vec<Capture>, TargetUri)>,
}

impl Chains {
    /// Adds the next capture, and returns the visits that it completes.
    ///
    /// An answer to a request other than a plain one for a page is never joined.
    pub fn add(&mut self, capture: Capture) -> Vec<Visit> {
        if let Some(asked) = asked_otherwise(&capture.request) {
            let page = match &capture.source {
                Some(source) => source.seed(&capture.target_uri),
                None => capture.target_uri.clone(),
            };
            return vec![Visit {
                seed: seed_of(&page, &asked),
                captures: vec![capture],
            }];
        }
        let place = self.waiting.iter().position(|(hops, target)| {
            *target == capture.target_uri && hops.last().is_some_and(|hop| follows(hop, &capture))
        });
        let mut hops = place
            .and_then(|place| self.waiting.remove(place))
            .map_or_else(Vec::new, |it| it.0);
        let leads_back = hops.iter().any(|hop| hop.target_uri == capture.target_uri);
        let target = redirects_to(&capture).filter(|_| !leads_back && hops.len() + 1 < HOPS);
        hops.push(capture);
        match target {
            None => Vec::from_iter(visit(hops)),
            Some(target) => {
                self.waiting.push_back((hops, target));
                let oldest = (self.waiting.len() > WAITING)
                    .then(|| self.waiting.pop_front())
                    .flatten();
                Vec::from_iter(oldest.and_then(|oldest| visit(oldest.0)))
            }
        }
    }

    /// The visits whose redirects have no captured target.
    pub fn finish(self) -> impl Iterator<Item = Visit> {
        self.waiting.into_iter().filter_map(|it| visit(it.0))
    }
}

fn visit(captures: Vec<Capture>) -> Option<Visit> {
    let first = captures.first()?;
    let seed = match &first.source {
        Some(source) => source.seed(&first.target_uri),
        None => first.target_uri.clone(),
    };
    Some(Visit { seed, captures })
}

/// The address under which the answer to another kind of request is stored: with the method in it, as in pywb and related tools.
fn seed_of(uri: &TargetUri, asked: &str) -> TargetUri {
    let mut url = uri.as_url().clone();
    url.query_pairs_mut().append_pair("__wb_method", asked);
    TargetUri::from_url(url).map_or_else(|_| uri.clone(), |parsed| parsed.0)
}

fn follows(hop: &Capture, next: &Capture) -> bool {
    let archive = |it: &Capture| it.source.as_ref().map(|source| source.archive.clone());
    archive(hop) == archive(next) && next.date >= hop.date && next.date - hop.date <= HOP
}

/// The target of a capture: of a redirect, or of a page that only sends a browser elsewhere.
fn redirects_to(capture: &Capture) -> Option<TargetUri> {
    if let Some(301 | 302 | 303 | 307 | 308) = capture.status() {
        let (target, _) = capture.target_uri.join(&capture.field("location")?).ok()?;
        return Some(target);
    }
    let Outcome::Response(response) = &capture.outcome else {
        return None;
    };
    Some(forward::of_response(response, &capture.target_uri)?.to)
}

/// Our own visits of `seeds` in `captures`, and of pages that can be further pages of their lists, oldest first; each capture of such a
/// page begins a visit.
#[must_use]
pub fn visits_of(captures: &[Capture], seeds: &[TargetUri]) -> Vec<Visit> {
    let mut by_uri: BTreeMap<&TargetUri, Vec<&Capture>> = BTreeMap::new();
    let of_pages = captures
        .iter()
        .filter(|capture| capture.source.is_none() && asked_otherwise(&capture.request).is_none());
    for capture in of_pages {
        by_uri.entry(&capture.target_uri).or_default().push(capture);
    }
    for captures in by_uri.values_mut() {
        captures.sort_by_key(|capture| capture.date);
    }
    let mut by_host: BTreeMap<&str, Vec<&TargetUri>> = BTreeMap::new();
    for seed in seeds {
        by_host.entry(seed.host()).or_default().push(seed);
    }
    let is_further = |uri: &TargetUri| {
        let lists = by_host.get(uri.host()).into_iter().flatten();
        !seeds.contains(uri) && lists.into_iter().any(|list| can_be_further(list, uri))
    };
    let further = by_uri.keys().copied().filter(|uri| is_further(uri));
    let pages: Vec<&TargetUri> = seeds.iter().chain(further).collect();
    let mut visits = Vec::new();
    for seed in pages {
        for first in by_uri.get(seed).into_iter().flatten() {
            visits.push(Visit {
                seed: seed.clone(),
                captures: follow(first, &by_uri),
            });
        }
    }
    visits.sort_by_key(|visit| visit.captures.first().map(|capture| capture.date));
    visits
}

fn follow(first: &Capture, by_uri: &BTreeMap<&TargetUri, Vec<&Capture>>) -> Vec<Capture> {
    let mut hops = vec![first.clone()];
    let mut seen = BTreeSet::from([first.target_uri.clone()]);
    while let Some(next) = hops.last().and_then(|hop| next_hop(hop, by_uri)) {
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
    let target = redirects_to(hop)?;
    by_uri
        .get(&target)?
        .iter()
        .find(|it| follows(hop, it))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capture::{Framing, Response},
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
            source: None,
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
        let visits = visits_of(&captures, &seeds);
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
        let visits = visits_of(&captures, &["https://example.org/a".parse().unwrap()]);
        assert_eq!(visits[0].captures.len(), 2);
    }

    #[test]
    fn captures_in_a_row_become_visits_as_soon_as_nothing_can_follow() {
        let there = "HTTP/1.1 301 Moved\r\nLocation: /new\r\n\r\n";
        let page = "HTTP/1.1 200 OK\r\n\r\n";
        let mut chains = Chains::default();
        let mut lengths: Vec<Vec<usize>> = Vec::new();
        for hop in [
            capture("https://example.org/old", "20240601000000", there),
            capture("https://example.org/else", "20240601000000", page),
            capture("https://example.org/new", "20240601000001", page),
            capture("https://example.org/new", "20240701000001", page),
            capture("https://example.org/old", "20250601000000", there),
        ] {
            lengths.push(
                chains
                    .add(hop)
                    .iter()
                    .map(|hop| hop.captures.len())
                    .collect(),
            );
        }
        let expected = [vec![], vec![1], vec![2], vec![1], vec![]];
        assert_eq!(lengths, expected);
        let left: Vec<Visit> = chains.finish().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].captures.len(), 1);
    }
}
