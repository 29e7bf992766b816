//! Reads captures from their rows.

use rusqlite::{Connection, Row};

use super::{
    CaptureId, Fault,
    copied::source_of,
    exchange::{self, Bases, Exchange, Wires},
    from_word, instant, payloads, retention, target_uri,
};
use crate::{
    capture::{
        Capture, CaptureEntry, Failure, FailureKind, Framing, Outcome, Response, Revisit,
        RevisitProfile, Source, Tombstone, Truncation, Untrusted, asked_otherwise, status_of,
    },
    clock::Instant,
    digest::PayloadDigest,
    ledger::{CaptureLeaf, Leaf},
    uri::TargetUri,
};

/// The columns of a capture, in the order in which [`CaptureRow::of`] reads them.
const COLUMNS: &str = "capture.id, uri.uri, capture.date, capture.ended, outcome, capture.connection, exchange, request_length,
     interim_length, head_length, payload.id, payload.digest, truncated, failure_kind, failure_detail, refers_to_date, origin.uri,
     exchange.base AS base, exchange.length AS length, exchange.bytes AS bytes, connection.untrusted AS untrusted, capture.asked AS asked,
     source.archive AS source_archive, source.memento AS source_memento, source.copied AS source_copied, source.record AS source_record,
     source.file AS source_file, source.digest AS source_digest";

/// The tables with those columns.
const TABLES: &str = "capture JOIN uri ON uri.id = capture.uri JOIN exchange ON exchange.id = capture.exchange LEFT JOIN payload ON payload.id = capture.payload
     LEFT JOIN uri AS origin ON origin.id = capture.refers_to_uri LEFT JOIN connection ON connection.id = capture.connection
     LEFT JOIN source ON source.id = capture.source";

struct CaptureRow {
    id: CaptureId,
    target_uri: TargetUri,
    date: Instant,
    ended: Instant,
    outcome: String,
    connection: Option<i64>,
    exchange: Exchange,
    payload: Option<(i64, PayloadDigest)>,
    truncated: Option<Truncation>,
    untrusted: Option<Untrusted>,
    asked: Option<String>,
    source: Option<Source>,
    failure: Option<(FailureKind, String)>,
    refers_to: Option<(Instant, TargetUri)>,
}

/// What consecutive rows share.
#[derive(Default)]
pub(super) struct Known {
    bases: Bases,
    uri: Option<(String, TargetUri)>,
}

impl Known {
    /// The address with that spelling; usually it is the address of the row before.
    fn target_uri(&mut self, row: &Row<'_>, column: usize) -> Result<Option<TargetUri>, Fault> {
        let Some(text) = row
            .get_ref(column)?
            .as_str_or_null()
            .map_err(Fault::damaged)?
        else {
            return Ok(None);
        };
        if let Some((_, uri)) = self.uri.as_ref().filter(|uri| uri.0 == text) {
            return Ok(Some(uri.clone()));
        }
        let uri = target_uri(text)?;
        self.uri = Some((text.to_owned(), uri.clone()));
        Ok(Some(uri))
    }
}

impl CaptureRow {
    fn of(connection: &Connection, known: &mut Known, row: &Row<'_>) -> Result<Self, Fault> {
        let lengths = [row.get(7)?, row.get(8)?, row.get(9)?];
        let payload = match (row.get(10)?, row.get::<_, Option<[u8; 32]>>(11)?) {
            (Some(id), Some(digest)) => Some((id, PayloadDigest::from_bytes(digest))),
            _ => None,
        };
        let failure = match (row.get::<_, Option<String>>(13)?, row.get(14)?) {
            (Some(kind), Some(detail)) => Some((from_word(kind)?, detail)),
            _ => None,
        };
        let target_uri = known.target_uri(row, 1)?;
        let refers_to = match (row.get(15)?, known.target_uri(row, 16)?) {
            (Some(date), Some(uri)) => Some((instant(date)?, uri)),
            _ => None,
        };
        Ok(Self {
            id: CaptureId(row.get(0)?),
            target_uri: target_uri.ok_or_else(|| Fault::damaged("a capture without an address"))?,
            date: instant(row.get(2)?)?,
            ended: instant(row.get(3)?)?,
            outcome: row.get(4)?,
            connection: row.get(5)?,
            exchange: Exchange::read(connection, &mut known.bases, row, row.get(6)?, lengths)?,
            payload,
            truncated: row
                .get::<_, Option<String>>(12)?
                .map(from_word)
                .transpose()?,
            untrusted: row
                .get::<_, Option<String>>("untrusted")?
                .map(from_word)
                .transpose()?,
            asked: row.get("asked")?,
            source: source_of(row)?,
            failure,
            refers_to,
        })
    }

    fn revisit(&self) -> Result<Option<RevisitProfile>, Fault> {
        match self.outcome.as_str() {
            "response" | "failure" => Ok(None),
            _ => from_word(self.outcome.clone()).map(Some),
        }
    }

    fn failure(&self) -> Option<Failure> {
        self.failure.as_ref().map(|(kind, detail)| Failure {
            kind: *kind,
            detail: detail.clone(),
            received: self.exchange.rest.clone(),
        })
    }

    fn entry(self) -> Result<(CaptureId, CaptureEntry), Fault> {
        let entry = CaptureEntry {
            revisit: self.revisit()?,
            failure: self.failure(),
            target_uri: self.target_uri,
            date: self.date,
            head: self.exchange.head,
            payload_digest: self.payload.map(|payload| payload.1),
            truncated: self.truncated,
            untrusted: self.untrusted,
            asked: self.asked,
            source: self.source,
        };
        Ok((self.id, entry))
    }
}

/// The captures that satisfy a condition, without their bodies.
pub(super) fn entries(
    connection: &Connection,
    known: &mut Known,
    condition: &str,
    parameter: &dyn rusqlite::ToSql,
) -> Result<Vec<(CaptureId, CaptureEntry)>, Fault> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE {condition}"))?;
    let mut rows = statement.query([parameter])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(CaptureRow::of(connection, known, row)?.entry()?);
    }
    Ok(entries)
}

/// One capture with all of its bytes.
pub(super) fn capture(connection: &Connection, id: CaptureId) -> Result<Capture, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE capture.id = ?1"
    ))?;
    let mut rows = statement.query([id.0])?;
    let row = rows
        .next()?
        .ok_or_else(|| Fault::NotHeld(format!("capture {}", id.0)))?;
    let row = CaptureRow::of(connection, &mut Known::default(), row)?;
    let outcome = if let Some(failure) = row.failure() {
        Outcome::Failure(failure)
    } else if let Some(profile) = row.revisit()? {
        let ((_, payload_digest), (refers_to_date, refers_to_uri)) = row
            .payload
            .zip(row.refers_to.clone())
            .ok_or_else(|| Fault::damaged(format!("revisit {} refers to nothing", id.0)))?;
        Outcome::Revisit(Revisit {
            profile,
            head: row.exchange.head,
            payload_digest,
            refers_to_date,
            refers_to_uri,
        })
    } else {
        let (payload, digest) = row
            .payload
            .ok_or_else(|| Fault::damaged(format!("response {} has no payload", id.0)))?;
        Outcome::Response(Response {
            payload: payloads::read_checked(connection, payload, &digest)?,
            framing: if row.exchange.rest.is_empty() {
                Framing::Identity
            } else {
                exchange::framing(&row.exchange.rest)
                    .ok_or_else(|| Fault::damaged(format!("the framing of capture {}", id.0)))?
            },
            head: row.exchange.head,
            truncated: row.truncated,
        })
    };
    Ok(Capture {
        target_uri: row.target_uri,
        date: row.date,
        ended: row.ended,
        connection: row
            .connection
            .map(|it| exchange::connection(connection, it, row.exchange.interim))
            .transpose()?,
        request: row.exchange.request,
        source: row.source,
        outcome,
    })
}

/// What is still known about a capture whose payload was removed; `None` if it was not removed.
pub(super) fn tombstone(
    connection: &Connection,
    id: CaptureId,
) -> Result<Option<Tombstone>, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE capture.id = ?1"
    ))?;
    let mut rows = statement.query([id.0])?;
    let row = rows
        .next()?
        .ok_or_else(|| Fault::NotHeld(format!("capture {}", id.0)))?;
    let row = CaptureRow::of(connection, &mut Known::default(), row)?;
    let Some((payload, payload_digest)) = row.payload else {
        return Ok(None);
    };
    let Some((removed, removal_leaf)) = retention::removal_of(connection, payload)? else {
        return Ok(None);
    };
    let mut capture_leaf = String::new();
    each_leaf(connection, Some(id.0), &mut |_, text| {
        capture_leaf = text?;
        Ok(())
    })?;
    Ok(Some(Tombstone {
        connection: row
            .connection
            .map(|it| exchange::connection(connection, it, row.exchange.interim))
            .transpose()?,
        target_uri: row.target_uri,
        date: row.date,
        ended: row.ended,
        request: row.exchange.request,
        head: row.exchange.head,
        payload_digest,
        removed,
        capture_leaf,
        removal_leaf,
    }))
}

/// Passes the id of every capture (or of one) and the text of its leaf in the ledger, made again from the rows, to `each`.
pub(in crate::store) fn each_leaf(
    connection: &Connection,
    only: Option<i64>,
    each: &mut dyn FnMut(i64, Result<String, Fault>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = connection.prepare(&format!(
        "SELECT {COLUMNS}, capture.visit AS visit, capture.hop AS hop, visit.crawl AS crawl, seed.uri AS seed,
             capture.status AS status
         FROM {TABLES} JOIN visit ON visit.id = capture.visit JOIN uri AS seed ON seed.id = visit.seed
         WHERE capture.id BETWEEN ?1 AND ?2 ORDER BY capture.id"
    ))?;
    let (mut known, mut wires) = (Known::default(), Wires::default());
    let mut rows = statement.query([only.unwrap_or(i64::MIN), only.unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        each(row.get(0)?, leaf(connection, &mut known, &mut wires, row))?;
    }
    Ok(())
}

/// The leaf of a row that has `visit`, `hop`, `crawl`, `seed` and `status` besides [`COLUMNS`].
fn leaf(
    connection: &Connection,
    known: &mut Known,
    wires: &mut Wires,
    row: &Row<'_>,
) -> Result<String, Fault> {
    let it = CaptureRow::of(connection, known, row)?;
    if status_of(&it.exchange.head) != row.get("status")? {
        return Err(Fault::damaged("its status is not that of its head"));
    }
    // Rows from before version 4 may not have this word.
    if it.asked.is_some() && asked_otherwise(&it.exchange.request) != it.asked {
        return Err(Fault::damaged("how it was asked for is not in its request"));
    }
    let wire = match it.connection {
        Some(id) => Some(wires.of(connection, id)?),
        None => None,
    };
    let seed = row.get_ref("seed")?;
    let leaf = Leaf::Capture(CaptureLeaf {
        id: it.id.0,
        visit: row.get("visit")?,
        hop: row.get("hop")?,
        crawl: row.get("crawl")?,
        seed: seed.as_str().map_err(Fault::damaged)?,
        uri: it.target_uri.as_str(),
        date: it.date,
        ended: it.ended,
        outcome: &it.outcome,
        payload: it.payload.map(|payload| payload.1),
        truncated: it.truncated,
        request: &it.exchange.request,
        interim: &it.exchange.interim,
        head: &it.exchange.head,
        rest: &it.exchange.rest,
        failure: it
            .failure
            .as_ref()
            .map(|failure| (failure.0, failure.1.as_str())),
        refers_to: it
            .refers_to
            .as_ref()
            .map(|refers_to| (refers_to.0, &refers_to.1)),
        connection: wire.map(|wire| (wire.address, wire.tls.as_ref())),
        source: it.source.as_ref(),
    });
    Ok(leaf.text())
}
