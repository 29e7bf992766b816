//! The questions that a profile asks about a page, and the answers, which are stored and continued from visit to visit.

use serde::{Deserialize, Serialize};

use super::{
    VERSION,
    beside::Beside,
    choice::ChoiceAnswers,
    claim::Said,
    fates::PageAnswers,
    listed::{Asked, NamesAnswers},
    page::Page,
    spoken::WordsAnswers,
    time::track::Track,
};
use crate::{
    clock::Instant,
    digest::ContentDigest,
    profile::{Alias, ListedName, Reference, Statement},
};

/// The part of a profile that a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The page of the reference.
    Page,
    /// How to separate the names of the claim at that place.
    Choice(usize),
    /// The claim at that place.
    Claim(usize),
}

/// A question about the page of one reference.
#[derive(Clone, Copy, Debug)]
pub enum Question<'a> {
    /// The fate of the page and, if `lists` is set, the names that it lists.
    Page {
        /// The reference.
        reference: &'a Reference,
        /// Whether the listed names are wanted.
        lists: bool,
    },
    /// Whether it contains the words of a claim.
    Words {
        /// The reference.
        reference: &'a Reference,
        /// The words of the claim.
        statement: &'a Statement,
        /// Other claims about the page.
        beside: Beside<'a>,
    },
    /// Which names of a claim it lists.
    Names {
        /// The reference.
        reference: &'a Reference,
        /// The names.
        names: &'a [String],
        /// Decided spellings.
        aliases: &'a [Alias],
    },
    /// How it separates the names of a claim that are ambiguous in the article.
    Choice {
        /// The reference.
        reference: &'a Reference,
        /// The names.
        names: &'a [ListedName],
        /// Decided spellings.
        aliases: &'a [Alias],
    },
}

/// The answers of the visits of a page to a question: a pure function of the question and of what the visits brought, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum Answers {
    /// About the fate of the page.
    Page(PageAnswers),
    /// About words.
    Words(WordsAnswers),
    /// About listed names.
    Names(Box<NamesAnswers>),
    /// About how names are separated.
    Choice(ChoiceAnswers),
}

impl<'a> Question<'a> {
    /// The reference whose page the question is about.
    #[must_use]
    pub fn reference(&self) -> &'a Reference {
        match self {
            Self::Page { reference, .. }
            | Self::Words { reference, .. }
            | Self::Names { reference, .. }
            | Self::Choice { reference, .. } => reference,
        }
    }

    /// A digest of the question and of the version of the comparison: answers with another digest are void.
    #[must_use]
    pub fn basis(&self) -> ContentDigest {
        let place = |reference: &Reference| {
            (
                reference.fragment.clone(),
                reference.selector.clone(),
                reference.accessed,
            )
        };
        let json = match self {
            Self::Page { reference, lists } => {
                serde_json::to_string(&("page", lists, &reference.url, &reference.title))
            }
            Self::Words {
                reference,
                statement,
                beside,
            } => serde_json::to_string(&(
                "words",
                place(reference),
                (&reference.url, &reference.title, &reference.publisher),
                statement,
                beside.statements().collect::<Vec<_>>(),
            )),
            Self::Names {
                reference,
                names,
                aliases,
            } => {
                serde_json::to_string(&("names", place(reference), &reference.url, names, aliases))
            }
            Self::Choice {
                reference,
                names,
                aliases,
            } => {
                serde_json::to_string(&("choice", place(reference), &reference.url, names, aliases))
            }
        };
        // Serializing these types cannot fail.
        ContentDigest::of(format!("{VERSION} {}", json.unwrap_or_default()).as_bytes())
    }

    /// The answers before the first visit.
    #[must_use]
    pub fn unanswered(&self) -> Answers {
        match self {
            Self::Page { .. } => Answers::Page(PageAnswers::default()),
            Self::Words { .. } => Answers::Words(WordsAnswers::default()),
            Self::Names { .. } => Answers::Names(Box::default()),
            Self::Choice { .. } => Answers::Choice(ChoiceAnswers::default()),
        }
    }
}

impl Answers {
    /// For each thing in question, whether the page has it now; `None` if unclear.
    #[must_use]
    pub fn is_there(&self) -> Vec<Option<bool>> {
        self.latest(Said::is_there)
    }

    /// The same, where a different page at the address does not have it.
    pub(super) fn is_at_address(&self) -> Vec<Option<bool>> {
        self.latest(|said| {
            if said.is_of_another_page() {
                Some(false)
            } else {
                said.is_there()
            }
        })
    }

    /// What the latest visits say about each thing in question.
    fn latest(&self, of: impl Fn(&Said) -> Option<bool>) -> Vec<Option<bool>> {
        let of_track = |track: &Track<Said>| track.latest().and_then(|latest| of(&latest.said));
        match self {
            Self::Words(words) => vec![of_track(words.track())],
            Self::Names(names) => names.names().iter().map(of_track).collect(),
            Self::Page(_) | Self::Choice(_) => Vec::new(),
        }
    }

    /// Continues with visits that brought what `page` shows; `closed` is the date of the last visit before them.
    ///
    /// Answers to another kind of question stay as they are.
    pub fn extend(&mut self, question: &Question<'_>, page: &Page<'_>, closed: Option<Instant>) {
        match (self, question) {
            (Self::Page(it), Question::Page { reference, lists }) => {
                it.extend((reference, *lists), page, closed);
            }
            (
                Self::Words(it),
                Question::Words {
                    reference,
                    statement,
                    beside,
                },
            ) => it.extend((statement, reference, *beside), page, closed),
            (
                Self::Names(it),
                Question::Names {
                    reference,
                    names,
                    aliases,
                },
            ) => {
                let asked = Asked {
                    reference,
                    names,
                    aliases,
                };
                it.extend(&asked, page, closed);
            }
            (
                Self::Choice(it),
                Question::Choice {
                    reference,
                    names,
                    aliases,
                },
            ) => it.extend((reference, names, aliases), page),
            _ => {}
        }
    }
}
