//! Which page at work each person has open, so that two do not decide about it at once. Only in memory: nothing is recorded.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;

use crate::{clock::Instant, desk::PageId};

/// How long a page counts as open after it was shown, in minutes.
const LASTS: TimeDelta = TimeDelta::minutes(15);

/// The page that each person opened last, and when.
#[derive(Debug, Default)]
pub(super) struct Presence(Mutex<HashMap<String, (PageId, Instant)>>);

impl Presence {
    /// Notes that a person opened a page.
    pub(super) fn opened(&self, person: &str, page: &PageId, at: Instant) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(person.to_owned(), (page.clone(), at));
    }

    /// Notes that a person went back to the desk.
    pub(super) fn left(&self, person: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(person);
    }

    /// The others who have a page open, by name.
    pub(super) fn others(&self, page: &PageId, person: &str, now: Instant) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = all
            .iter()
            .filter(|(name, (open, at))| *name != person && open == page && now - *at < LASTS);
        let mut names: Vec<String> = here.map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    #[test]
    fn a_person_has_the_page_open_that_was_shown_last_and_not_for_long() {
        let presence = Presence::default();
        let at = parse_digits14("20261127090000").unwrap();
        let (one, other) = (PageId("aaaaaaaa".into()), PageId("bbbbbbbb".into()));
        presence.opened("ben", &one, at);
        presence.opened("ada", &one, at);
        assert_eq!(presence.others(&one, "ada", at), ["ben"]);
        assert!(presence.others(&other, "ada", at).is_empty());
        presence.opened("ben", &other, at);
        assert!(presence.others(&one, "ada", at).is_empty());
        assert_eq!(presence.others(&other, "ada", at), ["ben"]);
        let later = at + TimeDelta::minutes(16);
        assert!(presence.others(&other, "ada", later).is_empty());
        presence.left("ben");
        assert!(presence.others(&other, "ada", at).is_empty());
    }
}
