//! Which of the claimed names a page lists: the list found by the names, the names paired with its members, what is left told apart.

use std::{collections::BTreeSet, ops::Range};

use super::{
    Scope,
    assignment::{self, Pair},
    likeness::{Grade, Likeness, reason, round},
    name_key::NameKey,
    page_text::PageText,
    region::{self, Known, Matches, Pool, Region},
    split,
    state,
};
use crate::{
    entity::{EntityList, ListKind, Strategy},
    finding::{Reason, Verdict, Why},
    profile::{Alias, ListedName},
    reading::Reading,
    text::fold,
};

/// What a page says about a claim's names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamesAnswer {
    /// One answer for each claimed name, in the order of the claim; an ambiguous stretch gives as many as the page decides.
    pub names: Vec<NameAnswer>,
    /// The names that the page lists beside the claimed ones.
    pub new: Vec<NewName>,
    /// The lists that were held for the claim's, the one with most of the names first; empty where none was found.
    pub lists: Vec<ListFound>,
    /// Why nothing can be said of names that were not found, where that is so.
    pub untold: Option<(Why, String)>,
}

/// What a page says about one claimed name.
#[derive(Clone, Debug, PartialEq)]
pub struct NameAnswer {
    /// The name as the claim spells it.
    pub claimed: String,
    /// What the page says.
    pub verdict: Verdict,
    /// The name as the page spells it, where it was found or one is held for it.
    pub found: Option<String>,
    /// How sure the verdict is, 0 to 1.
    pub score: f64,
    /// Why, strongest first.
    pub reasons: Vec<Reason>,
    /// Where it was found, or where it was looked for.
    pub place: Place,
}

/// A name that the page lists and the claim does not.
#[derive(Clone, Debug, PartialEq)]
pub struct NewName {
    /// The name as the page spells it.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

/// A place on a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Its bytes in the reading's text.
    pub range: Option<Range<usize>>,
    /// The element that holds it.
    pub css: Option<String>,
    /// Where that is, for people: `in the list "Convening Centers" (9 names)`.
    pub note: Option<String>,
}

/// A list that was held for the claim's.
#[derive(Clone, Debug, PartialEq)]
pub struct ListFound {
    /// Its heading.
    pub heading: Option<String>,
    /// The selector of its container.
    pub container: String,
    /// The shape of its items.
    pub fingerprint: String,
    /// What found it.
    pub strategy: Strategy,
    /// How many names it holds.
    pub size: usize,
    /// How many of the claimed names it holds.
    pub kept: usize,
}

/// What a page says about the claimed names, by what is known of the page alone.
#[must_use]
pub fn names(claimed: &[ListedName], reading: &Reading, scope: Scope<'_>, aliases: &[Alias]) -> NamesAnswer {
    judge(claimed, reading, scope, aliases, None).0
}

/// The same with what an earlier visit knew; and what the next visit is to know.
pub(super) fn judge(
    claimed: &[ListedName],
    reading: &Reading,
    scope: Scope<'_>,
    aliases: &[Alias],
    known: Option<&Known>,
) -> (NamesAnswer, Option<Known>) {
    let page = PageText::of(reading);
    let pool = Pool::of(&reading.lists);
    let units = split::decide(claimed, &pool, &page);
    let keys: Vec<NameKey> = units.iter().map(|it| NameKey::of(&it.name)).collect();
    let mut matches = Matches::of(&keys, &pool);
    apply(aliases, &keys, &pool, &mut matches);
    let lost = scope.selector.filter(|it| reading.lost_selectors.iter().any(|lost| lost == it));
    let region = if state::is_opaque(reading.state) || lost.is_some() {
        None
    } else {
        region::find(keys.len(), &pool, &matches, &page, scope, known)
    };
    let judged = Judged { page: &page, pool: &pool, keys: &keys, region: region.as_ref(), known, aliases };
    let untold = judged.untold(lost);
    let pairs = judged.pair(&matches);
    let mut answer = NamesAnswer { untold: untold.clone(), ..NamesAnswer::default() };
    let mut used = BTreeSet::new();
    for (at, unit) in units.iter().enumerate() {
        let pair = pairs.iter().find(|it| it.left == at);
        let likeness = pair.and_then(|it| judged.likeness(&matches, it));
        let mut one = judged.name(at, pair.map(|it| it.right), likeness, untold.as_ref());
        one.claimed.clone_from(&unit.name);
        one.reasons.extend(unit.reason.clone());
        let takes = matches!(one.verdict, Verdict::Present | Verdict::Renamed { .. } | Verdict::Elsewhere { .. });
        let perhaps = matches!(one.verdict, Verdict::CannotTell { why: Why::Perhaps, .. });
        if let Some(pair) = pair
            && (takes || perhaps)
        {
            used.insert(pair.right);
        }
        answer.names.push(one);
    }
    if let Some(region) = &region {
        answer.new = judged.new_names(region, &used, &matches);
        answer.lists = region.lists.iter().filter_map(|it| judged.list_found(*it, &matches)).collect();
    }
    let next = region.as_ref().and_then(|it| judged.known(it));
    (answer, next)
}

/// Decided spellings: the same is the same, and what is not is no candidate.
fn apply(aliases: &[Alias], keys: &[NameKey], pool: &Pool<'_>, matches: &mut Matches) {
    for alias in aliases {
        let (one, other) = (fold(&alias.name), fold(&alias.other));
        for (at, key) in keys.iter().enumerate() {
            let name = fold(&key.surface);
            let wanted = match &name {
                it if *it == one => &other,
                it if *it == other => &one,
                _ => continue,
            };
            let Some(of) = matches.of.get_mut(at) else { continue };
            let is_meant = |place: usize| pool.names.get(place).is_some_and(|it| fold(&it.key.surface) == *wanted);
            of.retain(|(place, _)| !is_meant(*place));
            if alias.same
                && let Some(place) = (0..pool.names.len()).find(|it| is_meant(*it))
            {
                let reasons = vec![reason("a reviewer held the two names for the same", 1.0)];
                of.push((place, Likeness { grade: Grade::Same, score: 0.99, reasons }));
            }
        }
    }
}

/// A page and what was found on it, ready to be asked about each name.
struct Judged<'a> {
    page: &'a PageText<'a>,
    pool: &'a Pool<'a>,
    keys: &'a [NameKey],
    region: Option<&'a Region>,
    known: Option<&'a Known>,
    aliases: &'a [Alias],
}

impl Judged<'_> {
    /// Why names that are not found cannot be called absent.
    fn untold(&self, lost: Option<&str>) -> Option<(Why, String)> {
        if let Some(why) = state::why(self.page.reading) {
            return Some(why);
        }
        if let Some(selector) = lost {
            return Some((Why::SelectorLost, format!("the selector `{selector}` matches nothing on the page")));
        }
        if self.region.is_some() || self.stands_in_text() {
            return None;
        }
        let detail = format!("no list on the page holds the claimed names; looked through {}", self.page.extent());
        Some((Why::ListNotFound, detail))
    }

    /// Whether the claim's names stand in running text, most of them: then the text is where they are looked for.
    fn stands_in_text(&self) -> bool {
        let there = self.keys.iter().filter(|it| self.in_text(it).is_some()).count();
        self.keys.len() >= 2 && there >= 2 && there * 2 > self.keys.len()
    }

    /// The best pairing of claimed names with the region's names.
    fn pair(&self, matches: &Matches) -> Vec<Pair> {
        let Some(region) = self.region else { return Vec::new() };
        let members: BTreeSet<usize> = region.members(self.pool).into_iter().collect();
        let mut pairs = Vec::new();
        for (left, of) in matches.of.iter().enumerate() {
            for (right, likeness) in of.iter().filter(|(it, _)| members.contains(it)) {
                let worth = likeness.worth() + self.past_evidence(left, *right).map_or(0.0, |it| it.weight / 4.0);
                pairs.push(Pair { left, right: *right, worth });
            }
        }
        for (left, right) in self.linked(&members) {
            if !pairs.iter().any(|it| it.left == left && it.right == right) {
                pairs.push(Pair { left, right, worth: 1.5 });
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
        let (Some(key), Some(found)) = (self.keys.get(left), self.pool.names.get(right)) else { return true };
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
        let had = known.links.iter().any(|(name, it)| *name == key.exact && same_link(it, href));
        let shared = known.links.iter().filter(|(_, it)| same_link(it, href)).count() > 1;
        (!was_there && had && !shared).then(|| reason("it has the link that the claimed name had", 0.9))
    }

    fn likeness(&self, matches: &Matches, pair: &Pair) -> Option<Likeness> {
        let by_name = matches.of.get(pair.left)?.iter().find(|(it, _)| *it == pair.right).map(|(_, it)| it.clone());
        let Some(past) = self.past_evidence(pair.left, pair.right) else { return by_name };
        let mut it = by_name.unwrap_or(Likeness { grade: Grade::Near, score: 0.5, reasons: Vec::new() });
        if it.grade < Grade::Same {
            it.grade = Grade::Variant;
            it.score = it.score.max(0.9);
            it.reasons.insert(0, past);
        }
        Some(it)
    }

    /// The verdict on one name.
    fn name(
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
            return NameAnswer { found, reasons: likeness.reasons.clone(), ..blank(Verdict::Present, likeness.score, place) };
        }
        let Some(key) = self.keys.get(at) else {
            return blank(Verdict::Absent, 0.0, Place::default());
        };
        let readable = !state::is_opaque(self.page.reading.state);
        if readable && let Some((found, place, what)) = self.elsewhere(key) {
            let inside = self.region.is_none() && self.stands_in_text();
            let verdict = if inside { Verdict::Present } else { Verdict::Elsewhere { place: what.clone() } };
            let reasons = vec![reason("the name stands on the page", 0.9)];
            let place = Place { note: Some(what), ..place };
            return NameAnswer { found: Some(found), reasons, ..blank(verdict, 0.9, place) };
        }
        if let Some((found, likeness)) = candidate {
            let because = likeness.reasons.first().map(|it| it.what.clone()).unwrap_or_default();
            let place = self.item_place(right.unwrap_or_default());
            let to = found.item.surface.clone();
            let verdict = if likeness.grade == Grade::Variant && likeness.score >= 0.7 {
                Verdict::Renamed { to: to.clone(), because }
            } else if likeness.score >= 0.64 {
                let detail = format!("perhaps \"{to}\": {because}");
                Verdict::CannotTell { why: Why::Perhaps, detail }
            } else {
                return self.missing(untold, blank);
            };
            return NameAnswer { found: Some(to), reasons: likeness.reasons, ..blank(verdict, likeness.score, place) };
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
            let verdict = Verdict::CannotTell { why: *why, detail: detail.clone() };
            return blank(verdict, 0.5, Place::default());
        }
        let (kept, all) = (self.region.map_or(0, |it| it.kept), self.keys.len().max(1));
        let score = 0.8 + 0.19 * (kept as f64 / all as f64).min(1.0);
        let extent = self.page.extent();
        let (what, note) = match self.region {
            Some(region) => {
                let lists: Vec<String> =
                    region.lists.iter().take(3).filter_map(|it| self.pool.lists.get(*it)).map(|it| list_name(it)).collect();
                let more = region.lists.len().saturating_sub(3);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                (
                    format!("the list was found by {kept} of {all} names, and does not hold it"),
                    format!("not in {}{more}; not in {extent}", lists.join(", ")),
                )
            }
            None => ("the text names the others, and not it".to_owned(), format!("not in {extent}")),
        };
        let place = Place { note: Some(note), ..Place::default() };
        NameAnswer { reasons: vec![reason(&what, score)], ..blank(Verdict::Absent, score, place) }
    }

    /// A name outside the region: in another list, or in the text.
    fn elsewhere(&self, key: &NameKey) -> Option<(String, Place, String)> {
        let members = self.region.map(|it| it.members(self.pool)).unwrap_or_default();
        for (list, places) in self.pool.lists.iter().zip(&self.pool.members) {
            if list.kind != ListKind::Names {
                continue;
            }
            let found = places.iter().filter(|it| !members.contains(it)).find(|it| {
                self.pool.names.get(**it).is_some_and(|it| {
                    it.key.exact == key.exact || !key.is_short() && it.key.compact == key.compact && it.key.form == key.form
                })
            });
            if let Some(found) = found.and_then(|it| self.pool.names.get(*it)) {
                let place = Place { range: found.item.range.clone(), css: Some(found.item.css.clone()), note: None };
                return Some((found.item.surface.clone(), place, format!("in {}", list_name(list))));
            }
        }
        let range = self.in_text(key)?;
        let found = crate::text::one_line(self.page.reading.text.get(range.clone())?);
        let what = self.page.place(&range);
        Some((found, Place { range: Some(range), ..Place::default() }, what))
    }

    /// The first place in the text where the name stands for itself, not as part of a longer name.
    fn in_text(&self, key: &NameKey) -> Option<Range<usize>> {
        let single = key.tokens.len() < 2 || key.is_short();
        let bare = without_article(&key.surface);
        let body = bare.split(['(', '[']).next().unwrap_or_default().trim();
        let mut spellings = vec![bare, body];
        let swapped = if bare.contains('&') { bare.replace('&', "and") } else { bare.replace(" and ", " & ") };
        spellings.push(&swapped);
        let text = &self.page.reading.text;
        spellings.into_iter().filter(|it| it.chars().count() >= 2).find_map(|spelling| {
            self.page.find(spelling).into_iter().find(|range| {
                let there = text.get(range.clone()).unwrap_or_default();
                !there.contains('\n')
                    && !self.inside_longer_name(range, key)
                    && (!single || same_case(there, spelling) && !beside_capital(text, range))
            })
        })
    }

    /// Whether the place lies inside a listed name that is longer and another one.
    fn inside_longer_name(&self, range: &Range<usize>, key: &NameKey) -> bool {
        self.pool.lists.iter().flat_map(|it| &it.items).any(|it| {
            it.range.as_ref().is_some_and(|item| {
                item.start <= range.start
                    && item.end >= range.end
                    && item.len() > range.len()
                    && item.len() < range.len() + 60
                    && NameKey::of(&it.surface).compact != key.compact
            })
        })
    }

    fn item_place(&self, at: usize) -> Place {
        let Some(found) = self.pool.names.get(at) else { return Place::default() };
        let list = self
            .region
            .into_iter()
            .flat_map(|it| &it.lists)
            .find(|it| self.pool.members.get(**it).is_some_and(|it| it.contains(&at)))
            .and_then(|it| self.pool.lists.get(*it));
        Place {
            range: found.item.range.clone(),
            css: Some(found.item.css.clone()),
            note: list.map(|it| format!("in {}", list_name(it))),
        }
    }

    /// The region's names that serve no claimed name.
    fn new_names(&self, region: &Region, used: &BTreeSet<usize>, matches: &Matches) -> Vec<NewName> {
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
                fresh.then(|| NewName { name: found.item.surface.clone(), place: self.item_place(at) })
            })
            .collect()
    }

    fn list_found(&self, at: usize, matches: &Matches) -> Option<ListFound> {
        let (list, members) = (self.pool.lists.get(at)?, self.pool.members.get(at)?);
        let kept = matches
            .of
            .iter()
            .filter(|it| it.iter().any(|(at, it)| it.grade >= Grade::Same && members.contains(at)))
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
    fn known(&self, region: &Region) -> Option<Known> {
        let main = self.pool.lists.get(*region.lists.first()?)?;
        let members: Vec<_> = region.members(self.pool).into_iter().filter_map(|it| self.pool.names.get(it)).collect();
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

/// What to call a list: `the list "Convening Centers" (9 names)`.
pub(super) fn list_name(list: &EntityList) -> String {
    let count = list.items.len();
    let names = if count == 1 { "name" } else { "names" };
    match &list.heading {
        Some(heading) => format!("the list \"{heading}\" ({count} {names})"),
        None => format!("a list without heading ({count} {names})"),
    }
}

/// Whether two links lead to the same place, scheme, `www` and trailing slash apart.
fn same_link(one: &str, other: &str) -> bool {
    let bare = |it: &str| {
        let it = it.trim().trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("//");
        it.trim_start_matches("www.").trim_end_matches('/').to_lowercase()
    };
    let (one, other) = (bare(one), bare(other));
    one.len() > 3 && one == other
}

fn without_article(name: &str) -> &str {
    let Some((first, rest)) = name.split_once(' ') else { return name };
    if first.eq_ignore_ascii_case("the") && !rest.trim().is_empty() { rest } else { name }
}

/// Whether a passage has the capitals of a name, or is all capitals.
fn same_case(there: &str, name: &str) -> bool {
    let upper = |it: &str| it.chars().filter(|it| it.is_uppercase()).count();
    upper(there) >= upper(name)
}

/// Whether the words beside a place, in the same phrase, are written as a name's: then the place is part of another name.
fn beside_capital(text: &str, range: &Range<usize>) -> bool {
    let after = text.get(range.end..).unwrap_or_default();
    let before = text.get(..range.start).unwrap_or_default();
    let next = after.strip_prefix(' ').and_then(|it| it.chars().next());
    let last = before.strip_suffix(' ').and_then(|it| it.split(|it: char| it.is_whitespace()).next_back());
    let is_name = |it: &str| {
        it.chars().next().is_some_and(char::is_uppercase) && it.chars().next_back().is_some_and(char::is_alphanumeric)
            && !matches!(it, "The" | "A" | "An" | "And" | "In" | "At" | "By" | "With" | "For" | "From" | "Of")
    };
    next.is_some_and(char::is_uppercase) || last.is_some_and(is_name)
}
