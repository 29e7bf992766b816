//! `cargo bench --bench schedule`: how long changes of pages wait until a visit sees them, with `every = "auto"` and with one interval for all
//! pages, at the same number of visits. 1,000 generated pages for each kind of process, a year each.

#[path = "../tests/it/pace/simulated.rs"]
mod simulated;

use chrono::TimeDelta;
use simulated::{Process, auto, fixed, pages};
use stillsays::schedule::Auto;

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn main() {
    println!("process   visits  changes  fixed, days  auto, days  ratio");
    for process in Process::ALL {
        let pages = pages(process, 1_000);
        let adapted = auto(
            &pages,
            Auto {
                min: TimeDelta::hours(6),
                max: TimeDelta::days(30),
            },
        );
        let even = fixed(&pages, adapted.visits);
        let (delay, before) = (adapted.delay(), even.delay());
        println!(
            "{:8}  {:6}  {:7}  {before:11.2}  {delay:10.2}  {:5.2}",
            format!("{process:?}"),
            adapted.visits,
            adapted.changes,
            delay / before
        );
    }
}
