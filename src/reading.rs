//! What was read from one capture: its text, its structure, its lists, and whether it is a page one can judge by at all.

mod packed;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use packed::Packed;

use crate::entity::EntityList;

/// Everything that the comparison needs of a page, read from its payload alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The version of the reader; a reading of another version is read again.
    pub version: u32,
    /// The page's title.
    pub title: Option<String>,
    /// The language it says it is in (BCP 47).
    pub language: Option<String>,
    /// The page's text: blocks parted by line breaks, white space folded inside a block, alternative texts of images in their place.
    pub text: String,
    /// The blocks of the text in order, without gaps other than the line breaks.
    pub blocks: Vec<Block>,
    /// The headings in order.
    pub headings: Vec<Heading>,
    /// The elements that a fragment can point at.
    pub anchors: Vec<Anchor>,
    /// The links with a text or an image in them.
    pub links: Vec<Link>,
    /// Every structure that could be a list, best first; they may overlap.
    pub lists: Vec<EntityList>,
    /// The selectors that a profile gives and that match nothing here.
    pub lost_selectors: Vec<String>,
    /// Whether the page can be judged by.
    pub state: PageState,
    /// What led to the state, each with its weight.
    pub signals: Vec<Signal>,
}

impl Reading {
    /// The page that a place in the text stands on, where the file has pages: the number of the anchor `page=N` around it.
    #[must_use]
    pub fn page_at(&self, at: usize) -> Option<u32> {
        self.anchors
            .iter()
            .rfind(|it| it.range.start <= at && at < it.range.end)
            .and_then(|it| it.name.strip_prefix("page=")?.parse().ok())
    }
}

/// A block of text: a paragraph, a list item, a cell, a heading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Whether a reader does not see it without a script or a click.
    pub hidden: bool,
    /// What part of the page it belongs to.
    pub region: Region,
    /// Whether the text is an image's alternative text rather than text proper.
    pub alt: bool,
}

/// What part of a page a block belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    /// What the page is there for.
    Main,
    /// Menus and breadcrumbs.
    Navigation,
    /// The head of the site.
    Header,
    /// The foot of the site.
    Footer,
    /// Sidebars, notices, forms.
    Aside,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// An element with an `id` or a `name`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    /// The name that a fragment gives.
    pub name: String,
    /// The bytes of the text inside the element; an empty range where it only marks a place.
    pub range: Range<usize>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads, as it is written.
    pub href: String,
    /// The bytes of the text inside it.
    pub range: Range<usize>,
}

/// Whether a page can be judged by; anything but content is its own reason for "cannot tell".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageState {
    /// A page that says what it has to say.
    Content,
    /// A block page or a challenge: "checking your browser".
    Blocked,
    /// A consent wall in place of the page.
    ConsentWall,
    /// A login in place of the page.
    LoginWall,
    /// "Not found" under a status of success.
    SoftNotFound,
    /// A domain for sale, or a registrar's page.
    Parked,
    /// A shell that a script fills; its content is elsewhere.
    ScriptShell,
    /// No text at all.
    Empty,
    /// Text that stands where content is to come: lorem ipsum, "Sponsor 1".
    Placeholder,
    /// A kind of file whose text is not read.
    Unreadable,
}

/// One sign of a page's state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// What was seen, for people.
    pub what: String,
    /// The state it speaks for.
    pub speaks_for: PageState,
    /// How much, 0 to 1.
    pub weight: f64,
}
