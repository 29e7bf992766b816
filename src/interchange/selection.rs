//! Selections of captures: returns each selected capture once, with the captures that it refers to.

use std::collections::{BTreeSet, HashSet};

use crate::{
    capture::{Capture, CaptureEntry, Outcome, PageOf, Tombstone},
    clock::Instant,
    store::{CaptureId, Store, StoreError},
    uri::TargetUri,
};

/// Which captures to select.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// All hops of the visits of these seeds and of the further pages of their lists, and other captures of these addresses; `None` for every seed.
    pub uris: Option<Vec<TargetUri>>,
    /// No captures before this time.
    pub from: Option<Instant>,
    /// No captures after this time.
    pub to: Option<Instant>,
}

/// A capture as it is in the archive.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// With its payload.
    Whole(Capture),
    /// What is still known about one whose payload was removed on purpose.
    Removed(Tombstone),
}

/// One selected capture.
#[derive(Debug)]
pub struct Selected {
    /// The number of the capture in the archive.
    pub id: CaptureId,
    /// The capture.
    pub kept: Kept,
    /// Whether it is only selected because a selected revisit refers to it.
    pub referred_to: bool,
    /// The lists that it begins the visit of a further page of.
    pub pages_of: Vec<PageOf>,
    /// For a revisit, the head of the capture that it refers to, if that is in the archive.
    pub original_head: Option<Vec<u8>>,
}

impl Selected {
    /// How many bytes its body has.
    pub(super) fn size(&self) -> usize {
        match &self.kept {
            Kept::Whole(Capture {
                outcome: Outcome::Response(response),
                ..
            }) => response.payload.len(),
            _ => 0,
        }
    }
}

impl Selection {
    /// Passes every selected capture to `take` once: page by page, oldest first.
    ///
    /// A revisit comes after the capture it refers to, which is passed even if it was not selected: a revisit alone has no content.
    ///
    /// # Errors
    /// The archive cannot be read; whatever `take` returns.
    pub fn each<E: From<StoreError>>(
        &self,
        store: &Store,
        mut take: impl FnMut(Selected) -> Result<(), E>,
    ) -> Result<(), E> {
        let uris = match &self.uris {
            Some(uris) => uris.clone(),
            None => [store.seed_uris()?, store.copied_seeds()?].concat(),
        };
        let mut given = HashSet::new();
        for uri in &uris {
            let mut meant: Vec<(CaptureId, CaptureEntry)> = Vec::new();
            for visit in store.visits(uri)? {
                meant.extend(visit.hops);
                meant.extend(store.further_captures(visit.id)?);
            }
            if self.uris.is_some() {
                meant.extend(store.captures_of(uri)?);
            }
            for (id, entry) in meant {
                if self.covers(entry.date) {
                    give(store, id, false, &mut given, &mut take)?;
                }
            }
        }
        Ok(())
    }

    /// Passes these captures to `take` once, each after the one it refers to.
    ///
    /// # Errors
    /// One of them is not in the archive, or the archive cannot be read; whatever `take` returns.
    pub fn these<E: From<StoreError>>(
        store: &Store,
        captures: &BTreeSet<CaptureId>,
        mut take: impl FnMut(Selected) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut given = HashSet::new();
        captures
            .iter()
            .try_for_each(|id| give(store, *id, false, &mut given, &mut take))
    }

    fn covers(&self, date: Instant) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|it| date <= it)
    }
}

fn give<E: From<StoreError>>(
    store: &Store,
    id: CaptureId,
    referred_to: bool,
    given: &mut HashSet<CaptureId>,
    take: &mut impl FnMut(Selected) -> Result<(), E>,
) -> Result<(), E> {
    if !given.insert(id) {
        return Ok(());
    }
    let kept = kept(store, id)?;
    let mut original_head = None;
    if let Kept::Whole(capture) = &kept
        && let Some((original, head)) = original(store, capture)?
    {
        original_head = Some(head);
        give(store, original, true, given, take)?;
    }
    take(Selected {
        id,
        kept,
        referred_to,
        pages_of: store.page_of(id)?,
        original_head,
    })
}

fn kept(store: &Store, id: CaptureId) -> Result<Kept, StoreError> {
    match store.capture(id) {
        Err(removed @ StoreError::Removed { .. }) => match store.tombstone(id)? {
            Some(tombstone) => Ok(Kept::Removed(tombstone)),
            None => Err(removed),
        },
        capture => capture.map(Kept::Whole),
    }
}

/// The response that a revisit refers to, and its head, if it is in the archive.
fn original(store: &Store, capture: &Capture) -> Result<Option<(CaptureId, Vec<u8>)>, StoreError> {
    let Outcome::Revisit(revisit) = &capture.outcome else {
        return Ok(None);
    };
    let stored = store.captures_of(&revisit.refers_to_uri)?;
    let is_meant = |entry: &CaptureEntry| {
        entry.revisit.is_none() && entry.payload_digest == Some(revisit.payload_digest)
    };
    Ok(stored
        .iter()
        .find(|(_, it)| is_meant(it) && it.date == revisit.refers_to_date)
        .or_else(|| stored.iter().find(|(_, it)| is_meant(it)))
        .map(|(id, stored)| (*id, stored.head.clone())))
}
