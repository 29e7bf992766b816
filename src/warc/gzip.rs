//! Records as gzip members (RFC 1952), one each (WARC 1.1, annex D).

use std::{fmt, io};

use libdeflater::{CompressionLvl, Compressor};

/// Compresses records, each to a member of its own, as thoroughly as gzip does by itself.
///
/// The whole record is in memory anyway, and compressing it at once takes two thirds of the time that a stream takes.
pub(super) struct Members {
    compressor: Compressor,
    record: Vec<u8>,
    member: Vec<u8>,
}

impl Default for Members {
    fn default() -> Self {
        Self {
            compressor: Compressor::new(CompressionLvl::default()),
            record: Vec::new(),
            member: Vec::new(),
        }
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Members").finish_non_exhaustive()
    }
}

impl Members {
    /// The member of the record that has these parts. Its header has no time and no name, so that it is the same every time.
    ///
    /// # Errors
    /// There is not enough memory for it.
    pub(super) fn of(&mut self, parts: &[&[u8]]) -> io::Result<&[u8]> {
        self.record.clear();
        for part in parts {
            self.record.extend_from_slice(part);
        }
        let most = self.compressor.gzip_compress_bound(self.record.len());
        self.member.resize(most, 0);
        let length = self
            .compressor
            .gzip_compress(&self.record, &mut self.member)
            .map_err(|_| io::ErrorKind::OutOfMemory)?;
        Ok(self.member.get(..length).unwrap_or_default())
    }
}
