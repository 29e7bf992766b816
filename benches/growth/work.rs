//! What people and other programs do over a large archive: decide, report, serve, stop, export; and histories of years.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    ARCHIVE_ONLY, Bench, Failure, Growth, QUIET_RUN, RECHECK, RUN_ALL, history, peers, print,
    print_numbers, print_row,
    program::Project,
    site::{Kind, Site},
};

/// 100 references whose pages change every day of a year.
pub(crate) fn daily(bench: &mut Bench) -> Result<(), Failure> {
    let pages = bench.part(100);
    let site = Site::start(Kind::Short)?;
    let mut costs = Vec::new();
    for program in &bench.programs {
        let project = Project::new(program, &site, (pages, 1), true)?;
        history::write(
            &project.path("in.warc"),
            &site,
            (pages, 365),
            history::DAILY,
        )?;
        project.cost(&["import", "in.warc"])?;
        costs.push(project.cost(RECHECK)?);
    }
    let what = format!("{pages} pages, another version on each of 365 days: recheck");
    print_row(&what, &costs)
}

/// 30 pages that were visited every hour for three years.
pub(crate) fn years(bench: &mut Bench) -> Result<(), Failure> {
    let (pages, hours) = (30, 3 * 365 * 24 / u32::try_from(bench.divisor)?);
    let site = Site::start(Kind::Short)?;
    // Programs that compare every visit anew would take days.
    let programs = bench.programs.iter().take(1);
    for program in programs {
        let project = Project::new(program, &site, (pages, 1), true)?;
        history::write(
            &project.path("in.warc"),
            &site,
            (pages, hours),
            history::HOURLY,
        )?;
        let about = format!("{pages} pages, {hours} visits held of each");
        print_row(
            &format!("{about}: import of all of them"),
            &[project.cost(&["import", "in.warc"])?],
        )?;
        print_row(&format!("{about}: recheck"), &[project.cost(RECHECK)?])?;
        project.cost(ARCHIVE_ONLY)?;
        project.cost(QUIET_RUN)?;
        let run = project.least(3, QUIET_RUN)?;
        print_row(&format!("{about}: run with nothing due"), &[run])?;
    }
    Ok(())
}

/// Many profiles with findings: a decision, all reports, and what a browser gets.
pub(crate) fn desk(bench: &mut Bench) -> Result<(), Failure> {
    let counts = [80, 160].map(|it| bench.part(it));
    let (mut deciding, mut reporting) = (vec![Vec::new(); 2], vec![Vec::new(); 2]);
    let mut waits = vec![Vec::new(); 4];
    for program in &bench.programs {
        for (place, profiles) in counts.iter().enumerate() {
            let site = Site::start(Kind::Losing)?;
            let project = Project::new(program, &site, (profiles * 2, *profiles), true)?;
            project.cost(ARCHIVE_ONLY)?;
            site.show(1);
            project.cost(RUN_ALL)?;
            let finding = question(&project)?;
            let decide = ["review", finding.as_str(), "later", "--anyway"];
            let known = project.cost(&decide).unwrap_or_default();
            // A program from before decisions of others were respected does not know the flag.
            let cost = match known {
                Some(_) => project.least(3, &decide)?,
                None => project.least(3, &decide[..3])?,
            };
            deciding.get_mut(place).ok_or("no row")?.push(cost);
            let report = project.cost(&["report", "--format", "json"])?;
            reporting.get_mut(place).ok_or("no row")?.push(report);
            if place == 1 {
                for (all, wait) in waits.iter_mut().zip(served(&project, "/report/p000")?) {
                    all.push(wait);
                }
            }
        }
    }
    let sizes = counts.map(|it| format!("{it} profiles of 2 pages"));
    bench.rows("review ID later", &sizes, &deciding, Growth::Doubled)?;
    bench.rows(
        "report of all, as JSON",
        &sizes,
        &reporting,
        Growth::Doubled,
    )?;
    let [_, size] = &sizes;
    print_waits(size, waits)
}

fn print_waits(size: &str, waits: Vec<Vec<f64>>) -> Result<(), Failure> {
    let whats = ["home, at once", "home, first", "home", "one report"];
    for (what, waits) in whats.iter().zip(waits) {
        print_numbers(&format!("{size}: serve, {what}, ms"), waits)?;
    }
    Ok(())
}

/// One profile with some 9,000 findings: its report.
pub(crate) fn report(bench: &mut Bench) -> Result<(), Failure> {
    let pages = bench.part(230);
    let site = Site::start(Kind::Losing)?;
    let (mut bytes, mut costs) = (Vec::new(), Vec::new());
    let mut waits = vec![Vec::new(); 4];
    for program in &bench.programs {
        site.show(0);
        let project = Project::new(program, &site, (pages, 1), true)?;
        project.cost(ARCHIVE_ONLY)?;
        site.show(1);
        project.cost(RUN_ALL)?;
        let page = ["report", "--format", "html", "-o", "report.html"];
        costs.push(project.least(3, &page)?);
        bytes.push(project.size("report.html")? / 1e3);
        for (all, wait) in waits.iter_mut().zip(served(&project, "/report/p000")?) {
            all.push(wait);
        }
    }
    let about = format!("one profile, {} findings", pages * 41);
    print_row(&format!("{about}: report as HTML"), &costs)?;
    print_numbers(&format!("{about}: its size, kB"), bytes)?;
    print_waits(&about, waits)
}

/// The id of a finding of the first profile that needs a decision.
fn question(project: &Project<'_>) -> Result<String, Failure> {
    let out = project
        .command(&["report", "--profile", "p000", "--format", "json"])
        .output()?;
    let report: Value = serde_json::from_slice(&out.stdout)?;
    let claims = report["claims"].as_array().into_iter().flatten();
    let mut entries = claims.flat_map(|it| it["entries"].as_array().into_iter().flatten());
    let question = entries.find(|it| it["need"] == "decide");
    let id = question.and_then(|it| it["finding"]["id"].as_str());
    Ok(id.ok_or("no finding needs a decision")?.to_owned())
}

/// How long `serve` takes, in milliseconds: for its first page as soon as it listens; started anew, for the first page after
/// two seconds, for the same again (the fastest of ten), and for a report.
fn served(project: &Project<'_>, report: &str) -> Result<[f64; 4], Failure> {
    let at_once = serving(project, Duration::ZERO, |address| asked(address, "/"))?;
    let [first, again, report] = serving(project, Duration::from_secs(2), |address| {
        let first = asked(address, "/")?;
        Ok([first, fastest(address, "/")?, fastest(address, report)?])
    })?;
    Ok([at_once, first, again, report])
}

/// Starts `serve`, and gives its address after a while to `ask`.
fn serving<T>(
    project: &Project<'_>,
    after: Duration,
    ask: impl FnOnce(&str) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let any = "127.0.0.1:0";
    let mut child = project
        .command(&["serve", "--listen", any, "--replay", any])
        .stdout(Stdio::piped())
        .spawn()?;
    let asked = address_of(&mut child).and_then(|address| {
        thread::sleep(after);
        ask(&address)
    });
    child.kill()?;
    child.wait()?;
    asked
}

/// The address that `serve` says it listens on.
fn address_of(child: &mut Child) -> Result<String, Failure> {
    let out = child.stdout.take().ok_or("no output")?;
    let line = BufReader::new(out).lines().next().ok_or("no address")??;
    let address = line.split("http://").nth(1).ok_or("no address")?;
    Ok(address.trim_end_matches('/').to_owned())
}

/// The least that a server takes for a page, of ten times, in milliseconds.
fn fastest(address: &str, path: &str) -> Result<f64, Failure> {
    let mut least = f64::MAX;
    for _ in 0..10 {
        least = least.min(asked(address, path)?);
    }
    Ok(least)
}

/// How long a server takes for a page, in milliseconds.
fn asked(address: &str, path: &str) -> Result<f64, Failure> {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        return Err(format!("{path} was not answered").into());
    }
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}

/// How long a run goes on after SIGTERM while it compares.
pub(crate) fn stop(bench: &mut Bench) -> Result<(), Failure> {
    let site = Site::start(Kind::Large)?;
    let pages = bench.part(1_000);
    let mut times = Vec::new();
    for program in &bench.programs {
        let project = Project::new(program, &site, (pages, 1), true)?;
        project.cost(ARCHIVE_ONLY)?;
        let mut child = project.command(QUIET_RUN).stdout(Stdio::null()).spawn()?;
        thread::sleep(Duration::from_millis(500));
        let begun = Instant::now();
        let process = child.id().to_string();
        Command::new("kill").args(["-TERM", &process]).status()?;
        let status = child.wait()?;
        times.push(begun.elapsed().as_secs_f64());
        if status.success() {
            print("it had ended before the signal came")?;
        }
    }
    print_numbers(
        &format!("{pages} pages of 73 KB: from SIGTERM to the end, s"),
        times,
    )
}

/// How fast captures are written as WARC files.
pub(crate) fn export(bench: &mut Bench) -> Result<(), Failure> {
    let site = Site::start(Kind::Large)?;
    let pages = bench.part(1_000);
    let bytes: usize = (0..pages).map(|it| site.page(it).html(0).len()).sum();
    let (mut speeds, mut by_cpu) = (Vec::new(), Vec::new());
    let mut last = None;
    for program in &bench.programs {
        let project = Project::new(program, &site, (pages, 1), false)?;
        project.cost(ARCHIVE_ONLY)?;
        let (mut fastest, mut smallest) = (f64::MAX, f64::MAX);
        for time in 0..3 {
            let folder = format!("out{time}");
            let begun = Instant::now();
            let cost = project.cost(&["export", "warc", "-o", &folder])?;
            fastest = fastest.min(begun.elapsed().as_secs_f64());
            smallest = smallest.min(cost.map_or(f64::MAX, |cost| cost.cpu));
        }
        speeds.push(bytes as f64 / 1e6 / fastest);
        by_cpu.push(bytes as f64 / 1e6 / smallest);
        last = last.or(Some(project));
    }
    print_numbers(
        &format!("{pages} pages of 73 KB: export warc, MB/s, all cores"),
        speeds,
    )?;
    print_numbers(
        &format!("{pages} pages of 73 KB: export warc, MB for each second of CPU"),
        by_cpu,
    )?;
    let project = last.ok_or("no program")?;
    peers::compression(&project.path("out0"))
}
