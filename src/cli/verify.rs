//! `stillsays verify`: reads everything back, and holds it against the ledger and against checkpoints that were kept elsewhere.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    clock::warc_date,
    pipeline,
    store::{Access, Advance, Problem, Store, Trust},
    text::{counted, for_terminal},
};

use super::{Exit, Failure, Session, findings, ledger, session::print};

/// Arguments of `verify`.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// A checkpoint that was kept elsewhere: the ledger must go on from it
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// Who must have signed: the public key, or the file that has it [default: the archive's own key]
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Compute every stored answer and finding anew, rather than a sample
    #[arg(long)]
    deep: bool,
}

impl VerifyArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let mut trust = Trust {
            verifier: ledger::verifier(session, self.key.as_deref())?,
            checkpoints: Vec::new(),
            roots: ledger::roots(session)?,
        };
        for file in &self.checkpoint {
            let note = std::fs::read_to_string(file).map_err(|it| {
                let error = anyhow::Error::from(it);
                Failure::usage(error.context(format!("{} cannot be read", file.display())))
                    .hint("a checkpoint is what `stillsays checkpoint` prints")
            })?;
            trust.checkpoints.push((file.display().to_string(), note));
        }
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let mut progress = Progress::new(session);
        let verified = store.verify(&trust, &mut |it| progress.tell(it));
        progress.end();
        let mut verified = verified?;
        if verified.problems.is_empty() {
            verified.problems = self.answers(session, &store)?;
        }
        if !verified.problems.is_empty() {
            print_problems(&verified.problems)?;
            return Err(Failure::usage(anyhow::anyhow!(
                "the store is damaged in {}",
                counted(verified.problems.len(), "place", "places")
            ))
            .exit(Exit::Damaged)
            .hint("keep the file as it is, and take the store back from a backup"));
        }
        let held = store.held()?;
        print(&format!(
            "{} and {} read back as they were stored",
            counted(held.captures, "capture", "captures"),
            counted(held.payloads, "payload", "payloads")
        ))?;
        if verified.removed > 0 {
            print(&format!(
                "{} removed on purpose, as the ledger says",
                counted(verified.removed, "payload was", "payloads were")
            ))?;
        }
        let ledger = match &verified.key {
            None => format!(
                "the ledger has {}, and no checkpoint yet",
                counted(verified.leaves, "leaf", "leaves")
            ),
            Some(key) => format!(
                "the ledger has {}; the last checkpoint covers {} of them, signed by {key}",
                counted(verified.leaves, "leaf", "leaves"),
                verified.sealed
            ),
        };
        print(&for_terminal(&ledger))?;
        for (name, _) in &trust.checkpoints {
            print(&for_terminal(&format!("the ledger goes on from {name}")))?;
        }
        if let Some((stamp, size)) = &verified.stamped {
            let who = if stamp.trusted {
                "trusted"
            } else {
                "not held against any trusted one: see `ledger.timestamp_roots`"
            };
            print(&format!(
                "the checkpoint over {size} leaves was there at {}, says an authority ({who}) with the certificate {}",
                warc_date(stamp.at),
                stamp.certificate
            ))?;
        }
        if trust.verifier.is_none() && verified.key.is_some() {
            session.remark(
                "whose key that is, is not known here: --key names the one that must have signed",
            );
        }
        Ok(Exit::Done)
    }
}

impl VerifyArgs {
    /// What of the stored answers is not what the visits say.
    fn answers(&self, session: &Session, store: &Store) -> Result<Vec<Problem>, Failure> {
        let comparing = findings::comparing(session);
        let mut problems = Vec::new();
        // Profiles that are not there, or cannot be read, have nothing that could be held against them.
        let files = pipeline::profile_files(&session.config.settings.profiles).unwrap_or_default();
        for named in files
            .iter()
            .filter_map(|it| pipeline::read_profile(it).ok())
        {
            problems.extend(pipeline::verify_answers(
                store, &named, &comparing, self.deep,
            )?);
        }
        Ok(problems)
    }
}

/// Prints what is not as it was stored, a line for each.
pub(super) fn print_problems(problems: &[Problem]) -> io::Result<()> {
    problems
        .iter()
        .try_for_each(|it| print(&for_terminal(&format!("{}: {}", it.place, it.detail))))
}

/// A bar on a terminal, and nothing elsewhere.
struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
}

impl Progress {
    fn new(session: &Session) -> Self {
        let bar = (!session.quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("{bar:24} {percent:>3} %  {elapsed}  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { bar, what: "" }
    }

    fn tell(&mut self, advance: Advance) {
        let Some(bar) = &self.bar else { return };
        if self.what != advance.what {
            self.what = advance.what;
            bar.set_length(advance.of);
            bar.set_message(advance.what);
        }
        bar.set_position(advance.done);
    }

    fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
