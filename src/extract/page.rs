//! What the reader gets: a stored body with what the response said about it.

use crate::{media_type::MediaType, uri::TargetUri};

/// A stored page, as the reader gets it.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The body, with its content coding removed.
    pub body: &'a [u8],
    /// What the response said it is; an empty essence if it said nothing.
    pub media_type: &'a MediaType,
    /// Its address, to resolve links; `None` for a file.
    pub uri: Option<&'a TargetUri>,
    /// The status of the response; `None` for a file.
    pub status: Option<u16>,
    /// CSS selectors that profiles give for lists on this page.
    pub selectors: &'a [String],
}
