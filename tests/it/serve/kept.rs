//! Nothing that was decided is lost, whatever happens to the server.

use std::{collections::BTreeSet, process::Command, time::Duration};

use serde_json::{Value, json};

use super::{
    held::{Came, Served},
    program,
};
use crate::{kills::Dice, project::Project};

const CONFIG: [&str; 2] = ["--config", "snapshots/demo/stillsays.toml"];
const STORE: &str = "snapshots/demo/stillsays.db";

fn demo() -> Project {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    project
}

fn serve(project: &Project) -> Served {
    Served::start(program(project).args(CONFIG))
}

fn token(served: &Served) -> String {
    let me: Value = serde_json::from_slice(&served.shown("/api/v1/me").body).unwrap();
    me["csrf_token"].as_str().unwrap().to_owned()
}

/// The request for a decision about findings.
fn request(served: &Served, token: &str, findings: &[String], note: &str) -> String {
    let body = json!({"findings": findings, "decision": "accept", "outcome": "keep", "note": note})
        .to_string();
    format!(
        "POST /api/v1/decisions HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nX-CSRF-Token: {token}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {1}\r\n\r\n{body}",
        served.site,
        body.len()
    )
}

fn decide(served: &Served, token: &str, findings: &[String], note: &str) -> Came {
    Served::send(
        &served.site,
        request(served, token, findings, note).as_bytes(),
    )
}

fn due(served: &Served) -> Vec<String> {
    let all: Value =
        serde_json::from_slice(&served.shown("/api/v1/findings?state=open&limit=200").body)
            .unwrap();
    let ids = all["items"].as_array().unwrap().iter();
    ids.map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The notes of all decisions, each with how many findings have it.
fn notes(project: &Project) -> Vec<(String, usize)> {
    let file = rusqlite::Connection::open(project.path(STORE)).unwrap();
    let mut all = file
        .prepare("SELECT note, count(*) FROM review WHERE note LIKE 'number %' GROUP BY note")
        .unwrap();
    let rows = all
        .query_map((), |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))
        .unwrap();
    rows.map(|it| {
        it.map(|(note, many)| (note, usize::try_from(many).unwrap()))
            .unwrap()
    })
    .collect()
}

#[test]
fn a_server_that_is_killed_in_fifty_decisions_has_each_of_them_whole_or_not_at_all() {
    let project = demo();
    let mut dice = Dice(3);
    let (mut answered, mut killed_in_time) = (BTreeSet::new(), 0);
    for number in 0..50 {
        let served = serve(&project);
        let token = token(&served);
        let three: Vec<String> = due(&served).into_iter().take(3).collect();
        let note = format!("number {number}");
        let asked = request(&served, &token, &three, &note);
        let site = served.site.clone();
        let sending = std::thread::spawn(move || Served::send(&site, asked.as_bytes()).status);
        std::thread::sleep(Duration::from_millis(u64::from(dice.below(40))));
        served.end("KILL");
        let status = sending.join().unwrap_or_default();
        if status == 200 {
            answered.insert(note);
        } else {
            killed_in_time += 1;
        }
        if number % 5 == 4 {
            project.expect(&[&["verify"][..], &CONFIG].concat(), 0);
            // Decided or not, the same findings serve again.
            let all = ["review"]
                .iter()
                .copied()
                .map(str::to_owned)
                .chain(decided(&project))
                .collect::<Vec<_>>();
            let mut all: Vec<&str> = all.iter().map(String::as_str).collect();
            if all.len() > 1 {
                all.extend(["undo", "--quiet"]);
                all.extend(CONFIG);
                project.expect(&all, 0);
            }
        }
    }
    let notes = notes(&project);
    for (note, many) in &notes {
        assert_eq!(*many, 3, "{note} is half there");
    }
    let kept: BTreeSet<String> = notes.into_iter().map(|it| it.0).collect();
    let lost: Vec<&String> = answered.difference(&kept).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    assert!(
        killed_in_time >= 5,
        "only {killed_in_time} were killed in time"
    );
}

/// The findings whose last decision counts.
fn decided(project: &Project) -> Vec<String> {
    let file = rusqlite::Connection::open(project.path(STORE)).unwrap();
    let sql = "SELECT finding FROM review AS r WHERE id = (SELECT max(id) FROM review WHERE finding = r.finding) AND decision IS NOT NULL";
    let mut all = file.prepare(sql).unwrap();
    let rows = all.query_map((), |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_decision_goes_to_the_archive_that_was_put_in_place_of_another() {
    let project = demo();
    let served = serve(&project);
    let token = token(&served);
    let ids = due(&served);
    assert_eq!(decide(&served, &token, &ids[..1], "number 1").status, 200);
    project.expect(
        &[&["backup", "copy.db", "--quiet"][..], &CONFIG].concat(),
        0,
    );
    assert_eq!(decide(&served, &token, &ids[1..2], "number 2").status, 200);
    project.expect(
        &[&["restore", "copy.db", "--quiet"][..], &CONFIG].concat(),
        0,
    );
    assert_eq!(
        due(&served).len(),
        ids.len() - 1,
        "the backup had one decision"
    );
    assert_eq!(decide(&served, &token, &ids[2..3], "number 3").status, 200);
    let kept: Vec<String> = notes(&project).into_iter().map(|it| it.0).collect();
    assert_eq!(kept, ["number 1", "number 3"]);
    project.expect(&[&["verify"][..], &CONFIG].concat(), 0);
}

#[test]
fn a_full_disk_takes_no_decision_and_the_next_one_is_taken_when_there_is_space() {
    let project = demo();
    // A file system of its own, which this command fills and frees.
    let script = "mkdir small && mount -t tmpfs -o size=3m none small || exit 99\n\
        cp -r snapshots/demo/. small/ && sed -i 's|snapshots/demo/|small/|' small/stillsays.toml\n\
        \"$0\" --config small/stillsays.toml serve --listen 127.0.0.1:0 --replay 127.0.0.1:0 >out 2>err & server=$!\n\
        until [ \"$(wc -l <out)\" = 2 ]; do sleep 0.1; done\n\
        head -c 3m /dev/zero >small/filler 2>/dev/null\n\
        python3 decide.py $(head -1 out | cut -d/ -f3)\n\
        rm small/filler; python3 decide.py $(head -1 out | cut -d/ -f3)\n\
        kill $server; wait $server; \"$0\" --config small/stillsays.toml verify --quiet; echo \"verify $?\"";
    project.write(
        "decide.py",
        "import json, sys, urllib.request, urllib.error\n\
         site = 'http://' + sys.argv[1]\n\
         token = json.load(urllib.request.urlopen(site + '/api/v1/me'))['csrf_token']\n\
         body = json.dumps({'findings': ['5538d53b6658'], 'decision': 'later', 'note': 'x' * 9000}).encode()\n\
         fields = {'Origin': site, 'X-CSRF-Token': token, 'Content-Type': 'application/json'}\n\
         for _ in range(60):\n\
         \x20   try:\n\
         \x20       status = urllib.request.urlopen(urllib.request.Request(site + '/api/v1/decisions', body, fields)).status\n\
         \x20   except urllib.error.HTTPError as error:\n\
         \x20       status = error.code\n\
         \x20   if status != 200: break\n\
         print('decided', status)\n",
    );
    let ended = Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .arg(assert_cmd::cargo::cargo_bin("stillsays"))
        .current_dir(project.path(""))
        .output();
    let Some(ended) = ended.ok().filter(|it| it.status.code() == Some(0)) else {
        eprintln!("skipped: decisions on a full disk (no small file system can be mounted here)");
        return;
    };
    let told = String::from_utf8_lossy(&ended.stdout);
    let told: Vec<&str> = told.lines().collect();
    assert_eq!(
        told.first(),
        Some(&"decided 507"),
        "{told:?} {}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert!(
        told.contains(&"decided 200") || told.get(1) == Some(&"decided 507"),
        "{told:?}"
    );
    assert_eq!(told.last(), Some(&"verify 0"), "{told:?}");
}

/// Sends a decision under a key.
fn decide_once(served: &Served, findings: &[String], note: &str) -> (u16, Value) {
    let asked = request(served, &token(served), findings, note);
    let asked = asked.replacen("\r\n", "\r\nIdempotency-Key: k1\r\n", 1);
    let came = Served::send(&served.site, asked.as_bytes());
    (
        came.status,
        serde_json::from_slice(&came.body).unwrap_or_default(),
    )
}

#[test]
fn a_request_under_a_key_is_acted_on_once_even_if_the_server_was_killed_after_it() {
    let project = demo();
    let first = serve(&project);
    let two: Vec<String> = due(&first).into_iter().take(2).collect();
    let (status, done) = decide_once(&first, &two, "number 1");
    assert_eq!(status, 200, "{done}");
    first.end("KILL");
    let second = serve(&project);
    let (status, again) = decide_once(&second, &two, "number 1");
    assert_eq!((status, &again["decided"]), (200, &done["decided"]));
    assert_eq!(again["decided"][0]["via"], "api");
    assert_eq!(notes(&project), [("number 1".to_owned(), 2)]);
    assert_eq!(decide_once(&second, &two, "number 2").0, 409);
    project.expect(&[&["verify"][..], &CONFIG].concat(), 0);
}

#[test]
fn decisions_are_taken_while_a_run_holds_its_lock() {
    let project = demo();
    let served = serve(&project);
    let now = stillsays::clock::parse_digits14("20261127120000").unwrap();
    let lock = stillsays::store::RunLock::acquire(&project.path(STORE), "run", now).unwrap();
    let token = token(&served);
    let ids = due(&served);
    assert_eq!(decide(&served, &token, &ids[..1], "number 1").status, 200);
    let review = ["review", ids[1].as_str(), "accept", "--note", "number 2"];
    project.expect(&[&review[..], &CONFIG].concat(), 0);
    assert_eq!(due(&served).len(), ids.len() - 2);
    project.expect(&[&["run", "--quiet"][..], &CONFIG].concat(), 5);
    drop(lock);
    assert_eq!(notes(&project).len(), 2);
    project.expect(&[&["verify"][..], &CONFIG].concat(), 0);
}

#[test]
fn what_was_asked_before_the_signal_to_stop_is_decided_whole_or_not_at_all() {
    let project = demo();
    let served = serve(&project);
    let token = token(&served);
    let senders: Vec<_> = due(&served)
        .into_iter()
        .take(12)
        .enumerate()
        .map(|(number, id)| {
            let note = format!("number {number}");
            let asked = request(&served, &token, &[id], &note);
            let site = served.site.clone();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(4 * number as u64));
                let came =
                    std::panic::catch_unwind(|| Served::send(&site, asked.as_bytes()).status);
                (note, came.unwrap_or_default())
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(25));
    let begun = std::time::Instant::now();
    assert_eq!(served.end("TERM"), Some(143));
    assert!(begun.elapsed() < Duration::from_secs(10));
    let answers: Vec<(String, u16)> = senders.into_iter().map(|it| it.join().unwrap()).collect();
    let kept: BTreeSet<String> = notes(&project).into_iter().map(|it| it.0).collect();
    for (note, status) in &answers {
        assert!(matches!(status, 0 | 200), "{note} {status}");
        assert!(
            *status != 200 || kept.contains(note),
            "{note} was answered and is lost"
        );
    }
    assert!(answers.iter().any(|it| it.1 == 200), "{answers:?}");
    project.expect(&[&["verify"][..], &CONFIG].concat(), 0);
}
