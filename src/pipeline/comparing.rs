//! What comparing needs besides the archive and the profile, and why it can fail.

use tokio::sync::watch;

use crate::{compare::Alert, store::StoreError};

use super::PdfReader;

/// Why a profile cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// The archive.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was stopped.
    #[error("the comparison was stopped")]
    Stopped,
}

/// What comparing needs besides the archive and the profile.
#[derive(Clone, Debug)]
pub struct Comparing {
    /// The reader for PDF files.
    pub pdf: PdfReader,
    /// How long bad visits of a page must last before they count.
    pub alert: Alert,
    /// Turns true on the signal to stop.
    pub stop: Option<watch::Receiver<bool>>,
}

impl Comparing {
    /// The reader for PDF files of this program, and no signal to stop.
    #[must_use]
    pub fn new(alert: Alert) -> Self {
        Self {
            pdf: PdfReader::this_program(),
            alert,
            stop: None,
        }
    }

    /// Whether the signal to stop has come.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| *stop.borrow())
    }
}
