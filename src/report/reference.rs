//! A reference as a report shows it: what became of its page, what to do, and which archived copy to cite instead.

use chrono::NaiveDate;
use serde::Serialize;

use super::{ClaimSection, Copy, Entry, Label, Need, Sources, advice, counts::whole, words};
use crate::{
    clock::Instant,
    digest::PayloadDigest,
    finding::{CaptureRef, Conclusion, Fate, History, Subject},
    profile::Reference,
    uri::TargetUri,
};

/// One visit of a reference's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitSummary {
    /// What was asked for.
    pub target_uri: TargetUri,
    /// When.
    pub date: Instant,
    /// What came of it, in a few words: `200`, `moved to …`, `timed out`.
    pub outcome: String,
    /// Whether the copy is a page one can judge by, and so one that can be cited.
    pub good: bool,
    /// The payload; `None` for a failed visit.
    pub payload_digest: Option<PayloadDigest>,
}

/// A reference with its page's fate.
#[derive(Clone, Debug, Serialize)]
pub struct ReferenceSection {
    /// Its number in the article.
    pub number: u32,
    /// The author, as cited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The title, as cited; a text that names the reference where there is none.
    pub title: String,
    /// The site or publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<NaiveDate>,
    /// When the article's author looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accessed: Option<NaiveDate>,
    /// The cited address with its fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The fate in a word.
    pub label: Label,
    /// What became of the page.
    pub fate: Fate,
    /// The same, as a sentence.
    pub said: String,
    /// Since when; empty where nobody knows.
    pub since: String,
    /// What an editor can do about it; empty where nothing is to be done.
    pub advice: String,
    /// The archived copy to cite, where the page is not there as cited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<Copy>,
    /// What it needs from people, from its own fate.
    pub need: Need,
    /// The ids of the claims that rest on it.
    pub claims: Vec<String>,
    /// How many findings on those claims wait for a decision.
    pub open: u32,
    /// The visits, oldest first.
    pub visits: Vec<VisitSummary>,
    /// The finding on its fate; `None` before the first run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
}

impl VisitSummary {
    pub(super) fn capture(&self) -> CaptureRef {
        CaptureRef {
            target_uri: self.target_uri.clone(),
            date: self.date,
            payload_digest: self.payload_digest,
        }
    }
}

impl ReferenceSection {
    pub(super) fn all(sources: &Sources, claims: &[ClaimSection]) -> Vec<Self> {
        let references = sources.profile.references.iter();
        let mut sections: Vec<Self> = references.map(|it| Self::of(it, sources, claims)).collect();
        sections.sort_by_key(|it| (it.need, it.number));
        sections
    }

    fn of(reference: &Reference, sources: &Sources, claims: &[ClaimSection]) -> Self {
        let number = reference.number;
        let entry = sources
            .findings
            .iter()
            .find(|it| it.subject == Subject::Reference { number })
            .map(|it| Entry::of(it, sources));
        let fate = match entry.as_ref().map(|it| &it.finding.conclusion) {
            Some(Conclusion::Fate(it)) => it.clone(),
            _ if reference.url.is_none() => Fate::NoAddress,
            _ => Fate::Unvisited,
        };
        let visits = sources.visits.get(&number).cloned().unwrap_or_default();
        let resting: Vec<_> = claims
            .iter()
            .filter(|it| it.cites.contains(&number))
            .collect();
        let waiting = resting.iter().flat_map(|it| &it.entries);
        let open = waiting.filter(|it| it.need == Need::Decide).count();
        let rests = histories(number, sources);
        let since = entry.as_ref().and_then(|it| it.finding.history.changed_by);
        let sound = visits.partition_point(|it| since.is_some_and(|since| it.date < since));
        let cite = match fate {
            Fate::Live | Fate::Unvisited | Fate::NoAddress => None,
            // At a moved page's new address stands what can be cited; any other fate spoils the copies made since.
            Fate::Moved { .. } => best_copy(&visits, reference.accessed, &rests),
            _ => best_copy(&visits[..sound], reference.accessed, &rests),
        };
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
            since: entry
                .as_ref()
                .map(|it| it.since.clone())
                .unwrap_or_default(),
            advice: advice::on_reference(&fate, cite.as_ref(), open),
            cite,
            need: entry.as_ref().map_or(Need::Unknown, |it| it.need),
            claims: resting.iter().map(|it| it.id.clone()).collect(),
            open: whole(open),
            fate,
            visits,
            entry,
        }
    }

    /// Whether its page is not there as cited.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.entry.as_ref().is_some_and(|it| it.finding.is_stale())
    }

    /// The last visit.
    #[must_use]
    pub fn last_visit(&self) -> Option<&VisitSummary> {
        self.visits.last()
    }

    /// Author, publisher, dates: the entry as the article prints it, but for number, title and address.
    pub(super) fn imprint(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.author.clone());
        parts.extend(self.publisher.clone());
        parts.extend(self.published.map(|it| format!("published {it}")));
        parts.extend(self.accessed.map(|it| format!("accessed {it}")));
        parts.join(" · ")
    }
}

fn histories<'a>(number: u32, sources: &Sources<'a>) -> Vec<&'a History> {
    let findings = sources.findings.iter();
    findings
        .filter(|it| it.subject.claim().is_some() && it.cites.contains(&number))
        .map(|it| &it.history)
        .collect()
}

/// The good copy that had most of what is cited; of several, the one nearest to the day the article's author looked,
/// or the latest where nobody knows that day.
fn best_copy(
    visits: &[VisitSummary],
    accessed: Option<NaiveDate>,
    histories: &[&History],
) -> Option<Copy> {
    let held = |at: Instant| {
        let spans = histories
            .iter()
            .filter_map(|it| it.first_seen.zip(it.last_seen));
        spans
            .filter(|(first, last)| (*first..=*last).contains(&at))
            .count()
    };
    visits
        .iter()
        .filter(|it| it.good)
        .filter_map(|it| Copy::of(&it.capture()))
        .max_by_key(|it| {
            let distance = accessed.map(|day| (it.date.date_naive() - day).num_days().abs());
            (held(it.date), distance.map(std::cmp::Reverse), it.date)
        })
}
