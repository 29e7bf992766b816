//! `stillsays serve`: Memento, replay that never leaves the archive, and the pages around it.

mod clients;
mod controls;
mod desk;
pub(crate) mod held;
mod kept;
mod service;

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::Value;
use stillsays::{
    memento::{Form, TimeMap, parse_links},
    store::{Access, Store},
};

use crate::{
    project::Project,
    site::{Reply, Site},
};
use held::{Came, FIRST, PAGE, SECOND, Served, ask, keep, response, second_coded, visits};

fn program(project: &Project) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stillsays"));
    command
        .current_dir(project.path(""))
        .env_clear()
        .env("USER", "ada");
    command
}

/// The store that [`held`] makes, served.
fn served() -> (Project, Served) {
    let project = Project::new();
    keep(&project.path("snapshots/stillsays.db"), visits());
    let served = Served::start(&mut program(&project));
    (project, served)
}

/// The path of the address that a field names, which must be on the replay's origin.
fn way(came: &Came, served: &Served) -> String {
    let to = came.field("location").unwrap();
    let rest = to
        .strip_prefix("http://")
        .unwrap()
        .strip_prefix(served.replay.as_str());
    rest.unwrap_or_else(|| panic!("{to}")).to_owned()
}

#[test]
fn a_timegate_leads_to_the_nearest_memento_and_says_what_it_depends_on() {
    let (_project, served) = served();
    let gate = format!("/timegate/{PAGE}");
    for (asked, expected) in [
        ("Fri, 01 Jan 1999 00:00:00 GMT", "20220101000000"),
        ("Fri, 01 Jul 2022 00:00:00 GMT", "20220101000000"),
        ("Tuesday, 01-Nov-22 00:00:00 GMT", "20230101000000"),
        ("Sat Jun  1 00:00:00 2024", "20240101000000"),
        ("Mon, 01 Jan 2080 00:00:00 GMT", "20250101000000"),
        ("", "20250101000000"),
    ] {
        let field = format!("Accept-Datetime: {asked}");
        let fields = if asked.is_empty() {
            vec![]
        } else {
            vec![field.as_str()]
        };
        for method in ["GET", "HEAD"] {
            let came = ask(&served.replay, method, &gate, &fields);
            assert_eq!(came.status, 302, "{asked}");
            assert_eq!(way(&came, &served), format!("/web/{expected}/{PAGE}"));
            assert_eq!(came.field("vary"), Some("accept-datetime"));
            assert_eq!(came.field("memento-datetime"), None);
            let links = parse_links(came.field("link").unwrap()).unwrap();
            assert!(
                links
                    .iter()
                    .any(|it| it.is("original") && it.target == PAGE)
            );
            assert!(links.iter().any(|it| it.is("timemap")));
            assert!(
                links
                    .iter()
                    .any(|it| it.is("first") && it.target.contains("/web/2022"))
            );
            assert_eq!(came.body.is_empty(), method == "HEAD");
        }
    }
    // The same page under other spellings: a lost slash, no scheme, `www`, encoded as a whole, with a fragment.
    for spelt in [
        "https:/site.test/members",
        "www.site.test/members/",
        "https%3A%2F%2Fsite.test%2Fmembers",
        "HTTPS://Site.Test:443/members#x",
    ] {
        let came = served.replayed(&format!("/timegate/{spelt}"));
        assert_eq!(
            way(&came, &served),
            format!("/web/20250101000000/{PAGE}"),
            "{spelt}"
        );
    }
    for (path, asked, status) in [
        (gate.as_str(), "Accept-Datetime: some day", 400),
        (gate.as_str(), "Accept-Datetime: 2024-01-01", 400),
        ("/timegate/https://site.test/nothing", "X: x", 404),
        ("/timegate/https://site.test/never", "X: x", 404),
        ("/timegate/", "X: x", 400),
        ("/timegate/ftp://site.test/", "X: x", 400),
    ] {
        let came = ask(&served.replay, "GET", path, &[asked]);
        assert_eq!(came.status, status, "{path} {asked}");
        assert_eq!(came.field("vary"), Some("accept-datetime"));
    }
}

#[test]
fn pages_of_the_site_are_compressed_for_who_can_read_that() {
    let (_project, served) = served();
    let plain = served.shown("/");
    assert_eq!(plain.field("content-encoding"), None);
    let packed = ask(&served.site, "GET", "/", &["Accept-Encoding: br, gzip"]);
    assert_eq!(packed.field("content-encoding"), Some("gzip"));
    assert!(packed.body.len() < plain.body.len() / 2);
}

#[test]
fn a_timemap_lists_every_memento_in_every_form_and_no_failure() {
    let (_project, served) = served();
    for form in Form::ALL {
        let came = served.replayed(&format!("/timemap/{}/{PAGE}", form.word()));
        assert_eq!(came.status, 200);
        assert_eq!(came.field("content-type"), Some(form.media_type()));
        let map = TimeMap::parse(form, &came.text()).unwrap();
        assert_eq!(map.original, PAGE);
        assert_eq!(
            map.timegate,
            format!("http://{}/timegate/{PAGE}", served.replay)
        );
        assert_eq!(map.timemaps.len(), 3);
        let dates: Vec<String> = map
            .mementos
            .iter()
            .map(|it| {
                it.uri
                    .split("/web/")
                    .nth(1)
                    .unwrap()
                    .replace("/https://site.test", "")
            })
            .collect();
        assert_eq!(
            dates,
            [
                "20220101000000/members",
                "20230101000000/members",
                "20240101000000/members",
                "20250101000000/http://site.test/members",
                "20250101000000/members",
            ]
        );
    }
    assert_eq!(
        served
            .replayed("/timemap/link/https://site.test/none")
            .status,
        404
    );
    assert_eq!(
        served.replayed(&format!("/timemap/html/{PAGE}")).status,
        404
    );
}

#[test]
fn a_memento_tells_its_date_its_neighbours_and_nothing_that_a_browser_would_obey() {
    let (_project, served) = served();
    let came = served.replayed(&format!("/web/20230101000000/{PAGE}"));
    assert_eq!(came.status, 200);
    assert_eq!(
        came.field("memento-datetime"),
        Some("Sun, 01 Jan 2023 00:00:00 GMT")
    );
    let links = parse_links(came.field("link").unwrap()).unwrap();
    for (rel, expected) in [
        ("original", PAGE.to_owned()),
        (
            "timegate",
            format!("http://{}/timegate/{PAGE}", served.replay),
        ),
        (
            "timemap",
            format!("http://{}/timemap/link/{PAGE}", served.replay),
        ),
        (
            "first",
            format!("http://{}/web/20220101000000/{PAGE}", served.replay),
        ),
        (
            "prev",
            format!("http://{}/web/20220101000000/{PAGE}", served.replay),
        ),
        (
            "next",
            format!("http://{}/web/20240101000000/{PAGE}", served.replay),
        ),
        (
            "last",
            format!("http://{}/web/20250101000000/{PAGE}", served.replay),
        ),
        (
            "memento",
            format!("http://{}/web/20220101000000/{PAGE}", served.replay),
        ),
    ] {
        let found = links.iter().find(|it| it.is(rel));
        assert_eq!(
            found.map(|it| it.target.as_str()),
            Some(expected.as_str()),
            "{rel}"
        );
    }
    let targets: std::collections::BTreeSet<_> = links.iter().map(|it| &it.target).collect();
    assert_eq!(
        targets.len(),
        links.len(),
        "an address is linked to once: {links:?}"
    );

    let came = served.replayed(&format!("/web/20220101000000/{PAGE}"));
    for name in [
        "set-cookie",
        "strict-transport-security",
        "refresh",
        "clear-site-data",
        "content-disposition",
    ] {
        assert_eq!(came.field(name), None, "{name}");
        assert!(
            came.field(&format!("x-archive-orig-{name}")).is_some(),
            "{name}"
        );
    }
    let policy = came.field("content-security-policy").unwrap();
    assert!(
        policy.starts_with(
            "sandbox allow-downloads; default-src 'self' data: blob:; script-src 'none'"
        ),
        "{policy}"
    );
    assert_eq!(came.head.matches("\r\ncontent-security-policy:").count(), 1);
    assert_eq!(came.field("x-content-type-options"), Some("nosniff"));
    assert_eq!(came.field("referrer-policy"), Some("no-referrer"));
    let text = came.text();
    assert!(
        text.contains("href=\"/web/20220101000000/https://site.test/style.css\""),
        "{text}"
    );
    assert!(
        text.contains("href=\"/web/20220101000000/https://live.test/x\""),
        "{text}"
    );
    assert!(!text.contains("go()"), "{text}");

    let head = ask(
        &served.replay,
        "HEAD",
        &format!("/web/20220101000000/{PAGE}"),
        &[],
    );
    assert!(head.body.is_empty());
    assert_eq!(head.field("content-length"), came.field("content-length"));
}

#[test]
fn every_kind_of_capture_is_replayed_as_what_it_is() {
    let (_project, served) = served();
    let get = |path: &str| served.replayed(path);
    // A revisit, whether by its bytes or by its server's word, is the page.
    let page = |it: &Came| it.text().split_once("-->\n").unwrap().1.to_owned();
    let first = page(&get(&format!("/web/20220101000000/{PAGE}")));
    for date in ["20230101000000", "20240101000000"] {
        let came = get(&format!("/web/{date}/{PAGE}"));
        assert_eq!(came.status, 200, "{date}");
        assert_eq!(page(&came).replace(date, "20220101000000"), first);
    }
    // What is coded and in another charset comes plain and in UTF-8; raw it comes as it was.
    let came = get(&format!("/web/20250101000000/{PAGE}"));
    assert!(came.text().ends_with("<p>Müller"), "{}", came.text());
    assert_eq!(came.field("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(came.field("content-encoding"), None);
    let raw = get(&format!("/web/20250101000000id_/{PAGE}"));
    assert_eq!(raw.body, second_coded());
    assert_eq!(raw.field("content-encoding"), Some("gzip"));
    assert_eq!(raw.field("content-type"), Some("text/html; charset=latin1"));
    assert_eq!(
        raw.field("memento-datetime"),
        Some("Wed, 01 Jan 2025 00:00:00 GMT")
    );
    assert_ne!(raw.body, SECOND);
    assert_eq!(get(&format!("/web/20220101000000id_/{PAGE}")).body, FIRST);
    // A redirect leads on inside; between two spellings of one page it leads to the other's own capture.
    let came = get("/web/20220101000000/https://site.test/old");
    assert_eq!(
        (came.status, way(&came, &served)),
        (
            302,
            "/web/20220101000000/https://site.test/members?x=1".into()
        )
    );
    assert!(came.field("memento-datetime").is_some());
    let came = get("/web/20250101000000/http://site.test/members");
    assert_eq!(
        (came.status, way(&came, &served)),
        (301, format!("/web/20250101000000/{PAGE}"))
    );
    let came = get("/web/20220101000000/https://site.test/loop");
    assert_eq!(came.status, 404);
    assert!(came.text().contains("http://www.site.test/loop/"));
    // What was not found is a memento too; a style sheet is led inside; a PDF is to be kept.
    let came = get("/web/20220101000000/https://site.test/gone");
    assert_eq!((came.status, page(&came).as_str()), (404, "<p>gone"));
    assert!(came.field("memento-datetime").is_some());
    let came = get("/web/20220102000000/https://site.test/style.css");
    assert_eq!(
        came.text(),
        "p{background:url(\"/web/20220102000000/https://site.test/bg.png\")}"
    );
    assert_eq!(
        get("/web/20220101000000/https://site.test/a.pdf").field("content-disposition"),
        Some("attachment")
    );
    // A payload that is not held is said to be so; so is a page that never came.
    let came = get("/web/20220101000000/https://site.test/lost");
    assert_eq!(came.status, 404);
    assert!(came.text().contains("This capture has no payload"));
    let came = get("/web/20220101000000/https://site.test/never");
    assert!(came.status == 404 && came.text().contains("Every visit of this page failed"));
    // What is not exact leads to the nearest.
    for (asked, expected) in [
        (
            format!("/web/2022/{PAGE}"),
            format!("/web/20220101000000/{PAGE}"),
        ),
        (
            format!("/web/20220801/{PAGE}"),
            format!("/web/20230101000000/{PAGE}"),
        ),
        (
            format!("/web/20220101000000im_/{PAGE}"),
            format!("/web/20220101000000/{PAGE}"),
        ),
        (
            format!("/web/2022id_/{PAGE}"),
            format!("/web/20220101000000id_/{PAGE}"),
        ),
        (
            format!("/web/{PAGE}"),
            format!("/web/20250101000000/{PAGE}"),
        ),
        (
            "/web/20220101000000/https:/site.test/style.css".into(),
            "/web/20220102000000/https://site.test/style.css".into(),
        ),
    ] {
        let came = get(&asked);
        assert_eq!(
            (came.status, way(&came, &served)),
            (302, expected),
            "{asked}"
        );
        assert_eq!(came.field("memento-datetime"), None);
    }
}

#[test]
fn a_missing_capture_is_a_page_for_a_person_and_a_word_for_a_picture() {
    let (_project, served) = served();
    let path = "/web/20220101000000/https://live.test/?a=%22%3E%3Cscript%3Ex%3C/script%3E";
    let came = ask(
        &served.replay,
        "GET",
        &path.replace(' ', "%20"),
        &["Sec-Fetch-Dest: document"],
    );
    assert_eq!(came.status, 404);
    assert!(came.text().contains("rel=\"noopener noreferrer\""));
    assert!(!came.text().contains("<script>"));
    let came = ask(&served.replay, "GET", path, &["Sec-Fetch-Dest: image"]);
    assert_eq!((came.status, came.text().as_str()), (404, "not archived\n"));
}

#[test]
fn the_server_answers_any_request_and_continues() {
    let (_project, served) = served();
    let (site, replay) = (&served.site, &served.replay);
    let get = |host: &str, path: &str, field: &str| ask(host, "GET", path, &[field]).status;
    let port = |it: &str| it.rsplit_once(':').unwrap().1.to_owned();
    // Only by the addresses that are listened on.
    assert_eq!(get(site, "/", "X: x"), 200);
    assert_eq!(
        get(site, "/", &format!("Host: localhost:{}", port(site))),
        200
    );
    for host in [
        "evil.test",
        "127.0.0.1",
        "",
        "127.0.0.1:1",
        "localhost.evil.test:80",
    ] {
        assert_eq!(get(site, "/", &format!("Host: {host}")), 421, "{host}");
    }
    assert_eq!(
        get(replay, "/", &format!("Host: evil.test:{}", port(replay))),
        421
    );
    assert_eq!(
        get(replay, "/", &format!("Host: {site}")),
        421,
        "the other door's name"
    );
    assert_eq!(Served::send(site, b"GET / HTTP/1.0\r\n\r\n").status, 400);
    // Only to be read.
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let came = ask(replay, method, "/", &[]);
        assert_eq!(
            (came.status, came.field("allow")),
            (405, Some("GET, HEAD")),
            "{method}"
        );
    }
    let came = ask(
        site,
        "POST",
        "/captures/https://site.test/",
        &["Content-Length: 0"],
    );
    assert_eq!((came.status, came.field("allow")), (405, Some("GET, HEAD")));
    // Anything in the path.
    let long = "x".repeat(60_000);
    for (path, statuses) in [
        (
            format!("/web/2024/https://site.test/{long}"),
            &[404_u16][..],
        ),
        (format!("/captures/https://site.test/?{long}"), &[404]),
        (format!("/{}", "x".repeat(100_000)), &[414, 431]),
        ("/web/%00/%00".into(), &[400, 404]),
        ("/web/2024/https://site.test/%00%ff%fe".into(), &[404]),
        ("/web/20240101000000/https://\u{0}/".into(), &[400, 0]),
        ("/web/99999999999999/https://site.test/".into(), &[400]),
        ("/web/00000000000000/https://site.test/".into(), &[400]),
        ("/web//////".into(), &[400]),
        ("/timemap/".into(), &[404]),
        ("/timemap/link/".into(), &[400]),
        ("/../../etc/passwd".into(), &[404]),
        ("/view/2024/javascript:alert(1)".into(), &[400, 404]),
        ("/report/%2e%2e%2fconfig".into(), &[404]),
        ("/captures/until/x/https://site.test/members".into(), &[200]),
        ("/find?url=%00".into(), &[400, 404]),
        ("*".into(), &[400, 404]),
    ] {
        for host in [site, replay] {
            let came = ask(host, "GET", &path, &[]);
            let fits = statuses.contains(&came.status) || [302, 404].contains(&came.status);
            assert!(
                fits,
                "{} on {host}: {}",
                path.chars().take(60).collect::<String>(),
                came.head
            );
        }
    }
    for date in [
        "\u{0}",
        &"9".repeat(30_000),
        "Sun, 06 Nov 99999999 08:49:37 GMT",
        "-1",
    ] {
        let came = ask(
            replay,
            "GET",
            &format!("/timegate/{PAGE}"),
            &[&format!("Accept-Datetime: {date}")],
        );
        assert!([400, 431].contains(&came.status), "{}", came.head);
    }
    assert_eq!(
        get(replay, &format!("/web/20220101000000/{PAGE}"), "X: x"),
        200
    );
}

#[test]
fn the_site_shows_what_is_stored_and_links_to_it() {
    let (_project, served) = served();
    let home = served.shown("/archive");
    assert_eq!(home.status, 200);
    assert!(
        home.field("content-security-policy")
            .unwrap()
            .contains("frame-ancestors 'none'")
    );
    assert!(
        home.text().contains(&format!("href=\"/captures/{PAGE}\"")),
        "{}",
        home.text()
    );
    let after = served
        .shown("/archive?after=https%3A%2F%2Fsite.test%2Fnever")
        .text();
    assert!(
        !after.contains(PAGE) && after.contains("/captures/https://site.test/old"),
        "{after}"
    );
    let found = served.shown("/find?url=site.test%2Fmembers");
    assert_eq!(
        found.field("location"),
        Some("/captures/http://site.test/members")
    );

    let captures = served.shown(&format!("/captures/{PAGE}")).text();
    assert!(captures.contains("6 captures"), "{captures}");
    assert!(
        captures.contains("no address for &#60;b&#62;site.test")
            || captures.contains("no address for &lt;b&gt;"),
        "{captures}"
    );
    assert!(captures.contains(&format!("href=\"/view/20220101000000/{PAGE}\"")));
    assert!(
        !captures.contains("/view/20240601"),
        "a failure cannot be looked at"
    );
    let lost = served.shown("/captures/https://site.test/lost").text();
    assert!(lost.contains("without payload"), "{lost}");

    let view = served.shown(&format!("/view/20230101000000/{PAGE}"));
    let policy = view.field("content-security-policy").unwrap();
    assert!(
        policy.contains(&format!("frame-src http://{}", served.replay)),
        "{policy}"
    );
    let text = view.text();
    assert!(
        text.contains(&format!(
            "<iframe src=\"http://{}/web/20230101000000/{PAGE}\"",
            served.replay
        )),
        "{text}"
    );
    assert!(
        text.contains("sandbox=\"")
            && !text.contains("allow-scripts")
            && !text.contains("allow-same-origin")
    );
    assert!(
        text.contains(&format!(
            "href=\"/view/20240101000000/{PAGE}\" rel=\"next\""
        )),
        "{text}"
    );
    assert_eq!(served.shown(&format!("/view/2022/{PAGE}")).status, 302);
    let view = served
        .shown("/view/20220101000000/https://site.test/old")
        .text();
    assert!(
        view.contains("This capture is a redirect") && !view.contains("<iframe"),
        "{view}"
    );
    let view = served
        .shown("/view/20220101000000/https://site.test/a.pdf")
        .text();
    assert!(
        view.contains("This capture is a file") && !view.contains("<iframe"),
        "{view}"
    );
    // A link followed in the frame would leave what stands above it wrong.
    let fields = [
        "Sec-Fetch-Dest: iframe",
        "Sec-Fetch-User: ?1",
        "Sec-Fetch-Site: cross-site",
    ];
    let followed = "20220101000000/https://site.test/gone?a=1";
    let came = ask(&served.replay, "GET", &format!("/web/{followed}"), &fields).text();
    let to = format!(
        "href=\"http://{}/view/{followed}\" target=\"_top\"",
        served.site
    );
    assert!(came.contains(&to) && !came.contains("<p>gone"), "{came}");
    let parts = format!("/web/20220101000000/{PAGE}");
    let came = ask(&served.replay, "GET", &parts, &fields[..1]);
    assert!(came.field("memento-datetime").is_some());
    // What belongs to the other door is shown the way there.
    let came = served.shown(&format!("/web/2022/{PAGE}"));
    assert_eq!(way(&came, &served), format!("/web/2022/{PAGE}"));
}

#[test]
fn what_was_removed_is_said_to_be_with_the_reason() {
    let (project, served) = served();
    let digest = stillsays::digest::PayloadDigest::of(FIRST);
    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadWrite).unwrap();
    let removal = stillsays::store::Removal {
        payload: digest,
        reason: "on <b>request</b>".into(),
    };
    store
        .remove_payloads(vec![removal], held::at("2025"), Some("ada"))
        .unwrap();
    drop(store);
    let came = served.replayed(&format!("/web/20220101000000/{PAGE}"));
    assert_eq!(came.status, 404, "{}", came.text());
    let text = came.text();
    for expected in [
        "removed on purpose",
        "Wed, 01 Jan 2025 00:00:00 GMT",
        "on &#60;b&#62;request",
        "<dd>ada</dd>",
        &digest.to_string(),
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let lost = served.replayed("/web/20220101000000/https://site.test/lost");
    assert!(
        lost.text().contains("no bytes were received"),
        "{}",
        lost.text()
    );
}

#[test]
fn a_page_that_goes_on_by_itself_says_where_in_the_archive() {
    let project = Project::new();
    let old = "https://site.test/moved";
    let body = b"<meta http-equiv=refresh content='0; url=/members'><p>We have moved.";
    let head = "200 OK\nContent-Type: text/html";
    let mut all = visits();
    all.push(vec![response(old, "20220101", head, body)]);
    keep(&project.path("snapshots/stillsays.db"), all);
    let served = Served::start(&mut program(&project));
    let came = served.shown(&format!("/view/20220101000000/{old}"));
    let text = came.text();
    assert!(
        text.contains(&format!(
            "forwarded to <bdi><a href=\"/view/20220101000000/{PAGE}\""
        )),
        "{text}"
    );
    // What a field says counts as much: that of the first copy of the page itself leads to the live site's root.
    let text = served.shown(&format!("/view/20220101000000/{PAGE}")).text();
    assert!(
        text.contains("<a href=\"/view/20220101000000/https://live.test/\""),
        "{text}"
    );
    let text = served.shown(&format!("/view/20250101000000/{PAGE}")).text();
    assert!(!text.contains("went on by itself"), "{text}");
}

#[test]
fn a_report_leads_to_the_words_in_the_archived_page() {
    let project = Project::new();
    project.expect(&["demo"], 0);
    project.profile("broken", "format = 1\ntitle =\n");
    project.profile(
        "trust-network",
        include_str!("../../config/profiles/trust-network.toml"),
    );
    let served = Served::start(program(&project).args(["--store", "snapshots/demo/stillsays.db"]));
    let home = served.shown("/archive").text();
    assert!(
        home.contains("href=\"/report/trust-network\"") && home.contains("cannot be read"),
        "{home}"
    );
    let report = served.shown("/report/trust-network");
    assert_eq!(report.status, 200);
    let text = report.text();
    let from = format!("href=\"http://{}", served.replay);
    let links: Vec<&str> = text
        .split(&from)
        .skip(1)
        .filter_map(|it| it.split('"').next())
        .collect();
    assert!(links.len() > 20, "{}", links.len());
    assert!(links.iter().any(|it| it.contains("#:~:text=")));
    let path = links[0].replace("&#38;", "&").replace("&amp;", "&");
    let path = path.split('#').next().unwrap();
    let came = served.replayed(path);
    assert_eq!(came.status, 200, "{path}");
    assert!(came.field("memento-datetime").is_some());
    assert!(text.contains("<a href=\"/archive\">All archived pages</a>"));
    assert_eq!(served.shown("/report/broken").status, 500);
    assert_eq!(served.shown("/report/nobody").status, 404);
}

#[test]
fn the_pages_follow_the_store_and_the_profiles() {
    let project = Project::new();
    project.expect(&["demo"], 0);
    let profile = include_str!("../../config/profiles/trust-network.toml");
    project.profile("trust-network", profile);
    let store = ["--store", "snapshots/demo/stillsays.db"];
    let served = Served::start(program(&project).args(store));
    let open = || -> u32 {
        let home = served.shown("/").text();
        let (before, _) = home.split_once(" to decide").unwrap();
        before.rsplit('>').next().unwrap().parse().unwrap()
    };
    let before = open();
    let report = served.shown("/report/trust-network").text();
    let (_, after) = report.split_once(" review ").unwrap();
    let id = after.split(' ').next().unwrap().to_owned();
    assert_eq!(
        served.shown("/report/trust-network").text(),
        report,
        "nothing changed"
    );

    project.expect(&[&["review", &id, "accept"][..], &store].concat(), 0);
    assert_eq!(open(), before - 1);
    let report = served.shown("/report/trust-network").text();
    assert!(report.contains("accepted by"));

    let renamed = profile.replacen("title = \"", "title = \"The Renamed ", 1);
    project.profile("trust-network", &renamed);
    let home = served.shown("/").text();
    assert!(home.contains("The Renamed "), "{home}");
    let report = served.shown("/report/trust-network").text();
    assert!(report.contains("The Renamed "));
}

#[test]
fn a_report_is_served_in_parts() {
    let names: Vec<String> = (0..450)
        .map(|it| format!("    \"Circle {it} of Neighbours\","))
        .collect();
    let profile = format!(
        "format = 1\ntitle = \"Many\"\n[[references]]\nnumber = 1\nurl = \"{PAGE}\"\n\
         [[claims]]\nid = \"c\"\nkind = \"listed\"\ncites = [1]\nnames = [\n{}\n]\n",
        names.join("\n")
    );
    let (project, served) = served();
    project.profile("many", &profile);
    let mut path = "/report/many".to_owned();
    let mut parts = Vec::new();
    loop {
        let text = served.shown(&path).text();
        let next = text.split_once("\" rel=\"next\"");
        let next = next.and_then(|it| it.0.rsplit_once("href=\""));
        let next = next.map(|it| it.1.to_owned());
        parts.push(text);
        match next {
            Some(it) => path = it,
            None => break,
        }
        assert!(parts.len() < 9);
    }
    assert!(parts.len() > 2, "{}", parts.len());
    for name in (0..450).map(|it| format!("Circle {it} of Neighbours")) {
        let with = parts.iter().filter(|it| it.contains(&name));
        assert!(with.count() >= 1, "{name}");
    }
    let beyond = served.shown("/report/many?from=999999");
    assert!(beyond.status == 200 && beyond.text().contains("rel=\"prev\""));
    assert_eq!(served.shown("/report/many?from=x").status, 200);
}

#[test]
fn it_works_beside_a_writer_and_ends_on_the_signal_to_stop() {
    let (project, served) = served();
    let path = project.path("snapshots/stillsays.db");
    let late = "https://site.test/late";
    assert_eq!(served.replayed(&format!("/timegate/{late}")).status, 404);
    keep(
        &path,
        vec![vec![response(
            late,
            "20250202",
            "200 OK\nContent-Type: text/plain",
            b"late",
        )]],
    );
    let writer = Store::open(&path, Access::ReadWrite).unwrap();
    assert_eq!(served.replayed(&format!("/timegate/{late}")).status, 302);
    drop(writer);
    // A connection that says nothing keeps nobody.
    let idle = std::net::TcpStream::connect(&served.site).unwrap();
    assert_eq!(served.end("TERM"), Some(143));
    drop(idle);
    let served = Served::start(&mut program(&project));
    assert_eq!(served.end("INT"), Some(130));
}

#[test]
fn what_is_restored_is_what_is_shown_from_then_on() {
    let (project, served) = served();
    let more = "https://site.test/more";
    let shown = |path: &str| served.replayed(path).status;
    project.expect(&["backup", "before.db"], 0);
    let page = response(
        more,
        "20250601",
        "200 OK\nContent-Type: text/html",
        b"<p>more",
    );
    keep(&project.path("snapshots/stillsays.db"), vec![vec![page]]);
    assert_eq!(shown(&format!("/web/20250601000000/{more}")), 200);
    project.run_at("2026-01-01T00:00:00Z", &["restore", "before.db"], 0);
    assert_eq!(shown(&format!("/web/20250601000000/{more}")), 404);
    assert_eq!(shown(&format!("/web/20220101000000/{PAGE}")), 200);
    // What is written to the store that was put in place is seen, too.
    let page = response(
        more,
        "20250602",
        "200 OK\nContent-Type: text/html",
        b"<p>again",
    );
    keep(&project.path("snapshots/stillsays.db"), vec![vec![page]]);
    assert_eq!(shown(&format!("/web/20250602000000/{more}")), 200);
    // A store that is not there is said not to be, and one that comes back is read.
    let file = project.path("snapshots/stillsays.db");
    let aside = project.path("snapshots/aside.db");
    std::fs::rename(&file, &aside).unwrap();
    let came = served.shown("/");
    assert_eq!(came.status, 500);
    assert!(came.text().contains("stillsays.db"), "{}", came.text());
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(shown(&format!("/web/20250602000000/{more}")), 200);
}

#[test]
fn what_cannot_be_served_is_reported_with_what_to_do() {
    let project = Project::new();
    let missing = project.expect(&["serve"], 2);
    assert!(
        missing.stderr.contains("there is no store"),
        "{}",
        missing.stderr
    );
    keep(&project.path("snapshots/stillsays.db"), visits());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = project.expect(&["serve", "--listen", &address], 2);
    assert!(
        ended
            .stderr
            .contains(&format!("cannot listen on {address}")),
        "{}",
        ended.stderr
    );
    assert!(
        ended
            .stderr
            .contains("hint: another program uses this port"),
        "{}",
        ended.stderr
    );
    let ended = project.expect(&["serve", "--listen", "example.org"], 2);
    assert!(
        ended
            .stderr
            .contains("an address and a port, such as 127.0.0.1:8080"),
        "{}",
        ended.stderr
    );
}

/// A page that tries everything to reach `LIVE`.
const TRICKS: &str = include_str!("serve/tricks.html");

/// A server that counts who connects and who asks, and answers anything with nothing.
fn counting() -> (String, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let count = Arc::new(AtomicUsize::new(0));
    let asked = Arc::new(AtomicUsize::new(0));
    let (counted, asked_of) = (Arc::clone(&count), Arc::clone(&asked));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let asked = Arc::clone(&asked_of);
            thread::spawn(move || {
                let mut stream = stream;
                let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
                if stream.read(&mut [0; 4_096]).is_ok_and(|it| it > 0) {
                    asked.fetch_add(1, Ordering::SeqCst);
                }
                let _ = stream.write_all(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                );
            });
        }
    });
    (address, count, asked)
}

/// The text of a page after a browser has done with it all that it does by itself.
fn browsed(address: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let profile = format!("--user-data-dir={}", folder.path().display());
    let mut command = Command::new("chromium");
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
    ]);
    command.args([
        "--virtual-time-budget=4000",
        "--dump-dom",
        &profile,
        address,
    ]);
    let out = command.output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

#[test]
fn a_replayed_page_never_reaches_the_live_web() {
    let (live, count, asked) = counting();
    let tricks = TRICKS.replace("LIVE", &format!("http://{live}"));
    let project = Project::new();
    let page = "https://site.test/tricks";
    let head = "200 OK\nContent-Type: text/html";
    let mut all = visits();
    all.push(vec![response(page, "20220101", head, tricks.as_bytes())]);
    let frame = tricks.replace("the page itself", "the page within");
    all.push(vec![response(
        "https://site.test/frame",
        "20220101",
        head,
        frame.as_bytes(),
    )]);
    keep(&project.path("snapshots/stillsays.db"), all);
    let served = Served::start(&mut program(&project));
    let Some(text) = browsed(&format!(
        "http://{}/web/20220101000000/{page}",
        served.replay
    )) else {
        println!("skipped: a_replayed_page_never_reaches_the_live_web (no chromium here)");
        return;
    };
    assert!(text.contains("the page itself"), "{text}");
    assert!(!text.contains("a script ran"), "{text}");
    let framed = browsed(&format!(
        "http://{}/view/20220101000000/{page}",
        served.site
    ))
    .unwrap();
    assert!(framed.contains("<iframe"), "{framed}");
    assert_eq!(
        count.load(Ordering::SeqCst),
        0,
        "the live server was reached"
    );
    // Without the rewriting the headers alone have to hold: nothing is asked for, though a browser may connect ahead of time.
    let site = Site::start();
    let policy = served.replayed(&format!("/web/20220101000000/{page}"));
    let policy = policy.field("content-security-policy").unwrap();
    let quiet = tricks
        .lines()
        .filter(|it| !it.contains("ahead of time"))
        .collect::<Vec<_>>()
        .join("\n");
    site.on(
        "/held",
        [Reply::page(&quiet)
            .field("Content-Security-Policy", policy)
            .close()],
    );
    browsed(&site.uri("/held")).unwrap();
    assert_eq!(
        asked.load(Ordering::SeqCst),
        0,
        "the live server was reached past the headers"
    );
    // And as it is, the page does what it tries.
    site.on("/free", [Reply::page(&tricks).close()]);
    let text = browsed(&site.uri("/free")).unwrap();
    let reached = asked.load(Ordering::SeqCst);
    assert!(reached > 10, "only {reached} of its tricks work: {text}");
}

#[test]
fn the_memento_client_walks_the_timegate() {
    let known = Command::new("python3")
        .args(["-c", "import memento_client"])
        .output();
    if !known.is_ok_and(|it| it.status.success()) {
        println!(
            "skipped: the_memento_client_walks_the_timegate (Python has no memento_client here)"
        );
        return;
    }
    // The client asks the original too.
    let site = Site::start();
    site.on("/page", [Reply::page("now").close()]);
    let page = site.uri("/page");
    let project = Project::new();
    let visits = ["2020", "2022", "2024"].map(|it| {
        vec![response(
            &page,
            it,
            "200 OK\nContent-Type: text/html",
            it.as_bytes(),
        )]
    });
    keep(&project.path("snapshots/stillsays.db"), visits.into());
    let served = Served::start(&mut program(&project));
    let script = format!(
        "import datetime, json\nfrom memento_client import MementoClient\n\
         client = MementoClient(timegate_uri='http://{}/timegate/', check_native_timegate=False)\n\
         print(json.dumps(client.get_memento_info('{page}', datetime.datetime(2022, 3, 1)), default=str))",
        served.replay
    );
    let out = Command::new("python3")
        .args(["-c", &script])
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    let told: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(told["original_uri"], page);
    for (which, date) in [
        ("closest", "2022"),
        ("first", "2020"),
        ("last", "2024"),
        ("prev", "2020"),
        ("next", "2024"),
    ] {
        let expected = format!("http://{}/web/{date}0101000000/{page}", served.replay);
        assert_eq!(
            told["mementos"][which]["uri"][0], expected,
            "{which}: {told:#}"
        );
    }
}

#[test]
fn copies_from_other_archives_are_given_with_their_own_address_and_never_as_ours() {
    let project = Project::new();
    keep(&project.path("snapshots/stillsays.db"), visits());
    let body = "<!doctype html><title>Early</title><p>An early page.</p>";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let record = |uri: &str, digits: &str, date: &str| {
        format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{digits}>\r\nWARC-Date: {date}\r\nWARC-Target-URI: {uri}\r\n\
             WARC-Source-URI: https://web.archive.org/web/{digits}id_/{uri}\r\nWARC-Creation-Date: 2026-11-27T06:00:00Z\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{head}{body}\r\n\r\n",
            head.len() + body.len()
        )
    };
    let only = "https://site.test/only-elsewhere";
    let records = record(PAGE, "20100101000000", "2010-01-01T00:00:00Z")
        + &record(only, "20110101000000", "2011-01-01T00:00:00Z");
    project.write("copies.warc", records);
    project.expect(&["import", "copies.warc"], 0);
    let served = Served::start(&mut program(&project));
    let theirs = format!("https://web.archive.org/web/20100101000000/{PAGE}");
    let map = served.replayed(&format!("/timemap/link/{PAGE}")).text();
    let map = TimeMap::parse(Form::Link, &map).unwrap();
    assert_eq!(map.mementos[0].uri, theirs);
    assert!(
        map.mementos[1..]
            .iter()
            .all(|it| it.uri.contains(&served.replay))
    );
    // What is nearest is ours, and its links name the copy where it is.
    let gate = ask(
        &served.replay,
        "GET",
        &format!("/timegate/{PAGE}"),
        &["Accept-Datetime: Fri, 01 Jan 2010 00:00:00 GMT"],
    );
    assert!(gate.field("location").unwrap().contains(&served.replay));
    let links = gate.field("link").unwrap();
    assert!(
        links.contains(&format!("<{theirs}>; rel=\"prev first memento\"")),
        "{links}"
    );
    // A page that only another archive has is there, and not here.
    let gate = served.replayed(&format!("/timegate/{only}"));
    let there = format!("https://web.archive.org/web/20110101000000/{only}");
    assert_eq!(gate.field("location"), Some(there.as_str()));
    let page = served.shown(&format!("/captures/{PAGE}")).text();
    assert!(
        page.contains("as held by web.archive.org, copied 2026-11-27"),
        "{page}"
    );
    assert!(page.contains(&theirs), "{page}");
    assert_eq!(
        served
            .replayed(&format!("/web/20110101000000/{only}"))
            .status,
        404
    );
}
