//! The signs of lists that are not part of the text of a page, and of lists of text without markup.

use crate::extract::sign::{Sign, yes};

/// From this score on a list in data is one of names: data has many lists.
pub(super) const NAMES_IN_DATA: f64 = 0.55;

/// The most that data can score: what readers see comes first.
pub(super) const MOST_OF_DATA: f64 = 0.9;

/// What is measured of such a list.
#[derive(Clone, Copy, Debug)]
pub(in crate::extract) struct UnseenFacts {
    /// The mean likeness to names.
    pub(super) likeness: f64,
    /// The share of items that are something other than a plain name.
    pub(super) other: f64,
    /// Whether what is above it says that names follow.
    pub(super) announced: bool,
    /// The share of items whose data says that they are organizations or people.
    pub(super) typed: f64,
    /// Whether the page is about partners, members and the like.
    pub(super) page_names: bool,
    /// Whether the items are parts of the entries of a feed.
    pub(super) in_feed: bool,
}

/// The signs of elements without text that only an attribute names.
pub(in crate::extract) static LABEL_SIGNS: &[Sign<UnseenFacts>] = &[
    Sign {
        name: "labels",
        weight: -0.1,
        why: "most labels say what a button does",
        case: "neg-icon-links",
        measure: |_| 1.0,
    },
    Sign {
        name: "label-likeness",
        weight: 0.6,
        why: "the labels look like names",
        case: "aria-labels-only",
        measure: |list| list.likeness,
    },
    Sign {
        name: "label-not-names",
        weight: -0.6,
        why: "labels are sentences, buttons or captions",
        case: "neg-labelled-buttons",
        measure: |list| list.other,
    },
    Sign {
        name: "label-heading",
        weight: 0.2,
        why: "the heading says that names follow",
        case: "labels-under-partners",
        measure: |list| yes(list.announced),
    },
    Sign {
        name: "label-page",
        weight: 0.1,
        why: "the page is about partners, members and the like",
        case: "labels-on-a-partners-page",
        measure: |list| yes(list.page_names),
    },
];

/// The signs of named objects in data.
pub(in crate::extract) static DATA_SIGNS: &[Sign<UnseenFacts>] = &[
    Sign {
        name: "data",
        weight: -0.15,
        why: "most data of a page is about the page",
        case: "neg-wix-template-data",
        measure: |_| 1.0,
    },
    Sign {
        name: "data-likeness",
        weight: 0.6,
        why: "the objects have names that look like names",
        case: "json-ld-members",
        measure: |list| list.likeness,
    },
    Sign {
        name: "data-key",
        weight: 0.25,
        why: "the key says that names follow",
        case: "data-island",
        measure: |list| yes(list.announced),
    },
    Sign {
        name: "data-type",
        weight: 0.35,
        why: "the data says that the objects are organizations or people",
        case: "json-ld-types",
        measure: |list| list.typed,
    },
];

/// The signs of lines of text without markup, all of which may be names.
pub(in crate::extract) static LINE_SIGNS: &[Sign<UnseenFacts>] = &[Sign {
    name: "lines",
    weight: 0.6,
    why: "lines without sentences are a list",
    case: "plain-text-of-names",
    measure: |_| 1.0,
}];

/// The signs of elements of one path of an XML file.
pub(in crate::extract) static ELEMENT_SIGNS: &[Sign<UnseenFacts>] = &[
    Sign {
        name: "element-likeness",
        weight: 0.8,
        why: "the elements look like names",
        case: "xml-of-members",
        measure: |list| list.likeness,
    },
    Sign {
        name: "feed",
        weight: -0.4,
        why: "the entries of a feed are news",
        case: "neg-feed",
        measure: |list| if list.in_feed { list.likeness } else { 0.0 },
    },
];
