//! An archive of a million captures of 20,000 seeds: what it takes to fill, and to look things up in it.

use std::time::{Duration, Instant as Stopwatch};

use stillsays::{capture::Visit, clock::parse_digits14, uri::TargetUri};

use crate::{Failure, keep, mb, new_store, pages, print};

/// How many pages are visited.
const SEEDS: u32 = 20_000;

/// Visits every seed `visits` times (short bodies, one visit in eight brings a new one) and looks things up.
pub(crate) async fn measure(visits: u32) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let (store, crawl) = new_store(folder.path())?;
    let started = parse_digits14("20200101").unwrap_or_default();
    let seeds: Vec<TargetUri> = (0..SEEDS)
        .map(|it| format!("https://site-{}.example/some/path/page-{it}.html", it % 400).parse())
        .collect::<Result<_, _>>()?;
    let mut last = vec![None; seeds.len()];
    let mut filling = Duration::ZERO;
    for visit in 0..visits {
        let date = started + chrono::TimeDelta::days(i64::from(visit));
        let round: Vec<Visit> = (0_u64..)
            .zip(seeds.iter().zip(&mut last))
            .map(|(number, (seed, last))| {
                let version = (u64::from(visit) + number) / 8;
                let body = format!("<title>Page {number}</title><p>Version {version}</p>");
                let mark = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(visit);
                pages::visit(seed, date, body.into_bytes(), (version, mark), last)
            })
            .collect();
        let watch = Stopwatch::now();
        keep(&store, crawl, round).await?;
        filling += watch.elapsed();
    }
    let held = store.held()?;
    print(&format!(
        "{} captures of {} seeds, {:.0} MB, {} bytes a capture; kept at {:.0} a second, durable",
        held.captures,
        held.seeds,
        mb(held.file_bytes),
        held.file_bytes / held.captures.max(1),
        held.captures as f64 / filling.as_secs_f64()
    ))?;

    let mut times = Vec::new();
    for _ in 0..20 {
        let watch = Stopwatch::now();
        let latest = store.last_visits()?;
        times.push(watch.elapsed());
        assert_eq!(latest.len(), seeds.len());
    }
    tell("latest visit of every seed", times)
}

fn tell(what: &str, mut times: Vec<Duration>) -> Result<(), Failure> {
    times.sort_unstable();
    let at = |place: usize| times.get(place).map_or(0.0, Duration::as_secs_f64) * 1e3;
    let (least, middle) = (at(0), at(times.len() / 2));
    Ok(print(&format!(
        "{what:<40} {middle:.3} ms in the middle, {least:.3} ms at best, {:.3} ms at most",
        at(times.len().saturating_sub(1))
    ))?)
}
