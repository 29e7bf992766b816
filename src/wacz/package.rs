//! Reading a package: it is checked before anything is unpacked, and compared with its digests.

use std::{
    collections::BTreeSet,
    io::{self, BufReader, Read, Seek},
};

use serde::Deserialize;
use zip::{CompressionMethod, ZipArchive};

use super::{Hashing, WaczError};
use crate::digest::ContentDigest;

/// The most bytes to read from a list in a package (`datapackage.json`).
const LIST: u64 = 16 << 20;

/// The most files in a package.
const FILES: usize = 10_000;

/// The greatest ratio of unpacked to packed size; WARC files in a package are already compressed.
const RATIO: u64 = 200;

/// A file as packages list it: with its digest or, before version 1.1, with the digest in `stats`.
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
    /// Its SHA-256 in lower-case hexadecimal digits, or whatever is there instead.
    fn hash(&self) -> Hash {
        let hash = self.counts().hash.clone().unwrap_or_default();
        let (label, digits) = match hash.split_once(':') {
            Some((label, digits)) => (label.to_owned(), digits.to_owned()),
            None => (self.hashing.clone().unwrap_or_default(), hash.clone()),
        };
        let digits = digits.trim().to_ascii_lowercase();
        match label.to_ascii_lowercase().as_str() {
            _ if digits.is_empty() => Hash::None,
            "sha256" | "sha-256" => Hash::Sha256(digits),
            "" if digits.len() == 64 => Hash::Sha256(digits),
            _ => Hash::Other(hash.chars().take(16).collect()),
        }
    }

    fn counts(&self) -> &Stated {
        self.stats.as_ref().unwrap_or(&self.stated)
    }
}

/// The listed properties of a file.
#[derive(PartialEq)]
enum Hash {
    Sha256(String),
    Other(String),
    None,
}

/// The source of a package.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// The greatest depth of packages inside packages.
const DEPTH: usize = 3;

/// The longest compressed package inside another one, in bytes: it has to be unpacked in memory.
const NESTED: u64 = 256 << 20;

/// An open package whose content matches its description.
pub struct Package<R: Read + Seek> {
    file: String,
    zip: ZipArchive<R>,
    archives: Vec<String>,
    packages: Vec<String>,
    notes: Vec<String>,
    lost: u64,
    depth: usize,
}

impl<R: Read + Seek> Package<R> {
    /// Opens a package; `file` is the name for errors. Compares every file in it with its listed digest.
    ///
    /// # Errors
    /// Not a ZIP file; names that lead out of it, links, files that unpack to far too much; digests that do not match.
    pub fn open(file: impl Into<String>, inner: R) -> Result<Self, WaczError> {
        Self::open_at(file.into(), inner, 1)
    }

    fn open_at(file: String, inner: R, depth: usize) -> Result<Self, WaczError> {
        let zip = ZipArchive::new(inner).map_err(|source| WaczError::Zip {
            file: file.clone(),
            source,
        })?;
        let mut package = Self {
            file,
            zip,
            archives: Vec::new(),
            packages: Vec::new(),
            notes: Vec::new(),
            lost: 0,
            depth,
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

    /// The packages in it (`multi-wacz-package`), by name.
    #[must_use]
    pub fn packages(&self) -> &[String] {
        &self.packages
    }

    /// Deviations from the standard that were accepted.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many listed WARC files and packages are missing.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// Opens one of its WARC files.
    ///
    /// # Errors
    /// It is missing, or cannot be read.
    pub fn archive(&mut self, name: &str) -> Result<impl io::BufRead, WaczError> {
        let file = self.file.clone();
        let entry = self
            .zip
            .by_name(name)
            .map_err(|source| WaczError::Zip { file, source })?;
        Ok(BufReader::with_capacity(64 << 10, entry))
    }

    /// Opens one of the packages in it.
    ///
    /// # Errors
    /// Those of [`Package::open`]; packages too deep in one another.
    pub fn package(&mut self, name: &str) -> Result<Package<Box<dyn Source + '_>>, WaczError> {
        let depth = self.depth + 1;
        if depth > DEPTH {
            let detail = "it is nested too deeply in other packages";
            return Err(self.refused(name, detail));
        }
        let file = format!("{}/{name}", self.file);
        let zip = |source| WaczError::Zip {
            file: file.clone(),
            source,
        };
        let entry = self.zip.by_name(name).map_err(zip)?;
        let is_stored = entry.compression() == CompressionMethod::Stored;
        let (size, inner) = (entry.size(), entry);
        let source: Box<dyn Source + '_> = if is_stored {
            drop(inner);
            Box::new(BufReader::new(self.zip.by_name_seek(name).map_err(zip)?))
        } else {
            let mut bytes = Vec::new();
            let read = inner.take(NESTED + 1).read_to_end(&mut bytes);
            read.map_err(|source| WaczError::Io {
                file: file.clone(),
                source,
            })?;
            if bytes.len() as u64 > NESTED {
                let detail = format!(
                    "it is compressed in its package and has {size} bytes; unpack it and import it separately"
                );
                return Err(WaczError::Refused {
                    file: self.file.clone(),
                    entry: name.to_owned(),
                    detail,
                });
            }
            Box::new(io::Cursor::new(bytes))
        };
        Package::open_at(file, source, depth)
    }

    fn refused(&self, entry: &str, detail: impl Into<String>) -> WaczError {
        WaczError::Refused {
            file: self.file.clone(),
            entry: entry.to_owned(),
            detail: detail.into(),
        }
    }

    /// Refuses what must not be unpacked, before anything is unpacked.
    fn look_through(&mut self) -> Result<(), WaczError> {
        if self.zip.len() > FILES {
            let detail = format!("it contains {} files; the limit is {FILES}", self.zip.len());
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
                Some("it occurs twice".to_owned())
            } else {
                None
            };
            let is_file = entry.is_file();
            drop(entry);
            if let Some(detail) = detail {
                return Err(self.refused(&name, detail));
            }
            if is_file && is_warc(&name) {
                if !name.starts_with("archive/") {
                    let note = format!("{name} is not in the folder `archive`");
                    self.notes.push(note);
                }
                self.archives.push(name);
            } else if is_file && is_package(&name) {
                self.packages.push(name);
            }
        }
        self.archives.sort();
        self.packages.sort();
        if self.archives.is_empty() && self.packages.is_empty() {
            return Err(WaczError::Altered {
                file: self.file.clone(),
                detail: "it contains no WARC file".into(),
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
        let Some(listed) = self.list("datapackage.json")? else {
            let note =
                "it has no datapackage.json, so there were no digests to compare its files with";
            self.notes.push(note.to_owned());
            return Ok(());
        };
        if let Some(digest) = self.list("datapackage-digest.json")? {
            let own = ContentDigest::of(&listed).to_string();
            match serde_json::from_slice::<Digested>(without_mark(&digest)) {
                Ok(said) if said.hash.eq_ignore_ascii_case(&own) => {}
                Ok(said) => {
                    let detail = format!(
                        "datapackage.json has the digest {own}, and should have {}",
                        said.hash
                    );
                    return Err(self.altered(detail));
                }
                Err(error) => self
                    .notes
                    .push(format!("datapackage-digest.json cannot be read: {error}")),
            }
        }
        let listed: Listed = serde_json::from_slice(without_mark(&listed))
            .map_err(|error| self.altered(format!("datapackage.json: {error}")))?;
        let mut known = BTreeSet::new();
        for resource in &listed.resources {
            known.extend(self.compare_one(resource)?);
        }
        let files = self.archives.iter().chain(&self.packages);
        let unlisted = files.filter(|file| !known.contains(*file));
        let notes = unlisted.map(|unlisted| {
            format!(
                "datapackage.json does not list {unlisted}, so there was no digest to compare it with"
            )
        });
        let notes: Vec<String> = notes.collect();
        self.notes.extend(notes);
        Ok(())
    }

    /// Compares one file with its listed properties, and returns its name in the package; `None` if it is missing.
    fn compare_one(&mut self, resource: &ListedResource) -> Result<Option<String>, WaczError> {
        let path = resource.path.trim_start_matches("./");
        let in_folder = format!("archive/{path}");
        let name = [path, in_folder.as_str()]
            .into_iter()
            .find(|it| self.zip.index_for_name(it).is_some());
        let Some(name) = name else {
            self.notes
                .push(format!("{path} is listed, but not in the package"));
            self.lost += u64::from(is_warc(path) || is_package(path));
            return Ok(None);
        };
        let stated = resource.counts().bytes;
        let file = self.file.clone();
        let entry = self
            .zip
            .by_name(name)
            .map_err(|source| WaczError::Zip { file, source })?;
        // A file with a wrong length in its header is read up to the listed length plus one byte.
        let most = stated.unwrap_or(entry.size()).saturating_add(1);
        let mut hashing = Hashing::new(entry.take(most));
        let read = io::copy(&mut hashing, &mut io::sink());
        let own = hashing.digest();
        let bytes =
            read.map_err(|source| self.altered(format!("{path} cannot be unpacked: {source}")))?;
        if let Some(listed) = stated.filter(|stated| *stated != bytes) {
            let more = if bytes > listed { "more" } else { "fewer" };
            return Err(self.altered(format!("{path} has {more} bytes than the listed {listed}")));
        }
        match resource.hash() {
            Hash::Sha256(hash) if own != format!("sha256:{hash}") => {
                return Err(self.altered(format!(
                    "{path} has the digest {own}, and should have sha256:{hash}"
                )));
            }
            Hash::Sha256(_) => {}
            Hash::None => self
                .notes
                .push(format!("{path} is listed without a digest")),
            Hash::Other(hash) => self.notes.push(format!(
                "{path} is listed with a digest that cannot be compared (`{hash}`)"
            )),
        }
        Ok(Some(name.to_owned()))
    }

    fn altered(&self, detail: String) -> WaczError {
        WaczError::Altered {
            file: self.file.clone(),
            detail,
        }
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

fn is_package(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".wacz")
}

/// A text without a byte-order mark.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

fn is_warc(name: &str) -> bool {
    [".warc", ".warc.gz", ".warc.zst"]
        .iter()
        .any(|it| name.to_ascii_lowercase().ends_with(it))
}
