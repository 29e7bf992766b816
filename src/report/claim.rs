//! A claim as a report shows it: the sentence, then what the pages say of each part.

use std::collections::HashSet;

use serde::Serialize;

use super::{Entry, Need, Tally, gathered::Gathered};
use crate::profile::{Claim, ListedName, Statement};

/// A claim with the findings on it, those that need a decision first.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimSection {
    /// The claim's id.
    pub id: String,
    /// What people type for it: the id, or its place in the profile (`c4`) where the id has letters beyond ASCII.
    pub label: String,
    /// What kind of statement it is, as people say it: `Listed`, `Quoted`.
    pub kind: String,
    /// What is claimed: what the listed are, a phrase, a figure, a sentence.
    pub text: String,
    /// Whether the findings are about several things, each with a name of its own.
    pub several: bool,
    /// The section of the article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Where in the article it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The numbers of the references it rests on.
    pub cites: Vec<u32>,
    /// The most urgent thing that one of its findings needs; `None` where there are no findings.
    pub need: Option<Need>,
    /// How many of each verdict.
    pub verdicts: Tally,
    /// The findings, the most urgent first, otherwise in the article's order.
    pub entries: Vec<Entry>,
    /// How many of its findings a part of the report leaves out.
    #[serde(skip)]
    pub left_out: usize,
}

impl ClaimSection {
    pub(super) fn all(gathered: &Gathered<'_>) -> Vec<Self> {
        let claims = &gathered.sources.profile.claims;
        let mut sections: Vec<Self> = claims.iter().map(|it| Self::of(it, gathered)).collect();
        let mut shown: HashSet<&str> = claims.iter().map(|it| it.id.as_str()).collect();
        for finding in gathered.sources.findings {
            // Findings of a claim that is no longer in the profile are shown rather than lost.
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
        sections.sort_by_key(|it| {
            let first = it.entries.first().map(Entry::order);
            (it.need.is_none(), first)
        });
        sections
    }

    fn of(claim: &Claim, gathered: &Gathered<'_>) -> Self {
        let (kind, text) = match &claim.statement {
            Statement::Listed { relation, names } => {
                let relation = relation.as_deref().filter(|it| !it.trim().is_empty());
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
            cites: claim.cites.clone(),
            ..Self::with(&claim.id, gathered)
        }
    }

    fn with(id: &str, gathered: &Gathered<'_>) -> Self {
        let findings = gathered.of_claim(id).iter();
        let mut entries: Vec<Entry> = findings.map(|it| Entry::of(it, gathered)).collect();
        entries.sort_by_key(Entry::order);
        Self {
            id: id.to_owned(),
            label: gathered.sources.profile.label_of(id),
            kind: String::new(),
            text: String::new(),
            several: true,
            section: None,
            place: None,
            cites: Vec::new(),
            need: entries.iter().map(|it| it.need).min(),
            verdicts: Tally::of_verdicts(&entries),
            entries,
            left_out: 0,
        }
    }

    /// What people call and type it: its id, or where not every keyboard has that, its place and the id.
    pub(super) fn name(&self) -> String {
        if self.label == self.id {
            self.id.clone()
        } else {
            format!("{} ({})", self.label, self.id)
        }
    }

    /// The claim in a line: `Listed: convening centers`, `Quoted: “…”`.
    pub(super) fn heading(&self) -> String {
        format!("{}: {}", self.kind, self.text)
    }

    /// How many of its findings are left out, as a sentence; `None` where all are here.
    pub(super) fn left_out(&self) -> Option<String> {
        match self.left_out {
            0 => None,
            1 => Some("1 more finding on this claim is not shown here.".to_owned()),
            more => Some(format!(
                "{more} more findings on this claim are not shown here."
            )),
        }
    }

    /// Where in the article it stands: section, then place.
    pub(super) fn whereabouts(&self) -> String {
        let parts = [self.section.as_deref(), self.place.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }
}

/// What lists without a name of their own are told apart by: `names (Harbour Mediation Center and 4 more)`.
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
