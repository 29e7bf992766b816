//! Readings of stored payloads, shared by visits with the same payload. A page is read again whenever needed, which takes no longer
//! than unpacking a stored reading; PDF files, which take long to read, are read once and stored in the archive.

use std::sync::Arc;

use crate::{
    capture::{CaptureEntry, RevisitProfile, media_type_of},
    content_coding::{self, Caps},
    digest::{ContentDigest, PayloadDigest},
    extract::{self, Page},
    language,
    media_type::MediaType,
    profile::Profile,
    reading::{Ending, Reading},
    store::{Store, StoreError},
};

use super::PdfReader;

/// Readings of one archive, for the selectors of one profile.
pub(super) struct Readings<'a> {
    store: &'a Store,
    pdf: &'a PdfReader,
    caps: Caps,
    selectors: Vec<String>,
    /// The latest reading, and its key.
    last: Option<Last>,
    /// Whether a reading failed now but may succeed another time.
    pub(super) passing: bool,
}

struct Last {
    digest: PayloadDigest,
    key: String,
    reading: Arc<Reading>,
}

impl<'a> Readings<'a> {
    /// The readings of `store`, for the selectors of `profile`.
    pub(super) fn new(store: &'a Store, profile: &Profile, pdf: &'a PdfReader) -> Self {
        let selectors = profile.references.iter();
        let mut selectors: Vec<String> = selectors
            .filter_map(|selector| selector.selector.clone())
            .collect();
        selectors.sort();
        selectors.dedup();
        Self {
            store,
            pdf,
            caps: Caps::default(),
            selectors,
            last: None,
            passing: false,
        }
    }

    /// The same, for bodies of at most `bytes` after their content coding is removed; a longer body cannot be read.
    pub(super) fn within(mut self, bytes: u64) -> Self {
        self.caps.bytes = bytes;
        self
    }

    /// The reading of the payload of a capture, or of the one that it refers to; `None` for a failure.
    pub(super) fn of(&mut self, entry: &CaptureEntry) -> Result<Option<Arc<Reading>>, StoreError> {
        let Some(digest) = entry.payload_digest else {
            return Ok(None);
        };
        // "Not modified" does not repeat the type of the payload.
        let brought = match entry.revisit {
            Some(RevisitProfile::ServerNotModified) => self.store.brought(&digest, entry.date)?,
            _ => None,
        };
        let entry = brought.as_ref().unwrap_or(entry);
        let media_type = media_type_of(&entry.head);
        let coding = content_coding::labels_of(&entry.head);
        // Everything that the reading depends on besides the payload; as a digest, because it is stored with every reading.
        let depends = format!(
            "{} {} {} {} {} {} {} {:?}{}",
            extract::VERSION,
            entry.status().unwrap_or_default(),
            entry.target_uri,
            media_type.essence,
            media_type.charset.as_deref().unwrap_or("-"),
            coding.as_deref().unwrap_or("-"),
            self.caps.bytes,
            self.selectors,
            language::added_words(),
        );
        let key = ContentDigest::of(depends.as_bytes()).short();
        if let Some(last) = &self.last
            && last.digest == digest
            && last.key == key
        {
            return Ok(Some(last.reading.clone()));
        }
        let reading = Arc::new(match self.store.reading(&digest, &key)? {
            Some(reading) => reading,
            None => self.read(entry, (&digest, &key), (&media_type, coding.as_deref()))?,
        });
        self.last = Some(Last {
            digest,
            key,
            reading: reading.clone(),
        });
        Ok(Some(reading))
    }

    /// Reads a payload, and stores the reading if that took long and another attempt would give the same.
    fn read(
        &mut self,
        entry: &CaptureEntry,
        (digest, key): (&PayloadDigest, &str),
        (media_type, coding): (&MediaType, Option<&str>),
    ) -> Result<Reading, StoreError> {
        let payload = match self.store.payload(digest) {
            Ok(payload) => payload,
            // A removed payload cannot be read; only the removal can be reported.
            Err(missing @ (StoreError::Removed { .. } | StoreError::NotHeld { .. })) => {
                return Ok(extract::unread(missing.to_string()));
            }
            Err(error) => return Err(error),
        };
        let decoded = content_coding::decode(&payload, coding, &self.caps);
        let unreadable = MediaType::parse("application/octet-stream");
        let (body, media_type) = match &decoded {
            Ok(decoded) => (decoded.bytes.as_slice(), media_type),
            // A body that cannot be decoded is like any other file that is not text.
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
            let mut reading = extract::read(&page);
            if decoded.is_ok_and(|decoded| decoded.is_cut()) {
                reading.ending = Ending::Cut;
            }
            return Ok(reading);
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
