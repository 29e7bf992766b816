//! The signs for the part of the records of a list that is the name, the same part in all of them.

use crate::extract::sign::{Sign, sum, yes};

/// What contains a part, the likeliest to contain a name first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::extract) enum Carrier {
    /// What is behind a label that says that a name follows.
    Labelled,
    /// A heading.
    Heading,
    /// An element whose class or property says that it is the name.
    Named,
    /// Bold text, or a term.
    Bold,
    /// A link.
    Link,
    /// The text before a description in one line.
    Head,
    /// Any other element, or text.
    Plain,
    /// The first line of an element with several.
    Line,
    /// The alternative text of an image.
    Alt,
    /// An element whose class says that it is a role, an affiliation or a description.
    Said,
}

/// What is measured of a part over all records.
#[derive(Clone, Copy, Debug)]
pub(in crate::extract) struct PartFacts {
    /// What contains it.
    pub(super) carrier: Carrier,
    /// The share of records that have it.
    pub(super) coverage: f64,
    /// The mean likeness to a name.
    pub(super) likeness: f64,
    /// The share of texts with a word that organizations have in their names.
    pub(super) organizations: f64,
    /// The mean number of parts before it.
    pub(super) position: f64,
    /// The mean length, in bytes.
    pub(super) length: f64,
    /// The share of different texts; 1 if only one record has it.
    pub(super) distinct: f64,
}

impl PartFacts {
    /// The bonus of a carrier: more if the part is in every record, and different in each.
    fn in_each(&self, carrier: Carrier) -> f64 {
        if self.carrier == carrier {
            self.varied() * (IN_ONE + (1.0 - IN_ONE) * self.coverage)
        } else {
            0.0
        }
    }

    /// How much the texts vary.
    fn varied(&self) -> f64 {
        SAME_IN_ALL + (1.0 - SAME_IN_ALL) * self.distinct
    }
}

/// The weight of a carrier if only one record has it.
const IN_ONE: f64 = 0.3;

/// The weight of likeness if only one record has the part.
const LIKE_IN_ONE: f64 = 0.35;

/// The weight of a part that is the same in all records.
const SAME_IN_ALL: f64 = 0.25;

/// A part with less than this share of the best value is not the name.
pub(super) const NEAR: f64 = 0.6;

/// How likely a part is the name. Only the order of the values matters.
pub(super) fn worth(facts: &PartFacts) -> f64 {
    sum(PART_SIGNS, facts)
}

/// The signs of a part.
pub(in crate::extract) static PART_SIGNS: &[Sign<PartFacts>] = &[
    Sign {
        name: "part-likeness",
        weight: 1.0,
        why: "the part looks like a name in most records",
        case: "offices-behind-dashes",
        measure: |part| {
            part.likeness * (LIKE_IN_ONE + (1.0 - LIKE_IN_ONE) * part.coverage) * part.varied()
        },
    },
    Sign {
        name: "part-heading",
        weight: 0.25,
        why: "records are headed by their names",
        case: "conference-tiers",
        measure: |part| part.in_each(Carrier::Heading),
    },
    Sign {
        name: "part-labelled",
        weight: 0.4,
        why: "a label says that this is the name",
        case: "names-behind-labels",
        measure: |part| part.in_each(Carrier::Labelled),
    },
    Sign {
        name: "part-named",
        weight: 0.22,
        why: "the markup says that this is the name",
        case: "class-says-name",
        measure: |part| part.in_each(Carrier::Named),
    },
    Sign {
        name: "part-bold",
        weight: 0.12,
        why: "names are set in bold",
        case: "long-headings-above-names",
        measure: |part| part.in_each(Carrier::Bold),
    },
    Sign {
        name: "part-link",
        weight: 0.08,
        why: "names are linked",
        case: "link-behind-a-town",
        measure: |part| part.in_each(Carrier::Link),
    },
    Sign {
        name: "part-alt",
        weight: -0.06,
        why: "text that all readers see is closer to the name than the text of a logo",
        case: "photos-beside-names",
        measure: |part| part.in_each(Carrier::Alt),
    },
    Sign {
        name: "part-said",
        weight: -0.4,
        why: "the markup says that this is what somebody is, or what is said of them",
        case: "handles-above-roles",
        measure: |part| yes(part.carrier == Carrier::Said),
    },
    Sign {
        name: "part-organizations",
        weight: 0.1,
        why: "the part has words of organizations in it",
        case: "mottoes-above-names",
        measure: |part| part.organizations * part.coverage,
    },
    Sign {
        name: "part-position",
        weight: -0.03,
        why: "the name is first",
        case: "org-then-contact-lines",
        measure: |part| part.position,
    },
    Sign {
        name: "part-length",
        weight: -0.15,
        why: "descriptions are long",
        case: "long-headings-above-names",
        measure: |part| yes(part.length > 70.0),
    },
];
