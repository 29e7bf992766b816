//! Which file it is that has a name.

use std::path::Path;

/// A file, whatever its name: two files that are there at one time have two of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// The file that has that name now; `None` where there is none, and where the system does not tell.
    #[cfg(unix)]
    pub(super) fn at(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }

    /// Elsewhere a file that is open is not replaced.
    #[cfg(not(unix))]
    pub(super) fn at(_: &Path) -> Option<Self> {
        None
    }
}
