//! Readings and captures made by hand, for the tests of this module.

use crate::{
    capture::CaptureEntry,
    clock::parse_digits14,
    digest::PayloadDigest,
    entity::{EntityList, EntityName, ListKind, NameSource, Strategy},
    reading::{Block, PageState, Reading, Region},
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
            strategy: Strategy::ListItems,
            kind: ListKind::Names,
            score: 0.9,
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
        failure: None,
    }
}

/// A row of numbers that looks random and is the same every time (Steele, Lea and Flood's SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// A number under `end`.
    pub(crate) fn under(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((it ^ (it >> 31)) % end as u64).unwrap()
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.under(words.len())]
    }
}

/// Names of organizations that do not exist: `claimed` of them, and a page's, which has half of the claimed ones, as they are
/// or as names are respelt in life.
pub(crate) fn organizations(seed: u64, claimed: usize, page: usize) -> (Vec<String>, Vec<String>) {
    let mut numbers = Numbers(seed);
    let mut names: Vec<String> = Vec::new();
    while names.len() < claimed + page {
        let name = organization(&mut numbers);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let claimed = names.split_off(page);
    for (at, name) in claimed.iter().enumerate().filter(|it| it.0 % 2 == 0) {
        names[at * page / claimed.len()] = respelt(name, &mut numbers);
    }
    (claimed, names)
}

fn organization(numbers: &mut Numbers) -> String {
    const STEMS: [&str; 24] = [
        "Al", "Bir", "Ced", "Dun", "El", "Fal", "Gar", "Hol", "Iver", "Jas", "Kel", "Lin", "Mar",
        "Nor", "Oak", "Pem", "Quill", "Ros", "Sax", "Thorn", "Ul", "Ves", "Wil", "York",
    ];
    const ENDS: [&str; 16] = [
        "der", "ch", "bridge", "field", "ford", "gate", "ham", "is", "land", "mont", "more", "ner",
        "ton", "vale", "wick", "wood",
    ];
    const KINDS: [&str; 20] = [
        "Foundation",
        "Institute",
        "Center",
        "Alliance",
        "Trust",
        "Network",
        "Society",
        "Council",
        "Fund",
        "Association",
        "Coalition",
        "House",
        "Forum",
        "Project",
        "University",
        "Initiative",
        "Museum",
        "League",
        "Union",
        "Partners",
    ];
    const FIELDS: [&str; 20] = [
        "Peace",
        "Justice",
        "Mediation",
        "Health",
        "Education",
        "Climate",
        "Water",
        "Housing",
        "Arts",
        "Youth",
        "Refugee",
        "Civic",
        "Digital",
        "Rural",
        "Public",
        "Food",
        "Ocean",
        "Labor",
        "Women",
        "Dialogue",
    ];
    const PLACES: [&str; 8] = [
        "Norway", "Kenya", "Ohio", "Texas", "Berlin", "Sweden", "Leeds", "Peru",
    ];
    let own = format!("{}{}", numbers.of(&STEMS), numbers.of(&ENDS));
    let (kind, field) = (numbers.of(&KINDS), numbers.of(&FIELDS));
    match numbers.under(9) {
        0 => format!("{own} {kind}"),
        1 | 2 => format!("{own} {field} {kind}"),
        3 => format!("{kind} for {field} and {}", numbers.of(&FIELDS)),
        4 => format!("{own} {kind} of {}", numbers.of(&PLACES)),
        5 => format!("The {own} {field} {kind}, Inc."),
        6 => format!("{} {own} {field} {kind}", numbers.of(&PLACES)),
        7 => format!("{own} & {}{} {kind}", numbers.of(&STEMS), numbers.of(&ENDS)),
        _ => format!("International {field} {kind} {own}"),
    }
}

fn respelt(name: &str, numbers: &mut Numbers) -> String {
    let words: Vec<&str> = name.split(' ').collect();
    let letters: Vec<char> = name.chars().collect();
    let at = 1 + numbers.under(letters.len() - 2);
    let without = |at: usize| -> String {
        let kept = letters.iter().enumerate().filter(|it| it.0 != at);
        kept.map(|it| it.1).collect()
    };
    match numbers.under(10) {
        0 | 1 => name.to_owned(),
        2 => name.to_uppercase(),
        3 => without(at),
        4 => {
            let mut swapped = letters.clone();
            swapped.swap(at, at - 1);
            swapped.into_iter().collect()
        }
        5 => words.iter().filter_map(|it| it.chars().next()).collect(),
        6 => format!("{name} International"),
        7 => words.concat(),
        8 => format!("{name} (formerly {})", organization(numbers)),
        _ => words.iter().rev().copied().collect::<Vec<_>>().join(" "),
    }
}
