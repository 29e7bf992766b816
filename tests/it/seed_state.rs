//! What is kept beside a seed against all its visits: the same, in whatever order they were added.

use std::collections::HashMap;

use proptest::prelude::*;
use stillsays::{
    capture::{
        Capture, CaptureEntry, Failure, FailureKind, Framing, Outcome, Response, Revisit,
        RevisitProfile, Truncation, Visit,
    },
    clock::{Instant, parse_digits14},
    digest::PayloadDigest,
    pipeline,
    store::{Access, Crawl, SeedState, Store, StoredVisit, Trust},
    uri::TargetUri,
};

use crate::ledger::write_version;

/// One visit in short: its hour, what came, of what body, under what validator, and whether it went through a redirect.
type Told = (u8, u8, u8, u8, bool);

fn uri(text: &str) -> TargetUri {
    text.parse().unwrap()
}

fn at(hour: u8) -> Instant {
    parse_digits14("20240101").unwrap() + chrono::TimeDelta::hours(hour.into())
}

fn visit((hour, what, body, validator, redirected): Told) -> Visit {
    let date = at(hour);
    let payload = format!("<p>Body {body}</p>").into_bytes();
    let fields = match validator {
        0 => String::new(),
        1 => "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n".to_owned(),
        // An honest one, which tells bodies apart.
        2 => format!("ETag: \"{body}\"\r\n"),
        _ => "ETag: \"same\"\r\n".to_owned(),
    };
    let head = |status: &str| format!("HTTP/1.1 {status}\r\n{fields}\r\n").into_bytes();
    let revisit = |profile, head| {
        Outcome::Revisit(Revisit {
            profile,
            head,
            payload_digest: PayloadDigest::of(&payload),
            refers_to_date: at(0),
            refers_to_uri: uri("https://example.org/"),
        })
    };
    let response = |head, truncated| {
        Outcome::Response(Response {
            head,
            payload: payload.clone(),
            framing: Framing::Identity,
            truncated,
        })
    };
    let outcome = match what {
        0..3 | 10 => response(head("200 OK"), None),
        3..6 => revisit(RevisitProfile::ServerNotModified, head("304 Not Modified")),
        6 => revisit(RevisitProfile::IdenticalPayloadDigest, head("200 OK")),
        7 => response(head("404 Not Found"), None),
        8 => response(head("200 OK"), Some(Truncation::Length)),
        _ => Outcome::Failure(Failure {
            kind: FailureKind::Disconnect,
            detail: "no answer".into(),
            received: Vec::new(),
        }),
    };
    let method = if what == 10 { "POST" } else { "GET" };
    let capture = |address: &str, outcome| Capture {
        target_uri: uri(address),
        date,
        ended: date,
        connection: None,
        request: format!("{method} {address}").into_bytes(),
        source: None,
        outcome,
    };
    let captures = if redirected {
        let moved = Outcome::Response(Response {
            head: b"HTTP/1.1 301 Moved\r\nLocation: /there\r\n\r\n".to_vec(),
            payload: Vec::new(),
            framing: Framing::Identity,
            truncated: None,
        });
        vec![
            capture("https://example.org/", moved),
            capture("https://example.org/there", outcome),
        ]
    } else {
        vec![capture("https://example.org/", outcome)]
    };
    Visit {
        seed: uri("https://example.org/"),
        captures,
    }
}

/// Whether other bytes ever came under the same validator.
fn misled(entries: &[&CaptureEntry]) -> bool {
    let mut seen: HashMap<_, PayloadDigest> = HashMap::new();
    let whole = |it: &&&CaptureEntry| it.status() == Some(200) && it.truncated.is_none();
    entries.iter().filter(whole).any(|it| {
        let validators = match it.field("etag") {
            Some(etag) => [Some(etag), None],
            None => [None, it.field("last-modified")],
        };
        let digest = it.payload_digest.unwrap();
        validators != [None, None]
            && *seen.entry((&it.target_uri, validators)).or_insert(digest) != digest
    })
}

/// What all visits, oldest first, make of the seed.
fn from_scratch(visits: &[StoredVisit], most: u32) -> (Option<SeedState>, Option<Instant>) {
    let entries: Vec<&CaptureEntry> = visits.iter().map(|it| &it.last().unwrap().1).collect();
    let brought_nothing =
        |it: &&&CaptureEntry| it.revisit == Some(RevisitProfile::ServerNotModified);
    let not_modified = entries.iter().rev().take_while(brought_nothing).count();
    let mut changed = None;
    let paid: Vec<_> = entries
        .iter()
        .filter(|it| it.payload_digest.is_some())
        .collect();
    for pair in paid.windows(2) {
        if pair[0].payload_digest != pair[1].payload_digest {
            changed = Some(pair[1].date);
        }
    }
    let state = paid.last().map(|stored| SeedState {
        stored: (**stored).clone().clone(),
        brought: paid
            .iter()
            .rfind(|it| it.revisit.is_none() && it.payload_digest == stored.payload_digest)
            .map(|it| (it.date, it.target_uri.clone())),
        not_modified: u32::try_from(not_modified).unwrap().min(most),
        misled: misled(&entries),
    });
    (state, changed)
}

fn check(store: &Store, printed: &[Told]) {
    let seed = uri("https://example.org/");
    let visits = store.visits(&seed).unwrap();
    for most in [0, 2, 50] {
        let found = (
            store.seed_states([&seed], most).unwrap().remove(0),
            store
                .page_dates([&seed])
                .unwrap()
                .remove(0)
                .unwrap()
                .changed,
        );
        assert_eq!(found, from_scratch(&visits, most), "{printed:?}");
    }
}

fn problems(store: &Store) -> Vec<String> {
    let verified = store.verify(&Trust::default(), &mut |_| {}).unwrap();
    let printed = verified.problems.into_iter();
    printed
        .map(|it| format!("{}: {}", it.place, it.detail))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_of_a_seed_is_what_all_its_visits_say(
        printed in proptest::collection::vec((0..12_u8, 0..11_u8, 0..3_u8, 0..4_u8, any::<bool>()), 1..24),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let store = Store::open(&path, Access::Create).unwrap();
        let crawl = store
            .begin_crawl(&Crawl { started: at(0), software: "test".into(), command: "import a.warc".into() })
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for it in &printed {
            runtime.block_on(store.add_visit(crawl, visit(*it), Vec::new())).unwrap();
            check(&store, &printed);
        }
        assert_eq!(problems(&store), [""; 0], "{printed:?}");
        drop(store);
        // A store of an earlier version is brought along.
        for version in [3, 4, 5] {
            let old = folder.path().join(format!("old{version}.db"));
            write_version(&path, &old, version);
            let store = Store::open(&old, Access::ReadWrite).unwrap();
            check(&store, &printed);
            assert_eq!(problems(&store), [""; 0], "{printed:?}");
        }
    }
}

#[test]
fn a_visit_yet_to_come_counts_for_nothing_and_the_one_before_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("a.db"), Access::Create).unwrap();
    let crawl = store
        .begin_crawl(&Crawl {
            started: at(0),
            software: "test".into(),
            command: "run".into(),
        })
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let seed = uri("https://example.org/");
    let last = |hour| {
        let last = pipeline::last_visits(&store, at(hour)).unwrap().of(&seed);
        last.map(|it| (it.at, it.failed))
    };
    assert_eq!(last(9), None);
    for printed in [(2, 0, 0, 0, true), (4, 9, 0, 0, false), (8, 3, 0, 0, false)] {
        runtime
            .block_on(store.add_visit(crawl, visit(printed), Vec::new()))
            .unwrap();
    }
    assert_eq!(last(1), None);
    assert_eq!(last(3), Some((at(2), false)));
    assert_eq!(last(5), Some((at(4), true)));
    assert_eq!(last(9), Some((at(8), false)));
}
