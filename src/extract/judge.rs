//! Judges drafted lists: does this name organizations or people, and under what heading?

use std::{collections::HashSet, ops::Range};

use html5ever::local_name;

use super::{
    draft::{Draft, Item, Sight},
    names::{self, Sort},
    tree::Kind,
};
use crate::{
    entity::{EntityList, EntityName, ListKind, NameSource, Strategy},
    reading::Region,
    uri::TargetUri,
};

/// From this score on a list is held for names.
const NAMES: f64 = 0.5;

/// What the page as a whole says it is about.
pub(super) struct Topic {
    /// The title or the first heading speaks of partners, members and the like.
    pub(super) strong: bool,
    /// The host of the page itself, as far as it is known.
    host: Option<String>,
}

impl Topic {
    pub(super) fn of(sight: &Sight<'_>, uri: Option<&TargetUri>) -> Self {
        let first = sight
            .flow
            .headings
            .iter()
            .filter(|it| it.level <= 2)
            .take(2)
            .map(|it| sight.text(&it.range));
        let strong = sight
            .flow
            .title
            .as_deref()
            .into_iter()
            .chain(first)
            .any(names::tells_strong_relation);
        let canonical = (0..sight.tree.nodes.len().min(400))
            .filter(|&it| *sight.tree.name(it) == local_name!("link"))
            .find(|&it| sight.tree.attr(it, &local_name!("rel")) == Some("canonical"))
            .and_then(|it| sight.tree.attr(it, &local_name!("href")))
            .and_then(host_of);
        Self {
            strong,
            host: uri.map(|it| it.host().to_owned()).or(canonical),
        }
    }
}

/// The host of an absolute address, "www." taken off.
pub(super) fn host_of(href: &str) -> Option<String> {
    let lower = href.trim().to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))
        .or_else(|| lower.strip_prefix("//"))?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then(|| host.to_owned())
}

/// What a score makes of a list.
pub(super) fn kind_of(score: f64) -> ListKind {
    if score >= NAMES {
        ListKind::Names
    } else {
        ListKind::Other
    }
}

/// Judges a draft and makes a list of it.
pub(super) fn judge(
    sight: &Sight<'_>,
    topic: &Topic,
    uri: Option<&TargetUri>,
    draft: &Draft,
) -> Option<EntityList> {
    let items = disjoint(weeded(sight, draft));
    let first = items.first()?;
    let heading = heading_of(sight, draft, &items);
    let score = score(sight, topic, draft, &items, heading.as_ref());
    let heading_text = heading.as_ref().map(|it| {
        sight
            .text(it)
            .replace('\n', " ")
            .trim_end_matches(':')
            .to_owned()
    });
    let list = EntityList {
        heading: heading_text,
        anchor: anchor_of(sight, draft.container, heading.as_ref()),
        container: sight.css(draft.container),
        fingerprint: fingerprint(sight, draft, first),
        strategy: strategy(draft, &items),
        kind: kind_of(score),
        score: score.clamp(0.0, 1.0),
        items: items
            .iter()
            .map(|it| named(sight, uri, it, score > 0.2))
            .collect(),
    };
    Some(list)
}

/// The list at the place that a profile's selector names: taken as it is.
pub(super) fn given(
    sight: &Sight<'_>,
    uri: Option<&TargetUri>,
    draft: &Draft,
    selector: &str,
) -> Option<EntityList> {
    let items = disjoint(draft.items.clone());
    let first = items.first()?;
    let heading = heading_of(sight, draft, &items);
    Some(EntityList {
        anchor: anchor_of(sight, draft.container, heading.as_ref()),
        heading: heading.map(|it| sight.text(&it).replace('\n', " ")),
        container: selector.to_owned(),
        fingerprint: fingerprint(sight, draft, first),
        strategy: Strategy::Selector,
        kind: ListKind::Names,
        score: 1.0,
        items: items.iter().map(|it| named(sight, uri, it, true)).collect(),
    })
}

fn strategy(draft: &Draft, items: &[Item]) -> Strategy {
    let logos = items.iter().all(|it| it.source == NameSource::Alt);
    match draft.strategy {
        Strategy::Cards | Strategy::Lines | Strategy::Prose if logos => Strategy::Logos,
        other => other,
    }
}

/// The members without what is no name among names: buttons, sentences between them.
fn weeded(sight: &Sight<'_>, draft: &Draft) -> Vec<Item> {
    let looks: Vec<_> = draft.items.iter().map(|it| sight.look(&it.range)).collect();
    let good = looks.iter().filter(|it| it.likeness >= 0.5).count();
    let mostly = good * 2 >= looks.len();
    let strict = !matches!(draft.strategy, Strategy::ListItems | Strategy::TableColumn);
    let texts: Vec<&str> = draft.items.iter().map(|it| sight.text(&it.range)).collect();
    let distinct: HashSet<&str> = texts.iter().copied().collect();
    // Carousels repeat their slides.
    let repeats = (texts.len() - distinct.len()) * 10 >= texts.len() * 3 && distinct.len() > 1;
    let mut seen = HashSet::new();
    draft
        .items
        .iter()
        .zip(&looks)
        .filter(|(it, _)| !repeats || seen.insert(sight.text(&it.range)))
        .filter(|(_, look)| {
            !mostly || !(look.sort == Sort::Chrome || (strict && look.likeness < 0.35))
        })
        .map(|it| it.0.clone())
        .fold(Vec::new(), |mut kept: Vec<Item>, it| {
            if !kept.last().is_some_and(|last| same(sight, last, &it)) {
                kept.push(it);
            }
            kept
        })
}

/// Whether two members that follow each other are one, as a name linked twice over two lines is.
fn same(sight: &Sight<'_>, one: &Item, other: &Item) -> bool {
    sight.text(&one.range) == sight.text(&other.range)
}

/// The members in the order of the page, without those that share text with one before: items inside items.
fn disjoint(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|it| it.range.start);
    let mut end = 0;
    items.retain(|it| {
        let apart = it.range.start >= end;
        end = end.max(it.range.end);
        apart
    });
    items
}

/// How sure it is that the items are names of organizations or people.
fn score(
    sight: &Sight<'_>,
    topic: &Topic,
    draft: &Draft,
    items: &[Item],
    heading: Option<&Range<usize>>,
) -> f64 {
    let count = items.len() as f64;
    let looks: Vec<_> = items.iter().map(|it| sight.look(&it.range)).collect();
    let share =
        |of: &dyn Fn(&names::Look) -> bool| looks.iter().filter(|it| of(it)).count() as f64 / count;
    let likeness = looks.iter().map(|it| it.likeness).sum::<f64>() / count;
    let organizations = share(&|it| it.organization);
    let chrome = share(&|it| it.sort == Sort::Chrome);
    let other = share(&names::Look::is_other);
    let social = share(&|it| it.sort == Sort::Social);
    let captions = share(&|it| it.sort == Sort::Caption);
    let texts: HashSet<&str> = items.iter().map(|it| sight.text(&it.range)).collect();
    let distinct = texts.len() as f64 / count;
    let hosts: HashSet<String> = items
        .iter()
        .filter_map(|it| host_of(link_of(sight, it)?))
        .filter(|it| topic.host.as_deref() != Some(it))
        .collect();
    let hosts = hosts.len() as f64 / count;
    let told = heading.map(|it| sight.telling(it)).unwrap_or_default();
    let strong = told.strong;
    let mut score = 0.75 * likeness - 0.2;
    score += 0.15 * organizations.min(0.6) / 0.6;
    score += 0.18 * hosts.min(0.8) / 0.8;
    score -= 0.8 * chrome + 0.5 * other;
    score -= if captions >= 0.5 { 0.7 } else { 0.4 * captions };
    // What was mostly weeded out was no list of names.
    score -= 0.5 * (1.0 - count / draft.items.len() as f64);
    if social > 0.5 && !strong {
        score -= 0.5;
    }
    score -= 0.5 * (1.0 - distinct);
    if strong {
        score += 0.2;
    } else if told.relation {
        score += 0.12;
    }
    if told.other {
        score -= 0.3;
    }
    score -= 0.35 * dated(sight, items);
    if topic.strong {
        score += 0.12;
    }
    if called_relation(sight, draft.container) {
        score += 0.1;
    }
    match sight.flow.regions[items[0].node] {
        Region::Main => {}
        Region::Navigation => score -= 0.6,
        Region::Header | Region::Footer => score -= 0.35,
        Region::Aside => score -= 0.2,
    }
    if items.len() == 1 {
        // One name alone is a list only where its heading says so.
        score -= if strong { 0.12 } else { 0.35 };
        if draft.strategy == Strategy::Cards {
            score -= 0.25;
        }
        if items[0].source == NameSource::Alt && !is_logo(sight, &items[0]) {
            score -= 0.25;
        }
    } else if items.len() > 4 {
        score += 0.04;
    }
    score + draft.bonus
}

/// The share of records that carry a date or a time beside the name, as news and events do.
fn dated(sight: &Sight<'_>, items: &[Item]) -> f64 {
    let tree = sight.tree;
    let count = items
        .iter()
        .filter(|it| {
            it.record.clone().take(120).any(|node| {
                *tree.name(node) == local_name!("time")
                    || (matches!(tree.nodes[node].kind, Kind::Text(_))
                        && !sight.flow.spans[node].is_empty()
                        && names::is_date(sight.text(&sight.flow.spans[node])))
            })
        })
        .count();
    count as f64 / items.len() as f64
}

/// Whether an image calls itself a logo, or is linked.
fn is_logo(sight: &Sight<'_>, item: &Item) -> bool {
    let tree = sight.tree;
    let says = |it: Option<&str>| {
        it.is_some_and(|it| {
            let it = it.to_ascii_lowercase();
            it.contains("logo") || it.contains("icon")
        })
    };
    link_of(sight, item).is_some()
        || says(tree.attr(item.node, &local_name!("alt")))
        || says(tree.attr(item.node, &local_name!("src")))
        || says(tree.attr(item.node, &local_name!("class")))
}

/// Whether the container or an element near above it calls itself after partners and the like.
fn called_relation(sight: &Sight<'_>, container: usize) -> bool {
    std::iter::once(container)
        .chain(sight.tree.ancestors(container))
        .take(4)
        .any(|it| sight.called[it])
}

/// The heading that a list stands under: its caption, or the last heading before it that is not one of its own.
fn heading_of(sight: &Sight<'_>, draft: &Draft, items: &[Item]) -> Option<Range<usize>> {
    if let Some(caption) = &draft.caption {
        return Some(caption.clone());
    }
    let first = items.first()?;
    let start = sight.flow.spans[first.record.start]
        .start
        .min(first.range.start);
    let own = super::flow::heading_level(sight.tree.name(first.node))
        .filter(|_| draft.strategy == Strategy::Headings);
    let before = sight
        .flow
        .headings
        .partition_point(|it| it.range.start < start);
    let heading = sight.flow.headings[..before]
        .iter()
        .rev()
        .find(|it| it.range.end <= start && own.is_none_or(|own| it.level < own))
        .map(|it| it.range.clone());
    nearer(
        sight,
        heading,
        caption_before(sight, start, draft.container),
    )
}

/// The heading that a place in the text stands under.
pub(super) fn heading_before(
    sight: &Sight<'_>,
    start: usize,
    container: usize,
) -> Option<Range<usize>> {
    let before = sight
        .flow
        .headings
        .partition_point(|it| it.range.start < start);
    let heading = sight.flow.headings[..before]
        .last()
        .map(|it| it.range.clone());
    nearer(sight, heading, caption_before(sight, start, container))
}

/// The caption if it tells more than the heading: not if it is a sentence below it.
fn nearer(
    sight: &Sight<'_>,
    heading: Option<Range<usize>>,
    caption: Option<Range<usize>>,
) -> Option<Range<usize>> {
    match (heading, caption) {
        (Some(heading), Some(caption)) => {
            let words = sight.text(&caption).split(' ').count();
            let follows = caption.start <= heading.end + 1;
            Some(if caption.start < heading.end || (follows && words > 5) {
                heading
            } else {
                caption
            })
        }
        (heading, caption) => heading.or(caption),
    }
}

/// A short line right before a list that tells what it is.
fn caption_before(sight: &Sight<'_>, start: usize, container: usize) -> Option<Range<usize>> {
    let blocks = &sight.flow.blocks;
    let after = blocks.partition_point(|it| it.range.start < start);
    let block = &blocks[after.checked_sub(1)?];
    let text = sight.text(&block.range);
    let told = text.len() <= 200 && (text.ends_with(':') || sight.telling(&block.range).strong);
    let near = block.region == sight.flow.regions[container];
    (near && !block.alt && text.chars().count() <= 90 && told && !text.ends_with('.'))
        .then(|| block.range.clone())
}

/// The nearest place, the heading, the container or what holds both, that a fragment can point at.
fn anchor_of(
    sight: &Sight<'_>,
    container: usize,
    heading: Option<&Range<usize>>,
) -> Option<String> {
    let tree = sight.tree;
    let id = |it: usize| tree.attr_text(it, &local_name!("id"));
    let holder = std::iter::once(container)
        .chain(tree.ancestors(container))
        .find(|&it| id(it).is_some());
    let heading = heading.and_then(|range| {
        let place = sight
            .flow
            .headings
            .partition_point(|it| it.range.start < range.start);
        let node = *sight.flow.heading_nodes.get(place)?;
        (sight.flow.headings[place].range == *range).then_some(node)
    });
    // A heading inside the holder is nearer than the holder.
    let nearer = heading
        .filter(|&it| holder.is_none_or(|holder| holder < it && it < tree.nodes[holder].end))
        .and_then(|it| {
            (it..tree.nodes[it].end)
                .find_map(|it| id(it).or_else(|| tree.attr_text(it, &local_name!("name"))))
        });
    nearer.or_else(|| id(holder?)).map(str::to_owned)
}

/// The path of tags and first classes from near the root to the items.
fn fingerprint(sight: &Sight<'_>, draft: &Draft, first: &Item) -> String {
    let tree = sight.tree;
    let mut steps: Vec<String> = std::iter::once(first.node)
        .chain(tree.ancestors(first.node))
        .take(6)
        .map(|it| match tree.classes(it).next() {
            Some(class) => format!("{}.{class}", tree.name(it)),
            None => tree.name(it).to_string(),
        })
        .collect();
    steps.reverse();
    format!("{:?} {}", draft.strategy, steps.join(">")).to_lowercase()
}

/// The address of the record's first link.
fn link_of<'a>(sight: &Sight<'a>, item: &Item) -> Option<&'a str> {
    let tree = sight.tree;
    let own = std::iter::once(item.node)
        .chain(tree.ancestors(item.node).take(3))
        .find(|&it| *tree.name(it) == local_name!("a"));
    own.or_else(|| {
        item.record
            .clone()
            .take(300)
            .find(|&it| *tree.name(it) == local_name!("a"))
    })
    .and_then(|it| tree.attr_text(it, &local_name!("href")))
}

fn named(sight: &Sight<'_>, uri: Option<&TargetUri>, item: &Item, wanted: bool) -> EntityName {
    EntityName {
        surface: sight.text(&item.range).to_owned(),
        source: item.source,
        range: Some(item.range.clone()),
        css: sight.css(item.node),
        href: link_of(sight, item).map(|it| absolute(uri, it)),
        hidden: sight.flow.hidden[item.node],
        also: if wanted {
            also(sight, item)
        } else {
            Vec::new()
        },
    }
}

/// An address, absolute where the page's own is known.
pub(super) fn absolute(uri: Option<&TargetUri>, href: &str) -> String {
    uri.and_then(|it| it.as_url().join(href).ok())
        .map_or_else(|| href.to_owned(), |it| it.to_string())
}

/// What else a record says that could be its name: an image's text and file, a label, the host of its link.
fn also(sight: &Sight<'_>, item: &Item) -> Vec<(NameSource, String)> {
    let tree = sight.tree;
    let surface = sight.text(&item.range);
    let mut also: Vec<(NameSource, String)> = Vec::new();
    let mut add = |source: NameSource, text: &str| {
        if text != surface && !text.is_empty() && !also.iter().any(|it| it.0 == source) {
            also.push((source, text.to_owned()));
        }
    };
    for node in item.record.clone().take(120) {
        let name = tree.name(node);
        if *name == local_name!("img") {
            let span = &sight.flow.spans[node];
            if !span.is_empty()
                && let Some(it) = sight.trimmed_alt(span)
            {
                add(NameSource::Alt, sight.text(&it));
            }
            if let Some(it) = tree
                .attr_text(node, &local_name!("src"))
                .and_then(file_stem)
            {
                add(NameSource::FileName, it);
            }
        }
        if matches!(*name, local_name!("img") | local_name!("a")) {
            if let Some(it) = tree.attr_text(node, &local_name!("title")) {
                add(NameSource::Title, it);
            }
            if let Some(it) = tree.attr_text(node, &local_name!("aria-label")) {
                add(NameSource::AriaLabel, it);
            }
        }
    }
    if let Some(host) = link_of(sight, item).and_then(host_of) {
        add(NameSource::LinkTarget, &host);
    }
    also
}

/// The name of the file that an address leads to, without its extension; `None` for what no person named.
fn file_stem(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?;
    let file = path.rsplit('/').next()?;
    let stem = file.rsplit_once('.').map_or(file, |it| it.0);
    let digits = stem.bytes().filter(u8::is_ascii_digit).count();
    (!address.starts_with("data:") && (2..=60).contains(&stem.len()) && digits * 2 < stem.len())
        .then_some(stem)
}
