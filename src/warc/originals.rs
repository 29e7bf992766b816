//! What revisits refer to: the responses of a file or of several, and the revisits whose response did not come yet.

use std::collections::HashMap;

use super::{Record, record::without_brackets};
use crate::{
    capture::{Capture, Connection, Outcome, Revisit, RevisitProfile},
    clock::{Instant, parse_warc_date},
    digest::PayloadDigest,
    uri::TargetUri,
};

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

/// A revisit that refers to a response that did not come yet.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The file it stands in.
    pub file: String,
    /// Where in the file its first record begins.
    pub offset: u64,
    target_uri: TargetUri,
    date: Instant,
    ended: Instant,
    connection: Option<Connection>,
    request: Vec<u8>,
    record: Record,
}

/// What a revisit's record says of the response that it refers to.
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
            profile: if profile.is_some_and(|it| it.contains("not-modified")) {
                RevisitProfile::ServerNotModified
            } else {
                RevisitProfile::IdenticalPayloadDigest
            },
            uri: record
                .field("WARC-Refers-To-Target-URI")
                .and_then(|it| without_brackets(it).parse().ok()),
            date: record
                .field("WARC-Refers-To-Date")
                .and_then(parse_warc_date),
            digest: record.field("WARC-Payload-Digest").map(str::to_owned),
        }
    }
}

impl Unresolved {
    /// The revisit that `record` makes, and what is known of it beside.
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

    /// When that response came, where it says so.
    #[must_use]
    pub fn refers_to_date(&self) -> Option<Instant> {
        Said::of(&self.record).date
    }

    /// The digest of the payload as it is written in the record, label and all.
    #[must_use]
    pub fn payload_digest(&self) -> Option<&str> {
        self.record.field("WARC-Payload-Digest")
    }

    /// The capture, where one of `originals` is what it refers to.
    #[must_use]
    pub fn among(&self, originals: &Originals) -> Option<Capture> {
        let revisit = originals.revisit(&self.record, &self.target_uri)?;
        Some(self.capture(revisit))
    }

    /// The capture, as one that refers to that response.
    #[must_use]
    pub fn resolved(&self, payload: PayloadDigest, date: Instant, uri: TargetUri) -> Capture {
        let original = Original {
            digest: payload,
            date,
            uri,
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
            outcome: Outcome::Revisit(revisit),
        }
    }

    /// Why it makes no capture, where the response is nowhere.
    #[must_use]
    pub fn detail(&self) -> String {
        let digest = self.payload_digest().unwrap_or("no digest");
        let uri = &self.target_uri;
        format!("the revisit of {uri} ({digest}) refers to a response that is nowhere to be found")
    }
}

impl Originals {
    pub(super) fn remember(
        &mut self,
        record: &Record,
        uri: &TargetUri,
        date: Instant,
        payload: &[u8],
    ) {
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

    /// What a revisit's record says, where the response that it refers to is known or its digest is one of ours.
    pub(super) fn revisit(&self, record: &Record, uri: &TargetUri) -> Option<Revisit> {
        let said = Said::of(record);
        let own: Option<PayloadDigest> = said
            .digest
            .as_ref()
            .and_then(|it| it.to_ascii_lowercase().parse().ok());
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
                    uri: uri.clone(),
                };
                Some(revisit(record, &original))
            }
        }
    }

    fn original(&self, record: &Record, uri: &TargetUri, said: &Said) -> Option<&Original> {
        let named = record
            .field("WARC-Refers-To")
            .and_then(|it| self.ids.get(without_brackets(it)));
        let of_uri = || self.uris.get(said.uri.as_ref().unwrap_or(uri).as_str());
        named
            .or_else(|| of_uri()?.iter().find(|it| Some(it.date) == said.date))
            .or_else(|| {
                let digest = said.digest.as_ref()?;
                self.digests.get(&digest.to_ascii_lowercase())
            })
            .or_else(|| {
                let unnamed = said.digest.is_none();
                let date = record.date();
                let before = |it: &&Original| date.is_none_or(|date| it.date <= date);
                of_uri()?
                    .iter()
                    .filter(before)
                    .max_by_key(|it| it.date)
                    .filter(|_| unnamed)
            })
    }
}

/// The revisit that a record makes of a response.
fn revisit(record: &Record, original: &Original) -> Revisit {
    let said = Said::of(record);
    Revisit {
        profile: said.profile,
        payload_digest: original.digest,
        refers_to_date: said.date.unwrap_or(original.date),
        refers_to_uri: said.uri.unwrap_or_else(|| original.uri.clone()),
        head: record.block.clone(),
    }
}
