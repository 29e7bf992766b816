//! Copies with the words marked that findings rest on: which words, in which copy, and whether they were found.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    Answer, Origins, Request, Web,
    pages::refusal,
    replayed::{Whole, shown_status},
    room::Now,
};
use crate::{
    content_coding::{self, Caps},
    desk::{Item, PageId, State},
    finding::{Conclusion, Finding, Subject, Verdict},
    replay::{self, Mark, Place, Shown},
    selector::TextQuoteSelector,
    store::{CaptureId, Dated, StoreError},
};

/// How many marked copies are kept in memory.
const KEPT: usize = 12;

/// The words of a finding in copies of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Words<'a> {
    /// In the wording of the article.
    pub(super) then: Option<&'a TextQuoteSelector>,
    /// In the wording of the page.
    pub(super) now: Option<&'a TextQuoteSelector>,
}

impl<'a> Words<'a> {
    /// The words of a finding; where the page has none, those that a reviewer marked on it.
    pub(super) fn of_item(item: &'a Item) -> Self {
        let words = Self::of(item.finding());
        Self {
            now: words.now.or(item.place()),
            ..words
        }
    }

    /// The words that the evidence of a finding shows.
    pub(super) fn of(finding: &'a Finding) -> Self {
        let quotes = finding.evidence.iter().filter_map(|it| it.quote.as_ref());
        let (first, last) = (quotes.clone().next(), quotes.clone().next_back());
        let several = quotes.count() > 1;
        let (then, now) = match (&finding.conclusion, &finding.subject) {
            (_, Subject::NewName { .. }) => (None, first),
            (Conclusion::Verdict(Verdict::Absent | Verdict::CannotTell { .. }), _) => (last, None),
            (Conclusion::Verdict(Verdict::Present | Verdict::Elsewhere { .. }), _) => {
                (first, first)
            }
            _ => (last.filter(|_| several), first),
        };
        Self { then, now }
    }
}

/// Whose words a mark is around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The words of the article.
    Then,
    /// The words of the page.
    Now,
}

/// A copy with its marks.
pub(super) struct Marked {
    shown: Shown,
    places: Vec<(String, Place)>,
    /// Whether a browser opens it, rather than keeping it as a file.
    pub(super) opens: bool,
}

impl Marked {
    /// Whether the words of a mark were found; `None` if the mark was not looked for.
    pub(super) fn place(&self, mark: &str) -> Option<Place> {
        let found = self.places.iter().find(|place| place.0 == mark);
        found.map(|found| found.1)
    }
}

/// The marked copies that were requested last; the latest one comes last.
#[derive(Default)]
pub(super) struct Copies(Mutex<Vec<(Key, Arc<Marked>)>>);

type Key = (CaptureId, String, u64);

impl std::fmt::Debug for Copies {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Copies").finish_non_exhaustive()
    }
}

impl Web {
    /// The id of a mark: the author of a page cannot guess it.
    pub(super) fn mark(&self, finding: &Finding, side: Side) -> String {
        let side = match (side, Words::of(finding)) {
            // The same words have one mark.
            (_, words) if words.then == words.now => "now",
            (Side::Then, _) => "then",
            (Side::Now, _) => "now",
        };
        let digest = self
            .secret
            .digest("mark", &format!("{} {side}", finding.id));
        format!("s{}", digest.get(..8).unwrap_or_default())
    }

    /// A copy of a page with the words of the findings under `id` marked; `None` if the archive does not have its payload.
    pub(super) fn marked(
        &self,
        now: &Now,
        found: &Dated,
        id: &str,
        items: &[&Item],
    ) -> Result<Option<Arc<Marked>>, StoreError> {
        // What reviewers marked by hand is marked, too, and changes with reviews.
        let by_hand = items.iter().filter_map(|item| item.place());
        let by_hand: Vec<&str> = by_hand.map(|place| place.exact.as_str()).collect();
        let id = format!("{id} {}", by_hand.join("\n"));
        let key = (found.id, id, now.generation);
        let copies = &self.copies.0;
        {
            let mut copies = copies.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = copies.iter().position(|copy| copy.0 == key) {
                let remove = copies.remove(at);
                let marked = Arc::clone(&remove.1);
                copies.push(remove);
                return Ok(Some(marked));
            }
        }
        let Some(whole) = self.whole(found)? else {
            return Ok(None);
        };
        let Some(marked) = self.mark_all(found, &whole, items) else {
            return Ok(None);
        };
        let marked = Arc::new(marked);
        let mut copies = copies.lock().unwrap_or_else(PoisonError::into_inner);
        if copies.len() >= KEPT {
            copies.remove(0);
        }
        copies.push((key, Arc::clone(&marked)));
        Ok(Some(marked))
    }

    fn mark_all(&self, found: &Dated, whole: &Whole, items: &[&Item]) -> Option<Marked> {
        let mut marks: Vec<Mark> = Vec::new();
        for item in items {
            let finding = item.finding();
            let words = Words::of_item(item);
            for (side, quote) in [(Side::Then, words.then), (Side::Now, words.now)] {
                let id = self.mark(finding, side);
                let known = marks.iter().any(|mark| mark.id == id);
                if let Some(quote) = quote.filter(|_| !known) {
                    marks.push(Mark {
                        id,
                        quote: quote.clone(),
                        beside: matches!(item.state, State::Settled | State::Note),
                    });
                }
            }
        }
        let content_type = whole.field("content-type");
        let labels = content_coding::labels_of(&whole.head);
        let caps = Caps::default();
        let decoded = content_coding::decode(&whole.payload, labels.as_deref(), &caps).ok()?;
        let opens = replay::opens(&decoded.bytes, content_type.as_deref());
        let (shown, places) = replay::show_marked(
            decoded.bytes,
            content_type.as_deref(),
            &whole.target_uri,
            found.date,
            &marks,
        );
        let ids = marks.into_iter().map(|mark| mark.id);
        Some(Marked {
            shown,
            places: ids.zip(places).collect(),
            opens,
        })
    }

    /// `/web/DATEmk-ID_/URI`: a copy with the words of a finding or of all findings of a page marked.
    pub(super) fn marked_memento(
        &self,
        found: &Dated,
        id: &str,
        (request, origins): (&Request, &Origins),
    ) -> Result<Answer, StoreError> {
        let now = self.now()?;
        let items: Vec<&Item> = if let Some(page) = now.desk.page(id) {
            now.desk.items_of(page).collect()
        } else {
            let all = now.desk.items().iter();
            all.filter(|it| it.finding().id.0 == id).collect()
        };
        // Only copies of that page, or those that its findings rest on.
        let own = PageId::of(&found.target_uri);
        let rests = |it: &&Item| {
            let evidence = it
                .finding()
                .evidence
                .iter()
                .map(|evidence| &evidence.capture);
            it.placed.page == own
                || evidence
                    .map(|evidence| &evidence.target_uri)
                    .any(|it| *it == found.target_uri)
        };
        if !items.iter().any(rests) {
            return Ok(refusal(
                404,
                "no finding of that id rests on this copy",
                request,
                origins,
            ));
        }
        let status = shown_status(found.status.unwrap_or(200));
        Ok(match self.marked(&now, found, id, &items)? {
            Some(marked) => {
                let shown = &marked.shown;
                let mut answer = Answer::new(status, &shown.content_type, shown.bytes.clone())
                    .field("Content-Security-Policy", super::replayed::SANDBOX);
                if shown.to_keep {
                    answer = answer.field("Content-Disposition", "attachment");
                }
                answer
            }
            None => self.without_payload(found, origins)?,
        })
    }
}
