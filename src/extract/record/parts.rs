//! The parts of a record that can be its name.

use std::ops::Range;

use html5ever::local_name;
use memchr::{memchr, memchr3_iter, memrchr};

use crate::{
    extract::{
        judge::name_signs::CLEAR,
        names::{Sort, lower_case},
        page_index::PageIndex,
    },
    html::{Kind, heading_level},
    language::{Column, Lexicon},
};

use super::{
    aside::{before_aside, before_small, goes_on_behind_link},
    part_signs::Carrier,
};

/// How many parts of a record are examined.
pub(super) const PARTS: usize = 40;

/// How many nodes of a record are searched for its parts.
const NODES: usize = 500;

/// The same part in every record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    /// What contains it.
    pub(super) carrier: Carrier,
    /// A hash of its class; 0 and 1 for none.
    pub(super) class: u64,
    /// Its index among such parts of the record.
    pub(super) place: u8,
}

/// A part of one record.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Which part it is.
    pub(super) slot: Slot,
    /// Its node.
    pub(super) node: usize,
    /// The bytes of the possible name.
    pub(super) range: Range<usize>,
}

/// The parts of the records of a list, in one row.
pub(super) struct Parts {
    /// The parts of all records.
    pub(super) all: Vec<Part>,
    /// The start of the parts of the current record.
    first: usize,
    /// How many parts of each carrier and class the current record has so far.
    seen: Vec<((Carrier, u64), u8)>,
}

impl Parts {
    /// Without a part, with room for those of so many records.
    pub(super) fn new(records: usize) -> Self {
        Self {
            all: Vec::with_capacity(4 * records),
            first: 0,
            seen: Vec::new(),
        }
    }

    /// Adds the parts of a record, in order; hidden ones only if there are no others. Returns their end.
    pub(super) fn add_record(&mut self, index: &PageIndex<'_>, record: &Range<usize>) -> usize {
        self.first = self.all.len();
        let all_hidden = index.flow.hidden[record.start];
        self.add(index, record, all_hidden);
        if self.all.len() == self.first && !all_hidden {
            self.add(index, record, true);
        }
        self.all.len()
    }

    fn add(&mut self, index: &PageIndex<'_>, record: &Range<usize>, all_hidden: bool) {
        self.seen.clear();
        let mut until = record.end.min(record.start + NODES);
        let mut last_line: Option<Range<usize>> = None;
        let mut node = record.start;
        while node < until && self.all.len() - self.first < PARTS {
            let span = &index.flow.spans[node];
            let shown = !span.is_empty() && (!index.flow.hidden[node] || all_hidden);
            match shown.then(|| what(index, record, node)) {
                Some(What::Text(carrier, class)) => {
                    if let Some(aside) = self.add_text(index, record, (node, carrier, class)) {
                        until = aside;
                    }
                }
                Some(What::Lines) => self.add_first_line(index, node, &mut last_line),
                Some(What::Nothing) | None => {}
            }
            node += 1;
        }
    }

    /// Adds the possible name in a node; returns the node of what is beside it and not part of it.
    fn add_text(
        &mut self,
        index: &PageIndex<'_>,
        record: &Range<usize>,
        (node, carrier, class): (usize, Carrier, u64),
    ) -> Option<usize> {
        let span = &index.flow.spans[node];
        let range = if carrier == Carrier::Alt {
            index.trimmed_alt(span)?
        } else if index.is_alt(span.start) {
            return None;
        } else {
            index.trimmed(span)
        };
        if carrier != Carrier::Alt && is_half(index, span, carrier, record)
            || carrier == Carrier::Plain && goes_on_behind_link(index, node, span)
        {
            return None;
        }
        if matches!(carrier, Carrier::Plain | Carrier::Line)
            && let Some(head) = before_description(index, &range)
        {
            let head = index.trimmed(&(range.start..range.start + head));
            self.push((Carrier::Head, class), node, head);
        }
        if node > record.start
            && let Some(named) = behind_label(index, &range)
        {
            self.push((Carrier::Labelled, class), node, named);
            return None;
        }
        if let Some(head) = before_small(index, node, span) {
            let head = index.trimmed(&head);
            let plain = carrier == Carrier::Plain;
            self.push(
                (if plain { Carrier::Head } else { carrier }, class),
                node,
                head,
            );
            return None;
        }
        if let Some((head, aside)) = before_aside(index, node, span) {
            self.push((Carrier::Head, class), node, index.trimmed(&head));
            return Some(aside);
        }
        self.push((carrier, class), node, range);
        None
    }

    /// Adds the first line of a part with several, if no element contains just that line.
    fn add_first_line(
        &mut self,
        index: &PageIndex<'_>,
        node: usize,
        last: &mut Option<Range<usize>>,
    ) {
        let span = &index.flow.spans[node];
        let text = index.text(span);
        let first = memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        let mut line = span.start..span.start + first;
        // Below an office is who has it.
        if index.signs(&index.trimmed(&line)).sort == Sort::Role {
            let rest = text[first..].trim_start_matches('\n');
            let start = span.end - rest.len();
            let next = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            if next > 0 && index.signs(&index.trimmed(&(start..start + next))).likeness >= CLEAR {
                line = start..start + next;
            }
        }
        if last.as_ref() == Some(&line) || index.is_alt(line.start) {
            return;
        }
        *last = Some(line.clone());
        self.push((Carrier::Line, 0), node, index.trimmed(&line));
    }

    /// Adds a part to the current record, or merges it with a part of the same text if its carrier means more.
    fn push(&mut self, (carrier, class): (Carrier, u64), node: usize, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let mut near = self.all[self.first..].iter_mut().rev().take(4);
        if let Some(same) = near.find(|part| part.range == range) {
            if carrier < same.slot.carrier {
                same.slot.carrier = carrier;
                if same.slot.class <= 1 {
                    same.slot.class = class;
                }
                same.node = node;
            }
            return;
        }
        let known = self.seen.iter().position(|seen| seen.0 == (carrier, class));
        let known = known.unwrap_or_else(|| {
            self.seen.push(((carrier, class), 0));
            self.seen.len() - 1
        });
        let count = &mut self.seen[known].1;
        let slot = Slot {
            carrier,
            class,
            place: *count,
        };
        *count = count.saturating_add(1);
        self.all.push(Part { slot, node, range });
    }
}

/// The role of a node of a record for its name.
enum What {
    /// Text of one line: what contains it, and a hash of its class.
    Text(Carrier, u64),
    /// Text of several lines.
    Lines,
    /// Nothing, or a repetition of another node.
    Nothing,
}

fn what(index: &PageIndex<'_>, record: &Range<usize>, node: usize) -> What {
    let span = &index.flow.spans[node];
    let text = index.text(span);
    match index.tree.nodes[node].kind {
        Kind::Document => What::Nothing,
        Kind::Text(_) => {
            // The parent of a text that is its whole content says the same.
            let parent = index.tree.nodes[node].parent;
            if parent >= record.start && index.flow.spans[parent] == *span {
                What::Nothing
            } else {
                What::Text(Carrier::Plain, 1)
            }
        }
        Kind::Element(..) if memchr(b'\n', text.as_bytes()).is_some() => What::Lines,
        Kind::Element(..) => {
            let (carrier, class) = carrier(index, node, record.start);
            What::Text(carrier, class)
        }
    }
}

/// Whether a part of a line is only half of a name that continues in the next element.
fn is_half(
    index: &PageIndex<'_>,
    span: &Range<usize>,
    carrier: Carrier,
    record: &Range<usize>,
) -> bool {
    let text = &index.flow.text;
    let own = &index.flow.spans[record.start];
    let breaks = |at: usize| text.as_bytes()[at] == b'\n';
    if (span.start <= own.start || breaks(span.start - 1))
        && (span.end >= own.end || breaks(span.end))
    {
        return false;
    }
    let before = &text[own.start.min(span.start)..span.start];
    let before = &before[memrchr(b'\n', before.as_bytes()).map_or(0, |memrchr| memrchr + 1)..];
    let behind = &text[span.end..own.end.max(span.end)];
    let behind = &behind[..memchr(b'\n', behind.as_bytes()).unwrap_or(behind.len())];
    let whole = span.start - before.len()..span.end + behind.len();
    // Behind a comma what is set in italics is said of the name.
    if index.text(span).trim_end().ends_with(',') && is_aside(index, span.end, record) {
        return false;
    }
    if whole == *span || whole.len() > 80 {
        return false;
    }
    let led = before.ends_with(' ') && before.trim_end().ends_with(char::is_alphanumeric);
    let mut next = behind.chars();
    let goes_on = carrier == Carrier::Plain
        && next.next() == Some(' ')
        && next.next().is_some_and(char::is_uppercase);
    (led && carrier != Carrier::Named || goes_on) && index.signs(&whole).likeness >= CLEAR
}

/// Whether the element that begins behind a place of the text is in italics, or small.
fn is_aside(index: &PageIndex<'_>, at: usize, record: &Range<usize>) -> bool {
    let begins = |node: &usize| (at..=at + 1).contains(&index.flow.spans[*node].start);
    let mut nodes = record.clone().take(NODES).filter(begins);
    nodes.any(|node| {
        let name = index.tree.name(node);
        !index.flow.spans[node].is_empty()
            && matches!(
                *name,
                local_name!("em") | local_name!("i") | local_name!("small")
            )
    })
}

/// The bytes before a dash or a colon that introduces a description.
fn before_description(index: &PageIndex<'_>, range: &Range<usize>) -> Option<usize> {
    let text = index.text(range);
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
        && index
            .signs(&(range.start + tail..range.start + tail + last))
            .likeness
            < CLEAR;
    described.then_some(at)
}

/// The bytes behind a label that says that a name follows: "Name: Jane Roe".
fn behind_label(index: &PageIndex<'_>, range: &Range<usize>) -> Option<Range<usize>> {
    const LONGEST: usize = 30;
    let text = index.text(range);
    let at = memchr(b':', text.as_bytes()).filter(|at| *at <= LONGEST)?;
    let label = Lexicon::column(&lower_case(text[..at].trim()));
    let named = index.trimmed(&(range.start + at + 1..range.end));
    (label == Some(Column::Names) && !named.is_empty()).then_some(named)
}

/// What kind of carrier an element is, and its class.
fn carrier(index: &PageIndex<'_>, node: usize, root: usize) -> (Carrier, u64) {
    let tree = index.tree;
    let name = tree.name(node);
    let class = if node == root {
        0
    } else {
        index.class(node).first
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
            || index.class(node).names_itself);
    if named && carrier > Carrier::Named && carrier != Carrier::Alt {
        (Carrier::Named, class)
    } else if carrier == Carrier::Plain && node != root && index.class(node).is_said {
        (Carrier::Said, class)
    } else {
        (carrier, class)
    }
}
