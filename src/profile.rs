//! A profile: an article about an organization, the pages it cites, and the claims that rest on them.

use std::collections::BTreeMap;

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
    /// The kind of organization, according to the encyclopedia: `Other Group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The organization that it is a project of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_of: Option<String>,
    /// The address of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// How often to visit its pages, unless a reference says otherwise: `1d`, `12h`, or a cron expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Whether to archive the article's own page too, so that changes of it are reported.
    #[serde(default, skip_serializing_if = "is_false")]
    pub watch: bool,
    /// The file of the article, as it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The cited pages.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// The claims that rest on the cited pages.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// Spellings that reviewers declared to be the same name, or different names.
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
    /// The number, as in the markers of the text.
    pub number: u32,
    /// The author: `Bock, Joseph`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The title of the page, as cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The site or publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When the page was published, as cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<NaiveDate>,
    /// When an editor last read it, as cited: the date of the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessed: Option<NaiveDate>,
    /// The cited address without its fragment; a reference need not have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The fragment of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fragment: Option<String>,
    /// A CSS selector for the cited list or passage; overrides the search for the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// How often to visit this page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Copies of the page in other archives, as cited by the article: the baseline of its editors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archived: Vec<ArchivedCopy>,
    /// The bytes of the entry in the file of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Span>,
}

impl Reference {
    /// Its address for display, without a name and a password.
    #[must_use]
    pub fn shown_url(&self) -> Option<String> {
        self.url.as_deref().map(without_credentials)
    }
}

/// A statement that cites references.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// A name for the claim, which stays when other claims are added or removed: `partners`, `c4`.
    #[serde(default)]
    pub id: String,
    /// The numbers of the references that it rests on, ascending.
    #[serde(default)]
    pub cites: Vec<u32>,
    /// The section of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The place in the article: `paragraph 4, sentence 2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The sentence that states it, without note markers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// The bytes of that sentence in the file of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Span>,
    /// The bytes of the claimed words in the file of the article: for a list, each name in order; otherwise one range. An empty
    /// range means that the words were not found.
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
    /// The page lists these names.
    Listed {
        /// Their relation to the subject of the article: `convening centers`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        relation: Option<String>,
        /// The names, as the article spells them.
        names: Vec<ListedName>,
        /// Whether the article says that the list is complete: `false` for "partners include …", so that further names on the
        /// page do not contradict it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        complete: Option<bool>,
    },
    /// The page contains these words.
    Quoted {
        /// The words, without their quotation marks.
        exact: String,
    },
    /// The page gives this number.
    Figure {
        /// Number and unit, as in the article: `134 countries`.
        exact: String,
    },
    /// One organization has this relation to another.
    Relation {
        /// The first organization.
        subject: String,
        /// The relation: `project of`, `coordinated by`.
        relation: String,
        /// The second organization.
        object: String,
    },
    /// Any other cited sentence.
    Stated {
        /// The sentence, without note markers.
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

/// A listed name, or words whose commas or "and" do not show whether they are one name or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ListedName {
    /// One name.
    One(String),
    /// The parts of an ambiguous stretch: one name (the parts joined by `, ` or by `and`) or several; the page decides.
    Ambiguous(Vec<String>),
}

impl ListedName {
    /// Every spelling that it can mean: the name; for an ambiguous stretch, each part and the parts joined.
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

    /// What can join the parts of an ambiguous stretch if they are one name.
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
    /// Whether both are the same name.
    pub same: bool,
}

/// A page that visits start from, and the references that cite it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The address of the page, without its fragment.
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

    /// The keys at the top level of its file.
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

    /// Whether a claim contains these words: lists the name, or is the quotation, figure, sentence or relation.
    #[must_use]
    pub fn says(&self, claim: &str, words: &str) -> bool {
        let same = |text: &str| fold(text) == fold(words);
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
    /// References without an address, or with an address that cannot be visited, have no seed.
    #[must_use]
    pub fn seeds(&self) -> Vec<Seed> {
        let mut seeds: Vec<Seed> = Vec::new();
        let mut places: BTreeMap<TargetUri, usize> = BTreeMap::new();
        for reference in &self.references {
            let Some(Ok((uri, _))) = reference.url.as_deref().map(TargetUri::parse) else {
                continue;
            };
            let place = *places.entry(uri).or_insert_with_key(|uri| {
                seeds.push(Seed {
                    uri: uri.clone(),
                    references: Vec::new(),
                });
                seeds.len() - 1
            });
            if let Some(seed) = seeds.get_mut(place) {
                seed.references.push(reference.number);
            }
        }
        seeds
    }

    /// The reference with that number.
    #[must_use]
    pub fn reference(&self, number: u32) -> Option<&Reference> {
        // Most profiles number their references in order.
        let in_order = usize::try_from(number)
            .ok()
            .and_then(|it| it.checked_sub(1));
        in_order
            .and_then(|place| self.references.get(place))
            .into_iter()
            .chain(&self.references)
            .find(|reference| reference.number == number)
    }
}
