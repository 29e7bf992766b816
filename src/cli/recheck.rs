//! `stillsays recheck`: every finding computed again from the stored captures alone.

use clap::Args;
use serde_json::json;

use crate::{
    pipeline::{self, PdfReader},
    store::{Access, RunLock, Store},
};

use super::{
    Exit, Failure, Format, Session, ledger::Sealer, profiles::ProfilesArgs, session::print,
};

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
        let sealer = Sealer::open(session, &store)?;
        let compared = pipeline::compare_all(
            &store,
            &profiles,
            &PdfReader::this_program(),
            None,
            &mut |_| {},
        )?;
        sealer.seal(session, &store)?;
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
