//! Writes captures as WARC 1.1 records, one gzip member each.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, Write},
    iter,
};

use super::{fields, gzip::Members, http, record::RecordType};
use crate::{
    capture::{
        Capture, Connection, Framing, Outcome, PageOf, Response, Revisit, RevisitProfile, Source,
        Tombstone, Truncation, Visit, status_of,
    },
    clock::{Instant, warc_date},
    digest::{BlockDigest, ContentDigest, PayloadDigest, hex},
};

/// How records are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// One gzip member per record (WARC 1.1, annex D).
    #[default]
    Gzip,
    /// Not at all.
    None,
}

/// The place of a record in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The offset of its first byte, compressed.
    pub offset: u64,
    /// The number of its bytes, compressed.
    pub length: u64,
}

/// How to write the transfer coding of a response (WARC 1.1, 6.3.2 keeps it).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransferCoding {
    /// The response as received, including chunk framing.
    #[default]
    Keep,
    /// The payload without chunk framing; the header field is renamed to `X-Archive-Orig-Transfer-Encoding`.
    Strip,
}

/// How to write a visit that the server answered with "not modified".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotModified {
    /// The exchange as it was: a revisit with the head of the 304.
    #[default]
    Keep,
    /// A revisit with the same payload and the head of the capture that it refers to, which other programs can replay.
    Resolve,
}

/// Writes captures as records.
///
/// The same captures give the same bytes: the id of a record is made from its content, and gzip headers have no time.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    /// What compresses records; `None` where they are written as they are.
    members: Option<Members>,
    transfer_coding: TransferCoding,
    /// The id of the warcinfo record that the others belong to.
    warcinfo: Option<String>,
    /// The lists that the next capture begins a further page of.
    pages_of: Vec<PageOf>,
    written: u64,
}

impl<W: Write> Writer<W> {
    /// A writer to `out`.
    pub fn new(out: W, compression: Compression) -> Self {
        Self {
            out,
            members: (compression == Compression::Gzip).then(Members::default),
            transfer_coding: TransferCoding::Keep,
            warcinfo: None,
            pages_of: Vec::new(),
            written: 0,
        }
    }

    /// Says with the next capture that it begins the visit of a further page of these lists.
    pub fn page_of(&mut self, lists: &[PageOf]) {
        self.pages_of = lists.to_vec();
    }

    /// The same writer, with transfer codings written in that way.
    #[must_use]
    pub fn with_transfer_coding(mut self, transfer_coding: TransferCoding) -> Self {
        self.transfer_coding = transfer_coding;
        self
    }

    /// How many bytes were written, for rolling over.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Writes the description of the file and its writer (WARC 1.1, 6.2); the records after it refer to it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn warcinfo(
        &mut self,
        date: Instant,
        filename: Option<&str>,
        fields: &[(&str, &str)],
    ) -> io::Result<()> {
        let mut block = String::new();
        for (name, value) in fields {
            // Writing to a String cannot fail.
            let _ = write!(block, "{name}: {}\r\n", one_line(value));
        }
        let mut header = Header::new(&RecordType::Warcinfo, None, date, block.as_bytes());
        header.add("Content-Type", "application/warc-fields");
        if let Some(filename) = filename {
            header.add("WARC-Filename", filename);
        }
        self.warcinfo = None;
        self.record(&header, block.as_bytes())?;
        self.warcinfo = Some(header.id);
        Ok(())
    }

    /// Writes every capture of a visit.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn visit(&mut self, visit: &Visit) -> io::Result<()> {
        visit
            .captures
            .iter()
            .try_for_each(|capture| self.capture(capture).map(drop))
    }

    /// Writes a capture: its response, revisit or failure, then its request, then its metadata. Returns the place of the first
    /// record.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn capture(&mut self, capture: &Capture) -> io::Result<Place> {
        self.exchange(capture, &fields::block(capture))
    }

    /// Writes a "not modified" revisit as one with the same payload and the head of the capture that it refers to, because other
    /// programs replay that. The original head is in the metadata record, and is read back from there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn resolved(&mut self, capture: &Capture, original_head: &[u8]) -> io::Result<Place> {
        let Outcome::Revisit(revisit) = &capture.outcome else {
            return self.capture(capture);
        };
        let metadata = fields::block(capture) + &fields::not_modified(&revisit.head);
        let resolved = Capture {
            outcome: Outcome::Revisit(Revisit {
                profile: RevisitProfile::IdenticalPayloadDigest,
                head: original_head.to_vec(),
                ..revisit.clone()
            }),
            ..capture.clone()
        };
        self.exchange(&resolved, &metadata)
    }

    fn exchange(&mut self, capture: &Capture, metadata: &str) -> io::Result<Place> {
        let bound = std::mem::take(&mut self.pages_of);
        let bound = bound.iter().map(fields::page_of);
        let metadata = &iter::once(metadata.to_owned())
            .chain(bound)
            .collect::<String>();
        let uri = capture.target_uri.as_str();
        let offset = self.written;
        let first = match &capture.outcome {
            Outcome::Response(response) => {
                let response = &self.as_written(response);
                let block = response.block();
                let mut header =
                    Header::new(&RecordType::Response, Some(uri), capture.date, &block);
                header.add("Content-Type", "application/http;msgtype=response");
                let digest = PayloadDigest::of(&response.payload);
                header.add("WARC-Payload-Digest", digest);
                header.wire(capture, &response.head);
                if let Some(why) = response.truncated {
                    header.add("WARC-Truncated", truncation(why));
                }
                self.record(&header, &block)?;
                header.id
            }
            Outcome::Revisit(revisit) => {
                let mut header =
                    Header::new(&RecordType::Revisit, Some(uri), capture.date, &revisit.head);
                header.add("Content-Type", "application/http;msgtype=response");
                header.add("WARC-Payload-Digest", revisit.payload_digest);
                header.add("WARC-Profile", profile(revisit.profile));
                header.add("WARC-Refers-To-Target-URI", &revisit.refers_to_uri);
                header.add("WARC-Refers-To-Date", warc_date(revisit.refers_to_date));
                header.wire(capture, &revisit.head);
                self.record(&header, &revisit.head)?;
                header.id
            }
            Outcome::Failure(_) => {
                let header = Header::metadata(capture, metadata, None);
                self.record(&header, metadata.as_bytes())?;
                header.id
            }
        };
        let place = Place {
            offset,
            length: self.written - offset,
        };
        let connection = capture.connection.as_ref();
        self.request(
            Some(uri),
            capture.date,
            &capture.request,
            connection,
            &first,
        )?;
        if !matches!(capture.outcome, Outcome::Failure(_)) {
            let header = Header::metadata(capture, metadata, Some(&first));
            self.record(&header, metadata.as_bytes())?;
        }
        Ok(place)
    }

    /// Writes what is still known about a capture whose payload was removed: a metadata record and the request. There is no
    /// response record, because without its body it would misrepresent what was received.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn tombstone(&mut self, it: &Tombstone) -> io::Result<()> {
        let uri = Some(it.target_uri.as_str());
        let block = fields::tombstone(it);
        let mut header = Header::new(&RecordType::Metadata, uri, it.date, block.as_bytes());
        header.add("Content-Type", "application/warc-fields");
        self.record(&header, block.as_bytes())?;
        self.request(
            uri,
            it.date,
            &it.request,
            it.connection.as_ref(),
            &header.id,
        )
    }

    fn request(
        &mut self,
        uri: Option<&str>,
        date: Instant,
        request: &[u8],
        connection: Option<&Connection>,
        beside: &str,
    ) -> io::Result<()> {
        if request.is_empty() {
            return Ok(());
        }
        let mut header = Header::new(&RecordType::Request, uri, date, request);
        header.add("Content-Type", "application/http;msgtype=request");
        header.add("WARC-Concurrent-To", format_args!("<{beside}>"));
        if let Some(connection) = connection {
            header.add("WARC-IP-Address", connection.address.ip());
        }
        self.record(&header, request)
    }

    fn as_written<'a>(&self, response: &'a Response) -> Cow<'a, Response> {
        if self.transfer_coding == TransferCoding::Keep || response.framing == Framing::Identity {
            return Cow::Borrowed(response);
        }
        Cow::Owned(Response {
            head: http::without_transfer_coding(&response.head),
            payload: response.payload.clone(),
            framing: Framing::Identity,
            truncated: response.truncated,
        })
    }

    /// A writer of records for the same file, which go to memory: what [`Writer::append`] takes.
    #[must_use]
    pub fn beside(&self) -> Writer<Vec<u8>> {
        Writer {
            out: Vec::new(),
            members: self.members.as_ref().map(|_| Members::default()),
            transfer_coding: self.transfer_coding,
            warcinfo: self.warcinfo.clone(),
            pages_of: Vec::new(),
            written: 0,
        }
    }

    /// Writes records that [`Self::beside`] created, and returns the place of the first.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn append(&mut self, records: &Writer<Vec<u8>>) -> io::Result<u64> {
        let offset = self.written;
        self.out.write_all(&records.out)?;
        self.written += records.written;
        Ok(offset)
    }

    /// Ends the file and returns the underlying writer.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn record(&mut self, header: &Header, block: &[u8]) -> io::Result<()> {
        let mut text = header.text.clone();
        if let Some(warcinfo) = &self.warcinfo {
            let _ = write!(text, "WARC-Warcinfo-ID: <{warcinfo}>\r\n");
        }
        let _ = write!(text, "Content-Length: {}\r\n\r\n", block.len());
        let parts = [text.as_bytes(), block, b"\r\n\r\n"];
        match &mut self.members {
            None => {
                for part in parts {
                    self.out.write_all(part)?;
                    self.written += part.len() as u64;
                }
            }
            Some(members) => {
                let member = members.of(&parts)?;
                self.out.write_all(member)?;
                self.written += member.len() as u64;
            }
        }
        Ok(())
    }
}

/// The header of a record so far, and the id that was made from it.
struct Header {
    text: String,
    id: String,
}

impl Header {
    fn new(kind: &RecordType, uri: Option<&str>, date: Instant, block: &[u8]) -> Self {
        let date = warc_date(date);
        let digest = BlockDigest::of(block);
        let uri = uri.unwrap_or_default();
        let named = format!("{} {date} {uri} {digest}", kind.as_str());
        let id = urn(&named);
        let mut header = Self {
            text: "WARC/1.1\r\n".into(),
            id,
        };
        header.add("WARC-Type", kind.as_str());
        let id = format!("<{}>", header.id);
        header.add("WARC-Record-ID", id);
        header.add("WARC-Date", date);
        if !uri.is_empty() {
            header.add("WARC-Target-URI", uri);
        }
        header.add("WARC-Block-Digest", digest);
        header
    }

    fn metadata(capture: &Capture, block: &str, beside: Option<&str>) -> Self {
        let uri = capture.target_uri.as_str();
        let mut header = Self::new(
            &RecordType::Metadata,
            Some(uri),
            capture.date,
            block.as_bytes(),
        );
        header.add("Content-Type", "application/warc-fields");
        if let Some(id) = beside {
            header.add("WARC-Concurrent-To", format_args!("<{id}>"));
        }
        header
    }

    fn add(&mut self, name: &str, value: impl std::fmt::Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{name}: {value}\r\n");
    }

    /// The archive that it was copied from; the address and protocols of the exchange.
    fn wire(&mut self, capture: &Capture, head: &[u8]) {
        let source = capture.source.iter().flat_map(Source::warc_fields);
        for (name, value) in source {
            self.add(name, one_line(&value));
        }
        let Some(connection) = &capture.connection else {
            return;
        };
        self.add("WARC-IP-Address", connection.address.ip());
        if status_of(head).is_some() {
            let version = if head.starts_with(b"HTTP/1.0") {
                "http/1.0"
            } else {
                "http/1.1"
            };
            self.add("WARC-Protocol", version);
        }
        if let Some(tls) = connection
            .tls
            .as_ref()
            .filter(|tls| !tls.version.is_empty())
        {
            self.add("WARC-Protocol", &tls.version);
            self.add("WARC-Cipher-Suite", &tls.cipher_suite);
        }
    }
}

/// A name-based UUID as in RFC 9562, 5.8, from SHA-256.
fn urn(named: &str) -> String {
    let mut bytes: Vec<u8> = ContentDigest::of(named.as_bytes())
        .as_bytes()
        .iter()
        .copied()
        .take(16)
        .collect();
    for (place, (keep, set)) in [(6, (0x0f, 0x80)), (8, (0x3f, 0x80))] {
        if let Some(byte) = bytes.get_mut(place) {
            *byte = *byte & keep | set;
        }
    }
    let digits = hex(&bytes);
    let mut urn = String::from("urn:uuid:");
    for (place, digit) in digits.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            urn.push('-');
        }
        urn.push(digit);
    }
    urn
}

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn profile(profile: RevisitProfile) -> &'static str {
    match profile {
        RevisitProfile::IdenticalPayloadDigest => {
            "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        }
        RevisitProfile::ServerNotModified => {
            "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
        }
    }
}

fn truncation(why: Truncation) -> &'static str {
    match why {
        Truncation::Length => "length",
        Truncation::Time => "time",
        Truncation::Disconnect => "disconnect",
        Truncation::Unspecified => "unspecified",
    }
}
