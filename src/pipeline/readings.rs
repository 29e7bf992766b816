//! Readings of stored payloads, shared by visits that brought the same. A page is read again whenever it is asked for, which takes
//! no longer than to unpack what was read; what takes long to read, a PDF file, is read once and kept in the archive.

use std::sync::Arc;

use crate::{
    capture::{CaptureEntry, RevisitProfile, media_type_of},
    content_coding::{self, Caps},
    digest::{ContentDigest, PayloadDigest},
    extract::{self, Page},
    media_type::MediaType,
    profile::Profile,
    reading::Reading,
    store::{Store, StoreError},
};

use super::PdfReader;

/// Readings of one archive, for the selectors of one profile.
pub(super) struct Readings<'a> {
    store: &'a Store,
    pdf: &'a PdfReader,
    selectors: Vec<String>,
    /// The reading that was asked for last, and what it was kept under.
    last: Option<Last>,
    /// Whether a reading could not be made now and may be another time.
    pub(super) passing: bool,
}

struct Last {
    digest: PayloadDigest,
    key: String,
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
            passing: false,
        }
    }

    /// The reading of the payload that a capture brought or stands for; a failure brought none.
    pub(super) fn of(&mut self, entry: &CaptureEntry) -> Result<Option<Arc<Reading>>, StoreError> {
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
            "{} {} {} {} {} {} {:?}",
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
        let reading = Arc::new(match self.store.reading(&digest, &key)? {
            Some(it) => it,
            None => self.read(entry, (&digest, &key), (&media_type, coding.as_deref()))?,
        });
        self.last = Some(Last {
            digest,
            key,
            reading: reading.clone(),
        });
        Ok(Some(reading))
    }

    /// Reads a payload, and keeps what was read where that took long and another try would come to the same.
    fn read(
        &mut self,
        entry: &CaptureEntry,
        (digest, key): (&PayloadDigest, &str),
        (media_type, coding): (&MediaType, Option<&str>),
    ) -> Result<Reading, StoreError> {
        let payload = match self.store.payload(digest) {
            Ok(it) => it,
            // What was removed is not there to be read; that it was is all there is to say.
            Err(missing @ (StoreError::Removed { .. } | StoreError::NotHeld { .. })) => {
                return Ok(extract::unread(missing.to_string()));
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
        if !extract::is_pdf(&page) {
            return Ok(extract::read(&page));
        }
        let layer = self.pdf.read(body);
        self.passing |= layer.passing;
        let reading = extract::read_pdf(&layer);
        if !layer.passing && self.store.may_write() {
            self.store.put_reading(digest, key, &reading)?;
        }
        Ok(reading)
    }
}
