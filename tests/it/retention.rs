//! Retention through the program: what goes, what stays, and what is said of what went.

mod taken_out;

use std::collections::BTreeMap;

use stillsays::{
    capture::{Capture, Framing, Outcome, Response, Revisit, RevisitProfile, Visit},
    clock::{Instant, parse_digits14},
    digest::PayloadDigest,
    store::{Access, CaptureId, Crawl, Removal, Store, StoreError},
};

use crate::{
    kills::{Dice, killed, left_alone},
    project::Project,
};

const SEED: &str = "https://example.org/partners";

fn at(text: &str) -> Instant {
    parse_digits14(text).unwrap()
}

fn open(project: &Project, access: Access) -> Store {
    std::fs::create_dir_all(project.path("snapshots")).unwrap();
    Store::open(&project.path("snapshots/stillsays.db"), access).unwrap()
}

/// A page whose text is `text`, with a mark that no reader sees.
fn page(text: &str, mark: u32) -> Vec<u8> {
    let filler =
        "<p>The network was founded to keep neighbors talking with each other.</p>".repeat(40);
    format!("<!doctype html><title>Partners</title><meta name=\"nonce\" content=\"{mark:08x}\"><h1>{text}</h1>{filler}")
        .into_bytes()
}

/// One visit a day from 2024 on, each with its body, oldest first; what is the same as the day before is a revisit.
fn archive(project: &Project, seed: &str, bodies: &[Vec<u8>]) {
    let store = open(project, Access::Create);
    let crawl = store
        .begin_crawl(&Crawl {
            started: at("2024"),
            software: "stillsays/test".into(),
            command: "run".into(),
        })
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut last: Option<(PayloadDigest, Instant)> = None;
    let mut adding = Vec::new();
    for (day, body) in (0..).zip(bodies) {
        let date = at("2024") + chrono::TimeDelta::days(day);
        let digest = PayloadDigest::of(body);
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        let outcome = match last {
            Some((known, refers_to_date)) if known == digest => Outcome::Revisit(Revisit {
                profile: RevisitProfile::IdenticalPayloadDigest,
                head,
                payload_digest: digest,
                refers_to_date,
                refers_to_uri: seed.parse().unwrap(),
            }),
            _ => {
                last = Some((digest, date));
                Outcome::Response(Response {
                    head,
                    payload: body.clone(),
                    framing: Framing::Identity,
                    truncated: None,
                })
            }
        };
        let visit = Visit {
            seed: seed.parse().unwrap(),
            captures: vec![Capture {
                target_uri: seed.parse().unwrap(),
                date,
                ended: date,
                connection: None,
                request: b"GET /partners HTTP/1.1\r\nHost: example.org\r\n\r\n".to_vec(),
                source: None,
                outcome,
            }],
        };
        adding.push(store.add_visit(crawl, visit, Vec::new()));
    }
    store.hurry().unwrap();
    for added in adding {
        runtime.block_on(added).unwrap();
    }
}

fn captures(project: &Project) -> Vec<(CaptureId, Result<Capture, StoreError>)> {
    let store = open(project, Access::ReadOnly);
    let ids = store.captures_of(&SEED.parse().unwrap()).unwrap();
    ids.into_iter()
        .map(|(id, _)| (id, store.capture(id)))
        .collect()
}

/// The days from 2024 on whose bodies are held.
fn stored(project: &Project) -> Vec<usize> {
    captures(project)
        .iter()
        .enumerate()
        .filter(|(_, it)| it.1.is_ok())
        .map(|it| it.0)
        .collect()
}

const THIN: &str = "retention.thin=30d: 1w";

#[test]
fn without_rules_nothing_goes_and_that_is_said() {
    let project = Project::new();
    archive(&project, SEED, &[page("one", 1), page("one", 2)]);
    let ended = project.expect(&["prune"], 0);
    assert!(
        ended.stderr.contains("nothing to remove"),
        "{}",
        ended.stderr
    );
    assert_eq!(stored(&project), [0, 1]);
}

#[test]
fn what_is_old_is_thinned_and_what_changed_or_is_new_stays() {
    let project = Project::new();
    // 60 days: a new nonce every day; the text changes on day 20, and back on day 22.
    let bodies: Vec<Vec<u8>> = (0..60)
        .map(|day| {
            page(
                if (20..22).contains(&day) {
                    "other"
                } else {
                    "same"
                },
                day,
            )
        })
        .collect();
    archive(&project, SEED, &bodies);
    let prune = |more: &[&str]| {
        let arguments = [
            &["prune", "--set", THIN, "--set", "retention.latest=3"],
            more,
        ]
        .concat();
        project.run_at("2024-03-01T00:00:00Z", &arguments, 0)
    };
    let planned = prune(&["--dry-run"]);
    assert_eq!(stored(&project).len(), 60);
    let done = prune(&[]);
    assert_eq!(
        planned.stdout.replace("would be removed", "removed"),
        done.stdout
    );
    assert!(done.stderr.contains("smaller"), "{}", done.stderr);
    // 2024-03-01 is day 60: what came before day 30 is old. The periods are weeks from a Thursday on: 2024-01-01 is a Monday.
    let old = [0, 3, 10, 17, 20, 22, 24];
    let expected: Vec<usize> = old.into_iter().chain(30..60).collect();
    assert_eq!(stored(&project), expected);
    for (day, (_, capture)) in captures(&project).into_iter().enumerate() {
        match capture {
            Ok(it) => assert_eq!(it.payload_digest(), Some(PayloadDigest::of(&bodies[day]))),
            Err(error) => {
                let StoreError::Removed { why, .. } = &error else {
                    panic!("{error}");
                };
                assert!(why.contains("30 d"), "{why}");
            }
        }
    }
    let verified = project.expect(&["verify"], 0);
    assert!(
        verified
            .stdout
            .contains("23 payloads were removed on purpose"),
        "{}",
        verified.stdout
    );
    // Nothing more goes, and the archive goes on.
    assert!(prune(&[]).stdout.starts_with("0 payloads removed"));
}

#[test]
fn what_a_finding_or_a_review_cites_stays() {
    let project = Project::new();
    let bodies: Vec<Vec<u8>> = (0..40).map(|day| page("Quiet Harbor", day)).collect();
    archive(&project, SEED, &bodies[..10]);
    project.profile(
        "network",
        &format!(
            "title = \"Network\"\n[[references]]\nnumber = 1\nurl = \"{SEED}\"\naccessed = 2024-01-05\n\
             [[claims]]\nid = \"harbor\"\ncites = [1]\nkind = \"quoted\"\nexact = \"Quiet Harbor\"\n"
        ),
    );
    project.expect(&["recheck"], 0);
    let cited = {
        let store = open(&project, Access::ReadOnly);
        let findings = store.findings("network").unwrap();
        let evidence = findings.iter().flat_map(|it| &it.evidence);
        evidence.map(|it| it.capture.date).max().unwrap()
    };
    let day = usize::try_from((cited - at("2024")).num_days()).unwrap();
    archive(&project, SEED, &bodies);
    project.run_at(
        "2025-01-01T00:00:00Z",
        &[
            "prune",
            "--set",
            "retention.thin=30d: 500d",
            "--set",
            "retention.latest=1",
            "--set",
            "retention.changes=nothing",
        ],
        0,
    );
    let stored = stored(&project);
    assert!(
        stored.contains(&0) && stored.contains(&day) && stored.contains(&39),
        "{stored:?} {day}"
    );
    assert!(stored.len() < 10, "{stored:?}");
    // What is not there any more is said not to be, and fails nothing.
    project.expect(&["recheck"], 0);
    project.expect(&["verify"], 0);
    let ended = project.expect(&["export", "warc", "--url", SEED, "-o", "out"], 0);
    let gone = 40 - stored.len();
    assert!(
        ended
            .stderr
            .contains(&format!("the bodies of {gone} more were removed")),
        "{}",
        ended.stderr
    );
}

#[test]
fn after_any_removal_the_rest_reads_back_without_the_removed() {
    let mut dice = 7_u64;
    let mut roll = |most: usize| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % most
    };
    for round in 0..12 {
        let project = Project::new();
        let mut bodies: BTreeMap<PayloadDigest, Vec<u8>> = BTreeMap::new();
        for seed in [SEED, "https://example.org/other"] {
            let versions: Vec<Vec<u8>> = (0..30)
                .map(|_| {
                    page(
                        &format!("text {}", roll(6)),
                        u32::try_from(roll(40)).unwrap(),
                    )
                })
                .collect();
            archive(&project, seed, &versions);
            bodies.extend(versions.into_iter().map(|it| (PayloadDigest::of(&it), it)));
        }
        let store = open(&project, Access::ReadWrite);
        let going: Vec<Removal> = bodies
            .keys()
            .filter(|_| roll(3) > 0)
            .map(|it| Removal {
                payload: *it,
                reason: "thrown".into(),
            })
            .collect();
        let removed = store
            .remove_payloads(going.clone(), at("2025"), Some("ada"))
            .unwrap();
        assert_eq!(removed, going.len() as u64, "round {round}");
        store.give_back().unwrap();
        for (digest, body) in &bodies {
            let gone = going.iter().any(|it| it.payload == *digest);
            match store.payload(digest) {
                Ok(it) => assert!(!gone && it == *body, "round {round}"),
                Err(StoreError::Removed { why, .. }) => assert!(gone && why == "thrown"),
                Err(error) => panic!("{error}"),
            }
        }
        let verified = store
            .verify(&stillsays::store::Trust::default(), &mut |_| {})
            .unwrap();
        assert_eq!(verified.problems, [], "round {round}");
        assert_eq!(verified.removed, removed);
        // What comes again is held again.
        drop(store);
        let again = bodies.values().next().unwrap().clone();
        archive(
            &project,
            "https://example.org/third",
            std::slice::from_ref(&again),
        );
        let store = open(&project, Access::ReadOnly);
        assert_eq!(store.payload(&PayloadDigest::of(&again)).unwrap(), again);
    }
}

#[test]
fn a_prune_that_is_killed_removes_all_of_it_or_nothing() {
    let project = Project::new();
    let bodies: Vec<Vec<u8>> = (0..45).map(|day| page("same", day)).collect();
    archive(&project, SEED, &bodies);
    let file = project.path("snapshots/stillsays.db");
    let whole = std::fs::read(&file).unwrap();
    let arguments = ["prune", "--set", THIN, "--clock", "2025-01-01T00:00:00Z"];
    let most = left_alone(&project, &arguments);
    let pruned = stored(&project).len();
    assert!(pruned < 25, "{pruned}");
    let (mut dice, mut at_it) = (Dice(5), 0);
    for _ in 0..25 {
        for ending in ["-wal", "-shm"] {
            drop(std::fs::remove_file(
                project.path(&format!("snapshots/stillsays.db{ending}")),
            ));
        }
        std::fs::write(&file, &whole).unwrap();
        at_it += u32::from(killed(&project, &arguments, &mut dice, most));
        {
            let store = open(&project, Access::ReadWrite);
            let trust = stillsays::store::Trust::default();
            let verified = store.verify(&trust, &mut |_| {}).unwrap();
            assert_eq!(verified.problems, []);
        }
        let left = stored(&project).len();
        assert!(left == 45 || left == pruned, "{left}");
        // Done again, it comes to the same.
        project.expect(&arguments, 0);
        assert_eq!(stored(&project).len(), pruned);
    }
    assert!(at_it >= 8, "only {at_it} were killed");
}
