//! Names that a page has in another form than the claim are never called absent: the golden pages, with each name written otherwise.

use std::{fs, path::Path};

use serde::Deserialize;
use stillsays::{
    compare::{self, Scope},
    extract::{self, Page},
    finding::Verdict,
    media_type::MediaType,
    profile::ListedName,
};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

#[derive(Deserialize)]
struct Expected {
    #[serde(default)]
    lists: Vec<List>,
}

#[derive(Deserialize)]
struct List {
    names: Vec<String>,
}

/// A way of writing a name in HTML.
type Form = (&'static str, fn(&str) -> String);

const FORMS: &[Form] = &[
    ("no-break spaces", |name| name.replace(' ', "&nbsp;")),
    ("a star behind it", |name| format!("{name}*")),
    ("a registered mark", |name| format!("{name}®")),
    ("quotation marks", |name| format!("“{name}”")),
    ("words in elements", |name| {
        let words: Vec<String> = name
            .split(' ')
            .map(|it| format!("<span>{it}</span>"))
            .collect();
        words.join(" ")
    }),
    ("a line break", |name| name.replacen(' ', "<br>", 1)),
    ("no accents", |name| {
        let letters = name.nfd().filter(|it| !is_combining_mark(*it));
        letters.collect()
    }),
    ("the family name first", |name| match name.split_once(' ') {
        Some((given, family)) if !family.contains(' ') => format!("{family}, {given}"),
        _ => name.to_owned(),
    }),
    ("the mark of a note", |name| {
        let marked = name.ends_with(char::is_alphabetic) && name.contains(' ');
        format!("{name}{}", if marked { "<sup>1</sup>" } else { "" })
    }),
];

/// A page whose links have no space between them: with a line break inside, nothing shows where a name begins.
const GLUED: &str = "list-group-badges";

#[test]
fn names_in_another_form_are_never_absent() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut asked = 0;
    let mut faults = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(page) = fs::read_to_string(folder.join("page.html")) else {
            continue;
        };
        let expected = fs::read_to_string(folder.join("expected.toml")).unwrap();
        let expected: Expected = toml::from_str(&expected).unwrap();
        let longest = expected
            .lists
            .into_iter()
            .max_by_key(|list| list.names.len());
        let Some(List { names }) = longest.filter(|list| list.names.len() >= 3) else {
            continue;
        };
        for (what, form) in FORMS {
            if folder.ends_with(GLUED) && *what == "a line break" {
                continue;
            }
            let Some(page) = rewritten(&page, &names, *form) else {
                continue;
            };
            asked += names.len();
            let absent = absent(&names, &page);
            let folder = folder.file_name().unwrap().display();
            faults.extend(
                absent
                    .iter()
                    .map(|name| format!("{folder}, {what}: {name}")),
            );
        }
    }
    assert!(asked > 5_000, "{asked}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The page with every name in its text in another form; `None` if it has none of them there.
fn rewritten(page: &str, names: &[String], form: fn(&str) -> String) -> Option<String> {
    let mut out = String::with_capacity(page.len() * 2);
    let mut raw = false;
    let mut changed = false;
    for part in page.split_inclusive('>') {
        let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
        // A name that begins another one is a part of it there.
        let name = (!raw).then(|| names.iter().filter(|name| text.contains(*name)));
        match name.and_then(|names| names.max_by_key(|name| name.len())) {
            Some(name) => {
                changed = true;
                out.push_str(&text.replace(name.as_str(), &form(name)));
            }
            None => out.push_str(text),
        }
        out.push_str(tag);
        let opens = |name: &str| tag.get(1..).is_some_and(|tag| tag.starts_with(name));
        raw = ["script", "style", "title", "option", "textarea"]
            .into_iter()
            .any(opens);
    }
    changed.then_some(out)
}

/// The names that a page is said not to have.
fn absent(names: &[String], page: &str) -> Vec<String> {
    let reading = extract::read(&Page {
        body: page.as_bytes(),
        media_type: &MediaType::parse("text/html; charset=utf-8"),
        uri: None,
        status: None,
        selectors: &[],
    });
    let claimed: Vec<ListedName> = names.iter().cloned().map(ListedName::One).collect();
    let answer = compare::names(&claimed, &reading, Scope::default(), &[]);
    let absent = answer
        .names
        .into_iter()
        .filter(|name| name.verdict == Verdict::Absent);
    absent.map(|name| name.claimed).collect()
}
