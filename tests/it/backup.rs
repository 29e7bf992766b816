//! The archive copied while it is written, and put back.

use std::fs;

use stillsays::{
    clock::Instant,
    store::{Access, Crawl, Store},
};

use crate::project::Project;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/sample.warc.gz");
const NOW: &str = "2026-06-01T12:00:00Z";

fn with_sample() -> Project {
    let project = Project::new();
    project.expect(&["import", SAMPLE], 0);
    project
}

/// Begins a crawl, so that the store holds something more.
fn change(project: &Project) -> Store {
    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadWrite).unwrap();
    store
        .begin_crawl(&Crawl {
            started: Instant::default(),
            software: "test".into(),
            command: "later".into(),
        })
        .unwrap();
    store
}

fn crawls(project: &Project) -> usize {
    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
    store.crawls().unwrap().len()
}

#[test]
fn a_copy_made_while_the_store_is_open_gives_the_archive_back() {
    let project = with_sample();
    let stored = crawls(&project);
    let open = change(&project);
    fs::create_dir(project.path("copies")).unwrap();
    let said = project.run_at(NOW, &["backup", "copies"], 0).stdout;
    assert_eq!(said.trim(), "copies/stillsays-20260601120000.db");
    change(&project);
    drop(open);
    assert_eq!(crawls(&project), stored + 2);

    let said = project.run_at(NOW, &["restore", said.trim()], 0).stderr;
    assert!(said.contains("the archive it replaced is now"), "{said}");
    assert_eq!(crawls(&project), stored + 1);
    project.expect(&["verify"], 0);
    let aside = project.path("snapshots/stillsays.db.before-20260601120000");
    let aside = Store::open(&aside, Access::ReadOnly).unwrap();
    assert_eq!(aside.crawls().unwrap().len(), stored + 2);
}

#[test]
fn a_copy_is_never_written_over_another_and_a_damaged_one_is_never_put_in_place() {
    let project = with_sample();
    project.expect(&["backup", "deep/one.db"], 0);
    let said = project.expect(&["backup", "deep/one.db"], 2).stderr;
    assert!(said.contains("a file of that name already"), "{said}");

    rusqlite::Connection::open(project.path("deep/one.db"))
        .unwrap()
        .execute(
            "UPDATE payload SET encoding = 'identity', bytes = x'00'",
            (),
        )
        .unwrap();
    let before = fs::read(project.path("snapshots/stillsays.db")).unwrap();
    let said = project.expect(&["restore", "deep/one.db"], 4);
    assert!(said.stdout.contains("payload sha256:"), "{}", said.stdout);
    assert!(
        said.stderr.contains("nothing was changed"),
        "{}",
        said.stderr
    );
    assert_eq!(
        fs::read(project.path("snapshots/stillsays.db")).unwrap(),
        before
    );
    project.write("text.db", "no store");
    project.expect(&["restore", "text.db"], 4);
    project.expect(&["restore", "nothing.db"], 2);
}
