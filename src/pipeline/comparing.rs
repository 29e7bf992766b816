//! What comparing needs besides the archive and the profile, and why it can fail.

use tokio::sync::watch;

use crate::{
    compare::Alert,
    content_coding::Caps,
    profile::Profile,
    store::{Store, StoreError},
};

use super::{PdfReader, readings::Readings};

/// How many further pages of one list are read together unless the settings say otherwise.
const PAGES: usize = 10;

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
    /// The longest body to read, in bytes, after its content coding is removed.
    pub most_bytes: u64,
    /// The most further pages of one list to read together.
    pub pages: usize,
    /// Turns true on the signal to stop.
    pub stop: Option<watch::Receiver<bool>>,
}

impl Comparing {
    /// The options for a program that is its own reader for PDF files, without a signal to stop.
    #[must_use]
    pub fn new(alert: Alert) -> Self {
        Self {
            pdf: PdfReader::this_program(),
            alert,
            most_bytes: Caps::default().bytes,
            pages: PAGES,
            stop: None,
        }
    }

    /// The readings of an archive, for the selectors of a profile.
    pub(super) fn readings<'a>(&'a self, store: &'a Store, profile: &Profile) -> Readings<'a> {
        Readings::new(store, profile, &self.pdf).within(self.most_bytes)
    }

    /// Whether the signal to stop has come.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| *stop.borrow())
    }
}
