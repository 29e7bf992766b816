//! An archive of a million captures of 20,000 seeds: what it takes to fill, and to look things up in it.

use std::time::{Duration, Instant as Stopwatch};

use stillsays::{capture::Visit, clock::parse_digits14, pipeline, uri::TargetUri};

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
    let size = store.size()?;
    print(&format!(
        "{} captures of {} seeds, {:.0} MB, {} bytes a capture; kept at {:.0} a second, durable",
        size.captures,
        size.seeds,
        mb(size.file_bytes),
        size.file_bytes / size.captures.max(1),
        size.captures as f64 / filling.as_secs_f64()
    ))?;

    let now = started + chrono::TimeDelta::days(i64::from(visits) + 1);
    // What a run begins with.
    tell("latest visit of every seed", 20, |_| {
        let latest = pipeline::last_visits(&store, now)?;
        Ok(seeds.iter().take(1).all(|it| latest.of(it).is_some()))
    })?;
    let latest = pipeline::last_visits(&store, now)?;
    tell("one seed among them", 1_000, |at| {
        let seed = seeds.get(at * 19).ok_or("no seed")?;
        Ok(latest.of(seed).is_some())
    })?;
    let keys: Vec<_> = seeds.iter().step_by(20).map(TargetUri::surt).collect();
    tell("the captures nearest to a date", 1_000, |at| {
        let surt = keys.get(at).ok_or("no seed")?;
        let date = started + chrono::TimeDelta::hours(i64::try_from(at * 7 % 1_000)?);
        Ok(!store.nearest(surt, date)?.is_empty())
    })
}

/// Does it `times` times, after once for nothing; it says whether it found what it must.
fn tell(
    what: &str,
    times: usize,
    mut body: impl FnMut(usize) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    assert!(body(0)?, "{what}");
    let mut taken = Vec::new();
    for at in 0..times {
        let watch = Stopwatch::now();
        let found = body(at)?;
        taken.push(watch.elapsed());
        assert!(found, "{what}");
    }
    taken.sort_unstable();
    let at = |place: usize| taken.get(place).map_or(0.0, Duration::as_secs_f64) * 1e3;
    Ok(print(&format!(
        "{what:<40} {:.3} ms in the middle, {:.3} ms at best, {:.3} ms at most",
        at(times / 2),
        at(0),
        at(times - 1)
    ))?)
}
