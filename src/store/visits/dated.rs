//! The captures of a page by their dates, as replay and lists of them need them: nothing of their bytes is read.

use rusqlite::{Connection, Row, params};

use super::{CaptureId, Fault, Store, StoreError, from_word, instant, micros, target_uri};
use crate::{
    capture::{FailureKind, RevisitProfile},
    clock::Instant,
    digest::PayloadDigest,
    uri::{Surt, TargetUri},
};

/// A capture with its date, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    /// Its number.
    pub id: CaptureId,
    /// What was asked for.
    pub target_uri: TargetUri,
    /// When the exchange began.
    pub date: Instant,
    /// The status code, where a status line came.
    pub status: Option<u16>,
    /// Whether it is a revisit, and why.
    pub revisit: Option<RevisitProfile>,
    /// The failure that took the response's place, its kind and what happened.
    pub failure: Option<(FailureKind, String)>,
    /// The payload, the response's own or the one a revisit stands for.
    pub payload_digest: Option<PayloadDigest>,
    /// Whether the payload's bytes are held.
    pub held: bool,
    /// How it was asked for, where that was no plain request for the page: such a capture is no memento of it.
    pub asked: Option<String>,
}

/// The mementos of a page that stand around one of them.
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

/// A seed as the list of all of them shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedEntry {
    /// Where its visits start from.
    pub uri: TargetUri,
    /// How many visits of it there are.
    pub visits: u64,
    /// When the first began.
    pub first: Instant,
    /// When the latest began.
    pub last: Instant,
    /// The status that the latest came to; `None` for a failure.
    pub status: Option<u16>,
}

const COLUMNS: &str =
    "SELECT capture.id, uri.uri, capture.date, status, outcome, failure_kind, failure_detail,
     payload.digest, payload.bytes IS NOT NULL, asked
 FROM capture JOIN uri ON uri.id = capture.uri LEFT JOIN payload ON payload.id = capture.payload";

impl Store {
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

    /// The mementos of the addresses under a key that are nearest to the second `at`: for each address the last one
    /// before its end, and the first one from its beginning.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn nearest(&self, surt: &Surt, at: Instant) -> Result<Vec<Dated>, StoreError> {
        let from = micros(at);
        let until = from.saturating_add(1_000_000);
        self.read(|connection| {
            let mut found = Vec::new();
            for uri in uris(connection, surt)? {
                found.extend(edge(connection, uri, "capture.date < ?2", "DESC", until)?);
                found.extend(edge(connection, uri, "capture.date >= ?2", "ASC", from)?);
            }
            found.sort_unstable_by_key(|it| (it.date, it.id));
            found.dedup_by_key(|it| it.id);
            Ok(found)
        })
    }

    /// The mementos of the addresses under a key that stand around the moment of one of them: the first and the last, and
    /// the neighbours at least a second away.
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

    /// The capture that a payload came with: the one of that moment, or else the nearest to it.
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

    /// The seeds in the order of their keys, at most `most`, from the one behind `after` on.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn seeds(
        &self,
        after: Option<&TargetUri>,
        most: u32,
    ) -> Result<Vec<SeedEntry>, StoreError> {
        let surt = after.map_or(String::new(), |it| it.surt().to_string());
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

/// The first memento of an address, in that order, of those that the condition on its date lets through.
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

/// The captures that a condition lets through.
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
        held: row.get(8)?,
        asked: row.get(9)?,
    })
}
