//! Which part of each record is its name: the same part in all of them, told by what stands there.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use html5ever::local_name;

use super::{
    draft::{Item, Sight, mix},
    flow::heading_level,
    tree::Kind,
};
use crate::entity::NameSource;

/// How many parts of a record are looked at, and how many nodes for them.
const PARTS: usize = 40;
const NODES: usize = 500;

/// What carries a part, the likeliest to carry a name first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Carrier {
    Heading,
    Named,
    Bold,
    Link,
    Head,
    Plain,
    Line,
    Alt,
}

/// The same part in every record: what carries it, its class, and which of several such it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Slot {
    carrier: Carrier,
    class: u64,
    place: u8,
}

#[derive(Clone, Debug)]
struct Part {
    slot: Slot,
    node: usize,
    range: Range<usize>,
}

#[derive(Default)]
struct Stat {
    records: f64,
    likeness: f64,
    organizations: f64,
    position: f64,
    length: f64,
    texts: HashSet<u64>,
}

/// Names each record (a range of nodes); records without a name are left out.
pub(super) fn name(sight: &Sight<'_>, records: &[Range<usize>]) -> Vec<Item> {
    let parts: Vec<Vec<Part>> = records.iter().map(|it| parts_of(sight, it)).collect();
    let mut stats: HashMap<Slot, Stat> = HashMap::new();
    for record in &parts {
        for (position, part) in record.iter().enumerate() {
            let look = sight.look(&part.range);
            let stat = stats.entry(part.slot).or_default();
            stat.records += 1.0;
            stat.likeness += look.likeness;
            stat.organizations += f64::from(u8::from(look.organization));
            stat.position += position.min(6) as f64;
            stat.length += part.range.len() as f64;
            stat.texts
                .insert(mix(0, sight.text(&part.range).as_bytes()));
        }
    }
    let filled = parts.iter().filter(|it| !it.is_empty()).count() as f64;
    let mut ranked: Vec<(f64, Slot)> = stats
        .iter()
        .map(|(&slot, stat)| (worth(slot, stat, filled), slot))
        .collect();
    ranked.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then(a.1.carrier.cmp(&b.1.carrier))
            .then(a.1.place.cmp(&b.1.place))
            .then(a.1.class.cmp(&b.1.class))
    });
    let rank: HashMap<Slot, usize> = ranked
        .iter()
        .enumerate()
        .map(|(place, it)| (it.1, place))
        .collect();
    let Some(&(best_worth, best)) = ranked.first() else {
        return Vec::new();
    };
    let mut items: Vec<Item> = parts
        .iter()
        .zip(records)
        .filter_map(|(parts, record)| {
            let part = parts.iter().min_by_key(|it| rank.get(&it.slot))?;
            let worth = ranked[*rank.get(&part.slot)?].0;
            let near = part.slot == best
                || worth > best_worth * 0.6
                || (part.slot.carrier <= Carrier::Line && sight.look(&part.range).likeness >= 0.5);
            near.then(|| Item {
                node: part.node,
                record: record.clone(),
                range: part.range.clone(),
                source: if part.slot.carrier == Carrier::Alt {
                    NameSource::Alt
                } else {
                    NameSource::Text
                },
            })
        })
        .collect();
    without_label(sight, &mut items);
    items
}

/// Takes off what all names begin with where it labels them: "Name: Jane Roe".
fn without_label(sight: &Sight<'_>, items: &mut [Item]) {
    let Some(first) = items.first().filter(|_| items.len() >= 3) else {
        return;
    };
    let text = sight.text(&first.range);
    let Some(label) = text.find(": ").filter(|it| *it <= 30).map(|it| it + 2) else {
        return;
    };
    let label = &text[..label];
    if items
        .iter()
        .all(|it| sight.text(&it.range).starts_with(label))
    {
        for it in items {
            it.range.start += label.len();
        }
    }
}

/// How likely a slot holds the names of `all` records.
fn worth(slot: Slot, stat: &Stat, all: f64) -> f64 {
    let count = stat.records;
    let coverage = (count / all).min(1.0);
    let distinct = if count > 1.0 {
        0.25 + 0.75 * stat.texts.len() as f64 / count
    } else {
        1.0
    };
    let bonus = match slot.carrier {
        Carrier::Heading => 0.25,
        Carrier::Named => 0.22,
        Carrier::Bold => 0.12,
        Carrier::Link => 0.08,
        Carrier::Head => 0.06,
        Carrier::Plain => 0.0,
        Carrier::Line => 0.01,
        Carrier::Alt => -0.03,
    };
    let long = if stat.length / count > 70.0 {
        0.15
    } else {
        0.0
    };
    (stat.likeness / count) * (0.35 + 0.65 * coverage) * distinct
        + bonus * distinct * (0.3 + 0.7 * coverage)
        + 0.1 * stat.organizations / count * coverage
        - 0.03 * stat.position / count
        - long
}

/// The parts of a record that could be its name, in order; hidden ones only where nothing else is there.
fn parts_of(sight: &Sight<'_>, record: &Range<usize>) -> Vec<Part> {
    let all_hidden = sight.flow.hidden[record.start];
    let parts = parts_seen(sight, record, all_hidden);
    if parts.is_empty() && !all_hidden {
        parts_seen(sight, record, true)
    } else {
        parts
    }
}

fn parts_seen(sight: &Sight<'_>, record: &Range<usize>, all_hidden: bool) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut seen: HashMap<(Carrier, u64), u8> = HashMap::new();
    let end = record.end.min(record.start + NODES);
    let mut last_whole: Option<Range<usize>> = None;
    for node in record.start..end {
        if parts.len() >= PARTS {
            break;
        }
        let span = &sight.flow.spans[node];
        if span.is_empty() || (sight.flow.hidden[node] && !all_hidden) {
            continue;
        }
        let text = sight.text(span);
        let (carrier, class) = match &sight.tree.nodes[node].kind {
            Kind::Document => continue,
            Kind::Text(_) => {
                // A text that is all of its parent is told by the parent.
                let parent = sight.tree.nodes[node].parent;
                if parent >= record.start && sight.flow.spans[parent] == *span {
                    continue;
                }
                (Carrier::Plain, 1)
            }
            Kind::Element(..) => {
                if text.contains('\n') {
                    first_line(sight, node, span, &mut last_whole, &mut parts, &mut seen);
                    continue;
                }
                carrier(sight, node, record.start)
            }
        };
        let range = if carrier == Carrier::Alt {
            match sight.trimmed_alt(span) {
                Some(it) => it,
                None => continue,
            }
        } else if sight.is_alt(span.start) {
            continue;
        } else {
            sight.trimmed(span)
        };
        if carrier != Carrier::Alt && is_half(sight, span, carrier, record) {
            continue;
        }
        if matches!(carrier, Carrier::Plain | Carrier::Line)
            && let Some(head) = before_description(sight.text(&range))
        {
            let head = range.start..range.start + head;
            push(
                &mut parts,
                &mut seen,
                Carrier::Head,
                class,
                node,
                sight.trimmed(&head),
            );
        }
        push(&mut parts, &mut seen, carrier, class, node, range);
    }
    parts
}

/// Whether a part of a line is but half of a name that goes on in the next element.
fn is_half(
    sight: &Sight<'_>,
    span: &Range<usize>,
    carrier: Carrier,
    record: &Range<usize>,
) -> bool {
    let text = &sight.flow.text;
    let own = &sight.flow.spans[record.start];
    let before = text[own.start.min(span.start)..span.start]
        .rsplit('\n')
        .next()
        .unwrap_or_default();
    let behind = text[span.end..own.end.max(span.end)]
        .split('\n')
        .next()
        .unwrap_or_default();
    let whole = span.start - before.len()..span.end + behind.len();
    if whole == *span || whole.len() > 80 {
        return false;
    }
    let led = before.ends_with(' ') && before.trim_end().ends_with(char::is_alphanumeric);
    let mut next = behind.chars();
    let goes_on = carrier == Carrier::Plain
        && next.next() == Some(' ')
        && next.next().is_some_and(char::is_uppercase);
    (led || goes_on) && sight.look(&whole).likeness >= 0.6
}

/// The bytes before a dash or a colon behind which a description follows.
fn before_description(text: &str) -> Option<usize> {
    let (at, dash) = [" – ", " — ", " - ", ": "]
        .iter()
        .filter_map(|it| Some((text.find(it)?, it)))
        .min()?;
    let tail = &text[at + dash.len()..];
    let described = tail.split(' ').count() >= 4
        && super::names::look(tail.trim_end_matches('.')).likeness < 0.6;
    described.then_some(at)
}

/// The first line of a part with several, where no element holds just that line.
fn first_line(
    sight: &Sight<'_>,
    node: usize,
    span: &Range<usize>,
    last: &mut Option<Range<usize>>,
    parts: &mut Vec<Part>,
    seen: &mut HashMap<(Carrier, u64), u8>,
) {
    let text = sight.text(span);
    let line = span.start..span.start + text.find('\n').unwrap_or(text.len());
    if last.as_ref() == Some(&line) || sight.is_alt(line.start) {
        return;
    }
    *last = Some(line.clone());
    push(parts, seen, Carrier::Line, 0, node, sight.trimmed(&line));
}

fn push(
    parts: &mut Vec<Part>,
    seen: &mut HashMap<(Carrier, u64), u8>,
    carrier: Carrier,
    class: u64,
    node: usize,
    range: Range<usize>,
) {
    if range.is_empty() {
        return;
    }
    if let Some(same) = parts.iter_mut().rev().take(4).find(|it| it.range == range) {
        // The same text inside another element: the one that says more counts.
        if carrier < same.slot.carrier {
            same.slot = Slot {
                carrier,
                class: if same.slot.class > 1 {
                    same.slot.class
                } else {
                    class
                },
                place: same.slot.place,
            };
            same.node = node;
        }
        return;
    }
    let place = seen.entry((carrier, class)).or_insert(0);
    parts.push(Part {
        slot: Slot {
            carrier,
            class,
            place: *place,
        },
        node,
        range,
    });
    *place = place.saturating_add(1);
}

/// What kind of carrier an element is, and its class.
fn carrier(sight: &Sight<'_>, node: usize, root: usize) -> (Carrier, u64) {
    let tree = sight.tree;
    let name = tree.name(node);
    let class = if node == root {
        0
    } else {
        tree.classes(node)
            .next()
            .map_or(0, |it| mix(0, it.as_bytes()) | 2)
    };
    let carrier = match *name {
        local_name!("img") | local_name!("area") | local_name!("title") | local_name!("input") => {
            Carrier::Alt
        }
        local_name!("a") => Carrier::Link,
        local_name!("b")
        | local_name!("strong")
        | local_name!("dt")
        | local_name!("figcaption")
        | local_name!("summary") => Carrier::Bold,
        _ if heading_level(name).is_some() => Carrier::Heading,
        _ => Carrier::Plain,
    };
    let named = node != root
        && (tree.attr(node, &local_name!("itemprop")) == Some("name")
            || tree.classes(node).any(calls_itself_name));
    if named && carrier > Carrier::Named && carrier != Carrier::Alt {
        (Carrier::Named, class)
    } else {
        (carrier, class)
    }
}

/// Whether a class speaks of a name or a title.
fn calls_itself_name(class: &str) -> bool {
    let lower = class.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(['-', '_']).collect();
    words.iter().any(|it| {
        matches!(
            *it,
            "name" | "orgname" | "organization" | "organisation" | "company" | "fn"
        )
    }) || lower.ends_with("name")
        || (words.last().is_some_and(|it| *it == "title")
            && words.len() > 1
            && !lower.contains("job"))
}
