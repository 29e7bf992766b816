//! kill -9 at moments nobody chose: whatever was going on, the archive is whole afterwards, and the work is done by doing it again.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use crate::{
    ledger::write_first_version,
    project::Project,
    run::citing,
    site::{Reply, Site},
};

/// How often each verb is killed.
const KILLS: u32 = 25;
/// So many of them must have come in time, on however busy a machine.
const LEAST: u32 = 5;
/// The archive's file.
const STORE: &str = "snapshots/stillsays.db";

/// Moments that are the same in every run, as far as the machine lets them.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A time up to `most`.
    fn moment(&mut self, most: Duration) -> Duration {
        let share = f64::from(self.roll()) / f64::from(1_u32 << 31);
        most.mul_f64(share)
    }

    /// A number below `most`.
    pub(crate) fn below(&mut self, most: u32) -> u32 {
        self.roll() % most
    }

    fn roll(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap()
    }
}

fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stillsays"));
    command
        .args(arguments)
        .arg("--quiet")
        .current_dir(project.path(""))
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// How long the program takes when it is left alone.
pub(crate) fn left_alone(project: &Project, arguments: &[&str]) -> Duration {
    let started = Instant::now();
    assert!(
        command(project, arguments).status().unwrap().success(),
        "{arguments:?}"
    );
    started.elapsed()
}

/// Starts the program and kills it at a moment within `most`; says whether it was still at it.
pub(crate) fn killed(
    project: &Project,
    arguments: &[&str],
    dice: &mut Dice,
    most: Duration,
) -> bool {
    let mut child = command(project, arguments).spawn().unwrap();
    std::thread::sleep(dice.moment(most));
    let at_it = child.try_wait().unwrap().is_none();
    if at_it {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    at_it
}

fn count(store: &Path, table: &str) -> i64 {
    let file = Connection::open(store).unwrap();
    file.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| {
        row.get(0)
    })
    .unwrap()
}

/// A project whose archive holds two visits of each of 150 pages.
fn archive() -> Project {
    let site = Site::start();
    let paths: Vec<String> = (0..150).map(|it| format!("/page/{it}")).collect();
    let page = |path: &str, version: u32| {
        let lines = (0..60).map(|it| format!("<p>{path}, line {it} of version {version}</p>\n"));
        Reply::page(lines.collect::<String>())
    };
    for path in &paths {
        site.on(path, [page(path, 1), page(path, 2)]);
    }
    let project = Project::new();
    project.profile("pages", &citing(&site, paths.iter().cloned()));
    project.run_at("2025-01-01T00:00:00Z", &["run", "--all", "--quiet"], 0);
    project.run_at("2026-01-01T00:00:00Z", &["run", "--all", "--quiet"], 0);
    assert_eq!(count(&project.path(STORE), "capture"), 300);
    project
}

fn remove_store(store: &Path) {
    for ending in ["", "-wal", "-shm", ".v1", ".v1.open"] {
        let mut name = store.as_os_str().to_owned();
        name.push(ending);
        drop(fs::remove_file(PathBuf::from(name)));
    }
}

#[test]
fn an_import_that_is_killed_leaves_the_archive_whole_and_is_done_by_importing_again() {
    let from = archive();
    from.expect(&["export", "warc", "--quiet", "-o", "out"], 0);
    let warc = fs::read_dir(from.path("out"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .find(|it| it.extension().is_some_and(|it| it == "gz"))
        .unwrap();
    let import = ["import", warc.to_str().unwrap()];
    let project = Project::new();
    let most = left_alone(&project, &import);
    let whole = count(&project.path(STORE), "capture");
    remove_store(&project.path(STORE));
    let (mut dice, mut at_it, mut grown) = (Dice(1), 0, 0);
    for _ in 0..KILLS {
        at_it += u32::from(killed(&project, &import, &mut dice, most));
        if !project.path(STORE).exists() {
            continue;
        }
        if count(&project.path(STORE), "sqlite_schema") == 0 {
            // Killed while it was made: there is nothing yet, and that is told.
            let printed = project.expect(&["verify"], 2);
            assert!(
                printed.stderr.contains("there is no store"),
                "{}",
                printed.stderr
            );
        } else {
            project.expect(&["verify"], 0);
            let now = count(&project.path(STORE), "capture");
            assert!(now >= grown, "{now} after {grown}");
            grown = now;
        }
        if grown == whole {
            remove_store(&project.path(STORE));
            grown = 0;
        }
    }
    assert!(at_it >= LEAST, "only {at_it} were killed");
    project.expect(&import, 0);
    project.expect(&["verify"], 0);
    assert_eq!(count(&project.path(STORE), "capture"), whole);
}

#[test]
fn a_backup_that_is_killed_hurts_nothing_and_leaves_no_half_copy_under_its_name() {
    let project = archive();
    fs::create_dir(project.path("copies")).unwrap();
    let most = left_alone(&project, &["backup", "copies/first.db"]);
    let (mut dice, mut at_it) = (Dice(2), 0);
    for number in 0..KILLS {
        let copy = format!("copies/{number}.db");
        at_it += u32::from(killed(&project, &["backup", &copy], &mut dice, most));
        if project.path(&copy).exists() {
            project.expect(&["--store", &copy, "verify"], 0);
        }
    }
    assert!(at_it >= LEAST, "only {at_it} were killed");
    project.expect(&["verify"], 0);
    project.expect(&["backup", "copies/last.db"], 0);
    project.expect(&["--store", "copies/last.db", "verify"], 0);
}

#[test]
fn a_migration_that_is_killed_is_all_or_nothing() {
    let project = archive();
    let (store, old) = (project.path(STORE), project.path("old.db"));
    write_first_version(&store, &old);
    let begin_anew = || {
        remove_store(&store);
        drop(fs::remove_file(project.path("snapshots/stillsays.key")));
        fs::copy(&old, &store).unwrap();
    };
    begin_anew();
    let most = left_alone(&project, &["init"]);
    let (mut dice, mut at_it, mut before, mut after) = (Dice(3), 0, 0, 0);
    for _ in 0..KILLS {
        begin_anew();
        at_it += u32::from(killed(&project, &["init"], &mut dice, most));
        let file = Connection::open(&store).unwrap();
        let version: u32 = file
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        drop(file);
        let copy = project.path("snapshots/stillsays.db.v1");
        if copy.exists() {
            assert_eq!(count(&copy, "capture"), 300);
        }
        match version {
            1 => before += 1,
            _ => after += 1,
        }
        project.expect(&["init", "--quiet"], 0);
        project.expect(&["verify"], 0);
        assert_eq!(count(&store, "capture"), 300);
    }
    println!("{at_it} killed; {before} were left at the first version, {after} were brought along");
    assert!(at_it >= LEAST && before > 0, "{at_it} {before} {after}");
}

/// How often runs are killed, and how often rechecks.
const KILLS_OF_EACH: u32 = 50;

/// What an archive says, beside the words of the report.
fn said(project: &Project) -> serde_json::Value {
    let report = project.json(&["report", "--format", "json"]);
    serde_json::json!({"claims": report["claims"], "references": report["references"]})
}

#[test]
fn runs_and_rechecks_that_are_killed_come_to_the_same_findings() {
    let site = Site::start();
    let paths: Vec<String> = (0..8).map(|it| format!("/page/{it}")).collect();
    let mut profile = citing(&site, paths.iter().cloned());
    for (place, path) in paths.iter().enumerate() {
        let names: Vec<String> = (0..12)
            .map(|it| format!("Harbor Mediation Network {place}x{it}"))
            .collect();
        let items = format!("<li>{}</li>", names.join("</li><li>"));
        let words = format!("The council of page {place} met four times in the year under review");
        site.on(
            path,
            [Reply::page(format!(
                "<title>Page {place}</title><main><h1>Partners</h1><p>{words}, and each time it asked who keeps the promise that was \
                 given on the quay, and who has forgotten it since the boats came home.</p><ul>{items}</ul></main>"
            ))],
        );
        let number = place + 1;
        write!(profile,
            "\n[[claims]]\nid = \"l{place}\"\nkind = \"listed\"\ncites = [{number}]\nrelation = \"partners\"\nnames = {names:?}\n\
             [[claims]]\nid = \"q{place}\"\nkind = \"quoted\"\ncites = [{number}]\nexact = \"{words}\"\n"
        )
        .unwrap();
    }
    let project = Project::new();
    project.profile("pages", &profile);
    let run = ["run", "--due", "--clock", "2025-01-01T00:00:00Z"];
    let most = left_alone(&project, &run);
    let expected = said(&project);
    let (mut dice, mut at_it) = (Dice(4), 0);
    remove_store(&project.path(STORE));
    for _ in 0..KILLS_OF_EACH {
        let in_time = killed(&project, &run, &mut dice, most);
        at_it += u32::from(in_time);
        if !in_time {
            assert_eq!(said(&project), expected, "a run that came to its end");
            remove_store(&project.path(STORE));
        }
    }
    project.expect(&run, 0);
    project.expect(&["verify", "--deep"], 0);
    assert_eq!(said(&project), expected);
    let most = left_alone(&project, &["recheck"]);
    for _ in 0..KILLS_OF_EACH {
        at_it += u32::from(killed(&project, &["recheck"], &mut dice, most));
        assert_eq!(said(&project), expected);
    }
    assert!(at_it >= 4 * LEAST, "only {at_it} were killed");
    let printed = project.expect(&["recheck"], 0).stdout;
    assert!(printed.contains("unchanged"), "{printed}");
    project.expect(&["verify", "--deep"], 0);
    assert_eq!(count(&project.path(STORE), "finding_set"), 1);
}
