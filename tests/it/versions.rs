//! The versions of reader and comparison are raised whenever they say something else: stored answers of another version are not used.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use serde::Deserialize;
use stillsays::{
    compare::{self, Scope},
    digest::ContentDigest,
    extract::{self, Page},
    media_type::MediaType,
    profile::ListedName,
    store::{Access, Store, StoreError},
};

use crate::project::Project;

/// What the versions below said of all golden pages, and what the case tables expect.
const READINGS: (u32, &str) = (28, "7cdfec59edaf");
const VERDICTS: (u32, &str) = (30, "6e75b790310e");

#[derive(Deserialize)]
struct Expected {
    #[serde(default)]
    lists: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    names: Vec<String>,
}

/// A name that no page has.
const NOWHERE: &str = "Quillfeather Dirigible Society of Nowhere";

/// Everything that is read from the golden pages, and the verdicts on their names, on a name that none has, and on words of each.
fn said() -> (String, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folders = fs::read_dir(root.join("pages")).unwrap();
    let pages: BTreeMap<String, _> = folders
        .map(|it| it.unwrap().path())
        .filter(|it| it.join("page.html").exists())
        .map(|it| (it.file_name().unwrap().to_string_lossy().into_owned(), it))
        .collect();
    assert!(pages.len() >= 20, "{} golden pages", pages.len());
    let (mut readings, mut verdicts) = (String::new(), String::new());
    for (name, folder) in pages {
        let reading = extract::read(&Page {
            body: &fs::read(folder.join("page.html")).unwrap(),
            media_type: &MediaType::parse("text/html"),
            uri: None,
            status: Some(200),
            selectors: &[],
        });
        let json = serde_json::to_string(&reading).unwrap();
        writeln!(readings, "{name} {json}").unwrap();
        let expected = fs::read_to_string(folder.join("expected.toml")).unwrap();
        let expected: Expected = toml::from_str(&expected).unwrap();
        let names = expected.lists.into_iter().flat_map(|it| it.names);
        let claimed: Vec<ListedName> = names
            .chain([NOWHERE.to_owned()])
            .map(ListedName::One)
            .collect();
        let answer = compare::names(&claimed, &reading, Scope::default(), &[]);
        for it in &answer.names {
            writeln!(verdicts, "{name} {} {:?}", it.claimed, it.verdict).unwrap();
        }
        for it in &answer.new {
            writeln!(verdicts, "{name} new {}", it.name).unwrap();
        }
        let words: Vec<&str> = reading.text.split_whitespace().take(9).collect();
        for words in [words.join(" "), NOWHERE.to_owned()] {
            let answer = compare::quotation(&words, &reading, Scope::default());
            writeln!(verdicts, "{name} \"{words}\" {:?}", answer.verdict).unwrap();
        }
    }
    for table in [
        "figures/figures.toml",
        "names/one.toml",
        "quotes/quotes.toml",
        "splits/names.toml",
        "stand_ins/first_sight.toml",
        "stand_ins/live.toml",
        "stand_ins/pages.toml",
        "stand_ins/parts.toml",
    ] {
        verdicts += &fs::read_to_string(root.join("cases").join(table)).unwrap();
    }
    (readings, verdicts)
}

#[test]
fn what_is_said_changes_only_with_the_version() {
    let (readings, verdicts) = said();
    let of = |text: &str| ContentDigest::of(text.as_bytes()).short();
    let mut faults = String::new();
    for (what, now, (version, digest), said) in [
        ("extract", extract::VERSION, READINGS, of(&readings)),
        ("compare", compare::VERSION, VERDICTS, of(&verdicts)),
    ] {
        if version == now && digest == said {
            continue;
        }
        let raise = if version == now || digest == said {
            format!("raise {what}::VERSION by one, and then ")
        } else {
            String::new()
        };
        writeln!(faults, "{what}: {raise}write ({now}, \"{said}\") here").unwrap();
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn a_store_of_an_older_version_is_brought_along_and_gives_the_same_verdicts() {
    // Written by the program whose stores had version 7: two pages with five visits, imported and compared.
    let stores = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores");
    let packed = fs::read(stores.join("7.db.zst")).unwrap();
    let project = Project::new();
    project.profile(
        "quay",
        &fs::read_to_string(stores.join("quay.toml")).unwrap(),
    );
    let bytes = zstd::decode_all(packed.as_slice()).unwrap();
    fs::create_dir_all(project.path("snapshots")).unwrap();
    project.write("snapshots/stillsays.db", bytes);
    let path = project.path("snapshots/stillsays.db");
    let older = Store::open(&path, Access::ReadOnly).unwrap_err();
    assert!(
        matches!(older, StoreError::Older { found: 7, .. }),
        "{older}"
    );
    let ids = |store: &Store| -> Vec<String> {
        let findings = store.findings("quay").unwrap();
        findings.into_iter().map(|it| it.id.0).collect()
    };
    let store = Store::open(&path, Access::ReadWrite).unwrap();
    let before = ids(&store);
    drop(store);
    assert_eq!(before.len(), 13);
    let report = project.json(&["report", "--format", "json"]);
    assert_eq!(report["counts"]["decide"], 4, "{:#}", report["counts"]);
    project.expect(&["recheck", "--readings"], 0);
    let store = Store::open(&path, Access::ReadOnly).unwrap();
    assert_eq!(ids(&store), before);
    drop(store);
    project.expect(&["verify", "--deep"], 0);
}
