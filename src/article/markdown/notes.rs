//! The notes of an article in Markdown, however it writes them.
//!
//! - `[^1]` with `[^1]: text`, and `^[text]`
//! - `[[1]](address)`, `[1](address)`, `[[1]][1]` and `[1]` with `[1]: address "text"`
//! - `<sup>1</sup>` with a numbered list
//! - `([source](address))`, and links in the text where there is nothing else

use std::{collections::HashMap, fmt::Write};

/// Numbered notes, in the order in which they are found.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    /// Footnotes by label.
    footnotes: Vec<(String, String)>,
    /// Addresses by label: `[1]: address "text"`.
    addresses: HashMap<String, (String, String)>,
    /// What has a number: a footnote's label, an address, or a note's text.
    numbered: Vec<(u32, Key)>,
}

/// The meaning of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Footnote(String),
    Address { address: String, text: String },
    Text(String),
}

impl Notes {
    /// Whether the text has no note of any kind.
    pub(super) fn is_empty(&self) -> bool {
        self.numbered.is_empty() && self.footnotes.is_empty()
    }

    /// Takes the definitions of footnotes and addresses out of a text.
    pub(super) fn take_definitions(&mut self, text: &str) -> String {
        let mut body = String::new();
        let mut open = false;
        for line in text.lines() {
            if let Some((label, text)) = footnote(line) {
                self.footnotes
                    .push((label.to_owned(), text.trim().to_owned()));
                open = true;
            } else if let Some((label, address, text)) = address_of(line) {
                self.addresses.insert(label, (address, text));
                open = false;
            } else if open
                && !line.trim().is_empty()
                && (line.starts_with([' ', '\t']) || !line.starts_with('#'))
            {
                if let Some((_, text)) = self.footnotes.last_mut() {
                    text.push(' ');
                    text.push_str(line.trim());
                }
            } else {
                open = false;
                body.push_str(line);
                body.push('\n');
            }
        }
        body
    }

    /// A line with every marker as `[1]`.
    pub(super) fn take_markers(&mut self, line: &str) -> String {
        let line = without_sup(line);
        let mut out = String::with_capacity(line.len());
        let mut rest = line.as_str();
        while let Some(character) = rest.chars().next() {
            if let Some((number, after)) = self.marker(rest) {
                out.push_str(&number);
                rest = after;
            } else {
                out.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
        out
    }

    /// The marker that `rest` begins with, as `[1]`, and what follows it.
    fn marker<'a>(&mut self, rest: &'a str) -> Option<(String, &'a str)> {
        if let Some((label, after)) = rest
            .strip_prefix("[^")
            .and_then(|rest| rest.split_once(']'))
        {
            let number = self.footnote_number(label);
            return Some((format!("[{number}]"), after));
        }
        if let Some(inside) = rest.strip_prefix("^[") {
            let end = closing(inside, '[', ']')?;
            let number = self.number(None, Key::Text(inside[..end].trim().to_owned()));
            return Some((format!("[{number}]"), &inside[end + 1..]));
        }
        if let Some(inside) = rest.strip_prefix('(') {
            return self.bracketed_links(inside);
        }
        let (label, after) = numeric_label(rest)?;
        if let Some(inside) = after.strip_prefix('(') {
            let end = closing(inside, '(', ')')?;
            let address = inside[..end].split(' ').next().unwrap_or_default();
            if address.starts_with('#') {
                // It leads to an entry of the list of references.
                return Some((format!("[{label}]"), &inside[end + 1..]));
            }
            if !is_web(address) {
                return None;
            }
            let text = inside[..end]
                .split_once(' ')
                .map_or("", |parts| parts.1.trim_matches(['"', '\'', ' ']));
            let number = self.address(Some(label), address, text);
            return Some((format!("[{number}]"), &inside[end + 1..]));
        }
        if let Some((key, after)) = after
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
        {
            let key = if key.is_empty() {
                label.to_string()
            } else {
                key.to_lowercase()
            };
            let (address, text) = self.addresses.get(&key)?.clone();
            let number = self.address(Some(label), &address, &text);
            return Some((format!("[{number}]"), after));
        }
        let (address, text) = self.addresses.get(&label.to_string())?.clone();
        let number = self.address(Some(label), &address, &text);
        Some((format!("[{number}]"), after))
    }

    /// `([source](address), [other](address))`: brackets that contain only links.
    fn bracketed_links<'a>(&mut self, inside: &'a str) -> Option<(String, &'a str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        let mut rest = inside;
        loop {
            rest = rest.trim_start_matches([' ', ',', ';']);
            if let Some(after) = rest.strip_prefix(')') {
                if found.is_empty() {
                    return None;
                }
                let numbers: Vec<String> = found
                    .into_iter()
                    .map(|(text, address)| format!("[{}]", self.address(None, address, text)))
                    .collect();
                return Some((numbers.concat(), after));
            }
            let (text, address, after) = link(rest)?;
            if !is_web(address) {
                return None;
            }
            found.push((text, address));
            rest = after;
        }
    }

    /// A line whose links cite their targets: the marker follows the link's words.
    pub(super) fn cite_links(&mut self, line: &str) -> String {
        let mut out = String::new();
        let mut rest = line;
        while let Some(character) = rest.chars().next() {
            let image = out.ends_with('!');
            if let Some((text, address, after)) = link(rest).filter(|link| is_web(link.1) && !image)
            {
                out.push_str(text);
                let number = self.address(None, address, text);
                // Writing to a String cannot fail.
                let _ = write!(out, "[{number}]");
                rest = after;
            } else {
                out.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
        out
    }

    /// The number of a footnote: the one that the author gave, where all have one; else its place in the text.
    fn footnote_number(&mut self, label: &str) -> u32 {
        let given = self
            .footnotes
            .iter()
            .all(|footnote| footnote.0.parse::<u32>().is_ok());
        let wanted = label.parse().ok().filter(|_| given);
        self.number(wanted, Key::Footnote(label.to_owned()))
    }

    fn address(&mut self, wanted: Option<u32>, address: &str, text: &str) -> u32 {
        let known = self.numbered.iter().find(
            |pair| matches!(&pair.1, Key::Address { address: known, .. } if known == address),
        );
        if let Some((number, _)) = known {
            return *number;
        }
        let key = Key::Address {
            address: address.to_owned(),
            text: text.to_owned(),
        };
        self.number(wanted, key)
    }

    fn number(&mut self, wanted: Option<u32>, key: Key) -> u32 {
        if let Some((number, _)) = self.numbered.iter().find(|pair| pair.1 == key) {
            return *number;
        }
        let taken = |number: u32| self.numbered.iter().any(|pair| pair.0 == number);
        let next = self.numbered.iter().map(|pair| pair.0).max().unwrap_or(0) + 1;
        let number = wanted.filter(|wanted| !taken(*wanted)).unwrap_or(next);
        self.numbered.push((number, key));
        number
    }

    /// The entries by number, those that no marker cites last.
    pub(super) fn entries(&mut self) -> Vec<(u32, String)> {
        let labels: Vec<String> = self
            .footnotes
            .iter()
            .map(|footnote| footnote.0.clone())
            .collect();
        for label in labels {
            self.footnote_number(&label);
        }
        let mut entries: Vec<(u32, String)> = self
            .numbered
            .iter()
            .filter_map(|(number, key)| {
                let text = match key {
                    Key::Footnote(label) => self
                        .footnotes
                        .iter()
                        .find(|footnote| footnote.0 == *label)?
                        .1
                        .clone(),
                    Key::Text(text) => text.clone(),
                    Key::Address { address, text } if text.contains(['.', '“', '"']) => {
                        format!("{text} {address}")
                    }
                    Key::Address { address, text } if is_pointer(text) => address.clone(),
                    Key::Address { address, text } => format!("“{text}.” {address}"),
                };
                Some((*number, text))
            })
            .collect();
        entries.sort();
        entries
    }
}

/// Words that do not describe the linked page.
fn is_pointer(text: &str) -> bool {
    text.is_empty()
        || matches!(
            text.to_lowercase().as_str(),
            "source" | "link" | "here" | "ref" | "reference" | "cite" | "citation"
        )
}

fn is_web(address: &str) -> bool {
    address.starts_with("http://") || address.starts_with("https://")
}

/// `[^label]: text`.
fn footnote(line: &str) -> Option<(&str, &str)> {
    line.trim_start()
        .strip_prefix("[^")
        .and_then(|rest| rest.split_once("]:"))
        .filter(|pair| !pair.0.contains([' ', ']']))
}

/// `[label]: address "text"`.
fn address_of(line: &str) -> Option<(String, String, String)> {
    let (label, rest) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    let rest = rest.trim();
    let (address, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let address = address.trim_matches(['<', '>']);
    let text = text.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .or_else(|| {
            text.strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'))
        })
        .or_else(|| {
            text.strip_prefix('\'')
                .and_then(|rest| rest.strip_suffix('\''))
        })
        .unwrap_or(text);
    (is_web(address) && !label.contains(']'))
        .then(|| (label.to_lowercase(), address.to_owned(), text.to_owned()))
}

/// `[1]`, `[[1]]`, `[\[1\]]`: the number, and what follows.
fn numeric_label(rest: &str) -> Option<(u32, &str)> {
    let forms = [("[[", "]]"), ("[\\[", "\\]]"), ("[", "]")];
    forms.iter().find_map(|(open, close)| {
        let (inside, after) = rest.strip_prefix(open)?.split_once(close)?;
        let number: u32 = inside.parse().ok().filter(|_| inside.len() <= 3)?;
        (number > 0).then_some((number, after))
    })
}

/// A line without the marks of raised text; bare numbers in them become `[1]`.
fn without_sup(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("<sup>") {
        out.push_str(before);
        let (inside, after) = after.split_once("</sup>").unwrap_or((after, ""));
        let plain = inside.trim();
        let digits = !plain.is_empty()
            && plain.chars().all(|character| {
                character.is_ascii_digit() || matches!(character, ',' | ' ' | '-' | '–')
            });
        if digits && !before.ends_with(" m") && !before.ends_with(" km") {
            out.push('[');
            out.push_str(plain);
            out.push(']');
        } else {
            out.push_str(inside);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The byte of the mark that closes what is open at the beginning.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 1;
    text.char_indices().find_map(|(at, character)| {
        if character == open {
            depth += 1;
        } else if character == close {
            depth -= 1;
        }
        (depth == 0).then_some(at)
    })
}

/// `[text](address "title")` at the beginning of `rest`: text, address, what follows.
pub(super) fn link(rest: &str) -> Option<(&str, &str, &str)> {
    let (text, after) = rest.strip_prefix('[')?.split_once("](")?;
    if text.contains('[') {
        return None;
    }
    let end = closing(after, '(', ')')?;
    let address = after[..end].split(' ').next().unwrap_or_default();
    Some((text, address.trim_matches(['<', '>']), &after[end + 1..]))
}
