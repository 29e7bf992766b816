//! Names in lines: lines separated by `br`, links and images side by side, and enumerations in prose.

use std::ops::Range;

use html5ever::local_name;
use memchr::{memchr, memchr2};

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item, Observed},
        fast_hash::{Map, Set, map},
        judge::name_signs::LIKELY,
        names::{self, Sort, lower_case},
        page_index::PageIndex,
        record,
    },
    html::Kind,
};

use super::line_fields::{Piece, Run, column, recurring};

/// Finds the lists in the lines of a page.
pub(in crate::extract) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let tree = index.tree;
    let mut drafts = Vec::new();
    let mut run = Run::default();
    for parent in 0..tree.nodes.len() {
        if index.flow.spans[parent].is_empty() || !tree.is_element(parent) {
            continue;
        }
        // An element that contains only a text is not a list.
        if tree.nodes[parent].end == parent + 2
            && matches!(tree.nodes[parent + 1].kind, Kind::Text(_))
        {
            continue;
        }
        run.clear();
        for child in tree.children(parent) {
            if *tree.name(child) == local_name!("br") {
                run.end_line();
            } else if index.blocky[child] {
                of_run(index, parent, &mut run, &mut drafts);
                run.clear();
            } else if !index.flow.spans[child].is_empty() {
                run.pieces.push(Piece {
                    node: child,
                    range: index.flow.spans[child].clone(),
                    element: !matches!(tree.nodes[child].kind, Kind::Text(_)),
                });
            }
        }
        of_run(index, parent, &mut run, &mut drafts);
    }
    without_labels(index, drafts)
}

/// The lists without those most of whose lines recur in other lists: a name, and the same links below each name.
fn without_labels(index: &PageIndex<'_>, drafts: Vec<Draft>) -> Vec<Draft> {
    const OFTEN: usize = 3;
    let text = |item: &Item| index.text(&item.range);
    let mut lists: Map<&str, usize> = map();
    let several = |draft: &&Draft| draft.items.len() > 1 && draft.strategy == Strategy::Lines;
    for draft in drafts.iter().filter(several) {
        let texts: Set<&str> = draft.items.iter().map(text).collect();
        for text in texts {
            *lists.entry(text).or_default() += 1;
        }
    }
    let recurs = |item: &&Item| lists.get(text(item)).is_some_and(|count| *count >= OFTEN);
    let labelled = |draft: &Draft| {
        let labels = draft.items.iter().filter(recurs).count();
        several(&draft) && labels * 2 > draft.items.len()
    };
    let kept: Vec<bool> = drafts.iter().map(|draft| !labelled(draft)).collect();
    let both = drafts.into_iter().zip(kept);
    both.filter(|both| both.1).map(|both| both.0).collect()
}

/// Adds the lists of one run of lines: split at lines that are captions.
fn of_run(index: &PageIndex<'_>, parent: usize, run: &mut Run, drafts: &mut Vec<Draft>) {
    run.end_line();
    if let [only] = &run.pieces[..] {
        // A single piece is a list only if it is a logo.
        let range = &only.range;
        let plain =
            !index.is_alt(range.start) && memchr(b'\n', index.text(range).as_bytes()).is_none();
        if !only.element || plain {
            return;
        }
    }
    let several = run.ends.len() > 1;
    let mut keep = |mut draft: Draft| {
        if draft.strategy == Strategy::Lines && goes_on_behind_commas(index, &draft.items) {
            draft.items = enumerated(index, draft.items);
        }
        if is_address(index, &draft.items) {
            draft.observed.push((Observed::Address, 1.0));
        }
        if draft.items.len() > 1
            || (draft.items.len() == 1 && (draft.caption.is_some() || is_logo(&draft)))
        {
            drafts.push(draft);
        }
    };
    let column = column(index, run);
    let recurring = recurring(index, run);
    let mut open = draft(parent, several, None);
    for (place, line) in run.lines().enumerate() {
        if recurring.is_some_and(|(period, named)| place % period != named) {
            continue;
        }
        let caption = caption_of(index, line);
        if let Some(caption) = caption.or_else(|| leading(index, run, place)) {
            let next = draft(parent, several, Some(caption));
            keep(std::mem::replace(&mut open, next));
            continue;
        }
        if let Some(column) = &column
            && let Some(named) = column.of(line)
        {
            open.items.extend(atom(index, named));
            continue;
        }
        let (caption, items) = items_of(index, line);
        if caption.is_some() && open.items.is_empty() {
            open.caption = caption;
        }
        open.items.extend(items);
    }
    keep(open);
}

/// Whether each of several lines but the last ends in a comma: what the lines enumerate goes on in the next.
fn goes_on_behind_commas(index: &PageIndex<'_>, items: &[Item]) -> bool {
    let [lines @ .., _] = items else { return false };
    let goes_on = |item: &Item| {
        let behind = &index.flow.text[item.range.end..];
        behind.trim_start_matches(' ').starts_with(',')
    };
    !lines.is_empty() && lines.iter().all(goes_on)
}

/// The names between the commas of lines, each by itself; the lines as they are if a part is no name.
fn enumerated(index: &PageIndex<'_>, items: Vec<Item>) -> Vec<Item> {
    let names: Option<Vec<Vec<Range<usize>>>> = items
        .iter()
        .map(|item| Some(record::names_between_commas(index, item)).filter(|it| !it.is_empty()))
        .collect();
    let Some(names) = names else { return items };
    let each = |(item, names): (Item, Vec<Range<usize>>)| {
        names.into_iter().map(move |range| Item {
            range,
            ..item.clone()
        })
    };
    items.into_iter().zip(names).flat_map(each).collect()
}

/// Whether a few lines are an organization and its address: the last line ends in a country after a comma, and the first does not.
fn is_address(index: &PageIndex<'_>, items: &[Item]) -> bool {
    let country = |item: &Item| {
        let behind = index.text(&item.range).rsplit_once(", ");
        behind.is_some_and(|behind| names::is_country(behind.1))
    };
    let mail = |item: &Item| {
        let text = index.text(&item.range);
        text.contains('@') || lower_case(text).contains("mail")
    };
    let reaches = |item: &&Item| {
        let text = index.text(&item.range);
        let numbers = text.split(|it: char| !it.is_ascii_digit());
        let mut numbers = numbers.filter(|number| !number.is_empty());
        let year = |number: &str| number.len() == 4 && number.starts_with(['1', '2']);
        let (first, more) = (numbers.next(), numbers.next());
        let digits = first.is_some_and(|it| more.is_some() || it.len() >= 2 && !year(it));
        digits || mail(item)
    };
    let contacts = items.iter().filter(reaches).count();
    let closed = items.len() <= 3 && items.last().is_some_and(mail);
    let contacted = (contacts >= 2 || closed)
        && items.len() <= 7
        && !items.first().is_some_and(|item| reaches(&item));
    contacted
        || (2..=5).contains(&items.len())
            && items.last().is_some_and(country)
            && items.first().is_some_and(|item| !country(item))
}

fn is_logo(draft: &Draft) -> bool {
    draft
        .items
        .iter()
        .all(|item| item.source == NameSource::Alt)
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
        observed: Vec::new(),
    }
}

/// A line that announces the next lines: marked by its element or its colon.
fn caption_of(index: &PageIndex<'_>, line: &[Piece]) -> Option<Range<usize>> {
    let (first, last) = (line.first()?, line.last()?);
    let range = first.range.start..last.range.end;
    let text = index.text(&range);
    if text.len() > 90 || memchr(b'\n', text.as_bytes()).is_some() || index.is_alt(range.start) {
        return None;
    }
    let colon = text.ends_with(':');
    let set_apart = line.len() == 1
        && first.element
        && *index.tree.name(first.node) != local_name!("a")
        && (names::tells_relation(text) || index.signs(&range).sort == Sort::Caption);
    (colon || set_apart).then_some(range)
}

/// The first of three or more lines, if only this one is in bold or italics: it is the caption of the others.
fn leading(index: &PageIndex<'_>, run: &Run, place: usize) -> Option<Range<usize>> {
    if place > 0 || run.ends.len() < 3 {
        return None;
    }
    let mut lines = run.lines();
    let [first] = lines.next()? else { return None };
    let set = matches!(
        *index.tree.name(first.node),
        local_name!("b")
            | local_name!("strong")
            | local_name!("em")
            | local_name!("i")
            | local_name!("u")
    );
    let plain = lines.flatten().all(|it| !it.element);
    let heads = first.element && set && plain && names::is_country(index.text(&first.range));
    heads.then(|| first.range.clone())
}

/// The members in one line, and the caption at its start.
fn items_of(index: &PageIndex<'_>, line: &[Piece]) -> (Option<Range<usize>>, Vec<Item>) {
    let mut caption = None;
    let mut pieces = line;
    // "Supporters: A | B": a part that ends in a colon is the caption of the line.
    if let Some(lead) = pieces.first()
        && pieces.len() > 1
        && lead.range.len() < 90
        && (index.text(&lead.range).ends_with(':')
            || (lead.element
                && *index.tree.name(lead.node) != local_name!("a")
                && index.signs(&lead.range).sort == Sort::Caption))
    {
        caption = Some(lead.range.clone());
        pieces = &pieces[1..];
    }
    let atoms: Vec<&Piece> = pieces.iter().filter(|piece| piece.element).collect();
    if !atoms.is_empty() && gaps_are_separators(index, pieces) {
        return (
            caption,
            atoms.iter().filter_map(|it| atom(index, it)).collect(),
        );
    }
    if let Some((lead, named)) = named_in_prose(index, pieces) {
        return (
            caption.or(lead),
            named.iter().filter_map(|it| atom(index, it)).collect(),
        );
    }
    if let (Some(first), Some(last)) = (pieces.first(), pieces.last()) {
        let whole = first.range.start..last.range.end;
        let leads = first.element
            && pieces.len() > 1
            && memchr(b'\n', index.text(&first.range).as_bytes()).is_none()
            && index.signs(&index.trimmed(&first.range)).likeness >= LIKELY;
        if leads {
            return (caption, atom(index, first).into_iter().collect());
        }
        if memchr(b'\n', index.text(&whole).as_bytes()).is_none() {
            let range = index.trimmed(&whole);
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

/// The links or bold words that a sentence enumerates: "members are A; B (in C); and D."
fn named_in_prose<'a>(
    index: &PageIndex<'_>,
    pieces: &'a [Piece],
) -> Option<(Option<Range<usize>>, Vec<&'a Piece>)> {
    let places: Vec<usize> = (0..pieces.len()).filter(|&at| pieces[at].element).collect();
    let mut best: Option<(usize, usize, usize)> = None;
    let mut from = 0;
    for to in 0..places.len() {
        if to > 0 && !gaps_are_separators(index, &pieces[places[to - 1]..=places[to]]) {
            from = to;
        }
        if to > from && best.is_none_or(|best| to - from > best.0) {
            best = Some((to - from, places[from], places[to]));
        }
    }
    let (_, first, last) = best?;
    let atoms: Vec<&Piece> = pieces[first..=last]
        .iter()
        .filter(|piece| piece.element)
        .collect();
    let lead = (first > 0).then(|| pieces[0].range.start..pieces[first - 1].range.end);
    Some((lead.filter(|lead| lead.len() <= 90), atoms))
}

/// An inline element as a member: the name in it, or in its image.
fn atom(index: &PageIndex<'_>, piece: &Piece) -> Option<Item> {
    let record = piece.node..index.tree.nodes[piece.node].end;
    if memchr(b'\n', index.text(&piece.range).as_bytes()).is_some() {
        return record::name(index, std::slice::from_ref(&record)).pop();
    }
    let alt = index.is_alt(piece.range.start);
    let range = if alt {
        index.trimmed_alt(&piece.range)?
    } else {
        index.trimmed(&piece.range)
    };
    let range = without_badge(index, piece, range);
    let image = record
        .clone()
        .find(|&it| alt && *index.tree.name(it) == local_name!("img"));
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

/// A name without the number that its own element shows after it: a year, a count.
fn without_badge(index: &PageIndex<'_>, piece: &Piece, range: Range<usize>) -> Range<usize> {
    let badge = index.tree.elements(piece.node).last().and_then(|node| {
        let span = &index.flow.spans[node];
        let number = index
            .text(span)
            .chars()
            .all(|letter| letter.is_ascii_digit() || !letter.is_alphanumeric());
        (number && span.end == range.end && span.start > range.start).then_some(span.start)
    });
    match badge {
        Some(start) => index.trimmed(&(range.start..start)),
        None => range,
    }
}

/// Whether there is nothing but separators, brackets with their content, and small words between the elements of a line.
fn gaps_are_separators(index: &PageIndex<'_>, pieces: &[Piece]) -> bool {
    pieces.iter().filter(|piece| !piece.element).all(|piece| {
        let text = index.text(&piece.range);
        if memchr2(b'(', b'[', text.as_bytes()).is_some() {
            are_small_words(&outside_brackets(text))
        } else {
            are_small_words(text)
        }
    })
}

/// A text without its brackets and their content.
fn outside_brackets(text: &str) -> String {
    let mut depth = 0_i32;
    text.chars()
        .filter(|letter| {
            match letter {
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

/// Whether all words of a text are joints of names.
fn are_small_words(text: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .all(|part| {
            matches!(
                part,
                "and" | "the" | "or" | "und" | "et" | "y" | "e" | "The" | "with" | "as" | "well"
            )
        })
}
