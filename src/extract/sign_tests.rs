//! Every sign has a page that is read wrongly without it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Page, best_lists,
    judge::{
        closer_signs::CLOSER_SIGNS,
        list_signs::{FINDER_SIGNS, LIST_SIGNS},
        name_signs::NAME_SIGNS,
        unseen_signs::{DATA_SIGNS, ELEMENT_SIGNS, LABEL_SIGNS, LINE_SIGNS},
    },
    read,
    record::part_signs::PART_SIGNS,
    sign::{Sign, muted},
};
use crate::{media_type::MediaType, reading::Reading};

#[path = "../../tests/pages/golden.rs"]
mod golden;

/// The name, the weight and the case of every sign.
fn signs() -> Vec<(&'static str, f64, &'static str)> {
    fn rows<T>(signs: &[Sign<T>]) -> impl Iterator<Item = (&'static str, f64, &'static str)> {
        signs.iter().map(|sign| (sign.name, sign.weight, sign.case))
    }
    rows(LIST_SIGNS)
        .chain(rows(FINDER_SIGNS))
        .chain(rows(CLOSER_SIGNS))
        .chain(rows(NAME_SIGNS))
        .chain(rows(PART_SIGNS))
        .chain(rows(LABEL_SIGNS))
        .chain(rows(DATA_SIGNS))
        .chain(rows(LINE_SIGNS))
        .chain(rows(ELEMENT_SIGNS))
        .collect()
}

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

/// The reading of the page in a folder.
fn reading(folder: &Path) -> Reading {
    let (body, essence) = golden::page(folder);
    read(&Page {
        body: &body,
        media_type: &MediaType::parse(essence),
        uri: None,
        status: None,
        selectors: &[],
    })
}

/// What is wrong about the reading of the page in a folder.
fn faults(folder: &Path) -> Vec<String> {
    let reading = reading(folder);
    let lists = best_lists(&reading).into_iter().map(|list| {
        let names = list.items.iter().map(|item| item.surface.clone());
        (list.heading.clone(), names.collect())
    });
    let state = serde_json::to_value(reading.state).unwrap();
    let found = golden::Found {
        state: state.as_str().unwrap().to_owned(),
        lists: lists.collect(),
    };
    golden::faults(&golden::expected(folder), &found)
}

#[test]
fn every_sign_has_a_page_that_is_read_wrongly_without_it() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, _, case) in signs() {
        assert!(seen.insert(name), "two signs are called {name}");
        let folder = pages().join(case);
        if case.is_empty() || !folder.is_dir() {
            wrong.push(format!("{name}: no page \"{case}\""));
        } else if !faults(&folder).is_empty() {
            let why = golden::expected(&folder).why;
            wrong.push(format!("{name}: {case} ({why}) is read wrongly anyway"));
        } else if muted::without(name, || faults(&folder)).is_empty() {
            wrong.push(format!("{name}: {case} is read the same without it"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// For whoever looks for the case of a new sign: `STILLSAYS_SHOW=neg- cargo test --lib which_pages_need -- --nocapture` prints, for each
/// page whose name begins with one of the parts between commas, what is wrong about it and the signs without which it is read wrongly.
#[test]
fn which_pages_need_which_sign() {
    let Ok(wanted) = std::env::var("STILLSAYS_SHOW") else {
        return;
    };
    for entry in fs::read_dir(pages()).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        if !folder.is_dir() || !wanted.split(',').any(|part| name.starts_with(part)) {
            continue;
        }
        let faults_now = faults(&folder);
        let needed: Vec<&str> = signs()
            .into_iter()
            .map(|row| row.0)
            .filter(|sign| muted::without(sign, || faults(&folder)) != faults_now)
            .collect();
        println!("{name}: {faults_now:?} needs {needed:?}");
        if !faults_now.is_empty() || needed.is_empty() {
            for list in reading(&folder).lists.iter().take(6) {
                let names = list.items.iter().map(|item| item.surface.as_str());
                let names: Vec<&str> = names.collect();
                println!("  {:.3} {names:?} {:?}", list.score, list.heading);
                for row in &list.evidence {
                    println!("      {:+.3} {}", row.amount, row.sign);
                }
            }
        }
    }
}
