//! Redirects to other pages: a move only where the page is at the new address.

use serde_json::Value;

use crate::{
    project::Project,
    site::{Reply, Site},
};

const TEXT: &str = "<p>The network was founded on a quay, to help people who live side by side, and it keeps a library of letters \
    from the towns on the river.</p><p>Volunteers of the network teach unarmed civilian protection in twelve towns, and each spring \
    they meet in the old mill to plan the work of the year.</p><p>Whoever wants to help can write to the office on the quay.</p>";

const OTHER: &str = "<p>Order your boots, coats and tents here by Thursday and have them at your door before the weekend begins, or \
    pick them up at the counter beside the station.</p><p>Members of the club save a tenth on all that is not yet reduced in price, \
    and are the first to hear of new goods.</p>";

fn page(title: &str, text: &str) -> Reply {
    Reply::page(format!(
        "<!doctype html><html lang=en><title>{title}</title><body><main><h1>{title}</h1>{text}</main></body></html>"
    ))
}

fn project(site: &Site) -> Project {
    site.on("/robots.txt", [Reply::status(404, "")]);
    site.on("/old", [page("What we do", TEXT)]);
    let project = Project::new();
    project.profile(
        "network",
        &format!(
            "format = 1\ntitle = \"Valley Network\"\n[[references]]\nnumber = 1\ntitle = \"Work\"\nurl = \"{}\"\n\
             [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"unarmed civilian protection\"\n",
            site.uri("/old")
        ),
    );
    project
}

/// The fate of the page after a visit.
fn fate(project: &Project, clock: &str) -> Value {
    project.run_at(clock, &["run", "--all"], 0);
    let report = project.json(&["report", "--format", "json"]);
    report["references"][0].clone()
}

#[test]
fn a_page_that_is_at_its_new_address_moved() {
    let site = Site::start();
    let project = project(&site);
    assert_eq!(fate(&project, "2026-01-01T08:00:00Z")["label"], "live");
    site.on("/old", [Reply::redirect(301, "/about/work")]);
    site.on("/about/work", [page("Our work", TEXT)]);
    let moved = fate(&project, "2026-02-01T08:00:00Z");
    assert_eq!(moved["label"], "moved");
    let advice = moved["advice"].as_str().unwrap();
    assert!(advice.contains("Change the address"), "{advice}");
}

#[test]
fn a_redirect_to_another_page_is_not_a_move() {
    let site = Site::start();
    let project = project(&site);
    assert_eq!(fate(&project, "2026-01-01T08:00:00Z")["label"], "live");
    site.on("/old", [Reply::redirect(301, "/shop/tents")]);
    site.on("/shop/tents", [page("Tents and boots", OTHER)]);
    let away = fate(&project, "2026-02-01T08:00:00Z");
    assert_eq!(away["label"], "redirected-away");
    assert!(
        !away["advice"]
            .as_str()
            .unwrap()
            .contains("Change the address")
    );
}

#[test]
fn a_redirect_at_the_first_visit_is_a_move_where_the_cited_words_are() {
    for (text, label) in [(TEXT, "moved"), (OTHER, "redirected-away")] {
        let site = Site::start();
        let project = project(&site);
        site.on("/old", [Reply::redirect(301, "/en/page-7")]);
        site.on("/en/page-7", [page("Page 7", text)]);
        assert_eq!(fate(&project, "2026-01-01T08:00:00Z")["label"], label);
    }
}

#[test]
fn captures_under_another_spelling_of_the_address_count_for_a_page_that_was_never_visited() {
    let site = Site::start();
    let first = project(&site);
    fate(&first, "2026-01-01T08:00:00Z");
    let package = first.path("all.wacz");
    let package = package.to_str().unwrap();
    first.expect(&["export", "wacz", "-o", package], 0);
    let other = project(&site);
    let profile = other.read("config/profiles/network.toml");
    other.profile("network", &profile.replace("/old\"", "/old/\""));
    other.expect(&["import", package], 0);
    let report = other.json(&["report", "--format", "json"]);
    let reference = &report["references"][0];
    assert_eq!(reference["label"], "live", "{reference}");
    assert!(reference.to_string().contains("captured as"), "{reference}");
    assert_eq!(report["claims"][0]["verdicts"]["present"], 1);
}
