//! What the visits of a span brought: captures and their reading, further pages included.

use super::{further::read_together, readings::Readings};
use crate::{
    capture::{CaptureEntry, RevisitProfile},
    compare::{Alert, Lasting, Page, Stretch, Visited},
    reading::Reading,
    store::{Span, Store, StoreError},
    uri::TargetUri,
};

/// What the first visit of a span brought.
pub(super) struct Brought {
    hops: Vec<CaptureEntry>,
    reading: Option<std::sync::Arc<Reading>>,
    /// For each further page, where its text begins in the reading, and which capture brought it.
    further: Vec<(usize, CaptureEntry)>,
}

impl Brought {
    /// What the visits of a span brought, for questions about the page at `seed`.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub(super) fn of(
        store: &Store,
        (seed, span): (&TargetUri, &Span),
        readings: &mut Readings<'_>,
    ) -> Result<Self, StoreError> {
        let mut hops = store.hops(span.visit)?;
        // The redirects of another page led to this one.
        let key = seed.surt();
        if hops.first().is_some_and(|hop| hop.target_uri.surt() != key)
            && let Some(at) = hops.iter().rposition(|hop| hop.target_uri.surt() == key)
        {
            hops.drain(..at);
        }
        // "Not modified" confirms what was stored, which may be a part.
        if let Some(hop) = hops.last_mut()
            && hop.revisit == Some(RevisitProfile::ServerNotModified)
            && let Some(digest) = &hop.payload_digest
        {
            let stored = store.brought(digest, hop.date)?;
            hop.truncated = stored.and_then(|stored| stored.truncated);
        }
        let reading = match hops.last() {
            Some(hop) => readings.of(hop)?,
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
            let read_together = read_together(reading, &end.target_uri, &further, readings)?;
            let ends = read_together.parts.iter().filter_map(|part| {
                let end = further.get(part.page)?.last()?;
                Some((part.start, end.clone()))
            });
            brought.further = ends.collect();
            brought.reading = Some(read_together.reading.into());
        }
        Ok(brought)
    }

    /// The page in the form that is compared.
    pub(super) fn shown(&self) -> Page<'_> {
        let visited = Visited {
            hops: &self.hops,
            reading: self.reading.as_deref(),
        };
        let further = self
            .further
            .iter()
            .map(|(start, further)| (*start, further));
        Page::joined(visited, further.collect())
    }
}

/// For each span of a page, oldest first, whether it has lasted long enough to count.
pub(super) fn lasting(alert: &Alert, spans: &[Span]) -> Vec<Lasting> {
    let stretches: Vec<Stretch> = spans
        .iter()
        .map(|span| Stretch {
            first: span.first,
            last: span.last,
            visits: span.visits,
            bad: span.bad,
        })
        .collect();
    alert.lasting(&stretches)
}
