//! The one thread that writes: what waits is done in one transaction, and nobody is answered before it is on the disk.

use std::{
    path::Path,
    sync::mpsc::{Receiver, Sender, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::error::{Fault, StoreError};

/// How many writes share one commit at most.
const GROUP: usize = 128;

/// How long a commit waits for more writes to share it, where all that it has can wait.
const GATHER: Duration = Duration::from_millis(40);

/// How often a write waits again for a lock that another program holds, each time as long as the connection waits.
const WAITS: u32 = if cfg!(test) { 1 } else { 12 };

/// Answers a writer's caller: with the commit's error where it failed, else with what its own write came to.
type Reply = Box<dyn FnOnce(Option<StoreError>) + Send>;

/// One write, given the connection inside a transaction, or the error for which there is none.
type Write = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Reply + Send>;

/// Whether somebody stands and waits for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Haste {
    /// Somebody does: it is committed as soon as nothing else is waiting.
    Now,
    /// Nobody does, until more have come.
    Soon,
}

/// A write that waits for its turn.
struct Job {
    path: Box<Path>,
    haste: Haste,
    write: Write,
}

/// The writing side of a store.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Self {
        let (queue, waiting) = channel();
        let thread = std::thread::spawn(move || write_all(&connection, &waiting));
        Self {
            queue: Some(queue),
            thread: Some(thread),
        }
    }

    /// Has `body` done in a transaction; `answer` gets its outcome once that is durable, or the error.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        path: &Path,
        haste: Haste,
        body: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
        answer: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        let place: Box<Path> = path.into();
        let closed = StoreError::Closed {
            path: path.to_owned(),
        };
        let at = place.clone();
        let write: Write = Box::new(move |connection| {
            let outcome = connection
                .and_then(|connection| in_savepoint(connection, body).map_err(|it| it.at(&at)));
            Box::new(move |failed| {
                answer(match (outcome, failed) {
                    (Ok(_), Some(error)) => Err(error),
                    (outcome, _) => outcome,
                });
            })
        });
        self.queue
            .as_ref()
            .and_then(|it| {
                let path = place;
                it.send(Job { path, haste, write }).ok()
            })
            .ok_or(closed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to say; its callers were told that the store is closed.
            let _ = thread.join();
        }
    }
}

fn write_all(connection: &Connection, waiting: &Receiver<Job>) {
    while let Ok(Job {
        path,
        mut haste,
        write: first,
    }) = waiting.recv()
    {
        let mut replies = Vec::new();
        if let Err(error) = begin(connection) {
            first(Err(Fault::from(error).at(&path)))(None);
            continue;
        }
        let until = Instant::now() + GATHER;
        let mut next = Some(first);
        while let Some(write) = next.take() {
            replies.push(write(Ok(connection)));
            if replies.len() < GROUP && !connection.is_autocommit() {
                let mut job = waiting.try_recv().ok();
                if job.is_none() && haste == Haste::Soon {
                    let left = until.saturating_duration_since(Instant::now());
                    job = waiting.recv_timeout(left).ok();
                }
                next = job.map(|it| {
                    if it.haste == Haste::Now {
                        haste = Haste::Now;
                    }
                    it.write
                });
            }
        }
        // A full disk makes SQLite roll the whole transaction back; then there is nothing to commit.
        let failed = if connection.is_autocommit() {
            Some(StoreError::DiskFull {
                path: path.to_path_buf(),
            })
        } else {
            connection.execute_batch("COMMIT").err().map(|error| {
                let _ = connection.execute_batch("ROLLBACK");
                Fault::from(error).at(&path)
            })
        };
        for reply in replies {
            reply(failed.clone());
        }
    }
}

/// Begins a transaction, once whoever else writes into the file (a backup, another program) has done.
fn begin(connection: &Connection) -> rusqlite::Result<()> {
    let mut waits = 0;
    loop {
        match connection.execute_batch("BEGIN IMMEDIATE") {
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
                    && waits < WAITS =>
            {
                waits += 1;
                tracing::warn!("another program keeps the store locked; waiting for it");
            }
            end => return end,
        }
    }
}

/// One write's failure takes back that write alone.
fn in_savepoint<T>(
    connection: &Connection,
    body: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    connection.execute_batch("SAVEPOINT one")?;
    let outcome = body(connection);
    if connection.is_autocommit() {
        return outcome;
    }
    if outcome.is_err() {
        connection.execute_batch("ROLLBACK TO one")?;
    }
    connection.execute_batch("RELEASE one")?;
    outcome
}
