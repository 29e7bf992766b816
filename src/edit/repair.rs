//! What repairs a finding: other words, or an archived copy to cite.

use super::{Alternative, Citation, KnownCopy, Material, Operation, UrlStatus, sentence::Refusal};
use crate::{
    finding::{Finding, Subject, Weight, page_with_all},
    profile::{Claim, Reference},
    uri::{TargetUri, without_credentials},
};

/// The repairs of a finding: the first choice and the second.
pub(super) struct Repair {
    /// What to do.
    pub(super) operation: Operation,
    /// The sentence after it, if it changes.
    pub(super) after: Option<String>,
    /// The reference after it, if it changes.
    pub(super) citation: Option<Citation>,
    /// Other repairs, the best first.
    pub(super) alternatives: Vec<Alternative>,
    /// Messages for the editor.
    pub(super) remarks: Vec<String>,
}

/// The input for a repair.
pub(super) struct Context<'a> {
    /// The finding.
    pub(super) finding: &'a Finding,
    /// The claim of the finding.
    pub(super) claim: Option<&'a Claim>,
    /// The reference whose page had the words.
    pub(super) reference: Option<&'a Reference>,
    /// The public copies of that page, the best first.
    pub(super) copies: &'a [KnownCopy],
    /// The whole input.
    pub(super) material: &'a Material<'a>,
}

impl Context<'_> {
    /// The reference as the article cites it, with an archived copy if one is known.
    pub(super) fn citation(&self, status: UrlStatus) -> Option<Citation> {
        let reference = self.reference?;
        let own = reference.archived.first();
        let copy = own.map(|it| (it.url.clone(), it.date)).or_else(|| {
            self.copies
                .first()
                .map(|copy| (copy.uri.clone(), copy.date))
        });
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

    /// The reference with the page of today. The access date moves to the latest capture only if that capture has
    /// everything else for which the article cites the reference.
    fn of_today(&self) -> Option<Citation> {
        let mut citation = self.citation(UrlStatus::Live)?;
        if self.supports_the_rest(citation.number) {
            citation.access_date = (self.material.latest)(citation.number).or(citation.access_date);
        }
        Some(citation)
    }

    fn supports_the_rest(&self, number: u32) -> bool {
        let mut rest = self.material.findings.iter().filter(|finding| {
            let resting = finding.cites.contains(&number) && finding.id != self.finding.id;
            let stated = !matches!(
                finding.subject,
                Subject::Reference { .. } | Subject::List { .. } | Subject::NewName { .. }
            );
            resting && stated
        });
        rest.all(|it| it.weight() == Weight::Settled)
    }

    /// Whether the article already cites an archived copy of the page: then the edit is made.
    pub(super) fn cites_a_copy(&self) -> bool {
        self.reference
            .is_some_and(|reference| !reference.archived.is_empty())
    }

    /// The alternative to cite an archived copy; `None` if no public copy is known.
    pub(super) fn cite_archived(&self, status: UrlStatus) -> Option<Alternative> {
        let citation = self
            .citation(status)
            .filter(|citation| citation.archived().is_some())?;
        Some(Alternative {
            operation: Operation::CiteArchived,
            after: None,
            citation: Some(citation),
        })
    }

    /// A repair that first cites an archived copy.
    pub(super) fn archived_first(
        &self,
        status: UrlStatus,
        alternatives: Vec<Alternative>,
    ) -> Repair {
        let citation = self.citation(status);
        let mut remarks = Vec::new();
        if let Some(citation) = citation
            .as_ref()
            .filter(|citation| citation.archived().is_none())
        {
            remarks.push(no_copy(self.material.name, citation));
        }
        Repair {
            operation: Operation::CiteArchived,
            after: None,
            citation,
            alternatives,
            remarks,
        }
    }

    /// A repair that first changes the address.
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

    /// The alternatives to cite another page that the article already cites, if that page has everything that the lost page is cited for.
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

    /// A repair that first changes the words.
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

/// How a sentence changes.
#[derive(Default)]
pub(super) struct Changed {
    /// The sentence after the change; `None` if a person must change it.
    pub(super) after: Option<String>,
    /// Messages for the editor.
    pub(super) remarks: Vec<String>,
}

/// The cited address with its fragment, without credentials.
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
        .find(|part| part.len() >= 8 && part.bytes().take(8).all(|byte| byte.is_ascii_digit()))?;
    chrono::NaiveDate::parse_from_str(digits.get(..8)?, "%Y%m%d").ok()
}

fn no_copy(profile: &str, citation: &Citation) -> String {
    let url = citation.url.as_deref().unwrap_or_default();
    let number = citation.number;
    format!(
        "No public copy is known. Save {url} in an archive, and run `stillsays copies add -p {profile} {number} ADDRESS` with the address of the copy"
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", letters.as_str())
}
