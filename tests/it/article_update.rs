//! A profile kept in step with its article: what is updated, what stays, and what is said of it.

use std::{fs, path::PathBuf};

use assert_cmd::Command;
use proptest::prelude::*;
use stillsays::{
    article,
    profile::{ChangeKind, Claim, ListedName, Profile, Statement, update},
};
use tempfile::TempDir;

const PARAGRAPHS: [&str; 6] = [
    "Harbor Alliance is a volunteer group that works in 61 countries.[1]",
    "It calls its method “slow talking” and trains 400 clerks.[2]",
    "Harbor Alliance partners include Bell House, the Calm Streets Fund, Quiet Networks, and Rest Direct.[3]",
    "Its sponsors are Bakery Nine and the Coppersmith Foundation.[4]",
    "A newspaper called it “the town’s longest conversation.”[2]",
    "The alliance was founded by Mira Lund in 1999 after a long dispute.[1]",
];

/// An article of those paragraphs, whose references are numbered by `order`: the first paragraph's `[1]` is `order[0]`.
fn article_of(paragraphs: &[&str], order: &[usize]) -> String {
    let mut text = String::from("Non-profit\n\nHarbor Alliance\n\n");
    for paragraph in paragraphs {
        let mut line = (*paragraph).to_owned();
        for old in 1..=4 {
            line = line.replace(&format!("[{old}]"), &format!("[#{}]", order[old - 1]));
        }
        text.push_str(&line.replace("[#", "["));
        text.push_str("\n\n");
    }
    text.push_str("References\n\n");
    let names = ["About", "Method", "Partners", "Sponsors"];
    for number in 1..=4 {
        let at = order.iter().position(|it| *it == number).unwrap();
        let name = names[at];
        let slug = name.to_lowercase();
        let address = format!("https://harbor.example/{slug}");
        let entry =
            format!("{number}. “{name}.” Harbor Alliance. Accessed May 2, 2024. {address}\n");
        text.push_str(&entry);
    }
    text
}

fn read(text: &str) -> Profile {
    article::read(text.as_bytes(), None, Some("harbor.txt"), None)
        .unwrap()
        .profile
}

fn by_words(profile: &Profile, words: &str) -> Claim {
    let holds = |it: &&Claim| {
        serde_json::to_string(&it.statement)
            .unwrap()
            .contains(words)
    };
    profile
        .claims
        .iter()
        .find(holds)
        .unwrap_or_else(|| panic!("no claim has {words}"))
        .clone()
}

#[test]
fn the_same_article_changes_nothing() {
    let mine = read(&article_of(&PARAGRAPHS, &[1, 2, 3, 4]));
    for base in [None, Some(&mine)] {
        let updated = update(&mine, base, &mine);
        assert_eq!((updated.profile, updated.changes), (mine.clone(), vec![]));
        assert_eq!(updated.kept, mine.claims.len());
    }
}

#[test]
fn corrections_and_what_was_added_stay_when_the_sentence_changes() {
    let base = read(&article_of(&PARAGRAPHS, &[1, 2, 3, 4]));
    let mut mine = base.clone();
    mine.references[2].selector = Some("ul.partners".into());
    mine.references[2].every = Some("12h".into());
    mine.references[0].publisher = Some("Harbor Alliance e. V.".into());
    for claim in &mut mine.claims {
        if let Statement::Listed { names, .. } = &mut claim.statement
            && names.contains(&ListedName::One("Quiet Networks".into()))
        {
            claim.id = "partners".into();
            names.retain(|it| *it != ListedName::One("Rest Direct".into()));
            names.push(ListedName::One("Slow Mail".into()));
        }
    }
    mine.claims.push(Claim {
        id: "by-hand".into(),
        cites: vec![4],
        statement: Statement::Quoted {
            exact: "in my own words".into(),
        },
        ..Claim::default()
    });
    let mut paragraphs = PARAGRAPHS;
    paragraphs[2] = "Harbor Alliance partners include Bell House, the Calm Streets Fund, Dovetail, Quiet Networks, and Rest Direct.[3]";
    let theirs = read(&article_of(&paragraphs, &[1, 2, 4, 3]));
    let updated = update(&mine, Some(&base), &theirs);
    let partners = updated.profile.claim("partners").unwrap();
    let Statement::Listed { names, .. } = &partners.statement else {
        panic!("{partners:?}");
    };
    let names: Vec<String> = names.iter().flat_map(ListedName::readings).collect();
    assert_eq!(
        names,
        [
            "Bell House",
            "Calm Streets Fund",
            "Dovetail",
            "Quiet Networks",
            "Slow Mail"
        ]
    );
    assert_eq!(partners.cites, [4]);
    let reference = updated.profile.reference(4).unwrap();
    assert_eq!(
        reference.url.as_deref(),
        Some("https://harbor.example/partners")
    );
    assert_eq!(
        (reference.selector.as_deref(), reference.every.as_deref()),
        (Some("ul.partners"), Some("12h"))
    );
    assert_eq!(
        updated.profile.reference(1).unwrap().publisher.as_deref(),
        Some("Harbor Alliance e. V.")
    );
    assert_eq!(updated.profile.claim("by-hand").unwrap().cites, [3]);
    let changed: Vec<_> = updated
        .changes
        .iter()
        .filter(|it| it.kind == ChangeKind::Changed)
        .collect();
    assert_eq!(changed.len(), 1, "{:?}", updated.changes);
    assert_eq!(changed[0].to.as_deref(), Some("Dovetail"));
}

#[test]
fn a_figure_that_changed_keeps_its_id_and_what_went_is_gone() {
    let mine = read(&article_of(&PARAGRAPHS, &[1, 2, 3, 4]));
    let mut paragraphs = PARAGRAPHS;
    paragraphs[0] = "Harbor Alliance is a volunteer group that works in 64 countries.[1]";
    let theirs = read(&article_of(&paragraphs[..5], &[1, 2, 3, 4]));
    for base in [None, Some(&mine)] {
        let updated = update(&mine, base, &theirs);
        let id = by_words(&mine, "61 countries").id;
        let claim = updated.profile.claim(&id).unwrap();
        assert_eq!(
            claim.statement,
            Statement::Figure {
                exact: "64 countries".into()
            }
        );
        let gone = by_words(&mine, "Mira Lund").id;
        assert!(updated.profile.claim(&gone).is_none());
        let kinds: Vec<_> = updated.changes.iter().map(|it| it.kind).collect();
        assert_eq!(
            kinds,
            [ChangeKind::Changed, ChangeKind::Gone],
            "{:?}",
            updated.changes
        );
    }
}

#[test]
fn a_profile_from_before_there_were_sentences_is_updated_as_well() {
    let whole = read(&article_of(&PARAGRAPHS, &[1, 2, 3, 4]));
    let mut mine = whole.clone();
    mine.source = None;
    for claim in &mut mine.claims {
        (claim.sentence, claim.bytes) = (None, None);
        claim.spans.clear();
    }
    let ids: Vec<String> = mine.claims.iter().map(|it| it.id.clone()).collect();
    let updated = update(&mine, None, &whole);
    let now: Vec<String> = updated
        .profile
        .claims
        .iter()
        .map(|it| it.id.clone())
        .collect();
    assert_eq!(
        (now, updated.changes.len()),
        (ids, 0),
        "{:?}",
        updated.changes
    );
    assert!(
        updated
            .profile
            .claims
            .iter()
            .all(|it| it.sentence.is_some())
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn moved_paragraphs_and_other_numbers_keep_the_ids(
        order in Just(vec![0_usize, 1, 2, 3, 4, 5]).prop_shuffle(),
        numbers in Just(vec![1_usize, 2, 3, 4]).prop_shuffle(),
        edited in proptest::option::of(0_usize..6),
        based in any::<bool>(),
    ) {
        let mine = read(&article_of(&PARAGRAPHS, &[1, 2, 3, 4]));
        let mut paragraphs: Vec<String> = PARAGRAPHS.iter().map(|it| (*it).to_owned()).collect();
        if let Some(at) = edited {
            paragraphs[at] = paragraphs[at].replacen(" is ", " today is ", 1).replacen(" its ", " its own ", 1);
        }
        let moved: Vec<&str> = order.iter().map(|it| paragraphs[*it].as_str()).collect();
        let theirs = read(&article_of(&moved, &numbers));
        let updated = update(&mine, based.then_some(&mine), &theirs);
        for claim in &mine.claims {
            let Some(now) = updated.profile.claim(&claim.id) else {
                prop_assert!(false, "{} is gone: {:?}", claim.id, updated.changes);
                continue;
            };
            let stated = matches!(claim.statement, Statement::Stated { .. });
            prop_assert!(stated || now.statement == claim.statement, "{:?}", now);
            let cites: Vec<String> = now.cites.iter().filter_map(|it| updated.profile.reference(*it)?.url.clone()).collect();
            let was: Vec<String> = claim.cites.iter().filter_map(|it| mine.reference(*it)?.url.clone()).collect();
            prop_assert_eq!(cites, was);
        }
    }
}

fn stillsays(folder: &TempDir, arguments: &[&str]) -> std::process::Output {
    Command::cargo_bin("stillsays")
        .unwrap()
        .current_dir(folder.path())
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_command_keeps_the_source_and_updates_from_it() {
    let folder = TempDir::new().unwrap();
    let write = |text: &str| fs::write(folder.path().join("harbor.txt"), text).unwrap();
    write(&article_of(&PARAGRAPHS, &[1, 2, 3, 4]));
    let made = stillsays(
        &folder,
        &[
            "profile",
            "import",
            "harbor.txt",
            "-o",
            "config/profiles/harbor.toml",
        ],
    );
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(
        text(&made.stderr).contains("2 lists found: 2 read"),
        "{}",
        text(&made.stderr)
    );
    let path: PathBuf = folder.path().join("config/profiles/harbor.toml");
    let mine = Profile::from_bytes(&fs::read(&path).unwrap(), &path).unwrap();
    let source = mine.source.clone().unwrap();
    assert_eq!(
        (
            source.file.as_str(),
            source.form.as_str(),
            source.charset.as_str()
        ),
        ("harbor.txt", "text", "UTF-8")
    );
    let kept = folder
        .path()
        .join("config/profiles/sources")
        .join(source.digest.replace(':', "-"));
    assert_eq!(
        fs::read(kept).unwrap(),
        fs::read(folder.path().join("harbor.txt")).unwrap()
    );

    let before = fs::read(&path).unwrap();
    let same = stillsays(
        &folder,
        &["profile", "update", "harbor.txt", "-p", "harbor"],
    );
    assert!(
        text(&same.stdout).contains("the profile stays as it is"),
        "{}",
        text(&same.stdout)
    );
    assert_eq!(fs::read(&path).unwrap(), before);

    let mut paragraphs = PARAGRAPHS;
    paragraphs[0] = "Harbor Alliance is a volunteer group that works in 64 countries.[1]";
    write(&article_of(&paragraphs, &[1, 2, 3, 4]));
    let dry = stillsays(
        &folder,
        &[
            "profile",
            "update",
            "harbor.txt",
            "-p",
            "harbor",
            "--dry-run",
            "--format",
            "json",
        ],
    );
    let said: serde_json::Value = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!(
        (&said["written"], &said["changes"][0]["to"]),
        (&false.into(), &"64 countries".into())
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    let done = stillsays(
        &folder,
        &["profile", "update", "harbor.txt", "-p", "harbor"],
    );
    assert!(
        text(&done.stdout).contains("61 countries → 64 countries"),
        "{}",
        text(&done.stdout)
    );
    let now = Profile::from_bytes(&fs::read(&path).unwrap(), &path).unwrap();
    assert_eq!(
        by_words(&now, "64 countries").id,
        by_words(&mine, "61 countries").id
    );
    let lint = stillsays(&folder, &["profile", "lint", "config/profiles/harbor.toml"]);
    assert!(lint.status.success(), "{}", text(&lint.stdout));
}

#[test]
fn what_is_left_out_is_named_and_strict_ends_with_1() {
    let folder = TempDir::new().unwrap();
    let paragraphs = [
        "Harbor Alliance partners include Bell House, several churches, the Calm Streets Fund, and Rest Direct.[3]",
        "Its members are Alder House, Birch Fund, and the Cedar Institute.",
        "It has been praised twice for its patience and for its care of the town.[9]",
    ];
    fs::write(
        folder.path().join("harbor.txt"),
        article_of(&paragraphs, &[1, 2, 3, 4]),
    )
    .unwrap();
    let arguments = [
        "profile",
        "import",
        "harbor.txt",
        "--strict",
        "--report",
        "out/report.json",
    ];
    let made = stillsays(&folder, &arguments);
    assert_eq!(made.status.code(), Some(1));
    let said = text(&made.stderr);
    for words in [
        "several churches",
        "1 without reference",
        "1 without a note: 9",
    ] {
        assert!(said.contains(words), "no {words} in {said}");
    }
    let report = fs::read(folder.path().join("out/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let coverage = &report["articles"][0]["coverage"];
    assert_eq!(coverage["missing_notes"], serde_json::json!([9]));
    assert_eq!(coverage["left_out"][0]["text"], "several churches");
    assert_eq!(report["articles"][0]["whole"], false);
}

#[test]
fn a_folder_of_articles_gives_a_profile_each() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("articles")).unwrap();
    for (name, count) in [("one.txt", 6), ("two.txt", 3), ("three.txt", 4)] {
        fs::write(
            folder.path().join("articles").join(name),
            article_of(&PARAGRAPHS[..count], &[1, 2, 3, 4]),
        )
        .unwrap();
    }
    fs::write(folder.path().join("articles/empty.md"), "").unwrap();
    let made = stillsays(
        &folder,
        &["profile", "import", "articles", "-o", "profiles"],
    );
    assert_eq!(made.status.code(), Some(2), "{}", text(&made.stderr));
    let said = text(&made.stdout);
    assert_eq!(said.lines().count(), 4, "{said}");
    assert!(
        said.contains(
            "articles/empty.md: articles/empty.md cannot be imported: the article is empty"
        ),
        "{said}"
    );
    assert!(
        text(&made.stderr).contains("3 articles imported to profiles"),
        "{}",
        text(&made.stderr)
    );
    for name in ["one", "two", "three"] {
        let path = folder.path().join(format!("profiles/{name}.toml"));
        Profile::from_bytes(&fs::read(&path).unwrap(), &path).unwrap();
    }
    fs::write(
        folder.path().join("list.txt"),
        "# two of them\narticles/one.txt\narticles/two.txt\n",
    )
    .unwrap();
    let again = stillsays(
        &folder,
        &["profile", "import", "list.txt", "-o", "profiles"],
    );
    assert_eq!(
        again.status.code(),
        Some(2),
        "existing profiles are not overwritten"
    );
    assert!(
        text(&again.stdout).contains("already exists"),
        "{}",
        text(&again.stdout)
    );
    // A list in the folder is not an article, and one that names a file that is not there is still a list.
    fs::write(
        folder.path().join("articles/list.txt"),
        "one.txt\nfour.txt\n",
    )
    .unwrap();
    let made = stillsays(&folder, &["profile", "import", "articles", "-o", "others"]);
    assert_eq!(
        text(&made.stdout).lines().count(),
        4,
        "{}",
        text(&made.stdout)
    );
    let made = stillsays(
        &folder,
        &["profile", "import", "articles/list.txt", "-o", "more"],
    );
    let said = text(&made.stdout);
    assert!(
        said.contains("articles/four.txt") && said.lines().count() == 2,
        "{said}"
    );
}

#[test]
fn the_shipped_schemas_are_current() {
    let folder = TempDir::new().unwrap();
    for (name, arguments) in [
        ("profile.schema.json", ["profile", "schema"]),
        ("config.schema.json", ["config", "--schema"]),
    ] {
        let printed = stillsays(&folder, &arguments);
        assert!(printed.status.success(), "{}", text(&printed.stderr));
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("docs")
            .join(name);
        if std::env::var_os("STILLSAYS_WRITE_DOCS").is_some() {
            fs::write(&path, &printed.stdout).unwrap();
        }
        let shipped = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            shipped == text(&printed.stdout),
            "docs/{name} is old; STILLSAYS_WRITE_DOCS=1 writes it"
        );
        let schema: serde_json::Value = serde_json::from_str(&shipped).unwrap();
        assert_eq!(schema["type"], "object");
    }
}

#[test]
fn a_profile_names_its_schema_and_the_schema_knows_every_key_of_it() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("harbor.txt"),
        article_of(&PARAGRAPHS, &[1, 2, 3, 4]),
    )
    .unwrap();
    stillsays(
        &folder,
        &[
            "profile",
            "import",
            "harbor.txt",
            "-o",
            "profiles/harbor.toml",
        ],
    );
    let profile = fs::read_to_string(folder.path().join("profiles/harbor.toml")).unwrap();
    assert!(
        profile.starts_with("#:schema profile.schema.json\n"),
        "{profile}"
    );
    let schema = fs::read(folder.path().join("profiles/profile.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&schema).unwrap();
    let keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    for key in Profile::KEYS {
        assert!(keys.iter().any(|it| *it == key), "{key} is not in {keys:?}");
    }
    let table: toml::Table = profile.parse().unwrap();
    let reference = schema["properties"]["references"]["items"]["properties"]
        .as_object()
        .unwrap();
    for key in table["references"][0].as_table().unwrap().keys() {
        assert!(reference.contains_key(key), "{key}");
    }
    if let Ok(checked) = std::process::Command::new("taplo")
        .args(["lint", "--schema"])
        .arg(format!(
            "file://{}",
            folder.path().join("profiles/profile.schema.json").display()
        ))
        .arg(folder.path().join("profiles/harbor.toml"))
        .output()
    {
        assert!(checked.status.success(), "{}", text(&checked.stderr));
    } else {
        println!("skipped: taplo lint, which is not installed");
    }
}

#[test]
fn the_settings_that_init_writes_name_their_schema() {
    let folder = TempDir::new().unwrap();
    let made = stillsays(&folder, &["init"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let settings = fs::read_to_string(folder.path().join("config/stillsays.toml")).unwrap();
    assert!(
        settings.starts_with("#:schema stillsays.schema.json\n"),
        "{settings}"
    );
    let schema = fs::read(folder.path().join("config/stillsays.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&schema).unwrap();
    let table: toml::Table = settings.parse().unwrap();
    for (key, value) in &table {
        let known = &schema["properties"][key];
        assert!(known.is_object(), "{key}");
        for inner in value.as_table().into_iter().flat_map(|it| it.keys()) {
            assert!(known["properties"][inner].is_object(), "{key}.{inner}");
        }
    }
}
