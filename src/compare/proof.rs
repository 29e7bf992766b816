//! Evidence: the capture, the words with those around them, their place, and a link that opens a browser on them.

mod portrait;

pub use portrait::{Judgement, Kinship, Portrait, Sketch};

use std::cell::OnceCell;

use super::{Visited, names::Place};
use crate::{
    finding::{CaptureRef, Evidence},
    reading::Reading,
    selector::{
        CssSelector, FragmentSelector, TextFragments, TextPositionSelector, TextQuoteSelector,
    },
};

/// A visit's page, ready to be quoted from.
pub(super) struct Witness<'a> {
    capture: Option<CaptureRef>,
    reading: Option<&'a Reading>,
    fragments: OnceCell<TextFragments<'a>>,
}

impl<'a> Witness<'a> {
    /// The page of a visit.
    pub(super) fn of(visited: &Visited<'a>) -> Self {
        let capture = visited.hops.last().map(|it| CaptureRef {
            target_uri: it.target_uri.clone(),
            date: it.date,
            payload_digest: it.payload_digest,
        });
        Self {
            capture,
            reading: visited.reading,
            fragments: OnceCell::new(),
        }
    }

    /// The evidence for what stands, or does not stand, at a place.
    pub(super) fn evidence(&self, place: &Place) -> Vec<Evidence> {
        let Some(capture) = self.capture.clone() else {
            return Vec::new();
        };
        let range = place.range.clone();
        let text = self.reading.map(|it| it.text.as_str());
        let quoted = text.zip(range.clone());
        let page = range
            .as_ref()
            .and_then(|it| self.reading?.page_at(it.start));
        let fragment = page.map(FragmentSelector::page);
        let drawn = range.clone().is_none_or(|range| {
            self.reading.is_some_and(|it| {
                !it.blocks
                    .iter()
                    .any(|it| it.alt && it.range.start <= range.start && range.end <= it.range.end)
            })
        });
        // A browser finds text, not the alternative text of an image.
        let link = range.filter(|_| drawn).and_then(|it| {
            let text = &self.reading?.text;
            let fragments = self.fragments.get_or_init(|| TextFragments::of(text));
            fragments.link(capture.target_uri.as_str(), it)
        });
        // Viewers of PDF files know pages; few know text fragments there.
        let link = match &fragment {
            Some(it) => Some(format!("{}#{}", capture.target_uri.as_str(), it.value)),
            None => link,
        };
        vec![Evidence {
            capture,
            quote: quoted
                .clone()
                .map(|(text, range)| TextQuoteSelector::of(text, range)),
            position: quoted.map(|(text, range)| TextPositionSelector::of(text, range)),
            element: place.css.clone().map(|value| CssSelector { value }),
            fragment,
            link,
            note: place.note.clone(),
        }]
    }
}
