//! The leaf of a page that is pushed to another archive.

use serde::Serialize;

/// The leaf of a state of a push, with its keys in the order of `docs/ledger.md`.
#[derive(Serialize)]
pub(super) struct PushText<'a> {
    pub(super) leaf: &'static str,
    pub(super) id: i64,
    pub(super) page: &'a str,
    pub(super) archive: &'a str,
    pub(super) at: String,
    pub(super) state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
}
