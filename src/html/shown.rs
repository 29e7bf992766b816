//! What markup says about a text beyond showing it: that it is struck out, or the number at which a counter ends.

use html5ever::local_name;

use super::tree::Tree;

/// Whether an element strikes its text out.
#[must_use]
pub fn strikes(tree: &Tree<'_>, node: usize) -> bool {
    matches!(
        *tree.name(node),
        local_name!("s") | local_name!("strike") | local_name!("del")
    ) || tree
        .attr(node, &local_name!("style"))
        .is_some_and(|attr| attr.contains("line-through"))
}

/// Whether an attribute with this name gives the number at which a counter ends: `data-to-value`, `data-count`.
fn ends(name: &str) -> bool {
    const ENDS: [&str; 9] = [
        "to", "countto", "end", "target", "stop", "number", "final", "counter", "num",
    ];
    name.strip_prefix("data-").is_some_and(|rest| {
        let plain: String = rest.chars().filter(char::is_ascii_alphanumeric).collect();
        ENDS.contains(&plain.as_str()) || plain.ends_with("count") || plain.ends_with("value")
    })
}

/// The number up to which a script counts from the `text` of an element, from an attribute: `data-to-value="134"`.
#[must_use]
pub fn counted_up<'a>(tree: &Tree<'a>, node: usize, text: &str) -> Option<&'a str> {
    const LONGEST: usize = 12;
    let shown = text.trim();
    let is_number = |text: &str| {
        text.bytes().any(|byte| byte.is_ascii_digit())
            && text.bytes().all(|byte| {
                byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b' ' | b'%' | b'+')
            })
    };
    if shown.len() > LONGEST || !shown.is_empty() && !is_number(shown) || !tree.is_element(node) {
        return None;
    }
    let value = |text: &str| {
        let digits: String = text
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == '.')
            .collect();
        digits.parse::<f64>().unwrap_or_default()
    };
    let (_, end) = tree
        .attributes(node)
        .map(|(name, value)| (name, value.trim()))
        .find(|(name, value)| value.len() <= LONGEST && is_number(value) && ends(name))?;
    // An element without text that has such a number is a counter only if its class says so.
    let is_counter = !shown.is_empty()
        || tree
            .classes(node)
            .any(|class| class.contains("count") || class.contains("odometer"));
    (is_counter && value(end) > value(shown)).then_some(end)
}
