//! A package as it is read: looked through before anything is unpacked, and compared with its digests.

use std::{
    collections::BTreeSet,
    io::{self, BufReader, Read, Seek},
};

use serde::Deserialize;
use zip::ZipArchive;

use super::{Hashing, WaczError};
use crate::digest::ContentDigest;

/// How many bytes of a package's own lists (`datapackage.json`) are read.
const LIST: u64 = 16 << 20;

/// How many files a package may hold.
const FILES: usize = 10_000;

/// How many times its packed size a file may unpack to; WARC files in a package are packed already.
const RATIO: u64 = 200;

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
    fn hash(&self) -> String {
        let hash = self.counts().hash.clone().unwrap_or_default();
        match &self.hashing {
            Some(algorithm) if !hash.contains(':') => format!("{algorithm}:{hash}"),
            _ => hash,
        }
    }

    fn bytes(&self) -> u64 {
        self.counts().bytes.unwrap_or_default()
    }

    fn counts(&self) -> &Stated {
        self.stats.as_ref().unwrap_or(&self.stated)
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
            self.compare_one(resource)?;
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

    fn compare_one(&mut self, resource: &ListedResource) -> Result<(), WaczError> {
        let file = self.file.clone();
        let altered = |detail: String| WaczError::Altered {
            file: file.clone(),
            detail,
        };
        let (path, listed, hash) = (&resource.path, resource.bytes(), resource.hash());
        let Ok(entry) = self.zip.by_name(path) else {
            return Err(altered(format!("{path} is listed and not there")));
        };
        // A file whose head lies about its length is read to the length that was listed and one byte more.
        let mut hashing = Hashing::new(entry.take(listed.saturating_add(1)));
        let bytes = io::copy(&mut hashing, &mut io::sink())
            .map_err(|source| altered(format!("{path} cannot be unpacked: {source}")))?;
        if bytes != listed {
            let more = if bytes > listed { "more" } else { "fewer" };
            return Err(altered(format!(
                "{path} has {more} bytes than the {listed} it is listed with"
            )));
        }
        let own = hashing.digest();
        if hash.starts_with("sha256:") && own != hash {
            return Err(altered(format!(
                "{path} has the digest {own}, and should have {hash}"
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
