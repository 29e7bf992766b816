//! WACZ 1.1.1: a web archive in one ZIP file, with its WARC files, an index of them, a list of pages, and the digests of all.

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

/// A page that a package offers to look at (`pages/pages.jsonl`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub url: TargetUri,
    /// When it was captured.
    pub date: Instant,
    /// Its title, where one is known.
    pub title: Option<String>,
}

impl Page {
    /// What the list of pages begins with, a line.
    #[must_use]
    pub fn heading() -> String {
        format!(
            "{}\n",
            json!({"format": "json-pages-1.0", "id": "pages", "title": "Pages"})
        )
    }

    /// Its line of the list.
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

/// What a package says of itself (`datapackage.json`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// What it is called.
    pub title: String,
    /// What it holds and why, for people.
    pub description: String,
    /// The program that wrote it, with its version.
    pub software: String,
    /// When it was written.
    pub created: Instant,
}

/// Why a file is no package that can be read.
#[derive(Debug, thiserror::Error)]
pub enum WaczError {
    /// It cannot be read any further.
    #[error("{file} cannot be read")]
    Io {
        /// The file.
        file: String,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// It is no ZIP file, or a broken one.
    #[error("{file} is no ZIP file that can be read")]
    Zip {
        /// The file.
        file: String,
        /// What is wrong with it.
        #[source]
        source: zip::result::ZipError,
    },
    /// It holds something that no package may hold.
    #[error("{file}: `{entry}` is refused: {detail}")]
    Refused {
        /// The file.
        file: String,
        /// The entry in it.
        entry: String,
        /// Why.
        detail: String,
    },
    /// It is not what it says it is.
    #[error("{file}: {detail}")]
    Altered {
        /// The file.
        file: String,
        /// What does not agree with what.
        detail: String,
    },
}

impl WaczError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => "look whether the file may be read and its disk is sound",
            Self::Zip { .. } => {
                "fetch the file again; a WACZ file is a ZIP file with an `archive` folder"
            }
            Self::Refused { .. } => {
                "nothing of the file was taken; ask whoever made it how it came about"
            }
            Self::Altered { .. } => {
                "nothing of the file was taken; fetch it again, or ask whoever made it for its digest"
            }
        }
    }
}

/// A reader that digests what goes through it.
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
