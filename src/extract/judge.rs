//! Judges drafted lists: does this name organizations or people, and under what heading?

use std::{borrow::Cow, ops::Range};

use html5ever::local_name;
use memchr::memchr;

use super::{
    draft::{Draft, Item, Sight},
    members::{host_of, is_logo, link_of, named},
    names::{self, Sort},
    places::{anchor_of, fingerprint, heading_of, template},
    tree::Kind,
};
use crate::{
    entity::{EntityList, ListKind, NameSource, Strategy},
    reading::Region,
    uri::TargetUri,
};

/// From this score on a list is held for names.
const NAMES: f64 = 0.5;

/// What the page as a whole says it is about.
pub(super) struct Topic {
    /// The title or the first heading speaks of partners, members and the like.
    pub(super) strong: bool,
    /// The host of the page itself, as far as it is known.
    host: Option<String>,
}

impl Topic {
    pub(super) fn of(sight: &Sight<'_>, uri: Option<&TargetUri>) -> Self {
        let first = sight
            .flow
            .headings
            .iter()
            .filter(|it| it.level <= 2)
            .take(2)
            .map(|it| sight.text(&it.range));
        let strong = sight
            .flow
            .title
            .as_deref()
            .into_iter()
            .chain(first)
            .any(names::tells_strong_relation);
        let canonical = (0..sight.tree.nodes.len().min(400))
            .filter(|&it| *sight.tree.name(it) == local_name!("link"))
            .find(|&it| sight.tree.attr(it, &local_name!("rel")) == Some("canonical"))
            .and_then(|it| sight.tree.attr(it, &local_name!("href")))
            .and_then(host_of)
            .map(Cow::into_owned);
        Self {
            strong,
            host: uri.map(|it| it.host().to_owned()).or(canonical),
        }
    }
}

/// What a score makes of a list.
pub(super) fn kind_of(score: f64) -> ListKind {
    if score >= NAMES {
        ListKind::Names
    } else {
        ListKind::Other
    }
}

/// A draft that was judged; a list is made of it only if it is among the best.
pub(super) struct Judged<'a> {
    pub(super) draft: &'a Draft,
    /// Its members without what is none.
    pub(super) items: Vec<Item>,
    pub(super) kind: ListKind,
    /// How sure it is that they are names, 0 to 1.
    pub(super) score: f64,
    heading: Option<Range<usize>>,
    /// Where the members' links lead.
    links: Vec<Option<&'a str>>,
    /// Whether it is worth asking what else the records say.
    wanted: bool,
}

impl<'a> Judged<'a> {
    /// Whether it stands under anything.
    pub(super) fn is_headed(&self) -> bool {
        self.heading.is_some()
    }

    /// What it stands under, in one line.
    pub(super) fn heading(&self, sight: &Sight<'_>) -> Option<String> {
        let text = sight.text(self.heading.as_ref()?);
        if memchr(b'\n', text.as_bytes()).is_some() {
            let start = self.heading.as_ref()?.start;
            return Some(plain_heading(&without_alts(sight, start, text)).to_owned());
        }
        Some(plain_heading(text).to_owned())
    }

    /// The list it makes.
    pub(super) fn list(&self, sight: &Sight<'a>, uri: Option<&TargetUri>) -> Option<EntityList> {
        let first = self.items.first()?;
        Some(EntityList {
            heading: self.heading(sight),
            anchor: anchor_of(sight, self.draft.container, self.heading.as_ref()),
            container: sight.css(self.draft.container),
            fingerprint: fingerprint(sight, self.draft, first),
            template: template(sight, first),
            strategy: strategy(self.draft, &self.items),
            kind: self.kind,
            score: self.score,
            items: self
                .items
                .iter()
                .zip(&self.links)
                .map(|(it, link)| named(sight, uri, it, *link, self.wanted))
                .collect(),
        })
    }
}

/// Judges a draft.
pub(super) fn judge<'a>(sight: &Sight<'a>, topic: &Topic, draft: &'a Draft) -> Option<Judged<'a>> {
    let seen = disjoint(weeded(sight, draft), |it| &it.item);
    seen.first()?;
    let texts = sight.first_shown(seen.iter().map(|it| it.text));
    let distinct = texts.filter(|it| *it).count() as f64 / seen.len() as f64;
    let (items, looks): (Vec<Item>, Vec<names::Look>) =
        seen.into_iter().map(|it| (it.item, it.look)).unzip();
    let heading = heading_of(sight, draft, &items);
    let links: Vec<Option<&str>> = items.iter().map(|it| link_of(sight, it)).collect();
    let members = Members {
        items: &items,
        looks: &looks,
        links: &links,
        distinct,
    };
    let score = score(sight, topic, draft, &members, heading.as_ref());
    Some(Judged {
        draft,
        items,
        kind: kind_of(score),
        score: score.clamp(0.0, 1.0),
        heading,
        links,
        wanted: score > 0.2,
    })
}

/// The list at the place that a profile's selector names: taken as it is.
pub(super) fn given(
    sight: &Sight<'_>,
    uri: Option<&TargetUri>,
    draft: &Draft,
    selector: &str,
) -> Option<EntityList> {
    let items = disjoint(draft.items.clone(), |it| it);
    let first = items.first()?;
    let heading = heading_of(sight, draft, &items);
    Some(EntityList {
        anchor: anchor_of(sight, draft.container, heading.as_ref()),
        heading: heading.map(|it| sight.text(&it).replace('\n', " ")),
        container: selector.to_owned(),
        fingerprint: fingerprint(sight, draft, first),
        template: template(sight, first),
        strategy: Strategy::Selector,
        kind: ListKind::Names,
        score: 1.0,
        items: items
            .iter()
            .map(|it| named(sight, uri, it, link_of(sight, it), true))
            .collect(),
    })
}

/// The lines of a heading that begins at `start` as one, without its images' texts where it has others.
fn without_alts(sight: &Sight<'_>, start: usize, text: &str) -> String {
    let mut at = start;
    let lines: Vec<(bool, &str)> = text
        .split('\n')
        .map(|it| {
            let alt = sight.is_alt(at);
            at += it.len() + 1;
            (alt, it)
        })
        .collect();
    let all = lines.iter().all(|it| it.0);
    let kept = lines.iter().filter(|it| all || !it.0).map(|it| it.1);
    kept.collect::<Vec<_>>().join(" ")
}

/// A heading without what is written behind it to point at it or to edit it: "[edit]", "¶", "#".
fn plain_heading(text: &str) -> &str {
    let text = text.trim_end_matches([':', '¶', '#', ' ', '🔗']);
    match text.rfind('[') {
        Some(at) if at > 0 && text.ends_with(']') && text.len() - at <= 20 => text[..at].trim_end(),
        _ => text,
    }
}

fn strategy(draft: &Draft, items: &[Item]) -> Strategy {
    let logos = items.iter().all(|it| it.source == NameSource::Alt);
    match draft.strategy {
        Strategy::Cards | Strategy::Lines | Strategy::Prose if logos => Strategy::Logos,
        other => other,
    }
}

/// A member with the number of its text and how that looks.
struct Seen {
    item: Item,
    text: u32,
    look: names::Look,
}

/// The members without what is no name among names: buttons, sentences between them.
fn weeded(sight: &Sight<'_>, draft: &Draft) -> Vec<Seen> {
    let seen = |it: &Item| {
        let (text, look) = sight.looked(&it.range);
        Seen {
            item: it.clone(),
            text,
            look,
        }
    };
    let mut all: Vec<Seen> = draft.items.iter().map(seen).collect();
    let good = all.iter().filter(|it| it.look.likeness >= 0.5).count();
    let mostly = good * 2 >= all.len();
    let strict = !matches!(draft.strategy, Strategy::ListItems | Strategy::TableColumn);
    let shown = sight.first_shown(all.iter().map(|it| it.text));
    let distinct = shown.filter(|it| *it).count();
    // Carousels repeat their slides.
    let repeats = (all.len() - distinct) * 10 >= all.len() * 3 && distinct > 1;
    // Two or three texts over and over are the labels of records.
    let labels = distinct <= 3
        && all.len() >= 3 * distinct
        && all.iter().all(|it| it.item.source != NameSource::Alt);
    let repeats = repeats && !labels;
    if repeats {
        let texts: Vec<u32> = all.iter().map(|it| it.text).collect();
        let mut shown = sight.first_shown(texts.into_iter());
        all.retain(|_| shown.next().unwrap_or(true));
    }
    if mostly {
        let weak = |it: &Seen| strict && it.look.likeness < 0.35;
        // No name at all is none in any list.
        let none = |it: &Seen| it.look.likeness < 0.05 && it.look.sort == Sort::Plain;
        all.retain(|it| {
            it.look.sort != Sort::Chrome && !none(it) && (!weak(it) || is_anonymous(sight, it))
        });
    }
    // A name linked twice over two lines is one.
    all.dedup_by_key(|it| it.text);
    all
}

/// Whether a member is the group of that name: givers who wish to be unnamed have no address.
fn is_anonymous(sight: &Sight<'_>, member: &Seen) -> bool {
    sight
        .text(&member.item.range)
        .eq_ignore_ascii_case("anonymous")
        && link_of(sight, &member.item).and_then(host_of).is_some()
}

/// The members in the order of the page, without those that share text with one before: items inside items.
fn disjoint<T>(mut members: Vec<T>, item: impl Fn(&T) -> &Item) -> Vec<T> {
    members.sort_by_key(|it| item(it).range.start);
    let mut end = 0;
    members.retain(|it| {
        let range = &item(it).range;
        let apart = range.start >= end;
        end = end.max(range.end);
        apart
    });
    members
}

/// The members of a list and what was seen of each.
struct Members<'a> {
    items: &'a [Item],
    looks: &'a [names::Look],
    links: &'a [Option<&'a str>],
    /// The share of different texts.
    distinct: f64,
}

/// How sure it is that the items are names of organizations or people.
fn score(
    sight: &Sight<'_>,
    topic: &Topic,
    draft: &Draft,
    members: &Members<'_>,
    heading: Option<&Range<usize>>,
) -> f64 {
    let &Members {
        items,
        looks,
        links,
        distinct,
    } = members;
    let count = items.len() as f64;
    let share =
        |of: &dyn Fn(&names::Look) -> bool| looks.iter().filter(|it| of(it)).count() as f64 / count;
    let likeness = looks.iter().map(|it| it.likeness).sum::<f64>() / count;
    let organizations = share(&|it| it.organization);
    let chrome = share(&|it| it.sort == Sort::Chrome);
    let other = share(&names::Look::is_other);
    let social = share(&|it| it.sort == Sort::Social);
    let captions = share(&|it| it.sort == Sort::Caption);
    let mut hosts: Vec<Cow<'_, str>> = links
        .iter()
        .filter_map(|it| host_of((*it)?))
        .filter(|it| topic.host.as_deref() != Some(it))
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    let hosts = hosts.len() as f64 / count;
    let told = heading.map(|it| sight.telling(it)).unwrap_or_default();
    let strong = told.strong;
    let mut score = 0.75 * likeness - 0.2;
    score += 0.15 * organizations.min(0.6) / 0.6;
    score += 0.18 * hosts.min(0.8) / 0.8;
    score -= 0.8 * chrome + 0.5 * other;
    score -= if captions >= 0.5 { 0.7 } else { 0.4 * captions };
    // What was mostly weeded out was no list of names.
    score -= 0.5 * (1.0 - count / draft.items.len() as f64);
    // Where to follow a house stands below whatever its page ends in.
    if social > 0.5 && !(strong && sight.flow.regions[items[0].node] == Region::Main) {
        score -= 0.5;
    }
    score -= 0.5 * (1.0 - distinct);
    if strong {
        score += 0.2;
    } else if told.relation {
        score += 0.12;
    }
    if told.other {
        score -= 0.3;
    }
    score -= 0.35 * dated(sight, items);
    // What stands above the page's first heading, and leads nowhere else, belongs to the site.
    let below = |it: &crate::reading::Heading| it.level <= 2 && it.range.start > items[0].range.end;
    if heading.is_none() && hosts < 0.3 && sight.flow.headings.iter().any(below) {
        score -= 0.15;
    }
    if topic.strong {
        score += 0.12;
    }
    if called_relation(sight, draft.container) {
        score += 0.1;
    }
    match sight.flow.regions[items[0].node] {
        Region::Main => {}
        Region::Navigation => score -= 0.6,
        Region::Header | Region::Footer => score -= 0.35,
        Region::Aside => score -= 0.2,
    }
    if items.len() == 1 {
        // One name alone is a list only where its heading says so.
        score -= if strong { 0.12 } else { 0.35 };
        if draft.strategy == Strategy::Cards {
            score -= 0.25;
        }
        if items[0].source == NameSource::Alt && !is_logo(sight, &items[0]) {
            score -= 0.25;
        }
    } else if items.len() > 4 {
        score += 0.04;
    }
    score += draft.bonus;
    if score >= NAMES && part_lists(sight, items) {
        score -= 0.5;
    }
    // What these look at is looked at only where it could matter: there are many lists and few of names.
    if score >= NAMES {
        score -= 0.4 * priced(sight, items) + 0.3 * pressed(sight, items);
        if in_consent(sight, draft.container) {
            score -= 0.6;
        }
    }
    score
}

/// The share of records that carry a date or a time beside the name, as news and events do.
fn dated(sight: &Sight<'_>, items: &[Item]) -> f64 {
    let count = items
        .iter()
        .filter(|it| {
            let end = it.record.end.min(it.record.start + 120);
            sight.has_date(&(it.record.start..end))
        })
        .count();
    count as f64 / items.len() as f64
}

/// Whether a list stands in a dialogue that asks for consent: its vendors are nobody's partners.
fn in_consent(sight: &Sight<'_>, container: usize) -> bool {
    let tree = sight.tree;
    std::iter::once(container)
        .chain(tree.ancestors(container))
        .take(12)
        .any(|it| {
            let id = tree.attr(it, &local_name!("id")).unwrap_or_default();
            std::iter::once(id).chain(tree.classes(it)).any(|it| {
                let it = it.to_ascii_lowercase();
                [
                    "onetrust",
                    "cookie",
                    "consent",
                    "usercentrics",
                    "gdpr",
                    "cmpbox",
                ]
                .iter()
                .any(|word| it.contains(word))
            })
        })
}

/// Whether the items are countries that stand above lists of their own: those hold the names.
fn part_lists(sight: &Sight<'_>, items: &[Item]) -> bool {
    let lists = |it: &Item| {
        let mut nodes = it.record.clone().take(60);
        nodes.any(|it| *sight.tree.name(it) == local_name!("li"))
    };
    items.len() >= 2
        && items
            .iter()
            .all(|it| names::is_country(sight.text(&it.range)) && lists(it))
}

/// The share of records that carry a price, as a shop's do.
fn priced(sight: &Sight<'_>, items: &[Item]) -> f64 {
    let tree = sight.tree;
    let is_price = |it: &str| {
        it.len() <= 24
            && it.contains(['$', '€', '£', '¥', '₽', '₹'])
            && it.contains(|it: char| it.is_ascii_digit())
            && !is_grant(it)
    };
    let count = items
        .iter()
        .filter(|it| {
            it.record.clone().take(60).any(|node| {
                tree.classes(node).any(|it| it == "price")
                    || (matches!(tree.nodes[node].kind, Kind::Text(_))
                        && !sight.flow.spans[node].is_empty()
                        && is_price(sight.text(&sight.flow.spans[node])))
            })
        })
        .count();
    count as f64 / items.len() as f64
}

/// Whether a sum is in thousands and without cents, as what is granted is and what a shop asks seldom: "$7,500".
fn is_grant(sum: &str) -> bool {
    let parts = sum.split([',', '.', '\u{a0}', '’']).skip(1);
    let mut digits = parts
        .map(|it| it.bytes().take_while(u8::is_ascii_digit).count())
        .filter(|it| *it > 0)
        .peekable();
    digits.peek().is_some() && digits.all(|it| it == 3)
}

/// The share of names that are but the faces of buttons, as filters and tabs are.
fn pressed(sight: &Sight<'_>, items: &[Item]) -> f64 {
    let tree = sight.tree;
    let count = items
        .iter()
        .filter(|it| {
            *tree.name(it.record.start) == local_name!("button")
                || tree.attr(it.record.start, &local_name!("role")) == Some("tab")
                || leads_nowhere(sight, it)
        })
        .count();
    count as f64 / items.len() as f64
}

/// Whether a name is a button that leads to no page of its own.
fn leads_nowhere(sight: &Sight<'_>, item: &Item) -> bool {
    let tree = sight.tree;
    let called = |it: &str| it == "button" || it == "btn" || it == "btn-primary";
    *tree.name(item.node) == local_name!("a")
        && tree.classes(item.node).any(called)
        && link_of(sight, item).is_none_or(|it| it.starts_with('#') || it.starts_with("mailto:"))
}

/// Whether the container or an element near above it calls itself after partners and the like.
fn called_relation(sight: &Sight<'_>, container: usize) -> bool {
    std::iter::once(container)
        .chain(sight.tree.ancestors(container))
        .take(4)
        .any(|it| sight.called[it])
}
