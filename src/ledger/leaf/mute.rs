//! The leaf of a kind of finding that a person muted.

use serde::Serialize;

use crate::{clock::warc_date, finding::Mute};

/// The leaf of a muting, with its keys in the order of `docs/ledger.md`.
#[derive(Serialize)]
pub(super) struct MuteText<'a> {
    leaf: &'static str,
    id: i64,
    profile: &'a str,
    claim: &'a str,
    kind: &'static str,
    muted: bool,
    at: String,
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

impl<'a> MuteText<'a> {
    /// The leaf for a mute with that number.
    pub(super) fn of(id: i64, mute: &'a Mute) -> Self {
        Self {
            leaf: "mute",
            id,
            profile: &mute.profile,
            claim: &mute.claim,
            kind: mute.kind.word(),
            muted: mute.muted,
            at: warc_date(mute.at),
            by: &mute.by,
            note: mute.note.as_deref(),
        }
    }
}
