//! The archive's ways out and in: WARC files with their index, WACZ packages, and other people's programs reading them.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
    process::Command,
};

use stillsays::{
    capture::{Capture, Framing, Outcome},
    cdxj::{Content, Line},
    digest::PayloadDigest,
    store::{Access, Store},
    wacz::{Package, WaczError},
    warc::{Reader, read_captures},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::project::Project;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/sample.warc.gz");
const NOW: &str = "2026-06-01T12:00:00Z";

/// A project whose archive holds the sample.
fn with_sample() -> Project {
    let project = Project::new();
    project.run_at(NOW, &["import", SAMPLE], 0);
    project
}

fn store(project: &Project) -> Store {
    Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap()
}

/// Everything an archive holds, seed by seed.
fn held(project: &Project) -> BTreeMap<String, Vec<Capture>> {
    let store = store(project);
    let seeds = store.seed_uris().unwrap();
    let visits = |it| store.visits(it).unwrap();
    let capture = |id| store.capture(id).unwrap();
    seeds
        .iter()
        .map(|seed| {
            let hops = visits(seed).into_iter().flat_map(|it| it.hops);
            (seed.to_string(), hops.map(|it| capture(it.0)).collect())
        })
        .collect()
}

fn captures_in(bytes: &[u8]) -> Vec<Capture> {
    read_captures(Reader::new("test.warc.gz", bytes))
        .collect::<Result<_, _>>()
        .unwrap()
}

fn files_in(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.to_string_lossy().ends_with(ending))
        .collect();
    files.sort();
    files
}

#[test]
fn captures_that_are_imported_twice_are_stored_once() {
    let project = Project::new();
    let first = project.json(&["import", SAMPLE, "--format", "json"]);
    assert!(first["new"].as_u64().unwrap() > 10, "{first}");
    assert_eq!(first["held"], 0);
    let before = held(&project);
    let crawls = store(&project).crawls().unwrap().len();
    let again = project.json(&["import", SAMPLE, SAMPLE, "--format", "json"]);
    assert_eq!(again["new"], 0);
    assert_eq!(
        again["held"].as_u64(),
        first["new"].as_u64().map(|it| it * 2)
    );
    assert_eq!(held(&project), before);
    assert_eq!(store(&project).crawls().unwrap().len(), crawls);
}

#[test]
fn what_was_captured_leaves_and_comes_back_byte_for_byte() {
    let project = with_sample();
    let out = project.run_at(NOW, &["export", "warc", "-o", "out"], 0);
    let files = files_in(&project.path("out"), ".warc.gz");
    assert_eq!(out.stdout.lines().count(), files.len() + 1);
    assert_eq!(
        files[0].file_name().unwrap(),
        "stillsays-20260601120000000-00000.warc.gz"
    );
    assert_eq!(files_in(&project.path("out"), ".open").len(), 0);

    let other = Project::new();
    other.expect(&["import", &files[0].display().to_string()], 0);
    assert_eq!(held(&other), held(&project));
    other.run_at(NOW, &["export", "warc", "-o", "out"], 0);
    let again = files_in(&other.path("out"), ".warc.gz");
    assert_eq!(fs::read(&files[0]).unwrap(), fs::read(&again[0]).unwrap());

    let refused = project.run_at(NOW, &["export", "warc", "-o", "out"], 2);
    assert!(
        refused.stderr.contains("already exists"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_index_names_every_response_by_its_place() {
    let project = with_sample();
    project.run_at(
        NOW,
        &["export", "warc", "-o", "out", "--max-size", "20K"],
        0,
    );
    let files = files_in(&project.path("out"), ".warc.gz");
    assert!(files.len() >= 2, "{files:?}");
    let index = fs::read_to_string(&files_in(&project.path("out"), ".cdxj")[0]).unwrap();
    let mut sorted: Vec<&str> = index.lines().collect();
    sorted.sort_unstable();
    assert_eq!(index.lines().collect::<Vec<_>>(), sorted);
    let mut found = 0;
    for line in index.lines() {
        let line: Line = line.parse().unwrap();
        let bytes = fs::read(project.path("out").join(&line.filename)).unwrap();
        let from = usize::try_from(line.offset).unwrap();
        let until = from + usize::try_from(line.length).unwrap();
        let records: Vec<_> = Reader::new("one", &bytes[from..until])
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(records.len(), 1, "the record and nothing else");
        assert_eq!(records[0].target_uri(), Some(line.target_uri.as_str()));
        assert_eq!(
            records[0].kind.as_str(),
            if line.content == Content::Revisit {
                "revisit"
            } else {
                "response"
            }
        );
        found += 1;
    }
    let responses = held(&project)
        .values()
        .flatten()
        .filter(|it| !matches!(it.outcome, Outcome::Failure(_)))
        .count();
    assert_eq!(found, responses);
}

#[test]
fn a_page_or_a_time_is_taken_out_alone_with_what_its_revisits_refer_to() {
    let project = with_sample();
    let all = held(&project);
    let is_revisit = |it: &Capture| matches!(it.outcome, Outcome::Revisit(_));
    let (url, captures) = all
        .iter()
        .find(|(_, captures)| captures.iter().any(is_revisit))
        .unwrap();
    let revisit = captures.iter().find(|it| is_revisit(it)).unwrap();
    let from = stillsays::clock::warc_date(revisit.date);
    let out = project.json(&[
        "export", "warc", "-o", "out", "--url", url, "--from", &from, "--to", &from, "--format",
        "json",
    ]);
    assert_eq!(out["captures"], 2, "{out}");
    assert_eq!(out["referred_to"], 1);
    let file = &files_in(&project.path("out"), ".warc.gz")[0];
    let written = captures_in(&fs::read(file).unwrap());
    assert!(!is_revisit(&written[0]) && is_revisit(&written[1]));
    assert_eq!(written[0].payload_digest(), written[1].payload_digest());

    let none = project.expect(&["export", "warc", "-o", "none", "--to", "1999"], 2);
    assert!(
        none.stderr.contains("no capture matches"),
        "{}",
        none.stderr
    );
    assert_eq!(files_in(&project.path("none"), "").len(), 0);
    let unknown = project.expect(
        &[
            "export",
            "warc",
            "-o",
            "none",
            "--url",
            "https://nowhere.example/",
        ],
        2,
    );
    assert!(
        unknown.stderr.contains("it has captures of"),
        "{}",
        unknown.stderr
    );
    let time = project.expect(&["export", "warc", "-o", "none", "--from", "soon"], 2);
    assert!(time.stderr.contains("hint: write 2024"), "{}", time.stderr);
}

#[test]
fn chunk_framing_is_kept_or_taken_off_with_its_header_renamed() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n";
    let block = format!("{head}3\r\nold\r\n0\r\n\r\n");
    let record = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: https://example.org/\r\n\
         WARC-Date: 2024-01-01T00:00:00Z\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    );
    let project = Project::new();
    project.write("one.warc", record);
    project.expect(&["import", "one.warc"], 0);
    for (how, expected) in [
        ("keep", block),
        (
            "strip",
            format!("{}old", head.replace("Transfer", "X-Archive-Orig-Transfer")),
        ),
    ] {
        project.expect(&["export", "warc", "-o", how, "--transfer-coding", how], 0);
        let file = &files_in(&project.path(how), ".warc.gz")[0];
        let bytes = fs::read(file).unwrap();
        let blocks: Vec<Vec<u8>> = Reader::new("one", bytes.as_slice())
            .map(Result::unwrap)
            .filter(|it| it.kind.as_str() == "response")
            .map(|it| it.block)
            .collect();
        assert_eq!(blocks, [expected.into_bytes()], "{how}");
    }
}

#[test]
fn a_package_holds_the_captures_and_is_read_again() {
    let project = with_sample();
    project.run_at(NOW, &["export", "wacz", "-o", "all.wacz"], 0);
    let bytes = fs::read(project.path("all.wacz")).unwrap();
    let mut package = Package::open("all.wacz", Cursor::new(&bytes)).unwrap();
    let archives = package.archives().to_vec();
    assert_eq!(archives.len(), 1);
    let mut warc = Vec::new();
    package
        .archive(&archives[0])
        .unwrap()
        .read_to_end(&mut warc)
        .unwrap();
    assert_eq!(
        captures_in(&warc).len(),
        held(&project).values().flatten().count()
    );

    let other = Project::new();
    other.expect(
        &["import", &project.path("all.wacz").display().to_string()],
        0,
    );
    assert_eq!(held(&other), held(&project));
    let left: Vec<_> = files_in(&project.path(""), ".open");
    assert!(left.is_empty(), "{left:?}");
    let before = fs::read(project.path("all.wacz")).unwrap();
    project.write("all.wacz", "an older package");
    project.run_at(NOW, &["export", "wacz", "-o", "all.wacz"], 0);
    assert_eq!(fs::read(project.path("all.wacz")).unwrap(), before);
}

#[test]
fn a_finding_leaves_with_the_captures_it_rests_on_and_no_others() {
    let project = Project::new();
    let profile = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/config/profiles/trust-network.toml"
    );
    project.profile("trust-network", &fs::read_to_string(profile).unwrap());
    project.expect(&["run", "--from", SAMPLE, "--quiet"], 0);
    let report = project.json(&["report", "--format", "json"]);
    let entries = report["claims"].as_array().unwrap().iter();
    let mut entries = entries.flat_map(|it| it["entries"].as_array().unwrap());
    let entry = entries.find(|it| it["finding"]["evidence"][0]["quote"].is_object());
    let finding = &entry.unwrap()["finding"];
    let id = finding["id"].as_str().unwrap();
    project.expect(&["evidence", id, "-o", "packet.wacz"], 0);

    let bytes = fs::read(project.path("packet.wacz")).unwrap();
    let mut package = Package::open("packet.wacz", Cursor::new(&bytes)).unwrap();
    let archive = package.archives()[0].clone();
    let mut warc = Vec::new();
    package
        .archive(&archive)
        .unwrap()
        .read_to_end(&mut warc)
        .unwrap();
    let captures = captures_in(&warc);
    let evidence = finding["evidence"].as_array().unwrap();
    for it in evidence {
        let named = |it: &serde_json::Value| it.as_str().unwrap().to_owned();
        let (uri, digest) = (
            named(&it["capture"]["target_uri"]),
            named(&it["capture"]["payload_digest"]),
        );
        let is_it = |it: &Capture| {
            it.target_uri.as_str() == uri
                && it.payload_digest().map(|it| it.to_string()) == Some(digest.clone())
        };
        assert!(captures.iter().any(is_it), "{uri}");
    }
    assert!(captures.len() <= evidence.len() * 2 && captures.len() < held(&project).len() * 3);

    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut text = String::new();
    zip.by_name("evidence/annotation.json")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    let annotation: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(annotation["type"], "Annotation");
    assert_eq!(annotation["body"][1]["value"], *finding);
    assert_eq!(
        annotation["target"][0]["selector"][0]["type"],
        "TextQuoteSelector"
    );
    let none = project.expect(&["evidence", "nothing", "-o", "none.wacz"], 2);
    assert!(
        none.stderr.contains("there is no finding"),
        "{}",
        none.stderr
    );
}

/// A ZIP file of these entries, and with them lists that agree with what is in it.
fn package(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let resource = |(path, content): &(&str, &[u8])| {
        serde_json::json!({"name": path, "path": path, "bytes": content.len(),
            "hash": PayloadDigest::of(content).to_string()})
    };
    let list = serde_json::json!({"resources": entries.iter().map(resource).collect::<Vec<_>>()})
        .to_string();
    let mut all = entries.to_vec();
    if !entries.iter().any(|it| it.0 == "datapackage.json") {
        all.push(("datapackage.json", list.as_bytes()));
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in all {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(path, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn refusal(bytes: &[u8]) -> String {
    match Package::open("bad.wacz", Cursor::new(bytes)) {
        Ok(_) => "it was taken".to_owned(),
        Err(error) => {
            assert!(!error.hint().is_empty());
            error.to_string()
        }
    }
}

#[test]
fn packages_that_are_not_what_they_say_are_refused_with_the_reason() {
    let warc: &[u8] = b"WARC/1.1\r\n";
    let one: (&str, &[u8]) = ("archive/a.warc", warc);
    assert!(Package::open("good", Cursor::new(package(&[one]))).is_ok());
    let zeros = vec![0; 30 << 20];
    for (bytes, reason) in [
        (package(&[one, ("../up", b"x")]), "`../up` is refused: its name leads out"),
        (package(&[one, ("/etc/passwd", b"x")]), "leads out"),
        (package(&[one, ("a\\..\\b", b"x")]), "leads out"),
        (package(&[one, ("bomb", &zeros)]), "would unpack to 31457280"),
        (package(&[("pages/pages.jsonl", b"")]), "no WARC file"),
        (package(&[one, ("datapackage.json", b"[]")]), "datapackage.json: "),
        (package(&[one, ("datapackage-digest.json", b"{\"hash\": \"sha256:00\"}")]), "and should have sha256:00"),
        (
            package(&[one, ("datapackage.json", br#"{"resources": [{"name": "a", "path": "archive/a.warc", "hash": "sha256:00", "bytes": 10}]}"#)]),
            "archive/a.warc has the digest",
        ),
        (
            package(&[one, ("datapackage.json", br#"{"resources": [{"name": "a", "path": "archive/a.warc", "hash": "x", "bytes": 9}]}"#)]),
            "has more bytes than the listed 9",
        ),
        (b"PK\x03\x04 and no more".to_vec(), "not a readable ZIP file"),
    ] {
        let said = refusal(&bytes);
        assert!(said.contains(reason), "{said} / {reason}");
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink(
        "archive/a.warc",
        "/etc/passwd",
        SimpleFileOptions::default(),
    )
    .unwrap();
    let said = refusal(&zip.finish().unwrap().into_inner());
    assert!(said.contains("it is a link"), "{said}");
    let whole = package(&[one]);
    let error: Result<_, WaczError> = Package::open("cut", Cursor::new(&whole[..40]));
    assert!(matches!(error.err(), Some(WaczError::Zip { .. })));
}

#[test]
fn packages_as_tools_really_write_them_are_taken_with_a_note() {
    let warc: &[u8] = b"WARC/1.1\r\n";
    let one: (&str, &[u8]) = ("archive/a.warc", warc);
    let hash = PayloadDigest::of(warc).to_string();
    let listed = |more: &str| format!(r#"{{"resources": [{{"name": "a", {more}}}]}}"#);
    let marked = format!(
        "\u{feff}{}",
        listed(&format!(r#""path": "archive/a.warc", "hash": "{hash}""#))
    );
    for (list, note) in [
        (
            r#"{"resources": []}"#.to_owned(),
            "does not list archive/a.warc",
        ),
        (
            listed(&format!(r#""path": "archive/a.warc", "hash": "{hash}""#)),
            "",
        ),
        (
            listed(&format!(r#""path": "a.warc", "hash": "{hash}""#)),
            "",
        ),
        (
            listed(&format!(
                r#""path": "./archive/a.warc", "hash": "{}""#,
                &hash[7..].to_uppercase()
            )),
            "",
        ),
        (listed(r#""path": "archive/a.warc""#), "without a digest"),
        (
            listed(r#""path": "archive/a.warc", "hash": "md5:00""#),
            "cannot be compared (`md5:00`)",
        ),
        (marked, ""),
    ] {
        let bytes = package(&[one, ("datapackage.json", list.as_bytes())]);
        let package = Package::open("a.wacz", Cursor::new(bytes)).unwrap();
        assert_eq!(package.archives(), ["archive/a.warc"], "{list}");
        let notes = package.notes().join("; ");
        assert!(
            notes.contains(note) && note.is_empty() == notes.is_empty(),
            "{list}: {notes}"
        );
        assert_eq!(package.lost(), 0);
    }
    // What is listed and missing is lost, and told.
    let list = listed(r#""path": "archive/b.warc", "hash": "sha256:00""#);
    let bytes = package(&[one, ("datapackage.json", list.as_bytes())]);
    let package = Package::open("a.wacz", Cursor::new(bytes)).unwrap();
    assert_eq!(package.lost(), 1);
    assert!(package.notes()[0].contains("archive/b.warc is listed, but not in the package"));
}

#[test]
fn a_package_without_a_list_is_taken_with_a_note() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("archive/a.warc", SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"WARC/1.1\r\n").unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let package = Package::open("a.wacz", Cursor::new(bytes)).unwrap();
    assert!(package.notes()[0].contains("no datapackage.json"));
}

/// A WARC record with the fields given.
fn record(kind: &str, date: &str, fields: &str, block: &str) -> String {
    format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://a.example/members\r\nWARC-Date: {date}\r\n\
         {fields}Content-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

const HTTP: &str = "Content-Type: application/http\r\n";

fn page(text: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    )
}

/// Writes the file, imports it, and gives what import prints as JSON and says on stderr.
fn imported(project: &Project, name: &str, bytes: &[u8], code: i32) -> (serde_json::Value, String) {
    fs::write(project.path(name), bytes).unwrap();
    let ended = project.run(&["import", name, "--format", "json"]);
    assert_eq!(ended.code, code, "{}{}", ended.stdout, ended.stderr);
    let said = serde_json::from_str(&ended.stdout).unwrap_or_default();
    (said, ended.stderr)
}

fn visits_of(project: &Project, uri: &str) -> Vec<stillsays::store::StoredVisit> {
    store(project).visits(&uri.parse().unwrap()).unwrap()
}

#[test]
fn answers_to_other_requests_than_a_plain_get_are_kept_and_are_no_visits() {
    let project = Project::new();
    let uri = "https://a.example/members";
    let both = |date: &str, request: &str, text: &str| {
        let of = |kind| format!("{HTTP}WARC-Record-ID: <urn:x:{kind}{date}>\r\n");
        let beside = format!("{HTTP}WARC-Concurrent-To: <urn:x:response{date}>\r\n");
        record("response", date, &of("response"), &page(text))
            + &record("request", date, &beside, request)
    };
    let file = [
        both(
            "2024-01-01T00:00:00Z",
            "GET /members HTTP/1.1\r\nHost: a.example\r\n\r\n",
            "<p>plain",
        ),
        both(
            "2024-01-02T00:00:00Z",
            "POST /members HTTP/1.1\r\nHost: a.example\r\n\r\na=b",
            "<p>posted",
        ),
        both(
            "2024-01-03T00:00:00Z",
            "HEAD /members HTTP/1.1\r\nHost: a.example\r\n\r\n",
            "",
        ),
        both(
            "2024-01-04T00:00:00Z",
            "GET /members HTTP/1.1\r\nRange: bytes=0-3\r\n\r\n",
            "<p>a",
        ),
        record("response", "2024-01-05T00:00:00Z", HTTP, &page("<p>alone")),
    ]
    .concat();
    let (said, _) = imported(&project, "a.warc", file.as_bytes(), 0);
    assert_eq!(
        (&said["captures"], &said["otherwise"]),
        (&5.into(), &3.into())
    );
    assert_eq!(visits_of(&project, uri).len(), 2);
    let store = store(&project);
    let captures = store.captures_of(&uri.parse().unwrap()).unwrap();
    let asked: Vec<_> = captures.iter().map(|it| it.1.asked.as_deref()).collect();
    assert_eq!(
        asked,
        [
            None,
            Some("POST"),
            Some("HEAD"),
            Some("GET with Range"),
            None
        ]
    );
    // Replay shows the page, whichever answer is nearer.
    let surt = uri.parse::<stillsays::uri::TargetUri>().unwrap().surt();
    let at = stillsays::clock::parse_digits14("20240102").unwrap();
    let near = store.nearest(&surt, at).unwrap();
    assert!(near.iter().all(|it| it.asked.is_none()), "{near:?}");
    drop(store);
    let shown = project.run(&["captures", uri]).stdout;
    assert!(shown.contains("not the page: asked for by POST"), "{shown}");
    project.run_at(NOW, &["export", "warc", "-o", "out"], 0);
    let file = &files_in(&project.path("out"), ".warc.gz")[0];
    assert_eq!(captures_in(&fs::read(file).unwrap()).len(), 5);
    let (again, _) = imported(
        &project,
        "a.warc",
        &fs::read(project.path("a.warc")).unwrap(),
        0,
    );
    assert_eq!((&again["new"], &again["held"]), (&0.into(), &5.into()));
    assert_eq!(project.run(&["verify"]).code, 0);
}

#[test]
fn a_revisit_finds_its_original_wherever_it_is() {
    let sha1 = "WARC-Payload-Digest: sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5\r\n";
    let original = record(
        "response",
        "2024-01-01T00:00:00Z",
        &format!("{HTTP}{sha1}"),
        &page("abc"),
    );
    let revisit = |more: &str| {
        record(
            "revisit",
            "2024-02-01T00:00:00Z",
            &format!(
                "{HTTP}WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n{more}"
            ),
            "HTTP/1.1 200 OK\r\n\r\n",
        )
    };
    let uri = "https://a.example/members";
    let resolved = |project: &Project| {
        let visits = visits_of(project, uri);
        let digest = Some(PayloadDigest::of(b"abc"));
        assert_eq!(visits.len(), 2);
        assert!(
            visits
                .iter()
                .all(|it| it.last().unwrap().1.payload_digest == digest)
        );
    };
    // Later in the file.
    let project = Project::new();
    let both = format!("{}{original}", revisit(sha1));
    assert_eq!(
        imported(&project, "a.warc", both.as_bytes(), 0).0["lost"],
        0
    );
    resolved(&project);
    // Elsewhere in a package.
    let (first, second) = (revisit(sha1), original.clone());
    let files = [
        ("archive/1.warc", first.as_bytes()),
        ("archive/2.warc", second.as_bytes()),
    ];
    let project = Project::new();
    assert_eq!(
        imported(&project, "a.wacz", &package(&files), 0).0["lost"],
        0
    );
    resolved(&project);
    // In the archive already, by its date or by its digest; and nowhere.
    let date = "WARC-Refers-To-Date: 2024-01-01T00:00:00Z\r\n";
    let other = "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
    for (more, code) in [(date, 0), (sha1, 0), (other, 3)] {
        let project = Project::new();
        imported(&project, "a.warc", original.as_bytes(), 0);
        let file = original.replace("/members", "/other") + &revisit(more);
        let (said, told) = imported(&project, "b.warc", file.as_bytes(), code);
        assert_eq!(said["lost"], u8::from(code > 0), "{said}");
        assert_eq!(told.contains("was not found"), code > 0, "{told}");
        if code == 0 {
            resolved(&project);
        }
    }
}

#[test]
fn what_came_in_part_is_kept_and_says_so() {
    let text = "<p>Some words";
    let with = |head: &str, body: &str| {
        format!("HTTP/1.1 {head}\r\nContent-Type: text/html\r\n\r\n{body}")
    };
    let at = |number: usize| format!("2024-01-{:02}T00:00:00Z", number + 1);
    let answers = [
        (with("200 OK\r\nContent-Length: 13", text), None),
        (
            with("200 OK\r\nContent-Length: 99", text),
            Some("disconnect"),
        ),
        (
            with(
                "200 OK\r\nTransfer-Encoding: chunked",
                "d\r\n<p>Some words\r\n0\r\n\r\n",
            ),
            None,
        ),
        (
            with(
                "200 OK\r\nTransfer-Encoding: chunked",
                "d\r\n<p>Some words\r\n",
            ),
            Some("disconnect"),
        ),
        (
            with("206 Partial Content\r\nContent-Range: bytes 0-12/99", text),
            Some("unspecified"),
        ),
        (
            with("206 Partial Content\r\nContent-Range: bytes 0-12/13", text),
            None,
        ),
        (with("200 OK", text), None),
        (
            with("200 OK\r\nContent-Range: bytes 0-12/99", text),
            Some("unspecified"),
        ),
        (with("200 OK\r\nContent-Range: bytes 0-12/13", text), None),
    ];
    let records = answers.iter().enumerate();
    let file: String = records
        .map(|(number, it)| record("response", &at(number), HTTP, &it.0))
        .collect();
    let project = Project::new();
    imported(&project, "a.warc", file.as_bytes(), 0);
    let visits = visits_of(&project, "https://a.example/members");
    assert_eq!(visits.len(), answers.len());
    for (visit, (answer, expected)) in visits.iter().zip(&answers) {
        let truncated = visit.last().unwrap().1.truncated;
        let word = truncated.map(|it| serde_json::to_value(it).unwrap());
        assert_eq!(
            word.as_ref().and_then(|it| it.as_str()),
            *expected,
            "{answer}"
        );
    }
    // A file that ends within its last record.
    let project = Project::new();
    let cut = &file.as_bytes()[..file.len() - 10];
    let (said, _) = imported(&project, "a.warc", cut, 3);
    assert_eq!((&said["captures"], &said["lost"]), (&9.into(), &1.into()));
    let visits = visits_of(&project, "https://a.example/members");
    assert!(visits.last().unwrap().last().unwrap().1.truncated.is_some());
    // A record that is longer than what is kept of any.
    let project = Project::new();
    let long = record("response", &at(0), HTTP, &page(&"<p>x".repeat(1_000_000)));
    fs::write(project.path("long.warc"), long).unwrap();
    let ended = project.run(&["--set", "fetch.max_bytes=1000", "import", "long.warc"]);
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert!(ended.stderr.contains("were kept"), "{}", ended.stderr);
    let visits = visits_of(&project, "https://a.example/members");
    assert!(visits[0].last().unwrap().1.truncated.is_some());
}

#[test]
fn odd_records_of_other_programs_are_read_and_reported_with_a_line_for_each_kind() {
    let project = Project::new();
    let uri = "https://a.example/members";
    let file = [
        // No Content-Type.
        record("response", "2024-01-01T00:00:00Z", "", &page("<p>one")),
        record("response", "2024-01-02T00:00:00Z", "", &page("<p>two")),
        // A date to the minute, and none but the one in the head.
        record("response", "2024-01-03T00:05Z", HTTP, &page("<p>three")),
        record(
            "response",
            "soon",
            HTTP,
            &page("<p>four").replacen("\r\n", "\r\nDate: Thu, 04 Jan 2024 00:00:00 GMT\r\n", 1),
        ),
        record(
            "resource",
            "2024-01-05T00:00:00Z",
            "Content-Type: text/html; charset=utf-8\r\n",
            "<p>five",
        ),
        record("conversion", "2024-01-06T00:00:00Z", "", "text"),
        record("conversion", "2024-01-07T00:00:00Z", "", "text"),
        record("resource", "2024-01-08T00:00:00Z", "", "log")
            .replace("https://a.example/members", "metadata://gnu.org/log"),
        record(
            "response",
            "2024-01-09T00:00:00Z",
            "Content-Type: text/dns\r\n",
            "a",
        )
        .replace("https://a.example/members", "dns:a.example"),
    ]
    .concat();
    let marked = format!("\u{feff}{file}");
    let (said, told) = imported(&project, "a.warc", marked.as_bytes(), 0);
    assert_eq!(
        (&said["captures"], &said["lost"]),
        (&5.into(), &0.into()),
        "{told}"
    );
    for line in [
        "byte-order mark",
        "no Content-Type; its type was detected from its first bytes (2 times)",
        "the Date of its HTTP head was used",
        "a conversion record is not a visit and was left out (2 times)",
        "a resource record of a metadata address is not a visit",
        "a response record of a dns address is not a visit",
    ] {
        assert_eq!(told.matches(line).count(), 1, "{line}\n{told}");
    }
    let visits = visits_of(&project, uri);
    let dates: Vec<String> = visits
        .iter()
        .map(|it| stillsays::clock::digits14(it.last().unwrap().1.date))
        .collect();
    assert_eq!(
        dates[2..],
        ["20240103000500", "20240104000000", "20240105000000"]
    );
    assert_eq!(
        visits[4].last().unwrap().1.field("content-type").unwrap(),
        "text/html; charset=utf-8"
    );
}

#[test]
fn a_package_of_packages_is_taken_whole() {
    let project = Project::new();
    let inner = |number: usize| {
        let warc = record(
            "response",
            &format!("2024-01-0{number}T00:00:00Z"),
            HTTP,
            &page(&format!("<p>{number}")),
        );
        package(&[("archive/a.warc", warc.as_bytes())])
    };
    let (one, two) = (inner(1), inner(2));
    let outer = package(&[("crawl-1.wacz", &one), ("crawl-2.wacz", &two)]);
    let (said, _) = imported(&project, "multi.wacz", &outer, 0);
    assert_eq!(said["new"], 2);
    // Packed without compression, as tools do.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("crawl-3.wacz", stored).unwrap();
    zip.write_all(&inner(3)).unwrap();
    let outer = zip.finish().unwrap().into_inner();
    let (said, told) = imported(&project, "stored.wacz", &outer, 0);
    assert_eq!(said["new"], 1);
    assert!(told.contains("no datapackage.json"), "{told}");
}

#[test]
fn a_not_modified_leaves_as_a_revisit_that_others_replay_and_comes_back_as_it_was() {
    let project = with_sample();
    let all = held(&project);
    let is_unmodified = |it: &&Capture| {
        matches!(&it.outcome, Outcome::Revisit(it)
        if it.profile == stillsays::capture::RevisitProfile::ServerNotModified)
    };
    let mut unmodified = all.values().flatten().filter(is_unmodified);
    let one = unmodified.next().expect("the sample has one").clone();
    for arguments in [
        &["export", "warc", "-o", "out", "--not-modified", "resolve"][..],
        &[
            "export",
            "wacz",
            "-o",
            "out.wacz",
            "--not-modified",
            "resolve",
        ],
    ] {
        project.run_at(NOW, arguments, 0);
    }
    let file = &files_in(&project.path("out"), ".warc.gz")[0];
    let bytes = fs::read(file).unwrap();
    let records: Vec<_> = Reader::new("out", bytes.as_slice())
        .map(Result::unwrap)
        .collect();
    let is_this = |it: &&stillsays::warc::Record| {
        it.kind.as_str() == "revisit"
            && it.target_uri() == Some(one.target_uri.as_str())
            && it.date() == Some(one.date)
    };
    let revisit = records.iter().find(is_this).unwrap();
    assert!(
        revisit.block.starts_with(b"HTTP/1.1 200"),
        "{:?}",
        revisit.block.escape_ascii().to_string()
    );
    assert!(
        revisit
            .field("WARC-Profile")
            .unwrap()
            .ends_with("identical-payload-digest")
    );
    let index = fs::read_to_string(&files_in(&project.path("out"), ".cdxj")[0]).unwrap();
    assert!(!index.contains("\"status\":\"304\""), "{index}");
    for exported in [file.display().to_string(), "out.wacz".into()] {
        let other = Project::new();
        let exported = if exported == "out.wacz" {
            project.path("out.wacz").display().to_string()
        } else {
            exported
        };
        other.expect(&["import", &exported], 0);
        assert_eq!(held(&other), all);
    }
}

#[test]
fn packages_of_others_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/warc");
    if !Path::new(folder).exists() {
        println!("skipped: packages_of_others_are_read (no ../shared beside the project)");
        return;
    }
    for name in [
        "py-wacz__valid_example_1.wacz",
        "py-wacz__valid_example_2.wacz",
        "py-wacz__valid_signed_example_1.wacz",
    ] {
        let project = Project::new();
        let came = project.json(&["import", &format!("{folder}/{name}"), "--format", "json"]);
        assert!(came["new"].as_u64().unwrap() > 0, "{name}: {came}");
    }
}

/// Whether Python has that module here.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(crate) fn python_has(module: &str, test: &str) -> bool {
    let known = Command::new("python3")
        .args(["-c", &format!("import {module}")])
        .output();
    let has = known.is_ok_and(|it| it.status.success());
    if !has {
        println!("skipped: {test} (Python has no {module} here)");
    }
    has
}

fn python(arguments: &[&str], folder: &Path) -> String {
    let out = Command::new("python3")
        .args(arguments)
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{arguments:?}: {said}");
    said
}

/// The sample taken out: one WARC file, its index, a package of the same.
fn taken_out() -> Project {
    let project = with_sample();
    project.run_at(NOW, &["export", "warc", "-o", "out"], 0);
    project.run_at(NOW, &["export", "wacz", "-o", "all.wacz"], 0);
    project
}

#[test]
fn warcio_finds_no_fault_in_an_export() {
    if !python_has("warcio", "warcio_finds_no_fault_in_an_export") {
        return;
    }
    let project = taken_out();
    let file = files_in(&project.path("out"), ".warc.gz")[0]
        .display()
        .to_string();
    let check = Command::new("python3")
        .args(["-m", "warcio.cli", "check", "-v", &file])
        .output()
        .unwrap();
    let check = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(!check.contains("block digest failed"), "{check}");
    // The known disagreement: warcio digests a chunked body with its chunks, while in WARC 1.1 (6.3.2) a payload is without them.
    let chunked = |it: &&Capture| matches!(&it.outcome, Outcome::Response(it) if it.framing != Framing::Identity);
    assert_eq!(
        check.matches("payload digest failed").count(),
        held(&project).values().flatten().filter(chunked).count(),
        "{check}"
    );
    let index = python(
        &["-m", "warcio.cli", "index", "-f", "warc-type", &file],
        &project.path(""),
    );
    let records = fs::read(&file).unwrap();
    let records = Reader::new("out", records.as_slice()).count();
    assert_eq!(index.lines().count(), records);
}

#[test]
fn the_other_indexer_finds_the_same_places() {
    if !python_has("cdxj_indexer", "the_other_indexer_finds_the_same_places") {
        return;
    }
    let project = taken_out();
    let file = files_in(&project.path("out"), ".warc.gz")[0]
        .display()
        .to_string();
    let theirs = python(
        &["-m", "cdxj_indexer.main", "--sort", &file],
        &project.path(""),
    );
    let ours = fs::read_to_string(&files_in(&project.path("out"), ".cdxj")[0]).unwrap();
    let place = |line: &str| {
        let (key, json) = line.split_once(" {").unwrap();
        let fields: serde_json::Value = serde_json::from_str(&format!("{{{json}")).unwrap();
        let word = |it: &str| fields[it].as_str().unwrap_or_default().to_owned();
        (
            key.to_owned(),
            word("url"),
            word("offset"),
            word("length"),
            word("mime"),
            word("status"),
        )
    };
    let sorted = |text: &str| {
        let mut places: Vec<_> = text
            .lines()
            .filter(|it| it.contains(" {"))
            .map(place)
            .collect();
        places.sort();
        places
    };
    assert_eq!(sorted(&theirs), sorted(&ours));
}

#[test]
fn fastwarc_finds_every_record_at_our_offsets() {
    if !python_has("fastwarc", "fastwarc_finds_every_record_at_our_offsets") {
        return;
    }
    let project = taken_out();
    let script = "\
import io, json, sys
from fastwarc.warc import ArchiveIterator
found = 0
for line in open(sys.argv[1]):
    fields = json.loads(line.split(' ', 2)[2])
    with open('out/' + fields['filename'], 'rb') as file:
        file.seek(int(fields['offset']))
        part = io.BytesIO(file.read(int(fields['length'])))
    record = next(iter(ArchiveIterator(part, parse_http=False)))
    assert record.headers['WARC-Target-URI'] == fields['url'], fields
    found += 1
print(found)
";
    let index = files_in(&project.path("out"), ".cdxj")[0]
        .display()
        .to_string();
    let found = python(&["-c", script, &index], &project.path(""));
    let lines = fs::read_to_string(&index).unwrap().lines().count();
    assert_eq!(found.trim(), lines.to_string());
}

#[test]
fn the_other_packer_finds_our_package_valid() {
    if !python_has("wacz", "the_other_packer_finds_our_package_valid") {
        return;
    }
    let project = taken_out();
    let script =
        "import sys; from wacz.main import main; sys.exit(main(['validate', '-f', 'all.wacz']))";
    python(&["-c", script], &project.path(""));
}

/// Serves both collections, and compares each body with the digest that our index gives.
const PYWB: &str = r#"
import hashlib, json, socket, subprocess, sys, time, urllib.error, urllib.request
from glob import glob
from pywb.manager.manager import main
main(['init', 'ours'])
main(['add', 'ours'] + glob('out/*.warc.gz'))
main(['init', 'packed'])
main(['add', 'packed', 'all.wacz', '--unpack-wacz'])
with socket.socket() as probe:
    probe.bind(('127.0.0.1', 0))
    port = probe.getsockname()[1]
serve = 'from pywb.apps.cli import wayback; wayback(["-b", "127.0.0.1", "-p", "%d"])' % port
server = subprocess.Popen([sys.executable, '-c', serve], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None
ask = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
ask.addheaders = [('Accept-Encoding', 'gzip, deflate, br')]
def body(address):
    for turn in range(200):
        try:
            return ask.open(address).read()
        except urllib.error.HTTPError as answer:
            return answer.read()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    sys.exit('nobody answers at ' + address)
try:
    same = 0
    for line in open(glob('out/*.cdxj')[0]):
        _, stamp, fields = line.split(' ', 2)
        fields = json.loads(fields)
        if fields['status'] == '304':  # replayed as a 304, which has no body
            continue
        for collection in ['ours', 'packed']:
            found = body('http://127.0.0.1:%d/%s/%sid_/%s' % (port, collection, stamp, fields['url']))
            digest = 'sha256:' + hashlib.sha256(found).hexdigest()
            assert digest == fields['digest'], (collection, line, found[:200])
            same += 1
    print(same)
finally:
    server.kill()
"#;

#[test]
fn pywb_serves_the_bodies_that_were_captured() {
    if !python_has("pywb", "pywb_serves_the_bodies_that_were_captured") {
        return;
    }
    let project = taken_out();
    let said = python(&["-c", PYWB], &project.path(""));
    let index = &files_in(&project.path("out"), ".cdxj")[0];
    let index = fs::read_to_string(index).unwrap();
    let with_body = index.lines().filter(|it| !it.contains(r#""status":"304""#));
    let same = (with_body.count() * 2).to_string();
    assert!(said.lines().any(|it| it == same), "{said}");
}

#[test]
fn imported_redirects_and_their_targets_are_one_visit_of_the_cited_page() {
    let words = "<main><h1>What we do</h1><p>The network was founded on a quay, to help people who live side by side, and it keeps a \
        library of letters from the towns on the river.</p><p>Volunteers teach unarmed civilian protection in twelve towns, and each \
        spring they meet in the old mill to plan the work of the year.</p></main>";
    let at = |second: u32| format!("2024-01-01T00:00:{second:02}Z");
    let of = |path: &str, second, block: &str| {
        record("response", &at(second), HTTP, block).replace("/members", path)
    };
    let moved = |status: &str, to: &str| {
        format!("HTTP/1.1 {status}\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
    };
    let first = of("/work", 1, &moved("301 Moved Permanently", "/about/work"));
    let sent = "<meta http-equiv=refresh content='0; url=/about/our-work'>";
    let second = of("/about/work", 2, &page(sent));
    let last = of("/about/our-work", 3, &page(words));
    let cited = |path: &str| {
        format!(
            "format = 1\ntitle = \"A\"\n[[references]]\nnumber = 1\ntitle = \"Work\"\nurl = \"https://a.example{path}\"\n\
             [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"unarmed civilian protection\"\n"
        )
    };
    // In one file in the order of the visit, and in several files in any order.
    let whole = [first.clone(), second.clone(), last.clone()].concat();
    for files in [vec![whole], vec![first.clone() + &second, last.clone()]] {
        let project = Project::new();
        project.profile("a", &cited("/work"));
        let names: Vec<String> = files
            .iter()
            .enumerate()
            .map(|(number, text)| {
                let name = format!("{number}.warc");
                fs::write(project.path(&name), text).unwrap();
                name
            })
            .collect();
        let mut import = vec!["import"];
        import.extend(names.iter().map(String::as_str));
        project.run_at(NOW, &import, 0);
        let visits = visits_of(&project, "https://a.example/work");
        assert_eq!(visits.len(), 1);
        let hops = visits[0].hops.iter().map(|it| it.1.target_uri.as_str());
        let paths: Vec<&str> = hops.map(|it| &it["https://a.example".len()..]).collect();
        assert_eq!(paths, ["/work", "/about/work", "/about/our-work"]);
        project.run_at(NOW, &["recheck"], 0);
        let report = project.json(&["report", "--format", "json"]);
        assert_eq!(report["references"][0]["label"], "moved", "{report}");
        assert_eq!(report["claims"][0]["entries"][0]["label"], "present");
    }
    // The page is cited by an address that only a redirect led to.
    let project = Project::new();
    project.profile("a", &cited("/about/our-work"));
    let all = [first, second, last].concat();
    imported(&project, "a.warc", all.as_bytes(), 0);
    project.run_at(NOW, &["recheck"], 0);
    let report = project.json(&["report", "--format", "json"]);
    assert_eq!(
        report["claims"][0]["entries"][0]["label"], "present",
        "{report}"
    );
    // A redirect whose target is not in the file is not live.
    let project = Project::new();
    project.profile("a", &cited("/work"));
    let alone = of("/work", 1, &moved("301 Moved Permanently", "/about/work"));
    imported(&project, "a.warc", alone.as_bytes(), 0);
    project.run_at(NOW, &["recheck"], 0);
    let report = project.json(&["report", "--format", "json"]);
    assert_ne!(report["references"][0]["label"], "live", "{report}");
    assert_eq!(report["claims"][0]["entries"][0]["label"], "cannot-tell");
}

/// A response record of `https://a.example/members` whose body is coded with gzip, without so many bytes at its end.
fn gzipped_record(text: &str, missing: usize) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let mut body = gzip.finish().unwrap();
    body.truncate(body.len() - missing);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let block = [head.as_bytes(), &body].concat();
    let begin = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/members\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n\
         {HTTP}Content-Length: {}\r\n\r\n",
        block.len()
    );
    [begin.as_bytes(), &block, b"\r\n\r\n"].concat()
}

#[test]
fn a_body_that_grows_beyond_what_is_kept_of_any_is_not_read() {
    let text = format!(
        "<main><p>Unarmed civilian protection.{}</main>",
        " More words.".repeat(20_000)
    );
    let file = gzipped_record(&text, 0);
    let project = Project::new();
    project.profile(
        "a",
        "format = 1\ntitle = \"A\"\n[[references]]\nnumber = 1\ntitle = \"Work\"\nurl = \"https://a.example/members\"\n\
         [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"unarmed civilian protection\"\n",
    );
    imported(&project, "a.warc", &file, 0);
    for (most, label) in [("1000000", "present"), ("100000", "cannot-tell")] {
        let set = format!("fetch.max_bytes={most}");
        project.run_at(NOW, &["recheck", "--set", &set], 0);
        let report = project.json(&["--set", &set, "report", "--format", "json"]);
        assert_eq!(report["claims"][0]["entries"][0]["label"], label, "{most}");
    }
}

/// A page whose list has one of two claimed names, and another, and how many bytes at the end of its coded body are missing.
#[test]
fn nothing_is_called_absent_or_new_from_a_page_whose_content_coding_ends_early() {
    let said = |number: usize| {
        format!("In year {number} the council gave {number} boats to quay {number}. ")
    };
    let text = format!(
        "<!doctype html><title>Partners</title><main><h1>Partners</h1><p>{}</p><ul><li>Bell Alliance</li><li>Quiet Networks</li>\
         <li>Calm Streets Global</li><li>Stone Bridge Trust</li></ul></main></html>",
        (0..60).map(said).collect::<String>()
    );
    for (missing, gone, new) in [(0, "absent", 1), (4, "absent", 1), (40, "cannot-tell", 0)] {
        let file = gzipped_record(&text, missing);
        let project = Project::new();
        project.profile(
            "a",
            "format = 1\ntitle = \"A\"\n[[references]]\nnumber = 1\ntitle = \"Work\"\nurl = \"https://a.example/members\"\n\
             [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"unarmed civilian protection\"\n\
             [[claims]]\nid = \"l\"\nkind = \"listed\"\ncites = [1]\nnames = [\"Bell Alliance\", \"Quiet Networks\", \"Rest Direct\"]\n",
        );
        imported(&project, "a.warc", &file, 0);
        let csv = project.run(&["report", "--format", "csv"]).stdout;
        let of = |name: &str| {
            csv.lines()
                .find(|line| line.contains(name))
                .unwrap_or_default()
        };
        for name in ["unarmed civilian protection", "Rest Direct"] {
            assert!(of(name).contains(&format!(",{gone},")), "{missing}: {csv}");
        }
        let fresh = csv.lines().filter(|line| line.contains(",new,")).count();
        assert!(
            fresh >= new && (new > 0 || !csv.contains("Stone B")),
            "{missing}: {csv}"
        );
    }
}

/// After a body whose coding broke off, the next visit asks without a condition, and "not modified" does not make it whole.
#[test]
fn a_body_whose_content_coding_ends_early_is_stored_as_cut_and_stays_so_behind_a_304() {
    let said = |number: usize| {
        format!("In year {number} the council gave {number} boats to quay {number}. ")
    };
    let text = format!(
        "<!doctype html><title>Partners</title><main><h1>Partners</h1><p>{}</p></main></html>",
        (0..60).map(said).collect::<String>()
    );
    let project = Project::new();
    project.profile(
        "a",
        "format = 1\ntitle = \"A\"\n[[references]]\nnumber = 1\ntitle = \"Work\"\nurl = \"https://a.example/members\"\n\
         [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"unarmed civilian protection\"\n",
    );
    imported(&project, "a.warc", &gzipped_record(&text, 40), 0);
    let captures = || project.json(&["captures", "https://a.example/members", "--format", "json"]);
    assert_eq!(captures()["captures"][0]["truncated"], "unspecified");
    let unchanged = "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n";
    let revisit = record(
        "revisit",
        "2024-01-02T00:00:00Z",
        &format!(
            "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\r\nWARC-Refers-To-Target-URI: https://a.example/members\r\n\
             WARC-Refers-To-Date: 2024-01-01T00:00:00Z\r\n{HTTP}"
        ),
        unchanged,
    );
    imported(&project, "b.warc", revisit.as_bytes(), 0);
    assert_eq!(captures()["captures"].as_array().unwrap().len(), 2);
    project.run_at(NOW, &["recheck"], 0);
    let report = project.json(&["report", "--format", "json"]);
    let entry = &report["claims"][0]["entries"][0];
    assert_eq!(entry["label"], "cannot-tell");
    let conclusion = entry["finding"]["conclusion"].to_string();
    assert!(conclusion.contains("breaks off"), "{conclusion}");
}
