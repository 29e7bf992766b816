//! How markers differ from other links, and notes from other text.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use scraper::ElementRef;

use super::entry;
use crate::text::one_line;

/// The text of a marker without its brackets: a number, a letter, `note 1`, a sign.
pub(super) fn label(element: ElementRef<'_>) -> Option<String> {
    let text: String = element.text().collect();
    let plain = one_line(text.trim_matches(|character: char| {
        character.is_whitespace()
            || matches!(character, '[' | ']' | '(' | ')' | '.' | ',' | '\u{a0}')
    }));
    if is_of_author_and_year(element) {
        return (!plain.is_empty()).then_some(plain);
    }
    let short = plain.chars().count() <= 8 && plain.split(' ').count() <= 2;
    let empty_sign = plain.is_empty() && has_class(element, &["sidenote-number", "margin-toggle"]);
    (short && (!plain.is_empty() || empty_sign)).then_some(plain)
}

/// Whether a link leads to an entry of the bibliography, as its role says (DPUB-ARIA): `Moss 2023` is a marker, too.
fn is_of_author_and_year(element: ElementRef<'_>) -> bool {
    element.value().name() == "a" && element.attr("role") == Some("doc-biblioref")
}

/// The number that a label gives.
pub(super) fn number_of(label: &str) -> Option<u32> {
    (label.len() <= 3)
        .then(|| label.parse().ok())
        .flatten()
        .filter(|value| *value > 0)
}

/// Whether an element is marked up as a marker, so that a letter in it is one.
pub(super) fn is_marker_like(element: ElementRef<'_>) -> bool {
    let shown: String = element.text().collect();
    let role = element
        .attr("role")
        .is_some_and(|attr| attr == "doc-noteref");
    let sup = in_sup(element)
        || element
            .descendants()
            .filter_map(ElementRef::wrap)
            .any(|wrap| wrap.value().name() == "sup");
    role || sup
        || is_of_author_and_year(element)
        || shown.trim().starts_with('[')
        || has_class(
            element,
            &[
                "footnote",
                "noteref",
                "note-ref",
                "reference",
                "sidenote-number",
                "margin-toggle",
                "fn",
            ],
        )
}

/// Whether a class of the element has one of the words in it.
pub(super) fn has_class(element: ElementRef<'_>, words: &[&str]) -> bool {
    let class = element
        .attr("class")
        .unwrap_or_default()
        .to_ascii_lowercase();
    words.iter().any(|word| class.contains(word))
}

/// A raised number within a text, which is a marker even if its role is that of a link back, as Org writes it.
fn is_raised_number(element: ElementRef<'_>) -> bool {
    let numbered = label(element).is_some_and(|label| number_of(&label).is_some());
    let holder = element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|wrap| matches!(wrap.value().name(), "p" | "li" | "div" | "td" | "aside"));
    numbered && in_sup(element) && holder.is_some_and(|holder| !begins_with(holder, element))
}

/// Whether a link leads from a note back to the text.
pub(super) fn is_back_link(element: ElementRef<'_>) -> bool {
    has_class(
        element,
        &["backlink", "backref", "back-link", "reversefootnote"],
    ) || (element
        .attr("role")
        .is_some_and(|attr| attr == "doc-backlink")
        && !is_raised_number(element))
        || element
            .attr("rel")
            .is_some_and(|attr| attr.contains("referencedBy"))
        || element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .take(2)
            .any(|wrap| has_class(wrap, &["backlink"]))
}

/// The note directly after its marker, inside the paragraph.
pub(super) fn beside(marker: ElementRef<'_>) -> Option<ElementRef<'_>> {
    const WORDS: [&str; 6] = [
        "note",
        "tooltip",
        "footnote",
        "citation-text",
        "margin",
        "popup",
    ];
    if marker.value().name() == "a"
        && marker
            .attr("href")
            .is_some_and(|attr| attr.starts_with("http"))
    {
        return None;
    }
    let raised = marker
        .descendants()
        .filter_map(ElementRef::wrap)
        .any(|wrap| wrap.value().name() == "sup");
    let classed = has_class(marker, &["note", "fn", "ref", "margin-toggle"]) || raised;
    if !classed {
        return None;
    }
    marker
        .next_siblings()
        .take_while(|sibling| {
            sibling
                .value()
                .as_text()
                .is_none_or(|text| text.trim().is_empty())
        })
        .filter_map(ElementRef::wrap)
        .find(|wrap| wrap.value().name() != "input")
        .filter(|wrap| {
            matches!(
                wrap.value().name(),
                "span" | "small" | "div" | "aside" | "cite"
            ) && (has_class(*wrap, &WORDS)
                || wrap
                    .attr("role")
                    .is_some_and(|attr| matches!(attr, "tooltip" | "note")))
                && long(*wrap)
        })
}

/// Whether an address leads to a page of the web.
pub(super) fn is_web(href: &str) -> bool {
    href.starts_with("http://") || href.starts_with("https://") || href.starts_with("//")
}

/// Whether an element is raised, as the markers of notes are.
pub(super) fn in_sup(element: ElementRef<'_>) -> bool {
    inside_or_same(element, "sup")
}

/// Whether an element, or one of the three around it, has a name.
pub(super) fn inside_or_same(element: ElementRef<'_>, name: &str) -> bool {
    element.value().name() == name
        || element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .take(3)
            .any(|wrap| wrap.value().name() == name)
}

/// The element of that name that an element is, or is inside of.
pub(super) fn ancestor<'a>(element: ElementRef<'a>, name: &str) -> Option<ElementRef<'a>> {
    if element.value().name() == name {
        return Some(element);
    }
    element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|wrap| wrap.value().name() == name)
}

/// Whether an element has more text than a label.
pub(super) fn long(element: ElementRef<'_>) -> bool {
    let letters = element
        .text()
        .flat_map(str::chars)
        .filter(|char| char.is_alphanumeric())
        .take(8)
        .count();
    letters >= 8 || !entry::links(element).is_empty()
}

/// Whether a holder begins with an element: only labels and arrows may come before it.
pub(super) fn begins_with(holder: ElementRef<'_>, element: ElementRef<'_>) -> bool {
    if holder.id() == element.id() {
        return true;
    }
    let mut letters = 0;
    for node in holder.descendants() {
        if node.id() == element.id() {
            return true;
        }
        if let Some(text) = node.value().as_text() {
            letters += text
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .count();
        }
        if letters > 6 {
            return false;
        }
    }
    false
}

/// The text of an address, as a person reads it.
pub(super) fn percent_decoded(text: &str) -> String {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map_or_else(|_| text.to_owned(), Cow::into_owned)
}

/// A digit as it is raised.
pub(super) fn superscript(character: char) -> char {
    character
        .to_digit(10)
        .and_then(|it| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(it as usize))
        .unwrap_or(character)
}
