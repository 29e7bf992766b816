//! What became of a cited page over time: bands of visits with the same fate, and the redirects of the latest one.

use crate::{clock::Instant, finding::Fate, profile::Reference, store::Store, uri::TargetUri};

use super::{AnalyseError, Comparing, Named, basis::seed_of, brought::Brought, readings::Readings};

/// The most spans that are read; older ones are left out.
const MOST: usize = 60;

/// Visits of a page, one after the other, with the same fate.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The date of the first visit.
    pub first: Instant,
    /// The date of the last visit.
    pub last: Instant,
    /// How many visits there are.
    pub visits: u64,
    /// What they say about the page.
    pub fate: Fate,
}

/// The fate of a page over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bands {
    /// The bands, oldest first.
    pub bands: Vec<Band>,
    /// The addresses on the way of the latest visit, each with its status; one if there was no redirect.
    pub way: Vec<(TargetUri, Option<u16>)>,
    /// Whether there are older visits.
    pub is_cut: bool,
}

/// What became of the page of a reference.
///
/// # Errors
/// The archive cannot be read.
pub fn bands(
    store: &Store,
    named: &Named,
    reference: &Reference,
    comparing: &Comparing,
) -> Result<Bands, AnalyseError> {
    let Some(seed) = seed_of(reference) else {
        return Ok(Bands::default());
    };
    let mut spans = store.spans(&seed)?;
    let cut = spans.len().saturating_sub(MOST);
    spans.drain(..cut);
    let mut readings = Readings::new(store, &named.profile, &comparing.pdf);
    let mut all = Bands {
        is_cut: cut > 0,
        ..Bands::default()
    };
    for span in &spans {
        let fate = Brought::of(store, (&seed, span), &mut readings)?
            .shown()
            .fate();
        match all.bands.last_mut().filter(|band| band.fate == fate) {
            Some(band) => {
                band.last = span.last;
                band.visits += span.visits;
            }
            None => all.bands.push(Band {
                first: span.first,
                last: span.last,
                visits: span.visits,
                fate,
            }),
        }
    }
    if let Some(latest) = spans.last() {
        let hops = store.hops(latest.visit)?.into_iter();
        all.way = hops
            .map(|hop| (hop.target_uri.clone(), hop.status()))
            .collect();
    }
    Ok(all)
}
