//! The captures of a page by date, for replay and lists; without reading their bytes.

use rusqlite::{Connection, Row, params};

use super::{
    CaptureId, Fault, Store, StoreError, VisitId, copied::source_of, from_word, instant, micros,
    target_uri,
};
use crate::{
    capture::{FailureKind, RevisitProfile, Source},
    clock::Instant,
    digest::PayloadDigest,
    uri::{Surt, TargetUri},
};

/// A capture with its date and result.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    /// Its number.
    pub id: CaptureId,
    /// The address that was requested.
    pub target_uri: TargetUri,
    /// The beginning of the exchange.
    pub date: Instant,
    /// The status code, if there is a status line.
    pub status: Option<u16>,
    /// Why it is a revisit, if it is.
    pub revisit: Option<RevisitProfile>,
    /// The failure instead of a response: its kind, and what happened.
    pub failure: Option<(FailureKind, String)>,
    /// The digest of the payload: of the response, or of the capture that a revisit refers to.
    pub payload_digest: Option<PayloadDigest>,
    /// Whether the bytes of the payload are stored.
    pub stored: bool,
    /// The kind of request, unless it was a plain one for the page: then the capture is not a memento of the page.
    pub asked: Option<String>,
    /// The archive that it was copied from; `None` for our own.
    pub source: Option<Source>,
}

/// The neighbours of a memento of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// The first of all.
    pub first: Option<Dated>,
    /// The one before.
    pub before: Option<Dated>,
    /// The one after.
    pub after: Option<Dated>,
    /// The last of all.
    pub last: Option<Dated>,
}

/// A seed as shown in the list of seeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedEntry {
    /// Its address.
    pub uri: TargetUri,
    /// The number of its visits.
    pub visits: u64,
    /// When the first began.
    pub first: Instant,
    /// When the latest began.
    pub last: Instant,
    /// The status of the latest visit; `None` for a failure.
    pub status: Option<u16>,
}

const COLUMNS: &str =
    "SELECT capture.id, uri.uri, capture.date, status, outcome, failure_kind, failure_detail,
     payload.digest, payload.bytes IS NOT NULL, asked,
     source.archive AS source_archive, source.memento AS source_memento, source.copied AS source_copied, source.record AS source_record,
     source.file AS source_file, source.digest AS source_digest
 FROM capture JOIN uri ON uri.id = capture.uri LEFT JOIN payload ON payload.id = capture.payload
     LEFT JOIN source ON source.id = capture.source";

impl Store {
    /// The visit that was stored last.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn newest_visit(&self) -> Result<Option<VisitId>, StoreError> {
        self.read(|connection| {
            let newest = connection
                .prepare_cached("SELECT max(id) FROM visit")?
                .query_row((), |row| row.get::<_, Option<i64>>(0))?;
            Ok(newest.map(VisitId))
        })
    }

    /// The first and the last date of the visits that were stored after one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn dates_after(
        &self,
        visit: Option<VisitId>,
    ) -> Result<Option<(Instant, Instant)>, StoreError> {
        self.read(|connection| {
            let (first, last): (Option<i64>, Option<i64>) = connection
                .prepare_cached("SELECT min(date), max(date) FROM visit WHERE id > ?1")?
                .query_row([visit.map_or(0, |it| it.0)], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            let dates = first.zip(last);
            dates
                .map(|(first, last)| Ok((instant(first)?, instant(last)?)))
                .transpose()
        })
    }

    /// Every capture of the addresses under a key, failures included, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn dated(&self, surt: &Surt) -> Result<Vec<Dated>, StoreError> {
        self.read(|connection| {
            some(
                connection,
                "uri.surt = ?1 ORDER BY capture.date, capture.id",
                &[&surt.as_str()],
            )
        })
    }

    /// The latest of our own visits that failed, newest first, at most `most`; only the last 50,000 captures are looked at, so that a
    /// large archive answers as fast as a small one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_failures(&self, most: u32) -> Result<Vec<Dated>, StoreError> {
        self.read(|connection| {
            let mut failed = some(
                connection,
                "capture.id > (SELECT coalesce(max(id), 0) - 50000 FROM capture) AND outcome = 'failure'
                     AND capture.source IS NULL ORDER BY capture.id DESC LIMIT ?1",
                &[&most],
            )?;
            failed.sort_by_key(|it| std::cmp::Reverse(it.date));
            Ok(failed)
        })
    }

    /// The first captures of visits that were copied from other archives, by when they were copied, the latest first, at most `most`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_copies(&self, most: u32) -> Result<Vec<Dated>, StoreError> {
        self.read(|connection| {
            some(
                connection,
                "capture.source IS NOT NULL AND hop = 0 AND source.copied IS NOT NULL
                     ORDER BY source.copied DESC, capture.id DESC LIMIT ?1",
                &[&most],
            )
        })
    }

    /// The mementos of the addresses under a key that are nearest to the second `at`: for each address the last one before the end
    /// of that second, and the first one from its beginning.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn nearest(&self, surt: &Surt, at: Instant) -> Result<Vec<Dated>, StoreError> {
        let from = micros(at);
        let until = from.saturating_add(1_000_000);
        self.read(|connection| {
            let mut found = Vec::new();
            for uri in uris(connection, surt)? {
                // Our TimeGate offers only our own captures.
                let own = |condition: &str| format!("capture.source IS NULL AND {condition}");
                found.extend(edge(
                    connection,
                    uri,
                    &own("capture.date < ?2"),
                    "DESC",
                    until,
                )?);
                found.extend(edge(
                    connection,
                    uri,
                    &own("capture.date >= ?2"),
                    "ASC",
                    from,
                )?);
            }
            found.sort_unstable_by_key(|it| (it.date, it.id));
            found.dedup_by_key(|it| it.id);
            Ok(found)
        })
    }

    /// The mementos around one of the addresses under a key: the first and the last, and the neighbours at least a second away.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn around(&self, surt: &Surt, at: Instant) -> Result<Around, StoreError> {
        let from = micros(at).div_euclid(1_000_000) * 1_000_000;
        let until = from.saturating_add(1_000_000);
        self.read(|connection| {
            let uris = uris(connection, surt)?;
            let of = |condition: &str, order: &str, date: i64| -> Result<Vec<Dated>, Fault> {
                let each = uris
                    .iter()
                    .map(|uri| edge(connection, *uri, condition, order, date));
                let found: Vec<Option<Dated>> = each.collect::<Result<_, _>>()?;
                Ok(found.into_iter().flatten().collect())
            };
            let earliest = |all: Vec<Dated>| all.into_iter().min_by_key(|it| (it.date, it.id));
            let latest = |all: Vec<Dated>| all.into_iter().max_by_key(|it| (it.date, it.id));
            Ok(Around {
                first: earliest(of("capture.date >= ?2", "ASC", i64::MIN)?),
                before: latest(of("capture.date < ?2", "DESC", from)?),
                after: earliest(of("capture.date >= ?2", "ASC", until)?),
                last: latest(of("capture.date < ?2", "DESC", i64::MAX)?),
            })
        })
    }

    /// The capture with a payload: the one of that time, or else the nearest to it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn capture_with(
        &self,
        digest: &PayloadDigest,
        at: Instant,
    ) -> Result<Option<CaptureId>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT capture.id FROM payload JOIN capture ON capture.payload = payload.id
                 WHERE payload.digest = ?1 AND outcome = 'response'
                 ORDER BY abs(capture.date - ?2), capture.id LIMIT 1",
            )?;
            let mut rows = statement.query(params![digest.as_bytes(), micros(at)])?;
            Ok(rows
                .next()?
                .map(|row| row.get(0).map(CaptureId))
                .transpose()?)
        })
    }

    /// At most `most` seeds in the order of their keys, from the one after `after` on.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn seeds(
        &self,
        after: Option<&TargetUri>,
        most: u32,
    ) -> Result<Vec<SeedEntry>, StoreError> {
        let surt = after.map_or(String::new(), |after| after.surt().to_string());
        let uri = after.map_or("", TargetUri::as_str);
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT uri.uri, seed.visits, (SELECT min(date) FROM visit WHERE visit.seed = seed.uri), seed.date, seed.status
                 FROM seed JOIN uri ON uri.id = seed.uri
                 WHERE (uri.surt, uri.uri) > (?1, ?2) ORDER BY uri.surt, uri.uri LIMIT ?3",
            )?;
            let mut rows = statement.query(params![surt, uri, most])?;
            let mut seeds = Vec::new();
            while let Some(row) = rows.next()? {
                seeds.push(SeedEntry {
                    uri: target_uri(&row.get::<_, String>(0)?)?,
                    visits: row.get::<_, i64>(1)?.unsigned_abs(),
                    first: instant(row.get(2)?)?,
                    last: instant(row.get(3)?)?,
                    status: row.get(4)?,
                });
            }
            Ok(seeds)
        })
    }
}

/// The addresses under a key.
fn uris(connection: &Connection, surt: &Surt) -> Result<Vec<i64>, Fault> {
    Ok(connection
        .prepare_cached("SELECT id FROM uri WHERE surt = ?1")?
        .query_map([surt.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// The first memento of an address, in that order, that satisfies the condition on its date.
fn edge(
    connection: &Connection,
    uri: i64,
    condition: &str,
    order: &str,
    date: i64,
) -> Result<Option<Dated>, Fault> {
    let found = some(
        connection,
        &format!(
            "capture.uri = ?1 AND {condition} AND outcome <> 'failure' AND asked IS NULL
             ORDER BY capture.date {order}, capture.id {order} LIMIT 1"
        ),
        &[&uri, &date],
    )?;
    Ok(found.into_iter().next())
}

/// The captures that satisfy a condition.
pub(super) fn some(
    connection: &Connection,
    condition: &str,
    parameters: &[&dyn rusqlite::ToSql],
) -> Result<Vec<Dated>, Fault> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE {condition}"))?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(dated(row)?);
    }
    Ok(found)
}

fn dated(row: &Row<'_>) -> Result<Dated, Fault> {
    let outcome: String = row.get(4)?;
    let revisit = match outcome.as_str() {
        "response" | "failure" => None,
        _ => Some(from_word(outcome)?),
    };
    let failure = match (row.get::<_, Option<String>>(5)?, row.get(6)?) {
        (Some(kind), Some(detail)) => Some((from_word(kind)?, detail)),
        _ => None,
    };
    Ok(Dated {
        id: CaptureId(row.get(0)?),
        target_uri: target_uri(&row.get::<_, String>(1)?)?,
        date: instant(row.get(2)?)?,
        status: row.get(3)?,
        revisit,
        failure,
        payload_digest: row
            .get::<_, Option<[u8; 32]>>(7)?
            .map(PayloadDigest::from_bytes),
        stored: row.get(8)?,
        asked: row.get(9)?,
        source: source_of(row)?,
    })
}
