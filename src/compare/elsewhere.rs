//! A claimed name outside its list: in another list of the page, or in its text, standing for itself.

use std::ops::Range;

use super::{
    former,
    judged::{Judged, list_title},
    name_key::NameKey,
    names::Place,
};
use crate::entity::ListKind;

/// Where a claimed name stands outside its list.
pub(super) struct Elsewhere {
    /// As the page spells it there.
    pub(super) found: String,
    /// Where that is.
    pub(super) place: Place,
    /// The same for people.
    pub(super) what: String,
    /// How many names the list has that it stands in; 0 in running text.
    pub(super) listed: usize,
}

impl Judged<'_> {
    /// A name outside the region: in another list, or in the text.
    pub(super) fn elsewhere(&self, key: &NameKey) -> Option<Elsewhere> {
        let listed = self
            .pool
            .names
            .iter()
            .enumerate()
            .filter(|(at, it)| !self.members.contains(at) && key.is_spelt_as(&it.key))
            .find_map(|(at, it)| {
                let lists = self
                    .pool
                    .held_by
                    .get(at)?
                    .iter()
                    .filter_map(|it| self.pool.lists.get(*it));
                Some((
                    it.item,
                    lists.copied().find(|it| it.kind == ListKind::Names)?,
                ))
            });
        if let Some((item, list)) = listed {
            let place = Place {
                range: item.range.clone(),
                css: Some(item.css.clone()),
                note: None,
            };
            return Some(Elsewhere {
                found: item.surface.clone(),
                place,
                what: format!("in {}", list_title(list)),
                listed: list.items.len(),
            });
        }
        let range = self.in_text(key)?;
        let found = crate::text::one_line(self.page.reading.text.get(range.clone())?);
        let what = self.page.place(&range);
        let place = Place {
            range: Some(range),
            ..Place::default()
        };
        Some(Elsewhere {
            found,
            place,
            what,
            listed: 0,
        })
    }

    /// The first place in the text where the name stands for itself, not as part of a longer name.
    pub(super) fn in_text(&self, key: &NameKey) -> Option<Range<usize>> {
        let single = key.tokens.len() < 2 || key.is_short();
        let bare = without_article(&key.surface);
        let body = bare.split(['(', '[']).next().unwrap_or_default().trim();
        let mut spellings = vec![bare, body];
        let swapped = if bare.contains('&') {
            bare.replace('&', "and")
        } else {
            bare.replace(" and ", " & ")
        };
        spellings.push(&swapped);
        let text = &self.page.reading.text;
        spellings
            .into_iter()
            .filter(|it| it.chars().count() >= 2)
            .find_map(|spelling| {
                self.page.find(spelling).into_iter().find(|range| {
                    let there = text.get(range.clone()).unwrap_or_default();
                    !there.contains('\n')
                        && !self.inside_longer_name(range, key)
                        && !is_address(text, range)
                        && (!single || same_case(there, spelling) && !beside_capital(text, range))
                })
            })
    }

    /// Whether the place lies inside a listed name that is longer and another one.
    fn inside_longer_name(&self, range: &Range<usize>, key: &NameKey) -> bool {
        const LONGER: usize = 60;
        let spans = &self.pool.spans;
        let from = spans.partition_point(|it| it.0.start + LONGER < range.start);
        spans
            .iter()
            .skip(from)
            .take_while(|it| it.0.start <= range.start)
            .filter(|it| {
                it.0.end >= range.end
                    && it.0.len() > range.len()
                    && it.0.len() < range.len() + LONGER
            })
            .any(|(span, name)| {
                let text = &self.page.reading.text;
                let before = text.get(span.start..range.start).unwrap_or_default();
                !former::is_former(before)
                    && !before.contains(". ")
                    && self
                        .pool
                        .names
                        .get(*name)
                        .is_some_and(|it| it.key.compact != key.compact)
            })
    }
}

/// Whether the word goes on behind a full stop: `Larkspur` in `Larkspur.ai`.
fn is_address(text: &str, range: &Range<usize>) -> bool {
    let behind = text.get(range.end..).unwrap_or_default();
    behind
        .strip_prefix('.')
        .is_some_and(|it| it.starts_with(|it: char| it.is_ascii_lowercase()))
}

fn without_article(name: &str) -> &str {
    let Some((first, rest)) = name.split_once(' ') else {
        return name;
    };
    if first.eq_ignore_ascii_case("the") && !rest.trim().is_empty() {
        rest
    } else {
        name
    }
}

/// Whether a passage has the capitals of a name, or is all capitals.
fn same_case(there: &str, name: &str) -> bool {
    let upper = |it: &str| it.chars().filter(|it| it.is_uppercase()).count();
    upper(there) >= upper(name)
}

/// Whether the words beside a place, in the same phrase, are written as a name's: then the place is part of another name.
fn beside_capital(text: &str, range: &Range<usize>) -> bool {
    let after = text.get(range.end..).unwrap_or_default();
    let before = text.get(..range.start).unwrap_or_default();
    let next = after.strip_prefix(' ').and_then(|it| it.chars().next());
    let last = before
        .strip_suffix(' ')
        .and_then(|it| it.split(|it: char| it.is_whitespace()).next_back());
    let is_name = |it: &str| {
        it.chars().next().is_some_and(char::is_uppercase)
            && it.chars().next_back().is_some_and(char::is_alphanumeric)
            && !matches!(
                it,
                "The" | "A" | "An" | "And" | "In" | "At" | "By" | "With" | "For" | "From" | "Of"
            )
    };
    next.is_some_and(char::is_uppercase) || last.is_some_and(is_name)
}
