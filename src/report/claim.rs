//! A claim as a report shows it: the sentence, then what the pages say of each part.

use serde::Serialize;

use super::{Entry, Need, Sources, Tally};
use crate::profile::{Claim, Statement};

/// A claim with the findings on it, those that need a decision first.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimSection {
    /// The claim's id.
    pub id: String,
    /// What kind of statement it is, as people say it: `Listed as convening centers`, `Quoted`.
    pub kind: String,
    /// What is claimed, where that is one thing; empty for a list of names.
    pub text: String,
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
                "Not in the profile any more".clone_into(&mut section.kind);
                section.cites.clone_from(&finding.cites);
                sections.push(section);
            }
        }
        sections.sort_by_key(|it| (it.need.is_none(), it.need));
        sections
    }

    fn of(claim: &Claim, sources: &Sources) -> Self {
        let (kind, text) = match &claim.statement {
            Statement::Listed { relation, .. } => {
                let relation = relation.as_deref().filter(|it| !it.trim().is_empty());
                let kind = relation.map_or("Listed".to_owned(), |it| format!("Listed as {it}"));
                (kind, String::new())
            }
            Statement::Quoted { exact } => ("Quoted".to_owned(), format!("“{exact}”")),
            Statement::Figure { exact } => ("Figure".to_owned(), exact.clone()),
            Statement::Relation {
                subject,
                relation,
                object,
            } => (
                "Relation".to_owned(),
                format!("{subject} — {relation} — {object}"),
            ),
            Statement::Stated { exact } => ("Stated".to_owned(), exact.clone()),
        };
        Self {
            kind,
            text,
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
            section: None,
            place: None,
            cites: Vec::new(),
            need: entries.iter().map(|it| it.need).min(),
            verdicts: Tally::of_verdicts(&entries),
            entries,
        }
    }

    /// Where in the article it stands: section, then place.
    pub(super) fn whereabouts(&self) -> String {
        let parts = [self.section.as_deref(), self.place.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }
}
