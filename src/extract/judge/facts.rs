//! What is measured of a list for its signs.

use std::{borrow::Cow, ops::Range};

use html5ever::local_name;

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item},
        fast_hash::Set,
        list_item::{host_of, is_logo, link_of},
        names::{self, NameSigns, Sort, lower_case},
        page_index::PageIndex,
    },
    html::Kind,
    language::titles::without_titles,
    text::fold,
};

use super::{closer_signs::CloserFacts, list_signs::ListFacts, topic::Topic};

/// The items of a list with what was seen of each.
pub(super) struct Members<'a> {
    /// The items; at least one.
    pub(super) items: &'a [Item],
    /// The signs in the text of each.
    pub(super) signs: &'a [NameSigns],
    /// The target of the link of each.
    pub(super) links: &'a [Option<&'a str>],
    /// The share of different texts, from 0 to 1.
    pub(super) distinct: f64,
}

impl Members<'_> {
    /// The share of items with a sign.
    fn share(&self, has: impl Fn(&NameSigns) -> bool) -> f64 {
        let having = self.signs.iter().filter(|signs| has(signs)).count();
        having as f64 / self.items.len() as f64
    }

    /// The mean likeness to a name.
    fn likeness(&self) -> f64 {
        let sum: f64 = self.signs.iter().map(|signs| signs.likeness).sum();
        sum / self.items.len() as f64
    }

    /// How many different hosts of others the items link to, for each item.
    fn hosts(&self, topic: &Topic) -> f64 {
        let links = self.links.iter().copied().flatten();
        let mut hosts: Vec<Cow<'_, str>> = links
            .filter_map(host_of)
            .filter(|host| topic.host.as_deref() != Some(host))
            .collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts.len() as f64 / self.items.len() as f64
    }
}

/// The facts about a list under a heading.
pub(super) fn facts(
    index: &PageIndex<'_>,
    topic: &Topic,
    draft: &Draft,
    members: &Members<'_>,
    heading: Option<&Range<usize>>,
) -> ListFacts {
    let first = &members.items[0];
    let end = members.items.iter().map(|item| item.range.end).max();
    let told = heading
        .map(|range| index.telling(range))
        .unwrap_or_default();
    let follows =
        |heading: &crate::reading::Heading| heading.level <= 2 && Some(heading.range.start) > end;
    ListFacts {
        strategy: draft.strategy,
        count: members.items.len(),
        likeness: members.likeness(),
        organizations: members.share(|signs| signs.organization),
        hosts: members.hosts(topic),
        chrome: members.share(|signs| signs.sort == Sort::Chrome),
        other: members.share(NameSigns::is_other),
        captions: members.share(|signs| matches!(signs.sort, Sort::Caption | Sort::Role)),
        social: members.share(|signs| signs.sort == Sort::Social),
        left: members.items.len() as f64 / draft.items.len() as f64,
        distinct: members.distinct,
        dated: dated(index, members.items),
        headed: heading.is_some(),
        heading_names: told.strong,
        heading_relates: told.relation
            || heading.is_some_and(|it| names::says_group(index.text(it))),
        sentences: members.share(|signs| signs.sort == Sort::Sentence),
        heading_other: told.other,
        heading_follows: heading.is_none() && index.flow.headings.iter().any(follows),
        page_names: topic.names,
        class_names: class_names(index, draft.container),
        region: index.flow.regions[first.node],
        pictured: pictured(index, draft, members.items),
        officed: officed(index, draft, members.items),
        reached: reached(index, members.items),
        plain_image: first.source == NameSource::Alt
            && members.items.len() == 1
            && !is_logo(index, first),
    }
}

/// The share of the first records of a list of cards that have a picture whose text is the name.
fn pictured(index: &PageIndex<'_>, draft: &Draft, items: &[Item]) -> f64 {
    const FIRST: usize = 8;
    let cards = matches!(draft.strategy, Strategy::Cards | Strategy::ListItems);
    if !cards || items.len() < 2 || items[0].source == NameSource::Alt {
        return 0.0;
    }
    let first = &items[..items.len().min(FIRST)];
    share(first, |item| {
        let name = index.text(&item.range);
        item.record.clone().take(RECORD).any(|node| {
            *index.tree.name(node) == local_name!("img")
                && index
                    .tree
                    .attr(node, &local_name!("alt"))
                    .is_some_and(|alt| {
                        let alt = alt.trim();
                        alt.len() >= 2
                            && name
                                .get(..alt.len())
                                .is_some_and(|lead| lead.eq_ignore_ascii_case(alt))
                    })
        })
    })
}

/// The share of the first records of a list in which a text beside the name says what somebody is or does.
fn officed(index: &PageIndex<'_>, draft: &Draft, items: &[Item]) -> f64 {
    const FIRST: usize = 8;
    const FEW: usize = 30;
    let first = &items[..items.len().min(FIRST)];
    let office = |item: &Item, node: usize| {
        let span = &index.flow.spans[node];
        let beside = span.end <= item.range.start || item.range.end <= span.start;
        let text = matches!(index.tree.nodes[node].kind, Kind::Text(_));
        text && beside && !span.is_empty() && index.signs(&index.trimmed(span)).sort == Sort::Role
    };
    if items.len() < 2 || draft.strategy == Strategy::Lines {
        return 0.0;
    }
    share(first, |item| {
        item.record.clone().take(FEW).any(|node| office(item, node))
    })
}

/// The share of the first records of a list that have a way of their own to reach somebody by mail or telephone.
fn reached(index: &PageIndex<'_>, items: &[Item]) -> f64 {
    const FIRST: usize = 8;
    let first = &items[..items.len().min(FIRST)];
    let way = |item: &Item| {
        let mut nodes = item.record.clone().take(RECORD);
        nodes.find_map(|node| {
            let href = index.tree.attr(node, &local_name!("href"))?.trim();
            (is_way(href) && *index.tree.name(node) == local_name!("a")).then_some(href)
        })
    };
    let ways: Set<&str> = first.iter().filter_map(way).collect();
    if items.len() < 2 {
        0.0
    } else {
        ways.len() as f64 / first.len() as f64
    }
}

/// Whether the target of a link is an address of mail, or a telephone.
fn is_way(href: &str) -> bool {
    href.starts_with("mailto:") || href.starts_with("tel:")
}

/// The facts about a list that counts as one of names.
pub(super) fn closer_facts(
    index: &PageIndex<'_>,
    draft: &Draft,
    items: &[Item],
    heading: Option<&Range<usize>>,
) -> CloserFacts {
    CloserFacts {
        contacts: contacts(index, items),
        under_a_person: heading.is_some_and(|heading| is_person(index.text(heading))),
        countries: are_countries_with_lists(index, items),
        fields: fields(index, items),
        priced: priced(index, items),
        buttons: buttons(index, items),
        consent: in_consent(index, draft.container),
        names_page: names_page(index, &draft.items),
        numbered: are_numbered(index, items),
    }
}

/// Whether a heading is the name of a person with a title.
fn is_person(heading: &str) -> bool {
    const LONGEST: usize = 80;
    let folded = fold(heading);
    let own = without_titles(&folded);
    heading.len() <= LONGEST && own.len() < folded.trim().len() && !names::tells_relation(heading)
}

/// What is behind a label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Number,
    Mail,
    Site,
}

/// Whether at least half of a few items are labels, with ways of two kinds behind them to reach somebody.
fn contacts(index: &PageIndex<'_>, items: &[Item]) -> bool {
    const MOST: usize = 8;
    let behind = |item: &Item| {
        let rest = &index.flow.text[item.range.end..];
        let line = rest.lines().next().unwrap_or_default().trim_start();
        let value = line.strip_prefix([':', '：'])?;
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let site = || value.contains("://") || value.contains("www.") || is_host(value.trim());
        match () {
            () if value.contains('@') => Some(Reach::Mail),
            () if site() => Some(Reach::Site),
            () if digits >= 5 => Some(Reach::Number),
            () => None,
        }
    };
    let kinds: Vec<Reach> = items.iter().take(MOST + 1).filter_map(behind).collect();
    let differ = kinds.iter().any(|kind| *kind != kinds[0]);
    items.len() <= MOST && differ && kinds.len() * 2 >= items.len()
}

/// Whether a text is the name of a host, with a path or without.
fn is_host(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    host.contains('.') && !host.contains(' ') && host.bytes().all(|it| it.is_ascii_graphic())
}

/// Whether one of a few items is a link called like the page: its title, or its first heading.
fn names_page(index: &PageIndex<'_>, items: &[Item]) -> bool {
    const MOST: usize = 12;
    let title = index.flow.title.as_deref().unwrap_or_default();
    let heading = index.flow.headings.first();
    let heading = heading.map_or("", |it| index.text(&it.range));
    let leads = |link: &str| host_of(link).is_none() && !is_way(link);
    let is_page = |item: &Item| {
        let text = lower_case(index.text(&item.range));
        link_of(index, item).is_some_and(leads)
            && (text == lower_case(title) || text == lower_case(heading))
    };
    items.len() <= MOST && items.iter().any(is_page)
}

/// Whether all items begin alike up to a number, and each has the next number: "Article 1", "Article 2".
fn are_numbered(index: &PageIndex<'_>, items: &[Item]) -> bool {
    const LEAST: usize = 3;
    let parted = |item: &Item| {
        let text = index.text(&item.range);
        let at = text
            .find(|it: char| it.is_ascii_digit())
            .filter(|at| *at > 0)?;
        let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        Some((&text[..at], text[at..at + digits].parse::<u32>().ok()?))
    };
    let all: Option<Vec<(&str, u32)>> = items.iter().map(parted).collect();
    items.len() >= LEAST
        && all.is_some_and(|all| {
            let next = |pair: &[(&str, u32)]| pair[0].0 == pair[1].0 && pair[0].1 + 1 == pair[1].1;
            all.windows(2).all(next)
        })
}

/// The share of items that something is true of.
fn share(items: &[Item], has: impl Fn(&Item) -> bool) -> f64 {
    items.iter().filter(|item| has(item)).count() as f64 / items.len() as f64
}

/// The share of records with a date or a time beside the name, as news and events have.
fn dated(index: &PageIndex<'_>, items: &[Item]) -> f64 {
    const NODES: usize = 120;
    share(items, |item| {
        let end = item.record.end.min(item.record.start + NODES);
        index.has_date(&(item.record.start..end))
    })
}

/// Whether an id or a class at the container or shortly above says that partners and the like are inside.
fn class_names(index: &PageIndex<'_>, container: usize) -> bool {
    std::iter::once(container)
        .chain(index.tree.ancestors(container))
        .take(4)
        .any(|node| index.called[node])
}

/// Whether a list is in a dialogue that asks for consent.
fn in_consent(index: &PageIndex<'_>, container: usize) -> bool {
    const DIALOGUES: [&str; 6] = [
        "onetrust",
        "cookie",
        "consent",
        "usercentrics",
        "gdpr",
        "cmpbox",
    ];
    let tree = index.tree;
    let calls_itself_so = |name: &str| {
        let name = name.to_ascii_lowercase();
        DIALOGUES.iter().any(|word| name.contains(word))
    };
    std::iter::once(container)
        .chain(tree.ancestors(container))
        .take(12)
        .any(|node| {
            let id = tree.attr(node, &local_name!("id")).unwrap_or_default();
            calls_itself_so(id) || tree.classes(node).any(calls_itself_so)
        })
}

/// How many nodes of a record are looked at.
const RECORD: usize = 60;

/// Whether the items are countries above lists of their own: those have the names.
fn are_countries_with_lists(index: &PageIndex<'_>, items: &[Item]) -> bool {
    let has_list = |item: &Item| {
        let mut nodes = item.record.clone().take(RECORD);
        nodes.any(|node| *index.tree.name(node) == local_name!("li"))
    };
    items.len() >= 2
        && items
            .iter()
            .all(|item| names::is_country(index.text(&item.range)) && has_list(item))
}

/// The share of records with a price, as those of a shop have.
fn priced(index: &PageIndex<'_>, items: &[Item]) -> f64 {
    let is_priced = |node: usize| {
        let span = &index.flow.spans[node];
        index.tree.classes(node).any(|class| class == "price")
            || (matches!(index.tree.nodes[node].kind, Kind::Text(_))
                && !span.is_empty()
                && is_price(index.text(span)))
    };
    share(items, |item| {
        item.record.clone().take(RECORD).any(is_priced)
    })
}

/// The share of records with a field of a form that is shown.
fn fields(index: &PageIndex<'_>, items: &[Item]) -> f64 {
    let is_field = |node: usize| {
        let shown = || index.tree.attr(node, &local_name!("type")) != Some("hidden");
        match *index.tree.name(node) {
            local_name!("textarea") | local_name!("select") => true,
            local_name!("input") => shown(),
            _ => false,
        }
    };
    share(items, |item| item.record.clone().take(RECORD).any(is_field))
}

/// Whether a text is a price; what is granted is not.
fn is_price(text: &str) -> bool {
    text.len() <= 24
        && text.contains(['$', '€', '£', '¥', '₽', '₹'])
        && text.contains(|letter: char| letter.is_ascii_digit())
        && !is_grant(text)
}

/// Whether a sum is in thousands and without cents, as grants are and prices seldom: "$7,500".
fn is_grant(sum: &str) -> bool {
    let parts = sum.split([',', '.', '\u{a0}', '’']).skip(1);
    let mut digits = parts
        .map(|part| part.bytes().take_while(u8::is_ascii_digit).count())
        .filter(|digits| *digits > 0)
        .peekable();
    digits.peek().is_some() && digits.all(|digits| digits == 3)
}

/// The share of names that are only the faces of buttons, as filters and tabs are.
fn buttons(index: &PageIndex<'_>, items: &[Item]) -> f64 {
    const FEW: usize = 3;
    let tree = index.tree;
    let few = items.len() <= FEW;
    share(items, |item| {
        few && calls_itself_button(index, item.node)
            || *tree.name(item.record.start) == local_name!("button")
            || tree.attr(item.record.start, &local_name!("role")) == Some("tab")
            || is_button_without_page(index, item)
    })
}

/// Whether an element is a link whose class calls it a button.
fn calls_itself_button(index: &PageIndex<'_>, node: usize) -> bool {
    let is_button = |class: &str| {
        class
            .split(['-', '_'])
            .any(|it| matches!(it, "btn" | "button" | "cta"))
    };
    *index.tree.name(node) == local_name!("a") && index.tree.classes(node).any(is_button)
}

/// Whether a name is a button that leads to no page of its own.
fn is_button_without_page(index: &PageIndex<'_>, item: &Item) -> bool {
    let tree = index.tree;
    let is_button = |class: &str| matches!(class, "button" | "btn" | "btn-primary");
    let leads_nowhere = |href: &str| href.starts_with('#') || href.starts_with("mailto:");
    *tree.name(item.node) == local_name!("a")
        && tree.classes(item.node).any(is_button)
        && link_of(index, item).is_none_or(leads_nowhere)
}
