//! A report shows the visits that findings rest on, however many there are.

use std::path::Path;

use chrono::TimeDelta;
use stillsays::{
    capture::{Capture, Failure, FailureKind, Framing, Outcome, Response, Visit},
    clock::Instant,
    compare::Alert,
    finding::{
        CaptureRef, Conclusion, Decisions, Evidence, Finding, FindingId, History, Subject, Verdict,
    },
    pipeline::{self, Comparing, Named},
    profile::{Profile, Reference},
    store::{Access, Crawl, Store, Wanted},
    uri::TargetUri,
};

use super::fixture::at;

const PAGE: &str = "https://site.test/members";

fn page() -> TargetUri {
    PAGE.parse().unwrap()
}

fn on(day: i64) -> Instant {
    at("20240101") + TimeDelta::days(day)
}

fn capture(uri: &str, date: Instant, outcome: Outcome) -> Capture {
    Capture {
        target_uri: uri.parse().unwrap(),
        date,
        ended: date,
        connection: None,
        request: Vec::new(),
        source: None,
        outcome,
    }
}

fn response(uri: &str, date: Instant, head: &str) -> Capture {
    let outcome = Outcome::Response(Response {
        head: format!("HTTP/1.1 {head}\r\n\r\n").into_bytes(),
        payload: date.to_string().into_bytes(),
        framing: Framing::Identity,
        truncated: None,
    });
    capture(uri, date, outcome)
}

fn failure(date: Instant) -> Capture {
    let outcome = Outcome::Failure(Failure {
        kind: FailureKind::Malformed,
        detail: "not HTTP".into(),
        received: Vec::new(),
    });
    capture(PAGE, date, outcome)
}

fn keep(folder: &Path, visits: Vec<Vec<Capture>>) -> Store {
    let store = Store::open(&folder.join("a.db"), Access::Create).unwrap();
    let crawl = Crawl {
        started: at("2024"),
        software: "stillsays/test".into(),
        command: "run".into(),
    };
    let crawl = store.begin_crawl(&crawl).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let added: Vec<_> = visits
        .into_iter()
        .map(|captures| {
            let seed = page();
            store.add_visit(crawl, Visit { seed, captures }, Vec::new())
        })
        .collect();
    store.hurry().unwrap();
    for it in added {
        runtime.block_on(it).unwrap();
    }
    store
}

/// The days of the visits that are found, counted from the first.
fn found(store: &Store, wanted: &Wanted) -> Vec<i64> {
    let found = store.some_visits([(&page(), wanted)]).unwrap();
    let visits = found[0].visits.iter();
    visits.map(|it| (it.last.date - on(0)).num_days()).collect()
}

#[test]
fn some_visits_are_found_by_their_dates_and_by_their_nearness_to_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let visits = (0..200).map(|day| {
        let good = !(50..=60).contains(&day);
        vec![if good {
            response(PAGE, on(day), "200 OK")
        } else {
            failure(on(day))
        }]
    });
    let store = keep(folder.path(), visits.collect());
    assert_eq!(found(&store, &Wanted::default()), [0, 199]);
    let dates = vec![on(7), on(8) + TimeDelta::seconds(1), on(7), on(199)];
    let wanted = Wanted {
        dates,
        near: Vec::new(),
    };
    assert_eq!(
        found(&store, &wanted),
        [0, 7, 199],
        "no visit ended on the second"
    );
    let near = |day| Wanted {
        dates: Vec::new(),
        near: vec![on(day)],
    };
    assert_eq!(found(&store, &near(100)), [0, 100, 101, 199]);
    assert_eq!(
        found(&store, &near(55)),
        [0, 49, 61, 199],
        "failures are passed over"
    );
    assert_eq!(found(&store, &near(-9)), [0, 199]);
    let all = store.some_visits([(&page(), &near(55))]).unwrap()[0].all;
    assert_eq!(all, 200);
    let other: TargetUri = "https://site.test/other".parse().unwrap();
    let none = store.some_visits([(&other, &near(55))]).unwrap();
    assert_eq!((none[0].all, none[0].visits.len()), (0, 0));
}

#[test]
fn a_visit_is_known_by_what_it_came_to() {
    let folder = tempfile::tempdir().unwrap();
    let after = on(1) + TimeDelta::seconds(2);
    let hops = vec![
        response(PAGE, on(1), "301 Moved\r\nLocation: /people"),
        response("https://site.test/people", after, "200 OK"),
    ];
    let store = keep(
        folder.path(),
        vec![vec![failure(on(0))], hops, vec![failure(on(2))]],
    );
    let wanted = Wanted {
        dates: vec![after],
        near: Vec::new(),
    };
    let found = store.some_visits([(&page(), &wanted)]).unwrap();
    let moved = &found[0].visits[1];
    assert_eq!(moved.from, page());
    assert_eq!(moved.last.target_uri.as_str(), "https://site.test/people");
    assert!(moved.is_good());
    assert!(!found[0].visits[2].is_good());
}

#[test]
fn a_report_has_the_visits_that_findings_rest_on_and_the_number_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let visits = (0..300).map(|day| vec![response(PAGE, on(day), "200 OK")]);
    let store = keep(folder.path(), visits.collect());
    let profile = Profile {
        references: vec![Reference {
            number: 1,
            url: Some(PAGE.into()),
            ..Reference::default()
        }],
        ..Profile::default()
    };
    let named = Named {
        name: "made".into(),
        profile,
        ..Named::default()
    };
    let comparing = Comparing::new(Alert::default());
    let report = pipeline::report(
        &store,
        &named,
        &[],
        &Decisions::default(),
        &comparing,
        "stillsays",
    )
    .unwrap();
    let reference = &report.references[0];
    assert_eq!((reference.visits_in_all, reference.visits.len()), (300, 2));
    assert_eq!(report.as_of, Some(on(299)));
    assert!(report.to_html().len() < 40_000);

    let subject = Subject::Figure {
        claim: "c".into(),
        exact: "134 countries".into(),
    };
    let conclusion = Conclusion::Verdict(Verdict::Absent);
    let evidence = Evidence {
        capture: CaptureRef {
            target_uri: page(),
            date: on(150),
            payload_digest: None,
            source: None,
        },
        quote: None,
        position: None,
        element: None,
        fragment: None,
        link: None,
        note: None,
    };
    let finding = Finding {
        id: FindingId::of("made", &subject, &conclusion),
        profile: "made".into(),
        subject,
        cites: vec![1],
        conclusion,
        confidence: 0.9,
        reasons: Vec::new(),
        evidence: vec![evidence],
        history: History {
            first_judged: Some(on(0)),
            first_seen: Some(on(20)),
            last_seen: Some(on(120)),
            changed_after: Some(on(120)),
            changed_by: Some(on(121)),
            ..History::default()
        },
        copy: None,
        copies: Vec::new(),
    };
    let report = pipeline::report(
        &store,
        &named,
        &[finding],
        &Decisions::default(),
        &comparing,
        "stillsays",
    )
    .unwrap();
    let shown: Vec<i64> = report.references[0]
        .visits
        .iter()
        .map(|it| (it.date - on(0)).num_days())
        .collect();
    assert_eq!(shown, [0, 150, 299]);
    let cite = report.claims[0].entries[0].cite.as_ref().unwrap();
    assert_eq!(cite.date, on(120), "the latest that has it");
}
