//! Exchange with other programs: writes and imports WARC files with an index, and WACZ packages.

mod chains;
mod evidence;
mod import;
mod index;
mod package;
mod selection;
mod volumes;

pub use chains::{Chains, visits_of};
pub use evidence::Packet;
pub use import::{Imported, Importer, Whose};
pub use package::{Packed, Packing, write_package};
pub use selection::{Kept, Selected, Selection};
pub use volumes::{Volumes, Written};

use std::{io, path::PathBuf};

use crate::store::StoreError;

/// The program and its version, as written into files.
const SOFTWARE: &str = concat!("stillsays/", env!("CARGO_PKG_VERSION"));

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The archive.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file that cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// A file that already exists.
    #[error("{} already exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
}

impl ExportError {
    /// What to do about it; empty if [`StoreError::hint`] says it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Store(store) => store.hint().to_owned(),
            Self::Write { .. } => "name a writable place with enough space".into(),
            Self::Exists { .. } => "existing files are not overwritten; name another place".into(),
        }
    }
}
