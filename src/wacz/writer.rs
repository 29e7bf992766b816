//! Writing a package.

use std::io::{self, Read, Seek, Write};

use serde::Serialize;
use serde_json::json;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{About, Hashing};
use crate::{clock::warc_date, digest::ContentDigest};

/// The version of the standard.
const VERSION: &str = "1.1.1";

/// A file of a package, as `datapackage.json` lists it (Frictionless Data Package, resource).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Resource {
    name: String,
    path: String,
    hash: String,
    bytes: u64,
}

/// Writes a package: WARC files first, then the lists.
pub struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
    resources: Vec<Resource>,
}

impl<W: Write + Seek> Writer<W> {
    /// A package that is written to `out`.
    pub fn new(out: W) -> Self {
        Self {
            zip: ZipWriter::new(out),
            resources: Vec::new(),
        }
    }

    /// Adds a WARC file as `archive/NAME`; it is already compressed, and is not compressed again (WACZ 1.1.1, 5.1.1).
    ///
    /// # Errors
    /// The package cannot be written, or `file` cannot be read.
    pub fn archive(&mut self, name: &str, file: &mut impl Read) -> io::Result<()> {
        self.add(&format!("archive/{name}"), file, CompressionMethod::Stored)
    }

    /// Adds the index of all WARC files: sorted CDXJ lines, under the name that every reader expects.
    ///
    /// # Errors
    /// The package cannot be written, or `cdxj` cannot be read.
    pub fn index(&mut self, cdxj: &mut impl Read) -> io::Result<()> {
        self.add("indexes/index.cdx", cdxj, CompressionMethod::Deflated)
    }

    /// Adds the list of pages: [`Page::heading`], then one line per page.
    ///
    /// # Errors
    /// The package cannot be written, or `lines` cannot be read.
    pub fn pages(&mut self, lines: &mut impl Read) -> io::Result<()> {
        self.add("pages/pages.jsonl", lines, CompressionMethod::Deflated)
    }

    /// Adds any other file, such as the evidence for a finding.
    ///
    /// # Errors
    /// The package cannot be written.
    pub fn file(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        self.add(path, &mut &*content, CompressionMethod::Deflated)
    }

    /// Ends the package with the list of all files and the digest of that list, and returns the underlying writer.
    ///
    /// # Errors
    /// The package cannot be written.
    pub fn finish(mut self, about: &About) -> io::Result<W> {
        let package = json!({
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": about.title,
            "description": about.description,
            "created": warc_date(about.created),
            "software": about.software,
            "resources": self.resources,
        });
        let package = format!("{package:#}\n");
        let hash = ContentDigest::of(package.as_bytes()).to_string();
        self.add(
            "datapackage.json",
            &mut package.as_bytes(),
            CompressionMethod::Deflated,
        )?;
        let digest = format!("{:#}\n", json!({"path": "datapackage.json", "hash": hash}));
        self.add(
            "datapackage-digest.json",
            &mut digest.as_bytes(),
            CompressionMethod::Deflated,
        )?;
        Ok(self.zip.finish()?)
    }

    fn add(
        &mut self,
        path: &str,
        content: &mut impl Read,
        method: CompressionMethod,
    ) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .large_file(method == CompressionMethod::Stored);
        self.zip.start_file(path, options)?;
        let mut hashing = Hashing::new(content);
        let bytes = io::copy(&mut hashing, &mut self.zip)?;
        self.resources.push(Resource {
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            path: path.to_owned(),
            hash: hashing.digest(),
            bytes,
        });
        Ok(())
    }
}
