//! Names in running lines: lines parted by `br`, links and images side by side, and enumerations in prose.

use std::ops::Range;

use html5ever::local_name;
use memchr::{memchr, memchr2};

use super::{
    draft::{Draft, Item, Sight},
    names::{self, Sort},
    tree::Kind,
};
use crate::entity::{NameSource, Strategy};

/// An inline piece of a line.
#[derive(Clone, Debug)]
struct Piece {
    node: usize,
    range: Range<usize>,
    element: bool,
}

/// Finds the lists in the lines of a page.
pub(super) fn find(sight: &Sight<'_>) -> Vec<Draft> {
    let tree = sight.tree;
    let mut drafts = Vec::new();
    let mut run = Run::default();
    for parent in 0..tree.nodes.len() {
        if sight.flow.spans[parent].is_empty() || !tree.is_element(parent) {
            continue;
        }
        // A text alone in its element is no list.
        if tree.nodes[parent].end == parent + 2
            && matches!(tree.nodes[parent + 1].kind, Kind::Text(_))
        {
            continue;
        }
        run.clear();
        for child in tree.children(parent) {
            if *tree.name(child) == local_name!("br") {
                run.end_line();
            } else if sight.blocky[child] {
                of_run(sight, parent, &mut run, &mut drafts);
                run.clear();
            } else if !sight.flow.spans[child].is_empty() {
                run.pieces.push(Piece {
                    node: child,
                    range: sight.flow.spans[child].clone(),
                    element: !matches!(tree.nodes[child].kind, Kind::Text(_)),
                });
            }
        }
        of_run(sight, parent, &mut run, &mut drafts);
    }
    drafts
}

/// Lines that follow each other: their pieces in one row, and where those of each line end.
#[derive(Default)]
struct Run {
    pieces: Vec<Piece>,
    ends: Vec<usize>,
}

impl Run {
    fn clear(&mut self) {
        self.pieces.clear();
        self.ends.clear();
    }

    /// Ends the line, if there is anything in it.
    fn end_line(&mut self) {
        if self.ends.last().copied().unwrap_or(0) < self.pieces.len() {
            self.ends.push(self.pieces.len());
        }
    }

    fn lines(&self) -> impl Iterator<Item = &[Piece]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(from, &to)| &self.pieces[from..to])
    }
}

/// Adds the lists of one run of lines: split at lines that are captions.
fn of_run(sight: &Sight<'_>, parent: usize, run: &mut Run, drafts: &mut Vec<Draft>) {
    run.end_line();
    if let [only] = &run.pieces[..] {
        // One piece is a list only where it is a logo.
        let range = &only.range;
        let plain =
            !sight.is_alt(range.start) && memchr(b'\n', sight.text(range).as_bytes()).is_none();
        if !only.element || plain {
            return;
        }
    }
    let several = run.ends.len() > 1;
    let mut keep = |mut it: Draft| {
        if is_address(sight, &it.items) {
            it.bonus = -0.6;
        }
        if it.items.len() > 1 || (it.items.len() == 1 && (it.caption.is_some() || is_logo(&it))) {
            drafts.push(it);
        }
    };
    let mut open = draft(parent, several, None);
    for (place, line) in run.lines().enumerate() {
        let caption = caption_of(sight, line);
        if let Some(caption) = caption.or_else(|| leading(sight, run, place)) {
            let next = draft(parent, several, Some(caption));
            keep(std::mem::replace(&mut open, next));
            continue;
        }
        let (caption, items) = items_of(sight, line);
        if caption.is_some() && open.items.is_empty() {
            open.caption = caption;
        }
        open.items.extend(items);
    }
    keep(open);
}

/// Whether a few lines are one house and where it is: the last ends in a country behind a comma, and not the first.
fn is_address(sight: &Sight<'_>, items: &[Item]) -> bool {
    let country = |it: &Item| {
        let behind = sight.text(&it.range).rsplit_once(", ");
        behind.is_some_and(|it| names::is_country(it.1))
    };
    (2..=5).contains(&items.len())
        && items.last().is_some_and(country)
        && items.first().is_some_and(|it| !country(it))
}

fn is_logo(draft: &Draft) -> bool {
    draft.items.iter().all(|it| it.source == NameSource::Alt)
}

fn draft(container: usize, several: bool, caption: Option<Range<usize>>) -> Draft {
    Draft {
        strategy: if several {
            Strategy::Lines
        } else {
            Strategy::Prose
        },
        container,
        caption,
        items: Vec::new(),
        bonus: 0.0,
    }
}

/// A line that tells what the next lines are: set apart by its element or its colon.
fn caption_of(sight: &Sight<'_>, line: &[Piece]) -> Option<Range<usize>> {
    let (first, last) = (line.first()?, line.last()?);
    let range = first.range.start..last.range.end;
    let text = sight.text(&range);
    if text.len() > 90 || memchr(b'\n', text.as_bytes()).is_some() || sight.is_alt(range.start) {
        return None;
    }
    let colon = text.ends_with(':');
    let set_apart = line.len() == 1
        && first.element
        && *sight.tree.name(first.node) != local_name!("a")
        && (names::tells_relation(text) || sight.look(&range).sort == Sort::Caption);
    (colon || set_apart).then_some(range)
}

/// The first of three lines or more where it alone is set in bold or italics: it stands above the others.
fn leading(sight: &Sight<'_>, run: &Run, place: usize) -> Option<Range<usize>> {
    if place > 0 || run.ends.len() < 3 {
        return None;
    }
    let mut lines = run.lines();
    let [first] = lines.next()? else { return None };
    let set = matches!(
        *sight.tree.name(first.node),
        local_name!("b")
            | local_name!("strong")
            | local_name!("em")
            | local_name!("i")
            | local_name!("u")
    );
    let plain = lines.flatten().all(|it| !it.element);
    let heads = first.element && set && plain && names::is_country(sight.text(&first.range));
    heads.then(|| first.range.clone())
}

/// The members in one line, and the caption that leads it.
fn items_of(sight: &Sight<'_>, line: &[Piece]) -> (Option<Range<usize>>, Vec<Item>) {
    let mut caption = None;
    let mut pieces = line;
    // "Supporters: A | B": what ends in a colon leads the line.
    if let Some(lead) = pieces.first()
        && pieces.len() > 1
        && lead.range.len() < 90
        && (sight.text(&lead.range).ends_with(':')
            || (lead.element
                && *sight.tree.name(lead.node) != local_name!("a")
                && sight.look(&lead.range).sort == Sort::Caption))
    {
        caption = Some(lead.range.clone());
        pieces = &pieces[1..];
    }
    let atoms: Vec<&Piece> = pieces.iter().filter(|it| it.element).collect();
    if are_fields(sight, &atoms) {
        return (caption, Vec::new());
    }
    if !atoms.is_empty() && gaps_are_separators(sight, pieces) {
        return (
            caption,
            atoms.iter().filter_map(|it| atom(sight, it)).collect(),
        );
    }
    if let Some((lead, named)) = named_in_prose(sight, pieces) {
        return (
            caption.or(lead),
            named.iter().filter_map(|it| atom(sight, it)).collect(),
        );
    }
    if let (Some(first), Some(last)) = (pieces.first(), pieces.last()) {
        let whole = first.range.start..last.range.end;
        let leads = first.element
            && pieces.len() > 1
            && memchr(b'\n', sight.text(&first.range).as_bytes()).is_none()
            && sight.look(&sight.trimmed(&first.range)).likeness >= 0.5;
        if leads {
            return (caption, atom(sight, first).into_iter().collect());
        }
        if memchr(b'\n', sight.text(&whole).as_bytes()).is_none() {
            let range = sight.trimmed(&whole);
            if !range.is_empty() {
                return (
                    caption,
                    vec![Item {
                        node: first.node,
                        record: first.node..last.node + 1,
                        range,
                        source: NameSource::Text,
                    }],
                );
            }
        }
    }
    (caption, Vec::new())
}

/// Whether the elements of a line are fields of one record: spans each of which has a class of its own.
fn are_fields(sight: &Sight<'_>, atoms: &[&Piece]) -> bool {
    let tree = sight.tree;
    let class = |it: &&Piece| {
        if *tree.name(it.node) != local_name!("span") {
            return None;
        }
        tree.attr(it.node, &local_name!("class"))
            .filter(|it| !it.is_empty())
    };
    if atoms.len() < 2 {
        return false;
    }
    let classes: Option<Vec<&str>> = atoms.iter().map(class).collect();
    classes.is_some_and(|it| {
        let differ = |place: usize| !it[..place].contains(&it[place]);
        (0..it.len()).all(differ)
    })
}

/// The links or bold words that a sentence enumerates: "members are A; B (in C); and D."
fn named_in_prose<'a>(
    sight: &Sight<'_>,
    pieces: &'a [Piece],
) -> Option<(Option<Range<usize>>, Vec<&'a Piece>)> {
    let places: Vec<usize> = (0..pieces.len()).filter(|&it| pieces[it].element).collect();
    let mut best: Option<(usize, usize, usize)> = None;
    let mut from = 0;
    for to in 0..places.len() {
        if to > 0 && !gaps_are_separators(sight, &pieces[places[to - 1]..=places[to]]) {
            from = to;
        }
        if to > from && best.is_none_or(|it| to - from > it.0) {
            best = Some((to - from, places[from], places[to]));
        }
    }
    let (_, first, last) = best?;
    let atoms: Vec<&Piece> = pieces[first..=last]
        .iter()
        .filter(|it| it.element)
        .collect();
    let lead = (first > 0).then(|| pieces[0].range.start..pieces[first - 1].range.end);
    Some((lead.filter(|it| it.len() <= 90), atoms))
}

/// An inline element as a member: the name in it, or in its image.
fn atom(sight: &Sight<'_>, piece: &Piece) -> Option<Item> {
    let record = piece.node..sight.tree.nodes[piece.node].end;
    if memchr(b'\n', sight.text(&piece.range).as_bytes()).is_some() {
        return super::records::name(sight, std::slice::from_ref(&record)).pop();
    }
    let alt = sight.is_alt(piece.range.start);
    let range = if alt {
        sight.trimmed_alt(&piece.range)?
    } else {
        sight.trimmed(&piece.range)
    };
    let range = without_badge(sight, piece, range);
    let image = record
        .clone()
        .find(|&it| alt && *sight.tree.name(it) == local_name!("img"));
    (!range.is_empty()).then(|| Item {
        node: image.unwrap_or(piece.node),
        record,
        range,
        source: if alt {
            NameSource::Alt
        } else {
            NameSource::Text
        },
    })
}

/// A name without the number that an element of its own shows behind it: a year, a count.
fn without_badge(sight: &Sight<'_>, piece: &Piece, range: Range<usize>) -> Range<usize> {
    let badge = sight.tree.elements(piece.node).last().and_then(|it| {
        let span = &sight.flow.spans[it];
        let number = sight
            .text(span)
            .chars()
            .all(|it| it.is_ascii_digit() || !it.is_alphanumeric());
        (number && span.end == range.end && span.start > range.start).then_some(span.start)
    });
    match badge {
        Some(start) => sight.trimmed(&(range.start..start)),
        None => range,
    }
}

/// Whether between the elements of a line stands nothing but separators, brackets with their content, and small words.
fn gaps_are_separators(sight: &Sight<'_>, pieces: &[Piece]) -> bool {
    pieces.iter().filter(|it| !it.element).all(|it| {
        let text = sight.text(&it.range);
        if memchr2(b'(', b'[', text.as_bytes()).is_some() {
            are_small_words(&outside_brackets(text))
        } else {
            are_small_words(text)
        }
    })
}

/// A text without its brackets and what stands in them.
fn outside_brackets(text: &str) -> String {
    let mut depth = 0_i32;
    text.chars()
        .filter(|it| {
            match it {
                '(' | '[' => depth += 1,
                ')' | ']' => {
                    depth -= 1;
                    return false;
                }
                _ => {}
            }
            depth <= 0
        })
        .collect()
}

/// Whether all words of a text are such as join names.
fn are_small_words(text: &str) -> bool {
    text.split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .all(|it| {
            matches!(
                it,
                "and" | "the" | "or" | "und" | "et" | "y" | "e" | "The" | "with" | "as" | "well"
            )
        })
}
