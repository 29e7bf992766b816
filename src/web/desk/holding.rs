//! Which cited words each copy of a page has: our own captures by the history of the claims, copies of other archives by what
//! `stillsays copies list` says of them.

use super::{say, sides::day};
use crate::{
    clock::Instant,
    desk::{Cited, Item},
    finding::{FindingId, Series, Subject, Verdict},
    pipeline::{self, CitedCopy, Named},
    report::Label,
    store::StoreError,
    web::{Web, room::Now, snapshot::stored},
};

/// The cited words that a copy has and lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Holding {
    /// How many it has: `7 of 9`; empty if the claims do not say.
    pub(super) count: String,
    /// Those that it has.
    pub(super) holds: Vec<String>,
    /// Those that it lacks.
    pub(super) lacks: Vec<String>,
    /// Those for which it cannot tell.
    pub(super) unclear: Vec<String>,
}

impl Holding {
    fn counted(mut self) -> Self {
        let all = self.holds.len() + self.lacks.len() + self.unclear.len();
        if all > 0 {
            self.count = say::of_all(self.holds.len(), all);
        }
        self
    }

    fn take(&mut self, words: &str, verdict: &Verdict) {
        let list = match verdict {
            Verdict::Present | Verdict::Elsewhere { .. } => &mut self.holds,
            Verdict::CannotTell { .. } => &mut self.unclear,
            _ => &mut self.lacks,
        };
        if !list.iter().any(|known| known == words) {
            list.push(words.to_owned());
        }
    }
}

/// What the claims about a page say of its copies.
#[derive(Default)]
pub(super) struct Holdings {
    /// For each citation of the page, what each of our captures says about each part of the claims.
    own: Vec<(u32, Series)>,
    /// The copies of other archives, oldest first.
    pub(super) elsewhere: Vec<CitedCopy>,
}

impl Holdings {
    /// What is known of the copies of the page that these references cite.
    pub(super) fn of(web: &Web, now: &Now, cited: &[Cited]) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for one in cited {
            if let Some(named) = now.profile(&one.profile) {
                all.add(web, named, one.number)?;
            }
        }
        all.elsewhere.sort_by_key(|copy| copy.date);
        all.elsewhere
            .dedup_by(|one, other| one.date == other.date && one.source == other.source);
        Ok(all)
    }

    /// Adds what one reference says.
    pub(super) fn add(&mut self, web: &Web, named: &Named, number: u32) -> Result<(), StoreError> {
        let options = &web.options;
        for (place, claim) in named.profile.claims.iter().enumerate() {
            if claim.cites.contains(&number) {
                let series = pipeline::series(&options.store, named, place, &options.comparing);
                let series = stored(series)?.into_iter();
                let wanted = series.filter(|series| {
                    !matches!(
                        series.finding.subject,
                        Subject::NewName { .. } | Subject::List { .. }
                    )
                });
                self.own.extend(wanted.map(|series| (number, series)));
            }
        }
        let copies = pipeline::cited_copies(&options.store, named, &options.comparing);
        let copies = stored(copies)?.into_iter();
        self.elsewhere
            .extend(copies.filter(|copy| copy.reference == number));
        Ok(())
    }

    /// The cited words in our capture of that time.
    pub(super) fn at(&self, date: Instant) -> Holding {
        let mut holding = Holding::default();
        for (number, series) in &self.own {
            if let Some((words, verdict)) = series
                .finding
                .subject
                .words()
                .zip(said_at(series, *number, date))
            {
                holding.take(words, verdict);
            }
        }
        holding.counted()
    }

    /// What our capture of that time says about a finding.
    pub(super) fn verdict(&self, id: &FindingId, date: Instant) -> Option<Label> {
        let own = self.own.iter().find(|own| own.1.finding.id == *id)?;
        said_at(&own.1, own.0, date).map(Label::of_verdict)
    }
}

/// What a copy of another archive has.
pub(super) fn of_copy(copy: &CitedCopy) -> Holding {
    Holding {
        count: String::new(),
        holds: copy.holds.clone(),
        lacks: copy.lacks.clone(),
        unclear: copy.unclear.clone(),
    }
    .counted()
}

/// What a copy of another archive says about the words of a finding.
pub(super) fn of_words(copy: &CitedCopy, item: &Item) -> Option<Label> {
    let words = item.finding().subject.words()?;
    let has = |list: &[String]| list.iter().any(|known| known == words);
    if has(&copy.holds) {
        Some(Label::Present)
    } else if has(&copy.lacks) {
        Some(Label::Absent)
    } else {
        has(&copy.unclear).then_some(Label::CannotTell)
    }
}

/// What the captures of a reference said at a time.
fn said_at(series: &Series, number: u32, date: Instant) -> Option<&Verdict> {
    let of_page = series
        .moments
        .iter()
        .filter(|moment| moment.reference == number);
    let before = of_page.filter(|moment| moment.date <= date);
    before
        .filter(|moment| moment.until.is_none_or(|until| date <= until))
        .max_by_key(|moment| moment.date)
        .map(|moment| &moment.verdict)
}

/// A copy of another archive, as the desk lists it.
pub(super) struct Elsewhere {
    /// Its day.
    pub(super) day: String,
    /// The archive that has it.
    pub(super) archive: String,
    /// The address at which others can open it.
    pub(super) href: Option<String>,
    /// The tone of its state, as a class of the style sheet.
    pub(super) tone: &'static str,
    /// What it shows.
    pub(super) word: &'static str,
    /// The cited words in it.
    pub(super) holding: Holding,
    /// Whether it is the one to cite.
    pub(super) proposed: bool,
}

impl Elsewhere {
    /// A copy as it is listed.
    pub(super) fn of(copy: &CitedCopy) -> Self {
        let label = Label::of_fate(&copy.fate);
        Self {
            day: day(copy.date),
            archive: copy.source.archive.clone(),
            href: copy
                .source
                .citable()
                .filter(|href| href.starts_with("https://") || href.starts_with("http://")),
            tone: label.tone().class(),
            word: label.words(),
            holding: of_copy(copy),
            proposed: copy.proposed,
        }
    }
}
