//! The sheet of edits of a profile: what an editor can change in the article, from findings, decisions and the kept article.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    edit::{Decided, Edit, Material, State, proposals},
    finding::{Decisions, Standing, State as Reviewed},
    report::{Report, since},
    store::Store,
};

use super::{AnalyseError, Comparing, Named, citable::citable, current, report};

/// What sheets of edits are made with.
#[derive(Clone, Copy, Debug)]
pub struct Proposing<'a> {
    /// How findings that are not current are computed.
    pub comparing: &'a Comparing,
    /// The public address of the replay; empty for none.
    pub public: &'a str,
    /// The command line that opens this archive.
    pub command: &'a str,
}

/// The sheet of one profile.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The report that the edits go with.
    pub report: Report,
    /// The bytes of the article, if they are stored and unchanged.
    pub source: Option<Vec<u8>>,
    /// The edits, whatever their state.
    pub edits: Vec<Edit>,
}

impl Sheet {
    /// All edits of a profile under `decisions`; `source` is the article that it was read from.
    ///
    /// # Errors
    /// The archive cannot be read, or a payload does not match its digest; it was stopped.
    pub fn of(
        store: &Store,
        named: &Named,
        decisions: &Decisions,
        source: Option<Vec<u8>>,
        proposing: Proposing<'_>,
    ) -> Result<Self, AnalyseError> {
        let comparing = proposing.comparing;
        let findings = current(store, named, comparing)?;
        let report = report(
            store,
            named,
            &findings,
            decisions,
            comparing,
            proposing.command,
        )?;
        let standings = findings.iter().filter_map(|finding| {
            let decided = decided(&decisions.standing(finding))?;
            Some((&finding.id, decided))
        });
        let latest: BTreeMap<u32, NaiveDate> = report
            .references
            .iter()
            .filter_map(|reference| {
                let good = reference
                    .visits
                    .iter()
                    .rev()
                    .find(|visit| visit.good && visit.source.is_none())?;
                Some((reference.number, good.date.date_naive()))
            })
            .collect();
        let profile = &named.profile;
        let edits = proposals(&Material {
            name: &named.name,
            profile,
            source: source.as_deref(),
            findings: &findings,
            standings: standings.collect(),
            why: &since,
            latest: &|number| latest.get(&number).copied(),
            copies: &|number, finding| citable(&report, profile, number, finding, proposing.public),
        });
        Ok(Self {
            report,
            source,
            edits,
        })
    }
}

/// The decision about a finding; `None` for one that is open.
fn decided(standing: &Standing) -> Option<Decided> {
    let state = match standing {
        Standing::Open | Standing::CameBack(_) => return None,
        Standing::Later(_) if standing.is_open() => return None,
        _ if standing.state() == Reviewed::ToEdit => State::ToEdit,
        _ if standing.state() == Reviewed::Done => State::Done,
        _ => State::Settled,
    };
    let mark = standing.mark()?;
    Some(Decided {
        state,
        by: mark.by.clone(),
        at: mark.at,
        note: mark.note.clone(),
    })
}
