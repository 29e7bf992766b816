//! The verdict on each claimed name, from the pairing of the claim with the region.

use crate::compare::grounds::{UNSETTLED, names as grounds};
use std::collections::BTreeSet;

use super::{
    HeldIn, ListFound, NameAnswer, NewName,
    added::around,
    aligned::{has_a_word_of, is_less_of},
    key::NameKey,
    likeness::{Grade, Likeness, reason, round},
    links,
    matches::Matches,
    person::is_person,
    pool::Pool,
    region::{Known, Region},
};
use crate::{
    compare::{claim::Place, page_text::PageText, state},
    entity::{EntityList, ListKind},
    finding::{Verdict, Why},
    language::Lexicon,
    reading::{Ending, Identity, Region as Part},
};

/// A page and what was found on it, ready to be asked about each name.
pub(in crate::compare) struct Judged<'a> {
    /// The text of the page.
    pub(in crate::compare) page: &'a PageText<'a>,
    /// The names on the page.
    pub(in crate::compare) pool: &'a Pool<'a>,
    /// The keys of the claimed names, in their order.
    pub(in crate::compare) keys: &'a [NameKey],
    /// The list of the claim; `None` if none was found.
    pub(in crate::compare) region: Option<&'a Region>,
    /// The names of the region, as indices in the pool.
    pub(in crate::compare) members: BTreeSet<usize>,
    /// Whether most of the claim's names stand in running text: then the text is where they are looked for.
    pub(super) in_prose: bool,
    /// The names that the list had at an earlier visit; `None` without one.
    pub(super) before: Option<&'a BTreeSet<String>>,
}

impl<'a> Judged<'a> {
    /// Prepares the page with its region.
    pub(in crate::compare) fn of(
        page: &'a PageText<'a>,
        pool: &'a Pool<'a>,
        keys: &'a [NameKey],
        region: Option<&'a Region>,
    ) -> Self {
        let members = region
            .map(|region| region.members(pool).into_iter().collect())
            .unwrap_or_default();
        let mut it = Self {
            page,
            pool,
            keys,
            region,
            members,
            in_prose: false,
            before: None,
        };
        if region.is_none() && keys.len() >= 2 {
            let there = keys.iter().filter(|key| it.in_text(key).is_some()).count();
            it.in_prose = there >= 2 && there * 2 > keys.len();
        }
        it
    }

    /// Why names that are not found cannot be called absent.
    pub(in crate::compare) fn untold(&self, lost: Option<&str>) -> Option<(Why, String)> {
        let reading = self.page.reading;
        let listed = self.region.is_some_and(|region| region.kept >= 2);
        let why = if listed {
            state::why_beside_a_list(reading)
        } else {
            // Names in its text prove the same, as long as no sign says that it is only a part.
            let identity = if self.in_prose {
                Identity::SameText
            } else {
                Identity::Unknown
            };
            state::why(reading, identity)
        };
        if why.is_some() {
            return why;
        }
        if let Some(selector) = lost {
            return Some((
                Why::SelectorLost,
                format!("the selector `{selector}` matches nothing on the page"),
            ));
        }
        let found = |region: &&Region| region.kept > 0 || self.before.is_some();
        if let Some(region) = self.region.filter(found) {
            return self.partly(region);
        }
        if self.in_prose {
            return None;
        }
        let detail = "no list on the page contains the claimed names".to_owned();
        Some((Why::ListNotFound, detail))
    }

    /// Why the list may have more names than the page shows: the file ends in it, or a sign says that it continues.
    fn partly(&self, region: &Region) -> Option<(Why, String)> {
        let reading = self.page.reading;
        let lists = || {
            region
                .lists
                .iter()
                .filter_map(|list| self.pool.lists.get(*list))
        };
        if reading.ending == Ending::InTag {
            let ends = lists()
                .flat_map(|list| &list.items)
                .filter_map(|item| item.range.as_ref().map(|range| range.end));
            let end = ends.max().unwrap_or_default();
            let closed = reading
                .headings
                .iter()
                .any(|heading| heading.range.start >= end)
                || reading
                    .blocks
                    .iter()
                    .any(|block| block.range.start >= end && block.region == Part::Footer);
            if !closed {
                let detail =
                    "the file breaks off in the middle of a tag, after the last name of the list";
                return Some((Why::Truncated, detail.to_owned()));
            }
        }
        let listed = self.members.len();
        let more = lists().find_map(|list| reading.more_of(list, listed))?;
        let detail = format!("the page shows only part of the list: {}", more.what);
        Some((Why::PartOfList, detail))
    }

    /// The verdict on one name.
    pub(in crate::compare) fn name(
        &self,
        at: usize,
        right: Option<usize>,
        likeness: Option<Likeness>,
        untold: Option<&(Why, String)>,
    ) -> NameAnswer {
        let is_same = |likeness: &Likeness| likeness.grade >= Grade::Same;
        let same = right.filter(|_| likeness.as_ref().is_some_and(is_same));
        let key = self.keys.get(at);
        if let Some(departed) = key.and_then(|key| self.departed(key, same)) {
            return departed;
        }
        let candidate = right.zip(likeness);
        let is_alone = candidate.is_none();
        if let Some((right, likeness)) = candidate.as_ref().filter(|pair| is_same(&pair.1)) {
            return self.present(*right, likeness);
        }
        let Some(key) = key else {
            return blank(Verdict::Absent, 0.0, Place::default());
        };
        if let Some(place) = right.and_then(|right| self.over_lines(key, right)) {
            return NameAnswer {
                found: Some(key.surface.clone()),
                reasons: vec![grounds::OVER_LINES.reason()],
                ..blank(Verdict::Present, grounds::OVER_LINES.score, place)
            };
        }
        let elsewhere = self.elsewhere(key);
        // A name with fewer words is no new one where the page has the claimed one as well.
        let grown = candidate.as_ref().is_some_and(|(right, likeness)| {
            let found = self.pool.names.get(*right);
            likeness.grade == Grade::Variant
                && likeness.score >= grounds::SURELY_RENAMED
                && found.is_some_and(|name| {
                    !is_less_of(&name.key, key) && has_a_word_of(&name.item.surface, key)
                })
        });
        if let Some(other) = &elsewhere
            && (!grown || other.listed >= 3 || other.in_member)
        {
            return self.outside(other);
        }
        let is_told = untold.is_none();
        if let Some(at) = is_told.then(|| self.among_members(key)).flatten() {
            return self.perhaps(at);
        }
        let renamed = candidate.and_then(|(right, likeness)| {
            let other = elsewhere.as_ref().map(|other| other.what.as_str());
            self.perhaps_renamed(right, likeness, other)
        });
        if let Some(renamed) = renamed {
            return renamed;
        }
        let begins = || self.begins_member(key).filter(|_| is_alone);
        let perhaps = || begins().or_else(|| self.set_off_in_member(key));
        if let Some(at) = is_told.then(perhaps).flatten() {
            return self.perhaps(at);
        }
        let unread = is_told.then(|| self.unread(key)).flatten();
        unread.unwrap_or_else(|| self.missing(untold))
    }

    /// A claimed name that is the page's name at `right`.
    fn present(&self, right: usize, likeness: &Likeness) -> NameAnswer {
        let found = self.pool.names.get(right);
        NameAnswer {
            found: found.map(|name| name.item.surface.clone()),
            reasons: likeness.reasons.clone(),
            ..blank(Verdict::Present, likeness.score, self.item_place(right))
        }
    }

    /// A claimed name for which the list has another, like it; `elsewhere`: where the claimed spelling is as well.
    fn perhaps_renamed(
        &self,
        right: usize,
        likeness: Likeness,
        elsewhere: Option<&str>,
    ) -> Option<NameAnswer> {
        let to = self.pool.names.get(right)?.item.surface.clone();
        let first = likeness.reasons.first();
        let because = first.map(|reason| reason.what.clone()).unwrap_or_default();
        let verdict = if likeness.grade == Grade::Variant && likeness.score >= grounds::RENAMED {
            Verdict::Renamed {
                to: to.clone(),
                because,
            }
        } else if likeness.score >= grounds::CANDIDATE {
            Verdict::CannotTell {
                why: Why::Perhaps,
                detail: format!("perhaps \"{to}\": {because}"),
            }
        } else {
            return None;
        };
        let mut reasons = likeness.reasons;
        if let Some(what) = elsewhere {
            let what = format!("the claimed spelling is on the page, too, {what}");
            reasons.push(grounds::BOTH_SPELLINGS.saying(&what));
        }
        Some(NameAnswer {
            found: Some(to),
            reasons,
            ..blank(verdict, likeness.score, self.item_place(right))
        })
    }

    /// A name that the list's name at `at` begins with.
    pub(super) fn perhaps(&self, at: usize) -> NameAnswer {
        let there = self
            .pool
            .names
            .get(at)
            .map(|name| name.item.surface.clone());
        let detail = format!("perhaps \"{}\"", there.clone().unwrap_or_default());
        let verdict = Verdict::CannotTell {
            why: Why::Perhaps,
            detail,
        };
        NameAnswer {
            found: there,
            ..blank(verdict, grounds::PERHAPS, self.item_place(at))
        }
    }

    /// A name that nothing on the page is held for.
    fn missing(&self, untold: Option<&(Why, String)>) -> NameAnswer {
        if let Some((why, detail)) = untold {
            let verdict = Verdict::CannotTell {
                why: *why,
                detail: detail.clone(),
            };
            return blank(verdict, UNSETTLED, Place::default());
        }
        let (kept, all) = (
            self.region.map_or(0, |region| region.kept),
            self.keys.len().max(1),
        );
        let [least, by_kept] = grounds::MISSING;
        let score = least + by_kept * (kept as f64 / all as f64).min(1.0);
        let extent = self.page.extent();
        let (what, note) = match self.region {
            Some(region) => {
                let lists: Vec<String> = region
                    .lists
                    .iter()
                    .take(3)
                    .filter_map(|list| self.pool.lists.get(*list))
                    .map(|it| list_name(it))
                    .collect();
                let more = region.lists.len().saturating_sub(3);
                let more = if more > 0 {
                    format!(" and {more} more")
                } else {
                    String::new()
                };
                (
                    format!("the list was found by {kept} of {all} names, and does not contain it"),
                    format!("not in {}{more}; not in {extent}", lists.join(", ")),
                )
            }
            None => (
                "the text names the others, but not this one".to_owned(),
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

    /// The lists of names that contain a claimed name where the page has it; those of the claim come first.
    pub(in crate::compare) fn held_in(
        &self,
        at: usize,
        right: Option<usize>,
        verdict: &Verdict,
    ) -> Vec<HeldIn> {
        if !matches!(verdict, Verdict::Present | Verdict::Elsewhere { .. }) {
            return Vec::new();
        }
        let Some(key) = self.keys.get(at) else {
            return Vec::new();
        };
        let names = self.pool.names.iter().enumerate();
        let same = names.filter(|(at, name)| Some(*at) == right || key.is_spelt_as(&name.key));
        let listed: BTreeSet<usize> = same
            .filter_map(|(at, _)| self.pool.held_by.get(at))
            .flatten()
            .copied()
            .collect();
        let own = self
            .region
            .map_or(&[][..], |region| region.lists.as_slice());
        let (first, rest): (Vec<usize>, Vec<usize>) =
            listed.into_iter().partition(|word| own.contains(word));
        first
            .into_iter()
            .chain(rest)
            .filter_map(|at| self.pool.lists.get(at))
            .filter(|it| it.kind == ListKind::Names)
            .map(|it| HeldIn {
                heading: it.heading.clone(),
                container: it.container.clone(),
                size: it.items.len(),
            })
            .collect()
    }

    /// The place of an item.
    pub(in crate::compare) fn item_place(&self, at: usize) -> Place {
        let Some(found) = self.pool.names.get(at) else {
            return Place::default();
        };
        let list = self
            .region
            .into_iter()
            .flat_map(|it| &it.lists)
            .find(|list| {
                self.pool
                    .members
                    .get(**list)
                    .is_some_and(|member| member.contains(&at))
            })
            .and_then(|list| self.pool.lists.get(*list));
        Place {
            range: found.item.range.clone(),
            css: Some(found.item.css.clone()),
            note: list.map(|list| format!("in {}", list_name(list))),
        }
    }

    /// The names of the region that match no claimed name.
    pub(in crate::compare) fn new_names(
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
            .filter(|member| !used.contains(member) && !spoken_for.contains(member))
            .filter_map(|at| {
                let found = self.pool.names.get(at)?;
                // A line with a claimed person in it, or an office alone, is no new name.
                let text = &found.key.exact;
                let holds = |key: &NameKey| is_person(key) && around(&key.exact, text).is_some();
                let fresh = !found.key.compact.is_empty()
                    && !Lexicon::is_role(text)
                    && !self.keys.iter().any(holds)
                    && seen.insert(found.key.compact.clone());
                fresh.then(|| NewName {
                    name: found.item.surface.clone(),
                    place: self.item_place(at),
                })
            })
            .collect()
    }

    /// The list of an item, and how many claimed names it has.
    pub(in crate::compare) fn list_found(&self, at: usize, matches: &Matches) -> Option<ListFound> {
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

    /// What the next visit has to know about this one.
    pub(in crate::compare) fn known(&self, region: &Region) -> Option<Known> {
        let main = self.pool.lists.get(*region.lists.first()?)?;
        let members: Vec<_> = region
            .members(self.pool)
            .into_iter()
            .filter_map(|member| self.pool.names.get(member))
            .collect();
        Some(Known {
            fingerprint: main.fingerprint.clone(),
            heading: main.heading.clone(),
            names: members
                .iter()
                .map(|member| member.key.exact.clone())
                .collect(),
            links: links::links_of(&members),
            pictures: links::pictures_of(&members),
            order: members
                .iter()
                .map(|member| member.key.exact.clone())
                .collect(),
        })
    }
}

/// An answer that says no more than its verdict.
pub(super) fn blank(verdict: Verdict, score: f64, place: Place) -> NameAnswer {
    NameAnswer {
        claimed: String::new(),
        verdict,
        found: None,
        score: round(score),
        reasons: Vec::new(),
        place,
        held_in: Vec::new(),
    }
}

/// What to call a list, whatever its length: `the list "Convening Centers"`.
pub(in crate::compare) fn list_title(list: &EntityList) -> String {
    match &list.heading {
        Some(heading) => format!("the list \"{heading}\""),
        None => "a list without heading".to_owned(),
    }
}

/// The name of a list in messages: `the list "Convening Centers" (9 names)`.
pub(in crate::compare) fn list_name(list: &EntityList) -> String {
    let count = list.items.len();
    let names = if count == 1 { "name" } else { "names" };
    format!("{} ({count} {names})", list_title(list))
}
