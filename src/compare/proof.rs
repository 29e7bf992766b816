//! Evidence: the capture, the words and their context, their place, and a link that opens a browser at them.

mod portrait;

pub use portrait::{Judgement, Kinship, Portrait, Sketch};

use std::cell::OnceCell;

use super::claim::{Place, Visited};
use crate::{
    capture::CaptureEntry,
    finding::{CaptureRef, Evidence},
    reading::Reading,
    selector::{
        CssSelector, FragmentSelector, TextFragments, TextPositionSelector, TextQuoteSelector,
    },
};

/// The page of a visit, ready for quoting.
pub(super) struct Witness<'a> {
    reading: Option<&'a Reading>,
    /// The captures that brought the text of the reading: one, and one for each further page.
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
    /// The page of a visit; `further` says where the text of each further page begins, and which capture brought it.
    pub(super) fn of(visited: &Visited<'a>, further: &[(usize, &'a CaptureEntry)]) -> Self {
        let text = visited.reading.map_or("", |reading| reading.text.as_str());
        let first = visited.hops.last().map(|hop| (0, hop));
        let starts: Vec<(usize, &CaptureEntry)> =
            first.into_iter().chain(further.iter().copied()).collect();
        let sources = starts.iter().enumerate().map(|(at, (start, entry))| {
            // A line break separates the pages.
            let end = starts
                .get(at + 1)
                .map_or(text.len(), |start| start.0.saturating_sub(1));
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

    /// The evidence for what is, or is not, at a place.
    pub(super) fn evidence(&self, place: &Place) -> Vec<Evidence> {
        let at = place.range.as_ref().map_or(0, |range| range.start);
        let Some(source) = self.sources.iter().rfind(|source| source.start <= at) else {
            return Vec::new();
        };
        let within = place.range.as_ref().map(|range| {
            let from = |at: usize| at.saturating_sub(source.start);
            from(range.start)..from(range.end)
        });
        let quoted = within.clone().filter(|_| self.reading.is_some());
        let page = place
            .range
            .as_ref()
            .and_then(|range| self.reading?.page_at(range.start));
        let fragment = page.map(FragmentSelector::page);
        let drawn = place.range.as_ref().is_none_or(|range| {
            self.reading.is_some_and(|reading| {
                !reading.blocks.iter().any(|block| {
                    block.alt && block.range.start <= range.start && range.end <= block.range.end
                })
            })
        });
        let capture = &source.capture;
        // A browser finds text, not the alternative text of an image.
        let link = quoted.clone().filter(|_| drawn).and_then(|quoted| {
            let fragments = source
                .fragments
                .get_or_init(|| TextFragments::of(source.text));
            fragments.link(capture.target_uri.as_str(), quoted)
        });
        // PDF viewers support page fragments; few support text fragments.
        let link = match &fragment {
            Some(it) => Some(format!("{}#{}", capture.target_uri.as_str(), it.value)),
            None => link,
        };
        vec![Evidence {
            capture: capture.clone(),
            quote: quoted
                .clone()
                .map(|clone| TextQuoteSelector::of(source.text, clone)),
            position: quoted.map(|quoted| TextPositionSelector::of(source.text, quoted)),
            element: place.css.clone().map(|value| CssSelector { value }),
            fragment,
            link,
            note: place.note.clone(),
        }]
    }
}
