//! Visits copied from other archives: found by page, and kept apart from our own.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    CaptureId, Fault, Known, Store, StoreError, VisitId, entries, from_word, instant, micros, word,
};
use crate::{
    capture::{CaptureEntry, Source},
    clock::Instant,
    store::{aside, brought, checksum, spans::Span},
    uri::TargetUri,
};

/// A visit that another archive made.
#[derive(Clone, Debug, PartialEq)]
pub struct CopiedVisit {
    /// Its number.
    pub id: VisitId,
    /// When its first capture was made.
    pub date: Instant,
    /// Its captures in the order of the redirects.
    pub hops: Vec<(CaptureId, CaptureEntry)>,
}

impl CopiedVisit {
    /// The archive that it was copied from.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        self.hops.first()?.1.source.as_ref()
    }
}

/// The query for the visits copied from other archives of the addresses under a sort key, oldest first.
const OF_PAGE: &str = "SELECT visit.id, visit.date, visit.seed FROM uri JOIN capture INDEXED BY capture_copied ON capture.uri = uri.id
         AND capture.source IS NOT NULL AND capture.hop = 0 JOIN visit ON visit.id = capture.visit
     WHERE uri.surt = ?1 ORDER BY visit.date, visit.id";

impl Store {
    /// The visits of a page that were copied from other archives, oldest first, under every spelling of its address.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn copied(&self, page: &TargetUri) -> Result<Vec<CopiedVisit>, StoreError> {
        self.read(|connection| {
            let mut known = Known::default();
            of_page(connection, page)?
                .into_iter()
                .map(|(id, date, _)| {
                    Ok(CopiedVisit {
                        id: VisitId(id),
                        date: instant(date)?,
                        hops: entries(
                            connection,
                            &mut known,
                            "capture.visit = ?1 ORDER BY hop",
                            &id,
                        )?,
                    })
                })
                .collect()
        })
    }

    /// For each page, the visits copied from other archives, oldest first, each as a span of its own; the chain of the last one
    /// is a digest over all of them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn copied_spans<'s>(
        &self,
        pages: impl IntoIterator<Item = &'s TargetUri>,
    ) -> Result<Vec<Vec<Span>>, StoreError> {
        self.read(|connection| {
            let any: bool = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM source)")?
                .query_row((), |row| row.get(0))?;
            let spans = |page: &TargetUri| {
                if any {
                    spans_of(connection, page)
                } else {
                    Ok(Vec::new())
                }
            };
            pages.into_iter().map(spans).collect()
        })
    }

    /// The seeds under which copies from other archives are stored, in their order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn copied_seeds(&self) -> Result<Vec<TargetUri>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT DISTINCT uri.uri FROM source JOIN capture ON capture.source = source.id
                     JOIN visit ON visit.id = capture.visit JOIN uri ON uri.id = visit.seed ORDER BY uri.uri",
            )?;
            let mut rows = statement.query(())?;
            let mut seeds = Vec::new();
            while let Some(row) = rows.next()? {
                seeds.push(super::target_uri(
                    row.get_ref(0)?.as_str().map_err(Fault::damaged)?,
                )?);
            }
            Ok(seeds)
        })
    }
}

fn spans_of(connection: &Connection, page: &TargetUri) -> Result<Vec<Span>, Fault> {
    let mut spans: Vec<Span> = Vec::new();
    for (id, date, seed) in of_page(connection, page)? {
        let brought = brought::brought(connection, id)?;
        let is_aside = |until: &i64| date <= *until;
        if aside::of(connection, seed)?
            .get(&brought.essence)
            .is_some_and(is_aside)
        {
            continue;
        }
        let before = spans.last().map_or(0, |span| span.chain);
        let parts = [before, brought.essence, date].map(i64::to_be_bytes);
        spans.push(Span {
            visit: VisitId(id),
            first: instant(date)?,
            last: instant(date)?,
            visits: 1,
            bad: brought.bad,
            chain: checksum(parts.each_ref().map(<[u8; 8]>::as_slice)),
        });
    }
    Ok(spans)
}

fn of_page(connection: &Connection, page: &TargetUri) -> Result<Vec<(i64, i64, i64)>, Fault> {
    Ok(connection
        .prepare_cached(OF_PAGE)?
        .query_map([page.surt().as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?)
}

/// The row of a source, created if it does not exist: the captures of one memento share it.
pub(super) fn source_row(connection: &Connection, source: &Source) -> Result<i64, Fault> {
    let digest = source.digest.map(word).transpose()?;
    let values = params![
        source.archive,
        source.memento,
        source.copied.map(micros),
        source.record,
        source.file,
        digest
    ];
    let known = connection
        .prepare_cached(
            "SELECT id FROM source WHERE archive = ?1 AND memento IS ?2 AND copied IS ?3 AND record IS ?4 AND file IS ?5
                 AND digest IS ?6",
        )?
        .query_row(values, |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => Ok(connection
            .prepare_cached(
                "INSERT INTO source (archive, memento, copied, record, file, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .insert(values)?),
    }
}

/// The source in a row that has the columns `source_archive` and so on.
pub(super) fn source_of(row: &Row<'_>) -> Result<Option<Source>, Fault> {
    let Some(archive) = row.get("source_archive")? else {
        return Ok(None);
    };
    let copied: Option<i64> = row.get("source_copied")?;
    let digest: Option<String> = row.get("source_digest")?;
    Ok(Some(Source {
        archive,
        memento: row.get("source_memento")?,
        copied: copied.map(instant).transpose()?,
        record: row.get("source_record")?,
        file: row.get("source_file")?,
        digest: digest.map(from_word).transpose()?,
    }))
}
