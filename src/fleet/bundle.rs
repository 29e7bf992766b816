//! A bundle: the visits of one lease, sealed as one WARC file under its own digest.
//!
//! Any program that reads WARC reads a bundle. The first record, a `warcinfo`, has a field `bundle` with a small JSON head:
//!
//! | field | meaning |
//! | --- | --- |
//! | `format` | the version of this head: 1 |
//! | `host`, `fence`, `worker` | the lease under which the visits were made |
//! | `visits` | one entry for each visit, in the order of the records |
//! | `visits[].seed` | the address from which the visit started |
//! | `visits[].captures` | for each capture of the visit, the digest of its payload, or null |
//!
//! The further pages of a list are visits, too. As in every file that this program writes, the metadata of their first capture binds
//! them to the visit of the first page.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{
    capture::{Capture, PageOf, Visit},
    clock::Instant,
    digest::PayloadDigest,
    pipeline::SOFTWARE,
    uri::TargetUri,
    warc::{Compression, Further, Reader, RecordType, WarcError, Writer, read_captures},
};

/// The version of the head.
const FORMAT: u32 = 1;

/// What a bundle says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the head.
    pub format: u32,
    /// The host of the lease.
    pub host: String,
    /// The fence of the lease.
    pub fence: i64,
    /// The fetcher.
    pub worker: String,
    /// The visits, in order.
    pub visits: Vec<HeadVisit>,
}

/// A visit in the head of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadVisit {
    /// Where the visit started.
    pub seed: TargetUri,
    /// The digest of the payload of each capture; `None` for a failure.
    pub captures: Vec<Option<PayloadDigest>>,
}

/// A visit, and the lists of which it brought a further page.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The visit.
    pub visit: Visit,
    /// The lists; empty for a seed.
    pub pages_of: Vec<PageOf>,
}

/// What is in a bundle.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsealed {
    /// What it says about itself.
    pub head: Head,
    /// The visits.
    pub visits: Vec<Visit>,
    /// Which of them brought further pages of lists.
    pub further: Vec<Further>,
}

/// A bundle as bytes, with its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The SHA-256 of the bytes, as hexadecimal digits.
    pub digest: String,
    /// The WARC file.
    pub bytes: Vec<u8>,
}

/// Why a bundle cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Its bytes are not those that were sealed.
    #[error("the bundle {0} is damaged: its bytes have another digest")]
    Digest(String),
    /// It has no head, or one of another version.
    #[error("the bundle {digest} has no head that this program reads: {detail}")]
    Head {
        /// The digest of the bundle.
        digest: String,
        /// What is wrong.
        detail: String,
    },
    /// A record cannot be read.
    #[error("the bundle {digest} cannot be read")]
    Record {
        /// The digest of the bundle.
        digest: String,
        /// The error.
        #[source]
        source: WarcError,
    },
    /// The records are not those that the head lists.
    #[error("the bundle {0} has other captures than its head lists")]
    Captures(String),
}

/// Seals the visits that were made under a lease.
///
/// # Errors
/// Records cannot be compressed.
pub fn seal(
    (host, fence, worker): (&str, i64, &str),
    visits: &[Bound],
    now: Instant,
) -> std::io::Result<Sealed> {
    let head = Head {
        format: FORMAT,
        host: host.to_owned(),
        fence,
        worker: worker.to_owned(),
        visits: visits.iter().map(|it| HeadVisit::of(&it.visit)).collect(),
    };
    let head = serde_json::to_string(&head)?;
    let mut writer = Writer::new(Vec::new(), Compression::Gzip);
    let fields = [
        ("software", SOFTWARE),
        ("format", "WARC File Format 1.1"),
        ("bundle", head.as_str()),
    ];
    writer.warcinfo(now, None, &fields)?;
    for bound in visits {
        writer.page_of(&bound.pages_of);
        writer.visit(&bound.visit)?;
    }
    let bytes = writer.finish()?;
    Ok(Sealed {
        digest: digest_of(&bytes),
        bytes,
    })
}

/// The digest of a bundle, as hexadecimal digits.
#[must_use]
pub(super) fn digest_of(bytes: &[u8]) -> String {
    crate::digest::hex(PayloadDigest::of(bytes).as_bytes())
}

/// The head and the visits of a bundle, exactly as they were sealed.
///
/// # Errors
/// The bytes are not those of a bundle with this digest.
pub fn unseal(digest: &str, bytes: &[u8]) -> Result<Unsealed, BundleError> {
    if digest_of(bytes) != digest {
        return Err(BundleError::Digest(digest.to_owned()));
    }
    let head = head_of(digest, bytes)?;
    let mut captures = VecDeque::new();
    let mut read = read_captures(Reader::new(digest, bytes));
    for capture in read.by_ref() {
        captures.push_back(capture.map_err(|source| BundleError::Record {
            digest: digest.to_owned(),
            source,
        })?);
    }
    let mut visits = Vec::new();
    for listed in &head.visits {
        let count = listed.captures.len().min(captures.len());
        let visit = Visit {
            seed: listed.seed.clone(),
            captures: captures.drain(..count).collect(),
        };
        if HeadVisit::of(&visit) != *listed {
            return Err(BundleError::Captures(digest.to_owned()));
        }
        visits.push(visit);
    }
    if !captures.is_empty() {
        return Err(BundleError::Captures(digest.to_owned()));
    }
    Ok(Unsealed {
        head,
        visits,
        further: read.take_further(),
    })
}

fn head_of(digest: &str, bytes: &[u8]) -> Result<Head, BundleError> {
    let wrong = |detail: String| BundleError::Head {
        digest: digest.to_owned(),
        detail,
    };
    let first = Reader::new(digest, bytes).next();
    let first = first
        .transpose()
        .map_err(|error| wrong(error.to_string()))?
        .filter(|record| record.kind == RecordType::Warcinfo)
        .ok_or_else(|| wrong("the first record is not a warcinfo".to_owned()))?;
    let text = String::from_utf8_lossy(&first.block);
    let json = text
        .lines()
        .find_map(|line| line.strip_prefix("bundle: "))
        .ok_or_else(|| wrong("the warcinfo has no field `bundle`".to_owned()))?;
    let head: Head = serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?;
    if head.format != FORMAT {
        return Err(wrong(format!("format {}", head.format)));
    }
    Ok(head)
}

impl HeadVisit {
    fn of(visit: &Visit) -> Self {
        Self {
            seed: visit.seed.clone(),
            captures: visit.captures.iter().map(Capture::payload_digest).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capture::{Failure, FailureKind, Framing, Outcome, Response, Revisit, RevisitProfile},
        clock::parse_digits14,
    };

    fn capture(uri: &str, outcome: Outcome) -> Capture {
        let date = parse_digits14("20260301120000").unwrap();
        Capture {
            target_uri: uri.parse().unwrap(),
            date,
            ended: date,
            connection: None,
            request: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            source: None,
            outcome,
        }
    }

    fn page(body: &[u8]) -> Outcome {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        Outcome::Response(Response {
            head: head.into_bytes(),
            payload: body.to_vec(),
            framing: Framing::Identity,
            truncated: None,
        })
    }

    fn bound() -> Vec<Bound> {
        let visits = visits().into_iter().map(|visit| Bound {
            visit,
            pages_of: Vec::new(),
        });
        visits.collect()
    }

    fn visits() -> Vec<Visit> {
        let at = |uri: &str| uri.parse::<TargetUri>().unwrap();
        let revisit = Outcome::Revisit(Revisit {
            profile: RevisitProfile::ServerNotModified,
            head: b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(),
            payload_digest: PayloadDigest::of(b"earlier"),
            refers_to_date: parse_digits14("2025").unwrap(),
            refers_to_uri: at("https://a.example/2"),
        });
        let failure = Outcome::Failure(Failure {
            kind: FailureKind::Connect,
            detail: "refused".to_owned(),
            received: Vec::new(),
        });
        vec![
            Visit {
                seed: at("https://a.example/1"),
                // A retry of the same address belongs to the same visit.
                captures: vec![
                    capture("https://a.example/1", page(b"first")),
                    capture("https://a.example/1", page(b"second")),
                ],
            },
            Visit {
                seed: at("https://a.example/2"),
                captures: vec![capture("https://a.example/2", revisit)],
            },
            Visit {
                seed: at("https://a.example/3"),
                captures: vec![capture("https://a.example/3", failure)],
            },
        ]
    }

    #[test]
    fn visits_come_back_as_they_were_sealed() {
        let now = parse_digits14("2026").unwrap();
        let sealed = seal(("a.example", 3, "w"), &bound(), now).unwrap();
        let Unsealed { head, visits, .. } = unseal(&sealed.digest, &sealed.bytes).unwrap();
        assert_eq!((head.host.as_str(), head.fence), ("a.example", 3));
        let sealed = bound().into_iter().map(|it| it.visit);
        assert_eq!(visits, sealed.collect::<Vec<_>>());
    }

    #[test]
    fn a_further_page_comes_back_bound_to_its_list() {
        let now = parse_digits14("2026").unwrap();
        let mut visits = bound();
        visits[1].pages_of = vec![PageOf {
            list: visits[0].visit.seed.clone(),
            at: visits[0].visit.captures[0].date,
            place: 0,
        }];
        let sealed = seal(("a.example", 3, "w"), &visits, now).unwrap();
        let further = unseal(&sealed.digest, &sealed.bytes).unwrap().further;
        assert_eq!(further.len(), 1);
        assert_eq!(further[0].uri, visits[1].visit.seed);
        assert_eq!(further[0].of, visits[1].pages_of[0]);
    }

    #[test]
    fn what_is_not_as_it_was_sealed_is_refused() {
        let now = parse_digits14("2026").unwrap();
        let sealed = seal(("a.example", 3, "w"), &bound(), now).unwrap();
        let mut other = sealed.bytes.clone();
        other.truncate(other.len() / 2);
        let error = unseal(&sealed.digest, &other).unwrap_err();
        assert!(matches!(error, BundleError::Digest(_)), "{error}");
        let error = unseal(&digest_of(&other), &other).unwrap_err();
        assert!(!matches!(error, BundleError::Digest(_)), "{error}");
        let error = unseal(&digest_of(b""), b"").unwrap_err();
        assert!(matches!(error, BundleError::Head { .. }), "{error}");
    }
}
