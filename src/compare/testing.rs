//! Readings and captures made by hand, for the tests of this module.

use crate::{
    capture::CaptureEntry,
    clock::parse_digits14,
    digest::PayloadDigest,
    entity::{EntityList, EntityName, ListKind, NameSource, Strategy},
    reading::{Block, Ending, PageState, Reading, Region},
};

/// A reading of plain text; each line is a block.
pub(crate) fn reading(text: &str) -> Reading {
    let mut blocks = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        blocks.push(Block {
            range: at..at + line.len(),
            hidden: false,
            region: Region::Main,
            alt: false,
        });
        at += line.len() + 1;
    }
    Reading {
        version: 1,
        title: None,
        language: None,
        text: text.to_owned(),
        blocks,
        headings: Vec::new(),
        anchors: Vec::new(),
        links: Vec::new(),
        lists: Vec::new(),
        lost_selectors: Vec::new(),
        state: PageState::Content,
        signals: Vec::new(),
        doubt: None,
        ending: Ending::Open,
        more: Vec::new(),
        struck: Vec::new(),
        leads_to: None,
    }
}

/// A reading of lists: for each its heading and its names, each a line of the text, before the prose.
pub(crate) fn listing(lists: &[(&str, &[&str])], prose: &str) -> Reading {
    let mut text = String::new();
    let mut found = Vec::new();
    for (number, (heading, names)) in lists.iter().enumerate() {
        text.push_str(heading);
        text.push('\n');
        let mut items = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let start = text.len();
            text.push_str(name);
            items.push(EntityName {
                surface: (*name).to_owned(),
                source: NameSource::Text,
                range: Some(start..text.len()),
                css: format!("ul:nth-of-type({}) > li:nth-child({})", number + 1, at + 1),
                href: None,
                hidden: false,
                also: Vec::new(),
            });
            text.push('\n');
        }
        found.push(EntityList {
            heading: Some((*heading).to_owned()),
            anchor: None,
            container: format!("ul:nth-of-type({})", number + 1),
            fingerprint: "ul>li".to_owned(),
            template: String::new(),
            strategy: Strategy::ListItems,
            kind: ListKind::Names,
            score: 0.9,
            evidence: Vec::new(),
            items,
        });
    }
    text.push_str(prose);
    let mut reading = reading(&text);
    reading.lists = found;
    reading
}

/// An entry of the index: an answer with a status, made at 14 digits.
pub(crate) fn entry(uri: &str, at: &str, status: u16) -> CaptureEntry {
    CaptureEntry {
        target_uri: uri.parse().unwrap(),
        date: parse_digits14(at).unwrap(),
        head: format!("HTTP/1.1 {status} x\r\n\r\n").into_bytes(),
        payload_digest: Some(PayloadDigest::of(at.as_bytes())),
        revisit: None,
        truncated: None,
        untrusted: None,
        source: None,
        asked: None,
        failure: None,
    }
}

#[path = "../../benches/names/organizations.rs"]
mod generated;
pub(crate) use generated::organizations;
