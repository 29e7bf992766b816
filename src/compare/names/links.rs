//! The links and pictures of the names on a page, by which a later visit recognizes the names.

use std::collections::BTreeMap;

use super::pool::Pooled;
use crate::entity::NameSource;

/// The targets of the links of names; `None` for a link that several names share.
pub(super) fn links_of(members: &[&Pooled<'_>]) -> BTreeMap<String, Option<String>> {
    by(members, |it| it.item.href.as_deref().and_then(bare_link))
}

/// The files of the pictures of names; `None` for a file that several names share.
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

/// The file of the picture of a name, by the letters of its name; `None` for a file name without meaning.
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
    let distinctive = ANY
        .iter()
        .fold(letters.clone(), |rest, any| rest.replace(any, ""));
    (distinctive.chars().count() >= 4).then(|| file.1.letters.clone())
}

/// An address without scheme, `www` and trailing slash; `None` for one without meaning: `#`, `/`.
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
