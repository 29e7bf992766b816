//! A WACZ package of captures.

use std::{
    fs::{self, File, OpenOptions},
    io::BufWriter,
    path::{Path, PathBuf},
};

use super::{ExportError, Kept, SOFTWARE, Written, volumes::Volumes};
use crate::{
    cdxj,
    clock::Instant,
    wacz::{About, Page, Writer},
};

/// What goes into a package beside the captures.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// What it is called.
    pub title: String,
    /// What it holds and why, for people.
    pub description: String,
    /// The pages to look at.
    pub pages: Vec<Page>,
    /// Other files: path and content.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Writes a package at `path`: `add` is called once, to give it its captures.
///
/// Returns what it has; its bytes are those of the package.
///
/// # Errors
/// A file cannot be written, or one of that name is there; whatever `add` returns.
pub fn write_package<E: From<ExportError>>(
    path: &Path,
    created: Instant,
    packed: &Packed,
    add: impl FnOnce(&mut dyn FnMut(&Kept) -> Result<(), ExportError>) -> Result<(), E>,
) -> Result<Written, E> {
    if path.exists() {
        let path = path.to_owned();
        return Err(ExportError::Exists { path }.into());
    }
    let folder = work_folder(path);
    let packing = || {
        let mut volumes = Volumes::new(&folder, "data", &packed.description, created, u64::MAX)?;
        add(&mut |kept| volumes.add(kept))?;
        let (mut written, lines) = volumes.finish()?;
        written.bytes = pack(path, created, packed, &written.files, &cdxj::index(&lines))?;
        written.files = vec![path.to_owned()];
        Ok(written)
    };
    let outcome = packing();
    // What is left in a folder of our own name is of no use to anybody.
    let _ = fs::remove_dir_all(&folder);
    outcome
}

/// Where the WARC file is written before it is packed: beside the package, so that it is on the same disk.
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
    index: &str,
) -> Result<u64, ExportError> {
    let mut part = path.as_os_str().to_owned();
    part.push(".open");
    let part = PathBuf::from(part);
    let failed = |source| ExportError::Write {
        path: path.to_owned(),
        source,
    };
    let out = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&part)
        .map_err(failed)?;
    let write = || {
        let mut writer = Writer::new(BufWriter::new(out));
        for archive in archives {
            let name = archive.file_name().unwrap_or_default().to_string_lossy();
            writer.archive(&name, &mut File::open(archive)?)?;
        }
        writer.index(index)?;
        writer.pages(&packed.pages)?;
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
    };
    write().map_err(failed)
}
