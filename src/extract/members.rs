//! What is kept of a list's member: its name, its link, and what else its record says that could be its name.

use html5ever::local_name;

use super::draft::{Item, Sight};
use crate::{
    entity::{EntityName, NameSource},
    uri::TargetUri,
};

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

/// Whether an image calls itself a logo, or is linked.
pub(super) fn is_logo(sight: &Sight<'_>, item: &Item) -> bool {
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

/// The address of the record's first link.
pub(super) fn link_of<'a>(sight: &Sight<'a>, item: &Item) -> Option<&'a str> {
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

pub(super) fn named(
    sight: &Sight<'_>,
    uri: Option<&TargetUri>,
    item: &Item,
    wanted: bool,
) -> EntityName {
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
