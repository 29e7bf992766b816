//! Copies the store while it is in use, and restores a copy.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{Access, Problem, Store, StoreError, Trust, beside, error::Fault};

impl Store {
    /// Writes a durable copy of the current store to `to`, without delaying a run in progress.
    ///
    /// The copy is checked before it gets its name, and its rows are packed again, so it can be smaller than the store.
    ///
    /// # Errors
    /// A file exists at `to`; it cannot be written; the store cannot be read, or the copy is damaged.
    pub fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(cannot_open(to, "a file of that name already exists"));
        }
        let part = beside(to, ".open");
        remove_if_there(&part).map_err(|error| cannot_open(&part, error))?;
        let copied = self
            .copy_whole(&part)
            .and_then(|()| put_in_place(&part, to).map_err(|error| cannot_open(to, error)));
        if copied.is_err() {
            // The remains of a failed copy are useless; the failure itself is reported.
            let _ = remove_if_there(&part);
        }
        copied
    }

    fn copy_whole(&self, part: &Path) -> Result<(), StoreError> {
        self.reader()?
            .1
            .execute("VACUUM INTO ?1", [part.to_string_lossy()])
            .map_err(|error| Fault::from(error).at(part))?;
        let copy = Self::open(part, Access::ReadOnly)?;
        match copy.verify_quick()?.first() {
            None => Ok(()),
            Some(problem) => Err(StoreError::Damaged {
                path: part.to_owned(),
                detail: format!("{}: {}", problem.place, problem.detail),
            }),
        }
    }
}

/// What happened to the store that a copy replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The new place of the replaced store; `None` if there was none.
    pub aside: Option<PathBuf>,
}

/// Replaces the store at `path` with the copy at `from`. The old store is kept, under its name with `.before-NAME`.
///
/// The caller has the run lock. The copy is verified completely first; if it has problems, nothing is changed, and they are the
/// `Err` of the inner result.
///
/// # Errors
/// The copy is not a store of this version or an older one, or a file cannot be written.
pub fn restore(
    from: &Path,
    path: &Path,
    name: &str,
) -> Result<Result<Restored, Vec<Problem>>, StoreError> {
    let copy = Store::open(from, Access::ReadOnly)?;
    let problems = copy.verify(&Trust::default(), &mut |_| {})?.problems;
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    let part = beside(path, ".open");
    let write = || {
        remove_if_there(&part)?;
        fs::copy(from, &part)?;
        let mut aside = None;
        if path.exists() {
            let kept = beside(path, &format!(".before-{name}"));
            // The log with the last changes belongs to its store; without it they would be lost.
            for ending in ["-wal", "-shm"] {
                if beside(path, ending).exists() {
                    fs::rename(beside(path, ending), beside(&kept, ending))?;
                }
            }
            fs::rename(path, &kept)?;
            aside = Some(kept);
        }
        put_in_place(&part, path)?;
        Ok::<_, io::Error>(Restored { aside })
    };
    write().map(Ok).map_err(|error| cannot_open(path, error))
}

/// Gives a complete file its name, durably.
pub(super) fn put_in_place(part: &Path, name: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, name)?;
    sync_folder_of(name)
}

/// Deletes a file; success if it does not exist.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A name is durable once its folder is synchronized.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn cannot_open(path: &Path, detail: impl std::fmt::Display) -> StoreError {
    StoreError::CannotOpen {
        path: path.to_owned(),
        detail: detail.to_string(),
    }
}
