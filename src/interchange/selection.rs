//! Which captures are meant, and each of them once, with the captures that they refer to.

use std::collections::{BTreeSet, HashSet};

use crate::{
    capture::{Capture, CaptureEntry, Outcome},
    clock::Instant,
    store::{CaptureId, Store, StoreError},
    uri::TargetUri,
};

/// Which captures are meant.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Visits that started from these, all hops of them, and other captures of these; every seed where it is `None`.
    pub uris: Option<Vec<TargetUri>>,
    /// None before this moment.
    pub from: Option<Instant>,
    /// None after this moment.
    pub to: Option<Instant>,
}

/// One capture that is meant, with its bytes.
#[derive(Debug)]
pub struct Selected {
    /// Its number in the archive.
    pub id: CaptureId,
    /// The capture.
    pub capture: Capture,
    /// Whether it is only there because a revisit that was meant refers to it.
    pub referred_to: bool,
}

impl Selection {
    /// Gives every capture that is meant to `take`, page after page, oldest first, each once.
    ///
    /// A revisit comes after the capture it refers to, which is given too where it was not meant itself: a revisit alone says nothing.
    /// What brought a payload that was removed on purpose is left out; returns how many those are.
    ///
    /// # Errors
    /// The archive cannot be read; whatever `take` returns.
    pub fn each<E: From<StoreError>>(
        &self,
        store: &Store,
        mut take: impl FnMut(Selected) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut left_out = 0;
        let uris = match &self.uris {
            Some(uris) => uris.clone(),
            None => store.seed_uris()?,
        };
        let mut given = HashSet::new();
        for uri in &uris {
            let mut meant: Vec<(CaptureId, CaptureEntry)> = Vec::new();
            for visit in store.visits(uri)? {
                meant.extend(visit.hops);
            }
            if self.uris.is_some() {
                meant.extend(store.captures_of(uri)?);
            }
            for (id, entry) in meant {
                if !self.covers(entry.date) || !given.insert(id) {
                    continue;
                }
                match store.capture(id) {
                    Ok(it) => give(store, id, (it, false), &mut given, &mut take)?,
                    Err(StoreError::Removed { .. }) => left_out += 1,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(left_out)
    }

    /// Gives these captures to `take`, each after the one it refers to, each once.
    ///
    /// # Errors
    /// The archive does not hold one of them, or cannot be read; whatever `take` returns.
    pub fn these<E: From<StoreError>>(
        store: &Store,
        captures: &BTreeSet<CaptureId>,
        mut take: impl FnMut(Selected) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut given = HashSet::new();
        captures.iter().try_for_each(|id| {
            if !given.insert(*id) {
                return Ok(());
            }
            let capture = store.capture(*id)?;
            give(store, *id, (capture, false), &mut given, &mut take)
        })
    }

    fn covers(&self, date: Instant) -> bool {
        self.from.is_none_or(|it| it <= date) && self.to.is_none_or(|it| date <= it)
    }
}

fn give<E: From<StoreError>>(
    store: &Store,
    id: CaptureId,
    (capture, referred_to): (Capture, bool),
    given: &mut HashSet<CaptureId>,
    take: &mut impl FnMut(Selected) -> Result<(), E>,
) -> Result<(), E> {
    if let Some(original) = original(store, &capture)?
        && given.insert(original)
    {
        match store.capture(original) {
            Ok(it) => give(store, original, (it, true), given, take)?,
            // What it was is known by its digest alone, and the revisit says that digest.
            Err(StoreError::Removed { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    take(Selected {
        id,
        capture,
        referred_to,
    })
}

/// The response that a revisit refers to, where the archive holds it.
fn original(store: &Store, capture: &Capture) -> Result<Option<CaptureId>, StoreError> {
    let Outcome::Revisit(revisit) = &capture.outcome else {
        return Ok(None);
    };
    let held = store.captures_of(&revisit.refers_to_uri)?;
    let is_meant = |it: &CaptureEntry| {
        it.revisit.is_none() && it.payload_digest == Some(revisit.payload_digest)
    };
    Ok(held
        .iter()
        .find(|(_, it)| is_meant(it) && it.date == revisit.refers_to_date)
        .or_else(|| held.iter().find(|(_, it)| is_meant(it)))
        .map(|(id, _)| *id))
}
