//! The leaves of the ledger: one JSON text for everything that is stored, made again from the rows at every check.

mod mute;
mod push;

use std::net::SocketAddr;

use serde::Serialize;

use self::{mute::MuteText, push::PushText};
use super::tree::{Hash, Tree, leaf_hash};
use crate::{
    capture::{FailureKind, IndexDigest, Source, Tls, Truncation, Untrusted},
    clock::{Instant, warc_date},
    digest::{ContentDigest, PayloadDigest, hex},
    finding::Mute,
    uri::TargetUri,
};

/// One thing in the archive. Its text is JSON without spaces, with the keys in the order of `docs/ledger.md`.
#[derive(Clone, Debug)]
pub enum Leaf<'a> {
    /// One capture.
    Capture(CaptureLeaf<'a>),
    /// The findings for a profile at one time.
    Findings {
        /// The number of the set.
        id: i64,
        /// The name of the profile.
        profile: &'a str,
        /// The crawl it was computed in.
        crawl: Option<i64>,
        /// The set.
        set: SetDigest,
    },
    /// A decision of a person.
    Review {
        /// The number of the review.
        id: i64,
        /// The id of the finding.
        finding: &'a str,
        /// `accept`, `reject`, `later`; `None` takes back the one before.
        decision: Option<&'a str>,
        /// When.
        at: Instant,
        /// Who.
        by: &'a str,
        /// The note.
        note: Option<&'a str>,
        /// The finding as it was, as JSON.
        about: Option<&'a str>,
        /// What follows from it, as JSON; `None` if it only says yes, no or later.
        terms: Option<&'a str>,
    },
    /// A run or an import that begins.
    Crawl {
        /// Its number.
        id: i64,
        /// When it began.
        started: Instant,
        /// The program and its version.
        software: &'a str,
        /// The command.
        command: &'a str,
    },
    /// A run or an import that has ended.
    CrawlEnded {
        /// Its number.
        id: i64,
        /// When it ended.
        ended: Instant,
        /// The result, as JSON.
        counts: &'a str,
    },
    /// A payload that was removed on purpose: a tombstone.
    Removal {
        /// The number of the removal.
        id: i64,
        /// The payload.
        payload: PayloadDigest,
        /// When it was removed.
        at: Instant,
        /// Who removed it; `None` if not recorded.
        by: Option<&'a str>,
        /// By which rule.
        reason: &'a str,
    },
    /// A kind of finding that a person muted, or no longer does.
    Mute {
        /// The number of the row.
        id: i64,
        /// What is muted.
        mute: &'a Mute,
    },
    /// A state of a page that is pushed to another archive.
    Push {
        /// The number of the state.
        id: i64,
        /// The page.
        page: &'a str,
        /// The archive.
        archive: &'a str,
        /// Since when.
        at: Instant,
        /// `queued`, `asking`, `asked`, `done`, `refused`, `later`.
        state: &'a str,
        /// Why it was queued; the job; the address; the code and the message.
        detail: Option<&'a str>,
        /// Not before that.
        until: Option<Instant>,
    },
    /// The time of a checkpoint; the last leaf of that checkpoint.
    Sealed {
        /// When.
        at: Instant,
    },
}

/// What a leaf says of a set of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetDigest {
    /// The digest of the set as stored, a JSON array.
    pub digest: ContentDigest,
    /// The number of findings.
    pub size: usize,
    /// The root of the Merkle tree over the findings, each as it is in the array.
    pub root: Hash,
}

impl SetDigest {
    /// That of a JSON array.
    #[must_use]
    pub fn of(json: &[u8]) -> Self {
        let mut tree = Tree::default();
        elements(json).for_each(|element| tree.push(leaf_hash(element)));
        Self {
            digest: ContentDigest::of(json),
            size: usize::try_from(tree.size()).unwrap_or(usize::MAX),
            root: tree.root(),
        }
    }
}

/// One capture, with the digests of all that was sent and received.
#[derive(Clone, Debug)]
pub struct CaptureLeaf<'a> {
    /// Its number.
    pub id: i64,
    /// The visit it belongs to.
    pub visit: i64,
    /// Its place in the visit, from 0.
    pub hop: i64,
    /// The crawl of the visit.
    pub crawl: i64,
    /// The seed of the visit.
    pub seed: &'a str,
    /// The address that was requested.
    pub uri: &'a str,
    /// When the exchange began.
    pub date: Instant,
    /// When it ended.
    pub ended: Instant,
    /// `response`, `identical-payload-digest`, `server-not-modified` or `failure`.
    pub outcome: &'a str,
    /// The digest of the payload; `None` for a failure.
    pub payload: Option<PayloadDigest>,
    /// Why the body is not whole.
    pub truncated: Option<Truncation>,
    /// The request as sent.
    pub request: &'a [u8],
    /// Interim responses.
    pub interim: &'a [u8],
    /// Head of the response.
    pub head: &'a [u8],
    /// The framing of the body, or the bytes received before a failure.
    pub rest: &'a [u8],
    /// The kind and the words of a failure.
    pub failure: Option<(FailureKind, &'a str)>,
    /// The capture that a revisit refers to.
    pub refers_to: Option<(Instant, &'a TargetUri)>,
    /// The address of the connection, and the TLS parameters.
    pub connection: Option<(SocketAddr, Option<&'a Tls>)>,
    /// The archive that it was copied from; `None` for our own.
    pub source: Option<&'a Source>,
}

impl Leaf<'_> {
    /// The text that is hashed.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Capture(capture) => capture.text(),
            Self::Findings {
                id,
                profile,
                crawl,
                set,
            } => text(&FindingsText {
                leaf: "findings",
                id: *id,
                profile,
                crawl: *crawl,
                digest: set.digest,
                size: set.size,
                root: hex(&set.root),
            }),
            Self::Review {
                id,
                finding,
                decision,
                at,
                by,
                note,
                about,
                terms,
            } => text(&ReviewText {
                leaf: "review",
                id: *id,
                finding,
                decision: *decision,
                at: warc_date(*at),
                by,
                note: *note,
                about: about.map(|about| ContentDigest::of(about.as_bytes())),
                terms: *terms,
            }),
            Self::Crawl {
                id,
                started,
                software,
                command,
            } => text(&CrawlText {
                leaf: "crawl",
                id: *id,
                started: warc_date(*started),
                software,
                command,
            }),
            Self::CrawlEnded { id, ended, counts } => text(&CrawlEndedText {
                leaf: "crawl-ended",
                id: *id,
                ended: warc_date(*ended),
                counts,
            }),
            Self::Removal {
                id,
                payload,
                at,
                by,
                reason,
            } => text(&RemovalText {
                leaf: "removal",
                id: *id,
                payload: *payload,
                at: warc_date(*at),
                by: *by,
                reason,
            }),
            Self::Mute { id, mute } => text(&MuteText::of(*id, mute)),
            Self::Push {
                id,
                page,
                archive,
                at,
                state,
                detail,
                until,
            } => text(&PushText {
                leaf: "push",
                id: *id,
                page,
                archive,
                at: warc_date(*at),
                state,
                detail: *detail,
                until: until.map(warc_date),
            }),
            Self::Sealed { at } => text(&SealedText {
                leaf: "sealed",
                at: warc_date(*at),
            }),
        }
    }

    /// The hash of its text as a leaf.
    #[must_use]
    pub fn hash(&self) -> Hash {
        leaf_hash(self.text().as_bytes())
    }
}

impl CaptureLeaf<'_> {
    fn text(&self) -> String {
        let of_bytes = |it: &[u8]| (!it.is_empty()).then(|| ContentDigest::of(it));
        let tls = self.connection.as_ref().and_then(|connection| connection.1);
        text(&CaptureText {
            leaf: "capture",
            id: self.id,
            visit: self.visit,
            hop: self.hop,
            crawl: self.crawl,
            seed: self.seed,
            uri: self.uri,
            date: warc_date(self.date),
            ended: warc_date(self.ended),
            outcome: self.outcome,
            payload: self.payload,
            truncated: self.truncated,
            request: of_bytes(self.request),
            interim: of_bytes(self.interim),
            head: of_bytes(self.head),
            rest: of_bytes(self.rest),
            failure: self.failure,
            refers_to: self
                .refers_to
                .map(|(date, uri)| (warc_date(date), uri.as_str())),
            address: self.connection.as_ref().map(|connection| connection.0),
            tls: tls.map(|tls| [tls.version.as_str(), tls.cipher_suite.as_str()]),
            certificates: tls.map(|tls| {
                tls.certificates
                    .iter()
                    .map(|certificate| ContentDigest::of(certificate))
                    .collect()
            }),
            untrusted: tls.and_then(|tls| tls.untrusted),
            source: self.source.map(|source| SourceText {
                archive: &source.archive,
                memento: source.memento.as_deref(),
                copied: source.copied.map(warc_date),
                record: source.record.as_deref(),
                file: source.file.as_deref(),
                digest: source.digest,
            }),
        })
    }
}

/// The elements of a JSON array, each as written; empty if the text is not an array.
pub fn elements(json: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = json.strip_prefix(b"[").unwrap_or_default();
    std::iter::from_fn(move || {
        let mut values =
            serde_json::Deserializer::from_slice(rest).into_iter::<serde::de::IgnoredAny>();
        values.next()?.ok()?;
        let (element, behind) = rest.split_at_checked(values.byte_offset())?;
        rest = behind.strip_prefix(b",").unwrap_or_default();
        Some(element)
    })
}

fn text(of: &impl Serialize) -> String {
    // These types contain nothing that JSON cannot express; every check would detect an empty text.
    serde_json::to_string(of).unwrap_or_default()
}

#[derive(Serialize)]
struct CaptureText<'a> {
    leaf: &'static str,
    id: i64,
    visit: i64,
    hop: i64,
    crawl: i64,
    seed: &'a str,
    uri: &'a str,
    date: String,
    ended: String,
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<PayloadDigest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<ContentDigest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interim: Option<ContentDigest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<ContentDigest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rest: Option<ContentDigest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<(FailureKind, &'a str)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refers_to: Option<(String, &'a str)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<[&'a str; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<Vec<ContentDigest>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<Untrusted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceText<'a>>,
}

#[derive(Serialize)]
struct SourceText<'a> {
    archive: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    memento: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copied: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<IndexDigest>,
}

#[derive(Serialize)]
struct FindingsText<'a> {
    leaf: &'static str,
    id: i64,
    profile: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    crawl: Option<i64>,
    digest: ContentDigest,
    size: usize,
    root: String,
}

#[derive(Serialize)]
struct ReviewText<'a> {
    leaf: &'static str,
    id: i64,
    finding: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    at: String,
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<ContentDigest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<&'a str>,
}

#[derive(Serialize)]
struct CrawlText<'a> {
    leaf: &'static str,
    id: i64,
    started: String,
    software: &'a str,
    command: &'a str,
}

#[derive(Serialize)]
struct CrawlEndedText<'a> {
    leaf: &'static str,
    id: i64,
    ended: String,
    counts: &'a str,
}

#[derive(Serialize)]
struct RemovalText<'a> {
    leaf: &'static str,
    id: i64,
    payload: PayloadDigest,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    reason: &'a str,
}

#[derive(Serialize)]
struct SealedText {
    leaf: &'static str,
    at: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    #[test]
    fn the_texts_stay_as_they_are_documented() {
        let at = parse_digits14("20260102030405").unwrap();
        let findings = Leaf::Findings {
            id: 3,
            profile: "sample",
            crawl: Some(2),
            set: SetDigest::of(br#"[{"a":[1,"],"]},{"b":2}]"#),
        };
        assert_eq!(
            findings.text(),
            concat!(
                r#"{"leaf":"findings","id":3,"profile":"sample","crawl":2,"#,
                r#""digest":"sha256:247f2a61d7de3871ecaf281c9d962ff4e01797d780e711258810bcaacc9e196b","#,
                r#""size":2,"root":"3a5587cf1b8aa21e13995abf552c011c8a87a9bc30ef557e5fa259f08c196c54"}"#
            )
        );
        let review = Leaf::Review {
            id: 1,
            finding: "abc",
            decision: None,
            at,
            by: "ann \"a\"",
            note: None,
            about: Some("{}"),
            terms: None,
        };
        assert_eq!(
            review.text(),
            concat!(
                r#"{"leaf":"review","id":1,"finding":"abc","at":"2026-01-02T03:04:05Z","by":"ann \"a\"","#,
                r#""about":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}"#
            )
        );
        let mute = Mute {
            profile: "sample".into(),
            claim: "partners".into(),
            kind: crate::finding::Muted::NewNames,
            muted: true,
            at,
            by: "ann".into(),
            note: None,
        };
        assert_eq!(
            Leaf::Mute { id: 2, mute: &mute }.text(),
            concat!(
                r#"{"leaf":"mute","id":2,"profile":"sample","claim":"partners","kind":"new-names","#,
                r#""muted":true,"at":"2026-01-02T03:04:05Z","by":"ann"}"#
            )
        );
        assert_eq!(
            Leaf::Sealed { at }.text(),
            r#"{"leaf":"sealed","at":"2026-01-02T03:04:05Z"}"#
        );
    }

    #[test]
    fn an_array_falls_into_its_elements_as_they_stand() {
        let parts = |text: &'static str| {
            elements(text.as_bytes())
                .map(|element| std::str::from_utf8(element).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(parts("[]"), [""; 0]);
        assert_eq!(
            parts(r#"[{"a": "],["},1.50,[2]]"#),
            [r#"{"a": "],["}"#, "1.50", "[2]"]
        );
        assert_eq!(parts("{}"), [""; 0]);
    }
}
