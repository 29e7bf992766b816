//! Visits and their captures: kept to the byte, found again by seed, address and id.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

mod exchange;

use super::{CrawlId, Fault, Store, StoreError, crawls, instant, micros, payloads};
use crate::{
    capture::{
        Capture, CaptureEntry, Failure, FailureKind, Framing, Outcome, Response, Revisit,
        RevisitProfile, Truncation, Visit,
    },
    clock::Instant,
    digest::PayloadDigest,
    host::{HostState, Origin},
    uri::TargetUri,
};
use exchange::Exchange;

/// A visit as the store numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VisitId(pub i64);

/// A capture as the store numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaptureId(pub i64);

/// What became of a visit that was given to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedVisit {
    /// The visit.
    pub id: VisitId,
    /// Whether it was not held before.
    pub new: bool,
}

/// A visit as the store holds it, without the bytes of its bodies.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredVisit {
    /// Its number.
    pub id: VisitId,
    /// The crawl it was made in.
    pub crawl: CrawlId,
    /// Where it started from.
    pub seed: TargetUri,
    /// Its captures in the order of the redirects.
    pub hops: Vec<(CaptureId, CaptureEntry)>,
}

impl StoredVisit {
    /// The capture the visit came to.
    #[must_use]
    pub fn last(&self) -> Option<&(CaptureId, CaptureEntry)> {
        self.hops.last()
    }
}

/// The latest visit of a seed, as far as scheduling needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastVisit {
    /// When it began.
    pub at: Instant,
    /// Whether it came to a page: a response under 400, or a revisit.
    pub ok: bool,
    /// The last capture's status; `None` for a failure.
    pub status: Option<u16>,
    /// How many visits of the seed there are.
    pub visits: u64,
}

impl Store {
    /// Keeps a visit, and in the same transaction what is now known of the hosts. It is durable when this resolves.
    ///
    /// A visit that is held already (same seed; first capture of the same address, moment and payload) is not kept twice.
    ///
    /// # Errors
    /// The disk is full, or the file cannot be written.
    pub async fn add_visit(
        &self,
        crawl: CrawlId,
        visit: Visit,
        hosts: Vec<(Origin, HostState)>,
    ) -> Result<AddedVisit, StoreError> {
        // The digests are made here, so that the one writing thread does not have to.
        let digests: Vec<Option<PayloadDigest>> =
            visit.captures.iter().map(Capture::payload_digest).collect();
        self.write_later(move |connection| {
            crawls::remember_hosts(connection, &hosts)?;
            add(connection, crawl, &visit, &digests)
        })
        .await
    }

    /// The visits of a seed, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn visits(&self, seed: &TargetUri) -> Result<Vec<StoredVisit>, StoreError> {
        self.read(|connection| {
            let rows: Vec<(i64, i64)> = connection
                .prepare_cached(
                    "SELECT visit.id, visit.crawl FROM visit JOIN uri ON uri.id = visit.seed
                     WHERE uri.uri = ?1 ORDER BY visit.date, visit.id",
                )?
                .query_map([seed.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            rows.into_iter()
                .map(|(id, crawl)| {
                    Ok(StoredVisit {
                        id: VisitId(id),
                        crawl: CrawlId(crawl),
                        seed: seed.clone(),
                        hops: entries(connection, "capture.visit = ?1 ORDER BY hop", &id)?,
                    })
                })
                .collect()
        })
    }

    /// The latest visit of every seed.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_visits(&self) -> Result<BTreeMap<TargetUri, LastVisit>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT uri.uri, seed.date, seed.outcome, seed.status, seed.visits FROM seed JOIN uri ON uri.id = seed.uri",
            )?;
            let mut rows = statement.query(())?;
            let mut visits = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let outcome: String = row.get(2)?;
                let status: Option<u16> = row.get(3)?;
                let ok = match outcome.as_str() {
                    "failure" => false,
                    "response" => status.is_some_and(|it| (200..400).contains(&it)),
                    _ => true,
                };
                let last = LastVisit {
                    at: instant(row.get(1)?)?,
                    ok,
                    status,
                    visits: row.get::<_, i64>(4)?.unsigned_abs(),
                };
                visits.insert(target_uri(&row.get::<_, String>(0)?)?, last);
            }
            Ok(visits)
        })
    }

    /// The captures of an address, in every visit that went through it, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn captures_of(
        &self,
        uri: &TargetUri,
    ) -> Result<Vec<(CaptureId, CaptureEntry)>, StoreError> {
        self.read(|connection| {
            entries(
                connection,
                "uri.uri = ?1 ORDER BY capture.date, capture.id",
                &uri.as_str(),
            )
        })
    }

    /// One capture, byte for byte as it was given.
    ///
    /// # Errors
    /// It is not held, or does not read back as it was.
    pub fn capture(&self, id: CaptureId) -> Result<Capture, StoreError> {
        self.read(|connection| capture(connection, id))
    }
}

fn add(
    connection: &Connection,
    crawl: CrawlId,
    visit: &Visit,
    digests: &[Option<PayloadDigest>],
) -> Result<AddedVisit, Fault> {
    let seed = uri_row(connection, &visit.seed)?;
    let (Some(first), Some(last)) = (visit.captures.first(), visit.captures.last()) else {
        return Err(Fault::NotHeld("capture of that visit".into()));
    };
    let held: Option<i64> = connection
        .prepare_cached(
            "SELECT visit.id FROM visit JOIN capture ON capture.visit = visit.id AND capture.hop = 0
                 JOIN uri ON uri.id = capture.uri LEFT JOIN payload ON payload.id = capture.payload
             WHERE visit.seed = ?1 AND visit.date = ?2 AND uri.uri = ?3 AND payload.digest IS ?4",
        )?
        .query_row(
            params![
                seed,
                micros(first.date),
                first.target_uri.as_str(),
                digests.first().copied().flatten().as_ref().map(PayloadDigest::as_bytes),
            ],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(id) = held {
        return Ok(AddedVisit {
            id: VisitId(id),
            new: false,
        });
    }
    let date = micros(first.date);
    let id = connection
        .prepare_cached("INSERT INTO visit (crawl, seed, date) VALUES (?1, ?2, ?3)")?
        .insert(params![crawl.0, seed, date])?;
    for (hop, (capture, digest)) in visit.captures.iter().zip(digests).enumerate() {
        add_capture(connection, id, hop, capture, digest.as_ref())?;
    }
    connection
        .prepare_cached(
            "INSERT INTO seed (uri, visit, date, outcome, status, visits) VALUES (?1, ?2, ?3, ?4, ?5, 1)
             ON CONFLICT (uri) DO UPDATE SET visits = visits + 1,
                 visit = iif(excluded.date >= date, excluded.visit, visit),
                 outcome = iif(excluded.date >= date, excluded.outcome, outcome),
                 status = iif(excluded.date >= date, excluded.status, status),
                 date = max(excluded.date, date)",
        )?
        .execute(params![seed, id, date, outcome_name(&last.outcome), last.status()])?;
    Ok(AddedVisit {
        id: VisitId(id),
        new: true,
    })
}

fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Response(_) => "response",
        Outcome::Failure(_) => "failure",
        Outcome::Revisit(it) => match it.profile {
            RevisitProfile::IdenticalPayloadDigest => "identical-payload-digest",
            RevisitProfile::ServerNotModified => "server-not-modified",
        },
    }
}

fn add_capture(
    connection: &Connection,
    visit: i64,
    hop: usize,
    capture: &Capture,
    digest: Option<&PayloadDigest>,
) -> Result<(), Fault> {
    let uri = uri_row(connection, &capture.target_uri)?;
    let (mut payload, mut truncated, mut refers_to) = (None, None, (None, None));
    let mut failure = (None, None);
    match (&capture.outcome, digest) {
        (Outcome::Response(it), Some(digest)) => {
            payload = Some(payloads::keep(connection, uri, digest, &it.payload)?);
            truncated = it.truncated.map(word).transpose()?;
        }
        (Outcome::Revisit(it), Some(digest)) => {
            payload = Some(payloads::name(connection, digest)?);
            refers_to = (
                Some(micros(it.refers_to_date)),
                Some(uri_row(connection, &it.refers_to_uri)?),
            );
        }
        (Outcome::Failure(it), _) => failure = (Some(word(it.kind)?), Some(&it.detail)),
        _ => {}
    }
    let exchange = Exchange::of(capture);
    let connection_row = capture
        .connection
        .as_ref()
        .map(|it| exchange::connection_row(connection, it))
        .transpose()?;
    connection
        .prepare_cached(
            "INSERT INTO capture (visit, hop, uri, date, ended, outcome, status, connection, exchange, request_length,
                 interim_length, head_length, payload, truncated, failure_kind, failure_detail, refers_to_date, refers_to_uri)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        )?
        .execute(params![
            visit,
            i64::try_from(hop).unwrap_or(i64::MAX),
            uri,
            micros(capture.date),
            micros(capture.ended),
            outcome_name(&capture.outcome),
            capture.status(),
            connection_row,
            exchange.keep(connection, uri)?,
            i64::try_from(exchange.request.len()).unwrap_or(i64::MAX),
            i64::try_from(exchange.interim.len()).unwrap_or(i64::MAX),
            i64::try_from(exchange.head.len()).unwrap_or(i64::MAX),
            payload,
            truncated,
            failure.0,
            failure.1,
            refers_to.0,
            refers_to.1,
        ])?;
    Ok(())
}

/// The word that serde gives a unit variant; the store's spelling of enums.
fn word(value: impl serde::Serialize) -> Result<String, Fault> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(Fault::damaged("an enum without a word")),
    }
}

fn from_word<T: serde::de::DeserializeOwned>(word: String) -> Result<T, Fault> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(Fault::damaged)
}

fn uri_row(connection: &Connection, uri: &TargetUri) -> rusqlite::Result<i64> {
    let known = connection
        .prepare_cached("SELECT id FROM uri WHERE uri = ?1")?
        .query_row([uri.as_str()], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => connection
            .prepare_cached("INSERT INTO uri (uri, surt) VALUES (?1, ?2)")?
            .insert(params![uri.as_str(), uri.surt().as_str()]),
    }
}

fn target_uri(text: &str) -> Result<TargetUri, Fault> {
    text.parse().map_err(Fault::damaged)
}

/// The columns that a capture is read from, in the order that [`CaptureRow::of`] reads them.
const COLUMNS: &str = "SELECT capture.id, uri.uri, capture.date, capture.ended, outcome, connection, exchange, request_length,
     interim_length, head_length, payload.id, payload.digest, truncated, failure_kind, failure_detail, refers_to_date, origin.uri
 FROM capture JOIN uri ON uri.id = capture.uri LEFT JOIN payload ON payload.id = capture.payload
     LEFT JOIN uri AS origin ON origin.id = capture.refers_to_uri";

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
    failure: Option<(FailureKind, String)>,
    refers_to: Option<(Instant, TargetUri)>,
}

impl CaptureRow {
    fn of(connection: &Connection, row: &Row<'_>) -> Result<Self, Fault> {
        let lengths = [row.get(7)?, row.get(8)?, row.get(9)?];
        let payload = match (row.get(10)?, row.get::<_, Option<[u8; 32]>>(11)?) {
            (Some(id), Some(digest)) => Some((id, PayloadDigest::from_bytes(digest))),
            _ => None,
        };
        let failure = match (row.get::<_, Option<String>>(13)?, row.get(14)?) {
            (Some(kind), Some(detail)) => Some((from_word(kind)?, detail)),
            _ => None,
        };
        let refers_to = match (row.get(15)?, row.get::<_, Option<String>>(16)?) {
            (Some(date), Some(uri)) => Some((instant(date)?, target_uri(&uri)?)),
            _ => None,
        };
        Ok(Self {
            id: CaptureId(row.get(0)?),
            target_uri: target_uri(&row.get::<_, String>(1)?)?,
            date: instant(row.get(2)?)?,
            ended: instant(row.get(3)?)?,
            outcome: row.get(4)?,
            connection: row.get(5)?,
            exchange: Exchange::read(connection, row.get(6)?, lengths)?,
            payload,
            truncated: row
                .get::<_, Option<String>>(12)?
                .map(from_word)
                .transpose()?,
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
            payload_digest: self.payload.map(|it| it.1),
            truncated: self.truncated,
        };
        Ok((self.id, entry))
    }
}

fn entries(
    connection: &Connection,
    condition: &str,
    parameter: &dyn rusqlite::ToSql,
) -> Result<Vec<(CaptureId, CaptureEntry)>, Fault> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE {condition}"))?;
    let mut rows = statement.query([parameter])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(CaptureRow::of(connection, row)?.entry()?);
    }
    Ok(entries)
}

fn capture(connection: &Connection, id: CaptureId) -> Result<Capture, Fault> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE capture.id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    let row = rows
        .next()?
        .ok_or_else(|| Fault::NotHeld(format!("capture {}", id.0)))?;
    let row = CaptureRow::of(connection, row)?;
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
        outcome,
    })
}
