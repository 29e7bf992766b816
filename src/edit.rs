//! Edits: what an editor can change in an article so that it agrees with its pages, or cites copies that still support it.
//!
//! Pure: takes findings, the profile, decisions and the source of the article, and returns proposals. Nothing is
//! applied automatically.

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

/// The input for proposals.
pub struct Material<'a> {
    /// The name of the profile.
    pub name: &'a str,
    /// The profile.
    pub profile: &'a Profile,
    /// The bytes of the article, if they are stored.
    pub source: Option<&'a [u8]>,
    /// The current findings.
    pub findings: &'a [Finding],
    /// The decisions about them; a finding without an entry is undecided.
    pub standings: BTreeMap<&'a FindingId, Decided>,
    /// The explanation of a finding: a sentence with dates.
    pub why: &'a dyn Fn(&Finding) -> String,
    /// The day of the latest readable capture of a reference's page.
    pub latest: &'a dyn Fn(u32) -> Option<NaiveDate>,
    /// The copies of a reference's page that others can open, the best first.
    pub copies: &'a dyn Fn(u32, &Finding) -> Vec<KnownCopy>,
}

/// What a person decided to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// What to do with the article.
    #[serde(skip)]
    pub state: State,
    /// The person who decided.
    pub by: String,
    /// When they decided.
    pub at: Instant,
    /// The reason, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The state of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// There is no decision about the finding yet.
    Open,
    /// A person decided that the article needs the change.
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
    /// Replace words.
    Replace {
        /// The words of the article.
        from: String,
        /// The words of the page.
        to: String,
    },
    /// Remove words: a name with its comma or "and", or a whole sentence.
    Delete {
        /// The words of the article.
        from: String,
    },
    /// Insert a name.
    Insert {
        /// The words of the page.
        to: String,
    },
    /// Change the address of the reference.
    ChangeAddress {
        /// The address of the article.
        from: String,
        /// The new address.
        to: String,
    },
    /// Cite an archived copy.
    CiteArchived,
    /// No edit of words can repair this.
    None,
}

/// A proposed edit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit {
    /// Its id: `e` and the id of its finding.
    pub id: String,
    /// Its state.
    pub state: State,
    /// The findings that it repairs.
    pub findings: Vec<FindingId>,
    /// The claim that it changes; `None` for an edit of references only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The references that it is about, by number.
    pub references: Vec<u32>,
    /// What it does.
    #[serde(flatten)]
    pub operation: Operation,
    /// The sentence in the article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// The sentence after the edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The place of the words in the source of the article.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub target: Vec<Target>,
    /// The reason, with dates.
    pub why: String,
    /// The decision behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// The reference after the edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
    /// Other repairs for the same findings.
    pub alternatives: Vec<Alternative>,
    /// Copies of the page that others can open.
    pub copies: Vec<KnownCopy>,
    /// Messages for the editor, to read before making the edit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// Another repair for the same findings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// What it does.
    #[serde(flatten)]
    pub operation: Operation,
    /// The sentence after it, if it changes the sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The reference after it, if it changes the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
}

impl Operation {
    /// What an edit does, in one line.
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
    /// The text to paste: the citation, or the sentence if only that changes.
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
    /// By its words.
    Quote(TextQuoteSelector),
    /// By its position, in code points.
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
    /// The digest of its payload, if it is also in our archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_digest: Option<PayloadDigest>,
    /// The cited words that it is known to contain.
    pub holds: Vec<String>,
    /// The cited words that it is not known to contain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// The archive that has it; `None` for our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
}

#[cfg(test)]
mod tests;
