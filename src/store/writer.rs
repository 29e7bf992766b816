//! The only thread that writes: waiting writes share one transaction, and callers get their answers once it is on the disk.

use std::{
    path::Path,
    sync::mpsc::{Receiver, Sender, TryRecvError, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::error::{Fault, StoreError};

/// The most writes in one commit.
pub(super) const GROUP: usize = 256;

/// How long a commit waits for more writes, if all of its writes can wait.
const GATHER: Duration = Duration::from_millis(250);

/// How often it checks for more writes in the meantime: waking up for each would cost more than the writing.
const LOOK: Duration = Duration::from_millis(2);

/// If no write has come for this long, it stops waiting.
const QUIET: Duration = Duration::from_millis(8);

/// The longest time that one process commits without a pause, and the length of the pause: others that wait for the file (a
/// decision during an import) check more often than that, and get their turn.
const TURN: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 200 });
const PAUSE: Duration = Duration::from_millis(5);

/// How often a write waits again for a lock of another program, each time as long as the connection waits.
const WAITS: u32 = if cfg!(test) { 1 } else { 12 };

/// One write, with its caller.
trait Write: Send {
    /// Does it inside a transaction, and returns whether it succeeded; if repeated, the first attempt does not count.
    fn run(&mut self, connection: &Connection, guarded: bool) -> bool;

    /// Answers its caller: with the error of the commit if that failed, else with the result of this write.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

struct Task<T, B, A> {
    at: Box<Path>,
    body: B,
    answer: A,
    outcome: Option<Result<T, StoreError>>,
}

impl<T, B, A> Write for Task<T, B, A>
where
    T: Send,
    B: FnMut(&Connection) -> Result<T, Fault> + Send,
    A: FnOnce(Result<T, StoreError>) + Send,
{
    fn run(&mut self, connection: &Connection, guarded: bool) -> bool {
        let outcome = if guarded {
            in_savepoint(connection, &mut self.body)
        } else {
            (self.body)(connection)
        };
        let outcome = outcome.map_err(|error| error.at(&self.at));
        self.outcome.insert(outcome).is_ok()
    }

    fn answer(self: Box<Self>, failed: Option<StoreError>) {
        let path = self.at;
        let closed = || StoreError::Closed { path: path.into() };
        (self.answer)(match (self.outcome, failed) {
            (Some(Err(error)), _) | (_, Some(error)) => Err(error),
            (Some(Ok(it)), None) => Ok(it),
            (None, None) => Err(closed()),
        });
    }
}

/// Whether a caller waits for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Haste {
    /// A caller waits: it is committed as soon as no other write is waiting.
    Now,
    /// No caller waits; it is committed with later writes.
    Soon,
}

/// A write that waits for its turn.
struct Job {
    path: Box<Path>,
    haste: Haste,
    write: Box<dyn Write>,
}

/// The writing side of a store.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection) -> Self {
        let (queue, waiting) = channel();
        let thread = std::thread::spawn(move || write_all(&connection, &waiting));
        Self {
            queue: Some(queue),
            thread: Some(thread),
        }
    }

    /// Does `body` in a transaction; `answer` gets the result once it is durable, or the error.
    ///
    /// It can run twice: if another write in the transaction fails, only that one is rolled back, by repeating all writes with a
    /// savepoint for each. Savepoints from the start would cost more than most writes.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        path: &Path,
        haste: Haste,
        body: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
        answer: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        let place: Box<Path> = path.into();
        let closed = StoreError::Closed {
            path: path.to_owned(),
        };
        let now = haste == Haste::Now;
        let write = Box::new(Task {
            at: place.clone(),
            body,
            answer,
            outcome: None,
        });
        self.queue
            .as_ref()
            .and_then(|queue| {
                let path = place;
                queue.send(Job { path, haste, write }).ok()
            })
            .ok_or(closed)?;
        if now && let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A thread that panicked has no result; its callers learned that the store is closed.
            let _ = thread.join();
        }
    }
}

fn write_all(connection: &Connection, waiting: &Receiver<Job>) {
    let mut paused = Instant::now();
    while let Some(Job {
        path,
        mut haste,
        write: first,
    }) = next_turn(waiting, &mut paused)
    {
        if let Err(error) = begin(connection) {
            first.answer(Some(Fault::from(error).at(&path)));
            continue;
        }
        let mut group = Vec::new();
        let mut came_off = true;
        let until = Instant::now() + GATHER;
        let mut next = Some(first);
        while let Some(mut write) = next.take() {
            came_off = write.run(connection, false);
            group.push(write);
            if came_off && group.len() < GROUP && !connection.is_autocommit() {
                let wait = match haste {
                    Haste::Now => None,
                    Haste::Soon => Some(until.min(Instant::now() + QUIET)),
                };
                next = more(waiting, wait).map(|more| {
                    if more.haste == Haste::Now {
                        haste = Haste::Now;
                    }
                    more.write
                });
            }
        }
        if !came_off
            && !connection.is_autocommit()
            && let Err(error) = again(connection, &mut group)
        {
            let error = Fault::from(error).at(&path);
            for write in group {
                write.answer(Some(error.clone()));
            }
            continue;
        }
        // On a full disk, SQLite rolls back the whole transaction; then there is nothing to commit.
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
        // The last first: a caller that waits for the oldest finds the others done, and wakes up once.
        for write in group.into_iter().rev() {
            write.answer(failed.clone());
        }
    }
}

/// The next write, after a pause if there was none for a while; `None` when no more can come.
fn next_turn(waiting: &Receiver<Job>, paused: &mut Instant) -> Option<Job> {
    if let Ok(job) = waiting.try_recv() {
        if paused.elapsed() >= TURN {
            std::thread::sleep(PAUSE);
            *paused = Instant::now();
        }
        return Some(job);
    }
    let job = waiting.recv().ok()?;
    *paused = Instant::now();
    Some(job)
}

/// The writes that are waiting, or come in time.
fn more(waiting: &Receiver<Job>, until: Option<Instant>) -> Option<Job> {
    loop {
        match waiting.try_recv() {
            Ok(job) => return Some(job),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {
                let left = until?.checked_duration_since(Instant::now())?;
                std::thread::park_timeout(left.min(LOOK));
            }
        }
    }
}

/// Begins a transaction once other writers of the file (a backup, another program) have finished.
fn begin(connection: &Connection) -> rusqlite::Result<()> {
    let mut waits = 0;
    loop {
        match connection.execute_batch("BEGIN IMMEDIATE") {
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
                    && waits < WAITS =>
            {
                waits += 1;
                tracing::warn!("another program has locked the store; waiting for it");
            }
            end => return end,
        }
    }
}

/// Rolls everything back, and repeats it so that a failing write rolls back only itself.
fn again(connection: &Connection, group: &mut [Box<dyn Write>]) -> rusqlite::Result<()> {
    connection.execute_batch("ROLLBACK")?;
    begin(connection)?;
    for write in group {
        write.run(connection, true);
        if connection.is_autocommit() {
            break;
        }
    }
    Ok(())
}

/// The failure of one write rolls back only that write.
fn in_savepoint<T>(
    connection: &Connection,
    body: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let step = |sql| connection.prepare_cached(sql)?.execute(());
    step("SAVEPOINT one")?;
    let outcome = body(connection);
    if connection.is_autocommit() {
        return outcome;
    }
    if outcome.is_err() {
        step("ROLLBACK TO one")?;
    }
    step("RELEASE one")?;
    outcome
}
