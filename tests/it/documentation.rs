//! What README says, held against the program.

use std::collections::BTreeSet;

use assert_cmd::Command;

const README: &str = include_str!("../../README.md");

fn stdout(arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("stillsays").unwrap();
    let out = command.args(arguments).output().unwrap();
    assert!(out.status.success(), "{arguments:?}");
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn the_usage_in_the_readme_is_what_help_says() {
    let block = README.split("```text\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    let help = stdout(&["--help"]);
    assert!(
        block == help,
        "README's usage block is not `stillsays --help`, which is:\n{help}"
    );
}

#[test]
fn every_exit_code_of_the_help_stands_in_the_readme() {
    let help = stdout(&["--help"]);
    let table = help.split("Exit codes:\n").nth(1).unwrap();
    for line in table.lines().filter(|it| !it.trim().is_empty()) {
        let (code, meaning) = line.trim().split_once("  ").unwrap();
        let row = format!("| {} | {}", code.replace('/', " / "), meaning.trim());
        assert!(
            README.replace('`', "").contains(&row.replace('`', "")),
            "{row}"
        );
    }
}

#[test]
fn every_command_that_the_readme_shows_exists() {
    let help = stdout(&["--help"]);
    let known: BTreeSet<&str> = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap()
        .lines()
        .filter_map(|it| it.split_whitespace().next())
        .collect();
    let shown = README
        .split("```sh")
        .skip(1)
        .filter_map(|it| it.split("```").next())
        .flat_map(str::lines)
        .filter_map(|it| it.strip_prefix("stillsays "))
        .filter_map(|it| it.split_whitespace().next())
        .collect::<BTreeSet<_>>();
    assert!(shown.len() > 8, "{shown:?}");
    assert!(shown.is_subset(&known), "{shown:?} {known:?}");
}

#[test]
fn every_verdict_and_fate_is_documented() {
    let source = include_str!("../../src/finding.rs");
    let variants = |name: &str| -> Vec<String> {
        let body = source.split(&format!("pub enum {name} {{")).nth(1).unwrap();
        let body = body.split("\n}").next().unwrap();
        let names = body.lines().filter(|it| {
            it.starts_with("    ") && it.trim().starts_with(|it: char| it.is_ascii_uppercase())
        });
        names
            .map(|it| it.trim().trim_end_matches([',', ' ', '{']).to_owned())
            .collect()
    };
    let page: String = README
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
                known || page.contains(&word),
                "{name}::{variant} is not in README"
            );
        }
    }
}
