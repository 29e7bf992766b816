//! Lists that are not part of the text of a page: labels of images, data for scripts; and lists of text without markup.

use crate::{
    entity::{EntityList, EntityName, ListKind, Strategy},
    extract::{
        names::{self, Sort},
        sign::{Sign, evidence, sum},
    },
};

use super::{
    judged::kind_of,
    unseen_signs::{
        DATA_SIGNS, ELEMENT_SIGNS, LABEL_SIGNS, LINE_SIGNS, MOST_OF_DATA, NAMES_IN_DATA,
        UnseenFacts,
    },
};

/// A list of names before it is judged, complete except for its score.
pub(in crate::extract) struct Unseen {
    /// Its heading.
    pub(in crate::extract) heading: Option<String>,
    /// A selector or path of what contains it.
    pub(in crate::extract) container: String,
    /// What it is recognized by at another visit.
    pub(in crate::extract) fingerprint: String,
    /// The names; at least one.
    pub(in crate::extract) items: Vec<EntityName>,
    /// Whether what is above it says that names follow.
    pub(in crate::extract) announced: bool,
    /// The share of items whose data says that they are organizations or people.
    pub(in crate::extract) typed: f64,
}

impl Unseen {
    fn facts(&self) -> UnseenFacts {
        let count = self.items.len() as f64;
        let signs: Vec<_> = self
            .items
            .iter()
            .map(|item| names::signs(&item.surface))
            .collect();
        let other = signs
            .iter()
            .filter(|signs| signs.sort != Sort::Plain)
            .count();
        UnseenFacts {
            likeness: signs.iter().map(|signs| signs.likeness).sum::<f64>() / count,
            other: other as f64 / count,
            announced: self.announced,
            typed: self.typed,
            page_names: false,
            in_feed: false,
        }
    }

    /// The list with its score and the evidence behind it.
    fn scored(
        self,
        strategy: Strategy,
        signs: &[Sign<UnseenFacts>],
        facts: &UnseenFacts,
    ) -> EntityList {
        let score = sum(signs, facts);
        EntityList {
            heading: self.heading,
            anchor: None,
            container: self.container,
            fingerprint: self.fingerprint,
            template: String::new(),
            strategy,
            kind: kind_of(score),
            score: score.clamp(0.0, 1.0),
            evidence: evidence(signs, facts),
            items: self.items,
        }
    }
}

/// The list of elements without text that only an attribute names; `page_names` if the page is about partners and the like.
pub(in crate::extract) fn labels(list: Unseen, page_names: bool) -> EntityList {
    let facts = UnseenFacts {
        page_names,
        ..list.facts()
    };
    list.scored(Strategy::Logos, LABEL_SIGNS, &facts)
}

/// The list of named objects in data.
pub(in crate::extract) fn data(list: Unseen) -> EntityList {
    let facts = list.facts();
    let list = list.scored(Strategy::Structured, DATA_SIGNS, &facts);
    EntityList {
        kind: if list.score >= NAMES_IN_DATA {
            ListKind::Names
        } else {
            ListKind::Other
        },
        score: list.score.min(MOST_OF_DATA),
        ..list
    }
}

/// The list of lines of a text without markup.
pub(in crate::extract) fn lines(list: Unseen) -> EntityList {
    let facts = list.facts();
    list.scored(Strategy::PlainLines, LINE_SIGNS, &facts)
}

/// The list of the elements of one path of an XML file; `in_feed` if they are parts of the entries of a feed.
pub(in crate::extract) fn elements(list: Unseen, in_feed: bool) -> EntityList {
    let facts = UnseenFacts {
        in_feed,
        ..list.facts()
    };
    list.scored(Strategy::Structured, ELEMENT_SIGNS, &facts)
}
