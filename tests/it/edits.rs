//! `edits`: what an editor pastes, and that an article which was edited so is asked about no more.

use std::{
    fmt::Write as _,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    project::Project,
    site::{Reply, Site},
};

const FIRST: &str = "2024-01-01T08:00:00Z";
const SECOND: &str = "2024-02-01T08:00:00Z";

/// How many articles are invented.
const ARTICLES: u64 = 40;

/// Numbers that are the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}

const PLACES: [&str; 12] = [
    "Ashford",
    "Birchwood",
    "Calder",
    "Dunmore",
    "Elmgate",
    "Fairhaven",
    "Glenrock",
    "Harrow",
    "Inverley",
    "Juniper",
    "Kilburn",
    "Larkspur",
];
const KINDS: [&str; 5] = [
    "Mediation Center",
    "Peace Council",
    "Housing Trust",
    "Youth Forum",
    "Legal Clinic",
];

/// An invented article, and its page then and now.
struct Invented {
    file: String,
    text: String,
    then: String,
    now: String,
}

impl Invented {
    fn new(number: u64, site: &Site) -> Self {
        let mut dice = Dice(number + 7);
        let count = 5 + dice.below(4);
        let names: Vec<String> = (0..count)
            .map(|it| {
                format!(
                    "{} {}",
                    PLACES[(it + dice.below(2) * 3) % 12],
                    KINDS[dice.below(5)]
                )
            })
            .collect();
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort();
        names.dedup();
        let gone: Vec<usize> = (0..=dice.below(2))
            .map(|_| dice.below(names.len()))
            .collect();
        let (before, after) = (100 + dice.below(400), 700 + dice.below(200));
        let oxford = if dice.below(2) == 0 { "," } else { "" };
        let (last, rest) = names.split_last().unwrap();
        let partners = format!("{}{oxford} and {last}", rest.join(", "));
        let url = site.uri(&format!("/page/{number}"));
        let sentence = format!("Its partners are {partners}.");
        let figure = format!("It serves {before} families in the region.");
        let (file, text) = match number % 3 {
            0 => (
                format!("articles/a{number}.txt"),
                format!(
                    "Network {number}\n\n{sentence} {figure} 1\n\nReferences\n\n  1. “Partners.” Network {number}. Accessed January 1, 2024. {url}\n"
                ),
            ),
            1 => (
                format!("articles/a{number}.md"),
                format!(
                    "# Network {number}\n\n{sentence} {figure}[^1]\n\n## References\n\n[^1]: “Partners.” Network {number}. <{url}>. Accessed January 1, 2024.\n"
                ),
            ),
            _ => (
                format!("articles/a{number}.html"),
                format!(
                    "<!doctype html>\r\n<title>Network {number}</title>\r\n<h1>Network {number}</h1>\r\n<p>{sentence} {figure}<sup><a href=\"#n1\">[1]</a></sup></p>\r\n<h2>References</h2>\r\n<ol><li id=\"n1\">“<a href=\"{url}\">Partners</a>.” Network {number}. Accessed January 1, 2024.</li></ol>\r\n"
                ),
            ),
        };
        let page = |members: &[&String], families: usize| {
            let mut html = format!(
                "<!doctype html><html lang=\"en\"><title>Network {number}</title><main><h1>Network {number}</h1><p>We work with neighbours of every age, and served {families} families in the region last year, as our yearly letter to members tells in more detail.</p><h2>Our partners</h2><ul>"
            );
            for name in members {
                write!(html, "<li>{name}</li>").unwrap();
            }
            html + "</ul></main></html>"
        };
        let all: Vec<&String> = names.iter().collect();
        let left = names.iter().enumerate().filter(|it| !gone.contains(&it.0));
        let left: Vec<&String> = left.map(|it| it.1).collect();
        Self {
            file,
            text,
            then: page(&all, before),
            now: page(&left, after),
        }
    }
}

/// Applies a diff as editors do.
fn git_apply(project: &Project, diff: &str, flags: &[&str]) {
    let mut child = Command::new("git")
        .arg("apply")
        .args(flags)
        .arg("-")
        .current_dir(project.path(""))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(diff.as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(
        out.status.success(),
        "{}\n{diff}",
        String::from_utf8_lossy(&out.stderr)
    );
}

fn edits(sheet: &Value) -> &Vec<Value> {
    sheet["edits"].as_array().unwrap()
}

#[test]
fn an_article_that_was_edited_as_proposed_is_asked_about_no_more() {
    let site = Site::start();
    let project = Project::new();
    std::fs::create_dir_all(project.path("articles")).unwrap();
    let invented: Vec<Invented> = (0..ARTICLES).map(|it| Invented::new(it, &site)).collect();
    for (number, it) in invented.iter().enumerate() {
        project.write(&it.file, &it.text);
        let profile = format!("config/profiles/n{number:02}.toml");
        project.expect(&["profile", "import", &it.file, "-o", &profile], 0);
        site.on(&format!("/page/{number}"), [Reply::page(&it.then)]);
    }
    project.run_at(FIRST, &["run", "--all"], 0);
    for (number, it) in invented.iter().enumerate() {
        site.on(&format!("/page/{number}"), [Reply::page(&it.now)]);
    }
    project.run_at(SECOND, &["run", "--all"], 0);
    let (mut made, mut left) = (0, 0);
    for (number, it) in invented.iter().enumerate() {
        let name = format!("n{number:02}");
        let sheet = project.json(&["edits", "-p", &name, "--open", "--format", "json"]);
        // To cite a copy needs one that others can open; there is none here.
        let ids: Vec<String> = edits(&sheet)
            .iter()
            .filter(|it| it["operation"] != "cite-archived" && it["operation"] != "none")
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(!ids.is_empty(), "{name}: {sheet:#}");
        // Any of them, in any order.
        let mut dice = Dice(number as u64);
        let mut chosen: Vec<&String> = ids.iter().filter(|_| dice.below(3) > 0).collect();
        if dice.below(2) == 0 {
            chosen.reverse();
        }
        left += ids.len() - chosen.len();
        for id in &chosen {
            project.expect(&["review", &id[1..], "accept"], 0);
        }
        let waiting = project.json(&["edits", "-p", &name, "--format", "json"]);
        assert_eq!(edits(&waiting).len(), chosen.len(), "{name}");
        assert!(
            !waiting.to_string().contains("archive_url\":\"http://127."),
            "{waiting:#}"
        );
        if chosen.is_empty() {
            continue;
        }
        let diff = project.expect(&["edits", "-p", &name, "--format", "diff"], 0);
        assert_eq!(diff.stderr, "", "{name}");
        git_apply(&project, &diff.stdout, &["--check"]);
        git_apply(&project, &diff.stdout, &[]);
        project.expect(&["profile", "update", &it.file, "-p", &name], 0);
        project.expect(&["recheck", "-p", &name], 0);
        let sheet = project.json(&["edits", "-p", &name, "--format", "json"]);
        assert_eq!(edits(&sheet).len(), 0, "{name}: {sheet:#}");
        let sheet = project.json(&["edits", "-p", &name, "--open", "--format", "json"]);
        let open = edits(&sheet).iter();
        let open = open.filter(|it| ids.iter().any(|id| it["id"] == **id));
        assert_eq!(open.count(), ids.len() - chosen.len(), "{name}: {sheet:#}");
        made += chosen.len();
    }
    assert!(made > 40 && left > 10, "{made} made, {left} left");
}

/// The demo, and the program on it.
fn demo() -> Project {
    let project = Project::new();
    project.expect(&["demo"], 0);
    project
}

fn on_demo(project: &Project, arguments: &[&str], code: i32) -> crate::project::Ended {
    let all = [&["--config", "snapshots/demo/stillsays.toml"], arguments].concat();
    project.expect(&all, code)
}

#[test]
fn the_demo_prints_finished_citations_and_a_diff_of_its_article() {
    let project = demo();
    let text = on_demo(&project, &["edits"], 0).stdout;
    assert!(
        text.contains("no edit waits") && text.contains("--open"),
        "{text}"
    );
    on_demo(
        &project,
        &["review", "61a9", "410082f4df34", "beb4", "18e4", "accept"],
        0,
    );
    let text = on_demo(&project, &["edits"], 0).stdout;
    let copy = "https://archive.example.org/web/20221021140005/https://www.thetrustnetwork.net/faqs-and-stories";
    assert!(
        text.contains(&format!(
            "[2] “FAQS.” TRUST Network. Accessed October 21, 2022. https://www.thetrustnetwork.net/faqs-and-stories. Archived from the original on October 21, 2022: {copy}."
        )),
        "{text}"
    );
    let iso = on_demo(&project, &["edits", "--dates", "iso"], 0).stdout;
    assert!(
        iso.contains(&format!(
            "Archived from the original on 2022-10-21: {copy}. Accessed 2022-10-21."
        )),
        "{iso}"
    );
    let wiki = on_demo(
        &project,
        &["edits", "--format", "wikitext", "--only", "e61a9"],
        0,
    )
    .stdout;
    assert!(
        wiki.contains(&format!(
            "{{{{cite web |title=FAQS |website=TRUST Network |url=https://www.thetrustnetwork.net/faqs-and-stories |access-date=2022-10-21 |archive-url={copy} |archive-date=2022-10-21 |url-status=dead}}}}"
        )),
        "{wiki}"
    );
    let html = on_demo(
        &project,
        &["edits", "--format", "html", "-o", "sheet.html"],
        0,
    );
    assert_eq!(html.stdout, "");
    let page = scraper::Html::parse_document(&project.read("sheet.html"));
    let link = scraper::Selector::parse("a[data-originalurl]").unwrap();
    let link = page.select(&link).next().unwrap().value();
    assert_eq!(
        link.attr("data-originalurl"),
        Some("https://www.thetrustnetwork.net/faqs-and-stories")
    );
    assert_eq!(link.attr("data-versionurl"), Some(copy));
    assert_eq!(link.attr("data-versiondate"), Some("2022-10-21"));
    let markdown = on_demo(&project, &["edits", "--format", "markdown"], 0).stdout;
    assert!(
        markdown.contains("Cleveland ~~Mediation~~ Center **for Dialogue**"),
        "{markdown}"
    );
    let diff = on_demo(&project, &["edits", "--format", "diff"], 0).stdout;
    git_apply(&project, &diff, &["--check", "--directory=snapshots/demo"]);
    git_apply(&project, &diff, &["--directory=snapshots/demo"]);
    let article = project.read("snapshots/demo/trust-network.txt");
    assert!(
        article.contains("151 countries") && article.contains(copy),
        "{article}"
    );
    // What was edited is marked, or found by an update of the profile.
    on_demo(&project, &["edits", "done", "e410082f4df34"], 0);
    assert!(
        !on_demo(&project, &["edits"], 0)
            .stdout
            .contains("e410082f4df34")
    );
    on_demo(
        &project,
        &[
            "profile",
            "update",
            "snapshots/demo/trust-network.txt",
            "-p",
            "trust-network",
        ],
        0,
    );
    let left = on_demo(&project, &["edits"], 0).stdout;
    assert!(!left.contains("151 countries"), "{left}");
    on_demo(&project, &["verify"], 0);
}

#[test]
fn patch_takes_the_diff_too() {
    if Command::new("patch").arg("--version").output().is_err() {
        println!("skipped: patch_takes_the_diff_too (no patch here)");
        return;
    }
    let project = demo();
    let all = ["edits", "--open", "--format", "diff", "-o", "article.diff"];
    on_demo(&project, &all, 0);
    let patch = Command::new("patch")
        .args(["-p1", "--dry-run", "-i", "../../article.diff"])
        .current_dir(project.path("snapshots/demo"))
        .output()
        .unwrap();
    assert!(
        patch.status.success(),
        "{}",
        String::from_utf8_lossy(&patch.stdout)
    );
}

#[test]
fn another_parser_of_wikitext_reads_the_fields() {
    let name = "another_parser_of_wikitext_reads_the_fields";
    let script = "import json, sys, mwparserfromhell\n\
        for it in mwparserfromhell.parse(sys.stdin.read()).filter_templates():\n    \
        print(json.dumps([str(it.name).strip(), {str(p.name).strip(): str(p.value).strip() for p in it.params}]))";
    let known = Command::new("python3")
        .args(["-c", "import mwparserfromhell"])
        .output();
    if !known.is_ok_and(|it| it.status.success()) {
        println!("skipped: {name} (Python has no mwparserfromhell here)");
        return;
    }
    let project = demo();
    let sheet: Value = serde_json::from_str(
        &on_demo(&project, &["edits", "--open", "--format", "json"], 0).stdout,
    )
    .unwrap();
    let mut seen = 0;
    for edit in edits(&sheet)
        .iter()
        .filter(|it| it["operation"] == "cite-archived")
    {
        let mut python = Command::new("python3")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let wikitext = edit["forms"]["wikitext"].as_str().unwrap();
        python
            .stdin
            .take()
            .unwrap()
            .write_all(wikitext.as_bytes())
            .unwrap();
        let out = python.wait_with_output().unwrap().stdout;
        let read: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read[0], "cite web");
        let citation = &edit["citation"];
        for (field, key) in [
            ("title", "title"),
            ("website", "website"),
            ("url", "url"),
            ("access-date", "access_date"),
            ("archive-url", "archive_url"),
            ("archive-date", "archive_date"),
            ("url-status", "url_status"),
        ] {
            assert_eq!(read[1][field], citation[key], "{field}: {wikitext}");
        }
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn the_editors_five_minutes_in_the_readme_go_as_they_are_written() {
    let readme = include_str!("../../README.md");
    let section = readme
        .split("## An editor's five minutes\n")
        .nth(1)
        .unwrap();
    let block = section
        .split("```sh\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let project = demo();
    let mut last = String::new();
    for line in block.lines() {
        let line = line.split(" # ").next().unwrap().trim();
        let words: Vec<&str> = line.split(' ').collect();
        if words[0] == "git" {
            let git = Command::new("git")
                .args(&words[1..])
                .current_dir(project.path(""))
                .output()
                .unwrap();
            assert!(
                git.status.success(),
                "{line}: {}",
                String::from_utf8_lossy(&git.stderr)
            );
        } else {
            assert_eq!(words[0], "stillsays", "{line}");
            last = project.expect(&words[1..], 0).stdout;
        }
    }
    assert!(last.contains("no edit waits"), "{last}");
}

#[test]
fn an_edit_that_is_not_there_is_an_error_with_a_hint() {
    let project = demo();
    let ended = on_demo(&project, &["edits", "--only", "e00000"], 2);
    assert!(
        ended.stderr.contains("there is no edit `e00000`") && ended.stderr.contains("hint: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_profile_without_its_article_has_edits_but_no_diff() {
    let project = demo();
    let toml = project.read("snapshots/demo/profiles/trust-network.toml");
    let without: String = toml
        .lines()
        .filter(|it| {
            ![
                "bytes =",
                "spans =",
                "file =",
                "digest =",
                "form =",
                "charset =",
                "[source]",
            ]
            .iter()
            .any(|key| it.starts_with(key))
        })
        .fold(String::new(), |text, line| text + line + "\n");
    project.write("snapshots/demo/profiles/trust-network.toml", without);
    let text = on_demo(&project, &["edits", "--open"], 0).stdout;
    assert!(
        text.contains("take out “Restorative Justice Community Action”"),
        "{text}"
    );
    let ended = on_demo(&project, &["edits", "--open", "--format", "diff"], 2);
    assert!(ended.stderr.contains("profile update"), "{}", ended.stderr);
}
