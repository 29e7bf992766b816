//! Real pages, version after version, through `run`: the report says what people found when they compared them by hand.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use stillsays::text::fold;

use crate::{
    project::Project,
    site::{Reply, Site},
};

/// One site: its versions, oldest first, and what changed between them.
struct Versions {
    name: String,
    files: Vec<PathBuf>,
    renamed: Vec<BTreeMap<String, String>>,
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn sites(corpus: &Path) -> Vec<Versions> {
    let mut folders: Vec<PathBuf> = fs::read_dir(corpus)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    folders.sort();
    let mut sites = Vec::new();
    for folder in folders
        .iter()
        .filter(|it| it.join("diff.gold.json").exists())
    {
        let diff = read(&folder.join("diff.gold.json"));
        let pairs = diff["pairs"].as_array().unwrap();
        let mut files = vec![folder.join(pairs[0]["from"].as_str().unwrap())];
        let mut renamed = vec![BTreeMap::new()];
        for pair in pairs {
            files.push(folder.join(pair["to"].as_str().unwrap()));
            let names = pair["renamed"].as_array().unwrap().iter();
            let name = |it: &Value| fold(it.as_str().unwrap());
            renamed.push(names.map(|it| (name(&it[0]), name(&it[1]))).collect());
        }
        sites.push(Versions {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            files,
            renamed,
        });
    }
    sites
}

/// A list of a version: its heading, made comparable, and its names.
struct List {
    heading: String,
    names: Vec<String>,
}

/// The lists of a version that have names.
fn lists(page: &Path) -> Vec<List> {
    let gold = read(&page.with_extension("gold.json"));
    let lists = gold["lists"].as_array().unwrap().iter();
    let names = |it: &Value| -> Vec<String> {
        let names = it["names"].as_array().unwrap().iter();
        names.map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let heading = |it: &Value| fold(it["heading"].as_str().unwrap_or_default());
    lists
        .map(|it| List {
            heading: heading(it).trim_end_matches(':').to_owned(),
            names: names(it),
        })
        .filter(|it| !it.names.is_empty())
        .collect()
}

/// Whether a name stands in another list of a version and no longer in that of its claim, which is there still.
fn left_its_list(name: &str, own: &List, version: &[List]) -> bool {
    let holds = |it: &List| it.names.iter().any(|it| fold(it) == name);
    let same = |it: &&List| it.heading == own.heading;
    let mut there = version.iter().filter(same).peekable();
    there.peek().is_some() && !there.any(holds) && version.iter().any(holds)
}

fn profile(site: &Site, versions: &Versions) -> Option<String> {
    let lists = lists(&versions.files[0]);
    let mut toml = format!(
        "title = \"{0}\"\n\n[[references]]\nnumber = 1\nurl = \"{1}\"\n",
        versions.name,
        site.uri(&format!("/{}", versions.name))
    );
    for (number, list) in lists.iter().enumerate() {
        let names = json!(list.names.iter().collect::<BTreeSet<_>>());
        let claim = format!(
            "\n[[claims]]\nid = \"list-{number}\"\nkind = \"listed\"\ncites = [1]\nnames = {names}\n"
        );
        toml.push_str(&claim);
    }
    (!lists.is_empty()).then_some(toml)
}

/// What `run` says of each name of a profile, and by which of its claims.
fn said(run: &Value, profile: &str) -> BTreeMap<String, (usize, String)> {
    let profiles = run["profiles"].as_array().unwrap().iter();
    let mut it = profiles.filter(|it| it["profile"] == profile);
    let claims = it.next().unwrap()["claims"].as_array().unwrap();
    let mut all = BTreeMap::new();
    for claim in claims {
        let id = claim["id"].as_str().unwrap();
        let list = id.strip_prefix("list-").unwrap().parse().unwrap();
        let entries = claim["entries"].as_array().unwrap().iter();
        for it in entries.filter(|it| it["finding"]["subject"]["about"] == "name") {
            let name = it["finding"]["subject"]["name"].as_str().unwrap();
            let label = it["label"].as_str().unwrap().to_owned();
            all.insert(fold(name), (list, label));
        }
    }
    all
}

#[test]
fn the_report_says_of_real_pages_what_people_found_in_them() {
    let corpus = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpus/partner-pages"
    ));
    if !corpus.exists() {
        eprintln!("skipped: the report on real pages (no ../shared beside the project)");
        return;
    }
    let site = Site::start();
    site.on("/robots.txt", [Reply::status(404, "")]);
    let project = Project::new();
    let all = sites(corpus);
    let mut with_names = Vec::new();
    for versions in &all {
        if let Some(toml) = profile(&site, versions) {
            project.profile(&versions.name, &toml);
            with_names.push(versions);
        }
    }
    let (mut right, mut names, mut lost_called_absent) = (0, 0, 0);
    let mut wrong = Vec::new();
    for step in 0..all.iter().map(|it| it.files.len()).max().unwrap() {
        for versions in &with_names {
            if let Some(file) = versions.files.get(step) {
                site.on(
                    &format!("/{}", versions.name),
                    [Reply::page(fs::read(file).unwrap())],
                );
            }
        }
        let clock = format!("2024-01-{:02}T00:00:00Z", step + 1);
        let ended = project.run_at(&clock, &["run", "--all", "--quiet", "--format", "json"], 0);
        let run: Value = serde_json::from_str(&ended.stdout).unwrap();
        for versions in with_names.iter().filter(|it| it.files.len() > step) {
            let claimed = lists(&versions.files[0]);
            let version = lists(&versions.files[step]);
            let names_there = version.iter().flat_map(|it| &it.names);
            let there: BTreeSet<String> = names_there.map(|it| fold(it)).collect();
            let renamed: BTreeMap<_, _> = versions.renamed[..=step].iter().flatten().collect();
            for (name, (claim, label)) in said(&run, &versions.name) {
                let good = if there.is_empty() {
                    lost_called_absent += usize::from(label == "absent");
                    label == "cannot-tell"
                } else if left_its_list(&name, &claimed[claim], &version) {
                    matches!(label.as_str(), "elsewhere" | "moved-list")
                } else if there.contains(&name) {
                    label == "present"
                } else if renamed.contains_key(&name) {
                    label == "renamed" || label == "present"
                } else {
                    label == "absent"
                };
                names += 1;
                right += usize::from(good);
                if !good {
                    wrong.push(format!("{} step {step}: {name}: {label}", versions.name));
                }
            }
        }
    }
    println!("{right} of {names} verdicts are as people found them\n{wrong:#?}");
    assert!(names > 1_300, "{names}");
    assert_eq!(lost_called_absent, 0, "{wrong:#?}");
    assert!(right * 100 >= names * 97, "{right} of {names}: {wrong:#?}");
}
