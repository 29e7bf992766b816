//! Captures from records: request, response or revisit, and metadata bound together again.

use std::{
    collections::{HashMap, VecDeque},
    io::BufRead,
    net::{IpAddr, SocketAddr},
};

use super::{
    Reader, Record, RecordType, WarcError, Warning, fields, http, record::without_brackets,
};
use crate::{
    capture::{
        Capture, Connection, Failure, FailureKind, Framing, Outcome, Response, Revisit,
        RevisitProfile, Tls, Truncation,
    },
    clock::{Instant, parse_warc_date},
    digest::PayloadDigest,
    uri::TargetUri,
};

/// How many captures are kept open for records that come late.
const OPEN: usize = 8;

/// How much is kept of a response that is no HTTP.
const RECEIVED: usize = 64 << 10;

/// The captures of one file, in the order in which their first records stand.
pub struct Captures<R: BufRead> {
    reader: Reader<R>,
    open: VecDeque<Group>,
    ended: bool,
    originals: Originals,
}

/// The captures that the records of `reader` make.
///
/// Records belong together by `WARC-Concurrent-To`; where that is missing, a request and a response of one address and date do.
/// Revisits are resolved against the responses before them in the file. Records that are not about a visit (warcinfo, resource,
/// conversion, DNS) make no captures.
pub fn read_captures<R: BufRead>(reader: Reader<R>) -> Captures<R> {
    Captures {
        reader,
        open: VecDeque::new(),
        ended: false,
        originals: Originals::default(),
    }
}

impl<R: BufRead> Captures<R> {
    /// The same, with responses of files read before that revisits may refer to.
    #[must_use]
    pub fn with_originals(mut self, originals: Originals) -> Self {
        self.originals = originals;
        self
    }

    /// The responses that revisits in the next file may refer to.
    #[must_use]
    pub fn into_originals(self) -> Originals {
        self.originals
    }

    /// What was forgiven so far.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        self.reader.warnings()
    }

    fn take(&mut self, record: Record) {
        let wanted = match record.kind {
            RecordType::Request | RecordType::Response => record.is_http(),
            RecordType::Revisit => true,
            // Other programs' metadata stands alone for many things; a visit it is only beside one, or where it tells a failure or a removal.
            RecordType::Metadata => {
                let known = fields::parse(&record.block);
                known.failure.is_some()
                    || known.removed
                    || self.open.iter().any(|it| it.is_told_by(&record))
            }
            RecordType::Resource | RecordType::Conversion | RecordType::Continuation => {
                let kind = record.kind.as_str();
                let what = format!("a {kind} record is no visit and was left out");
                self.reader.warn(record.offset, what);
                false
            }
            RecordType::Warcinfo | RecordType::Other(_) => false,
        };
        if !wanted {
            return;
        }
        let group = self.open.iter_mut().rev().find(|it| it.takes(&record));
        if let Some(group) = group {
            group.put(record);
        } else {
            let mut group = Group::default();
            group.put(record);
            self.open.push_back(group);
        }
    }

    fn finish(&mut self, group: Group) -> Option<Result<Capture, WarcError>> {
        let offset = group
            .records()
            .map(|it| it.offset)
            .min()
            .unwrap_or_default();
        match self.capture(group) {
            Ok(capture) => capture.map(Ok),
            Err(detail) => Some(Err(WarcError::NoCapture {
                file: self.reader.file().to_owned(),
                offset,
                detail,
            })),
        }
    }

    /// The capture of a group; `None` for one that holds no visit: a request nobody answered.
    fn capture(&mut self, group: Group) -> Result<Option<Capture>, String> {
        let known = group
            .metadata
            .as_ref()
            .map(|it| fields::parse(&it.block))
            .unwrap_or_default();
        let primary = match (&group.response, &group.metadata) {
            (Some(it), _) => it,
            (None, Some(it)) if known.failure.is_some() => it,
            _ => {
                if let Some(request) = group.request.as_ref().filter(|_| !known.removed) {
                    self.reader.warn(
                        request.offset,
                        "the request has no response and was left out",
                    );
                }
                return Ok(None);
            }
        };
        let uri = primary.target_uri().unwrap_or_default();
        if uri.contains(' ') {
            let what = "the address has spaces in it; they were read as %20";
            self.reader.warn(primary.offset, what);
        }
        let target_uri: TargetUri = uri.parse().map_err(|it| format!("{it}"))?;
        let date = primary
            .date()
            .ok_or_else(|| format!("the capture of {target_uri} has no date that can be read"))?;
        let connection = known
            .connection
            .or_else(|| connection(primary, &target_uri));
        let ended = known.ended.unwrap_or_else(|| {
            let took = known.took_ms.and_then(chrono::TimeDelta::try_milliseconds);
            took.and_then(|it| date.checked_add_signed(it))
                .unwrap_or(date)
        });
        let outcome = match (known.failure, group.response) {
            (Some(failure), None) => Outcome::Failure(failure),
            (_, Some(record)) if record.kind == RecordType::Revisit => {
                Outcome::Revisit(self.originals.revisit(record, &target_uri)?)
            }
            (_, Some(record)) => self.response(record, &target_uri, date),
            (None, None) => return Ok(None),
        };
        Ok(Some(Capture {
            target_uri,
            date,
            ended,
            connection,
            request: group.request.map(|it| it.block).unwrap_or_default(),
            outcome,
        }))
    }

    fn response(&mut self, mut record: Record, uri: &TargetUri, date: Instant) -> Outcome {
        let block = std::mem::take(&mut record.block);
        if !block.starts_with(b"HTTP/") {
            self.reader
                .warn(record.offset, "the response has no HTTP head");
            return Outcome::Failure(Failure {
                kind: FailureKind::Malformed,
                detail: "the archived response has no HTTP head".into(),
                received: block.into_iter().take(RECEIVED).collect(),
            });
        }
        let (head, body) = http::split(&block);
        let chunks = if http::is_chunked(head) {
            let chunks = http::unchunk(body);
            if chunks.is_none() {
                let what = "the head says that the body is chunked, but it is not";
                self.reader.warn(record.offset, what);
            }
            chunks
        } else {
            None
        };
        let (payload, framing) = chunks.unwrap_or_else(|| (body.to_vec(), Framing::Identity));
        self.originals.remember(&record, uri, date, &payload);
        Outcome::Response(Response {
            head: head.to_vec(),
            payload,
            framing,
            truncated: record.field("WARC-Truncated").map(truncation),
        })
    }
}

impl<R: BufRead> Iterator for Captures<R> {
    type Item = Result<Capture, WarcError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while !self.ended && self.open.len() <= OPEN {
                match self.reader.next() {
                    Some(Ok(record)) => self.take(record),
                    Some(Err(error)) => return Some(Err(error)),
                    None => self.ended = true,
                }
            }
            let group = self.open.pop_front()?;
            if let Some(finished) = self.finish(group) {
                return Some(finished);
            }
        }
    }
}

/// The records of one capture event.
#[derive(Debug, Default)]
struct Group {
    request: Option<Record>,
    /// A response or a revisit.
    response: Option<Record>,
    metadata: Option<Record>,
}

impl Group {
    fn records(&self) -> impl Iterator<Item = &Record> {
        [&self.request, &self.response, &self.metadata]
            .into_iter()
            .flatten()
    }

    fn slot(&mut self, kind: &RecordType) -> &mut Option<Record> {
        match kind {
            RecordType::Request => &mut self.request,
            RecordType::Metadata => &mut self.metadata,
            _ => &mut self.response,
        }
    }

    fn has(&self, kind: &RecordType) -> bool {
        match kind {
            RecordType::Request => self.request.is_some(),
            RecordType::Metadata => self.metadata.is_some(),
            _ => self.response.is_some(),
        }
    }

    fn put(&mut self, record: Record) {
        let kind = record.kind.clone();
        *self.slot(&kind) = Some(record);
    }

    /// Whether `record` names one of these, or one of these names it.
    fn is_told_by(&self, record: &Record) -> bool {
        self.records().any(|own| {
            let names = |one: &Record, other: &Record| {
                other
                    .id()
                    .is_some_and(|id| one.concurrent_to().chain(refers_to(one)).any(|it| it == id))
            };
            names(record, own) || names(own, record)
        })
    }

    fn takes(&self, record: &Record) -> bool {
        if self.has(&record.kind) {
            return false;
        }
        if self.is_told_by(record) {
            return true;
        }
        // Some writers bind nothing; then a request and its response are known by address and second.
        let bound = |it: &Record| it.concurrent_to().next().is_some();
        let partner = match record.kind {
            RecordType::Request => self.response.as_ref(),
            RecordType::Response | RecordType::Revisit if self.metadata.is_none() => {
                self.request.as_ref()
            }
            _ => None,
        };
        partner.is_some_and(|it| {
            !bound(it)
                && !bound(record)
                && it.target_uri() == record.target_uri()
                && it.date() == record.date()
        })
    }
}

/// Metadata of older writers names its record so.
fn refers_to(record: &Record) -> impl Iterator<Item = &str> {
    (record.kind == RecordType::Metadata)
        .then(|| record.field("WARC-Refers-To").map(without_brackets))
        .flatten()
        .into_iter()
}

fn connection(record: &Record, uri: &TargetUri) -> Option<Connection> {
    let address: IpAddr = record.field("WARC-IP-Address")?.trim().parse().ok()?;
    let version = record
        .all("WARC-Protocol")
        .find(|it| it.starts_with("tls/") || it.starts_with("ssl/"));
    Some(Connection {
        address: SocketAddr::new(address, uri.port()),
        tls: version.map(|version| Tls {
            version: version.to_owned(),
            cipher_suite: record
                .field("WARC-Cipher-Suite")
                .unwrap_or_default()
                .to_owned(),
            certificates: Vec::new(),
        }),
        interim: Vec::new(),
    })
}

fn truncation(text: &str) -> Truncation {
    match text.trim() {
        "length" => Truncation::Length,
        "time" => Truncation::Time,
        "disconnect" => Truncation::Disconnect,
        _ => Truncation::Unspecified,
    }
}

/// A response that revisits may refer to.
#[derive(Clone, Debug)]
struct Original {
    digest: PayloadDigest,
    date: Instant,
    uri: TargetUri,
}

/// The responses of a file, or of several, by all that revisits name them by.
#[derive(Debug, Default)]
pub struct Originals {
    ids: HashMap<String, Original>,
    digests: HashMap<String, Original>,
    uris: HashMap<String, Vec<Original>>,
}

impl Originals {
    fn remember(&mut self, record: &Record, uri: &TargetUri, date: Instant, payload: &[u8]) {
        let original = Original {
            digest: PayloadDigest::of(payload),
            date,
            uri: uri.clone(),
        };
        if let Some(id) = record.id() {
            self.ids.insert(id.to_owned(), original.clone());
        }
        if let Some(digest) = record.field("WARC-Payload-Digest") {
            self.digests
                .entry(digest.to_ascii_lowercase())
                .or_insert_with(|| original.clone());
        }
        self.uris
            .entry(uri.as_str().to_owned())
            .or_default()
            .push(original);
    }

    fn revisit(&self, record: Record, uri: &TargetUri) -> Result<Revisit, String> {
        let profile = if record
            .field("WARC-Profile")
            .is_some_and(|it| it.contains("not-modified"))
        {
            RevisitProfile::ServerNotModified
        } else {
            RevisitProfile::IdenticalPayloadDigest
        };
        let said_uri: Option<TargetUri> = record
            .field("WARC-Refers-To-Target-URI")
            .and_then(|it| without_brackets(it).parse().ok());
        let said_date = record
            .field("WARC-Refers-To-Date")
            .and_then(parse_warc_date);
        let said_digest = record.field("WARC-Payload-Digest").map(str::to_owned);
        let own: Option<PayloadDigest> = said_digest
            .as_ref()
            .and_then(|it| it.to_ascii_lowercase().parse().ok());
        let original = self.original(&record, uri, said_uri.as_ref(), said_date);
        let known = |it: &Original| (it.digest, it.date, it.uri.clone());
        let (payload_digest, refers_to_date, refers_to_uri) = match (own, original) {
            (None, None) => {
                let digest = said_digest.unwrap_or_else(|| "no digest".into());
                return Err(format!(
                    "the revisit of {uri} ({digest}) refers to a response that is not in the file before it"
                ));
            }
            (None, Some(it)) => known(it),
            (Some(own), Some(it)) => (own, it.date, it.uri.clone()),
            (Some(own), None) => (own, record.date().unwrap_or_default(), uri.clone()),
        };
        Ok(Revisit {
            profile,
            payload_digest,
            refers_to_date: said_date.unwrap_or(refers_to_date),
            refers_to_uri: said_uri.unwrap_or(refers_to_uri),
            head: record.block,
        })
    }

    fn original(
        &self,
        record: &Record,
        uri: &TargetUri,
        said_uri: Option<&TargetUri>,
        said_date: Option<Instant>,
    ) -> Option<&Original> {
        let named = record
            .field("WARC-Refers-To")
            .and_then(|it| self.ids.get(without_brackets(it)));
        let of_uri = || self.uris.get(said_uri.unwrap_or(uri).as_str());
        named
            .or_else(|| of_uri()?.iter().find(|it| Some(it.date) == said_date))
            .or_else(|| {
                let digest = record.field("WARC-Payload-Digest")?;
                self.digests.get(&digest.to_ascii_lowercase())
            })
            .or_else(|| {
                let unnamed = record.field("WARC-Payload-Digest").is_none();
                of_uri()?.last().filter(|_| unnamed)
            })
    }
}
