//! What the visits of one page say about the list of a claim: each claimed name, new names, and the list itself.

use crate::compare::grounds::names as grounds;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    before::Before,
    claim::{Place, Said, is_cut, scope_of, untrusted, whole},
    fate::unjudged,
    names::{
        ListFound, NameAnswer, NamesAnswer, headings::headings, judge, key::NameKey, region::Known,
    },
    page::Page,
    time::{
        rebuilt::{MainList, Rebuilt},
        track::Track,
    },
};
use crate::{
    clock::Instant,
    finding::{Verdict, Why},
    profile::{Alias, ListedName, Reference},
};

/// What the visits of one page say about the list of a claim, from the first to the latest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NamesAnswers {
    /// What they say about each claimed name, in the order of the claim.
    names: Vec<Track<Said>>,
    /// The names that the latest visit lists and that are not in the claim, in the order of the page.
    fresh: Vec<Fresh>,
    /// What they say about a name that none of them lists.
    unlisted: Track<Said>,
    /// What the next visit has to know about the list.
    known: Option<Known>,
    /// The list as it was last found.
    list: Option<MainList>,
    /// The last time that the list changed its kind or its heading.
    rebuilt: Option<Rebuilt>,
    /// The content of the page at good visits, and the names that its list dropped.
    #[serde(default)]
    before: Before,
}

/// A name that a page lists and that is not in the claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Fresh {
    /// The name in comparable form.
    pub(super) key: String,
    /// The name as the page spells it.
    pub(super) name: String,
    /// What the visits say about it.
    pub(super) track: Track<Said>,
}

/// A question about a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// The page.
    pub(super) reference: &'a Reference,
    /// The claimed names.
    pub(super) names: &'a [String],
    /// Decided spellings.
    pub(super) aliases: &'a [Alias],
}

impl NamesAnswers {
    /// What the visits say about each claimed name.
    pub(super) fn names(&self) -> &[Track<Said>] {
        &self.names
    }

    /// The names that are new on the page now.
    pub(super) fn fresh(&self) -> &[Fresh] {
        &self.fresh
    }

    /// What the visits say about a name that is not claimed, by its key.
    pub(super) fn about_new(&self, key: &str) -> &Track<Said> {
        let fresh = self.fresh.iter().find(|it| it.key == key);
        fresh.map_or(&self.unlisted, |fresh| &fresh.track)
    }

    /// The last time that the list changed its kind or its heading.
    pub(super) fn rebuilt(&self) -> Option<&Rebuilt> {
        self.rebuilt.as_ref()
    }

    /// Continues with the visits that begin with this page; the ones before ended at `closed`.
    pub(super) fn extend(&mut self, asked: &Asked<'_>, page: &Page<'_>, closed: Option<Instant>) {
        let Some(date) = page.date() else { return };
        let answer = match (unjudged(&page.visited), page.visited.reading) {
            (Some(bad), _) => Err(bad),
            (None, None) => return,
            (None, Some(reading)) => {
                let names: Vec<ListedName> =
                    asked.names.iter().cloned().map(ListedName::One).collect();
                let (mut answer, next) = judge(
                    &names,
                    (page.text(reading), page.pool(reading)),
                    scope_of(asked.reference),
                    asked.aliases,
                    self.known.as_ref(),
                );
                self.known = next.or(self.known.take());
                self.before.weigh(&mut answer, page, reading);
                Ok(answer)
            }
        };
        self.close(closed);
        self.names.resize_with(asked.names.len(), Track::default);
        match answer {
            Err((why, detail)) => self.untold(date, page, why, &detail),
            Ok(answer) => self.record(date, page, &answer),
        }
    }

    fn close(&mut self, closed: Option<Instant>) {
        let fresh = self.fresh.iter_mut().map(|fresh| &mut fresh.track);
        for track in self.names.iter_mut().chain(fresh) {
            track.close(closed);
        }
        self.unlisted.close(closed);
        if let Some(list) = &mut self.list {
            list.close(closed);
        }
    }

    /// Records visits that cannot be used.
    fn untold(&mut self, date: Instant, page: &Page<'_>, why: Why, detail: &str) {
        let said = Said::untold(why, detail);
        for track in &mut self.names {
            track.tell(
                date,
                |it| it.is_same(&said.verdict, &[]),
                || Said {
                    evidence: page.witness().evidence(&Place::default()),
                    ..said.clone()
                },
            );
        }
        let fresh = self.fresh.iter_mut().map(|fresh| &mut fresh.track);
        for track in fresh.chain([&mut self.unlisted]) {
            track.tell(date, |it| it.is_same(&said.verdict, &[]), || said.clone());
        }
        if let Some(list) = &mut self.list {
            list.is_latest = false;
        }
    }

    /// Records what visits say.
    fn record(&mut self, date: Instant, page: &Page<'_>, answer: &NamesAnswer) {
        let is_untrusted = untrusted(&page.visited).is_some();
        for (at, track) in self.names.iter_mut().enumerate() {
            let Some(name) = answer.names.get(at) else {
                continue;
            };
            let verdict = whole(name.verdict.clone(), &page.visited);
            let headings = headings(name);
            track.tell(
                date,
                |it| it.is_same(&verdict, &headings) && it.untrusted == is_untrusted,
                || about(name, verdict.clone(), &headings, page),
            );
        }
        self.note_fresh(date, page, answer);
        self.note_list(date, page, answer);
    }

    /// Records the names that are new; drops one that the list no longer has.
    fn note_fresh(&mut self, date: Instant, page: &Page<'_>, answer: &NamesAnswer) {
        let mut before = std::mem::take(&mut self.fresh);
        let text = page
            .visited
            .reading
            .map_or("", |reading| reading.text.trim_end());
        let is_cut = is_cut(&page.visited);
        for new in &answer.new {
            // The rest of the last name may be behind the cut.
            let end = new.place.range.as_ref().map_or(0, |range| range.end);
            if is_cut && end >= text.len() {
                continue;
            }
            let key = NameKey::of(&new.name).compact;
            let mut fresh = match before.iter().position(|it| it.key == key) {
                Some(place) => before.swap_remove(place),
                None => Fresh {
                    key,
                    name: new.name.clone(),
                    track: self.unlisted.clone(),
                },
            };
            fresh.track.tell(
                date,
                |answer| answer.verdict == Verdict::New,
                || Said {
                    score: grounds::NEW.score,
                    reasons: vec![grounds::NEW.reason()],
                    evidence: page.witness().evidence(&new.place),
                    ..Said::of(Verdict::New)
                },
            );
            self.fresh.push(fresh);
        }
        let unlisted = match answer.lists.first() {
            Some(_) => Said::of(Verdict::Absent),
            None => Said::untold(Why::ListNotFound, "the list was not found"),
        };
        if answer.lists.is_empty() {
            // A list that was not found this time says nothing about its new names.
            for mut it in before {
                let same = |said: &Said| said.is_same(&unlisted.verdict, &[]);
                it.track.tell(date, same, || unlisted.clone());
                self.fresh.push(it);
            }
        }
        let same = |said: &Said| said.is_same(&unlisted.verdict, &[]);
        self.unlisted.tell(date, same, || unlisted.clone());
    }

    /// Records the form of the list.
    fn note_list(&mut self, date: Instant, page: &Page<'_>, answer: &NamesAnswer) {
        let Some(found) = answer.lists.first() else {
            if let Some(list) = &mut self.list {
                list.is_latest = false;
            }
            return;
        };
        let there: BTreeSet<usize> = answer
            .names
            .iter()
            .enumerate()
            .filter(|(_, entry)| {
                matches!(entry.verdict, Verdict::Present | Verdict::Renamed { .. })
            })
            .map(|(at, _)| at)
            .collect();
        let now = MainList::of(found, there, date, || evidence_of(found, page));
        if let Some(then) = &self.list
            && let Some(rebuilt) = Rebuilt::between(then, &now, found.kept)
        {
            self.rebuilt = Some(rebuilt);
        }
        self.list = Some(now);
    }
}

/// What a visit says about one claimed name.
fn about(
    name_answer: &NameAnswer,
    verdict: Verdict,
    headings: &[(String, String)],
    page: &Page<'_>,
) -> Said {
    Said {
        verdict,
        score: name_answer.score,
        reasons: name_answer.reasons.clone(),
        evidence: page.witness().evidence(&name_answer.place),
        headings: headings.to_vec(),
        untrusted: untrusted(&page.visited).is_some(),
        unproven: None,
    }
}

/// The element that contains a list.
fn evidence_of(list: &ListFound, page: &Page<'_>) -> Vec<crate::finding::Evidence> {
    page.witness().evidence(&Place {
        range: None,
        css: Some(list.container.clone()),
        note: Some(format!("{} of the claimed names in it", list.kept)),
    })
}
