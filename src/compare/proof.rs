//! Evidence: the capture, the words with those around them, their place, and a link that opens a browser on them.

mod portrait;

pub use portrait::{Judgement, Kinship, Portrait, Sketch};

use std::cell::OnceCell;

use super::{Visited, names::Place};
use crate::{
    capture::CaptureEntry,
    finding::{CaptureRef, Evidence},
    reading::Reading,
    selector::{
        CssSelector, FragmentSelector, TextFragments, TextPositionSelector, TextQuoteSelector,
    },
};

/// A visit's page, ready to be quoted from.
pub(super) struct Witness<'a> {
    reading: Option<&'a Reading>,
    /// The captures that brought the reading's text: one, and one for each further page.
    sources: Vec<Source<'a>>,
}

/// A capture, and the part of the text that it brought.
struct Source<'a> {
    capture: CaptureRef,
    start: usize,
    text: &'a str,
    fragments: OnceCell<TextFragments<'a>>,
}

impl<'a> Witness<'a> {
    /// The page of a visit; `further` says where the text of further pages begins, and which captures brought them.
    pub(super) fn of(visited: &Visited<'a>, further: &[(usize, &'a CaptureEntry)]) -> Self {
        let text = visited.reading.map_or("", |it| it.text.as_str());
        let first = visited.hops.last().map(|it| (0, it));
        let starts: Vec<(usize, &CaptureEntry)> =
            first.into_iter().chain(further.iter().copied()).collect();
        let sources = starts.iter().enumerate().map(|(at, (start, entry))| {
            // A line break parts the pages.
            let end = starts
                .get(at + 1)
                .map_or(text.len(), |it| it.0.saturating_sub(1));
            Source {
                capture: CaptureRef {
                    target_uri: entry.target_uri.clone(),
                    date: entry.date,
                    payload_digest: entry.payload_digest,
                    source: entry.source.clone(),
                },
                start: *start,
                text: text.get(*start..end).unwrap_or_default(),
                fragments: OnceCell::new(),
            }
        });
        Self {
            reading: visited.reading,
            sources: sources.collect(),
        }
    }

    /// The evidence for what stands, or does not stand, at a place.
    pub(super) fn evidence(&self, place: &Place) -> Vec<Evidence> {
        let at = place.range.as_ref().map_or(0, |it| it.start);
        let Some(source) = self.sources.iter().rfind(|it| it.start <= at) else {
            return Vec::new();
        };
        let within = place.range.as_ref().map(|it| {
            let from = |at: usize| at.saturating_sub(source.start);
            from(it.start)..from(it.end)
        });
        let quoted = within.clone().filter(|_| self.reading.is_some());
        let page = place
            .range
            .as_ref()
            .and_then(|it| self.reading?.page_at(it.start));
        let fragment = page.map(FragmentSelector::page);
        let drawn = place.range.as_ref().is_none_or(|range| {
            self.reading.is_some_and(|it| {
                !it.blocks
                    .iter()
                    .any(|it| it.alt && it.range.start <= range.start && range.end <= it.range.end)
            })
        });
        let capture = &source.capture;
        // A browser finds text, not the alternative text of an image.
        let link = quoted.clone().filter(|_| drawn).and_then(|it| {
            let fragments = source
                .fragments
                .get_or_init(|| TextFragments::of(source.text));
            fragments.link(capture.target_uri.as_str(), it)
        });
        // Viewers of PDF files know pages; few know text fragments there.
        let link = match &fragment {
            Some(it) => Some(format!("{}#{}", capture.target_uri.as_str(), it.value)),
            None => link,
        };
        vec![Evidence {
            capture: capture.clone(),
            quote: quoted
                .clone()
                .map(|it| TextQuoteSelector::of(source.text, it)),
            position: quoted.map(|it| TextPositionSelector::of(source.text, it)),
            element: place.css.clone().map(|value| CssSelector { value }),
            fragment,
            link,
            note: place.note.clone(),
        }]
    }
}
