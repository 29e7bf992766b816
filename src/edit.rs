//! Edits: what an editor can change in an article so that it says what its pages say, or cites what still says it.
//!
//! Pure: findings, the profile, what people decided and the source of the article go in, proposals come out. Nothing is
//! ever applied.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    clock::Instant,
    digest::PayloadDigest,
    finding::{Finding, FindingId},
    profile::Profile,
    selector::{TextPositionSelector, TextQuoteSelector},
};

mod citation;
mod entry;
mod forms;
mod patch;
mod propose;
mod repair;
mod sentence;
mod source;

pub use citation::{Citation, Dates, OwnEntry, UrlStatus};
pub use forms::{FORMS, Form};
pub use patch::unified;
pub use propose::proposals;
pub use source::{Conflict, patched};

/// What edits are proposed from.
pub struct Material<'a> {
    /// The profile's name.
    pub name: &'a str,
    /// The profile.
    pub profile: &'a Profile,
    /// The bytes of the article, where they are kept.
    pub source: Option<&'a [u8]>,
    /// The findings as they are now.
    pub findings: &'a [Finding],
    /// What people decided about them; a finding that is not there is undecided.
    pub standings: BTreeMap<&'a FindingId, Decided>,
    /// Why a finding says what it says, in a sentence with dates.
    pub why: &'a dyn Fn(&Finding) -> String,
    /// The day of the latest capture of a reference's page that could be read.
    pub latest: &'a dyn Fn(u32) -> Option<NaiveDate>,
    /// The copies of a reference's page that others can open, the best first.
    pub copies: &'a dyn Fn(u32, &Finding) -> Vec<KnownCopy>,
}

/// What a person decided to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// What is to be done with the article.
    #[serde(skip)]
    pub state: State,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Why, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where an edit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// There is no decision about the finding yet.
    Open,
    /// A person decided that the article is to be changed.
    ToEdit,
    /// The article was changed.
    Done,
    /// A person decided that the article stays as it is, or that the finding is wrong.
    Settled,
}

/// What an edit does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "operation", rename_all = "kebab-case")]
pub enum Operation {
    /// Other words take the place of some.
    Replace {
        /// The words of the article.
        from: String,
        /// The words of the page.
        to: String,
    },
    /// Words are taken out: a name with its comma or "and", or a whole sentence.
    Delete {
        /// The words of the article.
        from: String,
    },
    /// A name is put in.
    Insert {
        /// The words of the page.
        to: String,
    },
    /// The reference leads to another address.
    ChangeAddress {
        /// The address of the article.
        from: String,
        /// The new address.
        to: String,
    },
    /// The reference cites an archived copy.
    CiteArchived,
    /// There is nothing that could be done by an edit of words.
    None,
}

/// A proposed edit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit {
    /// Its id: `e` and the id of its finding.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// The findings that it repairs.
    pub findings: Vec<FindingId>,
    /// The claim that it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The references that it is about.
    pub references: Vec<u32>,
    /// What it does.
    #[serde(flatten)]
    pub operation: Operation,
    /// The sentence as the article has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// The sentence after the edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Where in the source of the article the words are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub target: Vec<Target>,
    /// Why, with dates.
    pub why: String,
    /// Who decided so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// The reference after the edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
    /// What else would repair it.
    pub alternatives: Vec<Alternative>,
    /// Copies of the page that others can open.
    pub copies: Vec<KnownCopy>,
    /// What an editor has to look at before the edit is made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// Another way to repair what an edit repairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// What it does.
    #[serde(flatten)]
    pub operation: Operation,
    /// The sentence after it, where it changes the sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The reference after it, where it changes the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
}

impl Operation {
    /// What an edit does, in a line.
    #[must_use]
    pub fn headline(&self) -> String {
        match self {
            Self::Replace { from, to } => format!("write “{to}” in place of “{from}”"),
            Self::Delete { from } => format!("take out “{from}”"),
            Self::Insert { to } => format!("add “{to}”"),
            Self::ChangeAddress { from, to } => format!("change the address {from} to {to}"),
            Self::CiteArchived => "cite an archived copy".to_owned(),
            Self::None => "by hand".to_owned(),
        }
    }
}

impl Edit {
    /// What is pasted of it: the citation, or the sentence where only that changes.
    #[must_use]
    pub fn pasted(
        &self,
        form: &dyn Form,
        dates: Option<Dates>,
        today: NaiveDate,
    ) -> Option<String> {
        let changes_words = matches!(
            self.operation,
            Operation::Replace { .. } | Operation::Delete { .. } | Operation::Insert { .. }
        );
        let sentence = self.sentence.as_ref().zip(self.after.as_ref());
        match (changes_words, sentence, &self.citation) {
            (true, Some((before, after)), _) => Some(form.sentence(before, after)),
            (_, _, Some(citation)) => Some(form.citation(citation, dates, today)),
            _ => None,
        }
    }
}

/// A place in the source of the article.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Target {
    /// By the words.
    Quote(TextQuoteSelector),
    /// By its place in code points.
    Position(TextPositionSelector),
}

/// An archived copy of a cited page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownCopy {
    /// The address at which others can open it.
    pub uri: String,
    /// The day of the copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// What it holds, where it is in the archive of this program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_digest: Option<PayloadDigest>,
    /// The words that it is known to hold.
    pub holds: Vec<String>,
    /// The words that rest on the page and that it is not known to hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// The archive that has it, where that is another one than ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
}

#[cfg(test)]
mod tests;
