//! Findings from the store: the code shared by the commands that show them.

use std::collections::BTreeMap;

use crate::{
    finding::{Decisions, Finding, FindingId},
    pipeline::{self, Comparing, Named},
    report::Report,
    store::Store,
};

use super::{Failure, Session};

/// The report on one profile, made from `findings`; `command` is the command line that opens this archive.
pub(super) fn report_of(
    session: &Session,
    store: &Store,
    named: &Named,
    findings: &[Finding],
    decisions: &Decisions,
    command: &str,
) -> Result<Report, Failure> {
    let comparing = comparing(session);
    Ok(pipeline::report(
        store, named, findings, decisions, &comparing, command,
    )?)
}

/// The current findings: those that the last run stored or, if something they rest on has changed since, computed now.
pub(super) fn current(
    session: &Session,
    store: &Store,
    named: &Named,
) -> Result<Vec<Finding>, Failure> {
    Ok(pipeline::current(store, named, &comparing(session))?)
}

/// The options for comparing, from the settings.
pub(super) fn comparing(session: &Session) -> Comparing {
    Comparing {
        most_bytes: session.config.settings.fetch.max_bytes,
        pages: session.config.settings.fetch.pages,
        ..Comparing::new(session.config.settings.alert.alert())
    }
}

/// The least number of digits of an id that a person has to type.
const DIGITS: usize = 4;

/// Whether `typed` can be the id of a finding, or the beginning of one.
pub(super) fn is_id(typed: &str) -> bool {
    let typed = typed.trim();
    (DIGITS..=FindingId::DIGITS).contains(&typed.len())
        && typed.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The finding whose id begins with `wanted`.
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

/// The findings whose ids begin with the words in `wanted`, in the order typed, each once.
///
/// A finding that no longer exists, because the page changed or because of a decision, can still be named.
pub(super) fn pick_all(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    wanted: &[String],
) -> Result<Vec<Finding>, Failure> {
    let ids: Vec<String> = wanted
        .iter()
        .map(|typed| typed.trim().to_lowercase())
        .collect();
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
            return Err(Failure::usage(anyhow::anyhow!(
                "`{typed}` is too short for the id of a finding"
            ))
            .hint(format!("write at least {DIGITS} digits of its id")));
        }
        let mut found = beginning(&all, &id);
        if found.is_empty() {
            if decided.is_none() {
                let mut gone = Vec::new();
                for named in profiles {
                    gone.extend(
                        store
                            .decided(&named.name)?
                            .into_iter()
                            .map(|decided| decided.about),
                    );
                }
                decided = Some(gone);
            }
            found = beginning(decided.as_deref().unwrap_or_default(), &id);
        }
        let ids: Vec<&str> = found.keys().map(|key| key.0.as_str()).collect();
        let many = ids.len();
        let one = match found.values().next() {
            Some(value) if many == 1 => (*value).clone(),
            // A finding of a deleted profile can still be named, by its full id.
            None => store
                .reviewed(&FindingId(id))?
                .ok_or_else(|| not_there(typed))?,
            Some(_) => {
                return Err(Failure::usage(anyhow::anyhow!(
                    "`{typed}` is the beginning of {many} findings"
                ))
                .hint(format!(
                    "write more digits of one of these: {}",
                    ids.join(", ")
                )));
            }
        };
        if !meant.iter().any(|finding| finding.id == one.id) {
            meant.push(one);
        }
    }
    Ok(meant)
}

/// The findings whose ids begin with `id`; if several have the same id, the last one.
fn beginning<'a>(all: &'a [Finding], id: &str) -> BTreeMap<&'a FindingId, &'a Finding> {
    let begins = all.iter().filter(|finding| finding.id.0.starts_with(id));
    begins.map(|finding| (&finding.id, finding)).collect()
}

fn not_there(wanted: &str) -> Failure {
    Failure::usage(anyhow::anyhow!("there is no finding `{wanted}`"))
        .hint("`stillsays report` shows each finding with its id")
}
