//! An item of a list in its final form: its name, its link, and what else in its record can be its name.

use std::borrow::Cow;

use html5ever::local_name;
use memchr::memchr2;

use super::{draft::Item, page_index::PageIndex};
use crate::{
    entity::{EntityName, NameSource},
    uri::TargetUri,
};

/// The host of an absolute address, without "www.".
pub(super) fn host_of(href: &str) -> Option<Cow<'_, str>> {
    let href = href.trim();
    let rest = ["https://", "http://", "//"].iter().find_map(|it| {
        let start = href.get(..it.len())?;
        start.eq_ignore_ascii_case(it).then(|| &href[it.len()..])
    })?;
    let end = memchr2(b'/', b'?', rest.as_bytes()).unwrap_or(rest.len());
    let host = rest[..end].split(['#', ':']).next()?;
    let plain = match host.get(..4) {
        Some(it) if it.eq_ignore_ascii_case("www.") => &host[4..],
        _ => host,
    };
    if plain.is_empty() {
        None
    } else if plain.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Some(Cow::Owned(plain.to_ascii_lowercase()))
    } else {
        Some(Cow::Borrowed(plain))
    }
}

/// Whether an image calls itself a logo, or is linked.
pub(super) fn is_logo(index: &PageIndex<'_>, item: &Item) -> bool {
    let tree = index.tree;
    let says = |option: Option<&str>| {
        option.is_some_and(|it| {
            let it = it.to_ascii_lowercase();
            it.contains("logo") || it.contains("icon")
        })
    };
    link_of(index, item).is_some()
        || says(tree.attr(item.node, &local_name!("alt")))
        || says(tree.attr(item.node, &local_name!("src")))
        || says(tree.attr(item.node, &local_name!("class")))
}

/// The address of the record's first link.
pub(super) fn link_of<'a>(index: &PageIndex<'a>, item: &Item) -> Option<&'a str> {
    let tree = index.tree;
    let own = std::iter::once(item.node)
        .chain(tree.ancestors(item.node).take(3))
        .find(|&it| *tree.name(it) == local_name!("a"));
    own.or_else(|| {
        let end = item.record.end.min(item.record.start + 300);
        index.link_in(&(item.record.start..end))
    })
    .and_then(|own| tree.attr_text(own, &local_name!("href")))
}

/// A member in its final form.
pub(super) fn named<'a>(
    index: &PageIndex<'a>,
    uri: Option<&TargetUri>,
    item: &Item,
    link: Option<&'a str>,
    wanted: bool,
) -> EntityName {
    EntityName {
        surface: index.text(&item.range).to_owned(),
        source: item.source,
        range: Some(item.range.clone()),
        css: index.css(item.node),
        href: link.map(|link| {
            plainly_absolute(uri, link).unwrap_or_else(|| index.address(link, || joined(uri, link)))
        }),
        hidden: index.flow.hidden[item.node],
        also: if wanted {
            also(index, item, link)
        } else {
            Vec::new()
        },
    }
}

/// An address, made absolute if the address of the page is known.
pub(super) fn absolute(uri: Option<&TargetUri>, href: &str) -> String {
    plainly_absolute(uri, href).unwrap_or_else(|| joined(uri, href))
}

/// An address made absolute, if that needs no parsing.
fn plainly_absolute(uri: Option<&TargetUri>, href: &str) -> Option<String> {
    if is_canonical(href) {
        return Some(href.to_owned());
    }
    if !href.starts_with('/') || !is_plain_path(href) {
        return None;
    }
    let url = uri?.as_url();
    Some([&url[..url::Position::BeforePath], href].concat())
}

fn joined(uri: Option<&TargetUri>, href: &str) -> String {
    uri.and_then(|uri| uri.as_url().join(href).ok())
        .map_or_else(|| href.to_owned(), |it| it.to_string())
}

/// Whether an address is absolute and in the canonical form of the URL standard, so that no base changes it.
fn is_canonical(href: &str) -> bool {
    let Some(rest) = href
        .strip_prefix("https://")
        .or_else(|| href.strip_prefix("http://"))
    else {
        return false;
    };
    let Some(at) = rest.find('/') else {
        return false;
    };
    let (host, path) = rest.split_at(at);
    // Only hosts of letters: numeric hosts have other spellings.
    host.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'.')
        && host.ends_with(|letter: char| letter.is_ascii_lowercase())
        && !host.contains("xn--")
        && !host.contains("..")
        && !host.starts_with('.')
        && is_plain_path(path)
}

/// Whether a path, with a query or a fragment, is in the canonical form of the URL standard.
fn is_plain_path(path: &str) -> bool {
    let mut in_path = true;
    let mut last = 0;
    path.bytes().enumerate().all(|(at, byte)| {
        let before = std::mem::replace(&mut last, byte);
        match byte {
            b'?' | b'#' => {
                in_path = false;
                true
            }
            // Dots in a segment can be percent-encoded.
            b'%' => !in_path,
            b'.' => before != b'/',
            b'/' => at != 1,
            b'-' | b'_' | b'~' | b'+' | b',' | b'=' | b'&' | b';' | b'@' | b'!' | b'*' | b':' => {
                true
            }
            byte => byte.is_ascii_alphanumeric(),
        }
    })
}

/// What else in a record can be its name: the text and file of an image, a label, the host of its link.
fn also(index: &PageIndex<'_>, item: &Item, link: Option<&str>) -> Vec<(NameSource, String)> {
    let tree = index.tree;
    let surface = index.text(&item.range);
    let mut also: Vec<(NameSource, String)> = Vec::new();
    let mut add = |source: NameSource, text: &str| {
        if text != surface && !text.is_empty() && !also.iter().any(|pair| pair.0 == source) {
            also.push((source, text.to_owned()));
        }
    };
    for node in item.record.clone().take(120) {
        let name = tree.name(node);
        if *name == local_name!("img") {
            let span = &index.flow.spans[node];
            if !span.is_empty()
                && let Some(it) = index.trimmed_alt(span)
            {
                add(NameSource::Alt, index.text(&it));
            }
            if let Some(it) = tree
                .attr_text(node, &local_name!("src"))
                .and_then(file_stem)
            {
                add(NameSource::FileName, it);
            }
        }
        if matches!(*name, local_name!("img") | local_name!("a")) {
            if let Some(attr_text) = tree.attr_text(node, &local_name!("title")) {
                add(NameSource::Title, attr_text);
            }
            if let Some(attr_text) = tree.attr_text(node, &local_name!("aria-label")) {
                add(NameSource::AriaLabel, attr_text);
            }
        }
    }
    if let Some(host) = link.and_then(host_of) {
        add(NameSource::LinkTarget, &host);
    }
    also
}

/// The name of the file of an address, without its extension; `None` if it is not a name that a person chose.
fn file_stem(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?;
    let file = path.rsplit('/').next()?;
    let stem = file.rsplit_once('.').map_or(file, |halves| halves.0);
    let digits = stem.bytes().filter(u8::is_ascii_digit).count();
    (!address.starts_with("data:") && (2..=60).contains(&stem.len()) && digits * 2 < stem.len())
        .then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_kept_as_it_is_would_be_spelt_so_by_the_url_standard() {
        let base = TargetUri::parse("http://base.test/x/").unwrap().0;
        for (href, kept) in [
            ("https://example.org/", true),
            ("https://member-x.example.org/our/Page_1.html", true),
            ("https://example.org", false),
            ("https://Example.org/", false),
            ("https://example.org/a/../b", false),
            ("https://example.org/?q=a b", false),
            ("https://127.1/", false),
            ("https://xn--a/", false),
            ("http://example.org/a?b=c&d=%20,e#f-1", true),
            ("https://example.org/%2e%2e/b", false),
            ("https://example.org//b", false),
            ("/relative", false),
        ] {
            assert_eq!(is_canonical(href), kept, "{href}");
            if kept {
                assert_eq!(base.as_url().join(href).unwrap().as_str(), href);
            }
        }
        for href in [
            "/a",
            "/",
            "//b.test/c",
            "/a/../b",
            "/a?b=c#d",
            "/a b",
            "/a\\b",
            "b",
            "",
        ] {
            assert_eq!(
                absolute(Some(&base), href),
                base.as_url().join(href).unwrap().as_str(),
                "{href}"
            );
        }
    }

    #[test]
    fn a_host_is_told_in_lower_case_without_its_www() {
        assert_eq!(
            host_of(" HTTPS://WWW.Example.org:80/x").as_deref(),
            Some("example.org")
        );
        assert_eq!(host_of("//a.test#b").as_deref(), Some("a.test"));
        assert_eq!(host_of("mailto:a@b.test"), None);
        assert_eq!(host_of("https://www./"), None);
    }
}
