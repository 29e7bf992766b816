//! The references of an article that changed: which corrections by hand to keep, and which number is which.

use std::collections::BTreeMap;

use super::{Change, ChangeKind, change, likeness::references_matched};
use crate::profile::{Profile, Reference};

/// The references of the article with the corrections by hand, and the new number for each old one.
pub(super) fn references(
    mine: &Profile,
    base: Option<&Profile>,
    theirs: &Profile,
    changes: &mut Vec<Change>,
) -> (Vec<Reference>, BTreeMap<u32, u32>) {
    let pairs = references_matched(&mine.references, &theirs.references);
    let mut numbers = BTreeMap::new();
    let mut merged: Vec<Reference> = Vec::new();
    for (at, new) in theirs.references.iter().enumerate() {
        let old = pairs
            .iter()
            .find(|pair| pair.1 == at)
            .and_then(|pair| mine.references.get(pair.0));
        let Some(old) = old else {
            changes.push(change(
                ChangeKind::New,
                &reference_name(new.number),
                None,
                Some(shown(new)),
            ));
            merged.push(new.clone());
            continue;
        };
        numbers.insert(old.number, new.number);
        let was = base.and_then(|base| {
            base.references
                .iter()
                .find(|reference| reference.number == old.number)
        });
        let reference = reference(old, was, new);
        if shown(&reference) != shown(old) {
            let what = reference_name(new.number);
            changes.push(change(
                ChangeKind::Changed,
                &what,
                Some(shown(old)),
                Some(shown(&reference)),
            ));
        }
        merged.push(reference);
    }
    for (at, old) in mine.references.iter().enumerate() {
        if pairs.iter().any(|pair| pair.0 == at) {
            continue;
        }
        let by_hand = base.map_or(old.bytes.is_none() && mine.source.is_some(), |base| {
            !base
                .references
                .iter()
                .any(|reference| reference.number == old.number && reference.url == old.url)
        });
        if by_hand {
            let taken = merged.iter().any(|it| it.number == old.number);
            let next = merged.iter().map(|merged| merged.number).max().unwrap_or(0) + 1;
            let number = if taken { next } else { old.number };
            numbers.insert(old.number, number);
            merged.push(Reference {
                number,
                ..old.clone()
            });
        } else {
            changes.push(change(
                ChangeKind::Gone,
                &reference_name(old.number),
                Some(shown(old)),
                None,
            ));
        }
    }
    (merged, numbers)
}

fn reference_name(number: u32) -> String {
    format!("reference {number}")
}

/// A reference in one line.
fn shown(reference: &Reference) -> String {
    let url = reference.url.as_ref().map(|url| match &reference.fragment {
        Some(fragment) => format!("{url}#{fragment}"),
        None => url.clone(),
    });
    let accessed = reference
        .accessed
        .map(|accessed| format!("accessed {accessed}"));
    let parts = [
        reference.title.clone(),
        reference.publisher.clone(),
        accessed,
        url,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A reference as it is in the article now, with the corrections by hand.
fn reference(mine: &Reference, base: Option<&Reference>, theirs: &Reference) -> Reference {
    let corrected = |mine: &Option<String>,
                     base: Option<&Option<String>>,
                     theirs: &Option<String>| match base {
        Some(base) if base != mine => mine.clone(),
        _ => theirs
            .clone()
            .or_else(|| mine.clone().filter(|_| base.is_none())),
    };
    let day = |mine: Option<chrono::NaiveDate>, base: Option<Option<chrono::NaiveDate>>, theirs| {
        match base {
            Some(base) if base != mine => mine,
            _ => theirs,
        }
    };
    let mut archived = theirs.archived.clone();
    for copy in &mine.archived {
        let was = base.is_some_and(|base| base.archived.contains(copy));
        if !was && !archived.iter().any(|it| it.url == copy.url) {
            archived.push(copy.clone());
        }
    }
    Reference {
        number: theirs.number,
        author: corrected(&mine.author, base.map(|base| &base.author), &theirs.author),
        title: corrected(&mine.title, base.map(|base| &base.title), &theirs.title),
        publisher: corrected(
            &mine.publisher,
            base.map(|base| &base.publisher),
            &theirs.publisher,
        ),
        published: day(
            mine.published,
            base.map(|base| base.published),
            theirs.published,
        ),
        accessed: day(
            mine.accessed,
            base.map(|base| base.accessed),
            theirs.accessed,
        ),
        url: corrected(&mine.url, base.map(|base| &base.url), &theirs.url),
        fragment: corrected(
            &mine.fragment,
            base.map(|base| &base.fragment),
            &theirs.fragment,
        ),
        selector: mine.selector.clone(),
        every: mine.every.clone(),
        archived,
        bytes: theirs.bytes,
    }
}
