//! The verdict on each claimed name, from the pairing of the claim with the region found.

use std::collections::BTreeSet;

use super::{
    assignment::{self, Pair},
    likeness::{Grade, Likeness, reason, round},
    name_key::NameKey,
    names::{ListFound, NameAnswer, NewName, Place},
    page_text::PageText,
    region::{Known, Matches, Pool, Region},
    state,
};
use crate::{
    entity::EntityList,
    finding::{Reason, Verdict, Why},
    profile::Alias,
    text::fold,
};

/// A page and what was found on it, ready to be asked about each name.
pub(super) struct Judged<'a> {
    pub(super) page: &'a PageText<'a>,
    pub(super) pool: &'a Pool<'a>,
    pub(super) keys: &'a [NameKey],
    pub(super) region: Option<&'a Region>,
    pub(super) known: Option<&'a Known>,
    pub(super) aliases: &'a [Alias],
}

impl Judged<'_> {
    /// Why names that are not found cannot be called absent.
    pub(super) fn untold(&self, lost: Option<&str>) -> Option<(Why, String)> {
        if let Some(why) = state::why(self.page.reading) {
            return Some(why);
        }
        if let Some(selector) = lost {
            return Some((
                Why::SelectorLost,
                format!("the selector `{selector}` matches nothing on the page"),
            ));
        }
        if self.region.is_some() || self.stands_in_text() {
            return None;
        }
        let detail = "no list on the page holds the claimed names".to_owned();
        Some((Why::ListNotFound, detail))
    }

    /// Whether the claim's names stand in running text, most of them: then the text is where they are looked for.
    fn stands_in_text(&self) -> bool {
        let there = self
            .keys
            .iter()
            .filter(|it| self.in_text(it).is_some())
            .count();
        self.keys.len() >= 2 && there >= 2 && there * 2 > self.keys.len()
    }

    /// The best pairing of claimed names with the region's names.
    pub(super) fn pair(&self, matches: &Matches) -> Vec<Pair> {
        let Some(region) = self.region else {
            return Vec::new();
        };
        let members: BTreeSet<usize> = region.members(self.pool).into_iter().collect();
        let mut pairs = Vec::new();
        for (left, of) in matches.of.iter().enumerate() {
            for (right, likeness) in of.iter().filter(|(it, _)| members.contains(it)) {
                let worth = likeness.worth()
                    + self
                        .past_evidence(left, *right)
                        .map_or(0.0, |it| it.weight / 4.0);
                pairs.push(Pair {
                    left,
                    right: *right,
                    worth,
                });
            }
        }
        for (left, right) in self.linked(&members) {
            if !pairs.iter().any(|it| it.left == left && it.right == right) {
                pairs.push(Pair {
                    left,
                    right,
                    worth: 1.5,
                });
            }
        }
        assignment::best(&pairs)
    }

    /// Claimed names whose earlier link now stands at another name.
    fn linked(&self, members: &BTreeSet<usize>) -> Vec<(usize, usize)> {
        let mut linked = Vec::new();
        for (left, _) in self.keys.iter().enumerate() {
            for &right in members {
                if self.past_evidence(left, right).is_some() && !self.is_barred(left, right) {
                    linked.push((left, right));
                }
            }
        }
        linked
    }

    fn is_barred(&self, left: usize, right: usize) -> bool {
        let (Some(key), Some(found)) = (self.keys.get(left), self.pool.names.get(right)) else {
            return true;
        };
        let (one, other) = (fold(&key.surface), fold(&found.key.surface));
        self.aliases.iter().any(|it| {
            let (a, b) = (fold(&it.name), fold(&it.other));
            !it.same && (a == one && b == other || a == other && b == one)
        })
    }

    /// The link that a claimed name had at an earlier visit, where a name that is new now has it.
    fn past_evidence(&self, left: usize, right: usize) -> Option<Reason> {
        let known = self.known?;
        let (key, found) = (self.keys.get(left)?, self.pool.names.get(right)?);
        let href = found.item.href.as_deref()?;
        let was_there = known.names.contains(&found.key.exact);
        let had = known
            .links
            .iter()
            .any(|(name, it)| *name == key.exact && same_link(it, href));
        let shared = known
            .links
            .iter()
            .filter(|(_, it)| same_link(it, href))
            .count()
            > 1;
        (!was_there && had && !shared)
            .then(|| reason("it has the link that the claimed name had", 0.9))
    }

    pub(super) fn likeness(&self, matches: &Matches, pair: &Pair) -> Option<Likeness> {
        let by_name = matches
            .of
            .get(pair.left)?
            .iter()
            .find(|(it, _)| *it == pair.right)
            .map(|(_, it)| it.clone());
        let Some(past) = self.past_evidence(pair.left, pair.right) else {
            return by_name;
        };
        let mut it = by_name.unwrap_or(Likeness {
            grade: Grade::Near,
            score: 0.5,
            reasons: Vec::new(),
        });
        if it.grade < Grade::Same {
            it.grade = Grade::Variant;
            it.score = it.score.max(0.9);
            it.reasons.insert(0, past);
        }
        Some(it)
    }

    /// The verdict on one name.
    pub(super) fn name(
        &self,
        at: usize,
        right: Option<usize>,
        likeness: Option<Likeness>,
        untold: Option<&(Why, String)>,
    ) -> NameAnswer {
        let blank = |verdict, score: f64, place| NameAnswer {
            claimed: String::new(),
            verdict,
            found: None,
            score: round(score),
            reasons: Vec::new(),
            place,
        };
        let candidate = right.and_then(|it| self.pool.names.get(it)).zip(likeness);
        if let Some((found, likeness)) = &candidate
            && likeness.grade >= Grade::Same
        {
            let place = self.item_place(right.unwrap_or_default());
            let found = Some(found.item.surface.clone());
            return NameAnswer {
                found,
                reasons: likeness.reasons.clone(),
                ..blank(Verdict::Present, likeness.score, place)
            };
        }
        let Some(key) = self.keys.get(at) else {
            return blank(Verdict::Absent, 0.0, Place::default());
        };
        let readable = !state::is_opaque(self.page.reading.state);
        let elsewhere = if readable { self.elsewhere(key) } else { None };
        let grown = candidate
            .as_ref()
            .is_some_and(|(_, it)| it.grade == Grade::Variant && it.score >= 0.76);
        if let Some(other) = &elsewhere
            && (!grown || other.listed >= 3)
        {
            let inside = self.region.is_none() && self.stands_in_text();
            let place = other.what.clone();
            let verdict = if inside {
                Verdict::Present
            } else {
                Verdict::Elsewhere { place }
            };
            let reasons = vec![reason("the name stands on the page", 0.9)];
            let place = Place {
                note: Some(other.what.clone()),
                ..other.place.clone()
            };
            let found = Some(other.found.clone());
            return NameAnswer {
                found,
                reasons,
                ..blank(verdict, 0.9, place)
            };
        }
        if let Some((found, likeness)) = candidate {
            let because = likeness
                .reasons
                .first()
                .map(|it| it.what.clone())
                .unwrap_or_default();
            let place = self.item_place(right.unwrap_or_default());
            let to = found.item.surface.clone();
            let verdict = if likeness.grade == Grade::Variant && likeness.score >= 0.7 {
                Verdict::Renamed {
                    to: to.clone(),
                    because,
                }
            } else if likeness.score >= 0.64 {
                let detail = format!("perhaps \"{to}\": {because}");
                Verdict::CannotTell {
                    why: Why::Perhaps,
                    detail,
                }
            } else {
                return self.missing(untold, blank);
            };
            let mut reasons = likeness.reasons;
            if let Some(other) = elsewhere {
                let what = format!(
                    "the claimed spelling stands on the page too, {}",
                    other.what
                );
                reasons.push(reason(&what, -0.1));
            }
            return NameAnswer {
                found: Some(to),
                reasons,
                ..blank(verdict, likeness.score, place)
            };
        }
        self.missing(untold, blank)
    }

    /// A name that nothing on the page is held for.
    fn missing(
        &self,
        untold: Option<&(Why, String)>,
        blank: impl Fn(Verdict, f64, Place) -> NameAnswer,
    ) -> NameAnswer {
        if let Some((why, detail)) = untold {
            let verdict = Verdict::CannotTell {
                why: *why,
                detail: detail.clone(),
            };
            return blank(verdict, 0.5, Place::default());
        }
        let (kept, all) = (self.region.map_or(0, |it| it.kept), self.keys.len().max(1));
        let score = 0.8 + 0.19 * (kept as f64 / all as f64).min(1.0);
        let extent = self.page.extent();
        let (what, note) = match self.region {
            Some(region) => {
                let lists: Vec<String> = region
                    .lists
                    .iter()
                    .take(3)
                    .filter_map(|it| self.pool.lists.get(*it))
                    .map(|it| list_name(it))
                    .collect();
                let more = region.lists.len().saturating_sub(3);
                let more = if more > 0 {
                    format!(" and {more} more")
                } else {
                    String::new()
                };
                (
                    format!("the list was found by {kept} of {all} names, and does not hold it"),
                    format!("not in {}{more}; not in {extent}", lists.join(", ")),
                )
            }
            None => (
                "the text names the others, and not it".to_owned(),
                format!("not in {extent}"),
            ),
        };
        let place = Place {
            note: Some(note),
            ..Place::default()
        };
        NameAnswer {
            reasons: vec![reason(&what, score)],
            ..blank(Verdict::Absent, score, place)
        }
    }

    fn item_place(&self, at: usize) -> Place {
        let Some(found) = self.pool.names.get(at) else {
            return Place::default();
        };
        let list = self
            .region
            .into_iter()
            .flat_map(|it| &it.lists)
            .find(|it| {
                self.pool
                    .members
                    .get(**it)
                    .is_some_and(|it| it.contains(&at))
            })
            .and_then(|it| self.pool.lists.get(*it));
        Place {
            range: found.item.range.clone(),
            css: Some(found.item.css.clone()),
            note: list.map(|it| format!("in {}", list_name(it))),
        }
    }

    /// The region's names that serve no claimed name.
    pub(super) fn new_names(
        &self,
        region: &Region,
        used: &BTreeSet<usize>,
        matches: &Matches,
    ) -> Vec<NewName> {
        let spoken_for: BTreeSet<usize> = matches
            .of
            .iter()
            .flatten()
            .filter(|(_, it)| it.grade >= Grade::Same)
            .map(|(at, _)| *at)
            .collect();
        let mut seen = BTreeSet::new();
        region
            .members(self.pool)
            .into_iter()
            .filter(|it| !used.contains(it) && !spoken_for.contains(it))
            .filter_map(|at| {
                let found = self.pool.names.get(at)?;
                let fresh = !found.key.compact.is_empty() && seen.insert(found.key.compact.clone());
                fresh.then(|| NewName {
                    name: found.item.surface.clone(),
                    place: self.item_place(at),
                })
            })
            .collect()
    }

    pub(super) fn list_found(&self, at: usize, matches: &Matches) -> Option<ListFound> {
        let (list, members) = (self.pool.lists.get(at)?, self.pool.members.get(at)?);
        let kept = matches
            .of
            .iter()
            .filter(|it| {
                it.iter()
                    .any(|(at, it)| it.grade >= Grade::Same && members.contains(at))
            })
            .count();
        Some(ListFound {
            heading: list.heading.clone(),
            container: list.container.clone(),
            fingerprint: list.fingerprint.clone(),
            strategy: list.strategy,
            size: members.len(),
            kept,
        })
    }

    /// What the next visit is to know of this one.
    pub(super) fn known(&self, region: &Region) -> Option<Known> {
        let main = self.pool.lists.get(*region.lists.first()?)?;
        let members: Vec<_> = region
            .members(self.pool)
            .into_iter()
            .filter_map(|it| self.pool.names.get(it))
            .collect();
        Some(Known {
            fingerprint: main.fingerprint.clone(),
            heading: main.heading.clone(),
            names: members.iter().map(|it| it.key.exact.clone()).collect(),
            links: members
                .iter()
                .filter_map(|it| Some((it.key.exact.clone(), it.item.href.clone()?)))
                .collect(),
        })
    }
}

/// What to call a list, whatever its length: `the list "Convening Centers"`.
pub(super) fn list_title(list: &EntityList) -> String {
    match &list.heading {
        Some(heading) => format!("the list \"{heading}\""),
        None => "a list without heading".to_owned(),
    }
}

/// What to call a list: `the list "Convening Centers" (9 names)`.
pub(super) fn list_name(list: &EntityList) -> String {
    let count = list.items.len();
    let names = if count == 1 { "name" } else { "names" };
    format!("{} ({count} {names})", list_title(list))
}

/// Whether two links lead to the same place, scheme, `www` and trailing slash apart.
fn same_link(one: &str, other: &str) -> bool {
    let bare = |it: &str| {
        let it = it
            .trim()
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .trim_start_matches("//");
        it.trim_start_matches("www.")
            .trim_end_matches('/')
            .to_lowercase()
    };
    let (one, other) = (bare(one), bare(other));
    one.len() > 3 && one == other
}
