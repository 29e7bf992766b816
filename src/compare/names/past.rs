//! What an earlier visit shows about a new name: it has the link, the picture or the place that a claimed name had.

use crate::compare::grounds::{UNSETTLED, names as grounds};
use std::collections::{BTreeMap, BTreeSet};

use super::{
    aligned::is_slip,
    assignment::{self, Pair},
    judged::Judged,
    key::NameKey,
    likeness::{Grade, Likeness},
    links::{bare_link, picture_of},
    matches::Matches,
    pairs::likeness,
    person::are_persons,
    pool::Pooled,
    region::Known,
};
use crate::{finding::Reason, language::Lexicon, profile::Alias, text::fold};

/// New names with the link, picture or place of a claimed name, by index in the pool.
pub(super) struct Past(BTreeMap<usize, Successor>);

/// The evidence that a new name is a claimed one, besides its spelling.
#[derive(Clone, Debug, PartialEq)]
struct Successor {
    /// The index of the claimed name.
    claimed: usize,
    /// The reasons, strongest first.
    reasons: Vec<Reason>,
}

impl Successor {
    fn score(&self) -> f64 {
        self.reasons.first().map_or(0.0, |reason| reason.weight)
    }

    /// Whether the past alone makes a rename.
    fn renames(&self) -> bool {
        self.score() >= grounds::RENAMED_BY_THE_PAST
    }

    /// Its value in the choice of pairs.
    fn worth(&self) -> f64 {
        let [sure, perhaps] = grounds::SUCCESSION;
        if self.renames() { sure } else { perhaps }
    }

    /// The likeness by name combined with the evidence of the past.
    fn with(&self, by_name: Option<Likeness>) -> Likeness {
        let mut name = by_name.unwrap_or(Likeness {
            grade: Grade::Near,
            score: UNSETTLED,
            reasons: Vec::new(),
        });
        if name.grade >= Grade::Same {
            return name;
        }
        if self.renames() {
            name.grade = Grade::Variant;
        }
        name.score = name.score.max(self.score());
        name.reasons.splice(0..0, self.reasons.clone());
        name
    }
}

impl Past {
    /// What an earlier visit shows about the names of the region; nothing at the first visit.
    pub(super) fn of(judged: &Judged<'_>, known: Option<&Known>, aliases: &[Alias]) -> Self {
        Self(known.map_or_else(BTreeMap::new, |known| successors(judged, known, aliases)))
    }

    /// The best pairing of claimed names with the names of the region.
    pub(super) fn pairs(&self, judged: &Judged<'_>, matches: &Matches) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (left, of) in matches.of.iter().enumerate() {
            let members = of.iter().filter(|(at, _)| judged.members.contains(at));
            for (right, likeness) in members {
                let past = self.0.get(right).filter(|past| past.claimed == left);
                pairs.push(Pair {
                    left,
                    right: *right,
                    worth: likeness.worth() + past.map_or(0.0, Successor::worth),
                });
            }
        }
        for (&right, past) in &self.0 {
            let like = matches.of.get(past.claimed);
            if !like.is_some_and(|like| like.iter().any(|pair| pair.0 == right)) {
                pairs.push(Pair {
                    left: past.claimed,
                    right,
                    worth: past.worth(),
                });
            }
        }
        assignment::best(&pairs)
    }

    /// How alike a claimed name and an item are; `None` if they are not matched.
    pub(super) fn likeness(&self, matches: &Matches, pair: &Pair) -> Option<Likeness> {
        let mut like = matches.of.get(pair.left)?.iter();
        let by_name = like.find(|(at, _)| *at == pair.right);
        let by_name = by_name.map(|(_, likeness)| likeness.clone());
        match self.0.get(&pair.right) {
            Some(past) if past.claimed == pair.left => Some(past.with(by_name)),
            _ => by_name,
        }
    }
}

/// The new names of the region, each with the claimed name that it replaced.
fn successors(judged: &Judged<'_>, known: &Known, aliases: &[Alias]) -> BTreeMap<usize, Successor> {
    let pool = judged.pool;
    let members: BTreeSet<&str> = judged
        .members
        .iter()
        .filter_map(|member| pool.names.get(*member))
        .map(|name| name.key.exact.as_str())
        .collect();
    let mut past: BTreeMap<usize, Successor> = BTreeMap::new();
    for &right in &judged.members {
        let found = pool.names.get(right);
        let Some(found) = found.filter(|name| !known.names.contains(&name.key.exact)) else {
            continue;
        };
        let mut reasons = by_marks(judged, known, found);
        let place = in_place_of(judged, known, right, &members);
        reasons.extend(place.map(|left| (left, by_place(judged, left, found))));
        reasons.sort_by(|a, b| b.1.weight.total_cmp(&a.1.weight));
        let Some(left) = reasons.first().map(|reason| reason.0) else {
            continue;
        };
        let key = judged.keys.get(left);
        let is_gone = key.is_some_and(|key| !members.contains(key.exact.as_str()));
        if is_gone && !is_barred(aliases, key, &found.key) {
            let reasons = reasons.into_iter().filter(|reason| reason.0 == left);
            let successor = Successor {
                claimed: left,
                reasons: reasons.map(|reason| reason.1).collect(),
            };
            past.insert(right, successor);
        }
    }
    past
}

/// The claimed names whose link or picture a new name has.
///
/// Persons keep a part of their name: one without it, who has the address of an office or what is named after it, only followed.
fn by_marks(judged: &Judged<'_>, known: &Known, found: &Pooled<'_>) -> Vec<(usize, Reason)> {
    let link = found.item.href.as_deref().and_then(bare_link);
    let picture = picture_of(found);
    let marks = [
        (link, &known.links, &grounds::SAME_LINK),
        (picture, &known.pictures, &grounds::SAME_PICTURE),
    ];
    let marks = marks.into_iter().filter_map(|(mark, known, ground)| {
        let mark = mark?;
        let name = known.get(&mark)?.as_ref()?;
        let left = judged.keys.iter().position(|key| key.exact == *name)?;
        let key = judged.keys.get(left)?;
        let another = are_persons(key, &found.key) && !share_a_word(key, &found.key);
        (!(another && is_of_office(&mark))).then(|| (left, ground.reason()))
    });
    marks.collect()
}

/// Whether two names have a word in common, but for a slip of the pen.
fn share_a_word(one: &NameKey, other: &NameKey) -> bool {
    let mut words = one.tokens.iter();
    words.any(|word| {
        let mut others = other.tokens.iter();
        others.any(|other| word.text == other.text || is_slip(word, other, true))
    })
}

/// Whether a link or a picture goes with an office: an address for mail or calls, or one whose last part is named after a role.
fn is_of_office(mark: &str) -> bool {
    let last = mark.rsplit('/').next().unwrap_or_default();
    let is_host = mark.contains('.') && !mark.contains('/');
    let mut words = last.split(|letter: char| !letter.is_alphabetic());
    let plain = !is_host && !last.contains(|letter: char| letter.is_ascii_digit());
    mark.starts_with("mailto:") || mark.starts_with("tel:") || plain && words.any(Lexicon::is_role)
}

/// What it says that a new name is where a claimed one was.
fn by_place(judged: &Judged<'_>, left: usize, found: &Pooled<'_>) -> Reason {
    // Another may have taken the place: only names that are somewhat alike are held for one.
    let key = judged.keys.get(left);
    let like = key.and_then(|key| likeness(key, &found.key));
    let ground = if like.is_some_and(|like| like.score >= grounds::SOMEWHAT_ALIKE) {
        &grounds::SAME_PLACE_AND_ALIKE
    } else {
        &grounds::SAME_PLACE
    };
    ground.reason()
}

/// The claimed name whose place between two others a new name has taken, in a list that otherwise stayed.
///
/// A list in alphabetical order proves nothing: there the letters determine the place of a name.
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
        let before = at.checked_sub(1).and_then(|at| all.get(at))?;
        Some(((*before).to_owned(), (*all.get(at + 1)?).to_owned()))
    };
    let same = neighbours(&now)? == neighbours(&before)?;
    let had = before.get(at).filter(|_| same && stayed + 1 == now.len())?;
    judged.keys.iter().position(|key| key.exact == **had)
}

/// Whether a reviewer decided that two names are different.
fn is_barred(aliases: &[Alias], key: Option<&NameKey>, found: &NameKey) -> bool {
    let Some(key) = key else { return true };
    let (one, other) = (fold(&key.surface), fold(&found.surface));
    aliases.iter().any(|alias| {
        let (a, b) = (fold(&alias.name), fold(&alias.other));
        !alias.same && (a == one && b == other || a == other && b == one)
    })
}
