//! A claim as a report shows it: the sentence, then what the pages say about each part.

use std::collections::HashSet;

use serde::Serialize;

use super::{Entry, Need, Tally, gathered::Gathered, words};
use crate::{
    finding::{Mute, Muted},
    profile::{Claim, ListedName, Statement},
};

/// A claim with its findings; those that need a decision come first.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimSection {
    /// The id of the claim.
    pub id: String,
    /// What people type for the claim: the id, or its place in the profile (`c4`) if the id is not ASCII.
    pub label: String,
    /// The kind of statement, in words: `Listed`, `Quoted`.
    pub kind: String,
    /// The claim: the role of the listed names, a phrase, a figure, a sentence.
    pub text: String,
    /// Whether the findings are about several things that each have a name.
    pub several: bool,
    /// The section of the article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The place in the article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The sentence of the article that makes the claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// The numbers of the references that it cites.
    pub cites: Vec<u32>,
    /// What people do not want to be asked about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mutes: Vec<Mute>,
    /// The most urgent need among its findings; `None` without findings.
    pub need: Option<Need>,
    /// How many of each verdict.
    pub verdicts: Tally,
    /// The findings, the most urgent first, otherwise in the order of the article.
    pub entries: Vec<Entry>,
    /// How many of its findings this part of the report leaves out.
    #[serde(skip)]
    pub left_out: usize,
}

impl ClaimSection {
    /// All claims; those with something to decide come first, then the order of the article.
    pub(super) fn all(gathered: &Gathered<'_>) -> Vec<Self> {
        let claims = &gathered.sources.profile.claims;
        let mut sections: Vec<Self> = claims
            .iter()
            .map(|claim| Self::of(claim, gathered))
            .collect();
        let mut shown: HashSet<&str> = claims.iter().map(|claim| claim.id.as_str()).collect();
        for finding in gathered.sources.findings {
            // Findings of a claim that is no longer in the profile are still shown.
            if let Some(id) = finding.subject.claim()
                && shown.insert(id)
            {
                let mut section = Self::with(id, gathered);
                "No longer in the profile".clone_into(&mut section.kind);
                section.text.push_str(id);
                section.cites.clone_from(&finding.cites);
                sections.push(section);
            }
        }
        sections.sort_by_key(|section| {
            let first = section.entries.first().map(Entry::order);
            (section.need.is_none(), first)
        });
        sections
    }

    fn of(claim: &Claim, gathered: &Gathered<'_>) -> Self {
        let (kind, text) = match &claim.statement {
            Statement::Listed {
                relation, names, ..
            } => {
                let relation = relation
                    .as_deref()
                    .filter(|relation| !relation.trim().is_empty());
                (
                    "Listed",
                    relation.map_or_else(|| some_of(names), str::to_owned),
                )
            }
            Statement::Quoted { exact } => ("Quoted", format!("“{exact}”")),
            Statement::Figure { exact } => ("Figure", exact.clone()),
            Statement::Relation {
                subject,
                relation,
                object,
            } => ("Relation", format!("{subject} — {relation} — {object}")),
            Statement::Stated { exact } => ("Stated", exact.clone()),
        };
        Self {
            kind: kind.to_owned(),
            text,
            several: matches!(claim.statement, Statement::Listed { .. }),
            section: claim.section.clone(),
            place: claim.place.clone(),
            sentence: claim.sentence.clone(),
            cites: claim.cites.clone(),
            ..Self::with(&claim.id, gathered)
        }
    }

    fn with(id: &str, gathered: &Gathered<'_>) -> Self {
        let findings = gathered.of_claim(id).iter();
        let mut entries: Vec<Entry> = findings
            .map(|finding| Entry::of(finding, gathered))
            .collect();
        entries.sort_by_key(Entry::order);
        Self {
            id: id.to_owned(),
            label: gathered.sources.profile.label_of(id),
            kind: String::new(),
            text: String::new(),
            several: true,
            section: None,
            place: None,
            sentence: None,
            cites: Vec::new(),
            mutes: mutes(id, gathered),
            need: entries.iter().map(|entry| entry.need).min(),
            verdicts: Tally::of_verdicts(&entries),
            entries,
            left_out: 0,
        }
    }

    /// How people refer to it: the id, or its place and the id if the id is not on every keyboard.
    pub(super) fn name(&self) -> String {
        if self.label == self.id {
            self.id.clone()
        } else {
            format!("{} ({})", self.label, self.id)
        }
    }

    /// The claim in one line: `Listed: convening centers`, `Quoted: “…”`.
    pub(super) fn heading(&self) -> String {
        format!("{}: {}", self.kind, self.text)
    }

    /// How many of its findings are left out, as a sentence; `None` if all are shown.
    pub(super) fn left_out(&self) -> Option<String> {
        match self.left_out {
            0 => None,
            1 => Some("1 more finding on this claim is not shown here.".to_owned()),
            more => Some(format!(
                "{more} more findings on this claim are not shown here."
            )),
        }
    }

    /// The sentence of the article in stretches, with the words that need a decision marked; empty if nothing needs one.
    pub(super) fn marked_sentence(&self) -> Vec<(&str, bool)> {
        let Some(sentence) = &self.sentence else {
            return Vec::new();
        };
        let asked = self
            .entries
            .iter()
            .filter(|entry| matches!(entry.need, Need::Decide | Need::Later));
        let words: Vec<&str> = asked
            .filter_map(|entry| entry.finding.subject.words())
            .collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut stretches = Vec::new();
        let mut rest = sentence.as_str();
        loop {
            // Of words that begin at one place the longest are meant.
            let found = words
                .iter()
                .filter_map(|word| Some((rest.find(word)?, word.len())));
            let Some((at, length)) = found
                .min_by_key(|it| (it.0, usize::MAX - it.1))
                .filter(|found| found.1 > 0)
            else {
                break;
            };
            let (before, behind) = rest.split_at(at);
            let (hit, behind) = behind.split_at(length);
            stretches.push((before, false));
            stretches.push((hit, true));
            rest = behind;
        }
        stretches.push((rest, false));
        stretches.retain(|stretch| !stretch.0.is_empty());
        stretches
    }

    /// What people do not want to be asked about it, a sentence each.
    pub(super) fn muted(&self) -> Vec<String> {
        let sentence = |mute: &Mute| {
            let note = mute.note.as_ref().map(|note| format!(": “{note}”"));
            format!(
                "Muted by {} on {}: {}{}.",
                mute.by,
                words::day(mute.at),
                mute.kind.means(),
                note.unwrap_or_default()
            )
        };
        self.mutes.iter().map(sentence).collect()
    }

    /// The place in the article: section, then place.
    pub(super) fn whereabouts(&self) -> String {
        let parts = [self.section.as_deref(), self.place.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }
}

/// What people do not want to be asked about a claim.
fn mutes(id: &str, gathered: &Gathered<'_>) -> Vec<Mute> {
    let sources = gathered.sources;
    let kinds = Muted::ALL.into_iter();
    let muted = kinds.filter_map(|kind| sources.decisions.mute(sources.name, id, kind));
    muted.cloned().collect()
}

/// A name for a list without one: `names (Harbour Mediation Center and 4 more)`.
fn some_of(names: &[ListedName]) -> String {
    let first = match names.first() {
        Some(ListedName::One(name)) => name.clone(),
        Some(ListedName::Ambiguous(parts)) => parts.join(", "),
        None => return "names".to_owned(),
    };
    match names.len() {
        1 => format!("names ({first})"),
        many => format!("names ({first} and {} more)", many - 1),
    }
}
