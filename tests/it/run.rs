//! Runs over a scripted site: fetched, stored, compared, reported, decided.

use serde_json::Value;

use crate::{
    project::Project,
    site::{Reply, Site},
};

const BEFORE: &str = "<html><head><title>Our members</title></head><body><h1>Our members</h1><ul>
<li>Harbour Mediation Center</li><li>Quiet River Institute</li><li>Northfield Justice Alliance</li>
<li>Lantern Street Dialogue Project</li><li>Oak Valley Peace Council</li></ul>
<p>Volunteers of the network teach unarmed civilian protection in twelve towns.</p>
<p>We work in 14 counties.</p></body></html>";

const AFTER: &str =
    "<html><head><title>Members</title></head><body><h1>Our members</h1><div class=grid>
<div class=card><h3>Harbour Mediation Center</h3><p>Since 2011.</p></div>
<div class=card><h3>Quiet River Peace Institute</h3><p>Since 2012.</p></div>
<div class=card><h3>Lantern Street Dialogue Project</h3><p>Since 2014.</p></div>
<div class=card><h3>Oak Valley Peace Council</h3><p>Since 2015.</p></div>
<div class=card><h3>Willow Creek Restorative Center</h3><p>Since 2023.</p></div></div>
<p>Volunteers of the network teach unarmed civilian protection in twelve towns.</p>
<p>We work in 19 counties.</p></body></html>";

fn profile(site: &Site) -> String {
    format!(
        r#"format = 1
title = "Example Network"

[[references]]
number = 1
title = "Our members"
accessed = "2024-01-01"
url = "{}"

[[references]]
number = 2
title = "About"
url = "{}"

[[claims]]
id = "members"
kind = "listed"
cites = [1]
names = [
  "Harbour Mediation Center",
  "Quiet River Institute",
  "Northfield Justice Alliance",
  "Lantern Street Dialogue Project",
  "Oak Valley Peace Council",
]

[[claims]]
id = "quote"
kind = "quoted"
cites = [1]
exact = "unarmed civilian protection"
"#,
        site.uri("/members"),
        site.uri("/about"),
    )
}

fn site() -> Site {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    site.on("/members", [Reply::page(BEFORE)]);
    site.on(
        "/about",
        [Reply::page(
            "<h1>About</h1><p>We are a network of centers that mediate.</p>",
        )],
    );
    site
}

fn verdicts(report: &Value) -> Vec<(String, String)> {
    let entries = report["claims"].as_array().unwrap().iter();
    let entries = entries.flat_map(|it| it["entries"].as_array().unwrap());
    entries
        .map(|it| {
            let label = it["label"].as_str().unwrap().to_owned();
            (it["subject"].as_str().unwrap().to_owned(), label)
        })
        .collect()
}

fn verdict_on<'a>(verdicts: &'a [(String, String)], subject: &str) -> &'a str {
    let found = verdicts.iter().find(|it| it.0.contains(subject));
    found.map_or("nothing", |it| it.1.as_str())
}

#[test]
fn names_go_are_renamed_and_appear_while_a_redesign_alarms_nobody() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site));
    let first = project.run_at("2024-01-01T08:00:00Z", &["run"], 0);
    assert!(first.stderr.contains("2 pages visited"), "{}", first.stderr);
    let report = project.json(&["report", "--format", "json"]);
    let all = verdicts(&report);
    assert!(
        all.len() >= 6 && all.iter().all(|it| it.1 == "present"),
        "{all:?}"
    );

    site.on("/members", [Reply::page(AFTER)]);
    let early = project.run_at("2024-01-01T20:00:00Z", &["run", "--due"], 0);
    assert!(early.stderr.contains("0 pages visited"), "{}", early.stderr);
    let second = project.run_at("2024-03-01T08:00:00Z", &["run", "--fail-on", "changes"], 1);
    assert!(
        second.stdout.contains("Northfield Justice Alliance"),
        "{}",
        second.stdout
    );

    let report = project.json(&["report", "--format", "json"]);
    let all = verdicts(&report);
    for (subject, label) in [
        ("Harbour Mediation Center", "present"),
        ("Quiet River Institute", "renamed"),
        ("Northfield Justice Alliance", "absent"),
        ("Lantern Street Dialogue Project", "present"),
        ("Oak Valley Peace Council", "present"),
        ("Willow Creek Restorative Center", "new"),
        ("unarmed civilian protection", "present"),
    ] {
        assert_eq!(verdict_on(&all, subject), label, "{subject} in {all:?}");
    }
    assert_eq!(
        all.iter().filter(|it| it.1 == "redesigned").count(),
        1,
        "{all:?}"
    );

    let gone = finding(&report, "Northfield Justice Alliance");
    assert_eq!(gone["history"]["changed_after"], "2024-01-01T08:00:00Z");
    assert_eq!(gone["history"]["changed_by"], "2024-03-01T08:00:00Z");
    assert_eq!(gone["history"]["baseline"]["held"], true);
    assert!(!gone["evidence"].as_array().unwrap().is_empty());
    for evidence in finding(&report, "Harbour Mediation Center")["evidence"]
        .as_array()
        .unwrap()
    {
        assert!(
            evidence["capture"]["payload_digest"]
                .as_str()
                .unwrap()
                .starts_with("sha256:")
        );
    }

    let diff = project.expect(&["diff", &site.uri("/members")], 0).stdout;
    assert!(diff.contains("Northfield Justice Alliance"), "{diff}");
    let captures = project.json(&["captures", &site.uri("/members"), "--format", "json"]);
    assert_eq!(captures["captures"].as_array().unwrap().len(), 2);
    project.expect(&["verify"], 0);
}

fn finding<'a>(report: &'a Value, subject: &str) -> &'a Value {
    let entries = report["claims"].as_array().unwrap().iter();
    let mut entries = entries.flat_map(|it| it["entries"].as_array().unwrap());
    &entries
        .find(|it| it["subject"].as_str().unwrap().contains(subject))
        .unwrap()["finding"]
}

#[test]
fn recheck_gives_the_same_findings_to_the_byte() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site));
    project.run_at("2024-01-01T08:00:00Z", &["run"], 0);
    site.on("/members", [Reply::page(AFTER)]);
    project.run_at("2024-03-01T08:00:00Z", &["run"], 0);
    let before = project.expect(&["report", "--format", "json"], 0).stdout;
    let recheck = project.expect(&["recheck"], 0).stdout;
    assert!(recheck.contains("the same as before"), "{recheck}");
    assert_eq!(
        project.expect(&["report", "--format", "json"], 0).stdout,
        before
    );
    let once = project.expect(&["recheck", "--format", "json"], 0).stdout;
    assert_eq!(
        project.expect(&["recheck", "--format", "json"], 0).stdout,
        once
    );
}

#[test]
fn a_decided_finding_is_not_reported_again_and_a_rejected_rename_teaches() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site));
    project.run_at("2024-01-01T08:00:00Z", &["run"], 0);
    site.on("/members", [Reply::page(AFTER)]);
    project.run_at("2024-03-01T08:00:00Z", &["run"], 0);

    let report = project.json(&["report", "--format", "json"]);
    let gone = finding(&report, "Northfield Justice Alliance")["id"]
        .as_str()
        .unwrap();
    let open = report["counts"]["decide"].as_u64().unwrap();
    project.run_at(
        "2024-03-02T08:00:00Z",
        &["review", gone, "accept", "--note", "told"],
        0,
    );
    let report = project.json(&["report", "--format", "json"]);
    assert_eq!(report["counts"]["decide"].as_u64().unwrap(), open - 1);
    let again = project.run_at("2024-03-05T08:00:00Z", &["run"], 0).stdout;
    assert!(
        !again.contains(gone) && again.contains("Quiet River"),
        "{again}"
    );
    project.run_at("2024-03-06T08:00:00Z", &["review", gone, "undo"], 0);
    let report = project.json(&["report", "--format", "json"]);
    assert_eq!(report["counts"]["decide"].as_u64().unwrap(), open);

    let renamed = finding(&report, "Quiet River Institute");
    assert!(
        renamed["conclusion"]["verdict"]["to"]
            .as_str()
            .unwrap()
            .contains("Peace")
    );
    let renamed = renamed["id"].as_str().unwrap();
    project.run_at(
        "2024-03-07T08:00:00Z",
        &["review", &renamed[..8], "reject", "--by", "eve"],
        0,
    );
    let all = verdicts(&project.json(&["report", "--format", "json"]));
    assert_eq!(
        verdict_on(&all, "Quiet River Institute"),
        "absent",
        "{all:?}"
    );
    assert_eq!(
        verdict_on(&all, "Quiet River Peace Institute"),
        "new",
        "{all:?}"
    );
    // Taken back by its whole id, although the finding is no longer there.
    project.run_at("2024-03-08T08:00:00Z", &["review", renamed, "undo"], 0);
    let all = verdicts(&project.json(&["report", "--format", "json"]));
    assert_eq!(
        verdict_on(&all, "Quiet River Institute"),
        "renamed",
        "{all:?}"
    );
}

#[test]
fn a_dead_page_makes_no_name_absent_and_stops_no_other() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site));
    project.run_at("2024-01-01T08:00:00Z", &["run"], 0);
    site.on("/members", [Reply::status(404, "<h1>Not found</h1>")]);
    site.on(
        "/about",
        [Reply::page("<h1>About</h1><p>Another text now.</p>")],
    );
    project.run_at("2024-03-01T08:00:00Z", &["run", "--fail-on", "stale"], 1);
    let report = project.json(&["report", "--format", "json"]);
    let all = verdicts(&report);
    assert_eq!(
        verdict_on(&all, "Harbour Mediation Center"),
        "cannot-tell",
        "{all:?}"
    );
    assert!(all.iter().all(|it| it.1 != "absent"), "{all:?}");
    let gone = &report["references"][0];
    assert_eq!(gone["fate"]["fate"], "gone");
    assert!(gone["cite"]["payload_digest"].is_string(), "{gone:#}");
    let about = project.json(&["captures", &site.uri("/about"), "--format", "json"]);
    assert_eq!(about["captures"].as_array().unwrap().len(), 2);
}

#[test]
fn every_format_of_the_report_gives_the_same_numbers() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site));
    project.run_at("2024-01-01T08:00:00Z", &["run"], 0);
    site.on("/members", [Reply::page(AFTER)]);
    project.run_at("2024-03-01T08:00:00Z", &["run"], 0);
    let json = project.json(&["report", "--format", "json"]);
    let findings = json["claims"].as_array().unwrap().iter();
    let findings: usize = findings
        .map(|it| it["entries"].as_array().unwrap().len())
        .sum();
    let csv = project.expect(&["report", "--format", "csv"], 0).stdout;
    let references = json["references"].as_array().unwrap().len();
    // Line breaks inside quotes belong to their field.
    let mut quoted = false;
    let rows = csv.chars().filter(|it| {
        quoted ^= *it == '"';
        *it == '\n' && !quoted
    });
    assert_eq!(rows.count(), 1 + findings + references, "{csv}");
    for format in ["text", "markdown", "html"] {
        let file = format!("report.{format}");
        let text = project.expect(&["report", "--format", format], 0).stdout;
        project.expect(&["report", "--format", format, "-o", &file], 0);
        assert!(text.contains("Willow Creek Restorative Center"), "{format}");
        assert!(
            project
                .read(&file)
                .contains("Willow Creek Restorative Center")
        );
    }
}

#[test]
fn a_corrected_profile_is_reported_on_before_its_next_run() {
    let site = site();
    let project = Project::new();
    let toml = profile(&site);
    project.profile("example", &toml);
    project.run_at("2024-01-01T08:00:00Z", &["run"], 0);
    let corrected = toml.replace("Northfield Justice Alliance", "Tall Grass Cooperative");
    project.profile("example", &corrected);
    let all = verdicts(&project.json(&["report", "--format", "json"]));
    assert_eq!(
        verdict_on(&all, "Northfield Justice Alliance"),
        "new",
        "{all:?}"
    );
    assert_eq!(verdict_on(&all, "Tall Grass"), "absent", "{all:?}");
    // A profile that never ran is answered from the pages that another one brought.
    project.profile("second", &toml);
    let report = project.json(&["report", "--profile", "second", "--format", "json"]);
    assert_eq!(
        verdict_on(&verdicts(&report), "Northfield Justice Alliance"),
        "present"
    );
}
