//! Alerts: what is new, written with the findings, sent through every channel once, and again only under the same id.

mod chats;
mod digests;
mod documented;
mod feeds;
mod kills;
mod mail;
mod secrets;

use serde_json::{Value, json};

use crate::{
    project::Project,
    receiver::{Answer, Receiver},
    site::{Reply, Site},
};

const BEFORE: &str = "<html><head><title>Our kites</title></head><body><h1>Our kites</h1><ul>
<li>Harbour Kite Society</li><li>Quiet River Kites</li><li>Northfield Kite Alliance</li>
<li>Lantern Street Kite Project</li><li>Oak Valley Kite Council</li></ul>
<p>Members of the society teach the making of paper kites in twelve towns along the coast.</p></body></html>";

const AFTER: &str = "<html><head><title>Our kites</title></head><body><h1>Our kites</h1><ul>
<li>Harbour Kite Society</li><li>Quiet River Kites</li>
<li>Lantern Street Kite Project</li><li>Oak Valley Kite Council</li></ul>
<p>Members of the society teach the making of paper kites in twelve towns along the coast.</p></body></html>";

/// When the page is as the article says, and when it has lost a name.
const FIRST: &str = "2026-01-01T08:00:00Z";
const SECOND: &str = "2026-03-01T08:00:00Z";

fn profile(site: &Site, title: &str) -> String {
    format!(
        r#"format = 1
title = "{title}"

[[references]]
number = 1
title = "Our kites"
accessed = "2025-12-30"
url = "{}"

[[claims]]
id = "members"
kind = "listed"
cites = [1]
names = [
  "Harbour Kite Society",
  "Quiet River Kites",
  "Northfield Kite Alliance",
  "Lantern Street Kite Project",
  "Oak Valley Kite Council",
]
"#,
        site.uri("/kites")
    )
}

/// A project with one profile, whose page a scripted site has, and these channels.
fn project(site: &Site, channels: &str) -> Project {
    site.on("/robots.txt", [Reply::status(404, "")]);
    site.on("/kites", [Reply::page(BEFORE)]);
    let project = Project::new();
    project.profile("kites", &profile(site, "Kites of the coast"));
    channel(&project, channels);
    project
}

/// The settings, with these channels and no others.
fn channel(project: &Project, channels: &str) {
    project.write(
        "config/stillsays.toml",
        format!(
            "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\ncontact = \"tests@example.org\"\n[serve]\nurl = \"https://desk.example.org\"\n{channels}"
        ),
    );
}

fn hook(name: &str, receiver: &Receiver) -> String {
    format!(
        "[notify.{name}]\nkind = \"webhook\"\nurl = \"{}\"\ntime = \"5s\"\n",
        receiver.uri("/hook")
    )
}

/// The kinds and subjects of the changes in a message.
fn changes(message: &Value) -> Vec<(String, String)> {
    let changes = message["data"]["changes"].as_array().unwrap().iter();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    changes
        .map(|it| (text(&it["kind"]), text(&it["what"])))
        .collect()
}

fn pair(kind: &str, what: &str) -> (String, String) {
    (kind.to_owned(), what.to_owned())
}

fn log(project: &Project, at: &str) -> Vec<Value> {
    let log = project.json(&["notify", "log", "--format", "json", "--clock", at]);
    log["messages"].as_array().unwrap().clone()
}

#[test]
fn a_change_is_sent_once_with_the_words_then_and_now_and_so_is_a_recovery() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.run_at(FIRST, &["run", "--all"], 0);
    assert!(receiver.got().is_empty(), "nothing is new");
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let got = receiver.got();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].line, "POST /hook");
    assert_eq!(got[0].field("content-type"), Some("application/json"));
    let message = got[0].json();
    assert_eq!(message["type"], "findings.changed");
    assert_eq!(message["data"]["id"], got[0].field("webhook-id").unwrap());
    assert_eq!(message["data"]["summary"], "1 new: 1 to decide on 1 page");
    let change = &message["data"]["changes"][0];
    assert_eq!(change["kind"], "absent");
    assert_eq!(change["weight"], "name");
    assert_eq!(change["what"], "Northfield Kite Alliance");
    assert_eq!(change["said"], "No longer listed.");
    assert_eq!(change["then"]["date"], FIRST);
    assert_eq!(
        change["then"]["text"],
        "Quiet River Kites · Northfield Kite Alliance · Lantern Street Kite Project"
    );
    assert_eq!(change["now"]["date"], SECOND);
    assert_eq!(change["page"], site.uri("/kites"));
    let cited = &change["cited"][0];
    assert_eq!(cited["profile"], "kites");
    assert_eq!(cited["title"], "Kites of the coast");
    let id = cited["finding"].as_str().unwrap();
    assert_eq!(cited["link"], format!("https://desk.example.org/f/{id}"));

    project.run_at("2026-03-02T08:00:00Z", &["run", "--all"], 0);
    project.run_at("2026-03-03T08:00:00Z", &["run", "--all"], 0);
    assert_eq!(receiver.got().len(), 1, "the same is not sent again");

    // A page that was gone for long enough, and is back.
    site.on("/kites", [Reply::status(404, "gone")]);
    project.run_at("2026-04-01T08:00:00Z", &["run", "--all"], 0);
    let message = receiver.got()[1].json();
    assert_eq!(changes(&message), [pair("gone", "Our kites")]);
    assert_eq!(message["data"]["summary"], "1 new: 1 reference lost");
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at("2026-04-02T08:00:00Z", &["run", "--all"], 0);
    let message = receiver.got()[2].json();
    assert_eq!(changes(&message), [pair("back", "Our kites")]);
    project.run_at("2026-04-03T08:00:00Z", &["run", "--all"], 0);
    assert_eq!(receiver.got().len(), 3);
    let log = log(&project, "2026-04-03T08:00:00Z");
    assert!(log.iter().all(|it| it["state"] == "sent"), "{log:?}");
    project.expect(&["verify"], 0);
}

#[test]
fn a_page_that_is_down_is_no_news_until_it_has_been_for_long() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::status(503, "")]);
    let bad = [
        "run",
        "--all",
        "--set",
        "fetch.tries=1",
        "--set",
        "fetch.max_wait=0s",
    ];
    project.run_at("2026-03-01T08:00:00Z", &bad, 0);
    project.run_at("2026-03-02T08:00:00Z", &bad, 0);
    assert!(receiver.got().is_empty());
    project.run_at("2026-03-05T08:00:00Z", &bad, 0);
    let message = receiver.got()[0].json();
    assert_eq!(changes(&message), [pair("unreachable", "Our kites")]);
    project.run_at("2026-03-06T08:00:00Z", &bad, 0);
    assert_eq!(receiver.got().len(), 1);
}

#[test]
fn a_channel_that_fails_touches_neither_the_run_nor_the_others_and_is_tried_for_a_day() {
    let site = Site::start();
    let (good, bad) = (Receiver::start(), Receiver::start());
    bad.answers(&[Answer::Status(500, "", "no \u{1b}[31mroom")]);
    let channels = [hook("a-bad", &bad), hook("b-good", &good)].concat();
    let project = project(&site, &channels);
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    let ran = project.run_at("2026-03-01T08:00:00Z", &["run", "--all", "--quiet"], 0);
    assert!(
        ran.stderr
            .contains("a message through a-bad: status 500: no [31mroom"),
        "{ran:?}"
    );
    assert_eq!((good.got().len(), bad.got().len()), (1, 1));
    // Not before its time, then at growing pauses, and in the end no more.
    let run = |at: &str| drop(project.run_at(at, &["run", "--due"], 0));
    run("2026-03-01T08:00:30Z");
    assert_eq!(bad.got().len(), 1);
    for (at, tries) in [
        ("2026-03-01T08:01:00Z", 2),
        ("2026-03-01T08:05:00Z", 2),
        ("2026-03-01T08:06:00Z", 3),
        ("2026-03-01T08:36:00Z", 4),
        ("2026-03-01T09:36:00Z", 5),
        ("2026-03-01T11:36:00Z", 6),
        ("2026-03-01T15:36:00Z", 7),
        ("2026-03-01T21:36:00Z", 8),
        ("2026-03-02T08:00:00Z", 9),
        ("2026-03-03T08:00:00Z", 9),
    ] {
        run(at);
        assert_eq!(bad.got().len(), tries, "{at}");
    }
    let ids: Vec<_> = bad
        .got()
        .iter()
        .map(|it| it.field("webhook-id").map(str::to_owned))
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let unsent = project.json(&["notify", "log", "--unsent", "--format", "json"]);
    assert_eq!(unsent["messages"][0]["state"], "failed");
    assert_eq!(
        unsent["messages"][0]["attempts"].as_array().unwrap().len(),
        9
    );
    let text = project.expect(&["notify", "log"], 0).stdout;
    assert!(
        text.contains("a-bad  failed: 1 new") && text.contains("b-good  sent"),
        "{text}"
    );
    // A person asks for it again.
    bad.answers(&[Answer::Status(204, "", "")]);
    project.run_at("2026-03-04T08:00:00Z", &["notify", "retry"], 0);
    assert_eq!(bad.got().len(), 10);
    assert_eq!(
        log(&project, SECOND)
            .iter()
            .filter(|it| it["state"] == "sent")
            .count(),
        2
    );
    assert_eq!(good.got().len(), 1);
}

#[test]
fn a_receiver_that_asks_for_time_gets_it_and_one_that_is_switched_off_is_left_alone() {
    let site = Site::start();
    let (busy, off) = (Receiver::start(), Receiver::start());
    busy.answers(&[
        Answer::Status(429, "Retry-After: 600\r\n", ""),
        Answer::Status(200, "", ""),
    ]);
    off.answers(&[Answer::Status(410, "", "")]);
    let project = project(&site, &[hook("busy", &busy), hook("off", &off)].concat());
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at("2026-03-01T08:00:00Z", &["run", "--all"], 0);
    project.run_at("2026-03-01T08:09:00Z", &["run"], 0);
    assert_eq!((busy.got().len(), off.got().len()), (1, 1));
    project.run_at("2026-03-01T08:10:00Z", &["run"], 0);
    assert_eq!((busy.got().len(), off.got().len()), (2, 1));
    // Redirects are not followed.
    off.answers(&[Answer::Status(302, "Location: /elsewhere\r\n", "")]);
    project.run_at("2026-03-01T09:00:00Z", &["notify", "retry"], 3);
    assert_eq!(off.got().len(), 2);
    assert_eq!(
        project
            .run_at(SECOND, &["notify", "retry", "msg_x"], 2)
            .code,
        2
    );
}

#[test]
fn a_receiver_that_says_410_disables_its_channel_until_a_person_enables_it() {
    let site = Site::start();
    let (off, on) = (Receiver::start(), Receiver::start());
    off.answers(&[
        Answer::Status(410, "", "we moved"),
        Answer::Status(204, "", ""),
    ]);
    let project = project(&site, &[hook("off", &off), hook("on", &on)].concat());
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    let printed = project.run_at("2026-03-01T08:00:00Z", &["run", "--all"], 0);
    assert!(
        printed.stderr.contains("410 Gone: we moved")
            && printed.stderr.contains("the channel off is disabled")
            && printed
                .stderr
                .contains("`stillsays notify retry` enables it again"),
        "{}",
        printed.stderr
    );
    // What is new later does not go to it either, not even after the log of the failure is old.
    site.on("/kites", [Reply::status(404, "gone")]);
    for at in [
        "2026-03-02T08:00:00Z",
        "2026-03-04T08:00:00Z",
        "2026-08-01T08:00:00Z",
    ] {
        let printed = project.run_at(at, &["run", "--all"], 0);
        assert!(!printed.stderr.contains("410"), "{}", printed.stderr);
    }
    assert_eq!(off.got().len(), 1);
    assert!(on.got().len() > 1, "the other channel goes on");
    let json = project.json(&["notify", "log", "--format", "json"]);
    assert_eq!(json["disabled"], serde_json::json!(["off"]));
    let text = project.expect(&["notify", "log"], 0).stdout;
    assert!(text.contains("the channel off is disabled"), "{text}");
    let before = on.got().len();
    project.run_at("2026-08-02T08:00:00Z", &["notify", "retry"], 0);
    assert_eq!(
        (off.got().len(), on.got().len()),
        (3, before),
        "the message that was refused, and one with all that came later"
    );
    let json = project.json(&["notify", "log", "--format", "json"]);
    assert_eq!(json["disabled"], serde_json::json!([]));
}

#[test]
fn a_webhook_into_the_local_network_is_refused_unless_it_is_allowed() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.write(
        "config/stillsays.toml",
        format!(
            "[fetch]\ncontact = \"tests@example.org\"\n{}",
            hook("desk", &receiver)
        ),
    );
    project.expect(&["init"], 0);
    let refused = project.expect(&["notify", "test", "desk"], 3).stderr;
    assert!(
        refused.contains(
            "127.0.0.1 is in 127.0.0.0/8 (loopback); to visit it, add it to `fetch.allow`"
        ),
        "{refused}"
    );
    assert!(receiver.got().is_empty());
}

#[test]
fn a_command_gets_the_message_on_stdin() {
    let site = Site::start();
    let command = "[notify.script]\nkind = \"command\"\ncommand = [\"sh\", \"-c\", \"cat >> messages; exit $(cat code)\"]\n";
    let project = project(&site, command);
    project.write("code", "7");
    let failed = project.expect(&["init"], 0);
    assert_eq!(failed.code, 0);
    let failed = project.expect(&["notify", "test", "script"], 3).stderr;
    assert!(failed.contains("script: sh ended with code 7"), "{failed}");
    project.write("code", "0");
    std::fs::remove_file(project.path("messages")).unwrap();
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let message: Value = serde_json::from_str(&project.read("messages")).unwrap();
    assert_eq!(
        changes(&message),
        [pair("absent", "Northfield Kite Alliance")]
    );
}

#[test]
fn a_new_channel_hears_of_what_is_new_from_then_on() {
    let site = Site::start();
    let project = project(&site, "");
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let receiver = Receiver::start();
    channel(&project, &hook("desk", &receiver));
    project.run_at("2026-03-02T08:00:00Z", &["run", "--all"], 0);
    assert!(receiver.got().is_empty());
    let lost = AFTER.replace("<li>Quiet River Kites</li>", "");
    site.on("/kites", [Reply::page(lost)]);
    project.run_at("2026-03-03T08:00:00Z", &["run", "--all"], 0);
    assert_eq!(
        changes(&receiver.got()[0].json()),
        [pair("absent", "Quiet River Kites")]
    );
}

#[test]
fn what_is_decided_before_it_is_sent_is_not_sent() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all", "--archive-only"], 0);
    project.run_at(SECOND, &["recheck"], 0);
    let report = project.json(&["report", "--format", "json"]);
    let entries = report["claims"][0]["entries"].as_array().unwrap();
    let gone = entries.iter().find(|it| it["label"] == "absent").unwrap();
    let id = gone["finding"]["id"].as_str().unwrap();
    project.run_at(SECOND, &["review", id, "accept"], 0);
    project.run_at("2026-03-02T08:00:00Z", &["notify", "retry"], 0);
    assert!(receiver.got().is_empty());
}

#[test]
fn an_unknown_channel_is_answered_with_those_there_are() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.expect(&["init"], 0);
    let wrong = project.expect(&["notify", "test", "mail"], 2).stderr;
    assert!(wrong.contains("the channels are: desk"), "{wrong}");
    project.expect(&["notify", "test", "desk"], 0);
    let got = receiver.got();
    assert_eq!(got[0].json()["type"], json!("test"));
    assert_eq!(
        project.expect(&["notify", "log"], 0).stdout,
        "no messages\n"
    );
}
