//! Which captures are meant, and each of them once, with the captures that they refer to.

use std::collections::{BTreeSet, HashSet};

use crate::{
    capture::{Capture, CaptureEntry, Outcome, Tombstone},
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

/// A capture as the archive has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// With its bytes.
    Whole(Capture),
    /// What stays known of one whose payload was removed on purpose.
    Removed(Tombstone),
}

/// One capture that is meant.
#[derive(Debug)]
pub struct Selected {
    /// Its number in the archive.
    pub id: CaptureId,
    /// The capture.
    pub kept: Kept,
    /// Whether it is only there because a revisit that was meant refers to it.
    pub referred_to: bool,
    /// For a revisit, the head of the capture that it refers to, where the archive holds that.
    pub original_head: Option<Vec<u8>>,
}

impl Selected {
    /// How many bytes its body has.
    pub(super) fn size(&self) -> usize {
        match &self.kept {
            Kept::Whole(Capture {
                outcome: Outcome::Response(it),
                ..
            }) => it.payload.len(),
            _ => 0,
        }
    }
}

impl Selection {
    /// Gives every capture that is meant to `take`, page after page, oldest first, each once.
    ///
    /// A revisit comes after the capture it refers to, which is given too where it was not meant itself: a revisit alone says nothing.
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
                if self.covers(entry.date) {
                    give(store, id, false, &mut given, &mut take)?;
                }
            }
        }
        Ok(())
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
        captures
            .iter()
            .try_for_each(|id| give(store, *id, false, &mut given, &mut take))
    }

    fn covers(&self, date: Instant) -> bool {
        self.from.is_none_or(|it| it <= date) && self.to.is_none_or(|it| date <= it)
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
        original_head,
    })
}

fn kept(store: &Store, id: CaptureId) -> Result<Kept, StoreError> {
    match store.capture(id) {
        Err(removed @ StoreError::Removed { .. }) => match store.tombstone(id)? {
            Some(it) => Ok(Kept::Removed(it)),
            None => Err(removed),
        },
        capture => capture.map(Kept::Whole),
    }
}

/// The response that a revisit refers to, and its head, where the archive holds it.
fn original(store: &Store, capture: &Capture) -> Result<Option<(CaptureId, Vec<u8>)>, StoreError> {
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
        .map(|(id, it)| (*id, it.head.clone())))
}
