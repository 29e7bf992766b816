//! The archive: one SQLite file that keeps every visit to the byte, what was read from it, what was found, and what people decided.
//!
//! No other module contains SQL. Writes go through one thread that gathers what is waiting into one durable commit;
//! reads have connections of their own, so a report can be made while a run is going on.

mod answers;
mod archives;
mod aside;
mod backup;
mod brought;
mod crawls;
mod error;
mod file;
mod findings;
mod further;
mod ledger;
mod lock;
mod mutes;
mod outbox;
mod past;
mod payloads;
mod pushes;
mod readings;
mod reported;
mod retention;
mod reviews;
mod schema;
mod sealed;
mod spans;
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
pub use crawls::{Counts, Crawl, CrawlEntry, CrawlId, Size};
pub use error::StoreError;
pub use findings::NewSet;
pub use ledger::{Proved, Seal};
pub use lock::{Holder, LockError, RunLock};
pub use outbox::{Alert, Attempt, ChannelState, Message, MessageState};
pub use past::PastSpan;
pub use pushes::{Push, PushState};
pub use reported::Untold;
pub use retention::{Removal, Weight};
pub use spans::Span;
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

/// The most writes that share a commit.
pub(crate) const WRITES_IN_A_COMMIT: usize = writer::GROUP;

/// How long to wait for a lock of another program.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 5_000 });

/// How often to check whether the lock is free: more often than SQLite does, so that short pauses of a program that
/// writes all the time are not missed.
const LOOK: Duration = Duration::from_millis(2);

/// The page size of the file, in bytes: in the small archive of one article, half of each 4,096-byte page is empty.
/// `cargo bench --bench store` measures other sizes.
const PAGE: u32 = 1_024;

/// How many idle reading connections are kept open.
const IDLE_READERS: usize = 4;

/// How to open a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// For reading and writing; the file must exist.
    ReadWrite,
    /// For reading only; nothing on the disk changes.
    ReadOnly,
    /// For reading and writing; the file is created if it does not exist.
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
    /// `None` if the store is read-only. Dropped last, so that the file is tidied up after the last reader.
    writer: Option<Writer>,
}

/// The idle reading connections.
#[derive(Debug, Default)]
struct Readers {
    /// The file that they read, after it was checked.
    file: Option<FileId>,
    /// Whether it is opened as immutable: for a file in a folder where SQLite cannot create shared memory.
    immutable: bool,
    idle: Vec<Connection>,
}

impl Store {
    /// Opens the store at `path`, and migrates it to the schema of this version if it is opened for writing.
    ///
    /// # Errors
    /// Every kind of [`StoreError`] that is about a whole file: missing, foreign, damaged, newer, read-only, full, locked.
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        if access != Access::Create && !path.exists() {
            return Err(StoreError::Missing {
                path: path.to_owned(),
            });
        }
        // Taken before the file is checked: if another file replaces it in the meantime, it is checked again.
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

    /// The path of the store.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether another file has replaced the one that was opened (`restore`). What is then written is not in the archive
    /// any more.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        let opened = self.readers().file;
        opened.is_some() && FileId::at(self.path()) != opened
    }

    /// Whether it was opened for writing.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.0.writer.is_some()
    }

    /// Reads with its own connection, in one transaction.
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

    /// Returns a connection for the next reader.
    fn put_back(&self, file: Option<FileId>, connection: Connection) {
        let mut readers = self.readers();
        if readers.file == file && readers.idle.len() < IDLE_READERS {
            readers.idle.push(connection);
        }
    }

    /// A connection for reading, and the file that it reads.
    ///
    /// A read-only store follows the file name: if another file takes the place of the first (`restore`), it is checked and
    /// read from then on.
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
            Some(idle) => idle,
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

    /// Writes, and returns once the change is durable.
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

    /// Like [`Store::write`], for callers that must not block. The writer has the change when this returns.
    fn write_later<T, B>(
        &self,
        body: B,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, B>
    where
        T: Send + 'static,
        B: FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let submitted = self.writer().and_then(|writer| {
            writer.submit(self.path(), Haste::Soon, body, move |outcome| {
                drop(sender.send(outcome));
            })
        });
        let closed = self.closed();
        async move {
            submitted?;
            receiver.await.unwrap_or(Err(closed))
        }
    }

    /// Writes something that can be computed again. Does not wait; a failure is not reported.
    fn write_some_time<T: Send + 'static>(
        &self,
        body: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.writer()?.submit(self.path(), Haste::Soon, body, drop)
    }

    /// Commits what the writer has as soon as possible, because no more writes are coming to share the
    /// commit.
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
    let fault = |error: rusqlite::Error| match Fault::from(error).at(path) {
        // A folder that exists but in which SQLite cannot create a file is read-only.
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
    // SQLite opens a write-protected file for reading, and says so only if asked.
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

/// Whether to check once more whether the file is free, after `looks` checks.
fn wait_for_lock(looks: i32) -> bool {
    std::thread::sleep(LOOK);
    LOOK.saturating_mul(looks.unsigned_abs()) < PATIENCE
}

fn in_a_folder(path: &Path) -> bool {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    !path.is_dir() && folder.is_none_or(Path::is_dir)
}

/// Checks whether the file can be read as it is; returns whether it must be opened as immutable.
fn check_readable(path: &Path) -> Result<bool, StoreError> {
    let look = |immutable| {
        open_for_reading(path, immutable).and_then(|connection| schema::kind(&connection))
    };
    let (kind, immutable) = match look(false) {
        Ok(found) => (found, false),
        // A log that was left behind has content that an immutable connection would not see.
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
        // A program that was killed while it created the store leaves an empty file.
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

/// Makes SQLite keep the plan of a prepared statement whatever is bound to it: otherwise, a `LIMIT` that is a parameter
/// causes a new plan for every use.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(|_| ())
}

/// The path of a file that SQLite creates beside the store.
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

/// The first 8 bytes of a SHA-256 over `parts`, each preceded by its length: enough to detect accidents in data that can be computed again.
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
    fn a_store_that_another_program_keeps_locked_is_reported_after_a_bounded_wait() {
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
