//! `stillsays fleet`: two archives and a fetcher, on both databases.

use std::fmt::Write as _;

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
