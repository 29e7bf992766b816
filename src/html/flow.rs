//! The text of a page in reading order, with its blocks, headings, anchors and links, and the place of each node.

use std::ops::Range;

use html5ever::{LocalName, local_name};
use memchr::memchr2;

use super::{
    elements::{heading_level, is_block},
    regions, shown,
    tree::{Kind, Tree},
};
use crate::{
    reading::{Anchor, Block, Heading, Link, Region},
    text::is_invisible,
};

/// The text of a page, and the place of each node of its tree in it.
#[derive(Debug, Default)]
pub struct Flow {
    /// The text: folded, its blocks on lines of their own.
    pub text: String,
    /// The blocks of the text.
    pub blocks: Vec<Block>,
    /// The headings.
    pub headings: Vec<Heading>,
    /// The node of each heading.
    pub heading_nodes: Vec<usize>,
    /// The places that ids and names give.
    pub anchors: Vec<Anchor>,
    /// The links.
    pub links: Vec<Link>,
    /// What is struck out.
    pub struck: Vec<Range<usize>>,
    /// For each node the bytes of its text, without the separators around them.
    pub spans: Vec<Range<usize>>,
    /// For each node, whether readers see it only after a script or a click.
    pub hidden: Vec<bool>,
    /// For each node, the part of the page that it belongs to.
    pub regions: Vec<Region>,
    /// The title of the document.
    pub title: Option<String>,
    /// The language that the root element declares.
    pub language: Option<String>,
}

/// What separates the next character from the last.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Gap {
    None,
    Space,
    Break,
}

struct Writer {
    flow: Flow,
    gap: Gap,
    /// The current block: its start and its properties.
    open: Option<Block>,
}

impl Writer {
    fn close_block(&mut self) {
        if let Some(mut block) = self.open.take() {
            block.range.end = self.flow.text.len();
            self.flow.blocks.push(block);
        }
        self.gap = Gap::Break;
    }

    /// Writes `text` with white space folded, in a block of the given kind; a change of kind begins a block.
    fn write(&mut self, text: &str, hidden: bool, region: Region, alt: bool) {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.hidden != hidden || open.alt != alt || open.region != region)
            && text.contains(|letter: char| !letter.is_whitespace())
        {
            self.close_block();
        }
        if self.write_folded(text, hidden, region, alt) {
            return;
        }
        let mut rest = text;
        loop {
            let word_at = rest
                .find(|letter: char| !letter.is_whitespace())
                .unwrap_or(rest.len());
            if word_at > 0 {
                self.space();
            }
            rest = &rest[word_at..];
            if rest.is_empty() {
                return;
            }
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            self.word(word, hidden, region, alt);
            rest = after;
        }
    }

    /// Writes a text at once if all of its white space is single spaces and all of it is visible; returns whether it did.
    fn write_folded(&mut self, text: &str, hidden: bool, region: Region, alt: bool) -> bool {
        let behind = text.trim_ascii_start();
        let inner = behind.trim_ascii_end();
        if !is_folded(inner.as_bytes()) {
            return false;
        }
        if behind.len() < text.len() {
            self.space();
        }
        if !inner.is_empty() {
            self.put(inner, hidden, region, alt);
            if inner.len() < behind.len() {
                self.space();
            }
        }
        true
    }

    /// Separates the next text from the last, at least by a space.
    fn space(&mut self) {
        if self.gap == Gap::None {
            self.gap = Gap::Space;
        }
    }

    fn word(&mut self, word: &str, hidden: bool, region: Region, alt: bool) {
        if !word.is_ascii() && word.contains(drawn_as_nothing) {
            let word: String = word
                .chars()
                .filter(|&letter| !drawn_as_nothing(letter))
                .collect();
            if !word.is_empty() {
                self.word(&word, hidden, region, alt);
            }
            return;
        }
        self.put(word, hidden, region, alt);
    }

    /// Writes one word, or several with single spaces between them, after the separator.
    fn put(&mut self, word: &str, hidden: bool, region: Region, alt: bool) {
        let text = &mut self.flow.text;
        if !text.is_empty() {
            match self.gap {
                Gap::Break => text.push('\n'),
                Gap::Space => text.push(' '),
                Gap::None => {}
            }
        }
        self.gap = Gap::None;
        self.open.get_or_insert(Block {
            range: text.len()..0,
            hidden,
            region,
            alt,
        });
        text.push_str(word);
    }
}

/// Whether all white space of a text is single spaces, and the text has no invisible characters. A character that begins like
/// these in UTF-8 counts as one of them.
fn is_folded(text: &[u8]) -> bool {
    // Most text is ASCII without anything to fold, which is quick to check.
    let odd = text
        .iter()
        .fold(false, |odd, it| odd | !(b' '..=0x7f).contains(it));
    if !odd {
        let space = |byte: &u8| u8::from(*byte == b' ');
        let pairs = text.iter().zip(text.iter().skip(1));
        return pairs.fold(0, |double, (it, next)| double | (space(it) & space(next))) == 0;
    }
    let mut last = 0;
    text.iter().enumerate().all(|(at, &entry)| {
        if entry.is_ascii_graphic() {
            last = entry;
            return true;
        }
        let next = |ahead: usize| text.get(at + ahead).copied().unwrap_or_default();
        let folded = match entry {
            b' ' => last != b' ',
            0xc2 => !matches!(next(1), 0x85 | 0xa0 | 0xad),
            0xe1 => next(1) != 0x9a,
            0xe2 => match next(1) {
                0x80 => matches!(next(2), 0x90..=0xa7 | 0xb0..),
                0x81 => false,
                _ => true,
            },
            0xe3 => next(1) != 0x80 || next(2) != 0x80,
            0xef => next(1) != 0xbb,
            0x21.. => true,
            _ => !is_ascii_space(entry),
        };
        last = entry;
        folded
    })
}

/// ASCII white space as defined by Unicode.
fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// Characters that only mark where a word can break; joiners stay, because they change the form of letters.
fn drawn_as_nothing(letter: char) -> bool {
    is_invisible(letter) && !matches!(letter, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
}

impl Flow {
    /// The text of the nodes of a page.
    #[must_use]
    pub fn of(tree: &Tree<'_>) -> Self {
        write(tree)
    }
}

fn write(tree: &Tree<'_>) -> Flow {
    let hiding: Vec<bool> = tree
        .class_values()
        .map(|value| value.split_whitespace().any(is_hiding))
        .collect();
    let count = tree.nodes.len();
    let mut writer = Writer {
        flow: Flow {
            spans: vec![0..0; count],
            hidden: vec![false; count],
            regions: regions::of(tree),
            ..Flow::default()
        },
        gap: Gap::None,
        open: None,
    };
    // Elements that are open: number, end, whether they end a block.
    let mut stack: Vec<(usize, bool)> = Vec::new();
    let mut at = 1;
    while at < count || !stack.is_empty() {
        if let Some(&(node, block)) = stack.last()
            && tree.nodes[node].end <= at
        {
            stack.pop();
            leave(&mut writer, tree, node, block);
            continue;
        }
        let node = at;
        at += 1;
        let parent = tree.nodes[node].parent;
        let region = writer.flow.regions[node];
        match tree.nodes[node].kind {
            Kind::Document => {}
            Kind::Text(text) => {
                let hidden = writer.flow.hidden[parent];
                writer.flow.hidden[node] = hidden;
                writer.flow.spans[node].start = writer.flow.text.len();
                let text = shown::counted_up(tree, parent, text).unwrap_or(text);
                writer.write(text, hidden, region, false);
                writer.flow.spans[node] = place(&writer.flow.text, writer.flow.spans[node].start);
            }
            Kind::Element(name, _) => {
                let hidden = writer.flow.hidden[parent]
                    || hiding[tree.class_number(node)]
                    || hides(tree, node, name);
                writer.flow.hidden[node] = hidden;
                let start = writer.flow.text.len();
                writer.flow.spans[node] = start..start;
                if skips(name) {
                    if *name == local_name!("title") || *name == local_name!("textarea") {
                        title(&mut writer, tree, node, hidden, region);
                    }
                    let end = tree.nodes[node].end;
                    for below in at..end {
                        writer.flow.spans[below] = start..start;
                        writer.flow.hidden[below] = true;
                    }
                    at = end;
                    continue;
                }
                let block = is_block(name);
                if block {
                    writer.close_block();
                }
                alternative(&mut writer, tree, node, name, hidden, region);
                if *name == local_name!("html") {
                    writer.flow.language = tree
                        .attr_text(node, &local_name!("lang"))
                        .or_else(|| tree.attr_text(node, &LocalName::from("xml:lang")))
                        .map(str::to_owned);
                }
                stack.push((node, block));
            }
        }
    }
    writer.close_block();
    writer.flow
}

/// The title of the document, or of a drawing.
fn title(writer: &mut Writer, tree: &Tree<'_>, node: usize, hidden: bool, region: Region) {
    if *tree.name(node) != local_name!("title") {
        return;
    }
    let text = crate::text::one_line(&tree.raw_text(node));
    let in_drawing = tree
        .ancestors(node)
        .any(|node| *tree.name(node) == local_name!("svg"));
    if text.is_empty() {
    } else if in_drawing {
        alone(writer, &text, hidden, region);
        writer.flow.spans[node] = place(&writer.flow.text, writer.flow.spans[node].start);
    } else if writer.flow.title.is_none() {
        writer.flow.title = Some(text);
    }
}

/// The alternative text of an image.
fn alternative(
    writer: &mut Writer,
    tree: &Tree<'_>,
    node: usize,
    name: &LocalName,
    hidden: bool,
    region: Region,
) {
    let image = match *name {
        local_name!("img") | local_name!("area") => true,
        local_name!("input") => tree
            .attr(node, &local_name!("type"))
            .is_some_and(|attr| attr.eq_ignore_ascii_case("image")),
        _ => false,
    };
    if image && let Some(alt) = tree.attr_text(node, &local_name!("alt")) {
        alone(writer, alt, hidden, region);
    }
}

fn alone(writer: &mut Writer, alt: &str, hidden: bool, region: Region) {
    // The text around an image in a line continues after it: only real text is cut.
    writer.close_block();
    writer.write(alt, hidden, region, true);
    writer.close_block();
}

fn leave(writer: &mut Writer, tree: &Tree<'_>, node: usize, block: bool) {
    let (start, region) = (writer.flow.spans[node].start, writer.flow.regions[node]);
    if start == writer.flow.text.len()
        && let Some(number) = shown::counted_up(tree, node, "")
    {
        writer.write(number, writer.flow.hidden[node], region, false);
    }
    if block {
        writer.close_block();
    }
    let range = place(&writer.flow.text, writer.flow.spans[node].start);
    writer.flow.spans[node] = range.clone();
    let name = tree.name(node);
    if let Some(level) = heading_level(name)
        && !range.is_empty()
    {
        writer.flow.headings.push(Heading {
            level,
            range: range.clone(),
        });
        writer.flow.heading_nodes.push(node);
    }
    if !range.is_empty() && shown::strikes(tree, node) {
        writer.flow.struck.push(range.clone());
    }
    let id = tree.attr_text(node, &local_name!("id"));
    let named = (*name == local_name!("a"))
        .then(|| tree.attr_text(node, &local_name!("name")))
        .flatten()
        .filter(|&it| Some(it) != id);
    for it in [id, named].into_iter().flatten() {
        writer.flow.anchors.push(Anchor {
            name: it.to_owned(),
            range: range.clone(),
        });
    }
    if matches!(*name, local_name!("a") | local_name!("area"))
        && !range.is_empty()
        && let Some(href) = tree.attr_text(node, &local_name!("href"))
    {
        writer.flow.links.push(Link {
            href: href.to_owned(),
            range,
        });
    }
}

/// The bytes written since `start`, without the separator before them.
fn place(text: &str, start: usize) -> Range<usize> {
    let written = &text[start..];
    let skipped = usize::from(written.starts_with(['\n', ' ']));
    start + skipped..text.len()
}

/// Elements whose content is not text of the page.
fn skips(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("script")
            | local_name!("style")
            | local_name!("template")
            | local_name!("select")
            | local_name!("datalist")
            | local_name!("textarea")
            | local_name!("title")
            | local_name!("iframe")
            | local_name!("object")
            | local_name!("embed")
            | local_name!("canvas")
            | local_name!("audio")
            | local_name!("video")
            | local_name!("noframes")
            | local_name!("noembed")
            | local_name!("math")
            // The reading of a word beside it (ruby) is not part of it.
            | local_name!("rt")
            | local_name!("rp")
    )
}

/// Whether a style contains one of the words that hide.
fn says_none(style: &[u8]) -> bool {
    let has = |word: &[u8]| {
        style
            .windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word))
    };
    has(b"none") || has(b"hidden")
}

/// Whether an element is hidden by its attributes.
fn hides(tree: &Tree<'_>, node: usize, name: &LocalName) -> bool {
    if matches!(
        *name,
        local_name!("noscript") | local_name!("dialog") | local_name!("map")
    ) || tree.attr(node, &local_name!("hidden")).is_some()
    {
        return true;
    }
    if let Some(style) = tree.attr(node, &local_name!("style"))
        && style.len() < 4096
        && memchr2(b'n', b'N', style.as_bytes()).is_some()
        && says_none(style.as_bytes())
    {
        let style: String = style
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        if style.contains("display:none") || style.contains("visibility:hidden") {
            return true;
        }
    }
    false
}

/// Whether a class hides its element.
fn is_hiding(class: &str) -> bool {
    matches!(
        class.as_bytes(),
        [
            b'd' | b'e'
                | b'h'
                | b'i'
                | b's'
                | b'v'
                | b'w'
                | b'D'
                | b'E'
                | b'H'
                | b'I'
                | b'S'
                | b'V'
                | b'W',
            _,
            _,
            _,
            ..
        ]
    ) && [
        "hidden",
        "invisible",
        "hide",
        "d-none",
        "sr-only",
        "visually-hidden",
        "visuallyhidden",
        "screen-reader-text",
        "screen-reader-only",
        "element-invisible",
        "w-condition-invisible",
    ]
    .iter()
    .any(|hiding| class.eq_ignore_ascii_case(hiding))
}
