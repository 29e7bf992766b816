//! What was read from one capture: its text, its structure, its lists, and whether it is a page one can judge by at all.

mod further;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use further::{FurtherPage, Joined, Part, further_pages, joined};

use crate::entity::EntityList;

/// Everything that the comparison needs of a page, read from its payload alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// Why nothing can be called absent although the page may well be the page asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// How the file ends, where it is markup.
    #[serde(default)]
    pub ending: Ending,
    /// Signs that a list goes on where the page does not show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<More>,
    /// What is struck out, as bytes of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub struck: Vec<Range<usize>>,
    /// The address that the page does nothing but send a browser to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
}

impl Reading {
    /// The page that a place in the text stands on, where the file has pages: the number of the anchor `page=N` around it.
    #[must_use]
    pub fn page_at(&self, at: usize) -> Option<u32> {
        self.anchors
            .iter()
            .rfind(|anchor| anchor.range.start <= at && at < anchor.range.end)
            .and_then(|anchor| anchor.name.strip_prefix("page=")?.parse().ok())
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageState {
    /// A page that says what it has to say.
    #[default]
    Content,
    /// A block page or a challenge: "checking your browser".
    Blocked,
    /// A consent wall in place of the page.
    ConsentWall,
    /// A login, or an offer to pay, in place of the page.
    LoginWall,
    /// "Not found" under a status of success.
    SoftNotFound,
    /// A note that the site is in trouble or being worked on.
    Unavailable,
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

/// Why a page proves nothing, although it may well be the page asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// The state that an unexplained sign speaks for; `None` where the page has too little text.
    pub speaks_for: Option<PageState>,
    /// What was seen, for people.
    pub what: String,
}

/// How a file of markup ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// As its author left it, as far as the file tells.
    #[default]
    Open,
    /// With the end tag of the whole page.
    Closed,
    /// In the middle of a tag: the rest did not come.
    InTag,
}

/// A sign that a list goes on where the page does not show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct More {
    /// What kind of sign it is.
    pub kind: MoreKind,
    /// What was seen, for people: `a button says "Show more"`.
    pub what: String,
    /// Where it stands in the text; `None` where it is about the whole page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    /// How many it says are shown: it is about a list of as many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<usize>,
    /// How many it says there are in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    /// The addresses of further pages that it links to, as the page writes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads_to: Vec<String>,
}

/// What kind of sign tells that a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoreKind {
    /// Links to further pages.
    Pager,
    /// A button that brings more.
    Control,
    /// How many are shown, of how many.
    Count,
    /// An attribute for machines.
    Attribute,
    /// Words below the list: "and many more".
    Words,
}

impl Reading {
    /// A sign that the list goes on where the page does not show it; `held` is how many names of its kind the page shows in all.
    ///
    /// A sign is about a list where no heading stands between the two and not much text.
    #[must_use]
    pub fn more_of(&self, list: &EntityList, held: usize) -> Option<&More> {
        const NEAR: usize = 600;
        let ranges = || list.items.iter().filter_map(|item| item.range.as_ref());
        let start = ranges().map(|range| range.start).min();
        let end = ranges().map(|range| range.end).max();
        let (start, end) = start.zip(end)?;
        let headed = |from: usize, to: usize| {
            self.headings
                .iter()
                .any(|heading| from < heading.range.start && heading.range.end <= to)
        };
        self.more.iter().find(|it| {
            let near = match it.at {
                None => true,
                Some(at) if at < start => start - at <= NEAR && !headed(at, start),
                Some(at) if at >= end => at - end <= NEAR && !headed(end, at),
                Some(_) => it.kind == MoreKind::Attribute,
            };
            // Members that a click shows are in the page already.
            let opens = matches!(it.kind, MoreKind::Control | MoreKind::Attribute)
                && list.items.iter().any(|item| item.hidden);
            let counted = it.shown.is_none_or(|shown| shown == list.items.len());
            let whole = it
                .total
                .is_some_and(|total| total <= held.max(list.items.len()));
            near && counted && !whole && !opens
        })
    }
}
