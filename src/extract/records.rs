//! Which part of each record is its name: the same part in all of them, told by what stands there.

use std::ops::Range;

use html5ever::local_name;
use memchr::{memchr, memchr3_iter, memrchr};

use super::{
    asides::{before_aside, goes_on_behind_link, is_badged},
    draft::{Item, Sight},
    flow::heading_level,
    maps::{Map, map},
    tails,
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

struct Stat {
    slot: Slot,
    records: f64,
    likeness: f64,
    organizations: f64,
    position: f64,
    length: f64,
    /// How many different texts.
    texts: f64,
}

impl Stat {
    fn new(slot: Slot) -> Self {
        Self {
            slot,
            records: 0.0,
            likeness: 0.0,
            organizations: 0.0,
            position: 0.0,
            length: 0.0,
            texts: 0.0,
        }
    }
}

/// How many slots are looked through one by one.
const FEW: usize = 16;

/// The slots of a list's records, numbered as they are met.
struct Slots {
    stats: Vec<Stat>,
    /// The numbers of those behind the first few.
    numbers: Map<Slot, usize>,
    /// The slot of the part that stood at each position of the last record that had one: most records are alike.
    last: [usize; PARTS],
}

impl Slots {
    fn new() -> Self {
        Self {
            stats: Vec::new(),
            numbers: map(),
            last: [0; PARTS],
        }
    }

    fn known(&self, slot: Slot) -> Option<usize> {
        let few = &self.stats[..self.stats.len().min(FEW)];
        few.iter()
            .position(|it| it.slot == slot)
            .or_else(|| self.numbers.get(&slot).copied())
    }

    fn number(&mut self, position: usize, slot: Slot) -> usize {
        let position = position.min(PARTS - 1);
        let likely = self.last[position];
        if self.stats.get(likely).is_some_and(|it| it.slot == slot) {
            return likely;
        }
        let number = self.known(slot).unwrap_or_else(|| {
            self.stats.push(Stat::new(slot));
            if self.stats.len() > FEW {
                self.numbers.insert(slot, self.stats.len() - 1);
            }
            self.stats.len() - 1
        });
        self.last[position] = number;
        number
    }
}

/// Names each record (a range of nodes); records without a name are left out.
pub(super) fn name(sight: &Sight<'_>, records: &[Range<usize>]) -> Vec<Item> {
    // The parts of all records in one row, and where those of each record end.
    let mut parts: Vec<Part> = Vec::with_capacity(4 * records.len());
    let mut ends: Vec<usize> = Vec::with_capacity(records.len());
    let mut seen = Vec::new();
    for it in records {
        parts_of(sight, it, &mut parts, &mut seen);
        ends.push(parts.len());
    }
    let begins = std::iter::once(0).chain(ends.iter().copied());
    let mut known = Slots::new();
    // For each part the number of its slot, and its likeness to a name.
    let mut told: Vec<(usize, f64)> = Vec::with_capacity(parts.len());
    // The texts in each slot: the slot's number above, the text's below.
    let mut texts: Vec<u64> = Vec::with_capacity(parts.len());
    for (start, &end) in begins.clone().zip(&ends) {
        for (position, part) in parts[start..end].iter().enumerate() {
            let number = known.number(position, part.slot);
            let (text, look) = sight.looked(&part.range);
            let stat = &mut known.stats[number];
            stat.records += 1.0;
            stat.likeness += look.likeness;
            stat.organizations += f64::from(u8::from(look.organization));
            stat.position += position.min(6) as f64;
            stat.length += part.range.len() as f64;
            texts.push((number as u64) << 32 | u64::from(text));
            told.push((number, look.likeness));
        }
    }
    let mut stats = known.stats;
    texts.sort_unstable();
    texts.dedup();
    for it in texts {
        stats[(it >> 32) as usize].texts += 1.0;
    }
    let filled = begins.clone().zip(&ends).filter(|it| it.0 < *it.1).count() as f64;
    let mut ranked: Vec<(f64, usize)> = stats
        .iter()
        .enumerate()
        .map(|(number, stat)| (worth(stat, filled), number))
        .collect();
    ranked.sort_by(|a, b| {
        let (one, other) = (stats[a.1].slot, stats[b.1].slot);
        b.0.total_cmp(&a.0)
            .then(one.carrier.cmp(&other.carrier))
            .then(one.place.cmp(&other.place))
            .then(one.class.cmp(&other.class))
    });
    let mut rank = vec![0; ranked.len()];
    for (place, it) in ranked.iter().enumerate() {
        rank[it.1] = place;
    }
    let Some(&(best_worth, _)) = ranked.first() else {
        return Vec::new();
    };
    let mut items: Vec<Item> = begins
        .zip(&ends)
        .zip(records)
        .filter_map(|((start, &end), record)| {
            let at = (start..end).min_by_key(|&it| rank[told[it].0])?;
            let (part, (number, likeness)) = (&parts[at], told[at]);
            let place = rank[number];
            let near = place == 0
                || ranked[place].0 > best_worth * 0.6
                || (part.slot.carrier <= Carrier::Line && likeness >= 0.5);
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
    tails::without_common(sight, &mut items);
    items
}

/// How likely a slot holds the names of `all` records.
fn worth(stat: &Stat, all: f64) -> f64 {
    let count = stat.records;
    let coverage = (count / all).min(1.0);
    let distinct = if count > 1.0 {
        0.25 + 0.75 * stat.texts / count
    } else {
        1.0
    };
    let bonus = match stat.slot.carrier {
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

/// How many parts of each carrier and class a record has so far.
type Seen = Vec<((Carrier, u64), u8)>;

/// Adds the parts of a record that could be its name, in order; hidden ones only where nothing else is there.
fn parts_of(sight: &Sight<'_>, record: &Range<usize>, parts: &mut Vec<Part>, seen: &mut Seen) {
    let first = parts.len();
    let all_hidden = sight.flow.hidden[record.start];
    parts_seen(sight, record, all_hidden, parts, seen);
    if parts.len() == first && !all_hidden {
        parts_seen(sight, record, true, parts, seen);
    }
}

fn parts_seen(
    sight: &Sight<'_>,
    record: &Range<usize>,
    all_hidden: bool,
    parts: &mut Vec<Part>,
    seen: &mut Seen,
) {
    let first = parts.len();
    seen.clear();
    let end = record.end.min(record.start + NODES);
    let mut until = end;
    let mut last_whole: Option<Range<usize>> = None;
    for node in record.start..end {
        if parts.len() - first >= PARTS || node >= until {
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
                if is_badged(sight, node, text) {
                    continue;
                }
                if memchr(b'\n', text.as_bytes()).is_some() {
                    first_line(sight, node, span, &mut last_whole, first, parts, seen);
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
        if carrier != Carrier::Alt && is_half(sight, span, carrier, record)
            || carrier == Carrier::Plain && goes_on_behind_link(sight, node, span)
        {
            continue;
        }
        if matches!(carrier, Carrier::Plain | Carrier::Line)
            && let Some(head) = before_description(sight, &range)
        {
            let head = range.start..range.start + head;
            let it = (Carrier::Head, class, node, sight.trimmed(&head));
            push(parts, first, seen, it);
        }
        if let Some((head, aside)) = before_aside(sight, node, span) {
            let it = (Carrier::Head, class, node, sight.trimmed(&head));
            push(parts, first, seen, it);
            until = aside;
            continue;
        }
        push(parts, first, seen, (carrier, class, node, range));
    }
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
    let breaks = |at: usize| text.as_bytes()[at] == b'\n';
    if (span.start <= own.start || breaks(span.start - 1))
        && (span.end >= own.end || breaks(span.end))
    {
        return false;
    }
    let before = &text[own.start.min(span.start)..span.start];
    let before = &before[memrchr(b'\n', before.as_bytes()).map_or(0, |it| it + 1)..];
    let behind = &text[span.end..own.end.max(span.end)];
    let behind = &behind[..memchr(b'\n', behind.as_bytes()).unwrap_or(behind.len())];
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
fn before_description(sight: &Sight<'_>, range: &Range<usize>) -> Option<usize> {
    let text = sight.text(range);
    let bytes = text.as_bytes();
    let (at, tail) = memchr3_iter(b':', b'-', 0xe2, bytes).find_map(|at| {
        let spaced = |length: usize| {
            (at > 0 && bytes[at - 1] == b' ' && bytes.get(at + length) == Some(&b' '))
                .then(|| (at - 1, at + length + 1))
        };
        match bytes[at] {
            b':' => (bytes.get(at + 1) == Some(&b' ')).then_some((at, at + 2)),
            b'-' => spaced(1),
            _ => text[at..].starts_with(['–', '—']).then(|| spaced(3))?,
        }
    })?;
    let last = text[tail..].trim_end_matches('.').len();
    let described = text[tail..].split(' ').nth(3).is_some()
        && sight
            .look(&(range.start + tail..range.start + tail + last))
            .likeness
            < 0.6;
    described.then_some(at)
}

/// The first line of a part with several, where no element holds just that line.
fn first_line(
    sight: &Sight<'_>,
    node: usize,
    span: &Range<usize>,
    last: &mut Option<Range<usize>>,
    first: usize,
    parts: &mut Vec<Part>,
    seen: &mut Seen,
) {
    let text = sight.text(span);
    let line = span.start..span.start + memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
    if last.as_ref() == Some(&line) || sight.is_alt(line.start) {
        return;
    }
    *last = Some(line.clone());
    let it = (Carrier::Line, 0, node, sight.trimmed(&line));
    push(parts, first, seen, it);
}

/// Adds a part, of which carrier, class, node and range are given, to a record whose parts begin at `first`.
fn push(
    parts: &mut Vec<Part>,
    first: usize,
    seen: &mut Seen,
    (carrier, class, node, range): (Carrier, u64, usize, Range<usize>),
) {
    if range.is_empty() {
        return;
    }
    let mut near = parts[first..].iter_mut().rev().take(4);
    if let Some(same) = near.find(|it| it.range == range) {
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
    let known = seen.iter().position(|it| it.0 == (carrier, class));
    let known = known.unwrap_or_else(|| {
        seen.push(((carrier, class), 0));
        seen.len() - 1
    });
    let place = &mut seen[known].1;
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
        tree.class(node).first
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
            || tree.class(node).names_itself);
    if named && carrier > Carrier::Named && carrier != Carrier::Alt {
        (Carrier::Named, class)
    } else {
        (carrier, class)
    }
}
