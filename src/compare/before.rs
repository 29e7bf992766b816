//! What is known from the good visits of a page, to judge what is missing at a later one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    names::NamesAnswer,
    page::Page,
    proof::{Judgement, Kinship, Portrait},
};
use crate::{
    clock::Instant,
    finding::{Verdict, Why},
    reading::{Identity, Reading},
};

/// What is remembered from the good visits of a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Before {
    /// The content of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    portrait: Option<Portrait>,
    /// Its address: the key of the address at the end of the visit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    at: String,
    /// The first visit that brought a page without the end tag that earlier ones had, with the letters of its main part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unclosed: Option<(Instant, usize)>,
    /// The claimed names that were missing from its list, by index.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    missing: BTreeSet<usize>,
    /// The claimed names that have disappeared from its list and come back, by index.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    returned: BTreeSet<usize>,
}

impl Before {
    /// Why nothing can be called gone from this page: another page is there now, or the page was truncated.
    pub(super) fn objection<'a>(
        &self,
        page: &Page<'a>,
        reading: &'a Reading,
    ) -> Option<(Why, String)> {
        let judgement = self.judgement(page, reading)?;
        if let Some(cut) = &judgement.cut
            && !self.ends_so(page, reading)
        {
            return Some((Why::Truncated, cut.clone()));
        }
        let elsewhere = self.at != address(page);
        let objection = judgement.objection(elsewhere)?;
        Some((Why::AnotherPage, objection))
    }

    /// Whether the page now ends without an end tag regularly: an earlier visit ended the same way, with no more text. Two transfers are not
    /// truncated at the same place.
    fn ends_so<'a>(&self, page: &Page<'a>, reading: &'a Reading) -> bool {
        let letters = page.sketch(reading).letters();
        self.unclosed
            .is_some_and(|unclosed| page.date() > Some(unclosed.0) && letters >= unclosed.1)
    }

    /// Records that a page came without its end tag, if it is the first.
    fn note_end<'a>(&mut self, page: &Page<'a>, reading: &'a Reading) {
        let cut = self
            .judgement(page, reading)
            .is_some_and(|judgement| judgement.cut.is_some());
        if cut && let Some(date) = page.date() {
            let letters = page.sketch(reading).letters();
            self.unclosed.get_or_insert((date, letters));
        }
    }

    /// What a page has in common with the earlier ones; `None` if nothing is known about them.
    pub(super) fn kinship<'a>(&self, page: &Page<'a>, reading: &'a Reading) -> Option<Kinship> {
        Some(self.judgement(page, reading)?.kinship)
    }

    /// What shows that this is the page that had the claimed words.
    pub(super) fn identity<'a>(&self, page: &Page<'a>, reading: &'a Reading) -> Identity {
        let same = self.judgement(page, reading).is_some_and(|it| {
            it.same_text && it.cut.is_none() && !it.translated && self.at == address(page)
        });
        if same {
            Identity::SameText
        } else {
            Identity::Unknown
        }
    }

    fn judgement<'a>(&self, page: &Page<'a>, reading: &'a Reading) -> Option<Judgement> {
        let portrait = self.portrait.as_ref()?;
        Some(portrait.knows(page.sketch(reading)))
    }

    /// Remembers the page, if it is a good one; `is_it` says that the claimed content is on it.
    pub(super) fn learn<'a>(&mut self, page: &Page<'a>, reading: &'a Reading, is_it: bool) {
        if !is_it && self.objection(page, reading).is_some() {
            self.note_end(page, reading);
            return;
        }
        if let Some(portrait) = Portrait::of(page.sketch(reading), is_it) {
            self.portrait = Some(portrait);
            self.unclosed = None;
            self.at = address(page);
        }
    }

    /// Removes from an answer about names what the past of the page does not support, and remembers the page.
    ///
    /// A list with two of the names proves that this is the requested page, but not that the page is complete.
    pub(super) fn weigh<'a>(
        &mut self,
        answer: &mut NamesAnswer,
        page: &Page<'a>,
        reading: &'a Reading,
    ) {
        let listed = answer.lists.iter().any(|list| list.kept >= 2);
        let objection = self
            .objection(page, reading)
            .filter(|(why, _)| !listed || *why == Why::Truncated);
        for name in &mut answer.names {
            name.verdict = proven(name.verdict.clone(), objection.as_ref());
        }
        if objection.is_some() {
            self.note_end(page, reading);
            return;
        }
        self.learn(page, reading, listed);
        self.note_returns(answer);
    }

    /// A name that disappeared from the list and came back may do so again. If several have, the list shows varying selections, and
    /// any missing name may come back.
    fn note_returns(&mut self, answer: &mut NamesAnswer) {
        for (at, name) in answer.names.iter_mut().enumerate() {
            match name.verdict {
                Verdict::Present if self.missing.remove(&at) => _ = self.returned.insert(at),
                Verdict::Absent => _ = self.missing.insert(at),
                _ => {}
            }
        }
        if !self.returned.is_empty() {
            let detail = "names have gone from the list before and come back";
            let rotates = self.returned.len() > 1;
            for (at, name) in answer.names.iter_mut().enumerate() {
                if name.verdict == Verdict::Absent && (rotates || self.returned.contains(&at)) {
                    name.verdict = Verdict::CannotTell {
                        why: Why::PartOfList,
                        detail: detail.to_owned(),
                    };
                }
            }
        }
    }
}

/// A verdict, as far as the past of the page supports it.
pub(super) fn proven(verdict: Verdict, objection: Option<&(Why, String)>) -> Verdict {
    let gone = matches!(
        verdict,
        Verdict::Absent
            | Verdict::Altered { .. }
            | Verdict::Renamed { .. }
            | Verdict::Merged { .. }
            | Verdict::Split { .. }
    );
    match objection {
        Some((why, detail)) if gone => Verdict::CannotTell {
            why: *why,
            detail: detail.clone(),
        },
        _ => verdict,
    }
}

/// The key of the address at the end of a visit.
fn address(page: &Page<'_>) -> String {
    let last = page.visited.hops.last();
    last.map_or_else(String::new, |last| last.target_uri.surt().to_string())
}
