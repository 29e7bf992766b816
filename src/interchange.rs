//! What leaves the archive for other programs, and what comes in from theirs: WARC files with their index, WACZ packages.

mod chains;
mod import;
mod index;
mod package;
mod selection;
mod volumes;

pub use chains::{Chains, visits_of};
pub use import::{Imported, Importer};
pub use package::{Packed, Packing, write_package};
pub use selection::{Kept, Selected, Selection};
pub use volumes::{Volumes, Written};

use std::{io, path::PathBuf};

use crate::store::StoreError;

/// The program and its version, as it is named in what is written.
const SOFTWARE: &str = concat!("stillsays/", env!("CARGO_PKG_VERSION"));

/// Why captures could not be taken out.
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
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// A file that is there already.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
}

impl ExportError {
    /// What to do about it; empty where [`StoreError::hint`] says it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Store(it) => it.hint().to_owned(),
            Self::Write { .. } => "name a place that may be written to and has room".into(),
            Self::Exists { .. } => "nothing is written over; name another place".into(),
        }
    }
}
