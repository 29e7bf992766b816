//! A package as it is written.

use std::io::{self, Read, Seek, Write};

use serde::Serialize;
use serde_json::json;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{About, Hashing, Page};
use crate::{clock::warc_date, digest::ContentDigest};

/// The version of the standard that is written.
const VERSION: &str = "1.1.1";

/// A file of a package, as `datapackage.json` lists it (Frictionless Data Package, resource).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Resource {
    name: String,
    path: String,
    hash: String,
    bytes: u64,
}

/// Writes a package: WARC files first, then what lists them.
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

    /// Adds a WARC file as `archive/NAME`; it is packed already, and is not packed again (WACZ 1.1.1, 5.1.1).
    ///
    /// # Errors
    /// The package cannot be written, or `file` not read.
    pub fn archive(&mut self, name: &str, file: &mut impl Read) -> io::Result<()> {
        self.add(&format!("archive/{name}"), file, CompressionMethod::Stored)
    }

    /// Adds the index of all WARC files: CDXJ lines, sorted, under the name that every reader looks for.
    ///
    /// # Errors
    /// The package cannot be written.
    pub fn index(&mut self, cdxj: &str) -> io::Result<()> {
        self.add(
            "indexes/index.cdx",
            &mut cdxj.as_bytes(),
            CompressionMethod::Deflated,
        )
    }

    /// Adds the list of pages.
    ///
    /// # Errors
    /// The package cannot be written.
    pub fn pages(&mut self, pages: &[Page]) -> io::Result<()> {
        let mut lines =
            json!({"format": "json-pages-1.0", "id": "pages", "title": "Pages"}).to_string();
        lines.push('\n');
        for page in pages {
            let id = ContentDigest::of(format!("{} {}", page.url, warc_date(page.date)).as_bytes());
            let mut line = json!({"id": id.short(), "url": page.url, "ts": warc_date(page.date)});
            if let Some(title) = &page.title {
                line["title"] = title.as_str().into();
            }
            lines.push_str(&line.to_string());
            lines.push('\n');
        }
        self.add(
            "pages/pages.jsonl",
            &mut lines.as_bytes(),
            CompressionMethod::Deflated,
        )
    }

    /// Adds any other file, such as the evidence that a package was made for.
    ///
    /// # Errors
    /// The package cannot be written.
    pub fn file(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        self.add(path, &mut &*content, CompressionMethod::Deflated)
    }

    /// Ends the package with the list of all files and the digest of that list, and gives the writer back that it went to.
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
