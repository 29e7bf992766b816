//! `stillsays history`: a claim over all captures, on the demo's archive.

use crate::project::Project;

/// The demo's archive and profile in a folder of their own.
fn demo() -> Project {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    project
}

/// What the demo says to look around with.
const STORE: [&str; 2] = ["--config", "snapshots/demo/stillsays.toml"];

fn history(project: &Project, arguments: &[&str], code: i32) -> crate::project::Ended {
    let all: Vec<&str> = STORE
        .iter()
        .chain(&["history"])
        .chain(arguments)
        .copied()
        .collect();
    project.expect(&all, code)
}

#[test]
fn a_claim_is_shown_name_by_name_with_a_mark_for_each_capture() {
    let project = demo();
    let by_id = history(&project, &["partners"], 0).stdout;
    let line = by_id
        .lines()
        .find(|it| it.contains("Police2Peace"))
        .unwrap();
    assert!(
        line.contains('✓') && line.matches('✕').count() == 2,
        "{by_id}"
    );
    assert!(by_id.contains("absent from 2024-06-11"), "{by_id}");
    assert!(
        by_id.contains("✓ present") && by_id.contains("✕ absent"),
        "{by_id}"
    );
    assert!(!by_id.contains('\u{1b}'), "no colour where nobody looks");
    let by_name = history(&project, &["police2peace"], 0).stdout;
    assert!(
        by_name.contains("Police2Peace") && !by_name.contains("Peace Direct"),
        "{by_name}"
    );
    let by_words = history(&project, &["conflict zon"], 0).stdout;
    assert!(by_words.contains("Quoted: “conflict zones”"), "{by_words}");
}

#[test]
fn the_series_is_there_for_programs_with_captures_and_digests() {
    let project = demo();
    let all: Vec<&str> = STORE
        .iter()
        .chain(&["history", "Police2Peace", "--format", "json"])
        .copied()
        .collect();
    let it = project.json(&all);
    assert_eq!(it["format"], 1);
    let thing = &it["claims"][0]["things"][0];
    assert_eq!(thing["subject"], "Police2Peace");
    assert_eq!(thing["now"], "absent");
    let captures = thing["captures"].as_array().unwrap();
    let labels: Vec<&str> = captures
        .iter()
        .map(|it| it["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["present", "absent"]);
    assert!(captures[0]["until"].is_string() && captures[1]["until"].is_null());
    for it in captures {
        assert!(it["url"].as_str().unwrap().starts_with("http"), "{it}");
        assert!(
            it["payload_digest"]
                .as_str()
                .unwrap()
                .starts_with("sha256:"),
            "{it}"
        );
        assert!(it["date"].as_str().unwrap().ends_with('Z'), "{it}");
    }
    assert_eq!(
        thing["history"]["last_seen"].as_str().unwrap().get(..10),
        Some("2022-10-19"),
        "as held by the other archive of the demo"
    );
}

#[test]
fn what_no_claim_has_is_an_error_with_the_nearest_there_is() {
    let project = demo();
    let ended = history(&project, &["Polize2Peace"], 2);
    assert!(ended.stderr.contains("no claim with"), "{}", ended.stderr);
    assert!(ended.stderr.contains("`Police2Peace`"), "{}", ended.stderr);
    let toml = include_str!("../../config/profiles/trust-network.toml");
    std::fs::write(project.path("snapshots/demo/profiles/twin.toml"), toml).unwrap();
    let ended = history(&project, &["partners"], 2);
    assert!(
        ended.stderr.contains("2 profiles have a claim `partners`"),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("--profile"), "{}", ended.stderr);
    history(&project, &["partners", "--profile", "twin"], 0);
}
