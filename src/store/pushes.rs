//! The outbox: pages that are pushed to other archives, each state a row of its own and a leaf of the ledger.

use std::str::FromStr as _;

use rusqlite::{Connection, Row, params};

use super::{
    Fault, Store, StoreError, instant,
    ledger::{self, Kind},
    micros,
};
use crate::{clock::Instant, ledger::Leaf, uri::TargetUri};

/// The state of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushState {
    /// It waits to be sent.
    Queued,
    /// It is being sent: whether it arrived is not known.
    Asking,
    /// The archive has a job for it; the page is not archived yet.
    Asked,
    /// The page is archived.
    Done,
    /// The archive refuses to save the page.
    Refused,
    /// It will be tried again.
    Later,
}

/// The push of a page, in its latest state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The page.
    pub page: TargetUri,
    /// The archive, by name.
    pub archive: String,
    /// The start of this state.
    pub at: Instant,
    /// The state.
    pub state: PushState,
    /// Why it was queued, the job, the address of the copy, or the code and the message.
    pub detail: Option<String>,
    /// The earliest time for the next attempt.
    pub until: Option<Instant>,
}

impl PushState {
    /// All states.
    const ALL: [Self; 6] = [
        Self::Queued,
        Self::Asking,
        Self::Asked,
        Self::Done,
        Self::Refused,
        Self::Later,
    ];

    /// The word in the store, in the ledger and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Asking => "asking",
            Self::Asked => "asked",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Later => "later",
        }
    }
}

impl std::str::FromStr for PushState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|it| it.word() == text);
        found.ok_or_else(|| format!("`{text}` is not a state of a push"))
    }
}

impl Store {
    /// Records the state of a push. The record is durable when this returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_push(&self, push: Push) -> Result<(), StoreError> {
        self.write(move |connection| put(connection, &push))
    }

    /// Queues pages that are not in the outbox already, or were finished before `since`; returns how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn queue_pushes(&self, pushes: Vec<Push>, since: Instant) -> Result<usize, StoreError> {
        self.write(move |connection| {
            let mut queued = 0;
            for push in &pushes {
                let known = latest(connection, &push.archive, push.page.as_str())?;
                let is_open = known.is_some_and(|known| match known.state {
                    PushState::Done | PushState::Refused => known.at >= since,
                    _ => true,
                });
                if !is_open {
                    put(connection, push)?;
                    queued += 1;
                }
            }
            Ok(queued)
        })
    }

    /// The latest state of each push, by page.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn pushes(&self) -> Result<Vec<Push>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, page, archive, at, state, detail, until FROM push
                 WHERE id IN (SELECT max(id) FROM push GROUP BY archive, page) ORDER BY archive, page",
            )?;
            let mut rows = statement.query(())?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(push(row)?);
            }
            Ok(all)
        })
    }
}

fn latest(connection: &Connection, archive: &str, page: &str) -> Result<Option<Push>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT id, page, archive, at, state, detail, until FROM push WHERE archive = ?1 AND page = ?2 ORDER BY id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([archive, page])?;
    rows.next()?.map(push).transpose()
}

fn put(connection: &Connection, push: &Push) -> Result<(), Fault> {
    let id = connection
        .prepare_cached("INSERT INTO push (page, archive, at, state, detail, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .insert(params![
            push.page.as_str(),
            push.archive,
            micros(push.at),
            push.state.word(),
            push.detail,
            push.until.map(micros)
        ])?;
    ledger::append(connection, Kind::Push, id, &leaf(id, push))
}

fn leaf(id: i64, push: &Push) -> Leaf<'_> {
    Leaf::Push {
        id,
        page: push.page.as_str(),
        archive: &push.archive,
        at: push.at,
        state: push.state.word(),
        detail: push.detail.as_deref(),
        until: push.until,
    }
}

fn push(row: &Row<'_>) -> Result<Push, Fault> {
    let (page, state): (String, String) = (row.get(1)?, row.get(4)?);
    let until: Option<i64> = row.get(6)?;
    Ok(Push {
        page: page.parse().map_err(Fault::damaged)?,
        archive: row.get(2)?,
        at: instant(row.get(3)?)?,
        state: PushState::from_str(&state).map_err(Fault::damaged)?,
        detail: row.get(5)?,
        until: until.map(instant).transpose()?,
    })
}

/// Passes the id of every state, and the text of its leaf made again from the row, to `each`.
pub(super) fn each_leaf(
    connection: &Connection,
    each: &mut dyn FnMut(i64, Result<String, Fault>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = connection
        .prepare("SELECT id, page, archive, at, state, detail, until FROM push ORDER BY id")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        each(id, push(row).map(|push| leaf(id, &push).text()))?;
    }
    Ok(())
}
