//! A profile: an article about an organization, the pages it cites, and what it claims on their word.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    text::fold,
    uri::{TargetUri, without_credentials},
};

mod fault;
mod ids;
mod lines;
mod lint;
mod read;
mod schema;
mod source;
mod update;
mod write;

pub use fault::{Fault, ProfileError};
pub use ids::name_claims;
pub use lines::reference_lines;
pub use lint::{Remark, Severity, lint};
pub use source::{ArchivedCopy, Source, Span};
pub use update::{Change, ChangeKind, Update, update};

/// An article about an organization, as far as it can be checked.
///
/// The same shape is a TOML file that people edit and the JSON of `profile import --format json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The version of this shape; 1.
    #[serde(default = "format_version")]
    pub format: u32,
    /// What the article is about: `TRUST Network`.
    pub title: String,
    /// The kind the encyclopedia gives it: `Other Group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The organization it is a project of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_of: Option<String>,
    /// The article's own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// How often its pages are visited, unless a reference says otherwise: `1d`, `12h`, or a cron expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Whether the article's own page is archived as well, so that a change of it is seen.
    #[serde(default, skip_serializing_if = "is_false")]
    pub watch: bool,
    /// The article's file as it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The cited pages.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// What is claimed on their word.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// Spellings that are the same name, or are not, as reviewers decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Alias>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

fn format_version() -> u32 {
    1
}

/// A numbered entry of the article's references.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The number that markers in the text give.
    pub number: u32,
    /// `Bock, Joseph`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The page's title as cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The site or publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When the page was published, as cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<NaiveDate>,
    /// When somebody last looked, as cited: the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessed: Option<NaiveDate>,
    /// The cited address without its fragment; a reference may have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The address's fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fragment: Option<String>,
    /// A CSS selector of the list or passage that is meant; overrules the search for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// How often this page is visited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Copies of the page in other archives, as the article cites them: its editors' own baseline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archived: Vec<ArchivedCopy>,
    /// Where the entry stands in the article's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Span>,
}

impl Reference {
    /// Its address as it may be shown: a name and a password that stand in it are left out.
    #[must_use]
    pub fn shown_url(&self) -> Option<String> {
        self.url.as_deref().map(without_credentials)
    }
}

/// A statement that cites references.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// A name for the claim that stays when others come and go: `partners`, `c4`.
    #[serde(default)]
    pub id: String,
    /// The numbers of the references it rests on, ascending.
    #[serde(default)]
    pub cites: Vec<u32>,
    /// The section of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Where in the article it stands: `paragraph 4, sentence 2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The sentence that states it, markers taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Where that sentence stands in the article's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Span>,
    /// Where what is claimed stands in the article's file: of a list each name in its order, else one stretch. An empty
    /// stretch stands for what was not found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// What is claimed.
    #[serde(flatten)]
    pub statement: Statement,
}

/// What a claim states.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Statement {
    /// These are listed there.
    Listed {
        /// What they are to the subject: `convening centers`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        relation: Option<String>,
        /// The names, as the article spells them.
        names: Vec<ListedName>,
        /// Whether the article says that these are all: `false` for "partners include …", so that a name more on the
        /// page contradicts nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        complete: Option<bool>,
    },
    /// These words stand there.
    Quoted {
        /// The words, without their quotation marks.
        exact: String,
    },
    /// This number of things is given there.
    Figure {
        /// Number and unit as the article has them: `134 countries`.
        exact: String,
    },
    /// One is in this relation to the other.
    Relation {
        /// The one.
        subject: String,
        /// `project of`, `coordinated by`.
        relation: String,
        /// The other.
        object: String,
    },
    /// Any other cited sentence.
    Stated {
        /// The sentence, markers taken off.
        exact: String,
    },
}

impl Default for Statement {
    fn default() -> Self {
        Self::Stated {
            exact: String::new(),
        }
    }
}

/// A listed name, or a stretch whose commas, or whose "and", leave open whether it is one name or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ListedName {
    /// One name.
    One(String),
    /// The parts of a stretch that is one name (the parts joined by `, ` or by `and`) or several; the page decides.
    Ambiguous(Vec<String>),
}

impl ListedName {
    /// Every spelling that it may stand for: the name; of an ambiguous stretch each part, and the parts joined.
    #[must_use]
    pub fn readings(&self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name.clone()],
            Self::Ambiguous(parts) => {
                let mut readings = parts.clone();
                readings.extend(Self::JOINTS.iter().map(|it| parts.join(it)));
                readings
            }
        }
    }

    /// What may stand between the parts of an ambiguous stretch where they are one name.
    pub const JOINTS: [&str; 2] = [", ", " and "];
}

/// What a reviewer decided about two spellings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// One spelling.
    pub name: String,
    /// The other.
    pub other: String,
    /// Whether they name the same.
    pub same: bool,
}

/// A page that visits start from, and the references that cite it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The page's address, fragment taken off.
    pub uri: TargetUri,
    /// The numbers of the references that share it, ascending.
    pub references: Vec<u32>,
}

impl Profile {
    /// The name of the file with the JSON Schema of profiles, which the first line of a profile names.
    pub const SCHEMA_FILE: &str = "profile.schema.json";

    /// The JSON Schema of profiles (draft 2020-12), for editors that complete and check them.
    #[must_use]
    pub fn schema() -> String {
        schema::schema()
    }

    /// The keys that its file may have at the top.
    pub const KEYS: [&str; 11] = [
        "format",
        "title",
        "kind",
        "project_of",
        "article",
        "every",
        "watch",
        "source",
        "references",
        "claims",
        "aliases",
    ];

    /// Whether a claim says those words: lists that name, or is that quotation, figure, sentence, or relation.
    #[must_use]
    pub fn says(&self, claim: &str, words: &str) -> bool {
        let same = |it: &str| fold(it) == fold(words);
        self.claim(claim).is_some_and(|it| match &it.statement {
            Statement::Listed { names, .. } => names
                .iter()
                .flat_map(ListedName::readings)
                .any(|it| same(&it)),
            Statement::Quoted { exact }
            | Statement::Figure { exact }
            | Statement::Stated { exact } => same(exact),
            Statement::Relation { object, .. } => same(object),
        })
    }

    /// The distinct pages that the references cite, in the order of the first reference to each.
    ///
    /// References without an address, or with one that cannot be visited, have no seed.
    #[must_use]
    pub fn seeds(&self) -> Vec<Seed> {
        let mut seeds: Vec<Seed> = Vec::new();
        for reference in &self.references {
            let Some(Ok((uri, _))) = reference.url.as_deref().map(TargetUri::parse) else {
                continue;
            };
            match seeds.iter_mut().find(|it| it.uri == uri) {
                Some(seed) => seed.references.push(reference.number),
                None => seeds.push(Seed {
                    uri,
                    references: vec![reference.number],
                }),
            }
        }
        seeds
    }

    /// The reference with a number.
    #[must_use]
    pub fn reference(&self, number: u32) -> Option<&Reference> {
        self.references.iter().find(|it| it.number == number)
    }
}
