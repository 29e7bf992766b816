//! WARC files (ISO 28500, WARC 1.1): captures from other archives, and captures for them.
//!
//! The reader takes versions 0.17 to 1.1, plain, gzip (a member for each record, or one for the whole file) and zstd, and forgives
//! the sins that are known of other writers, each with a warning that names file and offset. The writer makes WARC 1.1 with one gzip
//! member for each record.

mod captures;
mod fields;
mod http;
mod originals;
mod reader;
mod record;
mod stream;
mod writer;

pub use captures::{Captures, read_captures};
pub use originals::{Originals, Unresolved};
pub use reader::Reader;
pub use record::{Record, RecordType};
pub use writer::{Compression, NotModified, Place, TransferCoding, Writer};

/// Why a record, or the rest of a file, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WarcError {
    /// The file cannot be read any further.
    #[error("{file}, offset {offset}: the file cannot be read")]
    Io {
        /// The file.
        file: String,
        /// Where in the file, in bytes.
        offset: u64,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The file is something else.
    #[error("{file} is not a WARC file: it begins with `{begins}`")]
    NotWarc {
        /// The file.
        file: String,
        /// Its first characters.
        begins: String,
    },
    /// The file ends inside a record.
    #[error(
        "{file}, offset {offset}: the record is cut short: {found} of {expected} bytes are there"
    )]
    Truncated {
        /// The file.
        file: String,
        /// Where the record begins: its byte in a plain file, its gzip member's or zstd file's first byte in a compressed one.
        offset: u64,
        /// The length that the record says it has; 0 where its header is not whole.
        expected: u64,
        /// How much of it is there.
        found: u64,
    },
    /// The compressed bytes do not decompress.
    #[error("{file}, offset {offset}: the compressed bytes are damaged: {detail}")]
    Corrupt {
        /// The file.
        file: String,
        /// Where the record begins.
        offset: u64,
        /// What does not hold.
        detail: String,
    },
    /// What stands where a record should begin, or in its header, cannot be read.
    #[error("{file}, offset {offset}: no record can be read here: {detail}")]
    Header {
        /// The file.
        file: String,
        /// Where it stands.
        offset: u64,
        /// What does not hold.
        detail: String,
    },
    /// The record is longer than one wants to hold in memory.
    #[error(
        "{file}, offset {offset}: the record says it has {length} bytes; at most {limit} are read"
    )]
    TooLarge {
        /// The file.
        file: String,
        /// Where the record begins.
        offset: u64,
        /// The length it says it has.
        length: u64,
        /// The most that is read.
        limit: u64,
    },
    /// The records are well formed, but make no capture.
    #[error("{file}, offset {offset}: {detail}")]
    NoCapture {
        /// The file.
        file: String,
        /// Where the first of them begins.
        offset: u64,
        /// Why not: a revisit whose original is not in the file, an address that is no URL.
        detail: String,
    },
}

impl WarcError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => "look whether the file may be read and its disk is sound",
            Self::NotWarc { .. } => "give a .warc, .warc.gz or .warc.zst file",
            Self::Truncated { .. } => {
                "the records before it were read; fetch the file again if it should be longer"
            }
            Self::Corrupt { .. } | Self::Header { .. } => {
                "the records around it were read; fetch the file again, or compare its digest with the original's"
            }
            Self::TooLarge { .. } => {
                "the records around it were read; take that one out with another tool if it is needed"
            }
            Self::NoCapture { .. } => {
                "the captures around it were read; read the file with the original first"
            }
        }
    }
}

/// A known sin of a file that was forgiven, or a kind of record that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The file.
    pub file: String,
    /// Where the record begins that it is about, the first one if there are several.
    pub offset: u64,
    /// What was found, and what was made of it.
    pub what: String,
    /// How many records it is about.
    pub count: u64,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}, offset {}: {}", self.file, self.offset, self.what)?;
        match self.count {
            0 | 1 => Ok(()),
            count => write!(out, " ({count} times)"),
        }
    }
}
