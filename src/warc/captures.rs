//! Captures from records: joins request, response or revisit, and metadata.

use std::{
    collections::VecDeque,
    io::BufRead,
    net::{IpAddr, SocketAddr},
};

use super::{
    Originals, Reader, Record, RecordType, Unresolved, WarcError, Warning,
    fields::{self, Further},
    http,
    record::{truncation, without_brackets},
};
use crate::{
    capture::{
        Capture, Connection, Failure, FailureKind, Framing, Outcome, Response, RevisitProfile, Tls,
        Truncation, asked_otherwise, fields_of, is_part,
    },
    clock::{Instant, parse_http_date, warc_date_span},
    content_coding::{self, Caps},
    uri::TargetUri,
};

/// How many captures stay open for late records.
const OPEN: usize = 8;

/// How many bytes are kept of a response that is not HTTP.
const RECEIVED: usize = 64 << 10;

/// The captures of one file, in the order of their first records; after them, the revisits that had to wait for a later
/// response.
pub struct Captures<R: BufRead> {
    reader: Reader<R>,
    open: VecDeque<Group>,
    ended: bool,
    originals: Originals,
    unresolved: VecDeque<Unresolved>,
    /// Waiting revisits whose response was found.
    late: VecDeque<Result<Capture, WarcError>>,
    /// Whether revisits without a response in the file are kept for the caller instead of being errors.
    keeps_unresolved: bool,
    /// Incomplete records.
    cut: u64,
    further: Vec<Further>,
}

/// The captures in the records of `reader`.
///
/// Records are joined by `WARC-Concurrent-To`; without it, a request and a response with the same address and date are joined.
/// Revisits are resolved with the responses of the file. A resource record with a web address is a page. Records that are not
/// about a visit (warcinfo, conversion, DNS) are not captures; each kind is reported once, with a count.
pub fn read_captures<R: BufRead>(reader: Reader<R>) -> Captures<R> {
    Captures {
        reader,
        open: VecDeque::new(),
        ended: false,
        originals: Originals::default(),
        unresolved: VecDeque::new(),
        late: VecDeque::new(),
        keeps_unresolved: false,
        cut: 0,
        further: Vec::new(),
    }
}

impl<R: BufRead> Captures<R> {
    /// The same, with responses of earlier files that revisits can refer to. Revisits without a response in any of them are kept
    /// for [`Captures::into_rest`].
    #[must_use]
    pub fn with_originals(mut self, originals: Originals) -> Self {
        self.originals = originals;
        self.keeps_unresolved = true;
        self
    }

    /// The responses that revisits in other files can refer to, and the revisits that wait for theirs.
    #[must_use]
    pub fn into_rest(self) -> (Originals, Vec<Unresolved>) {
        (self.originals, self.unresolved.into())
    }

    /// What was repaired and what was left out so far.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        self.reader.warnings()
    }

    /// Takes the captures read so far that begin visits of further pages.
    pub fn take_further(&mut self) -> Vec<Further> {
        std::mem::take(&mut self.further)
    }

    /// How many records were shorter than declared so far; their available bytes were read.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut
    }

    fn take(&mut self, record: Record) {
        if let Some(kind) = left_out(&record) {
            let what = format!("{kind} is not a visit and was left out");
            self.reader.warn(record.offset, what);
            return;
        }
        match record.kind {
            // Metadata of other programs can be about anything; it belongs to a visit only next to one, or if it reports a failure or a removal.
            RecordType::Metadata => {
                let known = fields::parse(&record.block);
                let is_told = self.open.iter().any(|it| it.is_described_by(&record));
                if known.failure.is_none() && !known.removed && !is_told {
                    return;
                }
            }
            RecordType::Warcinfo => return,
            _ if record.field("Content-Type").is_none() => {
                let what =
                    "the record has no Content-Type; its type was detected from its first bytes";
                self.reader.warn(record.offset, what);
            }
            _ => {}
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

    /// The capture in a group; `None` if there is none, or none yet.
    fn finish(&mut self, group: Group) -> Option<Result<Capture, WarcError>> {
        let offsets = group.records().map(|record| record.offset);
        let offset = offsets.min().unwrap_or_default();
        match self.capture(group, offset) {
            Ok(capture) => capture.map(Ok),
            Err(detail) => Some(Err(self.no_capture(offset, detail))),
        }
    }

    fn no_capture(&self, offset: u64, detail: String) -> WarcError {
        WarcError::NoCapture {
            file: self.reader.file().to_owned(),
            offset,
            detail,
        }
    }

    /// The capture in a group; `None` if it has no visit: a request without an answer, a revisit that has to wait.
    fn capture(&mut self, group: Group, offset: u64) -> Result<Option<Capture>, String> {
        let known = group
            .metadata
            .as_ref()
            .map(|metadata| fields::parse(&metadata.block))
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
            let what = "the address contains spaces; they were read as %20";
            self.reader.warn(primary.offset, what);
        }
        let target_uri: TargetUri = uri.parse().map_err(|error| format!("{error}"))?;
        let date = self.date(primary).ok_or_else(|| {
            let said = primary.field("WARC-Date").unwrap_or_default();
            format!("the capture of {target_uri} has no valid date (`{said}`)")
        })?;
        self.further
            .extend(known.pages_of.into_iter().map(|found| Further {
                uri: target_uri.clone(),
                date,
                of: found,
            }));
        let connection = known
            .connection
            .or_else(|| connection(primary, &target_uri));
        let ended = known.ended.unwrap_or_else(|| {
            let took = known.took_ms.and_then(chrono::TimeDelta::try_milliseconds);
            took.and_then(|took| date.checked_add_signed(took))
                .unwrap_or(date)
        });
        let request = group
            .request
            .map(|request| request.block)
            .unwrap_or_default();
        let source = fields::source(primary, known.source);
        let outcome = match (known.failure, group.response) {
            (Some(failure), None) => Outcome::Failure(failure),
            (_, Some(record)) if record.kind == RecordType::Revisit => {
                let Some(mut it) = self.originals.revisit(&record, &target_uri) else {
                    let place = (self.reader.file().to_owned(), offset);
                    self.unresolved.push_back(Unresolved::new(
                        place,
                        (target_uri, date, ended),
                        connection,
                        request,
                        record,
                    ));
                    return Ok(None);
                };
                if let Some(head) = known.not_modified {
                    it.profile = RevisitProfile::ServerNotModified;
                    it.head = head;
                }
                Outcome::Revisit(it)
            }
            (_, Some(record)) => self.response(record, &request, &target_uri, date),
            (None, None) => return Ok(None),
        };
        Ok(Some(Capture {
            target_uri,
            date,
            ended,
            connection,
            request,
            source,
            outcome,
        }))
    }

    /// The date of a record: its own or, if that is truncated or invalid, the one in the HTTP head.
    fn date(&mut self, record: &Record) -> Option<Instant> {
        let said = record.date();
        let span = warc_date_span(record.field("WARC-Date").unwrap_or_default());
        if said.is_some() && span.is_zero() {
            return said;
        }
        let (head, _) = http::split(&record.block);
        let sent = fields_of(head).find(|(name, _)| name.eq_ignore_ascii_case("date"));
        let sent = sent.and_then(|sent| parse_http_date(&sent.1, said.unwrap_or_default()));
        match (said, sent) {
            (Some(said), Some(sent)) if said <= sent && sent < said + span => Some(sent),
            (Some(said), _) => Some(said),
            (None, sent) => {
                let what = "the record has no valid date; the Date of its HTTP head was used";
                if sent.is_some() {
                    self.reader.warn(record.offset, what);
                }
                sent
            }
        }
    }

    fn response(
        &mut self,
        mut record: Record,
        request: &[u8],
        uri: &TargetUri,
        date: Instant,
    ) -> Outcome {
        let mut block = std::mem::take(&mut record.block);
        if record.kind == RecordType::Resource {
            block = [fields::resource_head(&record).as_bytes(), &block].concat();
        }
        if !block.starts_with(b"HTTP/") {
            self.reader
                .warn(record.offset, "the response has no HTTP head");
            block.truncate(RECEIVED);
            return Outcome::Failure(Failure {
                kind: FailureKind::Malformed,
                detail: "the archived response has no HTTP head".into(),
                received: block,
            });
        }
        let body = block.split_off(http::split(&block).0.len());
        let head = block;
        let chunks = http::is_chunked(&head).then(|| http::unchunk(&body));
        if let Some(None) = chunks {
            let what = "the head says that the body is chunked, but it is not";
            self.reader.warn(record.offset, what);
        }
        let (payload, framing, is_whole) = if let Some((payload, framing, whole)) = chunks.flatten()
        {
            (payload, framing, Some(whole))
        } else {
            let whole = http::is_as_long_as_said(&head, request, body.len());
            (body, Framing::Identity, whole)
        };
        // The reader has reported that the file ends in the record.
        if matches!(
            record.missing,
            Some(Truncation::Length | Truncation::Unspecified)
        ) {
            self.cut += 1;
        }
        let truncated = record
            .field("WARC-Truncated")
            .map(truncation)
            // A record with a wrong length can still contain the whole body.
            .or(record.missing.filter(|_| is_whole != Some(true)))
            .or((is_whole == Some(false)).then_some(Truncation::Disconnect))
            .or((is_part(&head) && asked_otherwise(request).is_none())
                .then_some(Truncation::Unspecified))
            .or_else(|| content_coding::cut(&head, &payload, &Caps::default()));
        self.originals.remember(&record, uri, date, &payload);
        Outcome::Response(Response {
            head,
            payload,
            framing,
            truncated,
        })
    }

    /// Whether another record can be read before the first group is returned: enough groups must be open for late records, but
    /// with no more bytes than one record can have.
    fn has_room(&self) -> bool {
        let bytes: usize = self.open.iter().map(Group::size).sum();
        self.open.len() <= OPEN && (self.open.len() <= 2 || (bytes as u64) <= self.reader.limit())
    }

    /// Returns the waiting revisits, now that all responses are read; those without a response are errors, or kept.
    fn resolve_late(&mut self) {
        for it in std::mem::take(&mut self.unresolved) {
            match it.among(&self.originals) {
                Some(capture) => self.late.push_back(Ok(capture)),
                None if self.keeps_unresolved => self.unresolved.push_back(it),
                None => self
                    .late
                    .push_back(Err(self.no_capture(it.offset, it.detail()))),
            }
        }
    }
}

impl<R: BufRead> Iterator for Captures<R> {
    type Item = Result<Capture, WarcError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while !self.ended && self.has_room() {
                match self.reader.next() {
                    Some(Ok(record)) => self.take(record),
                    Some(Err(error)) => return Some(Err(error)),
                    None => self.ended = true,
                }
            }
            let Some(group) = self.open.pop_front() else {
                return self.late.pop_front();
            };
            let finished = self.finish(group);
            if self.ended && self.open.is_empty() {
                self.resolve_late();
            }
            if finished.is_some() {
                return finished;
            }
        }
    }
}

/// The kind of a record that is not a capture, in words.
fn left_out(record: &Record) -> Option<String> {
    let uri = record.target_uri().unwrap_or_default();
    let scheme = uri.split(':').next().unwrap_or_default();
    let is_of_the_web = ["http", "https"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(scheme));
    let kind = &record.kind;
    match kind {
        RecordType::Warcinfo | RecordType::Metadata => None,
        RecordType::Conversion | RecordType::Continuation | RecordType::Other(_) => {
            Some(format!("a {} record", kind.as_str()))
        }
        _ if !is_of_the_web => {
            let scheme: String = scheme.chars().take(16).collect();
            Some(format!("a {} record of a {scheme} address", kind.as_str()))
        }
        RecordType::Request | RecordType::Response if !record.is_http() => {
            Some(format!("a {} record that is not HTTP", kind.as_str()))
        }
        _ => None,
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

    /// How many bytes they have.
    fn size(&self) -> usize {
        self.records().map(|record| record.block.len()).sum()
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
    fn is_described_by(&self, record: &Record) -> bool {
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
        if self.is_described_by(record) {
            return true;
        }
        // Some writers do not join records; then a request and its response match by address and second.
        let bound = |record: &Record| record.concurrent_to().next().is_some();
        let partner = match record.kind {
            RecordType::Request => self.response.as_ref(),
            RecordType::Response | RecordType::Revisit if self.metadata.is_none() => {
                self.request.as_ref()
            }
            _ => None,
        };
        partner.is_some_and(|partner| {
            !bound(partner)
                && !bound(record)
                && partner.target_uri() == record.target_uri()
                && partner.date() == record.date()
        })
    }
}

/// The field with which metadata of older writers names its record.
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
            untrusted: None,
        }),
        interim: Vec::new(),
    })
}
