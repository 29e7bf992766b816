//! The history of a claim as a series: what each capture says about it.

use serde::{Deserialize, Serialize};

use super::{CaptureRef, Finding, Verdict};
use crate::clock::Instant;

/// What every capture of the cited pages says about one thing, and the conclusion from all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The conclusion.
    pub finding: Finding,
    /// What they say, oldest first; at the same time, in the order of their references.
    pub moments: Vec<Moment>,
}

/// A run of captures of one page that say the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// The date of the first capture.
    pub date: Instant,
    /// The date of the last capture; `None` if the run is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// The number of the reference.
    pub reference: u32,
    /// The first capture; `None` if there is none behind what they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<CaptureRef>,
    /// What they say.
    pub verdict: Verdict,
}
