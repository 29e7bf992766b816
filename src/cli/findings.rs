//! From the store to a report: what the verbs that show findings share.

use std::collections::BTreeMap;

use crate::{
    finding::{Finding, FindingId, Review},
    pipeline::{self, Comparing, Named},
    report::Report,
    store::Store,
};

use super::{Failure, Session};

/// The report on one profile, from findings that were computed before; `command` leads to the archive.
pub(super) fn report_of(
    session: &Session,
    store: &Store,
    named: &Named,
    findings: &[Finding],
    reviews: &[Review],
    command: &str,
) -> Result<Report, Failure> {
    let comparing = comparing(session);
    Ok(pipeline::report(
        store, named, findings, reviews, &comparing, command,
    )?)
}

/// The findings as they are now: those that the last run stored, or, where what they rest on has changed since, computed now.
pub(super) fn current(
    session: &Session,
    store: &Store,
    named: &Named,
) -> Result<Vec<Finding>, Failure> {
    Ok(pipeline::current(store, named, &comparing(session))?)
}

/// How this session compares.
pub(super) fn comparing(session: &Session) -> Comparing {
    Comparing::new(session.config.settings.alert.alert())
}

/// How many digits of an id a person has to type.
const DIGITS: usize = 4;

/// Whether a person may mean a finding by what they typed: its id, or the beginning of it.
pub(super) fn is_id(typed: &str) -> bool {
    let typed = typed.trim();
    (DIGITS..=FindingId::DIGITS).contains(&typed.len())
        && typed.bytes().all(|it| it.is_ascii_hexdigit())
}

/// The finding that a person means by its id or the beginning of it.
pub(super) fn pick(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    wanted: &str,
) -> Result<Finding, Failure> {
    let mut all = pick_all(
        session,
        store,
        profiles,
        std::slice::from_ref(&wanted.to_owned()),
    )?;
    all.pop().ok_or_else(|| not_there(wanted))
}

/// The findings that a person means, in the order in which they were typed, each once.
///
/// One that is no longer there, because the page changed or a decision taught something, can still be named.
pub(super) fn pick_all(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    wanted: &[String],
) -> Result<Vec<Finding>, Failure> {
    let ids: Vec<String> = wanted.iter().map(|it| it.trim().to_lowercase()).collect();
    let comparing = comparing(session);
    let mut all = Vec::new();
    for named in profiles {
        all.extend(pipeline::current_with(store, named, &ids, &comparing)?);
    }
    let mut decided: Option<Vec<Finding>> = None;
    let mut meant: Vec<Finding> = Vec::new();
    for typed in wanted {
        let id = typed.trim().to_lowercase();
        if id.len() < DIGITS {
            return Err(
                Failure::usage(anyhow::anyhow!("`{typed}` is too short for a finding"))
                    .hint(format!("write at least {DIGITS} digits of its id")),
            );
        }
        let mut found = beginning(&all, &id);
        if found.is_empty() {
            if decided.is_none() {
                let mut gone = Vec::new();
                for named in profiles {
                    gone.extend(store.decided(&named.name)?.into_iter().map(|it| it.about));
                }
                decided = Some(gone);
            }
            found = beginning(decided.as_deref().unwrap_or_default(), &id);
        }
        let ids: Vec<&str> = found.keys().map(|it| it.0.as_str()).collect();
        let many = ids.len();
        let one = match found.values().next() {
            Some(it) if many == 1 => (*it).clone(),
            // A decision about a profile that is no longer there can still be named, by the whole id.
            None => store
                .reviewed(&FindingId(id))?
                .ok_or_else(|| not_there(typed))?,
            Some(_) => {
                return Err(Failure::usage(anyhow::anyhow!(
                    "`{typed}` is the beginning of {many} findings"
                ))
                .hint(format!("write more of one of these: {}", ids.join(", "))));
            }
        };
        if !meant.iter().any(|it| it.id == one.id) {
            meant.push(one);
        }
    }
    Ok(meant)
}

/// The findings whose ids begin with `id`; of several with one id, the last.
fn beginning<'a>(all: &'a [Finding], id: &str) -> BTreeMap<&'a FindingId, &'a Finding> {
    let begins = all.iter().filter(|it| it.id.0.starts_with(id));
    begins.map(|it| (&it.id, it)).collect()
}

fn not_there(wanted: &str) -> Failure {
    Failure::usage(anyhow::anyhow!("there is no finding `{wanted}`"))
        .hint("`stillsays report` shows each finding with its id")
}
