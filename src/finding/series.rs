//! A claim's history as a series: what each capture says of it.

use serde::{Deserialize, Serialize};

use super::{Finding, Verdict};
use crate::clock::Instant;

/// What every capture of the cited pages says about one thing, and what they say together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What they say together.
    pub finding: Finding,
    /// What each says, oldest first; captures of one moment in the order of their references.
    pub moments: Vec<Moment>,
}

/// What one capture says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When the capture was made.
    pub date: Instant,
    /// Which reference's page it is a capture of.
    pub reference: u32,
    /// What it says.
    pub verdict: Verdict,
}
