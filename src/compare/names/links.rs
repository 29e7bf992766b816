//! The links and pictures that a page's names have, by which a later visit knows them again.

use std::collections::BTreeMap;

use super::pool::Pooled;
use crate::entity::NameSource;

/// Where names' links led; `None` for a link that several names share.
pub(super) fn links_of(members: &[&Pooled<'_>]) -> BTreeMap<String, Option<String>> {
    by(members, |it| it.item.href.as_deref().and_then(bare_link))
}

/// Which names' pictures are which files; `None` for a file that several names share.
pub(super) fn pictures_of(members: &[&Pooled<'_>]) -> BTreeMap<String, Option<String>> {
    by(members, picture_of)
}

fn by(
    members: &[&Pooled<'_>],
    of: impl Fn(&Pooled<'_>) -> Option<String>,
) -> BTreeMap<String, Option<String>> {
    let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
    for member in members {
        if let Some(mark) = of(member) {
            let name = Some(member.key.exact.clone());
            names
                .entry(mark)
                .and_modify(|other| {
                    if *other != name {
                        *other = None;
                    }
                })
                .or_insert(name);
        }
    }
    names
}

/// The file of a name's picture, by the letters of its name; `None` for a name that any file could have.
pub(super) fn picture_of(pooled: &Pooled<'_>) -> Option<String> {
    const ANY: [&str; 8] = [
        "logo",
        "image",
        "img",
        "photo",
        "picture",
        "partner",
        "sponsor",
        "placeholder",
    ];
    let file = pooled
        .also
        .iter()
        .find(|pair| pair.0 == NameSource::FileName)?;
    let letters: String = file
        .1
        .letters
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .collect();
    let told = ANY
        .iter()
        .fold(letters.clone(), |rest, any| rest.replace(any, ""));
    (told.chars().count() >= 4).then(|| file.1.letters.clone())
}

/// An address without scheme, `www` and trailing slash; `None` for one that says nothing: `#`, `/`.
pub(super) fn bare_link(href: &str) -> Option<String> {
    let it = href.trim();
    let it = it
        .trim_start_matches("https:")
        .trim_start_matches("http:")
        .trim_start_matches("//");
    let it = it
        .trim_start_matches("www.")
        .trim_end_matches('/')
        .to_lowercase();
    (it.len() > 3 && !it.starts_with(['#', '?'])).then_some(it)
}
