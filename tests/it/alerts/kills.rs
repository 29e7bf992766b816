//! kill -9 while messages are made and sent: every finding is sent, repeated at most once, and then under the same id.

use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
};

use super::{AFTER, FIRST, SECOND, changes, hook, log, pair, project};
use crate::{
    project::Project,
    receiver::{Answer, Got, Receiver},
    site::{Reply, Site},
};

fn start(project: &Project, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_stillsays"))
        .args(arguments)
        .current_dir(project.path(""))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How often each message came.
fn repeats(got: &[Got]) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for it in got {
        *count
            .entry(it.field("webhook-id").unwrap().to_owned())
            .or_default() += 1;
    }
    count
}

#[test]
fn killed_during_a_send_it_sends_the_same_message_once_more() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    receiver.answers(&[Answer::Hang]);
    let mut child = start(&project, &["run", "--all", "--clock", SECOND]);
    receiver.wait_for(1);
    child.kill().unwrap();
    child.wait().unwrap();
    let interrupted = log(&project, SECOND);
    assert_eq!(interrupted[0]["state"], "sending");
    assert_eq!(interrupted[0]["attempts"][0]["result"], "interrupted");
    receiver.answers(&[Answer::Status(200, "", "")]);
    project.run_at("2026-03-01T08:00:10Z", &["run"], 0);
    project.run_at("2026-03-01T09:00:00Z", &["run"], 0);
    let got = receiver.got();
    assert_eq!(repeats(&got).into_values().collect::<Vec<_>>(), [2]);
    assert_eq!(got[0].json(), got[1].json(), "and it says the same");
    project.expect(&["verify"], 0);
}

#[test]
fn killed_between_the_findings_and_the_message_it_sends_it_with_the_next_command() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    // `recheck` writes findings as a run does, and ends there: as if the run was killed after the commit.
    project.run_at(SECOND, &["run", "--all", "--archive-only"], 0);
    project.run_at(SECOND, &["recheck"], 0);
    assert!(receiver.got().is_empty());
    // Meanwhile the page changes again, and the finding with it.
    site.on(
        "/kites",
        [Reply::page(AFTER.replace("<li>Quiet River Kites</li>", ""))],
    );
    project.run_at("2026-03-02T08:00:00Z", &["run", "--all"], 0);
    let message = receiver.got()[0].json();
    assert_eq!(
        changes(&message),
        [
            pair("absent", "Northfield Kite Alliance"),
            pair("absent", "Quiet River Kites")
        ]
    );
}

#[cfg(unix)]
#[test]
fn killed_between_two_channels_both_get_everything() {
    let site = Site::start();
    let receiver = Receiver::start();
    // The first channel kills the program that sends, once.
    let killer = "[notify.a-killer]\nkind = \"command\"\ncommand = [\"sh\", \"-c\", \"cat >> taken; test -e once || { touch once; kill -9 $PPID; }\"]\n";
    let project = project(&site, &(killer.to_owned() + &hook("b-desk", &receiver)));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    let ended = start(&project, &["run", "--all", "--clock", SECOND])
        .wait()
        .unwrap();
    assert!(!ended.success());
    assert!(
        receiver.got().is_empty(),
        "its message is made and not sent"
    );
    project.run_at("2026-03-01T08:00:10Z", &["notify", "retry"], 0);
    assert_eq!(receiver.got().len(), 1);
    let taken = project.read("taken");
    let ids: Vec<serde_json::Value> = taken
        .lines()
        .map(|it| serde_json::from_str::<serde_json::Value>(it).unwrap()["data"]["id"].clone())
        .collect();
    assert_eq!(ids.len(), 2, "{taken}");
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn killed_at_any_moment_every_finding_is_sent_and_at_most_once_more() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    let mut dice = crate::kills::Dice(21);
    let mut most = std::time::Duration::from_secs(1);
    for day in 1..=8 {
        // Each day another name goes or comes, so each day has news.
        let page = if day % 2 == 0 {
            AFTER.to_owned()
        } else {
            AFTER.replace("<li>Quiet River Kites</li>", "")
        };
        site.on("/kites", [Reply::page(page)]);
        let at = format!("2026-03-{day:02}T08:00:00Z");
        let began = std::time::Instant::now();
        crate::kills::killed(&project, &["run", "--all", "--clock", &at], &mut dice, most);
        let again = format!("2026-03-{day:02}T09:00:00Z");
        project.run_at(&again, &["run", "--all"], 0);
        most = began.elapsed();
    }
    project.run_at("2026-03-20T08:00:00Z", &["notify", "retry"], 0);
    let got = receiver.got();
    assert!(
        repeats(&got).values().all(|it| *it <= 2),
        "{:?}",
        repeats(&got)
    );
    let told: Vec<_> = got.iter().flat_map(|it| changes(&it.json())).collect();
    assert!(told.contains(&pair("absent", "Northfield Kite Alliance")));
    assert!(told.contains(&pair("absent", "Quiet River Kites")));
    let log = log(&project, "2026-03-20T08:00:00Z");
    assert!(log.iter().all(|it| it["state"] == "sent"), "{log:?}");
}
