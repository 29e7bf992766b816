//! The store copied while it is in use, and put back.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{Access, Problem, Store, StoreError, Trust, beside, error::Fault};

impl Store {
    /// Writes a copy of the store as it is at this moment to `to`, durably; a run that is going on is not held up.
    ///
    /// The copy is looked through before it gets its name, and its rows are packed anew, so it may be smaller than the store.
    ///
    /// # Errors
    /// There is a file at `to`; it cannot be written; the store cannot be read, or the copy is not whole.
    pub fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(cannot_open(to, "there is a file of that name already"));
        }
        let part = beside(to, ".open");
        remove_if_there(&part).map_err(|it| cannot_open(&part, it))?;
        let copied = self
            .copy_whole(&part)
            .and_then(|()| put_in_place(&part, to).map_err(|it| cannot_open(to, it)));
        if copied.is_err() {
            // What is left of a copy that failed helps nobody; the failure is what is told.
            let _ = remove_if_there(&part);
        }
        copied
    }

    fn copy_whole(&self, part: &Path) -> Result<(), StoreError> {
        self.reader()?
            .1
            .execute("VACUUM INTO ?1", [part.to_string_lossy()])
            .map_err(|it| Fault::from(it).at(part))?;
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

/// What became of the store that a copy took the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the store that was there lies now; `None` where there was none.
    pub aside: Option<PathBuf>,
}

/// Puts the copy at `from` in the place of the store at `path`. The store that is there is kept, under its name with `.before-NAME`.
///
/// The caller holds the run lock. The copy is read from end to end first; where anything in it does not hold, nothing is changed
/// and the list of it is the `Err` of the inner result.
///
/// # Errors
/// The copy is no store of this version or an older one, or a file cannot be written.
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
            // The log of the last changes belongs to its store; without it they would be lost.
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
    write().map(Ok).map_err(|it| cannot_open(path, it))
}

/// Gives a file that was written whole its name, durably.
pub(super) fn put_in_place(part: &Path, name: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, name)?;
    sync_folder_of(name)
}

pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A name is on the disk when its folder is.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn cannot_open(path: &Path, detail: impl std::fmt::Display) -> StoreError {
    StoreError::CannotOpen {
        path: path.to_owned(),
        detail: detail.to_string(),
    }
}
