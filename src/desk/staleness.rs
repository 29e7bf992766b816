//! How stale an article is: one figure from 0 to 100, with its three parts.

use chrono::NaiveDate;
use serde::Serialize;

use super::Item;
use crate::{
    finding::{Conclusion, Fate, Subject, Verdict},
    profile::Profile,
};

/// The staleness of an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Staleness {
    /// 0 to 50: the share of claims all of whose references are lost, or moved without the words.
    pub lost: f64,
    /// 0 to 40: the share of names, quotations and figures that are no longer on the page, among those that can be judged.
    pub words: f64,
    /// 0 to 10: the median age of the access dates; five years and more are 10.
    pub age: f64,
}

/// The age of access dates, in days, that counts fully: 5 years.
const OLD: f64 = 5.0 * 365.25;

impl Staleness {
    /// The whole figure, from 0 to 100.
    #[must_use]
    pub fn sum(self) -> f64 {
        self.lost + self.words + self.age
    }

    /// The figure with its parts: `Staleness 31 of 100: 7 for lost references, 21 for words, 3 for age.`
    #[must_use]
    pub fn words(self) -> String {
        format!(
            "Staleness {:.0} of 100: {:.0} of 50 for claims whose references are lost, {:.0} of 40 for words that are no longer on the page, \
             {:.0} of 10 for the age of the access dates.",
            self.sum(),
            self.lost,
            self.words,
            self.age
        )
    }
}

/// The staleness of the article of `profile` on the day `today`; `items` are its findings.
#[must_use]
pub fn staleness(profile: &Profile, items: &[&Item], today: NaiveDate) -> Staleness {
    let is_lost = |number: &u32| {
        items.iter().any(|item| {
            let own =
                matches!(item.finding().subject, Subject::Reference { number: of } if of == *number);
            own && (item.finding().is_stale()
                && !matches!(item.finding().fate(), Some(Fate::Moved { .. })))
        })
    };
    let claims = profile
        .claims
        .iter()
        .filter(|claim| !claim.cites.is_empty());
    let lost = claims
        .clone()
        .filter(|claim| claim.cites.iter().all(is_lost));
    let judged = items
        .iter()
        .filter_map(|item| match &item.finding().conclusion {
            Conclusion::Verdict(
                Verdict::New | Verdict::Redesigned { .. } | Verdict::CannotTell { .. },
            )
            | Conclusion::Fate(_) => None,
            Conclusion::Verdict(_) => Some(item.finding().is_change()),
        });
    let mut ages: Vec<i64> = profile
        .references
        .iter()
        .filter_map(|reference| Some((today - reference.accessed?).num_days().max(0)))
        .collect();
    ages.sort_unstable();
    let median = ages.get(ages.len() / 2).copied().unwrap_or_default();
    let share = |some: usize, all: usize| {
        if all == 0 {
            0.0
        } else {
            some as f64 / all as f64
        }
    };
    Staleness {
        lost: 50.0 * share(lost.count(), claims.count()),
        words: 40.0
            * share(
                judged.clone().filter(|judged| *judged).count(),
                judged.count(),
            ),
        age: 10.0 * (median as f64 / OLD).min(1.0),
    }
}
