//! How much there is on a page to read and to do, for a browser with scripts; a page with little of both is a stand-in for another.

use html5ever::local_name;

use super::{
    elements::heading_level,
    tree::{Kind, Tree},
};

/// How much there is on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The number of letters and digits in its text.
    pub letters: usize,
    /// The number of form fields: text, choices, files.
    pub fields: usize,
    /// The number of headings.
    pub headings: usize,
    /// The number of items of lists and rows of tables.
    pub items: usize,
}

impl Outline {
    /// Counts what is on a page.
    #[must_use]
    pub fn of(tree: &Tree<'_>) -> Self {
        let mut outline = Self::default();
        let mut node = 1;
        while node < tree.nodes.len() {
            let is_unseen = match tree.nodes[node].kind {
                Kind::Text(text) => {
                    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
                    outline.letters += letters.count();
                    false
                }
                _ => outline.count(tree, node),
            };
            node = if is_unseen {
                tree.nodes[node].end
            } else {
                node + 1
            };
        }
        outline
    }

    /// Counts an element; returns whether its content is left out.
    fn count(&mut self, tree: &Tree<'_>, node: usize) -> bool {
        let name = tree.name(node);
        match *name {
            local_name!("noscript")
            | local_name!("script")
            | local_name!("style")
            | local_name!("svg")
            | local_name!("title") => return true,
            local_name!("li") | local_name!("tr") => self.items += 1,
            local_name!("select") | local_name!("textarea") => self.fields += 1,
            local_name!("input") => {
                let kind = tree.attr(node, &local_name!("type")).unwrap_or("text");
                let is_field = !matches!(
                    kind.to_ascii_lowercase().as_str(),
                    "hidden" | "submit" | "button" | "checkbox" | "image" | "reset"
                );
                self.fields += usize::from(is_field);
            }
            _ => self.headings += usize::from(heading_level(name).is_some()),
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::{Syntax, parse};

    #[test]
    fn what_a_reader_sees_is_counted() {
        let page = "<title>T</title><style>p{}</style><h2>One</h2><p>two<script>if(1<2)x</script><!-- <p>no -->\
                    <noscript>three<input></noscript> 4 < 5</p><svg><text>six</text></svg><ul><li></ul>\
                    <table><tr><td></table><input type=text><input type=HIDDEN><textarea></textarea>";
        let counted = Outline {
            letters: 8,
            fields: 2,
            headings: 1,
            items: 2,
        };
        let page = parse(page, Syntax::Html);
        assert_eq!(Outline::of(&Tree::of(&page)), counted);
    }
}
