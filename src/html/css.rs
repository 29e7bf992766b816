//! CSS selectors for single elements: short, and valid for the page they were made from.

use std::ops::Range;

use html5ever::local_name;

use super::tree::Tree;

/// The selectors of parents made so far, all in one text; siblings share them.
#[derive(Debug, Default)]
pub struct Selectors {
    text: String,
    /// For each node, the place of its selector in the text.
    parents: Vec<(u32, u32)>,
}

impl Selectors {
    /// A selector that matches only `node`: from the nearest element with a plain id, by place among its siblings.
    pub fn selector(&mut self, tree: &Tree<'_>, node: usize) -> String {
        let node = if tree.is_element(node) {
            node
        } else {
            tree.nodes[node].parent
        };
        let mut out = String::new();
        if !absolute(tree, node, &mut out) {
            let range = self.parent(tree, tree.nodes[node].parent);
            let parent = &self.text[range];
            out.reserve_exact(parent.len() + 32);
            out.push_str(parent);
            step(tree, node, &mut out);
        }
        out
    }

    /// The place of the selector of a parent, made from that of its own parent.
    fn parent(&mut self, tree: &Tree<'_>, node: usize) -> Range<usize> {
        if self.parents.is_empty() {
            self.parents.resize(tree.nodes.len(), (0, 0));
        }
        let mut steps = Vec::new();
        let mut at = node;
        let known = loop {
            let (start, end) = self.parents[at];
            if end > 0 {
                break start as usize..end as usize;
            }
            let start = self.text.len();
            if absolute(tree, at, &mut self.text) {
                break self.keep(at, start);
            }
            steps.push(at);
            at = tree.nodes[at].parent;
        };
        if steps.is_empty() {
            return known;
        }
        // Each selector is the beginning of the next, so that a chain of parents is written once.
        let start = self.text.len();
        self.text.extend_from_within(known);
        for it in steps.into_iter().rev() {
            step(tree, it, &mut self.text);
            self.keep(it, start);
        }
        start..self.text.len()
    }

    /// Stores what was written from `start` on as the selector of a node.
    fn keep(&mut self, node: usize, start: usize) -> Range<usize> {
        let end = self.text.len();
        if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) {
            self.parents[node] = (start, end);
        }
        start..end
    }
}

/// A selector that matches only `node`; see [`Selectors::selector`].
#[must_use]
pub fn selector(tree: &Tree<'_>, node: usize) -> String {
    Selectors::default().selector(tree, node)
}

/// Writes the selector of an element that can be identified without its parents; returns whether it did.
fn absolute(tree: &Tree<'_>, node: usize, out: &mut String) -> bool {
    if node == 0 {
        out.push_str(":root");
        return true;
    }
    if let Some(id) = tree.attr(node, &local_name!("id"))
        && is_plain(id)
    {
        out.push('#');
        out.push_str(id);
        return true;
    }
    match *tree.name(node) {
        local_name!("html") => out.push_str(":root"),
        local_name!("body") => out.push_str("body"),
        _ => return false,
    }
    true
}

/// Writes an element's name and its place, after its parent.
fn step(tree: &Tree<'_>, node: usize, out: &mut String) {
    out.push_str(" > ");
    let name = tree.name(node);
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        out.push_str(name);
    } else {
        out.push_str(&escaped(name));
    }
    out.push_str(":nth-child(");
    number(tree.nodes[node].place, out);
    out.push(')');
}

fn number(at: usize, out: &mut String) {
    if at >= 10 {
        number(at / 10, out);
    }
    out.push(char::from(b"0123456789"[at % 10]));
}

/// Whether an id can be part of a selector without escapes.
fn is_plain(id: &str) -> bool {
    id.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// An element's name as a selector spells it.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for letter in name.chars() {
        if !(letter.is_ascii_alphanumeric() || letter == '-' || letter == '_' || !letter.is_ascii())
        {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}
