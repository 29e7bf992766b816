//! Then and now: which two copies of a page are shown beside a finding, and at which words.

use crate::{
    capture::is_redirect,
    clock::{Instant, parse_digits14},
    desk::{Item, Page, State},
    finding::{Conclusion, Finding, Verdict},
    replay::Place,
    store::{Dated, StoreError},
    web::{
        Web,
        form::Form,
        marked::{Side, Words},
        room::Now,
    },
};

/// The copies of a page that can be shown, oldest first, and the two that are.
pub(super) struct Pair {
    pub(super) all: Vec<Dated>,
    pub(super) then: Option<Dated>,
    pub(super) now: Option<Dated>,
}

impl Pair {
    /// The copies for a finding of a page; `asked` can name others, each by its 14 digits (`then`, `now`).
    pub(super) fn of(
        web: &Web,
        page: &Page,
        item: Option<&Item>,
        asked: &Form,
    ) -> Result<Self, StoreError> {
        let store = &web.options.store;
        let mut keys = vec![page.address.surt()];
        let evidence = item.into_iter().flat_map(|it| &it.finding().evidence);
        for surt in evidence.map(|it| it.capture.target_uri.surt()) {
            if !keys.contains(&surt) {
                keys.push(surt);
            }
        }
        let mut all = Vec::new();
        for key in &keys {
            all.extend(store.dated(key)?);
        }
        all.retain(|it| it.failure.is_none() && it.asked.is_none());
        all.retain(|it| !it.status.is_some_and(|it| is_redirect(it) && it != 304));
        all.sort_by_key(|it| it.date);
        let finding = item.map(Item::finding);
        let chosen = |name: &str| {
            let at = parse_digits14(asked.first(name)?)?;
            all.iter().find(|it| it.date.timestamp() == at.timestamp())
        };
        let now = chosen("now").or_else(|| latest(&all, finding));
        let then = chosen("then").or_else(|| earlier(&all, finding, now));
        Ok(Self {
            then: then.cloned(),
            now: now.cloned(),
            all,
        })
    }

    /// The copies before and after one, which `asked` names again.
    pub(super) fn beside(&self, of: &Dated) -> (Option<&Dated>, Option<&Dated>) {
        let at = self.all.iter().position(|it| it.id == of.id);
        let at = at.unwrap_or_default();
        let before = at.checked_sub(1).and_then(|it| self.all.get(it));
        (before, self.all.get(at + 1))
    }
}

fn is_good(it: &Dated) -> bool {
    it.status.is_none_or(|it| matches!(it, 200..=299 | 304))
}

/// The latest copy that a finding was judged by: that of the page it rests on first.
fn latest<'a>(all: &'a [Dated], finding: Option<&Finding>) -> Option<&'a Dated> {
    let first = finding.and_then(|it| it.evidence.first());
    let of_page = |it: &&Dated| {
        let surt = it.target_uri.surt();
        first.is_none_or(|first| first.capture.target_uri.surt() == surt)
    };
    let from = first.map(|it| it.capture.date);
    let lost = finding.is_some_and(|it| it.fate().is_some());
    let mut latest = all.iter().rev().filter(of_page);
    let good = latest
        .clone()
        .find(|it| is_good(it) && from.is_none_or(|from| it.date >= from));
    good.filter(|_| !lost)
        .or_else(|| latest.next())
        .or(all.last())
}

/// The last copy that had the words of the article; if none is known, the one that is closest to the access date, or the one before.
fn earlier<'a>(
    all: &'a [Dated],
    finding: Option<&Finding>,
    now: Option<&Dated>,
) -> Option<&'a Dated> {
    let others = || {
        all.iter()
            .filter(|it| is_good(it) && now.is_none_or(|now| now.id != it.id))
    };
    let history = finding.map(|it| &it.history);
    let wanted = history.and_then(|it| {
        let is_there = matches!(
            finding.map(|it| &it.conclusion),
            Some(Conclusion::Verdict(
                Verdict::Present | Verdict::Elsewhere { .. } | Verdict::New
            ))
        );
        let baseline = it.baseline.as_ref().map(|it| it.date);
        if is_there {
            baseline.or(it.changed_after).or(it.first_judged)
        } else {
            it.last_seen.or(it.changed_after).or(baseline)
        }
    });
    let shows = finding.and_then(|it| it.evidence.last());
    let wanted = wanted.or(shows.map(|it| it.capture.date));
    match wanted {
        Some(at) => others().min_by_key(|it| (it.date - at).abs()),
        None => others().rfind(|it| now.is_none_or(|now| it.date < now.date)),
    }
}

/// Where a frame opens, and what is said if the words are not to be seen there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) mark: Option<String>,
    pub(super) remark: Option<&'static str>,
}

/// The words of a finding in one of the two copies; where they are absent, the first name of the list that is still there.
pub(super) fn spot(
    web: &Web,
    now: &Now,
    page: &Page,
    item: &Item,
    (side, copy): (Side, &Dated),
) -> Result<(Spot, bool), StoreError> {
    let items: Vec<&Item> = now.desk.items_of(page).collect();
    let Some(marked) = web.marked(now, copy, &page.id.0, &items)? else {
        return Ok((Spot::default(), false));
    };
    let words = Words::of(item.finding());
    let has_words = match side {
        Side::Then => words.then,
        Side::Now => words.now,
    };
    let mut spot = Spot::default();
    if has_words.is_some() {
        let mark = web.mark(item.finding(), side);
        match marked.place(&mark) {
            Some(Place::Shown) => spot.mark = Some(mark),
            Some(Place::Hidden) => {
                spot.mark = Some(mark);
                spot.remark = Some(super::say::HIDDEN);
            }
            // What is as the article says may be spelt another way in a copy that the finding does not rest on.
            _ if item.state == State::Settled && !rests_on(item.finding(), copy) => {}
            _ => spot.remark = Some(super::say::NOT_FOUND),
        }
    }
    if spot.mark.is_none() {
        let claim = item.finding().subject.claim();
        let beside = items.iter().filter(|it| {
            it.state == State::Settled
                && claim.is_some()
                && it.finding().subject.claim() == claim
                && it.finding().profile == item.finding().profile
        });
        let mut marks = beside.map(|it| web.mark(it.finding(), Side::Now));
        spot.mark = marks.find(|it| marked.place(it) == Some(Place::Shown));
    }
    Ok((spot, marked.opens))
}

/// Whether a copy is one that brought the words of a finding.
fn rests_on(finding: &Finding, copy: &Dated) -> bool {
    let mut quoted = finding.evidence.iter().filter(|it| it.quote.is_some());
    quoted.any(|it| it.capture.date == copy.date && it.capture.target_uri == copy.target_uri)
}

/// The day of a copy; with the time if another copy is from the same day.
pub(super) fn day_of(copy: &Dated, all: &[Dated]) -> String {
    let same = |it: &&Dated| it.date.date_naive() == copy.date.date_naive();
    if all.iter().filter(same).count() > 1 {
        minute(copy.date)
    } else {
        day(copy.date)
    }
}

pub(super) fn day(at: Instant) -> String {
    at.format("%Y-%m-%d").to_string()
}

pub(super) fn minute(at: Instant) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
