//! Measures the match of claimed names with a page's: `cargo bench --bench names [-- CLAIMED PAGE]`.
//!
//! Names are generated, the same every time; half of the claimed ones stand on the page, as they are or respelt. The match
//! is timed with the names made comparable before, as a page's are once when it is read, and that is timed by itself. Beside
//! it every pair is compared, which must find the same, and Python's rapidfuzz compares all of them where it is at hand.

use std::{
    io::{self, Write},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use stillsays::compare::{Comparable, alike, alike_in_full};

#[path = "organizations.rs"]
mod generated;

/// Where the same is asked for of both ways to match.
const LEAST: f64 = 0.8;
const ROUNDS: usize = 30;

const RAPIDFUZZ: &str = r#"
import sys, time
import rapidfuzz
from rapidfuzz import fuzz, process
counts = [int(it) for it in sys.argv[1:]]
names = sys.stdin.read().lower().split("\n")
claimed, page = names[:counts[0]], names[counts[0]:counts[0] + counts[1]]
for title, scorer in (("ratio", fuzz.ratio), ("token_set_ratio", fuzz.token_set_ratio), ("WRatio", fuzz.WRatio)):
    times = []
    for _ in range(10):
        start = time.perf_counter()
        process.cdist(claimed, page, scorer=scorer, score_cutoff=80, workers=1)
        times.append(time.perf_counter() - start)
    times.sort()
    print(f"  rapidfuzz {rapidfuzz.__version__} cdist, {title}: {times[0] * 1000:.2f} ms at best, {times[len(times) // 2] * 1000:.2f} ms in the middle")
"#;

fn main() -> io::Result<()> {
    let mut sizes = std::env::args().skip(1).filter_map(|it| it.parse().ok());
    let (claimed, page) = (sizes.next().unwrap_or(100), sizes.next().unwrap_or(5_000));
    let mut out = io::stdout().lock();
    for seed in 1..=3 {
        let (claimed, page) = generated::organizations(seed, claimed, page);
        writeln!(
            out,
            "set {seed}: {} claimed, {} on the page",
            claimed.len(),
            page.len()
        )?;
        let (making, (left, right)) =
            timed(ROUNDS, || (Comparable::of(&claimed), Comparable::of(&page)));
        let (quick, pairs) = timed(ROUNDS, || alike(&left, &right, LEAST));
        let (full, all) = timed(1, || alike_in_full(&left, &right, LEAST));
        writeln!(out, "  made comparable: {making}")?;
        writeln!(
            out,
            "  matched: {}, {} pairs at {LEAST} or more",
            quick,
            pairs.len()
        )?;
        let same = if pairs == all {
            "the same pairs"
        } else {
            "OTHER PAIRS"
        };
        writeln!(out, "  each with each: {full}, {same}")?;
        out.flush()?;
        beside(&claimed, &page)?;
    }
    Ok(())
}

/// The least and the middle of the times that some rounds take, and what they give; on a busy machine the least tells more.
fn timed<T>(rounds: usize, run: impl Fn() -> T) -> (String, T) {
    let mut value = run();
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let watch = Instant::now();
        value = run();
        times.push(watch.elapsed());
    }
    times.sort_unstable();
    let of = |at: usize| ms(times.get(at).copied().unwrap_or_default());
    let text = format!(
        "{:.2} ms at best, {:.2} ms in the middle",
        of(0),
        of(rounds / 2)
    );
    (text, value)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Python's rapidfuzz over the same names, where there is one.
fn beside(claimed: &[String], page: &[String]) -> io::Result<()> {
    let counts = [claimed.len().to_string(), page.len().to_string()];
    let mut command = Command::new("python3");
    command.args(["-c", RAPIDFUZZ]).args(&counts);
    let Ok(mut child) = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn() else {
        return Ok(());
    };
    if let Some(mut input) = child.stdin.take() {
        let names: Vec<&str> = claimed.iter().chain(page).map(String::as_str).collect();
        // A Python without rapidfuzz ends before it reads.
        let _ = input.write_all(names.join("\n").as_bytes());
    }
    if !child.wait()?.success() {
        writeln!(
            io::stdout().lock(),
            "  rapidfuzz is not here (pip install rapidfuzz numpy)"
        )?;
    }
    Ok(())
}
