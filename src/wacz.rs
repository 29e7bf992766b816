//! WACZ 1.1.1: a web archive in one ZIP file, with its WARC files, an index of them, a list of pages, and the digests of all.

use std::{
    collections::BTreeSet,
    io::{self, BufReader, Read, Seek, Write},
};

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    clock::{Instant, warc_date},
    digest::{ContentDigest, hex},
    uri::TargetUri,
};

/// The version of the standard that is written.
const VERSION: &str = "1.1.1";

/// How many bytes of a package's own lists (`datapackage.json`) are read.
const LIST: u64 = 16 << 20;

/// How many files a package may hold.
const FILES: usize = 10_000;

/// How many times its packed size a file may unpack to; WARC files in a package are packed already.
const RATIO: u64 = 200;

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

/// A file of a package, as `datapackage.json` lists it (Frictionless Data Package, resource).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Resource {
    name: String,
    path: String,
    hash: String,
    bytes: u64,
}

/// A file as packages list it: with its digest, or as they did before version 1.1, with the digest in `stats`.
#[derive(Deserialize)]
struct ListedResource {
    path: String,
    #[serde(flatten)]
    stated: Stated,
    hashing: Option<String>,
    stats: Option<Stated>,
}

#[derive(Clone, Default, Deserialize)]
struct Stated {
    hash: Option<String>,
    bytes: Option<u64>,
}

impl ListedResource {
    fn stated(&self) -> Resource {
        let stated = self.stats.as_ref().unwrap_or(&self.stated);
        let hash = stated.hash.clone().unwrap_or_default();
        Resource {
            name: String::new(),
            path: self.path.clone(),
            hash: match &self.hashing {
                Some(algorithm) if !hash.contains(':') => format!("{algorithm}:{hash}"),
                _ => hash,
            },
            bytes: stated.bytes.unwrap_or_default(),
        }
    }
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

    /// Adds the index of all WARC files: CDXJ lines, sorted.
    ///
    /// # Errors
    /// The package cannot be written.
    pub fn index(&mut self, cdxj: &str) -> io::Result<()> {
        self.add(
            "indexes/index.cdxj",
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

/// A package that was opened and found to be what it says.
pub struct Package<R: Read + Seek> {
    file: String,
    zip: ZipArchive<R>,
    archives: Vec<String>,
}

impl<R: Read + Seek> Package<R> {
    /// Opens a package; `file` is the name that errors give. Every file in it is compared with the digests it is listed with.
    ///
    /// # Errors
    /// No ZIP file; names that lead out of it, links, files that unpack to far too much; digests that do not agree.
    pub fn open(file: impl Into<String>, inner: R) -> Result<Self, WaczError> {
        let file = file.into();
        let zip = ZipArchive::new(inner).map_err(|source| WaczError::Zip {
            file: file.clone(),
            source,
        })?;
        let mut package = Self {
            file,
            zip,
            archives: Vec::new(),
        };
        package.look_through()?;
        package.compare()?;
        Ok(package)
    }

    /// The WARC files in it, by name.
    #[must_use]
    pub fn archives(&self) -> &[String] {
        &self.archives
    }

    /// Reads one of its WARC files.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn archive(&mut self, name: &str) -> Result<impl io::BufRead, WaczError> {
        let file = self.file.clone();
        let entry = self
            .zip
            .by_name(name)
            .map_err(|source| WaczError::Zip { file, source })?;
        Ok(BufReader::with_capacity(64 << 10, entry))
    }

    fn refused(&self, entry: &str, detail: impl Into<String>) -> WaczError {
        WaczError::Refused {
            file: self.file.clone(),
            entry: entry.to_owned(),
            detail: detail.into(),
        }
    }

    /// Refuses what must not be unpacked, before anything is.
    fn look_through(&mut self) -> Result<(), WaczError> {
        if self.zip.len() > FILES {
            let detail = format!(
                "it holds {} files; at most {FILES} are read",
                self.zip.len()
            );
            return Err(self.refused("", detail));
        }
        let mut names = BTreeSet::new();
        for number in 0..self.zip.len() {
            let file = self.file.clone();
            let entry = self
                .zip
                .by_index_raw(number)
                .map_err(|source| WaczError::Zip { file, source })?;
            let name = entry.name().to_owned();
            let (size, packed) = (entry.size(), entry.compressed_size());
            let detail = if entry.enclosed_name().is_none()
                || name.starts_with('/')
                || name.contains(['\\', ':'])
            {
                Some("its name leads out of the package".to_owned())
            } else if entry.is_symlink() {
                Some("it is a link".to_owned())
            } else if entry.encrypted() {
                Some("it is encrypted".to_owned())
            } else if size / RATIO > packed.max(1024) {
                Some(format!("{packed} bytes would unpack to {size}"))
            } else if !names.insert(name.clone()) {
                Some("it is there twice".to_owned())
            } else {
                None
            };
            let is_file = entry.is_file();
            drop(entry);
            if let Some(detail) = detail {
                return Err(self.refused(&name, detail));
            }
            if is_file && name.starts_with("archive/") && is_warc(&name) {
                self.archives.push(name);
            }
        }
        self.archives.sort();
        if self.archives.is_empty() {
            return Err(WaczError::Altered {
                file: self.file.clone(),
                detail: "there is no WARC file in its `archive` folder".into(),
            });
        }
        Ok(())
    }

    /// Compares every file with its digest in `datapackage.json`, and that with its own (WACZ 1.1.1, 5.2 and 5.3).
    fn compare(&mut self) -> Result<(), WaczError> {
        #[derive(Deserialize)]
        struct Listed {
            resources: Vec<ListedResource>,
        }
        #[derive(Deserialize)]
        struct Digested {
            hash: String,
        }
        let altered = |file: &str, detail: String| WaczError::Altered {
            file: file.to_owned(),
            detail,
        };
        let listed = self
            .list("datapackage.json")?
            .ok_or_else(|| altered(&self.file, "it has no datapackage.json".into()))?;
        if let Some(digest) = self.list("datapackage-digest.json")? {
            let said: Digested = serde_json::from_slice(&digest)
                .map_err(|it| altered(&self.file, format!("datapackage-digest.json: {it}")))?;
            let own = ContentDigest::of(&listed).to_string();
            if said.hash != own {
                let detail = format!(
                    "datapackage.json has the digest {own}, and should have {}",
                    said.hash
                );
                return Err(altered(&self.file, detail));
            }
        }
        let listed: Listed = serde_json::from_slice(&listed)
            .map_err(|it| altered(&self.file, format!("datapackage.json: {it}")))?;
        for resource in &listed.resources {
            self.compare_one(&resource.stated())?;
        }
        let known: BTreeSet<&str> = listed.resources.iter().map(|it| it.path.as_str()).collect();
        match self.archives.iter().find(|it| !known.contains(it.as_str())) {
            Some(unlisted) => Err(altered(
                &self.file,
                format!("datapackage.json does not list {unlisted}"),
            )),
            None => Ok(()),
        }
    }

    fn compare_one(&mut self, resource: &Resource) -> Result<(), WaczError> {
        let file = self.file.clone();
        let altered = |detail: String| WaczError::Altered {
            file: file.clone(),
            detail,
        };
        let path = &resource.path;
        let Ok(entry) = self.zip.by_name(path) else {
            return Err(altered(format!("{path} is listed and not there")));
        };
        // A file whose head lies about its length is read to the length that was listed and one byte more.
        let mut hashing = Hashing::new(entry.take(resource.bytes.saturating_add(1)));
        let bytes = io::copy(&mut hashing, &mut io::sink())
            .map_err(|source| altered(format!("{path} cannot be unpacked: {source}")))?;
        if bytes != resource.bytes {
            let more = if bytes > resource.bytes {
                "more"
            } else {
                "fewer"
            };
            return Err(altered(format!(
                "{path} has {more} bytes than the {} it is listed with",
                resource.bytes
            )));
        }
        let own = hashing.digest();
        if resource.hash.starts_with("sha256:") && own != resource.hash {
            return Err(altered(format!(
                "{path} has the digest {own}, and should have {}",
                resource.hash
            )));
        }
        Ok(())
    }

    fn list(&mut self, name: &str) -> Result<Option<Vec<u8>>, WaczError> {
        let file = self.file.clone();
        let Ok(entry) = self.zip.by_name(name) else {
            return Ok(None);
        };
        let mut content = Vec::new();
        entry
            .take(LIST + 1)
            .read_to_end(&mut content)
            .map_err(|source| WaczError::Io { file, source })?;
        if content.len() as u64 > LIST {
            return Err(self.refused(name, format!("it is longer than {LIST} bytes")));
        }
        Ok(Some(content))
    }
}

fn is_warc(name: &str) -> bool {
    [".warc", ".warc.gz", ".warc.zst"]
        .iter()
        .any(|it| name.to_ascii_lowercase().ends_with(it))
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
