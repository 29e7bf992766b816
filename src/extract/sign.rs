//! Signs: observations behind a judgement, each a row of a table with its weight, its reason and the page that needs it.

use crate::entity::Evidence;

/// A row of a table of signs about a `T`. The score of a `T` is the sum over the rows.
pub(super) struct Sign<T> {
    /// The name of the sign in the evidence.
    pub(super) name: &'static str,
    /// How much a measure of 1 adds to the score.
    pub(super) weight: f64,
    /// The reason.
    pub(super) why: &'static str,
    /// The folder in `tests/pages` whose page is read wrongly without the sign.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test demands each case"))]
    pub(super) case: &'static str,
    /// How much of it there is, usually from 0 to 1.
    pub(super) measure: fn(&T) -> f64,
}

impl<T> Sign<T> {
    /// How much the sign adds to the score.
    pub(super) fn amount(&self, of: &T) -> f64 {
        let measure = (self.measure)(of);
        if measure == 0.0 {
            return 0.0;
        }
        if is_muted(self.name) {
            return 0.0;
        }
        self.weight * measure
    }
}

/// The sum of all signs.
pub(super) fn sum<T>(signs: &[Sign<T>], of: &T) -> f64 {
    signs.iter().map(|sign| sign.amount(of)).sum()
}

/// The signs that add something, with their amounts.
pub(super) fn evidence<T>(signs: &[Sign<T>], of: &T) -> Vec<Evidence> {
    let amounts = signs.iter().map(|sign| (sign, sign.amount(of)));
    amounts
        .filter(|(_, amount)| *amount != 0.0)
        .map(|(sign, amount)| Evidence::new(sign.name, amount))
        .collect()
}

/// 1 for yes, 0 for no.
pub(super) fn yes(is: bool) -> f64 {
    f64::from(u8::from(is))
}

#[cfg(test)]
pub(super) use muted::is as is_muted;

/// Whether a sign is switched off, which only tests do.
#[cfg(not(test))]
pub(super) fn is_muted(_: &str) -> bool {
    false
}

/// Switches a sign off, to find out what is read wrongly without it.
#[cfg(test)]
pub(super) mod muted {
    use std::cell::Cell;

    thread_local! {
        static MUTED: Cell<Option<&'static str>> = const { Cell::new(None) };
    }

    /// Whether a sign is switched off in this thread.
    pub(in crate::extract) fn is(name: &str) -> bool {
        MUTED.get() == Some(name)
    }

    /// What `run` returns while a sign is switched off.
    pub(in crate::extract) fn without<T>(name: &'static str, run: impl FnOnce() -> T) -> T {
        MUTED.set(Some(name));
        let result = run();
        MUTED.set(None);
        result
    }
}
