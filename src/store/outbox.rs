//! The outbox of messages: what is new, written in the transaction of the findings; the messages made of it; the attempts to send them.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Fault, Store, StoreError, instant, micros, reported};
use crate::{
    clock::Instant,
    finding::{Finding, recovered},
};

/// How long a message that was sent, or given up, is in the log.
const KEPT: chrono::TimeDelta = chrono::TimeDelta::days(90);

/// Something new.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Its number: later ones have greater numbers.
    pub id: i64,
    /// Whether a reference was lost and is back.
    pub is_back: bool,
    /// The finding.
    pub finding: Finding,
}

/// How far a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelState {
    /// The last alert that it got, or that is older than the channel.
    pub alert: i64,
    /// When its last digest was made, or since when it exists.
    pub digested: Instant,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageState {
    /// It waits for its first or next attempt.
    Waiting,
    /// An attempt began and has not ended: it is going on, or was interrupted.
    Sending,
    /// The receiver has it.
    Sent,
    /// No further attempt is made by itself.
    Failed,
}

/// A message for a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id, by which receivers drop repeats.
    pub id: String,
    /// The name of the channel.
    pub channel: String,
    /// When it was made.
    pub created: Instant,
    /// What it says, as JSON.
    pub digest: String,
    /// Where it stands.
    pub state: MessageState,
    /// When the next attempt is made.
    pub due: Instant,
    /// How many attempts were made since it was made, or asked for again.
    pub tries: u32,
}

/// An attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: Instant,
    /// `None` if it was interrupted, empty if the message was sent, else why it was not.
    pub detail: Option<String>,
}

impl MessageState {
    const ALL: [(&'static str, Self); 4] = [
        ("waiting", Self::Waiting),
        ("sending", Self::Sending),
        ("sent", Self::Sent),
        ("failed", Self::Failed),
    ];

    /// The word in the store and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|it| it.1 == self);
        found.map_or("", |it| it.0)
    }
}

/// Writes what is new in the latest findings of a profile, if there is a channel.
pub(super) fn alert(connection: &Connection, profile: &str) -> Result<(), Fault> {
    let any: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM channel)")?
        .query_row((), |row| row.get(0))?;
    if !any {
        return Ok(());
    }
    let Some(untold) = reported::untold(connection, "alerted", profile, true)? else {
        return Ok(());
    };
    let put = |finding: &Finding, is_back: bool| -> Result<(), Fault> {
        let json = serde_json::to_string(finding).map_err(Fault::damaged)?;
        connection
            .prepare_cached("INSERT INTO alert (profile, back, finding) VALUES (?1, ?2, ?3)")?
            .execute(params![profile, is_back, json])?;
        Ok(())
    };
    for finding in &untold.now {
        if finding.weight().is_question() && !untold.is_known(&finding.id) {
            put(finding, false)?;
        }
    }
    for finding in recovered(&untold.before, &untold.now) {
        put(finding, true)?;
    }
    reported::note(connection, "alerted", &untold)
}

impl Store {
    /// Has messages made for these channels from now on, and for no others.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep_channels(&self, names: &[String], now: Instant) -> Result<(), StoreError> {
        let mut wanted = names.to_vec();
        wanted.sort_unstable();
        let known: Vec<String> = self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT name FROM channel ORDER BY name")?;
            let names = statement.query_map((), |row| row.get(0))?;
            Ok(names.collect::<Result<_, _>>()?)
        })?;
        if known == wanted {
            return Ok(());
        }
        self.write(move |connection| {
            for name in known.iter().filter(|name| !wanted.contains(name)) {
                connection.execute("DELETE FROM channel WHERE name = ?1", [name])?;
            }
            for name in wanted.iter().filter(|name| !known.contains(name)) {
                connection.execute(
                    "INSERT INTO channel (name, alert, digested)
                     VALUES (?1, (SELECT coalesce(max(id), 0) FROM alert), ?2)",
                    params![name, micros(now)],
                )?;
            }
            if wanted.is_empty() {
                // Without a channel no message waits: the next channel begins with what is new then.
                connection.execute_batch("DELETE FROM alert; DELETE FROM alerted")?;
            }
            Ok(())
        })
    }

    /// How far a channel is; `None` for one that messages are not made for.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn channel_state(&self, name: &str) -> Result<Option<ChannelState>, StoreError> {
        self.read(|connection| {
            let state = connection
                .prepare_cached("SELECT alert, digested FROM channel WHERE name = ?1")?
                .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let state = state.map(|(alert, digested)| {
                let digested = instant(digested)?;
                Ok(ChannelState { alert, digested })
            });
            state.transpose()
        })
    }

    /// The alerts after one, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or what was kept does not read back.
    pub fn alerts_after(&self, alert: i64) -> Result<Vec<Alert>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, back, finding FROM alert WHERE id > ?1 ORDER BY id")?;
            let mut rows = statement.query([alert])?;
            let mut alerts = Vec::new();
            while let Some(row) = rows.next()? {
                let finding: String = row.get(2)?;
                alerts.push(Alert {
                    id: row.get(0)?,
                    is_back: row.get(1)?,
                    finding: serde_json::from_str(&finding).map_err(Fault::damaged)?,
                });
            }
            Ok(alerts)
        })
    }

    /// Records that a channel got everything until an alert, with the message about it, if it got one: its id and its digest.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_message(
        &self,
        channel: &str,
        until: i64,
        message: Option<(String, String)>,
        now: Instant,
    ) -> Result<(), StoreError> {
        let channel = channel.to_owned();
        self.write(move |connection| {
            connection.execute(
                "UPDATE channel SET alert = ?2, digested = ?3 WHERE name = ?1",
                params![channel, until, micros(now)],
            )?;
            if let Some((id, digest)) = &message {
                connection.execute(
                    "INSERT INTO message (id, channel, created, digest, state, due, tries)
                     VALUES (?1, ?2, ?3, ?4, 'waiting', ?3, 0) ON CONFLICT (id) DO NOTHING",
                    params![id, channel, micros(now), digest],
                )?;
            }
            connection.execute(
                "DELETE FROM alert WHERE id <= (SELECT min(alert) FROM channel)",
                (),
            )?;
            // A failure that no message followed can be why the channel is disabled: it stays.
            connection.execute(
                "DELETE FROM message WHERE created < ?1 AND (state = 'sent' OR state = 'failed' AND EXISTS
                     (SELECT 1 FROM message AS later WHERE later.channel = message.channel
                      AND later.state = 'sent' AND later.created > message.created))",
                [micros(now - KEPT)],
            )?;
            Ok(())
        })
    }

    /// The messages to send at `now`, the oldest first; among them those whose attempt was interrupted.
    ///
    /// Only one process sends at a time, so an attempt that has not ended never will.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn due_messages(&self, now: Instant) -> Result<Vec<Message>, StoreError> {
        self.messages_where(
            "state IN ('waiting', 'sending') AND due <= ?1 ORDER BY created, channel, id",
            micros(now),
        )
    }

    /// The channels that are disabled: an attempt failed for a reason that begins with `gone`, for good, and nobody has made that
    /// message due again.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn disabled_channels(&self, gone: &str) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT DISTINCT channel FROM message JOIN attempt ON attempt.message = message.id
                 WHERE message.state = 'failed' AND substr(attempt.detail, 1, length(?1)) = ?1 ORDER BY channel",
            )?;
            let names = statement.query_map([gone], |row| row.get(0))?;
            Ok(names.collect::<Result<_, _>>()?)
        })
    }

    /// The messages in the log, the latest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn messages(&self) -> Result<Vec<Message>, StoreError> {
        self.messages_where("?1 IS NOT NULL ORDER BY created DESC, channel, id", 0)
    }

    fn messages_where(&self, condition: &str, value: i64) -> Result<Vec<Message>, StoreError> {
        let sql = format!(
            "SELECT id, channel, created, digest, state, due, tries FROM message WHERE {condition}"
        );
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([value])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(message(row)?);
            }
            Ok(all)
        })
    }

    /// The attempts to send a message, the first one first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn attempts(&self, message: &str) -> Result<Vec<Attempt>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT at, detail FROM attempt WHERE message = ?1 ORDER BY id")?;
            let mut rows = statement.query([message])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let at = instant(row.get(0)?)?;
                let detail = row.get(1)?;
                all.push(Attempt { at, detail });
            }
            Ok(all)
        })
    }

    /// Records that a message is about to be sent. It is on the disk when this returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin_attempt(&self, message: &str, now: Instant) -> Result<(), StoreError> {
        let message = message.to_owned();
        self.write(move |connection| {
            connection.execute(
                "UPDATE message SET state = 'sending', tries = tries + 1 WHERE id = ?1",
                [&message],
            )?;
            connection.execute(
                "INSERT INTO attempt (message, at) VALUES (?1, ?2)",
                params![message, micros(now)],
            )?;
            Ok(())
        })
    }

    /// Records what came of it: `detail` is empty if it was sent, else why it was not; `next` is when to try again, if ever.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn end_attempt(
        &self,
        message: &str,
        detail: &str,
        next: Option<Instant>,
    ) -> Result<(), StoreError> {
        let (message, detail) = (message.to_owned(), detail.to_owned());
        self.write(move |connection| {
            let state = match next {
                _ if detail.is_empty() => MessageState::Sent,
                Some(_) => MessageState::Waiting,
                None => MessageState::Failed,
            };
            connection.execute(
                "UPDATE message SET state = ?2, due = coalesce(?3, due) WHERE id = ?1",
                params![message, state.word(), next.map(micros)],
            )?;
            connection.execute(
                "UPDATE attempt SET detail = ?2 WHERE id = (SELECT max(id) FROM attempt WHERE message = ?1)",
                params![message, detail],
            )?;
            Ok(())
        })
    }

    /// Makes messages due that wait or were given up: those with these ids, or all; returns how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn retry_messages(&self, ids: &[String], now: Instant) -> Result<usize, StoreError> {
        let ids = ids.to_vec();
        self.write(move |connection| {
            let sql =
                "UPDATE message SET state = 'waiting', due = ?1, tries = 0 WHERE state <> 'sent'";
            if ids.is_empty() {
                return Ok(connection.execute(sql, [micros(now)])?);
            }
            let mut count = 0;
            for id in &ids {
                let sql = format!("{sql} AND id = ?2");
                count += connection.execute(&sql, params![micros(now), id])?;
            }
            Ok(count)
        })
    }
}

fn message(row: &Row<'_>) -> Result<Message, Fault> {
    let state: String = row.get(4)?;
    let state = MessageState::ALL.iter().find(|it| it.0 == state);
    Ok(Message {
        id: row.get(0)?,
        channel: row.get(1)?,
        created: instant(row.get(2)?)?,
        digest: row.get(3)?,
        state: state
            .map(|it| it.1)
            .ok_or_else(|| Fault::damaged("a message has an unknown state"))?,
        due: instant(row.get(5)?)?,
        tries: row.get(6)?,
    })
}
