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
    /// A claimed name whose words are on the page where no name was read: over lines, before the mark of a note (`Jane Roe2`), turned
    /// round (`Roe, Jane`), anywhere in a text that itself is the list, or without accents, in a place that is not known.
    pub(super) fn unread(&self, key: &NameKey) -> Option<NameAnswer> {
        let range = self.spelt_out(key);
        let note = match &range {
            Some(range) => self.page.place(range),
            None if !is_single(key) && self.page.has_without_accents(&key.surface) => {
                "in the text, without accents".to_owned()
            }
            None => return None,
        };
        let verdict = Verdict::CannotTell {
            why: Why::Perhaps,
            detail: format!("the words are {note}, perhaps as part of another name"),
        };
        let text = &self.page.reading.text;
        let there = range.clone().and_then(|range| text.get(range));
        let place = Place {
            range,
            note: Some(note),
            ..Place::default()
        };
        Some(NameAnswer {
            found: there.map(one_line),
            ..blank(verdict, grounds::PERHAPS, place)
        })
    }

    /// A place of the words of a name that proves nothing.
    fn spelt_out(&self, key: &NameKey) -> Option<Range<usize>> {
        let page = self.page;
        let over_lines = |range: &Range<usize>| {
            let there = page.reading.text.get(range.clone());
            there.is_some_and(|there| there.contains('\n'))
        };
        let counts = |range: &Range<usize>| {
            self.region.is_none()
                || !is_single(key) && (over_lines(range) || !self.inside_longer_name(range, key))
        };
        let place = page.find(&key.surface).into_iter().find(counts);
        place.or_else(|| {
            let (given, family) = key.surface.rsplit_once(' ')?;
            let mut turned = page.find(&format!("{family}, {given}")).into_iter();
            let marked = || page.find_marked(&key.surface).into_iter().next();
            turned.next().or_else(marked)
        })
    }
}

/// Whether a name is of one word, or so short that its letters are those of many.
fn is_single(key: &NameKey) -> bool {
    key.tokens.len() < 2 || key.is_short()
}
