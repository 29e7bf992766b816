//! Names of organizations and people as a page shows them, and the lists that hold them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A name as it was found on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntityName {
    /// The name as the page spells it, white space folded.
    pub surface: String,
    /// What part of the page it was read from.
    pub source: NameSource,
    /// Its bytes in [`crate::reading::Reading::text`]'s text; `None` for a name that is not part of the text (an image's alt).
    pub range: Option<Range<usize>>,
    /// A CSS selector of the element that holds it.
    pub css: String,
    /// Where its link leads, absolute where the page's address is known.
    pub href: Option<String>,
    /// Whether a reader does not see it without a script or a click.
    pub hidden: bool,
    /// What else its record says that could be the same name: an alt beside a heading, a link's title, a logo's file name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<(NameSource, String)>,
}

/// What part of a page a name was read from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameSource {
    /// Text.
    Text,
    /// Structured data: JSON-LD, microdata, a data island.
    Structured,
    /// An image's alternative text.
    Alt,
    /// An `aria-label`.
    AriaLabel,
    /// A `title` attribute.
    Title,
    /// The host or path that a link leads to.
    LinkTarget,
    /// An image's file name.
    FileName,
}

/// A repeated structure of a page that could be a list of names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntityList {
    /// The heading it stands under.
    pub heading: Option<String>,
    /// The nearest element above it, or itself, that a fragment can point at.
    pub anchor: Option<String>,
    /// A CSS selector of the container.
    pub container: String,
    /// The tag path and shape that its items share; equal for the same structure at another visit.
    pub fingerprint: String,
    /// What the classes of its items and of what is around them come to; equal for lists that one template wrote on one page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// What found it.
    pub strategy: Strategy,
    /// Whether it is held for a list of organizations or people.
    pub kind: ListKind,
    /// How sure that is, 0 to 1.
    pub score: f64,
    /// Its members, in the order of the page.
    pub items: Vec<EntityName>,
}

/// What found a list.
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
    /// Lines parted by `br`.
    Lines,
    /// Names in running text, parted by commas, semicolons or bars.
    Prose,
    /// Headings, each followed by its text.
    Headings,
    /// Images with alternative texts.
    Logos,
    /// JSON-LD, microdata, or a data island in a script.
    Structured,
    /// Lines of a text without markup.
    PlainLines,
    /// A CSS selector that a profile gives; the list's `container` is that selector, word for word.
    Selector,
}

/// Whether a list names somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListKind {
    /// Organizations or people.
    Names,
    /// Anything else: navigation, articles, dates.
    Other,
}
