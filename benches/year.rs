//! A year of a cron job: `cargo bench --bench year`, or `-- SEED` for other outages.
//!
//! Sixty cited pages on sixty hosts are visited once a day for a year, under a clock of the benchmark's own. Two visits in
//! a hundred are bad: a seeded process makes hosts answer 503, 403, with an error page under status 200 or not at all, for
//! one to three days. On three days nothing can be reached from here. Three pages die for good. Printed is what cron would
//! have mailed: messages and lines in them, how many pages were called lost that were not, and how many days after its
//! death a page was. `STILLSAYS_OTHER=path` lets another program live through the same year.
//!
//! It fails where this program calls a page lost that is there, or does not find a death within the span of its settings.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use chrono::{Days, NaiveDate};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

type Failure = Box<dyn Error>;

/// The days that are lived through.
const DAYS: u32 = 365;

/// The cited pages, each on a host of its own.
const PAGES: usize = 60;

/// The pages that die for good, and on which day.
const DEATHS: [(usize, u32); 3] = [(7, 61), (23, 152), (41, 299)];

/// The days on which nothing can be reached.
const OFFLINE: [u32; 3] = [33, 120, 254];

/// How many bad visits in ten thousand begin an outage; with 2 days each on average, two visits in a hundred are bad.
const OUTAGES: u64 = 100;

/// Within how many days a death must be reported: `alert.span` is 72 hours.
const SPAN: u32 = 4;

/// How a host answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Weather {
    Fine,
    Busy,
    Forbidden,
    ErrorPage,
    Silent,
    Gone,
}

impl Weather {
    const BAD: [Self; 4] = [Self::Busy, Self::Forbidden, Self::ErrorPage, Self::Silent];

    fn of(number: u8) -> Self {
        let all = [
            Self::Fine,
            Self::Busy,
            Self::Forbidden,
            Self::ErrorPage,
            Self::Silent,
            Self::Gone,
        ];
        all.get(usize::from(number)).copied().unwrap_or(Self::Fine)
    }

    /// The answer of a host; none where the connection is closed without one.
    fn answer(self, page: usize) -> Option<String> {
        let (status, body) = match self {
            Self::Fine => ("200 OK", fine(page)),
            Self::Busy => ("503 Service Unavailable", note("Service unavailable")),
            Self::Forbidden => ("403 Forbidden", note("Forbidden")),
            Self::ErrorPage => ("200 OK", note("The database could not be reached")),
            Self::Gone => ("404 Not Found", note("Page not found")),
            Self::Silent => return None,
        };
        let length = body.len();
        Some(format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }
}

fn note(words: &str) -> String {
    format!(
        "<!doctype html><title>{words}</title><body><h1>{words}</h1><p>Please try again later.</p></body>"
    )
}

const PLACES: [&str; 8] = [
    "Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor",
];

/// The partners that a page lists.
fn names(page: usize) -> Vec<String> {
    let kinds = ["Mediation Center", "Peace Institute", "Civic Network"];
    let of = |(at, place): (usize, &&str)| {
        let kind = kinds.get((at + page) % kinds.len()).unwrap_or(&"Center");
        format!("{place} {kind} of Region {page}")
    };
    PLACES.iter().enumerate().map(of).collect()
}

/// A page as it is on a good day.
fn fine(page: usize) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><title>Partners of group {page}</title><body><header><a href=\"/\">Group {page}</a></header>\
         <main><h1>Our partners</h1><p>Group {page} brings neighbours together who would not otherwise meet, in towns and \
         villages along the coast, and has done so for a quarter of a century with the help of many.</p><h2>Partners</h2><ul>"
    );
    for name in names(page) {
        let _ = write!(html, "<li>{name}</li>");
    }
    html.push_str("</ul></main><footer>Written by the benchmark.</footer></body></html>");
    html
}

/// Numbers that are the same for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// The weather of each page on each day: `[page][day]`.
fn weather(seed: u64) -> Vec<Vec<Weather>> {
    let mut dice = Dice(seed);
    let of = |page: usize| {
        let death = DEATHS.iter().find(|it| it.0 == page).map(|it| it.1);
        let mut days: Vec<Weather> = Vec::new();
        let (mut left, mut bad) = (0, Weather::Fine);
        for day in 0..DAYS {
            // The first visit is a good one: there is something to compare with. Between two outages is a good day.
            if left == 0 && bad == Weather::Fine && day > 0 && dice.below(10_000) < OUTAGES {
                left = 1 + dice.below(3);
                let kind = usize::try_from(dice.below(4)).unwrap_or_default();
                bad = Weather::BAD.get(kind).copied().unwrap_or(Weather::Busy);
            } else if left == 0 {
                bad = Weather::Fine;
            }
            days.push(match death {
                Some(death) if day >= death => Weather::Gone,
                _ if left > 0 => bad,
                _ => Weather::Fine,
            });
            left = left.saturating_sub(1);
        }
        days
    };
    (0..PAGES).map(of).collect()
}

/// The hosts, on addresses of 127.0.1.0/24 and one port.
struct Hosts {
    port: u16,
    now: Vec<Arc<AtomicU8>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Hosts {
    async fn start() -> io::Result<Self> {
        let free = TcpListener::bind("127.0.1.1:0").await?;
        let port = free.local_addr()?.port();
        drop(free);
        let now = (0..PAGES).map(|_| Arc::new(AtomicU8::new(0))).collect();
        let mut hosts = Self {
            port,
            now,
            tasks: Vec::new(),
        };
        hosts.up().await?;
        Ok(hosts)
    }

    fn address(&self, page: usize) -> String {
        format!("127.0.1.{}:{}", page + 1, self.port)
    }

    async fn up(&mut self) -> io::Result<()> {
        for (page, now) in self.now.iter().enumerate() {
            let listener = TcpListener::bind(self.address(page)).await?;
            let now = Arc::clone(now);
            self.tasks.push(tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    // A connection that breaks off is its client's affair.
                    tokio::spawn(answer(
                        stream,
                        page,
                        Weather::of(now.load(Ordering::SeqCst)),
                    ));
                }
            }));
        }
        Ok(())
    }

    async fn down(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            // An aborted task ends with an error that says so.
            let _ = task.await;
        }
    }
}

async fn answer(mut stream: TcpStream, page: usize, weather: Weather) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    let request = lines.next_line().await?.unwrap_or_default();
    while lines.next_line().await?.is_some_and(|it| !it.is_empty()) {}
    let answer = if request.starts_with("GET /robots.txt ") && weather != Weather::Silent {
        Some("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned())
    } else {
        weather.answer(page)
    };
    if let Some(answer) = answer {
        write.write_all(answer.as_bytes()).await?;
    }
    write.shutdown().await
}

/// What a year came to for a person.
#[derive(Debug, Default)]
struct Year {
    /// The days on which cron mailed something.
    messages: Vec<u32>,
    /// Lines in all of it.
    lines: usize,
    /// Page and day of each page that was called lost although it was not.
    false_alarms: Vec<(usize, u32)>,
    /// Page, and days from its death to the message.
    found: Vec<(usize, u32)>,
}

/// What the program calls lost.
const LOST: [&str; 6] = [
    "gone",
    "soft-404",
    "unreachable",
    "refused",
    "walled",
    "parked",
];

async fn live(program: &Path, seed: u64) -> Result<Year, Failure> {
    let folder = tempfile::tempdir()?;
    let mut hosts = Hosts::start().await?;
    write_project(folder.path(), &hosts)?;
    let weather = weather(seed);
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).ok_or("the first day is a date")?;
    let mut year = Year::default();
    for day in 0..DAYS {
        let date = first + Days::new(u64::from(day));
        for (now, days) in hosts.now.iter().zip(&weather) {
            let today = days.get(day as usize).copied().unwrap_or(Weather::Fine);
            now.store(today as u8, Ordering::SeqCst);
        }
        let offline = OFFLINE.contains(&day);
        if offline {
            hosts.down().await;
        }
        let clock = format!("{date}T06:00:00Z");
        let run = ask(
            program,
            folder.path(),
            &["run", "--due", "--quiet", "--clock", &clock],
        )
        .await?;
        if offline {
            hosts.up().await?;
        }
        if !run.trim().is_empty() {
            year.messages.push(day);
            year.lines += run.lines().count();
            lost(program, folder.path(), &clock, day, &mut year).await?;
        }
    }
    hosts.down().await;
    Ok(year)
}

/// Notes which pages are called lost on a day with a message.
async fn lost(
    program: &Path,
    folder: &Path,
    clock: &str,
    day: u32,
    year: &mut Year,
) -> Result<(), Failure> {
    let report = ask(
        program,
        folder,
        &[
            "report",
            "--profile",
            "year",
            "--format",
            "json",
            "--clock",
            clock,
        ],
    )
    .await?;
    let report: serde_json::Value = serde_json::from_str(&report)?;
    let references = report["references"].as_array();
    for reference in references.ok_or("the report has references")? {
        if !reference["label"]
            .as_str()
            .is_some_and(|it| LOST.contains(&it))
        {
            continue;
        }
        let number = reference["number"].as_u64();
        let page = usize::try_from(number.ok_or("a reference has a number")?)? - 1;
        match DEATHS.iter().find(|it| it.0 == page && it.1 <= day) {
            Some(death) if !year.found.iter().any(|it| it.0 == page) => {
                year.found.push((page, day - death.1));
            }
            Some(_) => {}
            None => year.false_alarms.push((page, day)),
        }
    }
    Ok(())
}

fn write_project(folder: &Path, hosts: &Hosts) -> Result<(), Failure> {
    fs::create_dir_all(folder.join("config/profiles"))?;
    fs::write(
        folder.join("config/stillsays.toml"),
        "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\ntries = 1\nmax_wait = \"0s\"\nrobots_age = \"30d\"\ncontact = \"bench@example.org\"\n",
    )?;
    let mut profile = "format = 1\ntitle = \"A year\"\n".to_owned();
    for page in 0..PAGES {
        let (number, address) = (page + 1, hosts.address(page));
        let names = serde_json::to_string(&names(page))?;
        write!(
            profile,
            "[[references]]\nnumber = {number}\ntitle = \"Group {page}\"\nurl = \"http://{address}/partners\"\naccessed = \"2025-01-01\"\n\
             [[claims]]\nid = \"l{page}\"\nkind = \"listed\"\ncites = [{number}]\nrelation = \"partners\"\nnames = {names}\n"
        )?;
    }
    fs::write(folder.join("config/profiles/year.toml"), profile)?;
    Ok(())
}

/// What a command prints; its exit code is not asked, as cron does not.
async fn ask(program: &Path, folder: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let (program, folder): (PathBuf, PathBuf) = (program.into(), folder.into());
    let arguments: Vec<String> = arguments.iter().map(|&it| it.to_owned()).collect();
    let output = tokio::task::spawn_blocking(move || {
        Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .output()
    });
    let output = output.await??;
    let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
    printed.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(printed)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let seed = std::env::args()
        .skip(1)
        .find_map(|it| it.parse().ok())
        .unwrap_or(1);
    let mut programs = vec![("this", PathBuf::from(env!("CARGO_BIN_EXE_stillsays")))];
    if let Some(other) = std::env::var_os("STILLSAYS_OTHER") {
        programs.push(("other", fs::canonicalize(other)?));
    }
    let bad = weather(seed);
    let bad = bad
        .iter()
        .flatten()
        .filter(|it| !matches!(it, Weather::Fine | Weather::Gone));
    let mut out = io::stdout();
    writeln!(
        out,
        "{} of {} visits are bad",
        bad.count(),
        PAGES * DAYS as usize
    )?;
    let mut faults = Vec::new();
    for (name, program) in programs {
        let year = live(&program, seed).await?;
        let mut pages: Vec<usize> = year.false_alarms.iter().map(|it| it.0).collect();
        pages.dedup();
        writeln!(
            out,
            "{name:6} {} messages (days {:?}), {} lines; {} days and pages falsely called lost; deaths found (page, days after): {:?}",
            year.messages.len(),
            year.messages,
            year.lines,
            year.false_alarms.len(),
            year.found
        )?;
        if name == "this" {
            faults.extend(
                year.false_alarms
                    .iter()
                    .map(|it| format!("falsely lost: page and day {it:?}")),
            );
            for (page, _) in DEATHS {
                if !year.found.iter().any(|it| it.0 == page && it.1 <= SPAN) {
                    faults.push(format!(
                        "the death of page {page} was not found within {SPAN} days"
                    ));
                }
            }
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(faults.join("\n").into())
}
