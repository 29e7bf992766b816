//! Claimed names that the page marks as departed: struck out, labelled, or in a list of former ones.

use super::{
    NameAnswer,
    judged::{Judged, list_title},
    key::NameKey,
    left,
};
use crate::compare::grounds::names as grounds;
use crate::{compare::claim::Place, entity::ListKind, finding::Verdict};

impl Judged<'_> {
    /// What the page says about a departed name; `right` is the name of the list that matches it.
    pub(in crate::compare) fn departed(
        &self,
        key: &NameKey,
        right: Option<usize>,
    ) -> Option<NameAnswer> {
        let region = self.region?;
        let main = self.pool.lists.get(*region.lists.first()?)?;
        let from = main.heading.clone().unwrap_or_else(|| list_title(main));
        let marked = || {
            let mut members = right.into_iter().chain(self.members.iter().copied());
            let (at, said) = members.find_map(|at| Some((at, self.said_beside(key, at)?)))?;
            Some((at, format!("marked “{said}”")))
        };
        let struck = || {
            let at = right.filter(|right| self.is_struck(*right) && !self.is_all_struck())?;
            Some((at, "struck out".to_owned()))
        };
        if let Some((at, to)) = struck().or_else(marked) {
            let what = format!("the page has it {to}");
            let found = self
                .pool
                .names
                .get(at)
                .map(|name| name.item.surface.clone());
            return Some(answer(from, to, found, &what, self.item_place(at)));
        }
        if left::is_of_former(&from) || right.is_some() {
            return None;
        }
        let mut names = self.pool.names.iter().enumerate();
        let (at, found, list) = names.find_map(|(at, name)| {
            if !key.is_spelt_as(&name.key) {
                return None;
            }
            let mut lists = self.pool.held_by.get(at)?.iter();
            let former = |list: &&usize| {
                self.pool.lists.get(**list).is_some_and(|list| {
                    list.kind == ListKind::Names
                        && list.heading.as_deref().is_some_and(left::is_of_former)
                })
            };
            Some((at, name.item, *lists.find(former)?))
        })?;
        let was_there = self.before.is_some_and(|names| names.contains(&key.exact));
        if !was_there && self.are_all_claimed(list) {
            return Some(self.perhaps(at));
        }
        let list = self.pool.lists.get(list)?;
        let place = Place {
            range: found.range.clone(),
            css: Some(found.css.clone()),
            note: Some(format!("in {}", list_title(list))),
        };
        let to = list.heading.clone().unwrap_or_default();
        let what = "it is in a list of former ones";
        Some(answer(from, to, Some(found.surface.clone()), what, place))
    }

    /// Whether all of several names of a list are claimed: then the claim may be about the former members, too.
    fn are_all_claimed(&self, list: usize) -> bool {
        let members = self.pool.members.get(list).map_or(&[][..], Vec::as_slice);
        let claimed = |at: &usize| {
            let name = self.pool.names.get(*at);
            name.is_some_and(|name| self.keys.iter().any(|key| key.is_spelt_as(&name.key)))
        };
        members.len() > 1 && members.iter().all(claimed)
    }

    /// What is written beside the list's name at `at`, if that is the claimed one and left.
    fn said_beside(&self, key: &NameKey, at: usize) -> Option<String> {
        let found = self.pool.names.get(at)?;
        if !found.item.surface.starts_with(key.surface.as_str()) {
            return None;
        }
        // A reader of lists leaves out what stands in brackets behind a name where it is a date.
        let aside = found.item.range.as_ref().and_then(|range| {
            let text = &self.page.reading.text;
            let behind = text.get(range.end..)?.strip_prefix(" (")?;
            let inside = behind.split([')', '\n']).next()?;
            Some(format!("{} ({inside}", key.surface))
        });
        let said = left::beside(&found.item.surface, &key.surface);
        said.or_else(|| left::beside(&aside?, &key.surface))
    }

    fn is_struck(&self, at: usize) -> bool {
        let range = self
            .pool
            .names
            .get(at)
            .and_then(|name| name.item.range.as_ref());
        range.is_some_and(|range| left::is_struck(self.page.reading, range))
    }

    /// Whether most of the list is struck out: then this is only its style.
    fn is_all_struck(&self) -> bool {
        let struck = self
            .members
            .iter()
            .filter(|member| self.is_struck(**member));
        struck.count() * 2 > self.members.len()
    }
}

fn answer(from: String, to: String, found: Option<String>, what: &str, place: Place) -> NameAnswer {
    NameAnswer {
        claimed: String::new(),
        verdict: Verdict::MovedList { from, to },
        found,
        score: grounds::OF_FORMER_LIST.score,
        reasons: vec![grounds::OF_FORMER_LIST.saying(what)],
        place,
        held_in: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        compare::{Scope, names, testing::listing},
        finding::Verdict,
        profile::ListedName,
    };

    fn said(lists: &[(&str, &[&str])], struck: &str) -> Vec<Verdict> {
        let claimed = [
            "Bell Alliance",
            "Elm House",
            "Mill Trust",
            "Stone Fund",
            "Birch Society",
        ];
        let mut page = listing(lists, "The alliance meets in the harbor hall each spring.");
        if let Some(at) = page.text.find(struck).filter(|_| !struck.is_empty()) {
            page.struck.push(at..at + struck.len());
        }
        let claimed: Vec<ListedName> = claimed
            .iter()
            .map(|claimed| ListedName::One((*claimed).to_owned()))
            .collect();
        let answer = names(&claimed, &page, Scope::default(), &[]);
        answer.names.into_iter().map(|name| name.verdict).collect()
    }

    #[test]
    fn names_that_the_page_says_have_left_are_not_present() {
        let all = ["Bell Alliance", "Elm House", "Mill Trust", "Stone Fund"];
        let with = |last| [all.as_slice(), &[last]].concat();
        let to = |verdicts: Vec<Verdict>| match &verdicts[4] {
            Verdict::MovedList { to, .. } => to.clone(),
            other => format!("{other:?}"),
        };
        assert_eq!(
            to(said(
                &[("Partners", &with("Birch Society"))],
                "Birch Society"
            )),
            "struck out"
        );
        let marked = with("Birch Society – withdrew in 2023");
        assert_eq!(
            to(said(&[("Partners", &marked)], "")),
            "marked “withdrew in 2023”"
        );
        let lists: [(&str, &[&str]); 2] = [
            ("Partners", &all),
            ("Former partners", &["Birch Society", "River Keepers"]),
        ];
        assert_eq!(to(said(&lists, "")), "Former partners");
    }
}
