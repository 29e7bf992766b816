//! Judges drafted lists: does a list name organizations or people, and under what heading?

use crate::{
    entity::{EntityList, Evidence, ListKind, Strategy},
    uri::TargetUri,
};

use super::{
    draft::{Draft, Item},
    list_item::{link_of, named},
    location::{anchor_of, fingerprint, heading_of, template},
    names::NameSigns,
    page_index::PageIndex,
    sign::sum,
};

use closer_signs::CLOSER_SIGNS;
use facts::{Members, closer_facts, facts};
use judged::Found;
use list_signs::{LIST_SIGNS, NAMES, SELECTED, finders_score};
use topic::Topic;
use weed::{disjoint, weeded};

pub(super) mod closer_signs;
mod distinct;
mod divided;
mod facts;
pub(super) mod judged;
pub(super) mod list_signs;
pub(super) mod name_signs;
mod neighbours;
mod nesting;
pub(super) mod topic;
pub(super) mod unseen;
pub(super) mod unseen_signs;
mod weed;

pub(super) use judged::Judged;

/// Judges drafts: each by itself, then by what it is a part of, then by what is beside it.
pub(super) fn judge<'a>(
    index: &PageIndex<'a>,
    topic: &Topic,
    drafts: &'a [Draft],
) -> Vec<Judged<'a>> {
    let distinct = distinct::distinct(drafts).into_iter();
    let mut judged: Vec<Judged<'_>> = distinct
        .filter_map(|draft| by_itself(index, topic, draft))
        .collect();
    nesting::settle(index, &mut judged);
    neighbours::settle(index, &mut judged);
    divided::divide(index, judged)
}

/// Judges a draft by its items and their places; `None` if no item can be a name.
fn by_itself<'a>(index: &PageIndex<'a>, topic: &Topic, draft: &'a Draft) -> Option<Judged<'a>> {
    let seen = weeded(index, draft);
    seen.first()?;
    let first_shown = index.first_shown(seen.iter().map(|seen| seen.text));
    let distinct = first_shown.filter(|is_first| *is_first).count() as f64 / seen.len() as f64;
    let (items, signs): (Vec<Item>, Vec<NameSigns>) =
        seen.into_iter().map(|seen| (seen.item, seen.signs)).unzip();
    let heading = heading_of(index, draft, &items);
    let links: Vec<Option<&str>> = items.iter().map(|item| link_of(index, item)).collect();
    let members = Members {
        items: &items,
        signs: &signs,
        links: &links,
        distinct,
    };
    let facts = facts(index, topic, draft, &members, heading.as_ref());
    let mut score = sum(LIST_SIGNS, &facts) + finders_score(draft);
    let closer = (score >= NAMES).then(|| closer_facts(index, draft, &items, heading.as_ref()));
    if let Some(closer) = &closer {
        score += sum(CLOSER_SIGNS, closer);
    }
    let found = Found {
        items,
        heading,
        links,
        facts,
        closer,
    };
    Some(Judged::new(draft, found, score))
}

/// The list at the place of a profile's selector, accepted without judgement.
pub(super) fn given(
    index: &PageIndex<'_>,
    uri: Option<&TargetUri>,
    draft: &Draft,
    selector: &str,
) -> Option<EntityList> {
    let items = disjoint(draft.items.clone(), |item| item);
    let first = items.first()?;
    let heading = heading_of(index, draft, &items);
    Some(EntityList {
        anchor: anchor_of(index, draft.container, heading.as_ref()),
        heading: heading.map(|range| index.text(&range).replace('\n', " ")),
        container: selector.to_owned(),
        fingerprint: fingerprint(index, draft, first),
        template: template(index, first),
        strategy: Strategy::Selector,
        kind: ListKind::Names,
        score: 1.0,
        evidence: vec![Evidence::new(SELECTED, 1.0)],
        items: items
            .iter()
            .map(|item| named(index, uri, item, link_of(index, item), true))
            .collect(),
    })
}
