//! A page at the desk: its address, the articles that cite it, and its findings.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::{Item, Source};
use crate::{
    digest::ContentDigest,
    finding::{Finding, Subject, Weight},
    profile::Profile,
    uri::TargetUri,
};

/// The id of a page: 8 hexadecimal digits of the digest of its SURT key, so that spellings of one address are one page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PageId(pub String);

impl PageId {
    /// The id of the page at `address`.
    #[must_use]
    pub fn of(address: &TargetUri) -> Self {
        let digest = ContentDigest::of(address.surt().as_str().as_bytes()).short();
        Self(digest.chars().take(8).collect())
    }
}

/// A citation of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cited {
    /// The name of the profile.
    pub profile: String,
    /// The title of its article.
    pub article: String,
    /// The number of the reference.
    pub number: u32,
}

/// A page with its findings.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its id.
    pub id: PageId,
    /// Its address, as cited.
    pub address: TargetUri,
    /// Its title, as cited; empty if no article gives one.
    pub title: String,
    /// The citations.
    pub cited: Vec<Cited>,
    /// The places of its findings in the desk, in the order in which they are decided.
    pub(super) items: Vec<usize>,
}

impl Page {
    /// A page with the address of a finding, without findings.
    pub(super) fn of(placed: &Placed) -> Self {
        Self {
            id: placed.page.clone(),
            address: placed.address.clone(),
            title: String::new(),
            cited: Vec::new(),
            items: Vec::new(),
        }
    }

    /// The key for sorting pages of equal rank.
    pub(super) fn key(&self) -> (&str, &PageId) {
        (self.address.as_str(), &self.id)
    }

    /// Adds a citation, unless the page already has it.
    pub(super) fn cite(&mut self, source: &Source<'_>, number: u32) {
        let mut known = self.cited.iter().rev();
        if known.any(|it| it.number == number && it.profile == source.name) {
            return;
        }
        let cited = Cited {
            profile: source.name.to_owned(),
            article: source.profile.title.clone(),
            number,
        };
        if self.title.is_empty() {
            let reference = source.profile.reference(number);
            self.title = reference
                .and_then(|reference| reference.title.clone())
                .unwrap_or_default();
        }
        self.cited.push(cited);
        self.cited.sort();
    }

    /// Sorts its findings: by claim, the claim with the heaviest finding first; within a claim by weight, then in the order of the
    /// article. Decisions do not affect the order, so that nothing moves when one is made.
    pub(super) fn arrange(&mut self, items: &[Item]) {
        let mut ranks: BTreeMap<Group, (Weight, usize)> = BTreeMap::new();
        for at in &self.items {
            if let Some(item) = items.get(*at) {
                let group = group_of(item.finding());
                let rank = ranks.entry(group).or_insert((Weight::Settled, *at));
                rank.0 = item.finding().weight().min(rank.0);
            }
        }
        self.items.sort_by_cached_key(|at| {
            let finding = items.get(*at).map(Item::finding);
            let rank = finding.and_then(|finding| ranks.get(&group_of(finding)).copied());
            (rank, finding.map(Finding::weight), *at)
        });
    }
}

/// The findings that are decided together within a page: profile and claim.
type Group = (String, Option<String>);

/// The findings about one claim of one profile, or about the page itself.
fn group_of(finding: &Finding) -> Group {
    (
        finding.profile.clone(),
        finding.subject.claim().map(str::to_owned),
    )
}

/// A finding with the page on which it is decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The finding.
    pub finding: Arc<Finding>,
    /// The id of the page.
    pub page: PageId,
    /// The address of the page.
    pub address: TargetUri,
    /// The number of the reference by which the finding cites the page.
    pub reference: u32,
}

impl Placed {
    /// The findings of a profile with their pages. A finding without a cited address has no page, and is left out.
    #[must_use]
    pub fn all(findings: Vec<Finding>, profile: &Profile) -> Vec<Arc<Self>> {
        let pages: BTreeMap<u32, (TargetUri, PageId)> = profile
            .references
            .iter()
            .filter_map(|reference| {
                let address = TargetUri::parse(reference.url.as_deref()?).ok()?.0;
                let id = PageId::of(&address);
                Some((reference.number, (address, id)))
            })
            .collect();
        let placed = findings.into_iter().filter_map(|finding| {
            let (reference, (address, page)) = place(&finding, &pages)?;
            Some(Arc::new(Self {
                page: page.clone(),
                address: address.clone(),
                reference,
                finding: Arc::new(finding),
            }))
        });
        placed.collect()
    }
}

/// The page of the capture that a finding rests on first; if the article does not cite that page, the first cited page.
fn place<'a>(
    finding: &Finding,
    pages: &'a BTreeMap<u32, (TargetUri, PageId)>,
) -> Option<(u32, &'a (TargetUri, PageId))> {
    let numbers = match &finding.subject {
        Subject::Reference { number } => std::slice::from_ref(number),
        _ => finding.cites.as_slice(),
    };
    let cited: Vec<_> = numbers
        .iter()
        .filter_map(|number| Some((*number, pages.get(number)?)))
        .collect();
    let shown = finding.evidence.iter().filter(|_| cited.len() > 1);
    let mut shown = shown.map(|it| PageId::of(&it.capture.target_uri));
    let first = shown.find_map(|id| cited.iter().find(|it| it.1.1 == id));
    first.or(cited.first()).copied()
}
