//! The text and the addresses of a note.

use scraper::{ElementRef, Html, Node, Selector};
use url::Url;

use super::{is_furniture, is_hidden};
use crate::{article::citation, text::one_line};

/// A link to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Where it leads.
    pub(super) address: String,
    /// What it shows.
    pub(super) text: String,
}

/// The elements that a selector finds, in the order of the page.
pub(super) fn select<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(selector).map_or_else(|_| Vec::new(), |it| document.select(&it).collect())
}

/// Words that are superfluous once the address of their link is kept.
const POINTERS: &[&str] = &[
    "link", "here", "source", "pdf", "view", "archive", "online", "website",
];

/// The text of an entry, the links back to the text left out.
pub(super) fn text(element: ElementRef<'_>, out: &mut String) {
    for child in element.children() {
        match child.value() {
            Node::Text(it) => out.push_str(it),
            Node::Element(it) => {
                let Some(child) = ElementRef::wrap(child) else {
                    continue;
                };
                let inner: String = child.text().collect();
                let shown = inner.trim();
                let back = it.name() == "a"
                    && it
                        .attr("href")
                        .is_some_and(|attr| attr.contains('#') && !attr.starts_with("http"))
                    && shown.chars().count() <= 4;
                let pointer = it.name() == "a" && POINTERS.contains(&shown.to_lowercase().as_str());
                if back
                    || pointer
                    || is_hidden(&child)
                    || is_furniture(&child)
                    || matches!(it.name(), "script" | "style")
                {
                    continue;
                }
                if matches!(it.name(), "br" | "p" | "div" | "li" | "td") {
                    out.push(' ');
                }
                text(child, out);
            }
            _ => {}
        }
    }
}

/// The fields of the one citation template that an entry is made of.
pub(super) fn fields(element: ElementRef<'_>) -> Vec<(String, String)> {
    let mut found = element
        .descendants()
        .filter_map(ElementRef::wrap)
        .filter_map(|wrap| wrap.attr("data-mw"))
        .filter_map(citation::parsoid);
    match (found.next(), found.next()) {
        (Some(fields), None) => fields,
        _ => Vec::new(),
    }
}

/// The absolute addresses that an entry links to.
pub(super) fn links(element: ElementRef<'_>) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    for link in element.descendants().filter_map(ElementRef::wrap) {
        let Some(href) = link.attr("href").filter(|_| link.value().name() == "a") else {
            continue;
        };
        let address = absolute(href.trim());
        let web = address.starts_with("http://") || address.starts_with("https://");
        if web && !found.iter().any(|it| it.address == address) {
            let text = one_line(&link.text().collect::<String>());
            found.push(Link { address, text });
        }
    }
    found
}

/// An address with its scheme, and out of the redirect that word processors on the web put before it.
pub(super) fn absolute(href: &str) -> String {
    let address = if href.starts_with("//") {
        format!("https:{href}")
    } else {
        href.to_owned()
    };
    let behind = Url::parse(&address).ok().filter(|text| {
        text.host_str()
            .is_some_and(|host_str| host_str.starts_with("www.google."))
            && text.path() == "/url"
    });
    behind
        .and_then(|behind| {
            behind
                .query_pairs()
                .find(|pair| pair.0 == "q" || pair.0 == "url")
                .map(|pair| pair.1.into_owned())
        })
        .unwrap_or(address)
}
