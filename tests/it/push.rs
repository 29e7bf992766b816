//! `push`: the outbox of pages to be saved in another archive, against a scripted one.

use std::{
    fmt::Write as _,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{
    other::{Copy, Other, Saving},
    project::Project,
    site::{Reply, Site},
};

const NOW: &str = "2026-11-27T12:00:00Z";

fn page(name: &str) -> String {
    format!("https://{name}.example/")
}

/// A project with a page for each name, and keys.
fn project(other: &Other, names: &[&str]) -> Project {
    let project = Project::new();
    project.write("keys", "access:secret-of-ours\n");
    project.write(
        "config/stillsays.toml",
        format!(
            "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\ncontact = \"tests@example.org\"\n[archives]\nmax_wait = \"0s\"\n[push]\narchives = [\"{}\"]\nkeys = \"keys\"\n",
            other.base()
        ),
    );
    let references: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            format!(
                "[[references]]\nnumber = {}\nurl = \"{}\"\n",
                at + 1,
                page(name)
            )
        })
        .collect();
    let references = references.concat();
    project.profile(
        "pages",
        &format!("format = 1\ntitle = \"Pages\"\n{references}"),
    );
    project
}

fn job(id: &str) -> (u16, String) {
    (200, format!("{{\"url\":\"x\",\"job_id\":\"spn2-{id}\"}}"))
}

fn push(project: &Project, at: &str, more: &[&str]) -> Vec<Value> {
    let arguments: Vec<&str> = [&["push", "--format", "json", "--clock", at], more].concat();
    let ended = project.run(&arguments);
    let json: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    json["pushes"].as_array().unwrap().clone()
}

fn state(pushes: &[Value], name: &str) -> (String, Value) {
    let it = pushes.iter().find(|it| it["url"] == page(name)).unwrap();
    (
        it["state"].as_str().unwrap().to_owned(),
        it["archived"].clone(),
    )
}

const PENDING: &str = r#"{"status":"pending","job_id":"x","resources":[]}"#;

fn success(name: &str) -> String {
    format!(
        r#"{{"status":"success","timestamp":"20261127120500","original_url":"{}"}}"#,
        page(name)
    )
}

#[test]
fn a_job_is_asked_for_until_the_page_is_archived_and_not_shown_as_that_before() {
    let other = Other::start(Vec::new());
    let project = project(&other, &["a", "gone"]);
    let saving = |status: Vec<String>, id| Saving {
        asked: job(id),
        status,
    };
    other.saving(&page("a"), saving(vec![PENDING.into(), success("a")], "a1"));
    let gone = r#"{"status":"error","status_ext":"error:not-found","message":"Target URL not found (HTTP status=404)."}"#;
    other.saving(&page("gone"), saving(vec![gone.into()], "b2"));
    let first = push(&project, NOW, &[]);
    assert_eq!(state(&first, "a"), ("asked".into(), Value::Null));
    let text = project.expect(&["push", "--due", "--clock", NOW], 3).stdout;
    assert!(
        text.contains("asked; not archived yet") && text.contains("refused: not-found"),
        "{text}"
    );
    let second = push(&project, "2026-11-27T12:06:00Z", &["--due"]);
    let address = format!("{}/web/20261127120500/{}", other.base(), page("a"));
    assert_eq!(state(&second, "a"), ("done".into(), address.into()));
    assert_eq!(state(&second, "gone").0, "refused");
    let before = other.asked().len();
    push(&project, "2026-11-27T12:10:00Z", &["--due"]);
    assert_eq!(
        other.asked().len(),
        before + 1,
        "only how much may be saved"
    );
    assert_eq!(other.bodies().len(), 2);
    assert!(other.bodies().iter().all(|it| !it.contains("outlinks")));
    project.expect(&["verify"], 0);
}

#[test]
fn answers_under_any_status_are_taken_for_what_they_are() {
    let other = Other::start(Vec::new());
    let names = ["daily", "busy", "new", "blocked", "odd"];
    let project = project(&other, &names);
    other.user(r#"{"processing":0,"available":9,"daily_captures":0,"daily_captures_limit":30000}"#);
    let error = |code: &str| {
        (
            200,
            format!(r#"{{"status":"error","status_ext":"error:{code}","message":"so it is"}}"#),
        )
    };
    for (name, asked) in [
        ("daily", error("too-many-daily-captures")),
        ("busy", error("user-session-limit")),
        ("new", error("something-new")),
        ("blocked", error("blocked-url")),
        ("odd", (502, "<h1>Bad Gateway</h1>".to_owned())),
    ] {
        other.saving(
            &page(name),
            Saving {
                asked,
                status: Vec::new(),
            },
        );
    }
    let pushes = push(&project, NOW, &[]);
    for (name, expected) in [
        ("daily", "done"),
        ("busy", "later"),
        ("new", "refused"),
        ("blocked", "refused"),
        ("odd", "later"),
    ] {
        assert_eq!(
            state(&pushes, name),
            (expected.into(), Value::Null),
            "{name}"
        );
    }
    let posts = other.bodies().len();
    push(&project, "2026-11-27T12:10:00Z", &["--due"]);
    assert_eq!(other.bodies().len(), posts, "not before its time");
    push(&project, "2026-11-27T12:16:00Z", &["--due"]);
    assert_eq!(
        other.bodies().len(),
        posts + 2,
        "those that another try may help"
    );
}

#[test]
fn no_more_is_sent_than_the_archive_has_room_for() {
    let other = Other::start(Vec::new());
    let project = project(&other, &["a", "b", "c"]);
    for (name, id) in [("a", "a1"), ("b", "b2"), ("c", "c3")] {
        other.saving(
            &page(name),
            Saving {
                asked: job(id),
                status: vec![success(name)],
            },
        );
    }
    other.user(r#"{"available":2,"daily_captures":29999,"daily_captures_limit":30000}"#);
    push(&project, NOW, &[]);
    assert_eq!(other.bodies().len(), 1, "one is left of today");
    other.user(r#"{"available":0,"daily_captures":0,"daily_captures_limit":30000}"#);
    push(&project, "2026-11-27T12:05:00Z", &["--due"]);
    assert_eq!(other.bodies().len(), 1, "none may be begun now");
    other.user(r#"{"available":3,"daily_captures":0,"daily_captures_limit":30000}"#);
    let pushes = push(&project, "2026-11-27T12:06:00Z", &["--due"]);
    assert_eq!(other.bodies().len(), 3);
    assert_eq!(state(&pushes, "a").0, "done");
}

#[test]
fn without_keys_or_with_wrong_ones_nothing_is_sent_and_the_keys_are_kept_nowhere() {
    let other = Other::start(Vec::new());
    let keyless = project(&other, &["a"]);
    let printed = keyless.expect(&["push", "--set", "push.keys="], 2).stderr;
    assert!(
        printed.contains("no keys")
            && printed.contains("push.keys") | printed.contains("[push] keys"),
        "{printed}"
    );
    assert!(other.asked().is_empty());
    other.saving(
        &page("a"),
        Saving {
            asked: job("a1"),
            status: vec![success("a")],
        },
    );
    let ended = keyless.expect(&["push", "-v", "-v", "--clock", NOW], 0);
    assert!(!ended.stderr.contains("secret-of-ours") && !ended.stdout.contains("secret-of-ours"));
    for file in ["snapshots/stillsays.db", "snapshots/stillsays.db-wal"] {
        let bytes = std::fs::read(keyless.path(file)).unwrap_or_default();
        assert!(
            !bytes.windows(14).any(|it| it == b"secret-of-ours"),
            "{file}"
        );
    }
    // From a credential of systemd.
    std::fs::create_dir_all(keyless.path("credentials")).unwrap();
    keyless.write("credentials/push-keys", "access:of-systemd");
    let out = keyless
        .command(&["push", "--due", "--set", "push.keys=", "--clock", NOW])
        .env("CREDENTIALS_DIRECTORY", keyless.path("credentials"))
        .output()
        .unwrap();
    assert!(out.status.success(), "{out:?}");
    let dry = keyless.expect(&["push", "--dry-run"], 0).stdout;
    assert!(dry.contains(&page("a")), "{dry}");
    keyless.expect(&["push", "--to", "archive.example"], 2);
}

#[test]
fn a_push_that_is_killed_goes_on_and_sends_nothing_twice() {
    let page_of = |name: &str| page(name);
    let other = Other::start(Vec::new());
    let project = project(&other, &["a", "b"]);
    other.saving(
        &page_of("a"),
        Saving {
            asked: job("a1"),
            status: vec![success("a")],
        },
    );
    other.saving(
        &page_of("b"),
        Saving {
            asked: (200, "hold".into()),
            status: Vec::new(),
        },
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_stillsays"))
        .args(["push", "--clock", NOW, "--quiet"])
        .current_dir(project.path(""))
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while other.bodies().len() < 2 {
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    other.saving(
        &page_of("b"),
        Saving {
            asked: job("b2"),
            status: vec![success("b")],
        },
    );
    let pushes = push(&project, "2026-11-27T12:10:00Z", &["--due"]);
    assert_eq!(state(&pushes, "a").0, "done");
    assert_eq!(
        state(&pushes, "b").0,
        "asking",
        "whether it arrived is not known"
    );
    push(&project, "2026-11-27T12:10:00Z", &[]);
    assert_eq!(other.bodies().len(), 2, "nothing is sent twice");
    // After an hour the index is asked: it has the page.
    other.set(vec![Copy::of(
        "20261127120100",
        &page_of("b"),
        "<p>saved</p>",
    )]);
    let pushes = push(&project, "2026-11-27T13:01:00Z", &["--due"]);
    let address = format!("{}/web/20261127120100/{}", other.base(), page_of("b"));
    assert_eq!(state(&pushes, "b"), ("done".into(), address.into()));
    assert_eq!(other.bodies().len(), 2);
    project.expect(&["verify"], 0);
}

#[test]
fn a_job_without_an_answer_for_an_hour_is_looked_up_in_the_index() {
    let other = Other::start(vec![Copy::of("20200101000000", &page("a"), "<p>old</p>")]);
    let project = project(&other, &["a"]);
    other.saving(
        &page("a"),
        Saving {
            asked: job("a1"),
            status: vec![PENDING.into()],
        },
    );
    push(&project, NOW, &[]);
    let pushes = push(&project, "2026-11-27T12:59:00Z", &["--due"]);
    assert_eq!(state(&pushes, "a").0, "asked");
    let pushes = push(&project, "2026-11-27T13:01:00Z", &["--due"]);
    assert_eq!(
        state(&pushes, "a").0,
        "later",
        "an old copy is none of this"
    );
    other.saving(
        &page("a"),
        Saving {
            asked: job("a2"),
            status: vec![success("a")],
        },
    );
    push(&project, "2026-11-27T14:00:00Z", &["--due"]);
    let pushes = push(&project, "2026-11-27T14:01:00Z", &["--due"]);
    assert_eq!(state(&pushes, "a").0, "done");
    assert_eq!(other.bodies().len(), 2);
}

#[test]
fn the_policy_queues_first_visits_changes_and_stale_references() {
    let site = Site::start();
    let listing = |text: &str| {
        Reply::page(format!(
            "<title>A</title><h1>A</h1><p>{text} and more text than a stand-in would have, so that it is a page.</p>"
        ))
    };
    site.on(
        "/a",
        [
            listing("one"),
            listing("one"),
            listing("two"),
            Reply::status(404, "gone"),
        ],
    );
    let other = Other::start(Vec::new());
    let project = project(&other, &[]);
    let uri = site.uri("/a");
    project.profile(
        "pages",
        &format!("format = 1\ntitle = \"Pages\"\n[[references]]\nnumber = 1\nurl = \"{uri}\"\n"),
    );
    let run = |at: &str, when: &str| {
        let set = format!("push.when={when}");
        project.run(&["run", "--all", "--quiet", "--clock", at, "--set", &set]);
        let json = project.run(&["push", "--due", "--format", "json", "--clock", at]);
        let json: Value = serde_json::from_str(&json.stdout).unwrap();
        json["pushes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["url"] == uri.as_str())
            .map(|it| it["at"].clone())
            .next()
    };
    other.user(r#"{"available":0,"daily_captures":0,"daily_captures_limit":30000}"#);
    assert_eq!(run("2026-01-01T00:00:00Z", "[]"), None, "off by default");
    assert_eq!(
        run("2026-02-01T00:00:00Z", "[\"first\", \"change\", \"stale\"]"),
        None,
        "nothing new"
    );
    assert_eq!(
        run("2026-03-01T00:00:00Z", "[\"change\"]"),
        Some("2026-03-01T00:00:00Z".into())
    );
}

#[test]
fn a_first_visit_and_a_page_that_died_are_queued() {
    let site = Site::start();
    let page = |text: &str| {
        Reply::page(format!(
            "<title>A</title><h1>A</h1><p>{text} and more text than a stand-in would have, so that it is a page.</p>"
        ))
    };
    site.on("/first", [page("one"), page("one")]);
    site.on("/dies", [page("two"), Reply::status(404, "gone")]);
    let other = Other::start(Vec::new());
    let project = project(&other, &[]);
    other.user(r#"{"available":0,"daily_captures":0,"daily_captures_limit":30000}"#);
    let (first, dies) = (site.uri("/first"), site.uri("/dies"));
    let cites = |uris: &[&str]| {
        let mut profile = "format = 1\ntitle = \"Pages\"\n".to_owned();
        for (at, uri) in uris.iter().enumerate() {
            writeln!(
                profile,
                "[[references]]\nnumber = {}\nurl = \"{uri}\"",
                at + 1
            )
            .unwrap();
        }
        project.profile("pages", &profile);
    };
    let queued = |at: &str, when: &str| -> Vec<(String, String)> {
        let set = format!("push.when={when}");
        project.run(&["run", "--all", "--quiet", "--clock", at, "--set", &set]);
        let json = project.run(&["push", "--due", "--format", "json", "--clock", at]);
        let json: Value = serde_json::from_str(&json.stdout).unwrap();
        let pushes = json["pushes"].as_array().unwrap().iter();
        let text = |it: &Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
        pushes.map(|it| (text(it, "url"), text(it, "at"))).collect()
    };
    cites(&[&dies]);
    assert_eq!(queued("2026-01-01T00:00:00Z", "[\"stale\"]"), []);
    cites(&[&dies, &first]);
    let (january, march) = ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
    // The other page died in the same run, which does not matter here.
    assert_eq!(
        queued(january, "[\"first\"]"),
        [(first.clone(), january.to_owned())]
    );
    assert_eq!(
        queued(march, "[\"first\", \"stale\"]"),
        [(first, january.to_owned())],
        "neither is new"
    );
    let project = self::project(&other, &[]);
    site.on("/dies-later", [page("two"), Reply::status(404, "gone")]);
    let later = site.uri("/dies-later");
    project.profile(
        "pages",
        &format!("format = 1\ntitle = \"Pages\"\n[[references]]\nnumber = 1\nurl = \"{later}\"\n"),
    );
    for (at, expected) in [(january, 0), (march, 1)] {
        let stale = ["--set", "push.when=[\"stale\"]"];
        project.run(&[&["run", "--all", "--quiet", "--clock", at][..], &stale].concat());
        let json = project.run(&["push", "--due", "--format", "json", "--clock", at]);
        let json: Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(
            json["pushes"].as_array().unwrap().len(),
            expected,
            "{at}: {json:#}"
        );
    }
}
