//! Further pages of a list: visits of their own, bound to the visit of the list's first page.

use rusqlite::{Connection, params};

use super::{Store, StoreError, VisitId, spans, visits::entries_of};
use crate::{capture::CaptureEntry, uri::TargetUri};

impl Store {
    /// Binds the visits of further pages to the visit of a list's first page, in their order, once.
    ///
    /// All of them are held already. From then on the visit brought what they brought together.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn bind_further(&self, visit: VisitId, pages: Vec<VisitId>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut insert = connection
                .prepare_cached("INSERT INTO further (seed, visit, place, page) SELECT seed, id, ?2, ?3 FROM visit WHERE id = ?1")?;
            for (place, page) in (0_i64..).zip(&pages) {
                insert.execute(params![visit.0, place, page.0])?;
            }
            if pages.is_empty() {
                return Ok(());
            }
            spans::bound(connection, visit.0)
        })
    }

    /// What the visits of a visit's further pages brought, in their order: for each page its captures.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn further(&self, visit: VisitId) -> Result<Vec<Vec<CaptureEntry>>, StoreError> {
        self.read(|connection| {
            let pages = pages_of(connection, visit.0)?.into_iter();
            pages
                .map(|it| {
                    let entries = entries_of(connection, VisitId(it))?;
                    Ok(entries.into_iter().map(|it| it.1).collect())
                })
                .collect()
        })
    }

    /// Whether a page ever had further pages that were visited.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn had_further(&self, seed: &TargetUri) -> Result<bool, StoreError> {
        self.read(|connection| {
            let had = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM further JOIN uri ON uri.id = further.seed WHERE uri.uri = ?1)")?
                .query_row([seed.as_str()], |row| row.get(0))?;
            Ok(had)
        })
    }
}

/// The visits of a visit's further pages, in their order.
pub(super) fn pages_of(connection: &Connection, visit: i64) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT page FROM further WHERE visit = ?1 ORDER BY place")?
        .query_map([visit], |row| row.get(0))?
        .collect()
}
