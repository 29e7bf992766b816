//! `every = "auto"`: pages that change are visited more often, and `status` says why.

pub(crate) mod simulated;

use chrono::TimeDelta;
use simulated::{Process, auto, fixed, pages};
use stillsays::schedule::Auto;

use crate::{
    project::Project,
    site::{Reply, Site},
};

#[test]
fn changes_are_seen_earlier_than_with_one_interval_for_all_and_as_many_visits() {
    let bounds = Auto {
        min: TimeDelta::hours(6),
        max: TimeDelta::days(30),
    };
    for process in Process::ALL {
        let pages = pages(process, 300);
        let adapted = auto(&pages, bounds);
        let even = fixed(&pages, adapted.visits);
        assert!(
            adapted.visits.abs_diff(even.visits) * 100 <= even.visits,
            "{adapted:?} {even:?}"
        );
        let ratio = adapted.delay() / even.delay();
        let (delay, before) = (adapted.delay(), even.delay());
        println!(
            "{process:?}: {} visits, {} changes, {before:.2} → {delay:.2} days, ratio {ratio:.2}",
            adapted.visits, adapted.changes
        );
        assert!(ratio < 0.9, "{process:?}: {ratio:.2} {adapted:?} {even:?}");
    }
}

#[test]
fn status_and_the_plan_say_why_a_page_is_due() {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    let text = |text: &str| {
        Reply::page(format!(
            "<title>A</title><h1>A</h1><p>{text} of the kites on the coast and in the hills.</p>"
        ))
    };
    site.on("/still", [text("The history")]);
    site.on(
        "/news",
        (0..20).map(|day| text(&format!("The news {}", day / 2))),
    );
    site.on("/gone", [Reply::status(503, "")]);
    site.on("/weekly", [text("The week")]);
    let project = Project::new();
    let reference = |number: u32, path: &str, every: &str| {
        format!(
            "\n[[references]]\nnumber = {number}\ntitle = \"{path}\"\nurl = \"{}\"\n{every}",
            site.uri(path)
        )
    };
    let references = [
        reference(1, "/still", ""),
        reference(2, "/news", ""),
        reference(3, "/gone", ""),
        reference(4, "/weekly", "every = \"1w\"\n"),
    ];
    project.profile(
        "kites",
        &format!(
            "format = 1\ntitle = \"Kites\"\nevery = \"auto\"\n{}",
            references.concat()
        ),
    );
    let set = [
        "--set",
        "fetch.tries=1",
        "--set",
        "fetch.max_wait=0s",
        "--set",
        "fetch.delay=10ms",
    ];
    for day in 1..=9 {
        let at = format!("2026-03-{day:02}T08:00:00Z");
        project.run(&[&["run", "--all", "--clock", &at], &set[..]].concat());
    }
    let at = "2026-03-09T09:00:00Z";
    let status = project.json(&["status", "--format", "json", "--clock", at]);
    let why = |number: usize| {
        let reference = &status["profiles"][0]["references"][number - 1];
        reference["why_due"].as_str().unwrap().to_owned()
    };
    assert!(
        why(1).starts_with("it is visited about every 4 days: no change was seen in 8 visits"),
        "{}",
        why(1)
    );
    assert!(
        why(2).contains("(4 changes seen in 8 visits)"),
        "{}",
        why(2)
    );
    assert_eq!(why(3), "its last visit failed");
    assert_eq!(why(4), "it is visited every 1w");
    let text = project.expect(&["status", "--clock", at], 0).stdout;
    assert!(
        text.contains("due, reference 4: it is visited every 1w"),
        "{text}"
    );
    let plan = project.json(&["run", "--dry-run", "--format", "json", "--clock", at]);
    assert_eq!(plan["seeds"][3]["why"], "it is visited every 1w");
    let due = |number: usize| {
        status["profiles"][0]["references"][number - 1]["next_due"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(due(2) < due(1), "{} {}", due(2), due(1));
    // New bounds count at once.
    let bounded = project.json(&[
        "status",
        "--format",
        "json",
        "--clock",
        at,
        "--set",
        "schedule.min=5d",
        "--set",
        "schedule.max=5d",
    ]);
    let why = bounded["profiles"][0]["references"][1]["why_due"]
        .as_str()
        .unwrap();
    assert!(why.starts_with("it is visited about every 5 days"), "{why}");
}
