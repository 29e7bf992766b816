//! Further pages of a list: followed politely where a claim needs them, read together, and missed honestly.

use serde_json::Value;

use crate::{
    project::Project,
    site::{Reply, Site},
};

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

/// One page of the list, with its pager; three names a page.
fn page(number: usize, names: &[&str], pager: &str) -> String {
    let items = format!("<li>{}</li>", names.join("</li><li>"));
    format!(
        "<!doctype html><html lang=en><head><title>Members - Valley Network</title></head><body>\
         <header><p>Valley Network</p></header><main><h1>Our members</h1>\
         <p>The network was founded to help people who live side by side, and these are the groups in it on page {number}.</p>\
         <ul class=members>{items}</ul><nav class=pagination>{pager}</nav></main>\
         <footer><p>Valley Network, 12 Mill Lane</p></footer></body></html>"
    )
}

fn numbers(of: usize) -> String {
    let links = (1..=of).map(|it| format!("<a href=\"/members?page={it}\">{it}</a>"));
    links.collect::<Vec<_>>().join(" ")
}

/// A site whose list has three pages with numbered links.
fn site() -> Site {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    site.on("/members", [Reply::page(page(1, &NAMES[..3], &numbers(3)))]);
    for number in 2..=3 {
        let from = (number - 1) * 3;
        let names = &NAMES[from..from + 3];
        let path = format!("/members?page={number}");
        site.on(&path, [Reply::page(page(number, names, &numbers(3)))]);
    }
    site
}

fn profile(site: &Site, names: &[&str]) -> String {
    format!(
        "format = 1\ntitle = \"Valley Network\"\n[[references]]\nnumber = 1\ntitle = \"Our members\"\nurl = \"{}\"\n\
         [[claims]]\nid = \"members\"\nkind = \"listed\"\ncites = [1]\nnames = {names:?}\n",
        site.uri("/members")
    )
}

fn project(site: &Site, names: &[&str]) -> Project {
    let project = Project::new();
    project.profile("network", &profile(site, names));
    project
}

fn run(project: &Project, clock: &str) -> String {
    project.run_at(clock, &["run", "--all"], 0).stderr
}

/// The label and the finding of a name.
fn about(project: &Project, name: &str) -> (String, Value) {
    let report = project.json(&["report", "--format", "json"]);
    let claims = report["claims"].as_array().unwrap().iter();
    let mut entries = claims.flat_map(|it| it["entries"].as_array().unwrap());
    let entry = entries.find(|it| it["subject"].as_str().unwrap().contains(name));
    entry.map_or_else(
        || ("nothing".to_owned(), Value::Null),
        |it| {
            let label = it["label"].as_str().unwrap().to_owned();
            (label, it["finding"].clone())
        },
    )
}

fn assert_consistent(project: &Project) {
    project.expect(&["verify", "--deep"], 0);
    let recheck = project.expect(&["recheck"], 0).stdout;
    assert!(recheck.contains("unchanged"), "{recheck}");
}

#[test]
fn the_pages_of_a_list_are_read_together_and_each_name_names_its_capture() {
    let site = site();
    let project = project(&site, &NAMES[..8]);
    let said = run(&project, "2026-01-01T08:00:00Z");
    assert!(said.contains("3 pages visited"), "{said}");
    let asked = ["/members", "/members?page=2", "/members?page=3"];
    assert_eq!(site.pages_asked(), asked);
    for (name, path) in [(0, asked[0]), (4, asked[1]), (7, asked[2])] {
        let (label, finding) = about(&project, NAMES[name]);
        assert_eq!(label, "present", "{name}");
        let evidence = &finding["evidence"][0];
        assert_eq!(evidence["capture"]["target_uri"], site.uri(path));
        assert_eq!(evidence["quote"]["exact"], NAMES[name]);
    }
    assert_eq!(about(&project, NAMES[8]).0, "new");
    assert_consistent(&project);

    // A name that goes from page 2 is gone: the list was read whole, twice.
    let left: Vec<&str> = [NAMES[3], NAMES[5]].into();
    site.on(
        "/members?page=2",
        [Reply::page(page(2, &left, &numbers(3)))],
    );
    run(&project, "2026-01-03T08:00:00Z");
    let (label, finding) = about(&project, NAMES[4]);
    assert_eq!(label, "absent");
    assert_eq!(finding["history"]["changed_after"], "2026-01-01T08:00:00Z");
    assert_eq!(about(&project, NAMES[7]).0, "present");
    assert_consistent(&project);
}

#[test]
fn a_list_whose_claimed_names_are_all_on_its_first_page_needs_no_other() {
    let site = site();
    let project = project(&site, &NAMES[..3]);
    run(&project, "2026-01-01T08:00:00Z");
    assert_eq!(site.pages_asked(), ["/members"]);
}

#[test]
fn a_page_that_robots_txt_forbids_is_not_requested_and_its_names_are_unclear() {
    let site = site();
    let rules = "User-agent: *\nDisallow: /members?page=3\n";
    site.on("/robots.txt", [Reply::status(200, rules)]);
    let project = project(&site, &NAMES[..8]);
    run(&project, "2026-01-01T08:00:00Z");
    assert_eq!(site.pages_asked(), ["/members", "/members?page=2"]);
    assert_eq!(about(&project, NAMES[4]).0, "present");
    let (label, finding) = about(&project, NAMES[7]);
    assert_eq!(label, "cannot-tell");
    let said = finding["conclusion"].to_string();
    assert!(said.contains("page=3 was not read"), "{said}");
    assert_consistent(&project);
}

#[test]
fn no_more_pages_than_the_settings_allow_are_asked_for() {
    let site = site();
    let project = project(&site, &NAMES[..8]);
    project.run_at(
        "2026-01-01T08:00:00Z",
        &["run", "--all", "--set", "fetch.pages=1"],
        0,
    );
    assert_eq!(site.pages_asked(), ["/members", "/members?page=2"]);
    assert_eq!(about(&project, NAMES[7]).0, "cannot-tell");
}

#[test]
fn a_next_page_on_another_host_is_not_followed() {
    let (site, other) = (site(), Site::start_at("127.0.0.2"));
    let next = format!(
        "<a rel=next href=\"{}\">Next</a>",
        other.uri("/members?page=2")
    );
    site.on("/members", [Reply::page(page(1, &NAMES[..3], &next))]);
    let project = project(&site, &NAMES[..5]);
    run(&project, "2026-01-01T08:00:00Z");
    assert!(other.asked().is_empty());
    assert_eq!(site.pages_asked(), ["/members"]);
    assert_eq!(about(&project, NAMES[4]).0, "cannot-tell");
}

#[test]
fn a_pager_that_leads_round_in_a_circle_ends() {
    let site = site();
    let next = |path: &str| format!("<a rel=next href=\"{path}\">Next</a>");
    let second = next("/members?page=2");
    site.on("/members", [Reply::page(page(1, &NAMES[..3], &second))]);
    // Page 2 leads to page 3, and that one to page 4, which is page 2 again under another number.
    let two = page(2, &NAMES[3..6], &next("/members?page=3"));
    site.on("/members?page=2", [Reply::page(&two)]);
    let three = page(3, &NAMES[6..8], &next("/members?page=4"));
    site.on("/members?page=3", [Reply::page(three)]);
    site.on("/members?page=4", [Reply::page(&two)]);
    let project = project(&site, &NAMES);
    run(&project, "2026-01-01T08:00:00Z");
    assert_eq!(site.pages_asked().len(), 4);
    assert_eq!(about(&project, NAMES[7]).0, "present");
    assert_eq!(about(&project, NAMES[8]).0, "cannot-tell");
}

#[test]
fn where_a_further_page_fails_the_page_shows_only_a_part() {
    let site = site();
    let project = project(&site, &NAMES[..8]);
    run(&project, "2026-01-01T08:00:00Z");
    site.on("/members?page=3", [Reply::status(404, "gone")]);
    run(&project, "2026-01-02T08:00:00Z");
    let (label, finding) = about(&project, NAMES[7]);
    assert_eq!(label, "cannot-tell");
    let said = finding["conclusion"].to_string();
    assert!(
        said.contains("page=3 was not read: the host answered 404"),
        "{said}"
    );
    assert_eq!(about(&project, NAMES[4]).0, "present");
    assert_consistent(&project);
}

#[test]
fn a_first_page_that_did_not_change_is_asked_for_its_further_pages_all_the_same() {
    let site = site();
    let first = Reply::page(page(1, &NAMES[..3], &numbers(3))).field("ETag", "\"one\"");
    let same = Reply::status(304, "").field("ETag", "\"one\"");
    site.on("/members", [first, same]);
    let tagged = Reply::page(page(2, &NAMES[3..6], &numbers(3))).field("ETag", "\"two\"");
    let same = Reply::status(304, "").field("ETag", "\"two\"");
    site.on("/members?page=2", [tagged, same]);
    let project = project(&site, &NAMES[..8]);
    run(&project, "2026-01-01T08:00:00Z");
    let claims = || project.json(&["report", "--format", "json"])["claims"].clone();
    let before = claims();
    let said = run(&project, "2026-01-02T08:00:00Z");
    assert!(said.contains("3 pages visited, 3 unchanged"), "{said}");
    assert!(before == claims(), "nothing new was brought");
    let asked = site.asked();
    let second = asked
        .iter()
        .rfind(|it| it.path == "/members?page=2")
        .unwrap();
    assert!(
        second.head.contains("If-None-Match: \"two\""),
        "{}",
        second.head
    );

    let left = [NAMES[6]];
    site.on(
        "/members?page=3",
        [Reply::page(page(3, &left, &numbers(3)))],
    );
    run(&project, "2026-01-03T08:00:00Z");
    assert_eq!(about(&project, NAMES[7]).0, "absent");
    assert_consistent(&project);
}

#[test]
fn further_pages_are_archived_by_a_run_that_only_archives() {
    let site = site();
    let project = project(&site, &NAMES[..8]);
    let archived = ["run", "--all", "--archive-only"];
    project.run_at("2026-01-01T08:00:00Z", &archived, 0);
    assert_eq!(
        site.pages_asked(),
        ["/members", "/members?page=2", "/members?page=3"]
    );
    // Comparing comes later, and asks no server.
    project.expect(&["recheck"], 0);
    assert_eq!(site.pages_asked().len(), 3);
    for (name, label) in [(4, "present"), (7, "present"), (8, "new")] {
        assert_eq!(about(&project, NAMES[name]).0, label, "{name}");
    }
}

#[test]
fn the_pages_of_a_list_stay_bound_through_export_and_import() {
    let site = site();
    let project = project(&site, &NAMES[..8]);
    run(&project, "2026-01-01T08:00:00Z");
    site.on(
        "/members?page=3",
        [Reply::page(page(3, &NAMES[7..], &numbers(3)))],
    );
    run(&project, "2026-01-03T08:00:00Z");
    let said = |project: &Project, name: usize| {
        let (label, mut finding) = about(project, NAMES[name]);
        // An imported visit was not made by a run of this archive.
        finding["basis"] = Value::Null;
        (label, finding)
    };
    let expected: Vec<_> = (0..9).map(|it| said(&project, it)).collect();
    assert_eq!(expected[6].0, "absent");
    let list = site.uri("/members");
    for (form, which) in [
        ("warc", vec![]),
        ("wacz", vec![]),
        // The further pages are exported with the list.
        ("warc", vec!["--url", &list]),
    ] {
        let place = project.path("out").display().to_string();
        let place = match form {
            "warc" => place,
            _ => format!("{place}.wacz"),
        };
        let mut export = vec!["export", form, "-o", &place];
        export.extend(&which);
        project.run_at("2026-01-04T08:00:00Z", &export, 0);
        let other = Project::new();
        other.profile("network", &profile(&site, &NAMES[..8]));
        let files: Vec<String> = match form {
            "warc" => std::fs::read_dir(&place)
                .unwrap()
                .map(|it| it.unwrap().path().display().to_string())
                .filter(|it| it.ends_with(".warc.gz"))
                .collect(),
            _ => vec![place.clone()],
        };
        for file in &files {
            other.run_at("2026-01-05T08:00:00Z", &["import", file], 0);
            // Once is enough.
            other.run_at("2026-01-05T08:00:01Z", &["import", file], 0);
        }
        other.run_at("2026-01-05T08:01:00Z", &["recheck"], 0);
        for (name, expected) in expected.iter().enumerate() {
            let came = said(&other, name);
            assert_eq!(came.0, expected.0, "{form} {which:?} {name}");
            assert_eq!(came.1["evidence"], expected.1["evidence"], "{form} {name}");
            assert_eq!(came.1["history"], expected.1["history"], "{form} {name}");
        }
        other.expect(&["verify", "--deep"], 0);
        let _ = std::fs::remove_dir_all(&place);
    }
}

#[test]
fn the_links_of_a_pager_start_from_the_base_of_the_page() {
    let site = site();
    let links = "<a href=\"members?page=2\">2</a> <a href=\"members?page=3\">3</a>";
    site.on(
        "/members",
        [Reply::page(
            page(1, &NAMES[..3], links).replace("<head>", "<head><base href=\"/lists/\">"),
        )],
    );
    for number in 2..=3 {
        let from = (number - 1) * 3;
        site.on(
            &format!("/lists/members?page={number}"),
            [Reply::page(page(number, &NAMES[from..from + 3], ""))],
        );
    }
    // Pages of another path than the list's own are no pages of it.
    let elsewhere = project(&site, &NAMES[..8]);
    run(&elsewhere, "2026-01-01T08:00:00Z");
    assert_eq!(site.pages_asked(), ["/members"]);
    let of_lists = Project::new();
    let cited = profile(&site, &NAMES[..8]).replace("/members\"", "/lists/members\"");
    of_lists.profile("network", &cited);
    site.on(
        "/lists/members",
        [Reply::page(
            page(1, &NAMES[..3], &links.replace("members", "lists/members"))
                .replace("<head>", "<head><base href=\"/\">"),
        )],
    );
    run(&of_lists, "2026-01-01T08:00:00Z");
    let asked = site.pages_asked();
    assert_eq!(
        asked[1..],
        [
            "/lists/members",
            "/lists/members?page=2",
            "/lists/members?page=3"
        ]
    );
    assert_eq!(about(&of_lists, NAMES[7]).0, "present");
}

#[test]
fn further_pages_are_under_the_pauses_the_guard_and_the_caps_of_every_page() {
    let (site, inner) = (site(), Site::start_at("127.0.0.2"));
    inner.on("/members", [Reply::page(page(3, &NAMES[6..], ""))]);
    site.on(
        "/members?page=3",
        [Reply::redirect(302, &inner.uri("/members"))],
    );
    // A page that is longer than any that is kept is kept in part.
    let long =
        page(2, &NAMES[3..6], &numbers(3)).replace("</main>", &"<p>More words.</p>".repeat(2_000));
    site.on("/members?page=2", [Reply::page(long)]);
    let project = project(&site, &NAMES[..8]);
    let arguments = [
        "run",
        "--all",
        "--set",
        "fetch.delay=200ms",
        "--set",
        "fetch.deny=[\"127.0.0.2/32\"]",
        "--set",
        "fetch.max_bytes=10000",
    ];
    project.run_at("2026-01-01T08:00:00Z", &arguments, 0);
    assert_eq!(
        site.pages_asked(),
        ["/members", "/members?page=2", "/members?page=3"]
    );
    for pair in site.asked().windows(2).skip(1) {
        let pause = pair[1].at - pair[0].at;
        assert!(pause >= std::time::Duration::from_millis(200), "{pause:?}");
    }
    assert!(inner.asked().is_empty());
    // What was not read whole takes no name away.
    for name in [4, 7] {
        assert_ne!(about(&project, NAMES[name]).0, "absent", "{name}");
    }
    let said = about(&project, NAMES[7]).1["conclusion"].to_string();
    assert!(said.contains("was not read"), "{said}");
}

/// A file of another crawler: each page of the list as a record, so many minutes after the first.
fn crawled(site: &Site, pages: &[(&str, String, u32)]) -> String {
    let record = |(path, body, minute): &(&str, String, u32)| {
        let block = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {}\r\nWARC-Date: 2025-05-0{}T{:02}:{:02}:00Z\r\n\
             Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
            site.uri(path),
            1 + minute / 1440,
            minute / 60 % 24,
            minute % 60,
            block.len()
        )
    };
    pages.iter().map(record).collect()
}

#[test]
fn the_pages_of_a_list_in_a_file_are_bound_however_they_come_in() {
    let site = site();
    let number = |it: usize| page(it, &NAMES[(it - 1) * 3..it * 3], &numbers(3));
    let file = crawled(
        &site,
        &[
            ("/members", number(1), 0),
            ("/members?page=3", number(3), 2),
            ("/members?page=2", number(2), 1),
        ],
    );
    let ways: [&[&[&str]]; 3] = [
        &[&["run", "--all", "--from", "crawl.warc"]],
        &[&["import", "crawl.warc"], &["recheck"]],
        // The import comes before the profile.
        &[&["import", "crawl.warc"], &["profile"], &["recheck"]],
    ];
    for way in ways {
        let project = Project::new();
        project.write("crawl.warc", &file);
        let late = way.contains(&&["profile"][..]);
        if !late {
            project.profile("network", &profile(&site, &NAMES[..8]));
        }
        for arguments in way {
            if arguments == &["profile"] {
                project.profile("network", &profile(&site, &NAMES[..8]));
            } else {
                project.run_at("2026-01-01T08:00:00Z", arguments, 0);
            }
        }
        for (name, label) in [(0, "present"), (4, "present"), (7, "present"), (8, "new")] {
            assert_eq!(about(&project, NAMES[name]).0, label, "{way:?} {name}");
        }
        let of_capture = about(&project, NAMES[7]).1["evidence"][0]["capture"].clone();
        assert_eq!(of_capture["target_uri"], site.uri("/members?page=3"));
        assert_consistent(&project);
    }
    assert!(site.pages_asked().is_empty());
}

#[test]
fn the_pages_of_a_list_in_two_files_are_bound_with_the_second() {
    let site = site();
    let number = |it: usize| page(it, &NAMES[(it - 1) * 3..it * 3], &numbers(2));
    let project = project(&site, &NAMES[..6]);
    for (file, path, it) in [
        ("first.warc", "/members", 1),
        ("second.warc", "/members?page=2", 2),
    ] {
        let minute = u32::try_from(it).unwrap();
        project.write(file, crawled(&site, &[(path, number(it), minute)]));
        project.run_at("2026-01-01T08:00:00Z", &["import", file], 0);
        project.run_at("2026-01-01T08:00:00Z", &["recheck"], 0);
        let label = if it == 1 { "cannot-tell" } else { "present" };
        assert_eq!(about(&project, NAMES[4]).0, label);
    }
    assert_consistent(&project);
}

#[test]
fn an_archived_page_of_another_day_is_no_page_of_the_list() {
    let site = site();
    let number = |it: usize| page(it, &NAMES[(it - 1) * 3..it * 3], &numbers(3));
    let file = crawled(
        &site,
        &[
            ("/members", number(1), 0),
            ("/members?page=2", number(2), 1),
            ("/members?page=3", number(3), 60 * 26),
        ],
    );
    let project = project(&site, &NAMES[..8]);
    project.write("crawl.warc", &file);
    project.run_at("2026-01-01T08:00:00Z", &["import", "crawl.warc"], 0);
    project.run_at("2026-01-01T08:00:00Z", &["recheck"], 0);
    assert_eq!(about(&project, NAMES[4]).0, "present");
    let (label, finding) = about(&project, NAMES[7]);
    assert_eq!(label, "cannot-tell");
    let said = finding["conclusion"].to_string();
    assert!(said.contains("page=3 was not read"), "{said}");
}
