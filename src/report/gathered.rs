//! The input of a report, indexed by claim, by reference and by finding.

use std::collections::HashMap;

use super::Sources;
use crate::{
    finding::{Finding, Subject},
    profile::Reference,
};

/// The sources of a report with an index, so that the time for a report grows in proportion to its findings.
pub(super) struct Gathered<'a> {
    /// The sources.
    pub(super) sources: &'a Sources<'a>,
    of_claims: HashMap<&'a str, Vec<&'a Finding>>,
    on_fates: HashMap<u32, &'a Finding>,
    resting: HashMap<u32, Vec<&'a Finding>>,
    references: HashMap<u32, &'a Reference>,
}

impl<'a> Gathered<'a> {
    /// Builds the index.
    pub(super) fn of(sources: &'a Sources<'a>) -> Self {
        let mut it = Self {
            sources,
            of_claims: HashMap::new(),
            on_fates: HashMap::new(),
            resting: HashMap::new(),
            references: HashMap::new(),
        };
        for finding in sources.findings {
            if let Some(claim) = finding.subject.claim() {
                it.of_claims.entry(claim).or_default().push(finding);
                for number in &finding.cites {
                    it.resting.entry(*number).or_default().push(finding);
                }
            } else if let Subject::Reference { number } = finding.subject {
                it.on_fates.entry(number).or_insert(finding);
            }
        }
        for reference in &sources.profile.references {
            it.references.entry(reference.number).or_insert(reference);
        }
        it
    }

    /// The findings on a claim, in order.
    pub(super) fn of_claim(&self, claim: &str) -> &[&'a Finding] {
        self.of_claims.get(claim).map_or(&[], Vec::as_slice)
    }

    /// The finding on the fate of the page of a reference.
    pub(super) fn on_fate(&self, number: u32) -> Option<&'a Finding> {
        self.on_fates.get(&number).copied()
    }

    /// The findings on the claims that cite a reference.
    pub(super) fn resting_on(&self, number: u32) -> &[&'a Finding] {
        self.resting.get(&number).map_or(&[], Vec::as_slice)
    }

    /// The reference with that number.
    pub(super) fn reference(&self, number: u32) -> Option<&'a Reference> {
        self.references.get(&number).copied()
    }
}
