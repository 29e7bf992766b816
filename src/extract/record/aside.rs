//! Text in an element of its own beside a name: the letter in a circle before it, the office after it.

use std::ops::Range;

use html5ever::local_name;

use crate::{
    extract::{judge::name_signs::LIKELY, names::Sort, page_index::PageIndex},
    html::Kind,
    language::{Lexicon, mark},
};

/// The text before a comma or a dash and an element that extends to the end, and that element:
/// `Jane Roe, <em>Professor, Lower Merrow</em>`.
pub(in crate::extract) fn before_aside(
    index: &PageIndex<'_>,
    node: usize,
    span: &Range<usize>,
) -> Option<(Range<usize>, usize)> {
    if *index.tree.name(node) != local_name!("li") && *index.tree.name(node) != local_name!("p") {
        return None;
    }
    let aside = index.tree.elements(node).last().filter(|node| {
        matches!(
            *index.tree.name(*node),
            local_name!("em") | local_name!("i") | local_name!("small")
        ) && index.flow.spans[*node].end == span.end
    })?;
    let head = span.start..index.flow.spans[aside].start;
    let text = index.text(&head);
    let parted = [", ", " - ", " – ", " — "]
        .iter()
        .any(|it| text.ends_with(it));
    parted.then_some((head, aside))
}

/// The text with which an element begins, if the rest of it is one element that says something of it: set small, called a role by its
/// class, a role by its words, or the same in another script: `<h3>Jane Roe <small>Treasurer</small></h3>`, `孫 鶴鳴<span>Heming Sun</span>`.
pub(in crate::extract) fn before_small(
    index: &PageIndex<'_>,
    node: usize,
    span: &Range<usize>,
) -> Option<Range<usize>> {
    let tree = index.tree;
    let first = tree.nodes.get(node + 1)?;
    if !matches!(first.kind, Kind::Text(_)) || index.flow.spans[node + 1].start != span.start {
        return None;
    }
    let mut inner = tree.elements(node);
    let (aside, more) = (inner.next()?, inner.next());
    let beside = &index.flow.spans[aside];
    let head = index.flow.spans[node + 1].clone();
    if more.is_some() || head.is_empty() || beside.is_empty() || beside.end != span.end {
        return None;
    }
    let (one, other) = (index.text(&head), index.text(beside));
    let own = index.trimmed(&head);
    let said = *tree.name(aside) == local_name!("small")
        || index.class(aside).is_said
        || index.signs(&index.trimmed(beside)).sort == Sort::Role
        || is_joined_script(one) && other.starts_with(|it: char| it.is_ascii_uppercase());
    let a_name = index.signs(&own).likeness >= LIKELY || is_joined_script(one);
    (said && !own.is_empty() && a_name && !one.contains('\n')).then_some(head)
}

/// Whether a text ends in a script that is written without spaces between words.
pub(in crate::extract) fn is_joined_script(text: &str) -> bool {
    text.trim_end()
        .ends_with(|it: char| matches!(it, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'))
}

/// Whether a line continues in running text after the link, or the highlighted word, with which it begins: that is the name, not the line.
/// `<a>Harbour Bank</a> di Merrow (LM)`, but not `<a>Friends</a> of the Harbour`.
pub(in crate::extract) fn goes_on_behind_link(
    index: &PageIndex<'_>,
    node: usize,
    span: &Range<usize>,
) -> bool {
    let name = index.tree.name(node);
    if *name != local_name!("li") && *name != local_name!("p") && *name != local_name!("td") {
        return false;
    }
    // Most lines begin with text.
    let text =
        matches!(index.tree.nodes.get(node + 1), Some(it) if matches!(it.kind, Kind::Text(_)));
    if text
        && index.flow.spans[node + 1].start == span.start
        && !index.flow.spans[node + 1].is_empty()
    {
        return false;
    }
    let Some(link) = index.tree.elements(node).next() else {
        return false;
    };
    let own = &index.flow.spans[link];
    let leads = matches!(
        *index.tree.name(link),
        local_name!("a") | local_name!("em") | local_name!("strong") | local_name!("b")
    );
    if !leads || own.start != span.start || own.is_empty() {
        return false;
    }
    let behind = index.text(&(own.end..span.end));
    let runs_on = behind.strip_prefix(' ').is_some_and(|rest| {
        rest.starts_with(char::is_lowercase) && rest.split(' ').nth(1).is_some()
    });
    if !runs_on {
        return false;
    }
    let named = index.trimmed(own);
    let small = || {
        let first = behind.trim_start().split(' ').next().unwrap_or_default();
        Lexicon::word(first) & mark::SMALL != 0
    };
    index.signs(&named).likeness >= LIKELY && (index.text(&named).contains(' ') || !small())
}

/// Whether an element is, or is inside, one of several list items: what commas separate there belongs to that item.
pub(in crate::extract) fn in_item(index: &PageIndex<'_>, node: usize) -> bool {
    let tree = index.tree;
    std::iter::once(node)
        .chain(tree.ancestors(node).take(2))
        .find(|it| *tree.name(*it) == local_name!("li"))
        .is_some_and(|it| tree.elements(tree.nodes[it].parent).nth(1).is_some())
}
