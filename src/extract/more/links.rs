//! Links to the other pages of a list whatever they say, and the letters of an index.

use std::collections::BTreeSet;

use html5ever::local_name;

use super::{is_there, more};
use crate::{
    html::{Flow, Tree},
    reading::{More, MoreKind, PAGE_WORDS, can_be_further},
    uri::TargetUri,
};

/// Names of parameters that number pages, or the names on them, and that precede a number only there.
const PARAMETERS: [&str; 8] = [
    "pagenum",
    "pageno",
    "pagenumber",
    "pageindex",
    "start",
    "startat",
    "offset",
    "skip",
];

/// How many letters make an index.
const LETTERS: usize = 5;

/// Whether an address is that of another page of the list at `own`, by the name beside its number: `?page=2`, `/page/2/`.
pub(super) fn is_further_page(href: &str, own: Option<&TargetUri>) -> bool {
    if !href.bytes().any(|byte| byte.is_ascii_digit()) || !names_a_page(href) {
        return false;
    }
    match own {
        Some(own) => own.join(href).is_ok_and(|(to, _)| can_be_further(own, &to)),
        // Without the page's own address, only what keeps it.
        None => href.starts_with('?'),
    }
}

fn names_a_page(href: &str) -> bool {
    let href = href.split('#').next().unwrap_or_default();
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let is_name = |name: &str| {
        let plain = name.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = plain.map(|letter| letter.to_ascii_lowercase()).collect();
        PAGE_WORDS.contains(&plain.as_str()) || PARAMETERS.contains(&plain.as_str())
    };
    let is_later = |number: &str| number.len() <= 4 && number.parse().is_ok_and(|it: u32| it > 1);
    let mut fields = query
        .split(['&', ';'])
        .filter_map(|field| field.split_once('='));
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    fields.any(|(name, value)| is_name(name) && is_later(value))
        || matches!(segments[..], [.., name, number] if is_name(name) && is_later(number))
}

/// An index whose letters lead to other pages: each shows the names that begin with it.
pub(super) fn index(tree: &Tree, flow: &Flow) -> Option<More> {
    let mut letters = BTreeSet::new();
    let mut first = None;
    let links = (1..tree.nodes.len())
        .filter(|node| tree.is_element(*node) && *tree.name(*node) == local_name!("a"));
    for node in links.filter(|node| is_there(flow, *node)) {
        let text = &flow.text[flow.spans[node].clone()];
        let mut each = text.chars();
        let letter = each
            .next()
            .filter(|it| it.is_uppercase() && each.next().is_none());
        let href = tree
            .attr_text(node, &local_name!("href"))
            .unwrap_or_default();
        if let Some(letter) = letter.filter(|_| !href.is_empty() && !href.contains('#')) {
            letters.insert(letter);
            first.get_or_insert(flow.spans[node].start);
        }
    }
    (letters.len() >= LETTERS).then(|| {
        let what = "the letters of an index lead to other pages".to_owned();
        more(MoreKind::Control, what, first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_from_a_member_by_the_name_beside_its_number() {
        let own: TargetUri = "https://a.example/members".parse().unwrap();
        for href in [
            "?page=2",
            "/members?start=20",
            "/members/page/2/",
            "members?x=y&page=3",
        ] {
            let there = if href.contains("x=y") {
                "/members?x=y"
            } else {
                "/members"
            };
            let own: TargetUri = format!("https://a.example{there}").parse().unwrap();
            assert!(is_further_page(href, Some(&own)), "{href}");
        }
        for href in [
            "?id=2",
            "/news?page=2",
            "?page=1",
            "/members/2024",
            "https://b.example/members?page=2",
        ] {
            assert!(!is_further_page(href, Some(&own)), "{href}");
        }
        assert!(is_further_page("?page=2", None) && !is_further_page("/members?page=2", None));
    }
}
