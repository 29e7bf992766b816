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
    let number = |text: &str| {
        let digits: String = text
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == '.')
            .collect();
        digits.parse::<f64>().unwrap_or_default()
    };
    // Beside the end there can be others, such as `data-from-value`, in any order; a script counts up to the largest.
    let (_, end) = tree
        .attributes(node)
        .map(|(name, value)| (name, value.trim()))
        .filter(|(name, value)| value.len() <= LONGEST && is_number(value) && ends(name))
        .max_by(|one, other| f64::total_cmp(&number(one.1), &number(other.1)))?;
    // An element without text that has such a number is a counter only if its class says so.
    let is_counter = !shown.is_empty()
        || tree
            .classes(node)
            .any(|class| class.contains("count") || class.contains("odometer"));
    (is_counter && number(end) > number(shown)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::{Syntax, parse};

    #[test]
    fn a_counter_ends_at_the_largest_of_its_numbers_whatever_their_order() {
        for attributes in [
            r#"data-duration="2000" data-to-value="134" data-from-value="0""#,
            r#"data-from-value="0" data-to-value="134""#,
            r#"data-end-value="134" data-start-value="7""#,
        ] {
            let page = parse(&format!("<p><span {attributes}>0</span>"), Syntax::Html);
            let tree = Tree::of(&page);
            let ends = (1..tree.nodes.len()).filter_map(|node| counted_up(&tree, node, "0"));
            assert_eq!(ends.collect::<Vec<_>>(), ["134"], "{attributes}");
        }
    }
}
