//! What the visits of a span brought: captures, and what was read from them, further pages included.

use super::{further::read_together, readings::Readings};
use crate::{
    capture::CaptureEntry,
    compare::{Alert, Lasting, Page, Stretch, Visited},
    reading::Reading,
    store::{Span, Store, StoreError},
    uri::TargetUri,
};

/// What the first visit of a span brought.
pub(super) struct Brought {
    hops: Vec<CaptureEntry>,
    reading: Option<std::sync::Arc<Reading>>,
    /// Where the text of each further page begins in the reading's, and which capture brought it.
    further: Vec<(usize, CaptureEntry)>,
}

impl Brought {
    /// What the visits of a span brought, asked about the page at `seed`.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub(super) fn of(
        store: &Store,
        (seed, span): (&TargetUri, &Span),
        readings: &mut Readings<'_>,
    ) -> Result<Self, StoreError> {
        let mut hops = store.hops(span.visit)?;
        // The redirects of another page led to the one that is asked about.
        let key = seed.surt();
        if hops.first().is_some_and(|it| it.target_uri.surt() != key)
            && let Some(at) = hops.iter().rposition(|it| it.target_uri.surt() == key)
        {
            hops.drain(..at);
        }
        let reading = match hops.last() {
            Some(it) => readings.of(it)?,
            None => None,
        };
        let mut brought = Self {
            hops,
            reading,
            further: Vec::new(),
        };
        let further = store.further(span.visit)?;
        if let (Some(reading), Some(end)) = (&brought.reading, brought.hops.last())
            && !further.is_empty()
        {
            let it = read_together(reading, &end.target_uri, &further, readings)?;
            let ends = it.parts.iter().filter_map(|part| {
                let end = further.get(part.page)?.last()?;
                Some((part.start, end.clone()))
            });
            brought.further = ends.collect();
            brought.reading = Some(it.reading.into());
        }
        Ok(brought)
    }

    /// The page, as it is compared.
    pub(super) fn shown(&self) -> Page<'_> {
        let visited = Visited {
            hops: &self.hops,
            reading: self.reading.as_deref(),
        };
        let further = self.further.iter().map(|(start, it)| (*start, it));
        Page::joined(visited, further.collect())
    }
}

/// For each span of a page, oldest first, whether it has lasted.
pub(super) fn lasting(alert: &Alert, spans: &[Span]) -> Vec<Lasting> {
    let stretches: Vec<Stretch> = spans
        .iter()
        .map(|it| Stretch {
            first: it.first,
            last: it.last,
            visits: it.visits,
            bad: it.bad,
        })
        .collect();
    alert.lasting(&stretches)
}
