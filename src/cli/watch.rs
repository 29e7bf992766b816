//! `stillsays watch`: does `run --due` again and again, until the program is stopped.

use std::time::Duration;

use clap::Args;

use crate::{
    pipeline::Named,
    store::{Access, Store, StoreError},
};

use super::{
    Exit, Failure, Session,
    archive::Archive,
    notify,
    run::{RunArgs, plan, runtime},
    signals::Stop,
};

/// The longest time between two looks at profiles and clock.
const LOOK: Duration = Duration::from_secs(60);

/// Arguments of `watch`.
#[derive(Args, Debug)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    run: RunArgs,
}

impl WatchArgs {
    /// Ends cleanly on SIGTERM and Ctrl-C: the request in progress is finished and failure.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        // Errors that exist from the start are reported at once, not in the middle of the night.
        self.run.profiles.load(session)?;
        drop(open(session)?);
        let stop = Stop::listen()?;
        let runtime = runtime()?;
        loop {
            if let Err(failure) = self.look(session, &stop) {
                // Keep going: a person may be editing a profile, or the disk may be full for a moment.
                failure.tell();
            }
            if let Some(exit) = stop.exit() {
                return Ok(exit);
            }
            let mut turned = stop.receiver();
            let pause = self.pause(session);
            let stopped = runtime.block_on(async {
                tokio::select! {
                    () = tokio::time::sleep(pause) => false,
                    _ = turned.wait_for(|it| *it) => true,
                }
            });
            if stopped {
                return Ok(stop.exit().unwrap_or(Exit::Done));
            }
        }
    }

    /// Does one run, if anything is due.
    fn look(&self, session: &Session, stop: &Stop) -> Result<(), Failure> {
        let profiles = self.run.profiles.load(session)?;
        if is_due(session, &profiles)?
            && let Some(archive) = open(session)?
        {
            self.run.once(session, &profiles, &archive, stop)?;
        } else if notify::waits(session)?
            && let Some(archive) = open(session)?
        {
            archive.write(|store| {
                notify::send(session, store, &profiles);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The time until something is due, at most [`LOOK`].
    fn pause(&self, session: &Session) -> Duration {
        let due = || -> Result<Option<Duration>, Failure> {
            let profiles = self.run.profiles.load(session)?;
            let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
            let seeds = plan(session, &profiles, Some(&store))?;
            let next = seeds.iter().filter_map(|seed| seed.due).min();
            let now = session.clock.now();
            Ok(next.map(|at| (at - now).to_std().unwrap_or_default()))
        };
        let due = due().ok().flatten().unwrap_or(LOOK);
        due.clamp(Duration::from_secs(1), LOOK)
    }
}

/// Opens the archive; `None` while another command holds the lock.
fn open(session: &Session) -> Result<Option<Archive<'_>>, Failure> {
    match Archive::alone(session, "watch", Access::Create) {
        Err(failure) if failure.is_locked() => {
            session.remark(failure.text().trim_end());
            Ok(None)
        }
        other => other.map(Some),
    }
}

fn is_due(session: &Session, profiles: &[Named]) -> Result<bool, Failure> {
    let store = match Store::open(&session.config.settings.store, Access::ReadOnly) {
        // The run creates or migrates it.
        Err(StoreError::Missing { .. } | StoreError::Older { .. }) => None,
        other => Some(other?),
    };
    let now = session.clock.now();
    let seeds = plan(session, profiles, store.as_ref())?;
    Ok(seeds.iter().any(|seed| seed.is_due(now)))
}
