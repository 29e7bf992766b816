//! What an earlier visit tells about a name that is new: it has the link, the picture or the place that a claimed name had.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    judged::Judged,
    likeness::{Grade, Likeness, likeness, reason},
    name_key::NameKey,
    region::{Known, Pooled},
};
use crate::{entity::NameSource, finding::Reason, profile::Alias, text::fold};

/// What speaks for a new name being a claimed one, beside its spelling.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Past {
    /// The claimed name's place.
    pub(super) claimed: usize,
    /// What speaks for it, strongest first.
    reasons: Vec<Reason>,
}

/// From here on a past alone makes a rename; below it makes a candidate.
const RENAMED: f64 = 0.8;

impl Past {
    fn score(&self) -> f64 {
        self.reasons.first().map_or(0.0, |reason| reason.weight)
    }

    /// What it counts in the choice of pairs.
    pub(super) fn worth(&self) -> f64 {
        if self.score() >= RENAMED { 1.5 } else { 0.2 }
    }

    /// The likeness by name together with what the past says.
    pub(super) fn with(&self, by_name: Option<Likeness>) -> Likeness {
        let mut it = by_name.unwrap_or(Likeness {
            grade: Grade::Near,
            score: 0.5,
            reasons: Vec::new(),
        });
        if it.grade >= Grade::Same {
            return it;
        }
        if self.score() >= RENAMED {
            it.grade = Grade::Variant;
        }
        it.score = it.score.max(self.score());
        it.reasons.splice(0..0, self.reasons.clone());
        it
    }
}

/// The region's names that were not there before, each with the claimed name whose place it took.
pub(super) fn of(judged: &Judged<'_>, known: &Known, aliases: &[Alias]) -> BTreeMap<usize, Past> {
    let mut past: BTreeMap<usize, Past> = BTreeMap::new();
    let members: BTreeSet<&str> = judged
        .members
        .iter()
        .filter_map(|member| judged.pool.names.get(*member))
        .map(|it| it.key.exact.as_str())
        .collect();
    for &right in &judged.members {
        let Some(found) = judged
            .pool
            .names
            .get(right)
            .filter(|name| !known.names.contains(&name.key.exact))
        else {
            continue;
        };
        let link = found.item.href.as_deref().and_then(bare_link);
        let link = link.and_then(|link| known.links.get(&link)?.clone());
        let picture = picture_of(found).and_then(|picture| known.pictures.get(&picture)?.clone());
        let place = in_place_of(judged, known, right, &members);
        let told = [
            (link, 0.9, "it has the link that the claimed name had"),
            (
                picture,
                0.85,
                "it has the picture that the claimed name had",
            ),
        ];
        let mut reasons: Vec<(usize, Reason)> = told
            .into_iter()
            .filter_map(|(name, weight, what)| {
                let name = name?;
                let left = judged.keys.iter().position(|key| key.exact == name)?;
                Some((left, reason(what, weight)))
            })
            .collect();
        if let Some(left) = place {
            let what = "it is where the claimed name was, between the same names";
            // Another may have taken the place: only names that are somewhat alike are held for one.
            let like = judged
                .keys
                .get(left)
                .and_then(|key| likeness(key, &found.key));
            let weight = if like.is_some_and(|like| like.score >= 0.5) {
                0.8
            } else {
                0.66
            };
            reasons.push((left, reason(what, weight)));
        }
        reasons.sort_by(|a, b| b.1.weight.total_cmp(&a.1.weight));
        let Some(left) = reasons.first().map(|reason| reason.0) else {
            continue;
        };
        let gone = |name_key: &NameKey| !members.contains(name_key.exact.as_str());
        if judged.keys.get(left).is_some_and(gone)
            && !is_barred(aliases, judged.keys.get(left), &found.key)
        {
            let reasons = reasons.into_iter().filter(|reason| reason.0 == left);
            let reasons = reasons.map(|reason| reason.1).collect();
            past.insert(
                right,
                Past {
                    claimed: left,
                    reasons,
                },
            );
        }
    }
    past
}

/// The claimed name whose place between two others a new name has taken, in a list that otherwise stayed.
///
/// A list in alphabetical order tells nothing: there a name stands between others by its letters.
fn in_place_of(
    judged: &Judged<'_>,
    known: &Known,
    right: usize,
    members: &BTreeSet<&str>,
) -> Option<usize> {
    let region = judged.region?;
    let now: Vec<&str> = region
        .members(judged.pool)
        .into_iter()
        .filter_map(|member| judged.pool.names.get(member))
        .map(|it| it.key.exact.as_str())
        .collect();
    let before: Vec<&str> = known.order.iter().map(String::as_str).collect();
    if now.len() != before.len() || now.len() < 5 || before.is_sorted() {
        return None;
    }
    let stayed = before
        .iter()
        .filter(|before| members.contains(**before))
        .count();
    let found = judged.pool.names.get(right)?.key.exact.as_str();
    let at = now.iter().position(|it| *it == found)?;
    let neighbours = |all: &[&str]| -> Option<(String, String)> {
        let before = at.checked_sub(1).and_then(|it| all.get(it))?;
        Some(((*before).to_owned(), (*all.get(at + 1)?).to_owned()))
    };
    let same = neighbours(&now)? == neighbours(&before)?;
    let had = before.get(at).filter(|_| same && stayed + 1 == now.len())?;
    judged.keys.iter().position(|key| key.exact == **had)
}

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
fn picture_of(pooled: &Pooled<'_>) -> Option<String> {
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
fn bare_link(href: &str) -> Option<String> {
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

/// Whether a reviewer said that two names are not the same.
fn is_barred(aliases: &[Alias], key: Option<&NameKey>, found: &NameKey) -> bool {
    let Some(key) = key else { return true };
    let (one, other) = (fold(&key.surface), fold(&found.surface));
    aliases.iter().any(|alias| {
        let (a, b) = (fold(&alias.name), fold(&alias.other));
        !alias.same && (a == one && b == other || a == other && b == one)
    })
}
