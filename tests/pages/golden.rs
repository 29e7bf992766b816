//! What a golden page shows, and what is wrong about what was read from it. Part of the tests inside and outside the crate.

use std::{fs, path::Path};

use serde::Deserialize;

/// What a golden page shows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// What the page is there to show.
    pub(crate) why: String,
    /// The state of the page, as the reading spells it.
    state: String,
    /// How many further lists may be called names: what is debatable does not count against the reader.
    #[serde(default)]
    others: usize,
    #[serde(default)]
    lists: Vec<ExpectedList>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedList {
    heading: Option<String>,
    names: Vec<String>,
}

/// What was read from a page.
pub(crate) struct Found {
    /// The state of the page, as the reading spells it.
    pub(crate) state: String,
    /// The lists of names: the heading and the names.
    pub(crate) lists: Vec<(Option<String>, Vec<String>)>,
}

/// What the page in a folder of `tests/pages` is expected to show.
pub(crate) fn expected(folder: &Path) -> Expected {
    let text = fs::read_to_string(folder.join("expected.toml")).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

/// The bytes of the page in a folder, and its media type by its extension.
pub(crate) fn page(folder: &Path) -> (Vec<u8>, &'static str) {
    for (name, essence) in [
        ("page.html", ""),
        ("page.txt", "text/plain"),
        ("page.json", "application/json"),
        ("page.xml", "application/xml"),
    ] {
        if let Ok(body) = fs::read(folder.join(name)) {
            return (body, essence);
        }
    }
    panic!("{}: no page", folder.display());
}

/// What is wrong about what was read.
pub(crate) fn faults(expected: &Expected, found: &Found) -> Vec<String> {
    let mut faults = Vec::new();
    if found.state != expected.state {
        faults.push(format!("state {}, not {}", found.state, expected.state));
    }
    let mut left = found.lists.len();
    for list in &expected.lists {
        match found.lists.iter().find(|found| found.1 == list.names) {
            Some((heading, _)) => {
                left -= 1;
                if list.heading.is_some() && *heading != list.heading {
                    faults.push(format!("heading {heading:?}, not {:?}", list.heading));
                }
            }
            None => faults.push(format!("no list {:?}", list.names)),
        }
    }
    if left > expected.others {
        faults.push(format!("{left} lists too many"));
    }
    faults
}
