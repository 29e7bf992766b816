//! Whether a page can be judged by: several weak signs, added up; no phrase alone decides.

use std::sync::LazyLock;

use html5ever::local_name;

use super::{
    flow::Flow,
    matcher::Matcher,
    names,
    phrases::{Phrases, TEXTS, TITLES},
    tree::Tree,
};
use crate::{
    entity::{EntityList, ListKind},
    reading::{PageState, Region, Signal},
};

/// From this sum of weights on a state is believed.
const BELIEVED: f64 = 0.75;

static IN_TITLES: LazyLock<Matcher> = LazyLock::new(|| rows(TITLES));
static IN_TEXTS: LazyLock<Matcher> = LazyLock::new(|| rows(TEXTS));

/// A table of phrases made ready for the search.
fn rows(table: &[Phrases]) -> Matcher {
    Matcher::of_rows(table.iter().map(|it| it.2), '|')
}

/// Judges the page by its text, its shape, its status and what lists were found.
pub(super) fn judge(
    tree: &Tree,
    flow: &Flow,
    lists: &[EntityList],
    status: Option<u16>,
) -> (PageState, Vec<Signal>) {
    let mut signals = Vec::new();
    let proper: usize = flow
        .blocks
        .iter()
        .filter(|it| it.region == Region::Main && !it.hidden)
        .map(|it| it.range.len())
        .sum();
    let lower = folded(head(&flow.text));
    let mut titles = flow.title.as_deref().unwrap_or_default().to_lowercase();
    for it in flow.headings.iter().filter(|it| it.level <= 2).take(2) {
        titles.push('\n');
        titles.push_str(&flow.text[it.range.clone()].to_lowercase());
    }
    let titles = folded(&titles);
    said(
        &mut signals,
        (TITLES, &IN_TITLES),
        &titles,
        "its title or first heading says",
    );
    said(&mut signals, (TEXTS, &IN_TEXTS), &lower, "its text says");
    shaped(&mut signals, tree, flow, proper);
    if let Some(status @ (401 | 403 | 407 | 429 | 503)) = status {
        sign(
            &mut signals,
            PageState::Blocked,
            0.4,
            format!("the status is {status}"),
        );
    }
    if let Some(status @ (404 | 410)) = status {
        sign(
            &mut signals,
            PageState::SoftNotFound,
            0.8,
            format!("the status is {status}"),
        );
    }
    // A domain that is for sale has nothing but its name for a title.
    let title = flow.title.as_deref().unwrap_or_default();
    if signals.iter().any(|it| it.speaks_for == PageState::Parked) && is_domain(title) {
        sign(
            &mut signals,
            PageState::Parked,
            0.4,
            "its title is a domain".to_owned(),
        );
    }
    length(&mut signals, proper);
    let named = lists
        .iter()
        .filter(|it| it.kind == ListKind::Names)
        .map(|it| it.items.len())
        .max()
        .unwrap_or(0);
    if named >= 3 {
        // A page that names somebody is content, whatever else it says.
        for it in &mut signals {
            it.weight *=
                if it.speaks_for == PageState::SoftNotFound || it.speaks_for == PageState::Parked {
                    0.6
                } else {
                    0.4
                };
        }
    }
    let promised = flow
        .title
        .as_deref()
        .is_some_and(names::tells_strong_relation)
        || flow
            .headings
            .iter()
            .take(3)
            .any(|it| names::tells_strong_relation(&flow.text[it.range.clone()]));
    if named == 0
        && promised
        && signals
            .iter()
            .any(|it| it.speaks_for == PageState::Placeholder)
    {
        sign(
            &mut signals,
            PageState::Placeholder,
            0.3,
            "its heading promises names and there are none".to_owned(),
        );
    }
    (settle(&signals, flow), signals)
}

/// Whether a title is a domain and nothing else: `example.org`.
fn is_domain(title: &str) -> bool {
    let title = title.trim();
    let last = title.rsplit_once('.').map_or("", |it| it.1);
    (2..=12).contains(&last.len())
        && last.bytes().all(|it| it.is_ascii_alphabetic())
        && title
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'.' || it == b'-')
}

/// The start of a text, cut where a character ends: what a page in place of another says stands early.
fn head(text: &str) -> &str {
    let mut end = text.len().min(8_000);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A text in lower case, its apostrophes straight.
fn folded(text: &str) -> String {
    let lower = names::lower_case(text);
    if lower.is_ascii() {
        lower
    } else {
        lower.replace('’', "'")
    }
}

fn sign(signals: &mut Vec<Signal>, speaks_for: PageState, weight: f64, what: String) {
    signals.push(Signal {
        what,
        speaks_for,
        weight,
    });
}

fn said(signals: &mut Vec<Signal>, of: (&[Phrases], &Matcher), text: &str, how: &str) {
    let (table, matcher) = of;
    for (&(state, weight, _), found) in table.iter().zip(matcher.find_rows(text)) {
        if let Some(it) = found {
            sign(signals, state, weight, format!("{how} \"{it}\""));
        }
    }
}

/// Short pages are likelier to stand in for others than long ones.
fn length(signals: &mut Vec<Signal>, proper: usize) {
    let states = [
        PageState::Blocked,
        PageState::ConsentWall,
        PageState::LoginWall,
        PageState::SoftNotFound,
        PageState::Parked,
    ];
    for state in states {
        if signals.iter().any(|it| it.speaks_for == state) {
            let (weight, what) = match proper {
                0..=600 => (0.2, "has very little text"),
                601..=1500 => (0.0, "has little text"),
                1501..=4000 => (-0.3, "has some text"),
                _ => (-0.6, "has much text"),
            };
            if weight != 0.0 {
                sign(signals, state, weight, format!("the page {what}"));
            }
        }
    }
}

/// Signs in the shape of the page.
fn shaped(signals: &mut Vec<Signal>, tree: &Tree, flow: &Flow, proper: usize) {
    let mut scripts = 0;
    let mut images = 0;
    let mut bare_images = 0;
    let mut stand_ins = 0;
    let mut last_heading = None;
    for node in 1..tree.nodes.len() {
        let name = tree.name(node);
        match *name {
            local_name!("script") => {
                scripts += 1;
                script(signals, tree, node);
            }
            local_name!("input")
                if tree
                    .attr(node, &local_name!("type"))
                    .is_some_and(|it| it.eq_ignore_ascii_case("password")) =>
            {
                sign(
                    signals,
                    PageState::LoginWall,
                    if proper < 600 { 0.4 } else { 0.15 },
                    "it asks for a password".to_owned(),
                );
            }
            local_name!("iframe") => frame(signals, tree, node, proper),
            local_name!("img") if flow.regions[node] == Region::Main => {
                images += 1;
                bare_images += u32::from(flow.spans[node].is_empty());
                let source = tree
                    .attr(node, &local_name!("src"))
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                stand_ins += u32::from(source.contains("placeholder") || source.contains("dummy"));
            }
            local_name!("div")
            | local_name!("main")
            | local_name!("section")
            | local_name!("ul")
                if tree.nodes[node].end == node + 1 || flow.spans[node].is_empty() =>
            {
                mount(
                    signals,
                    tree,
                    node,
                    proper,
                    last_heading.map(|it: usize| &flow.text[flow.spans[it].clone()]),
                );
            }
            _ if super::flow::heading_level(name).is_some() => last_heading = Some(node),
            _ => {}
        }
    }
    if scripts > 0 && proper < 200 {
        sign(
            signals,
            PageState::ScriptShell,
            0.3,
            format!("it has {scripts} scripts and next to no text"),
        );
    }
    if images >= 4 && bare_images * 4 >= images * 3 {
        sign(
            signals,
            PageState::Content,
            0.3,
            format!("{bare_images} of its {images} images have no alternative text"),
        );
    }
    if stand_ins >= 3 {
        sign(
            signals,
            PageState::Placeholder,
            0.4,
            format!("{stand_ins} of its images are stand-ins by their file names"),
        );
    }
    let named_stand_ins = flow
        .blocks
        .iter()
        .filter(|it| it.region == Region::Main && it.range.len() < 60)
        .filter(|it| names::stands_in(&flow.text[it.range.clone()]))
        .count();
    if named_stand_ins >= 2 {
        sign(
            signals,
            PageState::Placeholder,
            0.8,
            format!("{named_stand_ins} lines stand where names are to come"),
        );
    }
}

/// A script that fetches the content from elsewhere, or a template that it fills.
fn script(signals: &mut Vec<Signal>, tree: &Tree, node: usize) {
    let kind = tree.attr(node, &local_name!("type")).unwrap_or_default();
    if kind.contains("template") || kind.contains("handlebars") || kind.contains("mustache") {
        once(
            signals,
            PageState::ScriptShell,
            0.3,
            "a script holds a template that it fills",
        );
    }
    let mut budget = 200_000_usize;
    for below in tree.below(node) {
        if let super::tree::Kind::Text(text) = &tree.nodes[below].kind
            && budget > text.len()
        {
            budget -= text.len();
            let elsewhere = [
                "docs.google.com/spreadsheets",
                "sheets.googleapis.com",
                "api.airtable.com",
                "tabletop",
                "papaparse",
                "opensheet.",
            ];
            if elsewhere.iter().any(|it| text.contains(it)) {
                once(
                    signals,
                    PageState::ScriptShell,
                    0.4,
                    "a script reads a spreadsheet that is elsewhere",
                );
            }
        }
    }
}

fn frame(signals: &mut Vec<Signal>, tree: &Tree, node: usize, proper: usize) {
    let source = tree.attr(node, &local_name!("src")).unwrap_or_default();
    let elsewhere = [
        "docs.google.com/spreadsheets",
        "docs.google.com/document",
        "airtable.com/embed",
        "awesome-table",
        "smartsheet.com",
        "onedrive.live.com",
        "/embed/members",
        "membershipworks",
    ];
    if elsewhere.iter().any(|it| source.contains(it)) {
        once(
            signals,
            PageState::ScriptShell,
            if proper < 200 { 0.8 } else { 0.5 },
            "a table is embedded from elsewhere",
        );
    }
}

/// An empty element that a script is to fill.
fn mount(
    signals: &mut Vec<Signal>,
    tree: &Tree,
    node: usize,
    proper: usize,
    heading: Option<&str>,
) {
    let id = tree.attr_text(node, &local_name!("id")).unwrap_or_default();
    if matches!(
        id,
        "root" | "app" | "__next" | "___gatsby" | "__nuxt" | "svelte" | "main-app" | "application"
    ) && proper < 400
    {
        once(
            signals,
            PageState::ScriptShell,
            0.6,
            "the element that a script fills is empty",
        );
    }
    let named =
        names::attribute_tells_relation(id) || tree.classes(node).any(|it| it == "handlebars");
    if !id.is_empty()
        && named
        && heading.is_some_and(names::tells_relation)
        && tree.nodes[node].end == node + 1
    {
        once(
            signals,
            PageState::ScriptShell,
            0.4,
            "the place of the list is empty",
        );
    }
}

fn once(signals: &mut Vec<Signal>, speaks_for: PageState, weight: f64, what: &str) {
    if !signals.iter().any(|it| it.what == what) {
        sign(signals, speaks_for, weight, what.to_owned());
    }
}

/// The state that most speaks for, if enough does.
fn settle(signals: &[Signal], flow: &Flow) -> PageState {
    let sum = |state: PageState| -> f64 {
        signals
            .iter()
            .filter(|it| it.speaks_for == state)
            .map(|it| it.weight)
            .sum()
    };
    let states = [
        PageState::Blocked,
        PageState::LoginWall,
        PageState::ConsentWall,
        PageState::SoftNotFound,
        PageState::Parked,
        PageState::ScriptShell,
        PageState::Placeholder,
    ];
    let best = states
        .into_iter()
        .map(|it| (sum(it), it))
        .reduce(|best, it| if it.0 > best.0 { it } else { best });
    match best {
        Some((sum, state)) if sum >= BELIEVED => state,
        Some((sum, PageState::ScriptShell)) if flow.text.is_empty() && sum > 0.0 => {
            PageState::ScriptShell
        }
        _ if flow.text.is_empty() => PageState::Empty,
        _ => PageState::Content,
    }
}
