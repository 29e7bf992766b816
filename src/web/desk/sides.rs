//! Then and now: the two copies of a page to show beside a finding, and the words to show in them.

use crate::{
    capture::is_redirect,
    clock::parse_digits14,
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

pub(super) use crate::clock::{day, minute};

/// The copies of a page that can be shown, oldest first, and the two that are.
pub(super) struct Pair {
    /// All copies that can be shown.
    pub(super) all: Vec<Dated>,
    /// The copy on the left.
    pub(super) then: Option<Dated>,
    /// The copy on the right.
    pub(super) now: Option<Dated>,
}

impl Pair {
    /// The copies for a finding of a page; `asked` can choose others, each by its 14 digits (`then`, `now`).
    pub(super) fn of(
        web: &Web,
        page: &Page,
        item: Option<&Item>,
        asked: &Form,
    ) -> Result<Self, StoreError> {
        let store = &web.options.store;
        let mut keys = vec![page.address.surt()];
        let evidence = item.into_iter().flat_map(|item| &item.finding().evidence);
        for surt in evidence.map(|evidence| evidence.capture.target_uri.surt()) {
            if !keys.contains(&surt) {
                keys.push(surt);
            }
        }
        let mut all = Vec::new();
        for key in &keys {
            all.extend(store.dated(key)?);
        }
        all.retain(|copy| copy.failure.is_none() && copy.asked.is_none());
        all.retain(|copy| {
            !copy
                .status
                .is_some_and(|status| is_redirect(status) && status != 304)
        });
        all.sort_by_key(|copy| copy.date);
        let finding = item.map(Item::finding);
        let chosen = |name: &str| {
            let at = parse_digits14(asked.first(name)?)?;
            all.iter()
                .find(|copy| copy.date.timestamp() == at.timestamp())
        };
        let now = chosen("now").or_else(|| latest(&all, finding));
        let then = chosen("then").or_else(|| earlier(&all, finding, now));
        Ok(Self {
            then: then.cloned(),
            now: now.cloned(),
            all,
        })
    }

    /// The neighbours of a copy, oldest first.
    pub(super) fn beside(&self, of: &Dated) -> (Option<&Dated>, Option<&Dated>) {
        let at = self.all.iter().position(|copy| copy.id == of.id);
        let at = at.unwrap_or_default();
        let before = at.checked_sub(1).and_then(|rest| self.all.get(rest));
        (before, self.all.get(at + 1))
    }
}

fn is_good(dated: &Dated) -> bool {
    dated
        .status
        .is_none_or(|status| matches!(status, 200..=299 | 304))
}

/// The latest copy from which a finding was judged: of the page that it rests on first.
fn latest<'a>(all: &'a [Dated], finding: Option<&Finding>) -> Option<&'a Dated> {
    let first = finding.and_then(|finding| finding.evidence.first());
    let of_page = |dated: &&Dated| {
        let surt = dated.target_uri.surt();
        first.is_none_or(|first| first.capture.target_uri.surt() == surt)
    };
    let from = first.map(|it| it.capture.date);
    let lost = finding.is_some_and(|finding| finding.fate().is_some());
    let mut latest = all.iter().rev().filter(of_page);
    let good = latest
        .clone()
        .find(|copy| is_good(copy) && from.is_none_or(|source| copy.date >= source));
    good.filter(|_| !lost)
        .or_else(|| latest.next())
        .or(all.last())
}

/// The last copy with the words of the article; if there is none, the copy closest to the access date, or else the one before.
fn earlier<'a>(
    all: &'a [Dated],
    finding: Option<&Finding>,
    now: Option<&Dated>,
) -> Option<&'a Dated> {
    let others = || {
        all.iter()
            .filter(|copy| is_good(copy) && now.is_none_or(|now| now.id != copy.id))
    };
    let history = finding.map(|finding| &finding.history);
    let wanted = history.and_then(|history| {
        let is_there = matches!(
            finding.map(|finding| &finding.conclusion),
            Some(Conclusion::Verdict(
                Verdict::Present | Verdict::Elsewhere { .. } | Verdict::New
            ))
        );
        let baseline = history.baseline.as_ref().map(|baseline| baseline.date);
        if is_there {
            baseline.or(history.changed_after).or(history.first_judged)
        } else {
            history.last_seen.or(history.changed_after).or(baseline)
        }
    });
    let shows = finding.and_then(|finding| finding.evidence.last());
    let wanted = wanted.or(shows.map(|show| show.capture.date));
    match wanted {
        Some(at) => others().min_by_key(|copy| (copy.date - at).abs()),
        None => others().rfind(|copy| now.is_none_or(|now| copy.date < now.date)),
    }
}

/// Where a frame opens, and the message if the words are not visible there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    /// The id of the mark at which the frame opens.
    pub(super) mark: Option<String>,
    /// The message below the frame.
    pub(super) remark: Option<&'static str>,
}

/// The words of a finding in one of the two copies; if they are absent, the first name of the list that is still there.
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
    let words = Words::of_item(item);
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
            // A confirmed name can have another spelling in a copy that the finding does not rest on.
            _ if item.state == State::Settled && !rests_on(item.finding(), copy) => {}
            _ => spot.remark = Some(super::say::NOT_FOUND),
        }
    }
    if spot.mark.is_none() {
        let claim = item.finding().subject.claim();
        let beside = items.iter().filter(|other| {
            other.state == State::Settled
                && claim.is_some()
                && other.finding().subject.claim() == claim
                && other.finding().profile == item.finding().profile
        });
        let mut marks = beside.map(|beside| web.mark(beside.finding(), Side::Now));
        spot.mark = marks.find(|mark| marked.place(mark) == Some(Place::Shown));
    }
    Ok((spot, marked.opens))
}

/// Whether a copy is one that brought the words of a finding.
fn rests_on(finding: &Finding, copy: &Dated) -> bool {
    let mut quoted = finding
        .evidence
        .iter()
        .filter(|evidence| evidence.quote.is_some());
    quoted
        .any(|quote| quote.capture.date == copy.date && quote.capture.target_uri == copy.target_uri)
}

/// The day of a copy; with the time if another copy is from the same day.
pub(super) fn day_of(copy: &Dated, all: &[Dated]) -> String {
    let same = |dated: &&Dated| dated.date.date_naive() == copy.date.date_naive();
    if all.iter().filter(same).count() > 1 {
        minute(copy.date)
    } else {
        day(copy.date)
    }
}
