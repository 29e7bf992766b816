//! `stillsays review`: what a person decides about a finding, kept with time and name, and undone the same way.

use clap::Args;

use crate::{
    finding::{Decision, Review},
    pipeline::{self, PdfReader},
    store::{Access, RunLock, Store},
};

use super::{Exit, Failure, Session, findings, ledger::Sealer, profiles::ProfilesArgs};

/// Arguments of `review`.
#[derive(Args, Debug)]
pub(super) struct ReviewArgs {
    /// The finding: its id as reports show it, or the beginning of it
    #[arg(value_name = "FINDING")]
    finding: String,
    /// What is decided
    #[arg(value_name = "DECISION")]
    decision: Word,
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Who decides [default: the setting `reviewer`, or the account's name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    profiles: ProfilesArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Word {
    /// The finding is right.
    Accept,
    /// The finding is wrong.
    Reject,
    /// To be looked at again.
    Later,
    /// Takes the last decision back.
    Undo,
}

impl ReviewArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let settings = &session.config.settings;
        let profiles = self.profiles.load(session)?;
        let _lock = RunLock::acquire(&settings.store, "review", session.clock.now())?;
        let store = Store::open(&settings.store, Access::ReadWrite)?;
        let mut all = Vec::new();
        for named in &profiles {
            all.extend(findings::current(&store, named)?);
        }
        let about = findings::pick(&store, all, &self.finding)?;
        let id = about.id.clone();
        let decision = match self.decision {
            Word::Accept => Some(Decision::Accept),
            Word::Reject => Some(Decision::Reject),
            Word::Later => Some(Decision::Later),
            Word::Undo => None,
        };
        let review = Review {
            finding: id.clone(),
            decision,
            at: session.clock.now(),
            by: self.by.clone().unwrap_or_else(|| session.person()),
            note: self.note.clone(),
        };
        let sealer = Sealer::open(session, &store)?;
        store.add_review(&review, Some(&about))?;
        // A rejected rename changes what the names are matched with; the findings follow at once.
        let compared = pipeline::compare_all(
            &store,
            &profiles,
            &PdfReader::this_program(),
            None,
            &mut |_| {},
        )?;
        sealer.seal(session, &store)?;
        let done = match decision {
            Some(Decision::Accept) => "accepted",
            Some(Decision::Reject) => "rejected",
            Some(Decision::Later) => "put off",
            None => "open again",
        };
        session.remark(&format!("{id} is {done}"));
        if compared.iter().any(|it| it.changed) {
            session.remark("the decision changed other findings; `stillsays report` shows them");
        }
        Ok(Exit::Done)
    }
}
