//! What visits showed: the captures of one, and the latest spans of a page, which show how often it changes.

use super::{
    Store, StoreError, VisitId, instant,
    visits::{entries_of, uri_id},
};
use crate::{capture::CaptureEntry, clock::Instant, uri::TargetUri};

/// Visits of one seed, one after the other, that brought the same page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastSpan {
    /// The date of its first visit.
    pub first: Instant,
    /// The date of its last visit.
    pub last: Instant,
    /// How many visits there are.
    pub visits: u64,
    /// The same for spans that brought the same.
    pub essence: i64,
}

/// How many of the latest spans show how often a page changes: it may have changed its ways before.
const PAST: u32 = 64;

impl Store {
    /// What the captures of a visit brought, in the order of the redirects.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn hops(&self, visit: VisitId) -> Result<Vec<CaptureEntry>, StoreError> {
        self.read(|connection| {
            let entries = entries_of(connection, visit)?;
            Ok(entries.into_iter().map(|entry| entry.1).collect())
        })
    }

    /// The latest spans of a seed that brought a page, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn past(&self, seed: &TargetUri) -> Result<Vec<PastSpan>, StoreError> {
        self.read(|connection| {
            let Some(seed) = uri_id(connection, seed)? else {
                return Ok(Vec::new());
            };
            let mut statement = connection.prepare_cached(
                "SELECT first, last, visits, essence FROM span WHERE seed = ?1 AND NOT bad
                 ORDER BY first DESC, visit DESC LIMIT ?2",
            )?;
            let mut rows = statement.query((seed, PAST))?;
            let mut spans = Vec::new();
            while let Some(row) = rows.next()? {
                spans.push(PastSpan {
                    first: instant(row.get(0)?)?,
                    last: instant(row.get(1)?)?,
                    visits: row.get::<_, i64>(2)?.unsigned_abs(),
                    essence: row.get(3)?,
                });
            }
            spans.reverse();
            Ok(spans)
        })
    }
}
