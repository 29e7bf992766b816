//! All copies of a page at work, each with the cited words in it.

use super::{
    holding::{Elsewhere, Holding, Holdings, of_words},
    sides::{Pair, day_of},
};
use crate::{
    desk::{Item, Page},
    report::Label,
    store::{Dated, StoreError},
    web::{Web, room::Now},
};

/// The most of our own copies that are listed; the page with all captures has the others.
const MOST: usize = 60;

/// A copy in the list.
pub(super) struct Kept {
    /// Its day.
    pub(super) day: String,
    /// The address that shows it; `None` if nobody can open it.
    pub(super) href: Option<String>,
    /// The archive that has it; empty for our own.
    pub(super) archive: String,
    /// What it says about the words of the chosen finding: tone, sign, word.
    pub(super) says: Option<(&'static str, &'static str, &'static str)>,
    /// The cited words in it.
    pub(super) holding: Holding,
    /// Whether it is the one to cite.
    pub(super) proposed: bool,
}

fn shown(label: Label) -> (&'static str, &'static str, &'static str) {
    (label.tone().class(), label.sign(), label.words())
}

/// Our copies of a page, the latest first, then those of other archives; `address` shows one of ours beside the latest.
pub(super) fn copies(
    (web, now): (&Web, &Now),
    (page, chosen): (&Page, Option<&Item>),
    pair: &Pair,
    address: &dyn Fn(&Dated) -> String,
) -> Result<Vec<Kept>, StoreError> {
    let holdings = Holdings::of(web, now, &page.cited)?;
    let ours = pair.all.iter().rev().filter(|copy| copy.source.is_none());
    let mut all: Vec<Kept> = ours
        .take(MOST)
        .map(|copy| Kept {
            day: day_of(copy, &pair.all),
            href: Some(address(copy)),
            archive: String::new(),
            says: chosen
                .and_then(|item| holdings.verdict(&item.finding().id, copy.date))
                .map(shown),
            holding: holdings.at(copy.date),
            proposed: false,
        })
        .collect();
    all.extend(holdings.elsewhere.iter().rev().map(|copy| {
        let view = Elsewhere::of(copy);
        Kept {
            day: view.day,
            href: view.href,
            archive: view.archive,
            says: chosen.and_then(|item| of_words(copy, item)).map(shown),
            holding: view.holding,
            proposed: view.proposed,
        }
    }));
    Ok(all)
}
