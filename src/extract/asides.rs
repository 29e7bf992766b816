//! What stands in an element of its own beside a name: the letter in a circle before it, the office behind it.

use std::ops::Range;

use html5ever::local_name;

use super::{draft::Sight, tree::Kind};
use crate::language::{Lexicon, mark};

/// What stands before a comma and an element that goes on to the end, and that element:
/// `Jane Roe, <em>Professor, Lower Merrow</em>`.
pub(super) fn before_aside(
    sight: &Sight<'_>,
    node: usize,
    span: &Range<usize>,
) -> Option<(Range<usize>, usize)> {
    if *sight.tree.name(node) != local_name!("li") && *sight.tree.name(node) != local_name!("p") {
        return None;
    }
    let aside = sight.tree.elements(node).last().filter(|it| {
        matches!(
            *sight.tree.name(*it),
            local_name!("em") | local_name!("i") | local_name!("small")
        ) && sight.flow.spans[*it].end == span.end
    })?;
    let head = span.start..sight.flow.spans[aside].start;
    sight.text(&head).ends_with(", ").then_some((head, aside))
}

/// Whether a line goes on in running text behind the link, or the word set apart, that it begins with: that is the name, not the line.
/// `<a>Harbour Bank</a> di Merrow (LM)`, but not `<a>Friends</a> of the Harbour`.
pub(super) fn goes_on_behind_link(sight: &Sight<'_>, node: usize, span: &Range<usize>) -> bool {
    let name = sight.tree.name(node);
    if *name != local_name!("li") && *name != local_name!("p") && *name != local_name!("td") {
        return false;
    }
    // Most lines begin with text.
    let text =
        matches!(sight.tree.nodes.get(node + 1), Some(it) if matches!(it.kind, Kind::Text(_)));
    if text
        && sight.flow.spans[node + 1].start == span.start
        && !sight.flow.spans[node + 1].is_empty()
    {
        return false;
    }
    let Some(link) = sight.tree.elements(node).next() else {
        return false;
    };
    let own = &sight.flow.spans[link];
    let leads = matches!(
        *sight.tree.name(link),
        local_name!("a") | local_name!("em") | local_name!("strong") | local_name!("b")
    );
    if !leads || own.start != span.start || own.is_empty() {
        return false;
    }
    let behind = sight.text(&(own.end..span.end));
    let runs_on = behind
        .strip_prefix(' ')
        .is_some_and(|it| it.starts_with(char::is_lowercase) && it.split(' ').nth(1).is_some());
    if !runs_on {
        return false;
    }
    let named = sight.trimmed(own);
    let small = || {
        let first = behind.trim_start().split(' ').next().unwrap_or_default();
        Lexicon::word(first) & mark::SMALL != 0
    };
    sight.look(&named).likeness >= 0.5 && (sight.text(&named).contains(' ') || !small())
}

/// Whether an element shows the first letter of a name in a circle, and the name in the next element.
pub(super) fn is_badged(sight: &Sight<'_>, node: usize, text: &str) -> bool {
    if let [first, second, ..] = text.as_bytes()
        && first.is_ascii()
        && !first.eq_ignore_ascii_case(second)
    {
        return false;
    }
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let (first, second) = (letters.next(), letters.next());
    if first.is_none() || first != second {
        return false;
    }
    let mut inner = sight
        .tree
        .elements(node)
        .filter(|it| !sight.flow.spans[*it].is_empty());
    let (Some(badge), Some(name)) = (inner.next(), inner.next()) else {
        return false;
    };
    let (badge, name) = (&sight.flow.spans[badge], &sight.flow.spans[name]);
    badge.start == sight.flow.spans[node].start
        && sight.text(badge).chars().count() == 1
        && badge.end == name.start
}

/// Whether an element is, or stands in, one of several list items: what commas part there belongs to that item.
pub(super) fn in_item(sight: &Sight<'_>, node: usize) -> bool {
    let tree = sight.tree;
    std::iter::once(node)
        .chain(tree.ancestors(node).take(2))
        .find(|it| *tree.name(*it) == local_name!("li"))
        .is_some_and(|it| tree.elements(tree.nodes[it].parent).nth(1).is_some())
}
