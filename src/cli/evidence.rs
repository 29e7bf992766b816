//! `stillsays evidence`: packs one finding and the captures it rests on, so that others can check it without this program.

use std::path::PathBuf;

use clap::Args;

use crate::{
    finding::{Decisions, Finding},
    interchange::Packet,
    pipeline::Named,
    store::{Access, Store},
    text::{counted, for_terminal},
};

use super::{
    Exit, Failure, Session,
    findings::{self, report_of},
    output::{is_stdout, write_by},
    profiles::ProfilesArgs,
    session::print,
};

/// Arguments of `evidence`.
#[derive(Args, Debug)]
pub(super) struct EvidenceArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The finding: its id, or the beginning of it
    #[arg(value_name = "FINDING")]
    finding: String,
    /// The package to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl EvidenceArgs {
    /// Writes the package, and prints what it contains.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let finding = findings::pick(session, &store, &profiles, &self.finding)?;
        let said = said(session, &store, &profiles, &finding)?;
        let packet = Packet {
            store: &store,
            finding: &finding,
            said: &said,
            created: session.clock.now(),
        };
        let (written, proved) = write_by(&self.output, |file| {
            let written = packet.write(file)?;
            written.ok_or_else(|| {
                Failure::usage(anyhow::anyhow!(
                    "finding {} does not rest on any capture",
                    finding.id
                ))
                .hint("a finding about a page that was never visited has no evidence")
            })
        })?;
        if !proved {
            session.remark("no checkpoint covers this finding yet, so the package contains no proofs; the next run writes a checkpoint");
        }
        if !is_stdout(&self.output) {
            print(&for_terminal(&self.output.display().to_string()))?;
        }
        session.remark(&format!(
            "{}, {} bytes",
            counted(written.captures, "capture", "captures"),
            written.bytes
        ));
        if written.removed > 0 {
            session.remark(&format!(
                "of {} more the bodies were removed by `prune`, so the words that the finding rests on can no longer be shown there; \
                 the package says what they were",
                written.removed
            ));
        }
        Ok(Exit::Done)
    }
}

/// What the finding says, in the words of the report.
fn said(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    finding: &Finding,
) -> Result<String, Failure> {
    let Some(named) = profiles
        .iter()
        .find(|profile| profile.name == finding.profile)
    else {
        return Ok(finding.id.to_string());
    };
    let report = report_of(
        session,
        store,
        named,
        std::slice::from_ref(finding),
        &Decisions::default(),
        "stillsays",
    )?;
    let entry = report
        .entries()
        .find(|entry| entry.finding.id == finding.id);
    Ok(match entry {
        Some(entry) => {
            let said = [&entry.said, &entry.since].map(|it| it.trim());
            let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
            format!(
                "{}: {}. {}",
                entry.subject,
                entry.label.words(),
                said.join(" ")
            )
        }
        None => format!("{}: {}", named.profile.title, finding.id),
    })
}
