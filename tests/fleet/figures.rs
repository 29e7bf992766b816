//! Figures of the frontier: claims and finishes a second, beside what pgbench reaches on the same server; of the depot: bundles a second;
//! and of a whole fleet: what a visit costs, beside a run on one machine, and how far its archive is behind.
//!
//! `cargo test --release --features fleet --test fleet -- --ignored --nocapture figures`; `FLEET_SEEDS` and `FLEET_HOSTS` change the size
//! of the frontier, `FLEET_PAGES` that of the fleet.

use std::{
    env,
    fmt::Write as _,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use stillsays::{
    capture::{Capture, Framing, Outcome, Response, Visit},
    clock::Clock,
    fetch::Next,
    fleet::{Bound, Depot, Finish, Frontier, Postgres, Visited, seal},
};
use tokio::{task::JoinSet, time::Instant};

use crate::{
    project::Project,
    s3::Moto,
    server::{self, Server, programs},
    site::{Reply, Site},
};

const WORKERS: usize = 8;
const TIME: Duration = Duration::from_secs(20);

fn number(name: &str, or: u32) -> u32 {
    env::var(name)
        .ok()
        .and_then(|it| it.parse().ok())
        .unwrap_or(or)
}

#[test]
#[ignore = "measures; run it by name"]
fn figures() {
    let Some(server) = Server::start("on") else {
        eprintln!("skipped: PostgreSQL is not installed");
        return;
    };
    let (seeds, hosts) = (
        number("FLEET_SEEDS", 1_000_000),
        number("FLEET_HOSTS", 20_000),
    );
    server.sql("postgres", "CREATE DATABASE fleet");
    let address = server.address("fleet");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime
        .block_on(Postgres::new(&address, Vec::new()).unwrap().init())
        .unwrap();
    let began = Instant::now();
    server.sql(
        "fleet",
        &format!(
            "INSERT INTO stillsays.archive (name) VALUES ('one');
             INSERT INTO stillsays.host (name, due_at) SELECT 'h' || i || '.example', now() - interval '1 hour' FROM generate_series(1, {hosts}) i;
             INSERT INTO stillsays.seed (key, uri, host, due_at) SELECT sha256(int4send(i)), 'https://h' || h || '.example/' || i, 'h' || h || '.example',
                 now() - interval '1 hour' FROM (SELECT i, 1 + i % {hosts} AS h FROM generate_series(1, {seeds}) i) AS it;
             INSERT INTO stillsays.citation (seed, archive, due_at) SELECT id, 1, due_at FROM stillsays.seed;
             ANALYZE stillsays.host, stillsays.seed, stillsays.citation;"
        ),
    );
    println!(
        "{seeds} seeds on {hosts} hosts, loaded in {:.0} s",
        began.elapsed().as_secs_f64()
    );
    let (leases, visits) = runtime.block_on(measured(&address));
    println!(
        "{WORKERS} workers, durable commits: {leases:.0} claims with their finishes a second, {visits:.0} visits a second"
    );
    let paced = runtime.block_on(paced(&address, hosts));
    println!(
        "{WORKERS} workers: {paced:.0} requests a second get their turn and enter their pause"
    );
    let status = runtime.block_on(Postgres::new(&address, Vec::new()).unwrap().status());
    println!("{:?}", status.unwrap());
    server.sql("postgres", "CREATE DATABASE bench");
    let bench = |arguments: &[&str]| {
        let out = Command::new(programs().unwrap().join("pgbench"))
            .args(arguments)
            .arg(server.address("bench"))
            .output()
            .unwrap();
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    bench(&["-i", "-q", "-s", "10"]);
    let clients = WORKERS.to_string();
    let out = bench(&["-c", &clients, "-T", "15"]);
    let tps = out.lines().find(|line| line.starts_with("tps"));
    println!(
        "pgbench (TPC-B, scale 10, {WORKERS} clients): {}",
        tps.unwrap_or("did not run")
    );
}

/// Leases and visits a second.
async fn measured(address: &str) -> (f64, f64) {
    let mut workers = JoinSet::new();
    let began = Instant::now();
    for number in 0..WORKERS {
        let frontier = Postgres::new(address, Vec::new()).unwrap();
        workers.spawn(async move {
            let worker = format!("w{number}");
            let (mut leases, mut visits) = (0_u32, 0_u32);
            while began.elapsed() < TIME {
                let Some(lease) = frontier
                    .claim(&worker, Duration::from_secs(60))
                    .await
                    .unwrap()
                else {
                    continue;
                };
                leases += 1;
                visits += u32::try_from(lease.seeds.len()).unwrap();
                let visited = lease.seeds.iter().map(|due| Visited {
                    seed: due.seed,
                    came: "200".to_owned(),
                });
                let done = Finish {
                    bundle: Some((format!("{}-{}", lease.host, lease.fence), 1)),
                    visited: visited.collect(),
                    host: lease.host,
                    fence: lease.fence,
                    worker: worker.clone(),
                    states: Vec::new(),
                    leave: Duration::from_secs(5),
                };
                assert!(frontier.finish(&done).await.unwrap());
            }
            (leases, visits)
        });
    }
    let all = workers.join_all().await;
    let seconds = began.elapsed().as_secs_f64();
    let sum = |it: u32| f64::from(it) / seconds;
    (
        sum(all.iter().map(|it| it.0).sum()),
        sum(all.iter().map(|it| it.1).sum()),
    )
}

/// Requests a second that get their turn, and enter the pause after it.
async fn paced(address: &str, hosts: u32) -> f64 {
    let mut workers = JoinSet::new();
    let began = Instant::now();
    for number in 0..u32::try_from(WORKERS).unwrap() {
        let frontier = Postgres::new(address, Vec::new()).unwrap();
        workers.spawn(async move {
            let mut requests = 0_u32;
            while began.elapsed() < TIME / 2 {
                let host = format!("h{}.example", 1 + (requests * 8 + number) % hosts);
                let pause = Duration::from_millis(1);
                let next = Next {
                    host: host.clone(),
                    pause,
                    most: Duration::from_secs(60),
                    ..Next::default()
                };
                frontier.turn(&next).await.unwrap();
                frontier.leave_alone(&host, pause, None).await.unwrap();
                requests += 1;
            }
            requests
        });
    }
    let all: u32 = workers.join_all().await.into_iter().sum();
    f64::from(all) / began.elapsed().as_secs_f64()
}

/// How many hosts the fleet has: each a server of its own.
const SITES: usize = 50;

/// A page of about 8 kB, as long as a usual page without its scripts.
fn page(number: usize) -> String {
    let sentence =
        |line| format!("<p>Page {number} says in its line {line} what nobody else says.</p>\n");
    let lines: String = (0..120).map(sentence).collect();
    format!(
        "<!doctype html><html lang=en><title>Page {number}</title><body><h1>Page {number}</h1>{lines}</body></html>"
    )
}

#[test]
#[ignore = "measures; run it by name"]
fn figures_of_the_depot() {
    let now = Clock::System.now();
    let bound = |place: usize, number: usize| {
        let payload = page(number * 8 + place).into_bytes();
        let uri = format!("https://h{number}.example/{place}")
            .parse()
            .unwrap();
        let response = Response {
            head: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec(),
            payload,
            framing: Framing::Identity,
            truncated: None,
        };
        let capture = Capture {
            target_uri: uri,
            date: now,
            ended: now,
            connection: None,
            request: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            source: None,
            outcome: Outcome::Response(response),
        };
        Bound {
            visit: Visit {
                seed: capture.target_uri.clone(),
                captures: vec![capture],
            },
            pages_of: Vec::new(),
        }
    };
    let sealed: Vec<_> = (0..400)
        .map(|number| {
            let visits: Vec<Bound> = (0..8).map(|place| bound(place, number)).collect();
            seal(("h.example", 1, "w"), &visits, now).unwrap()
        })
        .collect();
    let bytes: usize = sealed.iter().map(|it| it.bytes.len()).sum();
    println!("a bundle of 8 visits has {} bytes", bytes / sealed.len());
    let folder = tempfile::tempdir().unwrap();
    let mut depots = vec![(
        "a folder, each bundle durable",
        Depot::open(folder.path().to_str().unwrap(), None, &[]).unwrap(),
    )];
    let moto = Moto::start();
    if let Some(moto) = &moto {
        depots.push(("moto", moto.depot("bkt")));
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (name, depot) in depots {
        let began = Instant::now();
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for some in sealed.chunks(sealed.len() / WORKERS) {
                let (depot, some) = (depot.clone(), some.to_vec());
                tasks.spawn(async move {
                    for bundle in some {
                        depot.put(&bundle).await.unwrap();
                    }
                });
            }
            tasks.join_all().await;
        });
        let seconds = began.elapsed().as_secs_f64();
        println!(
            "{name}: {:.0} bundles a second by {WORKERS} fetchers",
            sealed.len() as f64 / seconds
        );
    }
}

#[test]
#[ignore = "measures; run it by name"]
fn figures_of_a_whole_fleet() {
    let pages = number("FLEET_PAGES", 4_000) as usize;
    let sites: Vec<Site> = (0..SITES).map(|_| Site::start()).collect();
    let mut profile = "format = 1\ntitle = \"T\"\n".to_owned();
    for number in 0..pages {
        let (site, path) = (&sites[number % SITES], format!("/p{number}"));
        site.on(&path, [Reply::page(page(number))]);
        let (place, uri) = (number + 1, site.uri(&path));
        writeln!(
            profile,
            "[[references]]\nnumber = {place}\ntitle = \"R\"\nurl = \"{uri}\""
        )
        .unwrap();
    }
    let settings = "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\njobs = 8\ncontact = \"tests@example.org\"\n[schedule]\nevery = \"1d\"\n";
    let alone = Project::new();
    alone.write("config/stillsays.toml", settings);
    alone.profile("p", &profile);
    let (seconds, cpu) = timed(&alone, &["run", "--quiet"]);
    let each = |cpu: f64| 1_000.0 * cpu / pages as f64;
    println!(
        "{pages} pages on {SITES} hosts, `run`: {seconds:.1} s, {:.2} ms of processor time a visit",
        each(cpu)
    );

    let Some(one) = member(settings, &profile) else {
        return;
    };
    let (fetched, fetching) = timed(&one, &["fleet", "fetch", "--once", "--quiet"]);
    let (taken, taking) = timed(&one, &["fleet", "archive", "--once", "--quiet"]);
    println!(
        "a fleet, one part after the other: fetcher {fetched:.1} s, {:.2} ms a visit; archive {taken:.1} s, {:.2} ms a visit",
        each(fetching),
        each(taking)
    );

    // All at once: two fetchers bring the pages, and the archive takes them as they come.
    let Some(shared) = member(settings, &profile) else {
        return;
    };
    let began = Instant::now();
    let mut parts: Vec<Child> = vec![
        started(&shared, &["fleet", "archive", "--quiet"]),
        started(&shared, &["fleet", "fetch", "--once", "--quiet"]),
        started(&shared, &["fleet", "fetch", "--once", "--quiet"]),
    ];
    let (mut lag, mut waiting) = (0.0_f64, 0);
    loop {
        thread::sleep(Duration::from_millis(500));
        let status = shared.json(&["fleet", "status", "--format", "json"]);
        let archive = &status["archives"][0];
        lag = lag.max(archive["lag_s"].as_f64().unwrap());
        waiting = waiting.max(archive["waiting"].as_u64().unwrap());
        let is_idle = |part: &mut Child| part.try_wait().unwrap().is_some();
        if parts[1..].iter_mut().all(is_idle) && archive["waiting"] == 0 {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "all at once, 2 fetchers and 1 archive: {:.0} visits a second, {waiting} bundles waited at most, the oldest for {lag:.1} s",
        pages as f64 / seconds
    );
    let mut archive = parts.remove(0);
    Command::new("kill")
        .args(["-TERM", &archive.id().to_string()])
        .status()
        .unwrap();
    archive.wait().unwrap();
}

/// An archive in a fleet of its own, which has said what it cites; `None` if PostgreSQL is not installed.
fn member(settings: &str, profile: &str) -> Option<Project> {
    let database = server::database()?;
    let project = Project::new();
    let depot = project.path("depot");
    project.write(
        "config/stillsays.toml",
        format!(
            "{settings}[fleet]\ndatabase = \"{database}\"\ndepot = \"{}\"\narchive = \"one\"\n",
            depot.display()
        ),
    );
    project.profile("p", profile);
    project.expect(&["fleet", "init"], 0);
    project.expect(&["fleet", "archive", "--once"], 0);
    Some(project)
}

/// How long a program takes, and how much processor time.
fn timed(project: &Project, arguments: &[&str]) -> (f64, f64) {
    let began = Instant::now();
    let out = Command::new("/bin/bash")
        .args(["-c", "\"$@\" || exit; times", "bash"])
        .arg(assert_cmd::cargo::cargo_bin("stillsays"))
        .args(arguments)
        .current_dir(project.path("."))
        .env_clear()
        .env("USER", "ada")
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(out.status.success(), "{arguments:?}");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    // The last line has the times of the children: `0m1.234s 0m0.567s`.
    let times = text.lines().last().unwrap().split_whitespace();
    let seconds = times.map(|it| {
        let (minutes, seconds) = it.trim_end_matches('s').split_once('m').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
    });
    (began.elapsed().as_secs_f64(), seconds.sum())
}

fn started(project: &Project, arguments: &[&str]) -> Child {
    Command::new(assert_cmd::cargo::cargo_bin("stillsays"))
        .args(arguments)
        .current_dir(project.path("."))
        .env_clear()
        .env("USER", "ada")
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}
