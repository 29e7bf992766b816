//! Runs over a scripted site: fetched, stored, compared, reported, decided.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use stillsays::store::{Access, Store};

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
fn names_go_are_renamed_and_appear_while_a_redesign_raises_no_alarm() {
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
    assert!(recheck.contains("unchanged"), "{recheck}");
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
    project.run_at(
        "2024-03-08T08:00:00Z",
        &["review", renamed, "undo", "--by", "eve"],
        0,
    );
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

/// A profile that cites pages and claims nothing.
pub(crate) fn citing(site: &Site, paths: impl IntoIterator<Item = String>) -> String {
    let references = paths.into_iter().enumerate().map(|(place, path)| {
        let (number, url) = (place + 1, site.uri(&path));
        format!("\n[[references]]\nnumber = {number}\ntitle = \"A page\"\nurl = \"{url}\"\n")
    });
    let references: Vec<String> = references.collect();
    format!("format = 1\ntitle = \"Pages\"\n{}", references.concat())
}

/// The program, to be run beside the test.
fn beside(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stillsays"));
    command
        .args(arguments)
        .current_dir(project.path(""))
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn a_run_with_nothing_due_adds_only_when_it_looked() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site));
    project.run_at("2024-01-01T08:00:00Z", &["run"], 0);
    let status = ["status", "--format", "json"];
    assert!(project.json(&status)["last_look"].is_null());
    let leaves = || {
        let file = rusqlite::Connection::open(project.path("snapshots/stillsays.db")).unwrap();
        let sql = "SELECT (SELECT count(*) FROM leaf) + (SELECT count(*) FROM checkpoint)";
        file.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap()
    };
    let before = leaves();
    project.run_at("2024-01-01T09:00:00Z", &["run"], 0);
    assert_eq!(leaves(), before);
    assert_eq!(project.json(&status)["last_look"], "2024-01-01T09:00:00Z");
    let text = project.expect(&["status"], 0).stdout;
    assert!(
        text.contains("nothing due was at 2024-01-01T09:00:00Z"),
        "{text}"
    );
}

#[test]
fn a_run_that_is_killed_again_and_again_loses_and_doubles_nothing() {
    const SEEDS: usize = 200;
    const KILLS: usize = 25;
    // As another seed, STILLSAYS_SEED; the moments are the same for the same seed as far as the machine lets them.
    let mut dice: u64 = std::env::var("STILLSAYS_SEED")
        .ok()
        .and_then(|it| it.parse().ok())
        .unwrap_or(20_261_123);
    println!("the seed of the moments is {dice}");
    let mut roll = |most: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % most
    };
    let site = Site::start();
    let paths: Vec<String> = (0..SEEDS).map(|it| format!("/page/{it}")).collect();
    for path in &paths {
        site.on(path, [Reply::page(format!("<h1>{path}</h1>").repeat(40))]);
    }
    let project = Project::new();
    project.profile("pages", &citing(&site, paths.iter().cloned()));
    let mut killed = 0;
    for _ in 0..KILLS {
        let asked = site.pages_asked().len();
        let until = asked + usize::try_from(roll(2 * SEEDS as u64 / KILLS as u64)).unwrap();
        let mut run = beside(&project, &["run", "--due", "--quiet"])
            .spawn()
            .unwrap();
        let started = Instant::now();
        while run.try_wait().unwrap().is_none()
            && site.pages_asked().len() < until
            && started.elapsed() < Duration::from_secs(20)
        {
            std::thread::sleep(Duration::from_micros(300));
        }
        std::thread::sleep(Duration::from_micros(roll(3000)));
        if run.try_wait().unwrap().is_none() {
            run.kill().unwrap();
            killed += 1;
        }
        run.wait().unwrap();
    }
    assert!(killed >= KILLS / 2, "only {killed} runs were killed");
    project.expect(&["run", "--due", "--quiet"], 0);
    project.expect(&["verify"], 0);
    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
    for path in &paths {
        let visits = store.visits(&site.uri(path).parse().unwrap()).unwrap();
        assert_eq!(visits.len(), 1, "{path}");
        let (id, _) = visits[0].last().unwrap();
        let capture = store.capture(*id).unwrap();
        let stillsays::capture::Outcome::Response(response) = &capture.outcome else {
            panic!("{path}: {capture:?}");
        };
        let body = format!("<h1>{path}</h1>").repeat(40);
        assert_eq!(response.payload, body.as_bytes(), "{path}");
    }
    // What was on its way when it was killed is had again, and nothing else is.
    let again = site.pages_asked().len() - SEEDS;
    println!("{killed} kills, {again} pages had again");
    assert!(again <= killed * 70, "{again}");
}

#[test]
fn a_store_that_another_program_reads_or_writes_makes_a_run_wait_and_lose_nothing() {
    let site = Site::start();
    let paths: Vec<String> = (0..12).map(|it| format!("/{it}")).collect();
    for path in &paths {
        site.on(path, [Reply::page(path)]);
    }
    let project = Project::new();
    project.profile("pages", &citing(&site, paths[..1].iter().cloned()));
    project.expect(&["run", "--quiet"], 0);
    project.profile("pages", &citing(&site, paths.iter().cloned()));
    let file = project.path("snapshots/stillsays.db");
    let open = || rusqlite::Connection::open(&file).unwrap();
    let (reader, writer) = (open(), open());
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM capture")
        .unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut run = beside(&project, &["run", "--due", "--quiet"])
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert!(run.try_wait().unwrap().is_none(), "it did not wait");
    writer.execute_batch("ROLLBACK").unwrap();
    assert!(run.wait().unwrap().success());
    // The reader sees what was there when it began, and stops nobody.
    let seen: i64 = reader
        .query_row("SELECT count(*) FROM capture", (), |row| row.get(0))
        .unwrap();
    assert_eq!(seen, 1);
    reader.execute_batch("ROLLBACK").unwrap();
    project.expect(&["verify"], 0);
    let store = Store::open(&file, Access::ReadOnly).unwrap();
    assert_eq!(store.last_visits().unwrap().len(), 12);
}

#[test]
fn a_run_under_a_clock_that_went_wrong_keeps_no_page_from_being_visited() {
    let site = Site::start();
    site.on("/a", [Reply::page("a")]);
    let project = Project::new();
    project.profile("pages", &citing(&site, ["/a".to_owned()]));
    project.run_at("2024-01-01T08:00:00Z", &["run"], 0);
    project.run_at("2031-01-01T08:00:00Z", &["run"], 0);
    assert_eq!(site.pages_asked().len(), 2);
    // Back in time: the visit from the future counts for nothing, the one before it does.
    let early = project.run_at("2024-01-01T20:00:00Z", &["run", "--due"], 0);
    assert!(early.stderr.contains("0 pages visited"), "{}", early.stderr);
    for (clock, visits) in [("2024-01-03T08:00:00Z", 3), ("2024-01-03T09:00:00Z", 3)] {
        project.run_at(clock, &["run", "--due"], 0);
        assert_eq!(site.pages_asked().len(), visits, "{clock}");
    }
    let captures = project.json(&["captures", &site.uri("/a"), "--format", "json"]);
    assert_eq!(captures["captures"].as_array().unwrap().len(), 3);
    project.expect(&["verify"], 0);
}

#[test]
fn a_server_with_wrong_validators_is_reported_and_they_are_ignored_from_then_on() {
    let site = Site::start();
    let project = Project::new();
    project.profile("pages", &citing(&site, ["/a".to_owned()]));
    let page = |body: &str| Reply::page(body).field("ETag", "\"1\"");
    let not_modified = Reply::status(304, "").field("ETag", "\"1\"");
    site.on("/a", [page("one"), not_modified, page("two"), page("two")]);
    let run = |day: u32| {
        let clock = format!("2024-01-{day:02}T08:00:00Z");
        let every_second = ["run", "--set", "schedule.unconditional=2"];
        project.run_at(&clock, &every_second, 0).stderr
    };
    let conditional = || site.asked().last().unwrap().head.contains("If-None-Match");
    let printed = "the server changed the page without changing its ETag";
    for (day, asks, tells) in [
        (1, false, false),
        (3, true, false),
        (5, false, true),
        (7, false, false),
        (9, false, false),
    ] {
        let said = run(day);
        assert_eq!(conditional(), asks, "{day}");
        assert_eq!(said.contains(printed), tells, "{day}: {said}");
    }
}

/// What is stored has secrets only where the server itself sent them.
fn assert_no_secret_is_stored(project: &Project, secrets: &[&str]) {
    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
    let mut captures = 0;
    for seed in store.seed_uris().unwrap() {
        for visit in store.visits(&seed).unwrap() {
            for (hop, (id, _)) in visit.hops.into_iter().enumerate() {
                let capture = store.capture(id).unwrap();
                let request = String::from_utf8(capture.request.clone()).unwrap();
                assert!(!request.contains("uthorization"), "{request}");
                // A visit begins without cookies; its redirects have those that were set in it.
                assert!(hop > 0 || !request.contains("Cookie"), "{request}");
                let addressed = format!("{} {request}", capture.target_uri);
                assert!(
                    !secrets.iter().any(|it| addressed.contains(it)),
                    "{addressed}"
                );
                captures += 1;
            }
        }
    }
    assert!(captures >= 6, "{captures}");
}

/// The addresses, requests and metadata of an export.
fn exported_but_for_responses(project: &Project) -> String {
    project.expect(&["export", "warc", "-o", "out"], 0);
    let mut exported = String::new();
    for file in std::fs::read_dir(project.path("out")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for record in stillsays::warc::Reader::new("out", bytes.as_slice()).flatten() {
            if !matches!(record.kind.as_str(), "response" | "revisit") {
                exported += &String::from_utf8_lossy(&record.block);
                exported += record.target_uri().unwrap_or_default();
            }
        }
    }
    exported
}

#[test]
fn no_password_and_no_cookie_is_in_any_log_report_or_request() {
    let site = Site::start();
    let secrets = ["hunter2", "swordfish", "proxysecret"];
    let credentials = |path: &str, user: &str| {
        site.uri(path)
            .replace("http://", &format!("http://{user}@"))
    };
    let cookie = "session=cookiesecret";
    site.on(
        "/in",
        [
            Reply::redirect(302, &credentials("/there", "bob:swordfish"))
                .field("Set-Cookie", cookie),
        ],
    );
    site.on("/there", [Reply::page(BEFORE).field("Set-Cookie", cookie)]);
    // The site is its own proxy: it is asked by whole addresses.
    let whole = |path: &str| site.uri(path);
    site.on(
        &whole("/in"),
        [
            Reply::redirect(302, &credentials("/there", "bob:swordfish"))
                .field("Set-Cookie", cookie),
        ],
    );
    site.on(
        &whole("/there"),
        [Reply::page(BEFORE).field("Set-Cookie", cookie)],
    );
    let toml = profile(&site)
        .replace(&site.uri("/members"), &credentials("/in", "ada:hunter2"))
        .replace(&site.uri("/about"), &credentials("/gone", "ada:hunter2"));
    let project = Project::new();
    project.profile("example", &toml);
    let proxy = format!("fetch.proxy=http://me:proxysecret@{}", site.address());
    let mut said = String::new();
    for (clock, more) in [
        ("2024-01-01T08:00:00Z", &[][..]),
        ("2024-02-01T08:00:00Z", &["--set", proxy.as_str()]),
    ] {
        let arguments = [&["run", "-vv", "--all", "--clock", clock], more].concat();
        let ended = project.run(&arguments);
        assert!(ended.code == 0, "{}", ended.stderr);
        assert!(
            ended.stderr.contains("they are left out"),
            "{}",
            ended.stderr
        );
        said += &(ended.stdout + &ended.stderr);
    }
    assert!(
        site.asked()
            .iter()
            .any(|it| it.head.contains("Proxy-Authorization"))
    );
    for format in ["text", "markdown", "html", "json", "csv"] {
        said += &project.expect(&["report", "--format", format], 0).stdout;
    }
    let there = site.uri("/there");
    for arguments in [
        &["status", "--format", "json"][..],
        &["hosts", "--format", "json"],
        &["hosts"],
        &["captures", &site.uri("/in"), "--format", "json"],
        &["captures", &there],
        &["config", "--set", &proxy],
        &["config", "--set", &proxy, "--format", "json"],
        &["run", "--dry-run", "--all"],
        &["run", "--dry-run", "--all", "--format", "json"],
    ] {
        let ended = project.run(&[arguments, &["-vv"]].concat());
        said += &(ended.stdout + &ended.stderr);
    }
    for secret in secrets
        .iter()
        .chain(&["cookiesecret", "bWU6cHJveHlzZWNyZXQ="])
    {
        let at = said.find(secret);
        let around = at.map(|it| &said[it.saturating_sub(200)..it]);
        assert_eq!(around, None, "{secret} was told");
    }
    // An export has no password either, and a cookie only where it was sent: on the redirects of a visit.
    let exported = exported_but_for_responses(&project);
    assert!(exported.contains("GET /"), "{exported}");
    for secret in ["hunter2", "proxysecret", "bWU6cHJveHlzZWNyZXQ="] {
        assert!(!exported.contains(secret), "{secret} was exported");
    }
    assert_no_secret_is_stored(&project, &secrets);
}
