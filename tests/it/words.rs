//! The files of words: pages made of their entries, and words that a user adds.

use std::{fs, path::Path};

use stillsays::{
    extract::{self, Page},
    media_type::MediaType,
    reading::{PageState, Reading},
};

use crate::project::Project;

/// Names that nothing but the heading above them shows to be names of organizations.
const NAMES: [&str; 4] = [
    "Cutty Sark",
    "Terra Mystica",
    "Nyota Njema",
    "Vilties Kelias",
];

/// A page of a heading with names under it.
fn page(heading: &str) -> String {
    let items = NAMES.map(|it| format!("<li>{it}</li>")).concat();
    format!("<!doctype html><title>Merrow</title><h1>Merrow</h1><h2>{heading}</h2><ul>{items}</ul>")
}

/// The headings of the lists that the reader finds on a page.
fn headings(html: &str) -> Vec<String> {
    let reading = extract::read(&Page {
        body: html.as_bytes(),
        media_type: &MediaType::parse("text/html; charset=utf-8"),
        uri: None,
        status: None,
        selectors: &[],
    });
    let lists = extract::best_lists(&reading).into_iter();
    lists.filter_map(|it| it.heading.clone()).collect()
}

/// The entries of a key, in all files: code, entry, and the words it is about.
fn entries(section: &str, key: &str) -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/language/words");
    let mut all = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|it| it != "toml") {
            continue;
        }
        let code = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let words: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        for entry in words[section][key].as_array().unwrap() {
            let entry = entry.as_str().unwrap().to_owned();
            let words = entry.trim_start_matches('=').replace('*', "");
            all.push((code.clone(), entry, words));
        }
    }
    assert!(all.len() >= 100, "{section}.{key}: {}", all.len());
    all
}

#[test]
fn under_every_strong_heading_names_are_a_list() {
    let missed: Vec<_> = entries("headings", "strong")
        .into_iter()
        .filter(|it| headings(&page(&it.2)).is_empty())
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn under_no_heading_of_other_things_they_are() {
    let found: Vec<_> = entries("headings", "other")
        .into_iter()
        .filter(|it| !headings(&page(&it.2)).is_empty())
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

/// The reading of a short page whose title and heading are `title` and whose text is `text`.
fn short(title: &str, text: &str) -> Reading {
    let html = format!(
        "<!doctype html><title>{title}</title><body><main><h1>{title}</h1><p>{text}</p></main>"
    );
    extract::read(&Page {
        body: html.as_bytes(),
        media_type: &MediaType::parse("text/html; charset=utf-8"),
        uri: None,
        status: None,
        selectors: &[],
    })
}

/// Whether something on the page speaks for a state.
fn speaks(reading: &Reading, state: PageState) -> bool {
    let mut signals = reading.signals.iter();
    signals.any(|it| it.speaks_for == state && it.weight > 0.0)
}

/// The sections of page states, with the state each speaks for.
const STATES: [(&str, PageState); 9] = [
    ("blocked", PageState::Blocked),
    ("unavailable", PageState::Unavailable),
    ("not_found", PageState::SoftNotFound),
    ("login", PageState::LoginWall),
    ("paywall", PageState::LoginWall),
    ("consent", PageState::ConsentWall),
    ("parked", PageState::Parked),
    ("placeholder", PageState::Placeholder),
    ("script", PageState::ScriptShell),
];

/// The phrases of a strength: code, section, state, phrase.
fn phrases(strength: &str) -> Vec<(String, &'static str, PageState, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/language/words");
    let mut all = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|it| it != "toml") {
            continue;
        }
        let code = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let words: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        for (section, state) in STATES {
            for entry in words["page"][section][strength].as_array().unwrap() {
                let phrase = entry.as_str().unwrap().trim_end_matches('*').to_owned();
                all.push((code.clone(), section, state, phrase));
            }
        }
    }
    assert!(all.len() > 500, "{strength}: {}", all.len());
    all
}

#[test]
fn each_title_phrase_gives_a_short_page_its_state() {
    let mut wrong = Vec::new();
    for (code, section, state, phrase) in phrases("title") {
        let reading = short(&phrase, "");
        // What is still to come, and what a script brings, needs more than a title.
        let is_stand_in = !matches!(state, PageState::Placeholder | PageState::ScriptShell);
        let is_content = is_stand_in && reading.state == PageState::Content;
        if is_content || !speaks(&reading, state) {
            wrong.push((code, section, phrase, reading.state));
        }
    }
    assert!(wrong.is_empty(), "{}: {wrong:?}", wrong.len());
}

#[test]
fn each_phrase_of_the_text_speaks_for_its_state_and_makes_a_short_page_doubtful() {
    let mut wrong = Vec::new();
    for (code, section, state, phrase) in phrases("text") {
        let reading = short("Tern", &phrase);
        let is_proof = reading.state == PageState::Content && reading.doubt.is_none();
        if is_proof || !speaks(&reading, state) {
            wrong.push((code, section, phrase, reading.state));
        }
    }
    assert!(wrong.is_empty(), "{}: {wrong:?}", wrong.len());
}

#[test]
fn a_word_that_only_begins_like_an_entry_makes_no_list() {
    for heading in [
        "Board games we play",
        "Games we play",
        "Century of sail",
        "Age of sail",
    ] {
        assert_eq!(headings(&page(heading)), [""; 0], "{heading}");
    }
    for heading in ["Washirika wetu", "Mūsų nariai", "Our partners"] {
        assert_eq!(headings(&page(heading)), [heading], "{heading}");
    }
}

#[test]
fn a_user_adds_words_and_a_language() {
    let project = Project::new();
    fs::write(project.path("page.html"), page("Niaj subtenantoj")).unwrap();
    fs::write(
        project.path("words.toml"),
        "[eo.headings]\nstrong = [\"subtenantoj\"]\n",
    )
    .unwrap();
    let plain = project.run(&["extract", "page.html"]);
    assert!(plain.stdout.contains("No lists."), "{}", plain.stdout);
    let set = "words=words.toml";
    let with = project.run(&["--set", set, "extract", "--explain", "page.html"]);
    assert!(
        with.stdout.contains("Niaj subtenantoj — 4 names"),
        "{}",
        with.stdout
    );
    let said = "words: Niaj subtenantoj: `subtenantoj` (eo headings.strong)";
    assert!(with.stdout.contains(said), "{}", with.stdout);
    for (text, want) in [
        (
            "[eo.headings]\nstrongest = []\n",
            "unknown field `strongest`",
        ),
        (
            "[headings]\nstrong = []\n",
            "`headings` is not the code of a language",
        ),
        (
            "[eo.headings]\nstrong = [\"Subtenantoj\"]\n",
            "`Subtenantoj` has capital letters",
        ),
        ("[eo.calendar]\nmonths = [[\"januaro\"]]\n", "has 1 months"),
    ] {
        fs::write(project.path("words.toml"), text).unwrap();
        let wrong = project.run(&["--set", set, "extract", "page.html"]);
        assert_eq!(wrong.code, 2, "{text}");
        assert!(wrong.stderr.contains(want), "{text}: {}", wrong.stderr);
        assert!(
            wrong.stderr.contains("hint: docs/words.md"),
            "{}",
            wrong.stderr
        );
    }
}
