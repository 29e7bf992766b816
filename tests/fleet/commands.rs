//! `stillsays fleet`: two archives and a fetcher, on both databases.

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{
    project::Project,
    server,
    site::{Reply, Site},
};

/// An archive of the fleet, with one profile that cites pages.
fn archive(fleet: &Project, database: &str, name: &str, pages: &[String]) -> Project {
    let project = Project::new();
    let depot = fleet.path("depot");
    let depot = depot.display();
    project.write(
        "config/stillsays.toml",
        format!(
            "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\ncontact = \"tests@example.org\"\n\
             [schedule]\nevery = \"1ms\"\n\
             [fleet]\ndatabase = \"{database}\"\ndepot = \"{depot}\"\narchive = \"{name}\"\nlease = \"5s\"\n"
        ),
    );
    let mut profile = "format = 1\ntitle = \"T\"\n".to_owned();
    for (number, page) in pages.iter().enumerate() {
        let number = number + 1;
        writeln!(
            profile,
            "[[references]]\nnumber = {number}\ntitle = \"R\"\nurl = \"{page}\""
        )
        .unwrap();
    }
    project.profile("p", &profile);
    project
}

fn on_both(scenario: impl Fn(&str, &Project)) {
    let fleet = Project::new();
    let file = fleet.path("fleet.db");
    scenario(file.to_str().unwrap(), &fleet);
    if let Some(address) = server::database() {
        scenario(&address, &Project::new());
    }
}

/// The number of captures of a page in an archive.
fn captures(project: &Project, page: &str) -> usize {
    let list = project.json(&["captures", page, "--format", "json"]);
    list["captures"].as_array().map_or(0, Vec::len)
}

fn asked(site: &Site, path: &str) -> usize {
    site.asked().iter().filter(|it| it.path == path).count()
}

#[test]
fn one_visit_is_delivered_to_every_archive_that_cites_the_page() {
    on_both(|database, fleet| {
        let site = Site::start();
        let page = |text: &str| Reply::page(format!("<p>{text} is here")).field("ETag", "\"1\"");
        site.on("/shared", [page("shared"), Reply::status(304, "")]);
        site.on("/own", [page("own")]);
        let (shared, own) = (site.uri("/shared"), site.uri("/own"));
        let one = archive(fleet, database, "one", &[shared.clone(), own.clone()]);
        let two = archive(fleet, database, "two", std::slice::from_ref(&shared));
        let early = one.expect(&["fleet", "status"], 2);
        assert!(early.stderr.contains("fleet init"), "{}", early.stderr);
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        two.expect(&["fleet", "archive", "--once"], 0);
        let status = one.json(&["fleet", "status", "--format", "json"]);
        assert_eq!(
            (&status["seeds"], &status["seeds_due"]),
            (&Value::from(2), &Value::from(2))
        );

        one.expect(&["fleet", "fetch", "--once"], 0);
        assert_eq!((asked(&site, "/shared"), asked(&site, "/own")), (1, 1));
        let status = two.json(&["fleet", "status", "--format", "json"]);
        assert_eq!(status["archives"][1]["waiting"], 1, "{status}");
        for project in [&one, &two] {
            project.expect(&["fleet", "archive", "--once"], 0);
            assert_eq!(captures(project, &shared), 1);
            project.expect(&["verify", "--deep"], 0);
        }
        assert_eq!(captures(&one, &own), 1);
        two.expect(&["captures", &own], 2);

        // Both archives have the same capture now, so the next request has a condition.
        one.expect(&["fleet", "fetch", "--once"], 0);
        let again = site.asked();
        let again = again.iter().rfind(|it| it.path == "/shared").unwrap();
        assert!(
            again.head.contains("If-None-Match: \"1\""),
            "{}",
            again.head
        );
        for project in [&one, &two] {
            project.expect(&["fleet", "archive", "--once"], 0);
            assert_eq!(captures(project, &shared), 2);
            project.expect(&["verify", "--deep"], 0);
        }
        let metrics = one.expect(&["fleet", "status", "--metrics"], 0).stdout;
        assert!(
            metrics.contains("stillsays_fleet_archive_waiting_bundles{archive=\"one\"} 0"),
            "{metrics}"
        );
    });
}

#[test]
fn an_archive_enters_a_fleet_as_it_is_and_leaves_it_as_one_machine() {
    on_both(|database, fleet| {
        let site = Site::start();
        site.on("/a", [Reply::page("<p>a")]);
        let page = site.uri("/a");
        let one = archive(fleet, database, "one", std::slice::from_ref(&page));
        // As on one machine.
        one.expect(&["run", "--quiet"], 0);
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        one.expect(&["fleet", "fetch", "--once"], 0);
        let left = one.expect(&["fleet", "export"], 0);
        assert!(
            left.stdout.contains("left the fleet with 1 page"),
            "{}",
            left.stdout
        );
        assert_eq!(captures(&one, &page), 2);
        assert!(one.expect(&["hosts"], 0).stdout.contains("robots.txt"));
        one.expect(&["fleet", "fetch", "--once"], 0);
        assert_eq!(asked(&site, "/a"), 2);
        one.expect(&["run", "--quiet"], 0);
        assert_eq!(asked(&site, "/a"), 3);
        one.expect(&["verify", "--deep"], 0);
    });
}

#[test]
fn a_redirect_to_another_host_waits_for_its_turn_there() {
    on_both(|database, fleet| {
        let (here, there) = (Site::start(), Site::start());
        here.on("/a", [Reply::redirect(301, &there.uri("/b"))]);
        there.on("/b", [Reply::page("<p>b")]);
        there.on("/c", [Reply::page("<p>c")]);
        let pages = [here.uri("/a"), there.uri("/c")];
        let one = archive(fleet, database, "one", &pages);
        let slowly = ["--set", "fetch.delay=700ms", "--set", "schedule.every=1d"];
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        one.expect(&[&["fleet", "fetch", "--once"][..], &slowly].concat(), 0);
        one.expect(&[&["fleet", "archive", "--once"][..], &slowly].concat(), 0);
        assert_eq!(captures(&one, &pages[0]), 1);
        let mut at: Vec<_> = there
            .asked()
            .into_iter()
            .filter(|it| it.path != "/robots.txt")
            .map(|it| it.at)
            .collect();
        at.sort();
        assert_eq!(at.len(), 2);
        assert!((at[1] - at[0]).as_millis() >= 650, "{:?}", at[1] - at[0]);
    });
}

#[test]
fn what_the_depot_has_lost_can_be_given_up() {
    on_both(|database, fleet| {
        let site = Site::start();
        site.on("/a", [Reply::page("<p>a")]);
        let page = site.uri("/a");
        let one = archive(fleet, database, "one", std::slice::from_ref(&page));
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        one.expect(&["fleet", "fetch", "--once"], 0);
        std::fs::remove_dir_all(fleet.path("depot/bundles")).unwrap();
        let lost = one.expect(&["fleet", "archive", "--once"], 3);
        assert!(
            lost.stderr.contains("the depot has no bundle"),
            "{}",
            lost.stderr
        );
        one.expect(&["fleet", "archive", "--once", "--skip-lost"], 0);
        one.expect(&["fleet", "fetch", "--once"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        assert_eq!(captures(&one, &page), 1);
        assert_eq!(asked(&site, "/a"), 2);
    });
}

/// The names of a list with three pages.
const NAMES: [&str; 9] = [
    "Alder Mediation House",
    "Birch Listening Center",
    "Cedar Peace Forum",
    "Dogwood Alliance",
    "Elm Street Neighbors",
    "Fern Valley Institute",
    "Grove Civic Council",
    "Harbor Dialogue Project",
    "Iris Lane Society",
];

/// A site with that list, three names on a page.
fn list_site() -> Site {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    for (place, names) in NAMES.chunks(3).enumerate() {
        let path = match place {
            0 => "/members".to_owned(),
            more => format!("/members?page={}", more + 1),
        };
        site.on(&path, [list_page(names), Reply::status(304, "")]);
    }
    site
}

fn list_page(names: &[&str]) -> Reply {
    let items = names.join("</li><li>");
    let links = (1..=3).map(|it| format!("<a href=\"/members?page={it}\">{it}</a> "));
    let pager: String = links.collect();
    Reply::page(format!(
        "<!doctype html><html lang=en><head><title>Members - Valley Network</title></head><body><main><h1>Our members</h1>\
         <p>The network was founded to help people who live side by side, and these are the groups in it.</p>\
         <ul class=members><li>{items}</li></ul><nav class=pagination>{pager}</nav></main></body></html>"
    ))
    .field("ETag", "\"1\"")
}

/// A profile that claims names of the list.
fn claim(project: &Project, site: &Site, names: &[&str]) {
    let page = site.uri("/members");
    project.profile(
        "p",
        &format!(
            "format = 1\ntitle = \"T\"\n[[references]]\nnumber = 1\ntitle = \"Our members\"\nurl = \"{page}\"\n\
             [[claims]]\nid = \"members\"\nkind = \"listed\"\ncites = [1]\nnames = {names:?}\n"
        ),
    );
}

/// How each claimed name is judged.
fn labels(project: &Project) -> Vec<(String, String)> {
    let report = project.json(&["report", "--format", "json"]);
    let claims = report["claims"].as_array().unwrap().iter();
    let entries = claims.flat_map(|it| it["entries"].as_array().unwrap());
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    entries
        .map(|it| (text(&it["subject"]), text(&it["label"])))
        .collect()
}

#[test]
fn further_pages_of_a_list_are_visited_under_the_same_lease_where_an_archive_needs_them() {
    on_both(|database, fleet| {
        let site = list_site();
        let one = archive(fleet, database, "one", &[site.uri("/members")]);
        let two = archive(fleet, database, "two", &[site.uri("/members")]);
        claim(&one, &site, &[&NAMES[..8], &["Oak Circle"]].concat());
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        one.expect(
            &["fleet", "fetch", "--once", "--set", "fetch.delay=120ms"],
            0,
        );
        let all = ["/members", "/members?page=2", "/members?page=3"];
        assert_eq!(site.pages_asked(), all);
        let at: Vec<_> = site.asked().iter().map(|it| it.at).collect();
        assert!(at.windows(2).all(|it| (it[1] - it[0]).as_millis() >= 120));
        one.expect(&["fleet", "archive", "--once"], 0);
        let told = labels(&one);
        for (name, label) in [
            ("Alder Mediation House", "present"),
            ("Elm Street Neighbors", "present"),
            ("Oak Circle", "absent"),
            ("Iris Lane Society", "new"),
        ] {
            assert!(
                told.contains(&(name.to_owned(), label.to_owned())),
                "{name}: {told:?}"
            );
        }
        one.expect(&["verify", "--deep"], 0);

        // Nothing changed: the known pages are asked for, each with its condition.
        one.expect(&["fleet", "fetch", "--once"], 0);
        assert_eq!(site.pages_asked(), [all, all].concat());
        let asked = site.asked();
        let conditional = asked.iter().filter(|it| it.head.contains("If-None-Match"));
        assert_eq!(conditional.count(), 3);
        one.expect(&["fleet", "archive", "--once"], 0);
        assert_eq!(labels(&one), told);
        one.expect(&["verify", "--deep"], 0);
        let recheck = one.expect(&["recheck"], 0).stdout;
        assert!(recheck.contains("unchanged"), "{recheck}");

        // An archive that has nothing yet gets all pages without a condition, and reads the first page alone as it is.
        two.expect(&["fleet", "archive", "--once"], 0);
        for page in all {
            site.on(
                page,
                [list_page(&[
                    "Elm Street Neighbors",
                    "Oak Circle",
                    "Plum Grove Society",
                ])],
            );
        }
        two.expect(&["fleet", "fetch", "--once"], 0);
        let asked = site.asked();
        let last = &asked[asked.len() - 3..];
        let is_free = |head: &str| !head.contains("If-None-Match");
        assert!(last.iter().all(|it| is_free(&it.head)), "{last:?}");
        for project in [&one, &two] {
            project.expect(&["fleet", "archive", "--once"], 0);
            project.expect(&["verify", "--deep"], 0);
        }
        assert_eq!(captures(&two, &site.uri("/members")), 1);
    });
}

#[test]
fn a_list_whose_names_are_all_on_its_first_page_is_not_followed() {
    on_both(|database, fleet| {
        let site = list_site();
        let one = archive(fleet, database, "one", &[site.uri("/members")]);
        claim(&one, &site, &NAMES[..3]);
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        one.expect(&["fleet", "fetch", "--once"], 0);
        assert_eq!(site.pages_asked(), ["/members"]);
    });
}

#[test]
fn a_fetcher_follows_no_more_pages_than_its_settings_allow() {
    on_both(|database, fleet| {
        let site = list_site();
        let one = archive(fleet, database, "one", &[site.uri("/members")]);
        claim(&one, &site, &NAMES);
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        one.expect(&["fleet", "fetch", "--once", "--set", "fetch.pages=1"], 0);
        assert_eq!(site.pages_asked(), ["/members", "/members?page=2"]);
    });
}

#[test]
fn a_bundle_is_a_file_that_import_reads_with_its_further_pages() {
    let fleet = Project::new();
    let site = list_site();
    let database = fleet.path("fleet.db");
    let one = archive(&fleet, database.to_str().unwrap(), "one", &[]);
    claim(&one, &site, &NAMES);
    one.expect(&["fleet", "init"], 0);
    one.expect(&["fleet", "archive", "--once"], 0);
    one.expect(&["fleet", "fetch", "--once"], 0);
    let folder = std::fs::read_dir(fleet.path("depot/bundles"))
        .unwrap()
        .next();
    let bundle = std::fs::read_dir(folder.unwrap().unwrap().path())
        .unwrap()
        .next();
    let bundle = bundle.unwrap().unwrap().path();
    let other = Project::new();
    claim(&other, &site, &NAMES);
    other.expect(&["import", bundle.to_str().unwrap()], 0);
    other.expect(&["recheck"], 0);
    let told = labels(&other);
    assert!(told.iter().all(|it| it.1 == "present"), "{told:?}");
}

#[test]
fn what_fetchers_brought_survives_the_loss_of_the_database() {
    let fleet = Project::new();
    let site = Site::start();
    site.on("/a", [Reply::page("<p>a")]);
    let page = site.uri("/a");
    let (old, new) = (fleet.path("old.db"), fleet.path("new.db"));
    let one = archive(
        &fleet,
        old.to_str().unwrap(),
        "one",
        std::slice::from_ref(&page),
    );
    let two = archive(
        &fleet,
        old.to_str().unwrap(),
        "two",
        std::slice::from_ref(&page),
    );
    one.expect(&["fleet", "init"], 0);
    for project in [&one, &two] {
        project.expect(&["fleet", "archive", "--once"], 0);
    }
    one.expect(&["fleet", "fetch", "--once"], 0);
    one.expect(&["fleet", "archive", "--once"], 0);
    // The second archive had not taken the visit.
    let set = format!("fleet.database={}", new.display());
    let with = |project: &Project, arguments: &[&str]| {
        let arguments = [arguments, &["--set", &set, "--set", "schedule.every=1d"]].concat();
        project.expect(&arguments, 0).stdout
    };
    with(&one, &["fleet", "init"]);
    let early = with(&one, &["fleet", "reap"]);
    assert!(early.contains("0 bundles delivered"), "{early}");
    assert!(early.contains("1 left"), "{early}");
    for project in [&one, &two] {
        with(project, &["fleet", "archive", "--once"]);
    }
    let reaped = with(&one, &["fleet", "reap"]);
    assert!(reaped.contains("1 bundle delivered"), "{reaped}");
    for project in [&one, &two] {
        with(project, &["fleet", "archive", "--once"]);
        assert_eq!(captures(project, &page), 1);
        project.expect(&["verify", "--deep"], 0);
    }
    // Both know of the visit, so the page is not due.
    with(&one, &["fleet", "fetch", "--once"]);
    assert_eq!(asked(&site, "/a"), 1);
}

#[test]
fn an_archive_moves_to_another_machine_with_its_file() {
    on_both(|database, fleet| {
        let site = Site::start();
        site.on("/a", [Reply::page("<p>a")]);
        let page = site.uri("/a");
        let here = archive(fleet, database, "one", std::slice::from_ref(&page));
        here.expect(&["fleet", "init"], 0);
        here.expect(&["fleet", "archive", "--once"], 0);
        here.expect(&["fleet", "fetch", "--once"], 0);
        here.expect(&["fleet", "archive", "--once"], 0);
        here.expect(&["fleet", "fetch", "--once"], 0);
        // The second visit waits while the archive moves.
        let there = archive(fleet, database, "one", std::slice::from_ref(&page));
        std::fs::create_dir_all(there.path("snapshots")).unwrap();
        for entry in std::fs::read_dir(here.path("snapshots")).unwrap() {
            let file = entry.unwrap().path();
            let name = file.file_name().unwrap().to_str().unwrap();
            std::fs::copy(&file, there.path("snapshots").join(name)).unwrap();
        }
        there.expect(&["fleet", "archive", "--once"], 0);
        assert_eq!(captures(&there, &page), 2);
        assert_eq!(captures(&here, &page), 1);
        there.expect(&["verify", "--deep"], 0);
    });
}

#[test]
fn the_figures_of_a_fleet_are_among_those_of_the_service() {
    on_both(|database, fleet| {
        let site = Site::start();
        site.on("/a", [Reply::page("<p>a")]);
        let one = archive(fleet, database, "one", &[site.uri("/a")]);
        one.expect(&["fleet", "init"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        one.expect(&["fleet", "fetch", "--once"], 0);
        one.expect(&["fleet", "archive", "--once"], 0);
        let desk = Desk::start(&one, &[]);
        let text = desk.metrics();
        for line in [
            "stillsays_fleet_up 1",
            "stillsays_fleet_hosts 1",
            "stillsays_fleet_hosts_now{state=\"leased\"} 0",
            "stillsays_fleet_archive_waiting_bundles{archive=\"one\"} 0",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} in {text}");
        }
        for name in [
            "oldest_due_seconds",
            "visits_per_second",
            "archive_lag_seconds",
        ] {
            assert!(
                text.contains(&format!("\nstillsays_fleet_{name}")),
                "{name} in {text}"
            );
        }
        assert!(text.contains("stillsays_findings{"), "{text}");
        // What the dashboard draws is there.
        let dashboard = include_str!("../../packaging/grafana.json");
        let _: Value = serde_json::from_str(dashboard).unwrap();
        let names = dashboard.split("stillsays_").skip(1).map(|it| {
            let end = it.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
            &it[..end.unwrap()]
        });
        let names: std::collections::BTreeSet<&str> = names.collect();
        assert!(names.len() > 8, "{names:?}");
        for name in names {
            let row = format!("\nstillsays_{name}");
            assert!(text.contains(&row), "the dashboard draws {name}");
        }
        assert!(
            text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1,
            "{text}"
        );
    });
}

#[test]
fn the_service_answers_while_the_database_of_the_fleet_does_not() {
    let site = Site::start();
    site.on("/a", [Reply::page("<p>a")]);
    let fleet = Project::new();
    let one = archive(&fleet, "fleet.db", "one", &[site.uri("/a")]);
    one.expect(&["run", "--quiet"], 0);
    // A server that takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let set = format!("fleet.database=postgresql://postgres@127.0.0.1:{port}/x?sslmode=disable");
    let desk = Desk::start(&one, &["--set", &set]);
    let began = std::time::Instant::now();
    let text = desk.metrics();
    assert!(
        text.lines().any(|it| it == "stillsays_fleet_up 0"),
        "{text}"
    );
    assert!(text.contains("stillsays_findings{"), "{text}");
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

/// The service of an archive, which ends with the test.
struct Desk {
    program: Child,
    address: String,
}

impl Desk {
    fn start(project: &Project, arguments: &[&str]) -> Self {
        let mut program = Command::new(assert_cmd::cargo::cargo_bin("stillsays"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--replay",
                "127.0.0.1:0",
            ])
            .args(arguments)
            .current_dir(project.path("."))
            .env_clear()
            .env("USER", "ada")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = program.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").unwrap().1;
        let address = address.trim_end_matches('/').to_owned();
        Self { program, address }
    }

    fn metrics(&self) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        write!(
            stream,
            "GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-TERM", &self.program.id().to_string()])
            .status();
        let ended = self.program.wait().unwrap();
        if !std::thread::panicking() {
            // It was asked to end, and had nothing left to do.
            assert_eq!(ended.code(), Some(143));
        }
    }
}
