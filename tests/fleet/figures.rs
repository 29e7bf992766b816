//! Figures of the frontier: claims and finishes a second, beside what pgbench reaches on the same server.
//!
//! `cargo test --release --features fleet --test fleet -- --ignored --nocapture figures`; `FLEET_SEEDS` and `FLEET_HOSTS` change the size.

use std::{env, process::Command, time::Duration};

use stillsays::fleet::{Finish, Frontier, Postgres, Visited};
use tokio::{task::JoinSet, time::Instant};

use crate::server::{Server, programs};

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
                frontier
                    .turn(&host, pause, Duration::from_secs(60))
                    .await
                    .unwrap();
                frontier.leave_alone(&host, pause, None).await.unwrap();
                requests += 1;
            }
            requests
        });
    }
    let all: u32 = workers.join_all().await.into_iter().sum();
    f64::from(all) / began.elapsed().as_secs_f64()
}
