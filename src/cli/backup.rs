//! `stillsays backup` and `stillsays restore`: copy the archive while it is in use, and put a copy back.

use std::path::PathBuf;

use clap::Args;

use crate::{
    clock::digits14,
    store::{self, Access, RunLock, Store},
    text::{counted, for_terminal},
};

use super::{Exit, Failure, Session, run::make_folder_of, session::print, verify::print_problems};

/// Arguments of `backup`.
#[derive(Args, Debug)]
pub(super) struct BackupArgs {
    /// The file to write, or a folder; in a folder, the name of the copy includes the time
    #[arg(value_name = "DIR|FILE")]
    to: PathBuf,
}

impl BackupArgs {
    /// Writes a copy of the archive and prints its path; works during a run.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let settings = &session.config.settings;
        let store = Store::open(&settings.store, Access::ReadOnly)?;
        let to = if self.to.is_dir() {
            let stem = settings.store.file_stem().unwrap_or_default();
            let stamp = digits14(session.clock.now());
            self.to
                .join(format!("{}-{stamp}.db", stem.to_string_lossy()))
        } else {
            make_folder_of(&self.to)?;
            self.to
        };
        store.copy_to(&to)?;
        if !session.quiet {
            print(&for_terminal(&to.display().to_string()))?;
        }
        Ok(Exit::Done)
    }
}

/// Arguments of `restore`.
#[derive(Args, Debug)]
pub(super) struct RestoreArgs {
    /// The copy that `backup` wrote
    #[arg(value_name = "FILE")]
    from: PathBuf,
}

impl RestoreArgs {
    /// Checks the copy, puts it in place of the archive, and keeps the old archive beside it.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let path = &session.config.settings.store;
        make_folder_of(path)?;
        let now = session.clock.now();
        let _lock = RunLock::acquire(path, "restore", now)?;
        let name = digits14(now);
        match store::restore(&self.from, path, &name)? {
            Ok(restored) => {
                let shown = |path: &std::path::Path| for_terminal(&path.display().to_string());
                session.remark(&match &restored.aside {
                    Some(aside) => format!(
                        "restored {}; the archive it replaced is now {}",
                        shown(path),
                        shown(aside)
                    ),
                    None => format!("restored {}", shown(path)),
                });
                Ok(Exit::Done)
            }
            Err(problems) => {
                print_problems(&problems)?;
                Err(Failure::usage(anyhow::anyhow!(
                    "{} is damaged in {}; nothing was changed",
                    self.from.display(),
                    counted(problems.len(), "place", "places")
                ))
                .exit(Exit::Damaged)
                .hint("use an earlier copy"))
            }
        }
    }
}
