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

/// The names of a version, list by list.
fn lists(page: &Path) -> Vec<Vec<String>> {
    let gold = read(&page.with_extension("gold.json"));
    let lists = gold["lists"].as_array().unwrap().iter();
    let names = |it: &Value| {
        it["names"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap().to_owned())
            .collect()
    };
    lists
        .map(names)
        .filter(|it: &Vec<String>| !it.is_empty())
        .collect()
}

fn profile(site: &Site, versions: &Versions) -> Option<String> {
    let lists = lists(&versions.files[0]);
    let mut toml = format!(
        "title = \"{0}\"\n\n[[references]]\nnumber = 1\nurl = \"{1}\"\n",
        versions.name,
        site.uri(&format!("/{}", versions.name))
    );
    for (number, names) in lists.iter().enumerate() {
        let names = json!(names.iter().collect::<BTreeSet<_>>());
        let claim = format!(
            "\n[[claims]]\nid = \"list-{number}\"\nkind = \"listed\"\ncites = [1]\nnames = {names}\n"
        );
        toml.push_str(&claim);
    }
    (!lists.is_empty()).then_some(toml)
}

/// What `run` says of each name of a profile.
fn said(run: &Value, profile: &str) -> BTreeMap<String, String> {
    let profiles = run["profiles"].as_array().unwrap().iter();
    let mut it = profiles.filter(|it| it["profile"] == profile);
    let claims = it.next().unwrap()["claims"].as_array().unwrap();
    let entries = claims
        .iter()
        .flat_map(|it| it["entries"].as_array().unwrap());
    let names = entries.filter(|it| it["finding"]["subject"]["about"] == "name");
    names
        .map(|it| {
            let name = it["finding"]["subject"]["name"].as_str().unwrap();
            (fold(name), it["label"].as_str().unwrap().to_owned())
        })
        .collect()
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
            let there: BTreeSet<String> = lists(&versions.files[step])
                .iter()
                .flatten()
                .map(|it| fold(it))
                .collect();
            let renamed: BTreeMap<_, _> = versions.renamed[..=step].iter().flatten().collect();
            for (name, label) in said(&run, &versions.name) {
                let good = if there.is_empty() {
                    lost_called_absent += usize::from(label == "absent");
                    label == "cannot-tell"
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
