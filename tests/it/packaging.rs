//! What is installed: units, manual pages, and the steps of the GitHub Action, run here.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::{
    project::Project,
    site::{Reply, Site},
};

fn packaging(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("packaging")
        .join(file)
}

/// Whether `program` can be started here.
fn can_run(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

#[test]
fn a_manual_page_for_every_command() {
    let project = Project::new();
    project.expect(&["man", "--folder", "man"], 0);
    let pages = fs::read_dir(project.path("man")).unwrap().count();
    assert!(pages > 30, "{pages} pages");
    for (page, words) in [
        ("stillsays.1", "stillsays\\-run(1)"),
        ("stillsays-run.1", "\\-\\-fail\\-on"),
        ("stillsays-profile-import.1", "\\-\\-strict"),
    ] {
        let text = project.read(&format!("man/{page}"));
        assert!(text.contains(words), "{page} lacks {words}:\n{text}");
    }
    project.write("taken", "a file");
    let failed = project.expect(&["man", "--folder", "taken"], 2);
    assert!(
        failed.stderr.contains("the folder taken"),
        "{}",
        failed.stderr
    );
}

#[test]
fn the_debian_package_has_the_version_of_the_program() {
    let changelog = fs::read_to_string(packaging("debian/changelog")).unwrap();
    let first = format!("stillsays ({}-", env!("CARGO_PKG_VERSION"));
    assert!(changelog.starts_with(&first), "{changelog}");
}

#[test]
fn the_services_may_do_little() {
    if !can_run("systemd-analyze") {
        println!("skipped: the_services_may_do_little (no systemd-analyze here)");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let units = root.path().join("usr/lib/systemd/system");
    fs::create_dir_all(units.join("stillsays-.service.d")).unwrap();
    let names = ["run", "watch", "serve"].map(|name| format!("stillsays-{name}.service"));
    let shared = "stillsays-.service.d/hardening.conf".to_owned();
    for file in names.iter().chain([&shared]) {
        fs::copy(packaging("systemd").join(file), units.join(file)).unwrap();
    }
    for name in &names {
        let analyzed = Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--threshold=20", "--no-pager"])
            .arg(format!("--root={}", root.path().display()))
            .arg(name)
            .output()
            .unwrap();
        let table = String::from_utf8_lossy(&analyzed.stdout);
        assert!(table.contains("exposure level"), "{analyzed:?}");
        assert!(
            analyzed.status.success(),
            "{name} may do more than 2.0:\n{table}"
        );
    }
}

/// A repository with one profile of one page with two lists of names.
struct Repository {
    project: Project,
    site: Site,
}

impl Repository {
    fn new() -> Self {
        let site = Site::start();
        site.on("/robots.txt", [Reply::status(404, "")]);
        let project = Project::new();
        let repository = Self { project, site };
        repository.shows(&[
            "Harbor Lantern Trust",
            "Quiet River Institute",
            "Oak Valley Council",
        ]);
        repository.project.profile(
            "example",
            &format!(
                "title = \"Example Network\"\n\n[[references]]\nnumber = 1\ntitle = \"Members\"\nurl = \"{}\"\n\n\
                 [[references]]\nnumber = 2\ntitle = \"News\"\nurl = \"{}\"\n\n\
                 [[claims]]\nid = \"members\"\nkind = \"listed\"\ncites = [1]\n\
                 names = [\"Harbor Lantern Trust\", \"Quiet River Institute\", \"Oak Valley Council\"]\n",
                repository.site.uri("/members"),
                repository.site.uri("/news"),
            ),
        );
        repository
    }

    fn shows(&self, names: &[&str]) {
        let items: Vec<String> = names
            .iter()
            .map(|name| format!("<li>{name}</li>"))
            .collect();
        let page = format!(
            "<html><head><title>Our members</title></head><body><h1>Our members</h1><ul>{}</ul>\
             <p>The members of the network meet twice a year and publish what they have agreed on.</p></body></html>",
            items.concat()
        );
        self.site.on("/members", [Reply::page(page)]);
        self.site.on("/news", [Reply::status(410, "gone for good")]);
    }

    /// Runs a step of the action at `clock`, as the runner does; `gh` stands for the program of that name.
    fn step(&self, step: &str, environment: &[(&str, &str)]) -> Output {
        let bin = self.project.path("bin");
        let path = format!(
            "{}:{}",
            bin.display(),
            std::env::var("PATH").unwrap_or_default()
        );
        Command::new("bash")
            .arg(packaging("action").join(step))
            .current_dir(self.project.path("."))
            .env("PATH", path)
            .env("PROGRAM", env!("CARGO_BIN_EXE_stillsays"))
            .env("PROFILES", "config/profiles")
            .env("CONTACT", "tests@example.org")
            .env("FAIL_ON", "none")
            .env("GITHUB_STEP_SUMMARY", self.project.path("summary.md"))
            .env("GITHUB_OUTPUT", self.project.path("output"))
            .env("STILLSAYS_FETCH_ALLOW", "127.0.0.0/8")
            .env("STILLSAYS_FETCH_DELAY", "0s")
            .envs(environment.iter().copied())
            .output()
            .unwrap()
    }
}

#[test]
fn the_action_annotates_the_entry_of_a_lost_reference() {
    if !can_run("jq") || !can_run("bash") {
        println!(
            "skipped: the_action_annotates_the_entry_of_a_lost_reference (no jq or bash here)"
        );
        return;
    }
    let repository = Repository::new();
    let ended = repository.step("check", &[]);
    let printed = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{ended:?}");
    let annotation = "::warning file=config/profiles/example.toml,line=8::[2] ";
    assert!(printed.contains(annotation), "{printed}");
    assert_eq!(printed.matches("::warning").count(), 1, "{printed}");
    assert!(
        repository
            .project
            .read("summary.md")
            .contains("Example Network")
    );
    assert_eq!(repository.project.read("output"), "decide=1\n");
    assert!(
        repository
            .project
            .read(".stillsays/report.html")
            .contains("Example Network")
    );

    let ended = repository.step("check", &[("FAIL_ON", "stale")]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
}

#[test]
fn the_action_keeps_one_issue() {
    if !can_run("jq") || !can_run("iconv") || !can_run("bash") {
        println!("skipped: the_action_keeps_one_issue (no jq, iconv or bash here)");
        return;
    }
    let repository = Repository::new();
    fs::create_dir_all(repository.project.path("bin")).unwrap();
    // Records what it is called with; the list of issues is what the test says.
    let gh = "#!/bin/sh\nprintf '%s\\n' \"$*\" >>calls\ncase \"$*\" in *--paginate*) cat issues ;; esac\n";
    repository.project.write("bin/gh", gh);
    let status = Command::new("chmod")
        .arg("755")
        .arg(repository.project.path("bin/gh"))
        .status();
    assert!(status.unwrap().success());
    repository.project.write("issues", "");
    fs::create_dir_all(repository.project.path(".stillsays")).unwrap();
    repository
        .project
        .write(".stillsays/report.md", "Now “@everyone read this”\n");
    let hosted = [
        ("GITHUB_REPOSITORY", "team/articles"),
        ("GITHUB_SERVER_URL", "https://code.example.org"),
        ("GITHUB_RUN_ID", "7"),
    ];
    let calls = |decide: &'static str, issues: &str| {
        repository.project.write("issues", issues);
        repository.project.write("calls", "");
        let ended = repository.step("issue", &[&hosted[..], &[("DECIDE", decide)]].concat());
        assert!(ended.status.success(), "{ended:?}");
        let text = repository.project.read("calls");
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(calls("0", "").is_empty());
    let opened = calls("3", "");
    assert_eq!(opened.len(), 1);
    assert!(
        opened[0]
            .starts_with("api --silent repos/team/articles/issues -f title=3 findings to decide")
    );
    let body = repository.project.read(".stillsays/issue.md");
    assert!(body.starts_with("<!-- stillsays -->\n"), "{body}");
    assert!(
        body.contains("@<!-- -->everyone") && !body.contains("@everyone"),
        "{body}"
    );
    let updated = calls("1", "41\n");
    assert!(
        updated[0].contains("-X PATCH repos/team/articles/issues/41 -f title=1 finding to decide")
    );
    let closed = calls("0", "41\n");
    assert!(
        closed[0].contains("issues/41 -f state=closed"),
        "{closed:?}"
    );
}

#[test]
fn status_says_where_the_entry_of_a_reference_is() {
    let repository = Repository::new();
    repository.project.expect(&["init"], 0);
    let status = repository.project.json(&["status", "--format", "json"]);
    let profile = &status["profiles"][0];
    assert_eq!(profile["file"], "config/profiles/example.toml");
    let lines: Vec<u64> = profile["references"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reference| reference["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [3, 8]);
}
