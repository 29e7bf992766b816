//! The outbox: pages that are pushed to other archives, each state a row of its own and a leaf of the ledger.

use std::str::FromStr as _;

use rusqlite::{Connection, Row, params};

use super::{
    Fault, Store, StoreError, instant,
    ledger::{self, Kind},
    micros,
};
use crate::{clock::Instant, ledger::Leaf, uri::TargetUri};

/// Where the push of a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushState {
    /// It waits to be sent.
    Queued,
    /// It is being sent: whether it arrived is not known.
    Asking,
    /// The archive has a job for it; it is not archived yet.
    Asked,
    /// It is archived.
    Done,
    /// The archive does not save it.
    Refused,
    /// It is tried again.
    Later,
}

/// The push of a page, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The page.
    pub page: TargetUri,
    /// The archive, by name.
    pub archive: String,
    /// Since when it stands so.
    pub at: Instant,
    /// Where it stands.
    pub state: PushState,
    /// Why it was queued; the job; the address of the copy; the code and the message.
    pub detail: Option<String>,
    /// Not before that.
    pub until: Option<Instant>,
}

impl PushState {
    /// All of them.
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
        found.ok_or_else(|| format!("`{text}` is no state of a push"))
    }
}

impl Store {
    /// Enters the state of a push. It is on the disk when this returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_push(&self, push: Push) -> Result<(), StoreError> {
        self.write(move |connection| put(connection, &push))
    }

    /// Queues pages that are not in the outbox already, or were done with before `since`; returns how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn queue_pushes(&self, pushes: Vec<Push>, since: Instant) -> Result<usize, StoreError> {
        self.write(move |connection| {
            let mut queued = 0;
            for it in &pushes {
                let known = latest(connection, &it.archive, it.page.as_str())?;
                let is_open = known.is_some_and(|known| match known.state {
                    PushState::Done | PushState::Refused => known.at >= since,
                    _ => true,
                });
                if !is_open {
                    put(connection, it)?;
                    queued += 1;
                }
            }
            Ok(queued)
        })
    }

    /// The outbox as it stands, by page.
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

fn put(connection: &Connection, it: &Push) -> Result<(), Fault> {
    let id = connection
        .prepare_cached("INSERT INTO push (page, archive, at, state, detail, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .insert(params![
            it.page.as_str(),
            it.archive,
            micros(it.at),
            it.state.word(),
            it.detail,
            it.until.map(micros)
        ])?;
    ledger::append(connection, Kind::Push, id, &leaf(id, it))
}

fn leaf(id: i64, it: &Push) -> Leaf<'_> {
    Leaf::Push {
        id,
        page: it.page.as_str(),
        archive: &it.archive,
        at: it.at,
        state: it.state.word(),
        detail: it.detail.as_deref(),
        until: it.until,
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

/// Tells `each` the id of every state, and the text of its leaf, made again from the row.
pub(super) fn each_leaf(
    connection: &Connection,
    each: &mut dyn FnMut(i64, Result<String, Fault>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = connection
        .prepare("SELECT id, page, archive, at, state, detail, until FROM push ORDER BY id")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        each(id, push(row).map(|it| leaf(id, &it).text()))?;
    }
    Ok(())
}
