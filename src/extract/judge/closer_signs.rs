//! The signs that are looked for only in lists that count as names without them.

use crate::extract::sign::{Sign, yes};

/// What is measured only of lists that count as names without it: there are many lists and few of names.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a different fact")]
pub(in crate::extract) struct CloserFacts {
    /// Whether all items are countries with lists of their own.
    pub(super) countries: bool,
    /// The share of records with a price.
    pub(super) priced: f64,
    /// The share of names that are the faces of buttons or tabs.
    pub(super) buttons: f64,
    /// Whether the list is in a dialogue that asks for consent.
    pub(super) consent: bool,
    /// Whether an item that is linked is the title or the first heading of the page.
    pub(super) names_page: bool,
    /// Whether all items begin with the same word and are numbered.
    pub(super) numbered: bool,
    /// Whether most items are labels of different kinds of contact: "E-mail:", "Telephone:".
    pub(super) contacts: bool,
    /// The share of records with a field to fill in.
    pub(super) fields: f64,
    /// Whether the heading is a name with a title: "Dr. Jane Roe".
    pub(super) under_a_person: bool,
}

/// The signs of lists that count as names without them.
pub(in crate::extract) static CLOSER_SIGNS: &[Sign<CloserFacts>] = &[
    Sign {
        name: "countries-with-lists",
        weight: -0.5,
        why: "countries with lists of their own are not the names; those are in the lists",
        case: "flags-beside-countries",
        measure: |list| yes(list.countries),
    },
    Sign {
        name: "priced",
        weight: -0.4,
        why: "the goods of a shop have prices",
        case: "neg-products",
        measure: |list| list.priced,
    },
    Sign {
        name: "buttons",
        weight: -0.3,
        why: "filters and tabs are buttons",
        case: "cards-with-tags-and-buttons",
        measure: |list| list.buttons,
    },
    Sign {
        name: "consent",
        weight: -0.6,
        why: "the vendors in a consent dialogue are nobody's partners",
        case: "neg-cookie-vendors",
        measure: |list| yes(list.consent),
    },
    Sign {
        name: "names-page",
        weight: -0.5,
        why: "a few links, one of which is called like the page itself, are a menu",
        case: "neg-menu-below-its-heading",
        measure: |list| yes(list.names_page),
    },
    Sign {
        name: "numbered",
        weight: -0.5,
        why: "articles, chapters and steps are called alike and numbered",
        case: "neg-numbered-articles",
        measure: |list| yes(list.numbered),
    },
    Sign {
        name: "contacts",
        weight: -0.6,
        why: "labels before a telephone number, an address and the like say how to reach somebody",
        case: "neg-ways-to-reach-somebody",
        measure: |list| yes(list.contacts),
    },
    Sign {
        name: "fields",
        weight: -0.5,
        why: "the labels of a form stand beside its fields",
        case: "neg-fields-of-a-form",
        measure: |list| list.fields,
    },
    Sign {
        name: "under-a-person",
        weight: -0.35,
        why: "what is listed under a person is what they do, and seldom other people",
        case: "fields-of-a-professor",
        measure: |list| yes(list.under_a_person),
    },
];
