//! Claimed names whose letters are on the page in a place that was not read as a name: they are never called absent.

use std::ops::Range;

use super::{
    NameAnswer,
    judged::{Judged, blank},
    key::NameKey,
};
use crate::{
    compare::{claim::Place, grounds::names as grounds},
    finding::{Verdict, Why},
    text::one_line,
};

impl Judged<'_> {
    /// A place of the letters of a name that proves nothing, but forbids to call the name absent: over lines, before the mark of a note
    /// (`Jane Roe2`), turned round (`Roe, Jane`), anywhere in a text that itself is the list, or without accents; the place of the last
    /// is unknown.
    pub(super) fn spelt_out(&self, key: &NameKey) -> Option<Option<Range<usize>>> {
        let page = self.page;
        let single = key.tokens.len() < 2 || key.is_short();
        let over_lines = |range: &Range<usize>| {
            let there = page.reading.text.get(range.clone());
            there.is_some_and(|there| there.contains('\n'))
        };
        let counts = |range: &Range<usize>| {
            self.region.is_none()
                || !single && (over_lines(range) || !self.inside_longer_name(range, key))
        };
        if let Some(place) = page.find(&key.surface).into_iter().find(counts) {
            return Some(Some(place));
        }
        let (given, family) = key.surface.rsplit_once(' ')?;
        let turned = page.find(&format!("{family}, {given}")).into_iter().next();
        let place = turned.or_else(|| page.find_marked(&key.surface).into_iter().next());
        let plain = || !single && page.has_without_accents(&key.surface);
        place.map(Some).or_else(|| plain().then_some(None))
    }

    /// A claimed name whose letters are on the page, in a place that was not read as a name.
    pub(super) fn unread(&self, range: Option<Range<usize>>) -> NameAnswer {
        let text = range
            .clone()
            .and_then(|range| self.page.reading.text.get(range));
        let note = match &range {
            Some(range) => self.page.place(range),
            None => "in the text, without accents".to_owned(),
        };
        let verdict = Verdict::CannotTell {
            why: Why::Perhaps,
            detail: format!("the words are {note}, perhaps as part of another name"),
        };
        let place = Place {
            range,
            note: Some(note),
            ..Place::default()
        };
        NameAnswer {
            found: text.map(one_line),
            ..blank(verdict, grounds::PERHAPS, place)
        }
    }
}
