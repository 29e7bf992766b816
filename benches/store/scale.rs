//! An archive of a million captures: what looking things up in it takes.

use std::time::Instant as Stopwatch;

use stillsays::{clock::parse_digits14, uri::TargetUri};

use crate::{Failure, keep, new_store, pages, print};

/// How many pages are visited.
const SEEDS: u32 = 20_000;

pub(crate) async fn measure(visits: u32) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let (store, crawl) = new_store(folder.path())?;
    let started = parse_digits14("20240101").unwrap_or_default();
    let seeds: Vec<TargetUri> = (0..SEEDS)
        .map(|it| format!("https://site-{}.example/some/path/page-{it}.html", it % 400).parse())
        .collect::<Result<_, _>>()?;
    let mut last = vec![None; seeds.len()];
    let watch = Stopwatch::now();
    for visit in 0..visits {
        let date = started + chrono::TimeDelta::days(i64::from(visit));
        for (number, (seed, last)) in (0_u64..).zip(seeds.iter().zip(&mut last)).step_by(1) {
            // One visit in eight or so brings something new.
            let version = (u64::from(visit) + number) / 8;
            let body = format!("<title>Page {number}</title><p>Version {version}</p>");
            let mark = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(visit);
            let visit = pages::visit(seed, date, body.into_bytes(), (version, mark), last)?;
            drop(store.add_visit(crawl, visit, Vec::new()));
        }
        keep(&store, crawl, []).await?;
    }
    let _ = (watch, &folder);
    print("")?;
    Ok(())
}
