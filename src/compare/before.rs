//! What the good visits of a page left behind, by which the silence of a later one is weighed.

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
    reading::Reading,
};

/// What is remembered of a page's good visits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Before {
    /// What the page was like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    portrait: Option<Portrait>,
    /// Where it was: the key of the address that the visit came to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    at: String,
    /// The first visit that brought a page without the end tag that earlier ones had, with the letters of its main part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unclosed: Option<(Instant, usize)>,
    /// The claimed names that were missing from its list, by their places.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    missing: BTreeSet<usize>,
    /// The claimed names that have gone from its list and come back, by their places.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    returned: BTreeSet<usize>,
}

impl Before {
    /// Why nothing can be called gone from this page: another one is there now, or it was cut short.
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

    /// Whether the page has come to end so: another page before it had no end tag either, and no more text. Two transfers are not cut
    /// at the same place.
    fn ends_so<'a>(&self, page: &Page<'a>, reading: &'a Reading) -> bool {
        let letters = page.sketch(reading).letters();
        self.unclosed
            .is_some_and(|unclosed| page.date() > Some(unclosed.0) && letters >= unclosed.1)
    }

    /// Keeps that a page came without its end tag, if it is the first.
    fn note_end<'a>(&mut self, page: &Page<'a>, reading: &'a Reading) {
        let cut = self
            .judgement(page, reading)
            .is_some_and(|judgement| judgement.cut.is_some());
        if cut && let Some(date) = page.date() {
            let letters = page.sketch(reading).letters();
            self.unclosed.get_or_insert((date, letters));
        }
    }

    /// What a page has in common with the one that was there; `None` where nothing is known of that.
    pub(super) fn kinship<'a>(&self, page: &Page<'a>, reading: &'a Reading) -> Option<Kinship> {
        Some(self.judgement(page, reading)?.kinship)
    }

    fn judgement<'a>(&self, page: &Page<'a>, reading: &'a Reading) -> Option<Judgement> {
        let portrait = self.portrait.as_ref()?;
        Some(portrait.knows(page.sketch(reading)))
    }

    /// Remembers the page, if it is a good one: `is_it` where what is claimed stands there.
    pub(super) fn learn<'a>(&mut self, page: &Page<'a>, reading: &'a Reading, is_it: bool) {
        if !is_it && self.objection(page, reading).is_some() {
            self.note_end(page, reading);
            return;
        }
        if let Some(portrait) = Portrait::of(page.sketch(reading)) {
            self.portrait = Some(portrait);
            self.unclosed = None;
            self.at = address(page);
        }
    }

    /// Takes from an answer about names what the page's past does not bear out, and remembers the page.
    ///
    /// A list with two of the names shows by itself that the page is the one asked for; that it came whole, it does not.
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

    /// A name that has gone from the list and come back may do so again; where several have, the list shows now these, now those, and
    /// any that is missing may come back.
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

/// A verdict as far as the page's past bears it out.
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

/// The key of the address that a visit came to.
fn address(page: &Page<'_>) -> String {
    let last = page.visited.hops.last();
    last.map_or_else(String::new, |last| last.target_uri.surt().to_string())
}
