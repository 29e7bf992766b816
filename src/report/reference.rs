//! A reference as a report shows it: the fate of its page, what to do, and which archived copy to cite instead.

use chrono::NaiveDate;
use serde::Serialize;

use std::collections::{HashMap, HashSet};

use super::{
    ClaimSection, Copy, Entry, Label, Need, Waiting,
    advice::{self, Intact},
    copy,
    counts::whole,
    gathered::Gathered,
    words,
};
use crate::{
    capture::Source,
    clock::Instant,
    digest::PayloadDigest,
    finding::{Conclusion, Fate},
    profile::Reference,
    uri::TargetUri,
};

/// The visits of the page of a reference that a report needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// How many there are.
    pub all: usize,
    /// The first, the last, those closest to the access date, and those that findings mention, oldest first.
    pub some: Vec<VisitSummary>,
    /// The copies from other archives, oldest first.
    pub copies: Vec<VisitSummary>,
}

/// One visit of the page of a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitSummary {
    /// The address that was requested.
    pub target_uri: TargetUri,
    /// When.
    pub date: Instant,
    /// The result in a few words: `200`, `moved to …`, `timed out`.
    pub outcome: String,
    /// Whether the copy is a readable page, and so one that can be cited.
    pub good: bool,
    /// The digest of the payload; `None` for a failed visit.
    pub payload_digest: Option<PayloadDigest>,
    /// The archive that made it; `None` for our own visits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A reference with the fate of its page.
#[derive(Clone, Debug, Serialize)]
pub struct ReferenceSection {
    /// Its number in the article.
    pub number: u32,
    /// The author, as cited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The title, as cited; a name for the reference if it has no title.
    pub title: String,
    /// The site or publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The date of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<NaiveDate>,
    /// The access date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accessed: Option<NaiveDate>,
    /// The cited address with its fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The fate, in one word.
    pub label: Label,
    /// The fate of the page.
    pub fate: Fate,
    /// The same, as a sentence.
    pub said: String,
    /// When it became so; empty if unknown.
    pub since: String,
    /// What its latest visits found, if they failed, but not for long yet; everything else is as of the last good visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// What an editor can do about it; empty if there is nothing to do.
    pub advice: String,
    /// The archived copy to cite, if the page is no longer there as cited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<Copy>,
    /// What its fate needs from people.
    pub need: Need,
    /// The ids of the claims that cite it.
    pub claims: Vec<String>,
    /// How many findings on those claims need a decision.
    pub open: u32,
    /// How many visits there are.
    pub visits_in_all: usize,
    /// The first visit, the last, the last that returned a page, those that findings rest on, and the copies from other archives: one
    /// line of time, oldest first.
    pub visits: Vec<VisitSummary>,
    /// Where its entry is in the profile's file; `None` if the report is not about a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The finding on its fate; `None` before the first run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as the command names it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

impl ReferenceSection {
    /// All references; those to repair come first, then the order of the article.
    pub(super) fn all(gathered: &Gathered<'_>, claims: &[ClaimSection]) -> Vec<Self> {
        let mut resting: HashMap<u32, Vec<&ClaimSection>> = HashMap::new();
        for claim in claims {
            for number in &claim.cites {
                resting.entry(*number).or_default().push(claim);
            }
        }
        let references = gathered.sources.profile.references.iter();
        let mut sections: Vec<Self> = references
            .map(|reference| {
                let claims = resting
                    .get(&reference.number)
                    .map_or(&[][..], Vec::as_slice);
                Self::of(reference, gathered, claims)
            })
            .collect();
        sections.sort_by_key(|section| {
            (
                section.need,
                section.entry.as_ref().map(Entry::order),
                section.number,
            )
        });
        sections
    }

    fn of(reference: &Reference, gathered: &Gathered<'_>, resting: &[&ClaimSection]) -> Self {
        let number = reference.number;
        let on_fate = gathered.on_fate(number);
        let entry = on_fate.map(|finding| Entry::of(finding, gathered));
        let fate = match on_fate.map(|finding| &finding.conclusion) {
            Some(Conclusion::Fate(fate)) => fate.clone(),
            _ if reference.url.is_none() => Fate::NoAddress,
            _ => Fate::Unvisited,
        };
        let last_there = on_fate.and_then(|finding| finding.history.last_seen);
        let citable = match fate {
            Fate::Live | Fate::Waiting { .. } | Fate::Unvisited | Fate::NoAddress => None,
            // Whatever came after the page was last there is not the page, whatever its status.
            _ => last_there.and_then(|last_there| copy::citable(number, last_there, gathered)),
        };
        let waiting = resting.iter().flat_map(|claim| &claim.entries);
        let open = waiting.filter(|entry| entry.need == Need::Decide).count();
        let advice = match &fate {
            Fate::Moved { to, permanent } => {
                let intact = Intact::at(to, number, gathered);
                advice::on_moved(to, *permanent, &intact, citable.as_ref(), gathered)
            }
            _ => advice::on_reference(number, &fate, citable.as_ref(), open, gathered),
        };
        let bad = gathered.sources.waiting.get(&number).cloned();
        let visits = gathered.sources.visits.get(&number);
        let cite = citable.map(|citable| citable.copy);
        Self {
            number,
            author: reference.author.clone(),
            title: reference
                .title
                .clone()
                .or_else(|| reference.shown_url())
                .unwrap_or_else(|| format!("Reference {number}")),
            publisher: reference.publisher.clone(),
            published: reference.published,
            accessed: reference.accessed,
            address: reference.shown_url().map(|url| match &reference.fragment {
                Some(fragment) => format!("{url}#{fragment}"),
                None => url,
            }),
            label: Label::of_fate(&fate),
            said: words::fate(&fate),
            since: words::sentences(&[
                entry.as_ref().map_or("", |entry| &entry.since),
                &bad.as_ref().map(words::waiting).unwrap_or_default(),
            ]),
            waiting: bad,
            advice,
            need: entry.as_ref().map_or(Need::Unknown, |entry| entry.need),
            claims: resting.iter().map(|claim| claim.id.clone()).collect(),
            open: whole(open),
            visits_in_all: visits.map_or(0, |visit| visit.all),
            visits: visits.map_or(Vec::new(), |visit| {
                let own = shown(&visit.some, number, last_there, cite.as_ref(), gathered);
                let mut all = [own, visit.copies.clone()].concat();
                all.sort_by_key(|it| it.date);
                all
            }),
            cite,
            place: None,
            fate,
            entry,
        }
    }

    /// Whether its page is no longer there as cited.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.entry
            .as_ref()
            .is_some_and(|entry| entry.finding.is_stale())
    }

    /// The last visit of ours.
    #[must_use]
    pub fn last_visit(&self) -> Option<&VisitSummary> {
        self.visits.iter().rfind(|visit| visit.source.is_none())
    }

    /// The copies from other archives.
    pub(super) fn copies(&self) -> impl Iterator<Item = &VisitSummary> {
        self.visits.iter().filter(|visit| visit.source.is_some())
    }

    /// Author, publisher and dates: the entry as the article prints it, without number, title and address.
    pub(super) fn imprint(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.author.clone());
        parts.extend(self.publisher.clone());
        parts.extend(
            self.published
                .map(|published| format!("published {published}")),
        );
        parts.extend(self.accessed.map(|accessed| format!("accessed {accessed}")));
        parts.join(" · ")
    }
}

/// The visits to show: the first, the last, the last that returned the page, those that findings rest on, and the one to
/// cite.
fn shown(
    visits: &[VisitSummary],
    number: u32,
    last_there: Option<Instant>,
    cite: Option<&Copy>,
    gathered: &Gathered<'_>,
) -> Vec<VisitSummary> {
    let resting = gathered.resting_on(number).iter().copied();
    let findings = resting.chain(gathered.on_fate(number));
    let evidence = findings.flat_map(|finding| &finding.evidence);
    let mut dates: HashSet<Instant> = evidence.map(|evidence| evidence.capture.date).collect();
    dates.extend(
        [visits.first(), visits.last()]
            .iter()
            .flatten()
            .map(|it| it.date),
    );
    dates.extend(last_there);
    dates.extend(cite.map(|cite| cite.date));
    let shown = visits.iter().filter(|visit| dates.contains(&visit.date));
    shown.cloned().collect()
}
