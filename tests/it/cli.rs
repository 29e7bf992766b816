//! The program as cron and people meet it: exit codes, errors with place and hint, signals, locks.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use stillsays::{
    clock::parse_digits14,
    store::{Access, RunLock, Store},
};

use crate::{
    project::Project,
    site::{Reply, Site, Step},
};

fn profile(url: &str) -> String {
    format!(
        "title = \"Example\"\n\n[[references]]\nnumber = 1\nurl = \"{url}\"\n\n\
         [[claims]]\nid = \"q\"\nkind = \"quoted\"\ncites = [1]\nexact = \"a quiet harbour for every quarrel\"\n"
    )
}

fn site() -> Site {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    site.on(
        "/page",
        [Reply::page(
            "<h1>Harbour</h1><p>We are a quiet harbour for every quarrel in town.</p>",
        )],
    );
    site
}

#[test]
fn exit_0_when_everything_is_done_and_quiet_says_nothing() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    let ended = project.expect(&["run", "--quiet"], 0);
    assert_eq!(ended.stderr, "");
    let again = project.expect(&["run", "--quiet", "--all"], 0);
    assert_eq!((again.stdout.as_str(), again.stderr.as_str()), ("", ""));
}

#[test]
fn exit_1_when_fail_on_matches() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    project.expect(&["run", "--all", "--fail-on", "any"], 0);
    site.on(
        "/page",
        [Reply::page(
            "<h1>Harbour</h1><p>We are closed for the winter, thank you for asking. The hall is lent to the choir until March, and \
             letters are answered by the steward on Mondays. The library of charts stays open to members, and the ferry runs at six \
             and at nine, as it does every year.</p>",
        )],
    );
    project.expect(&["run", "--all", "--fail-on", "stale"], 0);
    project.expect(&["run", "--all", "--fail-on", "changes"], 1);
    project.expect(&["run", "--all", "--fail-on", "any"], 1);
    site.on("/page", [Reply::status(410, "gone")]);
    project.expect(&["run", "--all", "--fail-on", "stale"], 1);
}

#[test]
fn exit_2_for_what_cannot_be_used_with_place_and_hint() {
    let project = Project::new();
    for (arguments, says) in [
        (&["run"][..], "there is no profile"),
        (&["run", "--frobnicate"], "--frobnicate"),
        (
            &["run", "--profile", "exmaple"],
            "there is no profile `exmaple`",
        ),
        (
            &["config", "--set", "fetch.dealy=1s"],
            "did you mean `fetch.delay`?",
        ),
        (&["config", "--set", "schedule.every=never"], "hint:"),
        (
            &["config", "--config", "nowhere.toml"],
            "nowhere.toml cannot be read",
        ),
        (&["extract", "nowhere.html"], "nowhere.html cannot be read"),
        (&["check", "page.html"], "nothing to check"),
        (&["captures", "example.org"], "write the complete address"),
    ] {
        let ended = project.expect(arguments, 2);
        assert!(
            ended.stderr.contains(says),
            "{arguments:?}: {}",
            ended.stderr
        );
        assert_eq!(ended.stdout, "", "{arguments:?}");
        if arguments != ["run", "--frobnicate"] {
            assert!(
                ended.stderr.contains("hint: "),
                "{arguments:?}: {}",
                ended.stderr
            );
        }
        project.profile("example", &profile("https://example.org/"));
    }
}

#[test]
fn exit_3_when_a_page_cannot_be_fetched_and_the_others_are() {
    let site = site();
    let project = Project::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let unused = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    project.profile("a", &profile(&unused));
    project.profile("b", &profile(&site.uri("/page")));
    let ended = project.expect(&["run", "--set", "fetch.tries=1"], 3);
    assert!(
        ended
            .stderr
            .contains("2 pages visited, 0 unchanged, 1 failed"),
        "{}",
        ended.stderr
    );
    let report = project.json(&["report", "--profile", "b", "--format", "json"]);
    assert_eq!(report["references"][0]["fate"]["fate"], "live");
    let report = project.json(&["report", "--profile", "a", "--format", "json"]);
    assert_eq!(report["references"][0]["fate"]["fate"], "waiting");
    let said = report["references"][0]["said"].as_str().unwrap();
    assert!(said.contains("no connection"), "{said}");
}

#[test]
fn exit_4_when_the_store_is_damaged() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    project.expect(&["run"], 0);
    let path = project.path("snapshots/stillsays.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[4096..middle] {
        *byte ^= 0x5a;
    }
    fs::write(&path, bytes).unwrap();
    let ended = project.expect(&["verify"], 4);
    assert!(ended.stderr.contains("damaged"), "{}", ended.stderr);
    assert!(ended.stderr.contains("hint: "), "{}", ended.stderr);
}

#[test]
fn exit_5_when_another_run_holds_the_lock_and_it_is_named() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    project.expect(&["run"], 0);
    let lock = RunLock::acquire(
        &project.path("snapshots/stillsays.db"),
        "run --due",
        parse_digits14("20240101").unwrap(),
    )
    .unwrap();
    let ended = project.expect(&["run"], 5);
    let me = std::process::id().to_string();
    assert!(
        ended.stderr.contains(&me) && ended.stderr.contains("run --due"),
        "{}",
        ended.stderr
    );
    // Readers need no lock.
    project.expect(&["status"], 0);
    drop(lock);
    project.expect(&["run"], 0);
}

#[test]
fn private_addresses_are_refused_unless_the_settings_allow_them() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    project.expect(&["run", "--set", "fetch.allow="], 3);
    assert!(site.asked().is_empty());
    let report = project.json(&["report", "--format", "json"]);
    assert_eq!(report["references"][0]["fate"]["fate"], "waiting");
}

#[test]
fn robots_are_obeyed() {
    let site = site();
    site.on(
        "/robots.txt",
        [Reply::raw(
            "HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\nUser-agent: stillsays\nDisallow: /pa\n",
        )],
    );
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    project.expect(&["run"], 3);
    assert!(site.pages_asked().is_empty());
    let hosts = project.expect(&["hosts"], 0).stdout;
    assert!(hosts.contains("35 bytes of rules"), "{hosts}");
}

#[test]
fn a_dry_run_shows_the_plan_and_visits_nothing() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    let plan = project.json(&["run", "--dry-run", "--format", "json"]);
    assert_eq!(plan["seeds"][0]["visit"], true);
    assert!(site.asked().is_empty());
    assert!(!project.path("snapshots").exists());
}

/// A program that goes on until it is told to stop.
fn start(project: &Project, arguments: &[&str]) -> Child {
    let program = assert_cmd::cargo::cargo_bin("stillsays");
    Command::new(program)
        .args(arguments)
        .current_dir(project.path(""))
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    // The shell's own kill: not every machine has a program of that name.
    let kill = format!("kill -{name} {}", child.id());
    let done = Command::new("sh").args(["-c", &kill]).status();
    assert!(done.unwrap().success());
}

/// Waits for a line on stderr that holds `text`.
fn wait_for(child: &mut Child, text: &str) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let found = lines.find(|it| it.as_ref().is_ok_and(|it| it.contains(text)));
    assert!(found.is_some(), "{text}");
    // What comes later is read and thrown away, so that the program never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
}

#[test]
fn watch_runs_what_is_due_and_ends_with_143_on_sigterm() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    let mut watch = start(&project, &["watch"]);
    wait_for(&mut watch, "1 page visited");
    signal(&watch, "TERM");
    assert_eq!(watch.wait().unwrap().code(), Some(143));
    project.expect(&["verify"], 0);
}

#[test]
fn ctrl_c_loses_nothing_that_was_fetched() {
    let site = site();
    site.on("/slow", [Reply::default().then(Step::Hang)]);
    let project = Project::new();
    let second = format!(
        "\n[[references]]\nnumber = 2\nurl = \"{}\"\n",
        site.uri("/slow")
    );
    project.profile("example", &(profile(&site.uri("/page")) + &second));
    let mut run = start(&project, &["run"]);
    wait_for(&mut run, "/page");
    while !site.pages_asked().iter().any(|it| it == "/slow") {
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(&run, "INT");
    signal(&run, "INT");
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let store = Store::open(&project.path("snapshots/stillsays.db"), Access::ReadOnly).unwrap();
    let page = site.uri("/page").parse().unwrap();
    assert_eq!(store.visits(&page).unwrap().len(), 1);
    assert!(store.verify_payloads().unwrap().is_empty());
}

#[test]
fn bad_profiles_are_reported_with_file_line_and_column() {
    let project = Project::new();
    let good = profile("https://example.org/");
    for (toml, place, says) in [
        (good.replace("exact =", "exakt ="), ":11:1", "exact"),
        (good.replace("cites = [1]", "cites = [3]"), ":10:", "3"),
        (
            good.replace("https://example.org/", "htp:/nowhere"),
            ":5:",
            "htp:/nowhere",
        ),
        (
            good.replace("number = 1", "number = \"one\""),
            ":4:",
            "number",
        ),
        (format!("every = \"61 * * * *\"\n{good}"), ":1:", "every"),
    ] {
        project.profile("example", &toml);
        let ended = project.expect(&["run", "--dry-run"], 2);
        let file = format!("example.toml{place}");
        assert!(ended.stderr.contains(&file), "{file}: {}", ended.stderr);
        assert!(ended.stderr.contains(says), "{says}: {}", ended.stderr);
    }
    project.write("config/profiles/example.toml", b"title = \"\xff\"\n");
    let ended = project.expect(&["run", "--dry-run"], 2);
    assert!(ended.stderr.contains("UTF-8"), "{}", ended.stderr);
}

#[test]
fn a_truncated_archive_gives_what_is_whole_and_tells_the_rest() {
    let project = Project::new();
    project.profile(
        "example",
        &profile("https://www.thetrustnetwork.net/list-of-centers"),
    );
    let sample = fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/snapshots/sample.warc.gz"
    ))
    .unwrap();
    project.write("half.warc.gz", &sample[..sample.len() / 2]);
    let ended = project.expect(&["run", "--from", "half.warc.gz"], 0);
    assert!(
        ended.stderr.contains("half.warc.gz, offset "),
        "{}",
        ended.stderr
    );
    project.write("none.warc.gz", b"this is no archive");
    let ended = project.expect(&["run", "--from", "none.warc.gz"], 2);
    assert!(
        ended.stderr.contains("is not a WARC file"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_store_of_a_newer_program_and_a_folder_that_may_not_be_written_are_refused_whole() {
    let site = site();
    let project = Project::new();
    project.profile("example", &profile(&site.uri("/page")));
    project.write("file", "not a folder");
    let ended = project.expect(&["run", "--store", "file/stillsays.db"], 2);
    assert!(ended.stderr.contains("hint: "), "{}", ended.stderr);
    assert_eq!(project.read("file"), "not a folder");
}

#[test]
fn an_article_is_imported_from_its_address_under_the_guard() {
    let site = Site::start();
    let article = "<html><head><title>Quiet Coast Network</title></head><body><h1>Quiet Coast Network</h1>\
        <h2>Partners</h2><p>Partners of the network include Harbour Mediation Center, Quiet River Institute, \
        Lantern Street Dialogue Project, and Oak Valley Peace Council. [1]</p><h2>References</h2>\
        <ol><li>“Partners.” Quiet Coast Network. Accessed May 3, 2023. https://quietcoast.example/partners</li></ol></body></html>";
    site.on("/article", [Reply::page(article)]);
    let project = Project::new();
    let address = site.uri("/article");
    project.expect(
        &[
            "profile",
            "import",
            &address,
            "-o",
            "config/profiles/coast.toml",
        ],
        0,
    );
    let profile = project.read("config/profiles/coast.toml");
    assert!(
        profile.contains("Lantern Street Dialogue Project"),
        "{profile}"
    );
    assert!(profile.contains("2023-05-03"), "{profile}");
    assert!(profile.contains(&address), "{profile}");
    let asked = site.asked().len();
    let refused = project.expect(&["profile", "import", &address, "--set", "fetch.allow="], 2);
    assert!(refused.stderr.contains("127.0.0.1"), "{}", refused.stderr);
    assert_eq!(site.asked().len(), asked);
    // What is there is not written over.
    let again = project.expect(
        &[
            "profile",
            "import",
            &address,
            "-o",
            "config/profiles/coast.toml",
        ],
        2,
    );
    assert!(again.stderr.contains("hint: "), "{}", again.stderr);
    project.write("empty.txt", "");
    let empty = project.expect(&["profile", "import", "empty.txt"], 2);
    assert!(empty.stderr.contains("empty"), "{}", empty.stderr);
}

#[test]
fn a_full_disk_is_reported_and_what_was_stored_before_stays() {
    let site = site();
    let noise: Vec<String> = (0..60_000_u64)
        .map(|it| format!("{:x}", it.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect();
    let noise = noise.join(" ");
    site.on("/big", [Reply::page(format!("<p>{noise}</p>"))]);
    let project = Project::new();
    let second = format!(
        "\n[[references]]\nnumber = 2\nurl = \"{}\"\n",
        site.uri("/big")
    );
    project.profile("example", &(profile(&site.uri("/page")) + &second));
    fs::create_dir(project.path("snapshots")).unwrap();
    // A file system of 600 KiB that only this command sees.
    let script = "mount -t tmpfs -o size=600k none snapshots || exit 99\n\
        \"$0\" run --quiet; echo \"exit $?\"; \"$0\" verify; echo \"exit $?\"; \"$0\" status";
    let ended = Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .arg(assert_cmd::cargo::cargo_bin("stillsays"))
        .current_dir(project.path(""))
        .output();
    let Some(ended) = ended.ok().filter(|it| it.status.code() == Some(0)) else {
        eprintln!("skipped: a full disk (no small file system can be mounted here)");
        return;
    };
    let stdout = String::from_utf8(ended.stdout).unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert!(
        stderr.contains("is full") && stderr.contains("free some space"),
        "{stderr}"
    );
    assert!(
        stdout.contains("exit 2\n") && stdout.contains("exit 0\n"),
        "{stdout}\n{stderr}"
    );
}
