//! `stillsays watch`: `run --due` again and again, until it is told to stop.

use std::time::Duration;

use clap::Args;

use crate::store::{Access, LockError, RunLock, Store};

use super::{
    Exit, Failure, Session,
    run::{RunArgs, make_folder_of, plan, runtime},
    signals::Stop,
};

/// The longest time without a look at profiles and clock.
const LOOK: Duration = Duration::from_mins(1);

/// Arguments of `watch`.
#[derive(Args, Debug)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    run: RunArgs,
}

impl WatchArgs {
    /// Ends cleanly on SIGTERM and Ctrl-C: what is being fetched is finished and kept.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let store_path = &session.config.settings.store;
        make_folder_of(store_path)?;
        // What is wrong from the start is told at once, not in the middle of the night.
        self.run.profiles.load(session)?;
        Store::open(store_path, Access::Create)?;
        runtime()?.block_on(async {
            let stop = Stop::listen()?;
            loop {
                if let Err(failure) = self.look(session, &stop).await {
                    // A profile that is being edited, or a disk that is full for now, is no reason to give up.
                    failure.tell();
                }
                if let Some(exit) = stop.exit() {
                    return Ok(exit);
                }
                let mut turned = stop.receiver();
                tokio::select! {
                    () = tokio::time::sleep(self.pause(session)) => {}
                    _ = turned.wait_for(|it| *it) => return Ok(stop.exit().unwrap_or(Exit::Done)),
                }
            }
        })
    }

    /// Runs, if anything is due.
    async fn look(&self, session: &Session, stop: &Stop) -> Result<(), Failure> {
        let profiles = self.run.profiles.load(session)?;
        let path = &session.config.settings.store;
        let store = Store::open(path, Access::Create)?;
        let now = session.clock.now();
        if !plan(session, &profiles, Some(&store))?
            .iter()
            .any(|it| it.is_due(now))
        {
            return Ok(());
        }
        let _lock = match RunLock::acquire(path, "watch", now) {
            Ok(lock) => lock,
            Err(held @ LockError::Held { .. }) => {
                session.remark(&held.to_string());
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.run.once(session, &profiles, &store, stop).await?;
        Ok(())
    }

    /// How long nothing will be due, at most [`LOOK`].
    fn pause(&self, session: &Session) -> Duration {
        let due = || -> Result<Option<Duration>, Failure> {
            let profiles = self.run.profiles.load(session)?;
            let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
            let seeds = plan(session, &profiles, Some(&store))?;
            let next = seeds.iter().filter_map(|it| it.due).min();
            let now = session.clock.now();
            Ok(next.map(|it| (it - now).to_std().unwrap_or_default()))
        };
        let due = due().ok().flatten().unwrap_or(LOOK);
        due.clamp(Duration::from_secs(1), LOOK)
    }
}
