//! What repairs a finding: another word, or an archived copy to cite.

use super::{Alternative, Citation, KnownCopy, Material, Operation, UrlStatus, sentence::Refusal};
use crate::{
    finding::{Finding, Subject, Weight, page_with_all},
    profile::{Claim, Reference},
    uri::{TargetUri, without_credentials},
};

/// What repairs a finding: the first choice and the second.
pub(super) struct Repair {
    pub(super) operation: Operation,
    pub(super) after: Option<String>,
    pub(super) citation: Option<Citation>,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) remarks: Vec<String>,
}

/// What a repair is made from.
pub(super) struct Context<'a> {
    pub(super) finding: &'a Finding,
    pub(super) claim: Option<&'a Claim>,
    pub(super) reference: Option<&'a Reference>,
    pub(super) copies: &'a [KnownCopy],
    pub(super) material: &'a Material<'a>,
}

impl Context<'_> {
    /// The reference as the article cites it, with an archived copy where one is known.
    pub(super) fn citation(&self, status: UrlStatus) -> Option<Citation> {
        let reference = self.reference?;
        let own = reference.archived.first();
        let copy = own
            .map(|it| (it.url.clone(), it.date))
            .or_else(|| self.copies.first().map(|it| (it.uri.clone(), it.date)));
        let (archive_url, archive_date) = match copy {
            Some((url, Some(date))) => (Some(url), Some(date)),
            Some((url, None)) => {
                let date = date_in(&url);
                (date.is_some().then_some(url), date)
            }
            None => (None, None),
        };
        Some(Citation {
            number: reference.number,
            author: reference.author.clone(),
            title: reference.title.clone(),
            website: reference.publisher.clone(),
            published: reference.published,
            url: address(reference),
            access_date: reference.accessed,
            archive_url,
            archive_date,
            url_status: status,
            own: None,
        })
    }

    /// The reference citing the page of today. The access date moves to the latest capture only where that has
    /// everything else that the article says on the word of the reference.
    fn of_today(&self) -> Option<Citation> {
        let mut citation = self.citation(UrlStatus::Live)?;
        if self.supports_the_rest(citation.number) {
            citation.access_date = (self.material.latest)(citation.number).or(citation.access_date);
        }
        Some(citation)
    }

    fn supports_the_rest(&self, number: u32) -> bool {
        let mut rest = self.material.findings.iter().filter(|it| {
            let resting = it.cites.contains(&number) && it.id != self.finding.id;
            let stated = !matches!(
                it.subject,
                Subject::Reference { .. } | Subject::List { .. } | Subject::NewName { .. }
            );
            resting && stated
        });
        rest.all(|it| it.weight() == Weight::Settled)
    }

    /// Whether the article cites an archived copy of the page already: then that edit is made.
    pub(super) fn cites_a_copy(&self) -> bool {
        self.reference.is_some_and(|it| !it.archived.is_empty())
    }

    /// To cite an archived copy; none where no copy is known that others can open.
    pub(super) fn cite_archived(&self, status: UrlStatus) -> Option<Alternative> {
        let citation = self.citation(status).filter(|it| it.archived().is_some())?;
        Some(Alternative {
            operation: Operation::CiteArchived,
            after: None,
            citation: Some(citation),
        })
    }

    /// The repair that cites an archived copy first.
    pub(super) fn archived_first(
        &self,
        status: UrlStatus,
        alternatives: Vec<Alternative>,
    ) -> Repair {
        let citation = self.citation(status);
        let mut remarks = Vec::new();
        if let Some(it) = citation.as_ref().filter(|it| it.archived().is_none()) {
            remarks.push(no_copy(self.material.name, it));
        }
        Repair {
            operation: Operation::CiteArchived,
            after: None,
            citation,
            alternatives,
            remarks,
        }
    }

    /// The repair that changes the address first.
    pub(super) fn address_first(
        &self,
        operation: Operation,
        citation: Option<Citation>,
        remarks: Vec<String>,
    ) -> Repair {
        let archived = self.cite_archived(UrlStatus::Deviated);
        Repair {
            operation,
            after: None,
            citation,
            alternatives: archived.into_iter().collect(),
            remarks,
        }
    }

    /// To cite another page that the article cites already, where that has everything that the lost one is cited for.
    pub(super) fn elsewhere(&self) -> Vec<Alternative> {
        let change = self.reference.and_then(|reference| {
            let (lost, _) = TargetUri::parse(reference.url.as_deref()?).ok()?;
            let page = page_with_all(self.material.findings, reference.number, &lost)?;
            let mut citation = self.citation(UrlStatus::Live)?;
            citation.url = Some(page.to_string());
            (citation.archive_url, citation.archive_date) = (None, None);
            Some(Alternative {
                operation: Operation::ChangeAddress {
                    from: address(reference)?,
                    to: page.to_string(),
                },
                after: None,
                citation: Some(citation),
            })
        });
        change.into_iter().collect()
    }

    /// The repair that changes the words first.
    pub(super) fn words_first(
        &self,
        operation: Operation,
        changed: Result<Changed, Refusal>,
    ) -> Repair {
        let alternatives: Vec<Alternative> = self
            .cite_archived(UrlStatus::Deviated)
            .into_iter()
            .collect();
        match changed {
            Ok(changed) => Repair {
                operation,
                after: changed.after,
                citation: self.of_today(),
                alternatives,
                remarks: changed.remarks,
            },
            Err(refusal) => Repair {
                operation: Operation::None,
                after: None,
                citation: self.citation(UrlStatus::Deviated),
                alternatives,
                remarks: vec![capital(&format!("{refusal}."))],
            },
        }
    }
}

/// What becomes of a sentence.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) after: Option<String>,
    pub(super) remarks: Vec<String>,
}

/// The cited address with its fragment, without a password.
pub(super) fn address(reference: &Reference) -> Option<String> {
    let url = reference.url.as_deref().map(without_credentials)?;
    Some(match &reference.fragment {
        Some(fragment) => format!("{url}#{fragment}"),
        None => url,
    })
}

/// The day in the address of a copy: the first eight of its 14 digits.
fn date_in(url: &str) -> Option<chrono::NaiveDate> {
    let digits = url
        .split('/')
        .find(|it| it.len() >= 8 && it.bytes().take(8).all(|it| it.is_ascii_digit()))?;
    chrono::NaiveDate::parse_from_str(digits.get(..8)?, "%Y%m%d").ok()
}

fn no_copy(profile: &str, citation: &Citation) -> String {
    let url = citation.url.as_deref().unwrap_or_default();
    let number = citation.number;
    format!(
        "No public copy is known. Save one and add it as `archived` to reference {number} of {profile}: {url}"
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|it| it.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", letters.as_str())
}
