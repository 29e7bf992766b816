//! One visit of one page: what was sent, what came back, to the byte, or the failure that took its place.

mod head;

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

/// One capture event (WARC 1.1, 6): the request, response and metadata bound together, or the failure that took their place.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    /// What was asked for.
    pub target_uri: TargetUri,
    /// When the exchange began (`WARC-Date`).
    pub date: Instant,
    /// When its last byte had come, or it had failed.
    pub ended: Instant,
    /// The address that was connected to, and what TLS agreed on; `None` where no connection was made.
    pub connection: Option<Connection>,
    /// The request as it was sent, head and body; empty where nothing was sent.
    pub request: Vec<u8>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What stays known of a capture whose payload was removed on purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct Tombstone {
    /// What was asked for.
    pub target_uri: TargetUri,
    /// When the exchange began.
    pub date: Instant,
    /// When its last byte had come.
    pub ended: Instant,
    /// The address that was connected to, and what TLS agreed on.
    pub connection: Option<Connection>,
    /// The request as it was sent.
    pub request: Vec<u8>,
    /// Status line and header fields of the response, to the empty line.
    pub head: Vec<u8>,
    /// What the payload was.
    pub payload_digest: PayloadDigest,
    /// When and why it was removed.
    pub removed: Removed,
    /// What the ledger says of the capture, the text of its leaf.
    pub capture_leaf: String,
    /// What the ledger says of the removal, the text of its leaf.
    pub removal_leaf: String,
}

/// When, by whom and why a payload was removed on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// When.
    pub at: Instant,
    /// Who did it; `None` where nobody was recorded.
    pub by: Option<String>,
    /// By which rule, for people.
    pub why: String,
}

/// What came of a visit.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A response, whole or cut short.
    Response(Response),
    /// A visit that brought nothing new (WARC 1.1, 6.7).
    Revisit(Revisit),
    /// No response that could be read.
    Failure(Failure),
}

/// A response as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// Status line and header fields to the empty line, byte for byte, the empty line included.
    pub head: Vec<u8>,
    /// The entity body: transfer coding taken off, content coding kept.
    pub payload: Vec<u8>,
    /// How the body was framed, where that is more than a length: what stood between the bytes of the payload.
    pub framing: Framing,
    /// Why the body is not whole, where it is not.
    pub truncated: Option<Truncation>,
}

/// What is needed beside the payload to have the body's bytes as they were on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framing {
    /// The body is the payload.
    #[default]
    Identity,
    /// Chunked transfer coding (RFC 9112, 7.1): before each piece of payload of the given length stood these bytes; last comes what ended the body.
    Chunked(Vec<Piece>),
}

/// Bytes of framing, then so many bytes of payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The framing as it came: the line break of the chunk before, size, extensions, line break, trailers.
    pub framing: Vec<u8>,
    /// How many bytes of the payload follow it.
    pub payload: u64,
}

/// A visit that brought nothing new.
#[derive(Clone, Debug, PartialEq)]
pub struct Revisit {
    /// Why it is a revisit.
    pub profile: RevisitProfile,
    /// Status line and header fields as they came this time.
    pub head: Vec<u8>,
    /// The payload that was meant: the earlier capture's.
    pub payload_digest: PayloadDigest,
    /// When the capture that holds the payload was made.
    pub refers_to_date: Instant,
    /// What that capture had asked for.
    pub refers_to_uri: TargetUri,
}

/// The two kinds of revisit (WARC 1.1, 6.7.2 and 6.7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevisitProfile {
    /// The whole body came, and its digest was known.
    IdenticalPayloadDigest,
    /// The server said 304.
    ServerNotModified,
}

/// Why a body is not whole (`WARC-Truncated`, WARC 1.1, 5.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truncation {
    /// It was longer than the cap.
    Length,
    /// It took longer than the cap.
    Time,
    /// The connection ended before it was whole.
    Disconnect,
    /// Anything else.
    Unspecified,
}

/// Where a request went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The address and port that were connected to, after they were checked.
    pub address: SocketAddr,
    /// What TLS agreed on; `None` for plain HTTP.
    pub tls: Option<Tls>,
    /// Interim responses (1xx) that came before the response, byte for byte; mostly none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interim: Vec<u8>,
}

/// What TLS agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// The protocol version, as WARC-Protocol spells it: `tls/1.3`; empty where no agreement was reached.
    pub version: String,
    /// The cipher suite's IANA name; empty where no agreement was reached.
    pub cipher_suite: String,
    /// The certificate chain as it was sent, each in DER, leaf first.
    pub certificates: Vec<Vec<u8>>,
    /// What is wrong with the chain, where the page was taken all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untrusted: Option<Untrusted>,
}

/// Why nobody vouches for the host that a page came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Untrusted {
    /// The certificate is past its date, or not yet valid.
    Expired,
    /// The certificate is for another host.
    WrongHost,
    /// The certificate's issuer is not known: self-signed, or a private authority.
    UnknownIssuer,
    /// Anything else: revoked, broken, not for servers.
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
    /// What exactly happened, for people: an operating system's message, a rule of robots.txt, an address range.
    pub detail: String,
    /// What bytes had come before it failed, if any (at most 64 KiB).
    pub received: Vec<u8>,
}

/// The kinds of failure that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The host name has no address.
    DnsNotFound,
    /// The name could not be looked up.
    DnsFailed,
    /// Nobody said within the time allowed what address the name has.
    DnsTimeout,
    /// Nobody listens at the address, or no way leads there.
    Connect,
    /// No connection within the time allowed.
    ConnectTimeout,
    /// A connection, and no TLS on it within the time allowed.
    TlsTimeout,
    /// The certificate is past its date, or not yet valid.
    TlsExpired,
    /// The certificate is for another host.
    TlsWrongHost,
    /// The certificate's issuer is not known: self-signed, or a private authority.
    TlsUnknownIssuer,
    /// Any other failure of TLS.
    Tls,
    /// The proxy could not be reached, or would not connect.
    Proxy,
    /// No head of a response within the time allowed.
    ResponseTimeout,
    /// The connection ended before the head was whole.
    Disconnect,
    /// What came is not HTTP, or a head too large.
    Malformed,
    /// robots.txt forbids it, or could not be had.
    RobotsRefused,
    /// The address is not one that may be visited: private, loopback, a denied port, another scheme.
    GuardRefused,
    /// A redirect leads back to where it came from, or on and on.
    RedirectLoop,
    /// A redirect leads nowhere that can be visited.
    BadRedirect,
    /// The host asked to be left alone, or is, for now.
    HostBackoff,
    /// The run was ended before it was done.
    Stopped,
}

/// One visit of a seed: its exchanges in order; the last capture is what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Where the visit started from.
    pub seed: TargetUri,
    /// At least one capture; each but the last is a redirect, a page that only sends a browser elsewhere, or a try after which
    /// the same was asked again.
    pub captures: Vec<Capture>,
}

impl Visit {
    /// The capture the visit came to.
    #[must_use]
    pub fn last(&self) -> Option<&Capture> {
        self.captures.last()
    }

    /// How many redirects were followed: tries that were made again are none.
    #[must_use]
    pub fn redirects(&self) -> usize {
        let before = self.captures.iter().rev().skip(1);
        before
            .filter(|it| it.status().is_some_and(is_redirect))
            .count()
    }
}

impl Capture {
    /// Head of the response or revisit as it came.
    #[must_use]
    pub fn head(&self) -> Option<&[u8]> {
        match &self.outcome {
            Outcome::Response(it) => Some(&it.head),
            Outcome::Revisit(it) => Some(&it.head),
            Outcome::Failure(_) => None,
        }
    }

    /// The status code, where a status line came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        status_of(self.head()?)
    }

    /// The first field of that name, read as Latin-1, ends trimmed.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        fields_of(self.head()?)
            .find(|(it, _)| it.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// What was wrong with the certificate of the host that it came from, if anything.
    #[must_use]
    pub fn untrusted(&self) -> Option<Untrusted> {
        self.connection.as_ref()?.tls.as_ref()?.untrusted
    }

    /// The digest of the payload: the response's own, or the one the revisit stands for.
    #[must_use]
    pub fn payload_digest(&self) -> Option<PayloadDigest> {
        match &self.outcome {
            Outcome::Response(it) => Some(PayloadDigest::of(&it.payload)),
            Outcome::Revisit(it) => Some(it.payload_digest),
            Outcome::Failure(_) => None,
        }
    }
}

/// A capture as an index knows it: everything but the bytes of its body.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptureEntry {
    /// What was asked for.
    pub target_uri: TargetUri,
    /// When the exchange began.
    pub date: Instant,
    /// Head of the response or revisit as it came; empty for a failure.
    pub head: Vec<u8>,
    /// The payload: the response's own, or the one a revisit stands for; `None` for a failure.
    pub payload_digest: Option<PayloadDigest>,
    /// Whether it is a revisit, and why.
    pub revisit: Option<RevisitProfile>,
    /// Why the body is not whole, where it is not.
    pub truncated: Option<Truncation>,
    /// What was wrong with the certificate of the host that it came from.
    pub untrusted: Option<Untrusted>,
    /// How it was asked for, where that was no plain request for the page: `POST`, `GET with Range`.
    pub asked: Option<String>,
    /// The failure that took the response's place.
    pub failure: Option<Failure>,
}

impl CaptureEntry {
    /// The status code, where a status line came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        status_of(&self.head)
    }

    /// The first field of that name, read as Latin-1, ends trimmed.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        fields_of(&self.head)
            .find(|(it, _)| it.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

impl From<&Capture> for CaptureEntry {
    fn from(it: &Capture) -> Self {
        let (mut revisit, mut truncated, mut failure) = (None, None, None);
        match &it.outcome {
            Outcome::Response(response) => truncated = response.truncated,
            Outcome::Revisit(it) => revisit = Some(it.profile),
            Outcome::Failure(it) => failure = Some(it.clone()),
        }
        Self {
            target_uri: it.target_uri.clone(),
            date: it.date,
            head: it.head().unwrap_or_default().to_vec(),
            payload_digest: it.payload_digest(),
            revisit,
            truncated,
            untrusted: it.untrusted(),
            asked: asked_otherwise(&it.request),
            failure,
        }
    }
}

impl Response {
    /// The whole response as it was on the wire: head and body, framing and all (a WARC response record's block).
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
