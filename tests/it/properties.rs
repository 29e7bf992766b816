//! What must hold of any page: generated lists in many markups, and mutated pages of every kind at hand.
//!
//! Each property runs over a few cases; `STILLSAYS_CASES=2000 cargo test properties::` runs them long.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use proptest::prelude::*;
use stillsays::{
    compare::{self, Scope},
    extract::{self, Page},
    finding::Verdict,
    media_type::MediaType,
    profile::ListedName,
    reading::Reading,
    selector::{TextPositionSelector, TextQuoteSelector},
};

fn cases(few: u32) -> ProptestConfig {
    let asked = std::env::var("STILLSAYS_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|it| it.parse().ok()).unwrap_or(few),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A page of which nothing is told but its bytes.
fn read_untold(body: &[u8]) -> Reading {
    extract::read(&Page {
        body,
        media_type: &MediaType::default(),
        uri: None,
        status: None,
        selectors: &[],
    })
}

fn read(html: &[u8]) -> Reading {
    extract::read(&Page {
        body: html,
        media_type: &MediaType::parse("text/html; charset=utf-8"),
        uri: None,
        status: Some(200),
        selectors: &[],
    })
}

/// A verdict in a word; a place elsewhere on the page is as good as one in the list.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } => "present",
        Verdict::Absent => "absent",
        Verdict::Renamed { .. } => "renamed",
        Verdict::CannotTell { .. } => "cannot tell",
        _ => "other",
    }
}

fn verdicts(claimed: &[String], reading: &Reading) -> BTreeMap<String, &'static str> {
    let claimed: Vec<ListedName> = claimed.iter().cloned().map(ListedName::One).collect();
    compare::names(&claimed, reading, Scope::default(), &[])
        .names
        .into_iter()
        .map(|it| (it.claimed.clone(), word(&it.verdict)))
        .collect()
}

const HEADS: &[&str] = &[
    "Alder",
    "Beacon",
    "Cedarvale",
    "Dunmore",
    "Eastgate",
    "Fjord",
    "Greenholt",
    "Halcyon",
    "Ironbridge",
    "Juniper",
    "Kestrel",
    "Larkspur",
    "Merrow",
    "Norwood",
    "Orchard",
    "Pinehurst",
    "Quayside",
    "Rowan",
    "Silverton",
    "Tamarack",
    "Umber",
    "Violet",
    "Westmark",
    "Yarrow",
    "Zephyr",
    "Łódź",
    "Ýmir",
    "Ostsee",
    "Señal",
    "Hokkai",
];
const TAILS: &[&str] = &[
    "Peace Trust",
    "Mediation Network",
    "University",
    "Foundation",
    "Community Centre",
    "Dialogue Institute",
    "Council of Churches",
    "Press",
    "Law Clinic",
    "Housing Association",
    "Women's Forum",
    "e.V.",
    "GmbH",
    "Theatre",
    "& Daughters Ltd.",
    "Fund for the Arts",
    "Radio",
    "(NGO)",
];

/// How a list is marked up.
#[derive(Clone, Copy, Debug)]
enum Markup {
    List,
    LinkedList,
    Cards,
    Table,
    Definitions,
    Lines,
    Logos,
    Divs,
}

/// What a redesign does to the page and not to what it says.
#[derive(Clone, Copy, Debug, Default)]
struct Dress {
    classes: &'static str,
    wrappers: usize,
    heading: &'static str,
}

const MARKUPS: &[Markup] = &[
    Markup::List,
    Markup::LinkedList,
    Markup::Cards,
    Markup::Table,
    Markup::Definitions,
    Markup::Lines,
    Markup::Logos,
    Markup::Divs,
];

fn page(names: &[String], markup: Markup, dress: Dress) -> String {
    let class = |it: &str| {
        if dress.classes.is_empty() {
            String::new()
        } else {
            format!(" class=\"{}{it}\"", dress.classes)
        }
    };
    let escaped = names.iter().map(|it| it.replace('&', "&amp;")).enumerate();
    let item = class("item");
    let items: Vec<String> = escaped
        .map(|(at, it)| match markup {
            Markup::List => format!("<li{item}>{it}</li>"),
            Markup::LinkedList => {
                format!("<li{item}><a href=\"https://m{at}.example/\">{it}</a></li>")
            }
            Markup::Cards => format!(
                "<div{item}><h3>{it}</h3><p>They have been with us since the year {}.</p></div>",
                1990 + at % 30
            ),
            Markup::Table => format!("<tr{item}><td>{it}</td><td>{}</td></tr>", 1990 + at % 30),
            Markup::Definitions => {
                format!("<dt{item}>{it}</dt><dd>They have been with us for a long while.</dd>")
            }
            Markup::Lines => format!("{it}<br>"),
            Markup::Logos => format!(
                "<a{item} href=\"https://m{at}.example/\"><img src=\"{at}.png\" alt=\"{it}\"></a>"
            ),
            Markup::Divs => format!("<div{item}>{it}</div>"),
        })
        .collect();
    let items = items.concat();
    let list = class("list");
    let mut body = match markup {
        Markup::List | Markup::LinkedList => format!("<ul{list}>{items}</ul>"),
        Markup::Table => {
            format!("<table{list}><tr><th>Name</th><th>Since</th></tr>{items}</table>")
        }
        Markup::Definitions => format!("<dl{list}>{items}</dl>"),
        Markup::Lines => format!("<p{list}>{items}</p>"),
        _ => format!("<div{list}>{items}</div>"),
    };
    for at in 0..dress.wrappers {
        body = format!("<div{}>{body}</div>", class(&format!("wrap{at}")));
    }
    format!(
        "<!doctype html><title>Harbour Accord</title><nav><ul><li><a href=/>Home</a></li><li><a href=/about>About us</a></li>\
         <li><a href=/news>News</a></li></ul></nav><main><h1>Harbour Accord</h1><p>The accord was signed on the quay, and whoever \
         signs it keeps it.</p><h2>{}</h2>{body}</main><footer><p>© Harbour Accord</p></footer>",
        dress.heading
    )
}

fn names() -> impl Strategy<Value = Vec<String>> {
    let one = (prop::sample::select(HEADS), prop::sample::select(TAILS));
    prop::collection::btree_map(prop::sample::select(HEADS), one, 6..20).prop_map(|it| {
        let pairs = it
            .into_iter()
            .map(|(head, (_, tail))| format!("{head} {tail}"));
        pairs.collect()
    })
}

fn dress() -> impl Strategy<Value = Dress> {
    (
        prop::sample::select(vec!["", "a-", "css-1x2y3z-", "elementor-", "partner-"]),
        0..5_usize,
        prop::sample::select(vec![
            "Members",
            "Our partners",
            "Who is with us",
            "Supporters",
            "Membres",
            "Network",
        ]),
    )
        .prop_map(|(classes, wrappers, heading)| Dress {
            classes,
            wrappers,
            heading,
        })
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn what_a_redesign_changes_changes_no_verdict(
        names in names(),
        gone in 0..3_usize,
        markup in prop::sample::select(MARKUPS),
        other in prop::sample::select(MARKUPS),
        before in dress(),
        after in dress(),
        shuffled in any::<prop::sample::Index>(),
    ) {
        let claimed = names.clone();
        let mut listed = names;
        listed.truncate(listed.len() - gone);
        let first = verdicts(&claimed, &read(page(&listed, markup, before).as_bytes()));
        for (name, verdict) in &first {
            prop_assert_eq!(*verdict, if listed.contains(name) { "present" } else { "absent" }, "{} {:?} {:?}", name, markup, before);
        }
        // Shuffled, in other classes, wrapped and under another heading; and in another markup altogether.
        let places = listed.len();
        listed.rotate_left(shuffled.index(places));
        listed.swap(0, places / 2);
        prop_assert_eq!(&verdicts(&claimed, &read(page(&listed, markup, after).as_bytes())), &first, "{:?} {:?}", markup, after);
        prop_assert_eq!(&verdicts(&claimed, &read(page(&listed, other, after).as_bytes())), &first, "{:?} {:?}", other, after);
    }
}

/// Where saved pages of real sites are, if they are.
fn saved() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/partner-pages")
}

/// Every page at hand: our own, and the saved ones where they are.
fn pages() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in [root.join("tests/pages"), saved()] {
        let Ok(folders) = fs::read_dir(&folder) else {
            continue;
        };
        for folder in folders
            .map(|it| it.unwrap().path())
            .filter(|it| it.is_dir())
        {
            let all = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
            files.extend(all.filter(|it| it.extension().is_some_and(|it| it == "html")));
        }
    }
    files.sort();
    files
        .into_iter()
        .map(|it| (it.clone(), fs::read(it).unwrap()))
        .collect()
}

#[test]
fn a_page_compared_with_itself_gives_no_finding() {
    if !saved().is_dir() {
        eprintln!("skipped: the saved partner pages are not here, only our own");
    }
    let mut wrong = Vec::new();
    for (file, body) in pages() {
        let reading = read_untold(&body);
        if reading.state != stillsays::reading::PageState::Content {
            continue;
        }
        for list in extract::best_lists(&reading) {
            let mut claimed: Vec<ListedName> = Vec::new();
            for it in &list.items {
                let one = ListedName::One(it.surface.clone());
                if !claimed.contains(&one) {
                    claimed.push(one);
                }
            }
            let answer = compare::names(&claimed, &reading, Scope::default(), &[]);
            for it in answer
                .names
                .iter()
                .filter(|it| !matches!(it.verdict, Verdict::Present))
            {
                wrong.push(format!(
                    "{}: {} is {:?}",
                    file.display(),
                    it.claimed,
                    it.verdict
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a page of the folders is one that lists nobody.
fn lists_none(file: &Path) -> bool {
    let folder = file.parent().and_then(Path::file_name);
    folder.is_some_and(|it| it.to_string_lossy().starts_with("neg-"))
}

#[test]
fn no_name_is_invented_on_pages_without_names() {
    let claimed: Vec<ListedName> = [
        "Tallow Street Mosque",
        "Grameen Setu",
        "Wellspring Trust",
        "Council for Dialogue with Nature",
        "Mercy House",
        "Ana Lucía Brandt",
    ]
    .map(|it| ListedName::One(it.to_owned()))
    .to_vec();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, body) in pages().into_iter().filter(|it| lists_none(&it.0)) {
        count += 1;
        let reading = read_untold(&body);
        let answer = compare::names(&claimed, &reading, Scope::default(), &[]);
        for it in &answer.new {
            wrong.push(format!("{}: {}", file.display(), it.name));
        }
        for it in answer
            .names
            .iter()
            .filter(|it| word(&it.verdict) == "present")
        {
            wrong.push(format!("{}: {} is present", file.display(), it.claimed));
        }
    }
    assert!(count >= 20, "{count} pages");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The text that a selector's element shows, and what its attributes say.
fn shown(document: &scraper::Html, css: &str) -> Option<String> {
    let selector = scraper::Selector::parse(css).ok()?;
    let element = document.select(&selector).next()?;
    let mut text: String = element.text().collect();
    for below in element.descendent_elements() {
        for (_, value) in below.value().attrs() {
            text.push(' ');
            text.push_str(value);
            let packed = BASE64.decode(value).unwrap_or_default();
            text.push_str(&String::from_utf8_lossy(&packed));
        }
    }
    // The data within a script's string is written so twice.
    Some(lettered(&lettered(&text)))
}

/// The letters that a script writes by their numbers, as letters.
fn lettered(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut all = parts.next().unwrap_or_default().to_owned();
    for it in parts {
        let letter = it.get(..4).and_then(|it| u32::from_str_radix(it, 16).ok());
        all.extend(letter.and_then(char::from_u32));
        all.push_str(it.get(4..).unwrap_or_default());
    }
    all
}

fn plain(text: &str) -> String {
    let folded = stillsays::text::fold(text);
    folded.chars().filter(|it| it.is_alphanumeric()).collect()
}

#[test]
fn every_name_is_found_again_by_its_selector() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, body) in pages() {
        let reading = read_untold(&body);
        let source = stillsays::media_type::decode(&body, None).text;
        let document = scraper::Html::parse_document(&source);
        for list in extract::best_lists(&reading) {
            for it in &list.items {
                count += 1;
                let found = shown(&document, &it.css)
                    .is_some_and(|text| plain(&text).contains(&plain(&it.surface)));
                if !found {
                    wrong.push(format!("{}: {} by {}", file.display(), it.surface, it.css));
                }
            }
        }
    }
    assert!(count > 300, "{count} names");
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Where a quote selector's words stand between their prefix and suffix.
fn places(text: &str, selector: &TextQuoteSelector) -> Vec<usize> {
    let whole = format!("{}{}{}", selector.prefix, selector.exact, selector.suffix);
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|it| it.find(&whole)) {
        places.push(from + at + selector.prefix.len());
        from += at + whole.chars().next().map_or(1, char::len_utf8);
    }
    places
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_passage_is_found_again_by_its_selectors(which in any::<prop::sample::Index>(), word in any::<prop::sample::Index>(), length in 1..12_usize) {
        let pages = pages();
        let reading = read(&pages[which.index(pages.len())].1);
        let text = &reading.text;
        let words: Vec<(usize, &str)> = text.split_whitespace().map(|it| (it.as_ptr() as usize - text.as_ptr() as usize, it)).collect();
        prop_assume!(!words.is_empty());
        let first = word.index(words.len());
        let (end, last) = words[(first + length - 1).min(words.len() - 1)];
        let range = words[first].0..end + last.len();
        let quote = TextQuoteSelector::of(text, range.clone());
        prop_assert_eq!(&quote.exact, &text[range.clone()]);
        prop_assert!(places(text, &quote).contains(&range.start));
        let position = TextPositionSelector::of(text, range.clone());
        let characters: String = text.chars().skip(position.start).take(position.end - position.start).collect();
        prop_assert_eq!(characters, &text[range]);
    }

    #[test]
    fn a_broken_page_is_read_and_compared_to_its_end(
        which in any::<prop::sample::Index>(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 1..3_000_usize, 0..4_u8), 1..6),
    ) {
        let pages = pages();
        let mut body = pages[which.index(pages.len())].1.clone();
        for (at, length, what) in &cuts {
            if body.is_empty() {
                break;
            }
            let start = at.index(body.len());
            let end = (start + length).min(body.len());
            match what {
                0 => { body.drain(start..end); }
                1 => { let part = body[start..end].to_vec(); body.splice(start..start, part); }
                2 => body.truncate(start),
                _ => body[start] = body[start].wrapping_add(17),
            }
        }
        let started = Instant::now();
        let reading = read(&body);
        let claimed: Vec<String> = ["Alder Peace Trust", "Beacon Mediation Network", "Jane Roe"].map(str::to_owned).to_vec();
        verdicts(&claimed, &reading);
        let _ = compare::quotation("somebody who keeps a promise", &reading, Scope::default());
        prop_assert!(started.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn a_page_without_end_is_read_within_a_bound_and_says_so() {
    let started = Instant::now();
    let mut page = "<title>Members</title><h1>Members</h1><ul><li>Alder Peace Trust<li>Beacon Mediation Network<li>Cedarvale University</ul>".to_owned();
    let filler = format!(
        "<p>{}</p>\n",
        "The ferry had left before dawn and nobody could say when another would come ".repeat(120)
    );
    while page.len() < 26 * 1024 * 1024 {
        page.push_str(&filler);
    }
    let reading = read(page.as_bytes());
    assert!(
        reading
            .signals
            .iter()
            .any(|it| it.what.contains("only the first")),
        "{:?}",
        reading.signals
    );
    assert!(reading.text.contains("Cedarvale University"));
    let mut deep = "<div>".repeat(100_000);
    deep.push_str("<ul><li>Alder Peace Trust<li>Beacon Mediation Network</ul>");
    let reading = read(deep.as_bytes());
    assert!(reading.text.contains("Alder Peace Trust"));
    assert!(
        reading
            .signals
            .iter()
            .any(|it| it.what.contains("too deep")),
        "{:?}",
        reading.signals
    );
    let wide = "<ul><li>Alder Peace Trust</li></ul>".repeat(20_000);
    assert!(read(wide.as_bytes()).text.contains("Alder Peace Trust"));
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
}
