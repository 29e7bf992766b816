//! Pages that are not HTML: plain text, JSON, XML and feeds, read into the same structure.

use std::{collections::BTreeMap, ops::Range};

use quick_xml::{Reader, events::Event};

use super::{
    find::data,
    judge::{
        name_signs::LIKELY,
        unseen::{self, Unseen},
    },
    names,
    record::trim,
};
use crate::{
    entity::{EntityList, EntityName, NameSource},
    html::{self, Flow, Syntax, Tree, unescaped},
    reading::{Anchor, Block, Region},
    text::one_line,
};

/// The text of such a page, its blocks and its lists.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// The text: one line for each block.
    pub(super) text: String,
    /// The blocks of the text, all of them in the main part.
    pub(super) blocks: Vec<Block>,
    /// The lists, in the order of the file.
    pub(super) lists: Vec<EntityList>,
    /// The title that the file gives.
    pub(super) title: Option<String>,
}

impl Plain {
    /// Writes a line; an empty line is skipped.
    fn line(&mut self, line: &str) -> Option<Range<usize>> {
        let line = one_line(line);
        if line.is_empty() {
            return None;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let range = self.text.len()..self.text.len() + line.len();
        self.text.push_str(&line);
        self.blocks.push(Block {
            range: range.clone(),
            hidden: false,
            region: Region::Main,
            alt: false,
        });
        Some(range)
    }
}

/// Plain text: each line is a block, and a member of one list if the text has no sentences.
pub(super) fn text(source: &str) -> Plain {
    let mut plain = Plain::default();
    let mut items = Vec::new();
    let mut sentences = 0;
    for line in source.lines() {
        let Some(range) = plain.line(line) else {
            continue;
        };
        let inner = trim::trim(&plain.text[range.clone()]);
        let range = range.start + inner.start..range.start + inner.end;
        let signs = names::signs(&plain.text[range.clone()]);
        sentences += usize::from(signs.sort == names::Sort::Sentence || range.len() > 140);
        if !range.is_empty() {
            items.push(item(&plain.text, range));
        }
    }
    if !items.is_empty() && sentences * 10 <= items.len() {
        plain.lists.push(unseen::lines(list_of_lines(None, items)));
    }
    plain
}

/// The pages of a PDF: lines joined to paragraphs, with an anchor for each page.
pub(super) fn pages(pages: &BTreeMap<u32, String>) -> (Plain, Vec<Anchor>) {
    let mut plain = Plain::default();
    let mut anchors = Vec::new();
    for (number, page) in pages {
        // The line break before the first line of a page belongs to the page before.
        let start = plain.text.len() + usize::from(!plain.text.is_empty());
        for paragraph in paragraphs(page) {
            plain.line(&paragraph);
        }
        anchors.push(Anchor {
            name: format!("page={number}"),
            range: start.min(plain.text.len())..plain.text.len(),
        });
    }
    plain.lists = runs(&plain);
    (plain, anchors)
}

/// The lines of a page, joined again if only the width of the page broke them.
fn paragraphs(page: &str) -> Vec<String> {
    let longest = page.lines().map(|line| line.chars().count()).max();
    // A line that is much shorter than the others was ended by its author.
    let full = longest.unwrap_or_default().max(50) * 7 / 10;
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in page
        .lines()
        .flat_map(|line| line.split('\t'))
        .map(str::trim)
    {
        let Some(first) = line.chars().next() else {
            open = false;
            continue;
        };
        match paragraphs.last_mut().filter(|_| open) {
            Some(last) if last.ends_with('-') && first.is_lowercase() => {
                // Nothing shows whether the hyphen belongs to the word; compounds are rarer than breaks.
                last.pop();
                last.push_str(line);
            }
            Some(last) => {
                last.push(' ');
                last.push_str(line);
            }
            None => paragraphs.push(line.to_owned()),
        }
        open = line.chars().count() >= full;
    }
    paragraphs
}

/// Runs of at least three consecutive lines that look like names.
fn runs(plain: &Plain) -> Vec<EntityList> {
    const LONGEST_NAME: usize = 140;
    const LONGEST_HEADING: usize = 100;
    let mut lines: Vec<(Range<usize>, bool)> = Vec::new();
    for block in &plain.blocks {
        let inner = trim::trim(&plain.text[block.range.clone()]);
        let range = block.range.start + inner.start..block.range.start + inner.end;
        let likeness = names::signs(&plain.text[range.clone()]).likeness;
        let is_name = range.len() <= LONGEST_NAME && likeness >= LIKELY;
        if !range.is_empty() {
            lines.push((range, is_name));
        }
    }
    let mut lists = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let names = lines[at..].iter().take_while(|line| line.1).count();
        let heading = lines[..at].last();
        if names >= 3 {
            let heading = heading.filter(|line| line.0.len() <= LONGEST_HEADING);
            let heading = heading.map(|line| plain.text[line.0.clone()].to_owned());
            let items = lines[at..at + names].iter();
            let items = items
                .map(|line| item(&plain.text, line.0.clone()))
                .collect();
            lists.push(unseen::lines(list_of_lines(heading, items)));
        }
        at += names + 1;
    }
    lists
}

/// The list of some lines of a text.
fn list_of_lines(heading: Option<String>, items: Vec<EntityName>) -> Unseen {
    Unseen {
        heading,
        container: ":root".to_owned(),
        fingerprint: "plain-lines".to_owned(),
        items,
        announced: false,
        typed: 0.0,
    }
}

fn item(text: &str, range: Range<usize>) -> EntityName {
    EntityName {
        surface: text[range.clone()].to_owned(),
        source: NameSource::Text,
        range: Some(range),
        css: ":root".to_owned(),
        href: None,
        hidden: false,
        also: Vec::new(),
    }
}

/// JSON: every string is a line, and arrays of named things are lists.
pub(super) fn json(source: &str) -> Option<Plain> {
    let value: serde_json::Value =
        serde_json::from_str(source.trim_start_matches('\u{feff}')).ok()?;
    let mut plain = Plain::default();
    let mut stack = vec![&value];
    while let Some(it) = stack.pop() {
        match it {
            serde_json::Value::String(it) => {
                plain.line(it);
            }
            serde_json::Value::Number(it) => {
                plain.line(&it.to_string());
            }
            serde_json::Value::Array(it) => stack.extend(it.iter().rev()),
            serde_json::Value::Object(it) => {
                let mut below: Vec<_> = it.values().collect();
                below.reverse();
                stack.extend(below);
            }
            _ => {}
        }
    }
    let lists = data::of_value(&value, ":root").into_iter();
    plain.lists = lists.map(unseen::data).collect();
    // The names are in the text, in its order.
    for list in &mut plain.lists {
        let mut from = 0;
        for item in &mut list.items {
            let line = one_line(&item.surface);
            if let Some(at) = find_line(&plain.text, &line, from) {
                from = at + line.len();
                item.range = Some(at..from);
            }
        }
    }
    Some(plain)
}

/// The place of a whole line in a text, from a position on.
fn find_line(text: &str, line: &str, from: usize) -> Option<usize> {
    text.get(from..)?
        .match_indices(line)
        .map(|found| found.0 + from)
        .find(|&at| {
            let before = at == 0 || text.as_bytes()[at - 1] == b'\n';
            let end = at + line.len();
            before && (end == text.len() || text.as_bytes()[end] == b'\n')
        })
}

/// XML: the text of each element is a line. The titles of the entries of a feed, and elements of the same name that contain names, are lists.
///
/// It is read as far as it is well-formed; elements need not be closed.
pub(super) fn xml(source: &str) -> Plain {
    let mut plain = Plain::default();
    let mut stack: Vec<String> = Vec::new();
    let mut lists: Vec<(String, Vec<Range<usize>>)> = Vec::new();
    let mut reader = Reader::from_str(source);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut text = String::new();
    loop {
        let event = reader.read_event();
        match &event {
            Ok(Event::Text(part)) => text.push_str(&String::from_utf8_lossy(part)),
            Ok(Event::GeneralRef(name)) => {
                text.extend(["&", &String::from_utf8_lossy(name), ";"]);
            }
            _ => {
                content(&mut plain, &mut lists, &stack, &unescaped(&text));
                text.clear();
            }
        }
        match event {
            Ok(Event::Start(tag)) if stack.len() < 500 => {
                stack.push(String::from_utf8_lossy(tag.name().0).into_owned());
            }
            Ok(Event::End(tag)) => {
                let opened = stack
                    .iter()
                    .rposition(|name| name.as_bytes() == tag.name().0);
                stack.truncate(opened.unwrap_or(stack.len()));
            }
            // Feeds carry HTML in here.
            Ok(Event::CData(part)) => {
                let page = html::parse(&String::from_utf8_lossy(&part), Syntax::Html);
                let flow = Flow::of(&Tree::of(&page));
                content(&mut plain, &mut lists, &stack, &flow.text);
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    for (path, ranges) in lists {
        plain
            .lists
            .extend(list_of_elements(&plain.text, &path, ranges));
    }
    plain
}

/// The list of two or more elements with the same path.
fn list_of_elements(text: &str, path: &str, ranges: Vec<Range<usize>>) -> Option<EntityList> {
    if ranges.len() < 2 {
        return None;
    }
    let in_feed = path.contains("item>") || path.contains("entry>");
    let items = ranges.into_iter().map(|range| EntityName {
        css: path.to_owned(),
        source: NameSource::Structured,
        ..item(text, range)
    });
    let list = Unseen {
        heading: None,
        container: path.to_owned(),
        fingerprint: path.to_owned(),
        items: items.collect(),
        announced: false,
        typed: 0.0,
    };
    Some(unseen::elements(list, in_feed))
}

/// Writes the text of an element, and adds it to the list of its path if it can be a member.
fn content(
    plain: &mut Plain,
    lists: &mut Vec<(String, Vec<Range<usize>>)>,
    stack: &[String],
    text: &str,
) {
    let Some(range) = plain.line(text) else {
        return;
    };
    let Some(name) = stack.last() else {
        return;
    };
    if name == "title" && stack.len() <= 3 && plain.title.is_none() {
        plain.title = Some(plain.text[range.clone()].to_owned());
        return;
    }
    if range.len() > 140 || lists.len() > 200 {
        return;
    }
    let from = stack.len().saturating_sub(4);
    let path = stack[from..].join(">");
    match lists.iter_mut().find(|list| list.0 == path) {
        Some((_, ranges)) => ranges.push(range),
        None => lists.push((path, vec![range])),
    }
}
