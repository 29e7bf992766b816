//! Articles into profiles: the articles of this folder held against their gold, and the seed where it is at hand.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use stillsays::{
    article::{self, Import},
    profile::{ListedName, Profile, Statement},
    text::fold,
};

fn shared() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).to_owned()
}

fn import(path: &Path) -> Import {
    let bytes = fs::read(path).unwrap();
    article::read(&bytes, None, Some(&path.to_string_lossy()), None).unwrap()
}

fn key(text: &str) -> String {
    fold(text)
        .trim_matches([' ', '.', ',', ';', ':', '*'])
        .to_owned()
}

/// Everything that differs between an import and its gold: what is missing and what is invented.
fn faults(profile: &Profile, gold: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let json = serde_json::to_value(profile).unwrap();
    for field in ["title", "kind", "project_of"] {
        if gold.get(field).is_some() && plain(&json[field]) != plain(&gold[field]) {
            faults.push(format!("{field}: {}, not {}", json[field], gold[field]));
        }
    }
    references(&json, gold, &mut faults);
    if let Some(seeds) = gold["seeds"].as_u64()
        && profile.seeds().len() as u64 != seeds
    {
        faults.push(format!("seeds: {}, not {seeds}", profile.seeds().len()));
    }
    lists(profile, gold, &mut faults);
    for (kind, gold_kind) in [
        ("quoted", "quoted"),
        ("figure", "figures"),
        ("relation", "relations"),
    ] {
        let want = statements(&gold[gold_kind], kind);
        let claims = Value::Array(
            json["claims"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|it| it["kind"] == kind)
                .cloned()
                .collect(),
        );
        let have = statements(&claims, kind);
        if gold.get(gold_kind).is_some() {
            faults.extend(
                want.difference(&have)
                    .map(|it| format!("{kind} missing: {it}")),
            );
            faults.extend(
                have.difference(&want)
                    .map(|it| format!("{kind} invented: {it}")),
            );
        }
    }
    faults
}

fn plain(value: &Value) -> String {
    value.as_str().map(key).unwrap_or_default()
}

fn statements(list: &Value, kind: &str) -> BTreeSet<String> {
    let fields: &[&str] = if kind == "relation" {
        &["subject", "relation", "object"]
    } else {
        &["exact"]
    };
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|it| {
            let words: Vec<String> = fields.iter().map(|field| plain(&it[*field])).collect();
            format!("{} {}", words.join(" | "), it["cites"])
        })
        .collect()
}

fn references(json: &Value, gold: &Value, faults: &mut Vec<String>) {
    let Some(want) = gold["references"].as_array() else {
        return;
    };
    let have = json["references"].as_array().unwrap();
    for it in have {
        if !want.iter().any(|other| other["number"] == it["number"]) {
            faults.push(format!("reference {} invented", it["number"]));
        }
    }
    for it in want {
        let Some(found) = have.iter().find(|other| other["number"] == it["number"]) else {
            faults.push(format!("reference {} missing", it["number"]));
            continue;
        };
        for (field, value) in it.as_object().unwrap() {
            if field != "number" && plain(&found[field]) != plain(value) {
                let number = &it["number"];
                faults.push(format!(
                    "reference {number}: {field} {}, not {value}",
                    found[field]
                ));
            }
        }
    }
}

fn flat(names: &[ListedName]) -> BTreeSet<String> {
    names
        .iter()
        .flat_map(|it| match it {
            ListedName::One(name) => vec![key(name)],
            ListedName::Ambiguous(parts) => parts.iter().map(|it| key(it)).collect(),
        })
        .collect()
}

fn strings(value: &Value) -> BTreeSet<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(plain).collect()
}

/// A list's names, the references it cites, and its open stretches.
type Names = (BTreeSet<String>, Vec<u64>, BTreeSet<BTreeSet<String>>);

fn lists(profile: &Profile, gold: &Value, faults: &mut Vec<String>) {
    let mut have: Vec<Names> = profile
        .claims
        .iter()
        .filter_map(|it| match &it.statement {
            Statement::Listed { names, .. } => {
                let open = names
                    .iter()
                    .filter(|it| matches!(it, ListedName::Ambiguous(_)));
                let open = open.map(|it| flat(std::slice::from_ref(it))).collect();
                let cites = it.cites.iter().map(|it| u64::from(*it)).collect();
                Some((flat(names), cites, open))
            }
            _ => None,
        })
        .collect();
    for want in gold["listed"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
    {
        let names = strings(&want["names"]);
        let best = (0..have.len()).max_by_key(|it| have[*it].0.intersection(&names).count());
        let Some(best) = best.filter(|it| have[*it].0.intersection(&names).count() > 0) else {
            faults.push(format!("list missing: {names:?}"));
            continue;
        };
        let (found, cites, open) = have.remove(best);
        faults.extend(
            names
                .difference(&found)
                .map(|it| format!("name missing: {it}")),
        );
        faults.extend(
            found
                .difference(&names)
                .map(|it| format!("name invented: {it}")),
        );
        let numbers: Vec<u64> = want["cites"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_u64)
            .collect();
        if cites != numbers {
            faults.push(format!("{names:?}: cites {cites:?}, not {numbers:?}"));
        }
        let pairs = want["ambiguous"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let pairs: BTreeSet<BTreeSet<String>> = pairs.iter().map(strings).collect();
        if open != pairs {
            faults.push(format!("open stretches are {open:?}, not {pairs:?}"));
        }
    }
    faults.extend(have.iter().map(|it| format!("list invented: {:?}", it.0)));
}

#[test]
fn the_seed_is_read_as_its_gold_says() {
    let seed = shared().join("seed");
    if !seed.exists() {
        println!("skipped: the_seed_is_read_as_its_gold_says, no shared folder");
        return;
    }
    let gold = fs::read(seed.join("trust-network.gold.json")).unwrap();
    let import = import(&seed.join("trust-network.txt"));
    let found = faults(&import.profile, &serde_json::from_slice(&gold).unwrap());
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_committed_profile_is_the_import_without_its_sentences() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/profiles/trust-network.toml");
    let profile = Profile::from_bytes(&fs::read(&path).unwrap(), &path).unwrap();
    assert_eq!((profile.references.len(), profile.seeds().len()), (7, 5));
    let stated = |it: &&stillsays::profile::Claim| matches!(it.statement, Statement::Stated { .. });
    assert_eq!(profile.claims.iter().filter(stated).count(), 0);
    let seed = shared().join("seed/trust-network.txt");
    if !seed.exists() {
        println!(
            "skipped: the second half of the_committed_profile_is_the_import_without_its_sentences, no shared folder"
        );
        return;
    }
    let mut want = import(&seed).profile;
    want.claims.retain(|it| !stated(&it));
    want.article.clone_from(&profile.article);
    want.every.clone_from(&profile.every);
    assert_eq!(profile, want);
}
