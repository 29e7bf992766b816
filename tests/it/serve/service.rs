//! The service around the desk: the interface for programs, feeds, health and metrics, accounts on the command line.

use std::{
    io::Read as _,
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    held::{Came, Served, ask},
    program,
};
use crate::project::Project;

const CONFIG: [&str; 2] = ["--config", "snapshots/demo/stillsays.toml"];

fn demo() -> (Project, Served) {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    let served = Served::start(program(&project).args(CONFIG));
    (project, served)
}

fn read(served: &Served, path: &str) -> Value {
    let came = served.shown(path);
    assert_eq!(came.status, 200, "{path} {}", came.text());
    assert_eq!(
        came.field("content-type"),
        Some("application/json"),
        "{path}"
    );
    serde_json::from_slice(&came.body).unwrap()
}

/// Posts JSON with the token of the single user.
fn post(served: &Served, path: &str, body: &Value, fields: &[&str]) -> (Came, Value) {
    let token = read(served, "/api/v1/me")["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let body = body.to_string();
    let mut text = format!(
        "POST {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nX-CSRF-Token: {token}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {1}\r\n",
        served.site,
        body.len()
    );
    for field in fields {
        text.extend([field, "\r\n"]);
    }
    let came = Served::send(&served.site, format!("{text}\r\n{body}").as_bytes());
    let value = serde_json::from_slice(&came.body).unwrap_or(Value::Null);
    (came, value)
}

#[test]
fn the_shipped_document_of_the_api_is_current() {
    let (_project, served) = demo();
    let came = served.shown("/api/v1/openapi.json");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    if std::env::var_os("STILLSAYS_WRITE_DOCS").is_some() {
        std::fs::write(file, &came.body).unwrap();
    }
    let shipped = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        shipped == came.text(),
        "docs/openapi.json is not what the program serves; STILLSAYS_WRITE_DOCS=1 cargo test --test it the_shipped_document writes it again"
    );
    let page = served.shown("/api").text();
    for path in [
        "/api/v1/decisions/{decision}/undo",
        "id=\"decided-meanwhile\"",
    ] {
        assert!(page.contains(path), "{path}");
    }
}

#[test]
fn every_list_is_read_to_its_end_and_has_nothing_twice() {
    let (_project, served) = demo();
    for (list, key, least) in [
        ("profiles", "name", 1),
        ("profiles/trust-network/claims", "id", 3),
        ("profiles/trust-network/references", "number", 4),
        ("pages", "id", 4),
        ("findings", "id", 51),
        (
            "captures?url=https://www.thetrustnetwork.net/list-of-centers",
            "date",
            3,
        ),
    ] {
        let sign = if list.contains('?') { '&' } else { '?' };
        let mut next = Some(format!("/api/v1/{list}{sign}limit=2"));
        let mut all: Vec<String> = Vec::new();
        while let Some(path) = next {
            let came = served.shown(&path);
            let page: Value = serde_json::from_slice(&came.body).unwrap();
            let items = page["items"].as_array().unwrap();
            assert!((1..=2).contains(&items.len()), "{path}");
            all.extend(items.iter().map(|it| it[key].to_string()));
            next = page["next"].as_str().map(str::to_owned);
            let link = next.as_ref().map(|it| format!("<{it}>; rel=\"next\""));
            assert_eq!(came.field("link").map(str::to_owned), link, "{path}");
        }
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), all.len(), "{list}");
        assert!(all.len() >= least, "{list} {}", all.len());
    }
    let due = read(&served, "/api/v1/findings?state=open&limit=200");
    assert_eq!(due["items"].as_array().unwrap().len(), 20);
    let lost = read(&served, "/api/v1/findings?weight=lost");
    assert!(
        lost["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["weight"] == "lost")
    );
    let since = read(&served, "/api/v1/findings?since=2099-01-01T00:00:00Z");
    assert_eq!(since["items"], json!([]));
    for (path, status) in [
        ("findings?limit=0", 400),
        ("findings?limit=201", 400),
        ("findings?limit=x", 400),
        ("findings?state=nothing", 400),
        ("findings?since=yesterday", 400),
        ("findings/000000000000", 404),
        ("profiles/nobody", 404),
        ("pages/00000000", 404),
        ("captures?url=nothing", 404),
        ("captures", 400),
        ("nothing", 404),
    ] {
        let came = served.shown(&format!("/api/v1/{path}"));
        assert_eq!(came.status, status, "{path}");
        assert_eq!(
            came.field("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
        let problem: Value = serde_json::from_slice(&came.body).unwrap();
        for field in ["type", "title", "status", "detail"] {
            assert!(!problem[field].is_null(), "{path} {field}");
        }
    }
    let came = ask(&served.site, "DELETE", "/api/v1/findings", &[]);
    assert_eq!((came.status, came.field("allow")), (405, Some("GET,HEAD")));
}

#[test]
fn an_answer_that_did_not_change_is_not_sent_again() {
    let (_project, served) = demo();
    for path in [
        "/api/v1/findings",
        "/api/v1/openapi.json",
        "/feeds/-/all.atom",
    ] {
        let came = served.shown(path);
        let tag = came.field("etag").unwrap().to_owned();
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        for known in [
            tag.clone(),
            format!("\"x\", {tag}"),
            format!("W/{tag}"),
            "*".to_owned(),
        ] {
            let field = format!("If-None-Match: {known}");
            let again = ask(&served.site, "GET", path, &[&field]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{path} {known}");
            assert_eq!(again.field("etag"), Some(tag.as_str()));
        }
        let other = ask(&served.site, "GET", path, &["If-None-Match: \"x\""]);
        assert_eq!(other.status, 200);
    }
    let packed = ask(
        &served.site,
        "GET",
        "/api/v1/findings",
        &["Accept-Encoding: gzip"],
    );
    let tag = packed.field("etag").unwrap();
    assert!(
        tag.ends_with("-gzip\""),
        "other bytes have another tag: {tag}"
    );
    let field = format!("If-None-Match: {tag}");
    let again = ask(
        &served.site,
        "GET",
        "/api/v1/findings",
        &["Accept-Encoding: gzip", &field],
    );
    assert_eq!(again.status, 304);
}

#[test]
fn a_finding_has_its_evidence_with_dates_and_digests() {
    let (project, served) = demo();
    let finding = read(&served, "/api/v1/findings/410082f4df34");
    assert_eq!(finding["verdict"], "renamed");
    assert_eq!(finding["words"], "Cleveland Mediation Center");
    for evidence in finding["evidence"].as_array().unwrap() {
        assert!(
            evidence["capture"]["payload_digest"]
                .as_str()
                .unwrap()
                .starts_with("sha256:")
        );
        assert!(evidence["capture"]["date"].as_str().unwrap().ends_with('Z'));
    }
    let came = served.shown("/api/v1/findings/410082f4df34/evidence.wacz");
    assert_eq!(came.field("content-type"), Some("application/wacz"));
    let output = [
        &["evidence", "410082f4df34", "-o", "e.wacz", "--quiet"],
        &CONFIG[..],
    ]
    .concat();
    project.expect(&output, 0);
    let by_hand = std::fs::metadata(project.path("e.wacz")).unwrap().len();
    assert!(came.body.starts_with(b"PK") && came.body.len() as u64 * 10 > by_hand * 9);
    let compared = read(
        &served,
        "/api/v1/compare?url=https://www.thetrustnetwork.net/list-of-centers&from=2022-10-21T00:00:00Z&to=2026-09-15T00:00:00Z",
    );
    assert!(
        compared["removed"].as_u64().unwrap() > 0
            && !compared["hunks"].as_array().unwrap().is_empty()
    );
    let edits = read(&served, "/api/v1/profiles/trust-network/edits");
    assert!(
        edits["edits"][0]["forms"]["wikitext"].is_string()
            || edits["edits"][0]["forms"]["text"].is_string()
    );
}

#[test]
fn programs_decide_all_or_nothing_and_once() {
    let (_project, served) = demo();
    let ids = ["5538d53b6658", "1937f1242190"];
    let body =
        json!({"findings": ids, "decision": "accept", "outcome": "keep", "note": "as it is"});
    let key = ["Idempotency-Key: k1"];
    let (came, done) = post(&served, "/api/v1/decisions", &body, &key);
    assert_eq!(came.status, 200, "{done}");
    assert_eq!(
        (
            done["due"].as_u64(),
            done["decided"].as_array().unwrap().len()
        ),
        (Some(18), 2)
    );
    let batch = done["batch"].as_str().unwrap().to_owned();
    let (again, same) = post(&served, "/api/v1/decisions", &body, &key);
    assert_eq!(
        (again.status, &same),
        (200, &done),
        "the same answer, and nothing decided twice"
    );
    let count = || {
        read(&served, "/api/v1/activity?limit=200")["items"]
            .as_array()
            .unwrap()
            .len()
    };
    // With the copy of another archive that the demo has.
    assert_eq!(count(), 3);
    let (other, _) = post(
        &served,
        "/api/v1/decisions",
        &json!({"findings": ids, "decision": "later"}),
        &key,
    );
    assert_eq!(other.status, 409);

    let (came, _) = post(
        &served,
        "/api/v1/decisions",
        &json!({"findings": ["596c70d6bd12", "000000000000"], "decision": "later"}),
        &[],
    );
    assert_eq!((came.status, count()), (404, 3), "all or none");
    for body in [
        json!({"findings": [], "decision": "later"}),
        json!({"findings": ids, "decision": "perhaps"}),
        json!({"findings": ids}),
        json!({"findings": ids, "decision": "later", "more": 1}),
        json!({"findings": ids, "decision": "later", "outcome": "keep"}),
        json!({"findings": ids, "decision": "later", "note": "x".repeat(10_001)}),
    ] {
        let (came, problem) = post(&served, "/api/v1/decisions", &body, &[]);
        assert_eq!(came.status, 422, "{body}");
        assert!(problem["errors"][0]["pointer"].is_string(), "{problem}");
    }
    assert_eq!(count(), 3);

    let (came, undone) = post(
        &served,
        &format!("/api/v1/decisions/{batch}/undo"),
        &json!({}),
        &[],
    );
    assert_eq!(
        (came.status, undone["due"].as_u64()),
        (200, Some(20)),
        "{undone}"
    );
}

#[test]
fn activity_has_decisions_mutes_and_copies_with_the_way_they_came_in_every_form() {
    let (project, served) = demo();
    let ben = [
        "review",
        "596c70d6bd12",
        "accept",
        "--by",
        "ben",
        "--note",
        "=1+1",
    ];
    project.expect(&[&ben[..], &CONFIG].concat(), 0);
    let profile = read(&served, "/api/v1/findings/5538d53b6658");
    let claim = profile["claim"].as_str().unwrap().to_owned();
    let mute = json!({"profile": "trust-network", "claim": claim, "kind": "new-names"});
    assert_eq!(post(&served, "/api/v1/mutes", &mute, &[]).0.status, 200);
    let later = json!({"findings": ["1937f1242190"], "decision": "later"});
    assert_eq!(
        post(&served, "/api/v1/decisions", &later, &[]).0.status,
        200
    );

    let items = read(&served, "/api/v1/activity")["items"].clone();
    let kinds: Vec<&str> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["copy", "decision", "mute", "decision"], "{items}");
    assert_eq!(items[0]["archive"], "web-archive.example");
    assert_eq!(
        (&items[1]["via"], &items[3]["via"]),
        (&json!("cli"), &json!("api"))
    );

    let all = read(&served, "/activity.json");
    let rows = all["activity"].as_array().unwrap();
    assert_eq!(rows.len(), 4, "{all}");
    assert_eq!(rows[1]["what"], "do not ask about new names");
    let own = read(&served, "/activity.json?by=ben");
    assert_eq!(own["activity"].as_array().unwrap().len(), 1);
    assert_eq!(
        read(&served, "/activity.json?since=2999-01-01")["activity"],
        json!([])
    );
    let csv = served.shown("/activity.csv").text();
    assert!(csv.starts_with("when,who,way,what,"), "{csv}");
    assert!(
        csv.contains(",ben,cli,") && csv.contains("\"'=1+1\""),
        "{csv}"
    );
    let page = served.shown("/activity").text();
    assert!(
        page.contains("do not ask about new names") && page.contains("value=\"unmute\""),
        "{page}"
    );
}

#[test]
fn a_program_never_decides_over_others_and_marks_edits_done_once() {
    let (project, served) = demo();
    let ben = [
        "review",
        "596c70d6bd12",
        "reject",
        "--by",
        "ben",
        "--note",
        "two centers",
    ];
    project.expect(&[&ben[..], &CONFIG].concat(), 0);
    let mut mine =
        json!({"findings": ["596c70d6bd12"], "decision": "accept", "seen": {"596c70d6bd12": null}});
    let (came, problem) = post(&served, "/api/v1/decisions", &mine, &[]);
    assert_eq!(came.status, 412);
    let conflict = problem["errors"][0].clone();
    assert_eq!(conflict["pointer"], "/seen/596c70d6bd12");
    assert!(
        conflict["detail"].as_str().unwrap().contains("ben decided")
            && conflict["detail"].as_str().unwrap().contains("two centers")
    );
    mine["seen"]["596c70d6bd12"] = read(&served, "/api/v1/findings/596c70d6bd12")["seen"].clone();
    assert_eq!(post(&served, "/api/v1/decisions", &mine, &[]).0.status, 200);

    assert_eq!(
        post(&served, "/api/v1/decisions/99999/undo", &json!({}), &[])
            .0
            .status,
        404
    );
    let edit = json!({"findings": ["ebcfdc57faad"], "decision": "accept", "outcome": "edit"});
    assert_eq!(post(&served, "/api/v1/decisions", &edit, &[]).0.status, 200);
    assert_eq!(
        post(&served, "/api/v1/edits/eebcfdc57faad/done", &json!({}), &[])
            .0
            .status,
        200
    );
    assert_eq!(
        read(&served, "/api/v1/findings/ebcfdc57faad")["state"],
        "done"
    );
    assert_eq!(
        post(&served, "/api/v1/edits/eebcfdc57faad/done", &json!({}), &[])
            .0
            .status,
        404
    );
    let mute =
        json!({"profile": "trust-network", "claim": "convening-centers", "kind": "new-names"});
    assert_eq!(post(&served, "/api/v1/mutes", &mute, &[]).0.status, 200);
    project.expect(&[&["verify"][..], &CONFIG].concat(), 0);
}

#[test]
fn what_happens_is_told_as_it_happens_whoever_does_it() {
    let (project, served) = demo();
    let mut stream = TcpStream::connect(&served.site).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n\r\n",
        served.site
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut came = String::new();
    let mut came_with = |words: &str| {
        let begun = Instant::now();
        let mut part = [0; 4_096];
        while !came.contains(words) && begun.elapsed() < Duration::from_secs(4) {
            if let Ok(read) = stream.read(&mut part) {
                came += &String::from_utf8_lossy(&part[..read]);
            }
        }
        came.contains(words)
    };
    assert!(came_with("text/event-stream"));
    // What happened before the server looked for the first time is not told; on a busy machine that takes a while.
    let told = (0..10).any(|at| {
        let decision = if at % 2 == 0 { "reject" } else { "undo" };
        let ben = ["review", "596c70d6bd12", decision, "--by", "ben"];
        project.expect(&[&ben[..], &CONFIG].concat(), 0);
        came_with("event: decided")
    });
    assert!(told && came_with("\"by\":\"ben\""));
    assert_eq!(served.end("TERM"), Some(143));
}

#[test]
fn feeds_have_what_was_found_and_lead_to_the_desk() {
    let (_project, served) = demo();
    let feed = served.shown("/feeds/-/all.atom");
    assert_eq!(
        feed.field("content-type"),
        Some("application/atom+xml; charset=utf-8")
    );
    let text = feed.text();
    assert_eq!(text.matches("<entry>").count(), 20);
    assert!(
        text.contains("finding/410082f4df34</id>")
            && text.contains(&format!("http://{}/f/410082f4df34", served.site))
    );
    for (path, entries) in [
        ("p/trust-network.atom", 20),
        ("p/trust-network/references/2.atom", 1),
        ("edits.atom", 0),
    ] {
        let text = served.shown(&format!("/feeds/-/{path}")).text();
        assert_eq!(text.matches("<entry>").count(), entries, "{path}");
    }
    for path in [
        "p/nobody.atom",
        "p/trust-network/references/99.atom",
        "all.rss",
    ] {
        assert_eq!(
            served.shown(&format!("/feeds/-/{path}")).status,
            404,
            "{path}"
        );
    }
}

#[test]
fn feeds_are_read_by_feedparser() {
    let python = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/target/tools/service/bin/python"
    );
    if !std::path::Path::new(python).exists() {
        eprintln!(
            "skipped: feeds read by feedparser, which is not installed in target/tools/service"
        );
        return;
    }
    let (_project, served) = demo();
    let script = "import sys, feedparser\n\
        feed = feedparser.parse(sys.stdin.buffer.read())\n\
        assert not feed.bozo, feed.bozo_exception\n\
        print(len(feed.entries), feed.entries[0].id, feed.entries[0].title, len(feed.entries[0].content[0].value) > 40)\n";
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let feed = served.shown("/feeds/-/all.atom");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &feed.body).unwrap();
    let out = child.wait_with_output().unwrap();
    let told = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success());
    assert!(
        told.starts_with("20 tag:") && told.trim().ends_with("True"),
        "{told}"
    );
}

#[test]
fn the_api_is_as_its_document_says() {
    let schemathesis = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/target/tools/service/bin/schemathesis"
    );
    if !std::path::Path::new(schemathesis).exists() {
        eprintln!(
            "skipped: the API under schemathesis, which is not installed in target/tools/service"
        );
        return;
    }
    let (project, served) = demo();
    let token = read(&served, "/api/v1/me")["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let site = format!("http://{}", served.site);
    let out = Command::new(schemathesis)
        .args([
            "run",
            &format!("{site}/api/v1/openapi.json"),
            "--url",
            &site,
        ])
        .args([
            "--header",
            &format!("Origin: {site}"),
            "--header",
            &format!("X-CSRF-Token: {token}"),
        ])
        .args([
            "--exclude-path",
            "/api/v1/events",
            "--max-examples",
            "25",
            "--seed",
            "1",
            "--workers",
            "2",
        ])
        // Without accounts everyone is known, so there is no answer for somebody unknown.
        .args([
            "--exclude-checks",
            "ignored_auth",
            "--phases",
            "examples,coverage,fuzzing",
            "--no-color",
        ])
        .current_dir(project.path(""))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&out.stderr)
    );
    project.expect(&[&["verify"][..], &CONFIG].concat(), 0);
}

#[test]
fn health_and_metrics_are_for_machines_and_have_no_secrets() {
    let (project, served) = demo();
    let health = read(&served, "/healthz");
    assert_eq!(
        (&health["ok"], &health["store"]),
        (&json!(true), &json!(true))
    );
    assert!(health["disk_free_bytes"].as_u64().unwrap() > 0);
    assert!(!health.to_string().contains("snapshots"), "{health}");
    let metrics = served.shown("/metrics");
    assert!(
        metrics
            .field("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    let text = metrics.text();
    for line in [
        "stillsays_findings{state=\"open\"} 20\n",
        "stillsays_sessions 0\n",
        "stillsays_runs_total ",
        "stillsays_staleness{profile=\"trust-network\"} ",
        "stillsays_request_duration_seconds_count{route=\"/healthz\",method=\"GET\",status=\"200\"} 1\n",
        "# EOF\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    std::fs::rename(
        project.path("snapshots/demo/stillsays.db"),
        project.path("away.db"),
    )
    .unwrap();
    let health = served.shown("/healthz");
    assert_eq!(health.status, 503, "{}", health.text());
    std::fs::rename(
        project.path("away.db"),
        project.path("snapshots/demo/stillsays.db"),
    )
    .unwrap();
    assert_eq!(
        served.shown("/healthz").status,
        200,
        "and the server goes on"
    );
}

/// Runs `user` with a password on stdin.
fn user(project: &Project, words: &[&str], password: &str, code: i32) -> (String, String) {
    let mut command = project.command(&[&["user"], words, &CONFIG[..]].concat());
    let out = command
        .write_stdin(format!("{password}\n"))
        .output()
        .unwrap();
    let texts = [out.stdout, out.stderr].map(|it| String::from_utf8(it).unwrap());
    assert_eq!(out.status.code(), Some(code), "{words:?} {texts:?}");
    let [stdout, stderr] = texts;
    (stdout, stderr)
}

#[test]
fn accounts_are_made_on_the_command_line_and_asked_for_at_once() {
    let (project, served) = demo();
    let everybody = ["serve", "--listen", "0.0.0.0:0"];
    let refused = project.expect(&[&everybody[..], &CONFIG].concat(), 2);
    assert!(
        refused
            .stderr
            .contains("serving on 0.0.0.0:0 without accounts would let anybody decide"),
        "{}",
        refused.stderr
    );
    assert!(
        refused
            .stderr
            .contains("user add NAME --role admin`, or listen on 127.0.0.1"),
        "{}",
        refused.stderr
    );

    assert_eq!(served.shown("/").status, 200);
    user(&project, &["list"], "", 2);
    let (_, told) = user(
        &project,
        &["add", "ben", "--password-stdin"],
        "correct horse battery",
        2,
    );
    assert!(
        told.contains("the first account has to be an admin"),
        "{told}"
    );
    user(
        &project,
        &["add", "ada", "--role", "admin", "--password-stdin"],
        "too short",
        2,
    );
    user(
        &project,
        &["add", "ada", "--role", "admin", "--password-stdin"],
        "correct horse battery",
        0,
    );
    user(
        &project,
        &["add", "ada", "--password-stdin"],
        "correct horse battery",
        2,
    );
    let came = served.shown("/");
    assert_eq!(
        (came.status, came.field("location")),
        (302, Some("/login")),
        "the server asks from now on"
    );
    assert_eq!(served.shown("/api/v1/findings").status, 401);
    assert_eq!(served.shown("/healthz").status, 200);

    let (token, _) = user(
        &project,
        &["token", "ada", "--scope", "decide", "--label", "cron"],
        "",
        0,
    );
    let token = token.trim();
    assert!(token.starts_with("ss_"), "{token}");
    let field = format!("Authorization: Bearer {token}");
    let me = ask(&served.site, "GET", "/api/v1/me", &[&field]);
    assert_eq!(
        serde_json::from_slice::<Value>(&me.body).unwrap()["role"],
        "admin"
    );
    let (listed, _) = user(&project, &["list"], "", 0);
    assert!(
        listed.contains("ada  admin") && listed.contains("token 1 of ada “cron”: decide, good"),
        "{listed}"
    );
    assert!(!listed.contains(token), "{listed}");
    user(&project, &["token", "--revoke", "1"], "", 0);
    assert_eq!(
        ask(&served.site, "GET", "/api/v1/me", &[&field]).status,
        401
    );
    for words in [["disable", "ada"], ["disable", "eve"]] {
        user(&project, &words, "", 2);
    }
    user(&project, &["role", "ada", "viewer"], "", 2);
    user(
        &project,
        &["password", "ada", "--password-stdin"],
        "another horse battery",
        0,
    );
    // The archive and its backups have nothing of it.
    project.expect(
        &[&["backup", "copy.db", "--quiet"][..], &CONFIG].concat(),
        0,
    );
    let copy = std::fs::read(project.path("copy.db")).unwrap();
    assert!(!copy.windows(8).any(|it| it == b"argon2id"));
}

#[test]
fn the_example_for_nginx_is_valid() {
    let Ok(version) = Command::new("nginx").arg("-v").output() else {
        eprintln!("skipped: the example for nginx, which is not installed");
        return;
    };
    assert!(version.status.success());
    let project = Project::new();
    let own = rcgen::generate_simple_self_signed(vec!["desk.example.org".into()]).unwrap();
    project.write("own.pem", own.cert.pem());
    project.write("own.key", own.signing_key.serialize_pem());
    let mut example =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/nginx.conf"))
            .unwrap();
    for name in ["desk", "copies"] {
        for ending in ["pem", "key"] {
            let place = project.path(&format!("own.{ending}"));
            let written = format!("/etc/ssl/{name}.example.org.{ending}");
            assert!(example.contains(&written), "{written}");
            example = example.replace(&written, &place.display().to_string());
        }
    }
    project.write(
        "nginx.conf",
        format!(
            "pid nginx.pid;\n{}",
            example.replace("listen 443 ssl", "listen 8443 ssl")
        ),
    );
    let out = Command::new("nginx")
        .args(["-t", "-e", "stderr", "-p"])
        .arg(project.path(""))
        .arg("-c")
        .arg(project.path("nginx.conf"))
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}
