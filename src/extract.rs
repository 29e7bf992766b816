//! Reads a page: text, headings, links, lists of names, and whether it is a page one can judge by. Pure, from stored bytes alone.

use crate::{media_type::MediaType, uri::TargetUri};

/// The version of the reader; findings name it, and a reading of another version is made again.
pub const VERSION: u32 = 1;

/// A stored page, as the reader is given it.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The body, content coding taken off.
    pub body: &'a [u8],
    /// What the response said it is; empty essence where it said nothing.
    pub media_type: &'a MediaType,
    /// Where it came from, to resolve links; `None` for a file.
    pub uri: Option<&'a TargetUri>,
    /// The response's status; `None` for a file.
    pub status: Option<u16>,
    /// CSS selectors that profiles give for lists on this page.
    pub selectors: &'a [String],
}
