//! Digests: when they are sent, what goes into them, and what many profiles share.

use super::{AFTER, BEFORE, FIRST, SECOND, changes, channel, hook, pair, profile, project};
use crate::{
    receiver::Receiver,
    site::{Reply, Site},
};

#[test]
fn a_weekly_digest_gathers_a_week_in_the_time_of_its_zone() {
    let site = Site::start();
    let receiver = Receiver::start();
    // 07:00 in Vilnius is 05:00 in UTC in winter.
    let weekly = "digest = \"mon 07:00\"\nzone = \"EET-2EEST,M3.5.0/3,M10.5.0/4\"\n";
    let project = project(&site, &(hook("desk", &receiver) + weekly));
    let run = |at: &str| drop(project.run_at(at, &["run", "--all"], 0));
    run("2026-02-04T08:00:00Z");
    site.on("/kites", [Reply::page(AFTER)]);
    run("2026-02-05T08:00:00Z");
    site.on(
        "/kites",
        [Reply::page(AFTER.replace("<li>Quiet River Kites</li>", ""))],
    );
    run("2026-02-06T08:00:00Z");
    run("2026-02-09T04:59:00Z");
    assert!(receiver.got().is_empty(), "it is not yet seven");
    run("2026-02-09T05:00:00Z");
    let got = receiver.got();
    assert_eq!(got.len(), 1);
    assert_eq!(
        changes(&got[0].json()),
        [
            pair("absent", "Northfield Kite Alliance"),
            pair("absent", "Quiet River Kites")
        ]
    );
    // Nothing new: nothing sent. What is new in the middle of the week waits.
    run("2026-02-16T05:00:00Z");
    site.on("/kites", [Reply::status(404, "")]);
    run("2026-02-18T08:00:00Z");
    assert_eq!(receiver.got().len(), 1);
    run("2026-02-23T06:00:00Z");
    assert_eq!(
        changes(&receiver.got()[1].json()),
        [pair("gone", "Our kites")]
    );
}

#[test]
fn a_change_that_several_profiles_cite_is_told_once() {
    let site = Site::start();
    let (all, some) = (Receiver::start(), Receiver::start());
    let only = "profiles = [\"boats-*\"]\n";
    let project = project(&site, &(hook("all", &all) + &hook("some", &some) + only));
    project.profile("boats-north", &profile(&site, "Boats of the north"));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let message = all.got()[0].json();
    let changes = message["data"]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{message}");
    let profiles: Vec<&str> = changes[0]["cited"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["profile"].as_str().unwrap())
        .collect();
    assert_eq!(profiles, ["boats-north", "kites"]);
    let message = some.got()[0].json();
    let cited = message["data"]["changes"][0]["cited"].as_array().unwrap();
    assert_eq!(cited.len(), 1);
    assert_eq!(cited[0]["profile"], "boats-north");
}

#[test]
fn the_heaviest_comes_first_and_a_channel_may_want_only_that() {
    let site = Site::start();
    let (all, lost, kinds) = (Receiver::start(), Receiver::start(), Receiver::start());
    let channels = hook("all", &all)
        + &hook("lost", &lost)
        + "weight = \"lost\"\n"
        + &hook("kinds", &kinds)
        + "kinds = [\"new\"]\n";
    let project = project(&site, &channels);
    let about = "<h1>About the kites</h1><p>We fly kites on the hill every morning, and on the beach in the evening.</p>";
    site.on("/about", [Reply::page(about)]);
    let more = format!(
        "\n[[references]]\nnumber = 2\ntitle = \"About\"\nurl = \"{}\"\n",
        site.uri("/about")
    );
    project.profile("kites", &(profile(&site, "Kites") + &more));
    project.run_at(FIRST, &["run", "--all"], 0);
    site.on("/about", [Reply::status(410, "")]);
    let grown = AFTER.replace("</ul>", "<li>Willow Creek Kite Centre</li></ul>");
    site.on("/kites", [Reply::page(grown)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    let found = changes(&all.got()[0].json());
    assert_eq!(
        found,
        [
            pair("gone", "About"),
            pair("absent", "Northfield Kite Alliance"),
            pair("new", "Willow Creek Kite Centre")
        ]
    );
    assert_eq!(changes(&lost.got()[0].json()), [pair("gone", "About")]);
    let new = pair("new", "Willow Creek Kite Centre");
    assert_eq!(changes(&kinds.got()[0].json()), [new]);
    // Good news of what was lost comes too, but not to who wants other kinds.
    site.on("/about", [Reply::page(about)]);
    project.run_at("2026-04-01T08:00:00Z", &["run", "--all"], 0);
    assert_eq!(changes(&lost.got()[1].json()), [pair("back", "About")]);
    assert_eq!(kinds.got().len(), 1);
}

#[test]
fn a_page_that_is_lost_again_after_it_was_back_is_told_again() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    let run = |at: &str, reply: Reply| {
        site.on("/kites", [reply]);
        project.run_at(at, &["run", "--all"], 0);
        receiver.got().len()
    };
    run("2026-01-01T08:00:00Z", Reply::page(BEFORE));
    assert_eq!(run("2026-02-01T08:00:00Z", Reply::status(404, "")), 1);
    assert_eq!(run("2026-02-02T08:00:00Z", Reply::page(BEFORE)), 2);
    assert_eq!(run("2026-02-03T08:00:00Z", Reply::status(404, "")), 3);
    let got = receiver.got();
    assert_eq!(changes(&got[0].json()), changes(&got[2].json()));
    let id = |at: usize| got[at].field("webhook-id").unwrap();
    assert_ne!(id(0), id(2), "it is another message");
}

#[test]
fn a_channel_that_is_taken_out_hears_nothing_more() {
    let site = Site::start();
    let receiver = Receiver::start();
    let project = project(&site, &hook("desk", &receiver));
    project.run_at(FIRST, &["run", "--all"], 0);
    channel(&project, "");
    site.on("/kites", [Reply::page(AFTER)]);
    project.run_at(SECOND, &["run", "--all"], 0);
    channel(&project, &hook("desk", &receiver));
    project.run_at("2026-03-02T08:00:00Z", &["run", "--all"], 0);
    assert!(receiver.got().is_empty());
}
