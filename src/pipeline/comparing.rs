//! What comparing needs beside the archive and the profile, and why it may fail.

use tokio::sync::watch;

use crate::{compare::Alert, store::StoreError};

use super::PdfReader;

/// Why a profile cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// The archive.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was to end before it was done.
    #[error("the comparison was stopped")]
    Stopped,
}

/// What comparing needs beside the archive and the profile.
#[derive(Clone, Debug)]
pub struct Comparing {
    /// What reads PDF files.
    pub pdf: PdfReader,
    /// How long a bad state of a page lasts before it counts.
    pub alert: Alert,
    /// Turns true when it is to end.
    pub stop: Option<watch::Receiver<bool>>,
}

impl Comparing {
    /// With what this program reads PDF files with, and no way to stop it.
    #[must_use]
    pub fn new(alert: Alert) -> Self {
        Self {
            pdf: PdfReader::this_program(),
            alert,
            stop: None,
        }
    }

    /// Whether it is to end.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|it| *it.borrow())
    }
}
