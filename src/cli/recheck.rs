//! `stillsays recheck`: computes every finding again from the stored captures alone.

use clap::Args;
use serde_json::json;

use crate::{pipeline, store::Access};

use super::{
    Exit, Failure, Format, Session,
    archive::Archive,
    findings,
    profiles::ProfilesArgs,
    session::{json_text, print},
};

/// Arguments of `recheck`.
#[derive(Args, Debug)]
pub(super) struct RecheckArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// Also read every page again
    #[arg(long)]
    readings: bool,
    /// The output format; json prints the findings
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl RecheckArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let archive = Archive::alone(session, "recheck", Access::ReadWrite)?;
        let mut tables = Vec::new();
        let compared = archive.write(|store| {
            if self.readings {
                store.forget_readings()?;
            }
            let comparing = findings::comparing(session);
            let compared = pipeline::recheck(store, &profiles, &comparing, &mut |_| {})?;
            for it in compared.iter().filter(|_| self.format == Format::Json) {
                let findings = store.findings(&it.profile)?;
                tables.push(
                    json!({"profile": it.profile, "changed": it.changed, "findings": findings}),
                );
            }
            Ok(compared)
        })?;
        print(&match self.format {
            Format::Json => json_text(&json!({"format": 1, "profiles": tables})),
            Format::Text => {
                let line = |compared: &pipeline::Compared| {
                    let same = if compared.changed {
                        "changed"
                    } else {
                        "unchanged"
                    };
                    format!(
                        "{}: {} findings, {same}",
                        compared.profile,
                        compared.findings.unwrap_or_default()
                    )
                };
                compared.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        })?;
        Ok(Exit::Done)
    }
}
