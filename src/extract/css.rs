//! CSS selectors for single elements: short, and true on the page they were made for.

use html5ever::local_name;

use super::{maps::Map, tree::Tree};

/// The selectors of parents made so far; siblings share them.
#[derive(Default)]
pub(super) struct Selectors {
    parents: Map<usize, String>,
}

impl Selectors {
    /// A selector that leads to `node` alone: from the nearest element with a plain id, by place among its siblings.
    pub(super) fn selector(&mut self, tree: &Tree, node: usize) -> String {
        let node = if tree.is_element(node) {
            node
        } else {
            tree.nodes[node].parent
        };
        let mut out = String::with_capacity(128);
        if !absolute(tree, node, &mut out) {
            self.parent(tree, tree.nodes[node].parent, &mut out);
            step(tree, node, &mut out);
        }
        out
    }

    /// Writes the selector of a parent, made from that of its own parent where that is known.
    fn parent(&mut self, tree: &Tree, node: usize, out: &mut String) {
        if let Some(it) = self.parents.get(&node) {
            out.push_str(it);
            return;
        }
        let mut steps = Vec::new();
        let mut at = node;
        while !absolute(tree, at, out) {
            if let Some(it) = self.parents.get(&at) {
                out.push_str(it);
                break;
            }
            steps.push(at);
            at = tree.nodes[at].parent;
        }
        for (left, &it) in steps.iter().enumerate().rev() {
            step(tree, it, out);
            // Of the records of a list the parent is one, and of it the parent is the list.
            if left <= 1 {
                self.parents.insert(it, out.clone());
            }
        }
    }
}

/// See [`Selectors::selector`].
pub(super) fn selector(tree: &Tree, node: usize) -> String {
    Selectors::default().selector(tree, node)
}

/// Writes the selector of an element that needs no parents to be told.
fn absolute(tree: &Tree, node: usize, out: &mut String) -> bool {
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

/// Writes an element's name and its place, behind its parent.
fn step(tree: &Tree, node: usize, out: &mut String) {
    out.push_str(" > ");
    let name = tree.name(node);
    if name.bytes().all(|it| it.is_ascii_alphanumeric()) {
        out.push_str(name);
    } else {
        out.push_str(&escaped(name));
    }
    out.push_str(":nth-child(");
    number(tree.nodes[node].place, out);
    out.push(')');
}

fn number(it: usize, out: &mut String) {
    if it >= 10 {
        number(it / 10, out);
    }
    out.push(char::from(b"0123456789"[it % 10]));
}

/// Whether an id can stand in a selector as it is.
fn is_plain(id: &str) -> bool {
    id.starts_with(|it: char| it.is_ascii_alphabetic())
        && id
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
}

/// An element's name as a selector spells it.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for it in name.chars() {
        if !(it.is_ascii_alphanumeric() || it == '-' || it == '_' || !it.is_ascii()) {
            text.push('\\');
        }
        text.push(it);
    }
    text
}
