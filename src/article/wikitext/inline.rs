//! Markup within lines: notes, templates, links, emphasis.

use std::collections::HashMap;
use std::fmt::Write;

use super::template::{self, Template};
use crate::{
    html::unescaped,
    text::{html_escaped, one_line},
};

/// A page's notes, in the order in which they are found.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// The content of `<ref name=…>`, by name.
    named: HashMap<String, String>,
    /// Citations by authors and year, for short notes: `Smith 2010`.
    pub(super) sources: HashMap<String, String>,
    /// Numbers by what a note is known by: its name, else its own text.
    numbers: HashMap<String, u32>,
    /// The wikitext of each reference, first to last.
    references: Vec<String>,
    /// The wikitext of each explaining note.
    explanations: Vec<String>,
    /// How many links that show only a number there were.
    bare_links: u32,
    /// Whether a note is being written, so that links keep their addresses.
    in_note: bool,
}

/// Elements that are skipped with all of their content.
const DROPPED: &[&str] = &[
    "gallery",
    "math",
    "timeline",
    "syntaxhighlight",
    "source",
    "score",
    "s",
    "del",
    "strike",
    "imagemap",
    "templatestyles",
    "graph",
    "mapframe",
];

/// Elements that mean the same to a reader of HTML.
const KEPT: &[&str] = &["br", "blockquote", "q", "sub", "sup", "ul", "li", "ol"];

impl Page {
    /// Finds what notes and citations the page has by name.
    pub(super) fn of(text: &str) -> Self {
        let mut page = Self::default();
        let mut rest = text;
        while let Some(at) = rest.find("<ref") {
            rest = &rest[at..];
            let Some((tag, after)) = Tag::of(rest, "ref") else {
                rest = &rest[4..];
                continue;
            };
            if let (Some(name), Some(content)) = (tag.attribute("name"), tag.content)
                && !content.trim().is_empty()
            {
                page.named.entry(name).or_insert_with(|| content.to_owned());
            }
            rest = if tag.content.is_some() {
                &rest[tag.head..]
            } else {
                after
            };
        }
        let mut rest = text;
        while let Some(at) = rest.find("{{") {
            rest = &rest[at..];
            if let Some((whole, _)) = balanced(rest, "{{", "}}") {
                let template = Template::of(whole);
                if let Some(key) = template.source_key() {
                    page.sources.entry(key).or_insert_with(|| whole.to_owned());
                }
            }
            rest = &rest[2..];
        }
        page
    }

    /// Text whose markup within lines is HTML; line breaks stay.
    pub(super) fn inline(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let step = match character {
                '<' => self.tag(rest, &mut out),
                '{' if rest.starts_with("{{") => self.template(rest, &mut out),
                '[' if rest.starts_with("[[") => self.link(rest, &mut out),
                '[' => self.external(rest, &mut out),
                '\'' if rest.starts_with("''") => {
                    Some(rest.bytes().take_while(|byte| *byte == b'\'').count())
                }
                'h' if self.in_note && is_web(rest) => Some(bare_address(rest, &mut out)),
                '_' if rest.starts_with("__") => rest
                    .get(2..)
                    .and_then(|it| it.find("__"))
                    .filter(|at| {
                        rest[2..2 + at]
                            .bytes()
                            .all(|byte| byte.is_ascii_uppercase())
                    })
                    .map(|at| at + 4),
                _ => None,
            };
            if let Some(length) = step {
                rest = rest.get(length..).unwrap_or("");
            } else {
                match character {
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    other => out.push(other),
                }
                rest = &rest[character.len_utf8()..];
            }
        }
        out
    }

    /// An element; how many bytes it is.
    fn tag(&mut self, rest: &str, out: &mut String) -> Option<usize> {
        if let Some((tag, after)) = Tag::of(rest, "ref") {
            let content = tag.content.unwrap_or_default();
            let group = tag.attribute("group").unwrap_or_default();
            let name = tag.attribute("name");
            self.note(name.as_deref(), content, !group.is_empty(), out);
            return Some(rest.len() - after.len());
        }
        if let Some((_, after)) = Tag::of(rest, "references") {
            return Some(rest.len() - after.len());
        }
        if let Some((tag, after)) = Tag::of(rest, "nowiki") {
            out.push_str(&html_escaped(tag.content.unwrap_or_default()));
            return Some(rest.len() - after.len());
        }
        for name in DROPPED {
            if let Some((_, after)) = Tag::of(rest, name) {
                return Some(rest.len() - after.len());
            }
        }
        let begins = rest[1..].trim_start_matches('/');
        if !begins.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return None;
        }
        let end = rest.find('>')?;
        let name: String = begins
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase();
        if KEPT.contains(&name.as_str()) {
            let closing = if rest.starts_with("</") { "/" } else { "" };
            let _ = write!(out, "<{closing}{name}>");
        }
        Some(end + 1)
    }

    /// Writes the marker of a note: a reference, or a remark that explains.
    pub(super) fn note(
        &mut self,
        name: Option<&str>,
        content: &str,
        explains: bool,
        out: &mut String,
    ) {
        let key = name.map_or_else(|| format!("\u{0}{}", content.trim()), str::to_owned);
        let known = self.named.get(&key).cloned();
        let content = if content.trim().is_empty() {
            known.unwrap_or_default()
        } else {
            content.to_owned()
        };
        if explains {
            let at = if let Some(at) = self
                .explanations
                .iter()
                .position(|explanation| *explanation == content)
            {
                at
            } else {
                self.explanations.push(content);
                self.explanations.len() - 1
            };
            let number = at + 1;
            let _ = write!(
                out,
                "<sup class=\"reference\"><a href=\"#cite_remark-{number}\">[note {number}]</a></sup>"
            );
            return;
        }
        let next = u32::try_from(self.references.len() + 1).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.references.push(content);
        }
        let _ = write!(
            out,
            "<sup class=\"reference\"><a href=\"#cite_note-{number}\">[{number}]</a></sup>"
        );
    }

    fn template(&mut self, rest: &str, out: &mut String) -> Option<usize> {
        let (whole, length) = balanced(rest, "{{", "}}")?;
        let template = Template::of(whole);
        out.push_str(&template::rendered(self, &template));
        Some(length)
    }

    /// `[[page|words]]`, `[[File:…]]`.
    fn link(&mut self, rest: &str, out: &mut String) -> Option<usize> {
        let (inside, length) = balanced(rest, "[[", "]]")?;
        let (target, words) = inside.split_once('|').unwrap_or((inside, inside));
        let space = target
            .trim_start_matches(':')
            .split_once(':')
            .map(|parts| parts.0.trim().to_lowercase());
        let file = space.as_deref().is_some_and(|space| {
            [
                "file", "image", "datei", "bild", "fichier", "archivo", "plik", "файл", "bestand",
                "fil",
            ]
            .contains(&space)
        });
        if file {
            let caption = self.inline(inside.rsplit('|').next().unwrap_or_default());
            if caption.contains("cite_note") {
                let _ = write!(out, "\n\n<figure>{caption}</figure>\n\n");
            }
            return Some(length);
        }
        let category = space.as_deref().is_some_and(|space| {
            [
                "category",
                "kategorie",
                "catégorie",
                "categoría",
                "categoria",
                "kategoria",
                "категория",
            ]
            .contains(&space)
        });
        let other_wiki = space
            .as_deref()
            .is_some_and(|space| space.len() <= 3 && space.is_ascii())
            && !inside.contains('|');
        if (category || other_wiki) && !target.starts_with(':') {
            return Some(length);
        }
        let words = if words.trim().is_empty() {
            target.split(['(', ',']).next().unwrap_or_default().trim()
        } else {
            words
        };
        out.push_str(&self.inline(words.trim_start_matches(':')));
        Some(length)
    }

    /// `[http://… words]`; without words it is a numbered link, which cites what it leads to.
    fn external(&mut self, rest: &str, out: &mut String) -> Option<usize> {
        if !is_web(&rest[1..]) && !rest.starts_with("[//") {
            return None;
        }
        let end = rest.find(']').filter(|at| !rest[..*at].contains('\n'))?;
        let inside = &rest[1..end];
        let (address, words) = inside.split_once([' ', '\t']).unwrap_or((inside, ""));
        let words = self.inline(words.trim());
        let address = html_escaped(address);
        if self.in_note {
            let shown = if words.is_empty() { "link" } else { &words };
            let _ = write!(out, "<a href=\"{address}\">{shown}</a>");
        } else if words.is_empty() {
            self.bare_links += 1;
            let number = self.bare_links;
            let _ = write!(
                out,
                "<a class=\"external autonumber\" href=\"{address}\">[{number}]</a>"
            );
        } else {
            let _ = write!(out, "<a href=\"{address}\">{words}</a>");
        }
        Some(end + 1)
    }

    /// Text of a note, links with their addresses.
    pub(super) fn note_text(&mut self, text: &str) -> String {
        let before = std::mem::replace(&mut self.in_note, true);
        let text = self.inline(text).replace('\n', " ");
        self.in_note = before;
        text
    }

    /// Writes the notes after the text, the explaining ones first, since they may cite.
    pub(super) fn notes(&mut self, out: &mut String) {
        let mut at = 0;
        let mut remarks = String::new();
        while let Some(text) = self.explanations.get(at).cloned() {
            at += 1;
            let text = self.note_text(&text);
            let _ = write!(
                remarks,
                "<li id=\"cite_remark-{at}\"><span>{text}</span></li>"
            );
        }
        let mut at = 0;
        let mut references = String::new();
        while let Some(text) = self.references.get(at).cloned() {
            at += 1;
            let text = self.note_text(&text);
            let _ = write!(
                references,
                "<li id=\"cite_note-{at}\"><span>{text}</span></li>"
            );
        }
        if !remarks.is_empty() {
            let _ = write!(out, "<ol class=\"remarks\">{remarks}</ol>");
        }
        let _ = write!(
            out,
            "<h2>References</h2><ol class=\"references\">{references}</ol>"
        );
    }
}

fn is_web(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// An address in the text of a note.
fn bare_address(rest: &str, out: &mut String) -> usize {
    let end = rest
        .find(|character: char| {
            character.is_whitespace() || matches!(character, '<' | '>' | '|' | '}' | ']' | '"')
        })
        .unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ',', ';', ')']);
    let safe = html_escaped(address);
    let _ = write!(out, "<a href=\"{safe}\">{safe}</a>");
    address.len()
}

/// The text between an opening and its closing, with others like it inside; and how many bytes both and the text are.
pub(super) fn balanced<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, usize)> {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..)?;
        if rest.starts_with(open) {
            depth += 1;
            at += open.len();
        } else if rest.starts_with(close) {
            depth -= 1;
            at += close.len();
            if depth == 0 {
                return Some((text.get(open.len()..at - close.len())?, at));
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

/// An element in its source text: its attributes, and its content unless it is closed at once.
struct Tag<'a> {
    attributes: &'a str,
    content: Option<&'a str>,
    /// How many bytes its opening is.
    head: usize,
}

impl<'a> Tag<'a> {
    /// The element of that name that `rest` begins with, and what follows it.
    fn of(rest: &'a str, name: &str) -> Option<(Self, &'a str)> {
        let begin = rest.get(1..1 + name.len())?;
        if !begin.eq_ignore_ascii_case(name) || !rest.starts_with('<') {
            return None;
        }
        let after = rest.get(1 + name.len()..)?;
        if !after.starts_with(['>', '/', ' ', '\n', '\t']) {
            return None;
        }
        let end = after.find('>')?;
        let attributes = &after[..end];
        let behind = &after[end + 1..];
        let head = 1 + name.len() + end + 1;
        if attributes.ends_with('/') {
            let attributes = attributes.trim_end_matches('/');
            return Some((
                Self {
                    attributes,
                    content: None,
                    head,
                },
                behind,
            ));
        }
        let closing = format!("</{name}");
        let lower = behind.to_ascii_lowercase();
        let at = lower.find(&closing)?;
        let next = behind[at..].find('>')? + at + 1;
        Some((
            Self {
                attributes,
                content: Some(&behind[..at]),
                head,
            },
            &behind[next..],
        ))
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let lower = self.attributes.to_ascii_lowercase();
        let at = lower.find(name)?;
        let rest = self
            .attributes
            .get(at + name.len()..)?
            .trim_start()
            .strip_prefix('=')?
            .trim_start();
        let value = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].split(quote).next()?,
            _ => rest
                .split(|character: char| character.is_whitespace())
                .next()?,
        };
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }
}

/// Wikitext of one line without markup: `[[Alder House|Alder]]` as `Alder`.
pub(in crate::article) fn plain(text: &str) -> String {
    let rendered = Page::of(text).inline(text);
    let mut out = String::new();
    let mut rest = rendered.as_str();
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = rest[at..].split_once('>').map_or("", |parts| parts.1);
    }
    out.push_str(rest);
    one_line(&unescaped(&out))
}
