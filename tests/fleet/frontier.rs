//! One suite over both frontiers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant as Tick},
};

use stillsays::{
    clock::{Clock, Instant, parse_digits14},
    fetch::Next,
    fleet::{
        AT_ONCE, Citation, Finish, Found, Frontier, FrontierError, Lease, Postgres, Sqlite, Visited,
    },
    host::HostState,
    uri::TargetUri,
};
use tokio::task::JoinSet;

use crate::server;

const SECOND: Duration = Duration::from_secs(1);
const LEASE: Duration = Duration::from_secs(60);

/// A frontier whose time a test lets pass.
enum Bench {
    Lite {
        frontier: Arc<Sqlite>,
        clock: Clock,
        _folder: tempfile::TempDir,
    },
    Postgres {
        frontier: Arc<Postgres>,
        raw: tokio_postgres::Client,
    },
}

impl Bench {
    fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(parse_digits14("2026").unwrap());
        let frontier = Sqlite::open(&folder.path().join("fleet.db"), clock.clone()).unwrap();
        Self::Lite {
            frontier: Arc::new(frontier),
            clock,
            _folder: folder,
        }
    }

    async fn on_postgres(address: &str) -> Self {
        let (raw, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        Self::Postgres {
            frontier: Arc::new(Postgres::new(address, Vec::new()).unwrap()),
            raw,
        }
    }

    fn frontier(&self) -> Arc<dyn Frontier> {
        match self {
            Self::Lite { frontier, .. } => Arc::clone(frontier) as Arc<dyn Frontier>,
            Self::Postgres { frontier, .. } => Arc::clone(frontier) as Arc<dyn Frontier>,
        }
    }

    /// Lets time pass: the clock of SQLite is ours; in PostgreSQL, everything happened earlier.
    async fn pass(&self, time: Duration) {
        match self {
            Self::Lite { clock, .. } => clock.set(clock.now() + time),
            Self::Postgres { raw, .. } => {
                let earlier = format!("- interval '{} seconds'", time.as_secs_f64());
                let sql = format!(
                    "UPDATE stillsays.host SET next_at = next_at {earlier}, due_at = due_at {earlier}, lease_until = lease_until {earlier};
                     UPDATE stillsays.seed SET due_at = due_at {earlier}; UPDATE stillsays.citation SET due_at = due_at {earlier};
                     UPDATE stillsays.archive SET writer_until = writer_until {earlier}; UPDATE stillsays.address SET next_at = next_at {earlier}"
                );
                raw.batch_execute(&sql).await.unwrap();
            }
        }
    }

    async fn now(&self) -> Instant {
        match self {
            Self::Lite { clock, .. } => clock.now(),
            Self::Postgres { raw, .. } => {
                let row = raw.query_one("SELECT now()", &[]).await.unwrap();
                row.get(0)
            }
        }
    }
}

/// Runs a scenario on both frontiers.
#[expect(
    clippy::needless_pass_by_value,
    reason = "scenarios are closures, written where they are given"
)]
fn on_both(scenario: impl AsyncFn(&Bench)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let bench = Bench::on_sqlite();
        bench.frontier().init().await.unwrap();
        scenario(&bench).await;
        if let Some(address) = server::database() {
            let bench = Bench::on_postgres(&address).await;
            bench.frontier().init().await.unwrap();
            scenario(&bench).await;
        }
    });
}

fn uri(text: &str) -> TargetUri {
    text.parse().unwrap()
}

async fn cite(bench: &Bench, archive: &str, uris: &[&str]) {
    let due = Some(bench.now().await);
    let cited: Vec<Citation> = uris
        .iter()
        .map(|it| Citation {
            uri: uri(it),
            due,
            condition: None,
            lists: None,
        })
        .collect();
    bench.frontier().cite(archive, &cited).await.unwrap();
}

fn finish(lease: &Lease, digest: &str, pause: Duration) -> Finish {
    let visited = lease.seeds.iter().map(|due| Visited {
        seed: due.seed,
        came: "200".to_owned(),
    });
    Finish {
        host: lease.host.clone(),
        fence: lease.fence,
        worker: "a".to_owned(),
        bundle: Some((digest.to_owned(), 7)),
        visited: visited.collect(),
        states: Vec::new(),
        leave: pause,
    }
}

async fn waiting(bench: &Bench, archive: &str) -> Vec<String> {
    let waiting = bench.frontier().waiting(archive).await.unwrap();
    waiting.into_iter().map(|it| it.digest).collect()
}

#[test]
fn a_host_is_leased_to_one_fetcher_with_its_seeds() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        assert_eq!(frontier.claim("a", LEASE).await.unwrap(), None);
        cite(
            bench,
            "one",
            &[
                "https://a.example/1",
                "https://a.example/2",
                "https://b.example/",
            ],
        )
        .await;
        let first = frontier.claim("a", LEASE).await.unwrap().unwrap();
        let second = frontier.claim("b", LEASE).await.unwrap().unwrap();
        assert_eq!(frontier.claim("c", LEASE).await.unwrap(), None);
        let mut leased = [first, second];
        leased.sort_by(|a, b| a.host.cmp(&b.host));
        assert_eq!(leased[0].host, "a.example");
        assert_eq!(leased[0].seeds.len(), 2);
        assert_eq!(leased[1].seeds[0].uri, uri("https://b.example/"));
    });
}

#[test]
fn a_host_is_left_alone_for_its_pause_and_for_what_it_asks() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        cite(bench, "one", &["https://a.example/1"]).await;
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        assert!(
            frontier
                .finish(&finish(&lease, "d1", 5 * SECOND))
                .await
                .unwrap()
        );
        frontier
            .taken("one", frontier.waiting("one").await.unwrap()[0].bundle)
            .await
            .unwrap();
        cite(bench, "one", &["https://a.example/1"]).await;
        assert_eq!(frontier.claim("a", LEASE).await.unwrap(), None);
        bench.pass(6 * SECOND).await;
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        frontier
            .leave_alone("a.example", 600 * SECOND, Some("429"))
            .await
            .unwrap();
        assert_eq!(frontier.status().await.unwrap().blocked, 1);
        let unvisited = Finish {
            bundle: None,
            visited: Vec::new(),
            ..finish(&lease, "", SECOND)
        };
        assert!(frontier.finish(&unvisited).await.unwrap());
        bench.pass(500 * SECOND).await;
        assert_eq!(frontier.claim("a", LEASE).await.unwrap(), None);
        bench.pass(101 * SECOND).await;
        assert_eq!(
            frontier
                .claim("a", LEASE)
                .await
                .unwrap()
                .unwrap()
                .seeds
                .len(),
            1
        );
    });
}

#[test]
fn requests_to_one_host_have_turns_whoever_makes_them() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        let turn = async |host: &str| frontier.turn(&next(host, &[])).await;
        assert_eq!(turn("a.example").await.unwrap(), Duration::ZERO);
        let second = turn("a.example").await.unwrap();
        assert!(second > 4 * SECOND && second <= 5 * SECOND, "{second:?}");
        assert!(turn("a.example").await.unwrap() > 9 * SECOND);
        // More than one is ready to wait: nothing is reserved.
        let far = turn("a.example").await.unwrap();
        assert!(far > 14 * SECOND && far <= 15 * SECOND, "{far:?}");
        assert!(turn("a.example").await.unwrap() <= 15 * SECOND);
        assert_eq!(turn("b.example").await.unwrap(), Duration::ZERO);
    });
}

/// A request to a host with a pause of 5 s, and of 2 s at its addresses, for which one waits 12 s.
fn next(host: &str, addresses: &[&str]) -> Next {
    Next {
        host: host.to_owned(),
        pause: 5 * SECOND,
        most: 12 * SECOND,
        addresses: addresses.iter().map(|it| it.parse().unwrap()).collect(),
        address_pause: 2 * SECOND,
    }
}

#[test]
fn hosts_on_one_address_wait_for_each_other() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        let turn = async |host: &str, addresses: &[&str]| {
            frontier
                .turn(&next(host, addresses))
                .await
                .unwrap()
                .as_secs_f64()
        };
        let (one, two) = ("192.0.2.1", "192.0.2.2");
        let about = |wait: f64, seconds: f64| {
            assert!(
                (seconds - 0.5..=seconds).contains(&wait),
                "{wait} of {seconds}"
            );
        };
        about(turn("a.example", &[one]).await, 0.0);
        // Any address in common counts.
        about(turn("b.example", &[two, one]).await, 2.0);
        about(turn("c.example", &[two]).await, 4.0);
        about(turn("d.example", &["2001:db8::1"]).await, 0.0);
        about(turn("e.example", &[]).await, 0.0);
        // The pause of the host is the longer one.
        about(turn("a.example", &[one]).await, 5.0);
        bench.pass(20 * SECOND).await;
        about(turn("a.example", &[one]).await, 0.0);
    });
}

#[test]
fn a_host_whose_address_is_busy_for_long_is_not_claimed_before() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        cite(bench, "one", &["https://z.example/"]).await;
        for host in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            frontier.turn(&next(host, &["192.0.2.1"])).await.unwrap();
        }
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        let wait = frontier.turn(&next(&lease.host, &["192.0.2.1"])).await;
        assert!(wait.unwrap() > 12 * SECOND);
        let unvisited = Finish {
            bundle: None,
            visited: Vec::new(),
            ..finish(&lease, "", Duration::ZERO)
        };
        assert!(frontier.finish(&unvisited).await.unwrap());
        assert_eq!(frontier.claim("a", LEASE).await.unwrap(), None);
        bench.pass(20 * SECOND).await;
        assert!(frontier.claim("a", LEASE).await.unwrap().is_some());
    });
}

#[test]
fn what_each_archive_wants_of_lists_comes_with_the_lease() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        let cite = async |archive: &str, page: &str, lists: Option<&str>| {
            let cited = [Citation {
                uri: uri(page),
                due: Some(AT_ONCE),
                condition: None,
                lists: lists.map(str::to_owned),
            }];
            frontier.cite(archive, &cited).await.unwrap();
        };
        cite("one", "https://a.example/1", Some("{\"x\":\"é\"}")).await;
        cite("two", "https://a.example/1", None).await;
        cite("one", "https://a.example/2", None).await;
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        let of = |page: &str| {
            let mut lists = lease
                .seeds
                .iter()
                .find(|it| it.uri == uri(page))
                .unwrap()
                .lists
                .clone();
            lists.sort();
            lists
        };
        assert_eq!(
            of("https://a.example/1"),
            [None, Some("{\"x\":\"é\"}".to_owned())]
        );
        assert!(of("https://a.example/2").is_empty());
        let cited = frontier.cited("one").await.unwrap();
        assert!(cited.iter().any(|it| it.lists.is_some()), "{cited:?}");
    });
}

fn found(lease: &Lease, digest: &str) -> Found {
    Found {
        host: lease.host.clone(),
        fence: lease.fence,
        worker: "a".to_owned(),
        bundle: (digest.to_owned(), 7),
        pages: lease.seeds.iter().map(|due| due.uri.clone()).collect(),
    }
}

#[test]
fn a_bundle_that_its_fetcher_did_not_report_is_delivered_once_its_lease_is_over() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        let digests = ["d".to_owned(), "e".to_owned()];
        cite(
            bench,
            "one",
            &["https://a.example/1", "https://a.example/2"],
        )
        .await;
        cite(bench, "two", &["https://a.example/2"]).await;
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        assert_eq!(frontier.unknown(&digests).await.unwrap(), digests);
        // Its fetcher may still say so.
        assert!(!frontier.adopt(&found(&lease, "d")).await.unwrap());
        bench.pass(LEASE + SECOND).await;
        assert!(frontier.adopt(&found(&lease, "d")).await.unwrap());
        assert!(!frontier.adopt(&found(&lease, "d")).await.unwrap());
        assert_eq!(frontier.unknown(&digests).await.unwrap(), ["e"]);
        for archive in ["one", "two"] {
            assert_eq!(waiting(bench, archive).await, ["d"]);
        }
        assert_eq!(frontier.waiting("two").await.unwrap()[0].seeds.len(), 1);
        assert_eq!(frontier.status().await.unwrap().late, 2);
        // It comes back after all: its visits are delivered already.
        assert!(!frontier.finish(&finish(&lease, "d", SECOND)).await.unwrap());
        assert_eq!(waiting(bench, "one").await, ["d"]);
        // Nothing was scheduled: the pages are still due.
        assert_eq!(frontier.reap().await.unwrap(), 1);
        let again = frontier.claim("b", LEASE).await.unwrap().unwrap();
        assert_eq!(again.seeds.len(), 2);
    });
}

#[test]
fn a_bundle_with_pages_that_nobody_cites_is_not_delivered() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        let found = Found {
            host: "a.example".to_owned(),
            fence: 7,
            worker: "a".to_owned(),
            bundle: ("d".to_owned(), 7),
            pages: vec![uri("https://a.example/1")],
        };
        assert!(!frontier.adopt(&found).await.unwrap());
        // The database was created anew: whoever cites the page again gets the visit.
        cite(bench, "one", &["https://a.example/1"]).await;
        assert!(frontier.adopt(&found).await.unwrap());
        assert_eq!(waiting(bench, "one").await, ["d"]);
    });
}

#[test]
fn a_database_that_was_created_anew_gives_no_fence_again() {
    on_both(async |bench| {
        cite(bench, "one", &["https://a.example/1"]).await;
        let lease = bench.frontier().claim("a", LEASE).await.unwrap().unwrap();
        assert!(
            lease.fence >= bench.now().await.timestamp() - 60,
            "{}",
            lease.fence
        );
    });
}

#[test]
fn what_comes_after_its_lease_was_lost_is_delivered_and_schedules_nothing() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        cite(bench, "one", &["https://a.example/1"]).await;
        let late = frontier.claim("late", LEASE).await.unwrap().unwrap();
        assert_eq!(frontier.reap().await.unwrap(), 0);
        bench.pass(LEASE + SECOND).await;
        assert_eq!(frontier.reap().await.unwrap(), 1);
        let next = frontier.claim("next", LEASE).await.unwrap().unwrap();
        assert!(next.fence > late.fence);
        assert!(
            !frontier
                .extend(&late.host, late.fence, LEASE)
                .await
                .unwrap()
        );
        assert!(
            !frontier
                .finish(&finish(&late, "late", SECOND))
                .await
                .unwrap()
        );
        assert_eq!(waiting(bench, "one").await, ["late"]);
        assert_eq!(frontier.claim("third", LEASE).await.unwrap(), None);
        assert!(
            frontier
                .finish(&finish(&next, "next", SECOND))
                .await
                .unwrap()
        );
        assert_eq!(waiting(bench, "one").await, ["late", "next"]);
        assert_eq!(frontier.status().await.unwrap().late, 1);
        bench.pass(LEASE).await;
        assert_eq!(frontier.claim("a", LEASE).await.unwrap(), None);
    });
}

#[test]
fn a_lease_that_is_extended_is_not_reaped() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        cite(bench, "one", &["https://a.example/1"]).await;
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        bench.pass(50 * SECOND).await;
        assert!(
            frontier
                .extend(&lease.host, lease.fence, LEASE)
                .await
                .unwrap()
        );
        bench.pass(50 * SECOND).await;
        assert_eq!(frontier.reap().await.unwrap(), 0);
        assert!(frontier.finish(&finish(&lease, "d", SECOND)).await.unwrap());
    });
}

#[test]
fn what_is_said_twice_counts_once() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        cite(bench, "one", &["https://a.example/1"]).await;
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        let done = finish(&lease, "d", SECOND);
        assert!(frontier.finish(&done).await.unwrap());
        assert!(frontier.finish(&done).await.unwrap());
        assert_eq!(waiting(bench, "one").await, ["d"]);
    });
}

#[test]
fn a_page_that_two_archives_cite_is_visited_once_and_delivered_to_both() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        cite(
            bench,
            "one",
            &["https://a.example/1", "https://a.example/2"],
        )
        .await;
        cite(bench, "two", &["https://a.example/2"]).await;
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        assert_eq!(lease.seeds.len(), 2);
        assert!(frontier.finish(&finish(&lease, "d", SECOND)).await.unwrap());
        let of = |waiting: Vec<stillsays::fleet::Waiting>| waiting[0].seeds.len();
        assert_eq!(of(frontier.waiting("one").await.unwrap()), 2);
        let two = frontier.waiting("two").await.unwrap();
        assert_eq!(two[0].seeds, ["https://a.example/2"]);
        // An archive that has not taken the visit does not know of it: what it wants does not count.
        cite(bench, "two", &["https://a.example/2"]).await;
        bench.pass(5 * SECOND).await;
        assert_eq!(frontier.claim("a", LEASE).await.unwrap(), None);
        frontier.taken("two", two[0].bundle).await.unwrap();
        assert!(frontier.waiting("two").await.unwrap().is_empty());
        cite(bench, "two", &["https://a.example/2"]).await;
        let again = frontier.claim("a", LEASE).await.unwrap().unwrap();
        assert_eq!(again.seeds.len(), 1);
    });
}

#[test]
fn a_page_that_no_archive_cites_any_more_is_not_visited() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        cite(
            bench,
            "one",
            &["https://a.example/1", "https://a.example/2"],
        )
        .await;
        frontier
            .retract("one", &[uri("https://a.example/1")])
            .await
            .unwrap();
        let cited = frontier.cited("one").await.unwrap();
        assert_eq!(cited.len(), 1);
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        assert_eq!(lease.seeds[0].uri, uri("https://a.example/2"));
        assert_eq!(lease.seeds.len(), 1);
    });
}

#[test]
fn a_condition_is_sent_only_if_all_archives_have_the_same() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        let page = "https://a.example/1";
        let due = Some(bench.now().await);
        let cite = async |archive: &str, condition: Option<&str>| {
            let condition = condition.map(str::to_owned);
            let cited = [Citation {
                uri: uri(page),
                due,
                condition,
                lists: None,
            }];
            frontier.cite(archive, &cited).await.unwrap();
        };
        let seen = async || {
            let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
            let unvisited = Finish {
                bundle: None,
                visited: Vec::new(),
                ..finish(&lease, "", Duration::ZERO)
            };
            frontier.finish(&unvisited).await.unwrap();
            lease.seeds[0].condition.clone()
        };
        cite("one", Some("x")).await;
        assert_eq!(seen().await.as_deref(), Some("x"));
        cite("two", None).await;
        assert_eq!(seen().await, None);
        cite("two", Some("y")).await;
        assert_eq!(seen().await, None);
        cite("two", Some("x")).await;
        assert_eq!(seen().await.as_deref(), Some("x"));
    });
}

#[test]
fn the_state_of_a_host_comes_with_its_lease() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        let page = uri("https://a.example/1");
        cite(bench, "one", &[page.as_str()]).await;
        let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
        let state = HostState {
            refusals: 2,
            requests: 9,
            ..HostState::default()
        };
        let origin = stillsays::host::Origin::of(&page);
        let done = Finish {
            bundle: None,
            visited: Vec::new(),
            states: vec![(origin.clone(), state.clone())],
            ..finish(&lease, "", Duration::ZERO)
        };
        assert!(frontier.finish(&done).await.unwrap());
        let again = frontier.claim("a", LEASE).await.unwrap().unwrap();
        assert_eq!(again.states, [(origin, state)]);
    });
}

#[test]
fn an_archive_has_one_writer_until_it_is_gone() {
    on_both(async |bench| {
        let frontier = bench.frontier();
        let attend = |writer| frontier.attend("one", writer, LEASE);
        assert!(attend("a").await.unwrap());
        assert!(!attend("b").await.unwrap());
        assert!(attend("a").await.unwrap());
        bench.pass(LEASE + SECOND).await;
        assert!(attend("b").await.unwrap());
        assert!(!attend("a").await.unwrap());
    });
}

/// What an earlier program left: a page of an archive that waits for its visit.
const EARLIER: &str = "INSERT INTO archive (name) VALUES ('one'); INSERT INTO host (name, due_at) VALUES ('a.example', {due});
    INSERT INTO seed (key, uri, host, due_at) VALUES ({key}, 'https://a.example/1', 'a.example', {due});
    INSERT INTO citation (seed, archive, due_at) SELECT seed.id, archive.id, seed.due_at FROM seed, archive;";

fn earlier(due: &str, key: &str) -> String {
    EARLIER.replace("{due}", due).replace("{key}", key)
}

#[test]
fn a_frontier_of_the_first_version_is_migrated_with_what_is_due() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fleet.db");
        let first = rusqlite::Connection::open(&file).unwrap();
        let tables = include_str!("../../src/fleet/frontier/sqlite/1.sql");
        first.execute_batch(tables).unwrap();
        first.execute_batch(&earlier("1", "x'01'")).unwrap();
        first.pragma_update(None, "user_version", 1).unwrap();
        drop(first);
        is_migrated(Arc::new(Sqlite::open(&file, Clock::System).unwrap())).await;
        if let Some(address) = server::database() {
            let (raw, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls)
                .await
                .unwrap();
            tokio::spawn(connection);
            raw.batch_execute("CREATE SCHEMA stillsays; CREATE TABLE stillsays.version (number integer NOT NULL); INSERT INTO stillsays.version VALUES (1)")
                .await
                .unwrap();
            let tables = include_str!("../../src/fleet/frontier/postgres/1.sql");
            raw.batch_execute(tables).await.unwrap();
            let rows = earlier("now()", "'\\x01'");
            raw.batch_execute(&format!("SET search_path = stillsays; {rows}"))
                .await
                .unwrap();
            is_migrated(Arc::new(Postgres::new(&address, Vec::new()).unwrap())).await;
        }
    });
}

async fn is_migrated(frontier: Arc<dyn Frontier>) {
    let early = frontier.claim("a", LEASE).await.unwrap_err();
    assert!(
        matches!(early, FrontierError::Version { found: 1, known: 2 }),
        "{early}"
    );
    frontier.init().await.unwrap();
    frontier.init().await.unwrap();
    let lease = frontier.claim("a", LEASE).await.unwrap().unwrap();
    assert_eq!(lease.seeds[0].uri, uri("https://a.example/1"));
    assert!(frontier.finish(&finish(&lease, "d", SECOND)).await.unwrap());
    assert_eq!(frontier.waiting("one").await.unwrap()[0].digest, "d");
}

#[test]
fn several_programs_may_create_the_tables_at_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let Some(address) = server::database() else {
            return;
        };
        let mut all = JoinSet::new();
        for _ in 0..8 {
            let frontier = Postgres::new(&address, Vec::new()).unwrap();
            all.spawn(async move { frontier.init().await });
        }
        while let Some(done) = all.join_next().await {
            done.unwrap().unwrap();
        }
    });
}

#[test]
fn a_database_without_tables_is_named_with_what_to_do() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let Some(address) = server::database() else {
            return;
        };
        let frontier = Postgres::new(&address, Vec::new()).unwrap();
        let error = frontier.claim("a", LEASE).await.unwrap_err();
        assert!(
            matches!(error, FrontierError::Version { found: 0, .. }),
            "{error}"
        );
        assert!(error.hint().contains("fleet init"));
    });
}

#[test]
fn a_connection_that_ends_is_made_again() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let Some(address) = server::database() else { return };
        let bench = Bench::on_postgres(&address).await;
        let frontier = bench.frontier();
        frontier.init().await.unwrap();
        cite(&bench, "one", &["https://a.example/1"]).await;
        let Bench::Postgres { raw, .. } = &bench else { return };
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()";
        raw.query(sql, &[]).await.unwrap();
        let mut tries = 0;
        let lease = loop {
            match frontier.claim("a", LEASE).await {
                Ok(lease) => break lease,
                Err(error) => assert!(error.may_pass() && tries < 3, "{error}"),
            }
            tries += 1;
        };
        assert!(lease.is_some());
    });
}

/// Eight fetchers, some of which die or come back late: every seed is finished once, and no host is asked too soon.
#[test]
fn many_fetchers_share_the_work() {
    on_both(async |bench| {
        // The clock of SQLite is fixed in these tests; here time has to pass by itself.
        let (frontier, _folder): (Arc<dyn Frontier>, _) = match bench {
            Bench::Lite { .. } => {
                let folder = tempfile::tempdir().unwrap();
                let frontier = Sqlite::open(&folder.path().join("f.db"), Clock::System).unwrap();
                (Arc::new(frontier), Some(folder))
            }
            Bench::Postgres { .. } => (bench.frontier(), None),
        };
        frontier.init().await.unwrap();
        let due = Some(Clock::System.now() - chrono::TimeDelta::minutes(5));
        let cited: Vec<Citation> = (0..160)
            .map(|it| Citation {
                uri: uri(&format!("https://h{}.example/{it}", it % 20)),
                due,
                condition: None,
                lists: None,
            })
            .collect();
        frontier.cite("one", &cited).await.unwrap();
        let asked: Arc<Mutex<HashMap<String, Vec<Tick>>>> = Arc::default();
        let lease_time = Duration::from_millis(400);
        let pause = Duration::from_millis(20);
        let mut fetchers = JoinSet::new();
        for number in 0..8_u32 {
            let (frontier, asked) = (Arc::clone(&frontier), Arc::clone(&asked));
            fetchers.spawn(async move {
                let worker = format!("w{number}");
                let mut refused = 0;
                for round in 0.. {
                    frontier.reap().await.unwrap();
                    if frontier.status().await.unwrap().due_seeds == 0 {
                        break;
                    }
                    let Some(lease) = frontier.claim(&worker, lease_time).await.unwrap() else {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        continue;
                    };
                    let some = Lease {
                        seeds: lease.seeds[..1].to_vec(),
                        ..lease
                    };
                    let next = Next {
                        host: some.host.clone(),
                        pause,
                        most: SECOND,
                        ..Next::default()
                    };
                    let wait = frontier.turn(&next).await.unwrap();
                    tokio::time::sleep(wait).await;
                    asked
                        .lock()
                        .unwrap()
                        .entry(some.host.clone())
                        .or_default()
                        .push(Tick::now());
                    match (round * 8 + number) % 31 {
                        // Dies.
                        7 => continue,
                        // Comes back after its lease.
                        19 => tokio::time::sleep(2 * lease_time).await,
                        _ => {}
                    }
                    let digest = format!("{}-{}", some.host, some.fence);
                    let done = finish(&some, &digest, pause);
                    refused += u32::from(!frontier.finish(&done).await.unwrap());
                }
                refused
            });
        }
        let refused: u32 = fetchers.join_all().await.into_iter().sum();
        let late = frontier.status().await.unwrap().late;
        assert_eq!(u64::from(refused), late);
        let mut least = SECOND;
        for times in asked.lock().unwrap().values_mut() {
            times.sort();
            least = times
                .windows(2)
                .map(|it| it[1] - it[0])
                .fold(least, Duration::min);
        }
        // The wait is that of the database; waking up can be late for the first and punctual for the second.
        assert!(least > pause / 2, "{least:?}");
        let mut delivered: HashMap<String, u32> = HashMap::new();
        loop {
            let waiting = frontier.waiting("one").await.unwrap();
            if waiting.is_empty() {
                break;
            }
            for bundle in waiting {
                for seed in bundle.seeds {
                    *delivered.entry(seed).or_default() += 1;
                }
                frontier.taken("one", bundle.bundle).await.unwrap();
            }
        }
        assert_eq!(delivered.len(), cited.len());
        let all: u32 = delivered.values().sum();
        assert_eq!(u64::from(all), cited.len() as u64 + late);
    });
}
