//! The originals of revisits: the responses of one or more files, and the revisits that still wait for their response.

use std::{collections::HashMap, sync::Arc};

use super::{Record, fields, record::without_brackets};
use crate::{
    capture::{Capture, Connection, Outcome, Revisit, RevisitProfile},
    clock::{Instant, parse_warc_date},
    digest::PayloadDigest,
    uri::TargetUri,
};

/// A response that revisits can refer to.
#[derive(Clone, Debug)]
struct Original {
    digest: PayloadDigest,
    date: Instant,
    uri: Arc<TargetUri>,
}

/// The responses of one or more files, indexed by everything that revisits use to refer to them. There may be millions: each is in
/// memory once, whatever refers to it.
#[derive(Debug, Default)]
pub struct Originals {
    ids: HashMap<Box<str>, Arc<Original>>,
    digests: HashMap<Box<str>, Arc<Original>>,
    uris: HashMap<Arc<TargetUri>, Vec<Arc<Original>>>,
}

/// A revisit that waits for its response.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The file that contains it.
    pub file: String,
    /// The offset of its first record in the file.
    pub offset: u64,
    target_uri: TargetUri,
    date: Instant,
    ended: Instant,
    connection: Option<Connection>,
    request: Vec<u8>,
    record: Record,
}

/// What the record of a revisit says about the response that it refers to.
struct Said {
    profile: RevisitProfile,
    uri: Option<TargetUri>,
    date: Option<Instant>,
    digest: Option<String>,
}

impl Said {
    fn of(record: &Record) -> Self {
        let profile = record.field("WARC-Profile");
        Self {
            profile: if profile.is_some_and(|profile| profile.contains("not-modified")) {
                RevisitProfile::ServerNotModified
            } else {
                RevisitProfile::IdenticalPayloadDigest
            },
            uri: record
                .field("WARC-Refers-To-Target-URI")
                .and_then(|field| without_brackets(field).parse().ok()),
            date: record
                .field("WARC-Refers-To-Date")
                .and_then(parse_warc_date),
            digest: record.field("WARC-Payload-Digest").map(str::to_owned),
        }
    }
}

impl Unresolved {
    /// The revisit in `record`, with its metadata.
    pub(super) fn new(
        place: (String, u64),
        (target_uri, date, ended): (TargetUri, Instant, Instant),
        connection: Option<Connection>,
        request: Vec<u8>,
        record: Record,
    ) -> Self {
        Self {
            file: place.0,
            offset: place.1,
            target_uri,
            date,
            ended,
            connection,
            request,
            record,
        }
    }

    /// When the visit was made.
    #[must_use]
    pub fn date(&self) -> Instant {
        self.date
    }

    /// The address of the response that it refers to.
    #[must_use]
    pub fn refers_to_uri(&self) -> TargetUri {
        let said = Said::of(&self.record).uri;
        said.unwrap_or_else(|| self.target_uri.clone())
    }

    /// The date of that response, if given.
    #[must_use]
    pub fn refers_to_date(&self) -> Option<Instant> {
        Said::of(&self.record).date
    }

    /// The digest of the payload as written in the record, including its label.
    #[must_use]
    pub fn payload_digest(&self) -> Option<&str> {
        self.record.field("WARC-Payload-Digest")
    }

    /// The capture, if one of `originals` is its response.
    #[must_use]
    pub fn among(&self, originals: &Originals) -> Option<Capture> {
        let revisit = originals.revisit(&self.record, &self.target_uri)?;
        Some(self.capture(revisit))
    }

    /// The capture, referring to that response.
    #[must_use]
    pub fn resolved(&self, payload: PayloadDigest, date: Instant, uri: TargetUri) -> Capture {
        let original = Original {
            digest: payload,
            date,
            uri: uri.into(),
        };
        self.capture(revisit(&self.record, &original))
    }

    fn capture(&self, revisit: Revisit) -> Capture {
        Capture {
            target_uri: self.target_uri.clone(),
            date: self.date,
            ended: self.ended,
            connection: self.connection.clone(),
            request: self.request.clone(),
            source: fields::source(&self.record, None),
            outcome: Outcome::Revisit(revisit),
        }
    }

    /// Why it is not a capture, if there is no response.
    #[must_use]
    pub fn detail(&self) -> String {
        let digest = self.payload_digest().unwrap_or("no digest");
        let uri = &self.target_uri;
        format!("the revisit of {uri} ({digest}) refers to a response that was not found")
    }
}

impl Originals {
    /// Remembers a response by its record id and digest, for the revisits that refer to it.
    pub(super) fn remember(
        &mut self,
        record: &Record,
        uri: &TargetUri,
        date: Instant,
        payload: &[u8],
    ) {
        let known = self.uris.get_key_value(uri);
        let uri = known.map_or_else(|| Arc::new(uri.clone()), |it| Arc::clone(it.0));
        let original = Arc::new(Original {
            digest: PayloadDigest::of(payload),
            date,
            uri: Arc::clone(&uri),
        });
        if let Some(id) = record.id() {
            self.ids.insert(id.into(), Arc::clone(&original));
        }
        if let Some(digest) = record.field("WARC-Payload-Digest") {
            self.digests
                .entry(digest.to_ascii_lowercase().into())
                .or_insert_with(|| Arc::clone(&original));
        }
        self.uris.entry(uri).or_default().push(original);
    }

    /// The reference in the record of a revisit, if its response is known or its digest is supported.
    pub(super) fn revisit(&self, record: &Record, uri: &TargetUri) -> Option<Revisit> {
        let said = Said::of(record);
        let own: Option<PayloadDigest> = said
            .digest
            .as_ref()
            .and_then(|digest| digest.to_ascii_lowercase().parse().ok());
        match (own, self.original(record, uri, &said)) {
            (None, None) => None,
            (None, Some(it)) => Some(revisit(record, it)),
            (Some(digest), Some(it)) => {
                let original = Original {
                    digest,
                    ..it.clone()
                };
                Some(revisit(record, &original))
            }
            (Some(digest), None) => {
                let original = Original {
                    digest,
                    date: record.date().unwrap_or_default(),
                    uri: uri.clone().into(),
                };
                Some(revisit(record, &original))
            }
        }
    }

    fn original(&self, record: &Record, uri: &TargetUri, said: &Said) -> Option<&Original> {
        let named = record
            .field("WARC-Refers-To")
            .and_then(|field| self.ids.get(without_brackets(field)));
        let of_uri = || self.uris.get(said.uri.as_ref().unwrap_or(uri));
        named
            .map(Arc::as_ref)
            .or_else(|| {
                let mut responses = of_uri()?.iter().map(Arc::as_ref);
                responses.find(|it| Some(it.date) == said.date)
            })
            .or_else(|| {
                let digest = said.digest.as_ref()?;
                let known = self.digests.get(digest.to_ascii_lowercase().as_str());
                known.map(Arc::as_ref)
            })
            .or_else(|| {
                let unnamed = said.digest.is_none();
                let date = record.date();
                let before = |original: &&Original| date.is_none_or(|date| original.date <= date);
                of_uri()?
                    .iter()
                    .map(Arc::as_ref)
                    .filter(before)
                    .max_by_key(|it| it.date)
                    .filter(|_| unnamed)
            })
    }
}

/// The revisit of a response that a record describes.
fn revisit(record: &Record, original: &Original) -> Revisit {
    let said = Said::of(record);
    Revisit {
        profile: said.profile,
        payload_digest: original.digest,
        refers_to_date: said.date.unwrap_or(original.date),
        refers_to_uri: said.uri.unwrap_or_else(|| original.uri.as_ref().clone()),
        head: record.block.clone(),
    }
}
