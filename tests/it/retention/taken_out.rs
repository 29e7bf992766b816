//! What was removed leaves the archive as what stays known of it, and what rests on it says so.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read},
    path::PathBuf,
    process::Command,
};

use stillsays::{
    capture::{CaptureEntry, Outcome},
    digest::PayloadDigest,
    ledger::leaf_hash,
    store::{Access, Removal},
    wacz::Package,
    warc::{Reader, Record, read_captures},
};

use super::{Project, SEED, THIN, archive, at, open, page, stored};

/// 60 days of one text, all but the first of what is older than 30 days thinned to one a week.
fn thinned() -> (Project, usize) {
    let project = Project::new();
    let bodies: Vec<Vec<u8>> = (0..60).map(|day| page("same", day)).collect();
    archive(&project, SEED, &bodies);
    let latest = ["--set", "retention.latest=3"];
    let prune = [&["prune", "--set", THIN], latest.as_slice()].concat();
    project.run_at("2024-03-01T00:00:00Z", &prune, 0);
    let removed = 60 - stored(&project).len();
    assert!(removed > 20, "{removed}");
    (project, removed)
}

fn written(project: &Project, folder: &str, ending: &str) -> PathBuf {
    let mut files = fs::read_dir(project.path(folder)).unwrap().flatten();
    files
        .find(|it| it.file_name().to_string_lossy().ends_with(ending))
        .unwrap()
        .path()
}

fn records(bytes: &[u8]) -> Vec<Record> {
    Reader::new("out", bytes).collect::<Result<_, _>>().unwrap()
}

/// The fields of a metadata record.
fn fields(record: &Record) -> BTreeMap<String, String> {
    let text = String::from_utf8(record.block.clone()).unwrap();
    let fields = text.lines().filter_map(|it| it.split_once(": "));
    fields
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// Runs Python where it has that module.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn python(project: &Project, module: &str, arguments: &[&str]) -> Option<String> {
    let ask = |arguments: &[&str]| {
        let mut command = Command::new("python3");
        command.args(arguments).current_dir(project.path(""));
        command.env("PYTHONDONTWRITEBYTECODE", "1").output()
    };
    if !ask(&["-c", &format!("import {module}")]).is_ok_and(|it| it.status.success()) {
        println!(
            "skipped: what_was_removed_leaves_as_what_is_known_of_it, in part (Python has no {module} here)"
        );
        return None;
    }
    let out = ask(arguments).unwrap();
    let said = [out.stdout, out.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(out.status.success(), "{arguments:?}: {said}");
    Some(said)
}

#[test]
fn what_was_removed_leaves_as_what_is_known_of_it() {
    let (project, removed) = thinned();
    let printed = project.json(&["export", "warc", "-o", "out", "--format", "json"]);
    assert_eq!(printed["removed"], removed, "{printed}");
    assert_eq!(printed["captures"], 60 - removed, "{printed}");
    let file = written(&project, "out", ".warc.gz");
    let all = records(&fs::read(&file).unwrap());
    let tombstones: Vec<_> = all
        .iter()
        .filter(|it| it.kind.as_str() == "metadata" && fields(it).contains_key("removed"))
        .collect();
    assert_eq!(tombstones.len(), removed);
    let leaves: Vec<[u8; 32]> = {
        let store = rusqlite::Connection::open(project.path("snapshots/stillsays.db")).unwrap();
        let mut rows = store.prepare("SELECT hash FROM leaf").unwrap();
        let rows = rows.query_map((), |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let entries: Vec<CaptureEntry> = {
        let captures = open(&project, Access::ReadOnly).captures_of(&SEED.parse().unwrap());
        captures.unwrap().into_iter().map(|it| it.1).collect()
    };
    for record in tombstones {
        let said = fields(record);
        assert_eq!(record.target_uri(), Some(SEED));
        let entry = entries.iter().find(|it| Some(it.date) == record.date());
        let entry = entry.unwrap();
        assert_eq!(
            said["payload-digest"],
            entry.payload_digest.unwrap().to_string()
        );
        assert_eq!(said["removed"], "2024-03-01T00:00:00Z");
        assert_eq!(json(&said["removal-leaf"])["by"], json(&said["removed-by"]));
        assert!(
            json(&said["removed-because"])
                .as_str()
                .unwrap()
                .contains("30 d")
        );
        let head = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            &said["response-head"],
        );
        assert_eq!(head.unwrap(), entry.head);
        // What the ledger holds of it leaves with it, to be proved.
        for leaf in ["capture-leaf", "removal-leaf"] {
            let text = &said[leaf];
            assert!(leaves.contains(&leaf_hash(text.as_bytes())), "{text}");
            assert_eq!(json(text)["payload"], said["payload-digest"], "{text}");
        }
        let id = record.id().unwrap();
        let request = all
            .iter()
            .find(|it| it.kind.as_str() == "request" && it.concurrent_to().any(|it| it == id));
        assert!(request.unwrap().block.starts_with(b"GET /partners"));
    }

    // Taken in, nothing is made of it that nobody holds.
    let other = Project::new();
    let name = file.display().to_string();
    let came = other.expect(&["import", &name], 0);
    assert!(!came.stderr.contains("left out"), "{}", came.stderr);
    let held_there = open(&other, Access::ReadOnly)
        .captures_of(&SEED.parse().unwrap())
        .unwrap();
    assert_eq!(held_there.len(), 60 - removed);
    let again = other.json(&["import", &name, "--format", "json"]);
    assert_eq!(again["new"], 0, "{again}");
    let back = project.json(&["import", &name, "--format", "json"]);
    assert_eq!(back["new"], 0, "{back}");
    other.expect(&["verify"], 0);
    project.expect(&["verify"], 0);

    let printed = project.json(&["export", "wacz", "-o", "all.wacz", "--format", "json"]);
    assert_eq!(printed["removed"], removed, "{printed}");
    let check = ["-m", "warcio.cli", "check", "-v", name.as_str()];
    if let Some(said) = python(&project, "warcio", &check) {
        assert!(!said.contains("failed"), "{said}");
    }
    let script =
        "import sys; from wacz.main import main; sys.exit(main(['validate', '-f', 'all.wacz']))";
    python(&project, "wacz", &["-c", script]);
    let index = ["-m", "cdxj_indexer.main", name.as_str()];
    if let Some(said) = python(&project, "cdxj_indexer", &index) {
        let lines = said.lines().filter(|it| it.contains(" {")).count();
        assert_eq!(lines, 60 - removed, "{said}");
    }
    network(&project);
    let status = project.expect(&["status"], 0).stdout;
    assert!(
        status.contains(&format!("{removed} payloads were removed on purpose")),
        "{status}"
    );
}

/// A profile that quotes the page.
fn network(project: &Project) {
    project.profile(
        "network",
        &format!(
            "title = \"Network\"\n[[references]]\nnumber = 1\nurl = \"{SEED}\"\naccessed = 2024-01-05\n\
             [[claims]]\nid = \"harbor\"\ncites = [1]\nkind = \"quoted\"\nexact = \"Quiet Harbor\"\n"
        ),
    );
}

#[test]
fn what_rests_on_a_removed_capture_says_so() {
    let project = Project::new();
    let bodies: Vec<Vec<u8>> = (0..3).map(|day| page("Quiet Harbor", day)).collect();
    archive(&project, SEED, &bodies);
    network(&project);
    project.expect(&["recheck"], 0);
    {
        let store = open(&project, Access::ReadWrite);
        let going = bodies.iter().map(|it| Removal {
            payload: PayloadDigest::of(it),
            reason: "on request".into(),
        });
        let gone = store.remove_payloads(going.collect(), at("2025"), None);
        assert_eq!(gone.unwrap(), 3);
    }
    // What is left to rest on is a page of which nobody can say what it said.
    let report = project.json(&["report", "--format", "json"]);
    let finding = &report["claims"][0]["entries"][0]["finding"];
    let id = finding["id"].as_str().unwrap().to_owned();
    let digests: Vec<PayloadDigest> = finding["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            it["capture"]["payload_digest"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    assert!(!digests.is_empty());
    for format in ["text", "markdown", "html", "json", "csv"] {
        let report = project.expect(&["report", "--format", format], 0).stdout;
        let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            report.contains("was removed from the archive on") && report.contains("on request"),
            "{format}: {report}"
        );
    }
    let said = project.expect(&["evidence", &id, "-o", "packet.wacz"], 0);
    assert!(said.stderr.contains("were removed"), "{}", said.stderr);
    let bytes = fs::read(project.path("packet.wacz")).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        let mut file = zip.by_name(name).unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    };
    assert!(text("evidence/README.md").contains("**Removed** from the archive on 2025-01-01"));
    let annotation = json(&text("evidence/annotation.json"));
    assert_eq!(
        annotation["target"][0]["payload_removed"]["why"],
        "on request"
    );
    assert!(!text("pages/pages.jsonl").contains(SEED));
    let mut package = Package::open("packet.wacz", Cursor::new(&bytes)).unwrap();
    let name = package.archives()[0].clone();
    let mut warc = Vec::new();
    package
        .archive(&name)
        .unwrap()
        .read_to_end(&mut warc)
        .unwrap();
    let known = records(&warc);
    let known = known.iter().filter(|it| it.kind.as_str() == "metadata");
    let known: Vec<String> = known
        .map(|it| fields(it)["payload-digest"].clone())
        .collect();
    for digest in &digests {
        assert!(known.contains(&digest.to_string()), "{known:?}");
    }
    let whole = read_captures(Reader::new("packet", warc.as_slice()));
    for capture in whole {
        assert!(matches!(capture.unwrap().outcome, Outcome::Revisit(_)));
    }
}
