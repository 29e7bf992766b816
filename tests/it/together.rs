//! Cron, fact-checkers and editors at work at the same time: who waits for whom, what is kept, and what each is told.

use std::{
    process::{Child, Command, Stdio},
    thread,
};

use serde_json::Value;
use stillsays::{
    clock::parse_digits14,
    finding::Decision,
    store::{Access, RunLock, Store},
};

use crate::{
    project::{Ended, Project},
    site::{Reply, Site},
};

const NAMES: [&str; 12] = [
    "Harbour Mediation Center",
    "Quiet River Institute",
    "Northfield Justice Alliance",
    "Lantern Street Dialogue Project",
    "Oak Valley Peace Council",
    "Tall Grass Cooperative",
    "Saltmarsh Youth Circle",
    "Bridgewater Fellowship",
    "Tidewater Listening Team",
    "Quillmoor Trust",
    "Ember Food Fund",
    "Fjord Media Union",
];

/// A page that lists names.
fn members(names: &[&str]) -> Reply {
    let items: Vec<String> = names.iter().map(|it| format!("<li>{it}</li>")).collect();
    Reply::page(format!(
        "<html><head><title>Our members</title></head><body><h1>Our members</h1><ul>{}</ul>\
         <p>The members of the network meet twice a year and publish what they have agreed on.</p></body></html>",
        items.concat()
    ))
}

/// A profile that claims all [`NAMES`] of a page.
fn profile(title: &str, url: &str) -> String {
    let names: Vec<String> = NAMES.iter().map(|it| format!("\"{it}\"")).collect();
    format!(
        "title = \"{title}\"\n\n[[references]]\nnumber = 1\ntitle = \"Our members\"\nurl = \"{url}\"\n\n\
         [[claims]]\nid = \"members\"\nkind = \"listed\"\ncites = [1]\nnames = [{}]\n",
        names.join(", ")
    )
}

fn site() -> Site {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    site.on("/members", [members(&NAMES)]);
    site
}

const FIRST: &str = "2024-01-01T08:00:00Z";
const SECOND: &str = "2024-02-01T08:00:00Z";
const THIRD: &str = "2024-03-01T08:00:00Z";

/// A page of which the last `gone` names are gone at the second visit.
fn changed(gone: usize) -> (Site, Project) {
    let site = site();
    let project = Project::new();
    project.profile(
        "example",
        &profile("Example Network", &site.uri("/members")),
    );
    project.run_at(FIRST, &["run"], 0);
    site.on("/members", [members(&NAMES[..NAMES.len() - gone])]);
    project.run_at(SECOND, &["run", "--quiet"], 0);
    (site, project)
}

/// The ids of the findings that wait, in the report's order.
fn waiting(project: &Project) -> Vec<String> {
    let report = project.json(&["report", "--profile", "example", "--format", "json"]);
    let claims = report["claims"].as_array().unwrap().iter();
    let entries = claims.flat_map(|it| it["entries"].as_array().unwrap());
    let waits = entries.filter(|it| it["need"] == "decide");
    waits
        .map(|it| it["finding"]["id"].as_str().unwrap().to_owned())
        .collect()
}

fn lock(project: &Project) -> RunLock {
    let at = parse_digits14("20240101").unwrap();
    RunLock::acquire(&project.path("snapshots/stillsays.db"), "run --due", at).unwrap()
}

#[test]
fn deciding_needs_no_run_lock_and_what_changes_the_archive_as_a_whole_does() {
    let (_site, project) = changed(2);
    project.expect(&["backup", "copy.db"], 0);
    project.expect(&["export", "warc", "-o", "out"], 0);
    let id = &waiting(&project)[0];
    let stored = lock(&project);
    let decided = project.run_at(THIRD, &["review", id, "accept"], 0);
    assert!(decided.stderr.contains("is accepted"), "{}", decided.stderr);
    project.run_at(THIRD, &["review", id, "undo"], 0);
    for reading in ["status", "report", "history"] {
        let more: &[&str] = if reading == "history" {
            &["members"]
        } else {
            &[]
        };
        project.expect(&[&[reading], more].concat(), 0);
    }
    let thin = "retention.thin=[\"1d: 1d\"]";
    for excluded in [
        &["run"][..],
        &["recheck"],
        &["import", "nothing.warc"],
        &["prune", "--set", thin],
        &["restore", "copy.db"],
    ] {
        let ended = project.expect(excluded, 5);
        assert!(ended.stderr.contains("`run --due`"), "{}", ended.stderr);
    }
    drop(stored);
    project.expect(&["verify"], 0);
}

#[test]
fn a_decision_ends_with_a_checkpoint_too() {
    let (_site, project) = changed(1);
    let id = &waiting(&project)[0];
    project.expect(&["review", id, "later"], 0);
    let printed = project.expect(&["verify"], 0).stdout;
    assert!(
        printed.contains("the latest checkpoint covers"),
        "{printed}"
    );
    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
    let seals = store.seals().unwrap();
    assert_eq!(seals.len(), 3, "two runs and a decision");
}

#[test]
fn the_decision_of_someone_else_is_shown_and_taken_back_one_step_at_a_time() {
    let (_site, project) = changed(1);
    let id = &waiting(&project)[0];
    let review = |arguments: &[&str], code| {
        let all = [&["review", id], arguments].concat();
        project.run_at(THIRD, &all, code).stderr
    };
    let standing = || {
        let csv = project.expect(&["report", "--format", "csv"], 0).stdout;
        let row = csv.lines().find(|it| it.starts_with(id.as_str())).unwrap();
        ["open", "accepted", "rejected", "later"]
            .into_iter()
            .find(|it| row.contains(&format!(",{it},")))
            .unwrap()
            .to_owned()
    };
    review(&["accept", "--by", "anna", "--note", "asked them"], 0);
    for theirs in ["reject", "later", "undo"] {
        let refused = review(&[theirs, "--by", "ben"], 2);
        for printed in [
            "accepted by anna on 2024-03-01 08:00 UTC",
            "“asked them”",
            "--anyway",
        ] {
            assert!(refused.contains(printed), "{theirs}: {refused}");
        }
        assert_eq!(standing(), "accepted");
    }
    review(&["reject", "--by", "ben", "--anyway"], 0);
    assert_eq!(standing(), "rejected");
    review(&["undo", "--by", "ben"], 0);
    assert_eq!(standing(), "accepted");
    // One's own decision may be changed.
    review(&["later", "--by", "anna"], 0);
    assert_eq!(standing(), "later");
    review(&["undo", "--by", "anna"], 0);
    review(&["undo", "--by", "anna"], 0);
    assert_eq!(standing(), "open");
    let refused = review(&["undo", "--by", "anna"], 2);
    assert!(refused.contains("there is no decision about"), "{refused}");
}

#[test]
fn several_findings_are_decided_at_once_and_one_that_is_refused_keeps_back_no_other() {
    let (_site, project) = changed(4);
    let ids = waiting(&project);
    project.run_at(THIRD, &["review", &ids[1], "reject", "--by", "ben"], 0);
    let all = ["review", &ids[0], &ids[1][..6], &ids[2], "accept"];
    let ended = project.run_at(THIRD, &all, 2);
    assert!(ended.stderr.contains("rejected by ben"), "{}", ended.stderr);
    assert_eq!(
        ended.stderr.matches("is accepted").count(),
        2,
        "{}",
        ended.stderr
    );
    assert_eq!(waiting(&project), ids[3..]);
    let short = project.expect(&["review", &ids[3][..3], "accept"], 2);
    assert!(
        short.stderr.contains("at least 4 digits"),
        "{}",
        short.stderr
    );
    let unknown = project.expect(&["review", &ids[3], "ffff00000000", "accept"], 2);
    assert!(
        unknown.stderr.contains("there is no finding"),
        "{}",
        unknown.stderr
    );
    assert_eq!(
        waiting(&project),
        ids[3..],
        "nothing is decided where one is not known"
    );
}

/// The report as a sheet, with these decisions filled in.
fn sheet(project: &Project, decisions: &[(&str, &str)]) -> String {
    let csv = project.expect(&["report", "--format", "csv"], 0).stdout;
    let mut lines = csv.lines();
    let head = lines.next().unwrap();
    let mut out = format!("{head}\n");
    for line in lines {
        let decision = decisions
            .iter()
            .find(|it| line.starts_with(it.0) && line.contains("finding,,,,"));
        match decision {
            Some((_, decision)) => {
                out.push_str(&line.replace("finding,,,,", &format!("finding,{decision}")));
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

#[test]
fn a_sheet_that_was_mailed_out_is_read_back_and_undone_at_once() {
    let (_site, project) = changed(3);
    let ids = waiting(&project);
    let filled = [
        (ids[0].as_str(), "change,,,ben"),
        (ids[1].as_str(), "leave,,,ben"),
        (ids[2].as_str(), "reject,on-page,,ben"),
    ];
    project.write("sheet.csv", sheet(&project, &filled));
    let ended = project.expect(&["review", "--from", "sheet.csv"], 0);
    assert_eq!(waiting(&project), Vec::<String>::new());
    let json = project.json(&["report", "--format", "json"]).to_string();
    for terms in [
        r#""outcome":"edit""#,
        r#""outcome":"keep""#,
        r#""mistake":"on-page""#,
    ] {
        assert!(json.contains(terms), "{terms}: {json}");
    }
    assert!(json.contains(r#""by":"ben""#));
    let batch = ended
        .stderr
        .split_whitespace()
        .find(|it| it.starts_with("batch-"));
    project.expect(&["review", batch.unwrap(), "undo", "--by", "ben"], 0);
    assert_eq!(waiting(&project), ids);
    project.expect(&["verify"], 0);
}

#[test]
fn a_sheet_with_a_fault_changes_nothing_and_names_the_line() {
    let (_site, project) = changed(3);
    let ids = waiting(&project);
    for (bad, said) in [
        ("maybe,,,", ": `maybe` is not a decision"),
        ("reject,because,,", ": `because` is not a reason"),
        ("later,,soon,", ": `soon` is not a day"),
    ] {
        let filled = [(ids[0].as_str(), "change,,,"), (ids[2].as_str(), bad)];
        let text = sheet(&project, &filled);
        let line = text
            .lines()
            .position(|it| it.contains(&format!("finding,{bad}")))
            .unwrap()
            + 1;
        project.write("sheet.csv", text);
        let ended = project.expect(&["review", "--from", "sheet.csv"], 2);
        assert!(
            ended.stderr.contains(&format!("sheet.csv:{line}{said}")),
            "{}",
            ended.stderr
        );
        assert!(ended.stderr.contains("hint: "), "{}", ended.stderr);
        assert_eq!(waiting(&project), ids);
    }
    // One that somebody else has decided meanwhile keeps back the others.
    project.expect(&["review", &ids[2], "reject", "--by", "ben"], 0);
    let filled = [
        (ids[0].as_str(), "change,,,anna"),
        (ids[2].as_str(), "change,,,anna"),
    ];
    let text = project.expect(&["report", "--format", "csv"], 0).stdout;
    assert!(
        text.lines()
            .next()
            .unwrap()
            .contains("row,decision,reason,until,by")
    );
    project.write("sheet.csv", sheet(&project, &filled));
    let ended = project.expect(&["review", "--from", "sheet.csv"], 2);
    assert!(
        ended.stderr.contains("was rejected by ben"),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("no decision was recorded"),
        "{}",
        ended.stderr
    );
    assert_eq!(waiting(&project), ids[..2]);
    let without = project.expect(&["report", "--format", "csv"], 0).stdout;
    project.write("sheet.csv", without);
    assert!(
        project
            .expect(&["review", "--from", "sheet.csv"], 2)
            .stderr
            .contains("no row has a decision")
    );
    project.write("sheet.csv", "a,b\n1,2\n");
    assert!(
        project
            .expect(&["review", "--from", "sheet.csv"], 2)
            .stderr
            .contains("sheet.csv:1: there is no column `finding`")
    );
}

#[test]
fn history_takes_a_findings_id() {
    let (_site, project) = changed(1);
    let id = &waiting(&project)[0];
    for typed in [id.as_str(), &id[..5]] {
        let history = project.expect(&["history", typed], 0).stdout;
        assert!(history.contains("Fjord Media Union"), "{history}");
        assert!(!history.contains("Quillmoor"), "{history}");
    }
}

/// The demo's archive, and how it is asked.
fn demo() -> (Project, impl Fn(&Project, &[&str], i32) -> Ended) {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    let ask = |project: &Project, arguments: &[&str], code: i32| {
        let config = ["--config", "snapshots/demo/stillsays.toml"];
        project.expect(&[&config, arguments].concat(), code)
    };
    (project, ask)
}

/// The demo's finding that a name was renamed.
fn rename(project: &Project, ask: &impl Fn(&Project, &[&str], i32) -> Ended) -> String {
    let report = ask(project, &["report", "--format", "json"], 0).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    let claims = report["claims"].as_array().unwrap().iter();
    let mut entries = claims.flat_map(|it| it["entries"].as_array().unwrap());
    let renamed = entries.find(|it| it["label"] == "renamed").unwrap();
    renamed["finding"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn every_report_lists_every_decision_also_when_its_finding_is_gone() {
    let (project, ask) = demo();
    let id = rename(&project, &ask);
    let printed = ask(
        &project,
        &[
            "review",
            &id,
            "reject",
            "--by",
            "ben",
            "--note",
            "two centers",
        ],
        0,
    );
    assert!(
        printed.stderr.contains("are different organizations"),
        "{}",
        printed.stderr
    );
    for format in ["text", "markdown", "html", "json", "csv"] {
        let report = ask(&project, &["report", "--format", format], 0).stdout;
        for printed in ["two centers", "ben", &id, "renamed"] {
            assert!(report.contains(printed), "{format}: {printed}");
        }
    }
    let text = ask(&project, &["report"], 0).stdout;
    assert!(text.contains("No longer so:"), "{text}");
    // What a decision made disappear can be decided about again.
    ask(&project, &["review", &id[..6], "undo", "--by", "ben"], 0);
    let text = ask(&project, &["report"], 0).stdout;
    let decided = text.split("\nDecided\n").nth(1).unwrap();
    assert!(
        decided.contains("taken back") && decided.contains("rejected"),
        "{decided}"
    );
    let decided = decided.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        decided.contains("it was taken back or replaced"),
        "{decided}"
    );
    assert_eq!(rename(&project, &ask), id, "it is there again");
}

#[test]
fn the_command_that_a_report_shows_can_be_pasted() {
    let (project, ask) = demo();
    let report = ask(&project, &["report", "--format", "html"], 0).stdout;
    for report in [report, project.read("snapshots/demo/report.html")] {
        let command = report.split("<code class=\"command\">").nth(1).unwrap();
        let command = command.split("</code>").next().unwrap();
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(words[0], "stillsays");
        project.expect(&words[1..], 0);
        ask(&project, &["review", words[words.len() - 2], "undo"], 0);
    }
}

/// What a quiet run prints.
fn quiet(project: &Project, clock: &str, more: &[&str]) -> String {
    let ended = project.run_at(clock, &[&["run", "--all", "--quiet"], more].concat(), 0);
    assert_eq!(ended.stderr, "");
    ended.stdout
}

#[test]
fn a_quiet_run_prints_only_what_no_run_before_had() {
    let (site, project) = {
        let site = site();
        let project = Project::new();
        project.profile(
            "example",
            &profile("Example Network", &site.uri("/members")),
        );
        (site, project)
    };
    assert_eq!(quiet(&project, FIRST, &[]), "");
    site.on("/members", [members(&NAMES[..11])]);
    let printed = quiet(&project, SECOND, &[]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "1 new: 1 to decide on 1 page");
    assert!(
        lines[1].contains("absent") && lines[1].contains("Fjord Media Union"),
        "{printed}"
    );
    assert!(
        lines[2].contains("example") && lines[2].contains("/members"),
        "{printed}"
    );
    assert!(
        lines[3].ends_with("stillsays report --profile example"),
        "{printed}"
    );
    assert_eq!(lines.len(), 4, "{printed}");
    // Nothing new is nothing printed, and what was printed once is not printed again with what is new.
    assert_eq!(quiet(&project, "2024-02-02T08:00:00Z", &[]), "");
    site.on("/members", [members(&NAMES[..10])]);
    let printed = quiet(&project, THIRD, &[]);
    assert!(
        printed.starts_with("1 new: 1 to decide on 1 page\n"),
        "{printed}"
    );
    assert!(
        printed.contains("Ember Food Fund") && !printed.contains("Fjord"),
        "{printed}"
    );
    assert_eq!(quiet(&project, "2024-03-02T08:00:00Z", &[]), "");
    // What was found between two runs is told by the next one, and once.
    site.on("/members", [members(&NAMES[..9])]);
    let archived = ["run", "--all", "--quiet", "--archive-only"];
    project.run_at("2024-03-03T08:00:00Z", &archived, 0);
    project.run_at("2024-03-03T09:00:00Z", &["recheck"], 0);
    let printed = quiet(&project, "2024-03-04T08:00:00Z", &[]);
    assert!(printed.starts_with("1 new: "), "{printed}");
    assert!(printed.contains(NAMES[9]), "{printed}");
    assert_eq!(quiet(&project, "2024-03-05T08:00:00Z", &[]), "");
    // Names that went and came back before are not called gone the next time: nothing is asked.
    site.on("/members", [members(&NAMES)]);
    assert_eq!(quiet(&project, "2024-03-06T08:00:00Z", &[]), "");
    site.on("/members", [members(&NAMES[..11])]);
    assert_eq!(quiet(&project, "2024-03-07T08:00:00Z", &[]), "");
}

#[test]
fn what_a_wall_hid_for_a_while_is_not_reported_again() {
    let site = site();
    let project = Project::new();
    project.profile(
        "example",
        &profile("Example Network", &site.uri("/members")),
    );
    assert_eq!(quiet(&project, FIRST, &[]), "");
    site.on("/members", [members(&NAMES[..11])]);
    assert!(quiet(&project, SECOND, &[]).contains("Fjord Media Union"));
    let wall = "<!doctype html><title>Just a moment...</title><h1>Checking if the site connection is secure</h1>\
                <p>Enable JavaScript and cookies to continue</p><script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate\"></script>";
    site.on("/members", [Reply::page(wall)]);
    project.run_at("2024-02-03T08:00:00Z", &["run", "--all", "--quiet"], 0);
    let report = project.json(&["report", "--format", "json"]);
    assert!(
        !report.to_string().contains(r#""verdict":"absent""#),
        "{report}"
    );
    site.on("/members", [members(&NAMES[..11])]);
    assert_eq!(quiet(&project, "2024-02-04T08:00:00Z", &[]), "");
    // Another name that leaves is news.
    site.on("/members", [members(&NAMES[..10])]);
    let printed = quiet(&project, "2024-02-05T08:00:00Z", &[]);
    assert!(
        printed.starts_with("1 new: 1 to decide on 1 page\n"),
        "{printed}"
    );
}

#[test]
fn a_quiet_run_prints_the_heaviest_twenty_and_the_command_for_the_rest() {
    let site = Site::start();
    let project = Project::new();
    let mut toml = String::from("title = \"Many\"\n");
    for number in 1..=25 {
        let path = format!("/{number}");
        let url = site.uri(&path);
        site.on(
            &path,
            [Reply::page(format!(
                "<h1>Page {number}</h1><p>We work in {number}4 towns of the coast.</p>"
            ))],
        );
        toml.extend([format!(
            "\n[[references]]\nnumber = {number}\ntitle = \"Page {number}\"\nurl = \"{url}\"\n\n\
             [[claims]]\nid = \"f{number}\"\nkind = \"figure\"\ncites = [{number}]\nexact = \"{number}4 towns\"\n"
        )]);
    }
    project.profile("many", &toml);
    assert_eq!(quiet(&project, FIRST, &[]), "");
    for number in 1..=24 {
        site.on(
            &format!("/{number}"),
            [Reply::page(format!(
                "<h1>Page {number}</h1><p>We work in {number}5 towns of the coast.</p>"
            ))],
        );
    }
    site.on("/25", [Reply::status(410, "gone")]);
    let printed = quiet(&project, SECOND, &[]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(
        lines[0],
        "25 new: 24 to decide on 24 pages, 1 reference lost"
    );
    assert!(
        lines[1].contains("gone") && lines[1].contains("Page 25"),
        "{printed}"
    );
    assert_eq!(lines.len(), 1 + 20 * 2 + 1, "{printed}");
    assert_eq!(lines[41], "and 5 more: stillsays report --profile many");
    assert!(
        lines.iter().all(|it| it.chars().count() <= 100),
        "{printed}"
    );
    // A reference that is there again is told once.
    site.on(
        "/25",
        [Reply::page(
            "<h1>Page 25</h1><p>We work in 254 towns of the coast.</p>",
        )],
    );
    let printed = quiet(&project, THIRD, &[]);
    assert!(
        printed.starts_with("1 new: 1 reference back\n") && printed.contains("Page 25"),
        "{printed}"
    );
    assert_eq!(quiet(&project, "2024-03-02T08:00:00Z", &[]), "");
}

#[test]
fn one_change_of_a_page_that_many_profiles_cite_is_printed_once_with_their_names() {
    let site = site();
    let project = Project::new();
    let url = site.uri("/members");
    for name in ["alpha", "beta", "gamma"] {
        project.profile(name, &profile(name, &url));
    }
    for number in 0..40 {
        project.profile(
            &format!("a-long-profile-name-{number:02}"),
            &profile("Many", &url),
        );
    }
    assert_eq!(quiet(&project, FIRST, &[]), "");
    site.on("/members", [members(&NAMES[..11])]);
    let printed = quiet(&project, SECOND, &[]);
    assert!(
        printed.starts_with("1 new: 1 to decide on 1 page\n"),
        "{printed}"
    );
    assert_eq!(printed.matches("Fjord Media Union").count(), 1, "{printed}");
    assert_eq!(printed.lines().count(), 4, "{printed}");
    assert!(printed.contains("a-long-profile-name-00"), "{printed}");
    assert!(
        printed.lines().nth(2).unwrap().contains(" more: http"),
        "{printed}"
    );
    assert!(printed.ends_with(": stillsays report\n"), "{printed}");
    for name in ["beta", "gamma"] {
        let few = ["--profile", "alpha", "--profile", name];
        let printed = quiet(&project, THIRD, &few);
        assert_eq!(printed, "", "it was told");
    }
}

#[test]
fn one_bad_profile_is_an_error_and_the_others_are_archived_compared_and_shown() {
    let site = site();
    let project = Project::new();
    let good = profile("Good", &site.uri("/members"));
    project.profile("a", &good);
    project.profile("b", &good.replace("http://", "ftp://"));
    project.profile("c", &good.replace("Good", "Also good"));
    // Files that are plainly not profiles.
    std::fs::create_dir(project.path("config/profiles/old.toml")).unwrap();
    project.write("config/profiles/.#a.toml", "half an edit");
    project.write("config/profiles/notes.txt", "notes");
    project.write("config/profiles/settings.toml", "store = \"a.db\"\n");
    for arguments in [
        &["run"][..],
        &["status"],
        &["report"],
        &["recheck"],
        &["run", "--all", "--quiet"],
        &["history", "members", "--profile", "a", "--profile", "b"],
        &["profile", "list"],
    ] {
        let ended = project.expect(arguments, 2);
        assert_eq!(
            ended.stderr.matches("error: ").count(),
            1,
            "{arguments:?}: {}",
            ended.stderr
        );
        assert!(ended.stderr.contains("b.toml:6:7: "), "{}", ended.stderr);
        assert!(ended.stderr.contains("hint: "), "{}", ended.stderr);
        if !arguments.contains(&"--quiet") {
            assert!(!ended.stdout.is_empty(), "{arguments:?}");
        }
    }
    assert_eq!(site.pages_asked().len(), 2);
    let status = project.expect(&["status"], 2).stdout;
    assert!(
        status.contains("Good") && status.contains("Also good"),
        "{status}"
    );
    let report = project
        .expect(&["report", "--profile", "c", "--format", "json"], 0)
        .stdout;
    assert!(report.contains("\"live\""), "{report}");
    // With none that can be used, there is nothing to do.
    let ended = project.expect(&["status", "--profile", "b"], 2);
    assert_eq!(ended.stdout, "");
    project.profile("b", &good);
    let ended = project.expect(&["status"], 0);
    assert_eq!(ended.stderr, "");
}

#[test]
fn no_profile_title_brings_a_control_character_into_any_output() {
    let site = site();
    let project = Project::new();
    let toml = profile(
        "Red\\u001b[31m \\u009b31m\\u0007 title",
        &site.uri("/members"),
    );
    let toml = toml.replace("Quillmoor Trust", "Quillmoor\\u009d Tr\\u001bust");
    project.profile("example", &toml);
    site.on("/members", [members(&NAMES[..9])]);
    let settled = |it: char| it.is_control() && it != '\n' && it != '\r';
    for arguments in [
        &["run"][..],
        &["run", "--quiet", "--all"],
        &["run", "--format", "json"],
        &["status"],
        &["status", "--format", "json"],
        &["report"],
        &["report", "--format", "markdown"],
        &["report", "--format", "html"],
        &["report", "--format", "json"],
        &["report", "--format", "csv"],
        &["history", "members"],
        &["history", "members", "--format", "json"],
        &["profile", "list"],
        &["profile", "list", "--format", "json"],
        &["profile", "lint"],
        &["recheck", "--format", "json"],
    ] {
        let ended = project.expect(arguments, 0);
        let all = ended.stdout + &ended.stderr;
        assert!(!all.contains(settled), "{arguments:?}: {all:?}");
        let file = ["-o", "out.txt"];
        if arguments[0] == "report" {
            project.expect(&[arguments, &file].concat(), 0);
            let written = project.read("out.txt");
            assert!(!written.contains(settled), "{arguments:?}: {written:?}");
        }
    }
    let json = project.json(&["report", "--format", "json"]);
    assert_eq!(json["title"], "Red\u{1b}[31m \u{9b}31m\u{7} title");
}

/// The program at work beside others.
fn beside(project: &Project, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_stillsays"))
        .args(arguments)
        .current_dir(project.path(""))
        .env_clear()
        .env("USER", "ada")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn two_reviewers_a_run_and_serve_at_once_refuse_each_other_nothing_and_lose_nothing() {
    const RUNS: usize = 4;
    let (site, project) = changed(12 - 4);
    let paths: Vec<String> = (0..20).map(|it| format!("/page/{it}")).collect();
    for path in &paths {
        site.on(path, [Reply::page(format!("<h1>{path}</h1>"))]);
    }
    project.profile("pages", &crate::run::citing(&site, paths.iter().cloned()));
    let ids = waiting(&project);
    assert_eq!(ids.len(), 8);
    let served = crate::serve::held::Served::start(
        Command::new(env!("CARGO_BIN_EXE_stillsays"))
            .current_dir(project.path(""))
            .env_clear(),
    );
    let before = site.pages_asked().len();
    let project = &project;
    let decide = |by: &'static str, own: Vec<String>| {
        let mut decisions = 0;
        for decision in ["later", "accept", "reject", "undo"] {
            for id in &own {
                project.expect(&["review", id, decision, "--by", by], 0);
                decisions += 1;
            }
        }
        decisions
    };
    let decisions = thread::scope(|scope| {
        let run = scope.spawn(|| {
            for _ in 0..RUNS {
                let ended = beside(project, &["run", "--all", "--quiet"]).wait_with_output();
                let ended = ended.unwrap();
                let said = String::from_utf8_lossy(&ended.stderr).into_owned();
                assert_eq!(ended.status.code(), Some(0), "{said}");
            }
        });
        let (one, other) = ids.split_at(4);
        let one = scope.spawn(move || decide("anna", one.to_vec()));
        let other = scope.spawn(move || decide("ben", other.to_vec()));
        let mut asked = 0;
        while !(run.is_finished() && one.is_finished() && other.is_finished()) || asked < 3 {
            for path in ["/", "/report/example", "/report/pages"] {
                assert_eq!(served.shown(path).status, 200, "{path}");
            }
            asked += 1;
        }
        run.join().unwrap();
        one.join().unwrap() + other.join().unwrap()
    });
    project.expect(&["verify"], 0);
    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
    let reviews = store.reviews().unwrap();
    assert_eq!(reviews.len(), decisions);
    assert_eq!(decisions, 32);
    let rejected = reviews
        .iter()
        .filter(|it| it.decision == Some(Decision::Reject));
    assert_eq!(rejected.count(), 8);
    assert_eq!(site.pages_asked().len() - before, RUNS * 21);
    // Every decision taken back once more: accepted again.
    assert_eq!(waiting(project), Vec::<String>::new());
    let visits = store.visits(&site.uri("/page/0").parse().unwrap()).unwrap();
    assert_eq!(visits.len(), RUNS);
}

#[test]
fn a_robots_txt_that_cannot_be_fetched_forbids_nothing() {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(503, "")]);
    site.on("/members", [members(&NAMES)]);
    let project = Project::new();
    project.profile("example", &profile("Example", &site.uri("/members")));
    let flags = [
        "run",
        "--all",
        "--set",
        "fetch.max_wait=0s",
        "--set",
        "fetch.tries=1",
    ];
    project.run_at(FIRST, &flags, 3);
    let report = project.expect(&["report", "--full"], 0).stdout;
    assert!(
        report.contains("robots.txt could not be fetched"),
        "{report}"
    );
    assert!(!report.contains("forbids"), "{report}");
    for clock in [
        "2024-01-02T09:00:00Z",
        "2024-01-03T09:00:00Z",
        "2024-01-05T09:00:00Z",
    ] {
        project.run_at(clock, &flags, 3);
    }
    let report = project.json(&["report", "--format", "json"]);
    assert_eq!(
        report["references"][0]["label"], "unreachable",
        "{report:#}"
    );
}

#[test]
fn the_cron_line_of_the_readme_does_what_the_readme_says_of_it() {
    let readme = include_str!("../../README.md");
    let block = readme.split("```cron\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    for said in [
        "What is not due is not visited",
        "two runs never overlap",
        "People can decide during a run: a decision needs no lock",
        "--quiet prints only findings that no earlier run has printed, references that are back, and errors",
    ] {
        assert!(block.contains(said), "{said} is not what README says");
    }
    let line = block
        .lines()
        .find(|it| it.starts_with("7 * * * *"))
        .unwrap();
    let words: Vec<&str> = line.split("&& ").nth(1).unwrap().split(' ').collect();
    assert_eq!(words[0], "stillsays");
    let cron = |project: &Project, clock: &str, code: i32| {
        let ended = project.run_at(clock, &words[1..], code);
        (ended.stdout, ended.stderr)
    };
    let nothing = (String::new(), String::new());
    let site = site();
    let project = Project::new();
    project.profile(
        "example",
        &profile("Example Network", &site.uri("/members")),
    );
    assert_eq!(cron(&project, FIRST, 0), nothing);
    let asked = || site.pages_asked().len();
    assert_eq!(asked(), 1);
    // Not due, not visited.
    site.on("/members", [members(&NAMES[..10])]);
    assert_eq!(cron(&project, "2024-01-01T09:00:00Z", 0), nothing);
    assert_eq!(asked(), 1);
    // Findings that no run before had, once.
    let (printed, errors) = cron(&project, "2024-01-02T09:00:00Z", 0);
    assert!(
        printed.starts_with("2 new: 2 to decide on 1 page\n"),
        "{printed}"
    );
    assert_eq!(errors, "");
    assert_eq!(cron(&project, "2024-01-03T10:00:00Z", 0), nothing);
    // No two runs at once, and a decision in between.
    let stored = lock(&project);
    let (printed, errors) = cron(&project, "2024-01-04T10:00:00Z", 5);
    assert!(
        printed.is_empty() && errors.starts_with("error: "),
        "{printed}{errors}"
    );
    project.run_at(
        "2024-01-04T10:01:00Z",
        &["review", &waiting(&project)[0], "accept"],
        0,
    );
    drop(stored);
    // A reference that is lost, once; one that is back, once.
    site.on("/members", [Reply::status(410, "gone")]);
    let (printed, _) = cron(&project, "2024-01-05T11:00:00Z", 0);
    assert!(
        printed.starts_with("1 new: 1 reference lost\n"),
        "{printed}"
    );
    assert_eq!(cron(&project, "2024-01-06T12:00:00Z", 0), nothing);
    site.on("/members", [members(&NAMES[..10])]);
    let (printed, _) = cron(&project, "2024-01-07T13:00:00Z", 0);
    assert!(printed.contains("1 reference back\n"), "{printed}");
    assert_eq!(cron(&project, "2024-01-08T14:00:00Z", 0), nothing);
}

#[test]
fn a_setting_that_is_a_list_is_given_as_the_file_writes_it() {
    let project = Project::new();
    let config = |given: &str, code| project.expect(&["config", "--set", given], code);
    for given in [
        "serve.hosts=[\"a.example\", \"b.example\"]",
        "serve.hosts=a.example,b.example",
        "serve.hosts= [ 'a.example' , 'b.example' ]",
    ] {
        let printed = config(given, 0).stdout;
        let line = printed
            .lines()
            .find(|it| it.contains("serve.hosts"))
            .unwrap();
        assert!(
            line.contains("a.example") && line.contains("b.example"),
            "{printed}"
        );
        assert!(!line.contains("[\\\""), "{line}");
    }
    let printed = config("fetch.denied_ports=[25, 8080]", 0).stdout;
    assert!(printed.contains("[25, 8080]"), "{printed}");
    let refused = config("serve.hosts=[a.example]", 2).stderr;
    assert!(refused.contains("a list such as"), "{refused}");
}

#[test]
fn hosts_says_that_no_host_is_known() {
    let project = Project::new();
    project.expect(&["init"], 0);
    let printed = project.expect(&["hosts"], 0).stdout;
    assert!(printed.contains("no host"), "{printed}");
}

#[test]
fn lists_added_by_hand_and_claims_beyond_ascii_have_different_names_that_can_be_typed() {
    let site = site();
    let project = Project::new();
    let list = |id: &str, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|it| format!("\"{it}\"")).collect();
        format!(
            "\n[[claims]]\n{id}kind = \"listed\"\ncites = [1]\nnames = [{}]\n",
            names.join(", ")
        )
    };
    let head = format!(
        "title = \"Example\"\n\n[[references]]\nnumber = 1\nurl = \"{}\"\n",
        site.uri("/members")
    );
    project.profile(
        "example",
        &[
            head,
            list("", &NAMES[..4]),
            list("", &NAMES[4..8]),
            list("id = \"партнёры\"\n", &NAMES[8..]),
        ]
        .concat(),
    );
    project.run_at(FIRST, &["run"], 0);
    let report = project.expect(&["report"], 0).stdout;
    for printed in [
        "Harbour Mediation Center and 3 more",
        "Oak Valley Peace Council and 3 more",
        "claim listed-harbour-mediation-center",
        "claim listed-oak-valley-peace-council",
        "claim c3 (партнёры)",
    ] {
        assert!(report.contains(printed), "{printed}: {report}");
    }
    for typed in ["c3", "партнёры"] {
        let history = project.expect(&["history", typed], 0).stdout;
        assert!(
            history.contains(NAMES[11]) && !history.contains(NAMES[0]),
            "{history}"
        );
    }
    let history = project
        .expect(&["history", "listed-oak-valley-peace-council"], 0)
        .stdout;
    assert!(
        history.contains(NAMES[4]) && !history.contains(NAMES[0]),
        "{history}"
    );
    let html = project.expect(&["report", "--format", "html"], 0).stdout;
    assert!(html.contains("id=\"claim-партнёры\""));
}
