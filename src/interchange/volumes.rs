//! Writes a folder of WARC files of limited size, and one index for all of them.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter},
    path::{Path, PathBuf},
    thread,
};

use super::{ExportError, Kept, SOFTWARE, Selected, index::Index};
use crate::{
    capture::{Capture, Outcome, RevisitProfile, media_type_of, status_of},
    cdxj::{Content, Line},
    clock::Instant,
    warc::{Compression, NotModified, Place, TransferCoding, Writer},
};

/// The suffix of a file while it is written; other archive tools ignore such files.
const OPEN: &str = ".open";

/// How many captures wait to be written together.
const MOST_WAITING: usize = 64;

/// How many bytes of bodies wait to be written together.
const MOST_BYTES: usize = 8 << 20;

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The WARC files, in order.
    pub files: Vec<PathBuf>,
    /// How many captures they contain.
    pub captures: u64,
    /// How many more captures are only described, because their payloads were removed.
    pub removed: u64,
    /// How many of the captures are failures.
    pub failures: u64,
    /// How many bytes they have.
    pub bytes: u64,
}

/// WARC files that roll over at a size: `PREFIX-YYYYMMDDhhmmssmmm-SSSSS.warc.gz` (WARC 1.1, annex C).
pub struct Volumes {
    folder: PathBuf,
    prefix: String,
    about: String,
    created: Instant,
    limit: u64,
    transfer_coding: TransferCoding,
    not_modified: NotModified,
    open: Option<(PathBuf, Writer<BufWriter<File>>)>,
    /// What is to be written next, and how many bytes of bodies it has.
    waiting: Vec<Selected>,
    waiting_bytes: usize,
    written: Written,
    index: Index,
}

impl Volumes {
    /// Files in `folder`, which is created if missing; each ends with the first record that brings it to `limit` bytes.
    ///
    /// `about` is written into every file: its content and purpose.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn new(
        folder: &Path,
        prefix: &str,
        about: &str,
        created: Instant,
        limit: u64,
    ) -> Result<Self, ExportError> {
        fs::create_dir_all(folder).map_err(|source| ExportError::Write {
            path: folder.to_owned(),
            source,
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            prefix: prefix.to_owned(),
            about: about.to_owned(),
            created,
            limit,
            transfer_coding: TransferCoding::Keep,
            not_modified: NotModified::Keep,
            open: None,
            waiting: Vec::new(),
            waiting_bytes: 0,
            written: Written::default(),
            index: Index::new(folder),
        })
    }

    /// The same, with transfer codings written in that way.
    #[must_use]
    pub fn with_transfer_coding(mut self, transfer_coding: TransferCoding) -> Self {
        self.transfer_coding = transfer_coding;
        self
    }

    /// The same, with visits that a server answered "not modified" written in that way.
    #[must_use]
    pub fn with_not_modified(mut self, not_modified: NotModified) -> Self {
        self.not_modified = not_modified;
        self
    }

    /// Writes a capture, or what is known of one: it is on its way, and in a file when all have [ended](Volumes::finish).
    ///
    /// # Errors
    /// The file cannot be written, or already exists.
    pub fn add(&mut self, selected: Selected) -> Result<(), ExportError> {
        self.waiting_bytes += selected.size();
        self.waiting.push(selected);
        if self.waiting.len() >= MOST_WAITING || self.waiting_bytes >= MOST_BYTES {
            self.write_waiting()?;
        }
        Ok(())
    }

    /// Writes the waiting captures: creates their records on all cores, and appends them one after another.
    fn write_waiting(&mut self) -> Result<(), ExportError> {
        self.waiting_bytes = 0;
        let all = std::mem::take(&mut self.waiting);
        let mut rest = &all[..];
        while !rest.is_empty() {
            let full = self.open.as_ref();
            if full.is_some_and(|(_, full)| full.written() >= self.limit) {
                self.close()?;
            }
            let mut open = match self.open.take() {
                Some(open) => open,
                None => self.next()?,
            };
            let not_modified = self.not_modified;
            let made = on_all_cores(rest, |it| records(it, open.1.beside(), not_modified));
            let failed = |source| ExportError::Write {
                path: open.0.clone(),
                source,
            };
            let name = open.0.file_name().unwrap_or_default().to_string_lossy();
            let mut written = 0;
            for (selected, made) in rest.iter().zip(made) {
                // Records after the end of the file are created again for the next one, because records name their file.
                if open.1.written() >= self.limit {
                    break;
                }
                let made = made.map_err(failed)?;
                let offset = open.1.append(&made.records).map_err(failed)?;
                written += 1;
                let Kept::Whole(capture) = &selected.kept else {
                    self.written.removed += 1;
                    continue;
                };
                let place = Place {
                    offset,
                    length: made.first,
                };
                if let Some(line) = line(capture, made.status, place, &name) {
                    self.index.add(&line).map_err(failed)?;
                }
                self.written.captures += 1;
                self.written.failures += u64::from(matches!(capture.outcome, Outcome::Failure(_)));
            }
            rest = &rest[written..];
            self.open = Some(open);
        }
        Ok(())
    }

    /// Ends the last file, and writes the index of all files at `path`. Returns what was written.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(mut self, path: &Path) -> Result<Written, ExportError> {
        self.write_waiting()?;
        self.close()?;
        let mut file = BufWriter::new(create(path)?);
        let ended = self
            .index
            .write(&mut file)
            .and_then(|()| file.into_inner().map_err(io::IntoInnerError::into_error))
            .and_then(|it| it.sync_all())
            .and_then(|()| fs::rename(beside(path), path));
        ended.map_err(|source| ExportError::Write {
            path: path.to_owned(),
            source,
        })?;
        Ok(self.written)
    }

    /// Like [`Volumes::finish`], with the index beside the files: `PREFIX-YYYYMMDDhhmmssmmm.cdxj`; also returns its path.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish_with_index(self) -> Result<(Written, PathBuf), ExportError> {
        let name = format!("{}-{}.cdxj", self.prefix, stamp(self.created));
        let path = self.folder.join(name);
        Ok((self.finish(&path)?, path))
    }

    fn next(&mut self) -> Result<(PathBuf, Writer<BufWriter<File>>), ExportError> {
        let (prefix, serial) = (&self.prefix, self.written.files.len());
        let name = format!("{prefix}-{}-{serial:05}.warc.gz", stamp(self.created));
        let path = self.folder.join(&name);
        let mut writer = Writer::new(BufWriter::new(create(&path)?), Compression::Gzip)
            .with_transfer_coding(self.transfer_coding);
        let fields = [
            ("software", SOFTWARE),
            ("format", "WARC File Format 1.1"),
            (
                "conformsTo",
                "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            ),
            ("description", &self.about),
        ];
        writer
            .warcinfo(self.created, Some(&name), &fields)
            .map_err(|source| ExportError::Write {
                path: path.clone(),
                source,
            })?;
        Ok((path, writer))
    }

    fn close(&mut self) -> Result<(), ExportError> {
        let Some((path, writer)) = self.open.take() else {
            return Ok(());
        };
        self.written.bytes += writer.written();
        let ended = writer
            .finish()
            .and_then(|finish| finish.into_inner().map_err(io::IntoInnerError::into_error))
            .and_then(|it| it.sync_all())
            .and_then(|()| fs::rename(beside(&path), &path));
        ended.map_err(|source| ExportError::Write {
            path: path.clone(),
            source,
        })?;
        self.written.files.push(path);
        Ok(())
    }
}

/// The records of a capture, as they stand in its file.
struct Made {
    records: Writer<Vec<u8>>,
    /// How many bytes the first of them takes.
    first: u64,
    /// The status that the first of them has.
    status: Option<u16>,
}

/// Makes the records of a capture.
fn records(
    selected: &Selected,
    mut writer: Writer<Vec<u8>>,
    not_modified: NotModified,
) -> io::Result<Made> {
    let (first, status) = match &selected.kept {
        Kept::Removed(removed) => {
            writer.tombstone(removed)?;
            (0, None)
        }
        Kept::Whole(capture) => {
            let head = selected.original_head.as_deref().filter(|_| {
                not_modified == NotModified::Resolve
                    && matches!(&capture.outcome, Outcome::Revisit(it)
                        if it.profile == RevisitProfile::ServerNotModified)
            });
            writer.page_of(&selected.pages_of);
            let place = match head {
                Some(head) => writer.resolved(capture, head)?,
                None => writer.capture(capture)?,
            };
            let status = head.map_or_else(|| capture.status(), status_of);
            (place.length, status)
        }
    };
    Ok(Made {
        records: writer,
        first,
        status,
    })
}

/// What `make` makes of each, in their order.
fn on_all_cores<T: Sync, M: Send>(of: &[T], make: impl Fn(&T) -> M + Sync) -> Vec<M> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let part = of.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let parts = of.chunks(part);
        let working: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().map(&make).collect::<Vec<M>>()))
            .collect();
        let done = working.into_iter().map(|working| match working.join() {
            Ok(working) => working,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        done.flatten().collect()
    })
}

/// The 17 digits of the date in file names.
fn stamp(at: Instant) -> String {
    at.format("%Y%m%d%H%M%S%3f").to_string()
}

/// Opens what becomes the file at `path` once complete; an existing file is not overwritten.
fn create(path: &Path) -> Result<File, ExportError> {
    if path.exists() {
        return Err(ExportError::Exists {
            path: path.to_owned(),
        });
    }
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(beside(path))
        .map_err(|source| ExportError::Write {
            path: path.to_owned(),
            source,
        })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(OPEN);
    name.into()
}

/// The line of the index; a failure has none, because there is nothing to replay.
fn line(capture: &Capture, status: Option<u16>, place: Place, filename: &str) -> Option<Line> {
    let content = match &capture.outcome {
        Outcome::Failure(_) => return None,
        Outcome::Revisit(_) => Content::Revisit,
        Outcome::Response(response) => Content::Response(media_type_of(&response.head).essence),
    };
    Some(Line {
        target_uri: capture.target_uri.clone(),
        date: capture.date,
        content,
        status,
        payload_digest: capture.payload_digest()?,
        filename: filename.to_owned(),
        offset: place.offset,
        length: place.length,
    })
}
