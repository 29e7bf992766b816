//! What a program without the archive and the profiles needs to follow the lists of a page: the claimed names, and the known pages.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Named, Seed, conditions,
    further::{ClaimedList, claimed_lists},
};
use crate::{
    capture::{Capture, Outcome, media_type_of},
    clock::Instant,
    compare::{self, Scope},
    content_coding::{self, Caps},
    extract::{self, Page},
    fetch::Validators,
    profile::{Alias, ListedName},
    reading::{Reading, further_pages},
    schedule::LastVisit,
    store::{Store, StoreError},
    uri::TargetUri,
};

/// The lists that an archive follows from a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Followed {
    /// The most further pages.
    pub most: usize,
    /// What is claimed of the lists.
    pub lists: Vec<FollowedList>,
    /// The further pages of the last visit, each with what is known of it. They are visited if the page has not changed.
    pub known: Vec<(TargetUri, Option<Validators>)>,
}

/// What is claimed of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowedList {
    /// The names.
    pub names: Vec<ListedName>,
    /// What was decided about their spellings.
    pub aliases: Vec<Alias>,
    /// The fragment of the cited address.
    pub fragment: Option<String>,
    /// The selector for the list.
    pub selector: Option<String>,
}

/// The lists to follow from each of the `seeds`, at most `most` pages each.
///
/// # Errors
/// The archive cannot be read.
pub fn followed(
    store: Option<&Store>,
    (profiles, seeds): (&[Named], &[Seed]),
    (most, unconditional, now): (usize, u32, Instant),
) -> Result<BTreeMap<TargetUri, Followed>, StoreError> {
    let mut all = BTreeMap::new();
    if most == 0 {
        return Ok(all);
    }
    let claimed = claimed_lists(profiles);
    for seed in seeds {
        let Some(lists) = claimed.get(&seed.uri) else {
            continue;
        };
        let known = match store {
            Some(store) => known(store, seed, (unconditional, now))?,
            None => Vec::new(),
        };
        let lists = lists.iter().map(FollowedList::of).collect();
        all.insert(seed.uri.clone(), Followed { most, lists, known });
    }
    Ok(all)
}

/// The further pages of the last visit of a page, with the condition under which to ask for each.
fn known(
    store: &Store,
    seed: &Seed,
    (unconditional, now): (u32, Instant),
) -> Result<Vec<(TargetUri, Option<Validators>)>, StoreError> {
    let mut pages = Vec::new();
    for uri in store.last_further(&seed.uri, now)? {
        let last = store.last_visit_until(&uri, now)?;
        pages.push(Seed {
            uri,
            last: last.map(|(at, ok)| LastVisit { at, failed: !ok }),
            ..seed.clone()
        });
    }
    let orders = conditions::orders(store, &pages, unconditional)?;
    let pages = orders.into_iter().map(|it| (it.seed, it.validators));
    Ok(pages.collect())
}

impl FollowedList {
    fn of(list: &ClaimedList<'_>) -> Self {
        Self {
            names: list.names.to_vec(),
            aliases: list.of.profile.aliases.clone(),
            fragment: list.scope.fragment.map(str::to_owned),
            selector: list.scope.selector.map(str::to_owned),
        }
    }

    fn needs_further(&self, reading: &Reading) -> bool {
        let scope = Scope {
            fragment: self.fragment.as_deref(),
            selector: self.selector.as_deref(),
            ..Scope::default()
        };
        compare::needs_further(&self.names, reading, scope, &self.aliases)
    }
}

/// The further pages to which the first page of a list leads, as a capture has it: none if its own names are enough for every
/// one of these.
#[must_use]
pub fn first_further(capture: &Capture, followed: &[Followed], caps: &Caps) -> Vec<TargetUri> {
    let lists = || followed.iter().flat_map(|it| &it.lists);
    let Some(reading) = reading_of(capture, lists(), caps) else {
        return Vec::new();
    };
    let pages = further_pages(&reading, &capture.target_uri);
    if pages.is_empty() || !lists().any(|list| list.needs_further(&reading)) {
        return Vec::new();
    }
    pages
}

/// The pages to which a further page leads in turn.
#[must_use]
pub fn next_further(capture: &Capture, followed: &[Followed], caps: &Caps) -> Vec<TargetUri> {
    let lists = followed.iter().flat_map(|it| &it.lists);
    reading_of(capture, lists, caps).map_or_else(Vec::new, |reading| {
        further_pages(&reading, &capture.target_uri)
    })
}

/// What a captured page says; `None` for everything but a page that can be read at once.
fn reading_of<'a>(
    capture: &Capture,
    lists: impl Iterator<Item = &'a FollowedList>,
    caps: &Caps,
) -> Option<Reading> {
    let Outcome::Response(response) = &capture.outcome else {
        return None;
    };
    let selectors: BTreeSet<&String> = lists.filter_map(|list| list.selector.as_ref()).collect();
    let selectors: Vec<String> = selectors.into_iter().cloned().collect();
    let decoded = content_coding::decode_response(response, caps).ok()?;
    let page = Page {
        body: &decoded.bytes,
        media_type: &media_type_of(&response.head),
        uri: Some(&capture.target_uri),
        status: capture.status(),
        selectors: &selectors,
    };
    (!extract::is_pdf(&page)).then(|| extract::read(&page))
}
