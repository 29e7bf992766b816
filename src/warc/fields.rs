//! What this program knows about a capture beyond the standard, as the `application/warc-fields` of its metadata record.
//!
//! | field | meaning |
//! | --- | --- |
//! | `fetchTimeMs` | how long the exchange took, in whole milliseconds (as Heritrix writes it) |
//! | `ended` | when it ended, to the microsecond |
//! | `remote` | address and port of the connection |
//! | `tls-version`, `tls-cipher-suite` | the TLS parameters; empty if none were agreed |
//! | `certificate` | a certificate of the chain, leaf first: DER in base64 |
//! | `tls-untrusted` | what is wrong with the chain, if the page was still archived: `expired`, `wrong-host`, `unknown-issuer`, `invalid` |
//! | `source` | the archive that it was copied from, as JSON: name, memento, when it was copied, the record and the file that it is in |
//! | `interim` | interim responses as received, in base64 |
//! | `failure` | the kind of failure in place of the response |
//! | `failure-detail` | what exactly happened, as a JSON string |
//! | `failure-received` | the bytes received before the failure, in base64 |
//! | `not-modified-head` | the head of the "not modified" answer, in base64: the record beside it has the head of the capture that it refers to, because other programs replay that |
//! | `page-of` | the capture begins the visit of a further page of a list: which of them it is, from 0, when the visit of the list's first page began, and its seed; once for each such visit |
//! | `removed` | when the payload was removed from the archive on purpose; then there is no response record |
//! | `removed-by`, `removed-because` | who did it, and by which rule, as JSON strings |
//! | `payload-digest` | the digest of the payload |
//! | `response-head` | the status line and header fields of the response, in base64 |
//! | `capture-leaf`, `removal-leaf` | the texts of the leaves for the capture and the removal in the ledger of the archive |

use std::fmt::Write;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Record, record::without_brackets};
use crate::{
    capture::{Capture, Connection, Failure, FailureKind, Outcome, PageOf, Source, Tls, Tombstone},
    clock::{Instant, parse_warc_date, warc_date},
    uri::TargetUri,
};

/// The block of the metadata record for a capture.
pub(super) fn block(capture: &Capture) -> String {
    let mut block = Block::of_exchange(capture.date, capture.ended, capture.connection.as_ref());
    if let Some(source) = &capture.source {
        // Serializing these types cannot fail.
        block.line("source", &serde_json::to_string(source).unwrap_or_default());
    }
    if let Outcome::Failure(failure) = &capture.outcome {
        block.line("failure", &word(failure.kind));
        block.line("failure-detail", &json(&failure.detail));
        if !failure.received.is_empty() {
            block.line("failure-received", &base64(&failure.received));
        }
    }
    block.0
}

/// The block of the metadata record for a capture whose payload was removed.
pub(super) fn tombstone(tombstone: &Tombstone) -> String {
    let mut block = Block::of_exchange(
        tombstone.date,
        tombstone.ended,
        tombstone.connection.as_ref(),
    );
    block.line("removed", &warc_date(tombstone.removed.at));
    if let Some(by) = &tombstone.removed.by {
        block.line("removed-by", &json(by));
    }
    block.line("removed-because", &json(&tombstone.removed.why));
    block.line("payload-digest", &tombstone.payload_digest.to_string());
    block.line("response-head", &base64(&tombstone.head));
    block.line("capture-leaf", &tombstone.capture_leaf);
    block.line("removal-leaf", &tombstone.removal_leaf);
    block.0
}

/// The line with the head of a "not modified" answer.
pub(super) fn not_modified(head: &[u8]) -> String {
    format!("not-modified-head: {}\r\n", base64(head))
}

/// A capture that begins the visit of a further page of a list, as this program writes it into the metadata record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Further {
    /// The address of the capture.
    pub uri: TargetUri,
    /// Its date.
    pub date: Instant,
    /// The list.
    pub of: PageOf,
}

/// The line that binds a further page to its list.
pub(super) fn page_of(of: &PageOf) -> String {
    format!("page-of: {} {} {}\r\n", of.place, warc_date(of.at), of.list)
}

fn parse_page_of(value: &str) -> Option<PageOf> {
    let mut parts = value.splitn(3, ' ');
    Some(PageOf {
        place: parts.next()?.parse().ok()?,
        at: parse_warc_date(parts.next()?)?,
        list: TargetUri::parse(parts.next()?).ok()?.0,
    })
}

/// The head to store with the content of a resource record, which has no HTTP head.
pub(super) fn resource_head(record: &Record) -> String {
    let media_type = record.field("Content-Type").unwrap_or_default();
    let mut head = "HTTP/1.1 200 OK\r\nX-Archive-Record: resource\r\n".to_owned();
    if !media_type.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(head, "Content-Type: {media_type}\r\n");
    }
    head.push_str("\r\n");
    head
}

/// Lines of `application/warc-fields`.
struct Block(String);

impl Block {
    fn of_exchange(date: Instant, ended: Instant, connection: Option<&Connection>) -> Self {
        let mut block = Self(String::new());
        let took = (ended - date).num_milliseconds();
        block.line("fetchTimeMs", &took.to_string());
        block.line("ended", &warc_date(ended));
        let Some(connection) = connection else {
            return block;
        };
        block.line("remote", &connection.address.to_string());
        if let Some(tls) = &connection.tls {
            block.line("tls-version", &tls.version);
            block.line("tls-cipher-suite", &tls.cipher_suite);
            for certificate in &tls.certificates {
                block.line("certificate", &base64(certificate));
            }
            if let Some(untrusted) = tls.untrusted {
                block.line("tls-untrusted", &word(untrusted));
            }
        }
        if !connection.interim.is_empty() {
            block.line("interim", &base64(&connection.interim));
        }
        block
    }

    fn line(&mut self, name: &str, value: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{name}: {value}\r\n");
    }
}

/// The serde name of a unit variant.
fn word(value: impl serde::Serialize) -> String {
    let json = serde_json::to_string(&value).unwrap_or_default();
    json.trim_matches('"').to_owned()
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// What the block of a metadata record says about a capture, as far as it is understood.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// When the exchange ended.
    pub(super) ended: Option<Instant>,
    /// How long the exchange took, in milliseconds; in records of other programs.
    pub(super) took_ms: Option<i64>,
    /// The connection.
    pub(super) connection: Option<Connection>,
    /// The failure that took the place of a response.
    pub(super) failure: Option<Failure>,
    /// The archive that it was copied from.
    pub(super) source: Option<Source>,
    /// Whether the response was removed from the archive that wrote the file.
    pub(super) removed: bool,
    /// The head of a "not modified" answer, if the revisit beside it has another.
    pub(super) not_modified: Option<Vec<u8>>,
    /// The lists that it begins a further page of.
    pub(super) pages_of: Vec<PageOf>,
}

/// Parses the block of a metadata record (`application/warc-fields`); unknown fields are ignored.
pub(super) fn parse(block: &[u8]) -> Known {
    let mut known = Known::default();
    let text = String::from_utf8_lossy(block);
    let (mut tls, mut interim, mut remote) = (None::<Tls>, Vec::new(), None);
    let (mut kind, mut detail, mut received) = (None::<FailureKind>, String::new(), Vec::new());
    for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        let word = || serde_json::Value::String(value.to_owned());
        match name {
            "fetchTimeMs" => known.took_ms = value.parse().ok(),
            "ended" => known.ended = parse_warc_date(value),
            "remote" => remote = value.parse().ok(),
            "tls-version" => value.clone_into(&mut some(&mut tls).version),
            "tls-cipher-suite" => value.clone_into(&mut some(&mut tls).cipher_suite),
            "certificate" => {
                let certificate = unbase64(value).unwrap_or_default();
                some(&mut tls).certificates.push(certificate);
            }
            "tls-untrusted" => some(&mut tls).untrusted = serde_json::from_value(word()).ok(),
            "interim" => interim = unbase64(value).unwrap_or_default(),
            "source" => known.source = serde_json::from_str(value).ok(),
            "removed" => known.removed = true,
            "page-of" => known.pages_of.extend(parse_page_of(value)),
            "not-modified-head" => known.not_modified = unbase64(value),
            "failure" => kind = serde_json::from_value(word()).ok(),
            "failure-detail" => detail = serde_json::from_str(value).unwrap_or_default(),
            "failure-received" => received = unbase64(value).unwrap_or_default(),
            _ => {}
        }
    }
    known.connection = remote.map(|address| Connection {
        address,
        tls,
        interim,
    });
    known.failure = kind.map(|kind| Failure {
        kind,
        detail,
        received,
    });
    known
}

/// The archive that a record was copied from: as its metadata says, or by its `WARC-Source-URI` and `WARC-Creation-Date`.
pub(super) fn source(record: &Record, known: Option<Source>) -> Option<Source> {
    let memento = || record.field("WARC-Source-URI").map(without_brackets);
    known.or_else(|| {
        let memento = memento().filter(|memento| !memento.is_empty())?;
        Some(Source {
            copied: record.field("WARC-Creation-Date").and_then(parse_warc_date),
            ..Source::of_memento(memento)
        })
    })
}

fn some(tls: &mut Option<Tls>) -> &mut Tls {
    tls.get_or_insert_with(|| Tls {
        version: String::new(),
        cipher_suite: String::new(),
        certificates: Vec::new(),
        untrusted: None,
    })
}

/// RFC 4648, 4.
fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_the_rfc_has_it() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
            assert_eq!(unbase64(coded).unwrap(), plain.as_bytes());
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfd]), "//79");
    }
}
