//! From stored captures to findings: every capture of a profile's pages is read once, and every claim held against it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    capture::{CaptureEntry, RevisitProfile, media_type_of},
    compare::{self, Visited},
    content_coding::{self, Caps},
    digest::PayloadDigest,
    extract::{self, Page},
    finding::{Conclusion, Decision, Finding, Series, Subject, Verdict, applying},
    media_type::MediaType,
    profile::{Alias, Profile, Statement},
    reading::Reading,
    store::{Store, StoreError, StoredVisit},
    uri::TargetUri,
};

use super::{Named, PdfReader};

/// Why a profile cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// The archive.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The visits behind a profile's references, by reference number, oldest first.
pub type Histories = BTreeMap<u32, Arc<Vec<StoredVisit>>>;

/// The findings of one profile, from what `store` holds and nothing else.
///
/// # Errors
/// The archive cannot be read, or a payload in it is not what its digest says.
pub fn analyse(
    store: &Store,
    named: &Named,
    pdf: &PdfReader,
) -> Result<Vec<Finding>, AnalyseError> {
    compared(store, named, pdf, compare::findings)
}

/// What every stored capture says about each thing that the profile claims; with it the findings of [`analyse`] about claims.
///
/// # Errors
/// Those of [`analyse`].
pub fn series(store: &Store, named: &Named, pdf: &PdfReader) -> Result<Vec<Series>, AnalyseError> {
    compared(store, named, pdf, compare::series)
}

/// What a comparison makes of a profile and all that `store` holds of its pages.
fn compared<T>(
    store: &Store,
    named: &Named,
    pdf: &PdfReader,
    compare: impl Fn(&str, &Profile, &BTreeMap<u32, Vec<Visited<'_>>>) -> T,
) -> Result<T, AnalyseError> {
    let mut profile = named.profile.clone();
    profile.aliases.extend(learned_aliases(store, &named.name)?);
    let entries = entries(store, &profile)?;
    let mut readings = Readings::new(store, &profile, pdf);
    let mut read: BTreeMap<u32, Vec<Option<Arc<Reading>>>> = BTreeMap::new();
    // A listed name may have moved to a page on which no claim rests.
    let lists = profile.claims.iter();
    let lists = lists.filter(|it| matches!(it.statement, Statement::Listed { .. }));
    let has_lists = lists.count() > 0;
    for (number, visits) in &entries {
        let claims = &profile.claims;
        let is_cited = has_lists || claims.iter().any(|it| it.cites.contains(number));
        let of = visits.iter().map(|it| match it.last() {
            Some(entry) if is_cited => readings.of(entry),
            Some(entry) => readings.state_of(entry),
            None => Ok(None),
        });
        read.insert(*number, of.collect::<Result<_, _>>()?);
    }
    let visited = entries
        .iter()
        .map(|(number, visits)| {
            let readings = read.get(number).map(Vec::as_slice).unwrap_or_default();
            let visits = visits.iter().zip(readings);
            let visited = visits.map(|(hops, reading)| Visited {
                hops,
                reading: reading.as_deref(),
            });
            (*number, visited.collect())
        })
        .collect();
    Ok(compare(&named.name, &profile, &visited))
}

/// The captures of every visit behind a profile's references, by reference number, oldest first: all that the
/// comparison needs of them, and no more in memory.
type Entries = BTreeMap<u32, Arc<Vec<Vec<CaptureEntry>>>>;

fn entries(store: &Store, profile: &Profile) -> Result<Entries, StoreError> {
    let mut places: HashMap<TargetUri, usize> = HashMap::new();
    let mut seeds = Vec::new();
    let mut references = Vec::new();
    for reference in &profile.references {
        let Some(Ok((seed, _))) = reference.url.as_deref().map(TargetUri::parse) else {
            continue;
        };
        let place = *places.entry(seed).or_insert_with_key(|seed| {
            seeds.push(seed.clone());
            seeds.len() - 1
        });
        references.push((reference.number, place));
    }
    let hops = |it: StoredVisit| it.hops.into_iter().map(|it| it.1).collect();
    let all = store.latest_visits(&seeds, u32::MAX, |visits| {
        Arc::new(visits.into_iter().map(hops).collect())
    })?;
    let of = |(number, place): (u32, usize)| Some((number, Arc::clone(all.get(place)?)));
    Ok(references.into_iter().filter_map(of).collect())
}

/// The stored visits of every page that `profile` cites; references that share a page share its visits.
///
/// # Errors
/// The archive cannot be read.
pub fn histories(store: &Store, profile: &Profile) -> Result<Histories, StoreError> {
    let mut by_seed: HashMap<TargetUri, Arc<Vec<StoredVisit>>> = HashMap::new();
    let mut histories = Histories::new();
    for reference in &profile.references {
        let Some(Ok((seed, _))) = reference.url.as_deref().map(TargetUri::parse) else {
            continue;
        };
        let visits = if let Some(visits) = by_seed.get(&seed) {
            visits.clone()
        } else {
            let visits = Arc::new(store.visits(&seed)?);
            by_seed.insert(seed, visits.clone());
            visits
        };
        histories.insert(reference.number, visits);
    }
    Ok(histories)
}

/// What reviewers taught: a rejected rename keeps the two spellings apart from then on.
///
/// An accepted one teaches nothing: it stays a rename until the article says the new name.
///
/// # Errors
/// The archive cannot be read.
pub fn learned_aliases(store: &Store, profile: &str) -> Result<Vec<Alias>, StoreError> {
    let reviews = store.reviews()?;
    let mut aliases = Vec::new();
    for (id, _) in applying(&reviews)
        .into_iter()
        .filter(|it| it.1.decision == Some(Decision::Reject))
    {
        let finding = store.reviewed(id)?.filter(|it| it.profile == profile);
        let rename = finding.map(|it| (it.subject, it.conclusion));
        if let Some((
            Subject::Name { name, .. },
            Conclusion::Verdict(Verdict::Renamed { to, .. }),
        )) = rename
        {
            aliases.push(Alias {
                name,
                other: to,
                same: false,
            });
        }
    }
    Ok(aliases)
}

/// The text of one of a page's captures; `entries` are all of them, oldest first.
///
/// # Errors
/// The archive cannot be read.
pub fn text_of(
    store: &Store,
    entry: &CaptureEntry,
    entries: &[CaptureEntry],
    pdf: &PdfReader,
) -> Result<String, StoreError> {
    let mut readings = Readings::new(store, &Profile::default(), pdf);
    for earlier in entries.iter().filter(|it| it.date <= entry.date) {
        readings.remember(earlier);
    }
    let reading = readings.of(entry)?;
    Ok(reading.map(|it| it.text.clone()).unwrap_or_default())
}

/// How much of a reading is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    State,
}

fn state_alone(reading: Reading) -> Reading {
    Reading {
        text: String::new(),
        blocks: Vec::new(),
        headings: Vec::new(),
        anchors: Vec::new(),
        links: Vec::new(),
        lists: Vec::new(),
        ..reading
    }
}

/// Readings of stored payloads: made once, kept in the archive, and shared by visits that brought the same.
pub(super) struct Readings<'a> {
    store: &'a Store,
    pdf: &'a PdfReader,
    selectors: Vec<String>,
    made: HashMap<(PayloadDigest, String), Arc<Reading>>,
    /// The capture that brought a payload: a 304 does not say again what it is.
    brought: HashMap<PayloadDigest, CaptureEntry>,
    /// The reading that was asked for last.
    last: Option<((PayloadDigest, Extent), Arc<Reading>)>,
}

impl<'a> Readings<'a> {
    pub(super) fn new(store: &'a Store, profile: &Profile, pdf: &'a PdfReader) -> Self {
        let selectors = profile.references.iter();
        let mut selectors: Vec<String> = selectors.filter_map(|it| it.selector.clone()).collect();
        selectors.sort();
        selectors.dedup();
        Self {
            store,
            pdf,
            selectors,
            made: HashMap::new(),
            brought: HashMap::new(),
            last: None,
        }
    }

    /// Notes what a capture says of the payload it brought.
    fn remember(&mut self, entry: &CaptureEntry) {
        let not_modified = entry.revisit == Some(RevisitProfile::ServerNotModified);
        if let Some(digest) = entry.payload_digest.filter(|_| !not_modified) {
            self.brought.insert(digest, entry.clone());
        }
    }

    /// The reading of the payload that a capture brought or stands for; a failure brought none.
    ///
    /// Captures are given oldest first.
    pub(super) fn of(&mut self, entry: &CaptureEntry) -> Result<Option<Arc<Reading>>, StoreError> {
        self.have(entry, Extent::Whole)
    }

    /// What that reading says of the page's state and nothing else: all that is asked of a page on which no claim
    /// rests, and a small part of what its text would take in memory.
    fn state_of(&mut self, entry: &CaptureEntry) -> Result<Option<Arc<Reading>>, StoreError> {
        self.have(entry, Extent::State)
    }

    fn have(
        &mut self,
        entry: &CaptureEntry,
        extent: Extent,
    ) -> Result<Option<Arc<Reading>>, StoreError> {
        let Some(digest) = entry.payload_digest else {
            return Ok(None);
        };
        let not_modified = entry.revisit == Some(RevisitProfile::ServerNotModified);
        // What says that nothing changed brought nothing that another reading could come of.
        if let Some((of, reading)) = &self.last
            && not_modified
            && *of == (digest, extent)
            && self.brought.contains_key(&digest)
        {
            return Ok(Some(reading.clone()));
        }
        self.remember(entry);
        let entry = self.brought.get(&digest).unwrap_or(entry);
        let media_type = media_type_of(&entry.head);
        let coding = content_coding::labels_of(&entry.head);
        // Everything that the reading depends on beside the payload.
        let key = format!(
            "{}{} {} {} {} {} {} {:?}",
            match extent {
                Extent::Whole => "",
                Extent::State => "state ",
            },
            extract::VERSION,
            entry.status().unwrap_or_default(),
            entry.target_uri,
            media_type.essence,
            media_type.charset.as_deref().unwrap_or("-"),
            coding.as_deref().unwrap_or("-"),
            self.selectors,
        );
        let place = (digest, key);
        if let Some(it) = self.made.get(&place) {
            self.last = Some(((digest, extent), it.clone()));
            return Ok(Some(it.clone()));
        }
        let key = &place.1;
        let reading = if let Some(reading) = self.store.reading(&digest, key)? {
            reading
        } else {
            let (mut reading, lasts) = self.read(entry, &digest, &media_type, coding.as_deref())?;
            if extent == Extent::State {
                reading = state_alone(reading);
            }
            if lasts && self.store.may_write() {
                self.store.put_reading(&digest, key, &reading)?;
            }
            reading
        };
        let reading = Arc::new(reading);
        self.made.insert(place, reading.clone());
        self.last = Some(((digest, extent), reading.clone()));
        Ok(Some(reading))
    }

    /// Reads a payload, and says whether another try would come to the same.
    fn read(
        &self,
        entry: &CaptureEntry,
        digest: &PayloadDigest,
        media_type: &MediaType,
        coding: Option<&str>,
    ) -> Result<(Reading, bool), StoreError> {
        let payload = match self.store.payload(digest) {
            Ok(it) => it,
            // What was removed is not there to be read; that it was is all there is to say.
            Err(removed @ StoreError::Removed { .. }) => {
                return Ok((extract::unread(removed.to_string()), false));
            }
            Err(error) => return Err(error),
        };
        let decoded = content_coding::decode(&payload, coding, &Caps::default());
        let unreadable = MediaType::parse("application/octet-stream");
        let (body, media_type) = match &decoded {
            Ok(it) => (it.bytes.as_slice(), media_type),
            // A body whose coding cannot be taken off is bytes like any other file that is not text.
            Err(_) => (payload.as_slice(), &unreadable),
        };
        let page = Page {
            body,
            media_type,
            uri: Some(&entry.target_uri),
            status: entry.status(),
            selectors: &self.selectors,
        };
        if extract::is_pdf(&page) {
            let layer = self.pdf.read(body);
            return Ok((extract::read_pdf(&layer), !layer.passing));
        }
        Ok((extract::read(&page), true))
    }
}
