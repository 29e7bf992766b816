//! The archive: one SQLite file that keeps every visit to the byte, what was read from it, what was found, and what people decided.
//!
//! Nothing outside this module knows SQL. Writes go through one thread that gathers what is waiting into one durable commit;
//! reads have connections of their own, so a report can be made while a run is going on.

mod answers;
mod archives;
mod aside;
mod backup;
mod crawls;
mod error;
mod file;
mod findings;
mod further;
mod ledger;
mod lock;
mod mutes;
mod payloads;
mod pushes;
mod readings;
mod retention;
mod reviews;
mod schema;
mod spans;
mod told;
mod verify;
mod version;
mod visits;
mod writer;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use sha2::{Digest as _, Sha256};

pub use answers::{Answer, PackedJson};
pub use archives::{KnownMemento, Leave, LeftAlone, Listing};
pub use backup::{Restored, restore};
pub use crawls::{Counts, Crawl, CrawlEntry, CrawlId, Held};
pub use error::StoreError;
pub use findings::NewSet;
pub use ledger::{Proved, Seal};
pub use lock::{Holder, LockError, RunLock};
pub use pushes::{Push, PushState};
pub use retention::{Removal, Weight};
pub use spans::Span;
pub use told::Untold;
pub use verify::{Advance, Problem, Trust, Verified};
pub use version::{Mark, Marks, Version};
pub use visits::{
    AddedVisit, Around, CaptureId, CopiedVisit, Dated, LastVisit, LastVisits, PageDates, SeedEntry,
    SeedState, SomeVisits, StoredVisit, VisitEnd, VisitId, Wanted,
};

use crate::clock::Instant;
use error::Fault;
use file::FileId;
use writer::{Haste, Writer};

/// How long one waits for a lock that another program holds.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 5_000 });

/// How often one looks meanwhile whether it is free: more often than SQLite does, so that the pauses of a program that
/// writes without end are not missed.
const LOOK: Duration = Duration::from_millis(2);

/// A page of the file: in the small archive of one article, half of pages of 4,096 bytes is empty. `cargo bench --bench store`
/// shows what others come to.
const PAGE: u32 = 1_024;

/// How many reading connections are kept open for the next reader.
const IDLE_READERS: usize = 4;

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read and to write; the file must be there.
    ReadWrite,
    /// To read only; nothing on the disk changes.
    ReadOnly,
    /// To read and to write; the file is made where there is none.
    Create,
}

/// The archive. A clone is the same archive.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    readers: Mutex<Readers>,
    watch: version::Watch,
    /// `None` where it was opened to read only. Dropped last, so that the file is tidied up when nobody reads any more.
    writer: Option<Writer>,
}

/// The reading connections that nobody uses just now.
#[derive(Debug, Default)]
struct Readers {
    /// The file that they read, which was looked through.
    file: Option<FileId>,
    /// Whether it is read as a file that nobody changes: one in a folder where SQLite can make no shared-memory file.
    immutable: bool,
    idle: Vec<Connection>,
}

impl Store {
    /// Opens the store at `path`, brought to this version's schema where it may be written.
    ///
    /// # Errors
    /// Every kind of [`StoreError`] that is about a whole file: missing, foreign, damaged, newer, read-only, full, locked.
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        if access != Access::Create && !path.exists() {
            return Err(StoreError::Missing {
                path: path.to_owned(),
            });
        }
        // Told before the file is looked through: where another takes its place meanwhile, it is looked through again.
        let file = FileId::at(path);
        let (writer, immutable) = if access == Access::ReadOnly {
            (None, check_readable(path)?)
        } else {
            (Some(Writer::start(open_for_writing(path, access)?)), false)
        };
        let file = file.or_else(|| FileId::at(path));
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            readers: Mutex::new(Readers {
                file,
                immutable,
                idle: Vec::new(),
            }),
            watch: version::Watch::default(),
            writer,
        })))
    }

    /// The store's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether another file has taken the place of the one that was opened (`restore`): what is written then is not in the
    /// archive any more.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        let opened = self.readers().file;
        opened.is_some() && FileId::at(self.path()) != opened
    }

    /// Whether it was opened to be written.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.0.writer.is_some()
    }

    /// Reads with a connection of its own.
    fn read<T>(&self, body: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        let (file, connection) = self.reader()?;
        // One transaction, so that several statements see one state.
        let step = |sql| connection.prepare_cached(sql)?.execute(());
        let outcome = step("BEGIN")
            .map_err(Fault::from)
            .and_then(|_| body(&connection));
        let ended = step("ROLLBACK");
        if ended.is_ok() {
            self.put_back(file, connection);
        }
        outcome.map_err(|it| it.at(self.path()))
    }

    /// Keeps a connection for the next reader.
    fn put_back(&self, file: Option<FileId>, connection: Connection) {
        let mut readers = self.readers();
        if readers.file == file && readers.idle.len() < IDLE_READERS {
            readers.idle.push(connection);
        }
    }

    /// A connection to read with, and the file that it reads.
    ///
    /// A store that was opened to read only is whatever file has its name: one that was put in the place of another
    /// (`restore`) is looked through and read from then on.
    fn reader(&self) -> Result<(Option<FileId>, Connection), StoreError> {
        let mut readers = self.readers();
        if self.0.writer.is_none() {
            let now = FileId::at(self.path());
            if now != readers.file {
                readers.idle.clear();
                if !self.path().exists() {
                    return Err(StoreError::Missing {
                        path: self.path().to_owned(),
                    });
                }
                readers.immutable = check_readable(self.path())?;
                readers.file = now;
            }
        }
        let connection = match readers.idle.pop() {
            Some(it) => it,
            None => open_for_reading(self.path(), readers.immutable)
                .map_err(|it| Fault::from(it).at(self.path()))?,
        };
        Ok((readers.file, connection))
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Readers> {
        self.0
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> Result<&Writer, StoreError> {
        self.0.writer.as_ref().ok_or_else(|| StoreError::ReadOnly {
            path: self.0.path.clone(),
        })
    }

    /// Writes, and returns when it is on the disk.
    fn write<T: Send + 'static>(
        &self,
        body: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.writer()?
            .submit(self.path(), Haste::Now, body, move |outcome| {
                drop(sender.send(outcome));
            })?;
        receiver.recv().unwrap_or_else(|_| Err(self.closed()))
    }

    /// As [`Store::write`], for callers that must not block. The writer has it before this returns.
    fn write_later<T, B>(
        &self,
        body: B,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, B>
    where
        T: Send + 'static,
        B: FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let submitted = self.writer().and_then(|it| {
            it.submit(self.path(), Haste::Soon, body, move |outcome| {
                drop(sender.send(outcome));
            })
        });
        let closed = self.closed();
        async move {
            submitted?;
            receiver.await.unwrap_or(Err(closed))
        }
    }

    /// Writes what can be made again where it is lost: nobody waits for it, and nobody is told where it fails.
    fn write_some_time<T: Send + 'static>(
        &self,
        body: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.writer()?.submit(self.path(), Haste::Soon, body, drop)
    }

    /// Has what was given to the writer put on the disk as soon as it can be, because nothing more is coming to share
    /// the commit.
    ///
    /// # Errors
    /// The store is closed, or was opened to read only.
    pub fn hurry(&self) -> Result<(), StoreError> {
        self.writer()?
            .submit(self.path(), Haste::Now, |_| Ok(()), drop)
    }

    fn closed(&self) -> StoreError {
        StoreError::Closed {
            path: self.0.path.clone(),
        }
    }
}

fn open_for_writing(path: &Path, access: Access) -> Result<Connection, StoreError> {
    let fault = |it: rusqlite::Error| match Fault::from(it).at(path) {
        // What SQLite cannot make in a folder that is there, it may not make.
        StoreError::CannotOpen { path, .. } if in_a_folder(&path) => StoreError::ReadOnly { path },
        other => other,
    };
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if access == Access::Create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let mut connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    connection
        .busy_handler(Some(wait_for_lock))
        .map_err(fault)?;
    keep_plans(&connection).map_err(fault)?;
    let kind = schema::kind(&connection).map_err(fault)?;
    if kind == schema::Kind::Empty {
        if access != Access::Create {
            return Err(StoreError::Missing {
                path: path.to_owned(),
            });
        }
        connection
            .pragma_update(None, "page_size", PAGE)
            .map_err(fault)?;
    }
    if let schema::Kind::Store { version } = kind {
        refuse_newer(path, version)?;
    }
    if kind == schema::Kind::Foreign {
        return Err(StoreError::Foreign {
            path: path.to_owned(),
        });
    }
    // SQLite opens a file that may not be written for reading, and says so only when asked.
    if connection.is_readonly("main").map_err(fault)? {
        return Err(StoreError::ReadOnly {
            path: path.to_owned(),
        });
    }
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -6144; PRAGMA wal_autocheckpoint = 4000;")
        .map_err(fault)?;
    schema::migrate(&connection, path, schema::STEPS)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Whether it is worth looking once more whether the file is free, after so many looks.
fn wait_for_lock(looks: i32) -> bool {
    std::thread::sleep(LOOK);
    LOOK.saturating_mul(looks.unsigned_abs()) < PATIENCE
}

fn in_a_folder(path: &Path) -> bool {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    !path.is_dir() && folder.is_none_or(Path::is_dir)
}

/// Looks whether the file can be read as it is, and whether only as a file that nobody changes.
fn check_readable(path: &Path) -> Result<bool, StoreError> {
    let look = |immutable| {
        open_for_reading(path, immutable).and_then(|connection| schema::kind(&connection))
    };
    let (kind, immutable) = match look(false) {
        Ok(it) => (it, false),
        // A log that was left behind has content that an immutable reading would not see.
        Err(_) if !beside(path, "-wal").exists() => {
            (look(true).map_err(|it| Fault::from(it).at(path))?, true)
        }
        Err(error) => return Err(Fault::from(error).at(path)),
    };
    let known = schema::version_of(schema::STEPS);
    match kind {
        schema::Kind::Store { version } if version == known => Ok(immutable),
        schema::Kind::Store { version } => {
            refuse_newer(path, version)?;
            Err(StoreError::Older {
                path: path.to_owned(),
                found: version,
                known,
            })
        }
        // A program that was killed while it made the store leaves a file with nothing in it.
        schema::Kind::Empty => Err(StoreError::Missing {
            path: path.to_owned(),
        }),
        schema::Kind::Foreign => Err(StoreError::Foreign {
            path: path.to_owned(),
        }),
    }
}

fn refuse_newer(path: &Path, found: u32) -> Result<(), StoreError> {
    let known = schema::version_of(schema::STEPS);
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

fn open_for_reading(path: &Path, immutable: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if immutable {
        let mut uri = String::from("file:");
        for byte in path.to_string_lossy().bytes() {
            if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
                uri.push(char::from(byte));
            } else {
                let _ = write!(uri, "%{byte:02x}");
            }
        }
        uri.push_str("?immutable=1");
        Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    connection.busy_timeout(PATIENCE)?;
    keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Has SQLite keep the plan of a prepared statement whatever is bound to it: otherwise a `LIMIT` that is a parameter
/// has it prepared again for every use.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(|_| ())
}

/// The path of a file that SQLite keeps beside the store.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn micros(at: Instant) -> i64 {
    at.timestamp_micros()
}

fn instant(micros: i64) -> Result<Instant, Fault> {
    Instant::from_timestamp_micros(micros)
        .ok_or_else(|| Fault::damaged(format!("{micros} is not a time")))
}

/// The first 8 bytes of a SHA-256 over `parts`, each behind its length: enough against accidents, for what can be made again.
fn checksum<const N: usize>(parts: [&[u8]; N]) -> i64 {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    let digest: [u8; 32] = sha.finalize().into();
    i64::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crawl() -> Crawl {
        Crawl {
            started: crate::clock::parse_digits14("2026").unwrap(),
            software: "stillsays/test".into(),
            command: "run".into(),
        }
    }

    #[test]
    fn a_store_that_another_program_keeps_locked_is_told_after_a_bounded_wait() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let store = Store::open(&path, Access::Create).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = store.begin_crawl(&crawl()).unwrap_err();
        assert!(matches!(error, StoreError::Busy { .. }), "{error}");
        assert_eq!(store.crawls().unwrap(), []);
        other.execute_batch("ROLLBACK").unwrap();
        store.begin_crawl(&crawl()).unwrap();
    }

    #[test]
    fn a_full_disk_takes_back_the_write_and_nothing_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let store = Store::open(&path, Access::Create).unwrap();
        store.begin_crawl(&crawl()).unwrap();
        store
            .write(|connection| Ok(connection.pragma_update(None, "max_page_count", 40)?))
            .unwrap();
        let mut long = crawl();
        long.command = "long ".repeat(200_000);
        let error = store.begin_crawl(&long).unwrap_err();
        assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
        store.begin_crawl(&crawl()).unwrap();
        assert_eq!(store.crawls().unwrap().len(), 2);
        assert_eq!(store.verify_quick().unwrap(), []);
    }

    #[test]
    fn a_write_that_fails_takes_back_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.db"), Access::Create).unwrap();
        let insert = |connection: &Connection, host: &str| {
            connection.execute("INSERT INTO host (origin, state) VALUES (?1, '{}')", [host])?;
            Ok(())
        };
        store
            .write_some_time(move |it| insert(it, "https://a"))
            .unwrap();
        let failed = store.write(move |connection| {
            insert(connection, "https://b")?;
            Err::<(), _>(Fault::NotHeld("thing".into()))
        });
        assert!(matches!(failed, Err(StoreError::NotHeld { .. })));
        store.write(move |it| insert(it, "https://c")).unwrap();
        let mut hosts: Vec<String> = store
            .read(|connection| {
                let mut statement = connection.prepare_cached("SELECT origin FROM host")?;
                let rows = statement.query_map((), |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .unwrap();
        hosts.sort();
        assert_eq!(hosts, ["https://a", "https://c"]);
    }
}
