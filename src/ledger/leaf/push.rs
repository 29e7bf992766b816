//! The leaf of a page that is pushed to another archive.

use serde::Serialize;

/// The leaf of a state of a push, with its keys in the order of `docs/ledger.md`.
#[derive(Serialize)]
pub(super) struct PushText<'a> {
    /// The kind of leaf: `push`.
    pub(super) leaf: &'static str,
    /// The number of the row.
    pub(super) id: i64,
    /// The address of the page.
    pub(super) page: &'a str,
    /// The name of the archive.
    pub(super) archive: &'a str,
    /// When the state began.
    pub(super) at: String,
    /// The state, in one word.
    pub(super) state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Details of the state.
    pub(super) detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// The earliest time for the next attempt.
    pub(super) until: Option<String>,
}
