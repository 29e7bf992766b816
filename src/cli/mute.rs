//! `stillsays mute`: stops questions about new names of a list, or asks them again.

use clap::Args;

use crate::{
    finding::{Mute, Muted},
    pipeline::Named,
    store::{Access, Store},
};

use super::{
    Exit, Failure, Session, archive::Archive, findings, profiles::ProfilesArgs, session::print,
};

/// Arguments of `mute`.
#[derive(Args, Debug)]
pub(super) struct MuteArgs {
    /// The claim whose list may grow without a question: its id, or the id of a finding about a new name; without it, all
    /// mutes are listed
    #[arg(value_name = "CLAIM")]
    claim: Option<String>,
    /// Ask about new names again
    #[arg(long, requires = "claim")]
    undo: bool,
    /// The reason, in your words
    #[arg(long, value_name = "TEXT", requires = "claim")]
    note: Option<String>,
    /// The name of the reviewer [default: the setting `reviewer`, or the name of the account]
    #[arg(long, value_name = "NAME", requires = "claim")]
    by: Option<String>,
    #[command(flatten)]
    profiles: ProfilesArgs,
}

impl MuteArgs {
    /// Records or lists mutes. Needs no run lock: it is one short transaction, even during a run.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let Some(typed) = &self.claim else {
            let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
            print(&listed(session, &store, &profiles)?)?;
            return Ok(Exit::Done);
        };
        let archive = Archive::beside(session, "mute")?;
        archive.write(|store| {
            let (profile, claim) = meant(session, store, &profiles, typed)?;
            let kind = Muted::NewNames;
            let mute = Mute {
                profile,
                claim: claim.clone(),
                kind,
                muted: !self.undo,
                at: session.clock.now(),
                by: self.by.clone().unwrap_or_else(|| session.person()),
                note: self.note.clone(),
            };
            let changed = store.mute(mute)?;
            session.remark(&match (self.undo, changed) {
                (true, true) => format!("{claim}: new names of this list are asked about again"),
                (true, false) => format!("{claim} is not muted"),
                (false, false) => format!("{claim} is muted already"),
                (false, true) => format!(
                    "{claim}: {}; undo: {} mute {claim} --undo",
                    kind.means(),
                    session.program
                ),
            });
            Ok(())
        })?;
        Ok(Exit::Done)
    }
}

/// The profile and the claim that a person named.
fn meant(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    typed: &str,
) -> Result<(String, String), Failure> {
    let claims = profiles.iter().filter_map(|named| {
        let claim = named.profile.claim(typed)?;
        Some((named.name.clone(), claim.id.clone()))
    });
    let mut claims: Vec<_> = claims.collect();
    match (claims.pop(), claims.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(Failure::usage(anyhow::anyhow!(
            "several profiles have a claim `{typed}`"
        ))
        .hint("choose one with --profile")),
        (None, _) if findings::is_id(typed) => {
            let finding = findings::pick(session, store, profiles, typed)?;
            let claim = finding.subject.claim().map(str::to_owned);
            let claim = claim.filter(|_| Muted::of(&finding).is_some());
            claim.map(|claim| (finding.profile.clone(), claim)).ok_or_else(|| {
                Failure::usage(anyhow::anyhow!("{} is not about a new name", finding.id))
                    .hint("only new names of a list can be muted; decide about other findings with `stillsays review`")
            })
        }
        (None, _) => Err(
            Failure::usage(anyhow::anyhow!("there is no claim `{typed}`"))
                .hint("`stillsays report` shows each claim with its id"),
        ),
    }
}

/// The mutes that apply now, one line each.
fn listed(session: &Session, store: &Store, profiles: &[Named]) -> Result<String, Failure> {
    let decisions = store.decisions(session.clock.now())?;
    let mut lines = Vec::new();
    for named in profiles {
        for claim in &named.profile.claims {
            for kind in Muted::ALL {
                if let Some(mute) = decisions.mute(&named.name, &claim.id, kind) {
                    let note = mute.note.as_ref().map(|note| format!(": “{note}”"));
                    lines.push(format!(
                        "{}  {}  {}, by {} on {}{}",
                        named.name,
                        named.profile.label_of(&claim.id),
                        kind.means(),
                        mute.by,
                        mute.at.format("%Y-%m-%d"),
                        note.unwrap_or_default()
                    ));
                }
            }
        }
    }
    if lines.is_empty() {
        lines.push("Nothing is muted.".to_owned());
    }
    Ok(crate::text::for_terminal(&lines.join("\n")))
}
