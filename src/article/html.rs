//! An article in HTML: paragraphs with linked markers, and the list of references that they lead to.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Node, Selector};

use super::{
    Article,
    plain::{self, Raw, Shape},
    reference,
};
use crate::text::one_line;

/// Elements that hold no text of the article.
const SKIPPED: &[&str] = &[
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button",
    "select", "svg", "iframe", "table", "figure", "head",
];

/// Classes and ids of what wikis put around an article.
const FURNITURE: &[&str] = &[
    "mw-editsection",
    "mw-navigation",
    "mw-head",
    "mw-panel",
    "mw-jump",
    "navbox",
    "infobox",
    "toc",
    "hatnote",
    "metadata",
    "catlinks",
    "printfooter",
    "noprint",
    "siteSub",
    "contentSub",
    "mw-cite-backlink",
    "Z3988",
    "citation-comment",
    "error",
    "thumb",
    "portal",
    "sidebar",
    "breadcrumbs",
    "share",
    "related-posts",
];

/// Elements that end a run of text.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "ul",
];

/// Reads an article in HTML.
pub(super) fn read(text: &str) -> Article {
    let document = Html::parse_document(text);
    let root = document.root_element();
    let references = References::find(&document);
    let mut walk = Walk {
        references: &references,
        raw: Vec::new(),
        line: String::new(),
        under_references: false,
        entries: Vec::new(),
    };
    walk.element(root, Shape::Paragraph);
    walk.flush(Shape::Paragraph);
    let Walk { raw, entries, .. } = walk;
    let mut article = Article {
        title: title(&document),
        address: address(&document),
        ..Article::default()
    };
    let mut entries: Vec<(u32, String, Vec<String>)> = entries;
    if entries.is_empty() {
        entries = references.entries();
    }
    entries.sort_by_key(|it| it.0);
    entries.dedup_by_key(|it| it.0);
    for (number, text, links) in entries {
        let entry = reference::read(number, &text, &links);
        article.references.push(entry.reference);
        article.remarks.extend(entry.remarks);
    }
    plain::fill(&mut article, &raw);
    article
}

fn select<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(selector).map_or_else(|_| Vec::new(), |it| document.select(&it).collect())
}

/// The first `h1` with text, else the `title` up to the site's name.
fn title(document: &Html) -> String {
    let heading = select(document, "h1")
        .into_iter()
        .map(|it| one_line(&it.text().collect::<String>()))
        .find(|it| !it.is_empty());
    heading.unwrap_or_else(|| {
        let title = select(document, "title")
            .first()
            .map(|it| one_line(&it.text().collect::<String>()))
            .unwrap_or_default();
        title
            .split(
                [" - ", " – ", " | ", " — "]
                    .iter()
                    .find(|it| title.contains(**it))
                    .copied()
                    .unwrap_or("\n"),
            )
            .next()
            .unwrap_or_default()
            .to_owned()
    })
}

fn address(document: &Html) -> Option<String> {
    let link = select(document, "link[rel=canonical]")
        .first()
        .and_then(|it| it.attr("href"));
    let meta = select(document, "meta[property='og:url']")
        .first()
        .and_then(|it| it.attr("content"));
    link.or(meta)
        .filter(|it| it.starts_with("http"))
        .map(str::to_owned)
}

/// The entries that markers lead to, by the identifiers that markers give.
struct References<'a> {
    /// Identifier → number.
    numbers: HashMap<String, u32>,
    /// The lists that hold the entries.
    lists: Vec<ElementRef<'a>>,
}

impl<'a> References<'a> {
    fn find(document: &'a Html) -> Self {
        let by_id: HashMap<&str, ElementRef<'a>> = select(document, "[id], a[name]")
            .into_iter()
            .filter_map(|it| Some((it.attr("id").or_else(|| it.attr("name"))?, it)))
            .collect();
        let mut lists: Vec<ElementRef<'a>> = Vec::new();
        for link in select(document, "a[href^='#']") {
            if number_of(&link).is_none() {
                continue;
            }
            let target = link.attr("href").and_then(|it| it.strip_prefix('#'));
            let list = target
                .and_then(|it| by_id.get(it))
                .and_then(|it| ancestor(*it, "li"))
                .and_then(|it| it.parent().and_then(ElementRef::wrap));
            if let Some(list) = list.filter(|it| matches!(it.value().name(), "ol" | "ul"))
                && ancestor(link, "li")
                    .is_none_or(|it| it.parent().map(|it| it.id()) != Some(list.id()))
                && !lists.contains(&list)
            {
                lists.push(list);
            }
        }
        if lists.is_empty() {
            lists = select(
                document,
                "ol.references, .references ol, .footnotes ol, ol.footnotes, .endnotes ol, .reflist ol",
            );
        }
        // Wikis have a list of notes beside the references: the longest one is the references.
        lists.sort_by_key(|it| std::cmp::Reverse(items(*it).len()));
        lists.truncate(1);
        let mut numbers = HashMap::new();
        for (number, item) in lists.iter().flat_map(|it| items(*it)) {
            let ids = item
                .descendants()
                .filter_map(ElementRef::wrap)
                .filter_map(|it| it.attr("id").or_else(|| it.attr("name")));
            numbers.extend(ids.map(|it| (it.to_owned(), number)));
        }
        Self { numbers, lists }
    }

    fn entries(&self) -> Vec<(u32, String, Vec<String>)> {
        let items = self.lists.iter().flat_map(|it| items(*it));
        items
            .map(|(number, it)| {
                let mut text = String::new();
                entry_text(it, &mut text);
                (number, one_line(&text), links(it))
            })
            .collect()
    }

    /// The number that a marker's link gives: its target's place in the list, else its own text.
    fn number(&self, link: &ElementRef<'_>) -> Option<u32> {
        let target = link.attr("href")?.strip_prefix('#')?;
        match self.numbers.get(target) {
            Some(number) => Some(*number),
            None if self.lists.is_empty() => number_of(link),
            None => None,
        }
    }
}

/// The items of a list with their numbers.
fn items(list: ElementRef<'_>) -> Vec<(u32, ElementRef<'_>)> {
    let start = list
        .attr("start")
        .and_then(|it| it.parse().ok())
        .unwrap_or(1);
    let mut next: u32 = start;
    list.children()
        .filter_map(ElementRef::wrap)
        .filter(|it| it.value().name() == "li")
        .map(|it| {
            let number = it
                .attr("value")
                .and_then(|it| it.parse().ok())
                .unwrap_or(next);
            next = number.saturating_add(1);
            (number, it)
        })
        .collect()
}

fn ancestor<'a>(element: ElementRef<'a>, name: &str) -> Option<ElementRef<'a>> {
    if element.value().name() == name {
        return Some(element);
    }
    element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|it| it.value().name() == name)
}

/// The number that a link shows: `1`, `[1]`, `(1)`.
fn number_of(link: &ElementRef<'_>) -> Option<u32> {
    let text = link.text().collect::<String>();
    let plain = text.trim().trim_matches(['[', ']', '(', ')', ' ']);
    (plain.len() <= 3)
        .then(|| plain.parse().ok())
        .flatten()
        .filter(|it| *it > 0)
}

fn is_hidden(element: &ElementRef<'_>) -> bool {
    let style = element.attr("style").unwrap_or_default().replace(' ', "");
    element.attr("hidden").is_some() || style.contains("display:none")
}

fn is_furniture(element: &ElementRef<'_>) -> bool {
    let id = element.attr("id");
    let role = element
        .attr("role")
        .is_some_and(|it| matches!(it, "navigation" | "contentinfo" | "search"));
    role || FURNITURE
        .iter()
        .any(|it| id == Some(it) || element.value().classes().any(|class| class == *it))
}

/// The text of an entry, the links back to the text left out.
fn entry_text(element: ElementRef<'_>, text: &mut String) {
    for child in element.children() {
        match child.value() {
            Node::Text(it) => text.push_str(it),
            Node::Element(it) => {
                let Some(child) = ElementRef::wrap(child) else {
                    continue;
                };
                let inner: String = child.text().collect();
                let back = it.name() == "a"
                    && it.attr("href").is_some_and(|it| it.starts_with('#'))
                    && inner.trim().chars().count() <= 3;
                // "link" and "here" say nothing once the address behind them is kept.
                let pointer = it.name() == "a"
                    && matches!(
                        inner.trim().to_lowercase().as_str(),
                        "link"
                            | "here"
                            | "source"
                            | "pdf"
                            | "view"
                            | "archive"
                            | "online"
                            | "website"
                    );
                if back
                    || pointer
                    || is_hidden(&child)
                    || is_furniture(&child)
                    || matches!(it.name(), "script" | "style")
                {
                    continue;
                }
                if matches!(it.name(), "br" | "p" | "div" | "li") {
                    text.push(' ');
                }
                entry_text(child, text);
            }
            _ => {}
        }
    }
}

/// The absolute addresses that an entry links to.
fn links(element: ElementRef<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for link in element.descendants().filter_map(ElementRef::wrap) {
        let Some(href) = link.attr("href").filter(|_| link.value().name() == "a") else {
            continue;
        };
        let href = href.trim();
        let address = if href.starts_with("//") {
            format!("https:{href}")
        } else {
            href.to_owned()
        };
        let web = address.starts_with("http://") || address.starts_with("https://");
        if web && !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

struct Walk<'a, 'b> {
    references: &'b References<'a>,
    raw: Vec<Raw>,
    line: String,
    under_references: bool,
    /// Entries found under a heading of references that no marker leads to.
    entries: Vec<(u32, String, Vec<String>)>,
}

impl<'a> Walk<'a, '_> {
    fn element(&mut self, element: ElementRef<'a>, shape: Shape) {
        let name = element.value().name();
        if SKIPPED.contains(&name) || is_hidden(&element) || is_furniture(&element) {
            return;
        }
        if self.references.lists.contains(&element) {
            self.flush(shape);
            return;
        }
        if name == "a" && element.attr("href").is_some_and(|it| it.starts_with('#')) {
            if let Some(number) = self.references.number(&element) {
                self.line.push('[');
                self.line.push_str(&number.to_string());
                self.line.push(']');
                return;
            }
            if inside_sup(&element) {
                return;
            }
        }
        if name == "sup" && is_note_group(&element) {
            return;
        }
        if name == "br" {
            self.line.push(' ');
            return;
        }
        let block = BLOCKS.contains(&name);
        let inner = match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Shape::Heading,
            "li" => Shape::Item,
            "p" if shape == Shape::Item => Shape::Item,
            "p" | "div" | "section" | "blockquote" => Shape::Paragraph,
            _ => shape,
        };
        if block {
            self.flush(shape);
        }
        if self.under_references && matches!(name, "ol" | "ul") && self.references.lists.is_empty()
        {
            for (number, item) in items(element) {
                let mut text = String::new();
                entry_text(item, &mut text);
                self.entries.push((number, one_line(&text), links(item)));
            }
            return;
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.line.push_str(text),
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child, inner);
                    }
                }
                _ => {}
            }
        }
        if block {
            self.flush(inner);
        }
    }

    fn flush(&mut self, shape: Shape) {
        let text = one_line(&self.line);
        self.line.clear();
        if text.is_empty() {
            return;
        }
        if shape == Shape::Heading {
            self.under_references = plain::is_reference_heading(&text);
            if self.under_references {
                return;
            }
        } else if self.under_references {
            self.loose_entry(&text);
            return;
        }
        self.raw.push(Raw { shape, text });
    }

    /// A numbered paragraph under the heading of references, where there is no list.
    fn loose_entry(&mut self, text: &str) {
        if self.references.lists.is_empty() {
            for (number, text) in plain::entries(&[text]) {
                let number = if self.entries.iter().any(|it| it.0 == number) {
                    u32::try_from(self.entries.len() + 1).unwrap_or(u32::MAX)
                } else {
                    number
                };
                self.entries.push((number, text, Vec::new()));
            }
        }
    }
}

fn inside_sup(element: &ElementRef<'_>) -> bool {
    element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .take(3)
        .any(|it| it.value().name() == "sup")
}

/// `[note 1]`, `[a]`, `[citation needed]`: markers that cite no reference.
fn is_note_group(element: &ElementRef<'_>) -> bool {
    let text: String = element.text().collect();
    let plain = text.trim();
    plain.starts_with('[') && plain.ends_with(']') && plain.chars().any(char::is_alphabetic)
}
