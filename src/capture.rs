//! One visit of one page: the request and the response, byte for byte, or the failure instead.

mod head;
mod source;

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Instant,
    digest::{BlockDigest, PayloadDigest},
    uri::TargetUri,
};

pub use head::{
    asked_otherwise, fields_of, is_part, is_redirect, may_pass, media_type_of, status_of,
};
pub use source::{IndexDigest, Source};

/// One capture event (WARC 1.1, 6): the request, response and metadata bound together, or the failure that took their place.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    /// The address that was requested.
    pub target_uri: TargetUri,
    /// The beginning of the exchange (`WARC-Date`).
    pub date: Instant,
    /// The end of the exchange: the time of the last byte, or of the failure.
    pub ended: Instant,
    /// The address of the connection, and the TLS parameters; `None` without a connection.
    pub connection: Option<Connection>,
    /// The request as sent, head and body; empty if nothing was sent.
    pub request: Vec<u8>,
    /// The archive that it was copied from; `None` for our own.
    pub source: Option<Source>,
    /// The result.
    pub outcome: Outcome,
}

/// What is still known about a capture whose payload was removed on purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct Tombstone {
    /// The address that was requested.
    pub target_uri: TargetUri,
    /// The beginning of the exchange.
    pub date: Instant,
    /// The time of the last byte.
    pub ended: Instant,
    /// The address of the connection, and the TLS parameters.
    pub connection: Option<Connection>,
    /// The request as sent.
    pub request: Vec<u8>,
    /// The status line and header fields of the response, up to the empty line.
    pub head: Vec<u8>,
    /// The digest of the payload.
    pub payload_digest: PayloadDigest,
    /// When and why it was removed.
    pub removed: Removed,
    /// The text of the leaf for the capture in the ledger.
    pub capture_leaf: String,
    /// The text of the leaf for the removal in the ledger.
    pub removal_leaf: String,
}

/// When, by whom and why a payload was removed on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// When.
    pub at: Instant,
    /// Who removed it; `None` if not recorded.
    pub by: Option<String>,
    /// The rule, in words.
    pub why: String,
}

/// The result of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A response, complete or truncated.
    Response(Response),
    /// A visit with nothing new (WARC 1.1, 6.7).
    Revisit(Revisit),
    /// No readable response.
    Failure(Failure),
}

/// A response as received.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The status line and header fields, byte for byte, including the empty line.
    pub head: Vec<u8>,
    /// The entity body: without transfer coding, with content coding.
    pub payload: Vec<u8>,
    /// The framing of the body, if it is more than a length: the bytes between those of the payload.
    pub framing: Framing,
    /// Why the body is incomplete, if it is.
    pub truncated: Option<Truncation>,
}

/// What is needed besides the payload to restore the bytes of the body as received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framing {
    /// The body is the payload.
    #[default]
    Identity,
    /// Chunked transfer coding (RFC 9112, 7.1): the bytes before each piece of payload of the given length; the last piece is the end of the body.
    Chunked(Vec<Piece>),
}

/// Bytes of framing, followed by a number of bytes of payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The framing as received: the line break of the chunk before, size, extensions, line break, trailers.
    pub framing: Vec<u8>,
    /// The number of bytes of payload after it.
    pub payload: u64,
}

/// A visit with nothing new.
#[derive(Clone, Debug, PartialEq)]
pub struct Revisit {
    /// Why it is a revisit.
    pub profile: RevisitProfile,
    /// The status line and header fields as received this time.
    pub head: Vec<u8>,
    /// The digest of the payload of the earlier capture.
    pub payload_digest: PayloadDigest,
    /// The date of the capture with the payload.
    pub refers_to_date: Instant,
    /// The address of that capture.
    pub refers_to_uri: TargetUri,
}

/// The two kinds of revisit (WARC 1.1, 6.7.2 and 6.7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevisitProfile {
    /// The whole body was received, and its digest was known.
    IdenticalPayloadDigest,
    /// The server answered 304.
    ServerNotModified,
}

/// Why a body is incomplete (`WARC-Truncated`, WARC 1.1, 5.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truncation {
    /// It was longer than the cap.
    Length,
    /// It took longer than the cap.
    Time,
    /// The connection ended before it was complete.
    Disconnect,
    /// Anything else.
    Unspecified,
}

/// The remote end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The address and port of the connection, after the check by the guard.
    pub address: SocketAddr,
    /// The TLS parameters; `None` for plain HTTP.
    pub tls: Option<Tls>,
    /// Interim responses (1xx) before the response, byte for byte; mostly empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interim: Vec<u8>,
}

/// TLS parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// The protocol version, spelled as in WARC-Protocol: `tls/1.3`; empty if the handshake failed.
    pub version: String,
    /// The IANA name of the cipher suite; empty if the handshake failed.
    pub cipher_suite: String,
    /// The certificate chain as sent, each in DER, leaf first.
    pub certificates: Vec<Vec<u8>>,
    /// What is wrong with the chain, if the page was archived anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untrusted: Option<Untrusted>,
}

/// Why the certificate of a host is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Untrusted {
    /// The certificate has expired, or is not yet valid.
    Expired,
    /// The certificate is for another host.
    WrongHost,
    /// The issuer of the certificate is unknown: self-signed, or a private authority.
    UnknownIssuer,
    /// Anything else: revoked, damaged, not for servers.
    Invalid,
}

impl std::fmt::Display for Untrusted {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Expired => "expired",
            Self::WrongHost => "for another host",
            Self::UnknownIssuer => "of an unknown issuer",
            Self::Invalid => "not valid",
        })
    }
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// What happened, in words: a message of the operating system, a rule of robots.txt, an address range.
    pub detail: String,
    /// The bytes received before the failure, if any (at most 64 KiB).
    pub received: Vec<u8>,
}

impl Failure {
    /// How the detail of a failure begins if robots.txt itself could not be fetched: no rule forbids the page, its host is
    /// out of reach for now.
    pub const ROBOTS_UNREACHABLE: &'static str = "robots.txt could not be fetched";

    /// Whether the page was not requested because robots.txt could not be fetched.
    #[must_use]
    pub fn is_of_unreachable_robots(&self) -> bool {
        self.kind == FailureKind::RobotsRefused && self.detail.starts_with(Self::ROBOTS_UNREACHABLE)
    }
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The host name has no address.
    DnsNotFound,
    /// The lookup of the name failed.
    DnsFailed,
    /// The lookup of the name took too long.
    DnsTimeout,
    /// Nothing listens at the address, or there is no route to it.
    Connect,
    /// No connection within the time allowed.
    ConnectTimeout,
    /// A connection, but no TLS on it within the time allowed.
    TlsTimeout,
    /// The certificate has expired, or is not yet valid.
    TlsExpired,
    /// The certificate is for another host.
    TlsWrongHost,
    /// The issuer of the certificate is unknown: self-signed, or a private authority.
    TlsUnknownIssuer,
    /// Any other failure of TLS.
    Tls,
    /// The proxy could not be reached, or refused to connect.
    Proxy,
    /// No head of a response within the time allowed.
    ResponseTimeout,
    /// The connection ended before the head was complete.
    Disconnect,
    /// The answer is not HTTP, or its head is too large.
    Malformed,
    /// robots.txt forbids it, or could not be fetched.
    RobotsRefused,
    /// The address cannot be visited: private, loopback, a denied port, another scheme.
    GuardRefused,
    /// A redirect loops, or never ends.
    RedirectLoop,
    /// The target of a redirect cannot be visited.
    BadRedirect,
    /// The host asked to be left alone for now.
    HostBackoff,
    /// The run was stopped before the visit was finished.
    Stopped,
}

/// Of which list a visit brought a further page: what binds the two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageOf {
    /// The seed of the visit of the list's first page.
    pub list: TargetUri,
    /// When that visit began.
    pub at: Instant,
    /// Which of its further pages it is, from 0.
    pub place: u32,
}

/// One visit of a seed: its exchanges in order; the last capture is the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The address at which the visit started.
    pub seed: TargetUri,
    /// At least one capture; each except the last is a redirect, a page that only sends a browser elsewhere, or an attempt that
    /// was repeated.
    pub captures: Vec<Capture>,
}

impl Visit {
    /// The last capture, the result of the visit.
    #[must_use]
    pub fn last(&self) -> Option<&Capture> {
        self.captures.last()
    }

    /// How many redirects were followed; repeated attempts do not count.
    #[must_use]
    pub fn redirects(&self) -> usize {
        let before = self.captures.iter().rev().skip(1);
        before
            .filter(|before| before.status().is_some_and(is_redirect))
            .count()
    }
}

impl Capture {
    /// The head of the response or revisit, as received.
    #[must_use]
    pub fn head(&self) -> Option<&[u8]> {
        match &self.outcome {
            Outcome::Response(response) => Some(&response.head),
            Outcome::Revisit(revisit) => Some(&revisit.head),
            Outcome::Failure(_) => None,
        }
    }

    /// The status code, if there is a status line.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        status_of(self.head()?)
    }

    /// The first field of that name, read as Latin-1 and trimmed.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        fields_of(self.head()?)
            .find(|(it, _)| it.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }

    /// What was wrong with the certificate of its host, if anything.
    #[must_use]
    pub fn untrusted(&self) -> Option<Untrusted> {
        self.connection.as_ref()?.tls.as_ref()?.untrusted
    }

    /// The digest of the payload: of the response, or of the capture that the revisit refers to.
    #[must_use]
    pub fn payload_digest(&self) -> Option<PayloadDigest> {
        match &self.outcome {
            Outcome::Response(response) => Some(PayloadDigest::of(&response.payload)),
            Outcome::Revisit(revisit) => Some(revisit.payload_digest),
            Outcome::Failure(_) => None,
        }
    }
}

/// A capture without the bytes of its body, as in an index.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptureEntry {
    /// The address that was requested.
    pub target_uri: TargetUri,
    /// The beginning of the exchange.
    pub date: Instant,
    /// The head of the response or revisit, as received; empty for a failure.
    pub head: Vec<u8>,
    /// The digest of the payload: of the response, or of the capture that the revisit refers to; `None` for a failure.
    pub payload_digest: Option<PayloadDigest>,
    /// Why it is a revisit, if it is.
    pub revisit: Option<RevisitProfile>,
    /// Why the body is incomplete, if it is.
    pub truncated: Option<Truncation>,
    /// What was wrong with the certificate of its host.
    pub untrusted: Option<Untrusted>,
    /// The archive that it was copied from; `None` for our own.
    pub source: Option<Source>,
    /// The kind of request, unless it was a plain one for the page: `POST`, `GET with Range`.
    pub asked: Option<String>,
    /// The failure instead of a response.
    pub failure: Option<Failure>,
}

impl CaptureEntry {
    /// The status code, if there is a status line.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        status_of(&self.head)
    }

    /// The first field of that name, read as Latin-1 and trimmed.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        fields_of(&self.head)
            .find(|(it, _)| it.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }
}

impl From<&Capture> for CaptureEntry {
    fn from(capture: &Capture) -> Self {
        let (mut revisit, mut truncated, mut failure) = (None, None, None);
        match &capture.outcome {
            Outcome::Response(response) => truncated = response.truncated,
            Outcome::Revisit(capture) => revisit = Some(capture.profile),
            Outcome::Failure(capture) => failure = Some(capture.clone()),
        }
        Self {
            target_uri: capture.target_uri.clone(),
            date: capture.date,
            head: capture.head().unwrap_or_default().to_vec(),
            payload_digest: capture.payload_digest(),
            revisit,
            truncated,
            untrusted: capture.untrusted(),
            source: capture.source.clone(),
            asked: asked_otherwise(&capture.request),
            failure,
        }
    }
}

impl Response {
    /// The whole response as received: head and body with framing (the block of a WARC response record).
    #[must_use]
    pub fn block(&self) -> Vec<u8> {
        let mut block = self.head.clone();
        match &self.framing {
            Framing::Identity => block.extend_from_slice(&self.payload),
            Framing::Chunked(pieces) => {
                let mut rest = self.payload.as_slice();
                for piece in pieces {
                    block.extend_from_slice(&piece.framing);
                    let length = usize::try_from(piece.payload).unwrap_or(usize::MAX);
                    let (now, later) = rest.split_at(length.min(rest.len()));
                    block.extend_from_slice(now);
                    rest = later;
                }
            }
        }
        block
    }

    /// The digest of [`Response::block`].
    #[must_use]
    pub fn block_digest(&self) -> BlockDigest {
        BlockDigest::of(&self.block())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] =
        b"HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nSet-Cookie: a\r\nset-cookie:b\r\n\r\n";

    #[test]
    fn chunk_framing_gives_the_wire_back() {
        let piece = |framing: &[u8], payload| Piece {
            framing: framing.to_vec(),
            payload,
        };
        let response = Response {
            head: HEAD.to_vec(),
            payload: b"hello world".to_vec(),
            framing: Framing::Chunked(vec![
                piece(b"5;x=1\r\n", 5),
                piece(b"\r\n6\r\n", 6),
                piece(b"\r\n0\r\n\r\n", 0),
            ]),
            truncated: None,
        };
        assert!(
            response
                .block()
                .ends_with(b"5;x=1\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        );
    }
}
