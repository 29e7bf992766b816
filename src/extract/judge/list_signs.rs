//! The signs of whether a list names organizations or people: three tables, and the scores from which a list counts.

use crate::{
    entity::Strategy,
    extract::{
        draft::{Draft, Observed},
        sign::{Sign, sum, yes},
    },
    reading::Region,
};

/// From this score on a list is one of names.
pub(in crate::extract) const NAMES: f64 = 0.5;

/// From this score on a list beside lists of names may be one of them, if what is above its heading says so.
pub(super) const NEARLY_NAMES: f64 = 0.4;

/// The same for a list of items, which nothing above needs to support.
pub(super) const PERHAPS_NAMES: f64 = 0.25;

/// Up to this score nobody asks what else the records of a list say.
pub(super) const FAR_FROM_NAMES: f64 = 0.2;

/// What a list keeps of its score that is a part of another, or holds others.
pub(super) const KEPT_BY_PARTS: f64 = 0.55;

/// The most that such a list keeps: it is not one of names.
pub(super) const MOST_OF_PARTS: f64 = 0.49;

/// How much worse the inner of two lists may be and still be the list that the outer one only boxes.
pub(super) const BOXED: f64 = 0.3;

/// How much better the finder of one of two drafts with the same items must think of it, to be preferred to the first.
pub(super) const SURER: f64 = 0.3;

/// What each further item adds to the worth of a list against others that overlap it, by the logarithm of their number.
pub(in crate::extract) const WORTH_OF_MEMBERS: f64 = 0.04;

/// What is measured of every list.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a different fact")]
pub(in crate::extract) struct ListFacts {
    /// The strategy that found it.
    pub(super) strategy: Strategy,
    /// How many items it has.
    pub(super) count: usize,
    /// The mean likeness of the items to names, from 0 to 1.
    pub(super) likeness: f64,
    /// The share of items with a word that organizations have in their names.
    pub(super) organizations: f64,
    /// How many different hosts of others the items link to, for each item.
    pub(super) hosts: f64,
    /// The share of items that menus and buttons say.
    pub(super) chrome: f64,
    /// The share of items that cannot be names: dates, prices, addresses.
    pub(super) other: f64,
    /// The share of items that say what is below them: "Gold sponsors".
    pub(super) captions: f64,
    /// The share of items that are sentences.
    pub(super) sentences: f64,
    /// The share of items that are social networks.
    pub(super) social: f64,
    /// The share of the drafted items that are left.
    pub(super) left: f64,
    /// The share of different texts.
    pub(super) distinct: f64,
    /// The share of records with a date or a time of day.
    pub(super) dated: f64,
    /// Whether the list has a heading.
    pub(super) headed: bool,
    /// Whether the heading says that names follow.
    pub(super) heading_names: bool,
    /// Whether the heading says that names may follow.
    pub(super) heading_relates: bool,
    /// Whether the heading says that something else follows.
    pub(super) heading_other: bool,
    /// Whether a heading of the page follows the list.
    pub(super) heading_follows: bool,
    /// Whether the title or first heading of the page says that it is about partners, members and the like.
    pub(super) page_names: bool,
    /// Whether an id or a class at or above the list says so.
    pub(super) class_names: bool,
    /// The region of the first item.
    pub(super) region: Region,
    /// The share of records that have a picture whose text is the name.
    pub(super) pictured: f64,
    /// The share of records that say what the one whom they name is or does.
    pub(super) officed: f64,
    /// The share of records with a way to reach the one that they name.
    pub(super) reached: f64,
    /// Whether the first item is an image that does not call itself a logo and is not linked.
    pub(super) plain_image: bool,
}

impl ListFacts {
    fn alone(&self) -> bool {
        self.count == 1
    }
}

/// The signs of every list.
pub(in crate::extract) static LIST_SIGNS: &[Sign<ListFacts>] = &[
    Sign {
        name: "structure",
        weight: -0.2,
        why: "most repeated structures of a page are not lists of names",
        case: "neg-values",
        measure: |_| 1.0,
    },
    Sign {
        name: "likeness",
        weight: 0.75,
        why: "the items look like names",
        case: "mottoes-above-names",
        measure: |list| list.likeness,
    },
    Sign {
        name: "organizations",
        weight: 0.15,
        why: "the items have words of organizations in them",
        case: "donors-and-anonymous",
        measure: |list| (list.organizations / MOST_ORGANIZATIONS).min(1.0),
    },
    Sign {
        name: "hosts",
        weight: 0.18,
        why: "each item links to a site of its own",
        case: "prose-linked",
        measure: |list| (list.hosts / MOST_HOSTS).min(1.0),
    },
    Sign {
        name: "chrome",
        weight: -0.8,
        why: "menus and buttons say the same",
        case: "neg-benefits",
        measure: |list| list.chrome,
    },
    Sign {
        name: "not-names",
        weight: -0.5,
        why: "items are dates, prices or addresses",
        case: "neg-scores",
        measure: |list| list.other,
    },
    Sign {
        name: "sentences",
        weight: -0.5,
        why: "sentences are not names",
        case: "neg-what-is-still-loaded",
        measure: |list| list.sentences,
    },
    Sign {
        name: "captions",
        weight: -0.4,
        why: "items say what is below them rather than naming someone",
        case: "states-in-italics-above-lines",
        measure: |list| {
            if list.captions < MOSTLY {
                list.captions
            } else {
                0.0
            }
        },
    },
    Sign {
        name: "mostly-captions",
        weight: -0.7,
        why: "most items say what is below them rather than naming someone",
        case: "neg-numbered-supporters",
        measure: |list| yes(list.captions >= MOSTLY),
    },
    Sign {
        name: "removed",
        weight: -0.5,
        why: "a draft most of whose items were removed was not a list of names",
        case: "record-fields",
        measure: |list| 1.0 - list.left,
    },
    Sign {
        name: "social",
        weight: -0.5,
        why: "where to follow an organization is at the end of every page",
        case: "grants-with-sums",
        measure: |list| {
            let sponsors = list.heading_names && list.region == Region::Main;
            yes(list.social > MOSTLY && !sponsors)
        },
    },
    Sign {
        name: "repeated",
        weight: -0.5,
        why: "names are listed once",
        case: "neg-repeated-rooms",
        measure: |list| 1.0 - list.distinct,
    },
    Sign {
        name: "heading-names",
        weight: 0.2,
        why: "the heading says that names follow",
        case: "slick-logos",
        measure: |list| yes(list.heading_names),
    },
    Sign {
        name: "heading-relates",
        weight: 0.12,
        why: "the heading says that names may follow",
        case: "gutenberg-columns",
        measure: |list| yes(list.heading_relates && !list.heading_names),
    },
    Sign {
        name: "heading-other",
        weight: -0.3,
        why: "the heading says that something else follows",
        case: "neg-courses",
        measure: |list| yes(list.heading_other),
    },
    Sign {
        name: "dated",
        weight: -0.35,
        why: "news and events carry a date beside each title; members may have one since when they belong",
        case: "neg-news-in-brief",
        measure: |list| if list.heading_names { 0.0 } else { list.dated },
    },
    Sign {
        name: "above-headings",
        weight: -0.15,
        why: "what is above the first heading and links to nobody else belongs to the site",
        case: "german-br",
        measure: |list| yes(!list.headed && list.hosts < FEW_HOSTS && list.heading_follows),
    },
    Sign {
        name: "page-names",
        weight: 0.12,
        why: "the title or first heading says that the page is about partners, members and the like",
        case: "tiers-in-sibling-boxes",
        measure: |list| yes(list.page_names),
    },
    Sign {
        name: "class-names",
        weight: 0.1,
        why: "an id or a class says that partners, members and the like are inside",
        case: "people-in-a-box-called-team",
        measure: |list| yes(list.class_names),
    },
    Sign {
        name: "pictured",
        weight: 0.1,
        why: "pictures of people and logos are called what they show",
        case: "portraits-called-by-name",
        measure: |list| list.pictured,
    },
    Sign {
        name: "officed",
        weight: 0.1,
        why: "what somebody is or does stands beside the names of people",
        case: "offices-beside-a-few-names",
        measure: |list| list.officed,
    },
    Sign {
        name: "reached",
        weight: 0.1,
        why: "people have addresses and telephones of their own",
        case: "cards-with-addresses",
        measure: |list| list.reached,
    },
    Sign {
        name: "navigation",
        weight: -0.6,
        why: "a menu leads to pages",
        case: "bootstrap-cards",
        measure: |list| yes(list.region == Region::Navigation),
    },
    Sign {
        name: "header-or-footer",
        weight: -0.35,
        why: "header and footer belong to the site",
        case: "neg-mega-menu",
        measure: |list| yes(matches!(list.region, Region::Header | Region::Footer)),
    },
    Sign {
        name: "aside",
        weight: -0.2,
        why: "a sidebar seldom has what the page is about",
        case: "neg-aside-titles",
        measure: |list| yes(list.region == Region::Aside),
    },
    Sign {
        name: "alone",
        weight: -0.35,
        why: "one name alone is seldom a list",
        case: "marquee-of-logos",
        measure: |list| yes(list.alone() && !list.heading_names),
    },
    Sign {
        name: "alone-under-heading",
        weight: -0.12,
        why: "one name alone is a list only if its heading says so",
        case: "neg-one-box-of-a-kind",
        measure: |list| yes(list.alone() && list.heading_names),
    },
    Sign {
        name: "alone-in-box",
        weight: -0.25,
        why: "one box alone does not repeat",
        case: "neg-one-box-of-a-kind",
        measure: |list| yes(list.alone() && list.strategy == Strategy::Cards),
    },
    Sign {
        name: "alone-in-image",
        weight: -0.25,
        why: "one image alone is a picture unless it is linked or calls itself a logo",
        case: "neg-one-photo",
        measure: |list| yes(list.alone() && list.plain_image),
    },
    Sign {
        name: "many",
        weight: 0.04,
        why: "what repeats often is more likely a list",
        case: "open-letter-signatures",
        measure: |list| yes(list.count > 4),
    },
];

/// The share of organizations that says all that such words can say.
const MOST_ORGANIZATIONS: f64 = 0.6;

/// The same for hosts.
const MOST_HOSTS: f64 = 0.8;

/// With fewer hosts for each item a list links to hardly anybody.
const FEW_HOSTS: f64 = 0.3;

/// More than this is most.
const MOSTLY: f64 = 0.5;

/// The signs that finders see.
pub(in crate::extract) static FINDER_SIGNS: &[Sign<Draft>] = &[
    Sign {
        name: "motley",
        weight: -0.3,
        why: "a few records with nothing in common are sections of a page",
        case: "neg-motley-sections",
        measure: |draft| draft.observed(Observed::Motley),
    },
    Sign {
        name: "lists-of-lists",
        weight: -0.3,
        why: "records that are lists would each be named by their first item",
        case: "members-by-country",
        measure: |draft| draft.observed(Observed::ListsOfLists),
    },
    Sign {
        name: "countries",
        weight: -0.6,
        why: "countries are above the names of others",
        case: "countries-as-terms",
        measure: |draft| draft.observed(Observed::Countries),
    },
    Sign {
        name: "tiers-of-logos",
        weight: -0.6,
        why: "headings above nothing but logos divide them, and name nobody",
        case: "tiers-with-odd-names",
        measure: |draft| draft.observed(Observed::TiersOfLogos),
    },
    Sign {
        name: "address",
        weight: -0.6,
        why: "a few lines of which the last ends in a country are an address",
        case: "houses-and-their-whereabouts",
        measure: |draft| draft.observed(Observed::Address),
    },
    Sign {
        name: "terms",
        weight: 0.05,
        why: "terms are more likely names than their definitions",
        case: "terms-without-heading",
        measure: |draft| draft.observed(Observed::Terms),
    },
    Sign {
        name: "first-column",
        weight: 0.04,
        why: "tables begin with the name",
        case: "names-in-the-first-column",
        measure: |draft| draft.observed(Observed::FirstColumn),
    },
    Sign {
        name: "repeated-cells",
        weight: -0.4,
        why: "columns of kinds, countries and years repeat themselves",
        case: "neg-timetable-under-sponsors",
        measure: |draft| draft.observed(Observed::RepeatedCells),
    },
    Sign {
        name: "column-of-names",
        weight: 0.25,
        why: "the title of the column is a word for names",
        case: "column-of-names",
        measure: |draft| draft.observed(Observed::ColumnOfNames),
    },
    Sign {
        name: "column-of-members",
        weight: 0.2,
        why: "the title of the column has a word for members in it",
        case: "column-of-member-clubs",
        measure: |draft| draft.observed(Observed::ColumnOfMembers),
    },
    Sign {
        name: "column-of-some-name",
        weight: 0.15,
        why: "the title of the column has the word \"name\" in it",
        case: "column-of-trade-names",
        measure: |draft| draft.observed(Observed::ColumnOfSomeName),
    },
    Sign {
        name: "column-of-titles",
        weight: 0.05,
        why: "content systems call the name of whatever they list its title",
        case: "column-of-titles",
        measure: |draft| draft.observed(Observed::ColumnOfTitles),
    },
    Sign {
        name: "column-of-others",
        weight: -0.3,
        why: "the title of the column says that it has something else",
        case: "neg-levels",
        measure: |draft| draft.observed(Observed::ColumnOfOthers),
    },
    Sign {
        name: "sole",
        weight: 0.45,
        why: "a sentence says that one name follows",
        case: "partner-is-sentence",
        measure: |draft| draft.observed(Observed::Sole),
    },
    Sign {
        name: "announced",
        weight: 0.15,
        why: "the words before the enumeration say that names follow",
        case: "three-brands-in-a-sentence",
        measure: |draft| draft.observed(Observed::Announced),
    },
    Sign {
        name: "only-commas",
        weight: -0.25,
        why: "commas separate so many things that an enumeration needs a word that says what they are",
        case: "neg-paint-colours",
        measure: |draft| draft.observed(Observed::OnlyCommas),
    },
    Sign {
        name: "commas-in-item",
        weight: -0.5,
        why: "what commas separate in one of several list items belongs to that item",
        case: "office-in-italics",
        measure: |draft| draft.observed(Observed::CommasInItem),
    },
    Sign {
        name: "only-two",
        weight: -0.2,
        why: "two parts of a line are not yet an enumeration",
        case: "neg-two-parts-of-a-line",
        measure: |draft| draft.observed(Observed::OnlyTwo),
    },
];

/// What the finder of a draft thinks of it.
pub(super) fn finders_score(draft: &Draft) -> f64 {
    if draft.observed.is_empty() {
        return 0.0;
    }
    sum(FINDER_SIGNS, draft)
}

/// What changes a score after the list was judged by itself: the name of the change, and why.
pub(in crate::extract) const CHANGES: [(&str, &str); 4] = [
    (
        PART_OF_ANOTHER,
        "it is a part of the records of another list, or a list of sections",
    ),
    (BESIDE_NAMES, "it is in a row with lists of names"),
    (
        UNDER_ANOTHER_HEADING,
        "the heading of this part says that something else follows",
    ),
    (SELECTED, "a profile names its place"),
];

/// The change of a list that is a part of another, or holds others.
pub(super) const PART_OF_ANOTHER: &str = "part-of-another";

/// The change of a list in a row of lists of names.
pub(super) const BESIDE_NAMES: &str = "beside-names";

/// The change of a part of a list whose own heading says that it is something else.
pub(super) const UNDER_ANOTHER_HEADING: &str = "under-another-heading";

/// The reason for a list at the place that a profile names.
pub(super) const SELECTED: &str = "selected";
