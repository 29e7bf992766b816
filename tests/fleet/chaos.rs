//! A fleet whose parts are killed, stopped and cut off at random: nothing is lost, nothing is done twice, and no host is asked too soon.
//! Between two rounds, days pass, by all clocks; so every page is due once in each.
//!
//! `cargo test --features fleet --test fleet -- --ignored --nocapture the_large` runs it with 8 fetchers, 50 hosts and 1,000 seeds,
//! directly and through PgBouncer; `FLEET_DICE=7` lets other things happen.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant as Tick},
};

use stillsays::{
    fleet::{Depot, DepotError, unseal},
    store::{Access, Store},
    uri::TargetUri,
};
use tokio_postgres::{Client, NoTls};

use crate::{
    between::Pool,
    cable::Cable,
    project::Project,
    s3::{self, Moto},
    server::{self, FAKETIME, Server},
    site::{Reply, Site},
};

/// How large, and how wild.
struct Size {
    fetchers: usize,
    hosts: usize,
    seeds: usize,
    /// How often every page is due.
    rounds: u32,
    /// How many times something happens in a round.
    troubles: usize,
    /// How long a round may take.
    limit: Duration,
    /// Whether the programs reach the database through a pool of connections.
    pooled: bool,
    /// Whether the depot is a bucket, behind a cable that can be cut; otherwise a folder that can be full.
    bucket: bool,
}

const DELAY: Duration = Duration::from_millis(100);
const LEASE: Duration = Duration::from_secs(3);
const ARCHIVES: [&str; 2] = ["one", "two"];

/// Between two rounds: longer than the pages are left alone, which is a day.
const BETWEEN: u32 = 3 * 86_400;

#[test]
fn a_small_fleet_survives_what_happens_to_it() {
    let size = Size {
        fetchers: 3,
        hosts: 6,
        seeds: 90,
        rounds: 2,
        troubles: 10,
        limit: Duration::from_secs(3 * 60),
        pooled: true,
        bucket: false,
    };
    survives(&size);
}

/// As large as asked for.
const LARGE: Size = Size {
    fetchers: 8,
    hosts: 50,
    seeds: 1_000,
    rounds: 3,
    troubles: 60,
    limit: Duration::from_secs(15 * 60),
    pooled: false,
    bucket: false,
};

#[test]
#[ignore = "takes minutes; run it by name"]
fn the_large_fleet_survives_what_happens_to_it() {
    survives(&LARGE);
}

#[test]
#[ignore = "takes minutes; run it by name"]
fn the_large_fleet_survives_with_a_bucket() {
    survives(&Size {
        rounds: 1,
        bucket: true,
        ..LARGE
    });
}

#[test]
#[ignore = "takes minutes; run it by name"]
fn the_large_fleet_survives_behind_a_pool() {
    survives(&Size {
        rounds: 1,
        pooled: true,
        ..LARGE
    });
}

/// A fleet in the hands of a test.
struct Fleet {
    folder: Project,
    /// The store with the bucket, and the cable to it.
    bucket: Option<(Moto, Cable)>,
    depot: Depot,
    archives: Vec<Project>,
    sites: Vec<Site>,
    /// The addresses of the seeds, and which archives cite each.
    seeds: Vec<(String, Vec<usize>)>,
    runtime: tokio::runtime::Runtime,
    server: Server,
    raw: Client,
    _pool: Option<Pool>,
}

fn survives(size: &Size) {
    let Some(server) = Server::start("off") else {
        eprintln!("skipped: PostgreSQL is not installed");
        return;
    };
    let mut rounds = size.rounds;
    if !Path::new(FAKETIME).exists() {
        eprintln!(
            "skipped: clocks that differ, and more than one round (faketime is not installed)"
        );
        rounds = 1;
    }
    let mut fleet = Fleet::new(server, size);
    let number = env::var("FLEET_DICE").ok().and_then(|it| it.parse().ok());
    let mut dice = Dice(number.unwrap_or(42));
    for round in 0..rounds {
        let ahead = round * BETWEEN;
        if round > 0 {
            fleet.pass(ahead);
        }
        fleet.round(size, i64::from(ahead), &mut dice);
    }
}

impl Fleet {
    fn new(server: Server, size: &Size) -> Self {
        server.sql("postgres", "CREATE DATABASE fleet");
        let address = server.address("fleet");
        let pool = size.pooled.then(|| Pool::before(&address, 10)).flatten();
        let through = pool.as_ref().map_or(&address, |pool| &pool.address);
        let folder = Project::new();
        let moto = size.bucket.then(Moto::start).flatten();
        if size.bucket && moto.is_none() {
            eprintln!("skipped: the depot in a bucket (moto is not installed)");
        }
        let (bucket, place, depot) = if let Some(moto) = moto {
            let cable = Cable::to(moto.port());
            let (depot, place) = (moto.depot("bkt"), s3::place(cable.port(), "bkt"));
            (Some((moto, cable)), place, depot)
        } else {
            let place = folder.path("depot").to_str().unwrap().to_owned();
            let depot = Depot::open(&place, None, &[]).unwrap();
            (None, place, depot)
        };
        folder.write("key", s3::KEY);
        let sites: Vec<Site> = (0..size.hosts).map(|_| Site::start()).collect();
        let mut seeds = Vec::new();
        for number in 0..size.seeds {
            let at = &sites[number % size.hosts];
            let path = format!("/p{number}");
            at.on(&path, [Reply::page(format!("<p>page {number}"))]);
            let by = match number % 3 {
                0 => vec![0],
                1 => vec![1],
                _ => vec![0, 1],
            };
            seeds.push((at.uri(&path), by));
        }
        let mut archives = Vec::new();
        for (number, name) in ARCHIVES.iter().enumerate() {
            let project = Project::new();
            project.write(
                "config/stillsays.toml",
                settings((&folder, &place), through, name),
            );
            let cited = seeds.iter().filter(|(_, by)| by.contains(&number));
            let mut profile = "format = 1\ntitle = \"T\"\n".to_owned();
            for (place, (uri, _)) in cited.enumerate() {
                let place = place + 1;
                writeln!(
                    profile,
                    "[[references]]\nnumber = {place}\ntitle = \"R\"\nurl = \"{uri}\""
                )
                .unwrap();
            }
            project.profile("p", &profile);
            archives.push(project);
        }
        archives[0].expect(&["fleet", "init"], 0);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let raw = connected(&runtime, &address);
        let fleet = Self {
            folder,
            bucket,
            depot,
            archives,
            sites,
            seeds,
            runtime,
            server,
            raw,
            _pool: pool,
        };
        fleet.remember();
        fleet
    }

    /// Lets time pass, until `ahead` seconds after the beginning.
    fn pass(&mut self, ahead: u32) {
        self.server.start_again(u64::from(ahead));
        self.raw = connected(&self.runtime, &self.server.address("fleet"));
    }

    /// Remembers what was visited before a round.
    fn remember(&self) {
        let sql = "DROP TABLE IF EXISTS public.before; CREATE TABLE public.before AS SELECT id, visits, late FROM stillsays.seed";
        self.runtime.block_on(self.raw.batch_execute(sql)).unwrap();
    }

    /// Every page is due once; programs are killed, stopped and cut off; then everything is as it should be.
    fn round(&self, size: &Size, ahead: i64, dice: &mut Dice) {
        let began = Tick::now();
        let mut programs = self.start(size, ahead);
        let mut troubles = 0;
        while !self.is_done() {
            let state = self.state();
            assert!(began.elapsed() < size.limit, "it does not end: {state}");
            thread::sleep(Duration::from_millis(200 + dice.roll(500)));
            for program in &mut programs {
                program.start_again();
            }
            if troubles < size.troubles && self.has_begun() {
                troubles += 1;
                self.trouble(&mut programs, dice);
            }
        }
        let seconds = began.elapsed().as_secs_f64();
        eprintln!("{troubles} troubles, {seconds:.0} s; {}", self.state());
        for program in &mut programs {
            program.end();
        }
        let reaped = self.run(0, &["fleet", "reap"], ahead);
        eprintln!("{}", reaped.trim_end());
        for number in 0..self.archives.len() {
            self.run(number, &["fleet", "archive", "--once", "--quiet"], ahead);
        }
        self.check(ahead);
        self.remember();
    }

    /// Runs a program in the folder of an archive, at the time of the fleet.
    fn run(&self, archive: usize, arguments: &[&str], ahead: i64) -> String {
        let mut command = self.archives[archive].command(arguments);
        let out = command.envs(server::ahead(ahead)).output().unwrap();
        let text = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{arguments:?}: {text}");
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// Starts the fetchers, whose clocks differ by up to two minutes, and the archives.
    fn start(&self, size: &Size, ahead: i64) -> Vec<Program> {
        let skews = [ahead, ahead + 120, ahead - 120];
        let fetchers = (0..size.fetchers).map(|number| Program {
            folder: self.archives[number % 2].path("."),
            arguments: vec!["fleet", "fetch", "--jobs", "4"],
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
            _ if self.bucket.is_some() => {
                if let Some((_, cable)) = &self.bucket {
                    cable.cut(Duration::from_millis(700));
                }
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

    /// Whether a seed was visited in this round.
    fn has_begun(&self) -> bool {
        self.count(&visited_in_this_round("> 0")) > 0
    }

    /// Whether every seed was visited, and every archive has taken what came, and wants the next visits tomorrow.
    fn is_done(&self) -> bool {
        let rest = "SELECT (SELECT count(*) FROM stillsays.host WHERE worker IS NOT NULL) + (SELECT count(*) FROM stillsays.delivery)
             + (SELECT count(*) FROM stillsays.citation WHERE due_at IS NULL OR due_at < now())";
        let seeds = i64::try_from(self.seeds.len()).unwrap();
        self.count(&visited_in_this_round("> 0")) == seeds && self.count(rest) == 0
    }

    fn state(&self) -> String {
        let (seeds, late, waiting) = (
            self.count("SELECT coalesce(sum(visits), 0)::bigint FROM stillsays.seed"),
            self.count("SELECT coalesce(sum(visits), 0)::bigint FROM stillsays.bundle WHERE late"),
            self.count("SELECT count(*) FROM stillsays.delivery"),
        );
        format!("{seeds} visits in time, {late} late, {waiting} wait")
    }

    fn check(&self, ahead: i64) {
        // A late visit that an archive takes before the next one is the visit of its seed.
        let seeds = i64::try_from(self.seeds.len()).unwrap();
        assert_eq!(self.count(&visited_in_this_round(">= 1")), seeds);
        let twice = "SELECT count(*) FROM stillsays.seed LEFT JOIN public.before USING (id) WHERE seed.visits - coalesce(before.visits, 0) > 1";
        assert_eq!(self.count(twice), 0, "seeds that were finished twice");
        self.check_archives();
        self.check_pauses();
        for number in 0..self.archives.len() {
            self.run(number, &["verify", "--deep"], ahead);
        }
    }

    /// Every archive has each visit of the pages that it cites once: those in time, and those that came late. So says the frontier,
    /// and so say the bundles in the depot.
    fn check_archives(&self) {
        let mut delivered: BTreeMap<TargetUri, usize> = BTreeMap::new();
        let rows = self.raw.query("SELECT digest FROM stillsays.bundle", &[]);
        let depot = &self.depot;
        for row in self.runtime.block_on(rows).unwrap() {
            let digest: String = row.get(0);
            let bytes = self.runtime.block_on(depot.get(&digest)).unwrap();
            for visit in unseal(&digest, &bytes).unwrap().visits {
                *delivered.entry(visit.seed).or_default() += 1;
            }
        }
        let mut stored = 0;
        let count = async |some: Vec<_>| {
            stored += some.len();
            Ok::<(), DepotError>(())
        };
        self.runtime.block_on(depot.each(count)).unwrap();
        let known = self.count("SELECT count(*) FROM stillsays.bundle");
        assert_eq!(
            usize::try_from(known).ok(),
            Some(stored),
            "bundles that no row names"
        );
        let rows = self
            .raw
            .query("SELECT uri, visits + late FROM stillsays.seed", &[]);
        for row in self.runtime.block_on(rows).unwrap() {
            let (uri, visits): (String, i64) = (row.get(0), row.get(1));
            let uri: TargetUri = uri.parse().unwrap();
            assert_eq!(
                delivered.get(&uri).copied(),
                usize::try_from(visits).ok(),
                "{uri}"
            );
        }
        for (number, project) in self.archives.iter().enumerate() {
            let store =
                Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
            for (seed, by) in &self.seeds {
                let uri: TargetUri = seed.parse().unwrap();
                let expected = by.contains(&number).then(|| delivered.get(&uri).copied());
                let visits = store.visits(&uri).unwrap().len();
                assert_eq!(
                    visits,
                    expected.flatten().unwrap_or(0),
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

fn settings((folder, depot): (&Project, &str), address: &str, name: &str) -> String {
    let key = folder.path("key");
    format!(
        "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"{} ms\"\ncontact = \"tests@example.org\"\n\
         [schedule]\nevery = \"1d\"\n[fleet]\ndatabase = \"{address}\"\ndepot = \"{depot}\"\ncredentials = \"{}\"\narchive = \"{name}\"\nlease = \"{}s\"\n",
        DELAY.as_millis(),
        key.display(),
        LEASE.as_secs()
    )
}

fn connected(runtime: &tokio::runtime::Runtime, address: &str) -> Client {
    runtime.block_on(async {
        let (raw, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
        tokio::spawn(connection);
        raw
    })
}

/// Counts the seeds whose number of visits in this round, in time or late, is so.
fn visited_in_this_round(so: &str) -> String {
    format!(
        "SELECT count(*) FROM stillsays.seed LEFT JOIN public.before USING (id)
         WHERE seed.visits + seed.late - coalesce(before.visits + before.late, 0) {so}"
    )
}

/// A program of the fleet, which is started again when it has ended.
struct Program {
    folder: std::path::PathBuf,
    arguments: Vec<&'static str>,
    /// By how many seconds its clock is ahead.
    skew: i64,
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
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("stillsays"));
        command
            .args(&self.arguments)
            .args(["--quiet"])
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
        command.envs(server::ahead(self.skew));
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
