//! `stillsays verify`: reads everything back, and compares it with the ledger and with checkpoints that were kept elsewhere.

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
    /// A checkpoint that was kept elsewhere and that the ledger must continue; repeatable
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The public key that must have signed, or the file that contains it [default: the key of the archive]
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Compute every stored answer and finding again, not only a sample
    #[arg(long)]
    deep: bool,
}

impl VerifyArgs {
    /// Checks everything, and prints the problems; the exit code for any is "the store is damaged".
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
            .hint("keep the file as it is, and restore the store from a backup"));
        }
        let size = store.size()?;
        print(&format!(
            "{} and {} are intact",
            counted(size.captures, "capture", "captures"),
            counted(size.payloads, "payload", "payloads")
        ))?;
        if verified.removed > 0 {
            print(&format!(
                "{} removed on purpose, as the ledger records",
                counted(verified.removed, "payload was", "payloads were")
            ))?;
        }
        let ledger = match &verified.key {
            None => format!(
                "the ledger has {} and no checkpoint yet",
                counted(verified.leaves, "leaf", "leaves")
            ),
            Some(key) => format!(
                "the ledger has {}; the latest checkpoint covers {} of them and is signed by {key}",
                counted(verified.leaves, "leaf", "leaves"),
                verified.sealed
            ),
        };
        print(&for_terminal(&ledger))?;
        for (name, _) in &trust.checkpoints {
            print(&for_terminal(&format!("the ledger continues {name}")))?;
        }
        if let Some((stamp, size)) = &verified.stamped {
            let who = if stamp.trusted {
                "trusted"
            } else {
                "not checked against trusted certificates: see `ledger.timestamp_roots`"
            };
            print(&format!(
                "an authority ({who}) with the certificate {} confirms that the checkpoint over {size} leaves existed at {}",
                stamp.certificate,
                warc_date(stamp.at)
            ))?;
        }
        if trust.verifier.is_none() && verified.key.is_some() {
            session.remark(
                "this machine does not know whose key that is; name the key that must have signed with --key",
            );
        }
        Ok(Exit::Done)
    }
}

impl VerifyArgs {
    /// The stored answers that do not follow from the visits.
    fn answers(&self, session: &Session, store: &Store) -> Result<Vec<Problem>, Failure> {
        let comparing = findings::comparing(session);
        let mut problems = Vec::new();
        // Profiles that are missing or unreadable have no answers to check.
        let files = pipeline::profile_files(&session.config.settings.profiles).unwrap_or_default();
        for named in files
            .iter()
            .filter_map(|file| pipeline::read_profile(file).ok())
        {
            problems.extend(pipeline::verify_answers(
                store, &named, &comparing, self.deep,
            )?);
        }
        Ok(problems)
    }
}

/// Prints one line for each problem.
pub(super) fn print_problems(problems: &[Problem]) -> io::Result<()> {
    problems.iter().try_for_each(|problem| {
        print(&for_terminal(&format!(
            "{}: {}",
            problem.place, problem.detail
        )))
    })
}

/// A progress bar on a terminal, nothing elsewhere.
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
