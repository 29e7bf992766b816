//! A claim as a report shows it: the sentence, then what the pages say of each part.

use serde::Serialize;

use super::{Entry, Need, Sources, Tally};
use crate::profile::{Claim, Statement};

/// A claim with the findings on it, those that need a decision first.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimSection {
    /// The claim's id.
    pub id: String,
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
}

impl ClaimSection {
    pub(super) fn all(sources: &Sources) -> Vec<Self> {
        let claims = &sources.profile.claims;
        let mut sections: Vec<Self> = claims.iter().map(|it| Self::of(it, sources)).collect();
        for finding in sources.findings {
            // Findings of a claim that is no longer in the profile are shown rather than lost.
            if let Some(id) = finding.subject.claim()
                && !sections.iter().any(|it| it.id == id)
            {
                let mut section = Self::with(id, sources);
                "No longer in the profile".clone_into(&mut section.kind);
                section.text.push_str(id);
                section.cites.clone_from(&finding.cites);
                sections.push(section);
            }
        }
        sections.sort_by_key(|it| {
            let first = it.entries.first().map(|it| it.label.urgency());
            (it.need.is_none(), it.need, first)
        });
        sections
    }

    fn of(claim: &Claim, sources: &Sources) -> Self {
        let (kind, text) = match &claim.statement {
            Statement::Listed { relation, .. } => {
                let relation = relation.as_deref().filter(|it| !it.trim().is_empty());
                ("Listed", relation.unwrap_or("names").to_owned())
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
            ..Self::with(&claim.id, sources)
        }
    }

    fn with(id: &str, sources: &Sources) -> Self {
        let findings = sources.findings.iter();
        let mut entries: Vec<Entry> = findings
            .filter(|it| it.subject.claim() == Some(id))
            .map(|it| Entry::of(it, sources))
            .collect();
        entries.sort_by_key(|it| (it.need, it.label.urgency()));
        Self {
            id: id.to_owned(),
            kind: String::new(),
            text: String::new(),
            several: true,
            section: None,
            place: None,
            cites: Vec::new(),
            need: entries.iter().map(|it| it.need).min(),
            verdicts: Tally::of_verdicts(&entries),
            entries,
        }
    }

    /// The claim in a line: `Listed: convening centers`, `Quoted: “…”`.
    pub(super) fn heading(&self) -> String {
        format!("{}: {}", self.kind, self.text)
    }

    /// Where in the article it stands: section, then place.
    pub(super) fn whereabouts(&self) -> String {
        let parts = [self.section.as_deref(), self.place.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }
}
