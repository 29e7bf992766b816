//! What follows from a decision: muted lists, reasons that teach, captures that are set aside, days until which a finding waits.

use serde_json::Value;

use crate::{
    project::Project,
    site::{Reply, Site},
};

const NAMES: [&str; 8] = [
    "Harbour Mediation Center",
    "Quiet River Institute",
    "Northfield Justice Alliance",
    "Lantern Street Dialogue Project",
    "Oak Valley Peace Council",
    "Tall Grass Cooperative",
    "Saltmarsh Youth Circle",
    "Bridgewater Fellowship",
];

const FORMATS: [&str; 5] = ["text", "markdown", "html", "json", "csv"];

/// Days of 2024, at eight in the morning.
fn day(number: u32) -> String {
    format!("2024-03-{number:02}T08:00:00Z")
}

fn members(names: &[&str]) -> Reply {
    let items: Vec<String> = names.iter().map(|it| format!("<li>{it}</li>")).collect();
    Reply::page(format!(
        "<html><head><title>Our members</title></head><body><h1>Our members</h1><ul>{}</ul>\
         <p>The members of the network meet twice a year and publish what they have agreed on.</p></body></html>",
        items.concat()
    ))
}

/// A page that lists `first`, then, from the second visit on, `then`; the article claims [`NAMES`].
fn changed(first: &[&str], then: &[&str]) -> (Site, Project) {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    site.on("/members", [members(first)]);
    let names: Vec<String> = NAMES.iter().map(|it| format!("\"{it}\"")).collect();
    let project = Project::new();
    project.profile(
        "example",
        &format!(
            "title = \"Example Network\"\n\n[[references]]\nnumber = 1\ntitle = \"Our members\"\nurl = \"{}\"\n\n\
             [[claims]]\nid = \"members\"\nkind = \"listed\"\ncites = [1]\nnames = [{}]\n",
            site.uri("/members"),
            names.join(", ")
        ),
    );
    project.run_at(&day(1), &["run", "--quiet"], 0);
    site.on("/members", [members(then)]);
    project.run_at(&day(2), &["run", "--all", "--quiet"], 0);
    (site, project)
}

/// All entries of the report at a time.
fn entries(project: &Project, at: &str) -> Vec<Value> {
    let report = project.run_at(at, &["report", "--format", "json"], 0);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let claims = report["claims"].as_array().unwrap().iter();
    let entries = claims.flat_map(|it| it["entries"].as_array().unwrap().clone());
    entries.collect()
}

/// The one entry about something, at a time.
fn about(project: &Project, at: &str, subject: &str) -> Value {
    let mut found = entries(project, at);
    found.retain(|it| it["subject"] == subject);
    assert_eq!(found.len(), 1, "{subject}: {found:?}");
    found.remove(0)
}

fn id(entry: &Value) -> String {
    entry["finding"]["id"].as_str().unwrap().to_owned()
}

/// How many findings are open, as `status` counts them.
fn open(project: &Project, at: &str) -> u64 {
    let status = project.run_at(at, &["status", "--format", "json"], 0);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let rows = status["profiles"][0]["references"].as_array().unwrap();
    rows.iter()
        .map(|it| it["open_findings"].as_u64().unwrap())
        .sum()
}

/// The findings that are stored must be those of a computation from scratch.
fn same_from_scratch(project: &Project, at: &str) {
    let before: Vec<Value> = entries(project, at);
    let printed = project.run_at(at, &["recheck"], 0);
    assert_eq!(entries(project, at), before, "{}", printed.stdout);
    project.run_at(at, &["verify", "--deep"], 0);
}

#[test]
fn a_muted_list_may_grow_without_a_question_until_the_mute_is_taken_back() {
    let grown = [&NAMES[..], &["Quillmoor Trust", "Ember Food Fund"]].concat();
    let (site, project) = changed(&NAMES, &grown);
    let at = day(3);
    let new = about(&project, &at, "Ember Food Fund");
    assert_eq!(
        (&new["need"], &new["state"]),
        (&"decide".into(), &"open".into())
    );
    assert_eq!(open(&project, &at), 2);
    let asks = ["run", "--fail-on", "changes", "--quiet"];
    project.run_at(&at, &asks, 1);
    let note = ["--by", "ben", "--note", "one a week"];
    let printed = project.run_at(&at, &[&["mute", &id(&new)[..6]], &note[..]].concat(), 0);
    assert!(
        printed.stderr.contains("mute members --undo"),
        "{}",
        printed.stderr
    );
    assert_eq!(open(&project, &at), 0);
    project.run_at(&at, &asks, 0);
    for format in FORMATS {
        let report = project
            .run_at(&at, &["report", "--format", format], 0)
            .stdout;
        for said in ["ben", "one a week"] {
            assert!(report.contains(said), "{format}: {report}");
        }
    }
    let listed = project.run_at(&at, &["mute"], 0).stdout;
    assert!(
        listed.contains("members") && listed.contains("ben"),
        "{listed}"
    );
    // More of the same asks nothing either, and what is no new name is asked about as before.
    let more = [&grown[1..], &["Fjord Media Union"]].concat();
    site.on("/members", [members(&more)]);
    let news = project
        .run_at(&day(4), &["run", "--all", "--quiet"], 0)
        .stdout;
    assert!(
        news.contains("1 to decide") && news.contains(NAMES[0]),
        "{news}"
    );
    assert!(!news.contains("Fjord"), "{news}");
    project.run_at(&day(4), &["mute", "members", "--by", "anna"], 0);
    let again = project.run_at(&day(5), &["mute", "members", "--undo"], 0);
    assert!(
        again.stderr.contains("asked about again"),
        "{}",
        again.stderr
    );
    assert_eq!(open(&project, &day(5)), 4);
    project.run_at(&day(5), &["verify"], 0);
    let wrong = id(&about(&project, &day(5), NAMES[0]));
    project.run_at(&day(5), &["mute", &wrong], 2);
    project.run_at(&day(5), &["mute", "nothing"], 2);
}

#[test]
fn two_spellings_that_a_reviewer_holds_to_be_one_name_are_asked_about_no_more() {
    let other = "Lantern St. Dialogue Project";
    let then: Vec<&str> = NAMES.into_iter().filter(|it| *it != NAMES[3]).collect();
    let (_site, project) = changed(&NAMES, &[&then[..], &["Ember Food Fund", other]].concat());
    let at = day(3);
    let gone = about(&project, &at, NAMES[3]);
    assert_eq!(gone["need"], "decide", "{gone}");
    let new = about(&project, &at, other);
    let wrong = ["review", &id(&gone), "reject", "--reason", "same-name"];
    let refused = project.run_at(&at, &wrong, 2);
    assert!(refused.stderr.contains("--words"), "{}", refused.stderr);
    let printed = project.run_at(&at, &[&wrong[..], &["--words", other]].concat(), 0);
    assert!(
        printed.stderr.contains("two spellings"),
        "{}",
        printed.stderr
    );
    assert!(
        printed.stderr.contains("settles 1 more"),
        "{}",
        printed.stderr
    );
    assert_eq!(about(&project, &at, NAMES[3])["label"], "present");
    assert_eq!(open(&project, &at), 1);
    same_from_scratch(&project, &at);
    // The new name teaches the same, and what was learned can be taken back.
    let undone = project.run_at(&at, &["review", &id(&gone), "undo"], 0);
    assert!(undone.stderr.contains("open again"), "{}", undone.stderr);
    assert_eq!(open(&project, &at), 3);
    let same = ["review", &id(&new), "reject", "--reason", "same-name"];
    project.run_at(&at, &[&same[..], &["--words", NAMES[3]]].concat(), 0);
    assert_eq!(about(&project, &at, NAMES[3])["label"], "present");
    same_from_scratch(&project, &at);
}

#[test]
fn names_that_a_reviewer_holds_apart_are_no_rename() {
    let mut then = NAMES;
    then[3] = "Lantern Street Community Dialogue Project";
    let (_site, project) = changed(&NAMES, &then);
    let at = day(3);
    let renamed = about(&project, &at, NAMES[3]);
    assert_eq!(renamed["label"], "renamed", "{renamed}");
    let other = ["review", &id(&renamed), "reject", "--reason", "other-body"];
    let printed = project.run_at(&at, &other, 0);
    assert!(
        printed.stderr.contains("different organizations"),
        "{}",
        printed.stderr
    );
    assert_ne!(about(&project, &at, NAMES[3])["label"], "renamed");
    same_from_scratch(&project, &at);
    project.run_at(&at, &["review", &id(&renamed), "undo"], 0);
    assert_eq!(about(&project, &at, NAMES[3])["label"], "renamed");
}

#[test]
fn what_the_reader_missed_is_listed_by_recheck() {
    let (_site, project) = changed(&NAMES, &NAMES[..7]);
    let at = day(3);
    let gone = id(&about(&project, &at, NAMES[7]));
    let wrong = ["review", &gone, "reject", "--reason", "on-page", "--words"];
    project.run_at(&at, &[&wrong[..], &["publish what they have"]].concat(), 0);
    let listed = project.run_at(&at, &["recheck"], 0).stdout;
    for said in [
        "still missed",
        &gone,
        NAMES[7],
        "publish what they have",
        "is in the text",
    ] {
        assert!(listed.contains(said), "{said}: {listed}");
    }
    let json = project
        .run_at(&at, &["recheck", "--format", "json"], 0)
        .stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let missed = &json["profiles"][0]["on_page"][0];
    assert_eq!(
        (&missed["still_missed"], &missed["in_text"]),
        (&true.into(), &true.into())
    );
    project.run_at(&at, &["review", &gone, "undo"], 0);
    let listed = project.run_at(&at, &["recheck"], 0).stdout;
    assert!(!listed.contains("missed"), "{listed}");
}

#[test]
fn a_capture_that_is_not_the_page_is_set_aside_until_that_is_undone() {
    let (site, project) = changed(&NAMES, &NAMES[..5]);
    let at = day(3);
    let gone = about(&project, &at, NAMES[6]);
    assert_eq!(open(&project, &at), 3);
    let bad = ["review", &id(&gone), "reject", "--reason", "bad-copy"];
    let printed = project.run_at(&at, &bad, 0);
    assert!(printed.stderr.contains("set aside"), "{}", printed.stderr);
    assert!(
        printed.stderr.contains("settles 2 more"),
        "{}",
        printed.stderr
    );
    assert_eq!(about(&project, &at, NAMES[6])["label"], "present");
    assert_eq!(open(&project, &at), 0);
    let captures = project
        .run_at(&at, &["captures", &site.uri("/members")], 0)
        .stdout;
    assert_eq!(
        captures.trim().lines().count(),
        2,
        "it is not deleted: {captures}"
    );
    same_from_scratch(&project, &at);
    project.run_at(&at, &["review", &id(&gone), "undo"], 0);
    assert_eq!(open(&project, &at), 3);
    same_from_scratch(&project, &at);
    project.run_at(&at, &bad, 0);
    // The next visit says the same: the finding comes back, with the decision beside it.
    project.run_at(&day(4), &["run", "--all", "--quiet"], 0);
    let back = about(&project, &day(4), NAMES[6]);
    assert_eq!(
        (&back["state"], &back["need"]),
        (&"came-back".into(), &"decide".into())
    );
    assert_eq!(back["decided"], "wrong");
    assert_eq!(open(&project, &day(4)), 3);
    same_from_scratch(&project, &day(4));
}

#[test]
fn what_is_put_off_until_a_day_is_not_open_before_and_comes_back_on_it() {
    let (_site, project) = changed(&NAMES, &NAMES[..7]);
    let gone = id(&about(&project, &day(3), NAMES[7]));
    let printed = project.run_at(
        &day(3),
        &[
            "review",
            &gone,
            "later",
            "--until",
            "2024-03-10",
            "--by",
            "ben",
        ],
        0,
    );
    assert!(
        printed.stderr.contains("until 2024-03-10"),
        "{}",
        printed.stderr
    );
    let before = about(&project, &day(9), NAMES[7]);
    assert_eq!(
        (&before["state"], &before["need"]),
        (&"later".into(), &"later".into())
    );
    assert_eq!(open(&project, &day(9)), 0);
    project.run_at(&day(9), &["run", "--fail-on", "changes", "--quiet"], 0);
    let text = project.run_at(&day(9), &["report"], 0).stdout;
    assert!(text.contains("put off until 2024-03-10 by ben"), "{text}");
    let then = about(&project, &day(10), NAMES[7]);
    assert_eq!(
        (&then["state"], &then["need"]),
        (&"came-back".into(), &"decide".into())
    );
    assert_eq!(open(&project, &day(10)), 1);
    project.run_at(&day(10), &["run", "--fail-on", "changes", "--quiet"], 1);
    let text = project.run_at(&day(10), &["report"], 0).stdout;
    assert!(
        text.contains("came back: later until 2024-03-10 by ben"),
        "{text}"
    );
}

#[test]
fn a_decision_about_a_past_finding_stays_and_says_so() {
    let (site, project) = changed(&NAMES, &NAMES[..7]);
    let gone = id(&about(&project, &day(3), NAMES[7]));
    project.run_at(
        &day(3),
        &["review", &gone, "accept", "--note", "ask them"],
        0,
    );
    let state = |at: &str| {
        let report = project.run_at(at, &["report", "--format", "json"], 0);
        let report: Value = serde_json::from_str(&report.stdout).unwrap();
        report["decided"][0]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(&day(3)), "to-edit");
    site.on("/members", [members(&NAMES)]);
    project.run_at(&day(4), &["run", "--all", "--quiet"], 0);
    assert_eq!(state(&day(4)), "no-longer-so");
    let text = project.run_at(&day(4), &["report"], 0).stdout;
    assert!(text.contains("No longer so"), "{text}");
    // The article follows.
    let profile = project.read("config/profiles/example.toml");
    let edited = profile.replace(&format!(", \"{}\"", NAMES[7]), "");
    project.write("config/profiles/example.toml", edited);
    assert_eq!(state(&day(5)), "done");
}
