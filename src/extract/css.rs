//! CSS selectors for single elements: short, and true on the page they were made for.

use std::collections::HashMap;

use html5ever::local_name;

use super::tree::Tree;

/// The selectors of parents made so far; siblings share them.
#[derive(Default)]
pub(super) struct Selectors {
    parents: HashMap<usize, String>,
}

impl Selectors {
    /// A selector that leads to `node` alone: from the nearest element with a plain id, by place among its siblings.
    pub(super) fn selector(&mut self, tree: &Tree, node: usize) -> String {
        let node = if tree.is_element(node) {
            node
        } else {
            tree.nodes[node].parent
        };
        if let Some(whole) = absolute(tree, node) {
            return whole;
        }
        let parent = tree.nodes[node].parent;
        let parent = self
            .parents
            .entry(parent)
            .or_insert_with(|| selector(tree, parent));
        format!("{parent} > {}", step(tree, node))
    }
}

/// See [`Selectors::selector`].
pub(super) fn selector(tree: &Tree, node: usize) -> String {
    let mut steps = Vec::new();
    let mut at = node;
    loop {
        if let Some(whole) = absolute(tree, at) {
            steps.push(whole);
            break;
        }
        steps.push(step(tree, at));
        at = tree.nodes[at].parent;
    }
    steps.reverse();
    steps.join(" > ")
}

/// The selector of an element that needs no parents to be told.
fn absolute(tree: &Tree, node: usize) -> Option<String> {
    if node == 0 {
        return Some(":root".to_owned());
    }
    if let Some(id) = tree.attr(node, &local_name!("id"))
        && is_plain(id)
    {
        return Some(format!("#{id}"));
    }
    match *tree.name(node) {
        local_name!("html") => Some(":root".to_owned()),
        local_name!("body") => Some("body".to_owned()),
        _ => None,
    }
}

/// An element by its name and its place.
fn step(tree: &Tree, node: usize) -> String {
    format!(
        "{}:nth-child({})",
        escaped(tree.name(node)),
        tree.nodes[node].place
    )
}

/// Whether an id can stand in a selector as it is.
fn is_plain(id: &str) -> bool {
    id.starts_with(|it: char| it.is_ascii_alphabetic())
        && id
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
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
