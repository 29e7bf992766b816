//! A claim's history as a series: what each capture says of it.

use serde::{Deserialize, Serialize};

use super::{CaptureRef, Finding, Verdict};
use crate::clock::Instant;

/// What every capture of the cited pages says about one thing, and what they say together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What they say together.
    pub finding: Finding,
    /// What they say one after the other, oldest first; those of one moment in the order of their references.
    pub moments: Vec<Moment>,
}

/// What captures of one page say that follow one another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When the first of them was made.
    pub date: Instant,
    /// When the last of them was made; `None` where it is so still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// Which reference's page they are captures of.
    pub reference: u32,
    /// The first of them; `None` where what they say rests on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<CaptureRef>,
    /// What they say.
    pub verdict: Verdict,
}
