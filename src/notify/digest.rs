//! The content of a message: the changes, the heaviest first, each with the words of the page then and now.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Instant,
    finding::{FindingId, Weight, news_summary},
};

/// The content of one message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The key by which receivers drop repeats: the same for every attempt to send it.
    pub id: String,
    /// When it was written.
    pub at: Instant,
    /// The address of the desk; `None` if only this machine can open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// How many changes there are, in words: `3 new: 2 to decide on 2 pages, 1 reference lost`.
    pub summary: String,
    /// The changes, the heaviest first; of very many only the first ones.
    pub changes: Vec<Change>,
    /// How many changes more there are.
    pub left: usize,
}

/// The most changes that a message keeps.
const KEPT: usize = 100;

/// One change of a page, for all profiles that cite it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its weight; `None` for good news.
    pub weight: Option<Weight>,
    /// The verdict or fate, in one word: `absent`, `soft-404`; `back` for a page that was lost and is there.
    pub kind: String,
    /// The name, the words or the reference that it is about.
    pub what: String,
    /// The description of the change, as a sentence.
    pub said: String,
    /// The words of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Words>,
    /// Its words now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Words>,
    /// The address of the page.
    pub page: String,
    /// The profiles that cite the page.
    pub cited: Vec<Cited>,
}

/// Words of a page, from a capture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// The date of the capture.
    pub date: Instant,
    /// The words, or where they were looked for.
    pub text: String,
}

/// A profile that cites the page of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cited {
    /// Its name.
    pub profile: String,
    /// The title of the article.
    pub title: String,
    /// The finding; `None` for good news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingId>,
    /// The address of the finding on the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Digest {
    /// A digest of all these changes, the heaviest first.
    #[must_use]
    pub fn of(id: String, at: Instant, site: Option<String>, mut changes: Vec<Change>) -> Self {
        let summary = news_summary(
            changes
                .iter()
                .map(|change| (change.weight, change.page.as_str())),
        );
        let left = changes.len().saturating_sub(KEPT);
        changes.truncate(KEPT);
        Self {
            id,
            at,
            site,
            summary,
            changes,
            left,
        }
    }

    /// The profiles that it is about: name and title, each once, in the order of the changes.
    #[must_use]
    pub fn profiles(&self) -> Vec<(&str, &str)> {
        let mut all: Vec<(&str, &str)> = Vec::new();
        for cited in self.changes.iter().flat_map(|change| &change.cited) {
            if !all.iter().any(|(name, _)| *name == cited.profile) {
                all.push((&cited.profile, &cited.title));
            }
        }
        all
    }

    /// Whether a page was lost.
    #[must_use]
    pub fn is_grave(&self) -> bool {
        let mut all = self.changes.iter();
        all.any(|change| change.weight == Some(Weight::Lost))
    }

    /// A message without news, to test a channel.
    #[must_use]
    pub fn trial(id: String, at: Instant, site: Option<String>) -> Self {
        Self {
            id,
            at,
            site,
            summary: "a test".to_owned(),
            left: 0,
            changes: vec![Change {
                weight: None,
                kind: "test".to_owned(),
                what: "A test of this channel".to_owned(),
                said: "Nothing changed: this message tests whether messages arrive.".to_owned(),
                then: None,
                now: None,
                page: "https://example.org/".to_owned(),
                cited: Vec::new(),
            }],
        }
    }

    /// Whether it is a test without news.
    #[must_use]
    pub fn is_trial(&self) -> bool {
        self.changes.iter().all(|change| change.kind == "test")
    }
}

impl Change {
    /// Its kind in words: `soft 404`.
    pub(super) fn label(&self) -> String {
        self.kind.replace('-', " ")
    }
}
