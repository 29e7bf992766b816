//! Writes captures as a WACZ package.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{ExportError, SOFTWARE, Selected, Written, volumes::Volumes};
use crate::{
    clock::Instant,
    wacz::{About, Page, Writer},
    warc::NotModified,
};

/// The content of a package besides captures and pages.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// The title.
    pub title: String,
    /// The content and purpose, in words.
    pub description: String,
    /// Other files, with path and content.
    pub files: Vec<(String, Vec<u8>)>,
    /// How to write visits that the server answered with "not modified".
    pub not_modified: NotModified,
}

/// A package in progress.
pub struct Packing {
    volumes: Volumes,
    pages: BufWriter<File>,
    path: PathBuf,
}

impl Packing {
    /// Adds a capture, or what is still known about one.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn add(&mut self, selected: Selected) -> Result<(), ExportError> {
        self.volumes.add(selected)
    }

    /// Adds a page to look at.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn page(&mut self, page: &Page) -> Result<(), ExportError> {
        let written = self.pages.write_all(page.line().as_bytes());
        written.map_err(|error| failed(&self.path, error))
    }
}

/// Writes a package at `path`: `fill` is called once, to add captures and pages.
///
/// Returns what was written; the bytes are those of the package.
///
/// # Errors
/// A file cannot be written, or already exists; whatever `fill` returns.
pub fn write_package<E: From<ExportError>>(
    path: &Path,
    created: Instant,
    packed: &Packed,
    fill: impl FnOnce(&mut Packing) -> Result<(), E>,
) -> Result<Written, E> {
    if path.exists() {
        let path = path.to_owned();
        return Err(ExportError::Exists { path }.into());
    }
    let folder = work_folder(path);
    let packing = || {
        let volumes = Volumes::new(&folder, "data", &packed.description, created, u64::MAX)?
            .with_not_modified(packed.not_modified);
        let (index, list) = (folder.join("index.cdx"), folder.join("pages.jsonl"));
        let failed = |it| failed(path, it);
        let mut pages = BufWriter::new(File::create(&list).map_err(failed)?);
        pages
            .write_all(Page::heading().as_bytes())
            .map_err(failed)?;
        let mut packing = Packing {
            volumes,
            pages,
            path: path.to_owned(),
        };
        fill(&mut packing)?;
        packing.pages.flush().map_err(failed)?;
        let mut written = packing.volumes.finish(&index)?;
        written.bytes =
            pack(path, created, packed, &written.files, &index, &list).map_err(failed)?;
        written.files = vec![path.to_owned()];
        Ok(written)
    };
    let outcome = packing();
    // A leftover in our own folder is useless; failing to remove it changes nothing.
    let _ = fs::remove_dir_all(&folder);
    outcome
}

fn failed(path: &Path, source: io::Error) -> ExportError {
    ExportError::Write {
        path: path.to_owned(),
        source,
    }
}

/// The folder for the WARC file before it is packed: beside the package, and so on the same disk.
fn work_folder(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.open", std::process::id()));
    name.into()
}

fn pack(
    path: &Path,
    created: Instant,
    packed: &Packed,
    archives: &[PathBuf],
    index: &Path,
    pages: &Path,
) -> io::Result<u64> {
    let mut part = path.as_os_str().to_owned();
    part.push(".open");
    let part = PathBuf::from(part);
    let out = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&part)?;
    let mut writer = Writer::new(BufWriter::new(out));
    for archive in archives {
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        writer.archive(&name, &mut File::open(archive)?)?;
    }
    writer.index(&mut File::open(index)?)?;
    writer.pages(&mut File::open(pages)?)?;
    for (path, content) in &packed.files {
        writer.file(path, content)?;
    }
    let out = writer.finish(&About {
        title: packed.title.clone(),
        description: packed.description.clone(),
        software: SOFTWARE.to_owned(),
        created,
    })?;
    let file = out
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    fs::rename(&part, path)?;
    Ok(bytes)
}
