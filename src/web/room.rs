//! The data behind the desk, kept in memory and renewed when the store or the file of a profile changes.
//!
//! Findings are read again when a run has stored new ones, reviews are read as they come, and the whole is replaced at once. Computing findings,
//! which takes longer, happens in the background.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::NaiveDate;

use super::{Options, profiles::Entry, snapshot::stored};
use crate::{
    desk::{Desk, Item, Numbered, Placed, Source},
    finding::{Decision, Decisions, FindingId},
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
    /// How many findings of each profile wait for a decision; profiles without any are left out.
    pub(super) due: BTreeMap<String, usize>,
    /// What followed from decisions that teach since the server was started, by the number of the review.
    pub(super) followed: Arc<BTreeMap<i64, Followed>>,
    /// Increases when findings change, but not when reviews come.
    pub(super) generation: u64,
}

/// What followed from a decision for other findings, once they were compared again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Followed {
    /// How many others that waited are settled.
    pub(super) settled: usize,
    /// How many others wait because of it.
    pub(super) raised: usize,
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
    /// The number of the latest review at that version.
    learned: i64,
    today: NaiveDate,
    parts: BTreeMap<String, Part>,
    now: Arc<Now>,
}

/// The findings of a profile.
struct Part {
    entry: Arc<Entry>,
    /// The version of the findings that they were read from.
    mark: Mark,
    /// Whether they are those that are stored. Others were computed under decisions that teach: once such a decision is taken back, those
    /// that are stored are current again.
    is_stored: bool,
    placed: Vec<Arc<Placed>>,
}

impl Part {
    /// The findings from the store, or computed if the stored ones are not current.
    fn of(options: &Options, entry: &Arc<Entry>, mark: Mark) -> Result<Self, StoreError> {
        let (mut placed, mut is_stored) = (Vec::new(), true);
        if let Ok(named) = &entry.read {
            let is_current = pipeline::is_current(&options.store, named, &options.comparing);
            is_stored = stored(is_current)?;
            let findings = pipeline::current(&options.store, named, &options.comparing);
            placed = Placed::all(stored(findings)?, &named.profile);
        }
        Ok(Self {
            entry: Arc::clone(entry),
            mark,
            is_stored,
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

    /// The profiles, each with whether the findings in memory are those that are stored; `None` if they were checked at this version.
    fn unchecked(&self, version: Version) -> Option<Vec<(Arc<Entry>, bool)>> {
        let room = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = room.as_ref().filter(|room| room.checked != Some(version))?;
        let is_stored = |name: &str| kept.parts.get(name).is_some_and(|it| it.is_stored);
        let entries = kept.now.profiles.iter();
        let entries = entries.map(|it| (Arc::clone(it), is_stored(&it.name)));
        Some(entries.collect())
    }

    /// Updates the findings from what is stored; for the background.
    pub(super) fn check(&self, options: &Options) -> Result<(), StoreError> {
        let version = options.store.version()?;
        let Some(entries) = self.unchecked(version) else {
            return Ok(());
        };
        let mut anew = Vec::new();
        for (entry, is_stored) in &entries {
            let Ok(named) = &entry.read else { continue };
            let store = &options.store;
            let is_current = stored(pipeline::is_current(store, named, &options.comparing))?;
            if !(is_current && *is_stored) {
                anew.push(Part::of(options, entry, store.marks()?.of(&entry.name))?);
            }
        }
        let mut room = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = room.as_mut() {
            kept.checked = Some(version);
            let changed = anew.into_iter().filter(|part| {
                let known = kept.parts.get(&part.entry.name);
                known.is_some_and(|known| {
                    known.placed != part.placed || known.is_stored != part.is_stored
                })
            });
            let changed: Vec<Part> = changed.collect();
            let follows = changed.iter().filter_map(|part| followed(kept, part));
            let follows: Vec<(i64, Followed)> = follows.collect();
            kept.learned = kept.now.reviews.last().map_or(0, |review| review.number);
            if !changed.is_empty() {
                for part in changed {
                    kept.parts.insert(part.entry.name.clone(), part);
                }
                let desk = desk(&kept.parts, &kept.now.decisions, &kept.now.reviews);
                let mut all = Arc::clone(&kept.now.followed);
                Arc::make_mut(&mut all).extend(follows);
                kept.now = Arc::new(Now {
                    due: due(&desk),
                    desk,
                    followed: all,
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

/// The findings of all profiles, those of `known` that are still current among them, and how many profiles changed.
fn parts_of(
    mut known: BTreeMap<String, Part>,
    options: &Options,
    profiles: &[Arc<Entry>],
) -> Result<(BTreeMap<String, Part>, u64), StoreError> {
    let marks = options.store.marks()?;
    let (mut parts, mut changes) = (BTreeMap::new(), 0);
    for entry in profiles {
        let mark = marks.of(&entry.name);
        let same = known.remove(&entry.name).filter(|remove| {
            remove.mark.is_of_the_same_findings(mark) && remove.entry.is_same(entry)
        });
        let part = if let Some(part) = same {
            part
        } else {
            changes += 1;
            Part::of(options, entry, mark)?
        };
        parts.insert(entry.name.clone(), part);
    }
    Ok((parts, changes + u64::from(!known.is_empty())))
}

/// The data in memory, brought up to date.
fn renewed(
    kept: Option<Kept>,
    options: &Options,
    profiles: Vec<Arc<Entry>>,
    (version, today): (Version, NaiveDate),
) -> Result<Kept, StoreError> {
    let store: &Store = &options.store;
    let (known, before, checked, learned) = match kept {
        Some(kept) => (kept.parts, Some(kept.now), kept.checked, Some(kept.learned)),
        None => (BTreeMap::new(), None, None, None),
    };
    let (parts, changes) = parts_of(known, options, &profiles)?;
    let generation = before.as_ref().map_or(0, |before| before.generation) + changes;
    let last = before.as_ref().and_then(|before| before.reviews.last());
    let more = store.reviews_after(last.map_or(0, |review| review.number))?;
    let mutes = store.mutes()?;
    if let Some(before) = &before
        && generation == before.generation
        && more.is_empty()
        && before.decisions.mutes() == mutes
        && before.decisions.today() == today
    {
        // Something else was written, such as the visits of a run: the desk is the same, and is not built again.
        return Ok(Kept {
            version,
            checked,
            learned: learned.unwrap_or_default(),
            today,
            parts,
            now: Arc::clone(before),
        });
    }
    let followed = before
        .as_ref()
        .map_or_else(Arc::default, |before| Arc::clone(&before.followed));
    let mut reviews = before.map_or_else(Arc::default, |before| Arc::clone(&before.reviews));
    if !more.is_empty() {
        let more = more.into_iter();
        Arc::make_mut(&mut reviews)
            .extend(more.map(|(number, review)| Numbered { number, review }));
    }
    let all = reviews.iter().map(|review| review.review.clone()).collect();
    let decisions = Arc::new(Decisions::of(all, mutes, today));
    let desk = desk(&parts, &decisions, &reviews);
    let now = Now {
        due: due(&desk),
        desk,
        followed,
        decisions,
        profiles,
        reviews: Arc::clone(&reviews),
        generation,
    };
    Ok(Kept {
        version,
        checked,
        learned: learned.unwrap_or_else(|| reviews.last().map_or(0, |review| review.number)),
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

/// How many findings of each profile wait for a decision.
fn due(desk: &Desk) -> BTreeMap<String, usize> {
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for item in desk.items().iter().filter(|item| item.state.is_due()) {
        *all.entry(item.finding().profile.clone()).or_default() += 1;
    }
    all
}

/// What followed from the latest decision about a profile that can teach, now that its findings were compared again: the number of
/// the review, and how many other findings changed.
fn followed(kept: &Kept, part: &Part) -> Option<(i64, Followed)> {
    let now = &kept.now;
    let own = |item: &&Item| item.finding().profile == part.entry.name;
    let teaches = |review: &&Numbered| {
        let about = now.desk.item(&review.review.finding);
        review.review.decision != Some(Decision::Accept) && about.is_some_and(|it| own(&it))
    };
    let new = now.reviews.iter().rev();
    let review = new
        .take_while(|it| it.number > kept.learned)
        .find(teaches)?;
    let about = &review.review.finding;
    let now_there: HashSet<&FindingId> = part.placed.iter().map(|it| &it.finding.id).collect();
    let waited = now.desk.items().iter().filter(own);
    let waited: HashSet<&FindingId> = waited
        .filter(|item| item.state.is_due())
        .map(|item| &item.finding().id)
        .collect();
    let raised = part.placed.iter().map(|it| &it.finding).filter(|finding| {
        finding.id != *about
            && now.desk.item(&finding.id).is_none()
            && finding.weight().is_question()
            && now.decisions.is_open(finding)
    });
    let settled = waited
        .iter()
        .filter(|id| **id != about && !now_there.contains(**id));
    let followed = Followed {
        settled: settled.count(),
        raised: raised.count(),
    };
    Some((review.number, followed))
}

fn is_same(one: &[Arc<Entry>], other: &[Arc<Entry>]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_same(other))
}
