//! WARC files (ISO 28500, WARC 1.1): captures from and for other archives.
//!
//! The reader accepts versions 0.17 to 1.1, plain, gzip (one member per record, or one for the whole file) and zstd. It repairs
//! known faults of other writers, each with a warning that names file and offset. The writer writes WARC 1.1 with one gzip
//! member per record.

mod captures;
mod fields;
mod gzip;
mod http;
mod originals;
mod reader;
mod record;
mod stream;
mod writer;

pub use captures::{Captures, read_captures};
pub use fields::Further;
pub use originals::{Originals, Unresolved};
pub use reader::Reader;
pub use record::{Record, RecordType};
pub use writer::{Compression, NotModified, Place, TransferCoding, Writer};

/// Why a record, or the rest of a file, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WarcError {
    /// The file cannot be read.
    #[error("{file}, offset {offset}: the file cannot be read")]
    Io {
        /// The file.
        file: String,
        /// The offset in the file, in bytes.
        offset: u64,
        /// The error of the operating system.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a WARC file.
    #[error("{file} is not a WARC file: it begins with `{begins}`")]
    NotWarc {
        /// The file.
        file: String,
        /// Its first characters.
        begins: String,
    },
    /// The file ends inside a record.
    #[error("{file}, offset {offset}: the record is truncated: it has {found} of {expected} bytes")]
    Truncated {
        /// The file.
        file: String,
        /// The offset of the record: of its first byte in a plain file, of its gzip member or zstd frame in a compressed one.
        offset: u64,
        /// The declared length of the record; 0 if its header is incomplete.
        expected: u64,
        /// The number of bytes found.
        found: u64,
    },
    /// The compressed bytes do not decompress.
    #[error("{file}, offset {offset}: the compressed bytes are damaged: {detail}")]
    Corrupt {
        /// The file.
        file: String,
        /// The offset of the record.
        offset: u64,
        /// The fault.
        detail: String,
    },
    /// The bytes where a record should begin, or its header, are invalid.
    #[error("{file}, offset {offset}: no record can be read here: {detail}")]
    Header {
        /// The file.
        file: String,
        /// The offset of these bytes.
        offset: u64,
        /// The fault.
        detail: String,
    },
    /// The record is too long for memory.
    #[error("{file}, offset {offset}: the record declares {length} bytes; the limit is {limit}")]
    TooLarge {
        /// The file.
        file: String,
        /// The offset of the record.
        offset: u64,
        /// The declared length.
        length: u64,
        /// The limit.
        limit: u64,
    },
    /// The records are well-formed, but are not a capture.
    #[error("{file}, offset {offset}: {detail}")]
    NoCapture {
        /// The file.
        file: String,
        /// The offset of the first of them.
        offset: u64,
        /// Why not: a revisit whose original is not in the file, an address that is not a URL.
        detail: String,
    },
}

impl WarcError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => "check that the file is readable and its disk is healthy",
            Self::NotWarc { .. } => "give a .warc, .warc.gz or .warc.zst file",
            Self::Truncated { .. } => {
                "the records before it were read; fetch the file again if it should be longer"
            }
            Self::Corrupt { .. } | Self::Header { .. } => {
                "the records around it were read; fetch the file again, or compare its digest with the original's"
            }
            Self::TooLarge { .. } => {
                "the records around it were read; extract this one with another tool if you need it"
            }
            Self::NoCapture { .. } => {
                "the captures around it were read; import the file with the original first"
            }
        }
    }
}

/// A known fault that was repaired, or a kind of record that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The file.
    pub file: String,
    /// The offset of the record that it is about, or of the first one.
    pub offset: u64,
    /// What was found, and how it was handled.
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
