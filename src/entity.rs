//! Names of organizations and people as found on a page, and the lists that contain them.

use std::{borrow::Cow, ops::Range};

use serde::{Deserialize, Serialize};

/// A name as found on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntityName {
    /// The name as spelled on the page, with single spaces.
    pub surface: String,
    /// The part of the page that it was read from.
    pub source: NameSource,
    /// Its byte range in [`crate::reading::Reading::text`]; `None` for a name that is not part of the text (the alt text of an image).
    pub range: Option<Range<usize>>,
    /// A CSS selector of the element that contains it.
    pub css: String,
    /// The target of its link; absolute if the address of the page is known.
    pub href: Option<String>,
    /// Whether it is invisible without a script or a click.
    pub hidden: bool,
    /// Other texts of its record that could be the same name: an alt text beside a heading, the title of a link, the file name of a logo.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<(NameSource, String)>,
}

/// The part of a page that a name was read from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameSource {
    /// Text.
    Text,
    /// Structured data: JSON-LD, microdata, a data island.
    Structured,
    /// The alternative text of an image.
    Alt,
    /// An `aria-label`.
    AriaLabel,
    /// A `title` attribute.
    Title,
    /// The host or path of a link.
    LinkTarget,
    /// The file name of an image.
    FileName,
}

/// A repeated structure of a page that could be a list of names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntityList {
    /// Its heading.
    pub heading: Option<String>,
    /// The nearest element, itself or above, that a fragment can point to.
    pub anchor: Option<String>,
    /// A CSS selector of the container.
    pub container: String,
    /// The common tag path and shape of its items; the same for the same structure at another visit.
    pub fingerprint: String,
    /// A digest of the classes of its items and their surroundings; the same for lists of one template on one page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// The strategy that found it.
    pub strategy: Strategy,
    /// Whether it is judged a list of organizations or people.
    pub kind: ListKind,
    /// How sure that is, from 0 to 1.
    pub score: f64,
    /// The signs that led to the score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Its items, in the order of the page.
    pub items: Vec<EntityName>,
}

/// A sign that a score rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The name of the sign, as in the tables of `extract` and `compare`.
    pub sign: Cow<'static, str>,
    /// What the sign added to the score; negative if it speaks against.
    pub amount: f64,
}

impl Evidence {
    /// A sign of that name.
    pub fn new(sign: &'static str, amount: f64) -> Self {
        Self {
            sign: Cow::Borrowed(sign),
            amount,
        }
    }
}

/// The strategy that found a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// `ul` or `ol`.
    ListItems,
    /// The rows of a table, by one of its columns.
    TableColumn,
    /// Repeated siblings of one shape, each with a heading, a link or an image that names it.
    Cards,
    /// `dl`.
    DefinitionList,
    /// Lines separated by `br`.
    Lines,
    /// Names in running text, separated by commas, semicolons or bars.
    Prose,
    /// Headings, each followed by its text.
    Headings,
    /// Images with alternative texts.
    Logos,
    /// JSON-LD, microdata, or a data island in a script.
    Structured,
    /// Lines of a text without markup.
    PlainLines,
    /// A CSS selector in a profile; the `container` of the list is exactly that selector.
    Selector,
}

/// The kind of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListKind {
    /// Organizations or people.
    Names,
    /// Anything else: navigation, articles, dates.
    Other,
}
