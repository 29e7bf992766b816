//! Copies from other archives: theirs, and never ours; baseline and history of a page, and never its fate.

use std::{fs, io::Read};

use serde_json::Value;
use stillsays::store::{Access, Store};

use crate::{
    project::Project,
    site::{Reply, Site},
};

const NOW: &str = "2026-11-27T12:00:00Z";
const COPIED: &str = "2026-11-27T06:00:00Z";

/// A page with a list of names.
fn listing(names: &[&str]) -> String {
    let items: Vec<String> = names.iter().map(|it| format!("<li>{it}</li>")).collect();
    let items = items.concat();
    format!(
        "<!doctype html><title>Lantern Circle</title><h1>Lantern Circle</h1><h2>Partners</h2><ul>{items}</ul>\
         <p>The Lantern Circle is a network of centers that mediate between neighbours. These organizations work with it.</p>"
    )
}

/// A record as other tools write it; with the archive that it was copied from, if any.
fn record(uri: &str, date: &str, memento: Option<&str>, body: &str) -> String {
    let source =
        memento.map(|it| format!("WARC-Source-URI: {it}\r\nWARC-Creation-Date: {COPIED}\r\n"));
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
    format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{date}>\r\nWARC-Date: {date}\r\nWARC-Target-URI: {uri}\r\n{}\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{head}{body}\r\n\r\n",
        source.unwrap_or_default(),
        head.len() + body.len()
    )
}

fn memento(digits: &str, uri: &str) -> String {
    format!("https://web.archive.org/web/{digits}id_/{uri}")
}

/// A profile with one reference, read in October 2022, and the names that it is cited for.
fn profile(uri: &str) -> String {
    format!(
        "format = 1\ntitle = \"Lantern Circle\"\n\n[[references]]\nnumber = 1\ntitle = \"Partners\"\nurl = \"{uri}\"\naccessed = 2022-10-20\n\n\
         [[claims]]\nid = \"partners\"\nkind = \"listed\"\ncites = [1]\nnames = [\"Alder House\", \"Birch Foundation\", \"Cedar Institute\"]\n"
    )
}

/// A project whose page was copied from another archive as it was in 2022.
fn with_copy(site: &Site) -> Project {
    let project = Project::new();
    let uri = site.uri("/partners");
    project.profile("lantern", &profile(&uri));
    let body = listing(&["Alder House", "Birch Foundation", "Cedar Institute"]);
    let from = memento("20221021101500", &uri);
    project.write(
        "copies.warc",
        record(&uri, "2022-10-21T10:15:00Z", Some(&from), &body),
    );
    let printed = project.run_at(NOW, &["import", "copies.warc"], 0).stdout;
    assert!(
        printed.contains("1 of the captures were made by other archives"),
        "{printed}"
    );
    project
}

fn report(project: &Project) -> Value {
    project.json(&["report", "--format", "json"])
}

/// What the report says of one name: its label, and the two sentences.
fn printed(report: &Value, name: &str) -> (String, String) {
    let entries = report["claims"][0]["entries"].as_array().unwrap();
    let it = entries.iter().find(|it| it["subject"] == name).unwrap();
    let words = format!(
        "{} {}",
        it["said"].as_str().unwrap(),
        it["since"].as_str().unwrap()
    );
    (it["label"].as_str().unwrap().to_owned(), words)
}

#[test]
fn a_copy_alone_is_not_a_visit_and_shows_how_the_page_was() {
    let site = Site::start();
    let project = with_copy(&site);
    project.run_at(NOW, &["recheck"], 0);
    let report = report(&project);
    assert_eq!(
        report["references"][0]["fate"]["fate"], "unvisited",
        "{report:#}"
    );
    assert_eq!(report["references"][0]["visits_in_all"], 0);
    let (label, words) = printed(&report, "Cedar Institute");
    assert_eq!(label, "cannot-tell");
    assert!(
        words.contains("it was there on 2022-10-21, as held by web.archive.org, copied 2026-11-27"),
        "{words}"
    );
    let status = project.json(&["status", "--format", "json"]);
    assert_eq!(
        status["profiles"][0]["references"][0]["last_visit"],
        Value::Null
    );
    let plan = project.json(&["run", "--dry-run", "--format", "json"]);
    assert_eq!(plan["seeds"][0]["last_visit"], Value::Null);
}

#[test]
fn a_verdict_for_a_time_before_the_first_visit_names_the_archive_that_it_rests_on() {
    let site = Site::start();
    site.on(
        "/partners",
        [Reply::page(listing(&[
            "Alder House",
            "Birch Foundation",
            "Elm Union",
        ]))],
    );
    let project = with_copy(&site);
    project.run_at(NOW, &["run", "--all"], 0);
    let report = report(&project);
    assert_eq!(report["references"][0]["fate"]["fate"], "live");
    assert_eq!(report["references"][0]["visits_in_all"], 1);
    let (label, words) = printed(&report, "Cedar Institute");
    assert_eq!(label, "absent");
    assert!(
        words.contains("Disappeared between 2022-10-21 and 2026-11-27")
            && words
                .contains("Was there on 2022-10-21, as held by web.archive.org, copied 2026-11-27"),
        "{words}"
    );
    // What is there now rests on our own visit, and the copy is named for what it says.
    let (label, words) = printed(&report, "Alder House");
    assert_eq!(label, "present");
    assert!(
        words.contains("since 2022-10-21") && words.contains("as held by web.archive.org"),
        "{words}"
    );
    let entries = report["claims"][0]["entries"].as_array().unwrap();
    let alder = entries
        .iter()
        .find(|it| it["subject"] == "Alder House")
        .unwrap();
    assert_eq!(
        alder["finding"]["evidence"][0]["capture"]["source"],
        Value::Null
    );
    // The same from scratch, and from answers that are gone on with.
    project.run_at(NOW, &["recheck"], 0);
    assert_eq!(self::report(&project)["claims"], report["claims"]);
    project.expect(&["verify", "--deep"], 0);
}

#[test]
fn a_copy_made_after_a_visit_changes_nothing_of_what_is_said_now() {
    let site = Site::start();
    site.on(
        "/partners",
        [Reply::page(listing(&[
            "Alder House",
            "Birch Foundation",
            "Elm Union",
        ]))],
    );
    let project = Project::new();
    let uri = site.uri("/partners");
    project.profile("lantern", &profile(&uri));
    project.run_at("2026-01-01T00:00:00Z", &["run", "--all"], 0);
    let before = printed(&report(&project), "Cedar Institute");
    let page = listing(&["Alder House", "Birch Foundation", "Cedar Institute"]);
    let from = memento("20260301000000", &uri);
    project.write(
        "later.warc",
        record(&uri, "2026-03-01T00:00:00Z", Some(&from), &page),
    );
    project.run_at(NOW, &["import", "later.warc"], 0);
    assert_eq!(printed(&report(&project), "Cedar Institute").0, before.0);
    let soft404 = "<!doctype html><title>Page not found</title><h1>Page not found</h1><p>The page you asked for does not exist.</p>";
    let from = memento("20260401000000", &uri);
    project.write(
        "bad.warc",
        record(&uri, "2026-04-01T00:00:00Z", Some(&from), soft404),
    );
    project.run_at(NOW, &["import", "bad.warc"], 0);
    let report = report(&project);
    assert_eq!(report["references"][0]["fate"]["fate"], "live");
    assert_eq!(printed(&report, "Cedar Institute").0, before.0);
}

#[test]
fn whose_a_capture_is_comes_through_import_export_evidence_and_ledger() {
    let site = Site::start();
    site.on(
        "/partners",
        [Reply::page(listing(&["Alder House", "Birch Foundation"]))],
    );
    let project = with_copy(&site);
    project.run_at(NOW, &["run", "--all"], 0);
    let uri = site.uri("/partners");
    let from = memento("20221021101500", &uri);
    let captures = project.json(&["captures", &uri, "--format", "json"]);
    let source = &captures["captures"][0]["source"];
    assert_eq!(source["archive"], "web.archive.org");
    assert_eq!(source["memento"], from);
    assert_eq!(source["copied"], COPIED);
    assert_eq!(source["file"], "copies.warc");
    assert_eq!(captures["captures"][1]["source"], Value::Null);
    let text = project.expect(&["captures", &uri], 0).stdout;
    assert!(
        text.contains("(as held by web.archive.org, copied 2026-11-27)"),
        "{text}"
    );

    project.run_at(NOW, &["export", "warc", "-o", "out"], 0);
    let file = fs::read_dir(project.path("out"))
        .unwrap()
        .map(|it| it.unwrap().path());
    let file = file
        .into_iter()
        .find(|it| it.extension().is_some_and(|it| it == "gz"))
        .unwrap();
    let mut plain = String::new();
    flate2::read::MultiGzDecoder::new(fs::File::open(&file).unwrap())
        .read_to_string(&mut plain)
        .unwrap();
    assert!(
        plain.contains(&format!("WARC-Source-URI: {from}\r\n")),
        "{plain}"
    );
    assert!(
        plain.contains(&format!("WARC-Creation-Date: {COPIED}\r\n")),
        "{plain}"
    );
    let other = Project::new();
    other.expect(&["import", &file.display().to_string()], 0);
    let again = other.json(&["captures", &uri, "--format", "json"]);
    assert_eq!(again["captures"][0]["source"], *source);
    assert_eq!(again["captures"][1]["source"], Value::Null);
    other.expect(&["verify", "--deep"], 0);

    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
    let copied = store.copied(&uri.parse().unwrap()).unwrap();
    let leaf = store.prove_capture(copied[0].hops[0].0).unwrap();
    let leaf = format!("{leaf:?}");
    assert!(
        leaf.contains("web.archive.org") && leaf.contains("copies.warc"),
        "{leaf}"
    );
    let report = report(&project);
    let entries = report["claims"][0]["entries"].as_array().unwrap();
    let gone = entries
        .iter()
        .find(|it| it["subject"] == "Cedar Institute")
        .unwrap();
    let id = gone["finding"]["id"].as_str().unwrap();
    project.run_at(NOW, &["evidence", id, "-o", "packet.wacz"], 0);
    let package = fs::File::open(project.path("packet.wacz")).unwrap();
    let mut package = zip::ZipArchive::new(package).unwrap();
    let names: Vec<String> = package.file_names().map(str::to_owned).collect();
    let archive = names.iter().find(|it| it.starts_with("archive/")).unwrap();
    let mut plain = String::new();
    flate2::read::MultiGzDecoder::new(package.by_name(archive).unwrap())
        .read_to_string(&mut plain)
        .unwrap();
    assert!(
        plain.contains(&format!("WARC-Source-URI: {from}\r\n")),
        "{plain}"
    );
    check_packet(&project);
}

/// The independent checker accepts the packet, and refuses it where the source is not the one that was proved.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn check_packet(project: &Project) {
    let checker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/checker/check.py");
    let key = project.path("snapshots/stillsays.pub");
    let check = |packet: &str| {
        let done = std::process::Command::new("python3")
            .args([checker, key.to_str().unwrap(), "packet"])
            .arg(project.path(packet))
            .output();
        if let Ok(done) = done {
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            Some((done.status.success(), said))
        } else {
            println!("skipped: the independent checker, which needs python3");
            None
        }
    };
    let Some((holds, why)) = check("packet.wacz") else {
        return;
    };
    assert!(holds, "{why}");
    let packet = fs::File::open(project.path("packet.wacz")).unwrap();
    let mut packet = zip::ZipArchive::new(packet).unwrap();
    let mut forged = zip::ZipWriter::new(fs::File::create(project.path("forged.wacz")).unwrap());
    for at in 0..packet.len() {
        let mut file = packet.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if file.name().starts_with("archive/") {
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(bytes.as_slice())
                .read_to_end(&mut plain)
                .unwrap();
            let plain = String::from_utf8(plain).unwrap();
            let plain = plain.replace(
                "WARC-Source-URI: https://web.archive.org",
                "WARC-Source-URI: https://web.archive.com",
            );
            let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut member, plain.as_bytes()).unwrap();
            bytes = member.finish().unwrap();
        }
        forged
            .start_file(
                file.name().to_owned(),
                zip::write::SimpleFileOptions::default(),
            )
            .unwrap();
        std::io::Write::write_all(&mut forged, &bytes).unwrap();
    }
    forged.finish().unwrap();
    let (holds, why) = check("forged.wacz").unwrap();
    assert!(!holds && why.contains("not in the packet"), "{why}");
}

#[test]
fn a_capture_that_names_no_archive_is_ours_unless_the_import_says_otherwise() {
    let project = Project::new();
    let uri = "https://lantern.example/partners";
    let page = listing(&["Alder House"]);
    project.write(
        "crawl.warc",
        record(uri, "2022-10-21T10:15:00Z", None, &page),
    );
    let fates = |project: &Project| {
        project.profile("lantern", &profile(uri));
        report(project)["references"][0]["fate"]["fate"].clone()
    };
    project.run_at(NOW, &["import", "crawl.warc"], 0);
    assert_eq!(fates(&project), "live");

    let theirs = Project::new();
    theirs.write(
        "crawl.warc",
        record(uri, "2022-10-21T10:15:00Z", None, &page),
    );
    theirs.run_at(
        NOW,
        &["import", "crawl.warc", "--source", "archive.example"],
        0,
    );
    assert_eq!(fates(&theirs), "unvisited");
    let again = theirs.json(&[
        "import",
        "crawl.warc",
        "--source",
        "archive.example",
        "--format",
        "json",
    ]);
    assert_eq!(
        (&again["new"], &again["held"]),
        (&Value::from(0), &Value::from(1))
    );

    // What comes back from where others open our own archive is ours.
    let own = Project::new();
    let replay = "https://archive.example.org/web/";
    let memento = format!("{replay}20221021101500id_/{uri}");
    own.write(
        "own.warc",
        record(uri, "2022-10-21T10:15:00Z", Some(&memento), &page),
    );
    let set = format!("cite.public_replay={replay}");
    own.run_at(NOW, &["import", "own.warc", "--set", &set], 0);
    assert_eq!(fates(&own), "live");
}

#[test]
fn own_and_foreign_captures_are_one_line_of_time() {
    let site = Site::start();
    site.on(
        "/partners",
        [Reply::page(listing(&[
            "Alder House",
            "Birch Foundation",
            "Elm Union",
        ]))],
    );
    let project = with_copy(&site);
    project.run_at(NOW, &["run", "--all"], 0);
    let text = project.expect(&["history", "partners"], 0).stdout;
    assert!(
        text.contains("2022-10-21*") && text.contains("2026-11-27"),
        "{text}"
    );
    assert!(
        text.contains("* 2022-10-21: as held by web.archive.org, copied 2026-11-27"),
        "{text}"
    );
    assert!(
        text.contains("present 2022-10-21, absent from 2026-11-27"),
        "{text}"
    );
    let json = project.json(&["history", "Cedar Institute", "--format", "json"]);
    let captures = json["claims"][0]["things"][0]["captures"]
        .as_array()
        .unwrap();
    let archives: Vec<&Value> = captures.iter().map(|it| &it["source"]["archive"]).collect();
    assert_eq!(archives, [&Value::from("web.archive.org"), &Value::Null]);
    let report = project.expect(&["report"], 0).stdout;
    assert!(
        report.contains("2022-10-21, as held by web.archive.org"),
        "{report}"
    );
    let html = project.expect(&["report", "--format", "html"], 0).stdout;
    assert!(html.contains("as held by web.archive.org, copied 2026-11-27"));
    assert!(html.contains("https://web.archive.org/web/20221021101500/http://127.0.0.1"));
}

#[test]
fn events_say_who_joined_left_or_was_renamed_and_when() {
    let site = Site::start();
    site.on(
        "/partners",
        [
            Reply::page(listing(&["Alder House", "Birch Foundation", "Elm Union"])),
            Reply::page(listing(&[
                "Alder House",
                "Birch Foundation",
                "Elm Union",
                "Cedar Institute",
            ])),
        ],
    );
    let project = with_copy(&site);
    project.run_at("2026-10-01T00:00:00Z", &["run", "--all"], 0);
    project.run_at(NOW, &["run", "--all"], 0);
    let events = project.json(&["history", "--events", "--format", "json"]);
    let all: Vec<(String, String, String)> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let word = |key: &str| it[key].as_str().unwrap().to_owned();
            (word("event"), word("name"), word("by")[..10].to_owned())
        })
        .collect();
    let has =
        |kind: &str, name: &str, by: &str| all.contains(&(kind.into(), name.into(), by.into()));
    assert!(has("left", "Cedar Institute", "2026-10-01"), "{events:#}");
    assert!(has("joined", "Cedar Institute", "2026-11-27"), "{events:#}");
    assert!(all.iter().all(|it| it.1 != "Alder House"), "{events:#}");
    let left = &events["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["event"] == "left")
        .unwrap();
    assert_eq!(left["after_source"]["archive"], "web.archive.org");
    let text = project.expect(&["history", "--events"], 0).stdout;
    assert!(
        text.contains("2022-10-21 … 2026-10-01  left     Cedar Institute")
            && text.contains("before: as held by web.archive.org, copied 2026-11-27"),
        "{text}"
    );
    let csv = project
        .expect(&["history", "--events", "--format", "csv"], 0)
        .stdout;
    assert!(
        csv.starts_with("profile,claim,event,name,to,after,by,reference,after_source,by_source"),
        "{csv}"
    );
    assert!(csv.contains("lantern,partners,left,Cedar Institute,,2022-10-21T10:15:00Z,2026-10-01T00:00:00Z,1,https://web.archive.org/web/20221021101500/"), "{csv}");
    project.expect(&["history", "partners", "--format", "csv"], 2);
    project.expect(&["history"], 2);
}

#[test]
fn a_copy_of_another_archive_is_proposed_by_its_address_there() {
    let site = Site::start();
    site.on("/partners", [Reply::status(404, "gone")]);
    let project = with_copy(&site);
    project.run_at(NOW, &["run", "--all"], 0);
    let edits = project.json(&["edits", "--open", "--format", "json"]);
    let cite = edits["edits"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["operation"] == "cite-archived")
        .unwrap_or_else(|| panic!("{edits:#}"));
    let uri = format!(
        "https://web.archive.org/web/20221021101500/{}",
        site.uri("/partners")
    );
    assert_eq!(cite["citation"]["archive_url"], uri.as_str(), "{cite:#}");
    assert_eq!(cite["citation"]["archive_date"], "2022-10-21");
    assert_eq!(cite["copies"][0]["archive"], "web.archive.org");
    assert_eq!(
        cite["copies"][0]["holds"].as_array().unwrap().len(),
        3,
        "{cite:#}"
    );
    assert_eq!(cite["copies"][0]["lacks"], Value::Null);
}

#[test]
fn the_demo_shows_what_another_archive_had_before_the_first_visit() {
    let demo = Project::new();
    demo.expect(&["demo", "--quiet"], 0);
    let on_demo = ["--config", "snapshots/demo/stillsays.toml"];
    let with = demo.expect(&[&on_demo[..], &["report"]].concat(), 0).stdout;
    // The same without the copies.
    let own = Project::new();
    own.profile(
        "trust-network",
        &demo.read("snapshots/demo/profiles/trust-network.toml"),
    );
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/sample.warc.gz");
    own.expect(&["import", sample], 0);
    let without = own.expect(&["report"], 0).stdout;
    for name in ["Police2Peace", "Medium"] {
        let said = |report: &str| {
            let lines: Vec<&str> = report.lines().collect();
            let at = lines.iter().position(|it| {
                it.trim_start().starts_with("absent") && it.trim_end().ends_with(name)
            });
            let at = at.unwrap_or_else(|| panic!("{name} in {report}"));
            let words = lines[at + 1..at + 6].join(" ");
            words.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert!(
            said(&without).contains("The page may never have said so"),
            "{without}"
        );
        let now = said(&with);
        assert!(
            now.contains("No longer listed. Disappeared between 2022-10-19 and 2024-06-11. Was there on 2022-10-19, as held by web-archive.example, copied 2026-09-15."),
            "{now}"
        );
        assert!(now.contains("cite the copy of 2022-10-19"), "{now}");
    }
    let list = demo
        .expect(&[&on_demo[..], &["copies", "list"]].concat(), 0)
        .stdout;
    assert!(
        list.contains("https://web-archive.example/web/20221019101500/https://www.thetrustnetwork.net/resource-library"),
        "{list}"
    );
    demo.expect(&[&on_demo[..], &["verify"]].concat(), 0);
}
