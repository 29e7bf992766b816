//! Readings of stored payloads: made once, kept in the archive, and shared by visits that brought the same.

use std::sync::Arc;

use crate::{
    capture::{CaptureEntry, RevisitProfile, media_type_of},
    content_coding::{self, Caps},
    digest::{ContentDigest, PayloadDigest},
    extract::{self, Page},
    media_type::MediaType,
    profile::Profile,
    reading::{Packed, Reading},
    store::{Store, StoreError},
};

use super::PdfReader;

/// How much of a reading is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// What it says of the page's state: all that is asked of a page on which no claim rests, and a small part of the memory.
    State,
}

/// Readings of one archive, for the selectors of one profile.
pub(super) struct Readings<'a> {
    store: &'a Store,
    pdf: &'a PdfReader,
    selectors: Vec<String>,
    /// The reading that was asked for last, and what it was kept under.
    last: Option<Last>,
    /// The version of the page before the one that is read: what both have is kept once.
    pub(super) before: Option<PayloadDigest>,
    /// Whether a reading could not be made now and may be another time.
    pub(super) passing: bool,
}

struct Last {
    digest: PayloadDigest,
    key: String,
    json: Vec<u8>,
    reading: Arc<Reading>,
}

impl<'a> Readings<'a> {
    pub(super) fn new(store: &'a Store, profile: &Profile, pdf: &'a PdfReader) -> Self {
        let selectors = profile.references.iter();
        let mut selectors: Vec<String> = selectors.filter_map(|it| it.selector.clone()).collect();
        selectors.sort();
        selectors.dedup();
        Self {
            store,
            pdf,
            selectors,
            last: None,
            before: None,
            passing: false,
        }
    }

    /// The reading of the payload that a capture brought or stands for; a failure brought none.
    pub(super) fn of(
        &mut self,
        entry: &CaptureEntry,
        extent: Extent,
    ) -> Result<Option<Arc<Reading>>, StoreError> {
        let Some(digest) = entry.payload_digest else {
            return Ok(None);
        };
        // "Not modified" does not say again what the payload is.
        let brought = match entry.revisit {
            Some(RevisitProfile::ServerNotModified) => self.store.brought(&digest, entry.date)?,
            _ => None,
        };
        let entry = brought.as_ref().unwrap_or(entry);
        let media_type = media_type_of(&entry.head);
        let coding = content_coding::labels_of(&entry.head);
        // Everything that the reading depends on beside the payload; its digest, because there is one with every reading.
        let depends = format!(
            "{}{} {} {} {} {} {} {:?}",
            match extent {
                Extent::Whole => "",
                Extent::State => "state ",
            },
            extract::VERSION,
            entry.status().unwrap_or_default(),
            entry.target_uri,
            media_type.essence,
            media_type.charset.as_deref().unwrap_or("-"),
            coding.as_deref().unwrap_or("-"),
            self.selectors,
        );
        let key = ContentDigest::of(depends.as_bytes()).short();
        if let Some(last) = &self.last
            && last.digest == digest
            && last.key == key
        {
            return Ok(Some(last.reading.clone()));
        }
        let (reading, json) = match self.store.reading(&digest, &key)? {
            Some(it) => (it.reading, it.json),
            None => self.make(
                entry,
                (&digest, &key),
                (&media_type, coding.as_deref()),
                extent,
            )?,
        };
        let reading = Arc::new(reading);
        self.last = Some(Last {
            digest,
            key,
            json,
            reading: reading.clone(),
        });
        Ok(Some(reading))
    }

    /// Reads a payload, and keeps what was read where another try would come to the same.
    fn make(
        &mut self,
        entry: &CaptureEntry,
        (digest, key): (&PayloadDigest, &str),
        (media_type, coding): (&MediaType, Option<&str>),
        extent: Extent,
    ) -> Result<(Reading, Vec<u8>), StoreError> {
        let (mut reading, lasts) = self.read(entry, digest, media_type, coding)?;
        if extent == Extent::State {
            reading = state_alone(reading);
        }
        // Serializing a reading cannot fail.
        let json = serde_json::to_vec(&Packed::of(&reading)).unwrap_or_default();
        if lasts && self.store.may_write() {
            let stored;
            let before = match (&self.last, self.before) {
                (Some(last), _) if last.key == key => Some((last.digest, last.json.as_slice())),
                (_, Some(before)) => {
                    stored = self.store.reading_json(&before, key)?;
                    stored.as_deref().map(|it| (before, it))
                }
                _ => None,
            };
            self.store.put_reading(digest, key, &json, before)?;
        }
        Ok((reading, json))
    }

    /// Reads a payload, and says whether it may be kept.
    fn read(
        &mut self,
        entry: &CaptureEntry,
        digest: &PayloadDigest,
        media_type: &MediaType,
        coding: Option<&str>,
    ) -> Result<(Reading, bool), StoreError> {
        let payload = match self.store.payload(digest) {
            Ok(it) => it,
            // What was removed is not there to be read; that it was is all there is to say.
            Err(missing @ (StoreError::Removed { .. } | StoreError::NotHeld { .. })) => {
                return Ok((extract::unread(missing.to_string()), false));
            }
            Err(error) => return Err(error),
        };
        let decoded = content_coding::decode(&payload, coding, &Caps::default());
        let unreadable = MediaType::parse("application/octet-stream");
        let (body, media_type) = match &decoded {
            Ok(it) => (it.bytes.as_slice(), media_type),
            // A body whose coding cannot be taken off is bytes like any other file that is not text.
            Err(_) => (payload.as_slice(), &unreadable),
        };
        let page = Page {
            body,
            media_type,
            uri: Some(&entry.target_uri),
            status: entry.status(),
            selectors: &self.selectors,
        };
        if extract::is_pdf(&page) {
            let layer = self.pdf.read(body);
            self.passing |= layer.passing;
            return Ok((extract::read_pdf(&layer), !layer.passing));
        }
        Ok((extract::read(&page), true))
    }
}

fn state_alone(reading: Reading) -> Reading {
    Reading {
        text: String::new(),
        blocks: Vec::new(),
        headings: Vec::new(),
        anchors: Vec::new(),
        links: Vec::new(),
        lists: Vec::new(),
        ..reading
    }
}
