//! `stillsays recheck`: every finding computed again from the stored captures alone; and `verify`, which reads everything back.

use clap::Args;
use serde_json::json;

use crate::{
    pipeline::{self, PdfReader},
    store::{Access, Problem, RunLock, Store},
    text::for_terminal,
};

use super::{Exit, Failure, Format, Session, profiles::ProfilesArgs, session::print};

/// Arguments of `recheck`.
#[derive(Args, Debug)]
pub(super) struct RecheckArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The form to print in; json prints the findings
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl RecheckArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let settings = &session.config.settings;
        let _lock = RunLock::acquire(&settings.store, "recheck", session.clock.now())?;
        let store = Store::open(&settings.store, Access::ReadWrite)?;
        let compared = pipeline::compare_all(
            &store,
            &profiles,
            &PdfReader::this_program(),
            None,
            &mut |_| {},
        )?;
        print(&match self.format {
            Format::Json => {
                let profile = |it: &pipeline::Compared| json!({"profile": it.profile, "changed": it.changed, "findings": it.findings});
                let all: Vec<_> = compared.iter().map(profile).collect();
                format!("{:#}", json!({"format": 1, "profiles": all}))
            }
            Format::Text => {
                let line = |it: &pipeline::Compared| {
                    let same = if it.changed {
                        "other than before"
                    } else {
                        "the same as before"
                    };
                    format!("{}: {} findings, {same}", it.profile, it.findings.len())
                };
                compared.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        })?;
        Ok(Exit::Done)
    }
}

/// Arguments of `verify`.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {}

impl VerifyArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let Self {} = self;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let mut problems = store.verify_quick()?;
        problems.extend(store.verify_payloads()?);
        let held = store.held()?;
        let whole = format!(
            "{} captures and {} payloads read back as they were stored",
            held.captures, held.payloads
        );
        if problems.is_empty() {
            print(&whole)?;
            return Ok(Exit::Done);
        }
        print_problems(&problems)?;
        Err(Failure::usage(anyhow::anyhow!(
            "the store is damaged in {} places",
            problems.len()
        ))
        .exit(Exit::Damaged)
        .hint("keep the file as it is, and take the store back from a backup"))
    }
}

/// Prints what is not as it was stored, a line for each.
pub(super) fn print_problems(problems: &[Problem]) -> std::io::Result<()> {
    problems
        .iter()
        .try_for_each(|it| print(&for_terminal(&format!("{}: {}", it.place, it.detail))))
}
