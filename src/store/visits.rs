//! Visits and their captures: stored byte for byte, found again by seed, address and id.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

mod copied;
mod dated;
mod exchange;
mod head;
mod rows;
mod seed_state;
mod some;

use super::{
    CrawlId, Fault, Store, StoreError, crawls, instant, ledger, micros, payloads, retention, spans,
};
use crate::{
    capture::{Capture, CaptureEntry, Outcome, RevisitProfile, Tombstone, Visit, asked_otherwise},
    digest::PayloadDigest,
    host::{HostState, Origin},
    ledger::{CaptureLeaf, Leaf},
    uri::TargetUri,
};
pub use copied::CopiedVisit;
pub use dated::{Around, Dated, SeedEntry};
use exchange::Exchange;
pub(super) use exchange::mark_asked;
pub use head::{LastVisit, LastVisits};
pub(super) use rows::each_leaf;
use rows::{Known, capture, entries};
use seed_state::Came;
pub use seed_state::{PageDates, SeedState};
pub(super) use seed_state::{begin as begin_states, each_validators};
pub use some::{SomeVisits, VisitEnd, Wanted};

/// The number of a visit in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VisitId(pub i64);

/// The number of a capture in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaptureId(pub i64);

/// The result of adding a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedVisit {
    /// The visit.
    pub id: VisitId,
    /// Whether it is new.
    pub new: bool,
}

/// A stored visit, without the bytes of its bodies.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredVisit {
    /// Its number.
    pub id: VisitId,
    /// Its crawl.
    pub crawl: CrawlId,
    /// Its seed.
    pub seed: TargetUri,
    /// Its captures in the order of the redirects.
    pub hops: Vec<(CaptureId, CaptureEntry)>,
}

impl StoredVisit {
    /// The last capture, the result of the visit.
    #[must_use]
    pub fn last(&self) -> Option<&(CaptureId, CaptureEntry)> {
        self.hops.last()
    }
}

impl Store {
    /// Stores a visit and, in the same transaction, the state of the hosts. The visit is durable when this resolves.
    ///
    /// The writer gets the visit immediately: visits are stored in the order of the calls, however they are awaited. A visit that
    /// exists already (same seed; first capture of the same address, time and payload) is not stored twice.
    ///
    /// # Errors
    /// The disk is full, or the file cannot be written.
    pub fn add_visit<V: Into<Arc<Visit>>>(
        &self,
        crawl: CrawlId,
        visit: V,
        hosts: Vec<(Origin, HostState)>,
    ) -> impl Future<Output = Result<AddedVisit, StoreError>> + Send + use<V> {
        let visit = visit.into();
        // The digests are computed here, not on the only writing thread.
        let digests: Vec<Option<PayloadDigest>> =
            visit.captures.iter().map(Capture::payload_digest).collect();
        self.write_later(move |connection| {
            crawls::remember_hosts(connection, &hosts)?;
            add(connection, crawl, &visit, &digests)
        })
    }

    /// Whether a visit exists already, in the sense of [`Store::add_visit`].
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn holds(&self, visit: &Visit) -> Result<bool, StoreError> {
        let digest = visit.captures.first().and_then(Capture::payload_digest);
        self.read(|connection| Ok(stored(connection, visit, digest)?.is_some()))
    }

    /// The visits of a seed, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn visits(&self, seed: &TargetUri) -> Result<Vec<StoredVisit>, StoreError> {
        self.read(|connection| visits_of(connection, seed, u32::MAX))
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
                &mut Known::default(),
                "uri.uri = ?1 ORDER BY capture.date, capture.id",
                &uri.as_str(),
            )
        })
    }

    /// One capture, byte for byte.
    ///
    /// # Errors
    /// It does not exist, or is damaged.
    pub fn capture(&self, id: CaptureId) -> Result<Capture, StoreError> {
        self.read(|connection| capture(connection, id))
    }

    /// What is still known about a capture whose payload was removed on purpose; `None` for other captures.
    ///
    /// # Errors
    /// It does not exist, or the file cannot be read.
    pub fn tombstone(&self, id: CaptureId) -> Result<Option<Tombstone>, StoreError> {
        self.read(|connection| rows::tombstone(connection, id))
    }
}

fn visits_of(
    connection: &Connection,
    seed: &TargetUri,
    most: u32,
) -> Result<Vec<StoredVisit>, Fault> {
    let mut rows: Vec<(i64, i64)> = connection
        .prepare_cached(
            "SELECT visit.id, visit.crawl FROM visit JOIN uri ON uri.id = visit.seed
             WHERE uri.uri = ?1 ORDER BY visit.date DESC, visit.id DESC LIMIT ?2",
        )?
        .query_map(params![seed.as_str(), most], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    rows.reverse();
    let mut known = Known::default();
    let mut visits = Vec::new();
    for (id, crawl) in rows {
        let visit = StoredVisit {
            id: VisitId(id),
            crawl: CrawlId(crawl),
            seed: seed.clone(),
            hops: entries(
                connection,
                &mut known,
                "capture.visit = ?1 ORDER BY hop",
                &id,
            )?,
        };
        // Before version 4, imports treated answers to any request as visits.
        let is_of_page = |entry: &CaptureEntry| entry.asked.is_none() || entry.target_uri != *seed;
        if visit.hops.iter().all(|hop| is_of_page(&hop.1)) {
            visits.push(visit);
        }
    }
    Ok(visits)
}

fn add(
    connection: &Connection,
    crawl: CrawlId,
    visit: &Visit,
    digests: &[Option<PayloadDigest>],
) -> Result<AddedVisit, Fault> {
    let (Some(first), Some(last)) = (visit.captures.first(), visit.captures.last()) else {
        return Err(Fault::NotHeld("capture of that visit".into()));
    };
    let stored = stored(connection, visit, digests.first().copied().flatten())?;
    if let Some(id) = stored {
        return Ok(AddedVisit {
            id: VisitId(id),
            new: false,
        });
    }
    // Payloads of earlier revisits that come only now.
    let mut came = Vec::new();
    for (capture, digest) in visit.captures.iter().zip(digests) {
        if let (Outcome::Response(_), Some(digest)) = (&capture.outcome, digest) {
            came.extend(spans::without_bytes(connection, digest)?);
        }
    }
    let seed = uri_row(connection, &visit.seed)?;
    let date = micros(first.date);
    let id = connection
        .prepare_cached("INSERT INTO visit (crawl, seed, date) VALUES (?1, ?2, ?3)")?
        .insert(params![crawl.0, seed, date])?;
    let mut end = (0, None);
    for (hop, (capture, digest)) in visit.captures.iter().zip(digests).enumerate() {
        let place = Place {
            crawl: crawl.0,
            visit: id,
            seed: &visit.seed,
            hop: i64::try_from(hop).unwrap_or(i64::MAX),
        };
        end = add_capture(connection, &place, capture, digest.as_ref())?;
    }
    if first.source.is_some() {
        // A copy says nothing about the page today, and no condition may come from what another archive received.
        return Ok(AddedVisit {
            id: VisitId(id),
            new: true,
        });
    }
    let ended = Came {
        seed,
        visit: id,
        date,
        capture: end.0,
        payload: end.1,
        last,
        is_of_page: visit.captures.iter().all(|capture| {
            capture.target_uri != visit.seed || asked_otherwise(&capture.request).is_none()
        }),
    };
    seed_state::enter(connection, &ended)?;
    head::refresh(connection, seed, &visit.seed)?;
    spans::add(connection, seed, id, date)?;
    came.into_iter()
        .try_for_each(|it| spans::payload_changed(connection, it))?;
    Ok(AddedVisit {
        id: VisitId(id),
        new: true,
    })
}

/// The existing visit: the same seed; a first capture of the same address, time and payload.
fn stored(
    connection: &Connection,
    visit: &Visit,
    digest: Option<PayloadDigest>,
) -> Result<Option<i64>, Fault> {
    let Some(first) = visit.captures.first() else {
        return Ok(None);
    };
    Ok(connection
        .prepare_cached(
            "SELECT visit.id FROM uri AS seed JOIN visit ON visit.seed = seed.id
                 JOIN capture ON capture.visit = visit.id AND capture.hop = 0
                 JOIN uri ON uri.id = capture.uri LEFT JOIN payload ON payload.id = capture.payload
             WHERE seed.uri = ?1 AND visit.date = ?2 AND uri.uri = ?3 AND payload.digest IS ?4",
        )?
        .query_row(
            params![
                visit.seed.as_str(),
                micros(first.date),
                first.target_uri.as_str(),
                digest.as_ref().map(PayloadDigest::as_bytes),
            ],
            |row| row.get(0),
        )
        .optional()?)
}

fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Response(_) => "response",
        Outcome::Failure(_) => "failure",
        Outcome::Revisit(revisit) => match revisit.profile {
            RevisitProfile::IdenticalPayloadDigest => "identical-payload-digest",
            RevisitProfile::ServerNotModified => "server-not-modified",
        },
    }
}

/// The place of a capture.
struct Place<'a> {
    crawl: i64,
    visit: i64,
    seed: &'a TargetUri,
    hop: i64,
}

/// Stores a capture; returns its row and that of its payload.
fn add_capture(
    connection: &Connection,
    place: &Place<'_>,
    capture: &Capture,
    digest: Option<&PayloadDigest>,
) -> Result<(i64, Option<i64>), Fault> {
    let uri = uri_row(connection, &capture.target_uri)?;
    let (mut payload, mut truncated, mut refers_to) = (None, None, (None, None));
    let mut failure = (None, None);
    match (&capture.outcome, digest) {
        (Outcome::Response(response), Some(digest)) => {
            payload = Some(payloads::keep(
                connection,
                (uri, capture.target_uri.host()),
                digest,
                &response.payload,
            )?);
            truncated = response.truncated.map(word).transpose()?;
        }
        (Outcome::Revisit(revisit), Some(digest)) => {
            payload = Some(payloads::name(connection, digest)?);
            refers_to = (
                Some(micros(revisit.refers_to_date)),
                Some(uri_row(connection, &revisit.refers_to_uri)?),
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
    let source = match &capture.source {
        Some(source) => Some(copied::source_row(connection, source)?),
        None => None,
    };
    let id = connection
        .prepare_cached(
            "INSERT INTO capture (visit, hop, uri, date, ended, outcome, status, connection, exchange, request_length,
                 interim_length, head_length, payload, truncated, failure_kind, failure_detail, refers_to_date, refers_to_uri, asked,
                 source)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        )?
        .insert(params![
            place.visit,
            place.hop,
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
            asked_otherwise(&exchange.request),
            source,
        ])?;
    let leaf = leaf(id, place, capture, digest, &exchange);
    ledger::append(connection, ledger::Kind::Capture, id, &leaf)?;
    Ok((id, payload))
}

fn leaf<'a>(
    id: i64,
    place: &'a Place<'a>,
    capture: &'a Capture,
    digest: Option<&PayloadDigest>,
    exchange: &'a Exchange,
) -> Leaf<'a> {
    let mut leaf = CaptureLeaf {
        id,
        visit: place.visit,
        hop: place.hop,
        crawl: place.crawl,
        seed: place.seed.as_str(),
        uri: capture.target_uri.as_str(),
        date: capture.date,
        ended: capture.ended,
        outcome: outcome_name(&capture.outcome),
        payload: digest.copied(),
        truncated: None,
        request: &exchange.request,
        interim: &exchange.interim,
        head: &exchange.head,
        rest: &exchange.rest,
        failure: None,
        refers_to: None,
        connection: capture
            .connection
            .as_ref()
            .map(|connection| (connection.address, connection.tls.as_ref())),
        source: capture.source.as_ref(),
    };
    match &capture.outcome {
        Outcome::Response(response) => leaf.truncated = response.truncated,
        Outcome::Revisit(revisit) => {
            leaf.refers_to = Some((revisit.refers_to_date, &revisit.refers_to_uri));
        }
        Outcome::Failure(failure) => leaf.failure = Some((failure.kind, &failure.detail)),
    }
    Leaf::Capture(leaf)
}

/// The serde name of a unit variant; the spelling of enums in the store.
fn word(value: impl serde::Serialize) -> Result<String, Fault> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(Fault::damaged("an enum without a word")),
    }
}

fn from_word<T: serde::de::DeserializeOwned>(word: String) -> Result<T, Fault> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(Fault::damaged)
}

/// The row of an address; `None` if unknown.
pub(super) fn uri_id(connection: &Connection, uri: &TargetUri) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM uri WHERE uri = ?1")?
        .query_row([uri.as_str()], |row| row.get(0))
        .optional()
}

/// The captures of a visit in the order of the redirects.
pub(super) fn entries_of(
    connection: &Connection,
    visit: VisitId,
) -> Result<Vec<(CaptureId, CaptureEntry)>, Fault> {
    entries(
        connection,
        &mut Known::default(),
        "capture.visit = ?1 ORDER BY hop",
        &visit.0,
    )
}

fn uri_row(connection: &Connection, uri: &TargetUri) -> rusqlite::Result<i64> {
    match uri_id(connection, uri)? {
        Some(id) => Ok(id),
        None => connection
            .prepare_cached("INSERT INTO uri (uri, surt) VALUES (?1, ?2)")?
            .insert(params![uri.as_str(), uri.surt().as_str()]),
    }
}

fn target_uri(text: &str) -> Result<TargetUri, Fault> {
    text.parse().map_err(Fault::damaged)
}
