//! An article in HTML: its paragraphs, lists and tables with the markers in them, and the notes that these lead to.

use scraper::{ElementRef, Node};

use super::{
    Article, Skipped, citation, language_of,
    plain::{self, Raw, Shape},
    reference,
};
use crate::{
    html::{self, Syntax, is_block},
    text::one_line,
};

use entry::Link;
use notes::Notes;

mod cite;
mod entry;
mod head;
mod marks;
mod notes;
mod tables;

pub(super) use tables::{naming_column, row_item};

/// Elements that do not contain text of the article.
const SKIPPED: &[&str] = &[
    "script", "style", "noscript", "template", "nav", "footer", "form", "button", "select", "svg",
    "iframe", "head", "input", "textarea",
];

/// Classes and ids of what wikis put around an article.
const FURNITURE: &[&str] = &[
    "mw-editsection",
    "mw-navigation",
    "mw-head",
    "mw-panel",
    "mw-jump",
    "navbox",
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
    "portal",
    "sidebar",
    "breadcrumbs",
    "share",
    "related-posts",
];

/// An entry under a heading of references that no marker leads to.
type Loose = (u32, String, Vec<Link>);

/// A note: number, text, links, fields of its citation.
type Shown<'a> = (u32, &'a String, &'a Vec<Link>, &'a [(String, String)]);

/// Reads an article in HTML.
pub(super) fn read(text: &str) -> Article {
    let page = html::parse(text, Syntax::Html);
    let document = &page.document;
    let root = document.root_element();
    let notes = Notes::find(document);
    let mut walk = Walk::of(&notes);
    walk.element(root, Shape::Paragraph);
    walk.flush(Shape::Paragraph);
    let Walk {
        raw,
        entries,
        skipped,
        project_of,
        ..
    } = walk;
    let lang = root.attr("lang").or_else(|| {
        entry::select(document, "body[lang]")
            .first()
            .and_then(|it| it.attr("lang"))
    });
    let mut article = Article {
        title: head::title(document),
        address: head::address(document),
        language: language_of(lang, &raw),
        skipped,
        explained: notes.explained.clone(),
        project_of,
        ..Article::default()
    };
    let mut entries = entries;
    entries.sort_by_key(|entry| entry.0);
    entries.dedup_by_key(|entry| entry.0);
    let loose = entries
        .iter()
        .map(|entry| (entry.0, &entry.1, &entry.2, &[][..]));
    let own = notes.references.iter();
    let own = own.map(|it| (it.number, &it.text, &it.links, &it.fields[..]));
    let all: Vec<Shown<'_>> = if notes.references.is_empty() {
        loose.collect()
    } else {
        own.collect()
    };
    for (number, text, links, fields) in all {
        let links: Vec<(String, String)> = links
            .iter()
            .map(|link| (link.address.clone(), link.text.clone()))
            .collect();
        let mut entry = reference::read(number, text, &links);
        if !fields.is_empty() {
            citation::fill(&mut entry.reference, fields);
        }
        article.enter(entry, text);
    }
    reference::unwrap_saved(&mut article.references);
    plain::fill(&mut article, &raw);
    article
}

fn is_hidden(element: &ElementRef<'_>) -> bool {
    let style = element.attr("style").unwrap_or_default().replace(' ', "");
    element.attr("hidden").is_some() || style.contains("display:none")
}

fn is_furniture(element: &ElementRef<'_>) -> bool {
    let id = element.attr("id");
    let role = element
        .attr("role")
        .is_some_and(|attr| matches!(attr, "navigation" | "contentinfo" | "search"));
    role || FURNITURE
        .iter()
        .any(|it| id == Some(it) || element.value().classes().any(|class| class == *it))
}

/// A walk through a page, and what was found on it.
struct Walk<'b> {
    notes: &'b Notes,
    raw: Vec<Raw>,
    line: String,
    /// A bracket that was opened before a marker's link, and closes after it or after more markers.
    closing: Option<char>,
    /// The marker before a dash in that bracket: the next one ends a range.
    from: Option<u32>,
    under_references: bool,
    entries: Vec<Loose>,
    skipped: Vec<Skipped>,
    project_of: Option<String>,
}

impl<'b> Walk<'b> {
    fn of(notes: &'b Notes) -> Self {
        Self {
            notes,
            raw: Vec::new(),
            line: String::new(),
            closing: None,
            from: None,
            under_references: false,
            entries: Vec::new(),
            skipped: Vec::new(),
            project_of: None,
        }
    }

    fn element(&mut self, element: ElementRef<'_>, shape: Shape) {
        let name = element.value().name();
        // A marker may be a button that shows its note.
        let marked = self.notes.marks.contains_key(&element.id());
        // The footer of a passage names its author.
        let signs = name == "footer" && shape == Shape::Quote;
        let skipped = SKIPPED.contains(&name) && !marked && !signs;
        if skipped || is_hidden(&element) || is_furniture(&element) {
            return self.skip(element, "outside the text");
        }
        if self.notes.hidden.contains(&element.id()) {
            if is_block(&element.value().name.local) {
                self.flush(shape);
            }
            return;
        }
        if self.marker(element) {
            return;
        }
        match name {
            "br" => {
                return self
                    .line
                    .push(if shape == Shape::Quote { ' ' } else { '\n' });
            }
            // The link to itself that documentation generators put after a heading.
            "a" if matches!(element.text().collect::<String>().trim(), "¶" | "#") => return,
            "q" => return self.quotation(element, shape),
            "cite" | "footer" if shape == Shape::Quote => return self.attribution(element),
            "figure" | "caption" | "figcaption" => {
                self.flush(shape);
                return self.skip(element, "a caption");
            }
            "aside" => {
                self.flush(shape);
                return self.aside(element);
            }
            "table" => {
                self.flush(shape);
                return self.table(element);
            }
            "dl" if !self.under_references => {
                self.flush(shape);
                return self.definitions(element, shape);
            }
            _ => {}
        }
        self.inner(element, shape);
    }

    /// Walks through the content of an element.
    fn inner(&mut self, element: ElementRef<'_>, shape: Shape) {
        let name = element.value().name();
        let block = is_block(&element.value().name.local);
        let inner = match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Shape::Heading,
            "li" if self.heads_a_list(element) => Shape::Label,
            "li" => Shape::Item,
            "blockquote" => Shape::Quote,
            "p" | "div" | "section" if matches!(shape, Shape::Item | Shape::Quote) => shape,
            "p" | "div" | "section" | "td" => Shape::Paragraph,
            _ => shape,
        };
        if block {
            self.flush(shape);
        }
        let listed = matches!(name, "ol" | "ul") && self.notes.references.is_empty();
        if self.under_references && listed {
            for (number, item) in notes::items(element) {
                let mut text = String::new();
                entry::text(item, &mut text);
                let text = without_number(&one_line(&text), number);
                self.entries.push((number, text, entry::links(item)));
            }
            return;
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.text(text),
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child, inner);
                    }
                }
                _ => {}
            }
        }
        if block {
            if self.under_references && matches!(name, "p" | "div" | "li") {
                self.loose_links(element);
            }
            self.flush(inner);
        }
    }

    /// Whether an item only says what the items within it are: they have markers, and it has none.
    fn heads_a_list(&self, item: ElementRef<'_>) -> bool {
        let marked = |element: ElementRef<'_>| {
            let mut all = element.descendants();
            all.any(|it| self.notes.marks.contains_key(&it.id()))
        };
        let (within, own): (Vec<_>, Vec<_>) = item
            .children()
            .filter_map(ElementRef::wrap)
            .partition(|child| matches!(child.value().name(), "ul" | "ol"));
        let is_marker = |child: &ElementRef<'_>| self.notes.marks.contains_key(&child.id());
        within.into_iter().any(marked)
            && !own.iter().any(|child| marked(*child) || is_marker(child))
    }

    fn text(&mut self, text: &str) {
        let mut text = text;
        if let Some(closing) = self.closing.take() {
            if self.is_between_markers(text, closing) {
                return;
            }
            text = text.strip_prefix(closing).unwrap_or(text);
        }
        self.line.push_str(&text.replace('\n', " "));
    }

    /// The author of a passage is not part of it, but what is cited there supports it.
    fn attribution(&mut self, element: ElementRef<'_>) {
        let marks = element.descendants();
        let marks = marks.filter_map(|mark| self.notes.marks.get(&mark.id()));
        let texts: Vec<String> = marks.flatten().map(|mark| format!("[{mark}]")).collect();
        let text = texts.concat();
        let passage = self
            .raw
            .last_mut()
            .filter(|last_mut| last_mut.shape == Shape::Quote);
        match passage.filter(|_| self.line.trim().is_empty()) {
            Some(passage) => passage.text.push_str(&text),
            None => self.line.push_str(&text),
        }
    }

    fn quotation(&mut self, element: ElementRef<'_>, shape: Shape) {
        self.line.push('“');
        self.inner(element, shape);
        self.line.push('”');
    }

    /// Skips an element, and reports its markers.
    fn skip(&mut self, element: ElementRef<'_>, what: &str) {
        let numbers: Vec<u32> = element
            .descendants()
            .filter_map(|descendant| self.notes.marks.get(&descendant.id()))
            .flatten()
            .copied()
            .collect();
        if !numbers.is_empty() {
            self.skipped.push(Skipped {
                place: what.to_owned(),
                text: one_line(&element.text().collect::<Vec<_>>().join(" ")),
                numbers,
            });
        }
    }

    fn flush(&mut self, shape: Shape) {
        let whole = std::mem::take(&mut self.line);
        let lines: Vec<String> = if self.under_references && shape == Shape::Paragraph {
            whole.lines().map(one_line).collect()
        } else if shape == Shape::Paragraph {
            plain_lines(&whole)
        } else {
            vec![one_line(&whole)]
        };
        let several = lines.len() > 1;
        for text in lines.into_iter().filter(|line| !line.is_empty()) {
            // Word processors write the marks of a list into its paragraphs.
            let mark = |text: &String| shape == Shape::Item && BULLETS.contains(&text.as_str());
            if mark(&text) {
                continue;
            }
            let item = bulleted(&text).map(str::to_owned);
            let shape = if (several && !text.ends_with(':'))
                || (shape == Shape::Paragraph && item.is_some())
            {
                Shape::Item
            } else {
                shape
            };
            let text = item.unwrap_or(text);
            let titled = shape == Shape::Paragraph && plain::is_reference_heading(&text);
            if shape == Shape::Heading || titled {
                self.under_references = plain::is_reference_heading(&text);
                if self.under_references {
                    return;
                }
            } else if self.under_references {
                self.loose_entry(&text);
                continue;
            }
            self.raw.push(Raw { shape, text });
        }
    }

    /// A numbered paragraph under the heading of references, if there is no list.
    fn loose_entry(&mut self, text: &str) {
        if !self.notes.references.is_empty() {
            return;
        }
        for (number, text) in plain::entries(&[text]) {
            let number = if self.entries.iter().any(|entry| entry.0 == number) {
                u32::try_from(self.entries.len() + 1).unwrap_or(u32::MAX)
            } else {
                number
            };
            self.entries.push((number, text, Vec::new()));
        }
    }

    /// Gives the entry that an element's text becomes the addresses that only its links have.
    fn loose_links(&mut self, element: ElementRef<'_>) {
        let before = self.entries.len();
        self.flush(Shape::Paragraph);
        if self.entries.len() == before + 1
            && let Some(last) = self.entries.last_mut()
        {
            last.2 = entry::links(element);
        }
    }
}

/// Marks that only lists have.
const BULLETS: [&str; 6] = ["•", "·", "▪", "◦", "§", "●"];

/// The text after a mark that only lists have.
fn bulleted(text: &str) -> Option<&str> {
    BULLETS
        .iter()
        .find_map(|mark| text.strip_prefix(mark)?.strip_prefix(' '))
        .map(str::trim)
}

/// A paragraph's lines if a page puts line breaks between list members; else the paragraph on one line.
fn plain_lines(text: &str) -> Vec<String> {
    let lines: Vec<String> = text
        .lines()
        .map(one_line)
        .filter(|text| !text.is_empty())
        .collect();
    let short = lines.iter().all(|line| line.split(' ').count() <= 12);
    if lines.len() >= 3 && short {
        lines
    } else {
        vec![one_line(text)]
    }
}

/// An entry without the number that its list shows in words.
fn without_number(text: &str, number: u32) -> String {
    let rest = text.strip_prefix(&number.to_string()).unwrap_or(text);
    let apart = rest.starts_with([' ', '.', ')']);
    if apart {
        rest.trim_start_matches([' ', '.', ')']).to_owned()
    } else {
        text.to_owned()
    }
}
