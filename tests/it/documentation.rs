//! The README and the pages under docs/, compared with the program.
//!
//! `STILLSAYS_WRITE_DOCS=1 cargo test --test it documentation` writes docs/commands.md and the report in the README again.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;

use crate::{
    project::Project,
    site::{Reply, Site},
};

/// A page of the project; empty if it does not exist.
pub(crate) fn page(name: &str) -> String {
    fs::read_to_string(place(name)).unwrap_or_default()
}

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Whether the pages are to be written again before they are compared.
fn writes() -> bool {
    std::env::var_os("STILLSAYS_WRITE_DOCS").is_some()
}

/// What stdout gets, with nothing in the environment that would change it.
fn stdout(arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("stillsays").unwrap();
    command.args(arguments).env_clear().env("COLUMNS", "100");
    let out = command.output().unwrap();
    assert!(out.status.success(), "{arguments:?}");
    String::from_utf8(out.stdout).unwrap()
}

/// The commands that a help text lists.
fn commands(help: &str) -> Vec<&str> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let list = list.split("\n\n").next().unwrap_or_default();
    list.lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect()
}

/// The fenced blocks of a page in one language, without the fences.
pub(crate) fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    page.split(&format!("```{language}\n"))
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .collect()
}

/// docs/commands.md as it has to be: the help of the program and of every command.
fn commands_page() -> String {
    let mut page = String::from(
        "# Commands\n\n\
         This page is written by the program: `STILLSAYS_WRITE_DOCS=1 cargo test --test it documentation` writes it again.\n\
         Every command also takes the global options that the first block lists.\n\n",
    );
    let help = stdout(&["--help"]);
    write!(page, "## stillsays\n\n```text\n{help}```\n").unwrap();
    for name in commands(&help) {
        add_command(&mut page, &[name]);
    }
    page
}

/// Adds the help of one command, and of the commands below it.
fn add_command(page: &mut String, words: &[&str]) {
    let help = stdout(&[words, &["--help"]].concat());
    let own = help.split("\nGlobal options:").next().unwrap().trim_end();
    write!(
        page,
        "\n## stillsays {}\n\n```text\n{own}\n```\n",
        words.join(" ")
    )
    .unwrap();
    for name in commands(&help) {
        add_command(page, &[words, &[name]].concat());
    }
}

#[test]
fn the_commands_page_is_what_help_prints() {
    let expected = commands_page();
    if writes() {
        fs::write(place("docs/commands.md"), &expected).unwrap();
    }
    let stored = page("docs/commands.md");
    let differs = stored
        .lines()
        .zip(expected.lines())
        .find(|(stored, expected)| stored != expected);
    assert!(
        stored == expected,
        "docs/commands.md is not what the program prints; {differs:?}\n\
         STILLSAYS_WRITE_DOCS=1 cargo test --test it documentation writes it again"
    );
}

#[test]
fn every_exit_code_of_the_help_is_in_the_readme() {
    let help = stdout(&["--help"]);
    let table = help.split("Exit codes:\n").nth(1).unwrap();
    let readme = page("README.md").replace('\n', " ");
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let (code, meaning) = line.trim().split_once("  ").unwrap();
        let said = format!("`{code}` {}", meaning.trim());
        assert!(readme.contains(&said), "{said}");
    }
}

#[test]
fn every_command_that_the_pages_show_exists() {
    let help = stdout(&["--help"]);
    let known: BTreeSet<&str> = commands(&help).into_iter().collect();
    let pages = [
        "README.md",
        "docs/alerts.md",
        "docs/guide.md",
        "docs/replay.md",
    ]
    .map(page);
    let shown: BTreeSet<&str> = pages
        .iter()
        .flat_map(|page| blocks(page, "sh"))
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("stillsays "))
        .map(|line| line.trim_start_matches("--config snapshots/demo/stillsays.toml "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(shown.len() > 15, "{shown:?}");
    assert!(shown.is_subset(&known), "{shown:?} {known:?}");
}

#[test]
fn the_report_in_the_readme_is_what_the_demo_reports() {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    let settings = ["--config", "snapshots/demo/stillsays.toml"];
    let report = project
        .command(&[&settings[..], &["report"]].concat())
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    let report = String::from_utf8(report.stdout).unwrap();
    let beginning = report.find("Figure: 134 countries").unwrap();
    let lines: Vec<&str> = report[beginning..].lines().take(10).collect();
    let expected = format!("{}\n", lines.join("\n"));
    let readme = page("README.md");
    let shown = blocks(&readme, "text")[0];
    if writes() {
        fs::write(place("README.md"), readme.replace(shown, &expected)).unwrap();
    }
    assert_eq!(blocks(&page("README.md"), "text")[0], expected);
}

#[test]
fn the_four_commands_of_the_readme_lead_to_a_report() {
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    let cited = site.uri("/partners");
    site.on(
        "/partners",
        [Reply::page(
            "<h1>Our partners</h1><ul><li>Alder Peace Trust<li>Beacon Mediation Network<li>Cedarvale University</ul>",
        )],
    );
    let article = format!(
        "<article><h1>Harbor Alliance</h1><p>The Harbor Alliance is a network of organizations that settle disputes. \
         Its partners are Alder Peace Trust, Beacon Mediation Network and Quillmoor Trust.<sup><a href='#r1'>[1]</a></sup></p>\
         <h2>References</h2><ol><li id='r1'>\"Our partners\". Harbor Alliance. Retrieved 2026-01-01. \
         <a href='{cited}'>{cited}</a></li></ol></article>"
    );
    site.on("/wiki", [Reply::page(article)]);
    let readme = page("README.md");
    let block = readme.split("## Your first article").nth(1).unwrap();
    let commands: Vec<Vec<&str>> = blocks(block, "sh")[0]
        .lines()
        .map(|line| line.split('#').next().unwrap().split_whitespace().collect())
        .collect();
    assert_eq!(commands.len(), 4, "{commands:?}");
    let project = Project::new();
    let wiki = site.uri("/wiki");
    for words in &commands {
        assert_eq!(words[0], "stillsays");
        let words: Vec<&str> = words[1..]
            .iter()
            .map(|word| {
                if word.starts_with("https://") {
                    wiki.as_str()
                } else {
                    word
                }
            })
            .collect();
        project.expect(&words, 0);
    }
    let report = project.expect(&["report"], 0).stdout;
    assert!(
        report.contains("Quillmoor Trust") && report.contains("absent"),
        "{report}"
    );
}

#[test]
fn every_verdict_and_fate_is_documented() {
    let source = include_str!("../../src/finding.rs");
    let variants = |name: &str| -> Vec<String> {
        let body = source.split(&format!("pub enum {name} {{")).nth(1).unwrap();
        let body = body.split("\n}").next().unwrap();
        let names = body.lines().filter(|line| {
            line.starts_with("    ")
                && line
                    .trim()
                    .starts_with(|letter: char| letter.is_ascii_uppercase())
        });
        names
            .map(|line| line.trim().trim_end_matches([',', ' ', '{']).to_owned())
            .collect()
    };
    let readme: String = page("README.md")
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    for name in ["Verdict", "Fate", "Why"] {
        let variants = variants(name);
        assert!(variants.len() > 5, "{name}: {variants:?}");
        for variant in variants {
            let word = variant.to_lowercase().replace("softnotfound", "soft404");
            let known = ["notsettled", "noreference", "fetchfailed"].contains(&word.as_str());
            assert!(
                known || readme.contains(&word),
                "{name}::{variant} is not in README"
            );
        }
    }
}
