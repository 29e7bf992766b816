//! The data behind the desk, kept in memory and renewed when the store or the file of a profile changes.
//!
//! Findings are read again when a run has stored new ones, reviews are read as they come, and the whole is replaced at once. Computing findings,
//! which takes longer, happens in the background.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::NaiveDate;

use super::{Options, profiles::Entry, snapshot::stored};
use crate::{
    desk::{Desk, Numbered, Placed, Source},
    finding::Decisions,
    pipeline,
    store::{Mark, Store, StoreError, Version},
};

/// The current desk.
pub(super) struct Now {
    /// The profiles, those that cannot be read included.
    pub(super) profiles: Vec<Arc<Entry>>,
    /// The desk.
    pub(super) desk: Desk,
    /// Every review, oldest first.
    pub(super) reviews: Arc<Vec<Numbered>>,
    /// The reviews that apply, and the mutes.
    pub(super) decisions: Arc<Decisions>,
    /// Increases when findings change, but not when reviews come.
    pub(super) generation: u64,
}

impl Now {
    /// The profile with that name, if it can be read.
    pub(super) fn profile(&self, name: &str) -> Option<&pipeline::Named> {
        let entry = self.profiles.iter().find(|profile| profile.name == name)?;
        entry.read.as_ref().ok()
    }

    /// The bytes of the article that a profile was read from, if they are stored beside it.
    pub(super) fn source_of(&self, named: &pipeline::Named) -> Option<Vec<u8>> {
        let entry = self
            .profiles
            .iter()
            .find(|entry| entry.name == named.name)?;
        pipeline::kept_source(&entry.path, named.profile.source.as_ref()?)
    }
}

/// The place where the desk is kept.
#[derive(Default)]
pub(super) struct Room(Mutex<Option<Kept>>);

impl fmt::Debug for Room {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Room").finish_non_exhaustive()
    }
}

struct Kept {
    version: Version,
    /// The version at which all findings were known to be current.
    checked: Option<Version>,
    today: NaiveDate,
    parts: BTreeMap<String, Part>,
    now: Arc<Now>,
}

/// The findings of a profile.
struct Part {
    entry: Arc<Entry>,
    /// The version of the findings that they were read from.
    mark: Mark,
    placed: Vec<Arc<Placed>>,
}

impl Part {
    /// The findings from the store, or computed if the stored ones are not current.
    fn of(options: &Options, entry: &Arc<Entry>, mark: Mark) -> Result<Self, StoreError> {
        let mut placed = Vec::new();
        if let Ok(named) = &entry.read {
            let findings = pipeline::current(&options.store, named, &options.comparing);
            placed = Placed::all(stored(findings)?, &named.profile);
        }
        Ok(Self {
            entry: Arc::clone(entry),
            mark,
            placed,
        })
    }
}

impl Room {
    /// The current desk.
    pub(super) fn now(
        &self,
        options: &Options,
        profiles: Vec<Arc<Entry>>,
    ) -> Result<Arc<Now>, StoreError> {
        // Taken before anything is read: whatever is written in the meantime makes another version.
        let version = options.store.version()?;
        let today = options.clock.now().date_naive();
        let mut room = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = room.as_ref()
            && kept.version == version
            && kept.today == today
            && is_same(&kept.now.profiles, &profiles)
        {
            return Ok(Arc::clone(&kept.now));
        }
        let kept = room
            .take()
            .filter(|room| room.version.is_of_the_same_file(version));
        let kept = renewed(kept, options, profiles, (version, today))?;
        let now = Arc::clone(&kept.now);
        *room = Some(kept);
        Ok(now)
    }

    /// Updates the findings from what is stored; for the background.
    pub(super) fn check(&self, options: &Options) -> Result<(), StoreError> {
        let version = options.store.version()?;
        let entries = {
            let room = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(kept) = room.as_ref().filter(|room| room.checked != Some(version)) else {
                return Ok(());
            };
            kept.now.profiles.clone()
        };
        let mut anew = Vec::new();
        for entry in &entries {
            let Ok(named) = &entry.read else { continue };
            let store = &options.store;
            if !stored(pipeline::is_current(store, named, &options.comparing))? {
                anew.push(Part::of(options, entry, store.marks()?.of(&entry.name))?);
            }
        }
        let mut room = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = room.as_mut() {
            kept.checked = Some(version);
            let changed = anew.into_iter().filter(|part| {
                let known = kept.parts.get(&part.entry.name);
                known.is_some_and(|known| known.placed != part.placed)
            });
            let changed: Vec<Part> = changed.collect();
            if !changed.is_empty() {
                for part in changed {
                    kept.parts.insert(part.entry.name.clone(), part);
                }
                kept.now = Arc::new(Now {
                    desk: desk(&kept.parts, &kept.now.decisions, &kept.now.reviews),
                    profiles: kept.now.profiles.clone(),
                    reviews: Arc::clone(&kept.now.reviews),
                    decisions: Arc::clone(&kept.now.decisions),
                    generation: kept.now.generation + 1,
                });
            }
        }
        Ok(())
    }
}

/// The data in memory, brought up to date.
fn renewed(
    kept: Option<Kept>,
    options: &Options,
    profiles: Vec<Arc<Entry>>,
    (version, today): (Version, NaiveDate),
) -> Result<Kept, StoreError> {
    let store: &Store = &options.store;
    let marks = store.marks()?;
    let (mut known, before, checked) = match kept {
        Some(kept) => (kept.parts, Some(kept.now), kept.checked),
        None => (BTreeMap::new(), None, None),
    };
    let mut generation = before.as_ref().map_or(0, |before| before.generation);
    let mut parts = BTreeMap::new();
    for entry in &profiles {
        let mark = marks.of(&entry.name);
        let same = known.remove(&entry.name).filter(|remove| {
            remove.mark.is_of_the_same_findings(mark) && remove.entry.is_same(entry)
        });
        let part = if let Some(part) = same {
            part
        } else {
            generation += 1;
            Part::of(options, entry, mark)?
        };
        parts.insert(entry.name.clone(), part);
    }
    generation += u64::from(!known.is_empty());
    let mut reviews = before.map_or_else(Arc::default, |before| Arc::clone(&before.reviews));
    let last = reviews.last().map_or(0, |review| review.number);
    let more = store.reviews_after(last)?;
    if !more.is_empty() {
        let more = more.into_iter();
        Arc::make_mut(&mut reviews)
            .extend(more.map(|(number, review)| Numbered { number, review }));
    }
    let all = reviews.iter().map(|review| review.review.clone()).collect();
    let decisions = Arc::new(Decisions::of(all, store.mutes()?, today));
    let now = Now {
        desk: desk(&parts, &decisions, &reviews),
        decisions,
        profiles,
        reviews,
        generation,
    };
    Ok(Kept {
        version,
        checked,
        today,
        parts,
        now: Arc::new(now),
    })
}

fn desk(parts: &BTreeMap<String, Part>, decisions: &Decisions, reviews: &[Numbered]) -> Desk {
    let sources = parts.iter().filter_map(|(name, part)| {
        Some(Source {
            name,
            profile: &part.entry.read.as_ref().ok()?.profile,
            findings: &part.placed,
        })
    });
    Desk::of(&sources.collect::<Vec<_>>(), decisions, reviews)
}

fn is_same(one: &[Arc<Entry>], other: &[Arc<Entry>]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_same(other))
}
