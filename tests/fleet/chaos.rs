//! A fleet whose parts are killed, stopped and cut off at random: nothing is lost, nothing is done twice, and no host is asked too soon.
//!
//! `cargo test --features fleet --test fleet -- --ignored --nocapture the_large` runs it with 8 fetchers, 50 hosts and 1,000 seeds.

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant as Tick},
};

use stillsays::{
    fleet::{Depot, unseal},
    store::{Access, Store},
    uri::TargetUri,
};
use tokio_postgres::{Client, NoTls};

use crate::{
    project::Project,
    server,
    site::{Reply, Site},
};

/// How large, and how wild.
struct Size {
    fetchers: usize,
    hosts: usize,
    seeds: usize,
    rounds: i64,
    /// How many times something happens.
    troubles: usize,
    /// After how long a page of the second round is due.
    again: &'static str,
    limit: Duration,
}

const DELAY: Duration = Duration::from_millis(100);
const LEASE: Duration = Duration::from_secs(3);
const ARCHIVES: [&str; 2] = ["one", "two"];

/// Where Debian has libfaketime.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

#[test]
fn a_small_fleet_survives_what_happens_to_it() {
    let size = Size {
        fetchers: 3,
        hosts: 6,
        seeds: 48,
        rounds: 1,
        troubles: 10,
        again: "1d",
        limit: Duration::from_mins(3),
    };
    survives(&size);
}

#[test]
#[ignore = "takes minutes; run it by name"]
fn the_large_fleet_survives_what_happens_to_it() {
    let size = Size {
        fetchers: 8,
        hosts: 50,
        seeds: 1_000,
        rounds: 2,
        troubles: 80,
        again: "60s",
        limit: Duration::from_mins(20),
    };
    survives(&size);
}

/// A fleet in the hands of a test.
struct Fleet {
    folder: Project,
    archives: Vec<Project>,
    sites: Vec<Site>,
    /// The addresses of the seeds, and which archives cite each.
    seeds: Vec<(String, Vec<usize>)>,
    runtime: tokio::runtime::Runtime,
    raw: Client,
}

fn survives(size: &Size) {
    let Some(address) = server::database() else {
        return;
    };
    let fleet = Fleet::new(&address, size);
    let began = Tick::now();
    let mut dice = Dice(42);
    for round in 1..=size.rounds {
        let every = if round == 1 { "1d" } else { size.again };
        let mut programs = fleet.start(size, every);
        let mut troubles = 0;
        while !fleet.is_done(round) {
            assert!(
                began.elapsed() < size.limit,
                "round {round} does not end: {}",
                fleet.state()
            );
            thread::sleep(Duration::from_millis(200 + dice.roll(500)));
            for program in &mut programs {
                program.start_again();
            }
            if troubles < size.troubles {
                troubles += 1;
                fleet.trouble(&mut programs, &mut dice);
            }
        }
        eprintln!(
            "round {round}: {troubles} troubles, {:.0} s; {}",
            began.elapsed().as_secs_f64(),
            fleet.state()
        );
        for program in &mut programs {
            program.end();
        }
    }
    fleet.check(size.rounds);
}

impl Fleet {
    fn new(address: &str, size: &Size) -> Self {
        let folder = Project::new();
        let sites: Vec<Site> = (0..size.hosts).map(|_| Site::start()).collect();
        let mut seeds = Vec::new();
        for number in 0..size.seeds {
            let site = &sites[number % size.hosts];
            let path = format!("/p{number}");
            site.on(&path, [Reply::page(format!("<p>page {number}"))]);
            let by = match number % 3 {
                0 => vec![0],
                1 => vec![1],
                _ => vec![0, 1],
            };
            seeds.push((site.uri(&path), by));
        }
        let mut archives = Vec::new();
        for (number, name) in ARCHIVES.iter().enumerate() {
            let project = Project::new();
            project.write("config/stillsays.toml", settings(&folder, address, name));
            let cited = seeds.iter().filter(|(_, by)| by.contains(&number));
            let mut profile = "format = 1\ntitle = \"T\"\n".to_owned();
            for (place, (uri, _)) in cited.enumerate() {
                let place = place + 1;
                profile +=
                    &format!("[[references]]\nnumber = {place}\ntitle = \"R\"\nurl = \"{uri}\"\n");
            }
            project.profile("p", &profile);
            archives.push(project);
        }
        archives[0].expect(&["fleet", "init"], 0);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let raw = runtime.block_on(async {
            let (raw, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
            tokio::spawn(connection);
            raw
        });
        Self {
            folder,
            archives,
            sites,
            seeds,
            runtime,
            raw,
        }
    }

    /// Starts the fetchers, whose clocks differ by up to two minutes, and the archives.
    fn start(&self, size: &Size, every: &str) -> Vec<Program> {
        let skews = ["", "+120s", "-120s"];
        if !Path::new(FAKETIME).exists() {
            eprintln!("skipped: clocks that differ (faketime is not installed)");
        }
        let fetchers = (0..size.fetchers).map(|number| Program {
            folder: self.archives[number % 2].path("."),
            arguments: vec!["fleet", "fetch", "--jobs", "4"],
            every: every.to_owned(),
            skew: skews[number % 3],
            child: None,
            wakes: None,
        });
        let archives = self
            .archives
            .iter()
            .enumerate()
            .map(|(number, project)| Program {
                folder: project.path("."),
                arguments: vec!["fleet", "archive"],
                every: every.to_owned(),
                skew: skews[2 - number],
                child: None,
                wakes: None,
            });
        let mut programs: Vec<Program> = fetchers.chain(archives).collect();
        for program in &mut programs {
            program.start_again();
        }
        programs
    }

    /// One of the things that happen.
    fn trouble(&self, programs: &mut [Program], dice: &mut Dice) {
        let which = usize::try_from(dice.roll(programs.len() as u64)).unwrap();
        match dice.roll(10) {
            0..5 => programs[which].kill(),
            5 | 6 => programs[which].stop(LEASE + Duration::from_millis(500)),
            7 | 8 => {
                let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()";
                self.runtime.block_on(self.raw.query(sql, &[])).unwrap();
            }
            _ => {
                // The depot takes nothing for a while.
                let (bundles, aside) =
                    (self.folder.path("depot/bundles"), self.folder.path("aside"));
                if fs::rename(&bundles, &aside).is_ok() {
                    fs::write(&bundles, "").unwrap();
                    thread::sleep(Duration::from_millis(700));
                    fs::remove_file(&bundles).unwrap();
                    fs::rename(&aside, &bundles).unwrap();
                }
            }
        }
    }

    fn count(&self, sql: &str) -> i64 {
        let row = self.runtime.block_on(self.raw.query_one(sql, &[])).unwrap();
        row.get(0)
    }

    /// Whether every seed was visited in this round, and every archive has taken what came.
    fn is_done(&self, round: i64) -> bool {
        let rest = format!(
            "SELECT (SELECT count(*) FROM stillsays.seed WHERE visits < {round}) + (SELECT count(*) FROM stillsays.delivery)"
        );
        let seeds = i64::try_from(self.seeds.len()).unwrap();
        self.count("SELECT count(*) FROM stillsays.seed") == seeds && self.count(&rest) == 0
    }

    fn state(&self) -> String {
        let (seeds, late, waiting) = (
            self.count("SELECT coalesce(sum(visits), 0)::bigint FROM stillsays.seed"),
            self.count("SELECT coalesce(sum(visits), 0)::bigint FROM stillsays.bundle WHERE late"),
            self.count("SELECT count(*) FROM stillsays.delivery"),
        );
        format!("{seeds} visits in time, {late} late, {waiting} wait")
    }

    fn check(&self, rounds: i64) {
        // Of a third round, nothing may have begun: the second round ended before its first page was due again.
        let wrong = format!("SELECT count(*) FROM stillsays.seed WHERE visits <> {rounds}");
        assert_eq!(
            self.count(&wrong),
            0,
            "seeds that were not finished once in each round"
        );
        self.check_archives(rounds);
        self.check_pauses();
        for project in &self.archives {
            project.expect(&["verify", "--deep"], 0);
        }
    }

    /// Every archive has each visit that was delivered, once: those in time, and those that came late.
    fn check_archives(&self, rounds: i64) {
        let mut late: BTreeMap<TargetUri, usize> = BTreeMap::new();
        let rows = self
            .raw
            .query("SELECT digest FROM stillsays.bundle WHERE late", &[]);
        let place = self.folder.path("depot");
        let depot = Depot::open(place.to_str().unwrap(), None, &[]).unwrap();
        for row in self.runtime.block_on(rows).unwrap() {
            let digest: String = row.get(0);
            let bytes = self.runtime.block_on(depot.get(&digest)).unwrap();
            for visit in unseal(&digest, &bytes).unwrap().1 {
                *late.entry(visit.seed).or_default() += 1;
            }
        }
        for (number, project) in self.archives.iter().enumerate() {
            let store =
                Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
            for (seed, by) in &self.seeds {
                let uri: TargetUri = seed.parse().unwrap();
                let expected = if by.contains(&number) {
                    usize::try_from(rounds).unwrap() + late.get(&uri).copied().unwrap_or(0)
                } else {
                    0
                };
                assert_eq!(
                    store.visits(&uri).unwrap().len(),
                    expected,
                    "{seed} in archive {number}"
                );
            }
        }
    }

    /// No two pages of a host were requested closer to each other than the delay.
    fn check_pauses(&self) {
        let mut least = Duration::MAX;
        let mut asked = 0;
        for site in &self.sites {
            let pages = site
                .asked()
                .into_iter()
                .filter(|it| it.path != "/robots.txt");
            let mut at: Vec<Tick> = pages.map(|it| it.at).collect();
            asked += at.len();
            at.sort();
            least = at
                .windows(2)
                .map(|it| it[1] - it[0])
                .fold(least, Duration::min);
        }
        eprintln!("{asked} pages requested; the shortest pause at a host was {least:?}");
        assert!(least >= DELAY, "{least:?}");
    }
}

fn settings(folder: &Project, address: &str, name: &str) -> String {
    let depot = folder.path("depot");
    format!(
        "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"{} ms\"\ncontact = \"tests@example.org\"\n\
         [fleet]\ndatabase = \"{address}\"\ndepot = \"{}\"\narchive = \"{name}\"\nlease = \"{}s\"\n",
        DELAY.as_millis(),
        depot.display(),
        LEASE.as_secs()
    )
}

/// A program of the fleet, which is started again when it has ended.
struct Program {
    folder: std::path::PathBuf,
    arguments: Vec<&'static str>,
    every: String,
    skew: &'static str,
    child: Option<Child>,
    /// When it goes on after it was stopped.
    wakes: Option<Tick>,
}

impl Program {
    fn start_again(&mut self) {
        if self.wakes.is_some_and(|at| at < Tick::now()) {
            self.wakes = None;
            self.signal("-CONT");
        }
        if let Some(child) = &mut self.child
            && child.try_wait().unwrap().is_none()
        {
            return;
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_stillsays"));
        command
            .args(&self.arguments)
            .args([
                "--quiet",
                "--set",
                &format!("schedule.every={}", self.every),
            ])
            .current_dir(&self.folder)
            .env_clear()
            .env("USER", "ada")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(if env::var_os("FLEET_LOG").is_some() {
                Stdio::inherit()
            } else {
                Stdio::null()
            });
        if !self.skew.is_empty() && Path::new(FAKETIME).exists() {
            command
                .env("LD_PRELOAD", FAKETIME)
                .env("FAKETIME", self.skew)
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("DONT_FAKE_MONOTONIC", "1");
        }
        self.child = Some(command.spawn().unwrap());
    }

    fn kill(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
            self.wakes = None;
        }
    }

    /// Stops it for a while: it comes back after its lease.
    fn stop(&mut self, time: Duration) {
        self.signal("-STOP");
        self.wakes = Some(Tick::now() + time);
    }

    fn signal(&self, signal: &str) {
        if let Some(child) = &self.child {
            let _ = Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status();
        }
    }

    /// Asks it to end, and waits.
    fn end(&mut self) {
        self.signal("-CONT");
        self.signal("-TERM");
        if let Some(child) = &mut self.child {
            let _ = child.wait();
        }
        self.child = None;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}
