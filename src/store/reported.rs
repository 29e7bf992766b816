//! Which findings runs have reported, so that a quiet run reports only what no earlier run has.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Fault, Store, StoreError, findings};
use crate::finding::{Fate, Finding, FindingId, Subject, Weight};

/// What the last run reported about a profile, and what is known now.
#[derive(Clone, Debug, PartialEq)]
pub struct Untold {
    /// The findings that the last run reported: those that need a decision, and those about references.
    pub before: Vec<Finding>,
    /// The current findings: those that need a decision, those about references, and those about what was reported before.
    pub now: Vec<Finding>,
    /// What runs before the last one reported and no finding has confirmed or refuted since: after a page could not be read for
    /// a while, saying the same again is not news.
    earlier: Vec<Reported>,
    profile: String,
    /// The number of the current set of findings.
    set: i64,
}

/// A finding that a run reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Reported {
    id: FindingId,
    subject: Subject,
}

impl Untold {
    /// Whether a run reported this finding before, and nothing has refuted it since.
    #[must_use]
    pub fn is_known(&self, id: &FindingId) -> bool {
        let asked = |finding: &&Finding| finding.weight().is_question();
        let mut before = self.before.iter().filter(asked);
        before.any(|it| it.id == *id) || self.earlier.iter().any(|it| it.id == *id)
    }

    /// What was reported until now and is not among the current findings, unless they say that it is settled.
    fn earlier_then(&self) -> Vec<Reported> {
        let asked = self
            .before
            .iter()
            .filter(|before| before.weight().is_question());
        let before = asked.map(|it| Reported {
            id: it.id.clone(),
            subject: it.subject.clone(),
        });
        let said: BTreeSet<&FindingId> = self.now.iter().map(|now| &now.id).collect();
        let settled = |subject: &Subject| {
            let mut now = self.now.iter().filter(|now| now.subject == *subject);
            now.any(|it| {
                it.weight() == Weight::Settled && !matches!(it.fate(), Some(Fate::Waiting { .. }))
            })
        };
        let all = before.chain(self.earlier.iter().cloned());
        all.filter(|it| !said.contains(&it.id) && !settled(&it.subject))
            .collect()
    }
}

impl Store {
    /// The news about a profile; `None` if the last run has reported everything.
    ///
    /// `changed` says that the current run stored the latest findings. It matters if no run has recorded its report yet: then the
    /// findings before those count as reported.
    ///
    /// # Errors
    /// The file cannot be read, or what was kept does not read back.
    pub fn untold(&self, profile: &str, changed: bool) -> Result<Option<Untold>, StoreError> {
        self.read(|connection| untold(connection, "told", profile, changed))
    }

    /// Records that a run has reported everything about a profile.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn mark_reported(&self, untold: &Untold) -> Result<(), StoreError> {
        let untold = untold.clone();
        self.write(move |connection| note(connection, "told", &untold))
    }
}

/// The news about a profile since what `table` has: `told` for what runs print, `alerted` for messages.
pub(super) fn untold(
    connection: &Connection,
    table: &'static str,
    profile: &str,
    changed: bool,
) -> Result<Option<Untold>, Fault> {
    let Some(set) = findings::latest_id(connection, profile)? else {
        return Ok(None);
    };
    let row: Option<(i64, Option<String>)> = connection
        .prepare_cached(&format!(
            "SELECT findings, earlier FROM {table} WHERE profile = ?1"
        ))?
        .query_row([profile], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (reported, earlier) = row.map_or((None, None), |row| (Some(row.0), row.1));
    if reported == Some(set) {
        return Ok(None);
    }
    let earlier: Vec<Reported> = match earlier {
        Some(json) => serde_json::from_str(&json).map_err(Fault::damaged)?,
        None => Vec::new(),
    };
    let matters = |finding: &Finding| {
        finding.weight().is_question() || matches!(finding.subject, Subject::Reference { .. })
    };
    let last = match reported {
        Some(reported) => Some(reported),
        None if changed => findings::before(connection, profile, set)?,
        None => Some(set),
    };
    let before = last.map_or(Ok(Vec::new()), |it| {
        findings::of_set(connection, it, &matters)
    })?;
    let subjects: HashSet<&Subject> = before
        .iter()
        .map(|before| &before.subject)
        .chain(earlier.iter().map(|earlier| &earlier.subject))
        .collect();
    let now = findings::of_set(connection, set, &|it| {
        matters(it) || subjects.contains(&it.subject)
    })?;
    Ok(Some(Untold {
        before,
        now,
        earlier,
        profile: profile.to_owned(),
        set,
    }))
}

/// Records in `table` that everything about a profile is reported.
pub(super) fn note(
    connection: &Connection,
    table: &'static str,
    untold: &Untold,
) -> Result<(), Fault> {
    let earlier = match untold.earlier_then().as_slice() {
        [] => None,
        some => Some(serde_json::to_string(some).map_err(Fault::damaged)?),
    };
    connection
        .prepare_cached(&format!(
            "INSERT INTO {table} (profile, findings, earlier) VALUES (?1, ?2, ?3)
             ON CONFLICT (profile) DO UPDATE SET findings = excluded.findings, earlier = excluded.earlier"
        ))?
        .execute(params![untold.profile, untold.set, earlier])?;
    Ok(())
}
