//! The archive from outside: what goes in comes out, and what is wrong with a file is told by its kind.

use std::{
    fmt::Write,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use stillsays::{
    capture::{
        Capture, CaptureEntry, Connection, Failure, FailureKind, Framing, Outcome, Piece, Response,
        Revisit, RevisitProfile, Tls, Truncation, Visit,
    },
    clock::{Instant, parse_digits14},
    digest::PayloadDigest,
    finding::{Conclusion, Decision, Fate, Finding, FindingId, History, Review, Subject},
    host::{HostState, Origin},
    reading::Reading,
    store::{Access, Counts, Crawl, CrawlId, NewSet, Store, StoreError},
    uri::TargetUri,
};

struct Archive {
    folder: tempfile::TempDir,
}

impl Archive {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("stillsays.db")
    }

    fn open(&self, access: Access) -> Result<Store, StoreError> {
        Store::open(&self.path(), access)
    }

    fn create(&self) -> (Store, CrawlId) {
        let store = self.open(Access::Create).unwrap();
        let crawl = store
            .begin_crawl(&Crawl {
                started: at("2026"),
                software: "stillsays/test".into(),
                command: "run".into(),
            })
            .unwrap();
        (store, crawl)
    }
}

fn at(digits: &str) -> Instant {
    parse_digits14(digits).unwrap()
}

fn uri(text: &str) -> TargetUri {
    text.parse().unwrap()
}

fn response(address: &str, date: &str, body: &[u8]) -> Capture {
    Capture {
        target_uri: uri(address),
        date: at(date),
        ended: at(date) + chrono::TimeDelta::milliseconds(250),
        connection: Some(Connection {
            address: "192.0.2.1:443".parse().unwrap(),
            tls: Some(Tls {
                version: "tls/1.3".into(),
                cipher_suite: "TLS_AES_128_GCM_SHA256".into(),
                certificates: vec![vec![48, 1, 2], vec![48, 3]],
                untrusted: None,
            }),
            interim: b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(),
        }),
        request: format!("GET {address} HTTP/1.1\r\nHost: example.org\r\n\r\n").into_bytes(),
        source: None,
        outcome: Outcome::Response(Response {
            head: format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Date: {date}\r\n\r\n")
                .into_bytes(),
            payload: body.to_vec(),
            framing: Framing::Identity,
            truncated: None,
        }),
    }
}

fn visit(captures: Vec<Capture>) -> Visit {
    Visit {
        seed: captures[0].target_uri.clone(),
        captures,
    }
}

fn page(edit: u32) -> Vec<u8> {
    let mut text = String::from("<!doctype html><title>Partners</title><ul>");
    for number in 0..400u32 {
        let edited = if number == edit { "edited " } else { "" };
        let word = number.wrapping_mul(2_654_435_761);
        writeln!(text, "<li>{edited}Partner {word:x} of {number}</li>").unwrap();
    }
    text.into_bytes()
}

async fn add(store: &Store, crawl: CrawlId, visit: Visit) -> bool {
    store.add_visit(crawl, visit, Vec::new()).await.unwrap().new
}

#[tokio::test]
async fn every_kind_of_capture_comes_back_byte_for_byte() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let seed = "https://example.org/about";
    let mut redirect = response(seed, "20220101", b"");
    if let Outcome::Response(it) = &mut redirect.outcome {
        it.head = b"HTTP/1.1 301 Moved\r\nLocation: /new\r\n\r\n".to_vec();
    }
    let mut chunked = response("https://example.org/new", "20220101000000", b"");
    chunked = Capture {
        date: at("20220101000001"),
        outcome: Outcome::Response(Response {
            head: b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_vec(),
            payload: b"hello\xff\0world".to_vec(),
            framing: Framing::Chunked(vec![
                Piece {
                    framing: b"5;x=\"1\"\r\n".to_vec(),
                    payload: 5,
                },
                Piece {
                    framing: b"\r\n7\r\n".to_vec(),
                    payload: 7,
                },
            ]),
            truncated: Some(Truncation::Disconnect),
        }),
        ..chunked
    };
    let digest = chunked.payload_digest().unwrap();
    let revisit = Capture {
        date: at("2023"),
        connection: None,
        outcome: Outcome::Revisit(Revisit {
            profile: RevisitProfile::ServerNotModified,
            head: b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(),
            payload_digest: digest,
            refers_to_date: chunked.date,
            refers_to_uri: chunked.target_uri.clone(),
        }),
        ..redirect.clone()
    };
    let failure = Capture {
        date: at("2024"),
        request: Vec::new(),
        connection: Some(Connection {
            address: "[2001:db8::1]:80".parse().unwrap(),
            tls: None,
            interim: Vec::new(),
        }),
        outcome: Outcome::Failure(Failure {
            kind: FailureKind::Malformed,
            detail: "not HTTP".into(),
            received: b"\x16\x03\x01".to_vec(),
        }),
        ..redirect.clone()
    };
    let visits = [
        visit(vec![redirect, chunked]),
        visit(vec![revisit]),
        visit(vec![failure]),
    ];
    for it in &visits {
        assert!(add(&store, crawl, it.clone()).await);
    }
    drop(store);

    let store = archive.open(Access::ReadOnly).unwrap();
    let stored = store.visits(&uri(seed)).unwrap();
    assert_eq!(stored.len(), 3);
    for (stored, given) in stored.iter().zip(&visits) {
        assert_eq!(stored.hops.len(), given.captures.len());
        for ((id, entry), capture) in stored.hops.iter().zip(&given.captures) {
            assert_eq!(&store.capture(*id).unwrap(), capture);
            assert_eq!(entry, &CaptureEntry::from(capture));
        }
    }
    assert_eq!(store.payload(&digest).unwrap(), b"hello\xff\0world");
    assert_eq!(store.captures_of(&uri(seed)).unwrap().len(), 3);
    let last = store.last_visits().unwrap().of(&uri(seed)).unwrap();
    assert_eq!((last.at, last.ok, last.visits), (at("2024"), false, 3));
    assert!(matches!(
        store.begin_crawl(&Crawl {
            started: at("2026"),
            software: String::new(),
            command: String::new()
        }),
        Err(StoreError::ReadOnly { .. })
    ));
}

#[tokio::test]
async fn a_stored_visit_is_not_stored_twice() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let one = visit(vec![response("https://example.org/", "2024", b"same")]);
    assert!(add(&store, crawl, one.clone()).await);
    assert!(!add(&store, crawl, one.clone()).await);
    let mut other = one.clone();
    other.captures[0].date = at("2025");
    assert!(add(&store, crawl, other).await);
    let size = store.size().unwrap();
    assert_eq!((size.visits, size.payloads, size.seeds), (2, 1, 1));
    // A visit that comes late does not become the latest.
    let mut early = one;
    early.captures[0].date = at("2020");
    assert!(add(&store, crawl, early).await);
    let last = store
        .last_visits()
        .unwrap()
        .of(&uri("https://example.org/"))
        .unwrap();
    assert_eq!((last.at, last.visits, last.ok), (at("2025"), 3, true));
}

#[tokio::test]
async fn versions_of_a_page_are_small_and_their_chains_bounded() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let mut digests = Vec::new();
    for version in 0..40u32 {
        let body = page(version);
        digests.push((PayloadDigest::of(&body), body.clone()));
        let date = format!("2024{:02}{:02}", version / 28 + 1, version % 28 + 1);
        let capture = response("https://example.org/partners", &date, &body);
        assert!(add(&store, crawl, visit(vec![capture])).await);
    }
    let size = store.size().unwrap();
    assert_eq!(size.payloads, 40);
    assert!(
        size.kept_bytes * 50 < size.plain_bytes,
        "{} of {}",
        size.kept_bytes,
        size.plain_bytes
    );
    for (digest, body) in &digests {
        assert_eq!(&store.payload(digest).unwrap(), body);
    }
    assert_eq!(store.verify_payloads().unwrap(), []);
    assert_eq!(store.verify_quick().unwrap(), []);
    drop(store);
    let file = rusqlite::Connection::open(archive.path()).unwrap();
    let ask = |sql: &str| file.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(ask("SELECT max(depth) FROM payload"), 12);
    assert_eq!(ask("SELECT count(*) FROM payload WHERE base IS NULL"), 1);
    assert_eq!(ask("PRAGMA page_size"), 1_024);
}

#[tokio::test]
async fn a_page_that_changed_back_is_stored_against_the_version_it_is_like() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let other: Vec<u8> = (0..20_000u32)
        .flat_map(|it| it.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let versions = [page(0), page(1), other, page(2)];
    for (day, body) in (1..).zip(&versions) {
        let capture = response(
            "https://example.org/partners",
            &format!("2024010{day}"),
            body,
        );
        assert!(add(&store, crawl, visit(vec![capture])).await);
    }
    for body in &versions {
        assert_eq!(store.payload(&PayloadDigest::of(body)).unwrap(), *body);
    }
    drop(store);
    let file = rusqlite::Connection::open(archive.path()).unwrap();
    let mut rows = file
        .prepare("SELECT base FROM payload ORDER BY id")
        .unwrap();
    let bases: Vec<Option<i64>> = rows
        .query_map((), |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(bases, [None, Some(1), None, Some(2)]);
}

#[tokio::test]
async fn the_first_version_of_a_page_becomes_smaller_once_another_is_stored_against_it() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let kept = |body: &[u8], day: u32| {
        let capture = response("https://example.org/", &format!("2024010{day}"), body);
        visit(vec![capture])
    };
    let bodies = [page(0), page(1)];
    assert!(add(&store, crawl, kept(&bodies[0], 1)).await);
    let before = store.size().unwrap().kept_bytes;
    assert!(add(&store, crawl, kept(&bodies[1], 2)).await);
    let after = store.size().unwrap().kept_bytes;
    assert!(after < before, "{after} {before}");
    for body in &bodies {
        assert_eq!(store.payload(&PayloadDigest::of(body)).unwrap(), *body);
    }
}

#[tokio::test]
async fn a_reader_works_while_a_run_writes() {
    let archive = Archive::new();
    let (writing, crawl) = archive.create();
    let reading = archive.open(Access::ReadOnly).unwrap();
    let seed = "https://example.org/live";
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..60u32 {
        let writing = writing.clone();
        tasks.spawn(async move {
            let date = format!("202401010000{:02}", number % 60);
            let capture = response("https://example.org/live", &date, &page(number));
            writing
                .add_visit(crawl, visit(vec![capture]), Vec::new())
                .await
                .unwrap()
        });
    }
    while let Some(added) = tasks.join_next().await {
        assert!(added.unwrap().new);
        // What was answered for can be read by another connection at once.
        let visits = reading.visits(&uri(seed)).unwrap();
        let (id, _) = visits.last().unwrap().last().unwrap();
        reading.capture(*id).unwrap();
    }
    assert_eq!(reading.visits(&uri(seed)).unwrap().len(), 60);
}

#[tokio::test]
async fn hosts_readings_findings_reviews_and_crawls_are_kept() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let capture = response("https://example.org/", "2024", b"<p>hello");
    let digest = capture.payload_digest().unwrap();
    let origin = Origin::of(&capture.target_uri);
    let state = HostState {
        next_allowed: Some(at("2024")),
        requests: 3,
        ..HostState::default()
    };
    store
        .add_visit(
            crawl,
            visit(vec![capture]),
            vec![(origin.clone(), state.clone())],
        )
        .await
        .unwrap();
    let reading = Reading {
        version: 1,
        title: Some("hello".into()),
        text: "hello".into(),
        ..Reading::default()
    };
    store.put_reading(&digest, "1 text/html", &reading).unwrap();
    let fate = |fate| {
        let subject = Subject::Reference { number: 1 };
        let conclusion = Conclusion::Fate(fate);
        Finding {
            id: FindingId::of("p", &subject, &conclusion),
            profile: "p".into(),
            subject,
            cites: vec![1],
            conclusion,
            confidence: 1.0,
            reasons: Vec::new(),
            evidence: Vec::new(),
            history: History::default(),
            copy: None,
            copies: Vec::new(),
        }
    };
    let (live, gone) = (fate(Fate::Live), fate(Fate::Gone { status: 404 }));
    for (crawl, finding, is_new) in [
        (Some(crawl), &live, true),
        (Some(crawl), &live, false),
        (None, &gone, true),
    ] {
        let kept = store.put_findings("p", crawl, [finding].into_iter().collect(), None);
        assert_eq!(kept.unwrap(), is_new);
    }
    let review = |decision| Review {
        finding: gone.id.clone(),
        decision,
        at: at("2025"),
        by: "ada".into(),
        note: None,
        terms: stillsays::finding::Terms::default(),
    };
    let reviews = [review(Some(Decision::Later)), review(None)];
    for it in &reviews {
        store.add_review(it, Some(&gone)).unwrap();
    }
    let counts = Counts {
        visits: 1,
        fetched: 1,
        ..Counts::default()
    };
    store.end_crawl(crawl, at("2026"), &counts).unwrap();
    drop(store);

    let store = archive.open(Access::ReadWrite).unwrap();
    assert_eq!(store.host_states().unwrap()[&origin], state);
    assert_eq!(
        store.reading(&digest, "1 text/html").unwrap(),
        Some(reading)
    );
    assert!(store.reading(&digest, "2 text/html").unwrap().is_none());
    assert_eq!(store.reviewed(&gone.id).unwrap().as_ref(), Some(&gone));
    assert_eq!(store.reviewed(&live.id).unwrap(), None);
    assert_eq!(store.findings("p").unwrap(), [gone]);
    let untold = store.untold("p", true).unwrap().unwrap();
    assert_eq!(
        (&untold.before[..], &untold.now),
        (&[live][..], &store.findings("p").unwrap())
    );
    store.mark_reported(&untold).unwrap();
    assert_eq!(store.untold("p", true).unwrap(), None);
    assert_eq!(store.untold("q", true).unwrap(), None);
    assert_eq!(store.profiles().unwrap(), ["p"]);
    assert_eq!(store.reviews().unwrap(), reviews);
    let crawls = store.crawls().unwrap();
    assert_eq!(
        (crawls[0].ended, crawls[0].counts),
        (Some(at("2026")), Some(counts))
    );
}

#[tokio::test]
async fn a_revisit_of_a_missing_payload_is_kept_and_resolved_later() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let original = response("https://example.org/", "2022", b"the body that was meant");
    let digest = original.payload_digest().unwrap();
    let revisit = Capture {
        date: at("2023"),
        outcome: Outcome::Revisit(Revisit {
            profile: RevisitProfile::IdenticalPayloadDigest,
            head: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
            payload_digest: digest,
            refers_to_date: original.date,
            refers_to_uri: original.target_uri.clone(),
        }),
        ..original.clone()
    };
    add(&store, crawl, visit(vec![revisit.clone()])).await;
    assert!(matches!(
        store.payload(&digest),
        Err(StoreError::NotHeld { .. })
    ));
    let (id, entry) = store.visits(&revisit.target_uri).unwrap()[0].hops[0].clone();
    assert_eq!(store.capture(id).unwrap(), revisit);
    assert_eq!(entry.payload_digest, Some(digest));
    add(&store, crawl, visit(vec![original])).await;
    assert_eq!(store.payload(&digest).unwrap(), b"the body that was meant");
}

#[test]
fn a_file_that_is_not_a_store_is_reported_by_its_kind() {
    let archive = Archive::new();
    let path = archive.path();
    assert!(matches!(
        archive.open(Access::ReadWrite),
        Err(StoreError::Missing { .. })
    ));
    assert!(matches!(
        archive.open(Access::ReadOnly),
        Err(StoreError::Missing { .. })
    ));

    fs::write(
        &path,
        "a text that is long enough to be looked at ".repeat(100),
    )
    .unwrap();
    for access in [Access::ReadOnly, Access::ReadWrite, Access::Create] {
        let error = archive.open(access).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
        assert!(error.is_damage() && !error.hint().is_empty());
    }
    fs::remove_file(&path).unwrap();
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (a)")
        .unwrap();
    let error = archive.open(Access::Create).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");

    let nowhere = archive.folder.path().join("no/such/folder/a.db");
    let error = Store::open(&nowhere, Access::Create).unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let archive = Archive::new();
    drop(archive.create());
    let file = rusqlite::Connection::open(archive.path()).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    drop(file);
    for access in [Access::ReadOnly, Access::ReadWrite, Access::Create] {
        let error = archive.open(access).unwrap_err();
        assert!(
            matches!(error, StoreError::Newer { found: 99, .. }),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_store_that_was_cut_short_or_altered_is_damaged() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let body = page(1);
    let digest = PayloadDigest::of(&body);
    add(
        &store,
        crawl,
        visit(vec![response("https://example.org/", "2024", &body)]),
    )
    .await;
    drop(store);
    let whole = fs::read(archive.path()).unwrap();

    fs::write(archive.path(), &whole[..whole.len() / 2]).unwrap();
    let error = archive
        .open(Access::ReadWrite)
        .and_then(|it| it.payload(&digest))
        .unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");

    fs::write(archive.path(), &whole).unwrap();
    let file = rusqlite::Connection::open(archive.path()).unwrap();
    file.execute_batch("UPDATE payload SET bytes = CAST(bytes || x'00' AS BLOB) WHERE 0; UPDATE payload SET encoding = 'identity'")
        .unwrap();
    drop(file);
    let store = archive.open(Access::ReadWrite).unwrap();
    assert!(matches!(
        store.payload(&digest),
        Err(StoreError::Damaged { .. })
    ));
    let problems = store.verify_payloads().unwrap();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].place.contains(&digest.to_string()));
}

#[test]
fn a_folder_without_write_access_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let archive = Archive::new();
    drop(archive.create());
    let folder = archive.folder.path();
    let allow = |mode| fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o555);
    let as_root = fs::write(folder.join("probe"), "").is_ok();
    if as_root {
        println!(
            "skipped: a_folder_without_write_access_is_reported (this user may write everywhere)"
        );
    } else {
        let error = Store::open(&folder.join("new.db"), Access::Create).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        let error = archive.open(Access::ReadWrite).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        archive.open(Access::ReadOnly).unwrap().crawls().unwrap();
    }
    allow(0o755);
    // Nobody, root included, makes a file under /proc.
    let sealed = Path::new("/proc/sys/kernel/stillsays.db");
    if sealed.parent().is_some_and(Path::exists) {
        let error = Store::open(sealed, Access::Create).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    }
}

/// The test is also the program that it kills: with this variable set it adds visits and says so, until it is killed.
const KILLED: &str = "STILLSAYS_TEST_KILLED_STORE";

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_no_visit_that_was_answered_for() {
    let seed = "https://example.org/killed";
    if let Ok(path) = std::env::var(KILLED) {
        let store = Store::open(Path::new(&path), Access::ReadWrite).unwrap();
        let crawl = store.crawls().unwrap()[0].id;
        let first = store.visits(&uri(seed)).unwrap().len();
        for number in (first..).take(10_000) {
            let mut capture = response(seed, "2024", &page(u32::try_from(number).unwrap()));
            capture.date += chrono::TimeDelta::seconds(i64::try_from(number).unwrap());
            add(&store, crawl, visit(vec![capture])).await;
            println!("kept {}", number + 1);
        }
        return;
    }
    let archive = Archive::new();
    drop(archive.create());
    for round in 1..=4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "--nocapture",
                "store::a_kill_loses_no_visit_that_was_answered_for",
            ])
            .env(KILLED, archive.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut kept = 0;
        for (count, line) in said
            .map_while(Result::ok)
            .filter(|it| it.starts_with("kept "))
            .enumerate()
        {
            kept = line["kept ".len()..].parse::<usize>().unwrap();
            if count == 3 * round {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let store = archive.open(Access::ReadWrite).unwrap();
        let visits = store.visits(&uri(seed)).unwrap();
        assert!(
            kept > 3 * round && visits.len() >= kept,
            "{} of {kept}",
            visits.len()
        );
        for visit in &visits {
            store.capture(visit.hops[0].0).unwrap();
        }
        assert_eq!(store.verify_quick().unwrap(), []);
        assert_eq!(store.verify_payloads().unwrap(), []);
    }
}

#[tokio::test]
async fn a_version_changes_with_every_write() {
    let archive = Archive::new();
    let (store, crawl) = archive.create();
    let reading = archive.open(Access::ReadOnly).unwrap();
    let before = reading.version().unwrap();
    assert_eq!(
        reading.version().unwrap(),
        before,
        "reading changes nothing"
    );
    assert_eq!(reading.visits(&uri("https://example.org/")).unwrap(), []);
    assert_eq!(reading.version().unwrap(), before);
    let capture = response("https://example.org/", "2024", &page(1));
    add(&store, crawl, visit(vec![capture])).await;
    let after = reading.version().unwrap();
    assert_ne!(after, before);

    let marks = reading.marks().unwrap();
    store
        .put_findings("a", None, NewSet::default(), None)
        .unwrap();
    let changed = reading.marks().unwrap();
    assert_ne!(changed.of("a"), marks.of("a"));
    assert_eq!(changed.of("b"), marks.of("b"));
    drop(store);

    // A store that takes the place of another is another one, whatever its counter says.
    let other = Archive::new();
    drop(other.create());
    let before = reading.version().unwrap();
    fs::rename(other.path(), archive.path()).unwrap();
    assert_ne!(reading.version().unwrap(), before);
}
