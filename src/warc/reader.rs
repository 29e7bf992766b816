//! Reads records one by one, with any compression, and repairs known faults of other writers.

use std::{
    collections::HashMap,
    io::{self, BufRead},
};

use super::{
    Record, RecordType, WarcError, Warning,
    stream::{Break, Stream},
};
use crate::capture::Truncation;

/// The longest header of a record, in bytes.
const HEADER: usize = 256 << 10;

/// The longest block by default, in bytes.
const BLOCK: u64 = 1 << 30;

/// A byte-order mark, which editors put before text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The beginning of a record.
const MAGIC: &[u8] = b"WARC/";

/// The records of one file.
///
/// The iterator returns every readable record. An error for a record affects only that record; after an error that ends the
/// file ([`WarcError::Io`], [`WarcError::NotWarc`]), the iterator ends.
pub struct Reader<R: BufRead> {
    file: String,
    stream: Stream<R>,
    limit: u64,
    warnings: Vec<Warning>,
    /// The index of a text in `warnings`.
    warned: HashMap<String, usize>,
    begun: bool,
    /// Whether shared compression members were reported.
    shared_member: bool,
    /// The available part of a record that was reported as truncated.
    fragment: Option<Record>,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// A reader of `inner`; `file` is the name for errors and warnings.
    pub fn new(file: impl Into<String>, inner: R) -> Self {
        Self {
            file: file.into(),
            stream: Stream::new(inner),
            limit: BLOCK,
            warnings: Vec::new(),
            warned: HashMap::new(),
            begun: false,
            shared_member: false,
            fragment: None,
            ended: false,
        }
    }

    /// Sets the longest block to `bytes`; the default is 1 GiB. A longer response is truncated there and marked as such; a longer
    /// record of another kind is an error.
    #[must_use]
    pub fn with_block_limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// The name for errors and warnings.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What was repaired so far.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The longest block, in bytes.
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Records a repair; repetitions are only counted.
    pub(super) fn warn(&mut self, offset: u64, what: impl Into<String>) {
        let what = what.into();
        let place = *self
            .warned
            .entry(what.clone())
            .or_insert(self.warnings.len());
        match self.warnings.get_mut(place) {
            Some(warning) => warning.count += 1,
            None => self.warnings.push(Warning {
                file: self.file.clone(),
                offset,
                what,
                count: 1,
            }),
        }
    }

    fn read(&mut self) -> Result<Option<Record>, WarcError> {
        if let Some(fragment) = self.fragment.take() {
            return Ok(Some(fragment));
        }
        if !self.begun && self.peek(MARK.len())? == MARK {
            self.stream.consume(MARK.len());
            self.warn(
                0,
                "the file begins with a byte-order mark, which was ignored",
            );
        }
        self.skip_line_ends().map_err(|error| self.io(error))?;
        let begins = self.peek(MAGIC.len())?;
        if let Some(missing) = self.stream.missing() {
            return Err(self.corrupt(missing));
        }
        if begins.is_empty() {
            return Ok(None);
        }
        let (offset, at_member) = self.stream.place();
        if begins != MAGIC {
            return Err(self.no_record(offset)?);
        }
        if !at_member && self.begun && !self.shared_member {
            self.shared_member = true;
            self.warn(
                offset,
                "the record shares its compression member with others; the file does not allow random access",
            );
        }
        self.begun = true;
        let (version, fields) = self.header(offset)?;
        let mut record = Record {
            offset,
            kind: RecordType::Other(String::new()),
            version,
            fields,
            block: Vec::new(),
            missing: None,
        };
        match record.field("WARC-Type") {
            Some(kind) => record.kind = RecordType::parse(kind),
            None => self.warn(offset, "the record has no type"),
        }
        let length = record.field("Content-Length").unwrap_or_default();
        let Ok(length) = length.trim().parse::<u64>() else {
            let detail = format!("Content-Length `{length}` is not a number");
            self.resynchronize().map_err(|error| self.io(error))?;
            return Err(self.header_error(offset, detail));
        };
        let may_be_cut = matches!(record.kind, RecordType::Response | RecordType::Resource);
        if length > self.limit && !may_be_cut {
            self.skip(length).map_err(|error| self.io(error))?;
            return Err(WarcError::TooLarge {
                file: self.file.clone(),
                offset,
                length,
                limit: self.limit,
            });
        }
        let surplus = length.saturating_sub(self.limit);
        match self.block(&mut record, length - surplus, surplus) {
            Ok(()) => Ok(Some(record)),
            Err(error) => {
                let is_told = matches!(error, WarcError::Truncated { .. });
                if is_told && may_be_cut && !record.block.is_empty() {
                    record.missing = Some(Truncation::Disconnect);
                    self.fragment = Some(record);
                }
                Err(error)
            }
        }
    }

    fn peek(&mut self, wanted: usize) -> Result<Vec<u8>, WarcError> {
        self.stream
            .peek(wanted)
            .map(<[u8]>::to_vec)
            .map_err(|error| self.io(error))
    }

    /// The error for bytes that are not a record; moves to the next record.
    fn no_record(&mut self, offset: u64) -> Result<WarcError, WarcError> {
        let begins = self.peek(24)?;
        let begins = begins.escape_ascii().to_string();
        if !self.begun {
            self.ended = true;
            return Ok(WarcError::NotWarc {
                file: self.file.clone(),
                begins,
            });
        }
        let skipped = self.resynchronize().map_err(|error| self.io(error))?;
        Ok(self.header_error(
            offset,
            format!("{skipped} bytes beginning with `{begins}` are not a record"),
        ))
    }

    /// The version line and the named fields.
    fn header(&mut self, offset: u64) -> Result<(String, Vec<(String, String)>), WarcError> {
        let begin = self.stream.position();
        let mut version = None;
        let mut fields: Vec<(String, String)> = Vec::new();
        loop {
            let line = self.line().map_err(|error| self.io(error))?;
            let used = self.stream.position() - begin;
            let Some(line) = line else {
                if used < HEADER as u64 {
                    return Err(self.cut_short(offset, 0, used));
                }
                self.resynchronize().map_err(|error| self.io(error))?;
                return Err(self.header_error(
                    offset,
                    format!("the record's header has more than {HEADER} bytes"),
                ));
            };
            let Some(version) = &version else {
                if !matches!(line.as_str(), "WARC/1.0" | "WARC/1.1") {
                    self.warn(offset, format!("the record's version is {line}"));
                }
                version = Some(line);
                continue;
            };
            if line.is_empty() {
                return Ok((version.clone(), fields));
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_owned(), value.trim().to_owned()));
            } else {
                self.warn(
                    offset,
                    format!("`{line}` is not a field of a record; it was ignored"),
                );
            }
        }
    }

    /// One line without its end; `None` at the end of the stream, or if the line is longer than a header can be.
    fn line(&mut self) -> io::Result<Option<String>> {
        let mut wanted = 512;
        loop {
            let found = self.stream.peek(wanted)?.len();
            let whole = self.stream.whole(found);
            let bytes = self.stream.peek(whole)?;
            if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
                let line = bytes.get(..end).unwrap_or_default();
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let line = String::from_utf8_lossy(line).into_owned();
                self.stream.consume(end + 1);
                return Ok(Some(line));
            }
            if whole < wanted || wanted > HEADER {
                self.stream.consume(whole);
                return Ok(None);
            }
            wanted *= 2;
        }
    }

    /// Reads the block of `length` bytes, and skips `surplus` bytes after it.
    fn block(&mut self, record: &mut Record, length: u64, surplus: u64) -> Result<(), WarcError> {
        let offset = record.offset;
        let expected = usize::try_from(length).unwrap_or(usize::MAX);
        let block = &mut record.block;
        while block.len() < expected {
            let wanted = (expected - block.len()).min(64 << 10);
            let found = match self.stream.peek(wanted) {
                Ok(stream) => stream.len(),
                Err(source) => return Err(self.io(source)),
            };
            let whole = self.stream.whole(found);
            if whole == 0 {
                break;
            }
            // These bytes were just peeked at; this only reads them again.
            if let Ok(piece) = self.stream.peek(whole) {
                block.extend_from_slice(piece);
            }
            self.stream.consume(whole);
        }
        if block.len() < expected
            && let Some(missing) = self.stream.missing()
        {
            return Err(self.corrupt(missing));
        }
        if block.len() < expected {
            let Some(at) = next_record(block, 0) else {
                return Err(self.cut_short(offset, length + surplus, block.len() as u64));
            };
            self.give_back(record, at, length + surplus);
            return Ok(());
        }
        if surplus > 0 {
            self.skip(surplus).map_err(|error| self.io(error))?;
            record.missing = Some(Truncation::Length);
            self.warn(
                offset,
                format!(
                    "the record has {} bytes; only the first {length} were kept",
                    length + surplus
                ),
            );
        }
        self.separator(record, length)
            .map_err(|error| self.io(error))
    }

    /// Checks the bytes after a block: two line ends and the next record, or the end; otherwise the length was wrong.
    fn separator(&mut self, record: &mut Record, length: u64) -> io::Result<()> {
        let line_ends = self.skip_line_ends()?;
        let begins = self.stream.peek(MAGIC.len())?;
        if begins == MAGIC || begins.is_empty() {
            if line_ends != b"\r\n\r\n" {
                let found = line_ends.escape_ascii().to_string();
                self.warn(
                    record.offset,
                    format!("`{found}` follows the record instead of `\\r\\n\\r\\n`"),
                );
            }
            return Ok(());
        }
        let tail = record.block.len().saturating_sub(1024);
        if let Some(at) = next_record(&record.block, tail) {
            self.stream.unread(&line_ends);
            self.give_back(record, at, length);
            return Ok(());
        }
        let skipped = line_ends.len() as u64 + self.resynchronize()?;
        record.missing = record.missing.or(Some(Truncation::Unspecified));
        self.warn(
            record.offset,
            format!("Content-Length {length} is too small: {skipped} bytes before the next record were ignored"),
        );
        Ok(())
    }

    /// Ends a block where the next record begins, because the length was too large.
    fn give_back(&mut self, record: &mut Record, at: usize, length: u64) {
        let rest = record.block.split_off(at);
        record.missing = Some(Truncation::Unspecified);
        self.stream.unread(&rest);
        self.warn(
            record.offset,
            format!(
                "Content-Length {length} is too large: the next record begins after {at} bytes"
            ),
        );
    }

    fn skip_line_ends(&mut self) -> io::Result<Vec<u8>> {
        let mut skipped = Vec::new();
        while let [byte @ (b'\r' | b'\n')] = self.stream.peek(1)? {
            skipped.push(*byte);
            self.stream.consume(1);
        }
        Ok(skipped)
    }

    /// Moves to the next line that begins like a record; returns how many bytes were skipped.
    fn resynchronize(&mut self) -> io::Result<u64> {
        let from = self.stream.position();
        loop {
            let bytes = self.stream.peek(64 << 10)?;
            if bytes.is_empty() {
                return Ok(self.stream.position() - from);
            }
            let at = bytes.windows(7).position(|pair| {
                matches!(pair, [b'\n', b'W', b'A', b'R', b'C', b'/', b'0' | b'1'])
            });
            let length = bytes.len();
            match at {
                Some(at) => {
                    self.stream.consume(at + 1);
                    return Ok(self.stream.position() - from);
                }
                // A possible beginning of the mark stays in the buffer.
                None => self
                    .stream
                    .consume(if length > 6 { length - 6 } else { length }),
            }
        }
    }

    fn skip(&mut self, mut length: u64) -> io::Result<()> {
        while length > 0 {
            let wanted = usize::try_from(length).unwrap_or(usize::MAX).min(64 << 10);
            let found = self.stream.peek(wanted)?.len();
            if found == 0 {
                return Ok(());
            }
            self.stream.consume(found);
            length -= found as u64;
        }
        Ok(())
    }

    fn cut_short(&mut self, offset: u64, expected: u64, found: u64) -> WarcError {
        match self.stream.missing() {
            Some(missing) => self.corrupt(missing),
            None => WarcError::Truncated {
                file: self.file.clone(),
                offset,
                expected,
                found,
            },
        }
    }

    fn corrupt(&self, missing: Break) -> WarcError {
        WarcError::Corrupt {
            file: self.file.clone(),
            offset: missing.offset,
            detail: missing.detail,
        }
    }

    fn header_error(&self, offset: u64, detail: String) -> WarcError {
        WarcError::Header {
            file: self.file.clone(),
            offset,
            detail,
        }
    }

    fn io(&mut self, source: io::Error) -> WarcError {
        self.ended = true;
        WarcError::Io {
            file: self.file.clone(),
            offset: self.stream.place().0,
            source,
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record, WarcError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read().transpose();
        if read.is_none() {
            self.ended = true;
        }
        read
    }
}

/// The offset of the next record inside a block, searched from `from` on; the line ends before it belong to neither.
fn next_record(block: &[u8], from: usize) -> Option<usize> {
    let tail = block.get(from..)?;
    let at = tail.windows(11).position(|pair| {
        pair.starts_with(b"\r\n\r\nWARC/") && matches!(pair.get(9..), Some([b'0' | b'1', b'.']))
    })?;
    Some(from + at)
}
