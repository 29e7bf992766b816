//! WACZ 1.1.1: a web archive in one ZIP file, with WARC files, their index, a list of pages, and the digests of all files.

mod package;
mod writer;

use std::io::{self, Read};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    clock::{Instant, warc_date},
    digest::{ContentDigest, hex},
    uri::TargetUri,
};

pub use package::Package;
pub use writer::Writer;

/// A page in the list of a package (`pages/pages.jsonl`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub url: TargetUri,
    /// When it was captured.
    pub date: Instant,
    /// Its title, if known.
    pub title: Option<String>,
}

impl Page {
    /// The first line of the list of pages.
    #[must_use]
    pub fn heading() -> String {
        format!(
            "{}\n",
            json!({"format": "json-pages-1.0", "id": "pages", "title": "Pages"})
        )
    }

    /// Its line in the list.
    #[must_use]
    pub fn line(&self) -> String {
        let id = ContentDigest::of(format!("{} {}", self.url, warc_date(self.date)).as_bytes());
        let mut line = json!({"id": id.short(), "url": self.url, "ts": warc_date(self.date)});
        if let Some(title) = &self.title {
            line["title"] = title.as_str().into();
        }
        format!("{line}\n")
    }
}

/// The description of a package (`datapackage.json`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The title.
    pub title: String,
    /// The content and purpose, in words.
    pub description: String,
    /// The program that wrote it, with its version.
    pub software: String,
    /// When it was written.
    pub created: Instant,
}

/// Why a package cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WaczError {
    /// The file cannot be read.
    #[error("{file} cannot be read")]
    Io {
        /// The file.
        file: String,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// It is not a ZIP file, or a damaged one.
    #[error("{file} is not a readable ZIP file")]
    Zip {
        /// The file.
        file: String,
        /// What is wrong with it.
        #[source]
        source: zip::result::ZipError,
    },
    /// It contains something that a package must not contain.
    #[error("{file}: `{entry}` is refused: {detail}")]
    Refused {
        /// The file.
        file: String,
        /// The entry in it.
        entry: String,
        /// Why.
        detail: String,
    },
    /// Its content does not match its description.
    #[error("{file}: {detail}")]
    Altered {
        /// The file.
        file: String,
        /// What does not match.
        detail: String,
    },
}

impl WaczError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => "check that the file is readable and its disk is healthy",
            Self::Zip { .. } => {
                "fetch the file again; a WACZ file is a ZIP file with an `archive` folder"
            }
            Self::Refused { .. } => "nothing was imported from the file; ask its author about it",
            Self::Altered { .. } => {
                "nothing was imported from the file; fetch it again, or ask its author for the digest"
            }
        }
    }
}

/// A reader that computes the digest of what it reads.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Hashing<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
        }
    }

    fn digest(self) -> String {
        format!("sha256:{}", hex(&self.hash.finalize()))
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
