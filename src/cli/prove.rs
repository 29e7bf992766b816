//! `stillsays prove`: prints the proof that a capture or a finding is in the ledger, or that one checkpoint continues another.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::{
    ledger::Checkpoint,
    store::{Access, CaptureId, Store, StoreError},
    text::for_terminal,
};

use super::{
    Exit, Failure, Session, findings, output::write_whole, profiles::ProfilesArgs, session::print,
};

/// Arguments of `prove`.
#[derive(Args, Debug)]
pub(super) struct ProveArgs {
    /// A capture, by its number in `captures`; or a finding, by its id or the beginning of it
    #[arg(value_name = "CAPTURE|FINDING", required_unless_present = "between")]
    what: Option<String>,
    /// Prove that the ledger of the newer checkpoint continues the older one; name checkpoints by file or by number of leaves
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with = "what")]
    between: Option<Vec<String>>,
    /// The file to write the proof to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    profiles: ProfilesArgs,
}

impl ProveArgs {
    /// Prints the proof, or writes it to a file.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let proof = match (&self.between, &self.what) {
            (Some(ends), _) => between(&store, ends)?,
            (None, Some(what)) => match what.parse() {
                // The ids of findings are digits, too: twelve of them.
                Ok(number) if what.len() < 12 => {
                    let id = CaptureId(number);
                    store.prove_capture(id).map_err(unproved)?.proof.to_string()
                }
                _ => self.finding(session, &store, what)?,
            },
            (None, None) => String::new(),
        };
        match &self.output {
            Some(file) => {
                write_whole(file, proof.as_bytes())?;
                session.remark(&for_terminal(&file.display().to_string()));
            }
            None => print(&proof)?,
        }
        Ok(Exit::Done)
    }

    fn finding(&self, session: &Session, store: &Store, what: &str) -> Result<String, Failure> {
        let finding = findings::pick(session, store, &self.profiles.load(session)?, what)?;
        let proved = store.prove_finding(&finding.profile, &finding.id.0);
        Ok(proved.map_err(unproved)?.proof.to_string())
    }
}

fn unproved(error: StoreError) -> Failure {
    let failure = Failure::from(error);
    failure.hint(
        "entries after the latest checkpoint can be proved after the next one; every run ends with a checkpoint",
    )
}

fn between(store: &Store, ends: &[String]) -> Result<String, Failure> {
    let [old, new] = ends else {
        return Ok(String::new());
    };
    let (old_size, old_note) = end(old)?;
    let (new_size, _) = end(new)?;
    let proof = store.prove_between(old_size, new_size)?;
    if let Some(note) = old_note {
        let seal = store
            .seals()?
            .into_iter()
            .find(|seal| seal.size == new_size);
        let verifier = seal.and_then(|seal| seal.key.parse().ok());
        let holds = verifier.is_some_and(|verifier| proof.check(&note, &verifier).is_ok());
        if !holds {
            return Err(Failure::usage(anyhow::anyhow!(
                "the ledger of {new} does not continue {old}"
            ))
            .exit(Exit::Damaged)
            .hint("one of them belongs to another archive, or the archive was altered; `stillsays verify --checkpoint` shows more"));
        }
    }
    Ok(proof.to_string())
}

/// Reads a checkpoint that a person named: its number of leaves, and its note if it is a file.
fn end(named: &str) -> Result<(u64, Option<String>), Failure> {
    if let (Ok(size), false) = (named.parse(), Path::new(named).exists()) {
        return Ok((size, None));
    }
    let note = std::fs::read_to_string(named).map_err(|error| {
        Failure::usage(anyhow::Error::from(error).context(format!("{named} cannot be read")))
            .hint("name a file that `stillsays checkpoint -o FILE` wrote, or a number of leaves")
    })?;
    let checkpoint = Checkpoint::parse(&note).map_err(|error| {
        Failure::usage(anyhow::anyhow!("{named} is not a checkpoint: {error}"))
            .hint("a checkpoint is what `stillsays checkpoint` prints")
    })?;
    Ok((checkpoint.size, Some(note)))
}
