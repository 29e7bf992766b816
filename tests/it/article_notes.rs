//! Ways of writing notes and lists, each in a short article of its own (`tests/cases/notes`).

use stillsays::{
    article,
    profile::{ListedName, Statement},
};
use toml::{Table, Value};

fn strings(value: &Value) -> Vec<String> {
    let all = value.as_array().unwrap().iter();
    all.map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// What each claim says, with its kind before and its references behind it.
fn said(statement: &Statement, cites: &[u32]) -> Vec<String> {
    match statement {
        Statement::Listed { names, .. } => names
            .iter()
            .map(|it| match it {
                ListedName::One(name) => format!("listed {name} {cites:?}"),
                ListedName::Ambiguous(parts) => format!("listed {} {cites:?}", parts.join(" | ")),
            })
            .collect(),
        Statement::Quoted { exact } => vec![format!("quoted {exact} {cites:?}")],
        Statement::Figure { exact } => vec![format!("figure {exact} {cites:?}")],
        _ => Vec::new(),
    }
}

#[test]
fn notes_are_read_in_every_common_form() {
    let table: Table = include_str!("../cases/notes/notes.toml").parse().unwrap();
    let cases = table["case"].as_array().unwrap();
    assert!(cases.len() >= 15);
    let mut wrong = Vec::new();
    for case in cases {
        let why = case["why"].as_str().unwrap();
        let text = case["text"].as_str().unwrap();
        let file = case["file"].as_str().unwrap();
        let import = article::read(text.as_bytes(), None, Some(file), None).unwrap();
        let claims: Vec<String> = import
            .profile
            .claims
            .iter()
            .flat_map(|it| said(&it.statement, &it.cites))
            .collect();
        for want in strings(&case["claims"]) {
            if !claims.contains(&want) {
                wrong.push(format!("{why}: no {want:?} in {claims:?}"));
            }
        }
        for it in case.get("without").map_or_else(Vec::new, strings) {
            if claims.contains(&it) {
                wrong.push(format!("{why}: {it:?} in {claims:?}"));
            }
        }
        let references: Vec<String> = import
            .profile
            .references
            .iter()
            .filter_map(|it| Some(format!("{} {}", it.number, it.url.clone()?)))
            .collect();
        if references != strings(&case["references"]) {
            wrong.push(format!("{why}: {references:?}"));
        }
        let missing: Vec<u32> = case.get("missing").map_or_else(Vec::new, |it| {
            let all = it.as_array().unwrap().iter();
            all.map(|it| u32::try_from(it.as_integer().unwrap()).unwrap())
                .collect()
        });
        let reported = import.coverage.missing_notes.clone();
        if reported != missing {
            wrong.push(format!("{why}: missing notes {reported:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
