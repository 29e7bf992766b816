//! `feed`: an Atom file that other programs read.

use std::process::Command;

use serde_json::Value;

use super::{AFTER, FIRST, SECOND, profile, project};
use crate::{
    interchange::python_has,
    project::Project,
    site::{Reply, Site},
};

const READ: &str = "import sys, json, feedparser
feed = feedparser.parse(sys.argv[1])
print(json.dumps({'bozo': bool(feed.bozo), 'version': feed.version, 'id': feed.feed.id, 'title': feed.feed.title, 'updated': feed.feed.updated,
    'entries': [{'id': it.id, 'title': it.title, 'link': it.get('link', ''), 'updated': it.updated, 'text': it.content[0].value} for it in feed.entries]}))";

/// A feed, as Python's feedparser reads it.
fn read(project: &Project, file: &str) -> Value {
    let out = Command::new("python3")
        .args(["-c", READ])
        .arg(project.path(file))
        .output()
        .unwrap();
    assert!(out.status.success(), "{out:?}");
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn other_programs_read_the_feed() {
    if !python_has("feedparser", "other_programs_read_the_feed") {
        return;
    }
    let site = Site::start();
    let project = project(&site, "");
    let hostile = "Kites & <b>boats</b> ]]> \\u000B \\u202E";
    project.profile("boats", &profile(&site, hostile));
    project.run_at(FIRST, &["run", "--all"], 0);
    project.run_at(FIRST, &["feed", "-o", "empty.atom"], 0);
    let empty = read(&project, "empty.atom");
    assert_eq!(empty["bozo"], false);
    assert_eq!(empty["entries"].as_array().unwrap().len(), 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    project.run_at(SECOND, &["feed", "-o", "all.atom"], 0);
    let all = read(&project, "all.atom");
    assert_eq!(all["bozo"], false, "{all}");
    assert_eq!(all["version"], "atom10");
    assert_eq!(all["id"], "tag:desk.example.org,2026:feed/all.atom");
    let entries = all["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "one for each profile");
    for entry in entries {
        let id = entry["id"].as_str().unwrap();
        let finding = id
            .strip_prefix("tag:desk.example.org,2026:finding/")
            .unwrap();
        assert_eq!(
            entry["link"],
            format!("https://desk.example.org/f/{finding}")
        );
        assert_eq!(entry["updated"], "2026-03-01T08:00:00+00:00");
        assert!(
            entry["title"]
                .as_str()
                .unwrap()
                .contains("absent: Northfield Kite Alliance")
        );
        assert!(
            entry["text"]
                .as_str()
                .unwrap()
                .contains("No longer listed.")
        );
    }
    // One profile, on stdout; the same bytes each time.
    let one = project.expect(&["feed", "-p", "kites"], 0).stdout;
    assert_eq!(project.expect(&["feed", "-p", "kites"], 0).stdout, one);
    project.write("one.atom", &one);
    let one = read(&project, "one.atom");
    assert_eq!(one["id"], "tag:desk.example.org,2026:feed/p/kites.atom");
    assert_eq!(one["title"], "stillsays: Kites of the coast");
    assert_eq!(one["entries"].as_array().unwrap().len(), 1);
    project.expect(&["feed", "-p", "nothing"], 2);
}
