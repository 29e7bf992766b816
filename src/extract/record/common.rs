//! What all names of a list have before or behind them, and is none of them: a label, each one's office, a note, a town.

use std::ops::Range;

use crate::{
    extract::{
        draft::Item,
        judge::name_signs::{CLEAR, LIKELY, SURE},
        names::{self, Sort, lower_case},
        page_index::PageIndex,
    },
    language::Lexicon,
};

use super::aside::is_joined_script;

/// Takes off what all names have in common.
pub(in crate::extract) fn without_common(index: &PageIndex<'_>, items: &mut [Item]) {
    without_offices(index, items);
    without_asides(index, items);
}

/// Takes off what most names have before or behind them that is no part of any: a country or a role in brackets, a date.
pub(in crate::extract) fn without_asides(index: &PageIndex<'_>, items: &mut [Item]) {
    without_countries(index, items);
    without_notes(index, items);
    without_roles(index, items);
    without_offices_beside(index, items);
    without_affiliations(index, items);
    without_towns(index, items);
    without_dates(index, items);
}

/// Shortens the items of which a part is the name.
fn shorten(items: &mut [Item], names: impl IntoIterator<Item = Option<Range<usize>>>) {
    for (item, name) in items.iter_mut().zip(names) {
        if let Some(name) = name {
            item.range = name;
        }
    }
}

/// Takes off the roles behind commas, and what follows them, where most items have one: "Jane Roe, Engineer, Merrow Works".
fn without_roles(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 3;
    let told = |item: &Item| {
        let text = index.text(&item.range);
        let (head, rest) = text.split_once(", ")?;
        let role = rest.split(", ").next().unwrap_or_default();
        let head = item.range.start..item.range.start + head.len();
        let named = index.text(&head).contains(' ') && index.signs(&head).likeness >= CLEAR;
        named.then(|| (head, Lexicon::is_role(&lower_case(role))))
    };
    let heads: Vec<Option<(Range<usize>, bool)>> = items.iter().map(told).collect();
    let count = heads.iter().flatten().count();
    let known = heads.iter().flatten().filter(|head| head.1).count();
    if count < LEAST || count * 10 < items.len() * 6 || known * 2 < count {
        return;
    }
    shorten(items, heads.into_iter().map(|told| Some(told?.0)));
}

/// Takes off where each person is at home, behind a comma: "Jane Roe, Merrow University", "Jane Roe, 2019".
fn without_affiliations(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 3;
    let told = |item: &Item| {
        let text = index.text(&item.range);
        let at = text.find(", ")?;
        let head = item.range.start..item.range.start + at;
        let tail = index.trimmed(&(head.end + 2..item.range.end));
        let signs = index.signs(&head);
        let person = (2..=5).contains(&text[..at].split(' ').count()) && !signs.organization;
        let told = index.text(&tail);
        let first = told.split([' ', '.', ';']).next().unwrap_or_default();
        let year = is_since(told) || is_year(first);
        // A line without markup inside stays whole.
        let parted = index.tree.elements(item.record.start).next().is_some();
        let house = parted && index.signs(&tail).organization;
        (person && signs.likeness >= CLEAR).then_some((head, house || year))
    };
    let all: Vec<Option<(Range<usize>, bool)>> = items.iter().map(told).collect();
    let count = all.iter().flatten().count();
    let housed = all.iter().flatten().filter(|told| told.1).count();
    let one_each = index.distinct(all.iter().flatten().map(|told| &told.0)) == count;
    if count < LEAST || count * 10 < items.len() * 5 || housed * 2 < count || !one_each {
        return;
    }
    shorten(items, all.into_iter().map(|told| Some(told?.0)));
}

/// Takes off the towns behind houses, where something set apart follows: "Merrow University, Lower Merrow, <i>Norway</i>".
fn without_towns(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 3;
    let told = |item: &Item| {
        let record = index.trimmed(&index.flow.spans[item.record.start]);
        let mut head = item.range.clone();
        while let Some(at) = index.text(&head).rfind(", ") {
            let town = head.start + at + 2..head.end;
            if !is_town(index.text(&town)) || index.signs(&town).organization {
                break;
            }
            head.end = head.start + at;
        }
        (record.end > item.range.end && head.end < item.range.end).then_some(head)
    };
    let all: Vec<Option<Range<usize>>> = items.iter().map(told).collect();
    let heads = || all.iter().flatten();
    let houses = heads()
        .filter(|head| index.signs(head).organization)
        .count();
    let count = heads().count();
    let one_each = index.distinct(heads()) == count;
    if items.len() < LEAST || count * 10 < items.len() * 8 || houses * 2 < count || !one_each {
        return;
    }
    shorten(items, all);
}

/// Takes off the offices before colons and on either side of dashes and behind commas, where the side and the sign are the same in
/// nearly all items and many of them have a known one: "Treasurer: Jane Roe", "Jane Roe - treasurer".
fn without_offices_beside(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 2;
    for (sign, before) in [(Sign::Colon, true), (Sign::Dash, true), (Sign::Dash, false)] {
        let all: Vec<Option<(Range<usize>, bool)>> = items
            .iter()
            .map(|item| beside_office(index, item, sign, before))
            .collect();
        let count = all.iter().flatten().count();
        let known = all.iter().flatten().filter(|named| named.1).count();
        if known < LEAST || count * 10 < items.len() * 6 || known * 3 < count {
            continue;
        }
        shorten(items, all.into_iter().map(|told| Some(told?.0)));
        return;
    }
}

/// What parts a name from an office in one line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Colon,
    Dash,
}

/// The name of several words on one side of a sign (behind it, if the office is `before` it), and whether the other side is a known
/// office.
fn beside_office(
    index: &PageIndex<'_>,
    item: &Item,
    sign: Sign,
    before: bool,
) -> Option<(Range<usize>, bool)> {
    const FARTHEST: usize = 60;
    let text = index.text(&item.range);
    let parts = |it: &(usize, char)| match it.1 {
        '-' => sign == Sign::Dash && text[it.0 + 1..].starts_with(' '),
        '–' | '—' | '|' => sign == Sign::Dash,
        other => sign == Sign::Colon && matches!(other, ':' | '：'),
    };
    let (at, letter) = text
        .char_indices()
        .find(parts)
        .filter(|it| it.0 <= FARTHEST)?;
    let (one, other) = (&text[..at], &text[at + letter.len_utf8()..]);
    let office = lower_case(if before { one } else { other }.trim());
    let known = Lexicon::is_role(&office) || sign == Sign::Colon && is_agent(&office);
    let behind = item.range.start + at + letter.len_utf8()..item.range.end;
    let ahead = item.range.start..item.range.start + at;
    let named = index.trimmed(&if before { behind } else { ahead });
    let own = index.text(&named);
    let whole = own.contains(' ') || is_joined_script(own);
    (whole && index.signs(&named).likeness >= CLEAR).then_some((named, known))
}

/// Whether a label in lower case ends as words for what somebody does: "radiologist", "basic researcher".
fn is_agent(label: &str) -> bool {
    const ENDINGS: [&str; 9] = [
        "ist", "er", "or", "ian", "eur", "ista", "iste", "eon", "ent",
    ];
    let last = label.rsplit(' ').next().unwrap_or_default();
    label.split(' ').count() <= 3
        && last.chars().count() >= 6
        && last.chars().all(char::is_alphabetic)
        && ENDINGS.iter().any(|ending| last.ends_with(ending))
}

/// Takes off what is said in brackets behind most names, and what follows there: "Jane Roe (PhD student), now in Merrow". Initials
/// are the name's own: "Alliance of Bay Cities (ABC)".
fn without_notes(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 3;
    let note = |item: &Item| {
        let text = index.text(&item.range);
        let open = text.find(['(', '（'])?;
        let end = open + text[open..].find([')', '）'])?;
        let note = text[open..end].trim_start_matches(['(', '（']);
        let at = text[..open].trim_end().len();
        if at == open && text.is_ascii() || is_other_script(&text[..at], note) {
            return None;
        }
        let head = item.range.start..item.range.start + at;
        let is_initials =
            !note.contains(char::is_lowercase) && note.chars().next() == text.chars().next();
        let role = Lexicon::is_role(&lower_case(note));
        let signs = index.signs(&head);
        let named = text[..at].contains(' ') && signs.likeness >= CLEAR;
        (named && (role || !is_initials && !signs.organization)).then_some((head, role))
    };
    let notes: Vec<Option<(Range<usize>, bool)>> = items.iter().map(note).collect();
    let heads = || notes.iter().flatten().map(|note| &note.0);
    let count = heads().count();
    let one_each = index.distinct(heads()) == count;
    // That of some nothing is known is nothing unusual where the others' roles are.
    let stands_in = |item: &&Item| index.signs(&item.range).sort == Sort::StandIn;
    let held = items.len() - items.iter().filter(stands_in).count();
    let most = count * 10 >= held * 6 || notes.iter().flatten().all(|note| note.1);
    if items.len() < LEAST || !most || !one_each {
        return;
    }
    shorten(items, notes.into_iter().map(|told| Some(told?.0)));
}

/// Takes off the dates before most names: "May 2018 - Jane Roe".
fn without_dates(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 2;
    let named = |item: &Item| {
        let text = index.text(&item.range);
        let at = text.find([':', '-', '–', '—', '|'])?;
        let dash = text[at..].chars().next()?.len_utf8();
        let named = index.trimmed(&(item.range.start + at + dash..item.range.end));
        (is_since(text[..at].trim()) && index.signs(&named).likeness >= LIKELY).then_some(named)
    };
    let all: Vec<Option<Range<usize>>> = items.iter().map(named).collect();
    let dated = all.iter().flatten().count();
    if dated < LEAST && items.len() > 1 || dated * 10 < items.len() * 8 {
        return;
    }
    shorten(items, all);
}

/// What parts a name from what is said of it, in one line.
const DASHES: [&str; 3] = [" - ", " – ", " — "];

/// Takes off what each name is followed by behind a dash, where all are: "Roe Jane - Chemist". A dash behind initials is
/// part of a name: "ABC - Alliance of Bay Cities".
fn without_offices(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 4;
    let dash = |item: &Item| {
        let text = index.text(&item.range);
        let at = DASHES
            .iter()
            .filter_map(|dash| Some((text.find(dash)?, dash.len())));
        at.min()
    };
    let heads: Vec<Option<(usize, usize)>> = items.iter().map(dash).collect();
    let parted = heads.iter().flatten().count();
    // Of two names behind which an address is, both are names.
    let numbered = |(item, at): (&Item, &Option<(usize, usize)>)| {
        at.is_some_and(|at| {
            index.text(&item.range)[at.0..].contains(|it: char| it.is_ascii_digit())
        })
    };
    let few = items.len() >= 2 && items.iter().zip(&heads).all(numbered);
    if parted * 10 < items.len() * 9 || parted == 0 || items.len() < LEAST && !few {
        return;
    }
    // Names have two words or more; what follows them differs, and most of it is no name.
    let (mut named, mut told) = (0, 0);
    for (it, at) in items.iter().zip(&heads) {
        let Some((at, dash)) = at else { continue };
        let head = it.range.start..it.range.start + at;
        let tail = index.trimmed(&(head.end + dash..it.range.end));
        let several = index.text(&head).trim().contains(' ');
        named += usize::from(several && index.signs(&head).likeness >= LIKELY);
        let signs = index.signs(&tail);
        let told_of = signs.likeness < SURE && !signs.organization;
        told += usize::from(told_of || is_whereabouts(index.text(&tail)));
    }
    if named * 10 < parted * 8 || told * 2 < parted {
        return;
    }
    for (it, at) in items.iter_mut().zip(heads) {
        if let Some((at, _)) = at {
            it.range = index.trimmed(&(it.range.start..it.range.start + at));
        }
    }
}

/// Whether a text is a date, or a month and a year.
fn is_since(text: &str) -> bool {
    names::is_date(text)
        || text
            .rsplit_once(' ')
            .is_some_and(|(month, last)| !month.contains(' ') && is_year(last))
}

/// Whether a word is a year.
fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|it| it.is_ascii_digit())
}

/// Whether a note is the name itself in letters of another script: "Jane Roe (제인 로)".
fn is_other_script(head: &str, note: &str) -> bool {
    let latin = |text: &str| text.bytes().any(|it| it.is_ascii_alphabetic());
    let other = |text: &str| text.chars().any(|it| it.is_alphabetic() && it > '\u{24f}');
    let digits = note.bytes().any(|it| it.is_ascii_digit());
    !digits
        && (latin(head) && other(note) && !latin(note)
            || other(head) && !latin(head) && latin(note) && !other(note))
}

/// Whether a text says where a house is, a town and what it is in: "Washington, DC".
fn is_whereabouts(text: &str) -> bool {
    text.contains(", ")
        && text.split(", ").all(is_town)
        && !text.contains(|letter: char| letter.is_ascii_digit())
}

/// Whether a text is up to three words with capitals, as towns are.
fn is_town(text: &str) -> bool {
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    (1..=3).contains(&words.clone().count())
        && words.all(|word| word.starts_with(char::is_uppercase))
}

/// Takes off the countries in brackets behind the names, where every name has one and they differ.
fn without_countries(index: &PageIndex<'_>, items: &mut [Item]) {
    const LEAST: usize = 4;
    let ends_so = |item: &Item| index.text(&item.range).ends_with(')');
    if items.len() < LEAST || !items.iter().all(ends_so) {
        return;
    }
    let told = |item: &Item| {
        let text = index.text(&item.range);
        let at = text.rfind('(')?;
        let country = &text[at + 1..text.len() - 1];
        (at > 0 && names::is_country(country)).then_some((at, country))
    };
    let Some(found) = items.iter().map(told).collect::<Option<Vec<_>>>() else {
        return;
    };
    if found.iter().all(|pair| pair.1 == found[0].1) {
        return;
    }
    let heads: Vec<usize> = found.iter().map(|found| found.0).collect();
    for (it, at) in items.iter_mut().zip(heads) {
        it.range = index.trimmed(&(it.range.start..it.range.start + at));
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        extract::{Page, best_lists, read},
        media_type::MediaType,
    };

    fn names(html: &str) -> Vec<String> {
        let reading = read(&Page {
            body: html.as_bytes(),
            media_type: &MediaType::parse("text/html; charset=utf-8"),
            uri: None,
            status: None,
            selectors: &[],
        });
        let lists = best_lists(&reading);
        let items = lists.into_iter().flat_map(|list| &list.items);
        items.map(|item| item.surface.clone()).collect()
    }

    #[test]
    fn an_office_behind_every_name_is_none_of_it() {
        let people = ["Roe Jane", "Doe Richard", "Moss Hanna", "Hill Victor-Jan"];
        let work = [
            "Chemist, retired",
            "teaches at a school",
            "Nurse",
            "writes about rivers",
        ];
        let list: Vec<String> = people
            .iter()
            .zip(work)
            .map(|(who, what)| format!("<li>{who}\t-\t{what}</li>"))
            .collect();
        let list = list.concat();
        assert_eq!(
            names(&format!("<h2>Signatories</h2><ol>{list}</ol>")),
            people
        );
        let bodies = [
            "ABC - Alliance of Bay Cities",
            "RRN - River Rescue Network",
            "LHA - Lower Hill Archive",
            "MOT - Merrow Orchestra Trust",
        ];
        let list: Vec<String> = bodies
            .iter()
            .map(|body| format!("<li>{body}</li>"))
            .collect();
        let list = list.concat();
        assert_eq!(names(&format!("<h2>Members</h2><ul>{list}</ul>")), bodies);
    }

    #[test]
    fn a_name_that_a_logos_text_declines_is_taken_from_beside_it() {
        let bodies = [
            "Główny Urząd Mostów",
            "Polska Rada Promów",
            "Stowarzyszenie Rzeczne",
        ];
        let logos = [
            "Głównego Urzędu Mostów",
            "Polskiej Rady Promów",
            "Stowarzyszenia Rzecznego",
        ];
        let cards: Vec<String> = bodies
            .iter()
            .zip(logos)
            .map(|(name, logo)| {
                format!("<div><img src=x.png alt='Logo {logo}'><p>{name}</p></div>")
            })
            .collect();
        let cards = cards.concat().replacen(
            "<p>Główny Urząd Mostów</p>",
            "<p><a href=/m>Główny Urząd Mostów</a></p>",
            1,
        );
        assert_eq!(
            names(&format!("<h1>Partnerzy</h1><section>{cards}</section>")),
            bodies
        );
    }

    #[test]
    fn what_all_logos_say_behind_the_name_is_no_part_of_it() {
        let bodies = ["Merrow Bank", "Harbour Lights", "The River Trust"];
        let logos: Vec<String> = bodies
            .iter()
            .map(|body| {
                format!("<div><img src=x.png alt='Logo de {body} un des soutiens du canal'></div>")
            })
            .collect();
        let logos = logos.concat();
        assert_eq!(
            names(&format!("<h1>Soutiens</h1><section>{logos}</section>")),
            bodies
        );
    }
}
