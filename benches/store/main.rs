//! Measures the archive. `cargo bench --bench store` keeps made-up pages and, where they are there, saved ones, and holds WARC.gz with
//! revisit records, git and `zstd --patch-from` against it. `-- PAGES VERSIONS` chooses how many. `-- settings` shows what other page
//! sizes, journals and group sizes come to; `-- million` builds an archive of a million captures and measures looking things up in it.

mod corpus;
mod pages;
mod rivals;
mod scale;
mod settings;

use std::{
    io::{self, Write},
    path::Path,
    time::{Duration, Instant as Stopwatch},
};

use pages::{Kind, Page};
use stillsays::{
    capture::{Outcome, Visit},
    clock::parse_digits14,
    digest::PayloadDigest,
    store::{Access, Crawl, CrawlId, Store},
};
use tokio::task::JoinSet;

/// How many visits are waited for at the same time, as when many hosts are visited.
const IN_FLIGHT: usize = 64;

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes = arguments.iter().filter_map(|it| it.parse().ok());
    let (pages, versions): (u32, u32) = (sizes.next().unwrap_or(200), sizes.next().unwrap_or(12));
    let asked = |word: &str| arguments.iter().any(|it| it == word);
    if asked("million") {
        return scale::measure(sizes.next().unwrap_or(50)).await;
    }
    if asked("settings") {
        return settings::measure(pages, versions).await;
    }
    for (kind, title) in [
        (Kind::Sites, "pages of 20 sites with templates and prose"),
        (Kind::Words, "pages of unrelated words, nothing shared"),
    ] {
        print(&format!("\n{title}"))?;
        measure(kind, pages, versions).await?;
    }
    corpus::measure().await
}

fn print(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

/// A new archive in `folder`.
fn new_store(folder: &Path) -> Result<(Store, CrawlId), Failure> {
    let store = Store::open(&folder.join("bench.db"), Access::Create)?;
    let crawl = store.begin_crawl(&Crawl {
        started: parse_digits14("20240101").unwrap_or_default(),
        software: "stillsays/bench".into(),
        command: "bench".into(),
    })?;
    Ok((store, crawl))
}

async fn measure(kind: Kind, pages: u32, versions: u32) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let (store, crawl) = new_store(folder.path())?;
    let mut warc = rivals::Warc::default();
    let filled = fill(&store, crawl, kind, (pages, versions), |visit| {
        warc.add(visit)
    })
    .await?;

    let mut reading = Vec::new();
    for digest in &filled.digests {
        let watch = Stopwatch::now();
        store.payload(digest)?;
        reading.push(watch.elapsed());
    }
    reading.sort_unstable();
    let total: Duration = reading.iter().sum();
    let watch = Stopwatch::now();
    let problems = store.verify_payloads()?.len() + store.verify_quick()?.len();
    let verifying = watch.elapsed();

    let visits = u64::from(pages) * u64::from(versions);
    let size = store.size()?;
    let file = size.file_bytes;
    print(&format!(
        "visits                    {visits} of {pages} pages, {} different payloads, {:.0} MB plain",
        size.payloads,
        mb(filled.plain)
    ))?;
    print(&format!(
        "kept                      {:.0} visits/s, {:.0} MB/s, durable; {:.0} MB a second of CPU",
        visits as f64 / filled.time.as_secs_f64(),
        mb(filled.plain) / filled.time.as_secs_f64(),
        mb(filled.plain) / filled.cpu.as_secs_f64()
    ))?;
    print(&format!(
        "store                     {:.2} MB, {} bytes a visit, {} of them payload",
        mb(file),
        file / visits,
        size.kept_bytes / visits
    ))?;
    let line = |name: &str, bytes: u64, more: &str| {
        print(&format!(
            "{name:<25} {:.2} MB, {} bytes a visit: {:.2} times the store{more}",
            mb(bytes),
            bytes / visits,
            bytes as f64 / file as f64
        ))
    };
    line("WARC.gz with revisits", warc.finish()?, "")?;
    match rivals::git(kind, pages, versions) {
        Ok(git) => line(
            "git, gc --aggressive",
            git.bytes,
            &format!(
                "; bodies only; {:.1} s to commit, {:.1} s to pack",
                git.committing.as_secs_f64(),
                git.packing.as_secs_f64()
            ),
        )?,
        Err(error) => print(&format!("skipped: git ({error})"))?,
    }
    match rivals::patches(kind, pages, versions) {
        Ok(bytes) => line("zstd -3 --patch-from", bytes, "; bodies only, no index")?,
        Err(error) => print(&format!("skipped: zstd ({error})"))?,
    }
    print(&format!(
        "a payload read back       {:.2} ms in the mean, {:.2} ms at most",
        total.as_secs_f64() * 1e3 / reading.len() as f64,
        reading.last().map_or(0.0, Duration::as_secs_f64) * 1e3
    ))?;
    print(&format!(
        "everything verified       {:.0} MB/s, {problems} problems",
        mb(size.plain_bytes) / verifying.as_secs_f64()
    ))?;
    Ok(())
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// What keeping visits came to.
#[derive(Default)]
struct Filled {
    /// The time that it took.
    time: Duration,
    /// The processor's time, of all threads; 0 where the system does not tell.
    cpu: Duration,
    /// The bytes of all bodies that came.
    plain: u64,
    digests: Vec<PayloadDigest>,
}

async fn fill(
    store: &Store,
    crawl: CrawlId,
    kind: Kind,
    (pages, versions): (u32, u32),
    mut also: impl FnMut(&Visit) -> Result<(), Failure>,
) -> Result<Filled, Failure> {
    let started = parse_digits14("20240101").unwrap_or_default();
    let mut filled = Filled::default();
    let mut texts: Vec<Page> = (0..pages).map(|it| Page::new(kind, it)).collect();
    for version in 0..versions {
        let mut round = Vec::new();
        for page in &mut texts {
            if version > 0 {
                page.edit();
            }
            let visit = page.visit(started + chrono::TimeDelta::days(i64::from(version)))?;
            also(&visit)?;
            filled.plain += match visit.last().map(|it| &it.outcome) {
                Some(Outcome::Response(it)) => {
                    filled.digests.push(PayloadDigest::of(&it.payload));
                    it.payload.len() as u64
                }
                _ => 0,
            };
            round.push(visit);
        }
        let (watch, cpu) = (Stopwatch::now(), cpu_time());
        keep(store, crawl, round).await?;
        filled.time += watch.elapsed();
        filled.cpu += cpu_time().saturating_sub(cpu);
    }
    Ok(filled)
}

/// Keeps these visits, and returns when all of them are durable.
async fn keep(
    store: &Store,
    crawl: CrawlId,
    visits: impl IntoIterator<Item = Visit>,
) -> Result<(), Failure> {
    let mut tasks = JoinSet::new();
    for visit in visits {
        // Given to the writer here and not in the task, so that it has them in the same order every time.
        tasks.spawn(store.add_visit(crawl, visit, Vec::new()));
        if tasks.len() >= IN_FLIGHT {
            tasks.join_next().await.transpose()?.transpose()?;
        }
    }
    while let Some(added) = tasks.join_next().await {
        added??;
    }
    Ok(())
}

/// What the threads of this process have had of the processors so far.
fn cpu_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    threads
        .flatten()
        .filter_map(|it| std::fs::read_to_string(it.path().join("schedstat")).ok())
        .filter_map(|it| it.split(' ').next()?.parse().ok())
        .map(Duration::from_nanos)
        .sum()
}
