//! Signs that a list continues outside the page: pagers, counts, buttons, attributes, words.

use std::collections::BTreeMap;

use html5ever::local_name;

use super::{base, states::folded, tellings::may_lead_on};
use crate::{
    html::{Flow, Tree},
    language::pages::{Strength, more_in},
    reading::{More, MoreKind, Region},
    uri::TargetUri,
};

mod attributes;
mod counts;
mod links;

/// How many signs are kept; the first ones are enough.
const MOST: usize = 50;

/// The longest text of a button.
const LONGEST_CONTROL: usize = 60;

/// The signs on a page at `uri`, in its order.
pub(super) fn find(tree: &Tree, flow: &Flow, uri: Option<&TargetUri>) -> Vec<More> {
    let mut found = Vec::new();
    let mut controls: BTreeMap<String, Vec<More>> = BTreeMap::new();
    let leading: Vec<bool> = tree.class_values().map(tells).collect();
    for node in 1..tree.nodes.len() {
        if !tree.is_element(node) {
            continue;
        }
        match *tree.name(node) {
            local_name!("link") => next_of_page(&mut found, tree, node),
            local_name!("a") => {
                numbered(&mut found, tree, flow, (node, uri));
                control(&mut controls, tree, flow, node);
            }
            local_name!("script") => {
                let kind = tree.attr_text(node, &local_name!("type"));
                if kind.is_some_and(|kind| kind.contains("ld+json")) {
                    found.extend(counts::in_data(&tree.raw_text(node)));
                }
            }
            local_name!("button") | local_name!("input") => {
                control(&mut controls, tree, flow, node);
            }
            _ => {}
        }
        attributes::find(&mut found, tree, flow, node);
        let class = leading[tree.class_number(node)].then_some(local_name!("class"));
        let other = [local_name!("id"), local_name!("aria-label")].into_iter();
        let mut names = class.into_iter().chain(other);
        if let Some(name) = names.find_map(|name| tree.attr(node, &name).filter(|it| tells(it))) {
            by_its_names(&mut found, &mut controls, tree, flow, (node, name));
        }
    }
    // A sign beside every member is about the member.
    found.extend(
        controls
            .into_values()
            .filter(|value| value.len() <= 2)
            .flatten(),
    );
    for block in flow
        .blocks
        .iter()
        .filter(|block| block.region == Region::Main && !block.hidden)
    {
        let line = &flow.text[block.range.clone()];
        if line.len() <= 160 {
            found.extend(line_of(line, block.range.start));
            found.extend(counts::in_line(line, block.range.start));
        }
    }
    found.extend(counts::in_headings(flow));
    found.extend(links::index(tree, flow));
    found.sort_by_key(|it| it.at);
    found.truncate(MOST);
    base::join(&mut found, tree, uri);
    found
}

fn more(kind: MoreKind, what: String, at: Option<usize>) -> More {
    More {
        kind,
        what,
        at,
        shown: None,
        total: None,
        leads_to: Vec::new(),
    }
}

/// Whether a sign at a node is about the lists of the page.
fn is_there(flow: &Flow, node: usize) -> bool {
    !matches!(flow.regions[node], Region::Header | Region::Footer)
}

/// `<link rel="next">` to a numbered page; the next article is not a further page.
fn next_of_page(found: &mut Vec<More>, tree: &Tree, node: usize) {
    let href = tree
        .attr_text(node, &local_name!("href"))
        .unwrap_or_default();
    if has_rel_next(tree, node) && is_numbered(href) {
        let what = format!("its head names a next page, \"{href}\"");
        found.push(More {
            leads_to: vec![href.to_owned()],
            ..more(MoreKind::Pager, what, None)
        });
    }
}

fn has_rel_next(tree: &Tree, node: usize) -> bool {
    tree.attr(node, &local_name!("rel")).is_some_and(|attr| {
        attr.split_whitespace()
            .any(|word| word.eq_ignore_ascii_case("next"))
    })
}

/// A link of a pager: its text is a number that is also in its address, or it is the next page and numbered.
fn numbered(
    found: &mut Vec<More>,
    tree: &Tree,
    flow: &Flow,
    (node, uri): (usize, Option<&TargetUri>),
) {
    let href = tree
        .attr_text(node, &local_name!("href"))
        .unwrap_or_default();
    let text = &flow.text[flow.spans[node].clone()];
    if href.is_empty() || href.starts_with('#') || !is_there(flow, node) {
        return;
    }
    let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let of_pager = is_number && text != "0" && text != "1" && has_number(href, text);
    let is_next = has_rel_next(tree, node) && is_numbered(href);
    if of_pager || is_next || links::is_further_page(href, uri) {
        let what = format!("a pager leads to \"{text}\"");
        found.push(More {
            leads_to: vec![href.to_owned()],
            ..more(MoreKind::Pager, what, Some(flow.spans[node].start))
        });
    }
}

/// Whether an address has a number where page numbers are: as the value of a parameter, or at the end of its path.
fn is_numbered(href: &str) -> bool {
    let href = href.split('#').next().unwrap_or_default();
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let is_count = |text: &str| {
        !text.is_empty()
            && text.len() <= 4
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text != "0"
    };
    if query
        .split(['&', ';'])
        .any(|part| is_count(part.rsplit('=').next().unwrap_or_default()))
    {
        return true;
    }
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let stem = last.split('.').next().unwrap_or_default();
    let digits = stem.len()
        - stem
            .trim_end_matches(|letter: char| letter.is_ascii_digit())
            .len();
    // Four digits are a year.
    (1..=3).contains(&digits) && is_count(&stem[stem.len() - digits..])
}

/// Whether an address contains this number, not as part of a longer one.
fn has_number(href: &str, number: &str) -> bool {
    href.match_indices(number).any(|(at, found)| {
        let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        !digit(href[..at].chars().next_back()) && !digit(href[at + found.len()..].chars().next())
    })
}

/// A button or link that loads more.
fn control(controls: &mut BTreeMap<String, Vec<More>>, tree: &Tree, flow: &Flow, node: usize) {
    if !is_there(flow, node) || flow.hidden[node] {
        return;
    }
    let own = &flow.text[flow.spans[node].clone()];
    let label = [
        Some(own),
        tree.attr_text(node, &local_name!("value")),
        tree.attr_text(node, &local_name!("aria-label")),
    ]
    .into_iter()
    .flatten()
    .find(|text| text.len() <= LONGEST_CONTROL && says(text, Strength::Title).is_some());
    if let Some(label) = label {
        push(controls, label, tree, flow, node);
    }
}

fn push(
    controls: &mut BTreeMap<String, Vec<More>>,
    label: &str,
    tree: &Tree,
    flow: &Flow,
    node: usize,
) {
    let label = crate::text::one_line(label);
    let total = numbers(&label).last().map(|number| number.0);
    let href = tree.attr_text(node, &local_name!("href"));
    controls.entry(label.clone()).or_default().push(More {
        total,
        leads_to: href
            .filter(|href| is_numbered(href))
            .map(str::to_owned)
            .into_iter()
            .collect(),
        ..more(
            MoreKind::Control,
            format!("a button says \"{label}\""),
            Some(flow.spans[node].start),
        )
    });
}

/// The phrase for more, of this strength, at the beginning of a short text or inside it.
fn says(text: &str, strength: Strength) -> Option<&'static str> {
    let lower = folded(text);
    let early = |at: usize| strength != Strength::Title || at <= lower.len() / 2;
    let mut found = more_in(&lower).into_iter();
    let said = found.find(|spoken| spoken.row.strength == strength && early(spoken.at));
    said.map(|spoken| spoken.phrase)
}

/// Names for sliders, whose pages are all in the page.
const SLIDES: [&str; 9] = [
    "swiper", "slick", "carousel", "slider", "owl", "splide", "glide", "flickity", "slide",
];

/// Names for buttons that load more.
const LOADS: [&str; 6] = [
    "loadmore",
    "showmore",
    "viewmore",
    "seemore",
    "moreresults",
    "infinitescroll",
];

/// Whether a class, id or label may speak of further pages.
fn tells(name: &str) -> bool {
    name.len() < 200 && may_lead_on(name)
}

/// A pager, with the targets of its numbered links.
fn pager(tree: &Tree, flow: &Flow, node: usize) -> More {
    let what = "it has a pager".to_owned();
    // "1" is the page itself, under any address.
    let links = tree.below(node).filter(|node| {
        *tree.name(*node) == local_name!("a") && flow.text[flow.spans[*node].clone()] != *"1"
    });
    let leads_to = links
        .filter_map(|link| tree.attr_text(link, &local_name!("href")))
        .filter(|href| is_numbered(href))
        .map(str::to_owned);
    More {
        leads_to: leads_to.collect(),
        ..more(MoreKind::Pager, what, Some(flow.spans[node].start))
    }
}

/// What the class, id or label of an element says: a pager with a link in it, a button that loads more.
fn by_its_names(
    found: &mut Vec<More>,
    controls: &mut BTreeMap<String, Vec<More>>,
    tree: &Tree,
    flow: &Flow,
    (node, name): (usize, &str),
) {
    if !is_there(flow, node) {
        return;
    }
    let plain: String = name
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ')
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    if SLIDES.iter().any(|slide| plain.contains(slide)) {
        return;
    }
    let pages = plain.contains("paginat")
        || plain.split(' ').any(|word| {
            matches!(
                word,
                "pager" | "pagenavi" | "wppagenavi" | "pagenumbers" | "paging"
            )
        });
    if pages && leads_on(tree, node) {
        found.push(pager(tree, flow, node));
    }
    if LOADS.iter().any(|load| plain.contains(load)) {
        let text = &flow.text[flow.spans[node].clone()];
        let is_button = matches!(*tree.name(node), local_name!("a") | local_name!("button"));
        if plain.contains("infinitescroll") {
            let what = "its markup says that it loads more as one scrolls".to_owned();
            found.push(more(
                MoreKind::Attribute,
                what,
                Some(flow.spans[node].start),
            ));
        } else if is_button && !flow.hidden[node] && text.len() <= LONGEST_CONTROL {
            push(
                controls,
                if text.is_empty() { name } else { text },
                tree,
                flow,
                node,
            );
        }
    }
}

/// Whether there is a link to another page below a node, or a button with a number.
fn leads_on(tree: &Tree, node: usize) -> bool {
    tree.below(node).any(|node| match *tree.name(node) {
        local_name!("a") => tree
            .attr_text(node, &local_name!("href"))
            .is_some_and(|text| !text.starts_with('#')),
        local_name!("button") => tree
            .raw_text(node)
            .trim()
            .parse::<u32>()
            .is_ok_and(|number| number > 1),
        _ => false,
    })
}

/// The numbers of a line with their places; thousands can be separated by commas, points, thin spaces or nothing.
fn numbers(line: &str) -> Vec<(usize, std::ops::Range<usize>)> {
    let mut found: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
    if line.is_ascii() && !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return found;
    }
    let mut start: Option<usize> = None;
    let mut digits = String::new();
    for (at, character) in line.char_indices().chain([(line.len(), '\n')]) {
        let value = character.to_digit(10).or_else(|| other_digit(character));
        if let Some(value) = value {
            start.get_or_insert(at);
            digits.extend(char::from_digit(value, 10));
            continue;
        }
        let rest = line.get(at + character.len_utf8()..).unwrap_or_default();
        let parts_thousands = matches!(character, ',' | '.' | '\u{2009}' | '\u{202f}' | '\'' | '’')
            && start.is_some()
            && rest.chars().take(3).filter(char::is_ascii_digit).count() == 3
            && !rest
                .chars()
                .nth(3)
                .is_some_and(|letter| letter.is_ascii_digit());
        if parts_thousands {
            continue;
        }
        if let Some(from) = start.take() {
            if let Ok(number) = digits.parse() {
                found.push((number, from..at));
            }
            digits.clear();
        }
    }
    found
}

/// The value of a digit of Arabic, Persian, Devanagari or full-width writing.
fn other_digit(letter: char) -> Option<u32> {
    let zeros = ['\u{660}', '\u{6f0}', '\u{966}', '\u{ff10}'];
    zeros.into_iter().find_map(|zero| {
        let value = u32::from(letter).checked_sub(u32::from(zero))?;
        (value < 10).then_some(value)
    })
}

/// What a line says about how much there is: "1–5 of 12", "5 von 12", "Page 1 of 3", "+7", "and many more".
fn line_of(line: &str, at: usize) -> Option<More> {
    let sign = |what: String| more(MoreKind::Count, what, Some(at));
    let quoted = || format!("it says \"{}\"", crate::text::one_line(line));
    let of = numbers(line);
    let values: Vec<usize> = of.iter().map(|pair| pair.0).collect();
    let is_year = |at: usize| (1900..=2100).contains(&at);
    if line.len() <= 90 && !values.iter().any(|value| is_year(*value)) {
        match values[..] {
            [one, two, three] => {
                // The range is first or last: "1–5 of 12", "12 件中 1〜5 件".
                for (a, b, total) in [(one, two, three), (two, three, one)] {
                    if a < b && total >= b && b - a < 1_000 && !(a == 1 && b == total) {
                        return Some(More {
                            shown: Some(b - a + 1),
                            total: Some(total),
                            ..sign(quoted())
                        });
                    }
                }
            }
            // "1 / 3" alone.
            [1, two] if two >= 2 && is_bare_fraction(line) => {
                return Some(More {
                    kind: MoreKind::Pager,
                    ..sign(quoted())
                });
            }
            [one, two] if one != two => {
                let (least, most) = (one.min(two), one.max(two));
                if line.len() <= 40
                    && one < two
                    && says(line, Strength::Weak).is_some()
                    && is_between(line, &of)
                {
                    return Some(More {
                        kind: MoreKind::Pager,
                        ..sign(quoted())
                    });
                }
                if least >= 2 && line.len() <= 70 {
                    return Some(More {
                        shown: Some(least),
                        total: Some(most),
                        ..sign(quoted())
                    });
                }
            }
            [_] if line.trim_start().starts_with('+') && line.len() <= 30 => {
                return Some(More {
                    kind: MoreKind::Words,
                    ..sign(quoted())
                });
            }
            // "… and 7 more".
            [_] if line.len() <= 60 => {
                let place = of.first().map_or(0..0, |number| number.1.clone());
                let bare =
                    crate::text::one_line(&[&line[..place.start], &line[place.end..]].concat());
                if ends_or_begins(&bare) {
                    return Some(More {
                        kind: MoreKind::Words,
                        ..sign(quoted())
                    });
                }
            }
            _ => {}
        }
    }
    if matches!(line.trim(), "…" | "..." | "[…]" | "(…)") {
        return Some(More {
            kind: MoreKind::Words,
            ..sign(quoted())
        });
    }
    if line.len() <= 60 && ends_or_begins(line) && values.is_empty() {
        return Some(More {
            kind: MoreKind::Words,
            ..sign(quoted())
        });
    }
    None
}

/// Whether a line begins or ends with words for others: "Some of our partners", "and many more…".
fn ends_or_begins(line: &str) -> bool {
    let lower = folded(line);
    let bare = lower.trim_end_matches(|letter: char| !letter.is_alphanumeric());
    says(line, Strength::Text)
        .is_some_and(|say| lower.starts_with(say) || bare.ends_with(say.trim_end_matches('.')))
}

/// Whether a line is nothing but two numbers with a stroke between them.
fn is_bare_fraction(line: &str) -> bool {
    line.contains('/')
        && line
            .chars()
            .all(|it| it.is_ascii_digit() || matches!(it, ' ' | '/'))
}

/// Whether there is little text between the two numbers of a line: "1 of 3", "1 / 3", "第1页，共3页".
fn is_between(line: &str, of: &[(usize, std::ops::Range<usize>)]) -> bool {
    let (Some(one), Some(two)) = (of.first(), of.get(1)) else {
        return false;
    };
    line.get(one.1.end..two.1.start)
        .is_some_and(|line| line.chars().count() <= 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_in_any_order_and_writing() {
        for (line, shown, total) in [
            ("Showing 1–5 of 12 partners", 5, 12),
            ("1-5 von 12 Partnern", 5, 12),
            ("全12件中 1〜5件を表示", 5, 12),
            ("Showing 5 of 12", 5, 12),
            ("Показано 5 из 12", 5, 12),
            ("عرض ١–٥ من ١٢", 5, 12),
            ("6–10 of 1,234 results", 5, 1_234),
            ("11 to 12 of 12 entries", 2, 12),
        ] {
            let it = line_of(line, 0).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((it.shown, it.total), (Some(shown), Some(total)), "{line}");
        }
        for line in [
            "1–12 of 12 partners",
            "12 partners",
            "1–5 May 2024",
            "Partners 2024",
            "Since 1998",
        ] {
            assert!(
                line_of(line, 0).is_none_or(|line| line.shown.is_some_and(|shown| shown == 12)),
                "{line}"
            );
        }
        for line in ["Page 1 of 3", "Seite 1 von 3", "第1页，共3页"] {
            assert!(
                line_of(line, 0).is_some_and(|line| line.kind == MoreKind::Pager),
                "{line}"
            );
        }
    }

    #[test]
    fn a_numbered_address_is_a_further_page_and_a_year_is_not() {
        for it in [
            "?page=2",
            "/partners/page/2/",
            "/partners-2.html",
            "?start=20&x=y",
        ] {
            assert!(is_numbered(it), "{it}");
        }
        for it in [
            "/2024/",
            "/news/why-we-meet",
            "contributing.html",
            "/",
            "?q=peace",
        ] {
            assert!(!is_numbered(it), "{it}");
        }
        assert!(has_number("?page=2", "2") && !has_number("?page=12", "2"));
    }
}
