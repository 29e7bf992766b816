//! What people did, in the order of time: decisions, mutes, copies that were added, and log-ins that failed.

use super::{Web, room::Now};
use crate::{
    account::Failed,
    clock::Instant,
    desk::Numbered,
    finding::Mute,
    store::{Dated, StoreError},
};

/// How many copies of other archives are looked back at.
const COPIES: u32 = 500;

/// How many failed log-ins are looked back at.
const FAILURES: usize = 500;

/// Something that was done.
pub(super) struct Deed<'a> {
    /// When.
    pub(super) at: Instant,
    /// Its number among those of its kind.
    pub(super) number: i64,
    /// What it was.
    pub(super) what: What<'a>,
}

/// What was done.
pub(super) enum What<'a> {
    /// A decision.
    Decision(&'a Numbered),
    /// A mute, or its end.
    Mute(Mute),
    /// A copy of another archive that was added; who added it is not recorded.
    Copy(Box<Dated>),
    /// A log-in that failed.
    Failed(Failed),
}

impl Deed<'_> {
    /// A text that orders what was done by its time.
    pub(super) fn key(&self) -> String {
        let kind = match self.what {
            What::Decision(_) => 'd',
            What::Mute(_) => 'm',
            What::Copy(_) => 'c',
            What::Failed(_) => 'f',
        };
        format!(
            "{:020}{kind}{:019}",
            self.at.timestamp_micros(),
            self.number
        )
    }

    /// Who did it.
    pub(super) fn by(&self) -> &str {
        match &self.what {
            What::Decision(it) => &it.review.by,
            What::Mute(mute) => &mute.by,
            What::Copy(_) => "",
            What::Failed(failed) => &failed.name,
        }
    }
}

fn numbered(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

impl Web {
    /// The decisions, mutes and copies, the oldest first.
    pub(super) fn deeds<'a>(&self, now: &'a Now) -> Result<Vec<Deed<'a>>, StoreError> {
        let decisions = now.reviews.iter().map(|it| Deed {
            at: it.review.at,
            number: it.number,
            what: What::Decision(it),
        });
        let mutes = self.options.store.mutes()?;
        let mutes = mutes.into_iter().zip(1..).map(|(mute, at)| Deed {
            at: mute.at,
            number: numbered(at),
            what: What::Mute(mute),
        });
        let copies = self.options.store.last_copies(COPIES)?.into_iter().rev();
        let copies = copies.zip(1..).filter_map(|(copy, at)| {
            Some(Deed {
                at: copy.source.as_ref()?.copied?,
                number: numbered(at),
                what: What::Copy(Box::new(copy)),
            })
        });
        let mut all: Vec<Deed<'a>> = decisions.chain(mutes).chain(copies).collect();
        all.sort_by_key(|deed| (deed.at, deed.number));
        Ok(all)
    }

    /// The same with the latest log-ins that failed, for admins.
    pub(super) fn deeds_and_failures<'a>(&self, now: &'a Now) -> Result<Vec<Deed<'a>>, StoreError> {
        let mut all = self.deeds(now)?;
        let accounts = self.people.accounts().ok().flatten();
        // If the accounts cannot be read, the pages about them say so.
        let failed = accounts.and_then(|accounts| accounts.failed(FAILURES).ok());
        let failed = failed.unwrap_or_default().into_iter().rev().zip(1..);
        all.extend(failed.map(|(failed, at)| Deed {
            at: failed.at,
            number: numbered(at),
            what: What::Failed(failed),
        }));
        all.sort_by_key(|deed| (deed.at, deed.number));
        Ok(all)
    }
}
