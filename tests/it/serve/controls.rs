//! No page that `serve` makes has a control character in it, whatever pages, titles, notes and requests have.

use std::collections::{BTreeSet, VecDeque};

use super::{
    Project, Reply, Site,
    held::{Came, Served},
    program,
};

/// What a terminal or a parser would obey: all of C0 but the line ends and the tab, DEL, and C1.
fn is_raw(it: char) -> bool {
    it.is_control() && !matches!(it, '\n' | '\r' | '\t')
}

const HOSTILE: &str = "Red\u{1b}[31m\u{9b}2J\u{7}\u{7f}";

/// The addresses on this site that a page names.
fn named(page: &str) -> Vec<String> {
    let mut all = Vec::new();
    for attribute in ["href=\"", "src=\"", "action=\""] {
        for part in page.split(attribute).skip(1) {
            let address = part.split('"').next().unwrap_or_default();
            let address = address.split('#').next().unwrap_or_default();
            if address.starts_with('/') && !address.starts_with("//") {
                all.push(address.replace("&amp;", "&").replace("&#38;", "&"));
            }
        }
    }
    all
}

fn check(came: &Came, path: &str) {
    let text = came.text();
    let at = text.find(is_raw).map(|at| &text.as_bytes()[at..]);
    let at = at.map(|rest| String::from_utf8_lossy(&rest[..rest.len().min(60)]).into_owned());
    assert_eq!(at, None, "{path}");
    assert!(came.status < 500, "{path}: {}", came.status);
}

#[test]
fn no_page_of_the_site_sends_a_control_character_of_pages_profiles_notes_or_requests() {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    let names: Vec<String> = (0..9)
        .map(|it| format!("Circle {it} of {HOSTILE} Neighbours"))
        .collect();
    let list = |names: &[String]| {
        let items: Vec<String> = names.iter().map(|it| format!("<li>{it}</li>")).collect();
        Reply::page(format!(
            "<html><head><title>{HOSTILE} members &#27;[0m</title></head><body><h1>{HOSTILE} members</h1><ul>{}</ul>\
             <p>They meet {HOSTILE} twice a year and publish what they have agreed on.</p></body></html>",
            items.concat()
        ))
    };
    site.on("/members", [list(&names)]);
    let project = Project::new();
    let claimed: Vec<String> = names[..8]
        .iter()
        .map(|it| it.replace(HOSTILE, "Red\\u001b[31m\\u009b2J\\u0007\\u007f"))
        .map(|it| format!("\"{it}\""))
        .collect();
    project.profile(
        "example",
        &format!(
            "title = \"Red\\u001b[31m \\u009b31m\\u0007 title\"\n\n[[references]]\nnumber = 1\ntitle = \"\\u001b[2J\\u009c\"\n\
             url = \"{}\"\n\n[[claims]]\nid = \"members\"\nkind = \"listed\"\ncites = [1]\nnames = [{}]\n",
            site.uri("/members"),
            claimed.join(", ")
        ),
    );
    project.expect(&["run", "--quiet"], 0);
    site.on("/members", [list(&names[2..])]);
    project.expect(&["run", "--all", "--quiet"], 0);
    let report = project.json(&["report", "--format", "json"]);
    let id = report["claims"][0]["entries"][0]["finding"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let note = "\u{1b}]0;note\u{7} \u{9d}";
    project.expect(
        &["review", &id, "accept", "--by", "b\u{1b}en", "--note", note],
        0,
    );
    let served = Served::start(&mut program(&project));

    let page = site.uri("/members");
    let mut waiting: VecDeque<String> = [
        "/".to_owned(),
        "/report/example".to_owned(),
        format!("/captures/{page}"),
        format!("/find?url={page}"),
        "/find?url=%1b%5b31m%c2%9b".to_owned(),
        "/report/%1b%c2%9b".to_owned(),
        "/captures/http://127.0.0.1/%1b%c2%9b".to_owned(),
        "/view/20240101/http://127.0.0.1/%1b%c2%9b".to_owned(),
        "/web/20240101/http://127.0.0.1/%1b%c2%9b".to_owned(),
        "/%1b%c2%9b".to_owned(),
        "/?after=%1b%c2%9b".to_owned(),
    ]
    .into();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut pages = 0;
    while let Some(path) = waiting.pop_front() {
        let came = served.shown(&path);
        check(&came, &path);
        pages += 1;
        for next in named(&came.text()) {
            // A package is not text.
            let is_package = next
                .rsplit_once('.')
                .is_some_and(|(_, ending)| ending == "wacz");
            if !is_package && seen.len() < 300 && seen.insert(next.clone()) {
                waiting.push_back(next);
            }
        }
    }
    assert!(pages > 12, "only {pages} pages lead to one another");
    let shown = served.shown("/report/example").text();
    for said in ["Neighbours", "title", "note", "accepted"] {
        assert!(shown.contains(said), "{said}");
    }
    for path in [
        "/%1b%c2%9b",
        "/web/2024/http://127.0.0.1/%1b%c2%9b",
        "/web/%1b/x",
    ] {
        check(&served.replayed(path), path);
    }
}
