//! Pages that change by themselves, visited for a year: how long each change waits until a visit sees it.

use chrono::{DateTime, TimeDelta, Utc};
use stillsays::schedule::{Auto, Observed};

/// How changes come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Process {
    /// At random (Poisson).
    Random,
    /// At even times.
    Even,
    /// Three within two days, and then for long none.
    Bursts,
    /// Half of the pages never; the others at random.
    Sparse,
}

impl Process {
    pub(crate) const ALL: [Self; 4] = [Self::Random, Self::Even, Self::Bursts, Self::Sparse];
}

/// What came of a year.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Year {
    pub(crate) visits: usize,
    pub(crate) changes: usize,
    /// How many days all changes waited together.
    pub(crate) waited: f64,
}

const DAYS: f64 = 365.0;

/// How often runs come: every hour.
const RUN: f64 = 1.0 / 24.0;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    /// From 0 to 1, without both.
    fn share(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = u32::try_from(self.0 >> 33).unwrap();
        (f64::from(high) + 0.5) / f64::from(1_u32 << 31)
    }
}

/// The times of the changes of some pages, in days: the mean time between two is from 2 to 500 days, all orders alike.
pub(crate) fn pages(process: Process, count: usize) -> Vec<Vec<f64>> {
    let mut dice = Dice(11);
    let page = |dice: &mut Dice| {
        let between = 2.0 * 250.0_f64.powf(dice.share());
        if matches!(process, Process::Sparse) && dice.share() < 0.5 {
            return Vec::new();
        }
        let mut at = match process {
            Process::Even => between * dice.share(),
            _ => -between * dice.share().ln(),
        };
        let mut changes = Vec::new();
        while at < DAYS {
            changes.push(at);
            at += match process {
                Process::Random | Process::Sparse => -between * dice.share().ln(),
                Process::Even => between,
                Process::Bursts if changes.len() % 3 == 0 => -3.0 * between * dice.share().ln(),
                Process::Bursts => 2.0 * dice.share(),
            };
        }
        changes
    };
    (0..count).map(|_| page(&mut dice)).collect()
}

/// A year of `every = "auto"`.
pub(crate) fn auto(pages: &[Vec<f64>], auto: Auto) -> Year {
    let mut year = Year::default();
    for (number, changes) in pages.iter().enumerate() {
        let page = format!("https://page-{number}.example/");
        let mut visits = vec![0.0];
        let mut observed = Vec::new();
        loop {
            let last = visits[visits.len() - 1];
            let due = auto.due(&page, moment(last), &auto.pace(&observed));
            let due = (due - moment(0.0)).num_seconds() as f64 / 86_400.0;
            let at = (due / RUN).ceil() * RUN;
            if at >= DAYS {
                break;
            }
            observed.push(Observed {
                after: moment(at) - moment(last),
                changed: changes.iter().any(|it| last < *it && *it <= at),
                times: 1,
            });
            visits.push(at);
        }
        year.add(changes, &visits);
    }
    year
}

/// A year with an interval for all pages, of so many visits in all.
pub(crate) fn fixed(pages: &[Vec<f64>], visits: usize) -> Year {
    let mut year = Year::default();
    let interval = DAYS * pages.len() as f64 / visits as f64;
    for changes in pages {
        let mut at = 0.0;
        let mut visits = Vec::new();
        while at < DAYS {
            visits.push((at / RUN).ceil() * RUN);
            at += interval;
        }
        year.add(changes, &visits);
    }
    year
}

impl Year {
    fn add(&mut self, changes: &[f64], visits: &[f64]) {
        self.visits += visits.len();
        self.changes += changes.len();
        for change in changes {
            let seen = visits.iter().find(|it| *it >= change);
            self.waited += seen.copied().unwrap_or(DAYS) - change;
        }
    }

    /// How many days a change waits.
    pub(crate) fn delay(&self) -> f64 {
        self.waited / self.changes as f64
    }
}

fn moment(days: f64) -> DateTime<Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "a year of seconds")]
    let seconds = (days * 86_400.0).round() as i64;
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}
