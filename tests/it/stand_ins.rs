//! Pages that stand in for the page asked for, and live pages that look like such: what is said of a claim on each.

use std::{fs, path::Path};

use serde::Deserialize;
use stillsays::{
    compare::{self, Scope},
    extract::{self, Page},
    finding::{Verdict, Why},
    media_type::MediaType,
    profile::ListedName,
    reading::{PageState, Reading},
};

#[derive(Deserialize)]
struct Table<Case> {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandIn {
    kind: String,
    language: String,
    title: String,
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Live {
    why: String,
    language: String,
    title: String,
    body: String,
    has: String,
    #[serde(default)]
    short: bool,
}

fn table<Case: for<'a> Deserialize<'a>>(name: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/stand_ins");
    let table: Table<Case> =
        toml::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap();
    table.case
}

/// A page as a server sends it: its body alone, or within the frame of a site.
fn page(language: &str, title: &str, body: &str, framed: bool) -> String {
    let (before, after) = if framed {
        (
            "<header><a href=/>Harbor Alliance</a><nav><a href=/about>About</a> <a href=/work>Our work</a> \
             <a href=/partners>Partners</a> <a href=/news>News</a> <a href=/login>Log in</a></nav></header><main>",
            "</main><footer><p>© Harbor Alliance, 12 Dock Street, Toledo. <a href=/privacy>Privacy and cookies</a></p></footer>",
        )
    } else {
        ("", "")
    };
    format!(
        "<!doctype html><html lang={language}><head><title>{title}</title></head><body>{before}{body}{after}</body></html>"
    )
}

fn read(html: &str) -> Reading {
    extract::read(&Page {
        body: html.as_bytes(),
        media_type: &MediaType::parse("text/html; charset=utf-8"),
        uri: None,
        status: Some(200),
        selectors: &[],
    })
}

fn is_called_gone(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Absent | Verdict::Altered { .. } | Verdict::Renamed { .. }
    )
}

#[test]
fn nothing_is_called_absent_from_a_page_that_stands_in_for_another() {
    let mut cases: Vec<StandIn> = table("pages.toml");
    cases.extend(table::<StandIn>("first_sight.toml"));
    let (mut all, mut wrong) = (0, Vec::new());
    for case in &cases {
        for framed in [false, true] {
            let reading = read(&page(&case.language, &case.title, &case.body, framed));
            let scope = Scope::default();
            let verdicts = [
                compare::quotation("unarmed civilian protection", &reading, scope).verdict,
                compare::figure("134 countries", &reading, scope).verdict,
            ];
            all += 1;
            if verdicts.iter().any(is_called_gone) {
                wrong.push(format!(
                    "{} {} {:?} framed: {framed}\n    {:?} {:?}\n    {:?}",
                    case.kind,
                    case.language,
                    case.title,
                    reading.state,
                    reading.doubt,
                    reading.signals
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {all}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_live_page_is_not_taken_for_a_stand_in() {
    let cases: Vec<Live> = table("live.toml");
    let (mut all, mut wrong) = (0, Vec::new());
    for case in &cases {
        for framed in [false, true] {
            let reading = read(&page(&case.language, &case.title, &case.body, framed));
            let scope = Scope::default();
            let has = compare::quotation(&case.has, &reading, scope).verdict;
            let lacks = compare::quotation("unarmed civilian protection", &reading, scope).verdict;
            let told = case.short || lacks == Verdict::Absent;
            all += 1;
            if has != Verdict::Present || !told || reading.state != PageState::Content {
                wrong.push(format!(
                    "{} {:?} framed: {framed}\n    has {has:?}, lacks {lacks:?}\n    {:?} {:?}\n    {:?}",
                    case.why, case.title, reading.state, reading.doubt, reading.signals
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {all}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Part {
    why: String,
    html: String,
    goes_on: bool,
}

#[test]
fn a_name_is_not_called_absent_from_a_part_of_a_list() {
    const NAMES: [&str; 5] = [
        "Bell Alliance",
        "Calm Streets Global",
        "Quiet Networks",
        "Rest Direct",
        "Elm House",
    ];
    let list: String = NAMES.map(|it| format!("<li>{it}</li>")).concat();
    let cases: Vec<Part> = table("parts.toml");
    let claimed: Vec<ListedName> = NAMES
        .into_iter()
        .chain(["Larkspur League"])
        .map(|it| ListedName::One(it.to_owned()))
        .collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let body = case.html.replace("LIST", &format!("<ul>{list}</ul>"));
        let html = format!(
            "<!doctype html><html lang=en><title>Partners</title><main><h1>Partners</h1>{body}</html>"
        );
        let reading = read(&html);
        let answer = compare::names(&claimed, &reading, Scope::default(), &[]);
        let verdict = &answer.names.last().unwrap().verdict;
        let part = matches!(
            verdict,
            Verdict::CannotTell {
                why: Why::PartOfList,
                ..
            }
        );
        let told = part || *verdict == Verdict::Absent;
        if part != case.goes_on || !told {
            wrong.push(format!("{}: {verdict:?}\n    {:?}", case.why, reading.more));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
