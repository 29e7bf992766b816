//! The input of the reader: a stored body, with what the response said about it.

use crate::{media_type::MediaType, uri::TargetUri};

/// A stored page, as input for the reader.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The body, with its content coding removed.
    pub body: &'a [u8],
    /// The type according to the response; an empty essence if it gave none.
    pub media_type: &'a MediaType,
    /// Its address, to resolve links; `None` for a file.
    pub uri: Option<&'a TargetUri>,
    /// The status of the response; `None` for a file.
    pub status: Option<u16>,
    /// CSS selectors of profiles for lists on this page.
    pub selectors: &'a [String],
}
