//! CSS selectors for single elements: short, and true on the page they were made for.

use html5ever::local_name;

use super::tree::Tree;

/// A selector that leads to `node` alone: from the nearest element with a plain id, by place among its siblings.
pub(super) fn selector(tree: &Tree, node: usize) -> String {
    let mut steps = Vec::new();
    let mut at = node;
    if !tree.is_element(at) {
        at = tree.nodes[at].parent;
    }
    while at != 0 {
        let name = tree.name(at);
        if let Some(id) = tree.attr(at, &local_name!("id"))
            && is_plain(id)
        {
            steps.push(format!("#{id}"));
            break;
        }
        if matches!(*name, local_name!("html") | local_name!("body")) {
            steps.push(name.to_string());
            break;
        }
        let parent = tree.nodes[at].parent;
        let place = tree.elements(parent).take_while(|&it| it != at).count() + 1;
        steps.push(format!("{}:nth-child({place})", escaped(name)));
        at = parent;
    }
    steps.reverse();
    steps.join(" > ")
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
