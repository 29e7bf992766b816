//! What runs cost as an archive grows: `cargo bench --bench growth`, or `-- visits pages` for some of the tables.
//!
//! Everything is measured on the built program in processes of its own, from start to exit code: seconds of CPU (user and
//! system), and the most memory. `STILLSAYS_OTHER=path` runs another program beside it and prints both; `STILLSAYS_PYTHON=path`
//! is a Python with trafilatura and FastWARC, which then do the same work. `benches/beside` sets up both.
//!
//! It fails where doubling the visits that are held raises what a run with nothing new costs by more than a fifth, or
//! doubling pages or profiles raises any cost by more than 2.4 times. `-- quick` takes a fifth of everything, for a
//! first look.

mod history;
mod peers;
mod program;
mod site;
mod work;

use std::io::{self, Write};

use program::{Cost, Program, Project};
use site::{Kind, Site};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// How much more anything may cost when there is twice as much of it.
const DOUBLED: f64 = 2.4;

/// How much more a run with nothing new may cost when twice as many visits are held.
const FLAT: f64 = 1.2;

/// What a process costs more or less from one time to the next, in seconds.
const NOISE: f64 = 0.004;

/// What measures and prints a table.
type Table = fn(&mut Bench) -> Result<(), Failure>;

/// The tables by their names.
const TABLES: &[(&str, Table)] = &[
    ("visits", visits),
    ("archive", archive),
    ("held", stored),
    ("hourly", hourly),
    ("pages", pages),
    ("gone", gone),
    ("store", store),
    ("large", large),
    ("daily", work::daily),
    ("desk", work::desk),
    ("report", work::report),
    ("stop", work::stop),
    ("export", work::export),
    ("years", work::years),
];

fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let asked = |name: &str| arguments.iter().any(|it| it == name);
    let some = TABLES.iter().any(|it| asked(it.0));
    let mut bench = Bench {
        programs: Program::all()?,
        divisor: if asked("quick") { 5 } else { 1 },
        faults: Vec::new(),
    };
    bench.heading()?;
    for (name, table) in TABLES {
        if !some || asked(name) {
            table(&mut bench)?;
        }
    }
    if bench.faults.is_empty() {
        return print("every cost grows as it may");
    }
    Err(bench.faults.join("\n").into())
}

pub(crate) fn print(line: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Prints a row: what each program cost.
fn print_row(what: &str, costs: &[Option<Cost>]) -> Result<(), Failure> {
    let column = |it: &Option<Cost>| match it {
        Some(it) => format!("{:>10.3} s {:>6.0} MB", it.cpu, it.memory / 1e6),
        None => format!("{:>22}", "not done"),
    };
    let columns: Vec<String> = costs.iter().map(column).collect();
    print(&format!("{what:62}{}", columns.join(" ")))
}

/// Prints a row of numbers, one of each program.
fn print_numbers(what: &str, numbers: impl IntoIterator<Item = f64>) -> Result<(), Failure> {
    let columns = numbers.into_iter().map(|it| format!("{it:>22.1}"));
    print(&format!(
        "{what:62}{}",
        columns.collect::<Vec<_>>().join(" ")
    ))
}

/// What is measured, and what was found wanting.
struct Bench {
    programs: Vec<Program>,
    divisor: usize,
    faults: Vec<String>,
}

/// How a cost may grow from one row to the next, with twice as much of something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Growth {
    /// Not at all.
    Flat,
    /// In proportion.
    Doubled,
}

impl Bench {
    fn heading(&self) -> Result<(), Failure> {
        let names = self.programs.iter().map(|it| format!("{:>22}", it.name));
        print(&format!("{:62}{}", "", names.collect::<String>()))
    }

    /// So many, or a part of them.
    fn part(&self, many: usize) -> usize {
        (many / self.divisor).max(2)
    }

    /// Prints the rows of a command for each of some sizes, and looks whether this program's costs grow as they may.
    fn rows(
        &mut self,
        what: &str,
        sizes: &[String],
        costs: &[Vec<Option<Cost>>],
        growth: Growth,
    ) -> Result<(), Failure> {
        for (size, row) in sizes.iter().zip(costs) {
            print_row(&format!("{size}: {what}"), row)?;
        }
        let ours = costs.iter().map(|it| it.first().copied().flatten());
        let ours: Vec<Option<Cost>> = ours.collect();
        for (pair, size) in ours.windows(2).zip(sizes.iter().skip(1)) {
            let [Some(before), Some(after)] = pair else {
                self.faults.push(format!("{size}: {what} was not done"));
                continue;
            };
            let bound = if growth == Growth::Flat {
                FLAT
            } else {
                DOUBLED
            };
            if after.cpu > before.cpu * bound + NOISE {
                let (before, after) = (before.cpu, after.cpu);
                self.faults.push(format!(
                    "{size}: {what} costs {after:.3} s, and half as much {before:.3} s"
                ));
            }
        }
        Ok(())
    }
}

const QUIET_RUN: &[&str] = &["run", "--quiet"];
const ARCHIVE_ONLY: &[&str] = &["run", "--all", "--quiet", "--archive-only"];
const RUN_ALL: &[&str] = &["run", "--all", "--quiet"];
const RECHECK: &[&str] = &["recheck", "--quiet"];
const RECHECK_READINGS: &[&str] = &["recheck", "--readings", "--quiet"];

/// 20 pages with a list and a quotation on which nothing changes: a run with nothing due.
fn visits(bench: &mut Bench) -> Result<(), Failure> {
    let site = Site::start(Kind::Steady)?;
    let counts = [25, 50, 100].map(|it| bench.part(it));
    let mut costs = vec![Vec::new(); counts.len()];
    for program in &bench.programs {
        let project = Project::new(program, &site, (20, 1), true)?;
        let mut stored = 0;
        for (count, row) in counts.iter().zip(&mut costs) {
            while stored < *count {
                project.cost(ARCHIVE_ONLY)?;
                stored += 1;
            }
            project.cost(QUIET_RUN)?;
            row.push(project.least(3, QUIET_RUN)?);
        }
    }
    let sizes = counts.map(|it| format!("20 pages, {it} visits held of each"));
    bench.rows("run with nothing due", &sizes, &costs, Growth::Flat)
}

/// 20 pages without claims: all answered with 304.
fn archive(bench: &mut Bench) -> Result<(), Failure> {
    let site = Site::start(Kind::Steady)?;
    let counts = [10, 20, 40, 80].map(|it| bench.part(it));
    let mut costs = vec![Vec::new(); counts.len()];
    for program in &bench.programs {
        let project = Project::new(program, &site, (20, 1), false)?;
        let mut stored = 0;
        for (count, row) in counts.iter().zip(&mut costs) {
            while stored < *count {
                project.cost(ARCHIVE_ONLY)?;
                stored += 1;
            }
            row.push(project.least(5, ARCHIVE_ONLY)?);
            stored += 5;
        }
    }
    let sizes = counts.map(|it| format!("20 pages, {it} visits held of each"));
    bench.rows("archive only, all 304", &sizes, &costs, Growth::Flat)
}

/// 100 pages without claims and a long history.
fn stored(bench: &mut Bench) -> Result<(), Failure> {
    let site = Site::start(Kind::Short)?;
    let pages = bench.part(1_000);
    let counts = [501_u32, 1_001];
    let mut importing = vec![Vec::new(); counts.len()];
    let (mut archiving, mut status) = (importing.clone(), importing.clone());
    let mut reports = vec![Vec::new(); counts.len()];
    for (place, count) in counts.iter().enumerate() {
        for program in &bench.programs {
            let project = Project::new(program, &site, (pages, 1), false)?;
            history::write(
                &project.path("in.warc"),
                &site,
                (pages, *count),
                history::HOURLY,
            )?;
            let import = project.cost(&["import", "in.warc"])?;
            project.cost(QUIET_RUN)?;
            let costs = [
                (&mut importing, import),
                (&mut status, project.least(5, &["status"])?),
                (&mut archiving, project.least(3, ARCHIVE_ONLY)?),
            ];
            for (all, cost) in costs {
                all.get_mut(place).ok_or("no row")?.push(cost);
            }
            project.cost(&["report", "--format", "html", "-o", "report.html"])?;
            let reports = reports.get_mut(place).ok_or("no row")?;
            reports.push(project.size("report.html").unwrap_or_default());
        }
    }
    let sizes = counts.map(|it| format!("{pages} pages, {it} visits held of each"));
    bench.rows("archive only, all 304", &sizes, &archiving, Growth::Flat)?;
    bench.rows("status", &sizes, &status, Growth::Flat)?;
    for (size, bytes) in sizes.iter().zip(&reports) {
        print_numbers(
            &format!("{size}: report as HTML, kB"),
            bytes.iter().map(|it| it / 1e3),
        )?;
    }
    bench.rows("import of all of them", &sizes, &importing, Growth::Doubled)
}

/// Pages with a list of 20 names and a long history.
fn hourly(bench: &mut Bench) -> Result<(), Failure> {
    for (pages, count) in [(1, 1_000), (bench.part(100), 283)] {
        let site = Site::start(Kind::Short)?;
        let mut costs = [Vec::new(), Vec::new()];
        for program in &bench.programs {
            let project = Project::new(program, &site, (pages, 1), true)?;
            history::write(
                &project.path("in.warc"),
                &site,
                (pages, count),
                history::HOURLY,
            )?;
            project.cost(&["import", "in.warc"])?;
            let [recheck, run] = &mut costs;
            recheck.push(project.cost(RECHECK)?);
            project.cost(ARCHIVE_ONLY)?;
            project.cost(QUIET_RUN)?;
            run.push(project.least(3, QUIET_RUN)?);
        }
        let [recheck, run] = &costs;
        let about = format!("{pages} pages, 20 names, {count} visits held of each");
        print_row(&format!("{about}: recheck"), recheck)?;
        print_row(&format!("{about}: run with nothing due"), run)?;
    }
    Ok(())
}

/// Pages in one profile, one visit each.
fn pages(bench: &mut Bench) -> Result<(), Failure> {
    in_one_profile(bench, Kind::Steady)
}

/// Pages in one profile, whose lists lost three names with the second visit.
fn gone(bench: &mut Bench) -> Result<(), Failure> {
    in_one_profile(bench, Kind::Losing)
}

fn in_one_profile(bench: &mut Bench, kind: Kind) -> Result<(), Failure> {
    let counts = [50, 100, 200].map(|it| bench.part(it));
    let mut costs = vec![Vec::new(); counts.len()];
    for program in &bench.programs {
        for (count, row) in counts.iter().zip(&mut costs) {
            let site = Site::start(kind)?;
            let project = Project::new(program, &site, (*count, 1), true)?;
            project.cost(ARCHIVE_ONLY)?;
            if kind == Kind::Losing {
                site.show(1);
                project.cost(ARCHIVE_ONLY)?;
            }
            // The first makes the readings.
            let is_done = project.cost(RECHECK)?.is_some();
            row.push(if is_done {
                project.cost(RECHECK)?
            } else {
                None
            });
        }
    }
    let what = match kind {
        Kind::Losing => "recheck, 3 names gone of each",
        _ => "recheck",
    };
    let sizes = counts.map(|it| format!("{it} pages in a profile"));
    bench.rows(what, &sizes, &costs, Growth::Doubled)
}

/// Versions of pages, all compared: bytes of the archive for each visit.
fn store(bench: &mut Bench) -> Result<(), Failure> {
    const VERSIONS: u32 = 12;
    for (pages, profiles) in [(20, 1), (bench.part(200), 10)] {
        let about = format!("{VERSIONS} versions of {pages} pages, {profiles} profiles");
        let mut bytes = Vec::new();
        let mut costs = [Vec::new(), Vec::new()];
        for program in &bench.programs {
            let site = Site::start(Kind::Edited)?;
            let project = Project::new(program, &site, (pages, profiles), true)?;
            for version in 0..VERSIONS {
                site.show(version);
                project.cost(RUN_ALL)?;
            }
            let visits = f64::from(VERSIONS) * pages as f64;
            bytes.push(project.size("snapshots/stillsays.db")? / visits);
            let [stored, anew] = &mut costs;
            stored.push(project.cost(RECHECK)?);
            // A program from before there was such a thing is not asked for it.
            anew.push(project.cost(RECHECK_READINGS).unwrap_or_default());
        }
        let [stored, anew] = &costs;
        print_numbers(&format!("{about}: bytes a visit"), bytes)?;
        print_row(&format!("{about}: recheck"), stored)?;
        print_row(&format!("{about}: recheck --readings"), anew)?;
    }
    Ok(())
}

/// Pages of 73 KB with a quotation, every fifth with a list of 55 names.
fn large(bench: &mut Bench) -> Result<(), Failure> {
    let site = Site::start(Kind::Large)?;
    for divided in [false, true] {
        let counts = [500, 1_000].map(|it| bench.part(it));
        let profiles = |pages: usize| if divided { pages / 20 } else { 1 };
        let steps = [
            ("full run of new pages", RUN_ALL, Growth::Doubled),
            ("run with nothing due", QUIET_RUN, Growth::Doubled),
            ("run, all 304", RUN_ALL, Growth::Doubled),
            ("archive only, all 304", ARCHIVE_ONLY, Growth::Doubled),
            ("recheck", RECHECK, Growth::Doubled),
            ("history of a claim", &["history", "q7"], Growth::Doubled),
        ];
        let mut costs = vec![vec![Vec::new(); counts.len()]; steps.len()];
        for program in &bench.programs {
            for (place, count) in counts.iter().enumerate() {
                let project =
                    Project::new(program, &site, (*count, profiles(*count).max(1)), true)?;
                for ((_, command, _), rows) in steps.iter().zip(&mut costs) {
                    let cost = project.cost(command)?;
                    rows.get_mut(place).ok_or("no row")?.push(cost);
                }
            }
        }
        let sizes =
            counts.map(|it| format!("{it} pages of 73 KB in {} profiles", profiles(it).max(1)));
        for ((what, _, growth), rows) in steps.iter().zip(&costs) {
            bench.rows(what, &sizes, rows, *growth)?;
        }
    }
    peers::extraction(&site, bench.part(1_000))
}
