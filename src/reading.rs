//! What was read from one capture: its text, its structure, its lists, and whether claims can be judged by it.

mod further;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use further::{FurtherPage, Joined, PAGE_WORDS, Part, can_be_further, further_pages, joined};

use crate::entity::EntityList;

/// Everything that the comparison needs from a page, read from its payload alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The version of the reader; readings of other versions are read again.
    pub version: u32,
    /// The title of the page.
    pub title: Option<String>,
    /// The language that the page declares (BCP 47).
    pub language: Option<String>,
    /// The text of the page: blocks separated by line breaks, white space collapsed inside a block, alternative texts in place of images.
    pub text: String,
    /// The blocks of the text in order, without gaps other than the line breaks.
    pub blocks: Vec<Block>,
    /// The headings in order.
    pub headings: Vec<Heading>,
    /// The elements that a fragment can point to.
    pub anchors: Vec<Anchor>,
    /// The links with a text or an image in them.
    pub links: Vec<Link>,
    /// Every structure that could be a list, best first; they may overlap.
    pub lists: Vec<EntityList>,
    /// The selectors of the profile that match nothing here.
    pub lost_selectors: Vec<String>,
    /// Whether claims can be judged by the page.
    pub state: PageState,
    /// The signs behind the state, each with its weight.
    pub signals: Vec<Signal>,
    /// Why nothing can be called absent, although this may be the requested page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// How the file ends, if it is markup.
    #[serde(default)]
    pub ending: Ending,
    /// Signs that a list continues outside the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<More>,
    /// The struck-out ranges, in bytes of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub struck: Vec<Range<usize>>,
    /// The address to which the page sends browsers, if it has no other purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
}

impl Reading {
    /// The page of the file that contains a place in the text: the number of the anchor `page=N` around it.
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
    /// Whether readers see it only after a script or a click.
    pub hidden: bool,
    /// The part of the page that it belongs to.
    pub region: Region,
    /// Whether the text is the alternative text of an image.
    pub alt: bool,
}

/// The parts of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    /// The main content.
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
    /// The name in the fragment.
    pub name: String,
    /// The bytes of the text inside the element; an empty range if it only marks a place.
    pub range: Range<usize>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The address, as written.
    pub href: String,
    /// The bytes of the text inside it.
    pub range: Range<usize>,
}

/// Whether claims can be judged by a page; everything except content is a reason for "cannot tell".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageState {
    /// A page with its content.
    #[default]
    Content,
    /// A block page or a challenge: "checking your browser".
    Blocked,
    /// A consent wall instead of the page.
    ConsentWall,
    /// A login, or an offer to pay, instead of the page.
    LoginWall,
    /// "Not found" with a status of success.
    SoftNotFound,
    /// A notice of trouble or maintenance.
    Unavailable,
    /// A domain for sale, or a page of a registrar.
    Parked,
    /// A shell that a script fills.
    ScriptShell,
    /// No text at all.
    Empty,
    /// Placeholder text: lorem ipsum, "Sponsor 1".
    Placeholder,
    /// A type of file whose text is not read.
    Unreadable,
}

/// A sign for a state of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The observation, for people.
    pub what: String,
    /// The state that it indicates.
    pub speaks_for: PageState,
    /// Its weight, from 0 to 1.
    pub weight: f64,
}

/// Why a page proves nothing, although it may be the requested page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// The state that an unexplained sign indicates; `None` if the page has too little text.
    pub speaks_for: Option<PageState>,
    /// The observation, for people.
    pub what: String,
    /// The least that settles the doubt, if anything but the claimed words does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Identity>,
}

/// What shows, apart from the claimed words, that a page is the requested one: each more than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// Nothing.
    #[default]
    Unknown,
    /// It has the title that the article cites.
    Titled,
    /// Much of its text was on it when it had the claimed words.
    SameText,
}

/// How a markup file ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Without an end tag, as some authors leave it.
    #[default]
    Open,
    /// With the end tag of the whole page.
    Closed,
    /// In the middle of a tag, a script or a comment: the rest is missing.
    InTag,
    /// Before the end of its content coding: the rest is missing.
    Cut,
}

/// A sign that a list continues outside the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct More {
    /// The kind of sign.
    pub kind: MoreKind,
    /// The observation, for people: `a button says "Show more"`.
    pub what: String,
    /// Its place in the text; `None` if it is about the whole page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    /// How many names are shown, according to the sign: it is about a list of that length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<usize>,
    /// How many names there are in all, according to the sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    /// The addresses of further pages, as the page writes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads_to: Vec<String>,
}

/// The kinds of signs that a list continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoreKind {
    /// Links to further pages.
    Pager,
    /// A button that loads more.
    Control,
    /// A count of what is shown: "1 to 20 of 57".
    Count,
    /// An attribute for programs.
    Attribute,
    /// Words below the list: "and many more".
    Words,
}

impl Reading {
    /// A sign that `list` continues outside the page; `shown` is how many names of its kind the page shows in all.
    ///
    /// A sign belongs to a list if no heading and not much text separates them.
    #[must_use]
    pub fn more_of(&self, list: &EntityList, shown: usize) -> Option<&More> {
        const NEAR: usize = 600;
        let ranges = || list.items.iter().filter_map(|item| item.range.as_ref());
        let start = ranges().map(|range| range.start).min();
        let end = ranges().map(|range| range.end).max();
        let last_start = ranges().map(|range| range.start).max();
        let (start, end) = start.zip(end)?;
        let headed = |from: usize, to: usize| {
            self.headings
                .iter()
                .any(|heading| from < heading.range.start && heading.range.end <= to)
        };
        self.more.iter().find(|more| {
            let near = match more.at {
                None => true,
                Some(at) if at < start => start - at <= NEAR && !headed(at, start),
                Some(at) if at >= end => at - end <= NEAR && !headed(end, at),
                // "and 7 more" can be the last_start item itself.
                Some(at) => {
                    more.kind == MoreKind::Attribute
                        || more.kind == MoreKind::Words && Some(at) >= last_start
                }
            };
            // Names that a click reveals are already in the page.
            let opens = matches!(more.kind, MoreKind::Control | MoreKind::Attribute)
                && list.items.iter().any(|item| item.hidden);
            let counted = more.shown.is_none_or(|shown| shown == list.items.len());
            let whole = more
                .total
                .is_some_and(|total| total <= shown.max(list.items.len()));
            near && counted && !whole && !opens
        })
    }
}
